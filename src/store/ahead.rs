//! The queue of one edition, read ahead of its grants.
//!
//! A wave grants a handful, and reading what decides about each of them costs more than writing the grant. So
//! some hundred are read at once and kept, for as long as nobody else has written anything: SQLite counts the
//! commits of other connections (`data_version`) and the changes of this one. The look happens inside the
//! wave's transaction, so whoever left before its commit is seen as before (I9). Nothing is granted ahead.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use rusqlite::{Connection, named_params};

use crate::address::EmailAddress;
use crate::ledger::{Grant, State, UNSEEN_BEFORE};

use super::editions::by_id;
use super::waves::TOO_LATE;
use super::{Edition, EditionId, StoreError};

/// Rows read at once: enough that reading them costs little each, few enough to be thrown away.
const ROWS: usize = 256;

/// An edition and the next of its queue, true as of one moment.
pub(super) struct Ahead {
    pub(super) edition: Edition,
    /// By lane.
    rows: BTreeMap<Arc<str>, VecDeque<Candidate>>,
    as_of: Moment,
}

/// A state of the store: it is the same as long as both numbers are.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Moment {
    /// Counts up with the commits of all other connections.
    others: i64,
    /// Rows this connection has changed.
    own: u64,
}

impl Moment {
    fn now(connection: &Connection) -> Result<Self, StoreError> {
        let others = connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        Ok(Self { others, own: connection.total_changes() })
    }
}

impl Ahead {
    /// What was kept, where nothing was written since; else the edition as it is now, and nothing read ahead.
    /// The connection must hold the right to write.
    pub(super) fn still_true(kept: Option<Self>, tx: &Connection, edition: EditionId) -> Result<Self, StoreError> {
        let now = Moment::now(tx)?;
        match kept.filter(|kept| kept.as_of == now && kept.edition.id == edition) {
            Some(kept) => Ok(kept),
            None => Ok(Self { edition: by_id(tx, edition)?, rows: BTreeMap::new(), as_of: now }),
        }
    }

    /// For the next wave: its own changes, now committed, took from the queue only what was handed out.
    pub(super) fn kept(mut self, connection: &Connection) -> Self {
        self.as_of.own = connection.total_changes();
        self
    }

    /// The next one queued in a lane whose turn is no later than `turn`, in the order of turns and keys; `None`
    /// when there is nobody.
    pub(super) fn next(
        &mut self,
        tx: &Connection,
        lane: &Arc<str>,
        turn: i64,
    ) -> Result<Option<Candidate>, StoreError> {
        let rows = self.rows(tx, lane, turn)?;
        Ok(if rows.front().is_some_and(|row| row.turn <= turn) { rows.pop_front() } else { None })
    }

    /// The lane whose next one has the earliest turn, of several; an empty one comes before all, to be found so.
    pub(super) fn first_of(
        &mut self,
        tx: &Connection,
        lanes: &[(Arc<str>, usize)],
        turn: i64,
    ) -> Result<usize, StoreError> {
        let mut first = (i64::MAX, 0);
        for (at, (lane, _)) in lanes.iter().enumerate() {
            let next = self.rows(tx, lane, turn)?.front().map_or(i64::MIN, |row| row.turn);
            first = first.min((next, at));
        }
        Ok(first.1)
    }

    /// What is read ahead of a lane, read where there is nothing.
    fn rows(&mut self, tx: &Connection, lane: &Arc<str>, turn: i64) -> Result<&mut VecDeque<Candidate>, StoreError> {
        let rows = self.rows.entry(lane.clone()).or_default();
        if rows.is_empty() {
            *rows = read(tx, &self.edition, lane, turn)?;
        }
        Ok(rows)
    }

    /// Something that decides about readers was changed by the wave itself.
    pub(super) fn forget(&mut self) {
        self.rows.clear();
    }
}

/// A queued delivery with all that decides about it.
pub(super) struct Candidate {
    turn: i64,
    reader: i64,
    address: String,
    tries: u32,
    contacts: u32,
    unseen: bool,
    key: Option<[u8; 16]>,
    first_name: Option<String>,
    text_only: bool,
    subscription: Option<String>,
    suppressed: Option<String>,
}

fn read(connection: &Connection, edition: &Edition, lane: &str, turn: i64) -> Result<VecDeque<Candidate>, StoreError> {
    let mut statement = connection.prepare_cached(CANDIDATES)?;
    let parameters = named_params! {
        ":edition": edition.id.0,
        ":newsletter": edition.newsletter,
        ":lane": lane,
        ":turn": turn,
        ":most": ROWS as i64,
    };
    let rows = statement.query_map(parameters, |row| {
        Ok(Candidate {
            reader: row.get(0)?,
            address: row.get(1)?,
            tries: row.get(2)?,
            contacts: row.get(3)?,
            key: row.get(4)?,
            first_name: row.get(5)?,
            subscription: row.get(6)?,
            suppressed: row.get(7)?,
            turn: row.get(8)?,
            unseen: row.get(9)?,
            text_only: row.get(10)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Without the index named, the planner walks over everyone who has it already.
pub(super) const CANDIDATES: &str = "
    SELECT delivery.subscriber, delivery.address, delivery.tries, delivery.contacts,
        reader.key, reader.first_name, own.state,
        coalesce((SELECT reason FROM suppression WHERE what = reader.folded),
            (SELECT reason FROM suppression WHERE what = '@' || reader.domain)),
        delivery.turn, delivery.unseen, delivery.text_only
    FROM delivery INDEXED BY delivery_queued
    LEFT JOIN subscriber AS reader ON reader.id = delivery.subscriber
    LEFT JOIN subscription AS own ON own.newsletter = :newsletter AND own.subscriber = delivery.subscriber
    WHERE delivery.edition = :edition AND delivery.state = 'queued'
        AND delivery.lane = :lane AND delivery.turn <= :turn
    ORDER BY delivery.turn, delivery.subscriber LIMIT :most";

/// Why a queued delivery ends without a message.
pub(super) struct Ending {
    pub(super) reader: i64,
    pub(super) state: State,
    pub(super) reason: String,
}

impl Candidate {
    /// A grant, or what it ends with.
    pub(super) fn judge(self, edition: &Edition, late: bool) -> Result<Grant, Ending> {
        let over = |state: State, reason: &str| {
            let before = if self.unseen { UNSEEN_BEFORE } else { "" };
            Err(Ending { reader: self.reader, state: state.unless(self.unseen), reason: format!("{reason}{before}") })
        };
        let Some(key) = self.key else { return over(State::Suppressed, "no longer on the list") };
        if let Some(reason) = self.suppressed {
            return over(State::Suppressed, &format!("suppressed: {reason}"));
        }
        match self.subscription.as_deref() {
            Some("active") => {}
            Some(state) => return over(State::Suppressed, state),
            None => return over(State::Suppressed, "no longer subscribed"),
        }
        if late {
            return over(State::Expired, TOO_LATE);
        }
        let Ok(address) = EmailAddress::parse(&self.address) else {
            return over(State::Suppressed, "the address cannot be mailed");
        };
        Ok(Grant {
            reader: self.reader,
            address,
            first_name: self.first_name,
            text_only: self.text_only,
            key,
            version: edition.version,
            tries: self.tries,
            contacts: self.contacts,
            unseen: self.unseen,
        })
    }
}
