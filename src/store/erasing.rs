//! Erasing a person: nothing in the store says any more who they were, and no list brings them back.
//!
//! Their row stays, emptied, and so do their deliveries: the books still close. Of what was said about them only codes
//! are left. Then the traces go that SQLite leaves where something stood before: in its log, and in parts of the file
//! that are no longer used.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use chrono::{DateTime, Utc};
use memchr::memmem::Finder;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Transaction, params};

use crate::address::EmailAddress;
use crate::clock;
use crate::token::{Mark, Signer};

use super::editions::by_id;
use super::instance::beside;
use super::{Edition, EditionId, EditionLock, EditionState, Kind, Store, StoreError, millis, time};

/// Bytes of the file looked at together.
const CHUNK: usize = 1 << 20;

/// What came of the wish to be erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Erasure {
    /// Nothing was known about them, or nothing is any more.
    Done { known: bool, deliveries: u64 },
    /// A message to them is on the wire, and its answer would name them again: nothing was changed.
    UnderWay(Edition),
}

/// What is left of an address in the files of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Traces {
    None,
    /// There may be some in parts no longer used: a press run is on, or somebody keeps the store busy.
    Unused,
    /// In what is said about others: an address that ends like it, somebody's words.
    InUse,
}

impl Store {
    /// Lets the store know again who was erased.
    pub(crate) fn by(mut self, signer: Signer) -> Self {
        self.signer = Some(signer);
        self
    }

    /// Whether anybody was ever erased.
    pub(crate) fn has_erased(&self) -> Result<bool, StoreError> {
        has_erased(&self.connection)
    }

    /// When this person was erased.
    ///
    /// # Errors
    /// Somebody was erased, and there is no secret to tell who.
    pub(crate) fn erased_since(&self, address: &EmailAddress) -> Result<Option<DateTime<Utc>>, StoreError> {
        match Erased::of(&self.connection, self.signer.as_ref())? {
            Some(mut erased) => erased.since(address),
            None => Ok(None),
        }
    }

    /// Takes everything out that says who this person was, all or nothing, and keeps the mark. Idempotent.
    pub(crate) fn erase(
        &mut self,
        address: &EmailAddress,
        mark: &Mark,
        now: DateTime<Utc>,
    ) -> Result<Erasure, StoreError> {
        // What is taken out is written over; older traces are for `wipe`.
        self.connection.pragma_update(None, "secure_delete", true)?;
        let tx = self.write()?;
        let reader = tx
            .query_row("SELECT id FROM subscriber WHERE folded = ?1", [address.folded()], |row| row.get::<_, i64>(0))
            .optional()?;
        if let Some(reader) = reader
            && let Some(edition) = on_the_wire(&tx, reader)?
        {
            return Ok(Erasure::UnderWay(edition));
        }
        let suppressed = tx.execute("DELETE FROM suppression WHERE what = ?1", [address.folded()])?;
        let deliveries = match reader {
            Some(reader) => empty(&tx, reader, address)?,
            None => 0,
        };
        silence(&tx, address)?;
        tx.execute("INSERT INTO erased (mark, at) VALUES (?1, ?2) ON CONFLICT DO NOTHING", params![mark, millis(now)])?;
        tx.commit()?;
        Ok(Erasure::Done { known: reader.is_some() || suppressed > 0, deliveries })
    }

    /// Looks for an erased address in the store's files, and where it is found writes the file anew. A press run is not
    /// made to wait for that, nor is its log cut off, which was made long for it.
    pub(crate) fn wipe(&mut self, address: &EmailAddress) -> Result<Traces, StoreError> {
        let Some(_nobody_presses) = self.hold_all_presses()? else { return Ok(Traces::Unused) };
        match self.write_anew_without(&address.folded()) {
            Err(error) if error.kind == Kind::Busy => Ok(Traces::Unused),
            wiped => wiped,
        }
    }

    fn write_anew_without(&self, folded: &str) -> Result<Traces, StoreError> {
        self.empty_the_log()?;
        if !self.holds(folded)? {
            return Ok(Traces::None);
        }
        self.connection.execute_batch("VACUUM")?;
        self.empty_the_log()?;
        Ok(if self.holds(folded)? { Traces::InUse } else { Traces::None })
    }

