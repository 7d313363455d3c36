//! Words with their place: a string of a TOML file, or the body of a story.
//!
//! What is read differs from what is written wherever there is an escape or a quotation mark of the file's own.
//! A finding is about words and points at the file, so every stretch of the one is found again in the other.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::finding::Source;

#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) value: String,
    pub(crate) source: Arc<Source>,
    pub(crate) span: Range<usize>,
    /// How the value lies in the file; found out once, when a place is first asked for.
    stretches: OnceLock<Vec<Stretch>>,
}

/// From this byte of the value on it stands in the file as it is, or is one escape.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    value: usize,
    /// In bytes of the file.
    at: usize,
    /// The width of an escape.
    escape: Option<usize>,
}

impl Text {
    pub(crate) fn new(value: String, source: &Arc<Source>, span: Range<usize>) -> Self {
        Self { value, source: source.clone(), span, stretches: OnceLock::new() }
    }

    /// Where a stretch of the value stands in the file, escapes and opening quotes counted.
    pub(crate) fn part(&self, range: Range<usize>) -> Range<usize> {
        let start = self.place(range.start).start;
        if range.is_empty() { start..start } else { start..self.place(range.end - 1).end.max(start) }
    }

    /// The first control character of ASCII, in bytes of the value; line ends and tabs are fine where `lines` are. Those
    /// of Latin-1 have a check of their own.
    pub(crate) fn control(&self, lines: bool) -> Option<Range<usize>> {
        let fine = |c: char| !c.is_ascii_control() || (lines && matches!(c, '\n' | '\r' | '\t'));
        let (at, c) = self.value.char_indices().find(|(_, c)| !fine(*c))?;
        Some(at..at + c.len_utf8())
    }

    /// The first control character of Latin-1: one of them once cut a small mail off in Gmail.
    pub(crate) fn latin_control(&self) -> Option<Range<usize>> {
        let (at, c) = self.value.char_indices().find(|(_, c)| ('\u{80}'..='\u{9f}').contains(c))?;
        Some(at..at + c.len_utf8())
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.value.trim().is_empty()
    }

    /// The characters of the file that give this byte of the value.
    fn place(&self, byte: usize) -> Range<usize> {
        let stretches = self.stretches.get_or_init(|| self.stretch());
        let next = stretches.partition_point(|stretch| stretch.value <= byte);
        let Some(stretch) = next.checked_sub(1).map(|own| stretches[own]) else {
            return self.span.start..self.span.start;
        };
        if let Some(width) = stretch.escape {
            return stretch.at..stretch.at + width;
        }
        let text = &self.source.text;
        let at = (stretch.at + byte - stretch.value).min(self.span.end);
        let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
        at..at + text[at..].chars().next().map_or(0, char::len_utf8)
    }

    /// How the value of a quoted TOML string lies in it; text without quotes is its own value.
    fn stretch(&self) -> Vec<Stretch> {
        let (raw, base) = (&self.source.text[self.span.clone()], self.span.start);
        let plain = |value, at| Stretch { value, at: base + at, escape: None };
        let (open, basic) = match raw.as_bytes() {
            _ if raw.len() == self.value.len() => (0, false),
            [b'"', b'"', b'"', ..] => (3, true),
            [b'\'', b'\'', b'\'', ..] => (3, false),
            [b'"', ..] => (1, true),
            [b'\'', ..] => (1, false),
            _ => (0, false),
        };
        let mut at = open;
        if open == 3 {
            // A newline right behind the opening quotes is not part of the value.
            at += if raw[at..].starts_with("\r\n") { 2 } else { usize::from(raw[at..].starts_with('\n')) };
        }
        let mut value = 0;
        let mut found = vec![plain(0, at)];
        while let Some(backslash) = raw[at..].find('\\').filter(|_| basic) {
            value += backslash;
            at += backslash;
            let (width, gives) = escape(&raw[at..]);
            if gives > 0 {
                found.push(Stretch { value, at: base + at, escape: Some(width) });
            }
            value += gives;
            at += width;
            found.push(plain(value, at));
        }
        found
    }
}

/// An escape's width in the file, and the bytes it gives.
fn escape(raw: &str) -> (usize, usize) {
    let hex = |digits: usize| {
        let code = raw.get(2..2 + digits).and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32);
        (2 + digits, code.map_or(1, char::len_utf8))
    };
    let (width, gives) = match raw.chars().nth(1) {
        Some('x') => hex(2),
        Some('u') => hex(4),
        Some('U') => hex(8),
        // A backslash at a line's end swallows all space up to the next word.
        Some(c) if c.is_whitespace() => (1 + raw[1..].len() - raw[1..].trim_start().len(), 0),
        Some(c) => (1 + c.len_utf8(), 1),
        None => (1, 0),
    };
    let width = width.min(raw.len());
    ((width..=raw.len()).find(|&at| raw.is_char_boundary(at)).unwrap_or(raw.len()), gives)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tree;
    use crate::finding::Findings;

    /// What of a file gives this word of a TOML string.
    fn written(raw: &str, word: &str) -> String {
        let source = Arc::new(Source { path: String::new(), text: format!("x = {raw}\n") });
        let document = tree::read(&source, 0..source.text.len(), "syntax", &mut Findings::default());
        let text = document.table.text("x").unwrap();
        let at = text.value.find(word).unwrap();
        source.text[text.part(at..at + word.len())].to_owned()
    }

    #[test]
    fn words_are_found_behind_quotes_escapes_and_folded_lines() {
        assert_eq!(written(r#""one two""#, "two"), "two");
        assert_eq!(written(r#""say \"one\" two""#, "two"), "two");
        assert_eq!(written(r#""caf\u00e9 two""#, "é two"), r"\u00e9 two");
        assert_eq!(written("\"\"\"\none \\\n   two three\"\"\"", "two"), "two");
        assert_eq!(written("\"\"\"\r\none\r\ntwo three\"\"\"", "three"), "three");
        assert_eq!(written("'''\na\\b two'''", "two"), "two");
        assert_eq!(written(r#""one \"""#, "\""), "\\\"");
    }

    #[test]
    fn nothing_is_found_at_its_place_and_the_end_behind_the_last_word() {
        let source = Arc::new(Source { path: String::new(), text: "x = \"one\"".to_owned() });
        let text = Text::new("one".to_owned(), &source, 4..9);
        assert_eq!((text.part(1..1), text.part(3..3), text.part(0..3)), (6..6, 8..8, 5..8));
    }
}
