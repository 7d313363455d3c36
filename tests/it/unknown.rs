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
