//! Who waits for an edition, a stretch of the list at a time: for whoever renders their copies before they leave.

use rusqlite::{OptionalExtension, named_params};

use crate::address::EmailAddress;
use crate::ledger::Grant;

use super::editions::by_id;
use super::{EditionId, Store, StoreError};

/// Without a thought for the state's own indexes: most of a stretch waits, and it is read in its order.
const WAITING: &str = "
    SELECT delivery.subscriber, delivery.address, reader.key, reader.first_name, delivery.tries, delivery.contacts,
        delivery.text_only
    FROM delivery JOIN subscriber AS reader ON reader.id = delivery.subscriber
    JOIN subscription AS own ON own.newsletter = :newsletter AND own.subscriber = delivery.subscriber
    WHERE delivery.edition = :edition AND delivery.subscriber BETWEEN :from AND :to
        AND +delivery.state IN ('queued', 'deferred') AND own.state = 'active'";

impl Store {
    /// The first and the last number on the audience of an edition; none where it is empty.
    pub(crate) fn waiting_span(&self, edition: EditionId) -> Result<Option<(i64, i64)>, StoreError> {
        let end = |order: &str| {
            let sql = format!("SELECT subscriber FROM delivery WHERE edition = ?1 ORDER BY subscriber {order} LIMIT 1");
            self.connection.query_row(&sql, [edition.0], |row| row.get(0)).optional()
        };
        Ok(end("ASC")?.zip(end("DESC")?))
    }

    /// Hands everybody between two numbers to `each` who would be granted their copy now, as a grant would.
    pub(crate) fn each_waiting(
        &self,
        edition: EditionId,
        from: i64,
        to: i64,
        mut each: impl FnMut(Grant),
    ) -> Result<(), StoreError> {
        let row = by_id(&self.connection, edition)?;
        let mut statement = self.connection.prepare_cached(WAITING)?;
        let mut rows = statement.query(named_params! {
            ":newsletter": row.newsletter, ":edition": edition.0, ":from": from, ":to": to,
        })?;
        while let Some(waiting) = rows.next()? {
            // An address that mail cannot go to is granted nothing, and its delivery says so.
            let Ok(address) = EmailAddress::parse(waiting.get_ref(1)?.as_str().unwrap_or_default()) else { continue };
            each(Grant {
                unseen: false,
                reader: waiting.get(0)?,
                address,
                first_name: waiting.get(3)?,
                text_only: waiting.get(6)?,
                key: waiting.get(2)?,
                version: row.version,
                tries: waiting.get(4)?,
                contacts: waiting.get(5)?,
            });
        }
        Ok(())
    }
}
