//! The blocks of an issue as text.

use super::page::Page;
use crate::issue::{Body, Button, Depth, Issue, Item};
use crate::prose::{Inline, Prose, Slot};
use crate::render::Piece;
use crate::render::links;
use crate::render::outline::{Entry, contents};
use crate::render::words::{Words, long_date, quoted};
use crate::story::{Image, Story};

impl Page {
    pub(super) fn block(&mut self, issue: &Issue, words: &Words, entry: &Entry<'_>, following: &[Entry<'_>]) {
        let label = entry.block.label.as_deref();
        match &entry.block.body {
            Body::Letter(text) => self.letter(label, issue, text),
            Body::Contents => self.contents(label.unwrap_or(&words.contents), following),
            Body::Story(item) => {
                self.label(label);
                self.story(words, item);
            }
            Body::List(items) => self.list_of_stories(words, label, items, Some(entry.rank)),
            Body::Picks(items) => self.list_of_stories(words, label, items, None),
            Body::Number { figure, text, source } => self.number_block(words, label, figure, text, source.as_deref()),
            Body::Quote { text, who } => self.quote(label, &quoted(text, &issue.publication.language), who),
            Body::Chart(chart) => self.chart(issue, words, label, chart),
            Body::Image(image) => {
                self.label(label);
                self.image(words, image);
            }
            Body::Sponsor { name, text, image, button } => {
                self.sponsor(words, label, name, text, image.as_ref(), button.as_ref());
            }
            Body::Promo { title, text, image, button, .. } => {
                self.label(label);
                match (label, title) {
                    (Some(_), Some(title)) => {
                        self.gap();
                        self.say(title);
                    }
                    (None, title) => self.label(title.as_deref()),
                    (Some(_), None) => {}
                }
                self.offer(words, text, image.as_ref(), button.as_ref());
            }
            Body::Poll { question, answers } => {
                self.poll(words, &entry.block.id, label.unwrap_or(&words.pages.poll), question, answers);
            }
            Body::Correction { of, text } => {
                let of = words.correction_of(&long_date(*of, &issue.publication.language));
                // What it is called says what it corrects; only a name of the editor's own needs a line for that.
                self.label(Some(label.unwrap_or(&of)));
                if label.is_some() {
                    self.say(&of);
                }
                self.gap();
                self.running(text);
            }
            Body::Text(text) => {
                self.label(label);
                self.gap();
                self.running(text);
            }
            Body::Divider => {
                self.gap();
                self.centred("* * *");
            }
        }
    }

    /// Labels are capitals, as on the page; a script without them has a mark.
    pub(super) fn label(&mut self, label: Option<&str>) {
        if let Some(label) = label {
            // A word from elsewhere makes no capitals of the others.
            let has_none =
                label.chars().find(|c| c.is_alphabetic()).is_some_and(|c| !c.is_uppercase() && !c.is_lowercase());
            self.say(&if has_none { format!("■ {label}") } else { capitals(label) });
        }
    }

    fn letter(&mut self, label: Option<&str>, issue: &Issue, text: &[Prose]) {
        self.label(label);
        self.gap();
        self.running(text);
        if let Some(editor) = &issue.editor {
            self.gap();
            self.say(&editor.name);
            if let Some(title) = &editor.title {
                self.say(title);
            }
        }
    }

    fn contents(&mut self, label: &str, following: &[Entry<'_>]) {
        self.label(Some(label));
        self.gap();
        for line in contents(following) {
            self.hang("* ", line.words);
        }
    }

    fn story(&mut self, words: &Words, item: &Item) {
        let story = &item.story;
        self.gap();
        if item.depth != Depth::Headline {
            self.say(&capitals(story.kicker.as_deref().unwrap_or_default()));
        }
        let headline = self.linked(&story.headline, story.url.as_deref());
        match item.depth {
            Depth::Full => {
                self.underlined(&headline, '=');
                self.full(words, story);
            }
            Depth::Brief => {
                self.say(&headline);
                self.brief(story);
            }
            Depth::Teaser => {
                self.say(&headline);
                self.gap();
                self.say(story.teaser.as_deref().unwrap_or_default());
            }
            Depth::Headline => self.say(&headline),
        }
    }

    fn full(&mut self, words: &Words, story: &Story) {
        if let Some(standfirst) = &story.standfirst {
            self.gap();
            self.say(standfirst);
        }
        if !story.byline.is_empty() {
            self.gap();
            let names: Vec<&str> = story.byline.iter().map(|author| author.name.as_str()).collect();
            self.say(&words.signed(&names));
        }
        if let Some(image) = &story.image {
            self.picture_line(words, image);
        }
        for section in &story.sections {
            self.gap();
            if let Some(heading) = &section.heading {
                self.underlined(heading, '-');
                self.gap();
            }
            self.running(&section.body);
        }
    }

    fn brief(&mut self, story: &Story) {
        self.gap();
        match &story.brief {
            Some(brief) => self.running(brief),
            None => self.say(story.teaser.as_deref().unwrap_or_default()),
        }
    }

    /// Stories under one label, with their numbers or, in the rail, with a mark.
    fn list_of_stories(&mut self, words: &Words, label: Option<&str>, items: &[Item], first: Option<usize>) {
        self.label(label);
        for (index, item) in items.iter().enumerate() {
            let mark = first.map_or_else(|| "+ ".to_owned(), |first| format!("{}. ", first + index));
            let line_after_line =
                index > 0 && [&items[index - 1], item].iter().all(|item| item.depth == Depth::Headline);
            if !line_after_line {
                self.gap();
            }
            self.listed(words, &mark, item);
        }
    }

    fn listed(&mut self, words: &Words, mark: &str, item: &Item) {
        let story = &item.story;
        let headline = self.linked(&story.headline, story.url.as_deref());
        self.hang(mark, &headline);
        self.behind(&" ".repeat(mark.len()), |page| match item.depth {
            Depth::Headline => {}
            Depth::Teaser => {
                let kicker = story.kicker.as_deref();
                let line: Vec<&str> = kicker.into_iter().chain(story.teaser.as_deref()).collect();
                page.say(&line.join(" – "));
            }
            Depth::Brief => {
                if let Some(kicker) = &story.kicker {
                    page.say(kicker);
                }
                page.brief(story);
            }
            Depth::Full => page.full(words, story),
        });
    }

    fn number_block(
        &mut self,
        words: &Words,
        label: Option<&str>,
        figure: &str,
        text: &[Inline],
        source: Option<&str>,
    ) {
        self.label(label);
        self.gap();
        self.say(figure);
        let text = self.words(text);
        self.paragraph(text);
        self.source(words, source);
    }

    /// “Source: tides.example [3]”
    pub(super) fn source(&mut self, words: &Words, source: Option<&str>) {
        if let Some(source) = source {
            let name = links::target(source).map_or_else(|| source.to_owned(), |url| links::shown(&url).to_owned());
            let (before, after) = words.source();
            let source = self.linked(&format!("{before}{name}{after}"), Some(source));
            self.say(&source);
        }
    }

    fn quote(&mut self, label: Option<&str>, text: &str, who: &str) {
        self.label(label);
        self.gap();
        self.behind("    ", |page| {
            page.say(text);
            page.hang("— ", who);
        });
    }

    /// A text cannot show it: what it shows, and who took it.
    fn image(&mut self, words: &Words, image: &Image) {
        self.gap();
        let shown = self.linked(&words.shown(&image.alt), image.url.as_deref());
        self.say(&shown);
        let credit = image.credit.as_deref().map(|credit| words.credited(credit));
        for line in [image.caption.clone(), credit].into_iter().flatten() {
            self.say(&line);
        }
    }

    /// Only where the picture says or leads to what the words do not: its caption, the page behind it.
    fn picture_line(&mut self, words: &Words, image: &Image) {
        if image.caption.is_some() || image.url.is_some() {
            let says =
                image.caption.as_ref().map_or(image.alt.as_str(), |caption| caption.trim_end_matches(['.', '。']));
            self.gap();
            let shown = self.linked(&words.shown(says), image.url.as_deref());
            self.say(&shown);
        }
    }

    /// Boxed: nobody takes it for the newsroom's words.
    fn sponsor(
        &mut self,
        words: &Words,
        label: Option<&str>,
        name: &str,
        text: &[Prose],
        image: Option<&Image>,
        button: Option<&Button>,
    ) {
        self.gap();
        self.edge();
        self.behind("| ", |page| {
            page.label(label);
            page.gap();
            page.say(name);
            page.offer(words, text, image, button);
        });
        self.edge();
    }

    /// A corner stands where the side does; from the right nobody knows where a terminal puts that.
    fn edge(&mut self) {
        let corner = if self.is_from_the_right() { '-' } else { '+' };
        self.drawn(&format!("{corner}{}", "-".repeat(self.room() - 1)));
    }

    fn offer(&mut self, words: &Words, text: &[Prose], image: Option<&Image>, button: Option<&Button>) {
        self.gap();
        self.running(text);
        if let Some(image) = image {
            self.picture_line(words, image);
        }
        if let Some(button) = button {
            self.gap();
            let line = self.linked(&button.label, Some(&button.url));
            self.say(&line);
        }
    }

    fn poll(&mut self, words: &Words, id: &str, label: &str, question: &str, answers: &[String]) {
        self.label(Some(label));
        self.gap();
        self.say(question);
        for (answer, says) in answers.iter().enumerate() {
            self.gap();
            self.paragraph(vec![Piece::Fixed(format!("{says}{}", words.colon()))]);
            self.own_line(Slot::Poll { block: id.to_owned(), answer });
        }
    }
}

/// The capitals of a text; that of ß is ẞ, for SS would be another word.
pub(super) fn capitals(text: &str) -> String {
    text.replace('ß', "ẞ").to_uppercase()
}
