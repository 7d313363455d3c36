//! The writer of a press run: one thread, one wave after the other.
//!
//! A wave is whatever the connections asked for while the last commit ran: their outcomes in, their next
//! intents out, one fsync for all. Group commit falls out of there being one writer. Connections wait for the
//! commit, so a grant in hand is an intent on the disk (I1).

use std::mem;
use std::thread;

use tokio::sync::{mpsc, oneshot};

use crate::clock;
use crate::ledger::{Grant, Queue, Settled, Wave};

use super::{EditionId, Kind, Store, StoreError};

/// Requests waiting for the writer; connections are tens, each with one request.
const WAITING: usize = 256;

/// A handle to the writer, one for each connection.
#[derive(Clone)]
pub(crate) struct Ledger {
    requests: mpsc::Sender<Request>,
}

enum Request {
    Exchange { settled: Vec<Settled>, want: usize, answer: oneshot::Sender<Result<Wave, StoreError>> },
    Close { answer: oneshot::Sender<Result<Store, StoreError>> },
}

impl Ledger {
    /// Starts the writer of one edition. The caller holds the edition's lock until `close` has returned.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn start(store: Store, edition: EditionId) -> Result<Self, StoreError> {
        let (requests, inbox) = mpsc::channel(WAITING);
        let writer = Writer { store, edition, inbox, unwritten: Vec::new() };
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
    pub(crate) async fn exchange(&self, settled: Vec<Settled>, want: usize) -> Result<Wave, StoreError> {
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
    edition: EditionId,
    inbox: mpsc::Receiver<Request>,
    /// Outcomes whose commit failed; never more than were granted.
    unwritten: Vec<Settled>,
}

/// One connection's part in a wave.
struct Asked {
    want: usize,
    answer: oneshot::Sender<Result<Wave, StoreError>>,
}

impl Writer {
    fn run(mut self) {
        while let Some(first) = self.inbox.blocking_recv() {
            let mut asked = Vec::new();
            let mut close = None;
            let mut next = Some(first);
            while let Some(request) = next {
                match request {
                    Request::Exchange { settled, want, answer } => {
                        self.unwritten.extend(settled);
                        asked.push(Asked { want, answer });
                    }
                    Request::Close { answer } => {
                        close = Some(answer);
                        break;
                    }
                }
                next = self.inbox.try_recv().ok();
            }
            let done = self.wave(asked);
            if let Some(answer) = close {
                // Nobody waiting for the store is no reason to keep it.
                let _ = answer.send(done.map(|()| self.store));
                return;
            }
        }
    }

    /// One commit for everyone who asked.
    fn wave(&mut self, asked: Vec<Asked>) -> Result<(), StoreError> {
        let want = asked.iter().map(|asked| asked.want).sum();
        let settled = mem::take(&mut self.unwritten);
        match self.store.wave(self.edition, &settled, want, clock::now()) {
            Ok(wave) => {
                hand_out(wave, asked);
                Ok(())
            }
            Err(error) => {
                self.unwritten = settled;
                for asked in asked {
                    // A connection that is gone has no use for the error.
                    let _ = asked.answer.send(Err(error.clone()));
                }
                Err(error)
            }
        }
    }
}

/// Grants go round, so that a short wave keeps all connections busy alike.
fn hand_out(wave: Wave, asked: Vec<Asked>) {
    let mut hands: Vec<Vec<Grant>> = asked.iter().map(|asked| Vec::with_capacity(asked.want)).collect();
    let mut grants = wave.grants.into_iter();
    while grants.len() > 0 {
        for (hand, asked) in hands.iter_mut().zip(&asked) {
            if hand.len() < asked.want {
                hand.extend(grants.next());
            }
        }
    }
    for (grants, asked) in hands.into_iter().zip(asked) {
        let queue = if grants.len() == asked.want { Queue::More } else { wave.queue };
        // A connection that died takes its grants with it: they stay `sending` and are settled as after a crash.
        let _ = asked.answer.send(Ok(Wave { grants, queue }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::State;
    use crate::store::tests::{Home, morning, outcomes, sending};
    use std::time::Duration;

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap()
    }

    /// One connection: settle what you hold as sent, ask for the next, until there is nothing.
    async fn connection(ledger: Ledger) -> Vec<i64> {
        let mut readers = Vec::new();
        let mut settled = Vec::new();
        loop {
            let wave = ledger.exchange(mem::take(&mut settled), 1).await.unwrap();
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
            let ledger = Ledger::start(store, edition).unwrap();
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
            assert!(ledger.exchange(Vec::new(), 1).await.is_err(), "closed is closed");
        });
    }

    #[test]
    fn an_outcome_whose_commit_failed_is_written_by_the_next_one() {
        let home = Home::new();
        let mut store = home.open();
        let edition = sending(&mut store, 2);
        store.connection.busy_timeout(Duration::ZERO).unwrap();
        runtime().block_on(async {
            let ledger = Ledger::start(store, edition).unwrap();
            let grants = ledger.exchange(Vec::new(), 1).await.unwrap().grants;
            let mut other = home.open();
            let writing = other.write().unwrap();
            let error = ledger.exchange(outcomes(&grants, State::Sent), 1).await.unwrap_err();
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
            match store.wave(edition, &settled, 50, morning()) {
                Ok(wave) => grants = wave.grants,
                Err(error) => break error,
            }
        };
        assert_eq!(full.kind, Kind::Full, "{full}");
        assert_eq!(store.counts(edition).unwrap().sending, grants.len() as u64, "the wave left no trace");
        store.connection.pragma_update(None, "max_page_count", pages * 10).unwrap();
        store.wave(edition, &outcomes(&grants, State::Sent), 0, morning()).unwrap();
    }
}
