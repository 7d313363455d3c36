//! The archive: all newsletters on the front, and of each one every edition that went out, newest first.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use maud::{Markup, html};
use serde::Deserialize;

use super::Site;
use super::page::{Answer, House, Page};
use crate::render::feed::{self, Kind};
use crate::store::{Beside, Published, Shelf};
use crate::words::Words;

/// Editions on one page.
const SHOWN: u32 = 100;

/// Every newsletter, with its newest edition.
pub(super) async fn front(State(site): House) -> Answer {
    let (shelves, taken) = site.ask(|store| Ok((store.shelves()?, store.shelf_changed(None)?))).await?;
    let words = site.words;
    let shelf = |id: &str| shelves.iter().find(|shelf| shelf.newsletter == id);
    let gone = shelves.iter().map(|shelf| shelf.newsletter.as_str()).filter(|id| !site.newsletters.contains_key(*id));
    let ids: Vec<&str> = site.newsletters.keys().map(String::as_str).chain(gone).collect();
    let content = html! {
        h1 { (words.newsletters) }
        ul {
            @for id in &ids {
                li {
                    h2 { a href=(site.archive(id)) lang=(site.publication.language) dir="auto" { (site.title(id)) } }
                    (about(&site, words, shelf(id)))
                }
            }
        }
    };
    let head = html! {
        (site.described(&words.newsletters, &site.publication.name, ""))
        @for shelf in &shelves { (feed::links(site.title(&shelf.newsletter), &site.public(&shelf.newsletter))) }
    };
    let changed = shelves.iter().map(|shelf| shelf.newest.changed).chain(taken).max();
    Ok(Page::public(&site, &words.newsletters, &head, &content, changed))
}

