//! What is decided about an edition once it is frozen, and whether the newsroom is fit to send one.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::sink::{Script, Sink};
use crate::world::{World, readers};

const DATE: &str = "2026-11-24";
const STORY: &str = "issues/stories/2026/tram-returns.md";

fn approve(world: &World) {
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
}

/// A newsroom whose relay is this server, with these readers and an approved issue.
fn approved(sink: &Sink, addresses: &[String]) -> World {
    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    world.subscribe(addresses);
    approve(&world);
    world
}

/// The typo and its mend.
fn edit(world: &World) {
    world.write(STORY, &world.read(STORY).replace("in spring", "in autumn"));
}

/// The checks of `doctor`, each with whether it is well and all that it says.
fn checks(world: &World, code: i32, args: &[&str]) -> Vec<(String, bool, String)> {
    let ran = world.ends(code, &[args, &["doctor", "--json"]].concat());
    let lines = ran.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let text = |line: &Value, key: &str| line[key].as_str().unwrap_or_default().to_owned();
    lines
        .map(|line| {
            let says = format!("{} {}", text(&line, "says"), text(&line, "mend"));
            (text(&line, "check"), line["ok"].as_bool().unwrap(), says)
        })
        .collect()
}

/// The one check that is not well.
#[track_caller]
fn only_wrong(checks: &[(String, bool, String)]) -> (&str, &str) {
    let wrong: Vec<_> = checks.iter().filter(|(_, ok, _)| !ok).collect();
    assert_eq!(wrong.len(), 1, "{checks:?}");
    (&wrong[0].0, &wrong[0].2)
}

#[test]
fn an_amended_run_gives_the_new_version_to_all_who_had_nothing_and_to_nobody_else() {
    let sink = Sink::start(Script::default());
    let world = approved(&sink, &readers(10));
    world.ends(6, &["send", DATE, "--yes", "--limit", "4"]);
    world.ok(&["hold", DATE]);
    edit(&world);
    let ran = world.ends(5, &["amend", DATE]);
    assert!(ran.stderr.contains("changed since Ada approved it"), "{}", ran.stderr);
    assert_eq!(world.json(&["report", DATE])["version"], 1);

    approve(&world);
    let ran = world.ends(0, &["amend", DATE, "--by", "Ben"]);
    assert!(ran.stdout.contains("version 1  kept by 4 readers"), "{}", ran.stdout);
    assert!(ran.stdout.contains("version 2  for 6 readers"), "{}", ran.stdout);
    assert!(ran.stderr.contains(&format!("pressrun release {DATE}")), "{}", ran.stderr);
    world.ok(&["release", DATE]);
    world.ends(0, &["send", DATE, "--yes"]);

    let kept = sink.kept();
    assert_eq!((kept.len(), sink.most_copies()), (10, 1));
    let says = |index: usize, words: &str| String::from_utf8_lossy(&kept[index].bytes).contains(words);
    for index in 0..kept.len() {
        let (old, new) = (says(index, "due in spring"), says(index, "due in autumn"));
        assert_eq!((old, new), (index < 4, index >= 4), "message {index}");
    }
    for (index, version) in [(0, "version 1"), (9, "version 2")] {
        let who = world.ok(&["who", &kept[index].recipient]);
        assert!(who.contains(version), "{who}");
    }
    let report = world.json(&["report", DATE]);
    assert_eq!(report["versions"], serde_json::json!({ "1": 4, "2": 6 }), "{report}");
    let report = world.ok(&["report", DATE]);
    assert!(report.contains("version 1: 4 readers") && report.contains("version 2: 6 readers"), "{report}");
    let log = world.ok(&["log", DATE]);
    assert!(log.contains("Ben amended: version 2 for 6 readers"), "{log}");
}

#[test]
fn only_a_held_frozen_and_edited_edition_is_amended() {
    let sink = Sink::start(Script::default());
    let world = approved(&sink, &readers(3));
    assert!(world.ends(5, &["amend", DATE]).stderr.contains("not frozen"));
    world.ok(&["hold", DATE]);
    assert!(world.ends(5, &["amend", DATE]).stderr.contains("not frozen"));
    world.ok(&["release", DATE]);
    world.ends(6, &["send", DATE, "--yes", "--limit", "1"]);
    assert!(world.ends(5, &["amend", DATE]).stderr.contains("says what version 1"), "nothing was edited");
    world.ok(&["unapprove", DATE]);
    edit(&world);
    assert!(world.ends(5, &["amend", DATE]).stderr.contains("is not approved"));
    world.ok(&["release", DATE]);
    assert!(world.ends(5, &["amend", DATE]).stderr.contains("hold"), "it is not held any more");
    world.ends(0, &["send", DATE, "--yes"]);
    assert!(world.ends(5, &["amend", DATE]).stderr.contains("is done"));
}

