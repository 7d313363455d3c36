//! Death at every named place of a run (`src/crash.rs`): nobody lost, nobody doubled, the books sound.

use crate::sink::{Script, Sink};
use crate::world::{World, readers};

const DATE: &str = "2026-11-24";
const READERS: usize = 24;
/// The newsroom's `connections`; each holds two grants at most.
const GRANTED: u64 = 4 * 2;

/// Dies at the n-th passage of a place, is started again until it is done, and answers for everybody.
fn dies_at(name: &str, passage: usize) {
    let place = format!("{name}:{passage}");
    let sink = Sink::start(Script::default());
    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    world.subscribe(&readers(READERS));
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);

    let died = world.run_in(&[("PRESSRUN_CRASH", &place)], &["send", DATE, "--yes"]);
    assert_eq!(died.code, -1, "it never came to {place}: {died:?}");
    let again = world.run(&["send", DATE, "--yes"]);
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
    let doctor = world.ok(&["doctor"]);
    assert!(doctor.contains("every invariant holds"), "{place}: {doctor}");
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
