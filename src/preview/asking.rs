//! Links asked beside the writing: those of an issue that is still to come, each once an hour, and each answer is on
//! the desk as it comes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};

use super::Desk;
use super::pull::Galley;
use crate::clock;
use crate::linkbook::{BELIEVED, State};

/// When an address was asked from here last: one that proved nothing is not asked again by every save.
#[derive(Default)]
pub(super) struct Asked(Mutex<BTreeMap<String, DateTime<Utc>>>);

impl Asked {
    /// Whether it is to be asked now; if so, it counts as asked.
    fn turn(&self, address: &str) -> bool {
        let now = clock::now();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let due = all.get(address).is_none_or(|last| now - *last >= BELIEVED);
        if due {
            all.insert(address.to_owned(), now);
        }
        due
    }
}

impl Desk {
    /// Asks what nobody asked within the hour. Never waits.
    pub(super) fn ask_links(self: &Arc<Self>, galley: &Galley) {
        if !self.network || !is_to_come(galley) {
            return;
        }
        let unknown = |address: &&String| self.book.state(address) == State::NotAsked && self.asked.turn(address);
        let wanted: Vec<String> = galley.leads.iter().filter(unknown).cloned().collect();
        if wanted.is_empty() {
            return;
        }
        let desk = Arc::downgrade(self);
        // Nobody waits for the end of it: what cannot be written down is known here all the same.
        let _under_way = self.book.ask(&wanted, move |_| {
            if let Some(desk) = desk.upgrade() {
                desk.look_again(false);
            }
        });
    }
}

/// The links of an issue that is out are its readers'.
fn is_to_come(galley: &Galley) -> bool {
    let today = clock::now().with_timezone(&galley.newsletter().timezone).date_naive();
    galley.name.date().is_some_and(|date| date >= today)
}
