//! How fast, by whom and in which order: lanes, quotas, spares, and the wave of refusals that pauses a lane.

use crate::sink::{At, Script, Sink};
use crate::world::{World, readers};

const DATE: &str = "2026-11-24";

/// An approved issue for these readers, with more settings behind the small newsroom's.
fn newsroom(sink: &Sink, addresses: &[String], more: &str) -> World {
    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    world.write("config.toml", &format!("{}\n{more}", world.read("config.toml")));
    world.subscribe(addresses);
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    world
}

#[test]
fn a_wave_of_refusals_pauses_its_lane_and_an_editor_lets_it_go_on() {
    let sink = Sink::start(Script::default());
    let mut addresses = readers(40);
    addresses.extend((1..=120).map(|number| format!("never{number}@big.test")));
    let world = newsroom(&sink, &addresses, "[lanes.big]\ndomains = [\"big.test\"]");
    let ran = world.ends(6, &["send", DATE, "--yes", "--quiet"]);
    assert!(ran.stderr.contains("lane big is paused"), "said even with --quiet: {}", ran.stderr);
    let report = world.json(&["report", DATE]);
    assert_eq!((&report["sent"], &report["state"]), (&40.into(), &"held".into()), "the others got theirs: {report}");
    let refused = report["failed"].as_u64().unwrap();
    assert!((50..60).contains(&refused), "{report}");
    assert!(world.ok(&["status", DATE]).contains("lane big is paused"));

    let ran = world.ends(0, &["release", DATE, "--lift"]);
    assert!(ran.stderr.contains(&format!("{refused} readers are lifted")), "{}", ran.stderr);
    let ran = world.ends(7, &["send", DATE, "--yes"]);
    assert!(!ran.stderr.contains("paused"), "an editor has looked: {}", ran.stderr);
    assert_eq!(world.json(&["report", DATE])["failed"], 120);
}

/// As many as it takes to see a wave of refusals, with the last answer.
fn just_a_wave() -> Vec<String> {
    let refused = (1..=5).map(|number| format!("never{number}@reader.test"));
    refused.chain(readers(45)).collect()
}

#[test]
fn a_lane_that_pauses_over_the_last_readers_is_decided_on_when_the_books_are_closed() {
    let sink = Sink::start(Script::default());
    let world = newsroom(&sink, &just_a_wave(), "");
    world.ends(6, &["send", DATE, "--yes", "--limit", "10"]);
    assert!(world.ok(&[]).contains(&format!("next: pressrun release {DATE}")), "readers wait for it");
    world.ok(&["release", DATE]);
    let ran = world.ends(7, &["send", DATE, "--yes"]);
    assert!(ran.stderr.contains("5 of 50 readers were refused for good"), "{}", ran.stderr);
    assert!(!world.ok(&["status", DATE]).contains("paused"), "nobody waits in it");
    world.ok(&["resend", "--failed", DATE]);
    let again = world.ends(7, &["send", DATE, "--yes"]);
    assert!(!again.stderr.contains("held"), "{}", again.stderr);
    assert_eq!(sink.attempts("never1@reader.test"), 2, "{}", again.stderr);
}

#[test]
fn a_finished_edition_s_refusals_are_lifted_by_a_release_and_a_second_one_finds_nothing() {
    let sink = Sink::start(Script::default());
    let world = newsroom(&sink, &just_a_wave(), "");
    let ran = world.ends(7, &["send", DATE, "--yes"]);
    assert!(ran.stderr.contains("the last was told: 550 5.1.1"), "a refusal, not the answer after it: {}", ran.stderr);
    let lifted = world.ends(0, &["release", DATE, "--lift"]);
    assert!(lifted.stderr.contains("the refusals of 5 readers are lifted"), "{}", lifted.stderr);
    let late = world.ends(5, &["release", DATE]);
    assert!(late.stderr.contains("too late to release"), "{}", late.stderr);
}

#[test]
fn an_edition_that_receivers_refuse_goes_on_once_an_editor_has_looked_at_it() {
    let sink = Sink::start(Script::default());
    let addresses: Vec<String> = (1..=40).map(|number| format!("spam{number}@reader.test")).collect();
    let world = newsroom(&sink, &addresses, "");
    let ran = world.ends(6, &["send", DATE, "--yes"]);
    assert!(ran.stderr.contains("lets it go on all the same"), "{}", ran.stderr);
    let refused = world.json(&["report", DATE])["failed"].as_u64().unwrap();
    assert!((11..20).contains(&refused), "{refused}");
    world.ok(&["release", DATE]);
    world.ends(7, &["send", DATE, "--yes"]);
    assert_eq!(world.json(&["report", DATE])["failed"], 40, "all the same");
}