    /// Writes the log back and cuts it off: behind its last frame stand those of earlier rounds.
    fn empty_the_log(&self) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare("PRAGMA wal_checkpoint(TRUNCATE)")?;
        match statement.query_row([], |row| row.get::<_, bool>(0))? {
            false => Ok(()),
            true => Err(StoreError::new(Kind::Busy, "the store is busy: another process keeps reading it")),
        }
    }

    fn holds(&self, folded: &str) -> Result<bool, StoreError> {
        let unread = |path: &Path, error: std::io::Error| {
            StoreError::new(Kind::Other, format!("`{}` cannot be looked through: {error}", path.display()))
        };
        for path in [self.path.clone(), beside(&self.path, "-wal")] {
            match File::open(&path).and_then(|file| contains(file, folded)) {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(unread(&path, error)),
            }
        }
        Ok(false)
    }

    /// The locks of every edition that is under way; `None` where somebody else has one.
    fn hold_all_presses(&self) -> Result<Option<Vec<EditionLock>>, StoreError> {
        let open = |edition: &Edition| !matches!(edition.state, EditionState::Done | EditionState::Cancelled);
        let editions = self.editions(None)?.into_iter().filter(open);
        editions.map(|edition| EditionLock::acquire(&self.path, &edition.newsletter, &edition.slot)).collect()
    }
}

/// Those who were erased, as the secret knows them.
pub(super) struct Erased<'c> {
    signer: &'c Signer,
    find: CachedStatement<'c>,
    forget: CachedStatement<'c>,
}

impl<'c> Erased<'c> {
    /// `None` where nobody was.
    pub(super) fn of(connection: &'c Connection, signer: Option<&'c Signer>) -> Result<Option<Self>, StoreError> {
        if !has_erased(connection)? {
            return Ok(None);
        }
        let signer = signer.ok_or_else(|| {
            let message = "somebody was erased from the store, and without the secret file nobody knows who";
            StoreError::new(Kind::Other, message)
        })?;
        let find = connection.prepare_cached("SELECT at FROM erased WHERE mark = ?1")?;
        let forget = connection.prepare_cached("DELETE FROM erased WHERE mark = ?1")?;
        Ok(Some(Self { signer, find, forget }))
    }

    pub(super) fn since(&mut self, address: &EmailAddress) -> Result<Option<DateTime<Utc>>, StoreError> {
        for mark in self.signer.marks(address) {
            if let Some(at) = self.find.query_row([mark], |row| row.get(0)).optional()? {
                return Ok(Some(time(at)));
            }
        }
        Ok(None)
    }

    /// They asked to come back.
    pub(super) fn forget(&mut self, address: &EmailAddress) -> Result<(), StoreError> {
        for mark in self.signer.marks(address) {
            self.forget.execute([mark])?;
        }
        Ok(())
    }
}

fn has_erased(connection: &Connection) -> Result<bool, StoreError> {
    Ok(connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM erased)")?.query_row([], |row| row.get(0))?)
}

fn on_the_wire(tx: &Transaction<'_>, reader: i64) -> Result<Option<Edition>, StoreError> {
    let found = tx
        .query_row(
            "SELECT edition FROM delivery INDEXED BY delivery_sending
             WHERE edition IN (SELECT id FROM edition) AND subscriber = ?1 AND state = 'sending'",
            [reader],
            |row| row.get(0),
        )
        .optional()?;
    found.map(|id| by_id(tx, EditionId(id))).transpose()
}

