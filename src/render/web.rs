//! The web edition: the same issue as a page of its own, in semantic HTML and a style sheet.
//!
//! Everybody sees the same page, so it has no opening for a reader: a name becomes its fallback, a poll only
//! its question. Search engines and other sites read its head (Open Graph, JSON-LD).

mod sheet;

use chrono::NaiveDate;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::json;

use super::links;
use super::outline::{Entry, Medium, contents, outline};
use super::running::{Dress, Running, heading};
use super::style::Brand;
use super::words::{Words, bound, direction, long_date};
use crate::issue::{Body, Button, Depth, Issue, Item};
use crate::prose::{Inline, Prose, Slot};
use crate::story::{Image, Story};

/// The whole page.
pub(super) fn page(issue: &Issue, brand: &Brand) -> String {
    let page = Page { issue, words: Words::english() };
    let lang = issue.publication.language.as_str();
    let entries = outline(issue, Medium::Html);
    let markup = html! {
        (DOCTYPE)
        html lang=(lang) dir=(direction(lang)) {
            head { (page.head(brand)) }
            body {
                header { (page.masthead()) }
                main { @for (index, entry) in entries.iter().enumerate() { (page.block(entry, &entries[index + 1..])) } }
                footer {
                    p { (issue.publication.postal_address) }
                    @if let Some(url) = links::target(&issue.publication.url) { p { a href=(url) { (links::host(&url)) } } }
                }
            }
        }
    };
    markup.into_string().chars().filter(|c| super::slots::is_printable(*c)).collect()
}

struct Page<'a> {
    issue: &'a Issue,
    words: &'static Words,
}

