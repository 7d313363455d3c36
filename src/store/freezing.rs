//! What an edition holds: its bytes, pictures and web page, and its audience.
//!
//! Freezing and the snapshot of the audience are one commit, so a half-built audience cannot exist. Bytes once
//! written never change (I6): `amend` adds a version beside them.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, ToSql, named_params, params};

use crate::config::Policy;
use crate::crash;
use crate::pace::Lanes;

use super::editions::{by_id, must_be, policy_text};
use super::lanes;
use super::{Edition, EditionId, EditionState, Kind, Purpose, Store, StoreError, count, millis};

/// How long one hard bounce keeps a reader off every audience.
pub(super) const BOUNCE_EXCLUDES: TimeDelta = TimeDelta::days(7);

/// Whom of a newsletter's readers an edition goes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Whom {
    #[default]
    Everybody,
    /// Only those who got this edition, or of whom nobody knows whether they did.
    Got(EditionId),
}

impl Whom {
    /// What a query asks besides.
    fn condition(self) -> String {
        match self {
            Self::Everybody => String::new(),
            Self::Got(EditionId(edition)) => format!(
                "AND EXISTS (SELECT 1 FROM delivery AS had WHERE had.edition = {edition} AND had.subscriber = reader.id
                     AND had.state IN ('sent', 'unknown'))"
            ),
        }
    }

    fn edition(self) -> Option<i64> {
        match self {
            Self::Everybody => None,
            Self::Got(EditionId(edition)) => Some(edition),
        }
    }
}

/// Who an edition goes to: active, not suppressed by address or domain, no hard bounce in the last days.
pub(super) const AUDIENCE: &str = "FROM subscription AS own JOIN subscriber AS reader ON reader.id = own.subscriber
    WHERE own.newsletter = :newsletter AND own.state = 'active'
    AND (reader.bounced IS NULL OR reader.bounced <= :bounced_by)
    AND NOT EXISTS (SELECT 1 FROM suppression WHERE what = reader.folded)
    AND NOT EXISTS (SELECT 1 FROM suppression WHERE what = '@' || reader.domain)";

/// One version's bytes, as the edition encoded them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    /// The content hash, in hex.
    pub(crate) hash: String,
    pub(crate) subject: String,
    /// Where the slots are, as JSON.
    pub(crate) cuts: String,
    pub(crate) bytes: Vec<u8>,
}

/// A picture to be served under the hash of its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    /// The name in its address, without the extension.
    pub(crate) hash: String,
    /// The media type, e.g. `image/png`.
    pub(crate) kind: String,
    pub(crate) bytes: Vec<u8>,
}

/// All that freezing writes down, beside the audience.
#[derive(Clone, Debug)]
pub(crate) struct Frozen {
    pub(crate) version: Version,
    pub(crate) pictures: Vec<Picture>,
    pub(crate) web_html: String,
    pub(crate) policy: Policy,
    pub(crate) not_after: DateTime<Utc>,
    pub(crate) whom: Whom,
    pub(crate) order: Order,
}

/// Which lane each reader is in, and whose turn it is when.
#[derive(Clone, Debug, Default)]
pub(crate) struct Order {
    pub(crate) lanes: Lanes,
    /// Readers with one of these tags come first.
    pub(crate) first: Vec<String>,
    /// The others in the order of their last sign of life (an answer to a poll, a confirmation, joining), by the
    /// week: for a relay that is warming up and so cannot carry all of them today.
    pub(crate) engaged_first: bool,
}

impl Store {
    /// Writes the edition's bytes, pictures and web page, and fixes its audience, all in one commit.
    /// Returns the count of the audience.
    ///
    /// # Errors
    /// `Moved` unless the edition is freezing.
    pub(crate) fn freeze(
        &mut self,
        edition: EditionId,
        frozen: &Frozen,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let tx = self.write()?;
        let row = by_id(&tx, edition)?;
        must_be(&row, &[EditionState::Freezing])?;
        insert_version(&tx, &row, 1, &frozen.version, now)?;
        insert_pictures(&tx, &frozen.pictures)?;
        if row.purpose != Purpose::Test {
            publish(&tx, &row, &frozen.web_html)?;
        }
        crash::point("before snapshot");
        let audience = snapshot_audience(&tx, &row, frozen.whom, &frozen.order, now)?;
        tx.execute(
            "UPDATE edition SET state = 'ready', version = 1, subject = ?2, policy = ?3, not_after = ?4, audience = ?5,
                 lanes = ?6, got = ?7,
                 text_only = (SELECT count(*) FROM delivery WHERE edition = ?1 AND text_only = 1)
             WHERE id = ?1",
            params![
                edition.0,
                frozen.version.subject,
                policy_text(frozen.policy),
                millis(frozen.not_after),
                audience,
                lanes::text(&frozen.order.lanes),
                frozen.whom.edition()
            ],
        )?;
        crash::point("after snapshot");
        tx.commit()?;
        crash::point("ready");
        Ok(count(audience))
    }

