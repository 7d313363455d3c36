//! What stands around the blocks: head, style sheet, preheader, masthead, footer.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::sheet::{Ink, Sheet};
use crate::brand::{FootLink, Nameplate};
use crate::prose::Slot;
use crate::render::links;
use crate::render::style::{GUTTER, Masthead, PHONE, PHONE_GUTTER, Palette, SHEET, Voice};
use crate::render::words::long_date;

/// Room an inbox row has for the preheader, in characters; the rest is padded so that no other text leaks in.
const INBOX_ROW: usize = 130;
/// Small type needs a shorter line than the column is wide: 80 characters at most (R23).
const READABLE: u32 = 470;
/// A text browser prints the padding (R9).
const MOST_PADDING: usize = 60;
/// One invisible step of padding: a joiner no client collapses, a non-joiner, a hard space.
const PADDING: &str = "\u{34f}\u{200c}\u{a0}";

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
                    title { (issue.subject) " | " (issue.newsletter.title) }
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
                        style={ "background-color:" (page) ";padding:16px 0;word-break:break-word" } {
                        (self.word_start(Some(&sheet.to_string())))
                        div.sh style={ "max-width:" (SHEET) "px;margin:0 auto;padding-bottom:14px;background-color:" (sheet) } {
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
        let padding = INBOX_ROW.saturating_sub(preheader.chars().count()).clamp(1, MOST_PADDING);
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
        let half_gap = self.brand.style().half_gap;
        let meta = self.set(Voice::Meta, Ink::Quiet);
        html! {
            tr { td.p style={ "padding:18px " (GUTTER) "px 12px" } {
                (self.ends(&html! { td.s style=(meta) { (self.date()) } }, &meta))
            } }
            tr { td.p style={ "padding:0 " (GUTTER) "px " (half_gap) "px" } {
                div.hr style={ "border-top:4px solid " (light.ink) ";border-bottom:1px solid " (light.ink) ";padding:16px 0 14px" } {
                    (self.name())
                    (self.line(Voice::Imprint, Ink::Quiet, "6px 0 0", &html! {
                        strong.a style={ "color:" (light.accent) } { (self.issue.newsletter.title) } " · " (self.extent())
                    }))
                }
            } }
        }
    }

    /// A band of the accent; the publication's name and the web link; large the newsletter's, with date and extent.
    fn wordmark(&self) -> Markup {
        let light = &self.brand.light;
        let half_gap = self.brand.style().half_gap;
        html! {
            tr { td.ba bgcolor=(light.accent) height="6" style={ "background-color:" (light.accent) ";font:1px/6px serif" } { (PreEscaped("&nbsp;")) } }
            tr { td.p style={ "padding:22px " (GUTTER) "px 0" } {
                (self.ends(&html! { td { (self.name()) } }, &self.set(Voice::Meta, Ink::Quiet)))
            } }
            tr { td.p style={ "padding:14px " (GUTTER) "px " (half_gap) "px" } {
                p class="i m" style={ "margin:0;" (self.set(Voice::Title, Ink::Full)) } { (self.issue.newsletter.title) }
                (self.line(Voice::Imprint, Ink::Quiet, "4px 0 0", &html! { (self.date()) " · " (self.extent()) }))
            } }
        }
    }

    /// Something at the beginning of a line, the web link at its end.
    fn ends(&self, first: &Markup, meta: &str) -> Markup {
        let quiet = self.brand.light.quiet;
        self.table(true, &html! { tr {
            (first)
            td.s.np align=(self.end()) valign="bottom" style=(meta) {
                @if let Some(url) = links::target(&self.issue.web_url) {
                    a.s href=(url) style={ "display:inline-block;padding:3px 0;color:" (quiet) ";text-decoration:underline" } { (self.words.read_online.replace(' ', "\u{a0}")) }
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

    /// Why this came, how to leave it or change it, and who sends it: the law's part (R26). Then the house's own.
    fn footer(&self) -> Markup {
        let (before, after) = self.words.because(&self.issue.newsletter.title);
        let own = |slot: Slot, words: &str| self.foot_link(&self.openings.attribute(slot).0, words);
        let meta = |margin: &str, words: Markup| self.line(Voice::Meta, Ink::Quiet, margin, &words);
        self.table(
            true,
            &html! { tr { td.p style={ "padding:22px " (GUTTER) "px 28px" } {
                (meta(&format!("0;max-width:{READABLE}px"), html! { (before) span dir="ltr" { (self.openings.text(Slot::Address)) } (after) }))
                (meta("4px 0", html! {
                    (own(Slot::Unsubscribe, &self.words.unsubscribe)) (PreEscaped(" &nbsp; "))
                    (own(Slot::Preferences, &self.words.preferences))
                }))
                @for links in [&self.brand.footer, &self.brand.social] {
                    @if !links.is_empty() { (meta("0 0 4px", self.foot_links(links))) }
                }
                (meta("0", html! { (self.issue.publication.postal_address) }))
            } } },
        )
    }

    fn foot_links(&self, links: &[FootLink]) -> Markup {
        html! {
            @for (index, link) in links.iter().enumerate() {
                @if index > 0 { (PreEscaped(" &nbsp; ")) }
                @if let Some(url) = links::target(&link.url) { (self.foot_link(&html! { (url) }.into_string(), &link.label)) }
            }
        }
    }

    /// A lone link is tall enough for a thumb (R18); `url` is written as an attribute is.
    fn foot_link(&self, url: &str, words: &str) -> Markup {
        let quiet = self.brand.light.quiet;
        html! {
            a.s href=(PreEscaped(url)) style={ "display:inline-block;padding:6px 0;color:" (quiet) ";text-decoration:underline" } { (words) }
        }
    }

    /// Large type is smaller on a phone, where it would leave two words a line.
    fn on_a_phone(&self) -> String {
        let smaller = |class: &str, voice: Voice| {
            let (size, line) = self.brand.on_a_phone(voice)?;
            Some(format!(".{class}{{font-size:{size}px!important;line-height:{line}px!important}}"))
        };
        [("m", self.largest_name()), ("h", Voice::LeadHead)]
            .iter()
            .filter_map(|(class, voice)| smaller(class, *voice))
            .collect()
    }

    fn largest_name(&self) -> Voice {
        match self.brand.style().masthead {
            Masthead::FrontPage => Voice::Masthead,
            Masthead::Wordmark => Voice::Title,
        }
    }

    /// What makes it better where `<style>` is kept: the phone, the dark, print. No @-rule stands in another (R12).
    fn style_sheet(&self) -> String {
        let dark = &self.brand.dark;
        let phone = format!(
            "@media (max-width:{PHONE}px){{.p{{padding-left:{PHONE_GUTTER}px!important;padding-right:{PHONE_GUTTER}px!important}}\
             {}}}\
             @media (max-width:{}px){{.c{{max-width:100%!important}}.c div{{padding:0 0 20px!important}}}}",
            self.on_a_phone(),
            SHEET - 1
        );
        let plate = format!(".np-d{{background-color:{}!important;color:{}!important}}", dark.sheet, dark.ink);
        let plate = if self.brand.pictures().count() > 1 { plate.as_str() } else { "" };
        let dark_mode = format!("@media (prefers-color-scheme:dark){{{}{}{plate}}}", inks(dark, ""), grounds(dark, ""));
        let outlook = inks(dark, "[data-ogsc] ") + &grounds(dark, "[data-ogsb] ");
        format!(
            ":root{{color-scheme:light dark}}body{{margin:0;padding:0;-webkit-text-size-adjust:100%}}#outlook a{{padding:0}}\
             a[x-apple-data-detectors]{{color:inherit!important;text-decoration:none!important}}\
             .im{{aspect-ratio:auto;text-align:center;text-wrap:balance}}h1,h2,h3,h4{{text-wrap:balance}}p{{text-wrap:pretty}}h2 a,h3 a,h4 a{{display:block}}\
             {phone}{dark_mode}{outlook}\
             @media print{{.pg,.sh,.t{{background:#fff!important}}.np{{display:none!important}}h2,h3{{break-after:avoid}}}}"
        )
    }
}

fn inks(dark: &Palette, within: &str) -> String {
    let Palette { ink, quiet, accent, on_accent, sheet, rule, .. } = dark;
    format!(
        "{within}.i{{color:{ink}!important}}{within}.s{{color:{quiet}!important}}{within}.a{{color:{accent}!important}}\
         {within}.ba{{color:{on_accent}!important}}{within}.bi{{color:{sheet}!important}}\
         {within}.r{{border-color:{rule}!important}}{within}.hr{{border-color:{ink}!important}}{within}.q{{border-color:{accent}!important}}"
    )
}

fn grounds(dark: &Palette, within: &str) -> String {
    let Palette { page, sheet, tint, blank, ink, accent, .. } = dark;
    format!(
        "{within}.pg{{background-color:{page}!important}}{within}.sh{{background-color:{sheet}!important}}\
         {within}.t{{background-color:{tint}!important}}{within}.im{{background-color:{blank}!important}}\
         {within}.ba{{background-color:{accent}!important}}{within}.bi{{background-color:{ink}!important}}"
    )
}
