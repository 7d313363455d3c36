//! The web edition: the same issue as a page of its own, in semantic HTML and a style sheet.
//!
//! Everybody sees the same page, so it has no opening for a reader: a name becomes its fallback, a poll only
//! its question. Its bytes never change once it is frozen: what is not known then (which edition came before,
//! which comes after) stands behind addresses that know it later.

mod afterwards;
mod blocks;
mod data;
mod sheet;

use chrono::NaiveDate;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::feed::{self, Kind};
use super::links;
use super::outline::{Medium, outline};
use super::postal;
use super::style::Brand;
use super::words::{Words, direction, long_date};
use crate::issue::{Body, Issue};
use crate::picture::Picture;
use crate::story::Image;

pub(crate) use afterwards::{as_shown, blocks, note};

/// The whole page.
pub(super) fn page(issue: &Issue, brand: &Brand) -> String {
    let page = Page { issue, brand, words: Words::of(&issue.publication.language) };
    let lang = issue.publication.language.as_str();
    let entries = outline(issue, Medium::Html);
    let markup = html! {
        (DOCTYPE)
        html lang=(lang) dir=(direction(lang)) {
            head { (page.head()) }
            body class=[sheet::class(brand)] {
                a.skip href="#stories" { (page.words.skip) }
                header { (page.masthead()) }
                main id="stories" tabindex="-1" {
                    @for (index, entry) in entries.iter().enumerate() { (page.block(entry, &entries[index + 1..])) }
                }
                footer { (page.footer()) }
            }
        }
    };
    markup.into_string().chars().filter(|c| super::slots::is_printable(*c)).collect()
}

struct Page<'a> {
    issue: &'a Issue,
    brand: &'a Brand,
    words: &'static Words,
}

impl Page<'_> {
    fn date(&self, date: NaiveDate) -> String {
        long_date(date, &self.issue.publication.language)
    }

    /// The newsletter's archive: the page above this one.
    fn archive(&self) -> &str {
        let page = self.issue.web_url.as_str();
        page.rsplit_once('/').map_or(page, |(archive, _)| archive)
    }

    fn head(&self) -> Markup {
        let (issue, brand) = (self.issue, self.brand);
        let title = format!("{} | {}", issue.subject, issue.newsletter.title);
        html! {
            meta charset="utf-8";
            title { (title) }
            meta name="viewport" content="width=device-width,initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="theme-color" media="(prefers-color-scheme:light)" content=(brand.light.sheet);
            meta name="theme-color" media="(prefers-color-scheme:dark)" content=(brand.dark.sheet);
            meta name="description" content=(issue.preheader);
            meta name="robots" content="max-image-preview:large";
            link rel="canonical" href=(issue.web_url);
            link rel="icon" href="data:,";
            (feed::links(&issue.newsletter.title, self.archive()))
            (self.card())
            script type="application/ld+json" { (PreEscaped(self.linked_data())) }
            style { (PreEscaped(sheet::css(brand))) }
        }
    }

    /// Date and archive, the heavy rule, the publication's name, the newsletter and how long it takes.
    fn masthead(&self) -> Markup {
        let issue = self.issue;
        html! {
            p.meta.dateline {
                time datetime=(issue.date.to_string()) { (self.date(issue.date)) }
                a href=(self.archive()) { (self.words.all_editions) }
            }
            h1 { (issue.publication.name) }
            p.imprint {
                a href=(self.archive()) { (issue.newsletter.title) }
                span { " · " } (self.words.extent(issue.stories, issue.minutes))
            }
        }
    }

    /// Where to go from here, and who publishes.
    fn footer(&self) -> Markup {
        let issue = self.issue;
        html! {
            nav.editions aria-label=(self.words.editions) {
                a rel="prev" href={ (issue.web_url) "/previous" } { (self.words.previous) }
                a href=(self.archive()) { (self.words.all_editions) }
                a rel="next" href={ (issue.web_url) "/next" } { (self.words.next) }
            }
            p { (postal::address(&issue.publication.postal_address, &issue.publication.language)) }
            @if let Some(url) = links::target(&issue.publication.url) { p.meta { a href=(url) { (links::host(&url)) } } }
            nav.feeds aria-label=(self.words.feeds) {
                @for kind in Kind::ALL { a href={ (self.archive()) "/" (kind.file()) } type=(kind.mime()) { (kind.name()) } }
            }
        }
    }

    /// The picture that stands for the edition elsewhere: the first of the newsroom's own, never a sponsor's.
    fn picture(&self) -> Option<&Image> {
        self.issue.blocks.iter().find_map(|block| match &block.body {
            Body::Sponsor { .. } | Body::Promo { .. } => None,
            own => own.images().into_iter().next(),
        })
    }

    fn source(&self, picture: &Picture) -> String {
        format!("{}/{}", self.issue.images_url, picture.file_name())
    }
}