    /// A new version for all who have nothing yet, while the edition is held: queued and deferred deliveries
    /// take the newest version when they are granted, all others keep the one they got. Returns its number.
    pub(crate) fn amend(
        &mut self,
        edition: EditionId,
        version: &Version,
        pictures: &[Picture],
        web_html: &str,
        now: DateTime<Utc>,
    ) -> Result<u32, StoreError> {
        let tx = self.write()?;
        let row = by_id(&tx, edition)?;
        must_be(&row, &[EditionState::Held])?;
        if row.version == 0 {
            return Err(StoreError::new(Kind::Moved, "the edition is not frozen yet: edit the issue and approve it"));
        }
        let number = row.version + 1;
        insert_version(&tx, &row, number, version, now)?;
        insert_pictures(&tx, pictures)?;
        publish(&tx, &row, web_html)?;
        tx.execute(
            "UPDATE edition SET version = ?2, subject = ?3 WHERE id = ?1",
            params![edition.0, number, version.subject],
        )?;
        tx.commit()?;
        Ok(number)
    }

    /// The bytes of one version.
    pub(crate) fn version(&self, edition: EditionId, version: u32) -> Result<Version, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT hash, subject, cuts, bytes FROM edition_version WHERE edition = ?1 AND version = ?2",
        )?;
        let found = statement.query_row(params![edition.0, version], |row| {
            Ok(Version { hash: row.get(0)?, subject: row.get(1)?, cuts: row.get(2)?, bytes: row.get(3)? })
        });
        found.optional()?.ok_or_else(|| {
            StoreError::new(
                Kind::Corrupt,
                format!("the store has no version {version} of this edition; restore a backup"),
            )
        })
    }

    pub(crate) fn picture(&self, hash: &str) -> Result<Option<Picture>, StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT hash, kind, bytes FROM image WHERE hash = ?1")?;
        let found =
            statement.query_row([hash], |row| Ok(Picture { hash: row.get(0)?, kind: row.get(1)?, bytes: row.get(2)? }));
        Ok(found.optional()?)
    }

    pub(crate) fn web_edition(&self, newsletter: &str, slot: &str) -> Result<Option<String>, StoreError> {
        let mut statement =
            self.connection.prepare_cached("SELECT html FROM web_edition WHERE newsletter = ?1 AND slot = ?2")?;
        Ok(statement.query_row([newsletter, slot], |row| row.get(0)).optional()?)
    }

    /// How many a snapshot of everybody taken now would hold.
    pub(crate) fn audience(&self, newsletter: &str, now: DateTime<Utc>) -> Result<u64, StoreError> {
        self.audience_of(newsletter, Whom::Everybody, now)
    }

    /// How many a snapshot taken now would hold: shown at approval, compared before a freeze.
    pub(crate) fn audience_of(&self, newsletter: &str, whom: Whom, now: DateTime<Utc>) -> Result<u64, StoreError> {
        self.count_audience(newsletter, &whom.condition(), now)
    }

    /// How many of these would get the text edition alone.
    pub(crate) fn audience_of_text(&self, newsletter: &str, whom: Whom, now: DateTime<Utc>) -> Result<u64, StoreError> {
        self.count_audience(newsletter, &format!("{} AND reader.text_only = 1", whom.condition()), now)
    }

    fn count_audience(&self, newsletter: &str, condition: &str, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut statement = self.connection.prepare_cached(&format!("SELECT count(*) {AUDIENCE} {condition}"))?;
        let number = statement.query_row(
            named_params! {":newsletter": newsletter, ":bounced_by": millis(now - BOUNCE_EXCLUDES)},
            |row| row.get(0),
        )?;
        Ok(count(number))
    }
}

