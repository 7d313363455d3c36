//! The words a reader will see, read along: placeholders, house spellings, days that are no longer so.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{Datelike, NaiveDate, Weekday};

use crate::config::tree::Text;
use crate::finding::{Finding, Findings, Level};

/// A text that is shown, and which of its bytes are words.
#[derive(Clone, Debug)]
pub(crate) struct Passage {
    text: Text,
    runs: Vec<Range<usize>>,
    /// When the story it belongs to was published.
    written: Option<NaiveDate>,
}

impl Passage {
    pub(crate) fn new(text: &Text, runs: &[Range<usize>]) -> Self {
        Self { text: text.clone(), runs: joined(&text.value, runs), written: None }
    }

    /// A text that is words from end to end.
    pub(crate) fn line(text: &Text) -> Self {
        Self { text: text.clone(), runs: std::iter::once(0..text.value.len()).collect(), written: None }
    }

    pub(crate) fn written(self, written: Option<NaiveDate>) -> Self {
        Self { written, ..self }
    }

    fn say(&self, finding: Finding, at: Range<usize>, label: impl Into<String>) -> Finding {
        finding.at(&self.text.source, self.text.part(at), label)
    }
}

/// Runs parted only by a line's end are one: a phrase may cross it.
fn joined(text: &str, runs: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    for run in runs.iter().filter(|run| run.end <= text.len()) {
        match out.last_mut() {
            Some(last) if last.end <= run.start && text[last.end..run.start].chars().all(char::is_whitespace) => {
                last.end = run.end;
            }
            _ => out.push(run.clone()),
        }
    }
    out
}

/// Everything there is to say about what will be read on `date`.
pub(crate) fn check(passages: &[Passage], date: NaiveDate, style: &BTreeMap<String, String>, findings: &mut Findings) {
    for passage in passages {
        for run in &passage.runs {
            placeholders(passage, run, findings);
            spellings(passage, run, style, findings);
            days(passage, run, date, findings);
        }
        quotes(passage, findings);
        findings.extend(odd_character(passage));
        unattributed(passage, findings);
    }
}

/// A paragraph that is nothing but a quotation, and does not say whose: the one before may, so this only informs.
fn unattributed(passage: &Passage, findings: &mut Findings) {
    let text = &passage.text.value;
    for run in &passage.runs {
        let words = text[run.clone()].trim();
        let whole = words.strip_prefix(['"', '“']).and_then(|rest| rest.strip_suffix(['"', '”']));
        if whole.is_some_and(|inside| !inside.contains(['"', '“', '”']) && inside.split_whitespace().count() > 5) {
            let finding = Finding::new("unattributed-quote", Level::Note, "who says this?");
            let start = run.start + text[run.clone()].find(words).unwrap_or_default();
            findings.push(passage.say(finding, start..start + words.len(), "the paragraph does not name the speaker"));
        }
    }
}

/// A control character of Latin-1, left by an old word processor: Gmail clips a mail at one, however small it is.
fn odd_character(passage: &Passage) -> Option<Finding> {
    let (at, odd) = passage.text.value.char_indices().find(|(_, c)| ('\u{80}'..='\u{9f}').contains(c))?;
    let finding =
        Finding::error("clip-odd-char", format!("a control character, U+{:04X}, stands here", u32::from(odd)));
    let finding = passage.say(finding, at..at + odd.len_utf8(), "it shows as nothing, and Gmail hides what follows");
    Some(finding.help("type the quotation mark or dash again that stood here"))
}

/// What newsrooms write for "to come".
fn placeholders(passage: &Passage, run: &Range<usize>, findings: &mut Findings) {
    let text = &passage.text.value[run.clone()];
    let mut found: Vec<Range<usize>> = Vec::new();
    for mark in ["TK", "TKTK", "TODO"] {
        let shop = |at: &Range<usize>| text[at.end..].starts_with(" Maxx");
        found.extend(whole_words(text, mark).filter(|at| !shop(at)));
    }
    let lower = text.to_ascii_lowercase();
    found.extend(lower.match_indices("lorem ipsum").map(|(at, mark)| at..at + mark.len()));
    found.extend(text.match_indices("{{").map(|(at, mark)| at..at + mark.len()));
    findings.extend(found.into_iter().map(|at| {
        let title = format!("\"{}\" was left here to be filled in", &text[at.clone()]);
        passage.say(Finding::error("placeholder", title), run.start + at.start..run.start + at.end, "")
    }));
}

fn spellings(passage: &Passage, run: &Range<usize>, style: &BTreeMap<String, String>, findings: &mut Findings) {
    let text = &passage.text.value[run.clone()];
    for (wrong, right) in style {
        for at in whole_words(text, wrong) {
            // `Zelenskyy` holds no `Zelensky`, but a right form of several words may hold the wrong one.
            let inside = right.find(wrong.as_str()).is_some_and(|offset| {
                at.start.checked_sub(offset).is_some_and(|start| text[start..].starts_with(right.as_str()))
            });
            if inside {
                continue;
            }
            let span = run.start + at.start..run.start + at.end;
            let finding = Finding::warning("names-style", format!("the house writes \"{right}\", not \"{wrong}\""));
            let place = passage.text.part(span.clone());
            let exact = passage.text.source.text.get(place.clone()) == Some(wrong.as_str());
            let finding = passage.say(finding, span, "config.toml [style]");
            findings.push(if exact { finding.mend(place, right) } else { finding });
        }
    }
}

