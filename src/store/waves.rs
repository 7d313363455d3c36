//! The heart: one transaction takes outcomes in and lets intents out, and nothing else grants.
//!
//! A row becomes `sending` in the same commit that sees its reader still subscribed and not suppressed, so
//! whoever left before that commit gets nothing (I9). An outcome is taken only from `sending` (I2, I3): a row
//! that someone else moved stops the run. What a dead run left is settled once, under the edition's lock.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Statement, params};

use crate::config::Policy;
use crate::crash;
use crate::ledger::{BLIND_TRIES, Class, Queue, Settled, State, UNSEEN_BEFORE, Want, Wave};

use super::ahead::{Ahead, Ending};
use super::editions::by_id;
use super::freezing::BOUNCE_EXCLUDES;
use super::{Edition, EditionId, EditionLock, EditionState, Purpose, Reason, Store, StoreError, millis, time};
use super::{editions, instance, lanes, quota, suppressions};

/// Deliveries a wave may close without granting (left, suppressed, too late), so that its commit stays short.
const CLOSED_A_WAVE: usize = 500;

/// What a dead run left, settled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Recovered {
    pub(crate) unknown: u64,
    /// At-least-once only: they are tried again.
    pub(crate) deferred: u64,
}

impl Store {
    /// Outcomes in, then the grants that are wanted out, in one commit.
    ///
    /// # Errors
    /// Nothing of the wave was written. `Invariant` when an outcome is for a row that is not `sending`.
    pub(crate) fn wave(
        &mut self,
        edition: EditionId,
        settled: &[Settled],
        want: &Want,
        now: DateTime<Utc>,
    ) -> Result<Wave, StoreError> {
        // Taken out, so that a wave that fails leaves nothing read ahead behind it.
        let ahead = self.ahead.take();
        self.epoch = None;
        let tx = self.write()?;
        let mut ahead = Ahead::still_true(ahead, &tx, edition)?;
        settle(&tx, &mut ahead, settled, now)?;
        quota::take_back(&tx, settled, now)?;
        lanes::pause(&tx, &ahead.edition, &want.pause, now)?;
        quota::let_rest(&tx, &want.rest)?;
        crash::point("outcomes written");
        let wave = match ahead.edition.state {
            EditionState::Sending => claim(&tx, &mut ahead, want, now)?,
            EditionState::Held => no_grants(Queue::Held),
            EditionState::Cancelled => no_grants(Queue::Cancelled),
            state => {
                let message = format!("the edition is {}, so nothing is granted", state.as_str());
                return Err(StoreError::invariant("I1", message));
            }
        };
        let epoch = if wave.grants.is_empty() { None } else { Some(instance::begin_epoch(&tx)?) };
        crash::point("claim");
        tx.commit()?;
        self.epoch = epoch;
        if !wave.grants.is_empty() {
            crash::point("intent committed");
        }
        if !settled.is_empty() {
            crash::point("outcome committed");
        }
        self.ahead = Some(ahead.kept(&self.connection));
        Ok(wave)
    }

    /// Settles what a dead run left `sending`: unknown, or under at-least-once deferred with a counted try.
    /// The lock proves that the run is dead.
    pub(crate) fn recover(
        &mut self,
        _lock: &EditionLock,
        edition: EditionId,
        now: DateTime<Utc>,
    ) -> Result<Recovered, StoreError> {
        let tx = self.write()?;
        let edition = by_id(&tx, edition)?;
        let again = edition.policy == Policy::AtLeastOnce && edition.state != EditionState::Cancelled;
        let deferred = if again {
            tx.execute(
                "UPDATE delivery INDEXED BY delivery_sending SET state = 'deferred', tries = tries + 1, contacts = 0, unseen = 1,
                     due = ?2, changed = ?2, reply = 'the run ended before the relay answered'
                 WHERE edition = ?1 AND state = 'sending' AND tries + 1 < ?3",
                params![edition.id.0, millis(now), BLIND_TRIES],
            )?
        } else {
            0
        };
        let unknown = tx.execute(
            "UPDATE delivery INDEXED BY delivery_sending SET state = 'unknown', changed = ?2,
                 reply = 'the run ended before the relay answered'
             WHERE edition = ?1 AND state = 'sending'",
            params![edition.id.0, millis(now)],
        )?;
        crash::point("takeover");
        tx.commit()?;
        crash::point("taken over");
        Ok(Recovered { unknown: unknown as u64, deferred: deferred as u64 })
    }

