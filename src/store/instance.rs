//! Whether this store is the one that sends: a copy, or yesterday's backup, would send again what was sent.
//!
//! A file beside the database names the store, the machine, the database's place on its disk, and the highest
//! epoch; every wave that grants is an epoch. A copied database lies elsewhere, a restored one has a lower epoch
//! even where it was copied in the middle of a run, and neither grants anything until somebody says that it is
//! the one now (`doctor --adopt`). A whole folder put back from its backup brings the file beside along, so the
//! machine remembers the epoch elsewhere too, where it has a place for that.

use std::env;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};

use super::{Kind, Purpose, Store, StoreError, count, millis, time};
use crate::clock;
use crate::token::hex;

/// How many waves have granted something, over all runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(super) struct Epoch(u64);

impl Epoch {
    /// Its digits in the file: always as many, so that a higher one is written over them.
    const DIGITS: usize = 20;
}

impl From<Epoch> for String {
    fn from(Epoch(number): Epoch) -> Self {
        format!("{number:0width$}", width = Epoch::DIGITS)
    }
}

impl TryFrom<String> for Epoch {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

/// What the file beside the database says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    instance: String,
    machine: String,
    device: u64,
    inode: u64,
    /// The last field, so that its digits stand at the end of the file.
    epoch: Epoch,
}

/// Proof that a store is the one that sends; whoever has it keeps the file beside it up to date.
#[derive(Clone, Debug)]
pub(crate) struct Sole {
    beside: Arc<Kept>,
    /// What the machine remembers; nothing where it has no place for it, or nobody got anything.
    memory: Option<Arc<Kept>>,
}

/// A file with the digits of an epoch in it.
#[derive(Debug)]
struct Kept {
    file: File,
    path: PathBuf,
    /// Where the digits begin.
    at: u64,
}

impl Sole {
    fn open(path: PathBuf, memory: Option<Kept>) -> io::Result<Self> {
        let file = File::options().read(true).write(true).open(&path)?;
        let at = file.metadata()?.len().saturating_sub((Epoch::DIGITS + "\"}".len()) as u64);
        Ok(Self { beside: Arc::new(Kept { file, path, at }), memory: memory.map(Arc::new) })
    }

    /// Keeps the epoch of a wave, once it is committed and before any of its messages leaves. It only has to
    /// outlive the process: after a power cut a lower one says no less than the store does.
    ///
    /// # Errors
    /// It could not be written, so nothing of that wave may leave.
    pub(super) fn keep(&self, epoch: Epoch) -> Result<(), StoreError> {
        if let Some(memory) = &self.memory {
            // A full home folder keeps no morning's mail back; it only makes the machine less wary.
            let _forgotten = memory.keep(epoch);
        }
        self.beside.keep(epoch)
    }
}

impl Kept {
    /// The file in which this machine remembers a store; `None` where there is no place for it.
    fn in_memory(instance: &str) -> Option<Self> {
        let path = memory_of(instance)?;
        fs::create_dir_all(path.parent()?).ok()?;
        let file = File::options().create(true).truncate(false).read(true).write(true).open(&path).ok()?;
        Some(Self { file, path, at: 0 })
    }

    /// Runs of other newsletters write here too.
    fn keep(&self, epoch: Epoch) -> Result<(), StoreError> {
        let kept = self.file.lock().and_then(|()| {
            let kept = self.keep_the_higher(epoch);
            self.file.unlock().and(kept)
        });
        kept.map_err(|error| cannot("write", &self.path, &error))
    }

    fn keep_the_higher(&self, epoch: Epoch) -> io::Result<()> {
        if self.epoch()?.is_some_and(|known| known >= epoch) {
            return Ok(());
        }
        self.file.write_all_at(String::from(epoch).as_bytes(), self.at)
    }

    /// `None` where there is none yet, or what stands there is none.
    fn epoch(&self) -> io::Result<Option<Epoch>> {
        let mut digits = [0; Epoch::DIGITS];
        match self.file.read_exact_at(&mut digits, self.at) {
            Ok(()) => Ok(str::from_utf8(&digits).ok().and_then(|digits| digits.parse().ok()).map(Epoch)),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Where this machine remembers a store, outside its folder (XDG Base Directory Specification, `XDG_STATE_HOME`).
fn memory_of(instance: &str) -> Option<PathBuf> {
    let named = env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || env::home_dir().filter(|home| home.is_absolute()).map(|home| home.join(".local/state"));
    Some(named.or_else(home)?.join("pressrun").join(instance))
}

/// The epoch this machine remembers of a store; `None` where it remembers nothing, or nothing that can be read.
fn remembered(instance: &str) -> Option<Epoch> {
    let path = memory_of(instance)?;
    let file = File::open(&path).ok()?;
    Kept { file, path, at: 0 }.epoch().ok()?
}

/// Why nothing is sent from a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Foreign {
    /// Nothing says where it belongs: this file is missing, or says nothing.
    Nowhere(PathBuf),
    Another,
    Elsewhere,
    Copy,
    Older,
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nowhere(path) => {
                return write!(f, "`{}`, which says where it belongs, is missing or says nothing", path.display());
            }
            Self::Another => "the file beside it belongs to another store",
            Self::Elsewhere => "it was sending from another machine",
            Self::Copy => "it is not the file that was sending, but a copy of it",
            Self::Older => "it is an older state: messages were sent since then that it knows nothing of",
        })
    }
}

