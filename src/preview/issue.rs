//! The issue page: the inbox row, the mails side by side, the third pane, and beside them checks and measures.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};

use super::page::{self, Place};
use super::pull::{Galley, about};
use super::view::{Font, Kept, Look, Panes, Side, View};
use super::{Desk, findings, inbox, meters, server, side};
use crate::finding::Level;

pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new().route("/{newsletter}/{slot}", get(show))
}

async fn show(
    State(desk): State<Arc<Desk>>,
    Path((newsletter, slot)): Path<(String, String)>,
    Query(view): Query<View>,
) -> Response {
    let page = desk
        .work(move |desk| {
            let galley = desk.galley(&desk.issue(&newsletter, &slot)?)?;
            let title = galley.proof.as_ref().map_or(slot.as_str(), |proof| &proof.subject);
            Some(page::whole(desk, Place::Issue, &galley.about(), title, &main(desk, &galley, &view)))
        })
        .await;
    match page {
        Some(page) => page,
        None => server::missing().await.into_response(),
    }
}

fn main(desk: &Desk, galley: &Galley, view: &View) -> Markup {
    html! {
        (head(galley))
        (inbox::rows(galley))
        (tools(desk, view))
        div.desk {
            div.rail {
                (findings::panel(desk, galley))
                section id="blocks" {}
                (meters::panel(desk, galley, view))
            }
            (stage(desk, galley, view))
        }
    }
}

fn head(galley: &Galley) -> Markup {
    let errors = galley.findings.iter().filter(|finding| finding.level == Level::Error).count();
    let subject = galley.proof.as_ref().map_or("No proof yet", |proof| proof.subject.as_str());
    html! {
        div.head {
            p.kicker {
                (galley.newsletter().title) " · "
                @if let Some(before) = side::before(galley) { a href={ "/" (about(&before)) } rel="prev" aria-label={ "The issue before, " (before.slot) } { "‹" } " " }
                time datetime=(galley.name.slot.get(..10).unwrap_or_default()) { (day(galley)) }
                @if let Some(after) = side::after(galley) { " " a href={ "/" (about(&after)) } rel="next" aria-label={ "The next issue, " (after.slot) } { "›" } }
            }
            h1 id="subject" { (subject) }
            div id="deeds" {}
            @if galley.stale {
                p.stale role="alert" {
                    strong { "This does not compile." } " "
                    @if let Some(first) = galley.findings.iter().find(|finding| finding.level == Level::Error) { (first.title) ". " }
                    @if galley.proof.is_some() { "Below is the last good proof." }
                    @if errors > 1 { " " (errors) " errors in all." }
                }
            }
        }
    }
}

/// `Tuesday, 24 November 2026`.
fn day(galley: &Galley) -> String {
    galley.name.date().map_or_else(|| galley.name.slot.clone(), |date| date.format("%A, %-d %B %Y").to_string())
}

/// The lenses and panes, as links: each says what it would show.
fn tools(desk: &Desk, view: &View) -> Markup {
    let look = |look| View { look, ..view.clone() };
    let images = if view.images == Kept::On { Kept::Off } else { Kept::On };
    let styles = if view.styles == Kept::On { Kept::Off } else { Kept::On };
    let font = if view.font == Font::Normal { Font::Large } else { Font::Normal };
    let pane = |side: Side| View { side: if view.side == side { Side::None } else { side }, ..view.clone() };
    html! {
        div.tools role="group" aria-label="Lenses and panes" {
            div.set { @for (name, to) in [("Light", Look::Light), ("Dark", Look::Dark), ("Forced dark", Look::Forced)] {
                (chip(name, &format!("look-{name}"), view.look == to, &look(to)))
            } }
            div.set {
                (chip("No pictures", "images", view.images == Kept::Off, &View { images, ..view.clone() }))
                (chip("No styles", "styles", view.styles == Kept::Off, &View { styles, ..view.clone() }))
                (chip("Type 120 %", "font", view.font == Font::Large, &View { font, ..view.clone() }))
            }
            div.set { @for (name, to) in [("Phone", Panes::Phone), ("Desktop", Panes::Desktop), ("Both", Panes::Both)] {
                (chip(name, &format!("panes-{name}"), view.panes == to, &View { panes: to, ..view.clone() }))
            } }
            div.set { @for (name, to) in [("Text", Side::Text), ("Source", Side::Source), ("Before", Side::Yesterday), ("Changes", Side::Diff), ("Order", Side::Order), ("Links", Side::Links)] {
                (chip(name, &format!("side-{name}"), view.side == to, &pane(to)))
            } }
            @if desk.store().is_some() {
                form.reader data-view {
                    label for="reader" { "As" }
                    input id="reader" name="reader" type="email" placeholder="robin@reader.example" value=(view.reader) autocomplete="off";
                }
            }
        }
    }
}

fn chip(name: &str, id: &str, on: bool, to: &View) -> Markup {
    html! { a.chip data-stay id={ "v-" (id.to_lowercase().replace(' ', "-")) } href=(to.query()) aria-current=[on.then_some("true")] { (name) } }
}

fn stage(desk: &Desk, galley: &Galley, view: &View) -> Markup {
    let address = format!("/{}/mail{}", galley.about(), view.of_mail().query());
    html! {
        div.stage id="stage" data-panes=(match view.panes { Panes::Both => "both", Panes::Phone => "phone", Panes::Desktop => "desktop" }) data-stale=[galley.stale.then_some("")] {
            @if view.panes != Panes::Desktop {
                figure.pane.phone id="narrow" { figcaption { "Phone " span.num { "375" } } (side::frame("phone", "The mail on a phone", &address)) }
            }
            @if view.panes != Panes::Phone {
                figure.pane.wide id="wide" {
                    figcaption { "Desktop " span.num id="width" { "640" } }
                    (side::frame("desktop", "The mail on a desktop", &address))
                    div.grip id="grip" role="slider" tabindex="0" aria-label="Width of the desktop pane" aria-valuemin="320" aria-valuemax="1200" aria-valuenow="640" {}
                }
            }
            (side::pane(desk, galley, view))
        }
    }
}
