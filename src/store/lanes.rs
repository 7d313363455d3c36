//! Lanes in the ledger: which delivery is in which, and which of them wait for an editor.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, ToSql, named_params, params};

use crate::ledger::Heard;
use crate::pace::{Lanes, OTHERS, Watch};

use super::editions::by_id;
use super::freezing::{AUDIENCE, BOUNCE_EXCLUDES};
use super::reports::ENDED;
use super::{Edition, EditionId, Store, StoreError, count, millis};

/// A lane that a wave of refusals paused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Paused {
    pub(crate) lane: Arc<str>,
    /// An editor let it go on.
    pub(crate) released: bool,
}

impl Store {
    /// Puts open deliveries into the lanes of this run, where config.toml has others than when they were frozen.
    pub(crate) fn use_lanes(&mut self, edition: EditionId, lanes: &Lanes) -> Result<(), StoreError> {
        let tx = self.write()?;
        let text = text(lanes);
        let known: String = tx.query_row("SELECT lanes FROM edition WHERE id = ?1", [edition.0], |row| row.get(0))?;
        if known != text {
            prepare(&tx, lanes)?;
            tx.execute(
                "UPDATE delivery SET lane = coalesce((SELECT lane.name FROM subscriber AS reader
                     JOIN temp.lane AS lane ON lane.domain = reader.domain WHERE reader.id = delivery.subscriber), ?2)
                 WHERE edition = ?1 AND state IN ('queued', 'deferred')",
                params![edition.0, OTHERS],
            )?;
            tx.execute("UPDATE edition SET lanes = ?2 WHERE id = ?1", params![edition.0, text])?;
        }
        tx.commit()?;
        Ok(())
    }

    /// The lanes of an edition that were paused, in order.
    pub(crate) fn paused(&self, edition: EditionId) -> Result<Vec<Paused>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT lane, released IS NOT NULL FROM lane_pause WHERE edition = ?1 ORDER BY lane")?;
        let rows = statement.query_map([edition.0], |row| {
            Ok(Paused { lane: row.get::<_, String>(0)?.into(), released: row.get(1)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What receivers answered to an edition so far. Where nobody was refused there is nothing to watch over yet.
    pub(crate) fn heard(&self, edition: &Edition) -> Result<Heard, StoreError> {
        let number = |sql: &str, parameters: &[&dyn ToSql]| -> Result<u32, StoreError> {
            Ok(self.connection.prepare_cached(sql)?.query_row(parameters, |row| row.get(0))?)
        };
        let (id, version) = (edition.id.0, edition.version);
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT lane, count(*), count(*) FILTER (WHERE class = 'hard') FROM delivery INDEXED BY delivery_ended
             WHERE edition = ?1 AND {ENDED} AND state = 'failed' GROUP BY lane"
        ))?;
        let rows =
            statement.query_map([id], |row| Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?, row.get(2)?)))?;
        let mut heard = Heard::default();
        for row in rows {
            let (lane, failed, hard): (_, _, u32) = row?;
            let sent = number(
                "SELECT count(*) FROM delivery WHERE edition = ?1 AND lane = ?2 AND state = 'sent'",
                &[&id, &lane],
            )?;
            heard.lanes.insert(lane.into(), (sent + failed, hard));
        }
        if !heard.lanes.is_empty() {
            heard.answered = number(
                "SELECT count(*) FROM (SELECT 1 FROM delivery
                     WHERE edition = ?1 AND state IN ('sent', 'failed') AND version = ?2 LIMIT ?3)",
                &[&id, &version, &Watch::FIRST],
            )?;
            heard.unwanted = number(&unwanted(), &[&id, &version])?;
            let cleared = "SELECT count(*) FROM edition WHERE id = ?1 AND cleared = ?2";
            heard.cleared = number(cleared, &[&id, &version])? > 0;
        }
        Ok(heard)
    }

    /// Lets the paused lanes of an edition go on. What their refusals did to readers becomes final, or is lifted:
    /// the suppressions, and the days of grace after a first refusal. Returns how many readers were lifted.
    pub(crate) fn release_lanes(
        &mut self,
        edition: EditionId,
        lift: bool,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let tx = self.write()?;
        let row = by_id(&tx, edition)?;
        let since = row.started.unwrap_or(row.begun);
        let lifted = if lift {
            tx.execute(
                &format!("DELETE FROM suppression WHERE provisional = 1 AND what IN (SELECT folded {REFUSED})"),
                params![edition.0, millis(since)],
            )?;
            tx.execute(
                &format!("UPDATE subscriber SET bounced = NULL WHERE id IN (SELECT reader.id {REFUSED})"),
                params![edition.0, millis(since)],
            )?
        } else {
            tx.execute(
                &format!("UPDATE suppression SET provisional = 0 WHERE what IN (SELECT folded {REFUSED})"),
                params![edition.0, millis(since)],
            )?;
            0
        };
        tx.execute(
            "UPDATE lane_pause SET released = ?2 WHERE edition = ?1 AND released IS NULL",
            params![edition.0, millis(now)],
        )?;
        tx.commit()?;
        Ok(lifted as u64)
    }

    /// How many deliveries of an edition are queued in each lane, by name.
    pub(crate) fn queued_by_lane(&self, edition: EditionId) -> Result<Vec<(String, u64)>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT lane, count(*) FROM delivery INDEXED BY delivery_queued
             WHERE edition = ?1 AND state = 'queued' GROUP BY lane ORDER BY lane",
        )?;
        let rows = statement.query_map([edition.0], |row| Ok((row.get(0)?, count(row.get(1)?))))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many of a newsletter's audience are in each of these lanes, in their order.
    pub(crate) fn readers_by_lane(
        &self,
        newsletter: &str,
        lanes: &Lanes,
        now: DateTime<Utc>,
    ) -> Result<Vec<u64>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached(&format!("SELECT reader.domain, count(*) {AUDIENCE} GROUP BY reader.domain"))?;
        let bounced_by = millis(now - BOUNCE_EXCLUDES);
        let mut rows = statement.query(named_params! {":newsletter": newsletter, ":bounced_by": bounced_by})?;
        let mut readers = vec![0; lanes.iter().count()];
        while let Some(row) = rows.next()? {
            readers[lanes.of(&row.get::<_, String>(0)?)] += count(row.get(1)?);
        }
        Ok(readers)
    }
}

