//! What a run says about its relays, kept for whoever watches: by a thread of its own, so that nobody else who has
//! the store holds up a connection.

use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};

use crate::store::{EditionId, RelayStanding, Store, StoreError};

pub(super) struct Watched {
    standings: Sender<RelayStanding>,
    writer: JoinHandle<Result<(), StoreError>>,
}

impl Watched {
    pub(super) fn begin(path: &Path, edition: EditionId) -> Result<Self, StoreError> {
        let mut store = Store::open(path)?;
        let (standings, told) = channel::<RelayStanding>();
        let writer = thread::spawn(move || told.iter().try_for_each(|standing| store.relay_stands(edition, &standing)));
        Ok(Self { standings, writer })
    }

    /// How a relay does from now on.
    pub(super) fn tell(&self, standing: RelayStanding) {
        // Where writing failed nobody listens any more, and `end` says why.
        let _ = self.standings.send(standing);
    }

    /// Waits until all of it is written.
    ///
    /// # Errors
    /// It could not be written, or not all of it.
    pub(super) fn end(self) -> Result<(), StoreError> {
        drop(self.standings);
        self.writer.join().unwrap_or(Ok(()))
    }
}
