//! The blocks of the issue as a list: put in another order by drag or keys, named, made deeper or shorter, taken
//! out. Drawn from the file's text, so it stands also where the files make no mail.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::post;
use axum::{Form, Router};
use maud::{Markup, html};
use serde::Deserialize;

use super::answer::{Done, Refused, Said};
use super::mail::Opened;
use super::pull::Galley;
use super::view::{Rail, View};
use super::{Desk, pen};
use crate::edit::{self, Outlined, Spot};

pub(super) fn routes() -> Router<Arc<Desk>> {
    let at = |deed: &str| format!("/{{newsletter}}/{{slot}}/{deed}");
    Router::new()
        .route(&at("move"), post(moved))
        .route(&at("label"), post(labelled))
        .route(&at("show"), post(shown))
        .route(&at("take-out"), post(taken_out))
        .route(&at("shift"), post(shifted))
        .route(&at("drop"), post(dropped))
}

/// The head of a panel, with the way to close it where it lies over the mails.
pub(super) fn head(id: &str, name: &str, view: &View) -> Markup {
    let closed = View { rail: Rail::Auto, ..view.clone() };
    html! {
        div.head {
            h2 id={ (id) "-title" } { (name) }
            a.close data-stay href=(closed.query()) aria-label="Close" { "×" }
        }
    }
}

pub(super) fn panel(opened: &Opened<'_>) -> Markup {
    let Opened { galley, view, .. } = opened;
    let blocks = &galley.outline.blocks;
    html! {
        section.panel id="blocks" aria-labelledby="blocks-title" {
            (head("blocks", "Blocks", view))
            div.scroll {
                @if let Some(refusal) = &galley.unreadable {
                    p.bad { "The file cannot be read as it is, so nothing can be moved here: " (super::page::said(&refusal.message)) "." }
                } @else if blocks.is_empty() {
                    p.quiet { "No block yet. A story makes one." }
                }
                ol.sort id="sort" data-sort={ "/" (galley.about()) "/move" } inert[galley.unreadable.is_some()] {
                    @for (place, block) in blocks.iter().enumerate() { (row(galley, place + 1, block)) }
                }
                button.button.wide type="button" data-dialog={ "/" (galley.about()) "/stories" } data-mode="add"
                    disabled[galley.unreadable.is_some()] { "Add a story" kbd { "+" } }
            }
        }
    }
}

fn row(galley: &Galley, number: usize, block: &Outlined) -> Markup {
    let about = galley.about();
    let name = if block.label.is_empty() { &block.kind } else { &block.label };
    html! {
        li.block id={ "row-" (block.id) } data-block=(block.id) data-number=(number) data-name=(name) tabindex="0" {
            span.handle aria-hidden="true" title="Drag to another place" {}
            span.num.quiet { (number) }
            form.label data-field={ "/" (about) "/label" } {
                input type="hidden" name="block" value=(number);
                input name="label" dir="auto" value=(block.label) placeholder=(block.kind) aria-label={ "Label of block " (number) ", " (block.kind) }
                    autocomplete="off" tabindex="-1" id={ "label-" (block.id) };
            }
            @if let Some(show) = &block.show { (depth(&about, number, block, show)) }
            (out(&about, "take-out", "block", &number.to_string(), &format!("Take out block {number}, {name}")))
            @if block.stories.is_empty() {
                p.gist dir="auto" { @if !block.label.is_empty() { (block.kind) @if !block.gist.is_empty() { ": " } } (block.gist) }
            } @else if block.kind == "list" || block.kind == "picks" {
                ol.sort.inner id={ "stories-" (block.id) } data-sort={ "/" (about) "/shift" } {
                    @for (place, story) in block.stories.iter().enumerate() {
                        li.story id={ "story-" (story) } data-number=(place + 1) data-name=(story) data-story=(story) tabindex="-1" {
                            span.handle aria-hidden="true" title="Drag to another place" {}
                            span { (story) }
                            (out(&about, "drop", "story", story, &format!("Drop {story}")))
                        }
                    }
                }
            } @else {
                p.gist data-story=[block.stories.first()] { (block.stories.join(", ")) }
            }
        }
    }
}