/// Deliveries of an edition's (?1) version (?2) that receivers refused for what we send.
fn unwanted() -> String {
    format!(
        "SELECT count(*) FROM delivery INDEXED BY delivery_ended
         WHERE edition = ?1 AND {ENDED} AND state = 'failed' AND class = 'sender' AND version = ?2"
    )
}

/// An editor lets an edition go on: had receivers refused what we send, those refusals alarm nobody again.
pub(super) fn clear(connection: &Connection, edition: EditionId) -> Result<(), StoreError> {
    let version = by_id(connection, edition)?.version;
    let unwanted: u32 = connection.query_row(&unwanted(), params![edition.0, version], |row| row.get(0))?;
    if unwanted > Watch::BEARABLE {
        connection.execute("UPDATE edition SET cleared = version WHERE id = ?1", [edition.0])?;
    }
    Ok(())
}

/// Readers whom a lane that waits for an editor refused for good in this edition (?1), since it started (?2).
const REFUSED: &str = "FROM delivery JOIN lane_pause AS paused
        ON paused.edition = delivery.edition AND paused.lane = delivery.lane AND paused.released IS NULL
    JOIN subscriber AS reader ON reader.id = delivery.subscriber
    WHERE delivery.edition = ?1 AND delivery.state = 'failed' AND delivery.class = 'hard' AND delivery.changed >= ?2";

/// What refusals did to the readers of these lanes waits for an editor from now on.
pub(super) fn pause(
    connection: &Connection,
    edition: &Edition,
    lanes: &[Arc<str>],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for lane in lanes {
        connection.execute(
            "INSERT INTO lane_pause (edition, lane, since) VALUES (?1, ?2, ?3)
             ON CONFLICT (edition, lane) DO UPDATE SET since = excluded.since, released = NULL",
            params![edition.id.0, &**lane, millis(now)],
        )?;
    }
    if !lanes.is_empty() {
        let since = edition.started.unwrap_or(edition.begun);
        connection.execute(
            &format!(
                "UPDATE suppression SET provisional = 1
                 WHERE reason = 'bounce' AND since >= ?2 AND what IN (SELECT folded {REFUSED})"
            ),
            params![edition.id.0, millis(since)],
        )?;
    }
    Ok(())
}

/// Whether a reader's lane waits for an editor: what a refusal does then is provisional.
pub(super) fn is_paused(connection: &Connection, edition: &Edition, reader: i64) -> Result<bool, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM delivery JOIN lane_pause AS paused
             ON paused.edition = delivery.edition AND paused.lane = delivery.lane AND paused.released IS NULL
         WHERE delivery.edition = ?1 AND delivery.subscriber = ?2)",
    )?;
    Ok(statement.query_row(params![edition.id.0, reader], |row| row.get(0))?)
}

/// A table of domains and their lanes for one statement, made anew.
pub(super) fn prepare(connection: &Connection, lanes: &Lanes) -> Result<(), StoreError> {
    connection.execute_batch(
        "CREATE TEMP TABLE IF NOT EXISTS lane (domain TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
         DELETE FROM temp.lane;",
    )?;
    let mut insert = connection.prepare_cached("INSERT INTO temp.lane (domain, name) VALUES (?1, ?2)")?;
    for (domain, lane) in lanes.domains() {
        insert.execute([domain, lane])?;
    }
    Ok(())
}

/// The lanes as an edition remembers them.
pub(super) fn text(lanes: &Lanes) -> String {
    serde_json::to_string(&lanes.domains()).unwrap_or_default()
}
