//! A story at each of its depths, the numbered list, and the rail of picks.

use maud::{Markup, PreEscaped, html};

use super::sheet::{Ink, Margin, Sheet};
use crate::issue::{Button, Depth, Item};
use crate::render::links;
use crate::render::style::{COLUMN, HAIRLINE, HALF_GUTTER, Kicker, List, RANKS, Rail, Space, Voice};
use crate::render::words::bound;
use crate::story::{Author, Story};

impl Sheet<'_> {
    /// A story in a block of its own; only the one that leads has a button, so that no two say the same.
    pub(super) fn story(&self, label: Option<&str>, item: &Item, leads: bool) -> Markup {
        html! {
            @if let Some(label) = label { (self.over(label)) }
            @if item.depth == Depth::Full { (self.full(&item.story, 2, leads)) } @else { (self.short(item, 2)) }
        }
    }

    /// Kicker, headline, standfirst, who wrote it, picture, every section, and where it stands.
    fn full(&self, story: &Story, level: u8, leads: bool) -> Markup {
        let url = story.url.as_deref();
        html! {
            (self.kicker(story))
            (self.headline(level, Voice::LeadHead, Margin::Below(Space::LeadHead), story))
            @if let Some(standfirst) = &story.standfirst {
                (self.line(Voice::Standfirst, Ink::Quiet, Margin::Below(Space::Standfirst), &html! { (bound(standfirst)) }))
            }
            (self.byline(story))
            @if let Some(image) = &story.image {
                div style={ "padding-bottom:" (self.px(Space::Picture)) } { (self.captioned(image, url)) }
            }
            @for (index, section) in story.sections.iter().enumerate() {
                @if let Some(heading) = &section.heading {
                    @let margin = if index == 0 { Margin::Below(Space::Head) } else { Margin::Around(Space::Section, Space::Head) };
                    (self.head(level + 1, Voice::SectionHead, margin, &html! { (bound(heading)) }))
                }
                (self.running(&section.body, if section.heading.is_some() { level + 2 } else { level + 1 }))
            }
            @if leads && let Some(url) = url {
                (self.below_words(&self.main_button(&Button { label: self.words.read_at(links::host(url)), url: url.to_owned() })))
            }
        }
    }

    fn byline(&self, story: &Story) -> Markup {
        if story.byline.is_empty() {
            return html! {};
        }
        let (before, after) = self.words.by();
        let words = html! { (before) (self.names(&story.byline)) (after) };
        self.line(Voice::Meta, Ink::Quiet, Margin::Below(Space::Standfirst), &words)
    }

    fn names(&self, authors: &[Author]) -> Markup {
        let ink = self.colour(Ink::Full);
        html! {
            @for (index, author) in authors.iter().enumerate() {
                (self.words.joint(index, authors.len()))
                strong.i style={ "color:" (ink) } { (author.name) }
            }
        }
    }

    /// A story at less than full depth, at the size of a list.
    fn short(&self, item: &Item, level: u8) -> Markup {
        let story = &item.story;
        let below = Margin::Below(Space::Head);
        match (item.depth, &story.brief, &story.teaser) {
            (Depth::Full, ..) => self.full(story, level, false),
            (Depth::Brief, Some(brief), _) => html! {
                (self.kicker(story))
                (self.headline(level, Voice::StoryHead, below, story))
                (self.running(brief, level + 1))
            },
            (Depth::Headline, ..) => self.headline(level, Voice::PickHead, Margin::Nothing, story),
            (_, _, Some(teaser)) => html! {
                (self.kicker(story))
                (self.headline(level, Voice::StoryHead, below, story))
                (self.line(Voice::Teaser, Ink::Quiet, Margin::Nothing, &html! { (bound(teaser)) }))
            },
            (..) => html! { (self.kicker(story)) (self.headline(level, Voice::StoryHead, Margin::Nothing, story)) },
        }
    }

    /// What kind of story it is; in some themes how long it takes, too.
    fn kicker(&self, story: &Story) -> Markup {
        let style = self.brand.style();
        let minutes = story.minutes.filter(|_| style.reading_times).map(|minutes| self.words.minutes(minutes));
        if story.kicker.is_none() && minutes.is_none() {
            return html! {};
        }
        let below = Margin::Below(Space::Kicker);
        let kicker = story.kicker.as_deref();
        match style.kicker {
            Kicker::Accent => self.line(
                Voice::Kicker,
                Ink::Accent,
                below,
                &html! { (kicker.unwrap_or_default()) @if let Some(minutes) = minutes { " · " (minutes) } },
            ),
            Kicker::Chip => self.line(
                Voice::Meta,
                Ink::Quiet,
                below,
                &html! {
                    @if let Some(kicker) = kicker { (self.chip(kicker)) }
                    @if let Some(minutes) = minutes { @if kicker.is_some() { (PreEscaped("&nbsp; ")) } (minutes) }
                },
            ),
        }
    }

    /// Words in a frame of their own colour.
    fn chip(&self, words: &str) -> Markup {
        let (set, radius) = (self.set(Voice::Kicker, Ink::Accent), self.brand.radius);
        html! { span.a style={ (set) ";border:" (HAIRLINE) "px solid;border-radius:" (radius) "px;padding:0 6px" } { (words) } }
    }

    /// Stories one under the other, as the theme lists them.
    pub(super) fn list(&self, label: Option<&str>, items: &[Item], first: usize) -> Markup {
        match self.brand.style().list {
            List::Numbered => self.numbered(label, items, first),
            List::Rows => self.rows(label, items),
        }
    }

    /// Numbered; the numbers go on from the lists before. The rules are as wide as the words, the numbers hang
    /// beside them.
    fn numbered(&self, label: Option<&str>, items: &[Item], first: usize) -> Markup {
        let (opening, level) = self.opening(label);
        let rule = self.brand.light.rule;
        html! {
            (opening)
            (self.table(true, &html! {
                @for (index, item) in items.iter().enumerate() {
                    @let (voice, space) = if item.depth == Depth::Headline { (Voice::SmallRank, Space::Headline) } else { (Voice::Rank, Space::Story) };
                    @let padding = self.between(index, items.len(), space);
                    @let edge = if index + 1 == items.len() { String::new() } else { format!(";border-bottom:{HAIRLINE}px solid {rule}") };
                    tr valign="top" {
                        td class="a" width=(RANKS) style={ "padding:" (padding) ";" (self.set(voice, Ink::Accent)) } { (first + index) }
                        td class="r" style={ "padding:" (padding) (edge) } { (self.short(item, level)) }
                    }
                }
            }))
        }
    }

    /// The padding of a row among others: the first begins and the last ends where the block does.
    fn between(&self, index: usize, count: usize, space: Space) -> String {
        let px = self.px(space);
        match (index == 0, index + 1 == count) {
            (true, true) => "0".to_owned(),
            (true, false) => format!("0 0 {px}"),
            (false, true) => format!("{px} 0 0"),
            (false, false) => format!("{px} 0"),
        }
    }

    /// Apart by space alone.
    fn rows(&self, label: Option<&str>, items: &[Item]) -> Markup {
        let (opening, level) = self.opening(label);
        html! {
            (opening)
            @for (index, item) in items.iter().enumerate() {
                @let space = if item.depth == Depth::Headline { Space::Headline } else { Space::Story };
                @let below = if index + 1 == items.len() { "0".to_owned() } else { self.px(space) };
                div style={ "padding-bottom:" (below) } { (self.short(item, level)) }
            }
        }
    }

    /// The rail, as the theme sets it.
    pub(super) fn picks(&self, label: Option<&str>, items: &[Item]) -> Markup {
        match self.brand.style().rail {
            Rail::Columns => self.columns(label, items),
            Rail::Rows => self.pick_rows(label, items),
        }
    }

    /// Headlines one under the other, each with its kicker on the line of its teaser.
    fn pick_rows(&self, label: Option<&str>, items: &[Item]) -> Markup {
        let (opening, level) = self.opening(label);
        html! {
            (opening)
            @for item in items {
                // The last one, too, brings the space the block leaves to its picks.
                div style={ "padding-bottom:" (self.px(Space::Pick)) } { (self.pick_words(item, level, item.story.kicker.as_deref())) }
            }
        }
    }

    /// Two columns on a desk, one on a phone; read by rows, so that the order holds when they stack.
    fn columns(&self, label: Option<&str>, items: &[Item]) -> Markup {
        let (opening, level) = self.opening(label);
        let half = COLUMN / 2;
        let cell = format!("<td width=\"{half}\" valign=\"top\">");
        html! {
            (opening)
            @for pair in items.chunks(2) {
                (PreEscaped(format!("<!--[if mso]><table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\"><tr>{cell}<![endif]-->")))
                @for (index, item) in pair.iter().enumerate() {
                    @if index == 1 { (PreEscaped(format!("<!--[if mso]></td>{cell}<![endif]-->"))) }
                    (self.pick(item, level, half))
                }
                (PreEscaped("<!--[if mso]></td></tr></table><![endif]-->"))
            }
        }
    }

    fn pick(&self, item: &Item, level: u8, half: u32) -> Markup {
        let padding = self.edges(0, HALF_GUTTER, self.brand.space(Space::Pick), 0);
        html! {
            div.c style={ "display:inline-block;width:100%;max-width:" (half) "px;vertical-align:top" } {
                div style={ "padding:" (padding) } {
                    (self.kicker(&item.story))
                    (self.pick_words(item, level, None))
                }
            }
        }
    }

    fn pick_words(&self, item: &Item, level: u8, kicker: Option<&str>) -> Markup {
        let story = &item.story;
        let teaser = story.teaser.as_deref().filter(|_| item.depth != Depth::Headline);
        let below = if teaser.is_some() { Margin::Below(Space::PickHead) } else { Margin::Nothing };
        html! {
            (self.headline(level, Voice::PickHead, below, story))
            @if let Some(teaser) = teaser {
                (self.line(Voice::PickTeaser, Ink::Quiet, Margin::Nothing, &html! {
                    @if let Some(kicker) = kicker { strong { (kicker) } " · " }
                    (bound(teaser))
                }))
            }
        }
    }
}
