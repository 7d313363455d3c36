//! A page of text being set: lines, indents, rules, and the list of links that grows beside it.

use textwrap::core::{Word, display_width};
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

use crate::prose::{Inline, Prose, Slot, plain};
use crate::render::links;
use crate::render::slots::is_printable;
use crate::render::{Context, Piece};

/// As wide as a line gets, in terminal columns.
const COLUMNS: usize = 72;
/// Keeps a link's number with its word until the lines are set.
const HARD_SPACE: char = '\u{a0}';

#[derive(Default)]
pub(super) struct Page {
    pieces: Vec<Piece>,
    /// What every line begins with: the side of a box, the depth of a quotation.
    indent: String,
    links: Vec<String>,
    /// It stands at the head already, and is not listed again.
    web_url: Option<String>,
    /// Whether the last line is empty, or there is none yet.
    clear: bool,
}

impl Page {
    pub(super) fn new(web_url: &str) -> Self {
        Self { web_url: links::target(web_url), clear: true, ..Self::default() }
    }

    pub(super) fn web_url(&self) -> Option<String> {
        self.web_url.clone()
    }

    /// A page for what is not printed, knowing the links so far.
    pub(super) fn aside(&self) -> Self {
        Self { links: self.links.clone(), web_url: self.web_url.clone(), clear: true, ..Self::default() }
    }

    pub(super) fn take_links(&mut self, other: &mut Self) {
        self.links = std::mem::take(&mut other.links);
    }

    pub(super) fn links(&self) -> &[String] {
        &self.links
    }

    /// The page as it stands, free of what a terminal or a checker stumbles over.
    pub(super) fn pieces(self) -> Vec<Piece> {
        self.pieces.into_iter().map(readable).collect()
    }

    // -- lines --

    /// A line as it is, however long: an address is never broken.
    pub(super) fn raw(&mut self, line: &str) {
        let line = format!("{}{line}", self.indent);
        self.text(line.trim_end());
        self.text("\n");
        self.clear = false;
    }

    /// One empty line, never two.
    pub(super) fn gap(&mut self) {
        if !self.clear {
            self.raw("");
            self.clear = true;
        }
    }

    pub(super) fn rule(&mut self, with: char) {
        self.raw(&with.to_string().repeat(COLUMNS - display_width(&self.indent)));
    }

    /// A slot whose value is an address: a line of its own.
    pub(super) fn own_line(&mut self, slot: Slot) {
        self.pieces.push(Piece::Slot(slot, Context::PlainText));
        self.text("\n");
        self.clear = false;
    }

    /// Words on as many lines as they need.
    pub(super) fn say(&mut self, words: &str) {
        self.hang("", words);
    }

    /// Words after a mark such as `2. `, further lines under the words.
    pub(super) fn hang(&mut self, mark: &str, words: &str) {
        self.set(mark, vec![Piece::Fixed(words.to_owned())]);
    }

    /// A heading, underlined as wide as its last line.
    pub(super) fn underlined(&mut self, words: &str, with: char) {
        let room = COLUMNS - display_width(&self.indent);
        let width = wrap(words, &Options::new(room)).last().map_or(0, |line| display_width(line));
        self.say(words);
        self.raw(&with.to_string().repeat(width));
    }

    pub(super) fn paragraph(&mut self, words: Vec<Piece>) {
        self.set("", words);
    }

    /// Sets one paragraph now, or leaves it open where a name in it decides the lines.
    fn set(&mut self, mark: &str, words: Vec<Piece>) {
        let first = format!("{}{mark}", self.indent);
        let rest = format!("{}{}", self.indent, " ".repeat(display_width(mark)));
        let fixed: Option<String> =
            words.iter().map(|piece| if let Piece::Fixed(text) = piece { Some(text.as_str()) } else { None }).collect();
        match fixed {
            Some(text) if text.trim().is_empty() => return,
            Some(text) => {
                let options = Options::new(COLUMNS).initial_indent(&first).subsequent_indent(&rest);
                for line in wrap(text.trim(), &options) {
                    self.text(line.trim_end());
                    self.text("\n");
                }
            }
            None => {
                self.pieces.push(Piece::Paragraph { first, rest, words });
                self.text("\n");
            }
        }
        self.clear = false;
    }

