//! `send --due`: the tool owns zones, days, lateness and repeats, so that cron may call it every five minutes.

use chrono::{DateTime, TimeDelta, Utc};

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

/// An extra of this morning, with stories of its own.
fn extra(world: &World, slot: &str, send_at: &str) -> String {
    let mut issue = world.read("issues/morning/2026-11-24.toml");
    for name in ["tram-returns", "market-opens"] {
        let news = format!("{name}-{slot}");
        let story = world.read(&format!("issues/stories/2026/{name}.md")).replace(name, &news);
        world.write(&format!("issues/stories/2026/{news}.md"), &story);
        issue = issue.replace(name, &news);
    }
    let subject = format!("subject = \"The tram, once more: {slot}\"");
    let issue = issue.replace("subject = \"The harbour tram is back\"", &subject);
    let path = format!("issues/morning/{slot}.toml");
    world.write(&path, &format!("{send_at}{issue}"));
    path
}

#[test]
fn an_extra_goes_at_its_own_hour_and_one_without_waits_for_a_person() {
    let sink = Sink::start(Script::default());
    let mut world = newsroom(&sink);
    approve(&world);
    world.ends(0, &["send", "--due"]);
    extra(&world, "2026-11-24-2", "send_at = \"12:00\"\n");
    world.ok(&["approve", "2026-11-24-2", "--by", "Ada", "--yes"]);
    for (at, sent) in [("11:55", 3), ("12:01", 6)] {
        world.at(&format!("2026-11-24T{at}:00Z"));
        world.ends(0, &["send", "--due"]);
        assert_eq!(sink.kept().len(), sent, "{at}");
    }
    extra(&world, "2026-11-24-correction", "");
    world.ok(&["approve", "2026-11-24-correction", "--by", "Ada", "--yes"]);
    world.ends(0, &["send", "--due"]);
    assert_eq!(sink.kept().len(), 6);
    world.ends(0, &["send", "2026-11-24-correction", "--yes"]);
    assert_eq!(sink.kept().len(), 9);
}

#[test]
fn an_extra_that_does_not_compile_is_told_once() {
    let sink = Sink::start(Script::default());
    let mut world = newsroom(&sink);
    approve(&world);
    world.ends(0, &["send", "--due"]);
    let path = extra(&world, "2026-11-24-2", "send_at = \"06:35\"\n");
    world.write(&path, &world.read(&path).replace("\"tram-returns-", "\"tram-retruns-"));
    world.at("2026-11-24T06:36:00Z");
    assert!(world.ends(3, &["send", "--due"]).stderr.contains("tram-retruns-"));
    assert_eq!(world.ends(0, &["send", "--due"]).stderr, "");
    // Nor is one whose hour cannot be read passed over.
    for torn in ["send_at = \"noon\"\n", "send_at = \n"] {
        extra(&world, "2026-11-24-2", torn);
        assert!(world.ends(3, &["send", "--due"]).stderr.contains("2026-11-24-2.toml:1"), "{torn}");
    }
}

#[test]
fn an_extra_that_is_hours_late_waits_for_a_person_too() {
    let sink = Sink::start(Script::default());
    let mut world = newsroom(&sink);
    approve(&world);
    world.ends(0, &["send", "--due"]);
    extra(&world, "2026-11-24-2", "send_at = \"18:00\"\n");
    world.ok(&["approve", "2026-11-24-2", "--by", "Ada", "--yes"]);
    world.at("2026-11-24T22:00:00Z");
    assert!(world.ends(5, &["send", "--due"]).stderr.contains("2026-11-24-2 is 4 h 0 min late"));
    assert_eq!(sink.kept().len(), 3);
}

#[test]
fn a_dry_run_of_what_is_due_says_it_and_leaves_the_telling_to_the_real_one() {
    let sink = Sink::start(Script::default());
    let mut world = newsroom(&sink);
    for _ in 0..2 {
        assert!(world.ends(5, &["send", "--due", "--dry-run"]).stderr.contains("is not approved"));
    }
    assert!(world.ends(5, &["send", "--due"]).stderr.contains("is not approved"), "it was not told yet");
    approve(&world);
    let ran = world.ends(0, &["send", "--due", "--dry-run"]);
    assert!(ran.stdout.contains("to 3 readers") && ran.stdout.contains("this was a dry run"), "{}", ran.stdout);
    assert!(sink.kept().is_empty());
    world.at("2026-11-24T06:00:00Z");
    assert_eq!(world.ends(0, &["send", "--due", "--dry-run"]).stdout, "", "nothing is due");
}