#[test]
fn who_was_refused_is_sent_it_again_and_nobody_else() {
    let sink = Sink::start(Script::default());
    let addresses = ["anna", "once-spam", "never"].map(|local| format!("{local}@reader.test"));
    let world = approved(&sink, &addresses);
    world.run(&["send", DATE, "--yes"]);
    let report = world.json(&["report", DATE]);
    assert_eq!((&report["state"], &report["failed"]), (&"done".into(), &2.into()), "{report}");

    assert!(world.ok(&["resend", "--failed", "--class", "soft", DATE]).contains("nobody was refused as soft"));
    assert_eq!(world.json(&["report", DATE])["state"], "done");
    let ran = world.ends(0, &["resend", "--failed", "--class", "sender", DATE]);
    assert!(ran.stdout.contains("1 reader queued again"), "{}", ran.stdout);
    assert!(ran.stderr.contains(&format!("pressrun send {DATE}")), "{}", ran.stderr);
    world.run(&["send", DATE, "--yes"]);
    let report = world.json(&["report", DATE]);
    assert_eq!((&report["sent"], &report["failed"]), (&2.into(), &1.into()), "{report}");
    assert_eq!((sink.copies("once-spam@reader.test"), sink.most_copies()), (1, 1));
    assert_eq!(sink.attempts("never@reader.test"), 1, "the hard refusal was not asked for");
}

#[test]
fn resend_wants_to_be_told_what_to_send_again_and_never_opens_what_is_over() {
    let sink = Sink::start(Script::default());
    let mut world = approved(&sink, &["once-spam@reader.test".to_owned()]);
    world.ends(2, &["resend", DATE]);
    world.ends(2, &["resend", "--failed", "--class", "angry", DATE]);
    world.run(&["send", DATE, "--yes"]);
    world.at("2026-11-26T06:31:00Z");
    assert!(world.ends(5, &["resend", "--failed", DATE]).stderr.contains("expired"));
    assert_eq!(world.json(&["report", DATE])["failed"], 1);
}

#[test]
fn the_doctor_finds_a_good_newsroom_well_before_and_after_its_first_edition() {
    let sink = Sink::start(Script::default());
    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    let first = checks(&world, 0, &[]);
    let names: Vec<&str> = first.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names, ["config", "folder", "store", "secret", "relay main"]);
    assert!(!world.path("pressrun.db").exists() && !world.path("pressrun.secret").exists(), "it only looks");

    world.subscribe(&readers(2));
    approve(&world);
    world.ends(0, &["send", DATE, "--yes"]);
    let said = world.ok(&["doctor"]);
    assert!(said.contains("ok      store       1 edition, every invariant holds"), "{said}");
    assert!(said.lines().all(|line| line.starts_with("ok      ")), "{said}");
    assert_eq!(sink.kept().len(), 2, "the doctor mails nobody");
    assert_eq!(world.ok(&["doctor", "--quiet"]), "");
}

#[test]
fn the_doctor_tells_a_rehearsal_from_a_relay_and_a_relay_that_is_away() {
    let world = World::with_relay("mailbox:");
    assert!(checks(&world, 0, &[]).iter().any(|(name, _, says)| name == "relay main" && says.contains("rehearsal")));
    let port = Sink::start(Script::default()).port();
    let world = World::with_relay(&format!("smtp://127.0.0.1:{port}"));
    let found = checks(&world, 2, &[]);
    let (name, says) = only_wrong(&found);
    assert!(name == "relay main" && says.contains("cannot be reached"), "{says}");
}

#[test]
fn the_doctor_finds_a_wrong_password_and_never_says_it() {
    let sink = Sink::start(Script { login: Some(("ada", "right")), ..Script::default() });
    let world = World::with_relay(&format!("smtp://ada@{}", sink.address()));
    let password = ["--set", "relays.main.password_file=password"];
    world.write("password", "wrong-secret\n");
    let found = checks(&world, 2, &password);
    assert!(found.iter().any(|(_, ok, says)| !ok && says.contains("chmod 600 ./password")), "{found:?}");
    std::fs::set_permissions(world.path("password"), Permissions::from_mode(0o600)).unwrap();
    let found = checks(&world, 2, &password);
    let (name, says) = only_wrong(&found);
    assert!(name == "relay main" && says.contains("refuses the login of `ada`"), "{says}");
    assert!(says.contains("[relays.main]") && !says.contains("wrong-secret"), "{says}");
    world.write("password", "right\n");
    assert!(checks(&world, 0, &password).iter().any(|(_, _, says)| says.contains("takes the login of `ada`")));
}

