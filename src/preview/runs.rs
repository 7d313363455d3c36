//! Press runs as the desk follows them: read from the store, which other processes write.
//!
//! While somebody looks at what stands in the store, one connection that only reads is asked once a second whether
//! anybody wrote; the pages concerned hear of it. A run is read once for all who look at it, and a long ledger more
//! rarely than a short one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::Desk;
use super::pull::about;
use crate::books::Room;
use crate::clock;
use crate::issue::IssueName;
use crate::press;
use crate::store::{Edition, Store, StoreError};

/// Between two questions whether anybody wrote.
const SECOND: Duration = Duration::from_secs(1);

/// A connection is given back after so long: a restored store is another file at the same place.
const KEPT: Duration = Duration::from_secs(60);

/// What is said of a run that goes on changes with the clock, too: nothing taken for a minute is news.
const QUIET: Duration = Duration::from_secs(5);

/// A ledger is read for at most one part in so many of the time.
const SHARE: u32 = 8;

/// What the press room's page of an issue looks at.
pub(super) fn of_room(name: &IssueName) -> String {
    format!("room:{}", about(name))
}

/// What a page looks at that says whether an issue is under way.
pub(super) fn of_run(name: &IssueName) -> String {
    format!("run:{}", about(name))
}

/// What the page of all days looks at.
pub(super) const DAYS: &str = "days";

/// The runs that were read last.
#[derive(Default)]
pub(super) struct Runs(Mutex<BTreeMap<IssueName, Reading>>);

/// One look into the ledger.
struct Reading {
    begun: Instant,
    took: Duration,
    run: Arc<Room>,
}

impl Reading {
    /// Whether the ledger may be read again.
    fn has_rested(&self) -> bool {
        self.begun.elapsed() >= self.took * SHARE
    }
}

impl Runs {
    fn all(&self) -> MutexGuard<'_, BTreeMap<IssueName, Reading>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    /// The run of an issue; `None` where there is no store.
    pub(super) fn run(&self, name: &IssueName) -> Option<Result<Option<Arc<Room>>, StoreError>> {
        let config = self.config();
        let newsletter = config.newsletters.get(&name.newsletter)?;
        let store = match self.store()? {
            Ok(store) => store,
            Err(error) => return Some(Err(error)),
        };
        let mut all = self.runs.all();
        if let Some(reading) = all.get(name).filter(|reading| !reading.has_rested()) {
            return Some(Ok(Some(Arc::clone(&reading.run))));
        }
        let begun = Instant::now();
        let read = |edition| Room::read(&store, &config, newsletter, edition, clock::now()).map(Arc::new);
        let run =
            press::edition(&store, &name.newsletter, &name.slot).and_then(|edition| edition.map(read).transpose());
        // Any date may be asked for; only what was begun is kept.
        if let Ok(Some(run)) = &run {
            all.insert(name.clone(), Reading { begun, took: begun.elapsed(), run: Arc::clone(run) });
        }
        Some(run)
    }

    /// Where the edition of an issue stands; `None` where none was begun, or nobody knows.
    pub(super) fn edition(&self, name: &IssueName) -> Option<Edition> {
        let store = self.store()?.ok()?;
        press::edition(&store, &name.newsletter, &name.slot).ok()?
    }
}

/// Listens to the store until the desk is gone.
pub(super) fn listen(desk: &Arc<Desk>) {
    let desk = Arc::downgrade(desk);
    thread::spawn(move || {
        let mut ear = Ear::default();
        loop {
            thread::sleep(SECOND);
            let Some(desk) = desk.upgrade() else { return };
            ear.hear(&desk);
        }
    });
}

/// What was heard of the store so far.
#[derive(Default)]
struct Ear {
    line: Option<Line>,
    /// How all that is looked at elsewhere stood, in a word.
    stood: BTreeMap<String, String>,
    /// When each room that is looked at was told last, and whether more is to be said.
    rooms: BTreeMap<String, Told>,
}

/// A connection that only reads.
struct Line {
    store: Store,
    opened: Instant,
    writes: Option<i64>,
}

struct Told {
    at: Instant,
    owed: bool,
}

