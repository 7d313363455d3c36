//! The alarm: each trouble is told once when it begins, once when it is over, by every carrier there is.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use mail_parser::MessageParser;

use crate::hook::Hook;
use crate::sink::{At, Script, Sink};
use crate::world::{World, readers};

const DATE: &str = "2026-11-24";
const ISSUE: &str = "issues/morning/2026-11-24.toml";
const STORY: &str = "issues/stories/2026/tram-returns.md";

/// A newsroom whose alarm posts to `/hook` of this server.
fn newsroom(sink: &Sink, hook: &Hook) -> World {
    with_alarm(sink, &format!("webhook = \"{}\"", hook.at("/hook")))
}

fn with_alarm(sink: &Sink, alarm: &str) -> World {
    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    world.write("config.toml", &format!("{}\n[alarm]\n{alarm}\n", world.read("config.toml")));
    world.subscribe(&readers(3));
    world
}

/// One round of cron; how it ends is another test's.
fn round(world: &World) -> String {
    world.run(&["send", "--due", "--quiet"]).stderr
}

fn approve(world: &World) {
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
}

fn edit(world: &World) {
    world.write(STORY, &world.read(STORY).replace("in spring", "in autumn"));
}

/// The names and stages of what was posted.
fn names(hook: &Hook) -> Vec<String> {
    hook.events("/hook").into_iter().map(|(event, stage, _)| format!("{event} {stage}")).collect()
}

#[test]
fn an_issue_nobody_approved_is_told_before_its_hour_and_its_approval_ends_that() {
    let (sink, hook) = (Sink::start(Script::default()), Hook::start());
    let mut world = newsroom(&sink, &hook);
    world.at("2026-11-24T05:55:00Z");
    round(&world);
    assert_eq!(hook.events("/hook"), [], "35 minutes before there is time");
    for minute in ["00", "05", "10"] {
        world.at(&format!("2026-11-24T06:{minute}:00Z"));
        round(&world);
    }
    let told = hook.events("/hook");
    let words = "Morning Tide 2026-11-24 is due at 06:30, and it is not approved";
    assert_eq!(told, [("unready".to_owned(), "begun".to_owned(), words.to_owned())]);
    approve(&world);
    round(&world);
    round(&world);
    assert_eq!(names(&hook), ["unready over"]);
}

#[test]
fn a_day_without_an_issue_is_told_before_and_at_its_hour_and_a_later_day_says_nothing_of_it() {
    let (sink, hook) = (Sink::start(Script::default()), Hook::start());
    let mut world = newsroom(&sink, &hook);
    std::fs::remove_file(world.path(ISSUE)).unwrap();
    world.at("2026-11-25T06:10:00Z");
    round(&world);
    world.at("2026-11-25T06:31:00Z");
    round(&world);
    let told = hook.events("/hook");
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].2.contains("2026-11-25 is due at 06:30, and there is no issue"), "{told:?}");
    assert!(told[1].0 == "unsent" && told[1].2.contains("is not sent: it is due, and there is no issue"), "{told:?}");
    // Nobody wrote it. Two days later that is nobody's news, least of all good news.
    world.at("2026-11-27T10:00:00Z");
    round(&world);
    assert!(hook.events("/hook").iter().all(|(.., words)| !words.contains("2026-11-25")));
}

#[test]
fn an_approved_issue_that_changes_is_told_at_once_and_what_the_approval_then_decides() {
    for (on_change, says) in [("hold", "It is not sent like this."), ("send-approved", "What was approved is sent")] {
        let (sink, hook) = (Sink::start(Script::default()), Hook::start());
        let mut world = newsroom(&sink, &hook);
        let config = world.read("config.toml");
        let setting = format!("send_at = \"06:30\"\non_change = \"{on_change}\"");
        world.write("config.toml", &config.replace("send_at = \"06:30\"", &setting));
        world.at("2026-11-23T15:00:00Z");
        approve(&world);
        round(&world);
        assert_eq!(hook.events("/hook"), [], "nothing is wrong the day before");
        edit(&world);
        round(&world);
        round(&world);
        let told = hook.heard("/hook");
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].body.contains("was changed after Ada approved it") && told[0].body.contains(says), "{told:?}");
        approve(&world);
        round(&world);
        assert_eq!(names(&hook), ["changed over"]);
    }
}

