//! What relays took and gave back later: by their logs, and one day by bounce mail. It changes no state: the books are
//! about what was handed over.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};

use super::reports::{Groups, Refusal};
use super::{EditionId, Store, StoreError, millis, time};

/// One message that came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Return {
    pub(crate) at: DateTime<Utc>,
    /// What the receiver said to the relay.
    pub(crate) words: String,
}

impl Store {
    /// Notes what came back, by reader; of each delivery the first word counts. Returns how many are new.
    pub(crate) fn note_returned(
        &mut self,
        edition: EditionId,
        returned: &[(i64, String)],
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let tx = self.write()?;
        let mut new = 0;
        for (reader, words) in returned {
            new += tx
                .prepare_cached(
                    "INSERT INTO returned (edition, subscriber, at, words)
                     SELECT edition, subscriber, ?3, ?4 FROM delivery
                         WHERE edition = ?1 AND subscriber = ?2 AND state = 'sent'
                     ON CONFLICT DO NOTHING",
                )?
                .execute(params![edition.0, reader, millis(now), words])?;
        }
        tx.commit()?;
        Ok(new as u64)
    }

    /// What came back of an edition, grouped by what was said, most frequent first.
    pub(crate) fn returned(&self, edition: EditionId) -> Result<Vec<Refusal>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT delivery.address, returned.words FROM returned
             JOIN delivery USING (edition, subscriber) WHERE edition = ?1 ORDER BY subscriber",
        )?;
        let mut rows = statement.query([edition.0])?;
        let mut groups = Groups::default();
        while let Some(row) = rows.next()? {
            groups.add(None, &row.get::<_, String>(1)?, row.get(0)?);
        }
        Ok(groups.most_frequent_first())
    }

    /// Whether one reader's message came back.
    pub(super) fn returned_of(&self, edition: EditionId, reader: i64) -> Result<Option<Return>, StoreError> {
        let mut statement =
            self.connection.prepare_cached("SELECT at, words FROM returned WHERE edition = ?1 AND subscriber = ?2")?;
        let found = statement
            .query_row(params![edition.0, reader], |row| Ok(Return { at: time(row.get(0)?), words: row.get(1)? }));
        Ok(found.optional()?)
    }

    /// The relays that deliveries of an edition went by last.
    pub(crate) fn carriers(&self, edition: EditionId) -> Result<BTreeSet<String>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT DISTINCT relay FROM delivery WHERE edition = ?1 AND relay IS NOT NULL")?;
        let rows = statement.query_map([edition.0], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many deliveries a relay took up to an instant, and how many of those are not among these readers' keys.
    pub(crate) fn taken_unheard(
        &self,
        edition: EditionId,
        relay: &str,
        until: DateTime<Utc>,
        heard: &HashSet<[u8; 16]>,
    ) -> Result<(u64, u64), StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT reader.key FROM delivery JOIN subscriber AS reader ON reader.id = delivery.subscriber
             WHERE delivery.edition = ?1 AND delivery.state = 'sent' AND delivery.relay = ?2 AND delivery.changed <= ?3
                 AND instr(delivery.address, '@') > 0",
        )?;
        let mut rows = statement.query(params![edition.0, relay, millis(until)])?;
        let (mut taken, mut unheard) = (0, 0);
        while let Some(row) = rows.next()? {
            taken += 1;
            unheard += u64::from(!heard.contains(&row.get::<_, [u8; 16]>(0)?));
        }
        Ok((taken, unheard))
    }

    /// Hands `each` the reader's key, the relay and the words by which a delivery is known to be sent: the relay's own,
    /// or those of whoever found it out later.
    pub(crate) fn each_yes(
        &self,
        edition: EditionId,
        mut each: impl FnMut([u8; 16], Option<&str>, &str),
    ) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT reader.key, delivery.relay, coalesce(delivery.reply, '')
             FROM delivery JOIN subscriber AS reader ON reader.id = delivery.subscriber
             WHERE delivery.edition = ?1 AND delivery.state = 'sent'",
        )?;
        let mut rows = statement.query([edition.0])?;
        while let Some(row) = rows.next()? {
            let (relay, words): (Option<String>, String) = (row.get(1)?, row.get(2)?);
            each(row.get(0)?, relay.as_deref(), &words);
        }
        Ok(())
    }
}
