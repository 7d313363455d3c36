//! What follows from an answer, when to try again, and how fast to go.
//!
//! Pure: times, chance and answers come in as arguments, so every rule of the press run is tested without a
//! socket or a clock. The table "What a reply means" in three methods of `Answer`; retries in `settle`;
//! the breaker, the window and the buckets decide how many connections work and how fast.

mod breaker;
mod bucket;
mod forecast;
mod guard;
mod lanes;
mod moment;
mod quota;
mod watch;
mod window;

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::config::Policy;
use crate::ledger::{self, Class, Grant, Settled, State, UNSEEN_BEFORE};

pub(crate) use breaker::{Breaker, Circuit, Failure, Leave};
pub(crate) use bucket::Bucket;
pub(crate) use forecast::{Load, forecast};
pub(crate) use guard::Guard;
pub(crate) use lanes::{Lanes, OTHERS};
pub(crate) use moment::Moment;
pub(crate) use quota::{Day, Quota, WarmUp};
pub(crate) use watch::Watch;
pub(crate) use window::Window;

/// Contacts that come to nothing before one counts as a try: somebody's bad luck is not a reader's fault, but
/// a message that breaks every connection must not be tried for ever.
const CONTACTS: u32 = 3;

/// What the end of one attempt means: a row of the table each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// A 2xx after the final dot.
    Accepted,
    /// The relay could not be reached, said 421, or dropped us surely before our dot.
    Unreached,
    /// It refuses our login or our right to send.
    RefusesUs,
    /// It refuses the address we send from.
    RefusesSender,
    /// Too fast for it, or over a quota; with the wait it stated.
    TooFast { wait: Option<Duration> },
    /// Not now, for this reader: full, greylisted.
    NotNow,
    /// The mailbox does not exist.
    NoSuchReader,
    /// The mailbox is full: the reader's own, whatever we send.
    Full,
    /// This relay cannot take this reader's address: beyond ASCII, and no SMTPUTF8.
    NotByThisRelay,
    /// It will not have this message: content, size, our reputation with this receiver.
    Unwanted,
    /// The dot may have been written, and nothing came.
    Silence,
}

/// What becomes of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Connection {
    Keep,
    /// Keep, but begin afresh.
    Reset,
    Close,
}

/// What the relay as a whole has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// It answered.
    Fine,
    /// Input for the breaker.
    Failing,
    SlowDown,
    /// Nobody will get anything: stop and tell someone.
    Stop,
}

impl Answer {
    pub(crate) fn connection(self) -> Connection {
        match self {
            Self::Accepted
            | Self::NotNow
            | Self::NoSuchReader
            | Self::Full
            | Self::NotByThisRelay
            | Self::RefusesSender
            | Self::Unwanted => Connection::Keep,
            Self::TooFast { .. } => Connection::Reset,
            Self::Unreached | Self::RefusesUs | Self::Silence => Connection::Close,
        }
    }

    pub(crate) fn signal(self) -> Signal {
        match self {
            Self::Accepted | Self::NotNow | Self::NoSuchReader | Self::Full | Self::NotByThisRelay | Self::Unwanted => {
                Signal::Fine
            }
            Self::Unreached | Self::Silence => Signal::Failing,
            Self::TooFast { .. } => Signal::SlowDown,
            Self::RefusesUs | Self::RefusesSender => Signal::Stop,
        }
    }
}

/// The newsletter's rules for what comes next.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pub(crate) policy: Policy,
    /// Waits before each retry; the last one again and again.
    pub(crate) retry: Vec<Duration>,
    /// Nothing is sent after this.
    pub(crate) not_after: DateTime<Utc>,
}

