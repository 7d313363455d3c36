//! The third pane: the text part, the source, the issue before this one or what differs from it, the order a
//! screen reader reads in, the links.

use maud::{Markup, html};

use super::mail::{self, Opened};
use super::pull::about;
use super::view::{Side, View};
use super::{changes, links, order, stage};
use crate::finding::{Level, Source};
use crate::issue::IssueName;

pub(super) fn pane(opened: &Opened<'_>, before: Option<&IssueName>) -> Markup {
    let (name, inner) = match opened.view.side {
        Side::None => return html! {},
        // Where a screen has room for it: what there is to be read.
        Side::Auto if opened.galley.proof().is_none() => ("Source", source(opened)),
        Side::Auto | Side::Text => ("Plain text", text(opened)),
        Side::Source => ("Source", source(opened)),
        Side::Before => ("The issue before", issue_before(opened, before)),
        Side::Changes => ("Changes since the issue before", changes_since(opened, before)),
        Side::Order => ("As a screen reader reads it", in_order(opened)),
        Side::Links => ("Links", sheet(&links::pane(opened))),
    };
    let closed = View { side: Side::None, ..opened.view.clone() };
    let spare = opened.view.side == Side::Auto;
    html! {
        figure.pane.side id="third" data-spare=[spare.then_some("")] {
            figcaption { (name) a.close data-stay href=(closed.query()) aria-label={ "Close " (name) } { "×" } }
            (inner)
        }
    }
}

fn sheet(inner: &Markup) -> Markup {
    html! { div.sheet id="side" tabindex="0" { (inner) } }
}

fn text(opened: &Opened<'_>) -> Markup {
    sheet(&match (&opened.copy, opened.text()) {
        (_, Some(text)) => html! { pre.text { (text) } },
        (Some(Err(why)), _) => html! { p { (why) } },
        _ => html! { p.quiet { "There is no mail yet." } },
    })
}

fn source(opened: &Opened<'_>) -> Markup {
    sheet(&match &opened.galley.source {
        Some(source) => html! {
            p.quiet { (source.path) }
            @let spoken_of = spoken_of(opened, source);
            ol.source { @for (line, words) in source.text.lines().enumerate() {
                li id={ "L" (line + 1) } class=[spoken_of.contains(&(line + 1)).then_some("said")] { code { (words) } }
            } }
        },
        None => html! { p.quiet { "There is no file to show." } },
    })
}

/// The lines an error stands in.
fn spoken_of(opened: &Opened<'_>, source: &Source) -> Vec<usize> {
    let errors = opened.galley.findings.iter().filter(|finding| finding.level == Level::Error);
    let places = errors.filter_map(|finding| finding.place.as_ref()).filter(|place| place.source.path == source.path);
    places.map(|place| source.line_col(place.span.start).0).collect()
}

fn issue_before(opened: &Opened<'_>, before: Option<&IssueName>) -> Markup {
    let Some(before) = before else { return sheet(&first()) };
    let address = format!("/{}/mail{}", about(before), opened.view.of_mail().query());
    let title = format!("{} of {}", opened.galley.newsletter().title, before.slot);
    stage::frame("before", &title, &address)
}

fn first() -> Markup {
    html! { p.quiet { "This is the first issue." } }
}

fn changes_since(opened: &Opened<'_>, before: Option<&IssueName>) -> Markup {
    let Some(name) = before else { return sheet(&first()) };
    let other = opened.desk.galley(name).and_then(|other| mail::copy(&other, &opened.addressee.reader));
    let (Some(Ok(old)), Some(new)) = (other, opened.text()) else {
        return sheet(&html! { p.quiet { "One of the two makes no mail." } });
    };
    sheet(&html! {
        p.quiet { "The text of " (name.slot) " against this one’s" }
        (changes::drawn(&old.text, new))
    })
}

fn in_order(opened: &Opened<'_>) -> Markup {
    sheet(&match opened.html() {
        Some(html) => order::drawn(html),
        None => html! { p.quiet { "There is no mail yet." } },
    })
}
