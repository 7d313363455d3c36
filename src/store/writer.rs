//! The writer of a press run: one thread, one wave after the other.
//!
//! A wave is whatever the connections asked for while the last commit ran: their outcomes in, their next
//! intents out, one fsync for all. The floor gathers it and waits for the commit, so a grant in hand is an
//! intent on the disk (I1).

use std::thread;

use tokio::sync::{mpsc, oneshot};

use crate::clock;
use crate::ledger::{Settled, Want, Wave};
use crate::pace::{Quota, give_back};

use super::ballast::Ballast;
use super::{EditionId, Kind, Sole, Store, StoreError};

/// Requests waiting for the writer; connections are tens, each with one request.
const WAITING: usize = 256;

/// A handle to the writer, one for each connection.
#[derive(Clone)]
pub(crate) struct Ledger {
    requests: mpsc::Sender<Request>,
}

enum Request {
    Exchange { settled: Vec<Settled>, want: Want, answer: oneshot::Sender<Result<Wave, StoreError>> },
    Close { answer: oneshot::Sender<Result<Store, StoreError>> },
}

impl Ledger {
    /// Starts the writer of one edition. The caller holds the edition's lock until `close` has returned.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn start(store: Store, sole: Sole, edition: EditionId) -> Result<Self, StoreError> {
        let (requests, inbox) = mpsc::channel(WAITING);
        let ballast = Ballast::of(store.path());
        let writer = Writer { store, sole, edition, inbox, unwritten: Vec::new(), ballast };
        thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(|| writer.run())
            .map_err(|error| StoreError::new(Kind::Other, format!("the ledger's thread did not start: {error}")))?;
        Ok(Self { requests })
    }

    /// Outcomes in, grants out; returns when both are committed.
    ///
    /// # Errors
    /// No grant was made. The outcomes are kept and written with the next wave, or by `close`: do not hand
    /// them in again.
    pub(crate) async fn exchange(&self, settled: Vec<Settled>, want: Want) -> Result<Wave, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.requests.send(Request::Exchange { settled, want, answer }).await.map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }

    /// Commits every outcome handed in so far, stops the writer and gives the store back.
    ///
    /// # Errors
    /// Outcomes that could not be written: their deliveries are settled as after a crash.
    pub(crate) async fn close(&self) -> Result<Store, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.requests.send(Request::Close { answer }).await.map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }
}

fn closed() -> StoreError {
    StoreError::new(Kind::Other, "the ledger is closed")
}

struct Writer {
    store: Store,
    sole: Sole,
    edition: EditionId,
    inbox: mpsc::Receiver<Request>,
    /// Outcomes whose commit failed; never more than were granted.
    unwritten: Vec<Settled>,
    /// Given up for them when the disk is full.
    ballast: Ballast,
}

impl Writer {
    fn run(mut self) {
        while let Some(request) = self.inbox.blocking_recv() {
            match request {
                Request::Exchange { settled, want, answer } => {
                    self.unwritten.extend(settled);
                    // Whoever asked and is gone takes the grants along: they are settled as after a crash.
                    let _ = answer.send(self.wave(&want));
                }
                Request::Close { answer } => {
                    let done = if self.unwritten.is_empty() { Ok(()) } else { self.wave(&nothing()).map(drop) };
                    // Nobody waiting for the store is no reason to keep it.
                    let _ = answer.send(done.map(|()| self.store));
                    return;
                }
            }
        }
    }

    /// One commit. Where the disk is full, what came of the messages on the wire is written into the room kept
    /// for it, and nothing more is granted.
    fn wave(&mut self, want: &Want) -> Result<Wave, StoreError> {
        let full = match self.commit(want) {
            Err(error) if error.kind == Kind::Full => error,
            done => return done,
        };
        if self.ballast.give_up() && !self.unwritten.is_empty() {
            self.commit(&Want { most: 0, ..want.clone() })?;
        }
        Err(full)
    }

    fn commit(&mut self, want: &Want) -> Result<Wave, StoreError> {
        if want.most > 0 {
            self.ballast.make()?;
        }
        let wave = self.store.wave(self.edition, &self.unwritten, want, clock::now())?;
        self.unwritten.clear();
        if let Some(Err(error)) = self.store.epoch.map(|epoch| self.sole.keep(epoch)) {
            // Nothing of it has left.
            self.unwritten = wave.grants.iter().map(|grant| give_back(grant, &want.relay)).collect();
            return Err(error);
        }
        Ok(wave)
    }
}

