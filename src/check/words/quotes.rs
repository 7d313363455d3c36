//! Quotation marks: each has its twin, and a paragraph that only quotes says whom.

use std::ops::Range;

use super::Passage;
use crate::finding::{Finding, Findings, Level};

pub(super) fn check(passage: &Passage, findings: &mut Findings) {
    let text = passage.text.value.as_str();
    for paragraph in passage.paragraphs() {
        // Who is quoted over several paragraphs opens each of them and closes the last.
        let speaks_on = text[paragraph.end..].trim_start().starts_with(['"', '“', '„', '«']);
        if let Some(at) = loose(passage, &paragraph).filter(|_| !speaks_on) {
            let finding = Finding::warning("quotes-unbalanced", "a quotation in this paragraph opens or closes alone");
            findings.push(passage.say(finding, at, "one mark is missing its twin"));
        }
        findings.extend(turned(passage, &paragraph));
        findings.extend(open_bracket(passage, &paragraph));
        findings.extend(unattributed(passage, &paragraph));
    }
}

/// A paragraph that is nothing but a quotation, and does not say whose: the one before may, so this only informs.
fn unattributed(passage: &Passage, paragraph: &Range<usize>) -> Option<Finding> {
    let words = passage.text.value[paragraph.clone()].trim();
    let inside = words.strip_prefix(['"', '“'])?.strip_suffix(['"', '”'])?;
    if inside.contains(['"', '“', '”']) || inside.split_whitespace().count() <= 5 {
        return None;
    }
    let start = paragraph.start + passage.text.value[paragraph.clone()].find(words)?;
    let finding = Finding::new("unattributed-quote", Level::Note, "who says this?");
    Some(passage.say(finding, start..start + words.len(), "the paragraph does not name the speaker"))
}

/// `”The pier is long,“`: both marks are there, each in the other's place.
fn turned(passage: &Passage, paragraph: &Range<usize>) -> Option<Finding> {
    let text = &passage.text.value[paragraph.clone()];
    // Finnish and Hebrew open with the mark that closes, German closes with the one that opens.
    if !text.contains('“') || text.contains('„') {
        return None;
    }
    let (at, mark) = text.match_indices('”').find(|(at, mark)| {
        let begins = text[..*at].chars().next_back().is_none_or(|c| c.is_whitespace() || c == '(');
        begins && text[at + mark.len()..].starts_with(|c: char| c.is_ascii_alphabetic())
    })?;
    let at = paragraph.start + at..paragraph.start + at + mark.len();
    let finding = Finding::warning("quotes-unbalanced", "this mark closes a quotation, and stands where one opens");
    passage.is_words(at.start).then(|| passage.say(finding, at, "“ is meant?"))
}

/// A bracket that nothing closes; `:(` is a face.
fn open_bracket(passage: &Passage, paragraph: &Range<usize>) -> Option<Finding> {
    let text = &passage.text.value[paragraph.clone()];
    let is_words = |at: usize| passage.is_words(paragraph.start + at);
    let opened: Vec<usize> = text.match_indices('(').map(|(at, _)| at).filter(|at| is_words(*at)).collect();
    let closed = text.match_indices(')').filter(|(at, _)| is_words(*at)).count();
    let [at] = opened.as_slice() else { return None };
    let word = text[at + 1..].starts_with(char::is_alphanumeric) && !text[..*at].ends_with([':', ';', '=', '-', ']']);
    let at = paragraph.start + at..paragraph.start + at + 1;
    let finding = Finding::warning("quotes-unbalanced", "this bracket is never closed");
    (closed == 0 && word).then(|| passage.say(finding, at, ""))
}

/// What a mark does where it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Opens,
    Closes,
    Either,
}

