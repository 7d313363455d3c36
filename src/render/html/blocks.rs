//! The blocks of an issue, one after the other.

use maud::{Markup, html};

use super::sheet::{Ink, Sheet};
use crate::issue::{Body, Button};
use crate::prose::{Inline, Prose, Slot};
use crate::render::links;
use crate::render::outline::{Entry, contents};
use crate::render::style::{GUTTER, Voice};
use crate::render::words::{bound, long_date, quoted};
use crate::story::Image;

impl Sheet<'_> {
    /// One block as a row of the sheet; `following` are the blocks the contents announce.
    pub(super) fn block(&self, entry: &Entry<'_>, following: &[Entry<'_>]) -> Markup {
        let block = entry.block;
        let label = block.label.as_deref();
        let inner = match &block.body {
            Body::Letter(text) => self.letter(label, text),
            Body::Contents => self.contents(label, following),
            Body::Story(item) => self.story(label, item, entry.leads),
            Body::List(items) => self.list(label, items, entry.rank),
            // Each pick brings the space below it, for when they stack.
            Body::Picks(items) => {
                let padding = format!("{}px {GUTTER}px 0", self.brand.style().half_gap);
                return self.row_with(&block.id, &padding, &self.picks(label, items));
            }
            Body::Number { figure, text, source } => self.number(label, figure, text, source.as_deref()),
            Body::Quote { text, who } => self.quote(label, text, who),
            Body::Image(image) => html! { (self.opening(label).0) (self.image(image)) },
            Body::Chart(chart) => self.chart(label, chart),
            Body::Sponsor { name, text, image, button } => {
                return self.sponsor(&block.id, label, name, text, image.as_ref(), button.as_ref());
            }
            Body::Promo { title, text, image, button } => {
                self.promo(label, title.as_deref(), text, image.as_ref(), button.as_ref())
            }
            Body::Poll { question, answers } => self.poll(&block.id, label, question, answers),
            Body::Correction { of, text } => self.correction(label, *of, text),
            Body::Text(text) => {
                let (opening, level) = self.opening(label);
                html! { (opening) (self.running(text, level)) }
            }
            Body::Divider => self.divider(),
        };
        self.row(&block.id, &inner)
    }

    fn letter(&self, label: Option<&str>, text: &[Prose]) -> Markup {
        let (opening, level) = self.opening(label);
        html! {
            (opening)
            (self.running(text, level))
            @if let Some(editor) = &self.issue.editor {
                p style="margin:16px 0 0" {
                    strong { (editor.name) }
                    @if let Some(title) = &editor.title {
                        br;
                        span.s style=(self.set(Voice::Meta, Ink::Quiet)) { (title) }
                    }
                }
            }
        }
    }

    /// Words, not links: an anchor inside a mail is dead in half the clients, and the headline links elsewhere.
    fn contents(&self, label: Option<&str>, following: &[Entry<'_>]) -> Markup {
        let font = self.set(Voice::Teaser, Ink::Full);
        html! {
            (self.opening(Some(label.unwrap_or(&self.words.contents))).0)
            ul.i style={ "margin:0;padding:0;padding-" (self.start()) ":20px;" (font) } {
                @for line in contents(following) { li style="margin:0 0 6px" { (bound(line.words)) } }
            }
        }
    }

    fn number(&self, label: Option<&str>, figure: &str, text: &[Inline], source: Option<&str>) -> Markup {
        html! {
            (self.opening(label).0)
            (self.line(Voice::Figure, Ink::Accent, "0 0 4px", &html! { (figure) }))
            p style="margin:0" { (self.inline(text)) }
            @if let Some(source) = source { (self.source_line(source)) }
        }
    }

    /// “Source: tides.example”
    pub(super) fn source_line(&self, source: &str) -> Markup {
        let (before, after) = self.words.source();
        self.line(
            Voice::Meta,
            Ink::Quiet,
            "6px 0 0",
            &html! {
                (before)
                @match links::target(source) {
                    Some(url) => a.s href=(url) style={ "display:inline-block;padding:2px 0;color:" (self.colour(Ink::Quiet)) ";text-decoration:underline" } { (links::host(&url)) },
                    None => (source),
                }
                (after)
            },
        )
    }

    fn quote(&self, label: Option<&str>, text: &str, who: &str) -> Markup {
        let accent = self.brand.light.accent;
        let start = self.start();
        html! {
            (self.opening(label).0)
            blockquote class="q" style={ "margin:0;padding:0;padding-" (start) ":20px;border-" (start) ":4px solid " (accent) } {
                (self.line(Voice::Utterance, Ink::Full, "0 0 8px", &html! { (quoted(text, &self.issue.publication.language)) }))
                (self.line(Voice::Meta, Ink::Quiet, "0", &html! { (who) }))
            }
        }
    }

    /// A picture with what it shows and who took it.
    fn image(&self, image: &Image) -> Markup {
        let credit = self.credit(image);
        html! {
            (self.picture(image, None))
            @if image.caption.is_some() || credit.is_some() {
                (self.line(Voice::Meta, Ink::Quiet, "8px 0 0", &html! {
                    @if let Some(caption) = &image.caption { span.i style={ "color:" (self.colour(Ink::Full)) } { (caption) } }
                    @if let Some(credit) = credit { @if image.caption.is_some() { " · " } (credit) }
                }))
            }
        }
    }

    /// On a ground of its own, its label above everything: nobody takes it for the newsroom's words.
    fn sponsor(
        &self,
        id: &str,
        label: Option<&str>,
        name: &str,
        text: &[Prose],
        image: Option<&Image>,
        button: Option<&Button>,
    ) -> Markup {
        let ground = self.brand.light.tint;
        let url = button.map(|button| button.url.as_str());
        let inner = html! {
            @if let Some(label) = label { (self.line(Voice::Kicker, Ink::Quiet, "0 0 14px", &html! { (label) })) }
            @if let Some(image) = image { div style="padding-bottom:16px" { (self.picture(image, url)) } }
            (self.head(2, Voice::StoryHead, "0 0 6px", &html! { (bound(name)) }))
            (self.running(text, 3))
            @if let Some(button) = button { div.np style="padding-top:16px" { (self.button(button, false)) } }
        };
        html! {
            tr { td id=(id) style={ "padding:" (self.brand.style().half_gap) "px 0" } {
                (self.table(true, &html! { tr { td class="p i t" bgcolor=(ground) style={
                    "padding:22px " (GUTTER) "px 26px;background-color:" (ground) ";" (self.set(Voice::Teaser, Ink::Full))
                } { (inner) } } }))
            } }
        }
    }

    fn promo(
        &self,
        label: Option<&str>,
        title: Option<&str>,
        text: &[Prose],
        image: Option<&Image>,
        button: Option<&Button>,
    ) -> Markup {
        let (opening, level) = self.opening(label.or(title));
        html! {
            (opening)
            @if let (Some(_), Some(title)) = (label, title) {
                (self.head(level, Voice::StoryHead, "0 0 6px", &html! { (bound(title)) }))
            }
            @if let Some(image) = image { div style="padding-bottom:16px" { (self.picture(image, button.map(|button| button.url.as_str()))) } }
            (self.running(text, level))
            @if let Some(button) = button { div.np style="padding-top:16px" { (self.button(button, true)) } }
        }
    }

    /// A question and its answers, each a link to a page with one button: a mail cannot ask by itself.
    fn poll(&self, id: &str, label: Option<&str>, question: &str, answers: &[String]) -> Markup {
        let (opening, level) = self.opening(label);
        let tint = self.brand.light.tint;
        let radius = self.brand.radius;
        let set = self.set(Voice::Button, Ink::Full);
        html! {
            (opening)
            (self.head(level, Voice::StoryHead, "0 0 12px", &html! { (bound(question)) }))
            (self.table(true, &html! {
                @for (answer, words) in answers.iter().enumerate() {
                    @let slot = Slot::Poll { block: id.to_owned(), answer };
                    tr { td class="t" bgcolor=(tint) style={ "border-radius:" (radius) "px;mso-padding-alt:12px 18px" } {
                        a.i href=(self.openings.attribute(slot)) style={ "display:block;padding:12px 18px;" (set) ";text-decoration:underline" } { (words) }
                    } }
                    @if answer + 1 < answers.len() { tr { td height="8" style="font:1px/8px serif" { (maud::PreEscaped("&nbsp;")) } } }
                }
            }))
        }
    }

    fn correction(&self, label: Option<&str>, of: chrono::NaiveDate, text: &[Prose]) -> Markup {
        let of = self.words.correction_of(&long_date(of, &self.issue.publication.language));
        // What it is called says what it corrects; only a name of the editor's own needs a line for that.
        let (opening, level) = self.opening(Some(label.unwrap_or(&of)));
        html! {
            (opening)
            @if label.is_some() { (self.line(Voice::Meta, Ink::Quiet, "0 0 8px", &html! { (of) })) }
            (self.running(text, level))
        }
    }

    fn divider(&self) -> Markup {
        let rule = self.brand.light.rule;
        html! { div class="r" style={ "border-top:1px solid " (rule) ";font:1px/1px serif" } { (maud::PreEscaped("&nbsp;")) } }
    }
}