/// Which state follows which answer.
///
/// `chance`, from 0 to 1, spreads retries by ±20 %, so that those refused together do not come back together.
/// A retry that would fall after `not_after` is none: the delivery expires now, with the relay's words; or is
/// unknown, where an attempt ended that nobody saw.
pub(crate) fn settle(
    grant: &Grant,
    answer: Answer,
    reply: String,
    relay: &str,
    rules: &Rules,
    now: DateTime<Utc>,
    chance: f64,
) -> Settled {
    let tries = grant.tries + 1;
    let blank = Settled {
        reader: grant.reader,
        state: State::Unknown,
        due: None,
        tries,
        contacts: 0,
        unseen: grant.unseen,
        class: None,
        reply,
        relay: relay.to_owned(),
    };
    // A refusal proves that this attempt left no copy, and nothing about one before it.
    let refused = |class: Class, blank: Settled| match grant.unseen {
        true => Settled { reply: blank.reply + UNSEEN_BEFORE, ..blank },
        false => Settled { state: State::Failed, class: Some(class), ..blank },
    };
    let again = |class: Option<Class>, blank: Settled| match due(rules, grant.tries, now, chance) {
        Some(due) => Settled { state: State::Deferred, due: Some(due), class, ..blank },
        None if grant.unseen => Settled { reply: blank.reply + UNSEEN_BEFORE, ..blank },
        None => Settled { state: State::Expired.unless(blank.unseen), class, ..blank },
    };
    match answer {
        Answer::Accepted => Settled { state: State::Sent, ..blank },
        Answer::NoSuchReader => refused(Class::Hard, blank),
        Answer::Unwanted => refused(Class::Sender, blank),
        // A mailbox is emptied, another relay may take it: nothing is held against the reader.
        Answer::Full | Answer::NotByThisRelay => refused(Class::Soft, blank),
        Answer::NotNow => again(Some(Class::Soft), blank),
        Answer::RefusesUs | Answer::RefusesSender => {
            Settled { state: State::Queued, tries: grant.tries, contacts: grant.contacts, ..blank }
        }
        Answer::Unreached if grant.contacts + 1 >= CONTACTS => again(None, blank),
        // Others have their turn meanwhile; it is no try, for nothing was said about this reader.
        Answer::TooFast { .. } if grant.contacts + 1 >= CONTACTS => {
            again(None, Settled { tries: grant.tries, ..blank })
        }
        Answer::Unreached | Answer::TooFast { .. } => {
            Settled { state: State::Queued, tries: grant.tries, contacts: grant.contacts + 1, ..blank }
        }
        Answer::Silence => match ledger::unseen(rules.policy, grant.tries) {
            State::Deferred => again(None, Settled { unseen: true, ..blank }),
            _ => blank,
        },
    }
}

/// A grant that was never used goes back as it came.
pub(crate) fn give_back(grant: &Grant, relay: &str) -> Settled {
    Settled {
        reader: grant.reader,
        state: State::Queued,
        due: None,
        tries: grant.tries,
        contacts: grant.contacts,
        unseen: grant.unseen,
        class: None,
        reply: String::new(),
        relay: relay.to_owned(),
    }
}

/// When the next try is due, `tries` having been counted before this one; `None` past the edition's end.
fn due(rules: &Rules, tries: u32, now: DateTime<Utc>, chance: f64) -> Option<DateTime<Utc>> {
    let last = rules.retry.len().checked_sub(1)?;
    let wait = rules.retry[last.min(tries as usize)].mul_f64(0.8 + 0.4 * chance.clamp(0.0, 1.0));
    let due = now + chrono::Duration::from_std(wait).ok()?;
    (due <= rules.not_after).then_some(due)
}

/// How long to leave the relay alone when it found us too fast for the `times`-th time in a row.
///
/// An error is a wait, too: it wants us gone for longer than a run should sit and wait. None is longer than a day.
pub(crate) fn breather(stated: Option<Duration>, times: u32) -> Result<Duration, Duration> {
    const LONGEST: Duration = Duration::from_secs(60);
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let wait = stated.unwrap_or_else(|| Duration::from_secs(1).saturating_mul(1 << times.saturating_sub(1).min(10)));
    if wait <= LONGEST { Ok(wait) } else { Err(wait.min(DAY)) }
}

#[cfg(test)]
mod tests;
