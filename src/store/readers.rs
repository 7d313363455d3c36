//! Readers and what they subscribed to: joining, leaving, importing, finding.
//!
//! Leaving one newsletter never touches another. Nobody comes back by an import: whoever left, complained, was
//! erased or is suppressed stays so, because a list exported last month knows less than the reader.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::address::EmailAddress;

use super::joining::Joining;
use super::{Store, StoreError, count, millis, time, word};

/// Pages an import keeps in memory, in KiB as SQLite counts them (negative): most of the index of a million addresses.
const IMPORT_CACHE_KIB: i64 = -128 * 1024;

/// How a person stands to one newsletter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum SubscriptionState {
    Pending,
    Active,
    Paused,
    Left,
    Bounced,
    Complained,
}

impl SubscriptionState {
    pub(crate) const ALL: [Self; 6] =
        [Self::Pending, Self::Active, Self::Paused, Self::Left, Self::Bounced, Self::Complained];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Left => "left",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// Someone to be put on the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewReader {
    pub(crate) address: EmailAddress,
    pub(crate) first_name: Option<String>,
    /// They want the text edition alone.
    pub(crate) text_only: bool,
}

/// A person on the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reader {
    pub(crate) id: i64,
    pub(crate) key: [u8; 16],
    pub(crate) address: String,
    pub(crate) first_name: Option<String>,
    /// They want the text edition alone.
    pub(crate) text_only: bool,
    /// When a hard bounce took them off for some days.
    pub(crate) bounced: Option<DateTime<Utc>>,
    pub(crate) created: DateTime<Utc>,
}

/// A person and one newsletter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subscription {
    pub(crate) newsletter: String,
    pub(crate) state: SubscriptionState,
    /// `import`, `command`, `form`.
    pub(crate) source: String,
    pub(crate) since: DateTime<Utc>,
}

/// What a wish to subscribe came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Joined {
    /// Subscribed now.
    New,
    /// Was subscribed before, or waits for a confirmation.
    Already(SubscriptionState),
    /// Left, bounced out or complained; not subscribed.
    Gone(SubscriptionState),
    /// Suppressed; not subscribed.
    Suppressed,
    /// Erased on their wish; not subscribed.
    Erased,
}

/// What came of the rows of an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Imported {
    pub(crate) new: u64,
    pub(crate) already: u64,
    pub(crate) suppressed: u64,
    pub(crate) gone: u64,
    pub(crate) erased: u64,
}

impl Imported {
    pub(crate) fn count(&mut self, joined: Joined) {
        match joined {
            Joined::New => self.new += 1,
            Joined::Already(_) => self.already += 1,
            Joined::Suppressed => self.suppressed += 1,
            Joined::Gone(_) => self.gone += 1,
            Joined::Erased => self.erased += 1,
        }
    }

    /// Rows that named a reader, whatever came of it.
    pub(crate) fn total(&self) -> u64 {
        self.new + self.already + self.suppressed + self.gone + self.erased
    }
}

impl std::ops::AddAssign for Imported {
    fn add_assign(&mut self, other: Self) {
        self.new += other.new;
        self.already += other.already;
        self.suppressed += other.suppressed;
        self.gone += other.gone;
        self.erased += other.erased;
    }
}

impl Store {
    /// Subscribes one person. `again`: they asked to come back, so having left does not count.
    pub(crate) fn subscribe(
        &mut self,
        newsletter: &str,
        reader: &NewReader,
        source: &str,
        again: bool,
        now: DateTime<Utc>,
    ) -> Result<Joined, StoreError> {
        let signer = self.signer.clone();
        let tx = self.write()?;
        let mut joining = Joining::prepare(&tx, newsletter, source, again, signer.as_ref(), now)?;
        let joined = joining.join(reader)?;
        joining.finish()?;
        tx.commit()?;
        Ok(joined)
    }

