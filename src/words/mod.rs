//! What the press itself says, in the publication's language: dates, counts, the names of links, the
//! readers' pages.
//!
//! One file a language, inside the program. A word is a field here and a line in each file; a file that lacks
//! one, or has one too many, fails the tests. A region may differ in some words (`[regions.US]`), the rest is
//! the language's; a language that is not shipped is spoken to in English.

mod pages;
mod plural;
mod template;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

pub(crate) use pages::Pages;
pub(crate) use plural::Plural;
pub(crate) use template::Template;

/// What the press says in one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    /// The language these words are in, for screen readers: `en`, `pt`.
    #[serde(skip)]
    pub(crate) language: &'static str,
    pub(crate) read_online: String,
    pub(crate) contents: String,
    by: Template,
    between: String,
    last: String,
    picture: Template,
    shown: Template,
    source: Template,
    /// Above a note on the web edition, and in a correction's subject.
    pub(crate) correction: String,
    correction_of: Template,
    pub(crate) advertisement: String,
    /// In place of a poll where nobody in particular reads: the web edition.
    pub(crate) poll: String,
    read_at: Template,
    pub(crate) links: String,
    extent: Template,
    because: Template,
    pub(crate) unsubscribe: String,
    pub(crate) preferences: String,
    pub(crate) skip: String,
    pub(crate) editions: String,
    pub(crate) all_editions: String,
    pub(crate) none_yet: String,
    pub(crate) newer: String,
    pub(crate) older: String,
    pub(crate) latest: String,
    pub(crate) newsletters: String,
    pub(crate) feeds: String,
    pub(crate) previous: String,
    pub(crate) next: String,
    editions_so_far: Plural,
    stories: Plural,
    minutes: Plural,
    dates: Dates,
    pub(crate) pages: Pages,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Dates {
    long: Template,
    month: Template,
    /// From Monday.
    weekdays: [String; 7],
    months: [String; 12],
}

/// A language's file, and what was read from it.
struct Shipped {
    language: &'static str,
    file: &'static str,
    read: OnceLock<Read>,
}

struct Read {
    common: Words,
    regions: BTreeMap<String, Words>,
    /// The region a tag without one means: `en` is American.
    likely: Option<String>,
}

/// English comes first: it is spoken where nothing better is known.
static SHIPPED: [Shipped; 6] = [
    Shipped { language: "en", file: include_str!("en.toml"), read: OnceLock::new() },
    Shipped { language: "ar", file: include_str!("ar.toml"), read: OnceLock::new() },
    Shipped { language: "de", file: include_str!("de.toml"), read: OnceLock::new() },
    Shipped { language: "he", file: include_str!("he.toml"), read: OnceLock::new() },
    Shipped { language: "ja", file: include_str!("ja.toml"), read: OnceLock::new() },
    Shipped { language: "pt", file: include_str!("pt.toml"), read: OnceLock::new() },
];

/// No region in particular (UN M49): the English of those whose language is not shipped.
const WORLD: &str = "001";

/// The languages there are words in.
pub(crate) fn languages() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|shipped| shipped.language)
}

/// Whether the press has words for a BCP 47 tag.
pub(crate) fn speaks(tag: &str) -> bool {
    languages().any(|language| language == primary(tag))
}

/// `rtl` for the languages written from right to left, by their BCP 47 primary subtag and script.
pub(crate) fn direction(tag: &str) -> &'static str {
    let script = tag.split(['-', '_']).skip(1).find(|subtag| subtag.len() == 4).map(str::to_ascii_lowercase);
    let from_the_right = match script.as_deref() {
        Some(script) => matches!(script, "arab" | "hebr" | "syrc" | "thaa" | "nkoo" | "adlm" | "rohg"),
        None => matches!(
            primary(tag).as_str(),
            "ar" | "arc" | "ckb" | "dv" | "fa" | "he" | "ps" | "sd" | "ug" | "ur" | "yi"
        ),
    };
    if from_the_right { "rtl" } else { "ltr" }
}

/// The language of a tag; Hebrew had another one until 1989, which Java still writes.
fn primary(tag: &str) -> String {
    let primary = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    if primary == "iw" { "he".to_owned() } else { primary }
}

/// The region of a tag, `US` of `en-Latn-US`.
fn region(tag: &str) -> Option<String> {
    tag.split(['-', '_']).skip(1).find(|subtag| subtag.len() == 2).map(str::to_ascii_uppercase)
}