/// Empties the person's rows; how many deliveries there are.
fn empty(tx: &Transaction<'_>, reader: i64, address: &EmailAddress) -> Result<u64, StoreError> {
    // No address, and each its own: it can be read and never written to.
    let nobody = format!("erased-{reader}");
    // With another key no link of theirs leads to what is left.
    tx.execute(
        "UPDATE subscriber SET key = ?2, address = ?3, folded = ?3, domain = '', first_name = NULL, language = NULL,
             fields = NULL, tags = NULL, bounced = NULL WHERE id = ?1",
        params![reader, clock::random::<16>(), nobody],
    )?;
    tx.execute("DELETE FROM subscription WHERE subscriber = ?1", [reader])?;
    tx.execute("DELETE FROM consent WHERE subscriber = ?1", [reader])?;
    tx.execute(
        "UPDATE returned SET words = 'erased' WHERE edition IN (SELECT id FROM edition) AND subscriber = ?1",
        [reader],
    )?;
    let mut deliveries = tx.prepare(
        "SELECT edition, coalesce(reply, '') FROM delivery
         WHERE edition IN (SELECT id FROM edition) AND subscriber = ?1",
    )?;
    let deliveries = deliveries
        .query_map([reader], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?
        .collect::<Result<Vec<_>, _>>()?;
    for (edition, reply) in &deliveries {
        tx.execute(
            "UPDATE delivery SET address = ?3, reply = iif(reply IS NULL, NULL, ?4) WHERE edition = ?1 AND subscriber = ?2",
            params![edition, reader, nobody, without_words(reply, address)],
        )?;
    }
    Ok(deliveries.len() as u64)
}

/// Takes out what was said to the house with this person's address in it.
fn silence(tx: &Transaction<'_>, address: &EmailAddress) -> Result<(), StoreError> {
    let said = [
        ("alarm", "what"),
        ("alarm", "mend"),
        ("alarm", "ending"),
        ("alarm_told", "failure"),
        ("relay_rest", "words"),
        ("relay_standing", "trouble"),
        ("suppression", "detail"),
    ];
    for (table, column) in said {
        tx.execute(
            &format!("UPDATE {table} SET {column} = 'erased' WHERE instr(lower({column}), lower(?1)) > 0"),
            [address.as_str()],
        )?;
    }
    Ok(())
}

/// `550 5.1.1 <anna@example.org>: no such user` was `550 5.1.1`; our own words stay, unless they name the person.
fn without_words(reply: &str, address: &EmailAddress) -> String {
    let is_code = |word: &&str| word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let codes: Vec<&str> = reply.split_whitespace().take_while(is_code).collect();
    if !codes.is_empty() {
        return codes.join(" ");
    }
    let names_them = reply.to_lowercase().contains(&address.local().to_lowercase());
    if names_them { "erased".to_owned() } else { reply.to_owned() }
}

/// Whether the text stands anywhere in there, in letters of either case.
fn contains(mut file: impl Read, folded: &str) -> std::io::Result<bool> {
    let finder = Finder::new(folded);
    // The end of the chunk before, in which it may have begun.
    let mut bytes = Vec::new();
    loop {
        let kept = bytes.len().min(folded.len().saturating_sub(1));
        bytes.drain(..bytes.len() - kept);
        if file.by_ref().take(CHUNK as u64).read_to_end(&mut bytes)? == 0 {
            return Ok(false);
        }
        bytes.make_ascii_lowercase();
        if finder.find(&bytes).is_some() {
            return Ok(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_codes_are_left_of_what_was_said_about_somebody() {
        let anna = EmailAddress::parse("Anna@Example.org").unwrap();
        let left = |reply| without_words(reply, &anna);
        assert_eq!(left("550 5.1.1 <anna@example.org>: no such user"), "550 5.1.1");
        assert_eq!(left("250 queued as 3F2A"), "250");
        assert_eq!(left("taken as sent by Ada: anna has it"), "erased");
        assert_eq!(left("no longer subscribed"), "no longer subscribed");
    }

    #[test]
    fn an_address_is_found_wherever_it_stands() {
        for before in [0, 1, CHUNK - 20, CHUNK - 5, CHUNK, 3 * CHUNK - 1] {
            let mut bytes = vec![b'.'; before];
            bytes.extend_from_slice(b"Anna@Example.orgANNA");
            assert!(contains(bytes.as_slice(), "anna@example.org").unwrap(), "behind {before} bytes");
            assert!(!contains(bytes.as_slice(), "hanna@example.org").unwrap());
        }
        assert!(!contains(&b""[..], "anna@example.org").unwrap());
    }
}
