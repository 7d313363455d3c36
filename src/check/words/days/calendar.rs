//! The names of days and months in one language, and its words for days near by.

use chrono::{Datelike, NaiveDate, Weekday};

use crate::typography::folded;
use crate::words::Words;

pub(crate) struct Calendar {
    weekdays: Vec<(String, Weekday, Form)>,
    months: &'static [String; 12],
    /// Words whose day moves on with each morning, and those whose week does.
    pub(super) near: &'static [&'static str],
    pub(super) wide: &'static [&'static str],
    /// Words before a weekday that say it is the day of reading.
    pub(super) today: &'static [&'static str],
    pub(super) english: bool,
    /// `11/24/2026`, as Americans write.
    pub(super) month_first: bool,
}

/// What a form of a weekday's name is good for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A day by itself.
    Name,
    /// One only before a date: `Fri 27 Nov`, `wednesday 8 December`.
    Short,
}

const WEEK: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

const SHORT: [(&str, Weekday); 11] = [
    ("Mon", Weekday::Mon),
    ("Tue", Weekday::Tue),
    ("Tues", Weekday::Tue),
    ("Wed", Weekday::Wed),
    ("Weds", Weekday::Wed),
    ("Thu", Weekday::Thu),
    ("Thur", Weekday::Thu),
    ("Thurs", Weekday::Thu),
    ("Fri", Weekday::Fri),
    ("Sat", Weekday::Sat),
    ("Sun", Weekday::Sun),
];

#[rustfmt::skip]
const ENGLISH: (&[&str], &[&str]) = (
    &["yesterday", "tomorrow", "tonight", "today", "last night", "this morning", "this afternoon", "this evening"],
    &["this week", "last week", "next week", "this weekend", "last weekend", "next weekend"],
);

impl Calendar {
    /// The calendar of a language, as BCP 47 names it.
    pub(crate) fn of(language: &str) -> Self {
        let words = Words::of(language);
        // A language that is not shipped is spoken to in English, but its newsroom does not write in it.
        let known = crate::words::speaks(language);
        let english = known && words.language == "en";
        let mut weekdays: Vec<(String, Weekday, Form)> = Vec::new();
        if known {
            weekdays.extend(words.weekdays().iter().zip(WEEK).map(|(name, day)| (name.clone(), day, Form::Name)));
        }
        if english {
            let small = |(name, day): (&String, Weekday)| (name.to_lowercase(), day, Form::Short);
            weekdays.extend(words.weekdays().iter().zip(WEEK).map(small));
            weekdays.extend(SHORT.map(|(name, day)| (name.to_owned(), day, Form::Short)));
        }
        let (near, wide): (&[&str], &[&str]) = match words.language {
            "en" if known => ENGLISH,
            "de" => (&["gestern", "vorgestern", "übermorgen", "heute Abend", "heute Morgen"], &[]),
            "pt" => (&["ontem", "anteontem", "amanhã"], &[]),
            _ => (&[], &[]),
        };
        let today: &[&str] = match words.language {
            "en" if known => &["it is", "it's", "today is", "today's", "happy", "this is"],
            "de" => &["heute ist", "es ist"],
            "pt" => &["hoje é", "feliz"],
            _ => &[],
        };
        let tag = language.to_ascii_lowercase();
        let month_first = english && (tag == "en" || tag.ends_with("-us"));
        Self { weekdays, months: words.months(), near, wide, today, english, month_first }
    }

    pub(super) fn weekdays(&self) -> &[(String, Weekday, Form)] {
        &self.weekdays
    }

    /// Each month's number and name.
    pub(super) fn months(&self) -> impl Iterator<Item = (u32, &'static String)> + use<> {
        (1..).zip(self.months)
    }

    /// The month of this name; English has short ones: `Nov`, `Sept`.
    pub(super) fn month(&self, word: &str) -> Option<u32> {
        let short = |name: &str| self.english && (word.len() == 3 || word == "Sept") && name.starts_with(word);
        let same = |name: &str| name == word || name.to_uppercase() == word || short(name);
        self.months().find(|(_, name)| same(name)).map(|(number, _)| number)
    }

    /// Whether a weekday's name begins here.
    pub(super) fn is_weekday(&self, text: &str) -> bool {
        self.weekdays.iter().any(|(name, _, form)| *form == Form::Name && text.starts_with(name.as_str()))
    }

    /// Whether these words lead to a weekday as to the day they are read on: `It's`, `Happy`.
    pub(super) fn is_today(&self, before: &str, behind: &str) -> bool {
        let words = folded(before).to_lowercase();
        let words = words.trim_end();
        let alone = |lead: &&&str| {
            let rest = words.strip_suffix(**lead);
            rest.is_some_and(|rest| !rest.ends_with(char::is_alphanumeric))
        };
        // `It is Monday that worries them`, `It's Friday night they fear`.
        let goes_on = behind.strip_prefix(' ').is_some_and(|rest| rest.starts_with(char::is_alphabetic));
        self.today.iter().any(|lead| alone(&lead)) && !(goes_on && self.month(first_word(behind)).is_none())
    }

    /// `this issue is for a Tuesday`
    pub(super) fn appears(&self, day: NaiveDate) -> String {
        format!("this issue is for a {}", self.name_of(day))
    }

    fn name_of(&self, day: NaiveDate) -> String {
        let right = self.weekdays.iter().find(|(_, weekday, _)| *weekday == day.weekday());
        right.map_or_else(|| day.weekday().to_string(), |(name, ..)| name.clone())
    }

    /// `8 December 2026 is a Tuesday, not a Wednesday`
    pub(super) fn correction(&self, day: NaiveDate, said: &str) -> String {
        let right = self.name_of(day);
        let month = &self.months[day.month0() as usize];
        format!("{} {month} {} is a {right}, not a {said}", day.day(), day.year())
    }
}

fn first_word(text: &str) -> &str {
    text.trim_start().split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default()
}
