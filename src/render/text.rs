//! The plain-text edition: its own rendering of the issue, set like a page of type, 72 columns wide.
//!
//! Labels in capitals, rules between blocks, each link a number in brackets that is listed once at the end,
//! so that a paragraph reads as a paragraph. What only a reader decides stays open: an address of their own
//! on a line of its own, a paragraph with their name in it wrapped once the name is known.

mod lines;

use crate::issue::{Block, Body, Button, Depth, Issue, Item, Only};
use crate::prose::{Inline, Prose, Slot, plain};
use crate::render::{Context, Piece, phrases};
use crate::story::{Image, Story};

use lines::{COLUMNS, capitals, clean, columns, wrap};

/// The text part with its slots open.
pub(super) fn pieces(issue: &Issue) -> Vec<Piece> {
    let mut page = Page { issue, done: Vec::new(), text: String::new(), links: Vec::new() };
    page.masthead();
    for block in issue.blocks.iter().filter(|block| block.only != Only::Html) {
        page.block(block);
    }
    page.links();
    page.foot();
    page.close();
    page.done
}

/// The page being set.
struct Page<'a> {
    issue: &'a Issue,
    done: Vec<Piece>,
    /// What was set since the last slot.
    text: String,
    /// Targets in the order of their numbers.
    links: Vec<String>,
}

