//! The few words the press itself says: dates, counts, the names of links.
//!
//! They stand here so that another language is another table, not a search through the templates.

use chrono::{Datelike, NaiveDate};

/// What the press says in one language.
pub(crate) struct Words {
    pub(super) read_online: &'static str,
    pub(super) contents: &'static str,
    pub(super) by: &'static str,
    pub(super) and: &'static str,
    pub(super) picture: &'static str,
    pub(super) source: &'static str,
    pub(super) correction: &'static str,
    pub(super) unsubscribe: &'static str,
    pub(super) preferences: &'static str,
    pub(super) links: &'static str,
    pub(super) poll: &'static str,
    pub(super) skip: &'static str,
    pub(crate) editions: &'static str,
    pub(crate) all_editions: &'static str,
    pub(crate) none_yet: &'static str,
    pub(crate) newer: &'static str,
    pub(crate) older: &'static str,
    pub(crate) latest: &'static str,
    pub(crate) newsletters: &'static str,
    pub(crate) feeds: &'static str,
    pub(super) previous: &'static str,
    pub(super) next: &'static str,
}

const ENGLISH: Words = Words {
    read_online: "Read online",
    contents: "In this issue",
    by: "By",
    and: "and",
    picture: "Picture",
    source: "Source",
    correction: "Correction",
    unsubscribe: "Unsubscribe",
    preferences: "Choose what you get",
    links: "Links",
    poll: "Answers were taken by mail.",
    skip: "Skip to the stories",
    editions: "Editions",
    all_editions: "All editions",
    none_yet: "The first one is still to come.",
    newer: "Newer",
    older: "Older",
    latest: "Latest",
    newsletters: "Newsletters",
    feeds: "Feeds",
    previous: "Previous edition",
    next: "Next edition",
};

impl Words {
    pub(crate) fn english() -> &'static Self {
        &ENGLISH
    }

    /// “Read it at harbour.example”: says where the button leads, and stays true when the mail holds it all.
    pub(super) fn read_at(&self, host: &str) -> String {
        format!("Read it at {host}")
    }

    /// “Picture: Jo Bell”; a credit that says itself what it is, such as “Illustration: Jo Bell”, stays as it is.
    pub(super) fn credited(&self, credit: &str) -> String {
        if credit.contains(':') { credit.to_owned() } else { format!("{}: {credit}", self.picture) }
    }

    /// “8 stories, 5 minutes”.
    pub(super) fn extent(&self, stories: usize, minutes: usize) -> String {
        let noun = if stories == 1 { "story" } else { "stories" };
        format!("{stories} {noun}, {}", self.minutes(minutes))
    }

    /// “5 minutes”.
    pub(super) fn minutes(&self, minutes: usize) -> String {
        format!("{minutes} {}", if minutes == 1 { "minute" } else { "minutes" })
    }

    /// “November 2026”: what an archive is ordered by.
    pub(crate) fn month(&self, date: NaiveDate) -> String {
        date.format("%B %Y").to_string()
    }

    /// “214 editions”.
    pub(crate) fn editions_so_far(&self, count: u64) -> String {
        format!("{count} {}", if count == 1 { "edition" } else { "editions" })
    }

    /// “Correction to the issue of Tuesday 20 May 2025”.
    pub(super) fn correction_of(&self, date: &str) -> String {
        format!("{} to the issue of {date}", self.correction)
    }

    /// Why this mail came and how it stops coming, around the reader's address.
    pub(super) fn because(&self, newsletter: &str) -> (&'static str, String) {
        let after = format!(
            ", because you signed up for {newsletter}. You may leave with one click below, or choose which of our \
             newsletters you get, whenever you like."
        );
        ("Sent to ", after)
    }
}

/// “Tuesday 20 May 2025”; in American English “Tuesday, May 20, 2025”.
pub(crate) fn long_date(date: NaiveDate, language: &str) -> String {
    let american = language.eq_ignore_ascii_case("en") || language.to_ascii_lowercase().starts_with("en-us");
    let (weekday, month, day, year) = (date.format("%A"), date.format("%B"), date.day(), date.year());
    if american { format!("{weekday}, {month} {day}, {year}") } else { format!("{weekday} {day} {month} {year}") }
}

/// `rtl` for the languages written from right to left, by their BCP 47 primary subtag.
pub(crate) fn direction(language: &str) -> &'static str {
    let primary = language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    match primary.as_str() {
        "ar" | "arc" | "ckb" | "dv" | "fa" | "he" | "iw" | "ps" | "sd" | "ug" | "ur" | "yi" => "rtl",
        _ => "ltr",
    }
}

/// Words whose short last one does not stand alone on a line; a long pair would only move the hole up.
pub(super) fn bound(text: &str) -> String {
    const SHORT: usize = 7;
    const PAIR: usize = 14;
    let text = text.trim_end();
    let Some((head, last)) = text.rsplit_once(' ') else { return text.to_owned() };
    let before = head.rsplit(' ').next().unwrap_or_default();
    let (before, last_length) = (before.chars().count(), last.chars().count());
    if head.contains(' ') && last_length <= SHORT && before + 1 + last_length <= PAIR {
        format!("{head}\u{a0}{last}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_is_written_as_the_language_writes_it() {
        let date = NaiveDate::from_ymd_opt(2025, 5, 20).unwrap();
        assert_eq!(long_date(date, "en-GB"), "Tuesday 20 May 2025");
        assert_eq!(long_date(date, "en-US"), "Tuesday, May 20, 2025");
    }

    #[test]
    fn a_short_last_word_is_bound_to_the_one_before() {
        assert_eq!(bound("Trump drops demand after Putin call"), "Trump drops demand after Putin\u{a0}call");
        assert_eq!(bound("Two words"), "Two words");
        assert_eq!(bound("Pilots vote to stop before Christmas"), "Pilots vote to stop before Christmas");
        assert_eq!(
            bound("The committee congratulates antidisestablishmentarians"),
            "The committee congratulates antidisestablishmentarians"
        );
        assert_eq!(bound("港の夜明け"), "港の夜明け");
    }

    #[test]
    fn a_language_written_from_the_right_is_known_by_its_first_subtag() {
        assert_eq!(
            ["ar-EG", "he", "fa-IR", "ur", "en-GB", "de"].map(direction),
            ["rtl", "rtl", "rtl", "rtl", "ltr", "ltr"]
        );
    }

    #[test]
    fn a_credit_is_named_once() {
        assert_eq!(Words::english().credited("Jo Bell"), "Picture: Jo Bell");
        assert_eq!(Words::english().credited("Illustration: Jo Bell"), "Illustration: Jo Bell");
    }

    #[test]
    fn one_story_is_not_one_stories() {
        assert_eq!(Words::english().extent(1, 1), "1 story, 1 minute");
        assert_eq!(Words::english().extent(8, 5), "8 stories, 5 minutes");
    }
}