/// Outcomes in, and no grants.
fn nothing() -> Want {
    Want {
        most: 0,
        lanes: Vec::new(),
        first: false,
        relay: "".into(),
        quota: Quota::default(),
        pause: Vec::new(),
        rest: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::State;
    use crate::store::Purpose;
    use crate::store::tests::{Home, morning, outcomes, sending, want};
    use std::mem;
    use std::time::Duration;

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap()
    }

    /// One connection: settle what you hold as sent, ask for the next, until there is nothing.
    async fn connection(ledger: Ledger) -> Vec<i64> {
        let mut readers = Vec::new();
        let mut settled = Vec::new();
        loop {
            let wave = ledger.exchange(mem::take(&mut settled), want(1)).await.unwrap();
            if wave.grants.is_empty() {
                return readers;
            }
            readers.extend(wave.grants.iter().map(|grant| grant.reader));
            settled = outcomes(&wave.grants, State::Sent);
        }
    }

    #[test]
    fn ten_connections_share_an_edition_and_each_reader_is_granted_once() {
        let home = Home::new();
        let mut store = home.open();
        let edition = sending(&mut store, 500);
        runtime().block_on(async {
            let sole = store.sole(Purpose::Rehearsal).unwrap();
            let ledger = Ledger::start(store, sole, edition).unwrap();
            let connections: Vec<_> = (0..10).map(|_| tokio::spawn(connection(ledger.clone()))).collect();
            let mut readers = Vec::new();
            for connection in connections {
                readers.extend(connection.await.unwrap());
            }
            readers.sort_unstable();
            assert_eq!(readers, (1..=500).collect::<Vec<i64>>());
            let mut store = ledger.close().await.unwrap();
            assert_eq!(store.counts(edition).unwrap().sent, 500);
            assert!(store.close_if_done(&home.lock(), edition, morning()).unwrap());
            assert!(ledger.exchange(Vec::new(), want(1)).await.is_err(), "closed is closed");
        });
    }

    #[test]
    fn an_outcome_whose_commit_failed_is_written_by_the_next_one() {
        let home = Home::new();
        let mut store = home.open();
        let edition = sending(&mut store, 2);
        store.connection.busy_timeout(Duration::ZERO).unwrap();
        runtime().block_on(async {
            let sole = store.sole(Purpose::Rehearsal).unwrap();
            let ledger = Ledger::start(store, sole, edition).unwrap();
            let grants = ledger.exchange(Vec::new(), want(1)).await.unwrap().grants;
            let mut other = home.open();
            let writing = other.write().unwrap();
            let error = ledger.exchange(outcomes(&grants, State::Sent), want(1)).await.unwrap_err();
            assert_eq!(error.kind, Kind::Busy);
            drop(writing);
            let store = ledger.close().await.unwrap();
            let counts = store.counts(edition).unwrap();
            assert_eq!((counts.sent, counts.sending, counts.queued), (1, 0, 1));
        });
    }

    #[test]
    fn a_full_disk_keeps_the_outcomes_and_grants_nothing() {
        let home = Home::new();
        let mut store = home.open();
        let edition = sending(&mut store, 5_000);
        let pages: i64 = store.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        store.connection.pragma_update(None, "max_page_count", pages).unwrap();
        let mut grants = Vec::new();
        let full = loop {
            let settled: Vec<_> = outcomes(&grants, State::Sent)
                .into_iter()
                .map(|settled| Settled { reply: "250 ".repeat(300), ..settled })
                .collect();
            match store.wave(edition, &settled, &want(50), morning()) {
                Ok(wave) => grants = wave.grants,
                Err(error) => break error,
            }
        };
        assert_eq!(full.kind, Kind::Full, "{full}");
        assert_eq!(store.counts(edition).unwrap().sending, grants.len() as u64, "the wave left no trace");
        store.connection.pragma_update(None, "max_page_count", pages * 10).unwrap();
        store.wave(edition, &outcomes(&grants, State::Sent), &want(0), morning()).unwrap();
    }
}
