//! What follows from an answer, when to try again, and how fast to go.
//!
//! Pure: times, chance and answers come in as arguments, so every rule of the press run is tested without a
//! socket or a clock. The table "What a reply means" in three methods of `Answer`; retries in `settle`;
//! the breaker, the window and the bucket decide how many connections work and how fast.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use crate::config::Policy;
use crate::ledger::{Class, Grant, Settled, State};

/// Contacts that come to nothing before one counts as a try: somebody's bad luck is not a reader's fault, but
/// a message that breaks every connection must not be tried for ever.
const CONTACTS: u32 = 3;
/// Tries of one delivery whose end nobody saw, where doubles are allowed.
const BLIND_TRIES: u32 = 5;

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
            Self::Accepted | Self::NotNow | Self::NoSuchReader | Self::RefusesSender | Self::Unwanted => {
                Connection::Keep
            }
            Self::TooFast { .. } => Connection::Reset,
            Self::Unreached | Self::RefusesUs | Self::Silence => Connection::Close,
        }
    }

    pub(crate) fn signal(self) -> Signal {
        match self {
            Self::Accepted | Self::NotNow | Self::NoSuchReader | Self::Unwanted => Signal::Fine,
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
/// A retry that would fall after `not_after` is none: the delivery expires now, with the relay's words.
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
        class: None,
        reply,
        relay: relay.to_owned(),
    };
    let again = |class: Option<Class>, blank: Settled| match due(rules, grant.tries, now, chance) {
        Some(due) => Settled { state: State::Deferred, due: Some(due), class, ..blank },
        None => Settled { state: State::Expired, class, ..blank },
    };
    match answer {
        Answer::Accepted => Settled { state: State::Sent, ..blank },
        Answer::NoSuchReader => Settled { state: State::Failed, class: Some(Class::Hard), ..blank },
        Answer::Unwanted => Settled { state: State::Failed, class: Some(Class::Sender), ..blank },
        Answer::NotNow => again(Some(Class::Soft), blank),
        Answer::RefusesUs | Answer::RefusesSender => {
            Settled { state: State::Queued, tries: grant.tries, contacts: grant.contacts, ..blank }
        }
        Answer::Unreached | Answer::TooFast { .. } if grant.contacts + 1 >= CONTACTS => again(None, blank),
        Answer::Unreached | Answer::TooFast { .. } => {
            Settled { state: State::Queued, tries: grant.tries, contacts: grant.contacts + 1, ..blank }
        }
        Answer::Silence => match rules.policy {
            Policy::AtLeastOnce if tries < BLIND_TRIES => again(None, blank),
            Policy::AtLeastOnce | Policy::AtMostOnce => blank,
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

/// Keeps us from knocking at a door behind which nobody is.
///
/// A new process starts half-open: one connection has to come up before the others are tried, so a wrong
/// password is one failed login and not ten. Five failures in a row open it, for 30 s, then twice that.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Breaker {
    state: Circuit,
    /// Openings since the last answered delivery.
    openings: u32,
    first: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Circuit {
    Closed { failures: u32 },
    Open { until: Instant },
    HalfOpen,
}

/// What the breaker allows now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leave {
    /// As many connections as the window has.
    All,
    One,
    NotBefore(Instant),
}

impl Breaker {
    const FAILURES: u32 = 5;
    pub(crate) const FIRST: Duration = Duration::from_secs(30);

    /// `first` is how long the first opening lasts: `Breaker::FIRST`, less in tests.
    pub(crate) fn new(first: Duration) -> Self {
        Self { state: Circuit::HalfOpen, openings: 0, first }
    }

    /// A connection came up.
    pub(crate) fn connected(&mut self) {
        if self.state == Circuit::HalfOpen {
            // On probation while it has answered nothing yet: the next failure opens it again.
            let failures = if self.openings > 0 { Self::FAILURES - 1 } else { 0 };
            self.state = Circuit::Closed { failures };
        }
    }

    /// The relay answered about a delivery, whatever it said.
    pub(crate) fn answered(&mut self) {
        *self = Self { state: Circuit::Closed { failures: 0 }, openings: 0, first: self.first };
    }

    /// A connection could not be made, or ended before an answer.
    pub(crate) fn failed(&mut self, now: Instant) {
        match self.state {
            Circuit::Closed { failures } if failures + 1 < Self::FAILURES => {
                self.state = Circuit::Closed { failures: failures + 1 };
            }
            Circuit::Closed { .. } | Circuit::HalfOpen => {
                let wait = self.first.saturating_mul(1 << self.openings.min(10));
                self.state = Circuit::Open { until: now + wait };
                self.openings += 1;
            }
            // What was under way when it opened.
            Circuit::Open { .. } => {}
        }
    }

    pub(crate) fn leave(&mut self, now: Instant) -> Leave {
        match self.state {
            Circuit::Open { until } if now < until => Leave::NotBefore(until),
            Circuit::Open { .. } => {
                self.state = Circuit::HalfOpen;
                Leave::One
            }
            Circuit::HalfOpen => Leave::One,
            Circuit::Closed { .. } => Leave::All,
        }
    }
}

/// How many connections to keep: it grows with success and shrinks with failure, as in Postfix's scheduler.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    size: f64,
    /// Found by the relay turning one away; rises again after a while of success.
    ceiling: usize,
    most: usize,
    since_ceiling: u32,
}

impl Window {
    const START: usize = 4;
    /// Answers after which one more connection than the relay allowed is tried.
    const FORGIVING: u32 = 500;

    pub(crate) fn new(most: usize) -> Self {
        let most = most.max(1);
        Self { size: most.min(Self::START) as f64, ceiling: most, most, since_ceiling: 0 }
    }

    pub(crate) fn size(&self) -> usize {
        (self.size as usize).clamp(1, self.ceiling)
    }

    pub(crate) fn succeeded(&mut self) {
        self.size = (self.size + 1.0 / self.size).min(self.most as f64);
        if self.ceiling < self.most {
            self.since_ceiling += 1;
            if self.since_ceiling >= Self::FORGIVING {
                self.since_ceiling = 0;
                self.ceiling += 1;
            }
        }
    }

    pub(crate) fn failed(&mut self) {
        self.size = (self.size - 1.0).max(1.0);
    }

    /// The relay turned a connection away while `open` others were up: it allows no more than those.
    pub(crate) fn turned_away(&mut self, open: usize) {
        self.ceiling = open.max(1);
        self.size = self.size.min(self.ceiling as f64);
        self.since_ceiling = 0;
    }
}

/// A token bucket: so many a second, with a tenth of a second's worth in hand.
#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    rate: f64,
    tokens: f64,
    at: Instant,
}

