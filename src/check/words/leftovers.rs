//! What was left standing by a slip of the fingers: marks of Markdown that mark nothing, words and full stops typed
//! twice, spaces where none belong.

use std::ops::Range;

use super::{Manner, Passage};
use crate::finding::{Finding, Findings};

/// Marks that a reader would see.
pub(super) fn markup(passage: &Passage, findings: &mut Findings) {
    match passage.manner {
        Manner::Markdown => {
            let text = passage.text.value.as_str();
            let lone = text.matches('*').count() == 1;
            let star = text.find('*').filter(|at| lone && passage.is_words(*at) && opens(text, *at));
            if let Some(at) = star.map(|at| at..at + 1) {
                let finding = Finding::warning("markup-left", "this mark is printed as it stands");
                findings.push(passage.say(finding, at, "it has no twin").help("italic is *so*"));
            }
            findings.extend(bare_addresses(passage));
            for run in &passage.unbroken() {
                for at in unread(&passage.text.value, run) {
                    let finding = Finding::warning("markup-left", "this mark is printed as it stands");
                    let help = "bold is **so**, italic *so*, a link [words](https://…), without a space in between";
                    findings
                        .push(passage.say(finding, at, "it has no twin, or not where Markdown wants it").help(help));
                }
            }
        }
        Manner::Plain | Manner::Envelope => {
            for at in marked(&passage.text.value) {
                let finding = Finding::warning("markup-left", "a line is printed as it stands: it knows no Markdown");
                findings.push(passage.say(finding, at, "").help("write the words alone"));
            }
            if let Some(at) = passage.text.value.find("{first_name") {
                let finding = Finding::error("bad-value", "a slot cannot stand in this line");
                let end = passage.text.value[at..].find('}').map_or(passage.text.value.len(), |end| at + end + 1);
                findings.push(passage.say(finding, at..end, "").help("letters, texts and promos speak to one reader"));
            }
        }
    }
}

/// `See https://quay.news/a`: words that look like a link, and on the web are none.
fn bare_addresses(passage: &Passage) -> impl Iterator<Item = Finding> + '_ {
    let text = passage.text.value.as_str();
    let starts = ["https://", "http://"].into_iter().flat_map(|start| text.match_indices(start).map(|(at, _)| at));
    // The words of a link may be its address.
    let bare =
        |at: &usize| passage.is_words(*at) && !text[..*at].ends_with(['[', '<', '(', '"']) && !in_a_link(text, *at);
    starts.filter(bare).map(|at| {
        let length =
            text[at..].find(|c: char| c.is_whitespace() || matches!(c, ')' | ']' | '*')).unwrap_or(text.len() - at);
        let address = text[at..at + length].trim_end_matches(['.', ',', ';', ':', '!', '?', '"']);
        let finding = Finding::warning("link-bare", "this address is printed, and is no link");
        let finding = passage.say(finding, at..at + address.len(), "");
        finding.help(format!("write the words, and behind them the address: [the page]({address})"))
    })
}

fn in_a_link(text: &str, at: usize) -> bool {
    let opens = text[..at].rfind('[').filter(|open| !text[*open..at].contains(']'));
    opens.is_some_and(|_| text[at..].split('\n').next().is_some_and(|line| line.contains("](")))
}

/// Marks of Markdown that the parser left among the words.
fn unread(text: &str, run: &Range<usize>) -> Vec<Range<usize>> {
    let words = &text[run.clone()];
    let mut found: Vec<Range<usize>> = Vec::new();
    for mark in ["**", "__", "](", "] (", "][", ")[http", "`", "~~", "[caption", "[/caption]", "[gallery", "[embed]"] {
        for (at, _) in words.match_indices(mark) {
            let at = run.start + at..run.start + at + mark.len();
            if mark == "] (" && !text[at.end..].starts_with("http") {
                continue;
            }
            // `word__word` and a row of asterisks between parts of a text are meant.
            let row =
                text[..at.start].ends_with(mark) || text[at.end..].starts_with(mark.chars().next().unwrap_or(' '));
            let inside = mark == "__" && text[..at.start].ends_with(char::is_alphanumeric);
            let covered = found.last().is_some_and(|last| at.start < last.end);
            if !row && !inside && !covered {
                found.push(at);
            }
        }
    }
    found
}

