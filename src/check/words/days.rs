//! Days in running text: a weekday that is not its date's, a date there is none of, and words for days that are no
//! longer so.

mod calendar;
mod dates;
mod recurring;

use std::ops::Range;

use chrono::{Datelike, NaiveDate, Weekday};

use super::{Passage, whole_words};
use crate::finding::{Finding, Findings};

pub(super) use calendar::Calendar;
use calendar::Form;
use dates::Dated;

/// Days since a story was written after which its own words for days mislead.
const DAYS_OF_A_WEEKDAY: i64 = 6;
const DAYS_OF_YESTERDAY: i64 = 2;

/// One stretch of words, with what it takes to judge its days.
struct Days<'a> {
    passage: &'a Passage,
    run: &'a Range<usize>,
    text: &'a str,
    calendar: &'a Calendar,
    /// When it was written, and how many days ago that is for its readers.
    written: NaiveDate,
    age: i64,
    /// What stands in quotation marks: what somebody said stays as it was said.
    spoken: Vec<Range<usize>>,
}

pub(super) fn check(
    passage: &Passage,
    run: &Range<usize>,
    date: NaiveDate,
    calendar: &Calendar,
    findings: &mut Findings,
) {
    let written = passage.written.unwrap_or(date);
    let age = date.signed_duration_since(written).num_days();
    let text = &passage.text.value[run.clone()];
    let spoken = if age >= DAYS_OF_YESTERDAY { spoken(text) } else { Vec::new() };
    let days = Days { passage, run, text, calendar, written, age, spoken };
    let told = days.weekdays(findings);
    days.impossible(&told, findings);
    days.moving(findings);
}

impl Days<'_> {
    fn say(&self, finding: Finding, at: Range<usize>, label: &str) -> Finding {
        self.passage.say(finding, self.run.start + at.start..self.run.start + at.end, label)
    }

    /// Weekdays with a date behind them, and those of old stories without one; where dates were.
    fn weekdays(&self, findings: &mut Findings) -> Vec<Range<usize>> {
        let mut dated = Vec::new();
        for (name, weekday, form) in self.calendar.weekdays() {
            for at in whole_words(self.text, name) {
                let rest = &self.text[at.end..];
                findings.extend(self.of_another_day(&at, *weekday));
                match dates::behind(rest, *form == Form::Short, self.written, self.calendar) {
                    Some(Dated { days, length }) => {
                        let whole = at.start..at.end + length;
                        dated.push(whole.clone());
                        let title = match days.first() {
                            None => Some("there is no such day".to_owned()),
                            Some(_) if days.iter().any(|day| day.weekday() == *weekday) => None,
                            Some(day) => Some(self.calendar.correction(*day, name)),
                        };
                        findings.extend(title.map(|title| self.say(Finding::error("weekday-wrong", title), whole, "")));
                    }
                    None if *form == Form::Name && self.age >= DAYS_OF_A_WEEKDAY => {
                        let recurring = recurring::is(&self.text[..at.start], rest, self.calendar);
                        if !recurring && !self.is_spoken(at.start) {
                            findings.push(self.relative(at));
                        }
                    }
                    None => {}
                }
            }
        }
        dated.sort_by_key(|at| at.end);
        dated
    }

    /// A letter that greets its readers on the day it was copied from.
    fn of_another_day(&self, at: &Range<usize>, weekday: Weekday) -> Option<Finding> {
        let own = self.passage.written.is_none() && weekday != self.written.weekday();
        if !own || !self.calendar.is_today(&self.text[..at.start], &self.text[at.end..]) {
            return None;
        }
        let finding = Finding::warning("weekday-wrong", self.calendar.appears(self.written));
        Some(self.say(finding, at.clone(), "the letter of another day?"))
    }

    /// Dates that no calendar has, whether a weekday stands before them or not.
    fn impossible(&self, told: &[Range<usize>], findings: &mut Findings) {
        for (at, title) in dates::impossible(self.text, self.calendar) {
            let told = told
                .get(told.partition_point(|told| told.end <= at.start))
                .is_some_and(|told| told.contains(&at.start));
            if !told {
                findings.push(self.say(Finding::error("weekday-wrong", title), at, ""));
            }
        }
    }

    /// `yesterday`, `this week`: they move on with each morning.
    fn moving(&self, findings: &mut Findings) {
        let words = [(self.calendar.near, DAYS_OF_YESTERDAY), (self.calendar.wide, DAYS_OF_A_WEEKDAY)];
        for word in words.into_iter().filter(|(_, old)| self.age >= *old).flat_map(|(words, _)| words) {
            for at in spelt(self.text, word) {
                if !self.is_spoken(at.start) && !recurring::is_name(&self.text[..at.start], &self.text[at.end..]) {
                    findings.push(self.relative(at));
                }
            }
        }
    }

    fn relative(&self, at: Range<usize>) -> Finding {
        let title = format!("\"{}\" in a story that is {} days old", &self.text[at.clone()], self.age);
        let finding = Finding::warning("relative-day", title);
        self.say(finding, at, "which day do readers take this for?").help("write the date")
    }

    fn is_spoken(&self, at: usize) -> bool {
        let next = self.spoken.partition_point(|spoken| spoken.start <= at);
        next.checked_sub(1).is_some_and(|own| self.spoken[own].contains(&at))
    }
}

/// Stretches between quotation marks; one that is never closed speaks on.
fn spoken(text: &str) -> Vec<Range<usize>> {
    let mut spoken = Vec::new();
    let mut open: Option<(usize, char)> = None;
    for (at, mark) in text.char_indices() {
        open = match (open, mark) {
            (None, '"') => Some((at, '"')),
            (None, '“') => Some((at, '”')),
            (None, '„') => Some((at, '“')),
            (None, '«') => Some((at, '»')),
            (Some((start, close)), mark) if mark == close => {
                spoken.push(start..at);
                None
            }
            (open, _) => open,
        };
    }
    spoken.extend(open.map(|(start, _)| start..text.len()));
    spoken
}

/// Where a word stands, at the beginning of a sentence too.
fn spelt(text: &str, word: &str) -> Vec<Range<usize>> {
    let mut letters = word.chars();
    let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    let mut found: Vec<Range<usize>> = whole_words(text, word).collect();
    found.extend(whole_words(text, &capital));
    found
}

#[cfg(test)]
mod tests;
