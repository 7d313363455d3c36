//! Relays, stores, clocks and people that misbehave in the middle of a run: nobody lost, nobody doubled.
//!
//! Faults that have a room of their own elsewhere: death at every named place `crash`, at random moments `kill`; a copied
//! store and a full disk `adopt`; the days on which clocks are changed `cron`; an amended version `control`; readers
//! who click in mid-run `leaving`; a relay elsewhere that hides its STARTTLS `abroad`; a spare, a quota, a wave of
//! refusals `pace`. What one session can meet, over every kind of server, is in `src/deliver/tests.rs`: both sides of the
//! dot, silence, replies split, garbled, late and without end, TLS refused, injected and not to be trusted, riding
//! envelopes; and what a run meets in `src/deliver/tests/runs.rs`: few connections, few messages a connection, rests.
//! `tests/mutations.sh` makes the four classic mistakes on purpose.

use std::process::{Child, Command};
use std::time::{Duration, Instant};

use crate::sink::{At, SILENCE, Script, Sink};
use crate::world::{World, readers};

const DATE: &str = "2026-11-24";

fn newsroom(sink: &Sink, addresses: &[String]) -> World {
    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    world.subscribe(addresses);
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    world
}

/// Where everybody stands: sent, and in the other states.
fn books(world: &World) -> String {
    let report = world.json(&["report", DATE]);
    let states = ["sent", "queued", "sending", "failed", "deferred", "suppressed", "unknown", "expired"];
    let count = |state: &&str| report[*state].as_u64().unwrap();
    let told: Vec<_> =
        states.iter().filter(|state| count(state) > 0).map(|state| format!("{} {state}", count(state))).collect();
    told.join(", ")
}

/// Everybody has one copy, and the books say so.
fn all_have_it(sink: &Sink, world: &World, count: usize) {
    assert_eq!(books(world), format!("{count} sent"));
    assert_eq!((sink.kept().len(), sink.most_copies()), (count, 1));
}

fn signal(run: &Child, signal: &str) {
    assert!(Command::new("kill").args([signal, &run.id().to_string()]).status().unwrap().success());
}

#[test]
fn one_refusal_at_any_phase_has_the_effect_the_table_says_and_no_other() {
    // Where, what is said there once; how the run ends, and the books of six readers.
    let table = [
        (At::Banner, "421 4.3.2 not now", 75, "6 queued"),
        (At::Banner, "554 5.3.2 closed", 75, "6 queued"),
        (At::Hello, "421 4.3.2 not now", 75, "6 queued"),
        (At::Hello, "451 4.3.2 not now", 75, "6 queued"),
        (At::Hello, "550 5.7.1 not you", 0, "6 sent"),
        (At::Auth, "421 4.3.2 not now", 75, "6 queued"),
        (At::Auth, "454 4.7.0 not now", 75, "6 queued"),
        (At::Auth, "535 5.7.8 wrong", 2, "6 queued"),
        (At::Mail, "421 4.3.2 not now", 0, "6 sent"),
        (At::Mail, "451 4.3.0 not now", 0, "6 sent"),
        (At::Mail, "550 5.7.1 not from you", 2, "6 queued"),
        (At::Rcpt, "421 4.3.2 not now", 0, "6 sent"),
        (At::Rcpt, "450 4.2.0 not now", 75, "5 sent, 1 deferred"),
        (At::Rcpt, "550 5.1.1 nobody", 7, "5 sent, 1 failed"),
        (At::Data, "421 4.3.2 not now", 0, "6 sent"),
        (At::Data, "451 4.3.0 not now", 0, "6 sent"),
        (At::Data, "554 5.7.1 no", 7, "5 sent, 1 failed"),
        (At::Dot, "421 4.3.2 not now", 0, "6 sent"),
        (At::Dot, "451 4.3.0 not now", 75, "5 sent, 1 deferred"),
        (At::Dot, "554 5.7.1 no", 7, "5 sent, 1 failed"),
        (At::Dot, "354 go on", 7, "5 sent, 1 unknown"),
    ];
    for (at, reply, code, expected) in table {
        let login = (at == At::Auth).then_some(("ada", "sesame"));
        let sink = Sink::start(Script { once: vec![(at, reply)], login, ..Script::default() });
        let world = newsroom(&sink, &readers(6));
        if login.is_some() {
            world.write("password", "sesame\n");
            let with = format!("url = \"smtp://ada@{}\"\npassword_file = \"password\"", sink.address());
            let config = world.read("config.toml").replace(&format!("url = \"smtp://{}\"", sink.address()), &with);
            world.write("config.toml", &config);
        }
        let ran = world.run(&["send", DATE, "--yes"]);
        assert_eq!((ran.code, books(&world).as_str()), (code, expected), "{at:?} {reply}\n{}", ran.stderr);
        assert!(sink.most_copies() <= 1, "{at:?} {reply}");
    }
}

