//! One sender per edition, and one that rings: a lock on a file, held by an open descriptor.
//!
//! The kernel lets go of it when the process dies and not before, also when it is paused for an hour. So it
//! proves death, and whoever holds it may settle what a dead run left behind, without leases or clocks.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use super::{Kind, StoreError};

/// The right to run one slot's press. Dropping it lets go.
#[derive(Debug)]
pub(crate) struct EditionLock {
    _held: File,
}

impl EditionLock {
    /// Takes the lock of a slot, beside the store; `None` when another process has it.
    pub(crate) fn acquire(store: &Path, newsletter: &str, slot: &str) -> Result<Option<Self>, StoreError> {
        Ok(take(store, &format!("{newsletter}-{slot}"))?.map(|held| Self { _held: held }))
    }
}

/// The right to tell what is wrong. Dropping it lets go.
#[derive(Debug)]
pub(crate) struct AlarmLock {
    _held: File,
}

impl AlarmLock {
    /// Takes the lock beside the store; `None` when another process is telling.
    pub(crate) fn acquire(store: &Path) -> Result<Option<Self>, StoreError> {
        // No slot is named so.
        Ok(take(store, "alarm")?.map(|held| Self { _held: held }))
    }
}

/// `pressrun.db.lock.d/morning-2026-11-24`. Lock files stay: removing one would let two processes lock two files of one name.
fn take(store: &Path, name: &str) -> Result<Option<File>, StoreError> {
    let mut folder = store.as_os_str().to_owned();
    folder.push(".lock.d");
    let folder = PathBuf::from(folder);
    let path = folder.join(name);
    let failed = |error: std::io::Error| {
        StoreError::new(Kind::Other, format!("the lock `{}` cannot be taken: {error}", path.display()))
    };
    fs::create_dir_all(&folder).map_err(failed)?;
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}
