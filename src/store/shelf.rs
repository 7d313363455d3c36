//! What anyone may read: the web editions of issues whose sending was begun, and nothing before that; without what
//! was taken down since, and with what was noted.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};

use super::editions::edition_row;
use super::{Edition, EditionId, Purpose, Store, StoreError, count, time};

/// A public edition has a frozen page and a run that began to grant; a rehearsal or an issue that is only ready
/// has none of that. Whatever takes an edition off the shelf belongs into this one sentence.
const PUBLIC: &str = "FROM edition AS own
    JOIN web_edition AS page ON page.newsletter = own.newsletter AND page.slot = own.slot
    JOIN edition_version AS newest ON newest.edition = own.id AND newest.version = own.version
    WHERE own.purpose = 'issue' AND own.started IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM web_hidden WHERE edition = own.id AND block = '' AND shown IS NULL)";

/// When its newest version was frozen, or what is shown of it changed since.
const CHANGED: &str = "max(newest.frozen,
    coalesce((SELECT max(at) FROM web_note WHERE edition = own.id), 0),
    coalesce((SELECT max(max(at, coalesce(shown, 0))) FROM web_hidden WHERE edition = own.id), 0)) AS changed";

/// An edition on the shelf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Published {
    pub(crate) edition: Edition,
    /// When its run began.
    pub(crate) at: DateTime<Utc>,
    /// When its newest version was frozen, or what is shown of it changed, if that was later.
    pub(crate) changed: DateTime<Utc>,
}

/// A page with what became of it since it was frozen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ShelfPage {
    pub(crate) edition: EditionId,
    /// As it was frozen.
    pub(crate) html: String,
    /// Notes, oldest first, as they are shown.
    pub(crate) notes: Vec<String>,
    /// Blocks that are not shown.
    pub(crate) hidden: Vec<String>,
}

/// A newsletter with public editions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shelf {
    pub(crate) newsletter: String,
    pub(crate) editions: u64,
    pub(crate) newest: Published,
}

/// Which neighbour of an edition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beside {
    Before,
    After,
}

impl Store {
    /// The newsletters that have published, by id, each with its newest edition.
    pub(crate) fn shelves(&self) -> Result<Vec<Shelf>, StoreError> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT own.*, {CHANGED}, count(*) AS editions, max(own.slot) {PUBLIC} GROUP BY own.newsletter"
        ))?;
        let rows = statement.query_map([], |row| {
            let newest = published(row)?;
            Ok(Shelf { newsletter: newest.edition.newsletter.clone(), editions: count(row.get("editions")?), newest })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many editions a newsletter has published.
    pub(crate) fn published_count(&self, newsletter: &str) -> Result<u64, StoreError> {
        let mut statement =
            self.connection.prepare_cached(&format!("SELECT count(*) {PUBLIC} AND own.newsletter = ?1"))?;
        Ok(count(statement.query_row([newsletter], |row| row.get(0))?))
    }

    /// A newsletter's public editions, newest first: at most `limit` after the first `skip`.
    pub(crate) fn published(&self, newsletter: &str, skip: u64, limit: u32) -> Result<Vec<Published>, StoreError> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT own.*, {CHANGED} {PUBLIC} AND own.newsletter = ?1 ORDER BY own.slot DESC LIMIT ?2 OFFSET ?3"
        ))?;
        let skip = i64::try_from(skip).unwrap_or(i64::MAX);
        let rows = statement.query_map(params![newsletter, limit, skip], published)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One public edition with its page.
    pub(crate) fn public_page(
        &self,
        newsletter: &str,
        slot: &str,
    ) -> Result<Option<(Published, ShelfPage)>, StoreError> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT own.*, {CHANGED}, page.html {PUBLIC} AND own.newsletter = ?1 AND own.slot = ?2"
        ))?;
        let found = statement.query_row([newsletter, slot], |row| Ok((published(row)?, row.get("html")?)));
        let Some((published, html)) = found.optional()? else { return Ok(None) };
        let page = self.with_afterwards(published.edition.id, html)?;
        Ok(Some((published, page)))
    }

    /// The page behind a rehearsal's mails. An issue's own page is not shown by it before its time.
    pub(crate) fn rehearsed_page(&self, newsletter: &str, slot: &str) -> Result<Option<ShelfPage>, StoreError> {
        let begun = |purpose| -> Result<Option<Edition>, StoreError> {
            Ok(self.edition(newsletter, slot, purpose)?.filter(|edition| edition.version > 0))
        };
        let rehearsed = begun(Purpose::Rehearsal)?.filter(|edition| edition.started.is_some());
        let alone = begun(Purpose::Issue)?.is_none();
        let Some(edition) = rehearsed.filter(|_| alone) else { return Ok(None) };
        let html = self.web_edition(newsletter, slot)?;
        html.map(|html| self.with_afterwards(edition.id, html)).transpose()
    }

    /// The slot of the public edition next to one, in the order of the archive.
    pub(crate) fn beside(&self, newsletter: &str, slot: &str, side: Beside) -> Result<Option<String>, StoreError> {
        let (compare, order) = match side {
            Beside::Before => ("<", "DESC"),
            Beside::After => (">", "ASC"),
        };
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT own.slot {PUBLIC} AND own.newsletter = ?1 AND own.slot {compare} ?2 ORDER BY own.slot {order} LIMIT 1"
        ))?;
        Ok(statement.query_row([newsletter, slot], |row| row.get(0)).optional()?)
    }
}

fn published(row: &Row<'_>) -> rusqlite::Result<Published> {
    let edition = edition_row(row)?;
    let at = edition.started.unwrap_or(edition.begun);
    let changed = time(row.get("changed")?);
    Ok(Published { edition, at, changed: changed.max(at) })
}