#[test]
fn a_connection_reset_behind_the_250_doubles_nobody_and_loses_nobody() {
    let sink = Sink::start(Script::default());
    let addresses = ["anna", "accept-then-rst1", "bela", "accept-then-rst2", "cora"];
    let world = newsroom(&sink, &addresses.map(|local| format!("{local}@reader.test")));
    let ran = world.run(&["send", DATE, "--yes"]);
    assert!([0, 7].contains(&ran.code), "{ran:?}");
    assert_eq!((sink.kept().len(), sink.most_copies()), (5, 1), "{}", books(&world));
    // Whether the 250 outlived the reset is the network's; what did not is unknown, and nothing else.
    let report = world.json(&["report", DATE]);
    assert_eq!(report["sent"].as_u64().unwrap() + report["unknown"].as_u64().unwrap(), 5);
}

#[test]
fn a_relay_that_speaks_one_slow_byte_at_a_time_is_listened_to() {
    let sink = Sink::start(Script { split: Some(Duration::from_millis(8)), ..Script::default() });
    let world = newsroom(&sink, &readers(2));
    world.ends(0, &["send", DATE, "--yes"]);
    all_have_it(&sink, &world, 2);
}

#[test]
fn a_relay_that_is_away_in_the_middle_of_a_run_costs_an_hour_and_nobody() {
    let sink = Sink::start(Script { always: vec![(At::Mail, SILENCE)], slow: Duration::ZERO, ..Script::default() });
    let mut world = newsroom(&sink, &readers(8));
    world.ends(75, &["send", DATE, "--yes"]);
    assert!(sink.kept().is_empty());
    let well = Sink::start(Script::default());
    let relay = format!("relays.main.url=smtp://{}", well.address());
    world.at("2026-11-24T07:31:00Z");
    world.ends(0, &["--set", &relay, "send", DATE, "--yes"]);
    all_have_it(&well, &world, 8);
}

#[test]
fn a_store_that_another_program_locks_in_the_middle_of_a_run_is_waited_for() {
    let sink = Sink::start(Script { think: Duration::from_millis(10), ..Script::default() });
    let world = newsroom(&sink, &readers(60));
    let run = world.spawn(&["send", DATE, "--yes"]);
    sink.wait_for(10);
    let mut store = rusqlite::Connection::open(world.path("pressrun.db")).unwrap();
    store.busy_timeout(Duration::from_secs(10)).unwrap();
    let writing = store.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).unwrap();
    std::thread::sleep(Duration::from_secs(4));
    assert!(sink.kept().len() < 30, "nothing leaves without a commit");
    drop(writing);
    let ended = run.wait_with_output().unwrap();
    assert!(ended.status.success(), "{ended:?}");
    all_have_it(&sink, &world, 60);
}

