//! What the floor is told before a run.

use std::sync::Arc;
use std::time::Duration;

use crate::ledger::Heard;
use crate::pace::{Lanes, Moment, Quota, Rules};

/// It never changes while the run is on.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// The relay it goes by, and then its spare.
    pub(crate) relays: Vec<RelayPlan>,
    pub(crate) lanes: Lanes,
    /// Lanes that were paused by a wave of refusals, and wait for an editor.
    pub(crate) paused: Vec<Arc<str>>,
    /// Lanes an editor has looked at and let go on: their refusals pause them no more.
    pub(crate) released: Vec<Arc<str>>,
    /// The share of hard refusals that pauses a lane, such as 0.03.
    pub(crate) refusals: f64,
    /// What receivers answered in earlier runs of this edition.
    pub(crate) heard: Heard,
    pub(crate) rules: Rules,
    /// The envelope's sender, for words about it.
    pub(crate) sender: String,
    /// Stop after so many hand-overs.
    pub(crate) limit: Option<u64>,
    /// Until then only those who come first are sent to.
    pub(crate) others_from: Moment,
    /// How long an outage in the middle of a run is waited out.
    pub(crate) patience: Duration,
}

/// A relay as the floor knows it.
#[derive(Clone, Debug)]
pub(crate) struct RelayPlan {
    pub(crate) name: Arc<str>,
    /// Its name and place, at the head of a sentence.
    pub(crate) label: String,
    /// At most so many at once.
    pub(crate) connections: usize,
    /// Messages a second; none: as fast as it takes them.
    pub(crate) rate: Option<u32>,
    /// Messages a day.
    pub(crate) quota: Quota,
}