/// Where a word stands alone: no letter or figure on either side.
fn whole_words<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
    let edge = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
    text.match_indices(word).map(|(at, word)| at..at + word.len()).filter(move |at| {
        !word.is_empty() && edge(text[..at.start].chars().next_back()) && edge(text[at.end..].chars().next())
    })
}

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("Monday", Weekday::Mon),
    ("Tuesday", Weekday::Tue),
    ("Wednesday", Weekday::Wed),
    ("Thursday", Weekday::Thu),
    ("Friday", Weekday::Fri),
    ("Saturday", Weekday::Sat),
    ("Sunday", Weekday::Sun),
];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Days since a story was written after which its own words for days mislead.
const DAYS_OF_A_WEEKDAY: i64 = 6;
const DAYS_OF_YESTERDAY: i64 = 2;

fn days(passage: &Passage, run: &Range<usize>, date: NaiveDate, findings: &mut Findings) {
    let text = &passage.text.value[run.clone()];
    let age = passage.written.map_or(0, |written| date.signed_duration_since(written).num_days());
    for (name, weekday) in WEEKDAYS {
        for at in whole_words(text, name) {
            let span = |end: usize| run.start + at.start..run.start + end;
            match dated(&text[at.end..], passage.written.unwrap_or(date)) {
                Some((day, length)) if day.weekday() != weekday => {
                    let title = format!("{} is a {}, not a {name}", day.format("%-d %B %Y"), day.format("%A"));
                    findings.push(passage.say(Finding::error("weekday-wrong", title), span(at.end + length), ""));
                }
                Some(_) => {}
                None if age >= DAYS_OF_A_WEEKDAY => findings.push(relative(passage, name, span(at.end), age)),
                None => {}
            }
        }
    }
    if age >= DAYS_OF_YESTERDAY {
        for word in ["yesterday", "Yesterday", "tomorrow", "Tomorrow", "tonight", "Tonight"] {
            for at in whole_words(text, word) {
                findings.push(relative(passage, word, run.start + at.start..run.start + at.end, age));
            }
        }
    }
}

fn relative(passage: &Passage, word: &str, at: Range<usize>, age: i64) -> Finding {
    let title = format!("\"{word}\" in a story that is {age} days old");
    passage
        .say(Finding::warning("relative-day", title), at, "which day do readers take this for?")
        .help("write the date")
}

/// A date right behind a weekday (`, 24 November 2026`, ` November 24`), and how far it reaches. Without a
/// year the one nearest to `near` is meant.
fn dated(rest: &str, near: NaiveDate) -> Option<(NaiveDate, usize)> {
    let mut words = Vec::new();
    let mut at = 0;
    while words.len() < 4 {
        let gap = rest[at..].len() - rest[at..].trim_start_matches([',', ' ', '\n', '\r', '\u{a0}']).len();
        let word = rest[at + gap..].split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        if gap == 0 || word.is_empty() {
            break;
        }
        at += gap + word.len();
        words.push((word, at));
        if words.len() == 1 && word == "the" {
            words.pop();
        }
    }
    let (first, second) = (words.first()?, words.get(1).filter(|(word, _)| *word != "of").or(words.get(2))?);
    let (day, month) = match (number(first.0), month(second.0)) {
        (Some(day), Some(month)) => (day, month),
        _ => (number(second.0)?, month(first.0)?),
    };
    let year = words
        .iter()
        .find(|(word, end)| *end > second.1 && word.len() == 4)
        .and_then(|(word, end)| Some((word.parse().ok()?, *end)));
    if let Some((year, end)) = year {
        return Some((NaiveDate::from_ymd_opt(year, month, day)?, end));
    }
    let candidates = (near.year() - 1..=near.year() + 1).filter_map(|year| NaiveDate::from_ymd_opt(year, month, day));
    candidates.min_by_key(|day| day.signed_duration_since(near).num_days().abs()).map(|day| (day, second.1))
}

/// `24`, `24th`.
fn number(word: &str) -> Option<u32> {
    let figures = word.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let ending = &word[figures.len()..];
    let day = figures.parse().ok().filter(|day| (1..=31).contains(day))?;
    matches!(ending, "" | "st" | "nd" | "rd" | "th").then_some(day)
}

fn month(word: &str) -> Option<u32> {
    let short = |name: &str| word.len() == 3 && name.starts_with(word);
    (1..).zip(MONTHS).find(|(_, name)| *name == word || short(name)).map(|(number, _)| number)
}

/// A paragraph that opens a quotation and never closes it, though the next does not go on speaking.
fn quotes(passage: &Passage, findings: &mut Findings) {
    let text = &passage.text.value;
    let mut start = 0;
    for paragraph in text.split_inclusive("\n\n") {
        let here = start..start + paragraph.len();
        start = here.end;
        let mark = |mark: char| {
            paragraph
                .match_indices(mark)
                .map(|(at, _)| here.start + at)
                .filter(|at| passage.runs.iter().any(|run| run.contains(at)))
                .collect::<Vec<_>>()
        };
        let straight = mark('"');
        let inches = straight.iter().filter(|at| text[..**at].ends_with(|c: char| c.is_ascii_digit())).count();
        let (open, close) = (mark('“'), mark('”'));
        let speaks_on = text[here.end..].trim_start().starts_with(['"', '“']);
        let loose = if straight.len() % 2 == 1 && inches == 0 {
            straight.last()
        } else if open.len() > close.len() {
            open.last()
        } else if close.len() > open.len() && !text.contains('„') {
            close.last()
        } else {
            None
        };
        if let Some(at) = loose.copied().filter(|_| !speaks_on) {
            let width = text[at..].chars().next().map_or(1, char::len_utf8);
            let finding = Finding::warning("quotes-unbalanced", "a quotation in this paragraph opens or closes alone");
            findings.push(passage.say(finding, at..at + width, "one mark is missing its twin"));
        }
    }
}
