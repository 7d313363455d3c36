//! What keeps its own order among words that run from the right, when it is printed.
//!
//! A browser turns whole words the right way round by itself. It cannot know that the groups of `03-555-1234` are one
//! number, that the marks of `C++` are part of it, or where a Latin sentence between quotation marks ends (UAX 9).

use std::borrow::Cow;
use std::ops::Range;

/// What is between them is read from the left; a mark that every client since Unicode 1.1 knows, and nobody sees.
const FROM_THE_LEFT: char = '\u{202a}';
/// The line behind it is read from the right.
const FROM_THE_RIGHT: char = '\u{202b}';
const ENDS: char = '\u{202c}';

/// The words as they are printed: as they stand, where nothing in them runs from the right.
pub(super) fn kept(text: &str) -> Cow<'_, str> {
    let stretches = apart(text);
    if stretches.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 6 * stretches.len());
    let mut at = 0;
    for Range { start, end } in stretches {
        out.extend([&text[at..start], &FROM_THE_LEFT.to_string(), &text[start..end], &ENDS.to_string()]);
        at = end;
    }
    out.push_str(&text[at..]);
    Cow::Owned(out)
}

/// A line of a text that runs from the right, for clients that take every line for one from the left. An address
/// stays as it is, and so does a line of no words.
pub(super) fn from_the_right(line: &str) -> Cow<'_, str> {
    let words = line.contains(char::is_alphanumeric);
    if words && !line.contains("://") { Cow::Owned(begun_from_the_right(line)) } else { Cow::Borrowed(line) }
}

/// What such a line begins with.
pub(super) fn begun_from_the_right(lead: &str) -> String {
    format!("{FROM_THE_RIGHT}{lead}")
}

/// Hebrew, Arabic and their relatives.
pub(super) fn runs_from_the_right(c: char) -> bool {
    c.is_alphabetic() && matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}')
}

/// The stretches between words from the right that would come apart.
fn apart(text: &str) -> Vec<Range<usize>> {
    if text.is_ascii() || !text.contains(runs_from_the_right) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut at = 0;
    for run in text.split(runs_from_the_right) {
        let begins = at;
        at += run.len();
        at += text[at..].chars().next().map_or(0, char::len_utf8);
        found.extend(stretches(run).map(|own| begins + own.start..begins + own.end));
    }
    found
}

/// In a run without a word from the right: what is quoted in it as a whole, or else its numbers and marked words.
fn stretches(run: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let quoted = quotation(run);
    let rest = if quoted.is_some() { "" } else { run };
    let words = rest.split_inclusive(' ').scan(0, |at, word| {
        let begins = *at;
        *at += word.len();
        Some((begins, word))
    });
    quoted.into_iter().chain(words.filter_map(|(begins, word)| {
        let own = inner(word)?;
        let comes_apart = is_number_in_groups(&word[own.clone()]) || has_marks(&word[own.clone()]);
        comes_apart.then(|| begins + own.start..begins + own.end)
    }))
}

/// A Latin utterance that ends with a mark before its quotation does: `Hello, world!` of `«Hello, world!»`.
fn quotation(run: &str) -> Option<Range<usize>> {
    let opens = run.find(['«', '“', '”', '„', '‹', '"'])?;
    let begins = opens + run[opens..].chars().next()?.len_utf8();
    let ends = begins + run[begins..].find(['»', '”', '“', '›', '"'])?;
    let own = &run[begins..ends];
    let latin = own.contains(char::is_alphabetic) && own.ends_with(['!', '?', '.', '…', '+', '#']);
    latin.then_some(begins..ends)
}

/// A word without the marks of the sentence around it.
fn inner(word: &str) -> Option<Range<usize>> {
    let begins = word.find(|c: char| c.is_alphanumeric() || c == '+')?;
    let (last, c) = word.char_indices().rfind(|(_, c)| c.is_alphanumeric() || matches!(c, '+' | '#'))?;
    (begins < last).then(|| begins..last + c.len_utf8())
}

/// `03-555-1234`, `2026-11-24`, `+44-20`: not `12-14`, which is read from the right as its words are.
fn is_number_in_groups(word: &str) -> bool {
    let groups: Vec<&str> = word.trim_start_matches('+').split(['-', '–', '‑']).collect();
    let figures = |group: &&str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    groups.iter().all(figures) && (groups.len() > 2 || (groups.len() == 2 && word.starts_with(['+', '0'])))
}

/// `C++`, `C#`.
fn has_marks(word: &str) -> bool {
    word.ends_with(['+', '#']) && word.starts_with(|c: char| c.is_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretches_of(text: &str) -> Vec<&str> {
        apart(text).into_iter().map(|own| &text[own]).collect()
    }

    #[test]
    fn numbers_in_groups_and_marked_words_keep_their_order() {
        assert_eq!(stretches_of("اتصل على 03-555-1234، أو لاحقًا."), ["03-555-1234"]);
        assert_eq!(stretches_of("כתבו ב־C++ וב־C# ב־2026-11-24."), ["C++", "C#", "2026-11-24"]);
        assert_eq!(stretches_of("رقم +44-20-7946 هنا"), ["+44-20-7946"]);
        assert_eq!(stretches_of("قال «Hello, world!» ثم مضى"), ["Hello, world!"]);
    }

    #[test]
    fn what_no_reader_would_see_come_apart_is_left_as_it_is() {
        for text in ["NATO و5G في 12-14", "בין 2019–2021, 3.5% ו־12/3", "“Hello, world!” 03-555-1234", "ذهب «NATO»"]
        {
            assert_eq!(kept(text), text);
        }
    }

    #[test]
    fn nothing_but_marks_is_added() {
        assert_eq!(kept("على 03-555-1234."), "على \u{202a}03-555-1234\u{202c}.");
        assert_eq!(from_the_right("2. 5G في المدينة"), "\u{202b}2. 5G في المدينة");
        assert_eq!(from_the_right("-----"), "-----");
        assert_eq!(from_the_right("[1] https://a.example/"), "[1] https://a.example/");
    }
}
