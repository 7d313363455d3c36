//! The blocks of an issue, one after the other.

use maud::{Markup, html};

use super::sheet::{Ink, Margin, Sheet};
use crate::issue::{Body, Button};
use crate::prose::{Inline, Prose, Slot};
use crate::render::links;
use crate::render::outline::{Entry, contents};
use crate::render::style::{BAR, GUTTER, HAIRLINE, Space, Voice};
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
                let padding = format!("{} {GUTTER}px 0", self.px(Space::Block));
                return self.row_with(&block.id, &padding, &self.picks(label, items));
            }
            Body::Number { figure, text, source } => self.number(label, figure, text, source.as_deref()),
            Body::Quote { text, who } => self.quote(label, text, who),
            Body::Image(image) => html! { (self.opening(label).0) (self.captioned(image, None)) },
            Body::Chart(chart) => self.chart(label, chart),
            Body::Sponsor { name, text, image, button } => {
                return self.sponsor(&block.id, label, name, text, image.as_ref(), button.as_ref());
            }
            Body::Promo { title, text, image, button, .. } => {
                self.promo(label, title.as_deref(), text, image.as_ref(), button.as_ref())
            }
            Body::Poll { question, answers } => self.poll(&block.id, label, question, answers),
            Body::Correction { of, text } => self.correction(label, *of, text),
            Body::Text(text) => {
                let (opening, level) = self.opening(label);
                html! { (opening) (self.running(text, level)) }
            }
            Body::Divider if following.first().is_some_and(|next| next.begins_apart()) => {
                return self.breath(&block.id);
            }
            Body::Divider => self.ornament(),
        };
        self.row(&block.id, &inner)
    }

    fn letter(&self, label: Option<&str>, text: &[Prose]) -> Markup {
        let (opening, level) = self.opening(label);
        html! {
            (opening)
            (self.running(text, level))
            @if let Some(editor) = &self.issue.editor {
                (self.line(Voice::Body, Ink::Full, Margin::Above(Space::Paragraph), &html! { strong { (bound(&editor.name)) } }))
                @if let Some(title) = &editor.title {
                    (self.line(Voice::Meta, Ink::Quiet, Margin::Nothing, &html! { (bound(title)) }))
                }
            }
        }
    }

    /// Words, not links: an anchor inside a mail is dead in half the clients, and the headline links elsewhere.
    fn contents(&self, label: Option<&str>, following: &[Entry<'_>]) -> Markup {
        let font = self.set(Voice::Teaser, Ink::Full);
        let padding = self.edges(0, 0, 0, self.brand.space(Space::Bullet));
        let line = self.px(Space::Line);
        html! {
            (self.opening(Some(label.unwrap_or(&self.words.contents))).0)
            ul.i style={ "margin:0;padding:" (padding) ";" (font) } {
                @for line_of in contents(following) { li style={ "margin:0 0 " (line) } { (bound(line_of.words)) } }
            }
        }
    }

    fn number(&self, label: Option<&str>, figure: &str, text: &[Inline], source: Option<&str>) -> Markup {
        html! {
            (self.opening(label).0)
            (self.line(Voice::Figure, Ink::Accent, Margin::Below(Space::Figure), &html! { (figure) }))
            p style="margin:0" { (self.ending(text)) }
            @if let Some(source) = source { (self.source_line(source)) }
        }
    }

    /// “Source: tides.example”
    pub(super) fn source_line(&self, source: &str) -> Markup {
        let (before, after) = self.words.source();
        let words = html! {
            (before)
            @match links::target(source) {
                Some(url) => (self.quiet_link(&html! { (url) }.into_string(), links::shown(&url), 0)),
                None => (source),
            }
            (after)
        };
        self.line(Voice::Meta, Ink::Quiet, Margin::Above(Space::Thumb), &words)
    }

    fn quote(&self, label: Option<&str>, text: &str, who: &str) -> Markup {
        let (start, accent) = (self.start(), self.brand.light.accent);
        let padding = self.edges(0, 0, 0, self.brand.space(Space::Bar));
        html! {
            (self.opening(label).0)
            blockquote class="q" style={ "margin:0;padding:" (padding) ";border-" (start) ":" (BAR) "px solid " (accent) } {
                (self.line(Voice::Utterance, Ink::Full, Margin::Below(Space::Who), &html! { (bound(&quoted(text, &self.issue.publication.language))) }))
                (self.line(Voice::Meta, Ink::Quiet, Margin::Nothing, &html! { (bound(who)) }))
            }
        }
    }

    /// On a ground of its own between two rules, its label above everything: nobody takes it for the newsroom's
    /// words, not even where a mail program drops the ground.
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
            @if let Some(label) = label { (self.line(Voice::Kicker, Ink::Quiet, Margin::Below(Space::Label), &html! { (label) })) }
            (self.pictured(image, url))
            (self.head(2, Voice::StoryHead, Margin::Below(Space::Head), &html! { (bound(name)) }))
            (self.running(text, 3))
            @if let Some(button) = button { (self.below_words(&self.button(button))) }
        };
        let set = self.set(Voice::Teaser, Ink::Full);
        html! {
            tr { td id=(id) style={ "padding:" (self.px(Space::Block)) " 0" } {
                (self.table(true, &html! { tr { td class="p i t" bgcolor=(ground) style={
                    "padding:" (self.px(Space::Box)) " " (GUTTER) "px;border-top:" (HAIRLINE) "px solid;border-bottom:" (HAIRLINE) "px solid;background-color:" (ground) ";" (set)
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
                (self.head(level, Voice::StoryHead, Margin::Below(Space::Head), &html! { (bound(title)) }))
            }
            (self.pictured(image, button.map(|button| button.url.as_str())))
            (self.running(text, level))
            @if let Some(button) = button { (self.below_words(&self.button(button))) }
        }
    }

    /// A picture over the words that sell something.
    fn pictured(&self, image: Option<&Image>, link: Option<&str>) -> Markup {
        html! {
            @if let Some(image) = image {
                div style={ "padding:" (self.px(Space::Caption)) " 0 " (self.px(Space::Paragraph)) } { (self.picture(image, link)) }
            }
        }
    }

    /// A button under words; nobody clicks on paper.
    pub(super) fn below_words(&self, button: &Markup) -> Markup {
        html! { div.np style={ "padding-top:" (self.px(Space::Button)) } { (button) } }
    }

    /// A question and its answers, each a link to a page with one button: a mail cannot ask by itself. Heard
    /// out of its place, an answer says to what.
    fn poll(&self, id: &str, label: Option<&str>, question: &str, answers: &[String]) -> Markup {
        let (opening, level) = self.opening(Some(label.unwrap_or(&self.words.pages.poll)));
        let (tint, rule, radius) = (self.brand.light.tint, self.brand.light.rule, self.brand.radius);
        let padding = format!("{} {}", self.px(Space::AnswerEdge), self.px(Space::AnswerSide));
        let set = self.set(Voice::Button, Ink::Full);
        let between = self.brand.space(Space::Answer);
        html! {
            (opening)
            (self.head(level, Voice::StoryHead, Margin::Below(Space::Label), &html! { (bound(question)) }))
            (self.table(true, &html! {
                @for (answer, words) in answers.iter().enumerate() {
                    @let slot = Slot::Poll { block: id.to_owned(), answer };
                    tr { td class="t r" bgcolor=(tint) style={ "background-color:" (tint) ";border:" (HAIRLINE) "px solid " (rule) ";border-radius:" (radius) "px;mso-padding-alt:" (padding) } {
                        a.i href=(self.openings.attribute(slot)) aria-label={ (words) ": " (question) } style={ "display:block;padding:" (padding) ";" (set) ";text-decoration:none" } { (words) }
                    } }
                    @if answer + 1 < answers.len() { tr { td height=(between) style={ "font:1px/" (between) "px serif" } { (maud::PreEscaped("&nbsp;")) } } }
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
            @if label.is_some() { (self.line(Voice::Meta, Ink::Quiet, Margin::Below(Space::Who), &html! { (of) })) }
            (self.running(text, level))
        }
    }

    /// Between two stretches without a name of their own. It is drawn in type: rules are lost in the dark.
    fn ornament(&self) -> Markup {
        let quiet = self.brand.light.quiet;
        html! { p class="s" aria-hidden="true" style={ "margin:0;text-align:center;color:" (quiet) } { "•\u{a0} •\u{a0} •" } }
    }

    /// Before what is set apart by itself, a divider is space and nothing more.
    fn breath(&self, id: &str) -> Markup {
        html! { tr { td id=(id) style={ "padding-top:" (self.px(Space::Block)) ";font:1px/1px serif" } { (maud::PreEscaped("&nbsp;")) } } }
    }
}
