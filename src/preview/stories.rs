//! The shelf: every story there is, searched as one types, with where it ran last; put into the issue or gone to.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use maud::{Markup, html};
use serde::Deserialize;

use super::answer::{Done, Refused, Said};
use super::pull::Galley;
use super::{Desk, page, pen, server};
use crate::edit::{self, Outlined, Spot};
use crate::files::Newsroom;
use crate::issue::IssueName;
use crate::issue::archive::Entry;

pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new()
        .route("/{newsletter}/{slot}/stories", get(dialog))
        .route("/{newsletter}/{slot}/shelf", get(rows))
        .route("/{newsletter}/{slot}/add", post(add))
}

/// The archive, read once for each state of the files.
#[derive(Default)]
pub(super) struct Shelf(Mutex<Option<(u64, Arc<Stories>)>>);

struct Stories {
    /// The newest first.
    all: Vec<Entry>,
    ran: BTreeMap<String, IssueName>,
}

impl Desk {
    /// `First Light, 24 Nov 2026`: an issue as a table names it.
    fn called(&self, name: &IssueName) -> String {
        let config = self.config();
        let title = config.newsletters.get(&name.newsletter).map_or(name.newsletter.as_str(), |own| &own.title);
        let day = name.date().map_or_else(|| name.slot.clone(), |date| date.format("%-d %b %Y").to_string());
        format!("{title}, {day}")
    }

    fn stories(&self) -> Arc<Stories> {
        let mut kept = self.shelf.0.lock().unwrap_or_else(PoisonError::into_inner);
        let saves = self.saves.load(Ordering::Acquire);
        if let Some((_, stories)) = kept.as_ref().filter(|(at, _)| *at == saves) {
            return Arc::clone(stories);
        }
        let config = self.config();
        let newsroom = Newsroom::open(&config.root);
        let mut all = newsroom.entries(config.publication.timezone);
        all.sort_by(|a, b| b.published.cmp(&a.published).then_with(|| a.name.cmp(&b.name)));
        let stories = Arc::new(Stories { all, ran: newsroom.last_ran(config.newsletters.keys()) });
        *kept = Some((saves, Arc::clone(&stories)));
        stories
    }
}

/// As many as are looked through before one types another letter.
const SHOWN: usize = 40;

#[derive(Deserialize)]
struct Search {
    #[serde(default)]
    word: String,
    #[serde(default)]
    unused: bool,
}

impl Search {
    fn finds(&self, entry: &Entry, stories: &Stories) -> bool {
        let matches = |word: &str| {
            let topic = entry.topics.iter().any(|topic| topic.to_lowercase().contains(word));
            topic || entry.name.contains(word) || entry.headline.to_lowercase().contains(word)
        };
        let used = self.unused && stories.ran.contains_key(&entry.name);
        !used && self.word.to_lowercase().split_whitespace().all(matches)
    }
}

async fn dialog(State(desk): State<Arc<Desk>>, Path((newsletter, slot)): Path<(String, String)>) -> Response {
    let drawn = desk.work(move |desk| {
        let galley = desk.galley(&desk.issue(&newsletter, &slot)?)?;
        let search = Search { word: String::new(), unused: false };
        Some(html! {
            form.shelf data-add={ "/" (galley.about()) "/add" } data-shelf={ "/" (galley.about()) "/shelf" } {
                h2 { "Stories" }
                div.search {
                    input id="word" name="word" type="search" aria-label="A word of its headline, name or topic" placeholder="Search headlines, names, topics"
                        autocomplete="off" role="combobox" aria-expanded="true" aria-controls="shelf" aria-autocomplete="list" autofocus;
                    label { input type="checkbox" name="unused" value="true"; " never used" }
                }
                (list(desk, &galley, &search))
                div.foot {
                    label for="into" { "Add it to " }
                    select id="into" name="into" {
                        option value="" { "a block of its own" }
                        @for (place, block) in galley.outline.blocks.iter().enumerate() {
                            @if takes(block) { option value=(place + 1) { (if block.label.is_empty() { &block.kind } else { &block.label }) } }
                        }
                    }
                    span.quiet { kbd { "↑" } " " kbd { "↓" } " choose, " kbd { "Enter" } " adds it, or goes to it where it is in the issue already" }
                }
            }
        })
    });
    match drawn.await {
        Some(drawn) => page::fragment(drawn),
        None => server::missing().await.into_response(),
    }
}