#[test]
fn a_store_that_is_locked_when_a_relay_first_answers_holds_up_no_connection() {
    let sink = Sink::start(Script { think: Duration::from_millis(500), ..Script::default() });
    let world = newsroom(&sink, &readers(3));
    let mut run = world.spawn(&["send", DATE, "--yes"]);
    sink.wait_for_command("DATA");
    let mut store = rusqlite::Connection::open(world.path("pressrun.db")).unwrap();
    store.busy_timeout(Duration::from_secs(10)).unwrap();
    let writing = store.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).unwrap();
    // The first message is answered, and more connections are opened though nothing can be written.
    sink.wait_for(1);
    std::thread::sleep(Duration::from_millis(1_500));
    assert!(sink.connections() > 1, "the run stands still with the store");
    drop(writing);
    assert!(run.wait().unwrap().success());
    all_have_it(&sink, &world, 3);
}

#[test]
fn a_process_that_is_stopped_and_goes_on_is_still_the_only_one_that_sends() {
    let sink = Sink::start(Script { think: Duration::from_millis(10), ..Script::default() });
    let world = newsroom(&sink, &readers(60));
    let run = world.spawn(&["send", DATE, "--yes"]);
    sink.wait_for(10);
    signal(&run, "-STOP");
    let ran = world.ends(75, &["send", DATE, "--yes"]);
    assert!(ran.stderr.contains("another process"), "{}", ran.stderr);
    std::thread::sleep(Duration::from_secs(1));
    signal(&run, "-CONT");
    assert!(run.wait_with_output().unwrap().status.success());
    all_have_it(&sink, &world, 60);
}

#[test]
fn a_clock_that_jumps_two_hours_forth_and_back_doubles_nobody() {
    let sink = Sink::start(Script::default());
    let mut addresses = readers(12);
    addresses.push("later@reader.test".to_owned());
    let mut world = newsroom(&sink, &addresses);
    for clock in ["2026-11-24T06:31:00Z", "2026-11-24T08:31:00Z", "2026-11-24T04:31:00Z"] {
        world.at(clock);
        world.ends(6, &["send", DATE, "--yes", "--limit", "3"]);
        world.ok(&["release", DATE]);
    }
    world.at("2026-11-24T06:40:00Z");
    world.run(&["send", DATE, "--yes"]);
    world.at("2026-11-24T09:00:00Z");
    world.ends(0, &["send", DATE, "--yes"]);
    all_have_it(&sink, &world, 13);
}

#[test]
fn five_processes_at_once_are_one_run() {
    let sink = Sink::start(Script { think: Duration::from_millis(5), ..Script::default() });
    let world = newsroom(&sink, &readers(40));
    let five: Vec<_> = (0..5).map(|_| world.spawn(&["send", "--due"])).collect();
    let codes: Vec<_> = five.into_iter().map(|run| run.wait_with_output().unwrap().status.code().unwrap()).collect();
    assert!(codes.iter().all(|code| [0, 75].contains(code)) && codes.contains(&0), "{codes:?}");
    all_have_it(&sink, &world, 40);
}

#[test]
fn a_run_that_is_asked_to_end_and_then_killed_has_lost_nobody() {
    let sink = Sink::start(Script { think: Duration::from_millis(30), ..Script::default() });
    let world = newsroom(&sink, &readers(40));
    let mut run = world.spawn(&["send", DATE, "--yes"]);
    sink.wait_for(6);
    signal(&run, "-TERM");
    signal(&run, "-KILL");
    run.wait().unwrap();
    let ran = world.run(&["send", DATE, "--yes"]);
    assert!([0, 7].contains(&ran.code), "{ran:?}");
    let report = world.json(&["report", DATE]);
    assert_eq!(report["sent"].as_u64().unwrap() + report["unknown"].as_u64().unwrap(), 40, "{report}");
    assert!(report["unknown"].as_u64().unwrap() <= 8 && sink.most_copies() == 1, "{report}");
}

#[test]
fn a_list_of_one_is_sent_to_and_a_list_of_nobody_is_told() {
    let sink = Sink::start(Script::default());
    let world = newsroom(&sink, &readers(1));
    world.ends(0, &["send", DATE, "--yes"]);
    all_have_it(&sink, &world, 1);

    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    let ran = world.ends(5, &["send", DATE, "--yes"]);
    assert!(ran.stderr.contains("has no active subscribers"), "{}", ran.stderr);
    assert_eq!(sink.kept().len(), 1);
}

