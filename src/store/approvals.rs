//! What people did and said around an issue: approvals, the log, reasons told once, answers to polls.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};

use super::{Store, StoreError, count, millis, time};

/// The approval that counts for a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Approval {
    /// The content hash that was approved.
    pub(crate) hash: String,
    /// Readers seen at that time.
    pub(crate) audience: u64,
    pub(crate) by: String,
    pub(crate) at: DateTime<Utc>,
    /// The approved parts, for sending them although the files changed since, and for `diff`.
    pub(crate) parts: Option<Vec<u8>>,
}

/// A line of `log`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) at: DateTime<Utc>,
    pub(crate) who: String,
    /// One word: approved, held, released, started, …
    pub(crate) what: String,
    pub(crate) detail: String,
}

impl Store {
    /// Keeps an approval; an earlier one of the slot no longer counts.
    pub(crate) fn approve(&mut self, newsletter: &str, slot: &str, approval: &Approval) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT OR REPLACE INTO approval (newsletter, slot, hash, audience, by, at, parts)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                newsletter,
                slot,
                approval.hash,
                i64::try_from(approval.audience).unwrap_or(i64::MAX),
                approval.by,
                millis(approval.at),
                approval.parts
            ],
        )?;
        Ok(())
    }

    /// Takes the approval back; false when there was none.
    pub(crate) fn unapprove(&mut self, newsletter: &str, slot: &str) -> Result<bool, StoreError> {
        let taken =
            self.connection.execute("DELETE FROM approval WHERE newsletter = ?1 AND slot = ?2", [newsletter, slot])?;
        Ok(taken == 1)
    }

    pub(crate) fn approval(&self, newsletter: &str, slot: &str) -> Result<Option<Approval>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT hash, audience, by, at, parts FROM approval WHERE newsletter = ?1 AND slot = ?2")?;
        let found = statement.query_row([newsletter, slot], |row| {
            Ok(Approval {
                hash: row.get(0)?,
                audience: count(row.get(1)?),
                by: row.get(2)?,
                at: time(row.get(3)?),
                parts: row.get(4)?,
            })
        });
        Ok(found.optional()?)
    }

    /// The slots of a newsletter that have an approval, oldest first.
    pub(crate) fn approved_slots(&self, newsletter: &str) -> Result<Vec<String>, StoreError> {
        let mut statement =
            self.connection.prepare_cached("SELECT slot FROM approval WHERE newsletter = ?1 ORDER BY slot")?;
        let rows = statement.query_map([newsletter], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Writes a line of `log`, for good.
    pub(crate) fn note(&mut self, newsletter: &str, slot: &str, event: &Event) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT INTO event (at, newsletter, slot, who, what, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![millis(event.at), newsletter, slot, event.who, event.what, event.detail],
        )?;
        Ok(())
    }

    /// Another number with every line of `log`.
    pub(crate) fn newest_event(&self) -> Result<i64, StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT coalesce(max(id), 0) FROM event")?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    /// What happened to an issue, oldest first.
    pub(crate) fn events(&self, newsletter: &str, slot: &str) -> Result<Vec<Event>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT at, who, what, detail FROM event WHERE newsletter = ?1 AND slot = ?2 ORDER BY id",
        )?;
        let rows = statement.query_map([newsletter, slot], |row| {
            Ok(Event { at: time(row.get(0)?), who: row.get(1)?, what: row.get(2)?, detail: row.get(3)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Remembers that a reason not to send was told; true the first time, when it should be.
    pub(crate) fn tell_once(
        &mut self,
        newsletter: &str,
        slot: &str,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let first = self.connection.execute(
            "INSERT INTO told (newsletter, slot, reason, at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            params![newsletter, slot, reason, millis(now)],
        )?;
        Ok(first == 1)
    }

    /// A reader's answer to a poll; their last one counts. False when nobody has that key.
    pub(crate) fn answer_poll(
        &mut self,
        newsletter: &str,
        slot: &str,
        block: &str,
        key: &[u8; 16],
        answer: u32,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let kept = self.connection.execute(
            "INSERT INTO poll_answer (newsletter, slot, block, subscriber, answer, at)
             SELECT ?1, ?2, ?3, id, ?5, ?6 FROM subscriber WHERE key = ?4
             ON CONFLICT (newsletter, slot, block, subscriber) DO UPDATE SET answer = excluded.answer, at = excluded.at",
            params![newsletter, slot, block, key, answer, millis(now)],
        )?;
        Ok(kept == 1)
    }

    /// How often each answer of a poll was given, by answer.
    pub(crate) fn poll(&self, newsletter: &str, slot: &str, block: &str) -> Result<Vec<(u32, u64)>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT answer, count(*) FROM poll_answer WHERE newsletter = ?1 AND slot = ?2 AND block = ?3
             GROUP BY answer ORDER BY answer",
        )?;
        let rows = statement.query_map([newsletter, slot, block], |row| Ok((row.get(0)?, count(row.get(1)?))))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
