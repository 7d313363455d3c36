//! What happened, read back: counts, refusals, unknowns, one reader's trace.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row, params};

use crate::address::EmailAddress;
use crate::ledger::{Class, Counts, State};

use super::editions::by_id;
use super::{Edition, EditionId, Return, Store, StoreError, count, millis, time, waves, word};

/// Refusals that say the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) class: Option<Class>,
    /// The relay's words, with addresses in angle brackets left out.
    pub(crate) reply: String,
    pub(crate) count: u64,
    /// One of them.
    pub(crate) address: String,
}

/// One delivery, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trace {
    pub(crate) address: String,
    pub(crate) state: State,
    /// Of the last grant.
    pub(crate) version: Option<u32>,
    /// They get the text edition alone.
    pub(crate) text_only: bool,
    pub(crate) tries: u32,
    pub(crate) due: Option<DateTime<Utc>>,
    pub(crate) class: Option<Class>,
    /// The relay's words, or ours where `relay` is none.
    pub(crate) reply: Option<String>,
    pub(crate) relay: Option<String>,
    pub(crate) changed: DateTime<Utc>,
    /// The relay gave it back later; only where one reader is asked about.
    pub(crate) returned: Option<Return>,
}

impl Store {
    /// The newest time the store has written: no clock that is right is before it.
    pub(crate) fn newest(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let newest: Option<i64> = self.connection.query_row(
            "SELECT max(at) FROM (SELECT max(at) AS at FROM event UNION ALL SELECT max(begun) FROM edition
             UNION ALL SELECT max(finished) FROM edition)",
            [],
            |row| row.get(0),
        )?;
        Ok(newest.map(time))
    }

    /// Where the deliveries of an edition stand, counted row by row.
    pub(crate) fn counts(&self, edition: EditionId) -> Result<Counts, StoreError> {
        counts(&self.connection, edition)
    }

    /// How many were sent each version, or may have been: they keep it whatever is amended.
    pub(crate) fn kept(&self, edition: EditionId) -> Result<BTreeMap<u32, u64>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT version, count(*) FROM delivery
             WHERE edition = ?1 AND state IN ('sending', 'sent', 'unknown') GROUP BY version",
        )?;
        let rows = statement.query_map([edition.0], |row| Ok((row.get(0)?, count(row.get(1)?))))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// When the next deferred delivery is due.
    pub(crate) fn next_due(&self, edition: EditionId) -> Result<Option<DateTime<Utc>>, StoreError> {
        waves::next_due(&self.connection, edition)
    }

    /// How many were handed over since an instant: a rate, once divided by the time.
    pub(crate) fn sent_since(&self, edition: EditionId, since: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT count(*) FROM delivery WHERE edition = ?1 AND state = 'sent' AND changed >= ?2")?;
        Ok(count(statement.query_row(params![edition.0, millis(since)], |row| row.get(0))?))
    }

    /// Deliveries in one state with what was said, grouped, most frequent first.
    pub(crate) fn refusals(&self, edition: EditionId, state: State) -> Result<Vec<Refusal>, StoreError> {
        let mut groups = Groups::default();
        self.each_delivery(edition, state, |trace| {
            groups.add(trace.class, trace.reply.as_deref().unwrap_or_default(), trace.address);
        })?;
        Ok(groups.most_frequent_first())
    }

    /// Hands every delivery in one state to `each`, without holding them all.
    pub(crate) fn each_delivery(
        &self,
        edition: EditionId,
        state: State,
        mut each: impl FnMut(Trace),
    ) -> Result<(), StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT * FROM delivery WHERE edition = ?1 AND state = ?2 ORDER BY subscriber")?;
        let mut rows = statement.query(params![edition.0, state.as_str()])?;
        while let Some(row) = rows.next()? {
            each(trace_row(row)?);
        }
        Ok(())
    }

    /// Everything an address was ever on the audience of, newest slot first.
    pub(crate) fn who(&self, address: &EmailAddress) -> Result<Vec<(Edition, Trace)>, StoreError> {
        let Some(reader) = self.reader_by_address(address)? else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        let mut statement =
            self.connection.prepare_cached("SELECT * FROM delivery WHERE edition = ?1 AND subscriber = ?2")?;
        for edition in self.editions(None)? {
            let mut rows = statement.query(params![edition.id.0, reader.id])?;
            if let Some(row) = rows.next()? {
                let returned = self.returned_of(edition.id, reader.id)?;
                found.push((edition, Trace { returned, ..trace_row(row)? }));
            }
        }
        Ok(found)
    }
}

