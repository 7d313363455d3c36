//! The ledger through the command line: approve, send, resume, retry, leave, and how each run ends.

use std::time::Duration;

use crate::sink::{At, Script, Sink};
use crate::world::{Ran, World, readers};

const DATE: &str = "2026-11-24";

/// A newsroom whose relay is this server, with these readers and an approved issue.
fn approved(sink: &Sink, addresses: &[&str]) -> World {
    let world = subscribed(sink, addresses);
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    world
}

fn subscribed(sink: &Sink, addresses: &[&str]) -> World {
    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    let addresses: Vec<String> = addresses.iter().map(|local| format!("{local}@reader.test")).collect();
    world.subscribe(&addresses);
    world
}

fn crowd(sink: &Sink, count: usize) -> World {
    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    world.subscribe(&readers(count));
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    world
}

fn send(world: &World, code: i32) -> Ran {
    world.ends(code, &["send", DATE, "--yes"])
}

/// The books as one line, so that a whole run is one comparison.
fn books(world: &World) -> String {
    let report = world.json(&["report", DATE]);
    let count = |key: &str| report[key].as_u64().unwrap_or_else(|| panic!("{key} in {report}"));
    let states = ["queued", "sending", "sent", "failed", "deferred", "suppressed", "unknown", "expired"];
    let told: Vec<String> =
        states.iter().filter(|state| count(state) > 0).map(|state| format!("{} {state}", count(state))).collect();
    format!("{}: {} = {}", report["state"].as_str().unwrap(), count("audience"), told.join(" + "))
}

#[test]
fn an_approved_edition_reaches_every_reader_once() {
    let sink = Sink::start(Script::default());
    let world = crowd(&sink, 40);
    let ran = send(&world, 0);
    assert!(ran.stdout.contains("40 = 40 sent"), "{}", ran.stdout);
    assert_eq!(books(&world), "done: 40 = 40 sent");
    assert_eq!((sink.kept().len(), sink.most_copies()), (40, 1));
}

#[test]
fn sending_twice_sends_once() {
    let sink = Sink::start(Script::default());
    let world = crowd(&sink, 5);
    send(&world, 0);
    let again = send(&world, 0);
    assert!(again.stderr.contains("already sent") || again.stdout.contains("already sent"), "{again:?}");
    assert_eq!(sink.kept().len(), 5);
}

#[test]
fn every_reply_leads_where_the_table_of_replies_says() {
    let sink = Sink::start(Script::default());
    let mut world = approved(
        &sink,
        &[
            "anna",
            "never",
            "later",
            "full",
            "spam",
            "drop-after-dot",
            "drop-before-dot+once",
            "once-421-at-data",
            "bela",
        ],
    );
    send(&world, 75);
    let first = world.json(&["report", DATE]);
    // The whole message was in the socket when the relay hung up in its middle: nobody on this side can know that.
    assert_eq!(first["unknown"], 2, "the dot was written and nothing came: {first}");
    assert_eq!(first["failed"], 2, "never and spam: {first}");
    assert_eq!(sink.copies("anna@reader.test"), 1);
    assert_eq!(sink.copies("once-421-at-data@reader.test"), 1, "a refusal of the connection costs the reader nothing");
    assert_eq!(sink.copies("drop-after-dot@reader.test"), 1);

    world.at("2026-11-24T06:45:00Z");
    world.run(&["send", DATE, "--yes"]);
    assert_eq!(sink.copies("later@reader.test"), 1, "greylisting passes");

    // A day later nothing is open: the full mailbox has expired, and the books close with what is unsure named.
    world.at("2026-11-25T12:00:00Z");
    send(&world, 7);
    let closed = world.json(&["report", DATE]);
    assert_eq!(closed["state"], "done", "{closed}");
    assert_eq!(closed["expired"].as_u64().unwrap() + closed["sent"].as_u64().unwrap(), 5, "{closed}");
    assert_eq!(sink.most_copies(), 1);
    let who = world.ok(&["who", "drop-after-dot@reader.test"]);
    assert!(who.contains("unknown"), "{who}");
    let report = world.ok(&["report", DATE]);
    assert!(report.contains("drop-after-dot@reader.test"), "each unknown is named: {report}");
}

#[test]
fn nothing_leaves_without_approval_and_nothing_that_changed_after_it() {
    let sink = Sink::start(Script::default());
    let world = subscribed(&sink, &["anna"]);
    let ran = send(&world, 5);
    assert!(ran.stderr.contains("approve"), "the next command is named: {}", ran.stderr);

    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    let story = world.read("issues/stories/2026/tram-returns.md");
    world.write("issues/stories/2026/tram-returns.md", &story.replace("in spring", "in autumn"));
    let ran = send(&world, 5);
    assert!(ran.stderr.contains("changed"), "{}", ran.stderr);

    world.write("issues/stories/2026/tram-returns.md", &story);
    world.ok(&["unapprove", DATE]);
    send(&world, 5);
    assert!(sink.kept().is_empty());
}