const DEPTHS: [&str; 4] = ["full", "brief", "teaser", "headline"];

fn depth(about: &str, number: usize, block: &Outlined, show: &str) -> Markup {
    let usual = if block.kind == "story" { "full" } else { "teaser" };
    let show = if show.is_empty() { usual } else { show };
    html! {
        form.depth data-field={ "/" (about) "/show" } {
            input type="hidden" name="block" value=(number);
            select name="show" id={ "show-" (block.id) } aria-label={ "Depth of block " (number) } tabindex="-1" {
                @if !DEPTHS.contains(&show) { option value=(show) selected { (show) } }
                @for depth in DEPTHS { option value=(depth) selected[depth == show] { (depth) } }
            }
        }
    }
}

fn out(about: &str, deed: &str, name: &str, value: &str, words: &str) -> Markup {
    html! {
        form.out data-post={ "/" (about) "/" (deed) } {
            input type="hidden" name=(name) value=(value);
            button.plain type="submit" tabindex="-1" aria-label=(words) title=(words) { "×" }
        }
    }
}

type Name = Path<(String, String)>;

#[derive(Deserialize)]
struct Move {
    number: usize,
    at: usize,
    seen: String,
}

async fn moved(State(desk): State<Arc<Desk>>, Path(name): Name, Form(Move { number, at, seen }): Form<Move>) -> Said {
    change(desk, name, seen, format!("moved block {number} to place {at}"), move |text| edit::place(text, number, at))
        .await
}

#[derive(Deserialize)]
struct Label {
    block: usize,
    label: String,
    seen: String,
}

async fn labelled(
    State(desk): State<Arc<Desk>>,
    Path(name): Name,
    Form(Label { block, label, seen }): Form<Label>,
) -> Said {
    let said = match label.trim() {
        "" => format!("took the label of block {block} away"),
        label => format!("called block {block} “{label}”"),
    };
    change(desk, name, seen, said, move |text| edit::label(text, block, &label)).await
}

#[derive(Deserialize)]
struct Show {
    block: usize,
    show: String,
    seen: String,
}

async fn shown(State(desk): State<Arc<Desk>>, Path(name): Name, Form(Show { block, show, seen }): Form<Show>) -> Said {
    if !DEPTHS.contains(&show.as_str()) {
        return Err(Refused::because(format!("a depth is one of {}", DEPTHS.join(", "))));
    }
    let said = format!("made block {block} show {show}");
    change(desk, name, seen, said, move |text| edit::depth(text, block, &show)).await
}

#[derive(Deserialize)]
struct TakeOut {
    block: usize,
    seen: String,
}

async fn taken_out(
    State(desk): State<Arc<Desk>>,
    Path(name): Name,
    Form(TakeOut { block, seen }): Form<TakeOut>,
) -> Said {
    change(desk, name, seen, format!("took out block {block}"), move |text| edit::remove(text, block)).await
}

#[derive(Deserialize)]
struct Shift {
    story: String,
    at: usize,
    seen: String,
}

/// A story within its list.
async fn shifted(
    State(desk): State<Arc<Desk>>,
    Path(name): Name,
    Form(Shift { story, at, seen }): Form<Shift>,
) -> Said {
    let said = format!("moved `{story}` to place {at}");
    change(desk, name, seen, said, move |text| edit::shift(text, &story, Spot { to: None, at: Some(at) })).await
}

#[derive(Deserialize)]
struct Drop {
    story: String,
    seen: String,
}

async fn dropped(State(desk): State<Arc<Desk>>, Path(name): Name, Form(Drop { story, seen }): Form<Drop>) -> Said {
    let said = format!("dropped `{story}`");
    change(desk, name, seen, said, move |text| edit::drop(text, &story)).await
}

async fn change(
    desk: Arc<Desk>,
    (newsletter, slot): (String, String),
    seen: String,
    said: String,
    edit: impl FnOnce(&str) -> Result<String, edit::Refusal> + Send + 'static,
) -> Said {
    desk.work(move |desk| {
        pen::issue(desk, (&newsletter, &slot), &seen, |text| Ok(edit(text)?))?;
        Ok(Done { said, undo: true })
    })
    .await
}
