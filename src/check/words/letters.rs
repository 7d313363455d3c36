//! Letters that are not what they look like: invisible ones, those of another script, those read in the wrong
//! encoding, and the controls an old word processor left behind.

use super::{Manner, Passage};
use crate::finding::{Finding, Findings};
use crate::words::direction;

pub(super) fn check(passage: &Passage, language: &str, findings: &mut Findings) {
    let text = passage.text.value.as_str();
    findings.extend(odd(passage));
    for (at, letter) in text.char_indices().filter(|(_, letter)| !letter.is_ascii()) {
        let here = at..at + letter.len_utf8();
        let told = passage.manner == Manner::Envelope && breaks_a_row(letter);
        if !told && is_hidden(letter, &text[..at], &text[here.end..], language) {
            let code = u32::from(letter);
            let finding =
                Finding::warning("hidden-character", format!("an invisible character, U+{code:04X}, stands here"));
            let place = passage.as_written(&here);
            let finding = passage.say(finding, here, "nobody sees it, and a search does not find the word");
            findings.push(match place {
                Some(place) => finding.help("take it out").mend(place, ""),
                None => finding.help("take it out"),
            });
        }
    }
    for (at, meant) in garbled(text) {
        let finding = Finding::warning("garbled", "these letters were read in the wrong encoding");
        let place = passage.as_written(&at).filter(|_| !meant.is_empty());
        let finding = passage.say(finding, at, "");
        findings.push(match place {
            Some(place) => finding.help(format!("`{meant}` is meant?")).fix(place, meant),
            None => finding.help("type the letter again that stood here"),
        });
    }
    for (at, meant) in foreign(text) {
        let finding =
            Finding::warning("look-alike", format!("this is not the word \"{meant}\", it only looks like it"));
        let place = passage.as_written(&at);
        let finding = passage.say(finding, at, "letters of another script, or a letter for a figure");
        findings.push(match place {
            Some(place) => finding.help("searches, screen readers and filters read another word").fix(place, meant),
            None => finding.help("searches, screen readers and filters read another word"),
        });
    }
}

/// A control character of Latin-1: Gmail clips a mail at one, however small it is.
fn odd(passage: &Passage) -> Option<Finding> {
    let at = passage.text.latin_control()?;
    let code = passage.text.value[at.clone()].chars().next().map_or(0, u32::from);
    let finding = Finding::error("clip-odd-char", format!("a control character, U+{code:04X}, stands here"));
    let finding = passage.say(finding, at, "it shows as nothing, and Gmail hides what follows");
    Some(finding.help("type the quotation mark or dash again that stood here"))
}

/// What turns an inbox's row around, or ends it.
pub(crate) fn breaks_a_row(letter: char) -> bool {
    matches!(letter, '\u{feff}' | '\u{2028}' | '\u{2029}' | '\u{202d}' | '\u{202e}')
}

/// Whether a character is neither seen nor needed: scripts that join or turn have use for some.
fn is_hidden(letter: char, before: &str, behind: &str, language: &str) -> bool {
    let plain = |c: Option<char>| c.is_none_or(|c| c.is_ascii());
    match letter {
        _ if breaks_a_row(letter) => true,
        '\u{2061}'..='\u{2064}' => true,
        '\u{200b}' | '\u{2060}' | '\u{200c}' => plain(before.chars().next_back()) && plain(behind.chars().next()),
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202c}' | '\u{2066}'..='\u{2069}' => direction(language) == "ltr",
        _ => false,
    }
}

/// UTF-8 that was taken for Latin-1: `Ã©` for `é`, `â€™` for `’`; and what no encoding could read at all.
fn garbled(text: &str) -> Vec<(std::ops::Range<usize>, String)> {
    let mut found: Vec<(std::ops::Range<usize>, String)> = Vec::new();
    for (at, letter) in text.char_indices() {
        if found.last().is_some_and(|(last, _)| at < last.end) {
            continue;
        }
        if letter == '\u{fffd}' {
            found.push((at..at + letter.len_utf8(), String::new()));
            continue;
        }
        let width = match letter {
            'Â' | 'Ã' | 'Ä' | 'Å' => 2,
            'â' => 3,
            _ => continue,
        };
        // „A und Ä“ is German.
        let quoted =
            text[at + letter.len_utf8()..].starts_with(['“', '”', '‘', '’', '«', '»', '–', '—', '…', '‹', '›']);
        if width == 2 && quoted {
            continue;
        }
        let letters: Vec<(usize, char)> = text[at..].char_indices().take(width).collect();
        let bytes: Option<Vec<u8>> = letters.iter().map(|(_, letter)| byte_of(*letter)).collect();
        let meant = bytes.filter(|bytes| bytes.len() == width).and_then(|bytes| String::from_utf8(bytes).ok());
        if let (Some(meant), Some((last, letter))) = (meant, letters.last()) {
            found.push((at..at + last + letter.len_utf8(), meant));
        }
    }
    found
}

