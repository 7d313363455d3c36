//! The tools of the trade: how a line, a heading, a link, a button, a picture is written inline.
//!
//! A class says which ink or ground an element has, and only the dark mode needs it:
//! `i` ink, `s` secondary, `a` accent; `pg` page, `sh` sheet, `t` tint, `im` picture; `r` thin rule, `hr` heavy one, `q` a quotation's.

use maud::{Markup, html};

use crate::issue::{Button, Issue};
use crate::picture::{Picture, content_id};
use crate::prose::{Prose, Slot};
use crate::render::links;
use crate::render::running::{Dress, Running, heading};
use crate::render::slots::Openings;
use crate::render::style::{Brand, Colour, GUTTER, Voice};
use crate::render::words::{Words, bound, direction};
use crate::story::{Image, Story};

pub(super) struct Sheet<'a> {
    pub(super) issue: &'a Issue,
    pub(super) brand: &'a Brand,
    pub(super) words: &'static Words,
    pub(super) dir: &'static str,
    pub(super) openings: Openings,
}

/// A colour of text, with the class that follows it into the dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Full,
    Quiet,
    Accent,
}

impl Ink {
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Full => "i",
            Self::Quiet => "s",
            Self::Accent => "a",
        }
    }
}

impl<'a> Sheet<'a> {
    pub(super) fn new(issue: &'a Issue, brand: &'a Brand) -> Self {
        let dir = direction(&issue.publication.language);
        Self { issue, brand, words: Words::of(&issue.publication.language), dir, openings: Openings::default() }
    }

    pub(super) fn colour(&self, ink: Ink) -> Colour {
        match ink {
            Ink::Full => self.brand.light.ink,
            Ink::Quiet => self.brand.light.quiet,
            Ink::Accent => self.brand.light.accent,
        }
    }

