//! How many messages a relay takes on one connection, as far as it has shown.
//!
//! Some say 421 to the next one, some just close. Whoever was next is not at fault, and once the number is known
//! we say goodbye first. Pure: times come in as arguments.

use std::time::Instant;

/// Believes a number that was met twice, by connections that did not live at the same time: a relay that is
/// restarted ends all of them together, and all may have come equally far.
#[derive(Clone, Debug, Default)]
pub(super) struct Stint {
    met: Option<(usize, Instant)>,
    most: Option<usize>,
}

impl Stint {
    pub(super) fn is_last(&self, number: usize) -> bool {
        self.most.is_some_and(|most| number >= most)
    }

    /// A connection that was opened then was ended by the relay now, after so many messages.
    pub(super) fn ended_after(&mut self, messages: usize, opened: Instant, now: Instant) {
        match self.met {
            Some((_, at)) if opened < at => {}
            Some((before, _)) if before == messages => self.most = Some(messages),
            _ => self.met = Some((messages, now)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_number_met_twice_is_believed_and_one_outage_is_not_met_twice() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut stint = Stint::default();
        stint.ended_after(5, at(0), at(10));
        stint.ended_after(5, at(1), at(10));
        stint.ended_after(5, at(2), at(11));
        assert!(!stint.is_last(5), "they were ended together");
        stint.ended_after(7, at(12), at(20));
        stint.ended_after(5, at(21), at(30));
        assert!(!stint.is_last(7), "a number of its own each time");
        stint.ended_after(5, at(31), at(40));
        assert!(!stint.is_last(4) && stint.is_last(5) && stint.is_last(6));
    }
}