/// The byte a letter stood for in Windows-1252, where it is not plain ASCII.
fn byte_of(letter: char) -> Option<u8> {
    const WINDOWS: [(char, u8); 27] = [
        ('€', 0x80),
        ('‚', 0x82),
        ('ƒ', 0x83),
        ('„', 0x84),
        ('…', 0x85),
        ('†', 0x86),
        ('‡', 0x87),
        ('ˆ', 0x88),
        ('‰', 0x89),
        ('Š', 0x8a),
        ('‹', 0x8b),
        ('Œ', 0x8c),
        ('Ž', 0x8e),
        ('‘', 0x91),
        ('’', 0x92),
        ('“', 0x93),
        ('”', 0x94),
        ('•', 0x95),
        ('–', 0x96),
        ('—', 0x97),
        ('˜', 0x98),
        ('™', 0x99),
        ('š', 0x9a),
        ('›', 0x9b),
        ('œ', 0x9c),
        ('ž', 0x9e),
        ('Ÿ', 0x9f),
    ];
    match u32::from(letter) {
        code @ 0x80..=0xff => u8::try_from(code).ok(),
        _ => WINDOWS.iter().find(|(own, _)| *own == letter).map(|(_, byte)| *byte),
    }
}

/// Letters of other scripts that look like Latin ones, in pairs.
const TWINS: &str = "аaеeоoрpсcуyхxіiјjѕsһhԁdԛqԝwАAВBЕEКKМMНHОOРPСCТTУYХXІIЈJЅSΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXοoνv";

/// Words of two scripts whose strangers all look at home, and figures with a letter among them.
fn foreign(text: &str) -> Vec<(std::ops::Range<usize>, String)> {
    let mut found = Vec::new();
    let mut at = 0;
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        let here = at..at + word.len();
        at = here.end + text[here.end..].chars().next().map_or(0, char::len_utf8);
        // `4.2O`: behind a point nothing but figures stands.
        let broken =
            text[..here.start].strip_suffix(['.', ',']).is_some_and(|sum| sum.ends_with(|c: char| c.is_ascii_digit()));
        let meant = at_home(word).or_else(|| figures(word, broken));
        if let Some(meant) = meant {
            found.push((here, meant));
        }
    }
    found
}

/// The word in Latin letters, where it is Latin but for letters that look so.
fn at_home(word: &str) -> Option<String> {
    if word.is_ascii() || !word.contains(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let twins: Vec<char> = TWINS.chars().collect();
    let twin = |letter: char| twins.chunks(2).find(|pair| pair[0] == letter).map(|pair| pair[1]);
    let latin = |c: char| c.is_ascii() || ('\u{c0}'..='\u{24f}').contains(&c);
    let strangers = word.chars().filter(|c| !latin(*c)).count();
    let meant: Option<String> =
        word.chars().map(|letter| if latin(letter) { Some(letter) } else { twin(letter) }).collect();
    meant.filter(|_| strangers > 0)
}

/// `2O26`: a figure between figures that is none; behind a point, one at the end.
fn figures(word: &str, broken: bool) -> Option<String> {
    let figure = |c: char| match c {
        'O' | 'o' => Some('0'),
        'l' | 'I' => Some('1'),
        c => c.is_ascii_digit().then_some(c),
    };
    let ends = word.starts_with(|c: char| c.is_ascii_digit())
        && word.ends_with(|c: char| c.is_ascii_digit() || (broken && matches!(c, 'O' | 'o')));
    let meant: Option<String> = word.chars().map(figure).collect();
    meant.filter(|meant| ends && meant != word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str, found: Vec<(std::ops::Range<usize>, String)>) -> Vec<(&str, String)> {
        found.into_iter().map(|(at, meant)| (&text[at], meant)).collect()
    }

    #[test]
    fn a_word_of_two_scripts_is_seen_where_only_a_machine_would() {
        let text = "The hаrbour in Mоscow, 2O26";
        let meant = [("hаrbour", "harbour"), ("Mоscow", "Moscow"), ("2O26", "2026")];
        assert_eq!(parts(text, foreign(text)), meant.map(|(word, meant)| (word, meant.to_owned())));
        assert!(foreign("Москва, Ελλάδα, 5 μm, α-Strahlen, Åland, CO2, H2O, 4x4, naïve café").is_empty());
    }

    #[test]
    fn letters_of_the_wrong_encoding_are_known_by_what_they_make() {
        let text = "cafÃ© itâ€™s Â£5";
        let meant = [("Ã©", "é"), ("â€™", "’"), ("Â£", "£")];
        assert_eq!(parts(text, garbled(text)), meant.map(|(word, meant)| (word, meant.to_owned())));
        assert!(garbled("Ângela, São Paulo, pâté, âge, Åse, GARÇÃO").is_empty());
    }

    #[test]
    fn what_joins_or_turns_letters_is_no_intruder_among_its_own() {
        assert!(is_hidden('\u{200b}', "a", "b", "en") && is_hidden('\u{202e}', "a", "b", "he"));
        assert!(!is_hidden('\u{200c}', "می", "خواهم", "fa") && !is_hidden('\u{200f}', "א", "a", "he"));
        assert!(is_hidden('\u{200f}', "a", "b", "en-GB") && !is_hidden('\u{200d}', "👩", "🚒", "en"));
    }
}
