//! The store: readers, editions and the ledger, in one SQLite file.
//!
//! The only place where SQL is. WAL with `synchronous=FULL`: a commit is on the disk before anyone acts on
//! it, because an intent that a power cut rolls back is a reader who gets two copies. Every write is one
//! `IMMEDIATE` transaction, so that whoever left before a claim's commit is seen by it. What must not happen
//! is refused by the schema (`schema/`), not only by this code.

mod afterwards;
mod ahead;
mod alarms;
mod approvals;
mod ballast;
mod editions;
mod erasing;
mod error;
mod freezing;
mod instance;
mod joining;
mod lanes;
mod lock;
mod log;
mod quota;
mod readers;
mod reports;
mod returned;
mod shelf;
mod soundness;
mod suppressions;
mod unknowns;
mod waiting;
mod watching;
mod waves;
mod writer;

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, TimeZone, Utc};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

use crate::token::Signer;

use ahead::Ahead;
pub(crate) use approvals::{Approval, Event};
pub(crate) use editions::{Begun, Change, Edition, EditionId, EditionState, Purpose};
pub(crate) use erasing::{Erasure, Traces};
pub(crate) use error::{Kind, StoreError};
pub(crate) use freezing::{Frozen, Order, Picture, Version, Whom};
use instance::Epoch;
pub(crate) use instance::{Foreign, Sole};
pub(crate) use lanes::Paused;
pub(crate) use lock::{AlarmLock, EditionLock};
pub(crate) use readers::{Imported, Joined, NewReader, Reader, Subscription, SubscriptionState};
pub(crate) use reports::{Refusal, Trace};
pub(crate) use returned::Return;
pub(crate) use shelf::{Beside, Published, Shelf, ShelfPage};
pub(crate) use suppressions::{Reason, Suppressed};
pub(crate) use unknowns::{Settlement, Unsure};
pub(crate) use watching::{RelayStanding, Tally};
pub(crate) use writer::Ledger;

/// The schema, oldest first; `PRAGMA user_version` counts how many a file has.
const MIGRATIONS: [&str; 19] = [
    include_str!("schema/0001_ledger.sql"),
    include_str!("schema/0002_lanes.sql"),
    include_str!("schema/0003_instance.sql"),
    include_str!("schema/0004_relays.sql"),
    include_str!("schema/0005_ended.sql"),
    include_str!("schema/0006_unseen.sql"),
    include_str!("schema/0007_returned.sql"),
    include_str!("schema/0008_alarm.sql"),
    include_str!("schema/0009_cleared.sql"),
    include_str!("schema/0010_rests.sql"),
    include_str!("schema/0011_taken_down.sql"),
    include_str!("schema/0012_corrected.sql"),
    include_str!("schema/0013_compared.sql"),
    include_str!("schema/0014_text_only.sql"),
    include_str!("schema/0015_undone_whole.sql"),
    include_str!("schema/0016_looked_at_afterwards.sql"),
    include_str!("schema/0017_erased.sql"),
    include_str!("schema/0018_refused_again.sql"),
    include_str!("schema/0019_adopted.sql"),
];

/// How long a command waits for another writer, and how often it looks.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// Pages in the write-ahead log before they are written back: 16 MB, where SQLite's own is 4.
const CHECKPOINT_PAGES: i64 = 4_000;

/// An open store. One writer at a time over all processes; readers never wait.
pub(crate) struct Store {
    connection: Connection,
    path: PathBuf,
    /// The queue of the edition that is being pressed.
    ahead: Option<Ahead>,
    /// That of the last wave, where it granted anything.
    epoch: Option<Epoch>,
    /// Knows those who were erased.
    signer: Option<Signer>,
}

