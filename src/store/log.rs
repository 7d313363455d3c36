//! The write-ahead log, made as long as a run needs it before the run begins.
//!
//! A commit that makes the log longer has to make its new length durable as well, which costs three times what a
//! commit over old pages does. SQLite itself writes over them, from the beginning again, once it has written the log
//! back. What lies behind the last frame is none, and is passed over like the frames of an earlier round.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::instance::beside;
use super::{CHECKPOINT_PAGES, Store, StoreError};

/// The log's own header, and each frame's (SQLite's file format, 4.1 and 4.2).
const HEADER: u64 = 32;
const FRAME_HEADER: u64 = 24;
/// Where the disk has not this many times as much room left, it is not spent on speed.
const SPARE: u64 = 20;

impl Store {
    /// Makes the log long enough for a run with so many messages, a page each and no more than are ever in it.
    ///
    /// # Errors
    /// The store cannot be written at all; a log that stays short is only slower.
    pub(crate) fn lengthen_the_log(&mut self, messages: u64) -> Result<(), StoreError> {
        let path = beside(&self.path, "-wal");
        let pages = messages.min(CHECKPOINT_PAGES.unsigned_abs());
        // Whoever holds the right to write is alone with the log's end.
        let tx = self.write()?;
        let page: i64 = tx.pragma_query_value(None, "page_size", |row| row.get(0))?;
        let _it_stays_short = lengthen(&path, HEADER + pages * (page.unsigned_abs() + FRAME_HEADER));
        Ok(tx.rollback()?)
    }
}

fn lengthen(path: &Path, length: u64) -> io::Result<()> {
    let mut log = File::options().write(true).open(path)?;
    let has = log.metadata()?.len();
    let missing = length.saturating_sub(has);
    let disk = rustix::fs::fstatvfs(&log)?;
    if missing == 0 || disk.f_bavail.saturating_mul(disk.f_frsize) / SPARE < missing {
        return Ok(());
    }
    // Written, not merely claimed: else each commit would have to say which blocks are in use now.
    log.seek(SeekFrom::Start(has))?;
    let written = io::copy(&mut io::repeat(0).take(missing), &mut log).and_then(|_| log.sync_all());
    if written.is_err() {
        log.set_len(has)?;
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::State;
    use crate::store::tests::{Home, morning, outcomes, sending, want};

    #[test]
    fn a_log_made_long_holds_what_is_committed_and_nothing_else() {
        let home = Home::new();
        let mut store = home.open();
        let edition = sending(&mut store, 50);
        store.lengthen_the_log(1_000).unwrap();
        let log = beside(store.path(), "-wal");
        let length = || std::fs::metadata(&log).unwrap().len();
        assert!(length() >= 1_000 * 4096);
        let before = length();
        let grants = store.wave(edition, &[], &want(20), morning()).unwrap().grants;
        store.wave(edition, &outcomes(&grants, State::Sent), &want(5), morning()).unwrap();
        assert_eq!(length(), before, "commits go into the room there is");
        // Another process sees the same; and so does one that has to read the log from its beginning.
        let seen = |store: &Store| {
            let counts = store.counts(edition).unwrap();
            (counts.sent, counts.sending, counts.queued)
        };
        assert_eq!(seen(&home.open()), (20, 5, 25));
        let copy = tempfile::tempdir().unwrap();
        let there = copy.path().join("pressrun.db");
        std::fs::copy(store.path(), &there).unwrap();
        std::fs::copy(&log, beside(&there, "-wal")).unwrap();
        assert_eq!(seen(&Store::open(&there).unwrap()), (20, 5, 25));
    }
}
