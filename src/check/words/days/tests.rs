//! Days, one sentence at a time.

use std::sync::Arc;

use super::*;
use crate::config::tree::Text;
use crate::finding::Source;

/// What is said of a text written so many days before Tuesday 24 November 2026: the check and the words it points at.
fn said_in(language: &str, age: i64, words: &str) -> Vec<(&'static str, String)> {
    let source = Arc::new(Source { path: String::new(), text: words.to_owned() });
    let text = Text::new(words.to_owned(), &source, 0..words.len());
    let date: NaiveDate = "2026-11-24".parse().unwrap();
    let passage = Passage::line(&text).written(Some(date - chrono::TimeDelta::days(age)));
    let mut findings = Findings::default();
    check(&passage, &(0..words.len()), date, &Calendar::of(language), &mut findings);
    let words = |finding: Finding| {
        let place = finding.place.unwrap();
        (finding.check, place.source.text[place.span].to_owned())
    };
    findings.into_vec().into_iter().map(words).collect()
}

fn wrong(words: &str) -> Option<String> {
    said_in("en-GB", 0, words).into_iter().map(|(check, words)| format!("{check}: {words}")).next()
}

fn old(words: &str) -> Vec<String> {
    said_in("en-GB", 10, words)
        .into_iter()
        .filter(|(check, _)| *check == "relative-day")
        .map(|(_, words)| words)
        .collect()
}

#[test]
fn a_weekday_that_is_not_its_date_s_is_told_however_the_date_is_written() {
    for date in [
        "Wednesday 24 November 2026",
        "Friday, November 26, 2026",
        "Fri 26 Nov",
        "Fri. 26 Nov",
        "Friday the 26th of November",
        "wednesday 8 December",
        "Wednesday, 8 DECEMBER",
        "Monday (24 November)",
        "Friday, **27 December**",
        "Monday 24/11/2026",
        "Monday 11/24/2026",
        "Wednesday 8/12/2026",
        "Monday 2026-11-24",
        "Wednesday the 26th",
        "Tuesday 31 November",
        "Tuesday, February 30",
    ] {
        let told = wrong(&format!("The vote is on {date}.")).unwrap_or_default();
        assert!(told.starts_with("weekday-wrong: "), "{date}: {told}");
    }
}

#[test]
fn a_date_there_is_none_of_needs_no_weekday() {
    assert_eq!(wrong("It ends on 31 November.").as_deref(), Some("weekday-wrong: 31 November"));
    assert_eq!(wrong("the 29th of February 2027").as_deref(), Some("weekday-wrong: 29th of February"));
    assert_eq!(wrong("on 29 February, and on 31 December, and 31 May"), None);
}

#[test]
fn a_right_date_is_passed_over() {
    for date in [
        "Thursday, 26 November 2026, and on Friday 27 Nov.",
        "Tuesday the 24th of November",
        "Monday 24 November 2025",
        "Tuesday May 5 votes were cast",
        "Friday 13th",
        "Wednesday 9,000 people marched",
        "Monday 12 march on the hall",
        "Tuesday 24/11/2026, Tuesday 11/24/2026",
        "Saturday. 24 November was a Tuesday",
        "Wednesday the 25th",
    ] {
        assert_eq!(wrong(&format!("It is on {date}.")), None, "{date}");
    }
    assert_eq!(wrong("They sat 5 rounds, sun 3 days, and wed 24 May brides"), None);
}

#[test]
fn words_for_days_that_have_moved_on_are_told() {
    for (words, told) in [
        ("It rose yesterday.", "yesterday"),
        ("It rises today.", "today"),
        ("Last night it rose.", "Last night"),
        ("It rose this morning.", "this morning"),
        ("It rises next week.", "next week"),
        ("It rose on Monday.", "Monday"),
        ("It rose on Monday and fell.", "Monday"),
    ] {
        assert_eq!(old(words), [told], "{words}");
    }
    assert!(said_in("en", 1, "It rose yesterday, on Monday.").is_empty());
    assert_eq!(said_in("en", 2, "It rose yesterday, on Monday.").len(), 1);
}

#[test]
fn a_day_of_every_week_is_no_particular_one() {
    for words in [
        "on Friday and Saturday nights",
        "from Monday to Friday",
        "open Monday–Friday",
        "on Black Friday",
        "every Tuesday, each Wednesday",
        "in The Sunday Times",
        "on a Monday",
        "USA Today says",
        "\"It rose yesterday, on Monday,\" she said",
        "on Monday 16 November",
    ] {
        assert_eq!(old(words), Vec::<String>::new(), "{words}");
    }
}

#[test]
fn other_languages_have_days_too() {
    let wrong = |language: &str, words: &str| said_in(language, 0, words).len();
    assert_eq!(wrong("de", "am Montag, 24. November 2026"), 1);
    assert_eq!(wrong("de", "am Dienstag, den 24. November"), 0);
    assert_eq!(wrong("pt-BR", "na segunda-feira, 24 de novembro de 2026"), 1);
    assert_eq!(wrong("pt-BR", "na terça-feira, 24 de novembro de 2026"), 0);
    // Not one of ours: English words in it are not its own.
    assert_eq!(wrong("fi", "Monday 24 November 2026"), 0);
    assert_eq!(said_in("de", 10, "Gestern, am Montag, sagte sie").len(), 2);
}