#[test]
fn what_was_approved_can_be_sent_though_the_files_moved_on() {
    let sink = Sink::start(Script::default());
    let world = approved(&sink, &["anna"]);
    let story = world.read("issues/stories/2026/tram-returns.md");
    world.write("issues/stories/2026/tram-returns.md", &story.replace("in spring", "in autumn"));
    world.ends(0, &["--set", "newsletters.morning.on_change=send-approved", "send", DATE, "--yes"]);
    let message = String::from_utf8(sink.kept()[0].bytes.clone()).unwrap();
    assert!(message.contains("due in spring"), "{message}");
}

#[test]
fn an_issue_that_does_not_compile_is_exit_3_and_one_whose_checks_fail_is_exit_4() {
    let sink = Sink::start(Script::default());
    let world = subscribed(&sink, &["anna"]);
    let issue = world.read("issues/morning/2026-11-24.toml");
    world.write("issues/morning/2026-11-24.toml", &issue.replace("\"tram-returns\"", "\"tram-return\""));
    assert!(world.ends(3, &["check", DATE]).stdout.contains("tram-returns"));
    world.ends(3, &["approve", DATE, "--by", "Ada", "--yes"]);
    send(&world, 3);

    let long = "The harbour tram is back, and with it the smell of fish on every seat between here and the town hall";
    world.write("issues/morning/2026-11-24.toml", &issue.replace("The harbour tram is back", long));
    world.ends(4, &["check", DATE]);
    world.ends(4, &["approve", DATE, "--by", "Ada", "--yes"]);
    send(&world, 4);
    assert!(sink.kept().is_empty());
}

#[test]
fn a_mail_that_receivers_would_cut_off_is_neither_approved_nor_sent() {
    let sink = Sink::start(Script::default());
    let world = crowd(&sink, 2);
    let tight = ["--quiet", "--set", "newsletters.morning.limits.html_bytes.error=5000"];
    for (command, code) in [(&["check", DATE][..], 4), (&["approve", DATE, "--yes"], 4), (&["send", DATE, "--yes"], 4)]
    {
        let ran = world.ends(code, &[&tight[..], command].concat());
        assert!(format!("{}{}", ran.stdout, ran.stderr).contains("gmail-clip"), "{ran:?}");
    }
    assert!(sink.kept().is_empty());
}

#[test]
fn wrong_usage_and_bad_config_are_exit_2() {
    let sink = Sink::start(Script::default());
    let world = subscribed(&sink, &["anna"]);
    world.ends(2, &["send", "--nonsense"]);
    let ran = world.ends(2, &["send", "someday", "--yes"]);
    assert!(ran.stderr.contains("someday"), "{}", ran.stderr);
    let ran = world.ends(2, &["--set", "publication.naem=x", "check", DATE]);
    assert!(format!("{}{}", ran.stdout, ran.stderr).contains("publication.name"), "{ran:?}");
}

#[test]
fn a_relay_that_refuses_our_login_is_exit_2_and_loses_nobody() {
    let sink = Sink::start(Script { login: Some(("ada", "right")), ..Script::default() });
    let world = World::with_relay(&format!("smtp://ada@{}", sink.address()));
    world.write("password", "wrong-secret\n");
    world.subscribe(&readers(3));
    let password = ["--set", "relays.main.password_file=password"];
    world.ok(&[&password[..], &["approve", DATE, "--by", "Ada", "--yes"]].concat());
    let ran = world.ends(2, &[&password[..], &["send", DATE, "--yes"]].concat());
    assert!(!ran.stderr.contains("wrong-secret"), "{}", ran.stderr);
    assert_eq!(world.json(&["report", DATE])["queued"], 3);

    world.write("password", "right\n");
    world.ends(0, &[&password[..], &["send", DATE, "--yes"]].concat());
    assert_eq!(sink.kept().len(), 3);
}

#[test]
fn a_test_copy_ends_as_the_relay_decides() {
    let sink = Sink::start(Script { login: Some(("ada", "right")), ..Script::default() });
    let world = World::with_relay(&format!("smtp://ada@{}", sink.address()));
    world.write("password", "wrong\n");
    let test = ["--set", "relays.main.password_file=password", "test", "editor@quay.test", DATE];
    assert!(world.ends(2, &test).stdout.contains("not sent"));
    world.write("password", "right\n");
    world.ends(0, &test);
    drop(sink);
    world.ends(75, &test);
}

