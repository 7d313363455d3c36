//! How the words of a page are put: bound at the end of a line, between quotation marks.

use chrono::NaiveDate;
use unicode_width::UnicodeWidthChar;

use super::sides::kept;
use crate::typography::Language;
pub(super) use crate::words::{Words, direction};

/// “Tuesday 20 May 2025”, in a publication's language.
pub(super) fn long_date(date: NaiveDate, language: &str) -> String {
    Words::of(language).long_date(date)
}

/// An utterance between the quotation marks of its language.
pub(super) fn quoted(text: &str, language: &str) -> String {
    let [open, close] = Language::of(language).quotation();
    format!("{open}{text}{close}")
}

/// Words whose last line holds more than a scrap: what is short at the end stays with the words before it,
/// up to a stretch that a narrow column still holds. Scripts without spaces break where they like.
pub(super) fn bound(text: &str) -> String {
    /// A last line of this length stands on its own.
    const ENOUGH: usize = 8;
    /// A longer stretch would only move the hole up.
    const LONGEST: usize = 16;
    let text = text.trim_end();
    let mut begins = text.len();
    let spaces = text.char_indices().rev().filter(|(_, c)| *c == ' ').map(|(at, _)| at);
    for space in spaces {
        let tail = &text[space + 1..];
        let columns = tail.chars().count();
        if columns > LONGEST || tail.chars().any(|c| c.width() == Some(2)) {
            break;
        }
        begins = space + 1;
        if columns >= ENOUGH {
            break;
        }
    }
    let (head, tail) = text.split_at(begins);
    // A headline of two or three short words is no line and its scrap, but a line.
    if head.is_empty() {
        return kept(text).into_owned();
    }
    kept(&format!("{head}{}", tail.replace(' ', "\u{a0}"))).into_owned()
}

/// A few words that stay on one line, where a phone has room for them: “Chart: Rafe Lindqvist”.
pub(super) fn together(text: &str) -> String {
    /// Small type, on a phone.
    const ROOM: usize = 36;
    if text.chars().count() <= ROOM { kept(&text.replace(' ', "\u{a0}")).into_owned() } else { bound(text) }
}

/// Whether more may follow on the same line.
pub(super) fn ends_a_sentence(text: &str) -> bool {
    text.trim_end().ends_with(['.', '!', '?', '…', '”', '»', '。', '！', '？', '」', '؟'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_end_is_bound_to_the_words_before() {
        assert_eq!(bound("Trump drops demand after Putin call"), "Trump drops demand after Putin\u{a0}call");
        assert_eq!(bound("Line 5 passes, 24 to 23"), "Line 5 passes, 24\u{a0}to\u{a0}23");
        assert_eq!(bound("Two words"), "Two words");
        assert_eq!(bound("Pilots vote to stop before Christmas"), "Pilots vote to stop before Christmas");
        assert_eq!(
            bound("The committee congratulates antidisestablishmentarians at length"),
            "The committee congratulates antidisestablishmentarians at\u{a0}length"
        );
    }

    #[test]
    fn a_script_without_spaces_breaks_where_it_likes() {
        assert_eq!(bound("港の夜明け"), "港の夜明け");
        assert_eq!(bound("朝刊 港の夜明け 第九"), "朝刊 港の夜明け 第九");
    }

    #[test]
    fn a_credit_stays_on_one_line_where_a_phone_has_room() {
        assert_eq!(together("Chart: Rafe Lindqvist"), "Chart:\u{a0}Rafe\u{a0}Lindqvist");
        let long = "Photograph: The Harbour Trust’s own archive of glass plates";
        assert_eq!(together(long), bound(long));
    }

    #[test]
    fn a_sentence_is_told_by_its_end() {
        assert!(ends_a_sentence("It is shut.") && !ends_a_sentence("The gate, shut"));
    }

    #[test]
    fn an_utterance_stands_between_the_marks_of_its_language() {
        assert_eq!(quoted("nein", "de"), "„nein“");
        assert_eq!(quoted("いいえ", "ja"), "「いいえ」");
        assert_eq!(quoted("non", "fr"), "«\u{202f}non\u{202f}»");
    }
}
