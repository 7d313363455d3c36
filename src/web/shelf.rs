//! What is there for everyone: the archive, the web editions, the pictures, and a sign of life.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use maud::html;

use super::Site;
use super::page::{Answer, House, Kept, Page};
use crate::store::{EditionState, Purpose};

/// Editions on the archive's page.
const SHOWN: usize = 200;

/// Every edition that went out, newest first.
pub(super) async fn archive(State(site): House) -> Answer {
    let editions = site.ask(|store| store.editions(None)).await?;
    let out = editions.iter().filter(|edition| {
        let public = edition.purpose == Purpose::Issue && edition.started.is_some();
        public && edition.state != EditionState::Freezing
    });
    let out: Vec<_> = out.take(SHOWN).collect();
    let content = html! {
        p class="kicker" { "Archive" }
        h1 { "All editions" }
        @if out.is_empty() { p { "The first one is still to come." } }
        ol {
            @for edition in out {
                li {
                    p class="kicker" { (site.title(&edition.newsletter)) }
                    h2 { a href={(site.base) "/" (edition.newsletter) "/" (edition.slot)} { (edition.subject) } }
                    p class="meta" { (day(&edition.slot)) }
                }
            }
        }
    };
    Ok(Page::new(&site, Kept::Public, "All editions", &content))
}

/// A slot as people say it; one that is no date stays as it is.
fn day(slot: &str) -> String {
    let date = slot.get(..10).and_then(|date| NaiveDate::parse_from_str(date, "%Y-%m-%d").ok());
    date.map_or_else(|| slot.to_owned(), |date| date.format("%A, %-d %B %Y").to_string())
}

/// One edition as a web page.
pub(super) async fn edition(State(site): House, Path((newsletter, slot)): Path<(String, String)>) -> Answer {
    let html = site.ask(move |store| store.web_edition(&newsletter, &slot)).await?;
    html.map(|html| Page::edition(&site, html)).ok_or_else(|| Page::missing(&site))
}

/// A picture under the hash of its bytes: it can be kept for ever.
pub(super) async fn picture(State(site): House, Path(file): Path<String>) -> Result<Response, Page> {
    let named =
        file.split_once('.').filter(|(hash, _)| hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit()));
    let (hash, extension) = named.ok_or_else(|| Page::missing(&site))?;
    let hash = hash.to_owned();
    let picture = site.ask(move |store| store.picture(&hash)).await?;
    let kind = match extension {
        "png" => "image/png",
        "jpg" => "image/jpeg",
        "gif" => "image/gif",
        _ => return Err(Page::missing(&site)),
    };
    let picture = picture.filter(|picture| picture.kind == kind).ok_or_else(|| Page::missing(&site))?;
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        // Mail programs in a browser show it on their own pages.
        (header::HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    Ok((headers, picture.bytes).into_response())
}

/// Whether the pages can be answered: the store was asked something.
pub(super) async fn health(State(site): House) -> Result<&'static str, StatusCode> {
    let asked = site.ask(|store| store.schema_version()).await;
    asked.map(|_| "ok\n").map_err(|_| StatusCode::SERVICE_UNAVAILABLE)
}

pub(super) async fn missing(State(site): State<Arc<Site>>) -> Page {
    Page::missing(&site)
}
