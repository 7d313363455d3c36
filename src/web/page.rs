//! One page: the publication's name over a sheet, what there is to say, and at most one thing to do.
//!
//! The colours, faces and measures are those of the mail, so that a reader who follows a link stays in the
//! same house. All styles stand in the head and are named in the content policy by their hash.

use std::sync::{Arc, LazyLock};

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::{Site, fresh};
use crate::render::postal;
use crate::words::{self, Template};

const STYLE: &str = include_str!("page.css");

/// Who may keep a page, and who may find it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// It stands behind a reader's own link: never stored, never indexed.
    Private,
    /// For everyone, for a minute.
    Public,
}

/// An answer in HTML.
#[derive(Debug)]
pub(super) struct Page {
    status: StatusCode,
    kept: Kept,
    policy: String,
    html: String,
    changed: Option<DateTime<Utc>>,
}

/// How long a public answer may be kept without asking.
pub(super) const PUBLIC: &str = "public, max-age=60";

impl Page {
    /// A page of our own.
    pub(super) fn new(site: &Site, kept: Kept, title: &str, content: &Markup) -> Self {
        let html = whole(site, kept, title, &html! {}, content).0;
        Self { status: StatusCode::OK, kept, policy: own_policy(), html, changed: None }
    }

    /// A page of our own for everyone; `head` is what it says to machines.
    pub(super) fn public(
        site: &Site,
        title: &str,
        head: &Markup,
        content: &Markup,
        changed: Option<DateTime<Utc>>,
    ) -> Self {
        let html = whole(site, Kept::Public, title, head, content).0;
        Self { status: StatusCode::OK, kept: Kept::Public, policy: own_policy(), html, changed }
    }

    /// A web edition, as it was rendered when it was frozen; it brings its own styles and pictures.
    pub(super) fn edition(site: &Site, kept: Kept, html: String, changed: Option<DateTime<Utc>>) -> Self {
        let pictures = [Some(site.url.as_str()), site.images_url.as_deref()];
        let sources: String =
            pictures.into_iter().flatten().filter_map(origin).map(|from| format!(" {from}")).collect();
        let style = html.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>"));
        let style = style.map_or_else(|| "'none'".to_owned(), |(style, _)| hash_source(style));
        let policy = format!(
            "default-src 'none'; style-src {style}; img-src 'self' data:{sources}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        Self { status: StatusCode::OK, kept, policy, html, changed }
    }

    pub(super) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// A link that was cut, changed or made up. It says so without blame, and how to get on.
    pub(super) fn broken_link(site: &Site) -> Self {
        let words = &site.words.pages;
        let content = html! { h1 { (words.broken) } p { (words.broken_words) } p { (words.broken_help) } };
        Self::new(site, Kept::Private, &words.broken, &content).with_status(StatusCode::NOT_FOUND)
    }

    pub(super) fn missing(site: &Site) -> Self {
        let words = &site.words.pages;
        let content = html! { h1 { (words.missing) } p { (linked(&words.missing_words, &site.home())) } };
        Self::new(site, Kept::Private, &words.missing, &content).with_status(StatusCode::NOT_FOUND)
    }

    /// It was here, and the newsroom has withdrawn it.
    pub(super) fn taken_down(site: &Site) -> Self {
        let words = &site.words.pages;
        let content = html! { h1 { (words.taken_down) } p { (linked(&words.taken_down_words, &site.home())) } };
        Self::new(site, Kept::Private, &words.taken_down, &content).with_status(StatusCode::GONE)
    }

    pub(super) fn try_again(site: &Site) -> Self {
        let words = &site.words.pages;
        let content = html! { h1 { (words.not_now) } p { (words.not_now_words) } };
        Self::new(site, Kept::Private, &words.not_now, &content).with_status(StatusCode::SERVICE_UNAVAILABLE)
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        // An address in config that no header takes leaves the strictest policy, which `guard` sets.
        if let Ok(policy) = HeaderValue::from_str(&self.policy) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        match self.kept {
            Kept::Private => {
                headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
                headers.insert("x-robots-tag", HeaderValue::from_static("noindex, nofollow"));
            }
            Kept::Public => {
                headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(PUBLIC));
                fresh::mark(&mut headers, self.html.as_bytes(), self.changed);
            }
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        (self.status, headers, self.html).into_response()
    }
}

impl Site {
    /// The archive's address.
    pub(super) fn home(&self) -> String {
        format!("{}/", self.base)
    }
}

/// The whole document around what a page has to say.
fn whole(site: &Site, kept: Kept, title: &str, head: &Markup, content: &Markup) -> Markup {
    let house = &site.publication;
    // In a language the press has no words for the page is English around the newsroom's titles.
    let lang = if words::speaks(&house.language) { house.language.as_str() } else { site.words.language };
    // A sentence that is a page's head is its title too, and a title has no full stop.
    let title = title.trim_end_matches(['.', '。']);
    html! {
        (DOCTYPE)
        html lang=(lang) dir=(words::direction(lang)) {
            head {
                meta charset="utf-8";
                title { (title) " · " (house.name) }
                meta name="viewport" content="width=device-width,initial-scale=1";
                meta name="color-scheme" content="light dark";
                link rel="icon" href="data:,";
                @if kept == Kept::Private { meta name="robots" content="noindex,nofollow"; }
                (head)
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { a href=(site.home()) { (house.name) } }
                main { (content) }
                footer {
                    p { a href=(house.url) { (house.name) } }
                    p { (postal::address(&house.postal_address, lang)) }
                }
            }
        }
    }
}

/// A sentence whose bracketed words are a link.
pub(super) fn linked(sentence: &Template, url: &str) -> Markup {
    let (before, words, after) = sentence.link();
    html! { (before) a href=(url) { (words) } (after) }
}

/// The form every deed goes through: it posts to the address it stands on, which holds the token.
pub(super) fn button(label: &str) -> Markup {
    html! { form method="post" { button class="deed" { (label) } } }
}

/// The style's hash stands in the policy: no other style, and no script at all, can run on these pages.
fn own_policy() -> String {
    static HASH: LazyLock<String> = LazyLock::new(|| hash_source(STYLE));
    format!(
        "default-src 'none'; style-src {}; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        *HASH
    )
}

/// A style named by what it says (CSP Level 3, 6.7.2).
fn hash_source(style: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(style)))
}

/// `https://host:port` of an address.
fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split('/').next()?;
    (!host.is_empty() && !host.contains([' ', ';', ','])).then(|| format!("{scheme}://{host}"))
}

/// A page, or the page that says why not.
pub(super) type Answer = Result<Page, Page>;

/// What a handler is given.
pub(super) type House = axum::extract::State<Arc<Site>>;
