//! Markdown becomes prose, with the place of everything a check may want to point at.
//!
//! CommonMark with tables and strikethrough. HTML and pictures are no part of running text: a mail is not
//! a web page, and both are said where they stand. `{first_name|reader}` is a slot where the text is
//! addressed to one reader.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::check::links::{self, Ground};
use crate::config::Publication;
use crate::config::tree::Text;
use crate::finding::{Finding, Findings};
use crate::issue::leads::Lead;
use crate::prose::{Inline, Prose, Slot, plain};
use crate::typography::{self, Language};

/// How a text is read.
#[derive(Clone, Copy)]
pub(crate) struct Manner<'a> {
    pub(crate) publication: &'a Publication,
    /// Ids of the issue's blocks.
    pub(crate) anchors: &'a [String],
    /// Whether it speaks to one reader, by name.
    pub(crate) slots: bool,
    /// Whether somebody pays for it.
    pub(crate) paid: bool,
}

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// Top-level blocks, with their bytes in the text.
    pub(crate) blocks: Vec<(Prose, Range<usize>)>,
    /// Bytes of the text that are words: no markup, no code, no addresses.
    pub(crate) runs: Vec<Range<usize>>,
    /// Where its links lead, with their places.
    pub(crate) links: Vec<Lead>,
}

impl Reading {
    /// Whether this byte of the text is words; runs stand in the order of the text.
    pub(crate) fn is_words(&self, at: usize) -> bool {
        let next = self.runs.partition_point(|run| run.start <= at);
        next.checked_sub(1).is_some_and(|own| self.runs[own].contains(&at))
    }

    pub(crate) fn prose(&self) -> Vec<Prose> {
        self.blocks.iter().map(|(prose, _)| prose.clone()).collect()
    }
}

/// Reads a text; what does not belong into it is put into `out`.
pub(crate) fn read(text: &Text, manner: Manner<'_>, out: &mut Findings) -> Reading {
    let mut builder = Builder {
        text,
        manner,
        language: Language::of(&manner.publication.language),
        frames: vec![Frame::new(Holder::Blocks(Kind::Body))],
        ignored: 0,
        html: None,
        reading: Reading::default(),
        out,
    };
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    for (event, range) in Parser::new_ext(&text.value, options).into_offset_iter() {
        builder.event(event, range);
    }
    while builder.frames.len() > 1 {
        builder.close(0..text.value.len());
    }
    builder.flush();
    builder.slots();
    builder.reading
}

/// Reads a text of one paragraph, such as the words beside a number.
pub(crate) fn read_line(text: &Text, manner: Manner<'_>, out: &mut Findings) -> (Vec<Inline>, Reading) {
    let mut reading = read(text, manner, out);
    let words = match (reading.blocks.len(), reading.blocks.pop()) {
        (1, Some((Prose::Paragraph(words), _))) => words,
        (0, _) => Vec::new(),
        _ => {
            let finding = Finding::error("bad-value", "this is one paragraph of plain words");
            let label = "more than one paragraph, or a list, heading or table";
            out.push(finding.at(&text.source, text.span.clone(), label));
            Vec::new()
        }
    };
    (words, reading)
}

/// Levels beyond which nesting is flattened: renderers walk prose by recursion, and no page is deeper.
const DEEPEST: usize = 12;

struct Builder<'a> {
    text: &'a Text,
    manner: Manner<'a>,
    language: Language,
    frames: Vec<Frame>,
    /// Levels below the deepest, whose opening was not kept.
    ignored: usize,
    /// Where the last HTML ended.
    html: Option<usize>,
    reading: Reading,
    out: &'a mut Findings,
}

struct Frame {
    holder: Holder,
    blocks: Vec<Prose>,
    inlines: Vec<Inline>,
    items: Vec<Vec<Prose>>,
    cells: Vec<Vec<Inline>>,
    rows: Vec<Vec<Vec<Inline>>>,
    /// Where loose words in it began.
    began: usize,
}

