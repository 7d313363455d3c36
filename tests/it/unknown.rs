//! Deliveries whose end nobody saw, and what settles them: a person's word, or the relay's log.

use crate::sink::{Script, Sink};
use crate::world::{World, readers};

const DATE: &str = "2026-11-24";
/// The relay has the first and lost the second; nobody told us.
const HAS: &str = "drop-after-dot@reader.test";
const LOST: &str = "lost-after-dot@reader.test";

fn unsure() -> (Sink, World) {
    let sink = Sink::start(Script::default());
    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    let mut addresses = readers(3);
    addresses.extend([HAS.to_owned(), LOST.to_owned()]);
    world.subscribe(&addresses);
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    world.ends(7, &["send", DATE, "--yes"]);
    (sink, world)
}

fn count(world: &World, state: &str) -> u64 {
    world.json(&["report", DATE])[state].as_u64().unwrap()
}

fn message_id(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let line = text.lines().find(|line| line.starts_with("Message-ID:")).unwrap();
    line.split(['<', '>']).nth(1).unwrap().to_owned()
}

/// The log a Postfix would have written of what the relay kept, from one minute to another.
fn postfix_log(sink: &Sink, first: &str, last: &str) -> String {
    let mut log = format!("{first} mx postfix/smtpd[90]: connect from press[192.0.2.1]\n");
    for (number, kept) in sink.kept().iter().enumerate() {
        let (queue, id) = (format!("4F2A{number:X}"), message_id(&kept.bytes));
        log += &format!("{first} mx postfix/smtpd[90]: {queue}: client=press[192.0.2.1]\n");
        log += &format!("{first} mx postfix/cleanup[91]: {queue}: message-id=<{id}>\n");
        log += &format!("{first} mx postfix/qmgr[92]: {queue}: from=<m@quay.test>, size=900, nrcpt=1 (queue active)\n");
    }
    log + &format!("{last} mx postfix/qmgr[92]: statistics: max\n")
}

#[test]
fn a_person_who_asks_the_reader_takes_a_delivery_as_sent_and_the_log_says_who() {
    let (_sink, world) = unsure();
    let listed = world.ok(&["unknown", "list"]);
    assert!(listed.contains(HAS) && listed.contains(LOST) && listed.lines().count() == 2, "{listed}");
    let told = world.ok(&["unknown", "accept", HAS, "--by", "Ada", "--because", "she rang"]);
    assert!(told.contains("1 reader taken as sent"), "{told}");
    assert_eq!((count(&world, "sent"), count(&world, "unknown")), (4, 1));
    let log = world.ok(&["log"]);
    assert!(log.contains("Ada accepted as sent: 1 unknown reader: she rang"), "{log}");
    let who = world.ok(&["who", HAS]);
    assert!(who.contains("sent") && who.contains("taken as sent by Ada: she rang"), "{who}");
    let ran = world.ends(2, &["unknown", "accept", HAS]);
    assert!(ran.stderr.contains("is not unknown"), "{}", ran.stderr);
}

#[test]
fn sending_an_unknown_delivery_again_is_asked_for_and_happens_once() {
    let (sink, world) = unsure();
    let ran = world.ends(2, &["unknown", "resend"]);
    assert!(ran.stderr.contains("--yes") && ran.stderr.contains("reconcile"), "{}", ran.stderr);
    assert_eq!(count(&world, "unknown"), 2, "nobody was queued by a question");
    world.ok(&["unknown", "resend", LOST, DATE, "--yes", "--by", "Ada"]);
    assert_eq!((count(&world, "queued"), count(&world, "unknown")), (1, 1));
    world.ends(7, &["send", DATE, "--yes"]);
    assert_eq!((sink.attempts(LOST), sink.attempts(HAS)), (2, 1));
    assert!(world.ok(&["log"]).contains("who may get it twice"));
}