    /// The side lines begin at, and the one they end at.
    pub(super) fn start(&self) -> &'static str {
        if self.dir == "rtl" { "right" } else { "left" }
    }

    pub(super) fn end(&self) -> &'static str {
        if self.dir == "rtl" { "left" } else { "right" }
    }

    /// The font of a voice, inline. Letters that join are not spaced apart, nor are there capitals among them.
    pub(super) fn font(&self, voice: Voice) -> String {
        let font = self.brand.font(voice);
        match font.split_once(";letter-spacing") {
            Some((joined, _)) if self.dir == "rtl" => joined.to_owned(),
            _ => font,
        }
    }

    /// Font and colour of a voice, inline.
    pub(super) fn set(&self, voice: Voice, ink: Ink) -> String {
        format!("{};color:{}", self.font(voice), self.colour(ink))
    }

    /// A paragraph in a voice of its own. In full ink it says no colour: its cell has said it, in both modes.
    pub(super) fn line(&self, voice: Voice, ink: Ink, margin: &str, words: &Markup) -> Markup {
        let own = (ink != Ink::Full).then(|| (ink.class(), format!(";color:{}", self.colour(ink))));
        let (class, colour) = own.unzip();
        html! { p class=[class] style={ "margin:" (margin) ";" (self.font(voice)) (colour.unwrap_or_default()) } { (words) } }
    }

    /// A heading in full ink, which is its cell's.
    pub(super) fn head(&self, level: u8, voice: Voice, margin: &str, words: &Markup) -> Markup {
        let style = format!("margin:{margin};{}", self.font(voice));
        heading(level, None, Some(&style), words)
    }

    /// A headline, which is the link: the only way to the story that every reader finds.
    pub(super) fn headline(&self, level: u8, voice: Voice, margin: &str, story: &Story) -> Markup {
        let words = html! { (bound(&story.headline)) };
        let Some(url) = story.url.as_deref().and_then(links::target) else {
            return self.head(level, voice, margin, &words);
        };
        let large = (voice == Voice::LeadHead).then_some("h");
        let style = format!("margin:{margin};{}", self.font(voice));
        let ink = self.colour(Ink::Full);
        heading(
            level,
            large,
            Some(&style),
            &html! {
                a href=(url) class="i" style={ "color:" (ink) ";text-decoration:none" } { (words) }
            },
        )
    }

    /// A section's name as a heading.
    pub(super) fn label(&self, level: u8, words: &str) -> Markup {
        let (class, style) = self.label_style();
        heading(level, Some(class), Some(&style), &html! { (words) })
    }

    /// Class and style of a section's name: under a heavy rule, or in the accent where the theme has none.
    pub(super) fn label_style(&self) -> (&'static str, String) {
        let style = self.brand.style();
        let gap = style.label_gap;
        match style.label_rule {
            0 => ("a", format!("margin:0 0 {gap}px;{}", self.set(Voice::Label, Ink::Accent))),
            rule => {
                let ink = self.brand.light.ink;
                let set = self.set(Voice::Label, Ink::Full);
                ("i hr", format!("margin:0 0 {gap}px;border-top:{rule}px solid {ink};padding-top:10px;{set}"))
            }
        }
    }

    /// The name of a block, where it has one, and the level of the headings that follow.
    pub(super) fn opening(&self, label: Option<&str>) -> (Markup, u8) {
        match label {
            Some(label) => (self.label(2, label), 3),
            None => (html! {}, 2),
        }
    }

    /// One row of the sheet: a block in its cell, which sets the font its paragraphs inherit.
    pub(super) fn row(&self, id: &str, inner: &Markup) -> Markup {
        let half_gap = self.brand.style().half_gap;
        self.row_with(id, &format!("{half_gap}px {GUTTER}px"), inner)
    }

    pub(super) fn row_with(&self, id: &str, padding: &str, inner: &Markup) -> Markup {
        html! {
            tr { td id=(id) class="p i" style={ "padding:" (padding) ";" (self.set(Voice::Body, Ink::Full)) } { (inner) } }
        }
    }

    /// A table that only places things; `wide` fills its cell.
    pub(super) fn table(&self, wide: bool, rows: &Markup) -> Markup {
        html! {
            table role="presentation" width=[wide.then_some("100%")] cellpadding="0" cellspacing="0" { (rows) }
        }
    }

    /// A button of 48 px: the padding is on the link, the ground on the cell for the Word engine (R18).
    pub(super) fn button(&self, button: &Button, accent: bool) -> Markup {
        let light = &self.brand.light;
        let (class, ground, words) =
            if accent { ("ba", light.accent, light.on_accent) } else { ("bi", light.ink, light.sheet) };
        let radius = self.brand.radius;
        let font = self.font(Voice::Button);
        html! {
            @if let Some(url) = links::target(&button.url) {
                (self.table(false, &html! { tr { td class=(class) bgcolor=(ground) style={
                    "border-radius:" (radius) "px;mso-padding-alt:12px 22px"
                } { a href=(url) class=(class) style={
                    "display:inline-block;padding:12px 22px;" (font) ";color:" (words) ";text-decoration:none;border-radius:" (radius) "px"
                } { (button.label) } } } }))
            }
        }
    }

    /// An image, and where a click on it leads.
    pub(super) fn picture(&self, image: &Image, link: Option<&str>) -> Markup {
        let drawn = self.drawn(&image.picture, image.shown_width(), &image.alt);
        match image.url.as_deref().or(link).and_then(links::target) {
            Some(url) => {
                html! { a href=(url) class="i" style={ "display:block;color:" (self.colour(Ink::Full)) ";text-decoration:none" } { (drawn) } }
            }
            None => drawn,
        }
    }

    /// A picture so many pixels wide, or as narrow as its column. Its height is for the Word engine; where the
    /// picture is blocked, `im` gives up the ratio, so that its description stands there and no tall empty box.
    pub(super) fn drawn(&self, picture: &Picture, width: u32, alt: &str) -> Markup {
        let height = picture.height_at(width);
        let style = format!(
            "display:block;width:100%;max-width:{width}px;height:auto;border:0;background-color:{};{}",
            self.brand.light.blank,
            self.font(Voice::Meta)
        );
        html! { img class="im" src=(self.source(picture)) width=(width) height=(height) alt=(alt) style=(style); }
    }

    /// A picture with another one for the dark. It has none where pictures travel inside: most clients would not
    /// know what it is for, and show it below the mail as a file.
    pub(super) fn by_night(&self, dark: Option<&Picture>, drawn: Markup) -> Markup {
        match dark.filter(|_| !self.issue.embed) {
            Some(dark) => {
                html! { picture { source media="(prefers-color-scheme:dark)" srcset=(self.source(dark)); (drawn) } }
            }
            None => drawn,
        }
    }

    /// Where a client finds a picture: on the web, or in the mail itself.
    pub(super) fn source(&self, picture: &Picture) -> String {
        match self.issue.embed {
            true => format!("cid:{}", content_id(&picture.hash)),
            false => format!("{}/{}", self.issue.images_url, picture.file_name()),
        }
    }

    /// “Picture: Jo Bell”.
    pub(super) fn credit(&self, image: &Image) -> Option<String> {
        image.credit.as_deref().map(|credit| self.words.credited(credit))
    }

    /// Running text whose headings have this level.
    pub(super) fn running(&self, blocks: &[Prose], level: u8) -> Markup {
        Running { dress: self.dress(), level, slot: &|slot| self.slot(slot) }.blocks(blocks)
    }

    pub(super) fn inline(&self, words: &[crate::prose::Inline]) -> Markup {
        Running { dress: self.dress(), level: 2, slot: &|slot| self.slot(slot) }.words(words)
    }

    fn dress(&self) -> Dress {
        let start = self.start();
        let (rule, tint) = (self.brand.light.rule, self.brand.light.tint);
        let link = format!("color:{};text-decoration:underline", self.colour(Ink::Full));
        Dress {
            paragraph: Some("margin:0 0 16px".to_owned()),
            last: Some("margin:0".to_owned()),
            heading: Some(format!("margin:24px 0 6px;{}", self.font(Voice::SectionHead))),
            list: Some(format!("margin:0 0 16px;padding:0;padding-{start}:24px")),
            item: Some("margin:0 0 8px".to_owned()),
            quote: Some(format!("margin:0 0 16px;padding:0;padding-{start}:18px;border-{start}:3px solid {rule}")),
            code: Some(format!(
                "margin:0 0 16px;padding:12px 16px;white-space:pre-wrap;background-color:{tint};{}",
                self.font(Voice::Code)
            )),
            inline_code: Some(format!("{};padding:1px 3px;background-color:{tint}", self.brand.inline_code())),
            ground_class: Some("t"),
            cell: Some(format!(
                "padding:6px;padding-{start}:0;text-align:{start};vertical-align:top;border-bottom:1px solid {rule};{}",
                self.font(Voice::Teaser)
            )),
            rule: Some(format!("margin:24px 0;border:0;border-top:1px solid {rule}")),
            link: Some(link),
            link_class: Some("i"),
            rule_class: Some("r"),
        }
    }

    /// In running text only names differ; a link of the reader's is the footer's matter, and linked the same way.
    fn slot(&self, slot: &Slot) -> Markup {
        let words = match slot {
            // A name may run the other way than the words around it; mail programs know `dir`, few know `bdi`.
            Slot::FirstName { .. } | Slot::Address => {
                return html! { span dir="auto" { (self.openings.text(slot.clone())) } };
            }
            Slot::Unsubscribe => &self.words.unsubscribe,
            Slot::Preferences | Slot::Poll { .. } => &self.words.preferences,
        };
        html! {
            a href=(self.openings.attribute(slot.clone())) class="i" style={ "color:" (self.colour(Ink::Full)) } { (words) }
        }
    }
}
