//! Dates as running text writes them, and the days they may mean.

use std::ops::Range;

use chrono::{Datelike, NaiveDate};

use super::calendar::Calendar;
use crate::check::words::whole_words;

/// A date without a year is of the year in which it is nearest, unless even that is this far.
const NEAR: i64 = 60;

/// A date in a text.
pub(super) struct Dated {
    /// The days it may mean, the likeliest first; none where there is no such day.
    pub(super) days: Vec<NaiveDate>,
    /// How far it reaches, in bytes.
    pub(super) length: usize,
}

/// The date right behind a weekday: `, 24 November 2026`, ` November 24`, ` the 24th`, ` 24/11/2026`. Short forms of a
/// weekday may end with a dot. Without a year the one nearest to `near` is meant.
pub(super) fn behind(rest: &str, dotted: bool, near: NaiveDate, calendar: &Calendar) -> Option<Dated> {
    let tokens = tokens(rest, dotted, calendar);
    // What may be no weekday at all, such as `Sat`, wants a whole date.
    in_figures(&tokens, rest, calendar).or_else(|| in_words(&tokens, near, calendar)).or_else(|| {
        let first = tokens.first().filter(|_| calendar.english && !dotted)?;
        of_any_month(first, near)
    })
}

/// `24 November`, `November 24th`, and perhaps a year.
fn in_words(tokens: &[Token<'_>], near: NaiveDate, calendar: &Calendar) -> Option<Dated> {
    let [first, second, rest @ ..] = tokens else { return None };
    let pair = |day: &Token<'_>, month: &Token<'_>| Some((number(day.word)?, calendar.month(month.word)?));
    let (day, month) = pair(first, second).or_else(|| pair(second, first))?;
    let year =
        rest.first().filter(|year| year.word.len() == 4).and_then(|year| Some((year.word.parse().ok()?, year.end)));
    Some(match year {
        Some((year, length)) => Dated { days: NaiveDate::from_ymd_opt(year, month, day).into_iter().collect(), length },
        None => Dated { days: of_any_year(day, month, near), length: second.end },
    })
}

/// The days of a date without a year: the nearest, and where it is far the one on the other side as well.
fn of_any_year(day: u32, month: u32, near: NaiveDate) -> Vec<NaiveDate> {
    let distance = |day: &NaiveDate| day.signed_duration_since(near).num_days().abs();
    let years = near.year() - 1..=near.year() + 1;
    let mut days: Vec<NaiveDate> = years.filter_map(|year| NaiveDate::from_ymd_opt(year, month, day)).collect();
    days.sort_by_key(distance);
    days.truncate(if days.first().is_some_and(|day| distance(day) <= NEAR) { 1 } else { 2 });
    days
}

/// `the 25th`: of this month or one beside it. Friday the 13th is a day of its own.
fn of_any_month(first: &Token<'_>, near: NaiveDate) -> Option<Dated> {
    let day = number(first.word).filter(|day| *day != 13 && first.word.len() > 2 && !is_figures(first.word))?;
    let this = NaiveDate::from_ymd_opt(near.year(), near.month(), 1)?;
    let months = [this, this.pred_opt()?, this.checked_add_months(chrono::Months::new(1))?];
    let days: Vec<NaiveDate> = months.into_iter().filter_map(|month| month.with_day(day)).collect();
    Some(Dated { days, length: first.end })
}

/// `2026-11-24`, `24/11/2026`, `24.11.2026`; `11/24/2026` where the language writes so, or the figures leave no choice.
fn in_figures(tokens: &[Token<'_>], rest: &str, calendar: &Calendar) -> Option<Dated> {
    let [first, second, third, ..] = tokens else { return None };
    let between = |one: &Token<'_>, other: &Token<'_>| &rest[one.end..other.end - other.word.len()];
    let glue = between(first, second);
    if glue != between(second, third) || !["-", "/", "."].contains(&glue) {
        return None;
    }
    let figure = |token: &Token<'_>| token.word.parse::<u32>().ok();
    let (one, two, three) = (figure(first)?, figure(second)?, figure(third)?);
    let day = |year: u32, month: u32, day: u32| NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day);
    let days = match (first.word.len(), third.word.len()) {
        (4, 1..=2) => day(one, two, three),
        (1..=2, 4) if calendar.month_first => day(three, one, two).or_else(|| day(three, two, one)),
        (1..=2, 4) => day(three, two, one).or_else(|| day(three, one, two)),
        _ => return None,
    };
    Some(Dated { days: days.into_iter().collect(), length: third.end })
}

/// Dates no calendar has: `31 November`, `29 February 2027`, and in English `February 30`.
pub(super) fn impossible(text: &str, calendar: &Calendar) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    for (month, name) in calendar.months() {
        for at in whole_words(text, name) {
            let space = [' ', '\n', '\u{a0}', '.'];
            let before = text[..at.start].trim_end_matches(space).trim_end_matches(" of").trim_end_matches(space);
            let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            // Without a year any year will do, a leap year too.
            let year = text[at.end..].trim_start_matches([',', ' ', '\n']).get(..4).and_then(|year| year.parse().ok());
            let exists = |day| NaiveDate::from_ymd_opt(year.unwrap_or(2024), month, day).is_some();
            if let Some(day) = number(word).filter(|day| !exists(*day)) {
                let of = year.map(|year| format!(" {year}")).unwrap_or_default();
                found.push((before.len() - word.len()..at.end, format!("there is no {day} {name}{of}")));
            } else if calendar.english && number(word).is_none() {
                found
                    .extend(month_first(text, month, &at).map(|at| (at.clone(), format!("there is no {}", &text[at]))));
            }
        }
    }
    found
}

