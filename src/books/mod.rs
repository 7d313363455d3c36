//! The books as people and programs read them: one edition's counts, its pace and its forecast in words, and the
//! press room: all of a run on one page, while it is on and for good.

mod chart;
mod forecast;
mod page;
mod room;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::ledger::{Counts, State};
use crate::store::{Edition, Purpose, Store, StoreError};

pub(crate) use forecast::Forecast;
pub(crate) use page::{document, sheet};
pub(crate) use room::Room;

/// An edition and where its deliveries stand.
pub(crate) struct Books {
    pub(crate) edition: Edition,
    pub(crate) counts: Counts,
    pub(crate) next_due: Option<DateTime<Utc>>,
}

impl Books {
    pub(crate) fn open(store: &Store, edition: Edition) -> Result<Self, StoreError> {
        let counts = store.counts(edition.id)?;
        let next_due = store.next_due(edition.id)?;
        Ok(Self { edition, counts, next_due })
    }

    /// What stands before every line about a rehearsal.
    pub(crate) fn voice(&self) -> &'static str {
        voice(self.edition.purpose)
    }

    /// `200 = 193 sent + 3 failed + 0 suppressed + 4 unknown + 0 expired`, with what is open behind it.
    pub(crate) fn equation(&self) -> String {
        let counts = &self.counts;
        let closing = [State::Sent, State::Failed, State::Suppressed, State::Unknown, State::Expired];
        let mut terms: Vec<String> = closing.iter().map(|state| term(counts.of(*state), *state)).collect();
        let open = [State::Queued, State::Sending, State::Deferred];
        terms.extend(open.iter().filter(|state| counts.of(**state) > 0).map(|state| term(counts.of(*state), *state)));
        format!("{} = {}", thousands(counts.audience), terms.join(" + "))
    }

    /// The one object of `status --json` and `report --json`.
    pub(crate) fn json(&self) -> Value {
        let Edition { newsletter, slot, subject, state, version, purpose, started, finished, .. } = &self.edition;
        let mut object = json!({
            "edition": format!("{newsletter}/{slot}"),
            "newsletter": newsletter,
            "slot": slot,
            "subject": subject,
            "state": state.as_str(),
            "version": version,
            "rehearsal": *purpose == Purpose::Rehearsal,
            "started": started.map(|at| at.to_rfc3339()),
            "finished": finished.map(|at| at.to_rfc3339()),
            "next_due": self.next_due.map(|at| at.to_rfc3339()),
            "audience": self.counts.audience,
            "text_only": self.edition.text_only,
        });
        for state in State::ALL {
            object[state.as_str()] = json!(self.counts.of(state));
        }
        object
    }
}

/// `rehearsal: ` before every line of a run that counts for nothing.
pub(crate) fn voice(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Rehearsal => "rehearsal: ",
        Purpose::Issue | Purpose::Test => "",
    }
}

fn term(count: u64, state: State) -> String {
    format!("{} {}", thousands(count), state.as_str())
}

/// `48,210`: people read long numbers in groups.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 reader`, `2 readers`.
pub(crate) fn plural(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", thousands(number), if number == 1 { "" } else { "s" })
}

/// `06:31` on the newsletter's clock, with the day where it is another one than `day`.
pub(crate) fn clock_time(at: DateTime<Utc>, zone: Tz, day: DateTime<Utc>) -> String {
    let (at, day) = (at.with_timezone(&zone), day.with_timezone(&zone));
    let format = if at.date_naive() == day.date_naive() { "%H:%M" } else { "%a %-d %b %H:%M" };
    at.format(format).to_string()
}

/// How fast a run goes: what was taken in the last minute, and that a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pace {
    pub(crate) last_minute: u64,
    /// Messages a second; 0 where nothing was taken.
    pub(crate) a_second: f64,
}

impl Pace {
    pub(crate) fn read(store: &Store, edition: &Edition, now: DateTime<Utc>) -> Result<Self, StoreError> {
        let last_minute = store.sent_since(edition.id, now - TimeDelta::minutes(1))?;
        // A run younger than a minute is faster than its first minute says.
        let since = edition.started.map_or(60, |started| (now - started).num_seconds()).clamp(1, 60);
        Ok(Self { last_minute, a_second: last_minute as f64 / since as f64 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_are_read_in_groups() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(48_210), "48,210");
        assert_eq!(thousands(1_000_000), "1,000,000");
        assert_eq!((plural(1, "reader"), plural(2, "reader")), ("1 reader".to_owned(), "2 readers".to_owned()));
    }
}