#[test]
fn the_preview_tells_a_change_the_moment_it_is_saved_and_cron_does_not_repeat_it() {
    let (sink, hook) = (Sink::start(Script::default()), Hook::start());
    let mut world = newsroom(&sink, &hook);
    world.at("2026-11-23T15:00:00Z");
    approve(&world);
    let root = world.path("").to_str().unwrap().to_owned();
    let mut preview = world.spawn(&["-C", &root, "preview", "--port", "0"]);
    let mut line = String::new();
    BufReader::new(preview.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().trim_end_matches('/').rsplit("http://").next().unwrap().to_owned();
    let open = |path: &str| {
        let mut stream = TcpStream::connect(&address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
        let mut answer = [0; 64];
        let read = stream.read(&mut answer).unwrap();
        assert!(answer[..read].starts_with(b"HTTP/1.1 200"), "{path}");
        stream
    };
    // Somebody looks at it.
    let (_page, _news) = (open("/morning/2026-11-24"), open("/-/live?about=morning/2026-11-24"));
    edit(&world);
    let begun = Instant::now();
    let mut told = Vec::new();
    while told.is_empty() && begun.elapsed() < Duration::from_secs(20) {
        thread::sleep(Duration::from_millis(20));
        told = names(&hook);
    }
    assert_eq!(told, ["changed begun"]);
    preview.kill().unwrap();
    preview.wait().unwrap();
    round(&world);
    assert_eq!(names(&hook), [] as [&str; 0]);
}

#[test]
fn an_edit_after_the_approval_is_reported_and_logged_where_what_was_approved_is_sent() {
    let sink = Sink::start(Script::default());
    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    world.subscribe(&readers(3));
    let config = world.read("config.toml");
    let setting = "send_at = \"06:30\"\non_change = \"send-approved\"";
    world.write("config.toml", &config.replace("send_at = \"06:30\"", setting));
    approve(&world);
    edit(&world);
    let said = round(&world);
    assert!(said.contains("the files were changed after Ada approved them at 06:31"), "{said}");
    assert!(said.contains("`pressrun diff 2026-11-24 --to approved`"), "{said}");
    assert!(sink.kept().iter().all(|kept| String::from_utf8_lossy(&kept.bytes).contains("in spring")));
    let log = world.ok(&["log", DATE]);
    assert!(log.contains("pressrun kept to the approval: the files were changed after Ada"), "{log}");
    assert_eq!(round(&world), "", "once");
}

#[test]
fn a_run_that_the_guard_stops_is_told_and_a_person_who_holds_one_is_not() {
    let (sink, hook) = (Sink::start(Script::default()), Hook::start());
    let world = newsroom(&sink, &hook);
    approve(&world);
    world.ends(6, &["send", DATE, "--yes", "--limit", "1"]);
    round(&world);
    world.ok(&["release", DATE]);
    world.ok(&["hold", DATE, "--by", "Ada"]);
    round(&world);
    assert_eq!(names(&hook), [] as [&str; 0], "they know");
    world.ok(&["release", DATE]);
    round(&world);
    assert_eq!(sink.kept().len(), 3);

    // A wave of refusals: a provider has a bad morning.
    let sink = Sink::start(Script::default());
    let world = newsroom(&sink, &hook);
    let gone: Vec<String> = (0..60).map(|number| format!("never{number}@reader.test")).collect();
    world.subscribe(&[gone, readers(240)].concat());
    approve(&world);
    round(&world);
    assert_eq!(names(&hook), ["held begun", "paused begun"]);
    round(&world);
    assert_eq!(hook.events("/hook"), []);
    world.ok(&["cancel", DATE]);
    round(&world);
    assert_eq!(names(&hook), ["held over", "paused over"]);
}

#[test]
fn readers_who_still_wait_long_after_the_hour_are_told() {
    let (sink, hook) = (Sink::start(Script::default()), Hook::start());
    let mut world = newsroom(&sink, &hook);
    approve(&world);
    world.ends(6, &["send", "--due", "--limit", "1"]);
    world.ok(&["release", DATE]);
    // Another process holds it, and does not get on.
    let lock = std::fs::File::open(world.path("pressrun.db.lock.d/morning-2026-11-24")).unwrap();
    lock.try_lock().unwrap();
    world.at("2026-11-24T07:20:00Z");
    round(&world);
    assert_eq!(names(&hook), [] as [&str; 0]);
    world.at("2026-11-24T07:40:00Z");
    round(&world);
    round(&world);
    let told = hook.events("/hook");
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].2, "Morning Tide 2026-11-24 is not finished: 2 readers still wait for their turn");
    drop(lock);
    round(&world);
    assert_eq!(names(&hook), ["unfinished over"]);
}

