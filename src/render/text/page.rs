//! A page of text being set: lines, indents, rules, and the list of links that grows beside it.

use unicode_width::UnicodeWidthChar;

use crate::prose::{Inline, Prose, Slot, plain};
use crate::render::lines::{COLUMNS, HARD_SPACE, columns, wrap};
use crate::render::links;
use crate::render::sides;
use crate::render::slots::is_printable;
use crate::render::words::direction;
use crate::render::{Context, Piece};

#[derive(Default)]
pub(super) struct Page {
    pieces: Vec<Piece>,
    /// What every line begins with: the side of a box, the depth of a quotation.
    indent: String,
    /// What the next line begins with instead: a number, a bullet.
    mark: Option<String>,
    /// Lists around this place.
    depth: usize,
    links: Vec<String>,
    /// It stands at the head already, and is not listed again.
    web_url: Option<String>,
    /// Whether the last line is empty, or there is none yet.
    clear: bool,
    /// Whether the last line that is not empty was drawn.
    ruled: bool,
    /// Its lines are read from the right.
    from_the_right: bool,
}

impl Page {
    pub(super) fn new(web_url: &str, language: &str) -> Self {
        let from_the_right = direction(language) == "rtl";
        Self { web_url: links::target(web_url), clear: true, from_the_right, ..Self::default() }
    }

    pub(super) fn is_from_the_right(&self) -> bool {
        self.from_the_right
    }

    pub(super) fn web_url(&self) -> Option<String> {
        self.web_url.clone()
    }

    /// A page for what is not printed, knowing the links so far.
    pub(super) fn aside(&self) -> Self {
        let Self { links, web_url, from_the_right, .. } = self;
        let (links, web_url) = (links.clone(), web_url.clone());
        Self { links, web_url, clear: true, from_the_right: *from_the_right, ..Self::default() }
    }

    pub(super) fn take_links(&mut self, other: &mut Self) {
        self.links = std::mem::take(&mut other.links);
    }

    pub(super) fn links(&self) -> &[String] {
        &self.links
    }

    /// The page as it stands, free of what a terminal or a checker stumbles over.
    pub(super) fn pieces(self) -> Vec<Piece> {
        let readable = |piece| readable(piece, self.from_the_right);
        self.pieces.into_iter().map(readable).collect()
    }

    // -- lines --

    /// A line as it is, however long: an address is never broken.
    pub(super) fn raw(&mut self, line: &str) {
        let line = format!("{}{line}", self.lead());
        self.text(line.trim_end());
        self.text("\n");
        self.clear = false;
        self.ruled &= line.trim_end().is_empty();
    }

    /// One empty line, never two, and none between a mark and what it marks.
    pub(super) fn gap(&mut self) {
        if !self.clear && self.mark.is_none() {
            self.raw("");
            self.clear = true;
        }
    }

    /// Columns left beside the indent.
    pub(super) fn room(&self) -> usize {
        COLUMNS.saturating_sub(columns(&self.indent)).max(1)
    }

    pub(super) fn rule(&mut self, with: char) {
        self.drawn(&with.to_string().repeat(self.room()));
    }

    /// A line that sets apart what stands above it from what follows.
    pub(super) fn drawn(&mut self, line: &str) {
        self.raw(line);
        self.ruled = true;
    }

    pub(super) fn is_ruled(&self) -> bool {
        self.ruled
    }

    pub(super) fn centred(&mut self, ornament: &str) {
        let before = self.room().saturating_sub(columns(ornament)) / 2;
        self.drawn(&format!("{}{ornament}", " ".repeat(before)));
    }

    /// A slot whose value is an address: a line of its own.
    pub(super) fn own_line(&mut self, slot: Slot) {
        self.pieces.push(Piece::Slot(slot, Context::PlainText));
        self.text("\n");
        (self.clear, self.ruled) = (false, false);
    }

    /// Words on as many lines as they need.
    pub(super) fn say(&mut self, words: &str) {
        let words = self.without_addresses(words);
        self.paragraph(vec![Piece::Fixed(words)]);
    }