enum Holder {
    Blocks(Kind),
    Paragraph,
    Heading(u8),
    Code,
    Emphasis,
    Strong,
    Strikethrough,
    /// `None` for an address that was refused: its words stay.
    Link(Option<String>),
    Cell,
    Row,
    Table,
    /// HTML and pictures: said, and left out.
    Refused,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Body,
    Quote,
    List(Option<u64>),
    Item,
}

impl Frame {
    fn new(holder: Holder) -> Self {
        let (blocks, inlines, items) = (Vec::new(), Vec::new(), Vec::new());
        Self { holder, blocks, inlines, items, cells: Vec::new(), rows: Vec::new(), began: 0 }
    }
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(words) => {
                self.reading.runs.push(range.clone());
                self.push_text(&words, range.start);
            }
            Event::Code(code) => self.push(Inline::Code(one_line(&code)), range.start),
            // Typography knows whether the script puts a space there.
            Event::SoftBreak => self.push_text("\n", range.start),
            Event::HardBreak => self.push(Inline::Break, range.start),
            Event::Rule => {
                self.flush();
                self.block(Prose::Rule, range);
            }
            Event::InlineHtml(_) | Event::Html(_) => self.refuse_html(range),
            // Switched off: footnotes, tasks, mathematics.
            Event::FootnoteReference(_) | Event::TaskListMarker(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        if self.ignored > 0 || self.frames.len() >= DEEPEST {
            if self.ignored == 0 {
                let finding = Finding::error("bad-value", "this is nested too deep");
                self.say(finding, range, "lists and quotes inside one another go a few levels down at most");
            }
            self.ignored += 1;
            return;
        }
        let holder = match tag {
            Tag::Paragraph => Holder::Paragraph,
            Tag::Heading { level, .. } => Holder::Heading(level as u8),
            Tag::BlockQuote(_) => Holder::Blocks(Kind::Quote),
            Tag::CodeBlock(_) => Holder::Code,
            Tag::List(start) => Holder::Blocks(Kind::List(start)),
            Tag::Item => Holder::Blocks(Kind::Item),
            Tag::Table(_) => Holder::Table,
            Tag::TableHead | Tag::TableRow => Holder::Row,
            Tag::TableCell => Holder::Cell,
            Tag::Emphasis => Holder::Emphasis,
            Tag::Strong => Holder::Strong,
            Tag::Strikethrough => Holder::Strikethrough,
            Tag::Link { dest_url, .. } => Holder::Link(self.link(&dest_url, range.clone())),
            Tag::Image { .. } => {
                let finding = Finding::error("bad-value", "a picture cannot stand inside running text");
                self.say(finding, range.clone(), "give it a block of type `image`, or the story's `image`");
                Holder::Refused
            }
            Tag::HtmlBlock => Holder::Refused,
            // Switched off.
            _ => Holder::Blocks(Kind::Body),
        };
        if !matches!(
            holder,
            Holder::Emphasis | Holder::Strong | Holder::Strikethrough | Holder::Link(_) | Holder::Refused
        ) {
            self.flush();
        }
        self.frames.push(Frame::new(holder));
    }

    fn end(&mut self, _: TagEnd, range: Range<usize>) {
        if self.ignored > 0 {
            self.ignored -= 1;
            return;
        }
        if self.frames.len() > 1 {
            self.close(range);
        }
    }

