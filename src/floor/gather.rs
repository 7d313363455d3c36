//! When a wave leaves. A commit costs the same for one delivery as for twenty, so those that come soon share it.
//!
//! Where commits are quick, a wave takes half of the connections' places while the other half is busy, and a connection
//! that stands still meanwhile is not let wait. Unless they all stand in one queue: where the fewer there are the faster
//! each of them goes, it is the relay's own work that takes the time, and whoever stands still costs nothing. There a
//! wave leaves when what is under way keeps the relay busy for hardly longer than the commit takes.
//! Where commits are slower than the messages, it is worth waiting for everything under way: a commit for twenty of
//! them, not two for ten each.
//!
//! And when the press looks: answers given in turn may lie a moment, for to be woken for each of them costs more than
//! they do (5 % of a run's CPU against smtp-sink). Pure: times come in as arguments.

use std::time::Duration;

use crate::pace::Moment;

/// The longest that a wave gathers, though those under way may take minutes.
const LONGEST: Duration = Duration::from_millis(5);
/// The longest that answers lie, and the shortest that is worth being woken for.
const LONGEST_NAP: Duration = Duration::from_micros(250);
const SHORTEST_NAP: Duration = Duration::from_micros(50);
/// With so many connections busy or fewer, the relay might wait for an answer of ours.
const AWAKE: usize = 4;
/// What the clock of a run can tell apart.
const TICK: Duration = Duration::from_millis(1);
/// Commits and messages that an average remembers.
const MEMORY: u32 = 16;

#[derive(Clone, Debug)]
pub(super) struct Gather {
    /// When the wave under way was asked for.
    asked: Moment,
    /// What a commit takes, and a message from its grant to its answer.
    commit: Duration,
    message: Duration,
    /// What a message takes of its connection: with more than half of them busy, and with fewer; and its share of that
    /// where all busy ones are served in turn.
    many: Duration,
    few: Duration,
    share: Duration,
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
    /// Connections that do nothing until the wave comes.
    pub(super) still: usize,
}

impl Gather {
    pub(super) fn new() -> Self {
        let none = Duration::ZERO;
        Self { asked: Moment::START, commit: none, message: none, many: none, few: none, share: none, leaves: None }
    }

    pub(super) fn asked(&mut self, now: Moment) {
        (self.asked, self.leaves) = (now, None);
    }

    pub(super) fn committed(&mut self, now: Moment) {
        self.commit = averaged(self.commit, now.since(self.asked));
    }

    /// A message was answered so long after its grant, and took its connection so long, while so many of those that are
    /// up were busy.
    pub(super) fn answered(&mut self, message: Duration, alone: Duration, busy: usize, up: usize) {
        self.message = averaged(self.message, message);
        self.share = averaged(self.share, alone / number(busy).max(1));
        let such = if 2 * busy > up { &mut self.many } else { &mut self.few };
        *such = averaged(*such, alone);
    }

    /// When to look again, though nothing happens.
    pub(super) fn leaves(&self) -> Option<Moment> {
        self.leaves
    }

    /// How long answers may lie: where they are given in turn, some of them come together then, and the relay does not
    /// run out of work meanwhile. Zero where somebody would wait.
    pub(super) fn nap(&self, busy: usize) -> Duration {
        let nap = (self.share * number(busy.saturating_sub(AWAKE)) / 5).min(LONGEST_NAP);
        if self.is_one_queue() && nap >= SHORTEST_NAP { nap } else { Duration::ZERO }
    }

    /// Whether a wave leaves now that the connections stand so.
    pub(super) fn is_over(&mut self, now: Moment, crew: Crew) -> bool {
        let Crew { waiting, busy, still } = crew;
        if waiting == 0 {
            self.leaves = None;
            return false;
        }
        let (longest, enough) = if self.commit > self.message {
            ((2 * self.message).min(self.commit).max(TICK), busy == 0)
        } else if self.is_one_queue() {
            // Once the next one is answered, it would be too late.
            let work = self.share * number(busy.saturating_sub(1));
            let spare = work.saturating_sub(self.commit * 5 / 4);
            (spare.min(LONGEST), spare.is_zero())
        } else if still > 0 {
            (Duration::ZERO, true)
        } else {
            (LONGEST, waiting >= busy)
        };
        let leaves = self.leaves.map_or(now.after(longest), |before| before.min(now.after(longest)));
        self.leaves = Some(leaves);
        enough || now >= leaves
    }

