//! Small runs in every order there is, with a crash at every step.

use std::collections::HashSet;

use super::fate::{Cut, Fate};
use super::plan::plan;
use super::stage::Stage;
use crate::config::Policy;
use crate::floor::Stop;

/// Fates that lead to different places; the others differ only in words.
const FATES: [Fate; 6] =
    [Fate::Accept, Fate::RefuseReader, Fate::Defer, Fate::DropBefore, Fate::DropAfterTaking, Fate::DropAfterLosing];

/// Every way a run can go from here, so many steps deep; each is crashed, and each is finished.
struct Walk {
    seen: HashSet<String>,
    crashes: usize,
}

impl Walk {
    fn explore(policy: Policy, readers: i64, depth: usize, steps: usize) -> Self {
        let mut walk = Self { seen: HashSet::new(), crashes: 0 };
        walk.from(&Stage::new(plan(policy, 1, 2), readers, depth), steps);
        walk
    }

    fn from(&mut self, stage: &Stage, steps: usize) {
        // Orders that lead to the same world are one.
        if !self.seen.insert(format!("{steps} {stage:?}")) {
            return;
        }
        let mut crashed = stage.clone();
        crashed.crash();
        crashed.finish();
        self.crashes += 1;
        if steps == 0 || stage.end.is_some() {
            stage.clone().finish();
            return;
        }
        for index in stage.possible() {
            for fate in self.fates(stage, index) {
                let mut next = stage.clone();
                next.happen(index, *fate, true);
                self.from(&next, steps - 1);
            }
            let mut next = stage.clone();
            next.happen(index, Fate::DropBefore, false);
            self.from(&next, steps - 1);
        }
        if stage.possible().is_empty() {
            let mut next = stage.clone();
            assert!(next.wait(), "stuck: {stage:?}");
            self.from(&next, steps - 1);
        }
        for stop in [Stop::Terminate, Stop::Interrupt] {
            let mut next = stage.clone();
            next.stop(stop, &[]);
            next.finish();
        }
        if stage.messages() > 0 {
            self.abandoned(stage);
        }
    }

    /// Two signals: each message under way has come as far as it may have.
    fn abandoned(&self, stage: &Stage) {
        for cuts in Cut::ALL.into_iter().flat_map(|first| Cut::ALL.map(|second| [first, second])) {
            let mut next = stage.clone();
            next.stop(Stop::Terminate, &[]);
            next.stop(Stop::Interrupt, &cuts);
            next.finish();
        }
    }

    fn fates(&self, stage: &Stage, index: usize) -> &'static [Fate] {
        if stage.is_message(index) { &FATES } else { &FATES[..1] }
    }
}

#[test]
fn two_readers_on_two_connections_in_every_order_with_a_crash_at_every_step() {
    for policy in [Policy::AtMostOnce, Policy::AtLeastOnce] {
        let walk = Walk::explore(policy, 2, 1, 15);
        assert!(walk.crashes > 4_000, "{} worlds", walk.crashes);
    }
}

#[test]
fn three_readers_with_the_next_envelope_behind_the_dot_in_every_order() {
    let walk = Walk::explore(Policy::AtMostOnce, 3, 2, 9);
    assert!(walk.crashes > 4_000, "{} worlds", walk.crashes);
}
