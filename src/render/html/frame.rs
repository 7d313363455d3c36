//! What stands around the blocks: head, style sheet, preheader, masthead, footer.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::sheet::{Ink, Sheet};
use crate::prose::Slot;
use crate::render::links;
use crate::render::style::{GUTTER, HALF_GAP, PHONE, PHONE_GUTTER, Palette, SHEET, Voice};
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

    /// Date and web link, the heavy rule, the publication's name, the newsletter and how long it takes.
    fn masthead(&self) -> Markup {
        let issue = self.issue;
        let light = &self.brand.light;
        let meta = self.set(Voice::Meta, Ink::Quiet);
        let date = long_date(issue.date, &issue.publication.language);
        html! {
            tr { td.p style={ "padding:18px " (GUTTER) "px 12px" } {
                (self.table(true, &html! { tr {
                    td.s style=(meta) { (date) }
                    td.s.np align=(self.end()) style=(meta) {
                        @if let Some(url) = links::target(&issue.web_url) {
                            a.s href=(url) style={ "display:inline-block;padding:3px 0;color:" (light.quiet) ";text-decoration:underline" } { (self.words.read_online) }
                        }
                    }
                } }))
            } }
            tr { td.p style={ "padding:0 " (GUTTER) "px " (HALF_GAP) "px" } {
                div.hr style={ "border-top:4px solid " (light.ink) ";border-bottom:1px solid " (light.ink) ";padding:16px 0 14px" } {
                    h1 class="i m" style={ "margin:0;" (self.set(Voice::Masthead, Ink::Full)) } { (issue.publication.name) }
                    (self.line(Voice::Imprint, Ink::Quiet, "6px 0 0", &html! {
                        strong.a style={ "color:" (light.accent) } { (issue.newsletter.title) }
                        " · " (self.words.extent(issue.stories, issue.minutes))
                    }))
                }
            } }
        }
    }

    /// Why this came, how to leave it or change it, and who sends it: the law's part (R26).
    fn footer(&self) -> Markup {
        let (before, after) = self.words.because(&self.issue.newsletter.title);
        let quiet = self.brand.light.quiet;
        let link = |slot: Slot, words: &str| {
            html! {
                a.s href=(self.openings.attribute(slot)) style={ "display:inline-block;padding:6px 0;color:" (quiet) ";text-decoration:underline" } { (words) }
            }
        };
        let meta = |margin: &str, words: Markup| self.line(Voice::Meta, Ink::Quiet, margin, &words);
        self.table(
            true,
            &html! { tr { td.p style={ "padding:22px " (GUTTER) "px 28px" } {
                (meta(&format!("0;max-width:{READABLE}px"), html! { (before) (self.openings.text(Slot::Address)) (after) }))
                (meta("4px 0", html! {
                    (link(Slot::Unsubscribe, self.words.unsubscribe)) (PreEscaped(" &nbsp; "))
                    (link(Slot::Preferences, self.words.preferences))
                }))
                (meta("0", html! { (self.issue.publication.postal_address) }))
            } } },
        )
    }

    /// What makes it better where `<style>` is kept: the phone, the dark, print. No @-rule stands in another (R12).
    fn style_sheet(&self) -> String {
        let dark = &self.brand.dark;
        let phone = format!(
            "@media (max-width:{PHONE}px){{.p{{padding-left:{PHONE_GUTTER}px!important;padding-right:{PHONE_GUTTER}px!important}}\
             .m{{font-size:34px!important;line-height:38px!important}}.h{{font-size:27px!important;line-height:33px!important}}\
             }}\
             @media (max-width:{}px){{.c{{max-width:100%!important}}.c div{{padding:0 0 20px!important}}}}",
            SHEET - 1
        );
        let dark_mode = format!("@media (prefers-color-scheme:dark){{{}{}}}", inks(dark, ""), grounds(dark, ""));
        let outlook = inks(dark, "[data-ogsc] ") + &grounds(dark, "[data-ogsb] ");
        format!(
            ":root{{color-scheme:light dark}}body{{margin:0;padding:0;-webkit-text-size-adjust:100%}}#outlook a{{padding:0}}\
             a[x-apple-data-detectors]{{color:inherit!important;text-decoration:none!important}}\
             .im{{aspect-ratio:auto}}h2 a,h3 a,h4 a{{display:block}}{phone}{dark_mode}{outlook}\
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
