//! What can go wrong with the store, sorted by what a person or cron can do about it.

use std::fmt;

use rusqlite::ErrorCode;

/// A failure of the store: its kind decides the exit code, its message is a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoreError {
    pub(crate) kind: Kind,
    message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Someone else kept the store locked for the whole patience of a command: try again.
    Busy,
    /// The disk is full: nothing more was written.
    Full,
    /// The file, or the folder it should be in, cannot be opened.
    Missing,
    /// Not a store, or a damaged one.
    Corrupt,
    /// Written by a newer pressrun.
    Newer,
    /// A copy, or an older state, of the store that sends.
    Copied,
    /// The edition is no longer in the state this step needs: someone held, cancelled or finished it.
    Moved,
    /// A promise of the ledger would break; nothing was written.
    Invariant,
    Other,
}

impl StoreError {
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// A promise of `delivery.md` that would not hold any more, by its number.
    pub(super) fn invariant(number: &str, what: impl fmt::Display) -> Self {
        Self::new(Kind::Invariant, format!("the ledger stopped, because {number} would not hold: {what}"))
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for StoreError {}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let (kind, words) = match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                (Kind::Busy, "the store is busy: another process keeps writing to it")
            }
            Some(ErrorCode::DiskFull) => (Kind::Full, "the disk is full: nothing more can be written to the store"),
            Some(ErrorCode::CannotOpen) => (Kind::Missing, "the store cannot be opened"),
            Some(ErrorCode::DatabaseCorrupt) => (Kind::Corrupt, "the store is damaged; restore a backup"),
            Some(ErrorCode::NotADatabase) => (Kind::Corrupt, "the file is not a store of pressrun"),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => (Kind::Other, "the store may not be written to"),
            Some(ErrorCode::ConstraintViolation) => (Kind::Invariant, "the store refused a change"),
            _ => (Kind::Other, "the store failed"),
        };
        Self::new(kind, format!("{words} ({error})"))
    }
}
