//! The words of the ledger: the eight states of a delivery, what is granted, what came of it.
//!
//! Pure. The store keeps rows of these, the press run moves them, and nothing else decides. A delivery is
//! one edition to one reader; it is `sending` only after that intent was committed, and `sent` only from
//! evidence. Whatever ends without evidence is `unknown`, and is never sent again by guesswork.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::address::EmailAddress;
use crate::config::Policy;
use crate::pace::Quota;

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum State {
    /// Waiting to be granted.
    Queued,
    /// Granted: the intent is committed, a message may be on the wire.
    Sending,
    /// The relay took it: a 2xx after the final dot, or later evidence.
    Sent,
    /// Refused for this reader with a 5xx: proof that it was not delivered.
    Failed,
    /// Refused for now; due again at a time kept in the row.
    Deferred,
    /// Left, or must not be mailed; found out before the message left.
    Suppressed,
    /// The final dot may have been written and no reply came.
    Unknown,
    /// Too late or cancelled before it could be sent.
    Expired,
}

impl State {
    pub(crate) const ALL: [Self; 8] = [
        Self::Queued,
        Self::Sending,
        Self::Sent,
        Self::Failed,
        Self::Deferred,
        Self::Suppressed,
        Self::Unknown,
        Self::Expired,
    ];

    /// The text form, in the store and in every output.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Deferred => "deferred",
            Self::Suppressed => "suppressed",
            Self::Unknown => "unknown",
            Self::Expired => "expired",
        }
    }

    /// Reads the text form back; `None` for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

impl State {
    /// The arrows: whether a delivery in this state may come into that one. There are no others, and the store's
    /// schema refuses them by itself. `unseen`: an attempt ended and nobody saw how, so what would say that the
    /// reader has nothing is unknown instead.
    pub(crate) fn may_become(self, next: Self, unseen: bool) -> bool {
        use State::{Deferred, Expired, Failed, Queued, Sending, Sent, Suppressed, Unknown};
        match self {
            _ if unseen && matches!(next, Failed | Suppressed | Expired) => false,
            Queued => matches!(next, Sending | Suppressed | Expired) || unseen && next == Unknown,
            Sending => matches!(next, Sent | Failed | Deferred | Queued | Unknown | Expired),
            Deferred => matches!(next, Queued | Expired) || unseen && next == Unknown,
            Unknown => matches!(next, Sent | Failed | Queued),
            Failed => next == Queued,
            Sent | Suppressed | Expired => false,
        }
    }

    /// The relay has it, or may have it.
    pub(crate) fn is_handed_over(self) -> bool {
        matches!(self, Self::Sent | Self::Unknown)
    }

    /// Where an outcome lands: what would be open again in a cancelled edition is over.
    pub(crate) fn landed(self, cancelled: bool, unseen: bool) -> Self {
        match self {
            Self::Queued | Self::Deferred if cancelled => Self::Expired.unless(unseen),
            state => state,
        }
    }

    /// This end without a copy, unless an attempt ended that nobody saw: then nobody knows.
    pub(crate) fn unless(self, unseen: bool) -> Self {
        if unseen { Self::Unknown } else { self }
    }
}

/// Behind the reason for an end, where an attempt before it ended that nobody saw.
pub(crate) const UNSEEN_BEFORE: &str = "; an earlier attempt ended without an answer";

/// Tries of one delivery whose end nobody saw, where doubles are allowed.
pub(crate) const BLIND_TRIES: u32 = 5;

/// What becomes of a delivery whose end nobody saw, `tries` having been counted before: a dead run, a lost
/// connection, a reply that never came.
pub(crate) fn unseen(policy: Policy, tries: u32) -> State {
    match policy {
        Policy::AtLeastOnce if tries + 1 < BLIND_TRIES => State::Deferred,
        Policy::AtLeastOnce | Policy::AtMostOnce => State::Unknown,
    }
}

/// How many deliveries of an edition stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) audience: u64,
    pub(crate) queued: u64,
    pub(crate) sending: u64,
    pub(crate) sent: u64,
    pub(crate) failed: u64,
    pub(crate) deferred: u64,
    pub(crate) suppressed: u64,
    pub(crate) unknown: u64,
    pub(crate) expired: u64,
}

impl Counts {
    pub(crate) fn of(&self, state: State) -> u64 {
        match state {
            State::Queued => self.queued,
            State::Sending => self.sending,
            State::Sent => self.sent,
            State::Failed => self.failed,
            State::Deferred => self.deferred,
            State::Suppressed => self.suppressed,
            State::Unknown => self.unknown,
            State::Expired => self.expired,
        }
    }