#[test]
fn a_date_nobody_wrote_for_is_not_ready() {
    let sink = Sink::start(Script::default());
    let world = subscribed(&sink, &["anna"]);
    for command in ["approve", "send"] {
        let ran = world.ends(5, &[command, "2026-12-01", "--yes"]);
        assert!(ran.stderr.contains("`pressrun new 2026-12-01` begins it"), "{}", ran.stderr);
    }
}

#[test]
fn a_relay_that_is_away_is_exit_75_and_the_next_run_goes_on() {
    let port = Sink::start(Script::default()).port();
    let world = World::with_relay(&format!("smtp://127.0.0.1:{port}"));
    world.subscribe(&readers(3));
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    send(&world, 75);
    let sink = Sink::start(Script::default());
    let relay = format!("relays.main.url=smtp://{}", sink.address());
    let mut code = 75;
    // What the outage made deferred is due a few minutes later.
    let mut world = world;
    for minute in ["32", "40", "50"] {
        if code == 75 {
            world.at(&format!("2026-11-24T06:{minute}:00Z"));
            code = world.run(&["--set", &relay, "send", DATE, "--yes"]).code;
        }
    }
    assert_eq!((code, sink.kept().len(), sink.most_copies()), (0, 3, 1));
}

#[test]
fn a_limit_stops_part_way_and_release_lets_the_rest_go() {
    let sink = Sink::start(Script::default());
    let world = crowd(&sink, 20);
    world.ends(6, &["send", DATE, "--yes", "--limit", "7"]);
    assert_eq!(sink.kept().len(), 7);
    assert_eq!(books(&world), "held: 20 = 13 queued + 7 sent");
    world.ok(&["release", DATE]);
    send(&world, 0);
    assert_eq!((books(&world).as_str(), sink.most_copies()), ("done: 20 = 20 sent", 1));
}

#[test]
fn a_held_edition_waits_and_a_cancelled_one_closes_its_books() {
    let sink = Sink::start(Script::default());
    let world = crowd(&sink, 10);
    world.ends(6, &["send", DATE, "--yes", "--limit", "4"]);
    world.ok(&["hold", DATE]);
    send(&world, 5);
    world.ok(&["cancel", DATE]);
    assert_eq!(books(&world), "cancelled: 10 = 4 sent + 6 expired");
    send(&world, 5);
    assert_eq!(sink.kept().len(), 4);
}

#[test]
fn a_reader_who_leaves_during_a_run_gets_nothing() {
    let sink = Sink::start(Script::default());
    let world = crowd(&sink, 6);
    world.ends(6, &["send", DATE, "--yes", "--limit", "2"]);
    let reached: Vec<String> = sink.kept().into_iter().map(|kept| kept.recipient).collect();
    let leaver = readers(6).into_iter().find(|reader| !reached.contains(reader)).unwrap();
    world.ok(&["suppressions", "add", &leaver, "--reason", "asked"]);
    world.ok(&["release", DATE]);
    send(&world, 0);
    assert_eq!(books(&world), "done: 6 = 5 sent + 1 suppressed");
    assert_eq!(sink.copies(&leaver), 0);
}

#[test]
fn a_second_process_finds_the_edition_taken() {
    let sink = Sink::start(Script { think: Duration::from_millis(200), ..Script::default() });
    let world = crowd(&sink, 40);
    let mut first = world.spawn(&["send", DATE, "--yes"]);
    sink.wait_for(1);
    send(&world, 75);
    assert_eq!(first.wait().unwrap().code(), Some(0));
    assert_eq!((sink.kept().len(), sink.most_copies()), (40, 1));
}

#[test]
fn an_interrupted_run_commits_what_it_knows_and_goes_on_later() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        interrupt(signal, code);
    }
}

fn interrupt(signal: &str, code: i32) {
    let sink = Sink::start(Script { think: Duration::from_millis(20), ..Script::default() });
    let world = crowd(&sink, 60);
    let mut run = world.spawn(&["send", DATE, "--yes"]);
    sink.wait_for(5);
    let pid = run.id().to_string();
    assert!(std::process::Command::new("kill").args([signal, &pid]).status().unwrap().success());
    assert_eq!(run.wait().unwrap().code(), Some(code));
    let report = world.json(&["report", DATE]);
    assert_eq!((report["sending"].as_u64(), report["unknown"].as_u64()), (Some(0), Some(0)), "{report}");
    assert_eq!(report["sent"].as_u64(), Some(sink.kept().len() as u64));
    send(&world, 0);
    assert_eq!((books(&world).as_str(), sink.most_copies()), ("done: 60 = 60 sent", 1));
}

