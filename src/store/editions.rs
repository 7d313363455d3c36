//! Editions: begun once a slot, started, held, released, cancelled.
//!
//! Whoever begins a slot that was begun before gets the edition that is there (I8), so cron may come as often
//! as it likes. What an edition holds is written by `freezing`, whom it reaches by `waves`.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::config::Policy;

use super::{Kind, Store, StoreError, count, lanes, millis, time, waves, word};

/// An edition's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct EditionId(pub(super) i64);

/// What a run is for. A rehearsal or a test never counts as sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Purpose {
    Issue,
    Rehearsal,
    Test,
}

impl Purpose {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Rehearsal => "rehearsal",
            Self::Test => "test",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Issue, Self::Rehearsal, Self::Test].into_iter().find(|purpose| purpose.as_str() == text)
    }
}

/// Where an edition stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum EditionState {
    /// Begun; its bytes and audience are not fixed yet.
    Freezing,
    /// Frozen; nobody was granted anything.
    Ready,
    Sending,
    Held,
    Done,
    Cancelled,
}

impl EditionState {
    pub(crate) const ALL: [Self; 6] =
        [Self::Freezing, Self::Ready, Self::Sending, Self::Held, Self::Done, Self::Cancelled];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Freezing => "freezing",
            Self::Ready => "ready",
            Self::Sending => "sending",
            Self::Held => "held",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// An edition, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edition {
    pub(crate) id: EditionId,
    pub(crate) newsletter: String,
    pub(crate) slot: String,
    pub(crate) purpose: Purpose,
    pub(crate) state: EditionState,
    /// Empty until it is frozen.
    pub(crate) subject: String,
    pub(crate) policy: Policy,
    /// The newest version; 0 until it is frozen.
    pub(crate) version: u32,
    pub(crate) audience: u64,
    /// How many of the audience get the text edition alone.
    pub(crate) text_only: u64,
    pub(crate) begun: DateTime<Utc>,
    pub(crate) not_after: Option<DateTime<Utc>>,
    /// When the first run began to grant.
    pub(crate) started: Option<DateTime<Utc>>,
    pub(crate) finished: Option<DateTime<Utc>>,
}

/// What `begin` found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Begun {
    Created(Edition),
    Exists(Edition),
}

/// What became of a wish to hold, release or cancel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// It is in this state now.
    Made(EditionState),
    /// It was so before.
    Already(EditionState),
    /// It cannot be done to an edition in this state.
    Refused(EditionState),
}

impl Store {
    /// Begins the edition of a slot, once: whoever comes second gets the one that exists (I8).
    pub(crate) fn begin_edition(
        &mut self,
        newsletter: &str,
        slot: &str,
        purpose: Purpose,
        now: DateTime<Utc>,
    ) -> Result<Begun, StoreError> {
        let tx = self.write()?;
        let created = begin(&tx, newsletter, slot, purpose, EditionState::Freezing, now)?;
        let edition = find(&tx, newsletter, slot, purpose)?.ok_or_else(|| gone(newsletter, slot))?;
        tx.commit()?;
        Ok(if created { Begun::Created(edition) } else { Begun::Exists(edition) })
    }

    /// From ready to sending. Without effect on an edition that is sending already: that run was interrupted.
    ///
    /// # Errors
    /// `Moved` when it was held, cancelled or finished.
    pub(crate) fn start_sending(&mut self, edition: EditionId, now: DateTime<Utc>) -> Result<Edition, StoreError> {
        let tx = self.write()?;
        must_be(&by_id(&tx, edition)?, &[EditionState::Ready, EditionState::Sending])?;
        tx.execute(
            "UPDATE edition SET state = 'sending', started = coalesce(started, ?2) WHERE id = ?1",
            params![edition.0, millis(now)],
        )?;
        let row = by_id(&tx, edition)?;
        tx.commit()?;
        Ok(row)
    }