    /// A batch of an import, in one commit. Faster when it is large and sorted by address: a commit writes each
    /// page of the index it touched once.
    pub(crate) fn import(
        &mut self,
        newsletter: &str,
        readers: &[NewReader],
        now: DateTime<Utc>,
    ) -> Result<Imported, StoreError> {
        self.connection.pragma_update(None, "cache_size", IMPORT_CACHE_KIB)?;
        let signer = self.signer.clone();
        let tx = self.write()?;
        let mut imported = Imported::default();
        let mut joining = Joining::prepare(&tx, newsletter, "import", false, signer.as_ref(), now)?;
        for reader in readers {
            imported.count(joining.join(reader)?);
        }
        joining.finish()?;
        tx.commit()?;
        Ok(imported)
    }

    /// What an import of this reader would come to, without writing.
    pub(crate) fn would_import(&self, newsletter: &str, reader: &NewReader) -> Result<Joined, StoreError> {
        let folded = reader.address.folded();
        if is_suppressed(&self.connection, &folded, reader.address.domain())? {
            return Ok(Joined::Suppressed);
        }
        if self.erased_since(&reader.address)?.is_some() {
            return Ok(Joined::Erased);
        }
        let state = self
            .connection
            .prepare_cached(
                "SELECT own.state FROM subscriber AS reader JOIN subscription AS own ON own.subscriber = reader.id
                 WHERE reader.folded = ?1 AND own.newsletter = ?2",
            )?
            .query_row([folded.as_str(), newsletter], |row| word(row, "state", SubscriptionState::parse))
            .optional()?;
        Ok(state.map_or(Joined::New, standing))
    }

    /// Ends one subscription, found by the key in a reader's links. Idempotent; false when nobody has that key.
    pub(crate) fn leave(
        &mut self,
        newsletter: &str,
        key: &[u8; 16],
        how: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let tx = self.write()?;
        let reader = tx
            .prepare_cached("SELECT id FROM subscriber WHERE key = ?1")?
            .query_row([key], |row| row.get::<_, i64>(0))
            .optional()?;
        if let Some(reader) = reader {
            leave(&tx, newsletter, reader, how, now)?;
        }
        tx.commit()?;
        Ok(reader.is_some())
    }

    /// Ends one subscription by address; what it was before, `None` where there was none.
    pub(crate) fn remove(
        &mut self,
        newsletter: &str,
        address: &EmailAddress,
        now: DateTime<Utc>,
    ) -> Result<Option<SubscriptionState>, StoreError> {
        let tx = self.write()?;
        let found = tx
            .prepare_cached(
                "SELECT reader.id, own.state FROM subscriber AS reader JOIN subscription AS own ON own.subscriber = reader.id
                 WHERE reader.folded = ?1 AND own.newsletter = ?2",
            )?
            .query_row([address.folded().as_str(), newsletter], |row| {
                Ok((row.get::<_, i64>(0)?, word(row, "state", SubscriptionState::parse)?))
            })
            .optional()?;
        if let Some((reader, _)) = found {
            leave(&tx, newsletter, reader, "command", now)?;
        }
        tx.commit()?;
        Ok(found.map(|(_, state)| state))
    }

    /// Takes down whether a reader wants the text edition alone; it counts for every audience fixed from now on.
    pub(crate) fn want_text_only(&mut self, reader: i64, text_only: bool) -> Result<(), StoreError> {
        let tx = self.write()?;
        tx.execute("UPDATE subscriber SET text_only = ?2 WHERE id = ?1", params![reader, text_only])?;
        tx.commit()?;
        Ok(())
    }

