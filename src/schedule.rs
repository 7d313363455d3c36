//! Slots, days, zones and lateness: when an issue is due. Pure, given "now".
//!
//! A slot is a date in the newsletter's zone, never an instant: daylight saving moves the instant, not the
//! slot, and the slot is what must happen once. A time that a zone skips (02:30 on a spring night) becomes
//! the next valid instant; a time that happens twice means the first.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc, Weekday};
use chrono_tz::Tz;

use crate::config::Newsletter;

/// A date a newsletter is due, and the instant that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) date: NaiveDate,
    pub(crate) at: DateTime<Tz>,
}

/// What an editor may type for a date, besides a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DateWord {
    Date(NaiveDate),
    /// A name: the next such day, today included.
    Day(Weekday),
    Today,
    Tomorrow,
}

impl DateWord {
    /// Reads `today`, `tomorrow`, `mon`, `monday` or `2026-11-24`; `None` for anything else.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "today" => Some(Self::Today),
            "tomorrow" => Some(Self::Tomorrow),
            lower => lower
                .parse::<Weekday>()
                .map(Self::Day)
                .ok()
                .or_else(|| NaiveDate::parse_from_str(lower, "%Y-%m-%d").ok().map(Self::Date)),
        }
    }

    pub(crate) fn on(self, today: NaiveDate) -> NaiveDate {
        match self {
            Self::Date(date) => date,
            Self::Today => today,
            Self::Tomorrow => today + Days::new(1),
            Self::Day(day) => {
                let ahead = (day.num_days_from_monday() + 7 - today.weekday().num_days_from_monday()) % 7;
                today + Days::new(u64::from(ahead))
            }
        }
    }
}

/// The instant of a local time on a date: the next valid one where the zone skips it, the first where it repeats it.
pub(crate) fn instant(zone: Tz, date: NaiveDate, time: NaiveTime) -> DateTime<Tz> {
    let wanted = date.and_time(time);
    (0..=24 * 60)
        .find_map(|minutes| zone.from_local_datetime(&(wanted + TimeDelta::minutes(minutes))).earliest())
        .unwrap_or_else(|| zone.from_utc_datetime(&wanted))
}

/// The slot of one date, whether or not it is one of the newsletter's days.
pub(crate) fn slot_on(newsletter: &Newsletter, date: NaiveDate) -> Slot {
    Slot { date, at: instant(newsletter.timezone, date, newsletter.send_at) }
}

/// Whether the newsletter goes out on a date.
pub(crate) fn is_sending_day(newsletter: &Newsletter, date: NaiveDate) -> bool {
    newsletter.days.contains(&date.weekday()) && !newsletter.skip.contains(&date)
}

/// The latest slot that has begun, looking back a week; none where the newsletter has not been due since.
pub(crate) fn latest_due(newsletter: &Newsletter, now: DateTime<Utc>) -> Option<Slot> {
    let today = now.with_timezone(&newsletter.timezone).date_naive();
    (0..=7)
        .map(|back| today - Days::new(back))
        .filter(|date| is_sending_day(newsletter, *date))
        .map(|date| slot_on(newsletter, date))
        .find(|slot| slot.at <= now)
}

/// The first slot after now, looking a year ahead.
pub(crate) fn next_due(newsletter: &Newsletter, now: DateTime<Utc>) -> Option<Slot> {
    let today = now.with_timezone(&newsletter.timezone).date_naive();
    (0..=366)
        .map(|ahead| today + Days::new(ahead))
        .filter(|date| is_sending_day(newsletter, *date))
        .map(|date| slot_on(newsletter, date))
        .find(|slot| slot.at > now)
}

/// Whether a slot is too old for `--due` to begin it.
pub(crate) fn too_late(newsletter: &Newsletter, due: DateTime<Tz>, now: DateTime<Utc>) -> bool {
    now - due.to_utc() > TimeDelta::from_std(newsletter.late_limit).unwrap_or(TimeDelta::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap()
    }

    fn at(zone: Tz, day: &str, time: &str) -> String {
        instant(zone, date(day), time.parse().unwrap()).to_rfc3339()
    }

    #[test]
    fn a_time_the_zone_skips_becomes_the_next_valid_instant() {
        assert_eq!(at(chrono_tz::America::New_York, "2026-03-08", "02:30:00"), "2026-03-08T03:00:00-04:00");
        assert_eq!(at(chrono_tz::Europe::Lisbon, "2026-03-29", "01:30:00"), "2026-03-29T02:00:00+01:00");
        assert_eq!(at(chrono_tz::Africa::Cairo, "2026-04-24", "00:30:00"), "2026-04-24T01:00:00+03:00");
        assert_eq!(at(chrono_tz::Australia::Lord_Howe, "2026-10-04", "02:10:00"), "2026-10-04T02:30:00+11:00");
    }

    #[test]
    fn a_time_the_zone_repeats_means_the_first() {
        assert_eq!(at(chrono_tz::America::New_York, "2026-11-01", "01:30:00"), "2026-11-01T01:30:00-04:00");
        assert_eq!(at(chrono_tz::Europe::Berlin, "2026-10-25", "02:30:00"), "2026-10-25T02:30:00+02:00");
    }

    #[test]
    fn a_day_a_zone_never_had_still_has_an_instant() {
        // Samoa went from 29 to 31 December 2011.
        assert_eq!(at(chrono_tz::Pacific::Apia, "2011-12-30", "06:30:00"), "2011-12-31T00:00:00+14:00");
    }

    #[test]
    fn date_words_are_read_as_an_editor_types_them() {
        let monday = date("2026-11-23");
        let on = |word: &str| DateWord::parse(word).map(|word| word.on(monday).to_string());
        assert_eq!(on("today").as_deref(), Some("2026-11-23"));
        assert_eq!(on("Tomorrow").as_deref(), Some("2026-11-24"));
        assert_eq!(on("mon").as_deref(), Some("2026-11-23"));
        assert_eq!(on("sunday").as_deref(), Some("2026-11-29"));
        assert_eq!(on("2026-02-28").as_deref(), Some("2026-02-28"));
        assert_eq!(on("2026-02-30"), None);
        assert_eq!(on("soon"), None);
    }
}