    fn text(&mut self, text: &str) {
        match self.pieces.last_mut() {
            Some(Piece::Fixed(last)) => last.push_str(text),
            _ => self.pieces.push(Piece::Fixed(text.to_owned())),
        }
    }

    /// What `inner` sets begins with `side`.
    pub(super) fn behind(&mut self, side: &str, inner: impl FnOnce(&mut Self)) {
        let outer = self.indent.clone();
        self.indent.push_str(side);
        inner(self);
        self.indent = outer;
    }

    // -- links --

    /// Words and the number of where they lead, e.g. `See how [6]`.
    pub(super) fn linked(&mut self, words: &str, url: Option<&str>) -> String {
        let number = url.and_then(links::target).and_then(|url| self.number(url));
        match number {
            Some(number) => format!("{}{HARD_SPACE}[{number}]", words.trim_end()),
            None => words.to_owned(),
        }
    }

    fn number(&mut self, url: String) -> Option<usize> {
        if self.web_url.as_ref() == Some(&url) {
            return None;
        }
        let at = self.links.iter().position(|known| *known == url).unwrap_or_else(|| {
            self.links.push(url);
            self.links.len() - 1
        });
        Some(at + 1)
    }

    // -- running text --

    pub(super) fn running(&mut self, blocks: &[Prose]) {
        for (index, block) in blocks.iter().enumerate() {
            if index > 0 {
                self.gap();
            }
            self.running_block("", block);
        }
    }

    fn running_block(&mut self, mark: &str, block: &Prose) {
        match block {
            Prose::Paragraph(words) => {
                let words = self.words(words);
                self.set(mark, words);
            }
            Prose::Heading(_, words) => {
                let words = self.one_line(words);
                self.underlined(&words, '-');
            }
            Prose::List { start, items } => self.list(*start, items),
            Prose::Quote(inner) => self.behind("> ", |page| page.running(inner)),
            Prose::Code(code) => {
                self.behind("    ", |page| {
                    for line in code.lines() {
                        page.raw(&line.replace('\t', "    "));
                    }
                });
            }
            Prose::Table { head, rows } => self.table(head, rows),
            Prose::Rule => self.raw("* * *"),
        }
    }

    fn list(&mut self, start: Option<u64>, items: &[Vec<Prose>]) {
        for (index, item) in items.iter().enumerate() {
            let mark =
                start.map_or_else(|| "* ".to_owned(), |start| format!("{}. ", start.saturating_add(index as u64)));
            let Some((head, rest)) = item.split_first() else { continue };
            self.running_block(&mark, head);
            self.behind(&" ".repeat(mark.len()), |page| page.running(rest));
        }
    }

