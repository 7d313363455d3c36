//! The days of relays: how many messages each was given, how many it may still have, and who wants to be left alone.
//!
//! Counted when they are granted, in the same commit, and taken back when they were not handed over: so two
//! runs that go by one relay share its day, and a crash never gives it more than its quota.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, params};

use crate::ledger::{Rest, Settled, Want};
use crate::pace::{Day, Quota};

use super::{Store, StoreError, count, millis, time};

/// Seconds.
const DAY: i64 = 86_400;

/// The day of a relay with a quota; `None`: it may be given as much as it takes.
pub(super) fn today(
    connection: &Connection,
    relay: &str,
    quota: &Quota,
    now: DateTime<Utc>,
) -> Result<Option<Day>, StoreError> {
    if quota.is_unlimited() {
        return Ok(None);
    }
    let before: u32 = connection
        .prepare_cached("SELECT count(*) FROM relay_day WHERE relay = ?1 AND day < ?2 AND given > 0")?
        .query_row(params![relay, day(now)], |row| row.get(0))?;
    let Some(cap) = quota.cap(before) else { return Ok(None) };
    let given = connection
        .prepare_cached("SELECT given FROM relay_day WHERE relay = ?1 AND day = ?2")?
        .query_row(params![relay, day(now)], |row| row.get(0))
        .optional()?
        .map_or(0, count);
    Ok(Some(Day { cap, left: cap.saturating_sub(given), before }))
}

/// Notes what was granted.
pub(super) fn give(connection: &Connection, want: &Want, grants: usize, now: DateTime<Utc>) -> Result<(), StoreError> {
    if want.quota.is_unlimited() || grants == 0 {
        return Ok(());
    }
    connection
        .prepare_cached(
            "INSERT INTO relay_day (relay, day, given) VALUES (?1, ?2, ?3)
             ON CONFLICT (relay, day) DO UPDATE SET given = given + excluded.given",
        )?
        .execute(params![&*want.relay, day(now), grants as i64])?;
    Ok(())
}

/// What was granted and not handed over is not counted, whichever relay asks now: one that had no day of its own has
/// no row.
pub(super) fn take_back(connection: &Connection, settled: &[Settled], now: DateTime<Utc>) -> Result<(), StoreError> {
    for outcome in settled.iter().filter(|outcome| !outcome.state.is_handed_over()) {
        connection
            .prepare_cached("UPDATE relay_day SET given = given - 1 WHERE relay = ?1 AND day = ?2 AND given > 0")?
            .execute(params![outcome.relay, day(now)])?;
    }
    Ok(())
}

/// Notes who asked to be left alone.
pub(super) fn let_rest(connection: &Connection, rests: &[Rest]) -> Result<(), StoreError> {
    rests.iter().try_for_each(|rest| note_rest(connection, rest, false))
}

/// The longer wish counts.
fn note_rest(connection: &Connection, rest: &Rest, cron: bool) -> Result<(), StoreError> {
    connection.execute(
        "INSERT INTO relay_rest (relay, cron, until, words) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET until = excluded.until, words = excluded.words WHERE excluded.until > until",
        params![rest.relay, cron, millis(rest.until), rest.words],
    )?;
    Ok(())
}

impl Store {
    /// What a relay may still be given today; `None`: as much as it takes.
    pub(crate) fn relay_day(&self, relay: &str, quota: &Quota, now: DateTime<Utc>) -> Result<Option<Day>, StoreError> {
        today(&self.connection, relay, quota, now)
    }

    /// When a relay may carry again that has carried all its last day of use allowed; `None` where something was left
    /// of it.
    pub(crate) fn spent_until(
        &self,
        relay: &str,
        quota: &Quota,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT max(day) FROM relay_day WHERE relay = ?1 AND day <= ?2 AND given > 0")?;
        let last: Option<i64> = statement.query_row(params![relay, day(now)], |row| row.get(0))?;
        let Some(begins) = last.and_then(|last| DateTime::from_timestamp(last * DAY, 0)) else { return Ok(None) };
        let spent = self.relay_day(relay, quota, begins)?.is_some_and(|day| day.left == 0);
        Ok(spent.then(|| begins + TimeDelta::days(1)))
    }

    /// Keeps cron away from a relay that refused us.
    pub(crate) fn keep_cron_away(&mut self, rest: &Rest) -> Result<(), StoreError> {
        note_rest(&self.connection, rest, true)
    }

    /// Somebody came through to it: cron may, too.
    pub(crate) fn let_cron_come(&mut self, relay: &str) -> Result<(), StoreError> {
        self.connection.execute("DELETE FROM relay_rest WHERE relay = ?1 AND cron = 1", [relay])?;
        Ok(())
    }

    /// How long a relay is still to be left alone, by cron or by everybody, and in which words; by its name and place.
    pub(crate) fn resting(&self, relay: &str, cron: bool, now: DateTime<Utc>) -> Result<Option<Rest>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT until, words FROM relay_rest WHERE relay = ?1 AND cron <= ?2 AND until > ?3 ORDER BY until DESC LIMIT 1",
        )?;
        let found = statement.query_row(params![relay, cron, millis(now)], |row| {
            Ok(Rest { relay: relay.to_owned(), until: time(row.get(0)?), words: row.get(1)? })
        });
        Ok(found.optional()?)
    }
}

/// Days since 1970, UTC.
fn day(now: DateTime<Utc>) -> i64 {
    now.timestamp().div_euclid(DAY)
}
