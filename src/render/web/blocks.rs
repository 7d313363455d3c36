//! The blocks of the web edition. Running text keeps to one column; what can be laid side by side is `wide` and
//! takes the page from edge to edge where there is room. The order of the page never changes.

use maud::{Markup, html};

use super::Page;
use crate::chart::{Chart, Drawing};
use crate::issue::{Body, Button, Depth, Item};
use crate::prose::{Inline, Prose, Slot};
use crate::render::figures::{figure, table};
use crate::render::links;
use crate::render::outline::{Entry, contents};
use crate::render::running::{Dress, Running, credited, heading};
use crate::render::words::{bound, direction, quoted};
use crate::story::{Author, Image, Story};

/// Pictures as wide as the column; a smaller one is not blown up.
const COLUMN: u32 = 528;

impl Page<'_> {
    pub(super) fn block(&self, entry: &Entry<'_>, following: &[Entry<'_>]) -> Markup {
        let block = entry.block;
        let label = block.label.as_deref();
        let id = block.id.as_str();
        let (opening, level) = opening(label);
        match &block.body {
            Body::Story(item) => html! {
                article id=(id) class=[class(item, entry.leads)] {
                    @if let Some(label) = label { p.label { (label) } }
                    (self.item(item, 2, entry.leads))
                }
            },
            Body::List(items) => part(
                id,
                Some("wide"),
                label,
                &html! {
                        (opening)
                        ol.ranks start=(entry.rank) {
                            @for item in items { li { article class=[class(item, false)] { (self.item(item, level, false)) } } }
                        }
                },
            ),
            Body::Picks(items) => part(
                id,
                Some("wide"),
                label,
                &html! {
                        (opening)
                        div.picks { @for item in items { article { (self.item(item, level, false)) } } }
                },
            ),
            Body::Letter(text) => {
                let inner = html! { (opening) (self.running(text, level)) (self.signature()) };
                part(id, Some("letter"), label, &inner)
            }
            Body::Contents => {
                let words = label.unwrap_or(&self.words.contents);
                html! {
                    nav.contents.wide id=(id) aria-label=(words) {
                        h2.label { (words) }
                        ul { @for line in contents(following) { li { a href={ "#" (line.block) } { (bound(line.words)) } } } }
                    }
                }
            }
            Body::Number { figure, text, source } => {
                let inner = html! {
                    (opening)
                    p.figure { (figure) }
                    p { (self.inline(text)) }
                    (self.source_line(source.as_deref()))
                };
                part(id, None, label, &inner)
            }
            Body::Quote { text, who } => {
                let inner = html! {
                    (opening)
                    figure.said { blockquote { p { (bound(&quoted(text, &self.issue.publication.language))) } } figcaption { (bound(who)) } }
                };
                part(id, Some("wide"), label, &inner)
            }
            Body::Chart(chart) => part(id, None, label, &html! { (opening) (self.chart(level, chart)) }),
            Body::Image(image) => part(id, None, label, &html! { (opening) (self.figure(image, None)) }),
            Body::Sponsor { name, text, image, button } => html! {
                section.sponsor.wide id=(id) aria-label=[label] {
                    @if let Some(label) = label { p.kicker { (label) } }
                    @if let Some(image) = image { (self.figure(image, button.as_ref().map(|button| button.url.as_str()))) }
                    h2 { (bound(name)) }
                    (self.running(text, 3))
                    (self.button(button.as_ref(), Some("sponsored")))
                }
            },
            Body::Promo { title, text, image, button, .. } => {
                let (opening, level) = if label.is_some() { (opening, level) } else { self::opening(title.as_deref()) };
                let inner = html! {
                        (opening)
                        @if let (Some(_), Some(title)) = (label, title) { (heading(level, None, None, &html! { (bound(title)) })) }
                        @if let Some(image) = image { (self.figure(image, button.as_ref().map(|button| button.url.as_str()))) }
                        (self.running(text, level))
                        (self.button(button.as_ref(), None))
                };
                part(id, None, label.or(title.as_deref()), &inner)
            }
            Body::Poll { question, .. } => html! {
                @let (opening, level) = self::opening(Some(label.unwrap_or(&self.words.pages.poll)));
                section.poll id=(id) {
                    (opening)
                    (heading(level, None, None, &html! { (bound(question)) }))
                    p.meta { (self.words.poll) }
                }
            },
            Body::Correction { of, text } => {
                let words = self.words.correction_of(&self.date(*of));
                let dated = html! { time datetime=(of.to_string()) { (words) } };
                html! {
                    section.correction id=(id) {
                        h2.label { @match label { Some(label) => (label), None => (dated) } }
                        @if label.is_some() { p.meta { (dated) } }
                        (self.running(text, 3))
                    }
                }
            }
            Body::Text(text) => part(id, None, label, &html! { (opening) (self.running(text, level)) }),
            Body::Divider => html! { hr id=(id); },
        }
    }

    fn item(&self, item: &Item, level: u8, leads: bool) -> Markup {
        let story = &item.story;
        let class = (item.depth == Depth::Headline).then_some("headline");
        html! {
            @if item.depth != Depth::Headline { (self.kicker(story)) }
            (heading(level, class, None, &headline(story)))
            @match (item.depth, &story.brief, &story.teaser) {
                (Depth::Full, ..) => (self.full(story, level, leads)),
                (Depth::Brief, Some(brief), _) => (self.running(brief, level + 1)),
                (Depth::Headline, ..) => {},
                (_, _, teaser) => @if let Some(teaser) = teaser { p.teaser { (bound(teaser)) } },
            }
        }
    }

    /// What kind of story it is; in some themes how long it takes, too.
    fn kicker(&self, story: &Story) -> Markup {
        let kicker = story.kicker.as_deref();
        let minutes = story.minutes.filter(|_| self.brand.style().reading_times);
        html! {
            @if kicker.is_some() || minutes.is_some() {
                p.kicker {
                    @if let Some(kicker) = kicker { span { (kicker) } }
                    @if let Some(minutes) = minutes { " " (self.words.minutes(minutes)) }
                }
            }
        }
    }

    fn full(&self, story: &Story, level: u8, leads: bool) -> Markup {
        html! {
            @if let Some(standfirst) = &story.standfirst { p.standfirst { (bound(standfirst)) } }
            @if !story.byline.is_empty() { p.meta.byline { (self.words.by().0) (self.names(&story.byline)) (self.words.by().1) } }
            div.text {
                @if let Some(image) = &story.image { (self.figure(image, story.url.as_deref())) }
                @for section in &story.sections {
                    @if let Some(words) = &section.heading { (heading(level + 1, Some("within"), None, &html! { (bound(words)) })) }
                    (self.running(&section.body, if section.heading.is_some() { level + 2 } else { level + 1 }))
                }
            }
            @if leads && let Some(url) = story.url.as_deref().and_then(links::target) {
                p.more { a.button.main href=(url) { (self.words.read_at(links::host(&url))) } }
            }
        }
    }

    fn names(&self, authors: &[Author]) -> Markup {
        html! {
            @for (index, author) in authors.iter().enumerate() {
                (self.words.joint(index, authors.len()))
                strong { (author.name) }
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
                p.meta { (self.words.source().0)
                    @match links::target(source) { Some(url) => a href=(url) { (links::shown(&url)) }, None => (source) }
                    (self.words.source().1)
                }
            }
        }
    }

    /// A picture at the size it is shown; its room is kept before it comes.
    fn figure(&self, image: &Image, link: Option<&str>) -> Markup {
        let width = image.width.unwrap_or(COLUMN).min(image.picture.width).max(1);
        let height = image.picture.height_at(width);
        let caption = image.caption.as_deref();
        let credit = image.credit.as_deref().map(|credit| self.words.credited(credit));
        let shown = html! { @if let Some(caption) = caption { span { (bound(caption)) } } };
        let drawn = html! { img src=(self.source(&image.picture)) width=(width) height=(height) alt=(image.alt); };
        html! {
            figure {
                @match image.url.as_deref().or(link).and_then(links::target) {
                    Some(url) => a href=(url) { (drawn) },
                    None => (drawn),
                }
                @if caption.is_some() || credit.is_some() { figcaption { (credited(caption, &shown, credit.as_deref())) } }
            }
        }
    }

    /// The drawing for day and night, its figures in a table, and where they come from.
    fn chart(&self, level: u8, chart: &Chart) -> Markup {
        html! {
            (heading(level, None, None, &html! { (bound(&chart.title)) }))
            @if let Some(unit) = &chart.unit { p.meta.unit { (unit) } }
            @if let Some(Drawing { light, dark }) = &chart.drawing {
                picture {
                    source media="(prefers-color-scheme:dark)" srcset=(self.source(dark));
                    img src=(self.source(light)) width=(COLUMN) height=(light.height_at(COLUMN)) alt=(chart.alt);
                }
            }
            table.figures { tbody {
                @for row in table(chart) {
                    tr { @for pair in row { th scope="row" { (pair.label) } td { (figure(pair, direction(&self.issue.publication.language))) } } }
                }
            } }
            (self.source_line(chart.source.as_deref()))
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
        running(blocks, level)
    }

    fn inline(&self, words: &[Inline]) -> Markup {
        Running { dress: Dress::default(), level: 2, slot: &fallback }.ending(words)
    }
}

