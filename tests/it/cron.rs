//! `send --due`: the tool owns zones, days, lateness and repeats, so that cron may call it every five minutes.

use crate::sink::{Script, Sink};
use crate::world::{World, readers};

fn newsroom(sink: &Sink) -> World {
    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    world.subscribe(&readers(3));
    world
}

fn approve(world: &World) {
    world.ok(&["approve", "2026-11-24", "--by", "Ada", "--yes"]);
}

#[test]
fn the_slot_is_sent_when_it_comes_and_only_once() {
    let sink = Sink::start(Script::default());
    let mut world = newsroom(&sink);
    approve(&world);
    world.at("2026-11-24T06:25:00Z");
    let early = world.ends(0, &["send", "--due"]);
    assert_eq!((early.stdout.as_str(), sink.kept().len()), ("", 0));
    for minute in ["30", "35", "40"] {
        world.at(&format!("2026-11-24T06:{minute}:00Z"));
        world.ends(0, &["send", "--due"]);
    }
    assert_eq!((sink.kept().len(), sink.most_copies()), (3, 1));
}

#[test]
fn a_reason_not_to_send_is_told_once() {
    let sink = Sink::start(Script::default());
    let mut world = newsroom(&sink);
    let told = world.ends(5, &["send", "--due", "--quiet"]);
    assert!(told.stderr.contains("approve"), "{}", told.stderr);
    world.at("2026-11-24T06:35:00Z");
    let again = world.ends(0, &["send", "--due", "--quiet"]);
    assert_eq!(again.stderr, "");
    approve(&world);
    world.ends(0, &["send", "--due"]);
    assert_eq!(sink.kept().len(), 3);
}

#[test]
fn a_mistake_is_told_once_and_another_mistake_once_more() {
    let sink = Sink::start(Script::default());
    let world = newsroom(&sink);
    let issue = world.read("issues/morning/2026-11-24.toml");
    for mistake in ["tram-return", "tram-retruns"] {
        world.write("issues/morning/2026-11-24.toml", &issue.replace("\"tram-returns\"", &format!("\"{mistake}\"")));
        let told = world.ends(3, &["send", "--due", "--quiet"]);
        assert!(told.stderr.contains(mistake), "{}", told.stderr);
        let again = world.ends(0, &["send", "--due", "--quiet"]);
        assert_eq!((again.stdout.as_str(), again.stderr.as_str()), ("", ""));
    }
}

#[test]
fn a_day_without_an_issue_is_told_and_a_day_off_is_not() {
    let sink = Sink::start(Script::default());
    let mut world = newsroom(&sink);
    world.at("2026-11-25T06:31:00Z");
    assert!(world.ends(5, &["send", "--due"]).stderr.contains("2026-11-25"));
    world.ends(0, &["send", "--due"]);
    // Saturday: nothing is due, and Friday's missing issue has its own day.
    let skip = ["--set", "newsletters.morning.skip=[2026-11-26]"];
    world.at("2026-11-26T06:31:00Z");
    assert_eq!(world.ends(0, &[&skip[..], &["send", "--due"]].concat()).stderr, "");
}

#[test]
fn a_machine_that_slept_through_the_morning_does_not_send_at_noon() {
    let sink = Sink::start(Script::default());
    let mut world = newsroom(&sink);
    approve(&world);
    world.at("2026-11-24T12:00:00Z");
    assert!(world.ends(5, &["send", "--due"]).stderr.contains("late"));
    world.ends(0, &["send", "--due"]);
    assert!(sink.kept().is_empty());
    // A person may still decide to.
    world.ends(0, &["send", "2026-11-24", "--yes"]);
    assert_eq!(sink.kept().len(), 3);
}

#[test]
fn what_was_deferred_is_sent_by_the_next_call_that_finds_it_due() {
    let sink = Sink::start(Script::default());
    let mut world = World::with_relay(&format!("smtp://{}", sink.address()));
    world.subscribe(&["later@reader.test".to_owned(), "anna@reader.test".to_owned()]);
    approve(&world);
    world.ends(75, &["send", "--due"]);
    world.at("2026-11-24T06:40:00Z");
    world.ends(0, &["send", "--due"]);
    assert_eq!((sink.kept().len(), sink.most_copies()), (2, 1));
}

#[test]
fn a_run_that_an_outage_broke_off_waits_for_a_person_once_it_is_too_late() {
    let sink = Sink::start(Script::default());
    let mut world = newsroom(&sink);
    approve(&world);
    world.ends(6, &["send", "--due", "--limit", "1"]);
    world.ok(&["release", "2026-11-24"]);
    world.at("2026-11-24T13:00:00Z");
    assert!(world.ends(5, &["send", "--due"]).stderr.contains("release"));
    world.ends(0, &["send", "--due"]);
    assert_eq!(sink.kept().len(), 1);
    world.ok(&["release", "2026-11-24"]);
    world.ends(0, &["send", "--due"]);
    assert_eq!((sink.kept().len(), sink.most_copies()), (3, 1));
}

#[test]
fn a_rehearsal_relay_is_refused() {
    let world = World::with_relay("mailbox:");
    world.subscribe(&readers(3));
    approve(&world);
    assert!(world.ends(5, &["send", "--due"]).stderr.contains("rehearsal"));
    world.ends(0, &["send", "--due"]);
}

#[test]
fn one_newsletter_that_is_not_ready_does_not_keep_another_back() {
    let sink = Sink::start(Script::default());
    let world = newsroom(&sink);
    approve(&world);
    let config = world.read("config.toml");
    let evening = config.split("[newsletters.morning]").nth(1).unwrap().split("[forms").next().unwrap();
    world.write("config.toml", &format!("{config}\n[newsletters.dawn]{}", evening.replace("06:30", "05:00")));
    world.ends(5, &["send", "--due"]);
    assert_eq!(sink.kept().len(), 3);
}

#[test]
fn cron_sends_once_on_the_days_the_clock_is_changed() {
    // Lisbon: 01:30 does not exist in March and comes twice in October. Then: too early, due, and once more.
    for (date, evening, early, due, again) in [
        ("2026-03-29", "2026-03-28T20:00:00Z", "00:59", "01:00", "01:30"),
        ("2026-10-25", "2026-10-24T20:00:00Z", "00:29", "00:30", "01:30"),
    ] {
        let sink = Sink::start(Script::default());
        let mut world = newsroom(&sink);
        let config = world.read("config.toml").replace("06:30", "01:30").replace("\"Mon\", ", "\"Sun\", \"Mon\", ");
        world.write("config.toml", &config);
        world.write(&format!("issues/morning/{date}.toml"), &world.read("issues/morning/2026-11-24.toml"));
        world.at(evening);
        world.ok(&["approve", date, "--by", "Ada", "--yes"]);
        for (time, sent) in [(early, 0), (due, 3), (again, 3)] {
            world.at(&format!("{date}T{time}:00Z"));
            world.ends(0, &["send", "--due"]);
            assert_eq!(sink.kept().len(), sent, "{date} {time} UTC");
        }
    }
}
