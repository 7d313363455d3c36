//! The fields of one table of an issue, a story or a snippet: typed, placed, and every stranger named.
//!
//! A wrong value never stops the reading. Each mistake becomes a finding, and the field counts as absent.

use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Tz;

use crate::config::tree::{Datetime, Offset, Table, Text, Value};
use crate::config::{clock_time, date};
use crate::finding::{Finding, Findings, Source, nearest};

/// A value with its place.
#[derive(Clone, Debug)]
pub(crate) struct Said<T> {
    pub(crate) value: T,
    pub(crate) source: Arc<Source>,
    pub(crate) span: Range<usize>,
}

impl<T> Said<T> {
    pub(crate) fn new(value: T, at: &Value) -> Self {
        Self { value, source: at.source.clone(), span: at.span.clone() }
    }
}

/// A table being read.
pub(crate) struct Fields<'t> {
    pub(crate) table: &'t Table,
    pub(crate) out: &'t mut Findings,
}

/// `"…" cannot be …` at a value.
pub(crate) fn bad(value: &Value, title: impl Into<String>, label: impl Into<String>) -> Finding {
    Finding::error("bad-value", title).at(&value.source, value.span.clone(), label)
}

/// A finding at a text, with "did you mean" where something comes close.
pub(crate) fn meant(finding: Finding, text: &Text, near: Option<&str>, label: impl Into<String>) -> Finding {
    let finding = finding.at(&text.source, text.span.clone(), label);
    match near {
        Some(near) => finding.help(format!("did you mean \"{near}\"?")).fix(text.span.clone(), format!("\"{near}\"")),
        None => finding,
    }
}

impl<'t> Fields<'t> {
    pub(crate) fn new(table: &'t Table, out: &'t mut Findings) -> Self {
        Self { table, out }
    }

    fn wrong(&mut self, key: &str, value: &Value, wanted: &str) {
        self.out.push(bad(value, format!("`{key}` cannot be {}", value.shape()), format!("expected {wanted}")));
    }

    /// Text of any characters: for what has a check of its own about them.
    pub(crate) fn any_text(&mut self, key: &str) -> Option<Text> {
        let value = self.table.get(key)?;
        if value.text().is_none() {
            self.wrong(key, value, "text in quotes");
        }
        value.text()
    }

    /// Words on one line or many; control characters are refused. Blank counts as given.
    pub(crate) fn text(&mut self, key: &str) -> Option<Text> {
        let text = self.any_text(key)?;
        if let Some(at) = text.control(true) {
            let finding = Finding::error("bad-value", format!("`{key}` holds a control character"));
            self.out
                .push(finding.at(&text.source, text.part(at), "this one").help("delete it: no mail program shows it"));
            return None;
        }
        Some(text)
    }

    /// Words that must not be blank where they are given.
    pub(crate) fn words(&mut self, key: &str) -> Option<Text> {
        let text = self.text(key)?;
        if text.is_blank() {
            let finding = Finding::error("bad-value", format!("`{key}` is empty"));
            self.out.push(
                finding
                    .at(&text.source, text.span.clone(), "expected some words")
                    .help("leave the key out if there is nothing to say"),
            );
            return None;
        }
        Some(text)
    }

    /// Several texts, none of them blank.
    pub(crate) fn texts(&mut self, key: &str) -> Vec<Text> {
        let Some(value) = self.table.get(key) else { return Vec::new() };
        let crate::config::tree::Kind::List(items) = &value.kind else {
            self.wrong(key, value, "a list, such as [\"one\", \"two\"]");
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items {
            match item.text() {
                Some(text) if !text.is_blank() && text.control(false).is_none() => texts.push(text),
                Some(_) => self.out.push(bad(
                    item,
                    format!("an item of `{key}` is empty or holds control characters"),
                    "expected some words",
                )),
                None => self.wrong(key, item, "text in quotes"),
            }
        }
        texts
    }

    /// One of a few words.
    pub(crate) fn choice<T: Copy>(&mut self, key: &str, known: &[(&str, T)]) -> Option<Said<T>> {
        let value = self.table.get(key)?;
        let text = self.text(key)?;
        if let Some((_, choice)) = known.iter().find(|(word, _)| *word == text.value) {
            return Some(Said::new(*choice, value));
        }
        let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
        let finding = Finding::error("bad-value", format!("`{key}` cannot be \"{}\"", text.value));
        let near = nearest(&text.value, words.iter().copied());
        self.out.push(meant(finding, &text, near, format!("one of {}", words.join(", "))));
        None
    }

    pub(crate) fn flag(&mut self, key: &str) -> Option<bool> {
        let value = self.table.get(key)?;
        if value.flag().is_none() {
            self.wrong(key, value, "true or false");
        }
        value.flag()
    }

    /// A width in pixels.
    pub(crate) fn pixels(&mut self, key: &str) -> Option<u32> {
        let value = self.table.get(key)?;
        let pixels =
            value.whole().and_then(|whole| u32::try_from(whole).ok()).filter(|whole| (1..=4000).contains(whole));
        if pixels.is_none() {
            self.out.push(bad(value, format!("`{key}` is not a width in pixels"), "expected a number from 1 to 4000"));
        }
        pixels
    }

    pub(crate) fn table(&mut self, key: &str) -> Option<&'t Table> {
        let value = self.table.get(key)?;
        if value.table().is_none() {
            self.wrong(key, value, "a table in braces");
        }
        value.table()
    }