fn about(site: &Site, words: &Words, shelf: Option<&Shelf>) -> Markup {
    html! {
        @match shelf {
            None => p class="meta" { (words.none_yet) },
            Some(Shelf { newsletter, editions, newest }) => {
                p class="latest" { span class="kicker" { (words.latest) } (entry(site, newest)) }
                p class="meta" { (words.editions_so_far(*editions)) " · " (feeds(site, newsletter)) }
            }
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Turned {
    /// From 1, the newest.
    #[serde(default = "first")]
    page: u64,
}

fn first() -> u64 {
    1
}

/// One newsletter's editions, by month.
pub(super) async fn newsletter(
    State(site): House,
    Path(newsletter): Path<String>,
    turned: Result<Query<Turned>, QueryRejection>,
) -> Answer {
    let id = newsletter.clone();
    let Query(Turned { page }) = turned.map_err(|_| Page::missing(&site))?;
    let skip = page.checked_sub(1).map(|before| before.saturating_mul(u64::from(SHOWN)));
    let skip = skip.ok_or_else(|| Page::missing(&site))?;
    let (count, editions, taken) = site
        .ask(move |store| {
            let (count, editions) = (store.published_count(&id)?, store.published(&id, skip, SHOWN)?);
            Ok((count, editions, store.shelf_changed(Some(&id))?))
        })
        .await?;
    if (count == 0 && !site.newsletters.contains_key(&newsletter)) || (editions.is_empty() && page > 1) {
        return Err(Page::missing(&site));
    }
    let words = site.words;
    let title = site.title(&newsletter);
    let content = html! {
        p class="kicker" { (words.all_editions) }
        h1 lang=(site.publication.language) dir="auto" { (title) }
        @if count == 0 { p { (words.none_yet) } } @else { p class="meta" { (words.editions_so_far(count)) " · " (feeds(&site, &newsletter)) } }
        @for month in months(&editions) {
            section {
                h2 class="label" { (month_name(words, &month[0])) }
                ul class="editions" { @for edition in month { li { (entry(&site, edition)) } } }
            }
        }
        @if count > u64::from(SHOWN) { (turn(&site, words, &newsletter, page, skip + editions.len() as u64 >= count)) }
    };
    let query = if page > 1 { format!("?page={page}") } else { String::new() };
    let head = html! {
        (site.described(title, &site.publication.name, &format!("/{newsletter}{query}")))
        @if count > 0 { (feed::links(title, &site.public(&newsletter))) }
    };
    let changed = editions.iter().map(|edition| edition.changed).chain(taken).max();
    Ok(Page::public(&site, title, &head, &content, changed))
}

/// Links to the pages before and after.
fn turn(site: &Site, words: &Words, newsletter: &str, page: u64, last: bool) -> Markup {
    let address = |page: u64| format!("{}?page={page}", site.archive(newsletter));
    html! {
        nav class="turn" aria-label=(words.all_editions) {
            @if page > 1 { a rel="prev" href=(address(page - 1)) { (words.newer) } }
            @if !last { a rel="next" href=(address(page + 1)) { (words.older) } }
        }
    }
}

/// An edition's headline and day.
fn entry(site: &Site, edition: &Published) -> Markup {
    let edition = &edition.edition;
    let address = format!("{}/{}", site.archive(&edition.newsletter), edition.slot);
    html! {
        a class="edition" href=(address) lang=(site.publication.language) dir="auto" { (edition.subject) }
        @match date(&edition.slot) {
            Some(date) => time datetime=(date.to_string()) { (site.words.long_date(date)) },
            None => span { (edition.slot) },
        }
    }
}

/// The feeds, for people; programs find them in the head.
fn feeds(site: &Site, newsletter: &str) -> Markup {
    html! {
        @for kind in Kind::ALL {
            a class="feed" href={ (site.archive(newsletter)) "/" (kind.file()) } type=(kind.mime()) { (kind.name()) } " "
        }
    }
}

/// Neighbours of the same month; slots that are no dates stand together.
fn months(editions: &[Published]) -> impl Iterator<Item = &[Published]> {
    editions.chunk_by(|one, next| one.edition.slot.get(..7) == next.edition.slot.get(..7))
}

fn month_name(words: &Words, edition: &Published) -> String {
    date(&edition.edition.slot).map_or_else(|| edition.edition.slot.clone(), |date| words.month(date))
}

/// The day a slot begins with.
fn date(slot: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(slot.get(..10)?, "%Y-%m-%d").ok()
}

/// To the edition before this one, or to the archive where it was the first.
pub(super) async fn previous(house: House, named: Path<(String, String)>) -> Result<Response, Page> {
    beside(house, named, Beside::Before).await
}

/// To the edition after this one, or to the archive where it is the newest.
pub(super) async fn next(house: House, named: Path<(String, String)>) -> Result<Response, Page> {
    beside(house, named, Beside::After).await
}

async fn beside(
    State(site): House,
    Path((newsletter, slot)): Path<(String, String)>,
    side: Beside,
) -> Result<Response, Page> {
    let id = newsletter.clone();
    let (known, neighbour) =
        site.ask(move |store| Ok((store.published_count(&id)? > 0, store.beside(&id, &slot, side)?))).await?;
    if !known && !site.newsletters.contains_key(&newsletter) {
        return Err(Page::missing(&site));
    }
    let archive = site.archive(&newsletter);
    let to = neighbour.map_or_else(|| archive.clone(), |slot| format!("{archive}/{slot}"));
    // What comes after the newest edition is another one tomorrow.
    Ok((StatusCode::FOUND, Redirect::to(&to)).into_response())
}

impl Site {
    /// A newsletter's archive, as links between pages name it.
    pub(super) fn archive(&self, newsletter: &str) -> String {
        format!("{}/{newsletter}", self.base)
    }

    /// The same as the world names it.
    pub(super) fn public(&self, newsletter: &str) -> String {
        format!("{}/{newsletter}", self.url)
    }

    /// What a list says of itself to machines; `path` is its own, from the root of these pages.
    fn described(&self, title: &str, description: &str, path: &str) -> Markup {
        let address = if path.is_empty() { format!("{}/", self.url) } else { format!("{}{path}", self.url) };
        html! {
            meta name="description" content={ (title) ", " (description) };
            link rel="canonical" href=(address);
            meta property="og:type" content="website";
            meta property="og:site_name" content=(self.publication.name);
            meta property="og:title" content=(title);
            meta property="og:url" content=(address);
        }
    }
}
