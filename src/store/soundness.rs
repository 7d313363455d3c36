//! Whether the books are sound: what each promise of the ledger shows in a store at rest, in words where it does not
//! hold.
//!
//! What must not happen is refused by the schema itself, so the schema has to be the one that was written (I1, I3, I6,
//! I8). What it cannot see from one row is asked of all of them.

use rusqlite::{Connection, params};

use crate::ledger::{BLIND_TRIES, State};

use super::{EditionState, MIGRATIONS, Store, StoreError};

/// Two who write at once wait for each other; what each of them called now is so much older than its commit.
const MARGIN_MS: i64 = 60_000;

/// How sentences below call an edition and a reader: `morning 2026-11-24 (issue), anna@example.org`.
const WHO: &str = "edition.newsletter || ' ' || edition.slot || ' (' || edition.purpose || '), ' || delivery.address";

impl Store {
    /// Every promise of the ledger that does not hold, in words; empty when the books are sound.
    pub(crate) fn integrity(&self) -> Result<Vec<String>, StoreError> {
        let mut broken = self.lines("PRAGMA integrity_check", |line| (line != "ok").then_some(line))?;
        broken.extend(self.lines(
            "SELECT 'a row of ' || \"table\" || ' names another that is gone' FROM pragma_foreign_key_check",
            Some,
        )?);
        broken.extend(self.books_that_do_not_close()?);
        broken.extend(self.unproven()?);
        broken.extend(self.given_up_or_not_counted()?);
        broken.extend(self.never_frozen()?);
        broken.extend(self.twice()?);
        broken.extend(self.mailed_after_they_left()?);
        broken.extend(self.rules_that_changed()?);
        Ok(broken)
    }

    /// I5: everybody on the audience is accounted for, and what is over has nothing open.
    fn books_that_do_not_close(&self) -> Result<Vec<String>, StoreError> {
        let mut broken = Vec::new();
        for edition in self.editions(None)? {
            let name = format!("{} {} ({})", edition.newsletter, edition.slot, edition.purpose.as_str());
            let counts = self.counts(edition.id)?;
            let sum: u64 = State::ALL.iter().map(|state| counts.of(*state)).sum();
            if sum != counts.audience {
                broken.push(format!("{name}: {sum} deliveries for an audience of {} (I5)", counts.audience));
            }
            if edition.state == EditionState::Done && sum == counts.audience && !counts.closed() {
                broken.push(format!("{name}: done, and its books do not close (I5)"));
            }
            if edition.finished.is_some() && counts.queued + counts.deferred > 0 {
                broken.push(format!("{name}: over, and {} deliveries are open (I5)", counts.open()));
            }
        }
        Ok(broken)
    }

    /// I2: sent is what a relay said yes to, or what somebody has evidence of.
    fn unproven(&self) -> Result<Vec<String>, StoreError> {
        self.lines(
            &format!(
                "SELECT {WHO} || ': sent without a relay''s yes: ' || coalesce(reply, '') || ' (I2)'
                 FROM delivery JOIN edition ON edition.id = delivery.edition
                 WHERE delivery.state = 'sent'
                     AND iif(relay IS NULL, coalesce(reply, '') = '', coalesce(reply, '') NOT LIKE '2%')"
            ),
            Some,
        )
    }

    /// I4: where doubles are allowed nobody is given up before the last try, and each that may have left a copy is
    /// counted.
    fn given_up_or_not_counted(&self) -> Result<Vec<String>, StoreError> {
        let at_least_once = |what: &str, which: &str| {
            let sql = format!(
                "SELECT {WHO} || ': {what} (I4)' FROM delivery JOIN edition ON edition.id = delivery.edition
                 WHERE edition.policy = 'at-least-once' AND edition.state <> 'cancelled' AND {which}"
            );
            self.lines(&sql, Some)
        };
        let early = format!("delivery.state = 'unknown' AND unseen = 0 AND tries + 1 < {BLIND_TRIES}");
        let mut broken = at_least_once("given up as unknown before its last try", &early)?;
        broken.extend(at_least_once("may have a copy that no try was counted for", "unseen = 1 AND tries = 0")?);
        Ok(broken)
    }

    /// I6: nobody was given what nobody froze.
    fn never_frozen(&self) -> Result<Vec<String>, StoreError> {
        self.lines(
            &format!(
                "SELECT {WHO} || ': was given version ' || delivery.version || ', which was never frozen (I6)'
                 FROM delivery JOIN edition ON edition.id = delivery.edition
                 WHERE delivery.version IS NOT NULL AND NOT EXISTS (SELECT 1 FROM edition_version AS own
                     WHERE own.edition = delivery.edition AND own.version = delivery.version)"
            ),
            Some,
        )
    }

    /// I7 and I8: an address is once in an audience, a slot is one edition.
    fn twice(&self) -> Result<Vec<String>, StoreError> {
        let mut broken = self.lines(
            "SELECT 'two deliveries of one edition go to ' || lower(address) || ' (I7)' FROM delivery
             GROUP BY edition, lower(address) HAVING count(*) > 1",
            Some,
        )?;
        broken.extend(self.lines(
            // Each column is hidden from the index that might be what is damaged.
            "SELECT 'there are ' || count(*) || ' editions of ' || newsletter || ' ' || slot || ' (' || purpose || ') (I8)'
             FROM edition NOT INDEXED GROUP BY +newsletter, +slot, +purpose HAVING count(*) > 1",
            Some,
        )?);
        Ok(broken)
    }