#[test]
fn an_expired_edition_sends_nobody_anything_again() {
    let (_sink, mut world) = unsure();
    world.at("2026-11-26T06:31:00Z");
    let ran = world.ends(5, &["unknown", "resend", "--yes"]);
    assert!(ran.stderr.contains("has expired"), "{}", ran.stderr);
}

#[test]
fn the_relays_log_tells_who_has_it_and_who_never_had() {
    let (sink, world) = unsure();
    let log = postfix_log(&sink, "2026-11-24T06:30:30.123456+00:00", "2026-11-24T06:50:00+00:00");
    world.write("mail.log", &log);
    let told = world.ok(&["reconcile", "mail.log"]);
    assert_eq!(told, "morning 2026-11-24: 1 sent, 1 queued again, 0 still unknown\n");
    assert!(world.ok(&["who", HAS]).contains("the relay's log has it as 4F2A"));
    world.ends(7, &["send", DATE, "--yes"]);
    assert_eq!((sink.attempts(HAS), sink.attempts(LOST)), (1, 2), "nobody who has it is asked twice");
    assert!(world.ok(&["log"]).contains("pressrun reconciled: 1 sent, 1 queued again"));
}

#[test]
fn a_log_that_ends_too_early_or_is_another_relays_proves_nothing_by_its_silence() {
    let (sink, world) = unsure();
    let early = postfix_log(&sink, "2026-11-24T06:30:30+00:00", "2026-11-24T06:33:00+00:00");
    world.write("early.log", &early.lines().filter(|line| !line.contains("4F2A4")).collect::<Vec<_>>().join("\n"));
    let ran = world.ends(7, &["reconcile", "early.log"]);
    assert!(ran.stdout.contains("0 queued again"), "{}", ran.stdout);
    assert!(ran.stderr.contains("06:41:00Z"), "it says how far it would have to reach: {}", ran.stderr);
    world.write("other.log", "2026-11-24T06:00:00+00:00 mx postfix/qmgr[1]: x\n2026-11-24T09:00:00+00:00 mx cron: y\n");
    let ran = world.ends(7, &["reconcile", "other.log"]);
    assert!(ran.stderr.contains("another relay's"), "{}", ran.stderr);
    assert_eq!(count(&world, "queued"), 0);
}

#[test]
fn exim_the_journal_and_json_are_read_too_also_packed_and_from_stdin() {
    for form in ["exim", "json", "journal"] {
        let (sink, world) = unsure();
        let mut log = String::new();
        for kept in sink.kept() {
            let id = message_id(&kept.bytes);
            log += &match form {
                "exim" => {
                    format!("2026-11-24 06:30:10 1vN0ab-00001c-2x <= m@quay.test H=press P=esmtps S=900 id={id}\n")
                }
                "json" => {
                    format!("{{\"time\":\"2026-11-24T06:30:10Z\",\"event\":\"delivered\",\"message_id\":\"<{id}>\"}}\n")
                }
                _ => format!(
                    "{{\"__REALTIME_TIMESTAMP\":\"1795501810000000\",\"SYSLOG_IDENTIFIER\":\"postfix/cleanup\",\"MESSAGE\":\"4F2A: message-id=<{id}>\"}}\n\
                     {{\"__REALTIME_TIMESTAMP\":\"1795501811000000\",\"SYSLOG_IDENTIFIER\":\"postfix/qmgr\",\"MESSAGE\":\"4F2A: from=<m@quay.test>, size=900, nrcpt=1 (queue active)\"}}\n"
                ),
            };
        }
        world.write("relay.log", &log);
        let packed = std::process::Command::new("gzip").arg(world.path("relay.log")).status().unwrap();
        assert!(packed.success());
        let ran = world.ends(7, &["reconcile", "relay.log.gz"]);
        assert!(ran.stdout.contains("1 sent, 0 queued again, 1 still unknown"), "{form}: {}{}", ran.stdout, ran.stderr);
    }
}

