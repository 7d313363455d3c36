//! What stands around the blocks: head, style sheet, preheader, masthead, footer.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::sheet::{Ink, Margin, Sheet};
use crate::brand::{Brand, FootLink, Nameplate};
use crate::prose::Slot;
use crate::render::links;
use crate::render::postal;
use crate::render::style::{
    BAND, GUTTER, HAIRLINE, MASTHEAD_RULE, Masthead, PHONE, PHONE_GUTTER, Palette, SHEET, SMALL_MEASURE, Space, Voice,
};
use crate::render::words::long_date;

/// Room an inbox row has for subject and preheader, in characters; the rest is padded so that no other text leaks in.
const INBOX_ROW: usize = 150;
/// A preheader is padded by so much at least, for rows that show no subject; at most, for text browsers print it (R9).
const PADDED: std::ops::RangeInclusive<usize> = 24..=60;
/// One invisible step of padding: a joiner no client collapses, a hard space.
const PADDING: &str = "\u{34f}\u{a0}";

/// Asks the Word engine for 96 dots an inch and for line heights as written.
const WORD_SETTINGS: &str = "<!--[if mso]><noscript><xml><o:OfficeDocumentSettings><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml></noscript><style>h1,h2,h3,h4,p,td,a{mso-line-height-rule:exactly}</style><![endif]-->";
const WORD_END: &str = "<!--[if mso]></td></tr></table><![endif]-->";

