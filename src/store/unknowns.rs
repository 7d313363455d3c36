//! Deliveries whose end nobody saw, and what settles them: a relay's log, or an editor's word.

use chrono::{DateTime, Utc};
use rusqlite::params;

use crate::ledger::State;

use super::editions::{begin_again, by_id, must_be};
use super::reports::ENDED;
use super::{Edition, EditionId, EditionState, Kind, Store, StoreError, millis, time, waves};

/// A delivery that may or may not have arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unsure {
    /// The subscriber's row.
    pub(crate) reader: i64,
    /// The subscriber's random id, as the Message-ID has it.
    pub(crate) key: [u8; 16],
    pub(crate) address: String,
    pub(crate) version: Option<u32>,
    /// Who was given it last.
    pub(crate) relay: Option<String>,
    /// When it was found to be unknown: no attempt is younger.
    pub(crate) since: DateTime<Utc>,
    pub(crate) reply: String,
}

/// What became of it, and how we know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Settlement {
    Sent {
        evidence: String,
    },
    /// Somebody knows that it did not arrive.
    Queued {
        evidence: String,
    },
    /// It is sent again although it may have arrived.
    QueuedUnproven {
        evidence: String,
    },
}

impl Store {
    /// Every unknown delivery of an edition, in the order of the list.
    pub(crate) fn unknowns(&self, edition: EditionId) -> Result<Vec<Unsure>, StoreError> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT delivery.subscriber, reader.key, delivery.address, delivery.version, delivery.changed, delivery.reply,
                 delivery.relay
             FROM delivery INDEXED BY delivery_ended JOIN subscriber AS reader ON reader.id = delivery.subscriber
             WHERE edition = ?1 AND {ENDED} AND state = 'unknown' ORDER BY delivery.subscriber",
        ))?;
        let rows = statement.query_map([edition.0], |row| {
            Ok(Unsure {
                reader: row.get(0)?,
                key: row.get(1)?,
                address: row.get(2)?,
                version: row.get(3)?,
                since: time(row.get(4)?),
                reply: row.get::<_, Option<String>>(5)?.unwrap_or_default(),
                relay: row.get(6)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Settles unknown deliveries, all in one commit; returns how many still were unknown. An edition that was
    /// done is under way again where somebody is queued.
    ///
    /// # Errors
    /// `Moved` where nobody may be queued any more: the edition was cancelled.
    pub(crate) fn settle_unknown(
        &mut self,
        edition: EditionId,
        settled: &[(i64, Settlement)],
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let tx = self.write()?;
        let row = by_id(&tx, edition)?;
        if settled.iter().any(|(_, settlement)| !matches!(settlement, Settlement::Sent { .. })) {
            must_be(&row, &[EditionState::Sending, EditionState::Held, EditionState::Done])?;
            begin_again(&tx, edition, now)?;
        }
        let mut changed = 0;
        for (reader, settlement) in settled {
            let (state, unseen, evidence) = match settlement {
                Settlement::Sent { evidence } => (State::Sent, false, evidence),
                Settlement::Queued { evidence } => (State::Queued, false, evidence),
                Settlement::QueuedUnproven { evidence } => (State::Queued, true, evidence),
            };
            changed += tx.execute(
                "UPDATE delivery SET state = ?3, reply = ?4, relay = NULL, contacts = 0, unseen = max(unseen, ?6), changed = ?5
                 WHERE edition = ?1 AND subscriber = ?2 AND state = 'unknown'
                     AND (?3 <> 'queued' OR instr(address, '@') > 0)",
                params![edition.0, reader, state.as_str(), evidence, millis(now), unseen],
            )?;
        }
        if changed > 0 {
            tx.commit()?;
        }
        Ok(changed as u64)
    }

    /// Whether anybody may still be sent this edition.
    ///
    /// # Errors
    /// `Moved`, with the reason, where nobody may.
    pub(crate) fn must_be_open(&self, edition: EditionId, now: DateTime<Utc>) -> Result<(), StoreError> {
        must_be_open(&by_id(&self.connection, edition)?, now)
    }
}

pub(super) fn must_be_open(row: &Edition, now: DateTime<Utc>) -> Result<(), StoreError> {
    must_be(row, &[EditionState::Ready, EditionState::Sending, EditionState::Held, EditionState::Done])?;
    if waves::is_late(row, now) {
        let message = format!("the edition {} {} has expired: nobody is sent it any more", row.newsletter, row.slot);
        return Err(StoreError::new(Kind::Moved, message));
    }
    Ok(())
}
