//! What is there for everyone: the web editions, the pictures, and a sign of life.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::Site;
use super::page::{Answer, House, Kept, Page};
use crate::render;
use crate::store::{Published, ShelfPage};

/// One edition as a web page: for everyone once its sending was begun; before that only a rehearsal's, behind
/// the rehearsal's own mails.
pub(super) async fn edition(State(site): House, Path((newsletter, slot)): Path<(String, String)>) -> Answer {
    let found = site
        .ask(move |store| {
            if let Some((published, page)) = store.public_page(&newsletter, &slot)? {
                return Ok(Found::Public(published, page));
            }
            if store.is_taken_down(&newsletter, &slot)? {
                return Ok(Found::TakenDown);
            }
            Ok(store.rehearsed_page(&newsletter, &slot)?.map_or(Found::Nothing, Found::Rehearsed))
        })
        .await?;
    match found {
        Found::Public(Published { changed, .. }, page) => {
            Ok(Page::edition(&site, Kept::Public, shown(&page), Some(changed)))
        }
        Found::Rehearsed(page) => Ok(Page::edition(&site, Kept::Private, shown(&page), None)),
        Found::TakenDown => Err(Page::taken_down(&site)),
        Found::Nothing => Err(Page::missing(&site)),
    }
}

/// What stands at an edition's address.
enum Found {
    Public(Published, ShelfPage),
    Rehearsed(ShelfPage),
    TakenDown,
    Nothing,
}

/// A page as it is shown now.
pub(super) fn shown(page: &ShelfPage) -> String {
    render::as_shown(&page.html, &page.notes, &page.hidden)
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
