//! When a wave leaves. A commit costs the same for one delivery as for twenty, so those that come soon share it.
//!
//! Where commits are quick, a wave takes half of the connections' places while the other half is busy. A connection
//! that stands still meanwhile is not let wait, unless the relay is so near that its messages take hardly longer than
//! a commit: then the processor is what is short, and a moment's company costs less than a commit for each.
//! Where commits are slower than the messages, it is worth waiting for everything under way: a commit for twenty of
//! them, not two for ten each. Pure: times come in as arguments.

use std::time::Duration;

use crate::pace::Moment;

/// The longest that a wave gathers, though those under way may take minutes.
const LONGEST: Duration = Duration::from_millis(5);
/// What the clock of a run can tell apart.
const TICK: Duration = Duration::from_millis(1);
/// One in so many connections standing still is reason enough for a wave, however near the relay is.
const MANY: usize = 3;
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

/// How those stand who make a wave, by number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Crew {
    /// Outcomes to be written, or places for grants, whichever are more.
    pub(super) waiting: usize,
    /// Messages under way.
    pub(super) busy: usize,
    /// Connections that do nothing until the wave comes, of those that are up.
    pub(super) still: usize,
    pub(super) up: usize,
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

    /// Whether a wave leaves now that the connections stand so.
    pub(super) fn is_over(&mut self, now: Moment, crew: Crew) -> bool {
        let Crew { waiting, busy, still, up } = crew;
        if waiting == 0 {
            self.leaves = None;
            return false;
        }
        let near = self.message < LONGEST;
        let (longest, enough) = if self.commit > self.message {
            ((2 * self.message).min(self.commit).max(TICK), busy == 0)
        } else if still > 0 {
            (if near { TICK } else { Duration::ZERO }, waiting >= busy || MANY * still >= up)
        } else {
            (LONGEST, waiting >= busy)
        };
        let leaves = self.leaves.map_or(now.after(longest), |before| before.min(now.after(longest)));
        self.leaves = Some(leaves);
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

    /// Whether a wave leaves; of ten connections so many stand still.
    fn over(gather: &mut Gather, millis: u64, waiting: usize, busy: usize, still: usize) -> bool {
        gather.is_over(at(millis), Crew { waiting, busy, still, up: 10 })
    }

    #[test]
    fn where_commits_are_quick_half_of_the_places_share_one_and_whoever_stands_still_is_not_let_wait() {
        let mut gather = after(1, 20);
        assert!(!over(&mut gather, 2_000, 9, 11, 0));
        assert!(over(&mut gather, 2_000, 10, 10, 0));
        assert!(over(&mut gather, 2_000, 1, 19, 1));
        assert!(!over(&mut gather, 2_000, 0, 20, 1), "there is nothing to commit");
    }

    #[test]
    fn where_the_relay_is_near_a_wave_is_worth_a_moment_s_company() {
        let mut gather = after(1, 4);
        assert!(!over(&mut gather, 2_000, 3, 17, 2));
        assert!(over(&mut gather, 2_000, 4, 16, 4), "not where many stand still");
        assert!(!over(&mut gather, 2_000, 3, 17, 1));
        assert!(over(&mut gather, 2_001, 3, 17, 1), "nor for more than a moment");
    }

    #[test]
    fn where_commits_are_slow_everything_under_way_is_waited_for() {
        let mut gather = after(30, 4);
        assert!(!over(&mut gather, 2_000, 15, 5, 5));
        assert!(over(&mut gather, 2_000, 20, 0, 10));
    }

    #[test]
    fn a_message_that_takes_its_time_keeps_no_wave() {
        for (commit, longest) in [(1, 5), (30, 8)] {
            let mut gather = after(commit, 4);
            assert!(!over(&mut gather, 2_000, 1, 3, 0));
            assert!(!over(&mut gather, 2_000 + longest - 2, 2, 3, 0));
            assert!(over(&mut gather, 2_000 + longest, 2, 3, 0), "{commit} ms a commit");
        }
    }
}