    /// Words after a mark such as `2. `, further lines under the words.
    pub(super) fn hang(&mut self, mark: &str, words: &str) {
        self.after(mark, |page| page.say(words));
    }

    /// A heading, underlined as wide as its widest line; from the right nobody knows where a terminal puts a line of no
    /// words, so there it stands between two marks.
    pub(super) fn underlined(&mut self, words: &str, with: char) {
        if self.from_the_right {
            return self.say(&format!("{with}{with}{HARD_SPACE}{}{HARD_SPACE}{with}{with}", words.trim()));
        }
        let lines = wrap(words.trim(), "", "", self.room());
        let width = lines.iter().map(|line| columns(line)).max().unwrap_or(0);
        self.say(words);
        self.raw(&with.to_string().repeat(width));
    }

    /// Sets one paragraph now, or leaves it open where a name in it decides the lines.
    pub(super) fn paragraph(&mut self, words: Vec<Piece>) {
        let fixed: Option<String> =
            words.iter().map(|piece| if let Piece::Fixed(text) = piece { Some(text.as_str()) } else { None }).collect();
        if fixed.as_ref().is_some_and(|text| text.trim().is_empty()) {
            return;
        }
        let (first, rest) = (self.lead(), self.indent.clone());
        match fixed {
            Some(text) => {
                for line in wrap(text.trim(), &first, &rest, COLUMNS) {
                    self.text(&line);
                    self.text("\n");
                }
            }
            None => {
                self.pieces.push(Piece::Paragraph { first, rest, words });
                self.text("\n");
            }
        }
        (self.clear, self.ruled) = (false, false);
    }

    /// What the next line begins with.
    fn lead(&mut self) -> String {
        self.mark.take().unwrap_or_else(|| self.indent.clone())
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
        if let Some(mark) = &mut self.mark {
            mark.push_str(side);
        }
        self.indent.push_str(side);
        inner(self);
        self.indent = outer;
    }

