//! Words on lines, for a terminal: how many columns they take, and where they may break.
//!
//! The text part is set here when it is rendered, and once more for the paragraphs that wait for a name.

use std::ops::Range;

use textwrap::WordSeparator;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// As wide as a line gets, in terminal columns.
pub(crate) const COLUMNS: usize = 72;
/// Keeps two words on one line until the lines are set; a terminal is then given a common space.
pub(super) const HARD_SPACE: char = '\u{a0}';
const NARROW_SPACE: char = '\u{202f}';

/// The columns a terminal shows a text in: two for ideographs and emoji, whole sequences as one. Terminals
/// do not draw Arabic's ligatures: each letter counts.
pub(super) fn columns(text: &str) -> usize {
    if is_plain(text) {
        return text.len();
    }
    let shown = text.width();
    if text.chars().any(|c| matches!(c, '\u{600}'..='\u{6ff}')) {
        shown.max(text.chars().filter_map(char::width).sum())
    } else {
        shown
    }
}

/// It takes a column a byte. Most texts do, and each reader's copy sets some anew.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Sets a text on lines of at most `width` columns; the first line begins with `first`, the others with
/// `rest`. Only an address is ever wider, alone on its line; any other word that long is broken.
pub(crate) fn wrap(text: &str, first: &str, rest: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let hanging = columns(rest);
    let begun = |lead: &str| {
        let mut line = String::with_capacity(lead.len() + width);
        line.push_str(lead);
        line
    };
    for stretch in text.split('\n') {
        let (lead, mut indent) = if lines.is_empty() { (first, columns(first)) } else { (rest, hanging) };
        let columns = if is_plain(stretch) { str::len } else { columns };
        let (mut line, mut used) = (begun(lead), 0);
        let mut end = |line: &mut String| lines.push(printable(std::mem::replace(line, begun(rest))));
        for word in words(stretch) {
            let bare = word.trim_end();
            let wide = columns(bare);
            if used > 0 && used + wide > width.saturating_sub(indent).max(1) {
                end(&mut line);
                (used, indent) = (0, hanging);
            }
            let room = width.saturating_sub(indent.max(hanging)).max(1);
            if wide > room && !is_address(word) {
                for part in parts(word, room) {
                    if used > 0 {
                        end(&mut line);
                        indent = hanging;
                    }
                    line.push_str(part);
                    used = columns(part);
                }
            } else {
                line.push_str(word);
                used += wide + columns(&word[bare.len()..]);
            }
        }
        lines.push(printable(line));
    }
    lines
}

/// Words with the space behind them, broken where Unicode says (UAX 14), which Chinese and Japanese need; but
/// never inside an address.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::with_capacity(text.len() / 4);
    for spaced in text.split_inclusive(' ') {
        if spaced.is_ascii() && (!spaced.contains('-') || is_address(spaced)) {
            words.push(spaced);
            continue;
        }
        let address = address_in(spaced);
        let (mut begin, mut at) = (0, 0);
        for word in WordSeparator::UnicodeBreakProperties.find_words(spaced) {
            at += word.word.len() + word.whitespace.len();
            if !(address.start < at && at < address.end) {
                words.push(&spaced[begin..at]);
                begin = at;
            }
        }
    }
    words
}

/// Where in a word without spaces an address stands, which is all ASCII: Japanese sets no space around it.
fn address_in(word: &str) -> Range<usize> {
    let mut begin = 0;
    for run in word.split_inclusive(|c: char| !c.is_ascii()) {
        let ascii = run.trim_end_matches(|c: char| !c.is_ascii());
        if is_address(ascii) {
            return begin..begin + ascii.len();
        }
        begin += run.len();
    }
    0..0
}

fn is_address(word: &str) -> bool {
    word.contains("://") || word.starts_with("mailto:") || (word.contains('@') && word.contains('.'))
}

/// A word too long for any line, in pieces that fit; marks stay with the letter they stand on.
fn parts(word: &str, room: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut begin, mut used) = (0, 0);
    for (at, c) in word.char_indices() {
        let wide = c.width().unwrap_or(0);
        if wide > 0 && used > 0 && used + wide > room {
            parts.push(&word[begin..at]);
            (begin, used) = (at, 0);
        }
        used += wide;
    }
    parts.push(&word[begin..]);
    parts
}

fn printable(mut line: String) -> String {
    line.truncate(line.trim_end().len());
    if line.is_ascii() { line } else { line.replace([HARD_SPACE, NARROW_SPACE], " ") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn columns_are_what_a_terminal_shows() {
        assert_eq!(["abc", "港湾", "🇩🇪", "👩‍👩‍👧", "é", "لا"].map(columns), [3, 4, 2, 2, 1, 2]);
    }

    #[test]
    fn an_address_is_never_broken_and_a_word_too_long_is() {
        let url = format!("https://a.example/{}", "x".repeat(40));
        assert_eq!(wrap(&format!("see {url} there"), "", "", 20), ["see", &url, "there"]);
        assert_eq!(wrap(&"x".repeat(25), "* ", "  ", 12), ["* xxxxxxxxxx", "  xxxxxxxxxx", "  xxxxx"]);
    }

    #[test]
    fn ideographs_break_anywhere_but_before_a_full_stop() {
        assert_eq!(wrap("港の夜明け。東の門", "", "", 10), ["港の夜明", "け。東の門"]);
        assert_eq!(
            wrap("連絡先はdesk-two@a.example。電話は不可", "", "", 20),
            ["連絡先は", "desk-two@a.example。", "電話は不可"]
        );
    }

    #[test]
    fn a_hard_space_holds_and_is_printed_as_a_common_one() {
        assert_eq!(wrap("one word\u{a0}[12] more", "", "", 10), ["one", "word [12]", "more"]);
    }

    proptest! {
        #[test]
        fn no_line_is_too_wide_and_no_word_is_lost(text in "[a-z港。é🦀ا -]{0,200}", width in 8_usize..80) {
            let lines = wrap(&text, "", "  ", width);
            for line in &lines {
                prop_assert!(columns(line) <= width, "{line}");
                prop_assert_eq!(line.trim_end(), line);
            }
            let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(bare(&lines.concat()), bare(&text));
        }
    }
}
