//! The tools of the trade: how a line, a heading, a link, a button, a picture is written inline.
//!
//! A class says which ink or ground an element has, and only the dark mode needs it:
//! `i` ink, `s` secondary, `a` accent; `pg` page, `sh` sheet, `t` tint, `im` picture, `ba` a button of the accent;
//! `r` a thin rule, `q` a bar of the accent.

use maud::{Markup, html};

use crate::issue::{Button, Issue};
use crate::picture::{Picture, content_id};
use crate::prose::{Inline, Prose, Slot};
use crate::render::links;
use crate::render::running::{Apart, Dress, Running, credited, heading};
use crate::render::slots::Openings;
use crate::render::style::{BAR, Brand, Colour, GUTTER, HAIRLINE, LABEL_RULE, Label, OUTLINE, Space, Voice};
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

/// The space above and below a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Margin {
    Nothing,
    Above(Space),
    Below(Space),
    Around(Space, Space),
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

    /// A space in pixels.
    pub(super) fn px(&self, space: Space) -> String {
        format!("{}px", self.brand.space(space))
    }

    /// The value of `padding`, its ends where the lines' are; what is given are pixels.
    pub(super) fn edges(&self, above: u32, end: u32, below: u32, start: u32) -> String {
        let (right, left) = if self.dir == "rtl" { (start, end) } else { (end, start) };
        let px = |pixels: u32| if pixels == 0 { "0".to_owned() } else { format!("{pixels}px") };
        format!("{} {} {} {}", px(above), px(right), px(below), px(left))
    }

    fn margin(&self, margin: Margin) -> String {
        match margin {
            Margin::Nothing => "margin:0".to_owned(),
            Margin::Above(space) => format!("margin:{} 0 0", self.px(space)),
            Margin::Below(space) => format!("margin:0 0 {}", self.px(space)),
            Margin::Around(above, below) => format!("margin:{} 0 {}", self.px(above), self.px(below)),
        }
    }

    /// A paragraph in a voice of its own. In full ink it says no colour: its cell has said it, in both modes.
    pub(super) fn line(&self, voice: Voice, ink: Ink, margin: Margin, words: &Markup) -> Markup {
        let own = (ink != Ink::Full).then(|| (ink.class(), format!(";color:{}", self.colour(ink))));
        let (class, colour) = own.unzip();
        html! { p class=[class] style={ (self.margin(margin)) ";" (self.font(voice)) (colour.unwrap_or_default()) } { (words) } }
    }

    /// A heading in full ink, which is its cell's.
    pub(super) fn head(&self, level: u8, voice: Voice, margin: Margin, words: &Markup) -> Markup {
        let style = format!("{};{}", self.margin(margin), self.font(voice));
        heading(level, None, Some(&style), words)
    }

    /// A headline, which is the link: the only way to the story that every reader finds.
    pub(super) fn headline(&self, level: u8, voice: Voice, margin: Margin, story: &Story) -> Markup {
        let large = (voice == Voice::LeadHead).then_some("h");
        let style = format!("{};{}", self.margin(margin), self.font(voice));
        let words = html! { (bound(&story.headline)) };
        let words = match story.url.as_deref().and_then(links::target) {
            Some(url) => {
                html! { a href=(url) class="i" style={ "color:" (self.colour(Ink::Full)) ";text-decoration:none" } { (words) } }
            }
            None => words,
        };
        heading(level, large, Some(&style), &words)
    }

    /// The name of a section over one story is no heading: the headline is.
    pub(super) fn over(&self, label: &str) -> Markup {
        let (class, style) = self.label_style();
        let class = class.map_or_else(|| "l".to_owned(), |class| format!("l {class}"));
        html! { p class=(class) style=(style) { (label) } }
    }

    /// The name of a block as a heading, where it has one, and the level of the headings that follow.
    pub(super) fn opening(&self, label: Option<&str>) -> (Markup, u8) {
        let Some(label) = label else { return (html! {}, 2) };
        let (class, style) = self.label_style();
        (heading(2, class, Some(&style), &html! { (bound(label)) }), 3)
    }

    /// Class and style of a section's name: under a heavy rule, or on a ground behind a bar.
    fn label_style(&self) -> (Option<&'static str>, String) {
        let (margin, font) = (self.margin(Margin::Below(Space::Label)), self.font(Voice::Label));
        let edge = self.px(Space::LabelEdge);
        match self.brand.style().label {
            Label::Ruled => (None, format!("{margin};border-top:{LABEL_RULE}px solid;padding-top:{edge};{font}")),
            Label::Barred => {
                let (start, side) = (self.start(), self.px(Space::Bar));
                let (accent, tint) = (self.brand.light.accent, self.brand.light.tint);
                let style = format!(
                    "{margin};padding:{edge} {side};border-{start}:{BAR}px solid {accent};background-color:{tint};{font}"
                );
                (Some("t q"), style)
            }
        }
    }

    /// One row of the sheet: a block in its cell, which sets the font its paragraphs inherit.
    pub(super) fn row(&self, id: &str, inner: &Markup) -> Markup {
        self.row_with(id, &format!("{} {GUTTER}px", self.px(Space::Block)), inner)
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

    /// The one button of an issue that shouts. Its ground is said twice: Word reads the attribute, what strips
    /// attributes reads the style.
    pub(super) fn main_button(&self, button: &Button) -> Markup {
        let ground = self.brand.light.accent;
        self.pressed(button, "ba", Some("ba"), ground, self.brand.light.on_accent, "")
    }

    /// Every other button: paper in an outline of its words' colour.
    pub(super) fn button(&self, button: &Button) -> Markup {
        let light = &self.brand.light;
        let outline = format!("border:{OUTLINE}px solid;color:{};", light.ink);
        self.pressed(button, "sh i", Some("i"), light.sheet, light.ink, &outline)
    }

    /// The padding of a button is on the link, its ground on the cell, and for Word the padding again (R18).
    fn pressed(
        &self,
        button: &Button,
        class: &str,
        link_class: Option<&str>,
        ground: Colour,
        words: Colour,
        more: &str,
    ) -> Markup {
        let Some(url) = links::target(&button.url) else { return html! {} };
        let radius = self.brand.radius;
        let padding = format!("{} {}", self.px(Space::ButtonEdge), self.px(Space::ButtonSide));
        let font = self.font(Voice::Button);
        self.table(
            false,
            &html! { tr { td class=(class) bgcolor=(ground) style={
                "background-color:" (ground) ";" (more) "border-radius:" (radius) "px;mso-padding-alt:" (padding)
            } { a href=(url) class=[link_class] style={
                "display:inline-block;padding:" (padding) ";" (font) ";color:" (words) ";text-decoration:none"
            } { (button.label) } } } },
        )
    }

    /// A picture no wider than the column, and where a click on it leads. It is framed, so that a picture that is
    /// not there is seen to be missing where a dark mode drops grounds.
    pub(super) fn picture(&self, image: &Image, link: Option<&str>) -> Markup {
        let width = image.shown_width();
        let blank = self.brand.light.blank;
        let ground = format!("{};outline:{HAIRLINE}px solid {blank}", self.ground(width, blank));
        let drawn = self.drawn(&image.picture, width, &image.alt);
        match image.url.as_deref().or(link).and_then(links::target) {
            Some(url) => html! { a href=(url) class="im i" style={ (ground) ";text-decoration:none" } { (drawn) } },
            None => html! { div class="im i" style=(ground) { (drawn) } },
        }
    }

    /// What a picture stands on, with its description where it is not shown. It stands in a line: a block would keep
    /// the height of a picture that is not there.
    pub(super) fn ground(&self, width: u32, colour: Colour) -> String {
        let (font, ink) = (self.font(Voice::Alt), self.colour(Ink::Full));
        format!("display:block;max-width:{width}px;background-color:{colour};text-align:center;{font};color:{ink}")
    }

    /// A picture, and under it what it shows and who took it.
    pub(super) fn captioned(&self, image: &Image, link: Option<&str>) -> Markup {
        let caption = image.caption.as_deref();
        let credit = image.credit.as_deref().map(|credit| self.words.credited(credit));
        let shown = html! {
            @if let Some(caption) = caption { span.i style={ "color:" (self.colour(Ink::Full)) } { (bound(caption)) } }
        };
        html! {
            (self.picture(image, link))
            @if caption.is_some() || credit.is_some() {
                (self.line(Voice::Meta, Ink::Quiet, Margin::Above(Space::Caption), &credited(caption, &shown, credit.as_deref())))
            }
        }
    }

    /// A picture so many pixels wide, or as narrow as its column. Its height is for the Word engine.
    pub(super) fn drawn(&self, picture: &Picture, width: u32, alt: &str) -> Markup {
        html! {
            img src=(self.source(picture)) width=(width) height=(picture.height_at(width)) alt=(alt)
                style={ "width:100%;max-width:" (width) "px;height:auto;border:0;vertical-align:bottom" };
        }
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

    /// Running text whose headings have this level.
    pub(super) fn running(&self, blocks: &[Prose], level: u8) -> Markup {
        Running { dress: self.dress(), level, slot: &|slot| self.slot(slot) }.blocks(blocks)
    }

    /// The words of one paragraph.
    pub(super) fn ending(&self, words: &[Inline]) -> Markup {
        Running { dress: self.dress(), level: 2, slot: &|slot| self.slot(slot) }.ending(words)
    }

    fn dress(&self) -> Dress {
        let (start, end) = (self.start(), self.end());
        let (rule, tint) = (self.brand.light.rule, self.brand.light.tint);
        let space = |space| self.brand.space(space);
        let (bullet, edge) = (space(Space::Bullet), space(Space::CellEdge));
        let cell = |side: &str| {
            format!(
                "padding:{};text-align:{side};vertical-align:top;border-bottom:{HAIRLINE}px solid {rule};{}",
                self.edges(edge, space(Space::Cell), edge, 0),
                self.font(Voice::Teaser)
            )
        };
        Dress {
            apart: Some(Apart {
                blocks: space(Space::Paragraph),
                items: space(Space::Line),
                over_heading: space(Space::Section),
                under_heading: space(Space::Head),
            }),
            heading: Some(self.font(Voice::SectionHead)),
            list: Some(format!("padding:{}", self.edges(0, 0, 0, bullet))),
            quote: Some(format!(
                "padding:{};border-{start}:{HAIRLINE}px solid {rule}",
                self.edges(0, 0, 0, space(Space::Bar))
            )),
            code: Some(format!(
                "padding:{0}px;white-space:pre-wrap;background-color:{tint};{1}",
                space(Space::CellEdge) * 2,
                self.font(Voice::Code)
            )),
            inline_code: Some(format!("{};padding:0 {HAIRLINE}px;background-color:{tint}", self.brand.inline_code())),
            ground_class: Some("t"),
            table: Some("border-collapse:collapse".to_owned()),
            cell: Some(cell(start)),
            figure: Some(cell(end)),
            rule: Some(format!(
                "{};border:0;border-top:{HAIRLINE}px solid {rule}",
                self.margin(Margin::Around(Space::Section, Space::Section))
            )),
            link: Some(format!("color:{};text-decoration:underline", self.colour(Ink::Full))),
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
