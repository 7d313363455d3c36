//! A run as somebody watches it: one pass over the ledger. What the run says about its relays is kept for them
//! here, and decides nothing.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::params;

use crate::ledger::State;
use crate::pace::Circuit;

use super::reports::{ENDED, Trace, trace_row};
use super::{EditionId, Store, StoreError, count, millis, time, word};

/// Deliveries that have all this in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) state: State,
    pub(crate) lane: String,
    /// Who answered last; none where nobody was asked.
    pub(crate) relay: Option<String>,
    /// The beginning of the span in which they came into their state.
    pub(crate) at: DateTime<Utc>,
    pub(crate) count: u64,
}

/// How a relay does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RelayStanding {
    pub(crate) relay: String,
    pub(crate) breaker: Circuit,
    /// Messages go by it.
    pub(crate) carries: bool,
    /// What was wrong with it last; empty where nothing was.
    pub(crate) trouble: String,
    pub(crate) since: DateTime<Utc>,
}

impl Store {
    /// Another number whenever another process wrote, for as long as this connection is open.
    pub(crate) fn writes(&self) -> Result<i64, StoreError> {
        Ok(self.connection.pragma_query_value(None, "data_version", |row| row.get(0))?)
    }

    /// Where the deliveries of an edition stand, how they got there and when, in spans of time; in one pass.
    pub(crate) fn tally(&self, edition: EditionId, span: TimeDelta) -> Result<Vec<Tally>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT state, lane, relay, changed / ?2 * ?2 AS at, count(*) AS deliveries FROM delivery
             WHERE edition = ?1 GROUP BY state, lane, relay, at ORDER BY at",
        )?;
        let rows = statement.query_map(params![edition.0, span.num_milliseconds().max(1)], |row| {
            Ok(Tally {
                state: word(row, "state", State::parse)?,
                lane: row.get("lane")?,
                relay: row.get("relay")?,
                at: time(row.get("at")?),
                count: count(row.get("deliveries")?),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many wait for their turn.
    pub(crate) fn queued(&self, edition: EditionId) -> Result<u64, StoreError> {
        self.number_in(edition, "delivery_queued", "queued")
    }

    /// Of how many nobody knows whether they have it.
    pub(crate) fn unknown(&self, edition: EditionId) -> Result<u64, StoreError> {
        self.number_in(edition, "delivery_unknown", "unknown")
    }

    /// How many got nothing before the edition expired, and how many of them were never tried.
    pub(crate) fn expired(&self, edition: EditionId) -> Result<(u64, u64), StoreError> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT count(*), coalesce(sum(tries = 0), 0) FROM delivery INDEXED BY delivery_ended
             WHERE edition = ?1 AND {ENDED} AND state = 'expired'",
        ))?;
        Ok(statement.query_row([edition.0], |row| Ok((count(row.get(0)?), count(row.get(1)?))))?)
    }

    /// By an index of that state alone, so that those who have it cost nothing.
    fn number_in(&self, edition: EditionId, index: &str, state: &str) -> Result<u64, StoreError> {
        let sql = format!("SELECT count(*) FROM delivery INDEXED BY {index} WHERE edition = ?1 AND state = '{state}'");
        Ok(count(self.connection.prepare_cached(&sql)?.query_row([edition.0], |row| row.get(0))?))
    }

    /// The newest refusals of an edition, for good or for now.
    pub(crate) fn last_refusals(&self, edition: EditionId, most: u32) -> Result<Vec<Trace>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT * FROM delivery WHERE edition = ?1 AND state IN ('failed', 'deferred')
             ORDER BY changed DESC, subscriber LIMIT ?2",
        )?;
        let rows = statement.query_map(params![edition.0, most], trace_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Keeps how a relay of a run does.
    pub(crate) fn relay_stands(&mut self, edition: EditionId, standing: &RelayStanding) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT OR REPLACE INTO relay_standing (edition, relay, breaker, carries, trouble, since)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                edition.0,
                standing.relay,
                standing.breaker.as_str(),
                standing.carries,
                standing.trouble,
                millis(standing.since)
            ],
        )?;
        Ok(())
    }

    /// How the relays of an edition did when they were last heard of, by name.
    pub(crate) fn relays(&self, edition: EditionId) -> Result<Vec<RelayStanding>, StoreError> {
        let mut statement =
            self.connection.prepare_cached("SELECT * FROM relay_standing WHERE edition = ?1 ORDER BY relay")?;
        let rows = statement.query_map([edition.0], |row| {
            Ok(RelayStanding {
                relay: row.get("relay")?,
                breaker: word(row, "breaker", Circuit::parse)?,
                carries: row.get("carries")?,
                trouble: row.get("trouble")?,
                since: time(row.get("since")?),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