    /// A day: `2026-11-24`, with or without quotes.
    pub(crate) fn day(&mut self, key: &str) -> Option<Said<NaiveDate>> {
        let value = self.table.get(key)?;
        let day = match (value.time(), value.text()) {
            (Some(Datetime { date: Some(day), time: None, .. }), _) => date(day),
            (_, Some(text)) => text.value.trim().parse().ok(),
            _ => None,
        };
        if day.is_none() {
            self.out.push(bad(value, format!("`{key}` is not a date"), "expected a date such as 2026-11-24"));
        }
        Some(Said::new(day?, value))
    }

    /// A time of day: `06:30`, with or without quotes.
    pub(crate) fn hour(&mut self, key: &str) -> Option<NaiveTime> {
        let value = self.table.get(key)?;
        let hour = match (value.time(), value.text()) {
            (Some(Datetime { date: None, time: Some(time), .. }), _) => {
                NaiveTime::from_hms_opt(time.hour.into(), time.minute.into(), time.second.unwrap_or(0).into())
            }
            (_, Some(text)) => clock_time(text.value.trim()),
            _ => None,
        };
        if hour.is_none() {
            self.out.push(bad(
                value,
                format!("`{key}` is not a time of day"),
                "expected hours and minutes, such as \"06:30\"",
            ));
        }
        hour
    }

    /// A moment: a date, or a date and time; without an offset it is local to `zone`.
    pub(crate) fn moment(&mut self, key: &str, zone: Tz) -> Option<Said<DateTime<FixedOffset>>> {
        let value = self.table.get(key)?;
        let given = match value.text() {
            Some(text) => text.value.trim().parse::<Datetime>().ok(),
            None => value.time(),
        };
        let moment = given.and_then(|given| moment(given, zone));
        if moment.is_none() {
            self.out.push(bad(
                value,
                format!("`{key}` is not a moment"),
                "expected a date such as 2026-11-24, or 2026-11-24T06:30:00",
            ));
        }
        Some(Said::new(moment?, value))
    }

    /// Names every key that is none of `known`.
    pub(crate) fn strangers(&mut self, whose: &str, known: &[&str]) {
        for entry in self.table.entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            let title = format!("{whose} has no key `{}`", entry.key);
            let finding = Finding::error("unknown-key", title);
            let finding = finding.at(&entry.value.source, entry.span.clone(), format!("keys: {}", known.join(", ")));
            self.out.push(match nearest(&entry.key, known.iter().copied()) {
                Some(near) => finding.help(format!("did you mean `{near}`?")).fix(entry.span.clone(), near),
                None => finding,
            });
        }
    }
}

/// Whether a key is there under a mistyped name: that was said, and explains why it is missing.
pub(crate) fn is_mistyped(table: &Table, key: &str, known: &[&str]) -> bool {
    let strangers = table.entries.iter().map(|entry| entry.key.as_str()).filter(|own| !known.contains(own));
    strangers.into_iter().any(|own| nearest(own, known.iter().copied()) == Some(key))
}

fn moment(given: Datetime, zone: Tz) -> Option<DateTime<FixedOffset>> {
    let day = date(given.date?)?;
    let time = match given.time {
        Some(time) => NaiveTime::from_hms_opt(time.hour.into(), time.minute.into(), time.second.unwrap_or(0).into())?,
        None => NaiveTime::MIN,
    };
    match given.offset {
        Some(Offset::Z) => Some(FixedOffset::east_opt(0)?.from_utc_datetime(&day.and_time(time))),
        Some(Offset::Custom { minutes }) => {
            FixedOffset::east_opt(i32::from(minutes) * 60)?.from_local_datetime(&day.and_time(time)).single()
        }
        None => Some(crate::schedule::instant(zone, day, time).fixed_offset()),
    }
}