impl Store {
    /// Opens the store, making it where there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// `Missing` where the folder is not there, `Corrupt` for another kind of file, `Newer` for a later schema.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        make_private(path)?;
        let mut connection = Connection::open(path)?;
        connection.busy_handler(Some(wait_for_the_writer))?;
        connection.set_prepared_statement_cache_capacity(64);
        // A plan is made once: SQLite would make it again for each new value of a parameter it could learn from.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        use_wal(&connection)?;
        connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;")?;
        // A run writes the same pages again and again: four times fewer of them reach the file itself.
        connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
        let mut store = Self { connection, path: path.to_owned(), ahead: None, epoch: None, signer: None };
        store.migrate()?;
        Ok(store)
    }

    /// Opens a store that is there, only to look: nothing is made, brought up to date or written.
    ///
    /// # Errors
    /// `Missing` where it is not there, `Other` for an earlier schema, which only a command that may write mends.
    pub(crate) fn look(path: &Path) -> Result<Self, StoreError> {
        let missing = |error: rusqlite::Error| {
            StoreError::new(Kind::Missing, format!("the store `{}` cannot be opened: {error}", path.display()))
        };
        let mut connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(missing)?;
        connection.busy_handler(Some(wait_for_the_writer))?;
        connection.execute_batch("PRAGMA temp_store = MEMORY;")?;
        let store = Self { connection, path: path.to_owned(), ahead: None, epoch: None, signer: None };
        match store.schema_version()? {
            has if has < MIGRATIONS.len() => Err(StoreError::new(
                Kind::Other,
                format!(
                    "the store `{}` is of an earlier pressrun: `pressrun doctor` brings it up to date",
                    path.display()
                ),
            )),
            _ => Ok(store),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Applies what the file lacks, all or nothing; two processes may come here at once.
    fn migrate(&mut self) -> Result<(), StoreError> {
        if self.schema_version()? == MIGRATIONS.len() {
            return Ok(());
        }
        let path = self.path.display().to_string();
        let tx = self.write()?;
        let has: usize = schema_version(&tx)?;
        let Some(missing) = MIGRATIONS.get(has..) else {
            let message =
                format!("`{path}` was written by a newer pressrun (schema {has}, this one knows {})", MIGRATIONS.len());
            return Err(StoreError::new(Kind::Newer, message));
        };
        for migration in missing {
            tx.execute_batch(migration)?;
        }
        instance::name(&tx)?;
        tx.pragma_update(None, "user_version", MIGRATIONS.len() as i64)?;
        tx.commit()?;
        Ok(())
    }

    /// How many of the migrations the file has.
    pub(crate) fn schema_version(&self) -> Result<usize, StoreError> {
        schema_version(&self.connection)
    }

    /// A transaction that holds the right to write from its first line.
    fn write(&mut self) -> Result<Transaction<'_>, StoreError> {
        Ok(self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
    }
}

fn schema_version(connection: &Connection) -> Result<usize, StoreError> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}

/// Makes the file for its owner only: it holds addresses. SQLite gives the files beside it the same mode.
fn make_private(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|error| {
        StoreError::new(Kind::Missing, format!("the store `{}` cannot be opened: {error}", path.display()))
    })
}

/// Switches a new file to WAL. SQLite does not wait here when another process switches it at the same moment, so we do.
fn use_wal(connection: &Connection) -> Result<(), StoreError> {
    let mut looks = 0;
    loop {
        let switched = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0));
        match switched {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(mode) => {
                let message = format!("the store needs a disk that can keep a write-ahead log (got `{mode}`)");
                return Err(StoreError::new(Kind::Other, message));
            }
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && wait_for_the_writer(looks) => {
                looks += 1
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Looks again soon, until the patience is over. SQLite's own waiting looks ever more rarely, and so never finds the
/// short gaps that an import leaves for a press run.
fn wait_for_the_writer(looks: i32) -> bool {
    std::thread::sleep(LOOK_EVERY);
    LOOK_EVERY * u32::try_from(looks).unwrap_or_default() < PATIENCE
}

/// A time as the store keeps it.
fn millis(time: DateTime<Utc>) -> i64 {
    time.timestamp_millis()
}

/// A kept time; `None` only for numbers no calendar has, which this store never wrote.
fn time(millis: i64) -> DateTime<Utc> {
    Utc.timestamp_millis_opt(millis).single().unwrap_or_default()
}

/// A count out of a row; SQLite has no unsigned numbers and `count(*)` is never negative.
fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

/// A word that the schema's CHECK allows and this code knows.
fn word<T>(row: &rusqlite::Row<'_>, column: &str, parse: fn(&str) -> Option<T>) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    parse(&text).ok_or_else(|| {
        let reason = format!("`{text}` is no word of {column}").into();
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, reason)
    })
}

#[cfg(test)]
mod tests;
