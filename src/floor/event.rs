//! What the floor is told and what it says: events in, actions out.

use chrono::{DateTime, Utc};

use crate::ledger::{Grant, Settled, Want, Wave};
use crate::pace::{Answer, Moment};

/// When something happened: on the run's own clock, and on the wall.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now {
    pub(crate) at: Moment,
    pub(crate) utc: DateTime<Utc>,
}

/// A connection of this run, from its greeting to its end. Numbers are never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Connection(pub(crate) usize);

/// How many grants a connection holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hold {
    pub(crate) depth: usize,
    /// With fewer it does not go on: the next one's envelope is to ride behind this one's dot.
    pub(crate) eager: bool,
}

/// What happened.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// The run begins, or a moment that was waited for has come.
    Tick,
    /// The connection is up and can hold so many grants.
    Opened {
        connection: Connection,
        hold: Hold,
    },
    /// From now on it can hold so many.
    Holds {
        connection: Connection,
        hold: Hold,
    },
    /// It did not come up.
    NotOpened {
        connection: Connection,
        trouble: Trouble,
    },
    /// An attempt ended. `chance`, from 0 to 1, spreads the next one.
    Answered {
        connection: Connection,
        reader: i64,
        said: Said,
        chance: f64,
    },
    /// A grant came back unused: not a byte of it has left.
    Unused {
        connection: Connection,
        reader: i64,
    },
    /// The connection has ended. Of what it still held nothing has left, but for the message under way where its
    /// final dot may have: nobody saw the end of that one.
    Closed {
        connection: Connection,
        unseen: Option<i64>,
    },
    /// What was asked for is committed.
    Granted(Wave),
    /// It could not be committed. The outcomes are kept, nothing was granted.
    LedgerFailed,
    Stop(Stop),
}

/// The end of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) answer: Answer,
    /// The relay's words, or ours where it said none.
    pub(crate) reply: String,
    /// Whether the connection can be used again.
    pub(crate) alive: bool,
}

/// Why there is no connection, in words for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The relay cannot be reached, or not now.
    Away(String),
    /// It is there and has no room for one more connection.
    NoRoom(String),
    /// It will not have us, or we must not trust it: nothing gets better by waiting.
    Refuses(String),
}

impl Trouble {
    pub(crate) fn into_words(self) -> String {
        match self {
            Self::Away(words) | Self::NoRoom(words) | Self::Refuses(words) => words,
        }
    }
}

/// Somebody wants the run to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    Interrupt,
    Terminate,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Action {
    /// Open a connection to one of the plan's relays.
    Open { connection: Connection, relay: usize },
    /// Commit these outcomes, and grant so many more.
    Ask { settled: Vec<Settled>, want: Want },
    /// Hand this message over. Its intent is committed (I1).
    Deliver { connection: Connection, grant: Grant },
    /// Say goodbye: it holds nothing, or is not up yet.
    Quit { connection: Connection },
    /// Drop every connection where it stands; each then says that it has ended.
    Abandon,
    /// Somebody should know.
    Tell(String),
    /// Tell the floor when it is this late. The latest of these counts.
    Wake(Moment),
    /// The run is over: every outcome was committed, or kept by a ledger that failed.
    End(End),
}

/// How a run ended. Nobody is lost by any of these: what was not handed over is still queued or deferred.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Nobody is queued any more; deferred ones may become due.
    Drained,
    /// As many as `limit` allows were handed over.
    Limit,
    Held,
    Cancelled,
    /// SIGINT.
    Interrupted,
    /// SIGTERM.
    Terminated,
    /// The relay is not to be reached, or wants us gone for a while: try again later.
    Away(String),
    /// The relay will not have us: login, certificate, our address. Somebody has to mend it.
    Refused(String),
    /// Receivers refuse this edition rather than single readers: somebody has to look at it.
    Alarmed(String),
}
