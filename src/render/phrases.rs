//! The mail's own words: dates, counts and the fixed sentences around the stories, once for all editions.

use chrono::{Datelike, NaiveDate};

use crate::issue::Issue;
use crate::story::Author;

/// `Tuesday, 24 November 2026`, or as Americans write it.
pub(super) fn long_date(date: NaiveDate, language: &str) -> String {
    let us = language.eq_ignore_ascii_case("en-us");
    date.format(if us { "%A, %B %-d, %Y" } else { "%A, %-d %B %Y" }).to_string()
}

/// `23 November`, for a correction of another day; the year where it is another year's.
pub(super) fn short_date(date: NaiveDate, today: NaiveDate) -> String {
    let year = if date.year() == today.year() { "" } else { " %Y" };
    date.format(&format!("%-d %B{year}")).to_string()
}

/// `8 stories, 5 minutes`.
pub(super) fn length(issue: &Issue) -> String {
    let stories = if issue.stories == 1 { "1 story".to_owned() } else { format!("{} stories", issue.stories) };
    let minutes = if issue.minutes == 1 { "1 minute".to_owned() } else { format!("{} minutes", issue.minutes) };
    if issue.stories == 0 { minutes } else { format!("{stories}, {minutes}") }
}

/// `By Ada Lima and Bo Finch`; nothing for a story nobody signed.
pub(super) fn byline(authors: &[Author]) -> Option<String> {
    let names: Vec<&str> = authors.iter().map(|author| author.name.as_str()).collect();
    let (last, others) = names.split_last()?;
    Some(if others.is_empty() { format!("By {last}") } else { format!("By {} and {last}", others.join(", ")) })
}

/// Why this mail came.
pub(super) fn why(issue: &Issue) -> String {
    format!("You get {} because you signed up for it at {}.", issue.newsletter.title, issue.publication.name)
}

pub(super) const CONTENTS: &str = "In today’s issue";
pub(super) const READ_ONLINE: &str = "Read online";
pub(super) const READ_STORY: &str = "Read the full story";
pub(super) const UNSUBSCRIBE: &str = "Unsubscribe";
pub(super) const PREFERENCES: &str = "Choose what you get";
pub(super) const CORRECTION: &str = "Correction";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_the_publication_writes_them() {
        let date = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        assert_eq!(long_date(date, "en-GB"), "Tuesday, 24 November 2026");
        assert_eq!(long_date(date, "en-US"), "Tuesday, November 24, 2026");
        assert_eq!(short_date(date, date), "24 November");
        assert_eq!(short_date(date, NaiveDate::from_ymd_opt(2027, 1, 2).unwrap()), "24 November 2026");
    }
}