#[test]
fn the_spare_carries_what_the_day_of_the_first_relay_does_not_allow() {
    let (main, second) = (Sink::start(Script::default()), Sink::start(Script::default()));
    let spare = format!("[relays.second]\nurl = \"smtp://{}\"", second.address());
    let world = newsroom(&main, &readers(20), &spare);
    let both = ["--set", "relays.main.per_day=7", "--set", "relays.main.spare=second"];
    world.ends(0, &[&both[..], &["send", DATE, "--yes"]].concat());
    assert_eq!((main.kept().len(), second.kept().len()), (7, 13));
}

#[test]
fn a_relay_s_day_ends_at_midnight_and_the_rest_goes_on_the_next() {
    let sink = Sink::start(Script::default());
    let mut world = newsroom(&sink, &readers(12), "");
    let seven = ["--set", "relays.main.per_day=7", "send", DATE, "--yes"];
    let ran = world.ends(75, &seven);
    assert!(ran.stderr.contains("the 7 messages of its day"), "{}", ran.stderr);
    assert_eq!(sink.kept().len(), 7);
    world.ends(75, &seven);
    assert_eq!(sink.kept().len(), 7, "the day outlives the run");
    world.at("2026-11-25T00:00:01Z");
    world.ends(0, &seven);
    assert_eq!((sink.kept().len(), sink.most_copies()), (12, 1));
}

#[test]
fn whoever_is_left_over_waits_for_the_relay_s_next_day_without_a_person() {
    let sink = Sink::start(Script::default());
    let mut world = newsroom(&sink, &readers(12), "");
    let config = world.read("config.toml").replace("[relays.main]", "[relays.main]\nper_day = 5");
    world.write("config.toml", &config);
    let ran = world.ends(0, &["send", DATE, "--dry-run"]);
    assert!(
        ran.stdout.contains(
            "relay main may carry 5 of them today (UTC), and the last on Thu 26 Nov, when the edition has expired"
        ),
        "{}",
        ran.stdout
    );
    world.at("2026-11-24T06:31:00Z");
    let first = world.ends(75, &["send", "--due", "--quiet"]);
    assert!(first.stdout.is_empty() && first.stderr.contains("the 5 messages of its day"), "{first:?}");
    let connections = sink.connections();
    for hour in ["06:36", "12:00", "23:55"] {
        world.at(&format!("2026-11-24T{hour}:00Z"));
        let ran = world.ends(75, &["send", "--due", "--quiet"]);
        assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""), "at {hour} there is nothing to do");
    }
    assert_eq!((sink.kept().len(), sink.connections()), (5, connections), "and nobody asks the relay");
    let ran = world.ok(&["status", DATE]);
    assert!(ran.contains("relay main has carried its 5 of today (UTC), and the last on Thu 26 Nov"), "{ran}");
    world.at("2026-11-25T00:06:00Z");
    world.ends(75, &["send", "--due", "--quiet"]);
    assert_eq!(sink.kept().len(), 10);
    world.at("2026-11-26T00:06:00Z");
    world.ends(7, &["send", "--due", "--quiet"]);
    let report = world.json(&["report", DATE]);
    assert_eq!((report["sent"].as_u64(), report["expired"].as_u64()), (Some(10), Some(2)), "{report}");
}

#[test]
fn a_spare_relay_carries_while_the_first_is_away() {
    let sink = Sink::start(Script::default());
    let spare = format!("[relays.second]\nurl = \"smtp://{}\"", sink.address());
    let world = newsroom(&sink, &readers(9), &spare);
    let away = ["--set", "relays.main.url=smtp://127.0.0.1:1", "--set", "relays.main.spare=second"];
    let ran = world.ends(0, &[&away[..], &["send", DATE, "--yes"]].concat());
    assert!(ran.stderr.contains("the spare relay `second` carries"), "{}", ran.stderr);
    assert_eq!(sink.kept().len(), 9);
    assert!(world.ok(&["who", "reader1@reader.test"]).contains("second"));
}

