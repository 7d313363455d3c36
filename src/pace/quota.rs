//! How many messages a relay may carry in a day.
//!
//! Days are UTC: relays count for themselves and for every newsletter that goes by them, and a UTC day is
//! always 24 hours long.

/// A relay's day: a fixed number, a plan that grows, both or neither.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Quota {
    pub(crate) per_day: Option<u64>,
    pub(crate) warm_up: Option<WarmUp>,
}

/// A relay nobody knows yet gets few messages at first, and more each day it is used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct WarmUp {
    /// Messages on the first day.
    pub(crate) start: u64,
    /// By what each further day is multiplied.
    pub(crate) grow: f64,
}

/// A relay's day, UTC: how many messages it may still be given in it, of how many, and how many days it was used
/// before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Day {
    pub(crate) cap: u64,
    pub(crate) left: u64,
    pub(crate) before: u32,
}

impl Quota {
    pub(crate) fn is_unlimited(&self) -> bool {
        *self == Self::default()
    }

    /// The most messages of a day, so many days of use having gone before; `None`: no limit.
    pub(crate) fn cap(&self, days_before: u32) -> Option<u64> {
        // Beyond every list there is, the plan has ended by itself; `as` saturates.
        let grown = self.warm_up.map(|plan| (plan.start as f64 * plan.grow.powf(days_before.into())) as u64);
        self.per_day.into_iter().chain(grown).min()
    }

    /// How many days from this one on the last of so many messages goes, where each day is used up; `None`: it takes
    /// years, or never comes.
    pub(crate) fn days_for(&self, day: Day, messages: u64) -> Option<u32> {
        const YEARS: u32 = 2 * 365;
        let mut waiting = messages.saturating_sub(day.left);
        for later in 0..YEARS {
            if waiting == 0 {
                return Some(later);
            }
            // A day on which nothing was given has not been used.
            let used = day.before + later + u32::from(day.cap > 0);
            waiting = waiting.saturating_sub(self.cap(used).unwrap_or(u64::MAX));
        }
        None
    }
}
