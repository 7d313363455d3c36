//! Lanes, spares, guards and turns, each rule by itself.

use std::cell::Cell;
use std::time::Duration;

use super::fate::{Cut, Fate};
use super::plan::plan;
use super::stage::Stage;
use crate::config::Policy;
use crate::floor::{End, Stop};
use crate::ledger::{Heard, State};
use crate::pace::{Lanes, Moment};

/// Plays to the end; `fate` says what becomes of a reader's message, `up` whether a relay's connections come up.
fn play(stage: &mut Stage, fate: impl Fn(i64) -> Fate, up: impl Fn(usize, Moment) -> bool) {
    for _ in 0..10_000 {
        if stage.end.is_some() {
            return;
        }
        let Some(index) = stage.possible().first().copied() else {
            assert!(stage.wait(), "stuck");
            continue;
        };
        let well = stage.relay_of(index).is_none_or(|relay| up(relay, stage.now()));
        stage.happen(index, stage.reader_of(index).map_or(Fate::Accept, &fate), well);
    }
    panic!("it never ends");
}

fn always(_: usize, _: Moment) -> bool {
    true
}

#[test]
fn a_lane_with_a_rate_keeps_to_it_and_holds_nobody_else_up() {
    let mut plan = plan(Policy::AtMostOnce, 1, 4);
    plan.lanes = Lanes::new([("big".to_owned(), vec!["big.example".to_owned()], Some(10))]);
    let mut stage = Stage::new(plan, 90, 1);
    // Every third reader is in the slow lane: 30 of them at ten a second.
    while stage.end.is_none() {
        match stage.possible().first().copied() {
            Some(index) => stage.happen(index, Fate::Accept, true),
            None => {
                let slow = stage.count(State::Queued);
                assert!(slow <= 30, "the others wait for the slow lane: {slow} queued");
                assert!(stage.wait(), "stuck");
            }
        }
    }
    assert_eq!(stage.count(State::Sent), 90);
    assert!((2_500..=3_100).contains(&stage.now().since(Moment::START).as_millis()), "{:?}", stage.now());
}

#[test]
fn a_wave_of_refusals_pauses_its_lane_and_no_other() {
    let mut stage = Stage::new(plan(Policy::AtMostOnce, 1, 4), 600, 1);
    let refused = |reader: i64| if reader % 3 == 0 { Fate::RefuseReader } else { Fate::Accept };
    play(&mut stage, refused, always);
    assert!(matches!(&stage.end, Some(End::Alarmed(words)) if words.contains("lane big")), "{:?}", stage.end);
    assert_eq!(stage.count(State::Sent), 400, "the other lane goes on to its end");
    assert!((50..60).contains(&stage.count(State::Failed)), "{} refused", stage.count(State::Failed));
    assert_eq!(stage.told.len(), 1, "{:?}", stage.told);
    assert!(stage.told[0].contains("lane big is paused"), "{:?}", stage.told);
}

#[test]
fn a_lane_an_editor_released_pauses_no_more_and_one_that_waits_gets_nothing() {
    let refused = |reader: i64| if reader % 3 == 0 { Fate::RefuseReader } else { Fate::Accept };
    let mut released = plan(Policy::AtMostOnce, 1, 4);
    released.released = vec!["big".into()];
    let mut stage = Stage::new(released, 600, 1);
    play(&mut stage, refused, always);
    assert_eq!((stage.end.clone(), stage.count(State::Failed)), (Some(End::Drained), 200));

    let mut paused = plan(Policy::AtMostOnce, 1, 4);
    paused.paused = vec!["big".into()];
    let mut stage = Stage::new(paused, 600, 1);
    play(&mut stage, refused, always);
    assert!(matches!(stage.end, Some(End::Alarmed(_))));
    assert_eq!((stage.count(State::Failed), stage.count(State::Queued)), (0, 200));
}

#[test]
fn a_wave_of_refusals_is_seen_over_a_restart() {
    let mut again = plan(Policy::AtMostOnce, 1, 4);
    again.heard.lanes.insert("big".into(), (49, 49));
    let mut stage = Stage::new(again.clone(), 60, 1);
    play(&mut stage, |reader| if reader == 3 { Fate::RefuseReader } else { Fate::Accept }, always);
    assert!(stage.told[0].contains("50 of 50"), "{:?}", stage.told);

    again.heard = Heard { answered: 60, unwanted: 10, ..Heard::default() };
    let unwanted = |reader| if reader == 3 { Fate::RefuseMessage } else { Fate::Accept };
    let mut stage = Stage::new(again.clone(), 60, 1);
    play(&mut stage, unwanted, always);
    assert!(matches!(stage.end, Some(End::Alarmed(_))), "{:?}", stage.end);
    again.heard.cleared = true;
    let mut stage = Stage::new(again, 60, 1);
    play(&mut stage, unwanted, always);
    assert_eq!(stage.end, Some(End::Drained), "an editor has looked at it");
}

#[test]
fn whoever_is_due_while_a_slow_lane_still_runs_is_sent_to_in_the_same_run() {
    let mut plan = plan(Policy::AtMostOnce, 1, 4);
    plan.rules.retry = vec![Duration::from_secs(2)];
    plan.lanes = Lanes::new([("big".to_owned(), vec!["big.example".to_owned()], Some(1))]);
    let mut stage = Stage::new(plan, 30, 1);
    // Reader 1 is in the lane that runs dry at once; the slow one takes ten seconds.
    let deferred = Cell::new(false);
    play(&mut stage, |reader| if reader == 1 && !deferred.replace(true) { Fate::Defer } else { Fate::Accept }, always);
    assert_eq!((stage.end.clone(), stage.count(State::Sent)), (Some(End::Drained), 30));
}

