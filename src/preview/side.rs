//! The third pane: the text part, the source, the issue before this one or what differs from it, the order a
//! screen reader reads in, the links.

use std::sync::Arc;

use maud::{Markup, html};
use similar::{ChangeTag, TextDiff};

use super::pull::{Galley, about};
use super::view::{Side, View};
use super::{Desk, mail};
use crate::files::{self, Newsroom};
use crate::issue::IssueName;

pub(super) fn pane(desk: &Desk, galley: &Galley, view: &View) -> Markup {
    let (name, inner) = match view.side {
        Side::None => return html! {},
        Side::Text => ("Plain text", text(desk, galley, view)),
        Side::Source => ("Source", source(galley)),
        Side::Yesterday => ("The issue before", yesterday(galley, view)),
        Side::Diff => ("Changes since the issue before", diff(desk, galley, view)),
        // The script reads it off the desktop's own document.
        Side::Order => ("As a screen reader reads it", html! { ol.order id="order" {} }),
        Side::Links => ("Links", links(desk, galley, view)),
    };
    html! { figure.pane.side id="third" { figcaption { (name) } div.sheet id="side" tabindex="0" { (inner) } } }
}

fn text(desk: &Desk, galley: &Galley, view: &View) -> Markup {
    match mail::copy(desk, galley, view) {
        Some(Ok(copy)) => html! { pre { (copy.text) } },
        Some(Err(why)) => html! { p { (why) } },
        None => html! { p.quiet { "There is no proof yet." } },
    }
}

fn source(galley: &Galley) -> Markup {
    match Newsroom::open(&galley.config.root).issue(&galley.name) {
        Ok(source) => html! {
            p.quiet { (source.path) }
            ol.source { @for (line, words) in source.text.lines().enumerate() { li id={ "L" (line + 1) } { code { (words) } } } }
        },
        Err(finding) => html! { p { (finding.title) } },
    }
}

/// The newsletter's issue before this one.
pub(super) fn before(galley: &Galley) -> Option<IssueName> {
    let slots = files::slots(&galley.config.root, &galley.name.newsletter);
    let slot = slots.into_iter().rfind(|slot| *slot < galley.name.slot)?;
    Some(IssueName { slot, ..galley.name.clone() })
}

/// The one after.
pub(super) fn after(galley: &Galley) -> Option<IssueName> {
    let slots = files::slots(&galley.config.root, &galley.name.newsletter);
    let slot = slots.into_iter().find(|slot| *slot > galley.name.slot)?;
    Some(IssueName { slot, ..galley.name.clone() })
}

fn yesterday(galley: &Galley, view: &View) -> Markup {
    let Some(before) = before(galley) else { return html! { p.quiet { "This is the first issue." } } };
    let address = format!("/{}/mail{}", about(&before), view.of_mail().query());
    html! { (frame("before", &format!("{} of {}", galley.newsletter().title, before.slot), &address)) }
}

fn diff(desk: &Desk, galley: &Galley, view: &View) -> Markup {
    let other: Option<Arc<Galley>> = before(galley).and_then(|before| desk.galley(&before));
    let Some(other) = other else { return html! { p.quiet { "This is the first issue." } } };
    let both =
        mail::copy(desk, &other, view).and_then(Result::ok).zip(mail::copy(desk, galley, view).and_then(Result::ok));
    let Some((old, new)) = both else { return html! { p.quiet { "One of the two has no proof." } } };
    let diff = TextDiff::from_lines(&old.text, &new.text);
    html! {
        p.quiet { "Text parts, " (other.name.slot) " against " (galley.name.slot) }
        pre.diff {
            @for group in diff.grouped_ops(2) {
                @for op in &group {
                    @for change in diff.iter_changes(op) {
                        @match change.tag() {
                            ChangeTag::Delete => del { "− " (change.value()) },
                            ChangeTag::Insert => ins { "+ " (change.value()) },
                            ChangeTag::Equal => span { "  " (change.value()) },
                        }
                    }
                }
                span.gap { "\n" }
            }
        }
    }
}

fn links(desk: &Desk, galley: &Galley, view: &View) -> Markup {
    let Some(Ok(copy)) = mail::copy(desk, galley, view) else { return html! { p.quiet { "There is no proof yet." } } };
    let html = &copy.html;
    let hrefs = html.match_indices("<a ").filter_map(|(at, _)| html[at..].split_once("href=\"")?.1.split_once('"'));
    let mut seen: Vec<(String, usize)> = Vec::new();
    for (address, _) in hrefs {
        let address = address.replace("&amp;", "&");
        match seen.iter_mut().find(|(known, _)| *known == address) {
            Some((_, times)) => *times += 1,
            None => seen.push((address, 1)),
        }
    }
    let own = &galley.config.serve.url;
    html! {
        p.quiet { (seen.len()) " addresses" }
        ol.links {
            @for (address, times) in &seen {
                @let said = galley.findings.iter().find(|finding| finding.check.starts_with("link-") && finding.title.contains(address.as_str()));
                li {
                    code { (address) }
                    span.quiet {
                        @if *times > 1 { (times) " times · " }
                        @match said {
                            Some(finding) => (finding.title),
                            None if address.starts_with(own.as_str()) => "the reader's own, signed for nobody here",
                            None => "not asked",
                        }
                    }
                }
            }
        }
    }
}

/// A mail in a frame that runs nothing.
pub(super) fn frame(id: &str, title: &str, address: &str) -> Markup {
    html! { iframe id=(id) title=(title) src=(address) data-mail=(address) sandbox="allow-same-origin" referrerpolicy="no-referrer" {} }
}