#[test]
fn the_forecast_names_every_lane_before_anybody_is_asked() {
    let sink = Sink::start(Script::default());
    let mut addresses = readers(3);
    addresses.extend((1..=7).map(|number| format!("reader{number}@big.test")));
    let world = newsroom(&sink, &addresses, "[lanes.big]\ndomains = [\"big.test\"]\nrate = 1");
    let ran = world.ends(0, &["send", DATE, "--dry-run"]);
    assert!(ran.stdout.contains("lane big: 7 readers at 1 a second, done about 06:31"), "{}", ran.stdout);
    assert!(ran.stdout.contains("lane others: 3 readers, as fast as the relay takes them"), "{}", ran.stdout);
}

#[test]
fn settings_that_cannot_be_are_told_before_anything_is_sent() {
    let sink = Sink::start(Script::default());
    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    let wrong = [
        ("relays.main.spare=third", "there is no relay `third`"),
        ("relays.main.spare=main", "its own spare"),
        ("lanes.big.domains=[\"not a domain\"]", "is no domain"),
        ("lanes.others.domains=[\"big.test\"]", "every domain no lane names"),
        ("relays.main.warm_up.grow=0.5", "does not shrink"),
    ];
    for (set, words) in wrong {
        let ran = world.ends(2, &["--set", set, "check", DATE]);
        assert!(format!("{}{}", ran.stdout, ran.stderr).contains(words), "{set}: {ran:?}");
    }
}

#[test]
fn a_relay_that_states_a_long_wait_is_left_alone_by_every_run_until_then() {
    let wait = "451 4.7.0 too many messages, try again in 60 minutes";
    let sink = Sink::start(Script { once: vec![(At::Mail, wait)], ..Script::default() });
    let mut world = newsroom(&sink, &readers(5), "");
    world.ends(75, &["send", DATE, "--yes"]);
    assert_eq!((sink.connections(), sink.kept().len()), (1, 0));
    for clock in ["2026-11-24T06:36:00Z", "2026-11-24T07:30:00Z"] {
        world.at(clock);
        let ran = world.ends(75, &["send", DATE, "--yes"]);
        assert!(ran.stderr.contains("is to be left alone until 07:31"), "{}", ran.stderr);
        assert!(ran.stderr.contains("try again in 60 minutes"), "{}", ran.stderr);
    }
    assert_eq!(sink.connections(), 1, "nobody knocked");

    // Its spare is another relay, and may carry.
    let second = Sink::start(Script::default());
    world.write(
        "config.toml",
        &format!("{}\n[relays.second]\nurl = \"smtp://{}\"", world.read("config.toml"), second.address()),
    );
    world.ends(6, &["--set", "relays.main.spare=second", "send", DATE, "--yes", "--limit", "2"]);
    assert_eq!((second.kept().len(), sink.connections()), (2, 1));
    world.ok(&["release", DATE]);
    world.at("2026-11-24T07:31:01Z");
    world.ends(0, &["send", DATE, "--yes"]);
    assert_eq!((sink.kept().len(), sink.most_copies()), (3, 1));
}

#[test]
fn cron_keeps_away_from_a_relay_that_refused_the_login_and_a_person_does_not_have_to() {
    let sink = Sink::start(Script { login: Some(("ada", "right")), ..Script::default() });
    let mut world = newsroom(&sink, &readers(3), "");
    let with = format!("url = \"smtp://ada@{}\"\npassword_file = \"password\"", sink.address());
    let plain = format!("url = \"smtp://{}\"", sink.address());
    world.write("config.toml", &world.read("config.toml").replace(&plain, &with));
    world.write("password", "wrong\n");
    let refused = world.ends(2, &["send", "--due", "--quiet"]);
    assert!(refused.stderr.contains("refuses the login of `ada`"), "said even with --quiet: {}", refused.stderr);
    for minute in ["36", "41", "59"] {
        world.at(&format!("2026-11-24T06:{minute}:00Z"));
        let ran = world.ends(75, &["send", "--due"]);
        assert!(ran.stderr.contains("is to be left alone until 07:01"), "{}", ran.stderr);
    }
    assert_eq!(sink.connections(), 1, "one wrong password in half an hour");
    world.write("password", "right\n");
    world.ends(6, &["send", DATE, "--yes", "--limit", "1"]);
    world.ok(&["release", DATE]);
    world.ends(0, &["send", "--due"]);
    assert_eq!((sink.kept().len(), sink.most_copies()), (3, 1));
}