    pub(crate) fn reader_by_key(&self, key: &[u8; 16]) -> Result<Option<Reader>, StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT * FROM subscriber WHERE key = ?1")?;
        Ok(statement.query_row([key], reader_row).optional()?)
    }

    pub(crate) fn reader_by_address(&self, address: &EmailAddress) -> Result<Option<Reader>, StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT * FROM subscriber WHERE folded = ?1")?;
        Ok(statement.query_row([address.folded()], reader_row).optional()?)
    }

    /// Readers whose address begins so, as many as a list shows.
    pub(crate) fn readers_beginning(&self, begin: &str, most: u32) -> Result<Vec<Reader>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT * FROM subscriber WHERE folded >= ?1 AND folded < ?1 || char(1114111)
                 AND instr(folded, '@') > 0 ORDER BY folded LIMIT ?2",
        )?;
        let rows = statement.query_map(params![begin.trim().to_lowercase(), most], reader_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One person's subscriptions, by newsletter.
    pub(crate) fn subscriptions(&self, reader: i64) -> Result<Vec<Subscription>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT newsletter, state, source, since FROM subscription WHERE subscriber = ?1 ORDER BY newsletter",
        )?;
        let rows = statement.query_map([reader], subscription_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many subscriptions a newsletter has in each state.
    pub(crate) fn subscription_counts(&self, newsletter: &str) -> Result<Vec<(SubscriptionState, u64)>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT state, count(*) AS readers FROM subscription WHERE newsletter = ?1 GROUP BY state",
        )?;
        let rows = statement.query_map([newsletter], |row| {
            Ok((word(row, "state", SubscriptionState::parse)?, count(row.get("readers")?)))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Hands every subscriber of a newsletter to `each`, in the order they came, without holding them all.
    pub(crate) fn each_subscriber<E: From<StoreError>>(
        &self,
        newsletter: &str,
        mut each: impl FnMut(&Reader, &Subscription) -> Result<(), E>,
    ) -> Result<(), E> {
        let read = |error: rusqlite::Error| E::from(StoreError::from(error));
        let mut statement = self
            .connection
            .prepare_cached(
                "SELECT reader.*, own.newsletter, own.state, own.source, own.since
                 FROM subscription AS own JOIN subscriber AS reader ON reader.id = own.subscriber
                 WHERE own.newsletter = ?1 ORDER BY own.subscriber",
            )
            .map_err(read)?;
        let mut rows = statement.query([newsletter]).map_err(read)?;
        while let Some(row) = rows.next().map_err(read)? {
            each(&reader_row(row).map_err(read)?, &subscription_row(row).map_err(read)?)?;
        }
        Ok(())
    }
}

pub(super) fn standing(state: SubscriptionState) -> Joined {
    match state {
        SubscriptionState::Pending | SubscriptionState::Active | SubscriptionState::Paused => Joined::Already(state),
        SubscriptionState::Left | SubscriptionState::Bounced | SubscriptionState::Complained => Joined::Gone(state),
    }
}

fn is_suppressed(connection: &Connection, folded: &str, domain: &str) -> Result<bool, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM suppression WHERE what IN (?1, '@' || ?2))")?;
    Ok(statement.query_row([folded, domain], |row| row.get(0))?)
}

/// Ends a subscription that is not over, and keeps the proof.
fn leave(
    connection: &Connection,
    newsletter: &str,
    reader: i64,
    how: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let left = connection
        .prepare_cached(
            "UPDATE subscription SET state = 'left', since = ?3
             WHERE newsletter = ?1 AND subscriber = ?2 AND state IN ('pending', 'active', 'paused')",
        )?
        .execute(params![newsletter, reader, millis(now)])?;
    if left == 1 {
        prove(connection, reader, newsletter, "left", how, now)?;
    }
    Ok(())
}

fn prove(
    connection: &Connection,
    reader: i64,
    newsletter: &str,
    act: &str,
    how: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    // The same act in the same millisecond is the same act.
    connection
        .prepare_cached(
            "INSERT INTO consent (subscriber, newsletter, at, act, how) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![reader, newsletter, millis(now), act, how])?;
    Ok(())
}

fn reader_row(row: &Row<'_>) -> rusqlite::Result<Reader> {
    Ok(Reader {
        id: row.get("id")?,
        key: row.get("key")?,
        address: row.get("address")?,
        first_name: row.get("first_name")?,
        text_only: row.get("text_only")?,
        bounced: row.get::<_, Option<i64>>("bounced")?.map(time),
        created: time(row.get("created")?),
    })
}

fn subscription_row(row: &Row<'_>) -> rusqlite::Result<Subscription> {
    Ok(Subscription {
        newsletter: row.get("newsletter")?,
        state: word(row, "state", SubscriptionState::parse)?,
        source: row.get("source")?,
        since: time(row.get("since")?),
    })
}
