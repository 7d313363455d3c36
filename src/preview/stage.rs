//! The stage: the mails in their frames, and above them what makes them other than the files say.

use maud::{Markup, html};

use super::mail::Opened;
use super::page::said;
use super::pull::{Galley, Mail};
use super::view::{Panes, Rail, View};
use super::{findings, room};
use crate::check;
use crate::finding::{Finding, Level};

pub(super) fn stage(opened: &Opened<'_>, side: &Markup) -> Markup {
    let Opened { galley, view, .. } = opened;
    let address = format!("/{}/mail{}", galley.about(), view.of_mail().query());
    html! {
        div.stage id="stage" data-stale=[galley.mail.is_stale().then_some("")] {
            (bands(opened))
            div.panes id="panes" {
                @if galley.proof().is_none() { (blank(galley, view)) }
                @else {
                    @if view.panes != Panes::Desktop {
                        figure.pane.phone id="narrow" { figcaption { "Phone " span.num { "375" } } (frame("phone", "The mail on a phone", &address)) }
                    }
                    @if view.panes != Panes::Phone {
                        figure.pane.wide id="wide" {
                            figcaption { "Desktop " span.num id="width" { "640" } }
                            (frame("desktop", "The mail on a desktop", &address))
                            div.grip id="grip" role="slider" tabindex="0" aria-label="Width of the desktop pane" aria-valuemin="320" aria-valuemax="1200" aria-valuenow="640" {}
                        }
                    }
                }
                (side)
            }
        }
    }
}

/// A mail in a frame that runs nothing, at exactly the width its pane says.
pub(super) fn frame(id: &str, title: &str, address: &str) -> Markup {
    html! {
        div.glass { iframe id=(id) title=(title) src=(address) data-mail=(address) sandbox="allow-same-origin" referrerpolicy="no-referrer" {} }
    }
}

/// What has to be said before anybody believes what they see.
fn bands(opened: &Opened<'_>) -> Markup {
    let Opened { desk, galley, view, .. } = opened;
    let wrong = desk.wrong();
    html! {
        div.bands id="bands" {
            (room::band(desk, &galley.name))
            @if let Some(first) = wrong.first() {
                p.band role="alert" {
                    strong { "config.toml is wrong" } ": " (said(&first.title)) (place(first, view)) ". Everything here is by its last good state."
                }
            }
            @if galley.proof().is_some() && galley.mail.is_stale() {
                p.band role="alert" {
                    strong { "The files make no mail" }
                    @if let Some(first) = first(galley) { ": " (said(&first.title)) (place(first, view)) }
                    ". " (age(galley))
                }
            }
        }
    }
}

/// What is shown instead.
fn age(galley: &Galley) -> Markup {
    html! {
        @match &galley.mail {
            Mail::Approved { by, at, .. } => {
                "Shown is what " (by) " approved at " (at.with_timezone(&galley.newsletter().timezone).format("%H:%M on %-d %B")) "."
            },
            _ => "Shown is the last mail they made.",
        }
    }
}

/// The mistake that keeps the files from being a mail.
fn first(galley: &Galley) -> Option<&Finding> {
    let stops = |finding: &&Finding| check::is_compile_error(finding);
    galley.findings.iter().find(stops).or_else(|| galley.findings.iter().find(|finding| finding.level == Level::Error))
}

fn place(finding: &Finding, view: &View) -> Markup {
    html! {
        @if let Some(place) = &finding.place {
            " in " a data-stay href=(checks(view)) { (place.source.path) ":" (place.source.line_col(place.span.start).0) }
        }
    }
}

fn checks(view: &View) -> String {
    View { rail: Rail::Checks, ..view.clone() }.query()
}

/// The stage before there ever was a mail: the first mistake, as large as it deserves.
fn blank(galley: &Galley, view: &View) -> Markup {
    let errors = findings::count(galley, Level::Error);
    html! {
        section.blank id="blank" aria-labelledby="blank-title" {
            h2 id="blank-title" { "Not a mail yet" }
            p.quiet {
                @if errors == 1 { "One mistake stands between the files and a mail." }
                @else { (errors) " mistakes stand between the files and a mail. This is the first." }
            }
            @if let Some(first) = first(galley) {
                @let number = galley.findings.iter().position(|finding| std::ptr::eq(finding, first));
                ol.found { (findings::item(galley, number, first, "first")) }
            }
            @if errors > 1 { p { a data-stay href=(checks(view)) { "All " (errors) } } }
        }
    }
}