#[test]
fn a_followed_log_settles_what_is_written_later() {
    let (sink, world) = unsure();
    let log = postfix_log(&sink, "2026-11-24T06:30:30+00:00", "2026-11-24T06:33:00+00:00");
    world.write("mail.log", "");
    let follower = world.spawn(&["reconcile", "--follow", "mail.log"]);
    world.write("mail.log", &(log + "2026-11-24T06:50:00+00:00 mx postfix/qmgr[92]: later\n"));
    let ended = follower.wait_with_output().unwrap();
    assert!(ended.status.success(), "{ended:?}");
    assert_eq!((count(&world, "sent"), count(&world, "queued"), count(&world, "unknown")), (4, 1, 0));
}

/// One line a mail that a Postfix could not deliver after all.
fn bounced(sink: &Sink, recipient: &str) -> String {
    let number = sink.kept().iter().position(|kept| kept.recipient == recipient).unwrap();
    format!(
        "2026-11-24T06:45:00+00:00 mx postfix/smtp[93]: 4F2A{number:X}: to=<{recipient}>, relay=mx.test, dsn=5.1.1, \
         status=bounced (host mx.test said: 550 5.1.1 <{recipient}>: gone (in reply to RCPT TO command))\n"
    )
}

#[test]
fn the_log_of_one_relay_proves_nothing_about_what_another_was_given() {
    let (main, second) = (Sink::start(Script::default()), Sink::start(Script::default()));
    let world = World::with_relay(&format!("smtp://{}", main.address()));
    let spare = format!("[relays.second]\nurl = \"smtp://{}\"", second.address());
    world.write("config.toml", &format!("{}\n{spare}", world.read("config.toml")));
    let addresses = ["anna", "bela", "cora", "dora", "lost-after-dot"].map(|local| format!("{local}@reader.test"));
    world.subscribe(&addresses);
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    world.ends(6, &["send", DATE, "--yes", "--limit", "2"]);
    world.ok(&["release", DATE]);
    let away = ["--set", "relays.main.url=smtp://127.0.0.1:1", "--set", "relays.main.spare=second"];
    world.ends(7, &[&away[..], &["send", DATE, "--yes"]].concat());
    assert_eq!((main.kept().len(), second.kept().len(), second.attempts(LOST)), (2, 2, 1));

    let span = ("2026-11-24T06:30:30+00:00", "2026-11-24T06:50:00+00:00");
    world.write("main.log", &postfix_log(&main, span.0, span.1));
    world.write("second.log", &postfix_log(&second, span.0, span.1));
    let ran = world.ends(7, &["reconcile", "main.log"]);
    assert!(ran.stderr.contains("`--relay NAME` says whose log this is"), "{}", ran.stderr);
    let ran = world.ends(7, &["reconcile", "--relay", "main", "main.log"]);
    assert!(ran.stderr.contains("went by another relay than `main`"), "{}", ran.stderr);
    let ran = world.ends(7, &["reconcile", "--relay", "second", "main.log"]);
    assert!(ran.stderr.contains("it is not the whole log"), "{}", ran.stderr);
    assert_eq!(count(&world, "unknown"), 1);
    assert!(world.ends(2, &["reconcile", "--relay", "third", "main.log"]).stderr.contains("no relay `third`"));
    let told = world.ok(&["reconcile", "--relay", "second", "second.log"]);
    assert!(told.contains("0 sent, 1 queued again, 0 still unknown"), "{told}");
}