/// Everything but `sent` has an index of its own, and every row is in one of the eight states: so the rows are
/// counted once and not sorted, however many they are. In one statement, so as of one moment.
pub(super) fn counts(connection: &Connection, edition: EditionId) -> Result<Counts, StoreError> {
    let audience = by_id(connection, edition)?.audience;
    let of = |from: String| format!("(SELECT count(*) FROM delivery {from} AND edition = ?1)");
    let numbers = State::ALL.map(|state| match state {
        State::Queued | State::Sending | State::Deferred => {
            of(format!("INDEXED BY delivery_{0} WHERE state = '{0}'", state.as_str()))
        }
        State::Sent => of("NOT INDEXED WHERE true".to_owned()),
        State::Failed | State::Suppressed | State::Unknown | State::Expired => {
            of(format!("INDEXED BY delivery_ended WHERE {ENDED} AND state = '{}'", state.as_str()))
        }
    });
    let mut statement = connection.prepare_cached(&format!("SELECT {}", numbers.join(", ")))?;
    Ok(statement.query_row([edition.0], |row| {
        let number = |state: State| Ok::<_, rusqlite::Error>(count(row.get(state as usize)?));
        let mut counts = Counts {
            audience,
            queued: number(State::Queued)?,
            sending: number(State::Sending)?,
            sent: 0,
            failed: number(State::Failed)?,
            deferred: number(State::Deferred)?,
            suppressed: number(State::Suppressed)?,
            unknown: number(State::Unknown)?,
            expired: number(State::Expired)?,
        };
        let others: u64 = State::ALL.iter().map(|state| counts.of(*state)).sum();
        counts.sent = number(State::Sent)?.saturating_sub(others);
        Ok(counts)
    })?)
}

/// What is in the index `delivery_ended`, in the words of the schema.
pub(super) const ENDED: &str = "(state = 'failed' OR state = 'suppressed' OR state = 'unknown' OR state = 'expired')";

pub(super) fn trace_row(row: &Row<'_>) -> rusqlite::Result<Trace> {
    let class: Option<String> = row.get("class")?;
    Ok(Trace {
        address: row.get("address")?,
        state: word(row, "state", State::parse)?,
        version: row.get("version")?,
        text_only: row.get("text_only")?,
        tries: row.get("tries")?,
        due: row.get::<_, Option<i64>>("due")?.map(time),
        class: class.as_deref().and_then(Class::parse),
        reply: row.get("reply")?,
        relay: row.get("relay")?,
        changed: time(row.get("changed")?),
        returned: None,
    })
}

/// What was said to many, each once.
#[derive(Default)]
pub(super) struct Groups(BTreeMap<(Option<&'static str>, String), Refusal>);

impl Groups {
    pub(super) fn add(&mut self, class: Option<Class>, reply: &str, address: String) {
        let reply = without_addresses(reply);
        let key = (class.map(Class::as_str), reply.clone());
        self.0.entry(key).or_insert(Refusal { class, reply, count: 0, address }).count += 1;
    }

    pub(super) fn most_frequent_first(self) -> Vec<Refusal> {
        let mut refusals: Vec<_> = self.0.into_values().collect();
        refusals.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.reply.cmp(&b.reply)));
        refusals
    }
}

/// `550 5.1.1 <anna@example.org>: no such user` says the same for every reader once the address is out.
fn without_addresses(reply: &str) -> String {
    let mut said = String::with_capacity(reply.len());
    let mut rest = reply;
    while let Some((before, inside)) = rest.split_once('<') {
        let Some((_, after)) = inside.split_once('>') else { break };
        said.push_str(before);
        said.push_str("<…>");
        rest = after;
    }
    said.push_str(rest);
    said
}