#[test]
fn whoever_leaves_comes_back_or_bounces_while_the_run_is_on_is_treated_as_they_are_by_then() {
    let sink = Sink::start(Script { think: Duration::from_millis(120), ..Script::default() });
    let zoe = |number: u32| format!("zoe{number}@reader.test");
    // The list is in the order of addresses: these come last.
    let world = newsroom(&sink, &[readers(116), (1..=4).map(zoe).collect()].concat());
    let run = world.spawn(&["send", DATE, "--yes"]);
    sink.wait_for(5);
    world.ok(&["subscribers", "remove", &zoe(1)]);
    world.ok(&["subscribers", "remove", &zoe(2)]);
    world.ok(&["subscribers", "add", &zoe(2), "--again"]);
    world.ok(&["suppressions", "add", &zoe(3)]);
    let ended = run.wait_with_output().unwrap();
    assert!(ended.status.success(), "{ended:?}");
    assert_eq!(books(&world), "118 sent, 2 suppressed");
    let copies = |number: u32| sink.copies(&zoe(number));
    assert_eq!((copies(1), copies(2), copies(3), copies(4), sink.most_copies()), (0, 1, 0, 1, 1));
}

#[test]
fn an_edit_while_the_run_is_on_changes_no_mail_of_it() {
    let sink = Sink::start(Script { think: Duration::from_millis(20), ..Script::default() });
    let world = newsroom(&sink, &readers(60));
    let run = world.spawn(&["send", DATE, "--yes"]);
    sink.wait_for(5);
    let story = "issues/stories/2026/tram-returns.md";
    world.write(story, &world.read(story).replace("in spring", "in autumn"));
    signal(&run, "-INT");
    assert_eq!(run.wait_with_output().unwrap().status.code(), Some(130));
    // It goes on with what was frozen, though what is on the desk is not approved.
    world.ends(0, &["send", DATE, "--yes"]);
    all_have_it(&sink, &world, 60);
    let frozen = sink.kept().iter().all(|kept| String::from_utf8_lossy(&kept.bytes).contains("due in spring"));
    assert!(frozen, "somebody got what nobody approved");
}

#[test]
fn a_relay_that_is_started_again_in_the_middle_of_a_run_gets_the_rest_of_it() {
    let sink = Sink::start(Script { think: Duration::from_millis(20), ..Script::default() });
    let world = newsroom(&sink, &readers(60));
    let run = world.spawn(&["send", DATE, "--yes"]);
    sink.wait_for(10);
    sink.go_away();
    let at = sink.address();
    let before = sink.kept();
    drop(sink);
    let again = Sink::start_again(at, Script::default());
    let ended = run.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    let both = before.iter().chain(&again.kept()).map(|kept| kept.recipient.clone()).collect::<Vec<_>>();
    let everybody: std::collections::BTreeSet<_> = both.iter().collect();
    assert_eq!((both.len(), everybody.len(), books(&world).as_str()), (60, 60, "60 sent"));
}

#[test]
fn a_store_that_stays_locked_longer_than_a_run_waits_costs_nobody_a_copy_or_a_place_in_the_books() {
    let sink = Sink::start(Script { think: Duration::from_millis(10), ..Script::default() });
    let world = newsroom(&sink, &readers(40));
    let run = world.spawn(&["send", DATE, "--yes"]);
    sink.wait_for(10);
    let mut store = rusqlite::Connection::open(world.path("pressrun.db")).unwrap();
    store.busy_timeout(Duration::from_secs(10)).unwrap();
    let writing = store.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).unwrap();
    // Longer than the half minute a commit is tried for, and shorter than two.
    std::thread::sleep(Duration::from_secs(45));
    let by_then = sink.kept().len();
    drop(writing);
    let ended = run.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(75), "{ended:?}");
    assert_eq!(sink.kept().len(), by_then, "nothing leaves without a commit");
    // What was answered meanwhile was kept, and is in the books by now.
    assert_eq!(books(&world), format!("{by_then} sent, {} queued", 40 - by_then));
    world.ends(0, &["send", DATE, "--yes"]);
    all_have_it(&sink, &world, 40);
}

