//! How many connections a relay is given.
//!
//! The feedback of Postfix's scheduler (its SCHEDULER_README, "reverse hysteresis"): each success is worth 1/N
//! of a connection, each failure takes 1/N away, and the first of a row counts at once. The limits a relay has
//! of its own are found by being turned away, once, and then kept to.

/// The number of connections that suits one relay now.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    size: usize,
    /// Parts of a connection gained and lost since the size last changed: at 0 or above it grows, below 0 it
    /// shrinks.
    success: f64,
    failure: f64,
    /// Found by the relay turning one away; tried anew after a while of success.
    ceiling: usize,
    most: usize,
    since_ceiling: u32,
    /// Answers after which one more connection than the relay allowed is tried.
    patience: u32,
}

impl Window {
    const START: usize = 4;
    const PATIENCE: u32 = 500;

    /// `most`: the relay's `connections`.
    pub(crate) fn new(most: usize) -> Self {
        let most = most.max(1);
        Self {
            size: most.min(Self::START),
            success: 0.0,
            failure: 0.0,
            ceiling: most,
            most,
            since_ceiling: 0,
            patience: Self::PATIENCE,
        }
    }

    pub(crate) fn size(&self) -> usize {
        self.size.clamp(1, self.ceiling)
    }

    /// The relay answered a delivery.
    pub(crate) fn succeeded(&mut self) {
        self.success += 1.0 / self.size as f64;
        if self.success >= 0.0 {
            self.success -= 1.0;
            self.failure = 0.0;
            self.size = (self.size + 1).min(self.ceiling);
        }
        if self.ceiling < self.most {
            self.since_ceiling += 1;
            if self.since_ceiling >= self.patience {
                self.since_ceiling = 0;
                self.ceiling += 1;
            }
        }
    }

    /// A connection failed, or the relay asked for less: one cohort of these is one connection fewer.
    pub(crate) fn failed(&mut self) {
        self.failure -= 1.0 / self.size as f64;
        if self.failure < 0.0 {
            self.failure += 1.0;
            self.success = 0.0;
            self.size = (self.size - 1).max(1);
        }
    }

    /// The relay turned a connection away while `open` others were up: it allows no more than those. Each time
    /// it does, we wait twice as long before we ask again.
    pub(crate) fn turned_away(&mut self, open: usize) {
        if self.ceiling > open {
            self.patience = if self.ceiling < self.most { self.patience.saturating_mul(2) } else { self.patience };
        }
        self.ceiling = open.max(1);
        self.size = self.size.min(self.ceiling);
        self.since_ceiling = 0;
    }
}