/// `February 30`, `February 29, 2027`, where there is no such day; `February 30,000 people came` is none of them.
fn month_first(text: &str, month: u32, name: &Range<usize>) -> Option<Range<usize>> {
    let rest = text[name.end..].strip_prefix([' ', '\n', '\u{a0}'])?;
    let word = rest.split(|c: char| !c.is_alphanumeric()).next()?;
    let behind = &rest[word.len()..];
    let day = number(word)?;
    let counts = behind.strip_prefix([',', '.']).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let year: Option<i32> = behind.strip_prefix(", ").and_then(|rest| rest.get(..4)).and_then(|year| year.parse().ok());
    let exists = NaiveDate::from_ymd_opt(year.unwrap_or(2024), month, day).is_some();
    (!counts && !exists).then(|| name.start..text.len() - behind.len() + year.map_or(0, |_| ", 2027".len()))
}

/// One word behind a weekday, and where it ends.
struct Token<'t> {
    word: &'t str,
    end: usize,
}

/// The first words behind a weekday, small ones left out, as long as they stand close together.
fn tokens<'t>(rest: &'t str, dotted: bool, calendar: &Calendar) -> Vec<Token<'t>> {
    const SMALL: [&str; 8] = ["the", "of", "de", "do", "den", "dem", "der", "vom"];
    let mut tokens: Vec<Token<'t>> = Vec::new();
    let (mut at, mut dot) = (0, dotted);
    while tokens.len() < 3 {
        let near = |c: &char| {
            matches!(c, ',' | '،' | ' ' | '\n' | '\r' | '\u{a0}' | '(' | '*' | '_' | '-' | '/') || (dot && *c == '.')
        };
        let gap: usize = rest[at..].chars().take_while(near).map(char::len_utf8).sum();
        let word = rest[at + gap..].split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        if gap == 0 || gap > 8 || word.is_empty() {
            break;
        }
        at += gap + word.len();
        // `24. November`, `Nov. 24`: the dot of an ordinal, or of a month cut short.
        dot = is_figures(word) || calendar.month(word).is_some();
        if !SMALL.contains(&word) {
            tokens.push(Token { word, end: at });
        }
    }
    tokens
}

/// `24`, `24th`.
fn number(word: &str) -> Option<u32> {
    let figures = word.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let ending = &word[figures.len()..];
    let day = figures.parse().ok().filter(|day| (1..=31).contains(day))?;
    matches!(ending, "" | "st" | "nd" | "rd" | "th").then_some(day)
}

fn is_figures(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}