/// Two signals in a row, and the end that they make of it; long before the relay's silence is over.
fn abandoned(run: Child, sink: &Sink) {
    // What was asked for is on its way.
    std::thread::sleep(Duration::from_millis(300));
    let begun = Instant::now();
    signal(&run, "-TERM");
    std::thread::sleep(Duration::from_millis(200));
    signal(&run, "-INT");
    let ended = run.wait_with_output().unwrap();
    assert!(begun.elapsed() < HOLD / 2, "it waited for the relay: {:?}", sink.commands());
    assert_eq!(ended.status.code(), Some(143), "{ended:?}");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(said.contains("asked again, it ends now"), "{said}");
}

/// How long a relay holds back a reply.
const HOLD: Duration = Duration::from_secs(60);

#[test]
fn a_second_signal_leaves_unknown_only_whose_final_dot_may_have_left() {
    for (at, verb, expected) in
        [(At::Mail, "MAIL", "6 queued"), (At::Data, "DATA", "6 queued"), (At::Dot, "DATA", "5 queued, 1 unknown")]
    {
        let sink = Sink::start(Script { always: vec![(at, SILENCE)], slow: HOLD, ..Script::default() });
        let world = newsroom(&sink, &readers(6));
        let run = world.spawn(&["send", DATE, "--yes"]);
        sink.wait_for_command(verb);
        abandoned(run, &sink);
        assert_eq!(books(&world), expected, "{at:?}");
        let attempted = sink.commands().iter().filter(|command| command.starts_with("MAIL")).count();
        assert_eq!(attempted, 1, "a run begins with one message");
    }
}

#[test]
fn a_second_signal_gives_back_whoever_only_waited_for_a_turn() {
    let sink = Sink::start(Script { slow: HOLD, ..Script::default() });
    // The relay has each of these, and keeps its yes to itself.
    let addresses: Vec<_> = ["anna", "bela"].into_iter().map(str::to_owned).chain((0..20).map(slow)).collect();
    let world = newsroom(&sink, &addresses.iter().map(|local| format!("{local}@reader.test")).collect::<Vec<_>>());
    let run = world.spawn(&["send", DATE, "--yes"]);
    sink.wait_for(6);
    abandoned(run, &sink);
    assert_eq!(books(&world), "2 sent, 16 queued, 4 unknown");
    let well = Sink::start(Script::default());
    let relay = format!("relays.main.url=smtp://{}", well.address());
    world.ends(7, &["--set", &relay, "send", DATE, "--yes"]);
    assert_eq!((books(&world).as_str(), well.kept().len()), ("18 sent, 4 unknown", 16));
    let doubled = addresses.iter().filter(|local| {
        let reader = format!("{local}@reader.test");
        sink.copies(&reader) + well.copies(&reader) != 1
    });
    assert_eq!(doubled.count(), 0);
    assert!(world.ok(&["doctor"]).contains("every invariant holds"));
}

#[test]
fn a_second_signal_counts_the_yes_that_came_before_the_next_envelope_was_answered() {
    let sink = Sink::start(Script { slow: HOLD, ..Script::default() });
    // One after the other in this order: by the last ones envelopes ride behind dots.
    let mut addresses: Vec<_> = (0..60).map(|number| format!("a{number:03}@reader.test")).collect();
    addresses.push("hush-at-rcpt@reader.test".to_owned());
    let world = newsroom(&sink, &addresses);
    let run = world.spawn(&["--set", "relays.main.connections=1", "send", DATE, "--yes"]);
    sink.wait_for_command("RCPT TO:<hush");
    abandoned(run, &sink);
    assert_eq!(books(&world), "60 sent, 1 queued");
}

fn slow(number: u32) -> String {
    format!("slow-dot+{number}")
}