    /// Stops granting, from the next wave on; before the edition exists, keeps it from being frozen.
    pub(crate) fn hold(
        &mut self,
        newsletter: &str,
        slot: &str,
        purpose: Purpose,
        now: DateTime<Utc>,
    ) -> Result<Change, StoreError> {
        let tx = self.write()?;
        let change = if begin(&tx, newsletter, slot, purpose, EditionState::Held, now)? {
            Change::Made(EditionState::Held)
        } else {
            let row = find(&tx, newsletter, slot, purpose)?.ok_or_else(|| gone(newsletter, slot))?;
            match row.state {
                EditionState::Held => Change::Already(row.state),
                EditionState::Done | EditionState::Cancelled => Change::Refused(row.state),
                EditionState::Freezing | EditionState::Ready | EditionState::Sending => {
                    set_state(&tx, row.id, EditionState::Held)?;
                    Change::Made(EditionState::Held)
                }
            }
        };
        tx.commit()?;
        Ok(change)
    }

    /// Lets a held edition go on from where it was.
    pub(crate) fn release(&mut self, edition: EditionId) -> Result<Change, StoreError> {
        let tx = self.write()?;
        let row = by_id(&tx, edition)?;
        let change = match row.state {
            EditionState::Held => {
                let state = match (row.version, row.started) {
                    (0, _) => EditionState::Freezing,
                    (_, None) => EditionState::Ready,
                    (_, Some(_)) => EditionState::Sending,
                };
                set_state(&tx, edition, state)?;
                lanes::clear(&tx, edition)?;
                Change::Made(state)
            }
            EditionState::Done | EditionState::Cancelled => Change::Refused(row.state),
            state => Change::Already(state),
        };
        tx.commit()?;
        Ok(change)
    }

    /// Ends an edition: whoever has nothing yet gets nothing. What is on the wire is settled by the run.
    pub(crate) fn cancel(&mut self, edition: EditionId, now: DateTime<Utc>) -> Result<Change, StoreError> {
        let tx = self.write()?;
        let row = by_id(&tx, edition)?;
        let change = match row.state {
            EditionState::Done => Change::Refused(row.state),
            EditionState::Cancelled => Change::Already(row.state),
            _ => {
                waves::close_open(&tx, edition, "cancelled", now)?;
                tx.execute(
                    "UPDATE edition SET state = 'cancelled', finished = ?2 WHERE id = ?1",
                    params![edition.0, millis(now)],
                )?;
                Change::Made(EditionState::Cancelled)
            }
        };
        tx.commit()?;
        Ok(change)
    }

    pub(crate) fn edition(
        &self,
        newsletter: &str,
        slot: &str,
        purpose: Purpose,
    ) -> Result<Option<Edition>, StoreError> {
        find(&self.connection, newsletter, slot, purpose)
    }

    pub(crate) fn edition_by_id(&self, edition: EditionId) -> Result<Edition, StoreError> {
        by_id(&self.connection, edition)
    }

    /// Every edition, newest slot first; of one newsletter or of all.
    pub(crate) fn editions(&self, newsletter: Option<&str>) -> Result<Vec<Edition>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT * FROM edition WHERE ?1 IS NULL OR newsletter = ?1 ORDER BY slot DESC, newsletter, purpose",
        )?;
        let rows = statement.query_map([newsletter], edition_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Editions a run was begun for and not finished, oldest slot first: what `send --due` resumes.
    pub(crate) fn unfinished(&self, newsletter: Option<&str>) -> Result<Vec<Edition>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT * FROM edition WHERE (?1 IS NULL OR newsletter = ?1)
             AND purpose = 'issue' AND state IN ('freezing', 'ready', 'sending') ORDER BY slot, newsletter",
        )?;
        let rows = statement.query_map([newsletter], edition_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The audience of the newest issue to everybody that was frozen, to judge the next one by.
    pub(crate) fn last_audience(&self, newsletter: &str) -> Result<Option<u64>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT audience FROM edition WHERE newsletter = ?1 AND purpose = 'issue' AND version > 0 AND got IS NULL
             ORDER BY slot DESC LIMIT 1",
        )?;
        Ok(statement.query_row([newsletter], |row| row.get(0)).optional()?.map(count))
    }
}