    /// The first line that `inner` sets begins with the mark, the others under it.
    pub(super) fn after(&mut self, mark: &str, inner: impl FnOnce(&mut Self)) {
        let outer = self.indent.clone();
        let marked = self.lead() + mark;
        self.indent.push_str(&" ".repeat(columns(mark)));
        self.mark = Some(marked);
        inner(self);
        // Where nothing was set there is nothing to mark.
        self.mark = None;
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

    /// Web addresses written out among the words go where links go: their hosts stand here.
    fn without_addresses(&mut self, text: &str) -> String {
        if !text.contains("://") {
            return text.to_owned();
        }
        let mut out = String::new();
        for word in text.split_inclusive(' ') {
            let begins = word.find("https://").or_else(|| word.find("http://"));
            let Some(begins) = begins else {
                out.push_str(word);
                continue;
            };
            // Japanese goes on without a space.
            let end = word[begins..].find(|c: char| c.width() == Some(2)).map_or(word.len(), |end| begins + end);
            let url =
                word[begins..end].trim_end().trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '”', '’', '»', '“']);
            let number = self.linked("", Some(url));
            out.extend([&word[..begins], links::host(url), &number, &word[begins + url.len()..]]);
        }
        out
    }

    // -- running text --

    pub(super) fn running(&mut self, blocks: &[Prose]) {
        for (index, block) in blocks.iter().enumerate() {
            if index > 0 {
                self.gap();
            }
            self.running_block(block);
        }
    }

    fn running_block(&mut self, block: &Prose) {
        match block {
            Prose::Paragraph(words) => {
                let words = self.words(words);
                self.paragraph(words);
            }
            Prose::Heading(_, words) => {
                let words = self.as_read(words);
                self.underlined(&words, '-');
            }
            Prose::List { start, items } => self.list(*start, items),
            Prose::Quote(inner) => self.behind("> ", |page| page.running(inner)),
            Prose::Code(code) => self.behind("    ", |page| page.code(code)),
            Prose::Table { head, rows } => {
                let rows: Vec<Vec<String>> = std::iter::once(head.as_slice())
                    .chain(rows.iter().map(Vec::as_slice))
                    .map(|row| row.iter().map(|cell| self.as_read(cell)).collect())
                    .collect();
                self.table(&rows);
            }
            Prose::Rule => self.centred("* * *"),
        }
    }

    /// Code keeps its lines and spaces; only a line that no terminal holds is broken.
    fn code(&mut self, code: &str) {
        for line in code.lines() {
            let line = line.replace('\t', "    ");
            let begins = line.len() - line.trim_start().len();
            let (spaces, words) = line.split_at(begins.min(self.room() / 2));
            if columns(&line) <= self.room() {
                self.raw(&line);
            } else {
                for line in wrap(words, spaces, &format!("{spaces}  "), self.room()) {
                    self.raw(&line);
                }
            }
        }
    }

    /// Numbers stand flush right; items of several paragraphs stand apart, others one under the other.
    fn list(&mut self, start: Option<u64>, items: &[Vec<Prose>]) {
        let bullet = if self.depth.is_multiple_of(2) { "* " } else { "- " };
        let number = |index: usize| start.map(|start| start.saturating_add(index as u64).to_string());
        let widest = number(items.len().saturating_sub(1)).map_or(0, |number| number.len());
        let apart = |block: &Prose| !matches!(block, Prose::List { .. });
        let loose = items.iter().any(|item| item.iter().skip(1).any(apart));
        self.depth += 1;
        for (index, item) in items.iter().enumerate() {
            if loose && index > 0 {
                self.gap();
            }
            let mark = number(index).map_or_else(|| bullet.to_owned(), |number| format!("{number:>widest$}. "));
            self.after(&mark, |page| {
                for (index, block) in item.iter().enumerate() {
                    if index > 0 && (loose || apart(block)) {
                        page.gap();
                    }
                    page.running_block(block);
                }
            });
        }
        self.depth -= 1;
    }

    /// Words in one piece, where no reader's name decides a line: a name is its fallback.
    fn as_read(&mut self, words: &[Inline]) -> String {
        let words = self.words(words);
        words
            .iter()
            .map(|piece| match piece {
                Piece::Fixed(text) => text.as_str(),
                Piece::Slot(Slot::FirstName { fallback }, _) => fallback.as_str(),
                Piece::Slot(..) | Piece::Paragraph { .. } => "",
            })
            .collect()
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
                Inline::Text(text) => fixed(out, &self.without_addresses(&text.replace('\n', " "))),
                Inline::Code(code) => fixed(out, &format!("`{}`", code.replace('\n', " "))),
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

/// Free of what a terminal or a checker stumbles over, and read from its own side. Hard spaces of an open paragraph
/// hold until it is set.
fn readable(piece: Piece, from_the_right: bool) -> Piece {
    let sided = |line: &str| {
        let line = sides::kept(line);
        if from_the_right { sides::from_the_right(&line).into_owned() } else { line.into_owned() }
    };
    match piece {
        Piece::Fixed(text) => {
            let text = clean(&text).replace(HARD_SPACE, " ");
            Piece::Fixed(text.split_inclusive('\n').map(sided).collect())
        }
        Piece::Slot(..) => piece,
        Piece::Paragraph { first, rest, words } => {
            let side = |lead: String| if from_the_right { sides::begun_from_the_right(&lead) } else { lead };
            let clean = |piece| match piece {
                Piece::Fixed(text) => Piece::Fixed(sides::kept(&clean(&text)).into_owned()),
                piece => piece,
            };
            let words = words.into_iter().map(clean).collect();
            Piece::Paragraph { first: side(first), rest: side(rest), words }
        }
    }
}

/// Without controls and characters nobody sees, those among them that turn the text around (R24); joiners
/// stay, Persian and emoji are spelled with them.
fn clean(text: &str) -> String {
    let invisible = |c: char| matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    text.chars().filter(|c| is_printable(*c) && !invisible(*c)).collect()
}
