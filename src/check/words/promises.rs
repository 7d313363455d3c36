//! What subject and preheader promise, held against the issue they are read before: figures that stand nowhere in it,
//! and a reading time that it does not keep.

mod figures;

use std::ops::Range;

use chrono::Datelike;

use super::{Manner, Passage};
use crate::finding::{Finding, Findings};
use crate::issue::{Block, Body, Issue};
use crate::prose::Prose;
use figures::{Figure, figures, number_word};

/// Lists shorter than this are counted by readers: `5 things to know`.
const COUNTED: f64 = 12.0;

/// Words of a row that speaks of reading.
const READING: [&str; 6] = ["read", "lese", "lektüre", "leitura", "ler ", "leia"];

/// What an issue has to say for itself.
pub(crate) struct Said<'a> {
    pub(crate) issue: &'a Issue,
    /// The stories it shows or quotes, whole: a teaser's figure may stand below.
    pub(crate) stories: Vec<&'a str>,
}

pub(crate) fn check(passages: &[Passage], said: &Said<'_>, english: bool, findings: &mut Findings) {
    let body = || passages.iter().filter(|passage| passage.manner != Manner::Envelope);
    let known: Vec<Figure> = body()
        .map(|passage| passage.text.value.as_str())
        .chain(said.stories.iter().copied())
        .flat_map(|text| figures(&dateless(text), english))
        .collect();
    for row in passages.iter().filter(|passage| passage.manner == Manner::Envelope) {
        let text = row.text.value.as_str();
        let time = reading_time(text, english);
        if let Some((at, minutes)) = &time {
            findings.extend(broken(*minutes, said.issue).map(|title| {
                let finding = Finding::warning("reading-promise", title);
                row.say(finding, at.clone(), "")
                    .help("leave the time out: the mail counts its minutes, and prints them")
            }));
        }
        let of_reading = |at: usize| time.as_ref().is_some_and(|(whole, _)| whole.contains(&at));
        // Words for numbers are counted on one side only: `One pump did not` counts nothing.
        let claims = figures(text, false).into_iter().filter(|figure| !of_reading(figure.at.start));
        for figure in claims {
            if !kept(&figure, &known, said.issue, english) {
                let title = format!("\"{}\" stands nowhere in this issue", &text[figure.whole()]);
                let finding = Finding::warning("number-not-in-issue", title);
                findings.push(row.say(finding, figure.whole(), "").help("look it up in the story"));
            }
        }
    }
}

/// A story's text without the lines in which its front matter keeps dates and addresses.
fn dateless(text: &str) -> String {
    const KEYS: [&str; 7] = ["published", "updated", "expires", "embargo", "url", "image", "imported_from"];
    let kept = |line: &&str| !KEYS.iter().any(|key| line.starts_with(key) && line.contains('='));
    text.lines().filter(kept).collect::<Vec<_>>().join("\n")
}

/// Whether the issue says this figure, or something it may be short for.
fn kept(figure: &Figure, known: &[Figure], issue: &Issue, english: bool) -> bool {
    let value = figure.value;
    if let Some((other, _)) = figure.beside {
        // `7–2`: these two, one behind the other.
        return known.windows(2).any(|pair| pair[0].value == value && pair[1].value == other && pair[0].near(&pair[1]));
    }
    let year = f64::from(issue.date.year());
    let spelt_elsewhere = !english && value <= COUNTED;
    value < 2.0
        || spelt_elsewhere
        || (value - year).abs() <= 1.0
        || known.iter().any(|other| figure.stands_for(other.value))
        || (value <= COUNTED && counts(issue).any(|count| f64::from(count) == value))
}

/// Everything of an issue that may be counted: its stories, and what its lists hold.
fn counts(issue: &Issue) -> impl Iterator<Item = u32> + '_ {
    let small = |count: usize| u32::try_from(count).unwrap_or_default();
    std::iter::once(small(issue.stories)).chain(issue.blocks.iter().flat_map(move |block| {
        let own = match &block.body {
            Body::List(items) | Body::Picks(items) => vec![items.len()],
            _ => lists(block),
        };
        own.into_iter().map(small)
    }))
}

/// How long the lists of a block's text are.
fn lists(block: &Block) -> Vec<usize> {
    let of = |blocks: &[Prose]| {
        let long = |block: &Prose| match block {
            Prose::List { items, .. } => Some(items.len()),
            Prose::Table { rows, .. } => Some(rows.len()),
            _ => None,
        };
        blocks.iter().filter_map(long).collect::<Vec<_>>()
    };
    match &block.body {
        Body::Letter(words) | Body::Text(words) => of(words),
        Body::Story(item) => {
            let sections = &item.story.sections;
            let inside = sections.iter().flat_map(|section| of(&section.body));
            inside.chain([sections.len()]).collect()
        }
        _ => Vec::new(),
    }
}

/// `a two-minute read`, `in 5 minutes`: where it stands, and how many.
fn reading_time(text: &str, english: bool) -> Option<(Range<usize>, usize)> {
    let lower = text.to_lowercase();
    if lower.len() != text.len() || !READING.iter().any(|word| lower.contains(word)) {
        return None;
    }
    let at = ["minut", "min ", "min."].iter().find_map(|word| lower.find(word))?;
    let before = lower[..at].trim_end_matches(|c: char| c.is_whitespace() || c == '-' || c == '‑');
    let word = before.rsplit(|c: char| !c.is_alphanumeric()).next()?;
    let minutes = word.parse().ok().or_else(|| number_word(word).filter(|_| english))?;
    Some((before.len() - word.len()..at, minutes))
}

/// What became of the promise, where the issue takes much longer or is over much sooner.
fn broken(promised: usize, issue: &Issue) -> Option<String> {
    let near =
        |minutes: usize| minutes.abs_diff(promised) <= 1 || (minutes * 2 <= promised * 3 && promised <= minutes * 2);
    let stories = issue.blocks.iter().flat_map(|block| block.body.items()).filter_map(|item| item.story.minutes);
    if near(issue.minutes) || stories.into_iter().any(|minutes| minutes == promised) {
        return None;
    }
    let takes = |minutes: usize| if minutes == 1 { "1 minute".to_owned() } else { format!("{minutes} minutes") };
    Some(format!("{} of reading are promised, the issue takes {}", takes(promised), takes(issue.minutes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_time_is_a_number_of_minutes_in_a_row_that_speaks_of_reading() {
        let promised = |text| reading_time(text, true).map(|(_, minutes)| minutes);
        assert_eq!(promised("Plus two schools: a two-minute read for your bus ride"), Some(2));
        assert_eq!(promised("Your morning, read in 5 minutes"), Some(5));
        assert_eq!(promised("Ready: the ferry is 40 minutes late"), Some(40));
        assert_eq!(promised("The ferry is 40 minutes late"), None);
        assert_eq!(promised("What to read while you wait"), None);
    }
}