/// A finished edition is under way once more, for those who are sent it again; a lane that paused over the last of the
/// others does not stop them.
pub(super) fn begin_again(connection: &Connection, edition: EditionId, now: DateTime<Utc>) -> Result<(), StoreError> {
    let was_done = connection.execute(
        "UPDATE edition SET state = 'sending', finished = NULL WHERE id = ?1 AND state = 'done'",
        [edition.0],
    )?;
    if was_done > 0 {
        connection.execute(
            "UPDATE lane_pause SET released = ?2 WHERE edition = ?1 AND released IS NULL",
            params![edition.0, millis(now)],
        )?;
    }
    Ok(())
}

/// Inserts the slot's edition unless it is there; true when it was not.
fn begin(
    connection: &Connection,
    newsletter: &str,
    slot: &str,
    purpose: Purpose,
    state: EditionState,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let inserted = connection.execute(
        "INSERT INTO edition (newsletter, slot, purpose, state, begun) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (newsletter, slot, purpose) DO NOTHING",
        params![newsletter, slot, purpose.as_str(), state.as_str(), millis(now)],
    )?;
    Ok(inserted == 1)
}

fn set_state(connection: &Connection, edition: EditionId, state: EditionState) -> Result<(), StoreError> {
    connection.execute("UPDATE edition SET state = ?2 WHERE id = ?1", params![edition.0, state.as_str()])?;
    Ok(())
}

fn find(
    connection: &Connection,
    newsletter: &str,
    slot: &str,
    purpose: Purpose,
) -> Result<Option<Edition>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT * FROM edition WHERE newsletter = ?1 AND slot = ?2 AND purpose = ?3")?;
    Ok(statement.query_row([newsletter, slot, purpose.as_str()], edition_row).optional()?)
}

pub(super) fn by_id(connection: &Connection, edition: EditionId) -> Result<Edition, StoreError> {
    let mut statement = connection.prepare_cached("SELECT * FROM edition WHERE id = ?1")?;
    let found = statement.query_row([edition.0], edition_row).optional()?;
    found.ok_or_else(|| StoreError::new(Kind::Moved, "the edition is no longer in the store"))
}

pub(super) fn edition_row(row: &Row<'_>) -> rusqlite::Result<Edition> {
    Ok(Edition {
        id: EditionId(row.get("id")?),
        newsletter: row.get("newsletter")?,
        slot: row.get("slot")?,
        purpose: word(row, "purpose", Purpose::parse)?,
        state: word(row, "state", EditionState::parse)?,
        subject: row.get("subject")?,
        policy: word(row, "policy", parse_policy)?,
        version: row.get("version")?,
        audience: count(row.get("audience")?),
        text_only: count(row.get("text_only")?),
        begun: time(row.get("begun")?),
        not_after: row.get::<_, Option<i64>>("not_after")?.map(time),
        started: row.get::<_, Option<i64>>("started")?.map(time),
        finished: row.get::<_, Option<i64>>("finished")?.map(time),
    })
}

pub(super) fn must_be(edition: &Edition, states: &[EditionState]) -> Result<(), StoreError> {
    if states.contains(&edition.state) {
        return Ok(());
    }
    let message = format!("the edition {} {} is {}", edition.newsletter, edition.slot, edition.state.as_str());
    Err(StoreError::new(Kind::Moved, message))
}

fn gone(newsletter: &str, slot: &str) -> StoreError {
    StoreError::new(Kind::Other, format!("the edition {newsletter} {slot} vanished while it was begun"))
}

pub(super) fn policy_text(policy: Policy) -> &'static str {
    match policy {
        Policy::AtMostOnce => "at-most-once",
        Policy::AtLeastOnce => "at-least-once",
    }
}

fn parse_policy(text: &str) -> Option<Policy> {
    [Policy::AtMostOnce, Policy::AtLeastOnce].into_iter().find(|policy| policy_text(*policy) == text)
}