impl Words {
    /// The words for a BCP 47 tag: its region's, else its language's, else English.
    pub(crate) fn of(tag: &str) -> &'static Self {
        let language = primary(tag);
        let shipped = SHIPPED.iter().find(|shipped| shipped.language == language).unwrap_or(&SHIPPED[0]);
        let region = if shipped.language == language { region(tag) } else { Some(WORLD.to_owned()) };
        shipped.words(region.as_deref())
    }

    // -- a date --

    /// “Tuesday 20 May 2025”, “Dienstag, 20. Mai 2025”, “2025年5月20日火曜日”.
    pub(crate) fn long_date(&self, date: NaiveDate) -> String {
        let Dates { long, weekdays, months, .. } = &self.dates;
        let (day, year) = (date.day().to_string(), date.year().to_string());
        long.fill(&[
            ("weekday", &weekdays[date.weekday().num_days_from_monday() as usize]),
            ("day", &day),
            ("month", &months[date.month0() as usize]),
            ("year", &year),
        ])
    }

    /// The names of the days, from Monday.
    pub(crate) fn weekdays(&self) -> &[String; 7] {
        &self.dates.weekdays
    }

    /// The names of the months.
    pub(crate) fn months(&self) -> &[String; 12] {
        &self.dates.months
    }

    /// “November 2026”: what an archive is ordered by.
    pub(crate) fn month(&self, date: NaiveDate) -> String {
        let month = &self.dates.months[date.month0() as usize];
        self.dates.month.fill(&[("month", month), ("year", &date.year().to_string())])
    }

    // -- counts --

    /// As many as `n` says, in the form the language has for that number.
    pub(crate) fn count(&self, plural: &Plural, n: u64) -> String {
        plural.form(self.language, n).fill(&[("n", &n.to_string())])
    }

    /// “8 stories, 5 minutes”.
    pub(crate) fn extent(&self, stories: usize, minutes: usize) -> String {
        if stories == 0 {
            return self.minutes(minutes);
        }
        let stories = self.count(&self.stories, stories as u64);
        self.extent.fill(&[("stories", &stories), ("minutes", &self.minutes(minutes))])
    }

    /// “5 minutes”.
    pub(crate) fn minutes(&self, minutes: usize) -> String {
        self.count(&self.minutes, minutes as u64)
    }

    /// “214 editions”.
    pub(crate) fn editions_so_far(&self, count: u64) -> String {
        self.count(&self.editions_so_far, count)
    }

    // -- names --

    /// What stands before and after the names of those who wrote it.
    pub(crate) fn by(&self) -> (&str, &str) {
        self.by.around("names")
    }

    /// What stands before the name at `index` of `count`: nothing, a comma, “and”.
    pub(crate) fn joint(&self, index: usize, count: usize) -> &str {
        match index {
            0 => "",
            last if last + 1 == count => &self.last,
            _ => &self.between,
        }
    }

    /// “By Peter Aldous, Ruth Ames and Bea Tolland”.
    pub(crate) fn signed(&self, names: &[&str]) -> String {
        let joined: String =
            names.iter().enumerate().flat_map(|(index, name)| [self.joint(index, names.len()), *name]).collect();
        self.by.fill(&[("names", &joined)])
    }

    /// What stands between a name and what it names.
    pub(crate) fn colon(&self) -> &'static str {
        if self.language == "ja" { "：" } else { ":" }
    }

    // -- sentences --

    /// “Read it at harbour.example”: says where the button leads, and stays true when the mail holds it all.
    pub(crate) fn read_at(&self, host: &str) -> String {
        self.read_at.fill(&[("host", host)])
    }

    /// “Picture: Jo Bell”; a credit that says itself what it is, such as “Illustration: Jo Bell”, stays as it is.
    pub(crate) fn credited(&self, credit: &str) -> String {
        if credit.contains([':', '：']) { credit.to_owned() } else { self.picture.fill(&[("credit", credit)]) }
    }

    /// “[Picture: a ship in the fog]”, where none can be shown.
    pub(crate) fn shown(&self, alt: &str) -> String {
        self.shown.fill(&[("alt", alt)])
    }

    /// What stands before and after the name of a source.
    pub(crate) fn source(&self) -> (&str, &str) {
        self.source.around("source")
    }

    /// “Correction to the issue of Tuesday 20 May 2025”.
    pub(crate) fn correction_of(&self, date: &str) -> String {
        self.correction_of.fill(&[("date", date)])
    }

    /// Why this mail came and how it stops coming: what stands before and after the reader's address.
    pub(crate) fn because(&self, newsletter: &str) -> (String, String) {
        let (before, after) = self.because.around("address");
        let fill = |words: &str| template::fill(words, &[("newsletter", newsletter)]);
        (fill(before), fill(after))
    }
}

impl Shipped {
    fn words(&self, region: Option<&str>) -> &Words {
        let read = self.read.get_or_init(|| self.read());
        region.or(read.likely.as_deref()).and_then(|region| read.regions.get(region)).unwrap_or(&read.common)
    }

    fn read(&self) -> Read {
        let mut common: toml::Table = self.file.parse().expect("the tests read every file of words");
        let regions = common.remove("regions");
        let likely = common.remove("region").and_then(|region| region.as_str().map(str::to_owned));
        let of_region = |(region, differs): (&String, &toml::Value)| {
            let mut table = common.clone();
            lay_over(&mut table, differs);
            (region.clone(), self.made(table))
        };
        let regions = regions.as_ref().and_then(toml::Value::as_table).into_iter().flatten().map(of_region).collect();
        Read { common: self.made(common), regions, likely }
    }

    fn made(&self, table: toml::Table) -> Words {
        let words = Words::deserialize(table).expect("the tests make words of every file");
        Words { language: self.language, ..words }
    }
}

/// A region's words over the language's.
fn lay_over(table: &mut toml::Table, differs: &toml::Value) {
    for (key, value) in differs.as_table().into_iter().flatten() {
        match (table.get_mut(key), value) {
            (Some(toml::Value::Table(inner)), toml::Value::Table(_)) => lay_over(inner, value),
            _ => drop(table.insert(key.clone(), value.clone())),
        }
    }
}

#[cfg(test)]
mod tests;