/// `*word`: an asterisk that leads to a note stands behind a word.
fn opens(text: &str, at: usize) -> bool {
    let begins = text[..at].chars().next_back().is_none_or(|c| c.is_whitespace() || matches!(c, '"' | '(' | '“'));
    begins && text[at + 1..].starts_with(char::is_alphabetic)
}

/// Markdown in a text that is printed as it stands.
fn marked(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for mark in ["**", "*", "__", "_"] {
        found.extend(between(text, mark).filter(|_| found.is_empty()));
    }
    found.extend(text.find("](http").map(|at| at..at + "](http".len()));
    for tag in ["b", "i", "em", "strong", "br", "p", "a"] {
        let opening = format!("<{tag}");
        let opens = text.match_indices(&opening).map(|(at, mark)| at..at + mark.len());
        found.extend(opens.filter(|at| text[at.end..].starts_with(['>', ' ', '/'])));
    }
    for entity in ["&amp;", "&nbsp;", "&lt;", "&gt;", "&quot;", "&#39;", "&rsquo;", "&ndash;", "&mdash;"] {
        found.extend(text.match_indices(entity).map(|(at, mark)| at..at + mark.len()));
    }
    found
}

/// `*so*`: a mark at the beginning of a word, and its twin at the end of one.
fn between(text: &str, mark: &str) -> Option<Range<usize>> {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && !"*_".contains(c));
    let opens = |at: &usize| {
        edge(text[..*at].chars().next_back()) && text[at + mark.len()..].starts_with(char::is_alphanumeric)
    };
    let closes = |at: &usize| {
        edge(text[at + mark.len()..].chars().next())
            && text[..*at].ends_with(|c: char| c.is_alphanumeric() || ".!?".contains(c))
    };
    let at = text.match_indices(mark).map(|(at, _)| at).find(opens)?;
    let end = text.match_indices(mark).map(|(at, _)| at).filter(|end| *end > at).find(closes)?;
    Some(at..end + mark.len())
}

/// Words and marks typed twice, and spaces that belong elsewhere.
pub(super) fn check(passage: &Passage, run: &Range<usize>, language: &str, findings: &mut Findings) {
    let text = &passage.text.value[run.clone()];
    if passage.manner == Manner::Envelope
        && let Some(at) = text.trim().find("  ")
    {
        // In running text no reader sees it; an inbox shows what it gets.
        let at = text.len() - text.trim_start().len() + at;
        let finding = Finding::warning("spacing", "two spaces stand here side by side");
        findings.push(passage.say(finding, run.start + at..run.start + at + 2, "one is enough"));
    }
    let place = |at: Range<usize>| run.start + at.start..run.start + at.end;
    let english = language.starts_with("en");
    if english {
        for (at, word) in doubled_words(text) {
            let finding = Finding::warning("doubled-word", format!("\"{word}\" stands here twice"));
            findings.push(passage.say(finding, place(at), ""));
        }
    }
    // French sets a space before ; ! ? and the colon.
    if language.starts_with("fr") {
        return;
    }
    for (at, with) in misplaced(text) {
        let at = place(at);
        let finding = Finding::warning("spacing", "a slip in spaces or full stops");
        let mend = passage.as_written(&at);
        let finding = passage.say(finding, at, "");
        findings.push(match mend {
            Some(mend) => finding.fix(mend, with),
            None => finding,
        });
    }
}

/// Small words that no sentence has twice in a row.
#[rustfmt::skip]
const SMALL: &[&str] = &[
    "the", "a", "an", "of", "to", "and", "or", "for", "with", "from", "at", "by", "as", "their", "his", "its", "it",
    "was", "were", "are", "be", "been", "will", "would", "which", "who", "not", "but", "than", "into", "we", "they",
    "in", "on", "he", "she", "this", "these", "your", "our", "my", "if", "when", "has", "have", "can", "about",
    "after", "before", "over", "under",
];

