//! Ringing: what the lookout saw is told by the carriers of the alarm, each thing once.
//!
//! What was told is kept in the store, so that it does not matter which process sees a trouble, or how many do. Of a
//! store that cannot be used a file beside it remembers that this was told.

use std::fs;
use std::path::PathBuf;

use chrono::{DateTime, Utc};

use crate::alarm::{self, About, Carrier, Carriers, Case, Sight, Stage, State, Trouble, Untold, Words};
use crate::config::{Config, Newsletter};
use crate::press::{Proof, Unfit, lookout};
use crate::store::{AlarmLock, Store, StoreError};

/// Tells what was seen. What a carrier does not take comes back, and is tried again at the next look.
///
/// # Errors
/// The store cannot be read or written.
pub(crate) fn ring(
    store: &mut Store,
    carriers: &Carriers<'_>,
    sights: &[Sight],
    now: DateTime<Utc>,
) -> Result<Vec<Untold>, StoreError> {
    // Two processes that see the same at once would both tell it.
    let Some(_alone) = AlarmLock::acquire(store.path())? else { return Ok(Vec::new()) };
    let open: Vec<Case> = store.cases(now)?.into_iter().filter(|case| case.over.is_none()).collect();
    store.note_cases(&alarm::changes(&open, sights, now), now)?;
    let mut able = carriers.list();
    let mut failed = Vec::new();
    for case in store.cases(now)? {
        for (carrier, stage) in alarm::untold(&case, &able) {
            match carriers.carry(carrier, &case, stage, now) {
                Ok(()) => store.told(case.id, carrier, stage, now)?,
                Err(why) => {
                    // It had its chance: nobody waits for it again in this look.
                    able.retain(|other| *other != carrier);
                    failed.push(Untold { case: case.id, carrier, stage, why });
                }
            }
        }
    }
    Ok(failed)
}

/// For whoever sees an issue change: tells at once where it is not what was approved any more.
///
/// # Errors
/// The store cannot be read or written, or the settings make no mail of the issue.
pub(crate) fn issue_changed(
    config: &Config,
    newsletter: &Newsletter,
    store: &mut Store,
    slot: &str,
    proof: Option<&Proof>,
    network: bool,
    now: DateTime<Utc>,
) -> Result<Vec<Untold>, Unfit> {
    if !config.alarm.rings() {
        return Ok(Vec::new());
    }
    let sight = lookout::look_at_approval(config, newsletter, store, slot, proof)?;
    let sights: Vec<Sight> = sight.into_iter().collect();
    Ok(ring(store, &Carriers::of(config, network), &sights, now)?)
}

/// Tells that the store cannot be used, once; or that it can be used again.
pub(crate) fn ring_for_the_store(
    config: &Config,
    carriers: &Carriers<'_>,
    state: &State,
    now: DateTime<Utc>,
) -> Vec<String> {
    let memory = memory(config);
    let told = memory.exists();
    let (stage, words, over) = match state {
        State::Wrong(words) if !told => (Stage::Begun, words.clone(), None),
        State::Right(words) if told => {
            let what = fs::read_to_string(&memory).unwrap_or_default();
            (Stage::Over, Words { what, mend: String::new() }, Some(words.clone()))
        }
        State::Wrong(_) | State::Right(_) => return Vec::new(),
    };
    let about = About::house(Trouble::Store);
    let case = Case { id: 0, about, words, since: now, seen: now, over, told: Vec::new() };
    let tell = |carrier: Carrier| carriers.carry(carrier, &case, stage, now).err();
    let mut failures: Vec<String> = carriers.list().into_iter().filter_map(tell).collect();
    // Somebody was told, or nobody is there to be told.
    if failures.len() < carriers.list().len() {
        let kept = match stage {
            Stage::Begun => fs::write(&memory, &case.words.what),
            Stage::Over => fs::remove_file(&memory),
        };
        // Without it the same is told again in five minutes: better than never.
        failures.extend(kept.err().map(|error| format!("{}: {error}", memory.display())));
    }
    failures
}

/// Remembers beside the store that it was told to be unusable.
fn memory(config: &Config) -> PathBuf {
    let mut path = config.store.path.clone().into_os_string();
    path.push(".alarm");
    path.into()
}
