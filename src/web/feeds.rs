//! A newsletter's feeds, made of the pages on its shelf.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::page::{House, PUBLIC, Page};
use super::{fresh, shelf};
use crate::render::feed::{Entry, Feed, Kind, Told};
use crate::store::{Published, ShelfPage};

/// Editions in a feed: two weeks of a daily one, each with its whole text.
const SHOWN: u32 = 14;

/// One feed in one form; a newsletter that has published nothing has none.
pub(super) async fn feed(State(site): House, Path(newsletter): Path<String>, kind: Kind) -> Result<Response, Page> {
    let id = newsletter.clone();
    let (pages, taken): (Vec<(Published, ShelfPage)>, _) = site
        .ask(move |store| {
            let editions = store.published(&id, 0, SHOWN)?;
            let pages = editions.iter().map(|edition| store.public_page(&id, &edition.edition.slot));
            let pages = pages.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
            Ok((pages, store.shelf_changed(Some(&id))?))
        })
        .await?;
    let newest = pages.iter().map(|(edition, _)| edition.changed).max().ok_or_else(|| Page::missing(&site))?;
    let changed = taken.map_or(newest, |taken| newest.max(taken));
    let home = site.public(&newsletter);
    let entry = |(Published { edition, at, changed }, page): (Published, ShelfPage)| Entry {
        url: format!("{home}/{}", edition.slot),
        title: edition.subject,
        published: at,
        changed,
        told: Told::by(&shelf::shown(&page)),
    };
    let feed = Feed {
        newsletter: site.title(&newsletter),
        publication: &site.publication.name,
        language: &site.publication.language,
        home: &home,
        changed,
        entries: pages.into_iter().map(entry).collect(),
    };
    let body = feed.write(kind);
    let mut headers = HeaderMap::new();
    let mime = format!("{}; charset=utf-8", kind.mime());
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(&mime).expect("a media type is visible ASCII"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(PUBLIC));
    // Readers in a browser fetch feeds from pages of their own.
    headers.insert(HeaderName::from_static("access-control-allow-origin"), HeaderValue::from_static("*"));
    fresh::mark(&mut headers, body.as_bytes(), Some(changed));
    Ok((headers, body).into_response())
}