/// When the file beside is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Anew {
    /// Never over one that a run has open.
    WhereMissing,
    Always,
}

impl Store {
    /// Why nothing may be sent from this store; `None` where it is the one that sends.
    ///
    /// # Errors
    /// The file beside it cannot be read.
    pub(crate) fn foreign(&self) -> Result<Option<Foreign>, StoreError> {
        let own = self.place()?;
        let path = self.place_file();
        let kept = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice::<Place>(&bytes).ok(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(cannot("read", &path, &error)),
        };
        let Some(kept) = kept else {
            let sent = own.epoch > Epoch(0);
            return Ok(sent.then_some(Foreign::Nowhere(path)));
        };
        Ok(if kept.instance != own.instance {
            Some(Foreign::Another)
        } else if kept.machine != own.machine {
            Some(Foreign::Elsewhere)
        } else if (kept.device, kept.inode) != (own.device, own.inode) {
            Some(Foreign::Copy)
        } else if kept.epoch.max(remembered(&own.instance).unwrap_or(kept.epoch)) > own.epoch {
            Some(Foreign::Older)
        } else {
            None
        })
    }

    /// Proves that this is the store that sends, as a run must before it grants anything. What a rehearsal sends
    /// nobody gets, so nothing is remembered of it.
    ///
    /// # Errors
    /// `Copied` unless it is.
    pub(crate) fn sole(&mut self, purpose: Purpose) -> Result<Sole, StoreError> {
        if let Some(why) = self.foreign()? {
            let path = self.path.display();
            return Err(StoreError::new(Kind::Copied, format!("nothing is sent from the store `{path}`: {why}")));
        }
        let path = self.place_file();
        // The file is there before the first epoch is: a run may be killed between the two.
        if !path.exists() {
            self.write_place(Anew::WhereMissing)?;
        }
        let memory =
            if purpose == Purpose::Issue { Kept::in_memory(&numbers(&self.connection)?.instance) } else { None };
        Sole::open(path.clone(), memory).map_err(|error| cannot("open", &path, &error))
    }

    /// Makes this the store that sends: under a new name, so that the one it was copied from stays another.
    pub(crate) fn adopt(&mut self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let known = fs::read(self.place_file()).ok().and_then(|bytes| serde_json::from_slice::<Place>(&bytes).ok());
        let highest = known.map_or(0, |place| i64::try_from(place.epoch.0).unwrap_or(i64::MAX - 1));
        let tx = self.write()?;
        let id = hex(&clock::random::<16>());
        tx.execute(
            "UPDATE instance SET id = ?1, epoch = max(epoch, ?2) + 1, adopted = ?3",
            (id, highest, millis(now)),
        )?;
        tx.commit()?;
        self.write_place(Anew::Always)
    }

    /// When this store was adopted last: what was due by then may have gone out by another.
    pub(crate) fn adopted(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let at: Option<i64> = self.connection.query_row("SELECT adopted FROM instance", [], |row| row.get(0))?;
        Ok(at.map(time))
    }

    /// Writes the file beside, by whoever holds the right to write: two runs may be the first ones together.
    fn write_place(&mut self, anew: Anew) -> Result<(), StoreError> {
        let (path, store) = (self.place_file(), self.path.clone());
        let tx = self.write()?;
        if anew == Anew::Always || !path.exists() {
            let mut place = numbers(&tx)?;
            locate(&mut place, &store)?;
            let text = serde_json::to_vec(&place).unwrap_or_default();
            replace(&path, &text).map_err(|error| cannot("write", &path, &error))?;
        }
        Ok(tx.rollback()?)
    }

    fn place(&self) -> Result<Place, StoreError> {
        let mut place = numbers(&self.connection)?;
        locate(&mut place, &self.path)?;
        Ok(place)
    }

    fn place_file(&self) -> PathBuf {
        beside(&self.path, ".instance")
    }
}

fn cannot(what: &str, path: &Path, error: &io::Error) -> StoreError {
    let kind = if error.kind() == io::ErrorKind::StorageFull { Kind::Full } else { Kind::Other };
    StoreError::new(kind, format!("cannot {what} `{}`: {error}", path.display()))
}

/// The next epoch: a wave that grants is one.
pub(super) fn begin_epoch(connection: &Connection) -> Result<Epoch, StoreError> {
    let mut statement = connection.prepare_cached("UPDATE instance SET epoch = epoch + 1 RETURNING epoch")?;
    Ok(Epoch(count(statement.query_row([], |row| row.get(0))?)))
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
        let epoch = Epoch(count(row.get(1)?));
        Ok(Place { instance: row.get(0)?, epoch, machine: String::new(), device: 0, inode: 0 })
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
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|error| error.error)
}
