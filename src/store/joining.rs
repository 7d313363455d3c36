//! Putting people on one list, one or a million: whoever is new costs one statement, and all their subscriptions
//! and proofs together one each, when everybody has joined.

use chrono::{DateTime, Utc};
use rusqlite::{CachedStatement, Connection, OptionalExtension, Transaction, params};

use crate::clock;

use super::erasing::Erased;
use super::readers::{Joined, NewReader, SubscriptionState, standing};
use super::{StoreError, millis, word};
use crate::token::Signer;

/// The first bytes of the keys of all who come in one batch, so that their index is filled side by side. The
/// twelve bytes behind them are each reader's own secret.
type Kin = [u8; 4];

/// Random bytes drawn at once: asking the system costs as much as writing a row's index.
struct Chance {
    bytes: [u8; 4096],
    used: usize,
}

impl Chance {
    fn new() -> Self {
        Self { bytes: clock::random(), used: 0 }
    }

    fn draw<const N: usize>(&mut self) -> [u8; N] {
        if self.used + N > self.bytes.len() {
            *self = Self::new();
        }
        let mut drawn = [0; N];
        drawn.copy_from_slice(&self.bytes[self.used..self.used + N]);
        self.used += N;
        drawn
    }
}

/// Everyone who joins one list in one transaction.
pub(super) struct Joining<'c> {
    connection: &'c Connection,
    newsletter: &'c str,
    source: &'c str,
    /// They asked to come back, so having left does not count.
    again: bool,
    now: i64,
    kin: Kin,
    chance: Chance,
    /// Whoever has a higher number joined in this transaction, and `finish` subscribes them.
    newest: i64,
    /// None where nobody at all is suppressed.
    suppressed: Option<CachedStatement<'c>>,
    /// None where nobody at all was erased.
    erased: Option<Erased<'c>>,
    insert: CachedStatement<'c>,
    find: CachedStatement<'c>,
    state: CachedStatement<'c>,
    subscribe: CachedStatement<'c>,
    prove: CachedStatement<'c>,
}

impl<'c> Joining<'c> {
    pub(super) fn prepare(
        tx: &'c Transaction<'_>,
        newsletter: &'c str,
        source: &'c str,
        again: bool,
        signer: Option<&'c Signer>,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let anyone: bool = tx.query_row("SELECT EXISTS (SELECT 1 FROM suppression)", [], |row| row.get(0))?;
        let suppressed = "SELECT EXISTS (SELECT 1 FROM suppression WHERE what IN (?1, '@' || ?2))";
        Ok(Self {
            connection: tx,
            newsletter,
            source,
            again,
            now: millis(now),
            kin: clock::random(),
            chance: Chance::new(),
            newest: tx.query_row("SELECT coalesce(max(id), 0) FROM subscriber", [], |row| row.get(0))?,
            suppressed: if anyone { Some(tx.prepare_cached(suppressed)?) } else { None },
            erased: Erased::of(tx, signer)?,
            insert: tx.prepare_cached(
                "INSERT INTO subscriber (key, address, folded, domain, first_name, text_only, created)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (folded) DO NOTHING",
            )?,
            find: tx.prepare_cached("SELECT id, first_name IS NULL FROM subscriber WHERE folded = ?1")?,
            state: tx.prepare_cached("SELECT state FROM subscription WHERE newsletter = ?1 AND subscriber = ?2")?,
            subscribe: tx.prepare_cached(
                "INSERT INTO subscription (newsletter, subscriber, state, source, since) VALUES (?1, ?2, 'active', ?3, ?4)
                 ON CONFLICT (newsletter, subscriber) DO UPDATE
                 SET state = excluded.state, source = excluded.source, since = excluded.since",
            )?,
            prove: tx.prepare_cached(
                "INSERT INTO consent (subscriber, newsletter, at, act, how) VALUES (?1, ?2, ?3, 'joined', ?4)
                 ON CONFLICT DO NOTHING",
            )?,
        })
    }

    /// Puts one person on the list, unless something stands against it. Those who are new are on it after `finish`.
    pub(super) fn join(&mut self, reader: &NewReader) -> Result<Joined, StoreError> {
        let folded = reader.address.folded();
        if let Some(suppressed) = &mut self.suppressed
            && suppressed.query_row([folded.as_str(), reader.address.domain()], |row| row.get(0))?
        {
            return Ok(Joined::Suppressed);
        }
        if let Some(erased) = &mut self.erased
            && erased.since(&reader.address)?.is_some()
        {
            if !self.again {
                return Ok(Joined::Erased);
            }
            erased.forget(&reader.address)?;
        }
        if self.insert(reader, &folded)? {
            return Ok(Joined::New);
        }
        let (id, state) = self.known(reader, &folded)?;
        match state.map(standing) {
            None => {}
            Some(Joined::Gone(_)) if self.again => {}
            Some(standing) => return Ok(standing),
        }
        self.subscribe.execute(params![self.newsletter, id, self.source, self.now])?;
        self.prove.execute(params![id, self.newsletter, self.now, self.source])?;
        Ok(Joined::New)
    }

    /// Subscribes everyone new, with the proof.
    pub(super) fn finish(self) -> Result<(), StoreError> {
        let Self { connection, newsletter, source, now, newest, .. } = self;
        connection.execute(
            "INSERT INTO subscription (newsletter, subscriber, state, source, since)
             SELECT ?1, id, 'active', ?2, ?3 FROM subscriber WHERE id > ?4 ORDER BY id",
            params![newsletter, source, now, newest],
        )?;
        connection.execute(
            "INSERT INTO consent (subscriber, newsletter, at, act, how)
             SELECT id, ?1, ?3, 'joined', ?2 FROM subscriber WHERE id > ?4 ORDER BY id",
            params![newsletter, source, now, newest],
        )?;
        Ok(())
    }

    /// Writes a new person's row; false when the address is known.
    fn insert(&mut self, reader: &NewReader, folded: &str) -> Result<bool, StoreError> {
        let mut key = self.chance.draw::<16>();
        key[..self.kin.len()].copy_from_slice(&self.kin);
        let address = &reader.address;
        let inserted = self.insert.execute(params![
            key,
            address.as_str(),
            folded,
            address.domain(),
            reader.first_name,
            reader.text_only,
            self.now
        ])?;
        Ok(inserted == 1)
    }

    /// A known person and how they stand to the list; a name that was missing is filled in, one that is there stays, and so
    /// does the form in which they get their mail.
    fn known(&mut self, reader: &NewReader, folded: &str) -> Result<(i64, Option<SubscriptionState>), StoreError> {
        let (id, nameless) =
            self.find.query_row([folded], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, bool>(1)?)))?;
        if nameless && reader.first_name.is_some() {
            self.connection
                .prepare_cached("UPDATE subscriber SET first_name = ?2 WHERE id = ?1")?
                .execute(params![id, reader.first_name])?;
        }
        if id > self.newest {
            return Ok((id, Some(SubscriptionState::Active)));
        }
        let state = self
            .state
            .query_row(params![self.newsletter, id], |row| word(row, "state", SubscriptionState::parse))
            .optional()?;
        Ok((id, state))
    }
}
