//! Whether this store is the one that sends: a copy, or yesterday's backup, would send again what was sent.
//!
//! A file beside the database names the store, the machine, the database's place on its disk, and the highest
//! epoch; every run begins an epoch. A copied database lies elsewhere, a restored one has a lower epoch, and
//! neither grants anything until somebody says that it is the one now (`doctor --adopt`).

use std::fs;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};

use super::{Kind, Store, StoreError};
use crate::clock;
use crate::token::hex;

/// What the file beside the database says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    instance: String,
    machine: String,
    device: u64,
    inode: u64,
    epoch: i64,
}

impl Store {
    /// Why nothing may be sent from this store; `None` where it is the one that sends.
    ///
    /// # Errors
    /// The file beside it cannot be read.
    pub(crate) fn foreign(&self) -> Result<Option<String>, StoreError> {
        let own = self.place()?;
        let kept = match fs::read(self.place_file()) {
            Ok(bytes) => serde_json::from_slice::<Place>(&bytes).ok(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(self.cannot("read", &error)),
        };
        let Some(kept) = kept else {
            let sent = own.epoch > 0;
            return Ok(
                sent.then(|| format!("`{}`, which says where it belongs, is missing", self.place_file().display()))
            );
        };
        Ok(if kept.instance != own.instance {
            Some("the file beside it belongs to another store".to_owned())
        } else if kept.machine != own.machine {
            Some("it was sending from another machine".to_owned())
        } else if (kept.device, kept.inode) != (own.device, own.inode) {
            Some("it is not the file that was sending, but a copy of it".to_owned())
        } else if kept.epoch > own.epoch {
            let runs = kept.epoch - own.epoch;
            Some(format!("it is an older state: {runs} run{} it knows nothing of", if runs == 1 { "" } else { "s" }))
        } else {
            None
        })
    }

    /// Begins the epoch of a run.
    ///
    /// # Errors
    /// `Copied` unless this is the store that sends.
    pub(crate) fn begin_epoch(&mut self) -> Result<(), StoreError> {
        if let Some(why) = self.foreign()? {
            let path = self.path.display();
            return Err(StoreError::new(Kind::Copied, format!("nothing is sent from the store `{path}`: {why}")));
        }
        // The file is there before the first epoch is: a run may be killed between the two.
        if !self.place_file().exists() {
            self.write_place()?;
        }
        let tx = self.write()?;
        tx.execute("UPDATE instance SET epoch = epoch + 1", [])?;
        tx.commit()?;
        self.write_place()
    }

    /// Makes this the store that sends: under a new name, so that the one it was copied from stays another.
    pub(crate) fn adopt(&mut self) -> Result<(), StoreError> {
        let known = fs::read(self.place_file()).ok().and_then(|bytes| serde_json::from_slice::<Place>(&bytes).ok());
        let highest = known.map_or(0, |place| place.epoch);
        let tx = self.write()?;
        let id = hex(&clock::random::<16>());
        tx.execute("UPDATE instance SET id = ?1, epoch = max(epoch, ?2) + 1", (id, highest))?;
        tx.commit()?;
        self.write_place()
    }

    /// Keeps the newest epoch: whoever holds the right to write reads it and writes it beside.
    fn write_place(&mut self) -> Result<(), StoreError> {
        let (path, store) = (self.place_file(), self.path.clone());
        let tx = self.write()?;
        let mut place = numbers(&tx)?;
        locate(&mut place, &store)?;
        let written = replace(&path, &serde_json::to_vec(&place).unwrap_or_default());
        tx.rollback()?;
        written.map_err(|error| self.cannot("write", &error))
    }

    fn place(&self) -> Result<Place, StoreError> {
        let mut place = numbers(&self.connection)?;
        locate(&mut place, &self.path)?;
        Ok(place)
    }

    fn place_file(&self) -> PathBuf {
        beside(&self.path, ".instance")
    }

    fn cannot(&self, what: &str, error: &std::io::Error) -> StoreError {
        let kind = if error.kind() == std::io::ErrorKind::StorageFull { Kind::Full } else { Kind::Other };
        StoreError::new(kind, format!("cannot {what} `{}`: {error}", self.place_file().display()))
    }
}

/// A file beside the database.
pub(super) fn beside(store: &Path, ending: &str) -> PathBuf {
    let mut path = store.as_os_str().to_owned();
    path.push(ending);
    PathBuf::from(path)
}

/// Names a store that has no name yet.
pub(super) fn name(connection: &Connection) -> Result<(), StoreError> {
    let named: Option<i64> = connection.query_row("SELECT one FROM instance", [], |row| row.get(0)).optional()?;
    if named.is_none() {
        let id = hex(&clock::random::<16>());
        connection.execute("INSERT INTO instance (one, id, epoch) VALUES (1, ?1, 0) ON CONFLICT DO NOTHING", [id])?;
    }
    Ok(())
}

fn numbers(connection: &Connection) -> Result<Place, StoreError> {
    Ok(connection.query_row("SELECT id, epoch FROM instance", [], |row| {
        Ok(Place { instance: row.get(0)?, epoch: row.get(1)?, machine: String::new(), device: 0, inode: 0 })
    })?)
}

fn locate(place: &mut Place, store: &Path) -> Result<(), StoreError> {
    let found = fs::metadata(store)
        .map_err(|error| StoreError::new(Kind::Missing, format!("the store `{}` is gone: {error}", store.display())))?;
    (place.device, place.inode) = (found.dev(), found.ino());
    // A system without one tells its machines apart by nothing; the disk still does.
    let id = ["/etc/machine-id", "/var/lib/dbus/machine-id"].iter().find_map(|path| fs::read_to_string(path).ok());
    place.machine = id.unwrap_or_default().trim().to_owned();
    Ok(())
}

/// Whole or not at all, and on the disk before the first grant.
fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|error| error.error)
}
