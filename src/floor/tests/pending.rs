//! What is under way on the stage.

use crate::floor::Connection;
use crate::ledger::{Settled, Want};

/// Something that is under way and may happen next.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Pending {
    /// A connection comes up, or does not.
    Opening { connection: Connection, relay: usize },
    /// A relay has a message: the next thing is its answer.
    Message { connection: Connection, reader: i64 },
    /// A connection has ended; of one message nobody saw the end, perhaps.
    Goodbye { connection: Connection, unseen: Option<i64> },
    /// The disk has what was asked of it.
    Commit { settled: Vec<Settled>, want: Want },
}

pub(super) fn message_of(pending: &Pending) -> Option<(Connection, i64)> {
    match pending {
        Pending::Message { connection, reader } => Some((*connection, *reader)),
        _ => None,
    }
}

pub(super) fn belongs(pending: &Pending, own: Connection) -> bool {
    match pending {
        Pending::Opening { connection, .. }
        | Pending::Message { connection, .. }
        | Pending::Goodbye { connection, .. } => *connection == own,
        Pending::Commit { .. } => false,
    }
}