#[test]
fn a_log_with_a_hole_in_it_proves_nothing_by_its_silence() {
    let (sink, world) = unsure();
    let log = postfix_log(&sink, "2026-11-24T06:30:30+00:00", "2026-11-24T06:50:00+00:00");
    let third = sink.kept().iter().position(|kept| kept.recipient == "reader3@reader.test").unwrap();
    let other = |line: &&str| !line.contains(&format!("4F2A{third:X}:"));
    world.write("lines.log", &log.lines().filter(other).collect::<Vec<_>>().join("\n"));
    let ran = world.ends(7, &["reconcile", "lines.log"]);
    assert!(ran.stdout.contains("1 sent, 0 queued again, 1 still unknown"), "{}", ran.stdout);
    assert!(
        ran.stderr.contains("took 3 messages of this edition and the log does not have 1 of them"),
        "{}",
        ran.stderr
    );

    // The file between these two is missing.
    world.write("old.log", &postfix_log(&sink, "2026-11-24T06:30:30+00:00", "2026-11-24T06:31:30+00:00"));
    world.write("new.log", "2026-11-24T06:40:00+00:00 mx cron[1]: x\n2026-11-24T06:50:00+00:00 mx cron[1]: x\n");
    let ran = world.ends(7, &["reconcile", "old.log", "new.log"]);
    assert!(ran.stderr.contains("without a gap"), "{}", ran.stderr);
    world.write("middle.log", "2026-11-24T06:33:00+00:00 mx cron[1]: x\n2026-11-24T06:39:00+00:00 mx cron[1]: x\n");
    let told = world.ok(&["reconcile", "old.log", "middle.log", "new.log"]);
    assert!(told.contains("1 queued again, 0 still unknown"), "{told}");
}

#[test]
fn what_the_relay_gives_back_later_stands_beside_the_books_and_changes_none() {
    let (sink, world) = unsure();
    let log = postfix_log(&sink, "2026-11-24T06:30:30+00:00", "2026-11-24T06:50:00+00:00");
    world.write("mail.log", &(log + &bounced(&sink, "reader2@reader.test") + &bounced(&sink, HAS)));
    let told = world.ok(&["reconcile", "mail.log"]);
    assert_eq!(told, "morning 2026-11-24: 1 sent, 1 queued again, 0 still unknown, 2 returned later\n");
    assert_eq!((count(&world, "sent"), count(&world, "returned")), (4, 2));
    let report = world.ok(&["report", DATE]);
    assert!(report.contains("2 of those sent returned later"), "{report}");
    assert!(report.contains("host mx.test said: 550 5.1.1 <…>: gone"), "{report}");
    assert!(world.ok(&["who", HAS]).contains("returned later, known since 2026-11-24 06:31"));
    let again = world.ends(0, &["reconcile", "mail.log"]);
    assert!(again.stderr.contains("nobody is unknown, and nothing came back"), "told once: {again:?}");
}

/// Amazon's name for the message to a reader.
fn amazon_s(number: usize) -> String {
    format!("0100018c1f2a7e6e-8fd91c6c-4bd7-8d43-8e9a-{number:012}-000000")
}

/// A newsroom that sends by Amazon, whose replies name what it took.
fn by_amazon(addresses: &[String]) -> (Sink, World) {
    let sink = Sink::start(Script { yes: Some(|number| format!("250 Ok {}", amazon_s(number))), ..Script::default() });
    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    let ses = "connections = 4\nkind = \"ses\"";
    world.write("config.toml", &world.read("config.toml").replace("connections = 4", ses));
    world.subscribe(addresses);
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    (sink, world)
}

/// An event about a message by Amazon's name for it; `more` are other fields of its mail, each with a comma in front.
fn event(kind: &str, minute: u32, number: usize, more: &str) -> String {
    let bounce = "\"bounce\":{\"bouncedRecipients\":[{\"diagnosticCode\":\"smtp; 550 5.1.1 gone\"}]}";
    let id = amazon_s(number);
    format!(
        "{{\"eventType\":\"{kind}\",\"mail\":{{\"timestamp\":\"2026-11-24T06:{minute}:02.000Z\",\"messageId\":\"{id}\"{more}}},{bounce}}}\n"
    )
}

#[test]
fn amazon_is_understood_by_the_id_its_reply_named() {
    let (sink, world) = by_amazon(&readers(3));
    world.ends(0, &["send", DATE, "--yes"]);
    world.write("events.json", &event("Bounce", 31, 1, ""));
    assert!(world.ok(&["reconcile", "events.json"]).contains("1 returned later"));
    assert!(world.ok(&["who", &sink.kept()[0].recipient]).contains("smtp; 550 5.1.1 gone"));
}