/// Running text without a dress; the style sheet has it.
pub(super) fn running(blocks: &[Prose], level: u8) -> Markup {
    Running { dress: Dress::default(), level, slot: &fallback }.blocks(blocks)
}

/// A section's name, and the level of a heading under it.
fn opening(label: Option<&str>) -> (Markup, u8) {
    match label {
        Some(label) => (html! { h2.label { (label) } }, 3),
        None => (html! {}, 2),
    }
}

/// A block with a name is a section; without one there is nothing to call it by.
fn part(id: &str, class: Option<&str>, name: Option<&str>, inner: &Markup) -> Markup {
    html! {
        @if name.is_some() { section id=(id) class=[class] { (inner) } } @else { div id=(id) class=[class] { (inner) } }
    }
}

fn class(item: &Item, leads: bool) -> Option<&'static str> {
    match item.depth {
        Depth::Full if leads => Some("full lead wide"),
        Depth::Full => Some("full"),
        _ => None,
    }
}

fn headline(story: &Story) -> Markup {
    html! {
        @match story.url.as_deref().and_then(links::target) {
            Some(url) => a href=(url) { (bound(&story.headline)) },
            None => (bound(&story.headline)),
        }
    }
}

/// Nobody in particular reads the web edition.
fn fallback(slot: &Slot) -> Markup {
    match slot {
        Slot::FirstName { fallback } => html! { (fallback) },
        Slot::Address | Slot::Unsubscribe | Slot::Preferences | Slot::Poll { .. } => html! {},
    }
}