    /// Deferred deliveries that are due, back into the queue. Each wave does the same.
    pub(crate) fn requeue_due(&mut self, edition: EditionId, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let tx = self.write()?;
        let requeued = requeue_due(&tx, edition, now)?;
        tx.commit()?;
        Ok(requeued as u64)
    }

    /// Past `not_after`: whoever is queued or deferred gets nothing any more. Returns how many.
    pub(crate) fn expire(&mut self, edition: EditionId, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let tx = self.write()?;
        let edition = by_id(&tx, edition)?;
        let expired = if is_late(&edition, now) { close_open(&tx, edition.id, TOO_LATE, now)? } else { 0 };
        tx.commit()?;
        Ok(expired)
    }

    /// Closes the books when nothing is open: the edition is `done`. False when something still is.
    ///
    /// # Errors
    /// `Invariant` when the audience is not accounted for (I5); `Moved` never: a held or cancelled one stays so.
    pub(crate) fn close_if_done(
        &mut self,
        _lock: &EditionLock,
        edition: EditionId,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let tx = self.write()?;
        let row = by_id(&tx, edition)?;
        if !matches!(row.state, EditionState::Ready | EditionState::Sending) {
            return Ok(row.state == EditionState::Done);
        }
        let counts = super::reports::counts(&tx, edition)?;
        if counts.open() > 0 {
            return Ok(false);
        }
        if !counts.closed() {
            let sum = counts.sent + counts.failed + counts.suppressed + counts.unknown + counts.expired;
            return Err(StoreError::invariant(
                "I5",
                format!("{sum} deliveries for an audience of {}", counts.audience),
            ));
        }
        crash::point("before close");
        tx.execute(
            "UPDATE edition SET state = 'done', started = coalesce(started, ?2), finished = ?2 WHERE id = ?1",
            params![edition.0, millis(now)],
        )?;
        tx.commit()?;
        crash::point("closed");
        Ok(true)
    }

    /// Refused deliveries back into the queue, all or those of one class: a 5xx is proof of non-delivery.
    /// A finished edition is under way again, where there were any. That a refusal left somebody out of other editions
    /// is forgotten with it: whoever is tried again is believed to be there.
    ///
    /// # Errors
    /// `Moved` where nothing would come of it: the edition was cancelled, or has expired.
    pub(crate) fn requeue_failed(
        &mut self,
        edition: EditionId,
        class: Option<Class>,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let tx = self.write()?;
        super::unknowns::must_be_open(&by_id(&tx, edition)?, now)?;
        editions::begin_again(&tx, edition, now)?;
        tx.execute(
            "UPDATE subscriber SET bounced = NULL
             WHERE bounced >= (SELECT started FROM edition WHERE id = ?1) AND (?2 IS NULL OR ?2 = 'hard')
                 AND id IN (SELECT subscriber FROM delivery WHERE edition = ?1 AND state = 'failed' AND class = 'hard')",
            params![edition.0, class.map(Class::as_str)],
        )?;
        let requeued = tx.execute(
            "UPDATE delivery SET state = 'queued', class = NULL, contacts = 0, changed = ?3
             WHERE edition = ?1 AND state = 'failed' AND (?2 IS NULL OR class = ?2) AND instr(address, '@') > 0",
            params![edition.0, class.map(Class::as_str), millis(now)],
        )?;
        if requeued > 0 {
            tx.commit()?;
        }
        Ok(requeued as u64)
    }
}

pub(super) const TOO_LATE: &str = "too late: the edition had expired";