impl Page<'_> {
    fn masthead(&mut self) {
        let Issue { publication, newsletter, date, .. } = self.issue;
        self.set("", &capitals(&publication.name));
        let date = phrases::long_date(*date, &publication.language);
        self.set("", &format!("{} · {date} · {}", newsletter.title, phrases::length(self.issue)));
        self.line(&"=".repeat(COLUMNS));
        self.gap();
        self.address(phrases::READ_ONLINE, &self.issue.web_url);
    }

    fn block(&mut self, block: &Block) {
        let boxed = matches!(block.body, Body::Sponsor { .. });
        if !matches!(block.body, Body::Divider) {
            self.rule(if boxed { '=' } else { '-' });
        }
        let sponsored = match &block.body {
            Body::Sponsor { name, .. } => {
                Some(format!("{}: {name}", block.label.as_deref().unwrap_or("Advertisement")))
            }
            _ => block.label.clone(),
        };
        if let Some(label) = &sponsored {
            self.set("", &capitals(label));
            self.gap();
        }
        self.body(block);
    }

    fn body(&mut self, block: &Block) {
        match &block.body {
            Body::Letter(prose) => self.letter(prose),
            Body::Contents => self.contents(block),
            Body::Story(item) => self.story(item),
            Body::List(items) => self.list(items, |number| format!("{number}. ")),
            Body::Picks(items) => self.list(items, |_| "* ".to_owned()),
            Body::Number { figure, text, source, from } => {
                let from = source.as_deref().or(from.as_deref());
                let number = from.map(|url| self.number(url));
                self.set("", &capitals(figure));
                self.inlines("", "", text, number);
            }
            Body::Quote { text, who, from } => {
                let number = from.as_deref().map(|url| self.number(url));
                self.set("    ", &quoted(text));
                self.gap();
                self.set_numbered("    — ", "      ", who, number);
            }
            Body::Image(image) => self.image(image),
            Body::Sponsor { text, image, button, .. } => {
                self.offer(None, text, image.as_ref(), button.as_ref());
                self.line(&"=".repeat(COLUMNS));
            }
            Body::Promo { title, text, image, button } => {
                self.offer(title.as_deref(), text, image.as_ref(), button.as_ref());
            }
            Body::Poll { question, answers } => self.poll(&block.id, question, answers),
            Body::Correction { of, text } => {
                let day = phrases::short_date(*of, self.issue.date);
                self.set("", &capitals(&format!("{}, {day}", phrases::CORRECTION)));
                self.gap();
                self.prose("", text);
            }
            Body::Text(prose) => self.prose("", prose),
            Body::Divider => {
                self.gap();
                self.line(&format!("{:>width$}", "* * *", width = COLUMNS / 2 + 3));
            }
        }
    }

    fn letter(&mut self, prose: &[Prose]) {
        self.prose("", prose);
        if let Some(editor) = &self.issue.editor {
            self.gap();
            let title = editor.title.as_ref().map(|title| format!(", {title}")).unwrap_or_default();
            self.set("— ", &format!("{}{title}", editor.name));
        }
    }

    /// Headlines of the blocks that follow.
    fn contents(&mut self, contents: &Block) {
        if contents.label.is_none() {
            self.set("", &capitals(phrases::CONTENTS));
            self.gap();
        }
        let after = self.issue.blocks.iter().skip_while(|block| block.id != contents.id);
        let headlines: Vec<&str> = after
            .filter(|block| block.only != Only::Html)
            .filter(|block| matches!(block.body, Body::Story(_) | Body::List(_)))
            .flat_map(|block| block.body.items())
            .map(|item| item.story.headline.as_str())
            .collect();
        for headline in headlines {
            self.set_hanging("* ", headline);
        }
    }

    fn story(&mut self, item: &Item) {
        let story = &item.story;
        if item.depth == Depth::Headline {
            return self.headline("", story);
        }
        if let Some(kicker) = &story.kicker {
            self.set("", &capitals(kicker));
        }
        self.headline("", story);
        match item.depth {
            Depth::Full => self.full(story),
            Depth::Brief => {
                self.gap();
                self.prose("", story.brief.as_deref().unwrap_or_default());
            }
            Depth::Teaser | Depth::Headline => {
                if let Some(teaser) = &story.teaser {
                    self.gap();
                    self.set("", teaser);
                }
            }
        }
    }

    fn full(&mut self, story: &Story) {
        if let Some(standfirst) = &story.standfirst {
            self.gap();
            self.set("", standfirst);
        }
        if let Some(byline) = phrases::byline(&story.byline) {
            self.gap();
            self.set("", &byline);
        }
        if let Some(image) = &story.image {
            self.gap();
            self.image(image);
        }
        for section in &story.sections {
            if let Some(heading) = &section.heading {
                self.gap();
                self.set("", &capitals(heading));
            }
            self.gap();
            self.prose("", &section.body);
        }
    }

    /// Stories one under the other, each with its mark in the margin.
    fn list(&mut self, items: &[Item], mark: impl Fn(usize) -> String) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.gap();
            }
            let mark = mark(index + 1);
            let margin = " ".repeat(columns(&mark));
            self.headline(&mark, &item.story);
            match item.depth {
                Depth::Headline => {}
                Depth::Teaser => {
                    let said = [item.story.kicker.as_deref(), item.story.teaser.as_deref()];
                    let said: Vec<&str> = said.into_iter().flatten().collect();
                    if !said.is_empty() {
                        self.set(&margin, &said.join(" – "));
                    }
                }
                Depth::Brief => self.prose(&margin, item.story.brief.as_deref().unwrap_or_default()),
                Depth::Full => {
                    for section in &item.story.sections {
                        self.gap();
                        self.prose(&margin, &section.body);
                    }
                }
            }
        }
    }

    fn headline(&mut self, mark: &str, story: &Story) {
        let number = story.url.as_deref().map(|url| self.number(url));
        let margin = " ".repeat(columns(mark));
        self.set_numbered(mark, &margin, &story.headline, number);
    }

    fn image(&mut self, image: &Image) {
        let number = image.url.as_deref().map(|url| self.number(url));
        self.set_numbered("", "", &format!("[Picture: {}]", image.alt), number);
        let below = [image.caption.as_deref(), image.credit.as_deref()];
        let below: Vec<&str> = below.into_iter().flatten().collect();
        if !below.is_empty() {
            self.set("", &below.join(" · "));
        }
    }

    fn offer(&mut self, title: Option<&str>, text: &[Prose], image: Option<&Image>, button: Option<&Button>) {
        if let Some(title) = title {
            self.set("", &capitals(title));
        }
        self.prose("", text);
        if let Some(url) = image.and_then(|image| image.url.as_deref()) {
            // The picture says nothing here, but where it leads belongs to both editions.
            self.number(url);
        }
        if let Some(button) = button {
            let number = self.number(&button.url);
            self.set_numbered("", "", &button.label, Some(number));
        }
    }

    fn poll(&mut self, id: &str, question: &str, answers: &[String]) {
        self.set("", question);
        for (answer, label) in answers.iter().enumerate() {
            self.gap();
            self.set("", &format!("{label}:"));
            self.slot(Slot::Poll { block: id.to_owned(), answer });
        }
    }

    fn links(&mut self) {
        if self.links.is_empty() {
            return;
        }
        self.rule('-');
        self.set("", "LINKS");
        self.gap();
        for (index, url) in std::mem::take(&mut self.links).iter().enumerate() {
            self.line(&format!("[{}] {}", index + 1, clean(url)));
        }
    }

    fn foot(&mut self) {
        self.rule('-');
        self.set("", &phrases::why(self.issue));
        for (label, slot) in [(phrases::UNSUBSCRIBE, Slot::Unsubscribe), (phrases::PREFERENCES, Slot::Preferences)] {
            self.gap();
            self.line(&format!("{label}:"));
            self.slot(slot);
        }
        self.gap();
        self.set("", &self.issue.publication.postal_address);
    }

    fn prose(&mut self, margin: &str, prose: &[Prose]) {
        for (index, block) in prose.iter().enumerate() {
            if index > 0 {
                self.gap();
            }
            match block {
                Prose::Paragraph(inlines) => self.inlines(margin, margin, inlines, None),
                Prose::Heading(_, inlines) => self.set(margin, &capitals(&plain(inlines))),
                Prose::Quote(inner) => self.prose(&format!("{margin}    "), inner),
                Prose::Code(code) => code.lines().for_each(|line| self.set(&format!("{margin}    "), line)),
                Prose::Rule => self.line(&format!("{margin}* * *")),
                Prose::List { start, items } => self.prose_list(margin, *start, items),
                Prose::Table { head, rows } => self.table(margin, head, rows),
            }
        }
    }

    fn prose_list(&mut self, margin: &str, start: Option<u64>, items: &[Vec<Prose>]) {
        for (index, item) in items.iter().enumerate() {
            let mark = start.map_or_else(|| "* ".to_owned(), |start| format!("{}. ", start + index as u64));
            let inner = format!("{margin}{}", " ".repeat(columns(&mark)));
            match item.split_first() {
                Some((Prose::Paragraph(inlines), rest)) => {
                    self.inlines(&format!("{margin}{mark}"), &inner, inlines, None);
                    self.prose(&inner, rest);
                }
                _ => {
                    self.line(&format!("{margin}{}", mark.trim_end()));
                    self.prose(&inner, item);
                }
            }
        }
    }

    /// A row a paragraph, `head: cell` for each cell: it reads aloud, and no width is too narrow for it.
    fn table(&mut self, margin: &str, head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>]) {
        for (index, row) in rows.iter().enumerate() {
            if index > 0 {
                self.gap();
            }
            for (column, cell) in row.iter().enumerate() {
                let label = head.get(column).map(|label| plain(label)).filter(|label| !label.is_empty());
                let mut inlines: Vec<Inline> =
                    label.map(|label| Inline::Text(format!("{label}: "))).into_iter().collect();
                inlines.extend(cell.iter().cloned());
                self.inlines(margin, &format!("{margin}  "), &inlines, None);
            }
        }
    }

    /// A paragraph, its links numbered; one that holds a slot is wrapped when its reader is known.
    fn inlines(&mut self, first: &str, rest: &str, inlines: &[Inline], number: Option<usize>) {
        let mut words = vec![String::new()];
        let mut slots = Vec::new();
        self.words(inlines, &mut words, &mut slots);
        if let (Some(number), Some(last)) = (number, words.last_mut()) {
            last.push_str(&format!("\u{a0}[{number}]"));
        }
        if slots.is_empty() {
            return self.set_between(first, rest, &words.concat());
        }
        self.flush();
        let mut pieces = Vec::new();
        let mut slots = slots.into_iter();
        for text in words {
            pieces.push(Piece::Fixed(clean(&text)));
            pieces.extend(slots.next().map(|slot| Piece::Slot(slot, Context::PlainText)));
        }
        self.done.push(Piece::Paragraph { first: first.to_owned(), rest: rest.to_owned(), words: pieces });
        self.text.push('\n');
    }

    /// Collects words, starting a new stretch after each slot.
    fn words(&mut self, inlines: &[Inline], words: &mut Vec<String>, slots: &mut Vec<Slot>) {
        for inline in inlines {
            let own = words.last_mut().expect("a paragraph starts with one stretch of words");
            match inline {
                Inline::Text(text) | Inline::Code(text) => own.push_str(text),
                Inline::Break => own.push('\n'),
                Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strikethrough(inner) => {
                    self.words(inner, words, slots);
                }
                Inline::Link { url, text } => {
                    self.words(text, words, slots);
                    let number = self.number(url);
                    if let Some(own) = words.last_mut() {
                        own.push_str(&format!("\u{a0}[{number}]"));
                    }
                }
                Inline::Slot(slot) => {
                    slots.push(slot.clone());
                    words.push(String::new());
                }
            }
        }
    }

    /// The number of a target: the same one wherever it is named again.
    fn number(&mut self, url: &str) -> usize {
        match self.links.iter().position(|known| known == url) {
            Some(index) => index + 1,
            None => {
                self.links.push(url.to_owned());
                self.links.len()
            }
        }
    }

    /// A labelled address that is the same for everyone, on one line where it fits.
    fn address(&mut self, label: &str, url: &str) {
        let url = clean(url);
        if columns(label) + 2 + columns(&url) <= COLUMNS {
            self.line(&format!("{label}: {url}"));
        } else {
            self.line(&format!("{label}:"));
            self.line(&url);
        }
    }

    fn set(&mut self, margin: &str, text: &str) {
        self.set_between(margin, margin, text);
    }

    fn set_hanging(&mut self, mark: &str, text: &str) {
        self.set_between(mark, &" ".repeat(columns(mark)), text);
    }

    fn set_numbered(&mut self, first: &str, rest: &str, text: &str, number: Option<usize>) {
        match number {
            // The number never stands alone on a line.
            Some(number) => self.set_between(first, rest, &format!("{text}\u{a0}[{number}]")),
            None => self.set_between(first, rest, text),
        }
    }

    /// A paragraph between margins.
    fn set_between(&mut self, first: &str, rest: &str, text: &str) {
        for line in wrap(first, rest, text) {
            self.line(&line);
        }
    }

    fn slot(&mut self, slot: Slot) {
        self.flush();
        self.done.push(Piece::Slot(slot, Context::PlainText));
        self.text.push('\n');
    }

    fn rule(&mut self, character: char) {
        self.gap();
        self.line(&character.to_string().repeat(COLUMNS));
        self.gap();
    }

    /// One empty line, never two.
    fn gap(&mut self) {
        if !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.done.push(Piece::Fixed(std::mem::take(&mut self.text)));
        }
    }

    fn close(&mut self) {
        self.flush();
    }
}

/// In curly quotation marks, unless it stands in some.
fn quoted(text: &str) -> String {
    if text.starts_with(['“', '‘', '«', '„', '"']) { text.to_owned() } else { format!("“{text}”") }
}