/// A mark without its twin.
fn loose(passage: &Passage, paragraph: &Range<usize>) -> Option<Range<usize>> {
    let text = passage.text.value.as_str();
    let found = text[paragraph.clone()].char_indices().map(|(at, mark)| (paragraph.start + at, mark));
    let marks: Vec<(usize, char)> =
        found.filter(|(at, mark)| "\"“”„«»「」『』".contains(*mark) && passage.is_words(*at)).collect();
    let straight = marks.iter().filter(|(_, mark)| *mark == '"').map(|(at, _)| *at);
    let (inches, straight): (Vec<usize>, Vec<usize>) = straight.partition(|at| is_inch(text, *at));
    let straight: Vec<(usize, Turn)> = straight.into_iter().filter_map(|at| Some((at, turn(text, at)?))).collect();
    // Behind a figure a mark may close a quotation or say inches: one of those is believed.
    let at = if !straight.len().is_multiple_of(2) && inches.len().is_multiple_of(2) {
        alone(&straight)
    } else {
        pairs(&marks).or_else(|| opened_alone(passage, paragraph))
    };
    let at = at?;
    Some(at..at + text[at..].chars().next().map_or(1, char::len_utf8))
}

/// Which way a straight mark is turned; none where it stands inside a word, as in Hebrew abbreviations.
fn turn(text: &str, at: usize) -> Option<Turn> {
    let before = text[..at].chars().next_back();
    let behind = text[at + 1..].chars().next();
    let hebrew = |c: Option<char>| c.is_some_and(|c| ('\u{5d0}'..='\u{5ea}').contains(&c));
    if hebrew(before) && hebrew(behind) {
        return None;
    }
    let begins = before.is_none_or(|c| c.is_whitespace() || "([-–—/*_".contains(c));
    let ends = behind.is_none_or(|c| c.is_whitespace() || ".,;:!?)]-–—*_".contains(c));
    Some(match (begins, ends) {
        (true, false) => Turn::Opens,
        (false, true) => Turn::Closes,
        _ => Turn::Either,
    })
}

fn is_inch(text: &str, at: usize) -> bool {
    text[..at].ends_with(|c: char| c.is_ascii_digit())
}

/// The mark at which pairing fails: one that closes what is not open, or that is still open at the end or when the
/// next one opens.
fn alone(marks: &[(usize, Turn)]) -> Option<usize> {
    let mut open: Option<usize> = None;
    for (at, turn) in marks {
        match (open, turn) {
            (None, Turn::Closes) => return Some(*at),
            (Some(first), Turn::Opens) => return Some(first),
            (None, _) => open = Some(*at),
            (Some(_), _) => open = None,
        }
    }
    open
}

/// The same for marks that say themselves which way they are turned.
fn pairs(marks: &[(usize, char)]) -> Option<usize> {
    let german = marks.iter().any(|(_, mark)| *mark == '„');
    for (open, close) in [('“', '”'), ('„', '“'), ('«', '»'), ('「', '」'), ('『', '』')] {
        if (open == '“') == german && matches!(open, '“' | '„') {
            continue;
        }
        // „…” and »…« are written too: there only the count says something.
        let closes = |mark: char| mark == close || (open == '„' && mark == '”');
        let own: Vec<(usize, Turn)> = marks
            .iter()
            .filter(|(_, mark)| *mark == open || closes(*mark))
            .map(|(at, mark)| (*at, if *mark == open { Turn::Opens } else { Turn::Closes }))
            .collect();
        let opened = own.iter().filter(|(_, turn)| *turn == Turn::Opens).count();
        // ”…” is how Finnish and Swedish quote.
        let alike = close == '”' && opened == 0 && own.len().is_multiple_of(2);
        if !alike && opened * 2 != own.len() {
            return alone(&own).or_else(|| own.last().map(|(at, _)| *at));
        }
    }
    None
}

/// `‘…` that nothing closes. A single closing mark is an apostrophe's twin, and ‘Abd and ‘90s have one of their own.
fn opened_alone(passage: &Passage, paragraph: &Range<usize>) -> Option<usize> {
    let text = &passage.text.value[paragraph.clone()];
    let (at, _) = text.match_indices('‘').find(|(at, mark)| {
        let behind = &text[at + mark.len()..];
        behind.starts_with(char::is_lowercase) && !behind.contains('’')
    })?;
    passage.is_words(paragraph.start + at).then_some(paragraph.start + at)
}