    /// Whether the relay serves its connections in turn, as far as is known: a message takes so much less of its
    /// connection where few are busy. Unknown, it is worth finding out where that takes no more than a moment.
    fn is_one_queue(&self) -> bool {
        self.message < LONGEST && self.few * 4 < self.many * 3
    }
}

fn number(connections: usize) -> u32 {
    u32::try_from(connections).unwrap_or(u32::MAX)
}

/// The first one counts whole.
fn averaged(before: Duration, now: Duration) -> Duration {
    if before.is_zero() { now } else { before * (MEMORY - 1) / MEMORY + now / MEMORY }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Moment {
        Moment::START.after(Duration::from_millis(millis))
    }

    /// After waves that took so many milliseconds, and messages of connections that all go at once.
    fn after(commit: u64, message: u64) -> Gather {
        served(commit, |_| 1_000 * message)
    }

    /// After waves that took so many milliseconds, and messages that took so many microseconds of their connection as
    /// so many of ten were busy.
    fn served(commit: u64, alone: impl Fn(usize) -> u64) -> Gather {
        let mut gather = Gather::new();
        for number in 0..100 {
            let busy = 1 + number % 10;
            gather.asked(at(1_000));
            gather.committed(at(1_000 + commit));
            let alone = Duration::from_micros(alone(busy));
            gather.answered(alone, alone, busy, 10);
        }
        gather
    }

    /// Whether a wave leaves; so many of the connections stand still.
    fn over(gather: &mut Gather, millis: u64, waiting: usize, busy: usize, still: usize) -> bool {
        gather.is_over(at(millis), Crew { waiting, busy, still })
    }

    #[test]
    fn where_commits_are_quick_half_of_the_places_share_one_and_whoever_stands_still_is_not_let_wait() {
        for message in [2, 20] {
            let mut gather = after(1, message);
            assert!(!over(&mut gather, 2_000, 9, 11, 0));
            assert!(over(&mut gather, 2_000, 10, 10, 0));
            assert!(over(&mut gather, 2_000, 1, 19, 1));
            assert!(!over(&mut gather, 2_000, 0, 20, 1), "there is nothing to commit");
        }
    }

    #[test]
    fn a_relay_that_serves_in_turn_is_only_kept_busy_for_as_long_as_a_commit_takes() {
        let mut gather = served(1, |busy| 200 * busy as u64);
        assert!(!over(&mut gather, 2_000, 12, 8, 5), "it has work for 1.6 ms");
        assert!(over(&mut gather, 2_000, 13, 7, 6));
        let mut gather = served(1, |busy| 200 * busy as u64);
        assert!(!over(&mut gather, 2_000, 5, 15, 0), "it has work for 3 ms");
        assert!(!over(&mut gather, 2_001, 6, 14, 1));
        assert!(over(&mut gather, 2_002, 6, 14, 1), "though it was slower, as far as is known");
        let mut alone = Gather::new();
        let message = Duration::from_millis(3);
        alone.answered(message, message, 1, 1);
        assert!(over(&mut alone, 2_000, 1, 1, 0), "of one connection, once it has begun the last one");
        let mut slow = served(1, |busy| 1_000 * busy as u64);
        assert!(over(&mut slow, 2_000, 1, 9, 1), "where it takes long enough for others, they are not let wait");
    }

    #[test]
    fn answers_may_lie_a_moment_only_where_they_are_given_in_turn_and_many_are_to_come() {
        let in_turn = served(1, |busy| 150 * busy as u64);
        assert_eq!(in_turn.nap(0), Duration::ZERO);
        assert_eq!(in_turn.nap(4), Duration::ZERO, "the relay would be short of work");
        assert_eq!(in_turn.nap(9), in_turn.share);
        assert_eq!(in_turn.nap(100), LONGEST_NAP);
        assert_eq!(served(1, |_| 1_500).nap(10), Duration::ZERO, "each connection waits for its own");
        assert_eq!(Gather::new().nap(10), Duration::ZERO, "nothing is known yet");
    }

    #[test]
    fn whether_it_serves_in_turn_is_found_out_by_letting_some_stand_still() {
        let mut gather = served(1, |_| 2_000);
        gather.few = Duration::ZERO;
        assert!(!over(&mut gather, 2_000, 10, 10, 5));
        gather.answered(Duration::from_millis(2), Duration::from_millis(2), 5, 10);
        assert!(over(&mut gather, 2_000, 10, 10, 5));
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
