//! Death at every named place of a run (`src/crash.rs`): nobody lost, nobody doubled, the books sound.

use crate::sink::{Script, Sink};
use crate::world::{Ran, World, readers};

const DATE: &str = "2026-11-24";
const READERS: usize = 24;
/// The newsroom's `connections`; each holds two grants at most.
const GRANTED: u64 = 4 * 2;

/// Dies at the n-th passage of a place, is started again until it is done, and answers for everybody.
fn dies_at(name: &str, passage: usize) {
    dies_at_each(&[&format!("{name}:{passage}")]);
}

/// Dies at each of these, one run after the other, under either policy.
fn dies_at_each(places: &[&str]) {
    at_most_once(places);
    at_least_once(places);
}

/// A run that died at each of these and was then started once more.
fn died(policy: &str, places: &[&str]) -> (Sink, World, Ran) {
    let sink = Sink::start(Script::default());
    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    let policy = format!("policy = \"{policy}\"\nreply_to");
    world.write("config.toml", &world.read("config.toml").replace("reply_to", &policy));
    world.subscribe(&readers(READERS));
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    for place in places {
        let died = world.run_in(&[("PRESSRUN_CRASH", place)], &["send", DATE, "--yes"]);
        assert_eq!(died.code, -1, "it never came to {place}: {died:?}");
    }
    let again = world.run(&["send", DATE, "--yes"]);
    let doctor = world.ok(&["doctor"]);
    assert!(doctor.contains("every invariant holds"), "{places:?}: {doctor}");
    (sink, world, again)
}

/// Nobody is left unsure, and nobody gets more copies than there were tries.
fn at_least_once(places: &[&str]) {
    let (sink, world, again) = died("at-least-once", places);
    assert_eq!(again.code, 0, "{places:?}: {again:?}");
    let report = world.json(&["report", DATE]);
    let count = |key: &str| report[key].as_u64().unwrap();
    assert_eq!((&report["state"], count("sent")), (&"done".into(), READERS as u64), "{places:?}: {report}");
    assert!(readers(READERS).iter().all(|reader| sink.copies(reader) >= 1), "{places:?}: somebody got nothing");
    assert!(sink.most_copies() <= 2, "{places:?}: somebody got {}", sink.most_copies());
    let again = sink.kept().len() as u64 - READERS as u64;
    assert!(again <= GRANTED, "{places:?}: {again} got a second copy");
}

fn at_most_once(places: &[&str]) {
    let place = places.join(", ");
    let (sink, world, again) = died("at-most-once", places);
    assert!([0, 7].contains(&again.code), "{place}: {again:?}");

    let report = world.json(&["report", DATE]);
    let count = |key: &str| report[key].as_u64().unwrap();
    assert_eq!(report["state"], "done", "{place}: {report}");
    assert_eq!(count("sent") + count("unknown"), READERS as u64, "{place}: {report}");
    assert!(count("unknown") <= GRANTED, "{place}: {report}");
    assert!(sink.most_copies() <= 1, "{place}: somebody got {}", sink.most_copies());
    let kept = sink.kept().len() as u64;
    assert!(kept >= count("sent"), "{place}: {kept} kept, {report}");
    assert!(kept <= count("sent") + count("unknown"), "{place}: {kept} kept, {report}");
}

#[test]
fn before_a_reader_was_granted_anything() {
    for place in ["before snapshot", "after snapshot", "ready"] {
        dies_at(place, 1);
    }
}

#[test]
fn between_the_ledger_and_the_wire() {
    for place in ["claim", "intent committed"] {
        dies_at(place, 1);
        dies_at(place, 4);
    }
}

#[test]
fn while_it_settles_what_a_dead_run_left() {
    for place in ["takeover:1", "taken over:1"] {
        dies_at_each(&["dot:2", place]);
        dies_at_each(&["outcomes written:2", place, place]);
    }
}

#[test]
fn in_the_envelope() {
    for place in ["MAIL", "RCPT", "DATA"] {
        dies_at(place, 1);
        dies_at(place, 9);
        dies_at(place, READERS);
    }
}

#[test]
fn in_the_message() {
    for place in ["half body", "dot", "250"] {
        dies_at(place, 1);
        dies_at(place, 9);
        dies_at(place, READERS);
    }
}

#[test]
fn between_the_answer_and_the_ledger() {
    for place in ["outcomes written", "outcome committed"] {
        dies_at(place, 1);
        dies_at(place, 4);
    }
}

#[test]
fn at_the_end() {
    for place in ["drain", "before close", "closed"] {
        dies_at(place, 1);
    }
}
