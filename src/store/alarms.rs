//! Cases of the alarm: what is wrong, since when, and who was told.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Row, params};

use super::{Store, StoreError, millis, time, word};
use crate::alarm::{About, Carrier, Case, Change, Stage, Trouble, Untold, Words};

/// How long the end of a case is still told to a carrier that could not be reached.
const STILL_NEWS: TimeDelta = TimeDelta::hours(24);

impl Store {
    /// The cases that are open, and those whose end may still have to be told, oldest first.
    pub(crate) fn cases(&self, now: DateTime<Utc>) -> Result<Vec<Case>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT * FROM alarm WHERE over IS NULL OR (over > ?1 AND ending <> '') ORDER BY id")?;
        let rows = statement.query_map([millis(now - STILL_NEWS)], case_row)?;
        let mut cases = rows.collect::<Result<Vec<_>, _>>()?;
        let mut told = self
            .connection
            .prepare_cached("SELECT carrier, stage FROM alarm_told WHERE alarm = ?1 AND at IS NOT NULL")?;
        for case in &mut cases {
            let rows = told.query_map([case.id], |row| {
                Ok((word(row, "carrier", Carrier::parse)?, word(row, "stage", Stage::parse)?))
            })?;
            case.told = rows.collect::<Result<_, _>>()?;
        }
        Ok(cases)
    }

    /// Writes down what a look changed.
    pub(crate) fn note_cases(&mut self, changes: &[Change], now: DateTime<Utc>) -> Result<(), StoreError> {
        let tx = self.write()?;
        for change in changes {
            match change {
                Change::Begins(About { trouble, newsletter, slot }, Words { what, mend }) => tx.execute(
                    "INSERT INTO alarm (trouble, newsletter, slot, what, mend, since, seen)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) ON CONFLICT DO NOTHING",
                    params![trouble.as_str(), newsletter, slot, what, mend, millis(now)],
                )?,
                Change::Goes(id) => {
                    tx.execute("UPDATE alarm SET seen = ?2 WHERE id = ?1 AND over IS NULL", params![id, millis(now)])?
                }
                Change::Ends(id, ending) => end(&tx, *id, ending, now)?,
                Change::Lapses(id) => end(&tx, *id, "", now)?,
            };
        }
        tx.commit()?;
        Ok(())
    }

    /// A carrier took it.
    pub(crate) fn told(
        &mut self,
        case: i64,
        carrier: Carrier,
        stage: Stage,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT INTO alarm_told (alarm, carrier, stage, at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (alarm, carrier, stage) DO UPDATE SET at = excluded.at, failure = NULL",
            params![case, carrier.as_str(), stage.as_str(), millis(now)],
        )?;
        Ok(())
    }

    /// A carrier failed; true where that reason was not said before.
    pub(crate) fn failed_to_tell(&mut self, untold: &Untold) -> Result<bool, StoreError> {
        let Untold { case, carrier, stage, why } = untold;
        let news = self.connection.execute(
            "INSERT INTO alarm_told (alarm, carrier, stage, failure) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (alarm, carrier, stage) DO UPDATE SET failure = excluded.failure
             WHERE failure IS NOT excluded.failure",
            params![case, carrier.as_str(), stage.as_str(), why],
        )?;
        Ok(news == 1)
    }
}

fn end(connection: &rusqlite::Connection, case: i64, ending: &str, now: DateTime<Utc>) -> rusqlite::Result<usize> {
    connection.execute(
        "UPDATE alarm SET over = ?2, ending = ?3 WHERE id = ?1 AND over IS NULL",
        params![case, millis(now), ending],
    )
}

fn case_row(row: &Row<'_>) -> rusqlite::Result<Case> {
    Ok(Case {
        id: row.get("id")?,
        about: About {
            trouble: word(row, "trouble", Trouble::parse)?,
            newsletter: row.get("newsletter")?,
            slot: row.get("slot")?,
        },
        words: Words { what: row.get("what")?, mend: row.get("mend")? },
        since: time(row.get("since")?),
        seen: time(row.get("seen")?),
        over: row.get("ending")?,
        told: Vec::new(),
    })
}