#[test]
fn the_doctor_finds_a_damaged_row_a_secret_that_is_open_or_gone_and_a_config_that_does_not_read() {
    let sink = Sink::start(Script::default());
    let world = approved(&sink, &readers(2));
    world.ends(0, &["send", DATE, "--yes"]);
    let secret = world.path("pressrun.secret");
    std::fs::set_permissions(&secret, Permissions::from_mode(0o644)).unwrap();
    let found = checks(&world, 2, &[]);
    let (name, says) = only_wrong(&found);
    assert!(name == "secret" && says.contains("0644") && says.contains("chmod 600"), "{says}");
    std::fs::rename(&secret, world.path("aside")).unwrap();
    let found = checks(&world, 2, &[]);
    let (name, says) = only_wrong(&found);
    assert!(name == "secret" && says.contains("missing"), "{says}");
    std::fs::rename(world.path("aside"), &secret).unwrap();
    std::fs::set_permissions(&secret, Permissions::from_mode(0o600)).unwrap();

    let store = rusqlite::Connection::open(world.path("pressrun.db")).unwrap();
    store.execute("UPDATE edition SET audience = audience + 1", []).unwrap();
    let found = checks(&world, 2, &[]);
    let (name, says) = only_wrong(&found);
    assert!(name == "store" && says.contains("2 deliveries for an audience of 3 (I5)"), "{says}");

    let ran = world.ends(2, &["--set", "publication.naem=x", "doctor"]);
    assert!(ran.stdout.starts_with("wrong   config") && ran.stderr.contains("publication.name"), "{ran:?}");
}

#[test]
fn a_decision_about_a_path_is_about_the_newsletter_of_that_path() {
    let world = World::sample();
    let saturday = "issues/good-news/2026-11-28.toml";
    let held = world.ok(&["hold", saturday]);
    assert!(held.contains("good-news 2026-11-28 is held"), "{held}");
    assert_eq!(world.json(&["report", saturday])["newsletter"], "good-news");
    assert!(world.ok(&["log", saturday]).contains("held"));
    assert!(world.ok(&["release", saturday]).contains("good-news 2026-11-28 is released"));
}

#[test]
fn a_run_that_waits_sends_to_the_deferred_and_closes_its_books() {
    let sink = Sink::start(Script::default());
    let mut world = approved(&sink, &["later@reader.test".to_owned(), "anna@reader.test".to_owned()]);
    // The clock runs: nobody is due by one that stands still.
    world.at("");
    let soon = "newsletters.morning.retry=[\"1s\"]";
    let ran = world.ends(0, &["--set", soon, "send", DATE, "--yes", "--wait", "30s"]);
    assert!(ran.stderr.contains("waiting for those deferred"), "{}", ran.stderr);
    assert_eq!((sink.kept().len(), sink.attempts("later@reader.test")), (2, 2));
    let ran = world.ends(2, &["send", DATE, "--wait", "soon"]);
    assert!(ran.stderr.contains("such as 30m"), "{}", ran.stderr);
}

#[test]
fn whoever_becomes_due_while_a_slow_lane_runs_is_sent_to_by_the_same_run() {
    let sink = Sink::start(Script::default());
    let addresses = ["later@reader.test", "a@big.test", "b@big.test", "c@big.test"].map(str::to_owned);
    let mut world = approved(&sink, &addresses);
    world.write("config.toml", &(world.read("config.toml") + "\n[lanes.big]\ndomains = [\"big.test\"]\nrate = 1\n"));
    world.at("");
    let soon = ["--set", "newsletters.morning.retry=[\"1s\"]"];
    world.ends(0, &[&soon[..], &["send", DATE, "--yes"]].concat());
    assert_eq!((sink.kept().len(), sink.attempts("later@reader.test")), (4, 2));
}

#[test]
fn a_run_may_have_in_flight_what_its_relay_and_the_spare_hold_together_and_no_more() {
    let sink = Sink::start(Script::default());
    let world = approved(&sink, &readers(14));
    world.write(
        "config.toml",
        &format!(
            "{}\n[relays.second]\nurl = \"smtp://{}\"\nconnections = 2\n",
            world.read("config.toml"),
            sink.address()
        ),
    );
    world.ends(6, &["send", DATE, "--yes", "--limit", "4"]);
    let store = rusqlite::Connection::open(world.path("pressrun.db")).unwrap();
    store.execute("UPDATE delivery SET state = 'sending', version = 1 WHERE state = 'queued'", []).unwrap();
    let ran = world.ends(2, &["doctor"]);
    assert!(ran.stdout.contains("10 deliveries are sending, 8 may be (I10)"), "{}", ran.stdout);
    world.ok(&["--set", "relays.main.spare=second", "doctor"]);
}