#[test]
fn the_spare_carries_on_once_the_day_of_the_other_relay_is_spent() {
    let mut plan = plan(Policy::AtMostOnce, 2, 4);
    plan.relays[0].quota.per_day = Some(7);
    let mut stage = Stage::new(plan, 30, 1);
    play(&mut stage, |_| Fate::Accept, always);
    assert_eq!((stage.end.clone(), stage.count(State::Sent)), (Some(End::Drained), 30));
    assert!(
        stage.told[0].contains("the 7 messages of its day (UTC); the spare relay `second` carries"),
        "{:?}",
        stage.told
    );
}

#[test]
fn few_refusals_are_single_readers() {
    let mut stage = Stage::new(plan(Policy::AtMostOnce, 1, 4), 200, 1);
    play(&mut stage, |reader| if reader <= 4 { Fate::RefuseReader } else { Fate::Accept }, always);
    assert_eq!((stage.end.clone(), stage.count(State::Failed)), (Some(End::Drained), 4));
}

#[test]
fn the_spare_carries_while_the_relay_is_away_and_gives_back_when_it_answers() {
    let mut stage = Stage::new(plan(Policy::AtMostOnce, 2, 3), 400, 1);
    play(&mut stage, |_| Fate::Accept, |relay, _| relay == 1);
    assert_eq!((stage.end.clone(), stage.count(State::Sent)), (Some(End::Drained), 400));
    assert!(stage.told[0].contains("the spare relay `second` carries"), "{:?}", stage.told);

    // With a slow pace the first one comes back in the middle.
    let mut slow = plan(Policy::AtMostOnce, 2, 3);
    slow.relays[1].rate = Some(2);
    let mut stage = Stage::new(slow, 400, 1);
    let later = Moment::START.after(Duration::from_secs(20));
    play(&mut stage, |_| Fate::Accept, |relay, now| relay == 1 || now >= later);
    assert_eq!(stage.count(State::Sent), 400);
    assert!(stage.told[1].contains("`main` is back"), "{:?}", stage.told);
    assert!(
        stage.now() < Moment::START.after(Duration::from_secs(60)),
        "the rest went by the first: {:?}",
        stage.now()
    );
}

#[test]
fn without_a_spare_or_with_both_away_the_run_ends_with_everybody_queued() {
    for relays in [1, 2] {
        let mut stage = Stage::new(plan(Policy::AtMostOnce, relays, 3), 20, 1);
        play(&mut stage, |_| Fate::Accept, |_, _| false);
        assert!(matches!(stage.end, Some(End::Away(_))), "{:?}", stage.end);
        assert_eq!(stage.count(State::Queued), 20);
    }
}

#[test]
fn a_second_signal_leaves_unknown_only_whose_message_may_have_left_and_queues_the_others_again() {
    let mut stage = Stage::new(plan(Policy::AtMostOnce, 1, 2), 10, 2);
    hand_out(&mut stage, 4);
    stage.stop(Stop::Terminate, &[]);
    assert_eq!(stage.end, None, "what is in flight is finished");
    stage.stop(Stop::Terminate, &[Cut::Lost, Cut::Before]);
    run_out(&mut stage);
    assert_eq!(stage.end, Some(End::Terminated));
    assert_eq!((stage.count(State::Unknown), stage.count(State::Sending)), (1, 0));
    assert_eq!(stage.count(State::Queued) + stage.count(State::Sent), 9);
    stage.start_again();
    stage.finish();
}

#[test]
fn two_signals_end_a_run_that_was_ending_for_another_reason() {
    let mut stage = Stage::new(plan(Policy::AtMostOnce, 1, 2), 10, 1);
    hand_out(&mut stage, 2);
    stage.held = true;
    let message = stage.possible().into_iter().find(|index| stage.is_message(*index)).unwrap();
    stage.happen(message, Fate::Accept, true);
    while !stage.possible().into_iter().any(|index| stage.is_commit(index)) {
        assert!(stage.wait(), "stuck");
    }
    let commit = stage.possible().into_iter().find(|index| stage.is_commit(*index)).unwrap();
    stage.happen(commit, Fate::Accept, true);
    stage.stop(Stop::Terminate, &[]);
    assert_eq!(stage.end, None, "one message is on the wire");
    stage.stop(Stop::Terminate, &[Cut::Before]);
    run_out(&mut stage);
    assert_eq!((stage.end.clone(), stage.count(State::Sending)), (Some(End::Held), 0));
}

/// Until so many messages are on the wire; the first is answered, for a run begins with one.
fn hand_out(stage: &mut Stage, messages: usize) {
    while stage.messages() < messages {
        match stage.possible().into_iter().find(|index| !stage.is_message(*index)) {
            Some(index) => stage.happen(index, Fate::Accept, true),
            None if stage.sleeps() => assert!(stage.wait()),
            None => stage.happen(stage.possible()[0], Fate::Accept, true),
        }
    }
}

/// Whatever is under way comes to its end.
fn run_out(stage: &mut Stage) {
    while let Some(index) = stage.possible().first().copied() {
        stage.happen(index, Fate::Accept, true);
    }
}
