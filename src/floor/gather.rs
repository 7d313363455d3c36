//! When a wave leaves. A commit costs the same for one delivery as for twenty, so those that come soon share it.
//!
//! Where commits are quick, a wave takes half of the connections' places while the other half is busy. Where they
//! are slower than the messages, it is worth waiting for everything under way: a commit for twenty of them, not two
//! for ten each. Pure: times come in as arguments.

use std::time::Duration;

use crate::pace::Moment;

/// The longest that a wave gathers, though those under way may take minutes.
const LONGEST: Duration = Duration::from_millis(5);
/// What the clock of a run can tell apart.
const TICK: Duration = Duration::from_millis(1);
/// Commits and messages that an average remembers.
const MEMORY: u32 = 8;

#[derive(Clone, Debug)]
pub(super) struct Gather {
    /// When the wave under way was asked for.
    asked: Moment,
    /// What a commit takes, and a message from its grant to its answer.
    commit: Duration,
    message: Duration,
    /// When the next wave leaves, however few wait for it; nobody does where there is none.
    leaves: Option<Moment>,
}

impl Gather {
    pub(super) fn new() -> Self {
        Self { asked: Moment::START, commit: Duration::ZERO, message: Duration::ZERO, leaves: None }
    }

    pub(super) fn asked(&mut self, now: Moment) {
        (self.asked, self.leaves) = (now, None);
    }

    pub(super) fn committed(&mut self, now: Moment) {
        self.commit = averaged(self.commit, now.since(self.asked));
    }

    /// A message was answered that was granted then.
    pub(super) fn answered(&mut self, granted: Moment, now: Moment) {
        self.message = averaged(self.message, now.since(granted));
    }

    /// When to look again, though nothing happens.
    pub(super) fn leaves(&self) -> Option<Moment> {
        self.leaves
    }

    /// Whether a wave leaves now that so many wait for it, so many are under way, and perhaps a connection stands
    /// still without it.
    pub(super) fn is_over(&mut self, now: Moment, waiting: usize, busy: usize, still: bool) -> bool {
        if waiting == 0 {
            self.leaves = None;
            return false;
        }
        let slow = self.commit > self.message;
        let longest = if slow { (2 * self.message).min(self.commit).max(TICK) } else { LONGEST };
        let leaves = *self.leaves.get_or_insert(now.after(longest));
        let enough = if slow { busy == 0 } else { still || waiting >= busy };
        enough || now >= leaves
    }
}

fn averaged(before: Duration, now: Duration) -> Duration {
    before * (MEMORY - 1) / MEMORY + now / MEMORY
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Moment {
        Moment::START.after(Duration::from_millis(millis))
    }

    /// After waves and messages that took so many milliseconds.
    fn after(commit: u64, message: u64) -> Gather {
        let mut gather = Gather::new();
        for _ in 0..100 {
            gather.asked(at(1_000));
            gather.committed(at(1_000 + commit));
            gather.answered(at(1_000), at(1_000 + message));
        }
        gather
    }

    #[test]
    fn where_commits_are_quick_half_of_the_places_share_one_and_whoever_stands_still_is_not_let_wait() {
        let mut gather = after(1, 4);
        let now = at(2_000);
        assert!(!gather.is_over(now, 9, 11, false));
        assert!(gather.is_over(now, 10, 10, false));
        assert!(gather.is_over(now, 1, 19, true));
        assert!(!gather.is_over(now, 0, 20, true), "there is nothing to commit");
    }

    #[test]
    fn where_commits_are_slow_everything_under_way_is_waited_for() {
        let mut gather = after(30, 4);
        let now = at(2_000);
        assert!(!gather.is_over(now, 15, 5, true));
        assert!(gather.is_over(now, 20, 0, true));
    }

    #[test]
    fn a_message_that_takes_its_time_keeps_no_wave() {
        for (commit, longest) in [(1, 5), (30, 8)] {
            let mut gather = after(commit, 4);
            assert!(!gather.is_over(at(2_000), 1, 3, false));
            assert!(!gather.is_over(at(2_000 + longest - 2), 2, 3, false));
            assert!(gather.is_over(at(2_000 + longest), 2, 3, false), "{commit} ms a commit");
        }
    }
}