impl Sheet<'_> {
    /// The whole part around its rows.
    pub(super) fn page(&self, rows: &Markup) -> Markup {
        let issue = self.issue;
        let lang = issue.publication.language.as_str();
        let dir = self.dir;
        let page = self.brand.light.page;
        let sheet = self.brand.light.sheet;
        let name = format!("{}, {}", issue.newsletter.title, long_date(issue.date, lang));
        html! {
            (DOCTYPE)
            html lang=(lang) dir=(dir) xmlns:o="urn:schemas-microsoft-com:office:office" {
                head {
                    meta charset="utf-8";
                    title { (issue.subject) }
                    meta name="viewport" content="width=device-width,initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="supported-color-schemes" content="light dark";
                    meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no";
                    meta name="x-apple-disable-message-reformatting" content="";
                    (PreEscaped(WORD_SETTINGS))
                    style { (PreEscaped(self.style_sheet())) }
                }
                body.pg style={ "margin:0;padding:0;background-color:" (page) } {
                    div lang=(lang) dir=(dir) style="display:none;mso-hide:all;height:0;overflow:hidden" { (self.preheader()) }
                    div.pg role="article" aria-roledescription="email" aria-label=(name) lang=(lang) dir=(dir)
                        style={ "background-color:" (page) ";padding:" (self.px(Space::Page)) " 0;word-break:break-word" } {
                        (self.word_start(Some(&sheet.to_string())))
                        div.sh style={ "max-width:" (SHEET) "px;margin:0 auto;padding-bottom:" (self.px(Space::Block)) ";background-color:" (sheet) } {
                            (self.table(true, &html! { (self.masthead()) (rows) }))
                        }
                        (PreEscaped(WORD_END))
                        (self.word_start(None))
                        div style={ "max-width:" (SHEET) "px;margin:0 auto" } { (self.footer()) }
                        (PreEscaped(WORD_END))
                    }
                }
            }
        }
    }

    /// The table of fixed width the Word engine needs, which knows no `max-width` (R10).
    fn word_start(&self, ground: Option<&str>) -> PreEscaped<String> {
        let ground = ground.map_or_else(String::new, |ground| format!(" bgcolor=\"{ground}\""));
        PreEscaped(format!(
            "<!--[if mso]><table role=\"presentation\" align=\"center\" width=\"{SHEET}\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr><td{ground}><![endif]-->"
        ))
    }

    fn preheader(&self) -> Markup {
        let preheader = &self.issue.preheader;
        let words = self.issue.subject.chars().count() + preheader.chars().count();
        let padding = INBOX_ROW.saturating_sub(words).clamp(*PADDED.start(), *PADDED.end());
        html! { (preheader) (PADDING.repeat(padding)) }
    }

    /// Which newsletter this is, of when, how long it takes, and where to read it on the web.
    fn masthead(&self) -> Markup {
        match self.brand.style().masthead {
            Masthead::FrontPage => self.front_page(),
            Masthead::Wordmark => self.wordmark(),
        }
    }

    /// Date and web link, the heavy rule, the publication's name, the newsletter and how long it takes.
    fn front_page(&self) -> Markup {
        let light = &self.brand.light;
        let meta = self.set(Voice::Meta, Ink::Quiet);
        let (top, line, block) = (self.px(Space::Top), self.px(Space::Dateline), self.px(Space::Block));
        html! {
            tr { td.p style={ "padding:" (top) " " (GUTTER) "px " (line) } {
                (self.ends(&html! { td.s style=(meta) { (self.date()) } }, &meta))
            } }
            tr { td.p.i style={ "padding:0 " (GUTTER) "px " (block) ";color:" (light.ink) } {
                div style={ "border-top:" (MASTHEAD_RULE) "px solid;border-bottom:" (HAIRLINE) "px solid;padding:" (self.px(Space::Nameplate)) " 0" } {
                    (self.name())
                    (self.line(Voice::Imprint, Ink::Quiet, Margin::Above(Space::Imprint), &html! {
                        strong.a style={ "color:" (light.accent) } { (self.issue.newsletter.title) } " · " (self.extent())
                    }))
                }
            } }
        }
    }

    /// A band of the accent; the publication's name and the web link; large the newsletter's, with date and extent.
    fn wordmark(&self) -> Markup {
        let light = &self.brand.light;
        html! {
            tr { td.ba bgcolor=(light.accent) height=(BAND) style={ "background-color:" (light.accent) ";font:1px/" (BAND) "px serif" } { (PreEscaped("&nbsp;")) } }
            tr { td.p style={ "padding:" (self.px(Space::Top)) " " (GUTTER) "px " (self.px(Space::Dateline)) } {
                (self.ends(&html! { td { (self.name()) } }, &self.set(Voice::Meta, Ink::Quiet)))
            } }
            tr { td.p style={ "padding:0 " (GUTTER) "px " (self.px(Space::Block)) } {
                p class="i" style={ "margin:0;" (self.set(Voice::Title, Ink::Full)) } { (self.issue.newsletter.title) }
                (self.line(Voice::Imprint, Ink::Quiet, Margin::Above(Space::Imprint), &html! { (self.date()) " · " (self.extent()) }))
            } }
        }
    }

    /// Something at the beginning of a line, the web link at its end.
    fn ends(&self, first: &Markup, meta: &str) -> Markup {
        self.table(true, &html! { tr valign="baseline" {
            (first)
            td.s.np align=(self.end()) style=(meta) {
                @if let Some(url) = links::target(&self.issue.web_url) {
                    (self.quiet_link(&html! { (url) }.into_string(), &self.words.read_online.replace(' ', "\u{a0}"), 0))
                }
            }
        } })
    }

    /// The one first heading: the publication's name, or what the brand says or draws in its place.
    fn name(&self) -> Markup {
        let words = self.brand.wordmark.as_deref().unwrap_or(&self.issue.publication.name);
        let large = (self.brand.style().masthead == Masthead::FrontPage).then_some("m");
        let style = format!("margin:0;{}", self.set(Voice::Masthead, Ink::Full));
        html! {
            h1 class={ "i" @if let Some(large) = large { " " (large) } } style=(style) {
                @match &self.brand.nameplate {
                    Some(plate) => (self.nameplate(plate, words)),
                    None => (words),
                }
            }
        }
    }

    /// The masthead as a picture. A client that knows no `picture` shows the light one, on its light ground.
    fn nameplate(&self, plate: &Nameplate, words: &str) -> Markup {
        let light = &self.brand.light;
        let width = plate.width;
        let height = plate.light.height_at(width);
        let drawn = html! {
            img class=[plate.dark.is_some().then_some("np-d")] src=(self.source(&plate.light)) width=(width) height=(height) alt=(words)
                style={ "display:block;width:100%;max-width:" (width) "px;height:auto;border:0;background-color:" (light.sheet) ";color:" (light.ink) };
        };
        self.by_night(plate.dark.as_ref(), drawn)
    }

    fn date(&self) -> String {
        long_date(self.issue.date, &self.issue.publication.language)
    }

    fn extent(&self) -> String {
        self.words.extent(self.issue.stories, self.issue.minutes)
    }

    /// Why this came, how to leave it or change it, and who sends it: the law's part (R26). The house's own links
    /// stand behind the reader's.
    fn footer(&self) -> Markup {
        let (before, after) = self.words.because(&self.issue.newsletter.title);
        let own = |slot: Slot, words: &str| self.foot_link(&self.openings.attribute(slot).0, words);
        let line = |words: &Markup| self.line(Voice::Meta, Ink::Quiet, Margin::Below(Space::FootLine), words);
        let house: Vec<&FootLink> = self.brand.footer.iter().chain(&self.brand.social).collect();
        self.table(
            true,
            &html! { tr { td.p style={ "padding:" (self.px(Space::Foot)) " " (GUTTER) "px" } {
                div style={ "max-width:" (SMALL_MEASURE) "px" } {
                    (line(&html! { (before) span dir="ltr" { (self.openings.text(Slot::Address)) } (after) }))
                    (line(&html! {
                        (own(Slot::Unsubscribe, &self.words.unsubscribe)) " " (own(Slot::Preferences, &self.words.preferences))
                    }))
                    @if !house.is_empty() { (line(&self.foot_links(&house))) }
                    (self.line(Voice::Meta, Ink::Quiet, Margin::Nothing, &self.postal_address()))
                }
            } } },
        )
    }

    fn postal_address(&self) -> Markup {
        let publication = &self.issue.publication;
        postal::address(&publication.postal_address, &publication.language)
    }

    fn foot_links(&self, links: &[&FootLink]) -> Markup {
        html! {
            @for (index, link) in links.iter().enumerate() {
                @if let Some(url) = links::target(&link.url) {
                    @if index > 0 { " " }
                    (self.foot_link(&html! { (url) }.into_string(), &link.label))
                }
            }
        }
    }

    /// One of several in a line, apart from the next.
    fn foot_link(&self, url: &str, words: &str) -> Markup {
        self.quiet_link(url, words, self.brand.space(Space::FootLink))
    }

    /// Small, and tall enough for a thumb (R18); `url` is written as an attribute is, `behind` are pixels.
    pub(super) fn quiet_link(&self, url: &str, words: &str, behind: u32) -> Markup {
        let (quiet, thumb) = (self.brand.light.quiet, self.brand.space(Space::Thumb));
        let padding = self.edges(thumb, behind, thumb, 0);
        html! {
            a.s href=(PreEscaped(url)) style={ "display:inline-block;padding:" (padding) ";color:" (quiet) ";text-decoration:underline" } { (words) }
        }
    }

    /// Large type on a desk and on a phone. Where neither is known (Thunderbird, Word, a phone that drops the
    /// style sheet) it keeps a size that does for both.
    fn large_type(&self, sizes: impl Fn(&Brand, Voice) -> Option<(u32, u32)>) -> String {
        let rule = |class: &str, voice: Voice| {
            let (size, line) = sizes(self.brand, voice)?;
            Some(format!(".{class}{{font-size:{size}px!important;line-height:{line}px!important}}"))
        };
        rule("m", Voice::Masthead).into_iter().chain(rule("h", Voice::LeadHead)).collect()
    }

    /// What makes it better where `<style>` is kept: the desk, the phone, the dark, print. No @-rule stands in
    /// another (R12).
    fn style_sheet(&self) -> String {
        let dark = &self.brand.dark;
        let pick = self.px(Space::Pick);
        let room = format!(
            "@media (min-width:{}px){{{}}}\
             @media (max-width:{PHONE}px){{.p{{padding-left:{PHONE_GUTTER}px!important;padding-right:{PHONE_GUTTER}px!important}}{}}}\
             @media (max-width:{}px){{.c{{max-width:100%!important}}.c div{{padding:0 0 {pick}!important}}}}",
            PHONE + 1,
            self.large_type(Brand::on_a_desk),
            self.large_type(Brand::on_a_phone),
            SHEET - 1
        );
        let plate = format!(".np-d{{background-color:{}!important;color:{}!important}}", dark.sheet, dark.ink);
        let plate = if self.brand.pictures().count() > 1 { plate.as_str() } else { "" };
        let dark_mode = format!("@media (prefers-color-scheme:dark){{{}{}{plate}}}", inks(dark, ""), grounds(dark, ""));
        // A line of Japanese does not begin with a long vowel's mark.
        let strict = if self.words.language == "ja" { "p,li,h2,h3,h4{line-break:strict}" } else { "" };
        let outlook = inks(dark, "[data-ogsc] ") + &grounds(dark, "[data-ogsb] ");
        format!(
            ":root{{color-scheme:light dark}}body{{-webkit-text-size-adjust:100%}}\
             a[x-apple-data-detectors]{{color:inherit!important;text-decoration:none!important}}\
             h1,h2,h3,h4,.im{{text-wrap:balance}}p,li{{text-wrap:pretty}}h2 a,h3 a,h4 a{{display:block}}{strict}\
             {room}{dark_mode}{outlook}\
             @media print{{.pg,.sh,.t{{background:#fff!important}}.np{{display:none!important}}.l,p.a,.im,h2,h3,h4{{break-after:avoid}}\
             .im{{outline:0!important;background:none!important}}img,blockquote,tr tr,table:not([role]){{break-inside:avoid}}}}"
        )
    }
}

fn inks(dark: &Palette, within: &str) -> String {
    let Palette { ink, quiet, accent, on_accent, rule, .. } = dark;
    format!(
        "{within}.i{{color:{ink}!important}}{within}.s{{color:{quiet}!important}}{within}.a{{color:{accent}!important}}\
         {within}.ba{{color:{on_accent}!important}}{within}.r{{border-color:{rule}!important}}{within}.q{{border-color:{accent}!important}}"
    )
}

fn grounds(dark: &Palette, within: &str) -> String {
    let Palette { page, sheet, tint, blank, accent, .. } = dark;
    format!(
        "{within}.pg{{background-color:{page}!important}}{within}.sh{{background-color:{sheet}!important}}\
         {within}.t{{background-color:{tint}!important}}{within}.im{{background-color:{blank}!important;outline-color:{blank}!important}}\
         {within}td.ba{{background-color:{accent}!important}}"
    )
}
