//! A story at each of its depths, the numbered list, and the rail of picks.

use maud::{Markup, PreEscaped, html};

use super::sheet::{Ink, Sheet};
use crate::issue::{Button, Depth, Item};
use crate::render::links;
use crate::render::style::{COLUMN, Kicker, List, RANKS, Rail, Voice};
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

    /// The name of a section over one story is no heading: the headline is.
    fn over(&self, label: &str) -> Markup {
        let (class, style) = self.label_style();
        html! { p class=(class) style=(style) { (label) } }
    }

    /// Kicker, headline, standfirst, picture, byline, every section, and where it stands.
    fn full(&self, story: &Story, level: u8, leads: bool) -> Markup {
        let url = story.url.as_deref();
        html! {
            (self.kicker(story))
            (self.headline(level, Voice::LeadHead, "0 0 10px", story))
            @if let Some(standfirst) = &story.standfirst {
                (self.line(Voice::Standfirst, Ink::Quiet, "0 0 18px", &html! { (bound(standfirst)) }))
            }
            @if let Some(image) = &story.image {
                (self.picture(image, url))
                @if let Some(caption) = &image.caption {
                    (self.line(Voice::Meta, Ink::Full, "10px 0 0", &html! { (caption) }))
                }
            }
            (self.signed(story))
            @for section in &story.sections {
                @if let Some(heading) = &section.heading {
                    (self.head(level + 1, Voice::SectionHead, "24px 0 6px", &html! { (heading) }))
                }
                (self.running(&section.body, if section.heading.is_some() { level + 2 } else { level + 1 }))
            }
            @if leads && let Some(url) = url {
                div.np style="padding-top:22px" {
                    (self.button(&Button { label: self.words.read_at(links::host(url)), url: url.to_owned() }, true))
                }
            }
        }
    }

    /// Who wrote it and who took the picture, on one line.
    fn signed(&self, story: &Story) -> Markup {
        let credit = story.image.as_ref().and_then(|image| self.credit(image));
        if story.byline.is_empty() && credit.is_none() {
            return html! {};
        }
        let words = html! {
            @if !story.byline.is_empty() { (self.words.by().0) (self.names(&story.byline)) (self.words.by().1) }
            @if let Some(credit) = credit { @if !story.byline.is_empty() { " · " } (credit) }
        };
        self.line(Voice::Meta, Ink::Quiet, if story.image.is_some() { "8px 0 18px" } else { "0 0 18px" }, &words)
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
        match (item.depth, &story.brief, &story.teaser) {
            (Depth::Full, ..) => self.full(story, level, false),
            (Depth::Brief, Some(brief), _) => html! {
                (self.kicker(story))
                (self.headline(level, Voice::StoryHead, "0 0 6px", story))
                (self.running(brief, level + 1))
            },
            (Depth::Headline, ..) => self.headline(level, Voice::PickHead, "0", story),
            (_, _, Some(teaser)) => html! {
                (self.kicker(story))
                (self.headline(level, Voice::StoryHead, "0 0 6px", story))
                (self.line(Voice::Teaser, Ink::Quiet, "0", &html! { (bound(teaser)) }))
            },
            (..) => html! { (self.kicker(story)) (self.headline(level, Voice::StoryHead, "0", story)) },
        }
    }

    /// What kind of story it is; in some themes how long it takes, too.
    fn kicker(&self, story: &Story) -> Markup {
        let style = self.brand.style();
        let minutes = story.minutes.filter(|_| style.reading_times).map(|minutes| self.words.minutes(minutes));
        if story.kicker.is_none() && minutes.is_none() {
            return html! {};
        }
        let kicker = story.kicker.as_deref();
        match style.kicker {
            Kicker::Accent => self.line(
                Voice::Kicker,
                Ink::Accent,
                "0 0 6px",
                &html! { (kicker.unwrap_or_default()) @if let Some(minutes) = minutes { " · " (minutes) } },
            ),
            Kicker::Chip => self.line(
                Voice::Kicker,
                Ink::Quiet,
                "0 0 5px",
                &html! {
                    @if let Some(kicker) = kicker { (self.chip(kicker)) }
                    @if let Some(minutes) = minutes { @if kicker.is_some() { (PreEscaped("&nbsp; ")) } (minutes) }
                },
            ),
        }
    }

    fn chip(&self, words: &str) -> Markup {
        let tint = self.brand.light.tint;
        html! { span.t style={ "background-color:" (tint) ";border-radius:4px;padding:2px 7px" } { (words) } }
    }

    /// Stories one under the other, as the theme lists them.
    pub(super) fn list(&self, label: Option<&str>, items: &[Item], first: usize) -> Markup {
        match self.brand.style().list {
            List::Numbered => self.numbered(label, items, first),
            List::Rows => self.rows(label, items),
        }
    }

    /// Numbered; the numbers go on from the stories before.
    fn numbered(&self, label: Option<&str>, items: &[Item], first: usize) -> Markup {
        let (opening, level) = self.opening(label);
        let rule = self.brand.light.rule;
        let last = items.len().saturating_sub(1);
        html! {
            (opening)
            (self.table(true, &html! {
                @for (index, item) in items.iter().enumerate() {
                    @let (voice, gap) = if item.depth == Depth::Headline { (Voice::SmallRank, 12) } else { (Voice::Rank, 18) };
                    @let (top, bottom) = (if index == 0 { 0 } else { gap }, if index == last { 0 } else { gap });
                    @let edge = if index == last { String::new() } else { format!(";border-bottom:1px solid {rule}") };
                    tr {
                        td class="a r" width=(RANKS) valign="top" style={ "padding:" (top) "px 0 " (bottom) "px;" (self.set(voice, Ink::Accent)) (edge) } { (first + index) }
                        td class="r" valign="top" style={ "padding:" (top) "px 0 " (bottom) "px" (edge) } { (self.short(item, level)) }
                    }
                }
            }))
        }
    }

    /// Apart by space alone.
    fn rows(&self, label: Option<&str>, items: &[Item]) -> Markup {
        let (opening, level) = self.opening(label);
        let last = items.len().saturating_sub(1);
        html! {
            (opening)
            @for (index, item) in items.iter().enumerate() {
                @let gap = if index == last { 0 } else if item.depth == Depth::Headline { 8 } else { 20 };
                div style={ "padding:0 0 " (gap) "px" } { (self.short(item, level)) }
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

    fn pick_rows(&self, label: Option<&str>, items: &[Item]) -> Markup {
        let (opening, level) = self.opening(label);
        html! {
            (opening)
            @for item in items {
                // The last one, too, brings the space the block leaves to its picks.
                div style="padding:0 0 14px" { (self.pick_words(item, level)) }
            }
        }
    }

    /// Two columns on a desk, one on a phone; read by rows, so that the order holds when they stack.
    fn columns(&self, label: Option<&str>, items: &[Item]) -> Markup {
        let (opening, level) = self.opening(label);
        let half = COLUMN / 2;
        let table = "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\">";
        let cell = format!("<td width=\"{half}\" valign=\"top\">");
        html! {
            (opening)
            @for pair in items.chunks(2) {
                (PreEscaped(format!("<!--[if mso]>{table}<tr>{cell}<![endif]-->")))
                @for (index, item) in pair.iter().enumerate() {
                    @if index == 1 { (PreEscaped(format!("<!--[if mso]></td>{cell}<![endif]-->"))) }
                    (self.pick(item, level, half))
                }
                (PreEscaped("<!--[if mso]></td></tr></table><![endif]-->"))
            }
        }
    }

    fn pick(&self, item: &Item, level: u8, half: u32) -> Markup {
        html! {
            div.c style={ "display:inline-block;width:100%;max-width:" (half) "px;vertical-align:top" } {
                div style={ "padding:0 0 20px;padding-" (self.end()) ":20px" } {
                    (self.kicker(&item.story))
                    (self.pick_words(item, level))
                }
            }
        }
    }

    fn pick_words(&self, item: &Item, level: u8) -> Markup {
        let story = &item.story;
        let teaser = story.teaser.as_deref().filter(|_| item.depth != Depth::Headline);
        html! {
            (self.headline(level, Voice::PickHead, if teaser.is_some() { "0 0 4px" } else { "0" }, story))
            @if let Some(teaser) = teaser {
                (self.line(Voice::PickTeaser, Ink::Quiet, "0", &html! { (bound(teaser)) }))
            }
        }
    }
}
