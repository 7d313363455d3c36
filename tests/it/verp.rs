//! Return paths and the names of messages: what a mail that came back, or came twice, can be known by.

use crate::sink::{Script, Sink};
use crate::world::{World, readers};

const DATE: &str = "2026-11-24";
const STORY: &str = "issues/stories/2026/tram-returns.md";

fn approved(sink: &Sink, addresses: &[String]) -> World {
    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    let config = world.read("config.toml") + "\n[bounces]\naddress = \"returns@quay.test\"\n";
    world.write("config.toml", &config);
    world.subscribe(addresses);
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    world
}

fn header<'m>(bytes: &'m [u8], name: &str) -> &'m str {
    let text = std::str::from_utf8(bytes).unwrap();
    let line = text.lines().find(|line| line.starts_with(&format!("{name}: ")));
    line.unwrap_or_else(|| panic!("no {name} in {text}"))
}

#[test]
fn each_message_returns_to_an_address_that_names_its_reader_in_any_case() {
    let sink = Sink::start(Script::default());
    let world = approved(&sink, &readers(5));
    world.ends(0, &["send", DATE, "--yes"]);
    let kept = sink.kept();
    let mut senders: Vec<&str> = kept.iter().map(|own| own.sender.as_str()).collect();
    for own in &kept {
        let (local, domain) = own.sender.split_once('@').unwrap();
        assert!(local.starts_with("returns+") && local.len() <= 64 && domain == "quay.test", "{}", own.sender);
        let ran = world.ends(0, &["who", &own.sender.to_uppercase()]);
        assert!(ran.stderr.contains(&own.recipient), "{} is about {}: {}", own.sender, own.recipient, ran.stderr);
        assert!(ran.stdout.starts_with("morning 2026-11-24  sent"), "{}", ran.stdout);
    }
    senders.sort_unstable();
    senders.dedup();
    assert_eq!(senders.len(), 5, "no two readers share one");
}

#[test]
fn a_message_keeps_its_name_on_every_attempt_and_in_every_version() {
    let sink = Sink::start(Script::default());
    let world = approved(&sink, &["once-lost-after-dot@reader.test".to_owned(), "anna@reader.test".to_owned()]);
    let twice = "newsletters.morning.policy=at-least-once";
    let soon = "newsletters.morning.retry=[\"1s\"]";
    world.ends(75, &["--set", twice, "--set", soon, "send", DATE, "--yes"]);
    let first = sink.kept();
    assert_eq!(first.len(), 1, "one has it, one may have it");
    world.ok(&["hold", DATE]);
    world.write(STORY, &world.read(STORY).replace("in spring", "in autumn"));
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    world.ok(&["amend", DATE]);
    let id = |bytes: &[u8]| header(bytes, "Message-ID").to_owned();
    let edition = |id: &str| id.split('.').next().unwrap().to_owned();
    world.ok(&["release", DATE]);
    let mut world = world;
    world.at("2026-11-24T06:40:00Z");
    world.ends(0, &["send", DATE, "--yes"]);
    let second = sink.kept();
    assert_eq!(second.len(), 2);
    assert!(String::from_utf8_lossy(&second[1].bytes).contains("in autumn"), "the second version went");
    assert_eq!(edition(&id(&second[0].bytes)), edition(&id(&second[1].bytes)), "one letter, whatever was mended");
}

#[test]
fn every_header_of_a_list_is_there_once() {
    let sink = Sink::start(Script::default());
    let world = approved(&sink, &readers(1));
    world.ends(0, &["send", DATE, "--yes"]);
    let bytes = &sink.kept()[0].bytes;
    let names = ["List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Help", "List-Archive", "Feedback-ID"];
    for name in names {
        let text = std::str::from_utf8(bytes).unwrap();
        assert_eq!(text.lines().filter(|line| line.starts_with(&format!("{name}: "))).count(), 1, "{name}");
    }
    let feedback = header(bytes, "Feedback-ID").trim_start_matches("Feedback-ID: ");
    assert_eq!(feedback, "2026-11-24:morning:newsletter:quay.test");
    assert_eq!(header(bytes, "List-Help"), "List-Help: <mailto:desk@quay.test?subject=help>");
}