/// Ends whatever is open: nobody is sent this edition any more. Returns how many.
pub(super) fn close_open(
    connection: &Connection,
    edition: EditionId,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let mut closed = 0;
    for open in [State::Queued, State::Deferred] {
        for unseen in [false, true] {
            let state = State::Expired.unless(unseen).as_str();
            let reason = format!("{reason}{}", if unseen { UNSEEN_BEFORE } else { "" });
            closed += connection.execute(
                &format!(
                    "UPDATE delivery INDEXED BY delivery_{0} SET state = ?2, due = NULL, changed = ?3, reply = ?4,
                         relay = iif(unseen, relay, NULL)
                     WHERE edition = ?1 AND state = '{0}' AND unseen = ?5",
                    open.as_str()
                ),
                params![edition.0, state, millis(now), reason, unseen],
            )?;
        }
    }
    Ok(closed as u64)
}

pub(super) fn is_late(edition: &Edition, now: DateTime<Utc>) -> bool {
    edition.not_after.is_some_and(|not_after| now > not_after)
}

/// Writes what came of the messages. A hard bounce may change who is next.
fn settle(
    connection: &Connection,
    ahead: &mut Ahead,
    settled: &[Settled],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "UPDATE OR ROLLBACK delivery SET state = ?3, due = ?4, tries = ?5, contacts = ?6, class = ?7,
             reply = ?8, relay = ?9, changed = ?10, unseen = ?11
         WHERE edition = ?1 AND subscriber = ?2 AND state = 'sending'",
    )?;
    settled.iter().try_for_each(|outcome| {
        let state = note(&mut statement, &ahead.edition, outcome, now)?;
        // What a rehearsal's mailbox refuses says nothing about a reader.
        let hard = state == State::Failed && outcome.class == Some(Class::Hard);
        if hard && ahead.edition.purpose == Purpose::Issue {
            note_hard_bounce(connection, &ahead.edition, outcome, now)?;
            ahead.forget();
        }
        Ok(())
    })
}

/// One outcome, from `sending` only; the state it is in now. What would be open again in a cancelled edition is over.
fn note(
    statement: &mut Statement<'_>,
    edition: &Edition,
    outcome: &Settled,
    now: DateTime<Utc>,
) -> Result<State, StoreError> {
    let state = outcome.state.landed(edition.state == EditionState::Cancelled, outcome.unseen);
    let cancelled = state != outcome.state;
    let changed = statement.execute(params![
        edition.id.0,
        outcome.reader,
        state.as_str(),
        outcome.due.filter(|_| state == State::Deferred).map(millis),
        outcome.tries,
        outcome.contacts,
        outcome.class.map(Class::as_str),
        if cancelled { "cancelled" } else { outcome.reply.as_str() },
        (!cancelled || outcome.unseen).then_some(outcome.relay.as_str()),
        millis(now),
        outcome.unseen,
    ])?;
    if changed != 1 || !State::Sending.may_become(state, outcome.unseen) {
        let what = format!("an outcome ({}) came for a delivery that is not sending", outcome.state.as_str());
        return Err(StoreError::invariant("I2", what));
    }
    Ok(state)
}