#[test]
fn readers_whose_edition_expired_before_their_turn_are_told() {
    let (sink, hook) = (Sink::start(Script::default()), Hook::start());
    let mut world = newsroom(&sink, &hook);
    approve(&world);
    let away = ["--set", "relays.main.url=smtp://127.0.0.1:1", "send", "--due", "--quiet"];
    let first = world.ends(75, &away);
    assert!(first.stdout.is_empty() && first.stderr.contains("cannot be reached"), "once, and why: {first:?}");
    let again = world.ends(75, &away);
    assert_eq!((again.stdout.as_str(), again.stderr.as_str()), ("", ""));
    world.at("2026-11-25T06:32:00Z");
    world.ends(7, &["send", DATE, "--yes"]);
    round(&world);
    let told = hook.events("/hook");
    let words = "Morning Tide 2026-11-24 is over, and 3 readers got nothing before it expired";
    assert!(
        told.iter()
            .any(|(event, stage, what)| (event.as_str(), stage.as_str(), what.as_str())
                == ("unfinished", "begun", words)),
        "{told:?}"
    );
}

#[test]
fn readers_who_may_have_it_or_not_are_told_until_somebody_settled_them() {
    let (sink, hook) = (Sink::start(Script::default()), Hook::start());
    let world = newsroom(&sink, &hook);
    world.subscribe(&["drop-after-dot@reader.test".to_owned()]);
    approve(&world);
    round(&world);
    round(&world);
    let told = hook.events("/hook");
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].2, "1 reader of Morning Tide 2026-11-24 may have it or not");
    world.ok(&["unknown", "accept", DATE]);
    round(&world);
    assert_eq!(names(&hook), ["unsure over"]);
}

