//! Room kept free on the disk: a file that is given up when the disk is full, so that what came of the messages
//! on the wire can still be written down.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::instance::beside;
use super::{Kind, StoreError};

/// Room for the outcomes of every connection and the log they are committed through, many times over.
const BYTES: usize = 2 * 1024 * 1024;

pub(super) struct Ballast {
    path: PathBuf,
    /// It is there, as far as we know.
    whole: bool,
}

impl Ballast {
    pub(super) fn of(store: &Path) -> Self {
        Self { path: beside(store, ".ballast"), whole: false }
    }

    /// Makes it where it is not: nothing is granted without.
    ///
    /// # Errors
    /// `Full` where the disk has no room for it.
    pub(super) fn make(&mut self) -> Result<(), StoreError> {
        if self.whole {
            return Ok(());
        }
        if fs::metadata(&self.path).is_ok_and(|found| found.len() == BYTES as u64) {
            self.whole = true;
            return Ok(());
        }
        // Written, not merely claimed: only blocks that are there can be given back.
        let written = File::create(&self.path).and_then(|mut file| {
            file.write_all(&vec![0xB5; BYTES])?;
            file.sync_all()
        });
        if let Err(error) = written {
            self.give_up();
            let kind = if error.kind() == ErrorKind::StorageFull { Kind::Full } else { Kind::Other };
            let path = self.path.display();
            return Err(StoreError::new(kind, format!("there is no room for `{path}`, kept for a full disk: {error}")));
        }
        self.whole = true;
        Ok(())
    }

    /// Gives its room back; false where it was given back before.
    pub(super) fn give_up(&mut self) -> bool {
        self.whole = false;
        fs::remove_file(&self.path).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_once_given_up_once_and_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut ballast = Ballast::of(&folder.path().join("pressrun.db"));
        ballast.make().unwrap();
        assert_eq!(fs::metadata(folder.path().join("pressrun.db.ballast")).unwrap().len(), BYTES as u64);
        assert!(ballast.give_up());
        assert!(!ballast.give_up(), "there is nothing left to give");
        ballast.make().unwrap();
        assert!(folder.path().join("pressrun.db.ballast").exists());
    }
}
