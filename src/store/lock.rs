//! One sender per edition: a lock on a file, held by an open descriptor.
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
        let path = lock_path(store, newsletter, slot);
        let failed = |error: std::io::Error| {
            StoreError::new(Kind::Other, format!("the lock `{}` cannot be taken: {error}", path.display()))
        };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _held: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}

/// `pressrun.db.lock.d/morning-2026-11-24`. Lock files stay: removing one would let two processes lock two files of one name.
fn lock_path(store: &Path, newsletter: &str, slot: &str) -> PathBuf {
    let mut folder = store.as_os_str().to_owned();
    folder.push(".lock.d");
    PathBuf::from(folder).join(format!("{newsletter}-{slot}"))
}
