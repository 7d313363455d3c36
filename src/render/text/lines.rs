//! Lines of the text edition: what a column is, what may stand in one, where a line ends.

use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns of the text edition: what mail readers show unbroken, with room for one reply's mark.
pub(super) const COLUMNS: usize = 72;

/// Columns a terminal gives to a text: two for a CJK character or an emoji.
pub(super) fn columns(text: &str) -> usize {
    text.width()
}

/// Capitals for a label. German ß stays: SS would be another word.
pub(super) fn capitals(text: &str) -> String {
    text.chars().flat_map(|c| if c == 'ß' { vec![c] } else { c.to_uppercase().collect() }).collect()
}

/// Without what a plain text cannot show: controls, joiners, soft hyphens, byte order marks; a no-break space
/// holds until the lines are made.
pub(super) fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}'))
        .filter(|c| *c == '\n' || !c.is_control())
        .map(|c| if c == '\u{202f}' { '\u{a0}' } else { c })
        .collect()
}

/// A paragraph as lines of at most 72 columns, the margins included; web addresses are never broken.
pub(super) fn wrap(first: &str, rest: &str, text: &str) -> Vec<String> {
    let text = clean(text);
    let wide = text.chars().any(|c| c.width() == Some(2));
    let separator = if wide { WordSeparator::UnicodeBreakProperties } else { WordSeparator::AsciiSpace };
    let options = Options::new(COLUMNS)
        .initial_indent(first)
        .subsequent_indent(rest)
        .word_separator(separator)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit)
        .break_words(!text.contains("://"));
    textwrap::wrap(&text, options).iter().map(|line| line.replace('\u{a0}', " ")).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_never_stands_alone_on_a_line() {
        let headline = "Could a part-timer on the night ferry help you on to the property ladder?\u{a0}[13]";
        let lines = wrap("", "", headline);
        assert_eq!(lines[1], "ladder? [13]");
    }

    #[test]
    fn columns_are_counted_as_a_terminal_shows_them() {
        assert_eq!(columns("港の路面電車"), 12);
        let lines = wrap("", "", &"港の路面電車が戻る。".repeat(8));
        assert!(lines.len() > 1 && lines.iter().all(|line| columns(line) <= COLUMNS), "{lines:?}");
    }

    #[test]
    fn a_web_address_is_never_broken() {
        let url = format!("https://quay.test/{}", "a".repeat(100));
        assert_eq!(wrap("", "", &format!("See {url}")), ["See", &url]);
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_the_page(text in "[^:]{0,300}", margin in 0_usize..8) {
            let margin = " ".repeat(margin);
            for line in wrap(&margin, &margin, &text) {
                prop_assert!(columns(&line) <= COLUMNS, "{} columns: {line:?}", columns(&line));
            }
        }
    }
}
