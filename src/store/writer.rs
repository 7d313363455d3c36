//! The writer of a press run: one thread, one wave after the other.
//!
//! A wave is whatever the connections asked for while the last commit ran: their outcomes in, their next
//! intents out, one fsync for all. Group commit falls out of there being one writer. Connections wait for the
//! commit, so a grant in hand is an intent on the disk (I1).

use std::mem;
use std::thread;

use tokio::sync::{mpsc, oneshot};

use crate::clock;
use crate::ledger::{Grant, Settled};

use super::{EditionId, Kind, Queue, Store, StoreError, Wave};

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