    /// In columns where they fit, else one row after the other.
    fn table(&mut self, head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>]) {
        let rows: Vec<Vec<String>> = std::iter::once(head)
            .chain(rows.iter().map(Vec::as_slice))
            .map(|row| row.iter().map(|cell| self.one_line(cell)).collect())
            .collect();
        let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| display_width(cell)).max();
        let widths: Vec<usize> = (0..head.len()).filter_map(width).collect();
        let fits = widths.iter().sum::<usize>() + 2 * widths.len() <= COLUMNS - display_width(&self.indent);
        for (index, row) in rows.iter().enumerate() {
            if fits {
                let padded = row
                    .iter()
                    .zip(&widths)
                    .map(|(cell, width)| format!("{cell}{}", " ".repeat(width - display_width(cell))));
                self.raw(&padded.collect::<Vec<_>>().join("  "));
            } else {
                self.hang("* ", &row.join(" / "));
            }
            if index == 0 && fits {
                self.raw(&widths.iter().map(|width| "-".repeat(*width)).collect::<Vec<_>>().join("  "));
            }
        }
    }

    /// Words measured before the reader is known, their links numbered: a name stands as its fallback.
    fn one_line(&mut self, words: &[Inline]) -> String {
        let words = self.words(words);
        let text = |piece: &Piece| match piece {
            Piece::Fixed(text) => text.replace('\n', " "),
            Piece::Slot(Slot::FirstName { fallback }, _) => fallback.clone(),
            Piece::Slot(..) | Piece::Paragraph { .. } => String::new(),
        };
        words.iter().map(text).collect()
    }

    pub(super) fn words(&mut self, words: &[Inline]) -> Vec<Piece> {
        let mut out = Vec::new();
        self.words_into(words, &mut out);
        out
    }

    fn words_into(&mut self, words: &[Inline], out: &mut Vec<Piece>) {
        let fixed = |out: &mut Vec<Piece>, text: &str| out.push(Piece::Fixed(text.to_owned()));
        for inline in words {
            match inline {
                Inline::Text(text) | Inline::Code(text) => fixed(out, &text.replace('\n', " ")),
                Inline::Emphasis(inner) => self.marked("_", inner, out),
                Inline::Strong(inner) => self.marked("*", inner, out),
                Inline::Strikethrough(inner) => self.marked("~", inner, out),
                Inline::Link { url, text } => self.link(url, text, out),
                Inline::Break => fixed(out, "\n"),
                Inline::Slot(slot @ (Slot::FirstName { .. } | Slot::Address)) => {
                    out.push(Piece::Slot(slot.clone(), Context::PlainText));
                }
                // The reader's own pages are at the foot.
                Inline::Slot(_) => {}
            }
        }
    }

    fn marked(&mut self, mark: &str, inner: &[Inline], out: &mut Vec<Piece>) {
        out.push(Piece::Fixed(mark.to_owned()));
        self.words_into(inner, out);
        out.push(Piece::Fixed(mark.to_owned()));
    }

    /// An address shown as its own text is printed once, in the list: here stands its host.
    fn link(&mut self, url: &str, text: &[Inline], out: &mut Vec<Piece>) {
        let words = plain(text);
        let bare = words.trim().is_empty() || url.contains(words.trim());
        if bare {
            out.push(Piece::Fixed(links::host(url.strip_prefix("mailto:").unwrap_or(url)).to_owned()));
        } else {
            self.words_into(text, out);
        }
        let number = self.linked("", Some(url));
        out.push(Piece::Fixed(number));
    }
}

/// Lines of at most the width, by what a terminal shows; an address in them is never broken.
fn wrap(text: &str, options: &Options<'_>) -> Vec<String> {
    let options = options
        .clone()
        .break_words(!text.contains("://"))
        .word_separator(WordSeparator::Custom(words_of))
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    textwrap::wrap(text, options).into_iter().map(|line| line.into_owned()).collect()
}

/// Unicode's line breaks, which Chinese and Japanese need; but none inside a web address.
fn words_of(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    if line.contains("://") {
        WordSeparator::AsciiSpace.find_words(line)
    } else {
        WordSeparator::UnicodeBreakProperties.find_words(line)
    }
}

fn readable(piece: Piece) -> Piece {
    match piece {
        Piece::Fixed(text) => Piece::Fixed(clean(&text)),
        Piece::Slot(..) => piece,
        Piece::Paragraph { first, rest, words } => {
            Piece::Paragraph { first, rest, words: words.into_iter().map(readable).collect() }
        }
    }
}

/// Without controls and characters nobody sees; joiners stay, Persian and emoji are spelled with them.
fn clean(text: &str) -> String {
    let invisible = |c: char| matches!(c, '\u{ad}' | '\u{34f}' | '\u{200b}' | '\u{feff}');
    text.chars().filter(|c| is_printable(*c) && !invisible(*c)).map(|c| if c == HARD_SPACE { ' ' } else { c }).collect()
}