    /// Closes the innermost frame and hands what it holds to the one around it.
    fn close(&mut self, range: Range<usize>) {
        if matches!(self.top().holder, Holder::Blocks(_)) {
            self.flush();
        }
        let Some(mut frame) = self.frames.pop() else { return };
        let words = std::mem::take(&mut frame.inlines);
        match frame.holder {
            Holder::Paragraph => self.paragraph(words, range),
            Holder::Heading(level) => {
                let words = self.set(words);
                self.block(Prose::Heading(level, words), range);
            }
            Holder::Code => self.block(Prose::Code(plain(&words).trim_end().to_owned()), range),
            Holder::Emphasis => self.push(Inline::Emphasis(words), range.start),
            Holder::Strong => self.push(Inline::Strong(words), range.start),
            Holder::Strikethrough => self.push(Inline::Strikethrough(words), range.start),
            Holder::Link(Some(url)) => {
                let at = self.text.part(range.clone());
                let heard = plain(&words);
                let source = &self.text.source;
                self.out.extend(links::words::words(&heard, &url, source, at.clone()));
                let lead = Lead { address: url.clone(), source: source.clone(), span: at, words: Some(heard) };
                self.reading.links.push(lead);
                self.push(Inline::Link { url, text: words }, range.start);
            }
            Holder::Link(None) => self.top().inlines.extend(words),
            Holder::Cell => {
                let words = self.set(words);
                self.top().cells.push(words);
            }
            Holder::Row => self.top().rows.push(frame.cells),
            Holder::Table => {
                let mut rows = frame.rows.into_iter();
                let head = rows.next().unwrap_or_default();
                self.block(Prose::Table { head, rows: rows.collect() }, range);
            }
            Holder::Blocks(Kind::Item) => self.top().items.push(frame.blocks),
            Holder::Blocks(Kind::List(start)) => self.block(Prose::List { start, items: frame.items }, range),
            Holder::Blocks(Kind::Quote) => self.block(Prose::Quote(frame.blocks), range),
            Holder::Blocks(Kind::Body) => frame.blocks.into_iter().for_each(|block| self.block(block, range.clone())),
            Holder::Refused => {}
        }
    }

    fn top(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("the frame of the whole text is never closed")
    }

    fn push(&mut self, inline: Inline, at: usize) {
        let frame = self.top();
        if frame.inlines.is_empty() {
            frame.began = at;
        }
        frame.inlines.push(inline);
    }

    /// Runs of text are one run: the parser parts them at every mark it tried.
    fn push_text(&mut self, words: &str, at: usize) {
        match self.top().inlines.last_mut() {
            Some(Inline::Text(text)) => text.push_str(words),
            _ => self.push(Inline::Text(words.to_owned()), at),
        }
    }

    /// Words loose in a list item or quote are a paragraph; so are those before a nested list.
    fn flush(&mut self) {
        let frame = self.top();
        if matches!(frame.holder, Holder::Blocks(_)) && !frame.inlines.is_empty() {
            let (words, began) = (std::mem::take(&mut frame.inlines), frame.began);
            self.paragraph(words, began..began);
        }
    }

    fn paragraph(&mut self, words: Vec<Inline>, range: Range<usize>) {
        let words = self.set(words);
        if !words.is_empty() {
            self.block(Prose::Paragraph(words), range);
        }
    }

    fn set(&mut self, mut words: Vec<Inline>) -> Vec<Inline> {
        if self.manner.slots {
            words = open_slots(words);
        }
        typography::inlines(&mut words, self.language);
        words
    }

    fn block(&mut self, prose: Prose, range: Range<usize>) {
        if self.frames.len() == 1 {
            self.reading.blocks.push((prose, range));
        } else {
            self.top().blocks.push(prose);
        }
    }

    fn link(&mut self, url: &str, range: Range<usize>) -> Option<String> {
        let at = self.text.part(range.clone());
        let ground =
            Ground { publication: self.manner.publication, anchors: self.manner.anchors, paid: self.manner.paid };
        let address = links::resolve(url, &self.text.source, at, ground, self.out)?;
        Some(address)
    }

    /// One finding for a stretch of HTML, not one a tag: an opening, its words and its closing are one thought.
    fn refuse_html(&mut self, range: Range<usize>) {
        let lines_between = |end: usize| self.text.value[end..range.start.max(end)].matches('\n').count();
        let same_thought = self.html.replace(range.end).is_some_and(|end| lines_between(end) <= 1);
        if !same_thought {
            let finding = Finding::error("bad-value", "HTML cannot stand inside running text");
            self.say(finding, range, "write it in Markdown: **bold**, *italic*, [words](https://…)");
        }
    }