/// A block that takes a story: a list, or a story's that waits for one.
fn takes(block: &Outlined) -> bool {
    match block.kind.as_str() {
        "list" | "picks" => true,
        "story" => block.stories.first().is_none_or(|story| story.is_empty() || story == "TK"),
        _ => false,
    }
}

async fn rows(
    State(desk): State<Arc<Desk>>,
    Path((newsletter, slot)): Path<(String, String)>,
    Query(search): Query<Search>,
) -> Response {
    let drawn = desk.work(move |desk| {
        let galley = desk.galley(&desk.issue(&newsletter, &slot)?)?;
        Some(list(desk, &galley, &search))
    });
    match drawn.await {
        Some(drawn) => page::fragment(drawn),
        None => server::missing().await.into_response(),
    }
}

fn list(desk: &Desk, galley: &Galley, search: &Search) -> Markup {
    let stories = desk.stories();
    let found: Vec<&Entry> = stories.all.iter().filter(|entry| search.finds(entry, &stories)).collect();
    html! {
        ul.stories id="shelf" role="listbox" aria-label="Stories" {
            @for entry in found.iter().take(SHOWN) {
                @let home = galley.outline.blocks.iter().position(|block| block.stories.contains(&entry.name));
                @let ran = stories.ran.get(&entry.name).filter(|ran| **ran != galley.name).map(|ran| desk.called(ran));
                li role="option" id={ "shelf-" (entry.name) } aria-selected="false" data-story=(entry.name)
                    data-home=[home.map(|home| galley.outline.blocks[home].id.as_str())] {
                    b { (if entry.headline.is_empty() { &entry.name } else { &entry.headline }) }
                    span.used {
                        @match (home, &ran) {
                            (Some(home), _) => span.here { "in block " (home + 1) },
                            (None, Some(ran)) => (ran),
                            (None, None) => span.never { "never used" },
                        }
                    }
                    span.quiet {
                        code { (entry.name) }
                        @if let Some(form) = &entry.form { " · " (form) }
                        " · " (entry.words) " words"
                        @if let Some(published) = entry.published { " · " (published.format("%-d %b %Y")) }
                    }
                }
            }
        }
        p.quiet.more id="shelf-more" role="status" {
            @match found.len() {
                0 => "No story is like that.",
                all if all > SHOWN => { (SHOWN) " of " (all) ": one more letter shows fewer" },
                1 => "1 story",
                all => { (all) " stories" },
            }
        }
    }
}

#[derive(Deserialize)]
struct Add {
    story: String,
    /// A block's number, or nothing for a block of its own.
    #[serde(default)]
    into: String,
    /// The number of the block one of its own stands behind.
    #[serde(default)]
    behind: String,
    seen: String,
}

async fn add(
    State(desk): State<Arc<Desk>>,
    Path((newsletter, slot)): Path<(String, String)>,
    Form(Add { story, into, behind, seen }): Form<Add>,
) -> Said {
    desk.work(move |desk| {
        if !desk.stories().all.iter().any(|entry| entry.name == story) {
            return Err(Refused::because(format!("there is no story `{story}`")));
        }
        let said = match into.parse() {
            Ok(block) => {
                pen::issue(desk, (&newsletter, &slot), &seen, |text| Ok(edit::add_to(text, &story, block)?))?;
                format!("added `{story}` to block {block}")
            }
            Err(_) => {
                let at = behind.parse().ok().map(|behind: usize| behind + 1);
                let spot = Spot { to: None, at };
                pen::issue(desk, (&newsletter, &slot), &seen, |text| Ok(edit::add(text, &story, spot, None)?))?;
                format!("added `{story}` in a block of its own")
            }
        };
        Ok(Done { said, undo: true })
    })
    .await
}