/// A week, in the store's milliseconds.
const WEEK: i64 = 7 * 86_400_000;

fn snapshot_audience(
    connection: &Connection,
    edition: &Edition,
    whom: Whom,
    order: &Order,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    let lane = if order.lanes.domains().is_empty() {
        "'others'"
    } else {
        lanes::prepare(connection, &order.lanes)?;
        "coalesce((SELECT name FROM temp.lane WHERE domain = reader.domain), 'others')"
    };
    let later = if order.engaged_first {
        prepare_signs_of_life(connection)?;
        "1 + max(0, :now - max(own.since, coalesce((SELECT at FROM temp.sign WHERE subscriber = reader.id), 0))) / :week"
    } else {
        "1"
    };
    let first = serde_json::to_string(&order.first).unwrap_or_default();
    let turn = match order.first.is_empty() {
        true => later.to_owned(),
        false => format!(
            "CASE WHEN EXISTS (SELECT 1 FROM json_each(reader.tags) AS own JOIN json_each(:first) AS wanted
                 ON wanted.value = own.value) THEN 0 ELSE {later} END"
        ),
    };
    let mut statement = connection.prepare(&format!(
        "INSERT INTO delivery (edition, subscriber, address, text_only, state, lane, turn, changed)
         SELECT :edition, reader.id, reader.address, reader.text_only, 'queued', {lane}, {turn}, :now {AUDIENCE} {}
         ORDER BY own.subscriber",
        whom.condition()
    ))?;
    let bounced_by = millis(now - BOUNCE_EXCLUDES);
    let parameters: [(&str, &dyn ToSql); 6] = [
        (":edition", &edition.id.0),
        (":newsletter", &edition.newsletter),
        (":bounced_by", &bounced_by),
        (":now", &millis(now)),
        (":week", &WEEK),
        (":first", &first),
    ];
    // Not every order needs every value.
    let used: Vec<_> = parameters
        .into_iter()
        .filter(|(name, _)| statement.parameter_index(name).is_ok_and(|index| index.is_some()))
        .collect();
    Ok(i64::try_from(statement.execute(&used[..])?).unwrap_or(i64::MAX))
}

/// When each reader last answered a poll or asked for something, in a table for one statement.
fn prepare_signs_of_life(connection: &Connection) -> Result<(), StoreError> {
    connection.execute_batch(
        "CREATE TEMP TABLE IF NOT EXISTS sign (subscriber INTEGER PRIMARY KEY, at INTEGER NOT NULL);
         DELETE FROM temp.sign;
         INSERT INTO temp.sign SELECT subscriber, max(at) FROM (
             SELECT subscriber, at FROM poll_answer UNION ALL SELECT subscriber, at FROM consent WHERE act = 'joined')
         GROUP BY subscriber;",
    )?;
    Ok(())
}

fn insert_version(
    connection: &Connection,
    edition: &Edition,
    number: u32,
    version: &Version,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    connection.execute(
        "INSERT INTO edition_version (edition, version, hash, subject, cuts, bytes, frozen)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![edition.id.0, number, version.hash, version.subject, version.cuts, version.bytes, millis(now)],
    )?;
    Ok(())
}

fn insert_pictures(connection: &Connection, pictures: &[Picture]) -> Result<(), StoreError> {
    let mut statement = connection
        .prepare_cached("INSERT INTO image (hash, kind, bytes) VALUES (?1, ?2, ?3) ON CONFLICT (hash) DO NOTHING")?;
    for picture in pictures {
        statement.execute(params![picture.hash, picture.kind, picture.bytes])?;
    }
    Ok(())
}

/// The web edition of a slot. A rehearsal never replaces the page of an issue that went out.
fn publish(connection: &Connection, edition: &Edition, html: &str) -> Result<(), StoreError> {
    connection.execute(
        "INSERT INTO web_edition (newsletter, slot, html) VALUES (?1, ?2, ?3)
         ON CONFLICT (newsletter, slot) DO UPDATE SET html = excluded.html
         WHERE ?4 = 'issue' OR NOT EXISTS (SELECT 1 FROM edition
             WHERE newsletter = ?1 AND slot = ?2 AND purpose = 'issue' AND version > 0)",
        params![edition.newsletter, edition.slot, html, edition.purpose.as_str()],
    )?;
    Ok(())
}