#[test]
fn pages_that_readers_would_not_find_and_a_relay_that_refuses_us_are_told() {
    let hook = Hook::start();
    let sink = Sink::start(Script::default());
    let world = newsroom(&sink, &hook);
    // Somebody listens at the readers' address, and it is not us.
    let stranger = Hook::start();
    stranger.answers(404);
    let config = world.read("config.toml").replace("http://127.0.0.1:8025", &stranger.at(""));
    world.write("config.toml", &config);
    approve(&world);
    world.ends(5, &["send", "--due"]);
    let told = hook.events("/hook");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].0 == "unsent" && told[0].2.contains("readers would find nothing at"), "{told:?}");

    let script = Script { login: Some(("ada", "right")), ..Script::default() };
    let sink = Sink::start(script);
    let world = newsroom(&sink, &hook);
    world.write("password", "wrong-secret\n");
    std::fs::set_permissions(world.path("password"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let relay = format!("relays.main.url=smtp://ada@{}", sink.address());
    let login = ["--set", &relay, "--set", "relays.main.password_file=password"];
    world.ok(&[&login[..], &["approve", DATE, "--by", "Ada", "--yes"]].concat());
    world.ends(2, &[&login[..], &["send", "--due"]].concat());
    let told = hook.events("/hook");
    assert!(told.iter().any(|(event, _, words)| event == "failed" && words.contains("refuses the login")), "{told:?}");
    assert!(told.iter().all(|(.., words)| !words.contains("wrong-secret")));
    world.write("password", "right\n");
    // Cron keeps away for half an hour, since it would lock the account; a person need not.
    world.ends(75, &[&login[..], &["send", "--due"]].concat());
    world.ends(0, &[&login[..], &["send", DATE]].concat());
    world.ends(0, &[&login[..], &["send", "--due"]].concat());
    assert!(names(&hook).contains(&"failed over".to_owned()));
}

#[test]
fn a_store_that_cannot_be_used_is_told_once_though_nothing_can_be_kept_in_it() {
    let (sink, hook) = (Sink::start(Script::default()), Hook::start());
    let world = newsroom(&sink, &hook);
    let good = std::fs::read(world.path("pressrun.db")).unwrap();
    world.write("pressrun.db", "this is no database, whatever its name says\n".repeat(99).as_str());
    for _ in 0..2 {
        world.ends(1, &["send", "--due"]);
    }
    assert_eq!(names(&hook), ["store begun"]);
    std::fs::write(world.path("pressrun.db"), good).unwrap();
    round(&world);
    assert!(names(&hook).contains(&"store over".to_owned()));
}

#[test]
fn every_carrier_tells_the_same_and_a_command_is_given_it_both_ways() {
    let (sink, other, hook) = (Sink::start(Script::default()), Sink::start(Script::default()), Hook::start());
    let command =
        "cat >> events.json; echo $PRESSRUN_EVENT $PRESSRUN_STAGE $PRESSRUN_NEWSLETTER $PRESSRUN_SLOT >> events";
    let mut world = with_alarm(
        &sink,
        &format!(
            "to = \"desk@quay.test, Second@Quay.test\"\nrelay = \"other\"\nwebhook = \"{}\"\ncommand = \"{command}\"\n\
             [relays.other]\nurl = \"smtp://{}\"",
            hook.at("/hook"),
            other.address()
        ),
    );
    world.at("2026-11-24T06:05:00Z");
    assert_eq!(round(&world), "");
    approve(&world);
    round(&world);
    assert_eq!(names(&hook), ["unready begun", "unready over"]);
    assert_eq!(world.read("events"), "unready begun morning 2026-11-24\nunready over morning 2026-11-24\n");
    let objects = world.read("events.json");
    let first: serde_json::Value = serde_json::from_str(objects.lines().next().unwrap()).unwrap();
    assert_eq!((&first["event"], &first["help"]), (&"unready".into(), &"`pressrun approve 2026-11-24`".into()));

    let mails = other.kept();
    let to: Vec<&str> = mails.iter().map(|mail| mail.recipient.as_str()).collect();
    assert_eq!(to, ["desk@quay.test", "Second@quay.test", "desk@quay.test", "Second@quay.test"]);
    let mail = MessageParser::default().parse(&mails[0].bytes).unwrap();
    assert_eq!(mail.subject(), Some("Morning Tide 2026-11-24 is due at 06:30, and it is not approved"));
    assert_eq!(mail.from().unwrap().first().unwrap().address(), Some("morning@quay.test"));
    assert_eq!(mail.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
    insta::assert_snapshot!("alarm_mail", mail.body_text(0).unwrap().replace("\r\n", "\n"));
    let over = MessageParser::default().parse(&mails[2].bytes).unwrap();
    assert_eq!(over.subject(), Some("all well again: Morning Tide 2026-11-24 is ready"));
    assert!(sink.kept().is_empty(), "and none of it went by the newsletter's own relay");
}

#[test]
fn a_carrier_that_fails_stops_nothing_is_said_once_without_its_secret_and_tried_again() {
    let (sink, hook) = (Sink::start(Script::default()), Hook::start());
    let mut world = with_alarm(
        &sink,
        &format!("webhook = \"{}\"\ncommand = \"echo no bell >&2; exit 3\"", hook.at("/hook/s3cret")),
    );
    world.at("2026-11-24T06:05:00Z");
    hook.answers(500);
    let said = round(&world);
    assert!(said.contains("`[alarm] webhook` did not take it: it answers 500"), "{said}");
    assert!(said.contains("`[alarm] command` ended with exit status: 3: no bell"), "{said}");
    assert!(!said.contains("s3cret"), "{said}");
    assert_eq!(round(&world), "", "the same reason is not said again");
    hook.heard("/hook/s3cret");
    hook.answers(200);
    round(&world);
    assert_eq!(hook.heard("/hook/s3cret").len(), 1, "it is told now");
    round(&world);
    assert_eq!(hook.heard("/hook/s3cret").len(), 0);
    approve(&world);
    world.at("2026-11-24T06:31:00Z");
    world.ends(0, &["send", "--due"]);
    assert_eq!(sink.kept().len(), 3, "whatever becomes of the alarm");

    let gone = format!("alarm.webhook={}", hook.at("/hook/s3cret").replace("127.0.0.1", "no-such-host.invalid"));
    world.at("2026-11-25T06:31:00Z");
    let said = world.run(&["--set", &gone, "send", "--due"]).stderr;
    assert!(said.contains("was not reached") && !said.contains("s3cret"), "{said}");
}

#[test]
fn a_relay_that_takes_no_alarm_is_said_and_tried_again() {
    let sink = Sink::start(Script::default());
    let other = Sink::start(Script { once: vec![(At::Mail, "451 4.3.0 not now")], ..Script::default() });
    let mut world = with_alarm(
        &sink,
        &format!("to = \"desk@quay.test\"\nrelay = \"other\"\n[relays.other]\nurl = \"smtp://{}\"", other.address()),
    );
    world.at("2026-11-24T06:05:00Z");
    let said = round(&world);
    assert!(said.contains("the alarm's mail to desk@quay.test did not leave") && said.contains("not now"), "{said}");
    assert_eq!(round(&world), "");
    assert_eq!(other.kept().len(), 1);
}

#[test]
fn an_alarm_that_would_reach_nobody_is_no_setting() {
    let world = World::with_relay("mailbox:");
    world.write("config.toml", &format!("{}\n[alarm]\nto = \"desk@quay.test\"\n", world.read("config.toml")));
    let ran = world.ends(2, &["check", DATE]);
    assert!(ran.stderr.contains("an alarm by the relay `main` reaches nobody"), "{}", ran.stderr);
}

#[test]
fn the_heartbeat_is_asked_after_each_round_and_stops_nothing() {
    let (sink, hook) = (Sink::start(Script::default()), Hook::start());
    let mut world = with_alarm(&sink, &format!("heartbeat_url = \"{}\"", hook.at("/beat")));
    world.at("2026-11-24T05:00:00Z");
    for rounds in 1..=2 {
        world.ends(0, &["send", "--due"]);
        let heard = hook.heard("/beat");
        assert!(heard.len() == 1 && heard[0].method == "GET", "{rounds}: {heard:?}");
    }
    world.ends(0, &["send", "--due", "--no-network"]);
    world.ends(0, &["send", "--due", "--dry-run"]);
    assert_eq!(hook.heard("/beat").len(), 0);
    hook.answers(500);
    approve(&world);
    world.at("2026-11-24T06:31:00Z");
    let ran = world.ends(0, &["send", "--due"]);
    assert!(ran.stderr.contains("`[alarm] heartbeat_url` answers 500"), "{}", ran.stderr);
    assert_eq!(sink.kept().len(), 3);
    // Nor is it a reason for a mail of cron's every five minutes.
    assert_eq!(round(&world), "");
}

#[test]
fn the_files_are_brought_before_each_round_and_so_are_the_settings() {
    let (sink, hook) = (Sink::start(Script::default()), Hook::start());
    let mut world = newsroom(&sink, &hook);
    approve(&world);
    let later = world.read("config.toml").replace("send_at = \"06:30\"", "send_at = \"06:45\"");
    world.write("elsewhere/config.toml", &format!("{later}\n[source]\npull = \"echo brought >> pulls\"\n"));
    let pull = "echo brought >> pulls; cp elsewhere/config.toml config.toml";
    world.write("config.toml", &format!("{}\n[source]\npull = \"{pull}\"\n", world.read("config.toml")));
    world.ends(0, &["send", "--due", "--dry-run"]);
    assert!(!world.path("pulls").exists(), "a dry run changes no file");
    world.ends(0, &["send", "--due"]);
    assert_eq!((world.read("pulls").as_str(), sink.kept().len()), ("brought\n", 0), "it is due at 06:45 now");
    world.at("2026-11-24T06:46:00Z");
    world.ends(0, &["send", "--due"]);
    assert_eq!(sink.kept().len(), 3);
}

#[test]
fn files_that_do_not_come_are_told_and_only_what_nobody_approves_waits() {
    let (sink, hook) = (Sink::start(Script::default()), Hook::start());
    let world = newsroom(&sink, &hook);
    approve(&world);
    let failing = ["--set", "source.pull=echo 'fatal: cannot reach https://ada:s3cret@git.quay.test' >&2; exit 128"];
    let optional = ["--set", "newsletters.morning.approval=optional"];
    let ran = world.ends(5, &[&failing[..], &optional, &["send", "--due"]].concat());
    assert!(ran.stderr.contains("may not be today's: `[source] pull` failed"), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("https://ada:******@git.quay.test") && !ran.stderr.contains("s3cret"),
        "{}",
        ran.stderr
    );
    assert!(sink.kept().is_empty());
    let ran = world.ends(0, &[&failing[..], &["send", "--due"]].concat());
    assert_eq!(sink.kept().len(), 3, "an approval binds every word");
    assert!(!ran.stderr.contains("do not come"), "said once a day: {}", ran.stderr);
    let told = hook.events("/hook");
    let about = |name: &str| told.iter().filter(|(event, ..)| event == name).count();
    assert_eq!((about("source"), about("unsent")), (1, 2), "{told:?}");
    world.ends(0, &["--set", "source.pull=true", "send", "--due"]);
    assert_eq!(names(&hook), ["source over"]);

    let slow = ["--set", "source.pull=sleep 60", "--set", "source.timeout=1s"];
    let begun = Instant::now();
    world.ends(0, &[&slow[..], &["send", "--due"]].concat());
    assert!(begun.elapsed() < Duration::from_secs(30));
    assert!(hook.events("/hook")[0].2.contains("was not done after 1 s, and was ended"));
}

#[test]
fn an_issue_with_errors_is_told_with_the_place_of_the_first() {
    let (sink, hook) = (Sink::start(Script::default()), Hook::start());
    let world = newsroom(&sink, &hook);
    world.write(ISSUE, &world.read(ISSUE).replace("\"tram-returns\"", "\"tram-retruns\""));
    round(&world);
    let told = hook.heard("/hook");
    let unsent = told.iter().find(|heard| heard.body.contains("unsent")).unwrap();
    assert!(unsent.body.contains("issues/morning/2026-11-24.toml:"), "{}", unsent.body);
}

#[test]
fn an_issue_that_nobody_approved_is_named_once_in_its_sentence() {
    let (sink, hook) = (Sink::start(Script::default()), Hook::start());
    let mut world = newsroom(&sink, &hook);
    world.at("2026-11-24T06:31:00Z");
    round(&world);
    let told = hook.events("/hook");
    let unsent = told.iter().find(|(event, ..)| event == "unsent").unwrap();
    assert!(unsent.2.ends_with("2026-11-24 is not sent: it is not approved"), "{told:?}");
}
