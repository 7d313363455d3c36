//! The issue page: the envelope, the mails side by side, the third pane, and beside them blocks, checks, measures.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};

use super::mail::Opened;
use super::page::{Page, Place};
use super::pull::{Galley, about};
use super::view::{Panes, Rail, Side, View};
use super::who::Who;
use super::{Desk, blocks, envelope, findings, meters, missing, runs, server, side, stage, tools, vouch};
use crate::config::Newsletter;
use crate::issue::IssueName;

pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new().route("/{newsletter}/{slot}", get(show))
}

async fn show(
    State(desk): State<Arc<Desk>>,
    Path((newsletter, slot)): Path<(String, String)>,
    view: View,
    who: Who,
) -> Response {
    let page = desk
        .work(move |desk| {
            let galley = desk.galley(&desk.issue(&newsletter, &slot)?)?;
            Some(page(desk, &galley, &view, &who))
        })
        .await;
    match page {
        Some(page) => page,
        None => server::missing().await.into_response(),
    }
}

fn page(desk: &Arc<Desk>, galley: &Galley, view: &View, who: &Who) -> Response {
    let neighbours = Neighbours::of(desk, &galley.name);
    let before = &neighbours.before;
    let mut abouts = vec![galley.about(), galley.name.newsletter.clone(), runs::of_run(&galley.name)];
    if matches!(view.side, Side::Before | Side::Changes) {
        abouts.extend(before.as_ref().map(about));
    }
    let written = galley.source.is_some() || !missing::is_unwritten(galley);
    let title = match galley.outline.subject.trim() {
        "" => galley.name.to_string(),
        subject => subject.to_owned(),
    };
    let which = which(galley.newsletter(), &galley.name, &neighbours, "");
    let (deeds, main) = match written {
        true => (vouch::deeds(desk, galley), main(&Opened::new(desk, galley, view), before.as_ref())),
        false => (html! {}, missing::main(galley, before.as_ref())),
    };
    Page { place: Place::Issue(&galley.name), title: &title, abouts, seen: galley.seen(), which, deeds, main }
        .whole(desk, who)
}

fn main(opened: &Opened<'_>, before: Option<&IssueName>) -> Markup {
    let Opened { galley, view, .. } = opened;
    let rail = match view.rail {
        Rail::Auto if findings::speaks(galley) => Rail::Checks,
        Rail::Auto => Rail::Blocks,
        rail => rail,
    };
    html! {
        div.issue id="issue" data-rail=(rail_word(rail)) data-drawer=[(view.rail != Rail::Auto).then_some("")]
            data-panes=(panes_word(view.panes)) data-side=(if view.side == Side::None { "none" } else { "open" })
            data-spare=[(view.side == Side::Auto).then_some("")] {
            (envelope::strip(opened))
            (tools::tabs(opened, rail))
            (tools::lenses(view))
            (blocks::panel(opened))
            (findings::panel(opened))
            (meters::panel(opened))
            (stage::stage(opened, &side::pane(opened, before)))
        }
    }
}

fn rail_word(rail: Rail) -> &'static str {
    match rail {
        Rail::Auto | Rail::Blocks => "blocks",
        Rail::Checks => "checks",
        Rail::Measures => "measures",
    }
}

fn panes_word(panes: Panes) -> &'static str {
    match panes {
        Panes::Both => "both",
        Panes::Phone => "phone",
        Panes::Desktop => "desktop",
    }
}

/// The newsletter's issues before and after one.
pub(super) struct Neighbours {
    before: Option<IssueName>,
    after: Option<IssueName>,
}

impl Neighbours {
    pub(super) fn of(desk: &Desk, own: &IssueName) -> Self {
        let slots = desk.slots(&own.newsletter);
        let name = |slot: &String| IssueName { slot: slot.clone(), ..own.clone() };
        Self {
            before: slots.iter().rfind(|slot| **slot < own.slot).map(name),
            after: slots.iter().find(|slot| **slot > own.slot).map(name),
        }
    }
}

/// The newsletter and the day, with the way to the same room of the issues beside it.
pub(super) fn which(newsletter: &Newsletter, name: &IssueName, neighbours: &Neighbours, room: &str) -> Markup {
    let step = |to: &Option<IssueName>, arrow: &str, rel: &str, words: &str| {
        html! {
            @match to {
                Some(to) => a.step href={ "/" (about(to)) (room) } rel=(rel) aria-label={ (words) ", " (to.slot) } title=(to.slot) { (arrow) },
                None => span.step aria-hidden="true" { (arrow) },
            }
        }
    };
    html! {
        div.which {
            span.newsletter { (newsletter.title) }
            (step(&neighbours.before, "‹", "prev", "The issue before"))
            time datetime=(name.slot.get(..10).unwrap_or_default()) { span.long { (day(name)) } span.short aria-hidden="true" { (short(name)) } }
            (step(&neighbours.after, "›", "next", "The next issue"))
        }
    }
}

/// `Tue 24 Nov`, where there is little room.
fn short(name: &IssueName) -> String {
    let day = name.date().map(|date| date.format("%a %-d %b").to_string());
    format!("{}{}", day.unwrap_or_default(), name.slot.get(10..).unwrap_or_default())
}

/// `Tuesday, 24 November 2026`, with what an extra is called behind it.
pub(super) fn day(name: &IssueName) -> String {
    let extra = name.slot.get(10..).unwrap_or_default().trim_start_matches('-');
    match name.date().map(|date| date.format("%A, %-d %B %Y").to_string()) {
        Some(day) if extra.is_empty() => day,
        Some(day) => format!("{day}, {extra}"),
        None => name.slot.clone(),
    }
}
