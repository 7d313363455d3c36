//! What becomes of a web edition after it was frozen: notes on it, and what is not shown of it any more.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};

use super::{EditionId, ShelfPage, Store, StoreError, millis, time};

impl Store {
    /// Puts a note on a web edition, for good.
    pub(crate) fn note_on_web(&mut self, edition: EditionId, html: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT INTO web_note (edition, at, html) VALUES (?1, ?2, ?3)",
            params![edition.0, millis(now), html],
        )?;
        Ok(())
    }

    /// Takes a block off a web edition, or all of it where `block` is empty; false where it was off before.
    pub(crate) fn hide_on_web(
        &mut self,
        edition: EditionId,
        block: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let hidden = self.connection.execute(
            "INSERT INTO web_hidden (edition, block, at) VALUES (?1, ?2, ?3)
             ON CONFLICT (edition, block) DO UPDATE SET at = excluded.at, shown = NULL WHERE shown IS NOT NULL",
            params![edition.0, block, millis(now)],
        )?;
        Ok(hidden == 1)
    }

    /// Puts it back; false where it was not off.
    pub(crate) fn show_on_web(
        &mut self,
        edition: EditionId,
        block: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let shown = self.connection.execute(
            "UPDATE web_hidden SET shown = ?3 WHERE edition = ?1 AND block = ?2 AND shown IS NULL",
            params![edition.0, block, millis(now)],
        )?;
        Ok(shown == 1)
    }

    /// Whether the whole web edition of an issue was taken down.
    pub(crate) fn is_taken_down(&self, newsletter: &str, slot: &str) -> Result<bool, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT 1 FROM edition AS own JOIN web_hidden AS hidden ON hidden.edition = own.id
             WHERE own.newsletter = ?1 AND own.slot = ?2 AND hidden.block = '' AND hidden.shown IS NULL",
        )?;
        Ok(statement.exists([newsletter, slot])?)
    }

    /// When a newsletter's shelf last lost or regained a whole edition: lists of it changed then.
    pub(crate) fn shelf_changed(&self, newsletter: Option<&str>) -> Result<Option<DateTime<Utc>>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT max(max(hidden.at, coalesce(hidden.shown, 0))) FROM web_hidden AS hidden
             JOIN edition AS own ON own.id = hidden.edition WHERE ?1 IS NULL OR own.newsletter = ?1",
        )?;
        let at: Option<Option<i64>> = statement.query_row([newsletter], |row| row.get(0)).optional()?;
        Ok(at.flatten().map(time))
    }

    /// A frozen page with its notes, and with what is not shown of it.
    pub(super) fn with_afterwards(&self, edition: EditionId, html: String) -> Result<ShelfPage, StoreError> {
        let texts = |sql: &str| -> Result<Vec<String>, StoreError> {
            let mut statement = self.connection.prepare_cached(sql)?;
            let rows = statement.query_map([edition.0], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        };
        Ok(ShelfPage {
            edition,
            html,
            notes: texts("SELECT html FROM web_note WHERE edition = ?1 ORDER BY id")?,
            hidden: texts("SELECT block FROM web_hidden WHERE edition = ?1 AND block <> '' AND shown IS NULL")?,
        })
    }
}