#[test]
fn amazon_s_silence_proves_something_only_where_no_event_may_be_about_the_reader() {
    let mut addresses = readers(3);
    addresses.extend([HAS.to_owned(), LOST.to_owned()]);
    let (sink, world) = by_amazon(&addresses);
    world.ends(7, &["send", DATE, "--yes"]);
    let kept = sink.kept();
    let place = |address: &str| 1 + kept.iter().position(|kept| kept.recipient == address).unwrap();
    // The run begins and ends in the time the events cover; they name no Message-ID of ours.
    let mut log = event("Send", 30, 900, ",\"destination\":[\"somebody@else.test\"]");
    for reader in readers(3) {
        log += &event("Send", 31, place(&reader), "");
    }
    log += &event("Send", 31, place(HAS), &format!(",\"destination\":[\"{HAS}\"]"));
    log += &event("Delivery", 59, 901, ",\"destination\":[\"somebody@else.test\"]");
    world.write("events.json", &log);
    let ran = world.ends(7, &["reconcile", "events.json"]);
    assert!(ran.stdout.contains("0 sent, 1 queued again, 1 still unknown"), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("have the original headers put into its events"), "{}", ran.stderr);

    // With our Message-ID in the headers it is theirs; and then known by Amazon's name alone.
    let own = message_id(&kept[place(HAS) - 1].bytes);
    let header = format!(",\"headers\":[{{\"name\":\"Message-ID\",\"value\":\"<{own}>\"}}]");
    world.write("events.json", &event("Send", 31, place(HAS), &header));
    let ran = world.ends(0, &["reconcile", "events.json"]);
    assert!(ran.stdout.contains("1 sent, 0 queued again, 0 still unknown"), "{}", ran.stdout);
    world.write("events.json", &event("Bounce", 40, place(HAS), ""));
    assert!(world.ok(&["reconcile", "events.json"]).contains("1 returned later"));
    assert!(world.ok(&["who", HAS]).contains("smtp; 550 5.1.1 gone"));
    world.ends(7, &["send", DATE, "--yes"]);
    assert_eq!((sink.attempts(LOST), sink.attempts(HAS), sink.most_copies()), (2, 1, 1));
}

#[test]
fn a_foreign_mail_that_came_back_under_a_name_used_before_is_nobodys_of_ours() {
    let (main, other) = (Sink::start(Script::default()), "[relays.ses]\nurl = \"smtp://127.0.0.1:1\"\nkind = \"ses\"");
    let world = World::with_relay(&format!("smtp://{}", main.address()));
    world.write("config.toml", &format!("{}\n{other}", world.read("config.toml")));
    world.subscribe(&readers(3));
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    world.ends(0, &["send", DATE, "--yes"]);
    // The relay's reply was `250 2.0.0 queued as 1`.
    world.write(
        "mail.log",
        "2026-11-24T06:40:00+00:00 mx postfix/cleanup[91]: 1: message-id=<some@body.else>\n\
         2026-11-24T06:40:00+00:00 mx postfix/qmgr[92]: 1: from=<a@body.else>, size=900, nrcpt=1 (queue active)\n\
         2026-11-24T06:41:00+00:00 mx postfix/smtp[93]: 1: to=<x@y.test>, dsn=5.1.1, status=bounced (gone)\n",
    );
    world.ok(&["reconcile", "mail.log"]);
    assert_eq!(count(&world, "returned"), 0);
}

#[test]
fn a_silence_that_cannot_be_tried_again_in_time_is_unknown_and_not_expired() {
    let sink = Sink::start(Script::default());
    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    world.subscribe(&["anna@reader.test".to_owned(), HAS.to_owned()]);
    let doubles = "policy = \"at-least-once\"\nexpire_after = \"3m\"\nreply_to";
    world.write("config.toml", &world.read("config.toml").replace("reply_to", doubles));
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    world.ends(7, &["send", DATE, "--yes"]);
    assert_eq!((count(&world, "sent"), count(&world, "unknown"), count(&world, "expired")), (1, 1, 0));
}