    fn say(&mut self, finding: Finding, range: Range<usize>, label: &str) {
        let text = &self.text.value[range.clone()];
        let range = range.start..range.start + text.trim_end().len().min(text.find('\n').unwrap_or(text.len()));
        self.out.push(finding.at(&self.text.source, self.text.part(range), label));
    }

    /// Slots that are none: misspelt, without a fallback, or in a text that is the same for all.
    fn slots(&mut self) {
        let value = &self.text.value;
        for (at, _) in
            value.match_indices('{').filter(|(at, _)| self.reading.is_words(*at) && !value[..*at].ends_with('{'))
        {
            let longest = (at + 1 + LONGEST_SLOT).min(value.len());
            let end = (at + 1..=longest).rev().find(|end| value.is_char_boundary(*end)).unwrap_or(at + 1);
            let rest = value[at + 1..end].lines().next().unwrap_or_default();
            let inside = rest.split('}').next().unwrap_or_default();
            // `{{…}}` is another program's, and said to be left over.
            if !is_like_first_name(inside) {
                continue;
            }
            let finding = if slot(inside).is_none() || inside.len() == rest.len() {
                Finding::error("bad-value", "this is not a slot")
                    .help("write `{first_name|reader}`, with the word for readers whose name is not known")
            } else if !self.manner.slots {
                Finding::error("bad-value", "only letters, texts and promos speak to one reader")
                    .help("a story is the same for everyone, on the web too")
            } else {
                continue;
            };
            let end = at + 1 + inside.len() + usize::from(inside.len() < rest.len());
            self.out.push(finding.at(&self.text.source, self.text.part(at..end), ""));
        }
    }
}

/// Bytes between the braces, at most: a name of 64 characters and what stands before it.
const LONGEST_SLOT: usize = 300;

/// Whether this was meant as a reader's name: `first_name`, `firstname|you`, `First Name, good morning`.
fn is_like_first_name(inside: &str) -> bool {
    let named = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ');
    let name = inside.split(|c| !named(c)).next().unwrap_or_default();
    let plain: String = name.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    plain == "firstname" || plain == "name"
}

/// `first_name|reader`, without the braces.
fn slot(inside: &str) -> Option<Slot> {
    let fallback = inside.strip_prefix("first_name|")?.trim();
    let fine = !fallback.is_empty() && fallback.chars().count() <= 64 && !fallback.contains(['{', '|', '\n', '<', '>']);
    fine.then(|| Slot::FirstName { fallback: fallback.to_owned() })
}

/// Texts parted at their slots.
fn open_slots(words: Vec<Inline>) -> Vec<Inline> {
    let mut out = Vec::with_capacity(words.len());
    for inline in words {
        match inline {
            Inline::Text(text) => open_slots_in(&text, &mut out),
            Inline::Emphasis(inner) => out.push(Inline::Emphasis(open_slots(inner))),
            Inline::Strong(inner) => out.push(Inline::Strong(open_slots(inner))),
            Inline::Strikethrough(inner) => out.push(Inline::Strikethrough(open_slots(inner))),
            Inline::Link { url, text } => out.push(Inline::Link { url, text: open_slots(text) }),
            other => out.push(other),
        }
    }
    out
}

fn open_slots_in(mut text: &str, out: &mut Vec<Inline>) {
    let mut from = 0;
    while let Some(at) = text[from..].find("{first_name|").map(|at| from + at) {
        let found = text[at..].find('}').and_then(|end| Some((slot(&text[at + 1..at + end])?, at + end + 1)));
        let Some((slot, end)) = found else {
            from = at + 1;
            continue;
        };
        if at > 0 {
            out.push(Inline::Text(text[..at].to_owned()));
        }
        out.push(Inline::Slot(slot));
        text = &text[end..];
        from = 0;
    }
    if !text.is_empty() {
        out.push(Inline::Text(text.to_owned()));
    }
}

fn one_line(code: &str) -> String {
    code.split_whitespace().collect::<Vec<_>>().join(" ")
}
