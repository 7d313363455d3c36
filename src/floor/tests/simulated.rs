//! Seeded runs: relays that do anything, disks that forget, readers that leave, clocks that jump, crashes.
//!
//! A failing seed is printed and played again with `PRESSRUN_SEED=1234 cargo test simulated`;
//! `PRESSRUN_SEEDS=100000` plays more of them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use chrono::TimeDelta;

use super::fate::{Cut, Fate};
use super::plan::plan;
use super::stage::Stage;
use crate::config::Policy;
use crate::floor::Stop;
use crate::pace::{Moment, Quota};

const SEEDS: u64 = 10_000;

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.roll() % end
    }

    /// True so many times in a thousand.
    fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u64) as usize]
    }
}

/// How kind the world of a seed is, in thousandths.
struct Weather {
    odd_fate: u64,
    trouble: u64,
    disk: u64,
    crash: u64,
    leave: u64,
    signal: u64,
    clock: u64,
}

fn play(seed: u64) {
    let mut dice = Dice(seed);
    let policy = if dice.chance(700) { Policy::AtMostOnce } else { Policy::AtLeastOnce };
    let relays = 1 + dice.below(2) as usize;
    let connections = 1 + dice.below(5) as usize;
    let mut plan = plan(policy, relays, connections);
    if dice.chance(200) {
        plan.relays[0].rate = Some(1 + dice.below(50) as u32);
    }
    if dice.chance(200) {
        plan.limit = Some(dice.below(20));
    }
    if dice.chance(100) {
        plan.others_from = Moment::START.after(Duration::from_secs(30));
    }
    if dice.chance(150) {
        plan.relays[0].quota.per_day = Some(dice.below(12));
    }
    if dice.chance(150) {
        // Runs before this one saw all but a wave of refusals: the next one pauses the lane.
        plan.heard.lanes.insert("big".into(), (60, 4));
    }
    let readers = 1 + dice.below(16) as i64;
    let depth = 1 + dice.below(2) as usize;
    let weather = Weather {
        odd_fate: *dice.pick(&[0, 50, 300, 800]),
        trouble: *dice.pick(&[0, 50, 400]),
        disk: *dice.pick(&[0, 0, 20]),
        crash: *dice.pick(&[0, 10, 60]),
        leave: *dice.pick(&[0, 20]),
        signal: *dice.pick(&[0, 0, 40]),
        clock: *dice.pick(&[0, 0, 30]),
    };
    let mut stage = Stage::new(plan, readers, depth);
    let mut ahead = TimeDelta::zero();
    for _ in 0..70 {
        turn(&mut stage, &mut dice, &weather, readers);
        if dice.chance(weather.clock) {
            let hours = TimeDelta::hours(dice.below(5) as i64 - 2);
            stage.utc += hours - ahead;
            ahead = hours;
        }
    }
    // The next day, and nobody says how many.
    stage.plan.limit = None;
    stage.plan.relays[0].quota = Quota::default();
    stage.finish();
}

fn turn(stage: &mut Stage, dice: &mut Dice, weather: &Weather, readers: i64) {
    if dice.chance(weather.crash) {
        return stage.crash();
    }
    if dice.chance(weather.leave) {
        stage.leave(1 + dice.below(readers as u64) as i64);
    }
    if stage.end.is_some() {
        return stage.start_again();
    }
    if dice.chance(weather.signal) {
        stage.held = dice.chance(300);
        return signal(stage, dice);
    }
    let possible = stage.possible();
    if possible.is_empty() || dice.chance(30) && stage.sleeps() {
        assert!(stage.wait(), "stuck");
        return;
    }
    let index = *dice.pick(&possible);
    let fate = if dice.chance(weather.odd_fate) { *dice.pick(&Fate::ALL) } else { Fate::Accept };
    let bad = if stage.is_commit(index) { weather.disk } else { weather.trouble };
    stage.happen(index, fate, !dice.chance(bad));
}

/// Once, or twice in a row: then what is under way is cut off wherever it stands.
fn signal(stage: &mut Stage, dice: &mut Dice) {
    for _ in 0..1 + dice.below(2) {
        if stage.end.is_some() {
            return;
        }
        let cuts: Vec<Cut> = (0..5).map(|_| *dice.pick(&Cut::ALL)).collect();
        let stop = *dice.pick(&[Stop::Interrupt, Stop::Terminate]);
        stage.stop(stop, &cuts);
    }
}

#[test]
fn ten_thousand_seeded_runs_lose_nobody_and_double_nobody() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    if let Some(seed) = number("PRESSRUN_SEED") {
        return play(seed);
    }
    for seed in 0..number("PRESSRUN_SEEDS").unwrap_or(SEEDS) {
        let played = catch_unwind(AssertUnwindSafe(|| play(seed)));
        assert!(played.is_ok(), "seed {seed} failed: PRESSRUN_SEED={seed} cargo test simulated plays it again");
    }
}