    /// I9: whoever had left, or was not to be mailed, before the run that mailed them began. For what is on the wire the
    /// moment of its grant is known.
    fn mailed_after_they_left(&self) -> Result<Vec<String>, StoreError> {
        const GRANTED: &str = "delivery.state IN ('sending', 'sent', 'unknown', 'failed', 'deferred')";
        const BY_THEN: &str = "iif(delivery.state = 'sending', delivery.changed, coalesce(edition.started, 0))";
        let mailed = |what: &str, from: &str| {
            let sql = format!("SELECT {WHO} || ': mailed though they had {what} (I9)' FROM {from}");
            let mut statement = self.connection.prepare(&sql)?;
            let rows = statement.query_map(params![MARGIN_MS], |row| row.get(0))?;
            rows.collect::<Result<Vec<String>, _>>()
        };
        let mut broken = mailed(
            "left",
            &format!(
                "consent AS gone CROSS JOIN edition ON edition.newsletter = gone.newsletter
                 CROSS JOIN delivery ON delivery.edition = edition.id AND delivery.subscriber = gone.subscriber
                 WHERE gone.act = 'left' AND {GRANTED} AND gone.at + ?1 < {BY_THEN} AND gone.at <= delivery.changed
                     AND NOT EXISTS (SELECT 1 FROM consent AS back WHERE back.subscriber = gone.subscriber
                         AND back.newsletter = gone.newsletter AND back.act = 'joined'
                         AND back.at BETWEEN gone.at AND delivery.changed)
                 GROUP BY delivery.edition, delivery.subscriber"
            ),
        )?;
        // Only a whole domain is looked for reader by reader.
        let domain = "suppression.what LIKE '@%' AND '@' || reader.domain = suppression.what";
        for reader in ["reader.folded = suppression.what", domain] {
            broken.extend(mailed(
                "been suppressed",
                &format!(
                    "suppression CROSS JOIN subscriber AS reader ON {reader}
                     CROSS JOIN edition CROSS JOIN delivery
                         ON delivery.edition = edition.id AND delivery.subscriber = reader.id
                     WHERE {GRANTED} AND suppression.since + ?1 < {BY_THEN} AND suppression.since <= delivery.changed"
                ),
            )?);
        }
        Ok(broken)
    }

    /// The schema is the one that was written: its guards are there, its rules are as they were.
    fn rules_that_changed(&self) -> Result<Vec<String>, StoreError> {
        let (written, own) = (Rules::written()?, Rules::of(&self.connection)?);
        let mut broken = Vec::new();
        for rule in &written.0 {
            let named = format!("{} `{}`", rule.kind, rule.name);
            match own.0.iter().find(|own| (&own.kind, &own.name) == (&rule.kind, &rule.name)) {
                Some(own) if own.text == rule.text => {}
                Some(_) if rule.name == "edition" && !self.keeps_slots_apart()? => broken.push(
                    "nothing keeps a slot from being begun twice: the ledger's UNIQUE (newsletter, slot, purpose) is gone (I8)"
                        .to_owned(),
                ),
                Some(_) => broken.push(format!("the {named} of the ledger is not as it was made")),
                None if rule.kind == "trigger" => broken.push(format!("the guard `{}` of the ledger is gone", rule.name)),
                None => broken.push(format!("the {named} of the ledger is gone")),
            }
        }
        Ok(broken)
    }

    fn keeps_slots_apart(&self) -> Result<bool, StoreError> {
        Ok(self.connection.query_row(
            "SELECT EXISTS (SELECT 1 FROM pragma_index_list('edition') AS own WHERE own.\"unique\" = 1 AND own.partial = 0
                 AND (SELECT group_concat(name, ' ') FROM (SELECT name FROM pragma_index_info(own.name) ORDER BY name))
                     = 'newsletter purpose slot')",
            [],
            |row| row.get(0),
        )?)
    }

    /// Hands every picture to `each`: the name its bytes went out under, and the bytes.
    pub(crate) fn each_picture(&self, mut each: impl FnMut(&str, &[u8])) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare("SELECT hash, bytes FROM image")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (hash, bytes): (String, Vec<u8>) = (row.get(0)?, row.get(1)?);
            each(&hash, &bytes);
        }
        Ok(())
    }

    fn lines(&self, sql: &str, keep: impl Fn(String) -> Option<String>) -> Result<Vec<String>, StoreError> {
        let mut statement = self.connection.prepare(sql)?;
        let rows = statement.query_map([], |row| row.get(0))?;
        let lines = rows.collect::<Result<Vec<String>, _>>()?;
        Ok(lines.into_iter().filter_map(keep).collect())
    }
}

/// Tables, indexes and triggers, as SQLite keeps their words.
struct Rules(Vec<Rule>);

struct Rule {
    kind: String,
    name: String,
    text: String,
}

impl Rules {
    /// As a store that is made now has them.
    fn written() -> Result<Self, StoreError> {
        let fresh = Connection::open_in_memory()?;
        MIGRATIONS.iter().try_for_each(|migration| fresh.execute_batch(migration))?;
        Self::of(&fresh)
    }

    fn of(connection: &Connection) -> Result<Self, StoreError> {
        let mut statement = connection.prepare(
            "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY name",
        )?;
        let rows = statement.query_map([], |row| {
            let text: String = row.get(2)?;
            Ok(Rule { kind: row.get(0)?, name: row.get(1)?, text: plain(&text) })
        })?;
        Ok(Self(rows.collect::<Result<_, _>>()?))
    }
}

/// Without what SQLite may write otherwise one day: blanks, and quotation marks around names.
fn plain(sql: &str) -> String {
    sql.replace('"', "").split_whitespace().collect::<Vec<_>>().join(" ")
}
