//! Addresses and domains that must not be mailed, whatever any list says.

use std::fmt;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use crate::address::EmailAddress;

use super::{Store, StoreError, millis, time, word};

/// What is suppressed: one address, or everyone at a domain.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Suppressed {
    Address(EmailAddress),
    /// An A-label; its subdomains are others.
    Domain(String),
}

impl Suppressed {
    /// Reads `ADDRESS` or `@domain`.
    ///
    /// # Errors
    /// A sentence for a person.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        match text.trim().strip_prefix('@') {
            Some(domain) => {
                let anyone = EmailAddress::parse(&format!("anyone@{domain}"))
                    .map_err(|_| format!("`@{domain}` is no domain; expected an address or `@domain`"))?;
                Ok(Self::Domain(anyone.domain().to_owned()))
            }
            None => EmailAddress::parse(text).map(Self::Address),
        }
    }

    /// The key in the store.
    fn what(&self) -> String {
        match self {
            Self::Address(address) => address.folded(),
            Self::Domain(domain) => format!("@{domain}"),
        }
    }
}

impl fmt::Display for Suppressed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what())
    }
}

/// Who asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Reason {
    /// A second hard bounce.
    Bounce,
    /// The reader called it spam.
    Complaint,
    /// `suppressions add`.
    Command,
}

impl Reason {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Bounce => "bounce",
            Self::Complaint => "complaint",
            Self::Command => "command",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Bounce, Self::Complaint, Self::Command].into_iter().find(|reason| reason.as_str() == text)
    }
}

/// An entry of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Suppression {
    /// A folded address or `@domain`.
    pub(crate) what: String,
    pub(crate) reason: Reason,
    /// The editor's words, or the relay's.
    pub(crate) detail: String,
    pub(crate) since: DateTime<Utc>,
}

impl Store {
    /// Suppresses; false when it was already, and the first reason stays.
    pub(crate) fn suppress(
        &mut self,
        what: &Suppressed,
        reason: Reason,
        detail: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        insert(&self.connection, &what.what(), reason, detail, false, now)
    }

    /// Lifts a suppression, and the memory of a hard bounce with it; false when there was none.
    pub(crate) fn lift(&mut self, what: &Suppressed) -> Result<bool, StoreError> {
        let tx = self.write()?;
        let lifted = tx.execute("DELETE FROM suppression WHERE what = ?1", [what.what()])?;
        let forgiven = tx
            .execute("UPDATE subscriber SET bounced = NULL WHERE folded = ?1 AND bounced IS NOT NULL", [what.what()])?;
        tx.commit()?;
        Ok(lifted + forgiven > 0)
    }

    /// All of them, newest first.
    pub(crate) fn suppressions(&self) -> Result<Vec<Suppression>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT what, reason, detail, since FROM suppression ORDER BY since DESC, what")?;
        let rows = statement.query_map([], suppression_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What keeps an address from being mailed: its own entry, or its domain's.
    pub(crate) fn suppressions_of(&self, address: &EmailAddress) -> Result<Vec<Suppression>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT what, reason, detail, since FROM suppression WHERE what IN (?1, ?2) ORDER BY what DESC",
        )?;
        let keys = [address.folded(), format!("@{}", address.domain())];
        let rows = statement.query_map(keys, suppression_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// Adds an entry by its key; the first reason stays. A provisional one is kept like any other, until an editor
/// makes it final or lifts it.
pub(super) fn insert(
    connection: &Connection,
    what: &str,
    reason: Reason,
    detail: &str,
    provisional: bool,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO suppression (what, reason, detail, since, provisional) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (what) DO NOTHING",
    )?;
    Ok(statement.execute(params![what, reason.as_str(), detail, millis(now), provisional])? == 1)
}

fn suppression_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Suppression> {
    Ok(Suppression {
        what: row.get("what")?,
        reason: word(row, "reason", Reason::parse)?,
        detail: row.get("detail")?,
        since: time(row.get("since")?),
    })
}