impl Ear {
    fn hear(&mut self, desk: &Desk) {
        let looked_at = desk.live.looked_at();
        let (rooms, runs) = (issues(desk, &looked_at, "room:"), issues(desk, &looked_at, "run:"));
        let days = looked_at.iter().any(|about| about == DAYS);
        if rooms.is_empty() && runs.is_empty() && !days {
            // Nobody looks: the connection is given back.
            *self = Self::default();
            return;
        }
        let Some(wrote) = self.somebody_wrote(desk) else { return };
        self.rooms.retain(|about, _| looked_at.contains(about));
        self.stood.retain(|about, _| looked_at.contains(about));
        for name in rooms {
            self.tell_room(desk, &name, wrote);
        }
        for name in runs {
            let edition = |store: &Store| press::edition(store, &name.newsletter, &name.slot);
            let stands = |store: &Store| Ok(edition(store)?.as_ref().map_or_else(String::new, stands));
            self.tell_changed(desk, "run", &of_run(&name), wrote, stands);
        }
        if days {
            self.tell_changed(desk, "days", DAYS, wrote, all_stand);
        }
    }

    /// Whether anybody wrote since it was asked last; `None` where there is no store to ask.
    fn somebody_wrote(&mut self, desk: &Desk) -> Option<bool> {
        if self.line.as_ref().is_none_or(|line| line.opened.elapsed() > KEPT) {
            let store = desk.store().and_then(Result::ok);
            self.line = store.map(|store| Line { store, opened: Instant::now(), writes: None });
        }
        let line = self.line.as_mut()?;
        match line.store.writes() {
            Ok(writes) => Some(line.writes.replace(writes) != Some(writes)),
            Err(_) => {
                self.line = None;
                None
            }
        }
    }

    /// A room hears of every write, as often as its ledger may be read.
    fn tell_room(&mut self, desk: &Desk, name: &IssueName, wrote: bool) {
        let about = of_room(name);
        let told = self.rooms.entry(about.clone()).or_insert_with(|| Told { at: Instant::now(), owed: false });
        let mut all = desk.runs.all();
        let last = all.get(name);
        let goes_on = last.is_some_and(|reading| reading.run.is_sending());
        told.owed |= wrote || (goes_on && told.at.elapsed() >= QUIET);
        if told.owed && last.is_none_or(Reading::has_rested) {
            *told = Told { at: Instant::now(), owed: false };
            // Whoever asks now gets what was written, not what was read before it.
            all.remove(name);
            desk.live.tell("run", &about, json!({}));
        }
    }

    /// Other pages hear only when what they say of the store is another thing now.
    fn tell_changed(
        &mut self,
        desk: &Desk,
        kind: &'static str,
        about: &str,
        wrote: bool,
        stands: impl Fn(&Store) -> Result<String, StoreError>,
    ) {
        let Some(line) = self.line.as_ref().filter(|_| wrote || !self.stood.contains_key(about)) else { return };
        let Ok(stands) = stands(&line.store) else { return };
        let before = self.stood.insert(about.to_owned(), stands.clone());
        if wrote && before.is_none_or(|before| before != stands) {
            desk.live.tell(kind, about, json!({}));
        }
    }
}

/// The issues that are looked at in one way.
fn issues(desk: &Desk, looked_at: &BTreeSet<String>, way: &str) -> Vec<IssueName> {
    let name = |about: &String| {
        let (newsletter, slot) = about.strip_prefix(way)?.split_once('/')?;
        desk.issue(newsletter, slot)
    };
    looked_at.iter().filter_map(name).collect()
}

/// All that the page of days says of the store.
fn all_stand(store: &Store) -> Result<String, StoreError> {
    let editions: Vec<String> = store.editions(None)?.iter().map(stands).collect();
    Ok(format!("{} {}", store.newest_event()?, editions.join("\n")))
}

/// All that a page beside the press room says of an edition.
fn stands(edition: &Edition) -> String {
    let Edition { purpose, state, version, started, .. } = edition;
    format!("{} {} {version} {started:?}", purpose.as_str(), state.as_str())
}
