//! The breaker of one relay: closed, open for a while, half-open with one connection.

use std::time::Duration;

use super::Moment;

/// Keeps us from knocking at a door behind which nobody is.
///
/// A new process starts half-open: one delivery has to be answered before more connections are tried, so a wrong
/// password is one failed login and not ten, and a relay that takes mail and never answers swallows one message
/// after the other and not ten at once. Five failures in a row open it, for 30 s, then twice that.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Breaker {
    state: Inside,
    /// Openings since the last answered delivery.
    openings: u32,
    first: Duration,
}

/// The state of a breaker, as people are told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Circuit {
    /// Messages go.
    Closed,
    /// The relay is left alone for a while.
    Open,
    /// One connection tries, with one message.
    HalfOpen,
}

impl Circuit {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half-open",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Closed, Self::Open, Self::HalfOpen].into_iter().find(|circuit| circuit.as_str() == text)
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Inside {
    Closed { failures: u32 },
    Open { until: Moment },
    HalfOpen { failures: u32 },
}

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// There was no connection.
    Connection,
    /// A connection ended without an answer to its message.
    Message,
}

/// What the breaker allows now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leave {
    /// As many connections as the window has.
    All,
    One,
    NotBefore(Moment),
}

impl Breaker {
    const FAILURES: u32 = 5;
    pub(crate) const FIRST: Duration = Duration::from_secs(30);

    /// `first` is how long the first opening lasts: `Breaker::FIRST`, less in tests.
    pub(crate) fn new(first: Duration) -> Self {
        Self { state: Inside::HalfOpen { failures: 0 }, openings: 0, first }
    }

    /// The relay answered about a delivery, whatever it said.
    pub(crate) fn answered(&mut self) {
        *self = Self { state: Inside::Closed { failures: 0 }, openings: 0, first: self.first };
    }

    /// A connection could not be made, or ended before an answer.
    pub(crate) fn failed(&mut self, failure: Failure, now: Moment) {
        match self.state {
            Inside::Closed { failures } if failures + 1 < Self::FAILURES => {
                self.state = Inside::Closed { failures: failures + 1 };
            }
            // One reader whose message breaks connections must not stand in everybody's way.
            Inside::HalfOpen { failures }
                if failure == Failure::Message && self.openings == 0 && failures + 1 < Self::FAILURES =>
            {
                self.state = Inside::HalfOpen { failures: failures + 1 };
            }
            Inside::Closed { .. } | Inside::HalfOpen { .. } => {
                let wait = self.first.saturating_mul(1 << self.openings.min(10));
                self.state = Inside::Open { until: now.after(wait) };
                self.openings += 1;
            }
            // What was under way when it opened.
            Inside::Open { .. } => {}
        }
    }

    /// It was open, and nothing has shown since that the relay is back.
    pub(crate) fn is_away(&self) -> bool {
        match self.state {
            Inside::Open { .. } => true,
            Inside::HalfOpen { .. } => self.openings > 0,
            Inside::Closed { .. } => false,
        }
    }

    pub(crate) fn circuit(&self) -> Circuit {
        match self.state {
            Inside::Closed { .. } => Circuit::Closed,
            Inside::Open { .. } => Circuit::Open,
            Inside::HalfOpen { .. } => Circuit::HalfOpen,
        }
    }

    pub(crate) fn leave(&mut self, now: Moment) -> Leave {
        match self.state {
            Inside::Open { until } if now < until => Leave::NotBefore(until),
            Inside::Open { .. } => {
                self.state = Inside::HalfOpen { failures: 0 };
                Leave::One
            }
            Inside::HalfOpen { .. } => Leave::One,
            Inside::Closed { .. } => Leave::All,
        }
    }
}