impl Bucket {
    pub(crate) fn new(rate: u32, now: Instant) -> Self {
        Self { rate: f64::from(rate.max(1)), tokens: 1.0, at: now }
    }

    /// Whole tokens in hand now.
    pub(crate) fn ready(&mut self, now: Instant) -> usize {
        let gained = now.saturating_duration_since(self.at).as_secs_f64() * self.rate;
        self.tokens = (self.tokens + gained).min((self.rate / 10.0).max(1.0));
        self.at = now;
        self.tokens as usize
    }

    pub(crate) fn take(&mut self, count: usize) {
        self.tokens -= count as f64;
    }

    /// When there will be a whole token.
    pub(crate) fn next(&self) -> Instant {
        let missing = (1.0 - self.tokens).max(0.0);
        self.at + Duration::from_secs_f64(missing / self.rate)
    }
}

/// Sees early that receivers refuse this edition rather than single readers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Watch {
    answered: u32,
    unwanted: u32,
}

impl Watch {
    const FIRST: u32 = 200;
    const SHARE: f64 = 0.05;

    /// Notes one answer; true when more than 5 % of the first 200 were refused for what we send.
    pub(crate) fn alarmed_by(&mut self, answer: Answer) -> bool {
        if self.answered >= Self::FIRST || answer.signal() != Signal::Fine {
            return false;
        }
        self.answered += 1;
        self.unwanted += u32::from(answer == Answer::Unwanted);
        f64::from(self.unwanted) > f64::from(Self::FIRST) * Self::SHARE
    }
}

/// How long to leave the relay alone when it found us too fast for the `times`-th time in a row.
///
/// `None`: it wants us gone for longer than a run should sit and wait.
pub(crate) fn breather(stated: Option<Duration>, times: u32) -> Option<Duration> {
    const LONGEST: Duration = Duration::from_secs(60);
    let wait = stated.unwrap_or_else(|| Duration::from_secs(1).saturating_mul(1 << times.saturating_sub(1).min(10)));
    (wait <= LONGEST).then_some(wait)
}

#[cfg(test)]
mod tests;
