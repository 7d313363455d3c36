//! The census: how many readers a newsletter has, lane by lane, and when the last of them would have the issue.
//!
//! Counting a million readers takes a moment, and an issue is looked at every second: a count is kept for a while.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Desk;
use crate::books::Forecast;
use crate::clock;
use crate::config::{Config, Newsletter};
use crate::pace::Day;
use crate::store::StoreError;

/// A morning's list does not change faster than anybody could tell.
const KEPT: Duration = Duration::from_secs(20);

/// Counts by newsletter, with when they were made.
#[derive(Default)]
pub(super) struct Census(Mutex<BTreeMap<String, (Instant, Arc<Counted>)>>);

/// What the store says of a newsletter's readers.
pub(super) struct Counted {
    pub(super) readers: u64,
    /// By lane, in config's order.
    lanes: Vec<u64>,
    day: Option<Day>,
}

impl Counted {
    /// A line a lane, as `send` says it before it asks.
    pub(super) fn forecast(&self, config: &Config, newsletter: &Newsletter) -> Vec<String> {
        let forecast = Forecast::with_day(config, newsletter, self.day, clock::now());
        let relay = config.relays.get(&newsletter.relay).and_then(|relay| relay.rate).map(f64::from);
        forecast.lines(&self.lanes, relay)
    }
}

impl Desk {
    /// The readers of a newsletter; `None` where there is no store.
    pub(super) fn readers(&self, config: &Config, newsletter: &str) -> Option<Result<Arc<Counted>, StoreError>> {
        let store = self.store()?;
        let mut kept = self.census.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, counted)) = kept.get(newsletter).filter(|(at, _)| at.elapsed() < KEPT) {
            return Some(Ok(Arc::clone(counted)));
        }
        let counted = store.and_then(|store| {
            let now = clock::now();
            let readers = store.audience(newsletter, now)?;
            let lanes = store.readers_by_lane(newsletter, &config.lanes, now)?;
            let own = config.newsletters.get(newsletter);
            let day = own.map(|own| Forecast::day(config, own, &store, now)).transpose()?.flatten();
            Ok(Arc::new(Counted { readers, lanes, day }))
        });
        if let Ok(counted) = &counted {
            kept.insert(newsletter.to_owned(), (Instant::now(), Arc::clone(counted)));
        }
        Some(counted)
    }
}