#[test]
fn an_issue_that_carries_another_days_date_is_refused_or_sent_as_its_newsletter_says() {
    let sink = Sink::start(Script::default());
    let world = newsroom(&sink);
    let issue = world.read("issues/morning/2026-11-24.toml");
    world.write("issues/morning/2026-11-24.toml", &format!("date = 2026-11-23\n{issue}"));
    let stale = ["--set", "newsletters.morning.stale=send"];
    world.ends(4, &["approve", "2026-11-24", "--by", "Ada", "--yes"]);
    assert!(world.ends(4, &["send", "--due"]).stderr.contains("date-stale"));
    let ran = world.ends(0, &[&stale[..], &["check", "2026-11-24"]].concat());
    assert!(ran.stdout.contains("warning[date-stale]"), "{}", ran.stdout);
    world.ok(&[&stale[..], &["approve", "2026-11-24", "--by", "Ada", "--yes"]].concat());
    world.ends(0, &[&stale[..], &["send", "--due"]].concat());
    assert_eq!(sink.kept().len(), 3);
}

#[test]
fn a_date_of_the_past_that_is_sent_by_name_is_noted() {
    let sink = Sink::start(Script::default());
    let mut world = newsroom(&sink);
    approve(&world);
    world.at("2026-11-29T09:00:00Z");
    let ran = world.ends(0, &["send", "2026-11-24", "--yes"]);
    assert!(
        ran.stderr.contains("note[date-stale]: this is 5 days old, the issue of Tuesday 24 November 2026"),
        "{}",
        ran.stderr
    );
    assert!(!world.ends(0, &["send", "2026-11-24", "--yes"]).stderr.contains("note["), "it was sent");
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
fn cron_sends_once_on_the_days_the_clock_is_changed_in_every_zone() {
    // An hour that never comes means the next instant that does; one that comes twice means the first.
    let table = [
        ("Europe/Lisbon", "2026-03-29", "01:30", "2026-03-29T01:00:00Z"),
        ("Europe/Lisbon", "2026-10-25", "01:30", "2026-10-25T00:30:00Z"),
        ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:00:00Z"),
        ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30:00Z"),
        ("America/New_York", "2026-03-08", "02:30", "2026-03-08T07:00:00Z"),
        ("America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30:00Z"),
        ("America/St_Johns", "2026-03-08", "02:30", "2026-03-08T05:30:00Z"),
        ("Pacific/Auckland", "2026-09-27", "02:30", "2026-09-26T14:00:00Z"),
        ("Pacific/Auckland", "2026-04-05", "02:30", "2026-04-04T13:30:00Z"),
        // Half an hour is changed here, and midnight there.
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30:00Z"),
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45:00Z"),
        ("Asia/Beirut", "2026-03-29", "00:30", "2026-03-28T22:00:00Z"),
    ];
    for (zone, date, hour, due) in table {
        let sink = Sink::start(Script::default());
        let mut world = newsroom(&sink);
        let config = world.read("config.toml").replace("06:30", hour).replace("Europe/Lisbon", zone);
        world.write("config.toml", &config.replace("\"Mon\", ", "\"Sun\", \"Mon\", "));
        world.write(&format!("issues/morning/{date}.toml"), &world.read("issues/morning/2026-11-24.toml"));
        let due: DateTime<Utc> = due.parse().unwrap();
        let at = |minutes| (due + TimeDelta::minutes(minutes)).format("%Y-%m-%dT%H:%M:%SZ").to_string();
        world.at(&at(-300));
        world.ok(&["approve", date, "--by", "Ada", "--yes"]);
        // Too early, due, when the hour comes once more, and an hour later.
        for (minutes, sent) in [(-1, 0), (0, 3), (30, 3), (60, 3), (120, 3)] {
            world.at(&at(minutes));
            world.ends(0, &["send", "--due"]);
            assert_eq!(sink.kept().len(), sent, "{zone} {date} {hour}: {minutes} minutes after {due}");
        }
    }
}