#[test]
fn an_edition_keeps_the_policy_it_was_frozen_with() {
    let sink = Sink::start(Script::default());
    let world = approved(&sink, &["anna", "drop-after-dot"]);
    world.ends(6, &["send", DATE, "--yes", "--limit", "1"]);
    world.ok(&["release", DATE]);
    world.ends(7, &["--set", "newsletters.morning.policy=at-least-once", "send", DATE, "--yes"]);
    assert_eq!(books(&world), "done: 2 = 1 sent + 1 unknown");
}

#[test]
fn a_dry_run_says_what_would_happen_and_changes_nothing() {
    let sink = Sink::start(Script::default());
    let world = crowd(&sink, 3);
    let ran = world.ends(0, &["send", DATE, "--dry-run"]);
    assert!(ran.stdout.contains("3 readers"), "{}", ran.stdout);
    assert!(sink.kept().is_empty());
    send(&world, 0);
}

#[test]
fn a_list_that_swung_since_the_approval_is_not_mailed() {
    let sink = Sink::start(Script::default());
    let world = crowd(&sink, 10);
    world.subscribe(&readers(30));
    let ran = send(&world, 5);
    assert!(ran.stderr.contains("10") && ran.stderr.contains("30"), "{}", ran.stderr);
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    send(&world, 0);
}

#[test]
fn a_test_copy_goes_to_the_named_and_never_to_the_list() {
    let sink = Sink::start(Script::default());
    let world = subscribed(&sink, &["anna", "bela"]);
    world.ok(&["test", "editor@quay.test", DATE]);
    let kept = sink.kept();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].recipient, "editor@quay.test");
    assert!(String::from_utf8_lossy(&kept[0].bytes).contains("Subject: [TEST] "));
}

#[test]
fn the_log_says_who_did_what() {
    let sink = Sink::start(Script::default());
    let world = crowd(&sink, 2);
    send(&world, 0);
    let log = world.ok(&["log", DATE]);
    assert!(log.contains("Ada") && log.contains("approved"), "{log}");
}

#[test]
fn a_run_over_the_built_in_mailbox_is_a_rehearsal_and_every_line_says_so() {
    let world = World::with_relay("mailbox:");
    world.subscribe(&readers(4));
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    let ran = send(&world, 0);
    assert!(ran.stdout.lines().all(|line| line.is_empty() || line.contains("rehearsal")), "{}", ran.stdout);
    assert_eq!(world.json(&["report", DATE])["rehearsal"], true);
}

#[test]
fn a_greeting_of_421_slows_the_run_and_loses_nobody() {
    let sink = Sink::start(Script { connections: Some(2), ..Script::default() });
    let world = crowd(&sink, 20);
    send(&world, 0);
    assert_eq!((books(&world).as_str(), sink.most_copies()), ("done: 20 = 20 sent", 1));
    assert!(sink.peak() <= 2);
}

#[test]
fn a_relay_that_forgets_its_reply_leaves_an_unknown_that_is_never_sent_again() {
    let sink = Sink::start(Script { once: vec![(At::Dot, "")], ..Script::default() });
    let world = crowd(&sink, 8);
    send(&world, 7);
    assert_eq!(books(&world), "done: 8 = 7 sent + 1 unknown");
    assert_eq!(sink.most_copies(), 1);
}

#[test]
fn where_a_copy_would_break_nobody_is_mailed_and_the_mend_is_an_amended_version() {
    let sink = Sink::start(Script::default());
    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    world.subscribe(&readers(3));
    // A line of the headers holds the reader's way to leave, and no relay takes one of a thousand octets.
    let config = world.read("config.toml");
    let long = |folder: &str| config.replace(":8025", &format!(":8025{}", format!("/{folder}").repeat(120)));
    world.write("config.toml", &long("letters"));
    world.ok(&["approve", "2026-11-24", "--by", "Ada", "--yes"]);
    let ran = world.ends(5, &["send", "2026-11-24", "--yes"]);
    assert!(
        ran.stderr.contains("nobody was mailed: every copy would have a line of more than 998 octets"),
        "{}",
        ran.stderr
    );
    assert!(sink.kept().is_empty());
    assert_eq!(world.json(&["report", "2026-11-24"])["state"], "ready", "nobody's turn has come");

    world.ok(&["hold", "2026-11-24"]);
    world.write("config.toml", &long("lessons"));
    world.ok(&["approve", "2026-11-24", "--by", "Ada", "--yes"]);
    let ran = world.ends(5, &["amend", "2026-11-24"]);
    assert!(ran.stderr.contains("keeps its version 1: every copy would have a line"), "{}", ran.stderr);
    world.write("config.toml", &config);
    world.ok(&["approve", "2026-11-24", "--by", "Ada", "--yes"]);
    world.ok(&["amend", "2026-11-24"]);
    world.ok(&["release", "2026-11-24"]);
    world.ends(0, &["send", "2026-11-24", "--yes"]);
    assert_eq!((sink.kept().len(), sink.most_copies()), (3, 1));
}