/// Words that belong to the verb before them as well as to what follows, and how such verbs begin.
const PARTICLES: [&str; 4] = ["in", "on", "over", "about"];
#[rustfmt::skip]
const TAKE_ONE: &[&str] = &[
    "log", "sign", "check", "com", "cam", "mov", "settl", "turn", "go", "went", "carr", "hold", "held", "brought", "bring",
    "drop", "phon", "call", "let", "was", "is", "are", "were", "tak", "took", "hand", "mov", "stay", "step", "put", "gav",
];

/// Longer words that are said twice on purpose.
#[rustfmt::skip]
const SAID_TWICE: &[&str] = &[
    "that", "very", "long", "many", "much", "more", "really", "never", "bye", "knock", "night", "blah", "please",
    "well", "again", "yada", "beep", "chop", "there", "ever", "tick", "half", "hush", "pretty", "same", "softly",
    "slowly", "round", "rare", "dear", "easy", "hear", "look", "wait", "walla", "tuk", "choo", "cheep", "woof", "miles",
    "girl", "time", "days", "back", "down", "away", "none", "some",
];

/// `the the`, across a line's end too.
fn doubled_words(text: &str) -> Vec<(Range<usize>, &str)> {
    let mut found = Vec::new();
    let mut last: Option<(usize, &str)> = None;
    // The word before that one: who logs in in the morning means both.
    let mut verb = "";
    let mut at = 0;
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        if !word.is_empty() {
            let bare = word.trim_end_matches(|c: char| !c.is_alphanumeric());
            // “The The” is a band.
            let small = bare.starts_with(char::is_lowercase);
            if let Some((start, before)) = last.filter(|_| small)
                && before.eq_ignore_ascii_case(bare)
                && is_slip(before)
                && !(PARTICLES.contains(&before) && TAKE_ONE.iter().any(|own| verb.starts_with(own)))
            {
                found.push((start..at + bare.len(), before));
            }
            verb = last.map_or("", |(_, before)| before);
            last = Some((at, word));
        }
        at += piece.len();
    }
    found
}

/// A word nobody sets beside itself: a small one, or a longer one that means something by itself.
fn is_slip(word: &str) -> bool {
    let small = SMALL.contains(&word.to_ascii_lowercase().as_str());
    let long = word.len() > 3 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    small || (long && !SAID_TWICE.contains(&word))
}

/// ` ,` and `..` and `night.The`, with what was meant.
fn misplaced(text: &str) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    for mark in [" ,", " ;", " .", ",,", "..", "?.", "!.", " ?", " )"] {
        for (at, _) in text.match_indices(mark) {
            let (before, behind) = (&text[..at], &text[at + mark.len()..]);
            // `...`, ` .5`, ` .NET`, ` ..`: an ellipsis, a number, a name.
            let row = before.ends_with(['.', ',']) || behind.starts_with(['.', ',']);
            let number =
                mark == " ." && behind.starts_with(char::is_alphanumeric) || mark == " ;" && behind.starts_with(')');
            let open = before.is_empty() || before.ends_with(['\n', ' ', '…', '?', '!', '(']);
            if !row && !number && !open {
                // Yahoo! and Jeopardy! bring their own.
                let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
                if matches!(mark, "?." | "!.") && word.starts_with(char::is_uppercase) {
                    continue;
                }
                // Of two marks that end a sentence the first asks or calls.
                let meant = if matches!(mark, "?." | "!.") { &mark[..1] } else { &mark[1..] };
                found.push((at..at + mark.len(), meant.to_owned()));
            }
        }
    }
    for (at, _) in text.match_indices("( ") {
        let apart = text[..at].chars().next_back().is_none_or(char::is_whitespace);
        if apart && text[at + 2..].starts_with(char::is_alphanumeric) {
            found.push((at..at + 2, "(".to_owned()));
        }
    }
    found.extend(run_on(text));
    found
}

/// Bytes of a word, at most.
const LONGEST_WORD: usize = 64;

/// Whole characters of a text within these bytes.
fn around(text: &str, range: Range<usize>) -> &str {
    let floor = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let start = floor(range.start);
    &text[start..floor(range.end).max(start)]
}