/// One hard bounce keeps a reader off for a while; another one after that suppresses the address for good.
fn note_hard_bounce(
    connection: &Connection,
    edition: &Edition,
    outcome: &Settled,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let reader: Option<(String, Option<i64>)> = connection
        .prepare_cached("SELECT folded, bounced FROM subscriber WHERE id = ?1")?
        .query_row([outcome.reader], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((folded, before)) = reader else { return Ok(()) };
    match before {
        None => {
            connection
                .prepare_cached("UPDATE subscriber SET bounced = ?2 WHERE id = ?1")?
                .execute(params![outcome.reader, millis(now)])?;
        }
        Some(before) if before <= millis(now - BOUNCE_EXCLUDES) => {
            let provisional = lanes::is_paused(connection, edition, outcome.reader)?;
            suppressions::insert(connection, &folded, Reason::Bounce, &outcome.reply, provisional, now)?;
        }
        // The same occasion, seen by another edition that was under way.
        Some(_) => {}
    }
    Ok(())
}

fn no_grants(queue: Queue) -> Wave {
    Wave { grants: Vec::new(), dry: Vec::new(), back: false, queue }
}

fn claim(connection: &Connection, ahead: &mut Ahead, want: &Want, now: DateTime<Utc>) -> Result<Wave, StoreError> {
    let day = if want.most > 0 { quota::today(connection, &want.relay, &want.quota, now)? } else { None };
    let left = day.map_or(usize::MAX, |day| usize::try_from(day.left).unwrap_or(usize::MAX));
    let most = want.most.min(left);
    let mut wave = no_grants(Queue::More);
    let mut closed = 0;
    if most > 0 && requeue_due(connection, ahead.edition.id, now)? > 0 {
        ahead.forget();
        wave.back = true;
    }
    let turn = if want.first { 0 } else { i64::MAX };
    let mut marking = connection.prepare_cached(MARK_SENDING)?;
    let mut lanes = want.lanes.clone();
    while wave.grants.len() < most && closed < CLOSED_A_WAVE && !lanes.is_empty() {
        // In a day that may be too short for all, whoever comes first in any lane; else as the lanes were asked for.
        let at = if day.is_some() { ahead.first_of(connection, &lanes, turn)? } else { 0 };
        let (lane, room) = &mut lanes[at];
        let Some(candidate) = ahead.next(connection, lane, turn)? else {
            wave.dry.push(lanes.remove(at).0);
            continue;
        };
        match candidate.judge(&ahead.edition, is_late(&ahead.edition, now)) {
            Ok(grant) => {
                mark_sending(&mut marking, &ahead.edition, grant.reader, &want.relay, now)?;
                wave.grants.push(grant);
                *room -= 1;
                if *room == 0 {
                    lanes.remove(at);
                }
            }
            Err(ending) => {
                close(connection, &ahead.edition, &ending, now)?;
                closed += 1;
            }
        }
    }
    quota::give(connection, want, wave.grants.len(), now)?;
    if let Some(day) = day.filter(|_| left < want.most && wave.grants.len() == left) {
        wave.queue = Queue::Spent { cap: day.cap };
    } else if want.most > 0 && wave.dry.len() == want.lanes.len() {
        wave.queue = Queue::Drained { next_due: next_due(connection, ahead.edition.id)? };
    }
    Ok(wave)
}

/// The relay is written with the intent: where the end of the attempt is never seen, its log alone can tell.
const MARK_SENDING: &str = "
    UPDATE OR ROLLBACK delivery SET state = 'sending', version = ?3, relay = ?4, changed = ?5
    WHERE edition = ?1 AND subscriber = ?2 AND state = 'queued'";

fn mark_sending(
    statement: &mut Statement<'_>,
    edition: &Edition,
    reader: i64,
    relay: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    match statement.execute(params![edition.id.0, reader, edition.version, relay, millis(now)])? {
        1 => Ok(()),
        _ => Err(StoreError::invariant("I1", "a delivery was granted that is not queued")),
    }
}

fn close(connection: &Connection, edition: &Edition, ending: &Ending, now: DateTime<Utc>) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "UPDATE delivery SET state = ?3, reply = ?4, relay = iif(unseen, relay, NULL), changed = ?5
         WHERE edition = ?1 AND subscriber = ?2 AND state = 'queued'",
    )?;
    statement.execute(params![edition.id.0, ending.reader, ending.state.as_str(), ending.reason, millis(now)])?;
    Ok(())
}

/// Looks first: an update that may change the index it goes by makes a table of its own, even where nothing is due.
fn requeue_due(connection: &Connection, edition: EditionId, now: DateTime<Utc>) -> Result<usize, StoreError> {
    if next_due(connection, edition)?.is_none_or(|due| due > now) {
        return Ok(0);
    }
    let mut statement = connection.prepare_cached(
        "UPDATE delivery INDEXED BY delivery_deferred SET state = 'queued', due = NULL, changed = ?2
         WHERE edition = ?1 AND state = 'deferred' AND due <= ?2",
    )?;
    Ok(statement.execute(params![edition.0, millis(now)])?)
}

pub(super) fn next_due(connection: &Connection, edition: EditionId) -> Result<Option<DateTime<Utc>>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT min(due) FROM delivery INDEXED BY delivery_deferred WHERE edition = ?1 AND state = 'deferred'",
    )?;
    let due: Option<i64> = statement.query_row([edition.0], |row| row.get(0))?;
    Ok(due.map(time))
}
