//! Anything in any order: waves, outcomes, leavers, holds, kills. The books must close all the same.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::ledger;

const READERS: usize = 12;

#[derive(Clone, Debug)]
enum Step {
    /// Settle so many of what is in flight with these outcomes, and ask for more.
    Wave {
        outcomes: Vec<State>,
        want: usize,
    },
    Leave(usize),
    Suppress(usize),
    /// The process dies with grants in flight; a new one takes over.
    Kill,
    Hold,
    Release,
    Later(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let state = prop::sample::select(vec![
        State::Sent,
        State::Sent,
        State::Failed,
        State::Deferred,
        State::Queued,
        State::Unknown,
    ]);
    prop_oneof![
        6 => (prop::collection::vec(state, 0..5), 0..5_usize).prop_map(|(outcomes, want)| Step::Wave { outcomes, want }),
        1 => (0..READERS).prop_map(Step::Leave),
        1 => (0..READERS).prop_map(Step::Suppress),
        1 => Just(Step::Kill),
        1 => Just(Step::Hold),
        2 => Just(Step::Release),
        1 => (1..20_i64).prop_map(Step::Later),
    ]
}

/// What the test itself knows, to hold the store to.
struct Run {
    home: Home,
    store: Store,
    edition: EditionId,
    policy: Policy,
    now: DateTime<Utc>,
    in_flight: Vec<Grant>,
    /// Readers who may not be granted any more, and why.
    over: BTreeMap<i64, &'static str>,
    gone: BTreeSet<i64>,
    unknown_by_kills: u64,
    granted_and_killed: u64,
}

impl Run {
    fn new(policy: Policy) -> Self {
        let home = Home::new();
        let mut store = home.open();
        subscribe(&mut store, READERS);
        let edition = begin(&mut store);
        store.freeze(edition, &frozen(policy), morning()).unwrap();
        store.start_sending(edition, morning()).unwrap();
        Self {
            home,
            store,
            edition,
            policy,
            now: morning(),
            in_flight: Vec::new(),
            over: BTreeMap::new(),
            gone: BTreeSet::new(),
            unknown_by_kills: 0,
            granted_and_killed: 0,
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Wave { outcomes, want } => self.wave(&outcomes, want),
            Step::Leave(number) => {
                let reader = self.store.reader_by_address(&address(number)).unwrap().unwrap();
                self.store.leave("morning", &reader.key, "link", self.now).unwrap();
                self.gone.insert(reader.id);
            }
            Step::Suppress(number) => {
                let reader = self.store.reader_by_address(&address(number)).unwrap().unwrap();
                self.store.suppress(&Suppressed::Address(address(number)), Reason::Command, "", self.now).unwrap();
                self.gone.insert(reader.id);
            }
            Step::Kill => self.kill(),
            Step::Hold => drop(self.store.hold("morning", "2026-11-24", Purpose::Issue, self.now).unwrap()),
            Step::Release => drop(self.store.release(self.edition).unwrap()),
            Step::Later(minutes) => self.now += TimeDelta::minutes(minutes),
        }
        let counts = self.store.counts(self.edition).unwrap();
        let sum: u64 = State::ALL.iter().map(|state| counts.of(*state)).sum();
        assert_eq!(sum, READERS as u64, "nobody is lost: {counts:?}");
        assert_eq!(counts.sending, self.in_flight.len() as u64, "what is in flight is what was granted");
    }

    fn wave(&mut self, states: &[State], want: usize) {
        let settling: Vec<_> = self.in_flight.drain(..states.len().min(self.in_flight.len())).collect();
        let settled: Vec<_> =
            settling.iter().zip(states).map(|(grant, state)| outcome(grant, self.allowed(grant, *state))).collect();
        for outcome in &settled {
            match outcome.state {
                State::Sent => drop(self.over.insert(outcome.reader, "sent")),
                State::Failed => drop(self.over.insert(outcome.reader, "failed")),
                State::Unknown => drop(self.over.insert(outcome.reader, "unknown")),
                _ => {}
            }
        }
        let held = self.store.edition_by_id(self.edition).unwrap().state == EditionState::Held;
        let wave = self.store.wave(self.edition, &settled, &super::want(want), self.now).unwrap();
        assert!(!held || wave.grants.is_empty(), "a held edition grants nothing");
        for grant in &wave.grants {
            assert_eq!(self.over.get(&grant.reader), None, "granted again without evidence");
            assert!(!self.gone.contains(&grant.reader), "left before the commit, and granted (I9)");
            assert!(self.in_flight.iter().all(|other| other.reader != grant.reader), "granted twice at once");
        }
        self.in_flight.extend(wave.grants);
    }

    /// Where doubles are allowed, an end that nobody saw is tried again before it is unknown.
    fn allowed(&self, grant: &Grant, state: State) -> State {
        if state == State::Unknown { ledger::unseen(self.policy, grant.tries) } else { state }
    }

    fn kill(&mut self) {
        self.store = self.home.open();
        let lock = self.home.lock();
        let recovered = self.store.recover(&lock, self.edition, self.now).unwrap();
        self.granted_and_killed += self.in_flight.len() as u64;
        self.unknown_by_kills += recovered.unknown;
        for grant in self.in_flight.drain(..) {
            if self.policy == Policy::AtMostOnce {
                self.over.insert(grant.reader, "unknown");
            }
        }
    }

    /// Everyone still open is sent to; then the books are closed.
    fn finish(mut self) {
        self.store.release(self.edition).unwrap();
        for _ in 0..20 {
            self.now += TimeDelta::minutes(10);
            let all = [State::Sent; READERS];
            self.wave(&all, READERS);
        }
        assert!(self.store.close_if_done(&self.home.lock(), self.edition, self.now).unwrap());
        let counts = self.store.counts(self.edition).unwrap();
        assert!(counts.closed(), "{counts:?}");
        assert!(self.unknown_by_kills <= self.granted_and_killed, "more unknown than were granted (I10)");
        assert!(self.store.integrity().unwrap().is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_nobody_is_lost_and_nobody_is_granted_twice_without_evidence(
        at_least_once in any::<bool>(),
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let mut run = Run::new(if at_least_once { Policy::AtLeastOnce } else { Policy::AtMostOnce });
        for step in steps {
            run.take(step);
        }
        run.finish();
    }
}