impl Page<'_> {
    fn date(&self, date: NaiveDate) -> String {
        long_date(date, &self.issue.publication.language)
    }

    fn head(&self, brand: &Brand) -> Markup {
        let issue = self.issue;
        let title = format!("{} | {}", issue.subject, issue.newsletter.title);
        let picture = issue.images().next();
        html! {
            meta charset="utf-8";
            title { (title) }
            meta name="viewport" content="width=device-width,initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="description" content=(issue.preheader);
            link rel="canonical" href=(issue.web_url);
            meta property="og:type" content="article";
            meta property="og:site_name" content=(issue.publication.name);
            meta property="og:title" content=(issue.subject);
            meta property="og:description" content=(issue.preheader);
            meta property="og:url" content=(issue.web_url);
            meta property="article:published_time" content=(issue.due.to_rfc3339());
            @if let Some(image) = picture {
                meta property="og:image" content=(self.source(image));
                meta property="og:image:alt" content=(image.alt);
            }
            meta name="twitter:card" content=(if picture.is_some() { "summary_large_image" } else { "summary" });
            script type="application/ld+json" { (PreEscaped(self.linked_data())) }
            style { (PreEscaped(sheet::css(brand))) }
        }
    }

    /// What the page is, for machines (schema.org NewsArticle, ItemList). `<` is escaped: content must not end
    /// the script.
    fn linked_data(&self) -> String {
        let issue = self.issue;
        let stories: Vec<_> = issue
            .items()
            .enumerate()
            .map(|(index, item)| {
                json!({"@type": "ListItem", "position": index + 1, "name": item.story.headline, "url": item.story.url})
            })
            .collect();
        let data = json!({
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": issue.subject,
            "description": issue.preheader,
            "datePublished": issue.due.to_rfc3339(),
            "inLanguage": issue.publication.language,
            "mainEntityOfPage": issue.web_url,
            "image": issue.images().map(|image| self.source(image)).collect::<Vec<_>>(),
            "author": issue.editor.as_ref().map(|editor| json!({"@type": "Person", "name": editor.name})),
            "publisher": {"@type": "NewsMediaOrganization", "name": issue.publication.name, "url": issue.publication.url},
            "hasPart": {"@type": "ItemList", "itemListElement": stories},
        });
        data.to_string().replace('<', "\\u003c")
    }

    fn masthead(&self) -> Markup {
        let issue = self.issue;
        html! {
            p.meta { time datetime=(issue.date.to_string()) { (self.date(issue.date)) } }
            h1 { (issue.publication.name) }
            p.imprint { strong { (issue.newsletter.title) } " · " (self.words.extent(issue.stories, issue.minutes)) }
        }
    }

    fn block(&self, entry: &Entry<'_>, following: &[Entry<'_>]) -> Markup {
        let block = entry.block;
        let label = block.label.as_deref();
        let id = block.id.as_str();
        let (opening, level) = match label {
            Some(label) => (html! { h2.label { (label) } }, 3),
            None => (html! {}, 2),
        };
        match &block.body {
            Body::Story(item) => html! {
                article id=(id) class=[entry.leads.then_some("lead")] {
                    @if let Some(label) = label { p.label { (label) } }
                    (self.item(item, 2))
                }
            },
            Body::List(items) => html! {
                section id=(id) { (opening) ol.ranks start=(entry.rank) { @for item in items { li { article { (self.item(item, level)) } } } } }
            },
            Body::Picks(items) => html! {
                aside id=(id) { (opening) div.picks { @for item in items { article { (self.item(item, level)) } } } }
            },
            Body::Letter(text) => {
                html! { section id=(id) { (opening) (self.running(text, level)) (self.signature()) } }
            }
            Body::Contents => html! {
                nav id=(id) aria-label=(self.words.contents) {
                    h2.label { (label.unwrap_or(self.words.contents)) }
                    ul { @for line in contents(following) { li { a href={ "#" (line.block) } { (line.words) } } } }
                }
            },
            Body::Number { figure, text, source } => html! {
                section id=(id) { (opening) p.figure { (figure) } p { (self.inline(text)) } (self.source_line(source.as_deref())) }
            },
            Body::Quote { text, who } => html! {
                section id=(id) { (opening) figure { blockquote { p { "“" (text) "”" } } figcaption { (who) } } }
            },
            Body::Image(image) => html! { section id=(id) { (opening) (self.figure(image, None)) } },
            Body::Sponsor { name, text, image, button } => html! {
                aside.sponsor id=(id) aria-label=[label] {
                    @if let Some(label) = label { p.kicker { (label) } }
                    @if let Some(image) = image { (self.figure(image, button.as_ref().map(|button| button.url.as_str()))) }
                    h2 { (bound(name)) }
                    (self.running(text, 3))
                    (self.button(button.as_ref(), Some("sponsored")))
                }
            },
            Body::Promo { title, text, image, button } => html! {
                aside id=(id) {
                    (opening)
                    @if let Some(title) = title { (heading(level, label.is_none().then_some("label"), None, &html! { (title) })) }
                    @if let Some(image) = image { (self.figure(image, None)) }
                    (self.running(text, level))
                    (self.button(button.as_ref(), None))
                }
            },
            Body::Poll { question, .. } => html! {
                section id=(id) { (opening) (heading(level, None, None, &html! { (bound(question)) })) p.meta { (self.words.poll) } }
            },
            Body::Correction { of, text } => html! {
                section id=(id) {
                    h2.label { (label.unwrap_or(self.words.correction)) }
                    p.meta { (self.words.correction_of(&self.date(*of))) }
                    (self.running(text, 3))
                }
            },
            Body::Text(text) => html! { section id=(id) { (opening) (self.running(text, level)) } },
            Body::Divider => html! { hr id=(id); },
        }
    }

    fn item(&self, item: &Item, level: u8) -> Markup {
        let story = &item.story;
        let headline = html! {
            @match story.url.as_deref().and_then(links::target) {
                Some(url) => a href=(url) { (bound(&story.headline)) },
                None => (bound(&story.headline)),
            }
        };
        html! {
            @if item.depth != Depth::Headline && let Some(kicker) = &story.kicker { p.kicker { (kicker) } }
            (heading(level, None, None, &headline))
            @match (item.depth, &story.brief, &story.teaser) {
                (Depth::Full, ..) => (self.full(story, level)),
                (Depth::Brief, Some(brief), _) => (self.running(brief, level + 1)),
                (Depth::Headline, ..) => {},
                (_, _, teaser) => @if let Some(teaser) = teaser { p.teaser { (teaser) } },
            }
        }
    }

    fn full(&self, story: &Story, level: u8) -> Markup {
        html! {
            @if let Some(standfirst) = &story.standfirst { p.standfirst { (bound(standfirst)) } }
            @if let Some(image) = &story.image { (self.figure(image, story.url.as_deref())) }
            @if !story.byline.is_empty() {
                p.meta { (self.words.by) " "
                    @for (index, author) in story.byline.iter().enumerate() {
                        @if index > 0 { @if index + 1 == story.byline.len() { " " (self.words.and) " " } @else { ", " } }
                        strong { (author.name) }
                    }
                }
            }
            @for section in &story.sections {
                @if let Some(words) = &section.heading { (heading(level + 1, Some("section"), None, &html! { (words) })) }
                (self.running(&section.body, if section.heading.is_some() { level + 2 } else { level + 1 }))
            }
        }
    }

    fn signature(&self) -> Markup {
        html! {
            @if let Some(editor) = &self.issue.editor {
                p.signature { strong { (editor.name) } @if let Some(title) = &editor.title { br; span.meta { (title) } } }
            }
        }
    }

    fn source_line(&self, source: Option<&str>) -> Markup {
        html! {
            @if let Some(source) = source {
                p.meta { (self.words.source) ": "
                    @match links::target(source) { Some(url) => a href=(url) { (links::host(&url)) }, None => (source) }
                }
            }
        }
    }

    fn source(&self, image: &Image) -> String {
        format!("{}/{}", self.issue.images_url, image.picture.file_name())
    }

    fn figure(&self, image: &Image, link: Option<&str>) -> Markup {
        let picture = &image.picture;
        let narrow = image.width.map(|width| format!("max-width:min(100%,{width}px)"));
        let drawn = html! {
            img src=(self.source(image)) width=(picture.width) height=(picture.height) alt=(image.alt) style=[narrow];
        };
        html! {
            figure {
                @match image.url.as_deref().or(link).and_then(links::target) {
                    Some(url) => a href=(url) { (drawn) },
                    None => (drawn),
                }
                @if image.caption.is_some() || image.credit.is_some() {
                    figcaption {
                        @if let Some(caption) = &image.caption { (caption) @if image.credit.is_some() { " · " } }
                        @if let Some(credit) = &image.credit { (self.words.credited(credit)) }
                    }
                }
            }
        }
    }

    fn button(&self, button: Option<&Button>, rel: Option<&str>) -> Markup {
        html! {
            @if let Some(button) = button && let Some(url) = links::target(&button.url) {
                p { a.button href=(url) rel=[rel] { (button.label) } }
            }
        }
    }

    fn running(&self, blocks: &[Prose], level: u8) -> Markup {
        Running { dress: Dress::default(), level, slot: &fallback }.blocks(blocks)
    }

    fn inline(&self, words: &[Inline]) -> Markup {
        Running { dress: Dress::default(), level: 2, slot: &fallback }.words(words)
    }
}

/// Nobody in particular reads the web edition.
fn fallback(slot: &Slot) -> Markup {
    match slot {
        Slot::FirstName { fallback } => html! { (fallback) },
        Slot::Address | Slot::Unsubscribe | Slot::Preferences | Slot::Poll { .. } => html! {},
    }
}