    /// The closing equation (I5): everyone on the audience is accounted for and nothing is open.
    pub(crate) fn closed(&self) -> bool {
        self.open() == 0 && self.audience == self.sent + self.failed + self.suppressed + self.unknown + self.expired
    }

    /// Deliveries that may still change by themselves.
    pub(crate) fn open(&self) -> u64 {
        self.queued + self.sending + self.deferred
    }
}

/// Leave to send one delivery: its intent is committed, so a byte of DATA may leave (I1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grant {
    /// The subscriber's row.
    pub(crate) reader: i64,
    pub(crate) address: EmailAddress,
    pub(crate) first_name: Option<String>,
    /// They get the text edition alone.
    pub(crate) text_only: bool,
    /// The subscriber's random id: what tokens and the Message-ID are made of, never a sequence number.
    pub(crate) key: [u8; 16],
    pub(crate) version: u32,
    /// Counted tries before this one.
    pub(crate) tries: u32,
    /// Contacts that came to nothing without being the reader's fault, since the last counted try.
    pub(crate) contacts: u32,
    /// An attempt before this one ended and nobody saw how: the reader may have a copy.
    pub(crate) unseen: bool,
}

/// What came of a grant: the row's next state, committed in the next wave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settled {
    pub(crate) reader: i64,
    pub(crate) state: State,
    /// When a deferred one is due again.
    pub(crate) due: Option<DateTime<Utc>>,
    pub(crate) tries: u32,
    pub(crate) contacts: u32,
    /// An attempt ended and nobody saw how, this one or one before it.
    pub(crate) unseen: bool,
    pub(crate) class: Option<Class>,
    /// The relay's own words, one line, control characters removed.
    pub(crate) reply: String,
    pub(crate) relay: String,
}

/// What a wave is asked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Want {
    /// Grants in all, at most; 0 where only outcomes go in.
    pub(crate) most: usize,
    /// The lanes they may come from, and how many of each: the first one first.
    pub(crate) lanes: Vec<(Arc<str>, usize)>,
    /// Only those who come first.
    pub(crate) first: bool,
    /// Who is to carry them: they count for that relay's day.
    pub(crate) relay: Arc<str>,
    pub(crate) quota: Quota,
    /// Lanes that are paused from now on: what refusals in them did to readers waits for an editor.
    pub(crate) pause: Vec<Arc<str>>,
    /// Relays that asked for longer than a run sits and waits.
    pub(crate) rest: Vec<Rest>,
}

/// A relay that is to be left alone, by whichever run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rest {
    /// Its name and place: another machine under its name rests for nobody.
    pub(crate) relay: String,
    pub(crate) until: DateTime<Utc>,
    /// How it said so.
    pub(crate) words: String,
}

/// What a wave gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wave {
    pub(crate) grants: Vec<Grant>,
    /// Lanes asked for in which nobody is queued any more.
    pub(crate) dry: Vec<Arc<str>>,
    /// Deferred readers were due and are queued again, in whichever lanes.
    pub(crate) back: bool,
    pub(crate) queue: Queue,
}

/// What receivers answered to an edition in the runs before this one, for those who watch over the rest of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Heard {
    /// By lane, where anybody was refused for good: how many were answered, and how many of them refused so.
    pub(crate) lanes: BTreeMap<Arc<str>, (u32, u32)>,
    /// Answers to the newest version, as far as they are looked at; and how many refused what we send.
    pub(crate) answered: u32,
    pub(crate) unwanted: u32,
    /// An editor has looked at those, and let it go on all the same.
    pub(crate) cleared: bool,
}

/// Why there were no more grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Queue {
    /// There may be more: ask again.
    More,
    /// Nobody is queued now in the lanes asked for; a deferred one may become due then, and what is in flight may come back.
    Drained { next_due: Option<DateTime<Utc>> },
    /// The relay's day is spent: so many messages.
    Spent { cap: u64 },
    /// Someone held the edition.
    Held,
    /// Someone cancelled it.
    Cancelled,
}

/// Whose fault a refusal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Class {
    /// The mailbox does not exist: excluded for 7 days, suppressed after a second.
    Hard,
    /// For now: full, greylisted.
    Soft,
    /// Our content or our name; never counted against the reader.
    Sender,
}

impl Class {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Hard => "hard",
            Self::Soft => "soft",
            Self::Sender => "sender",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Hard, Self::Soft, Self::Sender].into_iter().find(|class| class.as_str() == text)
    }
}