/// A sentence that begins without a space before it: `night.The`. Hosts and abbreviations have dots of their own.
fn run_on(text: &str) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(['.', ',']) {
        let word =
            around(text, at.saturating_sub(LONGEST_WORD)..at).rsplit(char::is_whitespace).next().unwrap_or_default();
        let next = around(text, at + 1..at + LONGEST_WORD).split(char::is_whitespace).next().unwrap_or_default();
        let mut own = word.chars();
        let capital = own.next().is_some_and(char::is_uppercase) && word.chars().count() > 3;
        // A name may end a sentence, but no address: `Booking.com` goes on small.
        let small =
            word.len() > 2 && (word.chars().all(char::is_lowercase) || (capital && own.all(char::is_lowercase)));
        let mut letters = next.chars();
        let sentence = match (text[at..].starts_with('.'), letters.next(), letters.next()) {
            (true, Some(first), Some(second)) => first.is_uppercase() && second.is_lowercase(),
            (false, Some(first), Some(_)) => first.is_alphabetic(),
            _ => false,
        };
        if small && sentence && !next.trim_end_matches(['.', ',']).contains(['.', '/', '@', ',']) {
            found.push((at..at + 1, format!("{} ", &text[at..=at])));
        }
    }
    found.extend(closed_and_on(text));
    found
}

/// `call."The`: a sentence that begins right behind the mark that closes the one before.
fn closed_and_on(text: &str) -> impl Iterator<Item = (Range<usize>, String)> + '_ {
    let closed = |(at, mark): (usize, &str)| {
        let end =
            at + mark.len() + text[at + mark.len()..].chars().next().filter(|c| matches!(c, '"' | '”'))?.len_utf8();
        let word = text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        let mut letters = text[end..].chars();
        let sentence = letters.next()?.is_uppercase() && letters.next()?.is_lowercase();
        (word && sentence).then(|| (at..end, format!("{} ", &text[at..end])))
    };
    text.match_indices(['.', '!', '?']).filter_map(closed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slips(text: &str) -> Vec<&str> {
        misplaced(text).into_iter().map(|(at, _)| &text[at]).collect()
    }

    #[test]
    fn a_slip_of_the_space_bar_is_seen() {
        assert_eq!(slips("The pump ,which stopped"), [" ,"]);
        assert_eq!(slips("It stopped.. Then"), [".."]);
        assert_eq!(slips("It rained that night.The pump stopped"), ["."]);
        assert_eq!(slips("the pump,which stopped"), [","]);
        assert_eq!(slips("after the call.\"The pump stopped.\""), [".\""]);
        for fine in [
            "It rained ... and rained...",
            "Booking.com and theweek.com/a, e.g. Node.js and .NET, 3.5 and .5",
            "1,000 people, 2,5 m; he said, \"No.\" And: the U.S. too.",
            "a. b. c.",
        ] {
            assert_eq!(slips(fine), Vec::<&str>::new(), "{fine}");
        }
    }

    #[test]
    fn small_words_stand_alone() {
        let twice = |text: &'static str| doubled_words(text).into_iter().map(|(_, word)| word).collect::<Vec<_>>();
        assert_eq!(twice("The the pump, in the\nthe end, of of."), ["The", "the", "of"]);
        assert!(twice("that that had had, Duran Duran; the, the. The The, to-to").is_empty());
    }

    #[test]
    fn a_line_that_is_printed_as_it_stands_holds_no_markup() {
        let left = |text: &'static str| marked(text).into_iter().map(|at| &text[at]).collect::<Vec<_>>();
        assert_eq!(left("The *Gannet Rock* sails"), ["*Gannet Rock*"]);
        assert_eq!(left("It was **so** late &amp; dark"), ["**so**", "&amp;"]);
        assert_eq!(left("See [it](https://quay.news)"), ["](http"]);
        for fine in ["F*** off", "5 * 3 * 2", "snake_case_name", "AT&T, R&D; <3", "Rated *** of *****"] {
            assert_eq!(left(fine), Vec::<&str>::new(), "{fine}");
        }
    }
}
