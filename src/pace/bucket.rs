//! So many messages a second: the token bucket of a relay or a lane.

use std::time::Duration;

use super::Moment;

/// A token bucket: so many a second, with a tenth of a second's worth in hand.
#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    rate: f64,
    tokens: f64,
    at: Moment,
}

impl Bucket {
    pub(crate) fn new(rate: u32, now: Moment) -> Self {
        Self { rate: f64::from(rate.max(1)), tokens: 1.0, at: now }
    }

    /// Whole tokens in hand now.
    pub(crate) fn ready(&mut self, now: Moment) -> usize {
        let gained = now.since(self.at).as_secs_f64() * self.rate;
        self.tokens = (self.tokens + gained).min((self.rate / 10.0).max(1.0));
        self.at = now;
        // A millionth short of a token is a token: adding up tenths never makes a whole.
        (self.tokens + 1e-6) as usize
    }

    pub(crate) fn take(&mut self, count: usize) {
        self.tokens -= count as f64;
    }

    /// When there will be a whole token.
    pub(crate) fn next(&self) -> Moment {
        let missing = (1.0 - self.tokens).max(0.0);
        self.at.after(Duration::from_millis((missing / self.rate * 1000.0).ceil() as u64))
    }
}
