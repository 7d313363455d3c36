//! Readers who want the text edition alone: chosen on their page, by the list or by hand, and sent so.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mail_parser::MessageParser;
use sha2::{Digest, Sha256};

use crate::pages::Pages;
use crate::sink::{Kept, Script, Sink};
use crate::world::World;

const DATE: &str = "2026-11-24";

/// The sample newsroom, which signs, with Anna who gets all of it and Bo who wants text alone.
fn newsroom(sink: &Sink) -> World {
    let world = World::sample();
    let relay = format!("url = \"smtp://{}\"", sink.address());
    let dkim =
        "\n[dkim]\ndomain = \"letters.lantern.example\"\nselector = \"press1\"\nkey_file = \"secrets/dkim-rsa.pem\"\n";
    world.write("config.toml", &(world.read("config.toml").replace("url = \"mailbox:\"", &relay) + dkim));
    world.ok(&["dkim", "keygen"]);
    world.write("list.csv", "email,first_name,text_only\nanna@reader.test,Anna,\nbo@reader.test,Bo,yes\n");
    world.ok(&["subscribers", "import", "list.csv"]);
    world
}

fn send(world: &World, date: &str) {
    world.ok(&["approve", date, "--by", "Ada", "--yes"]);
    world.ends(0, &["send", date, "--yes"]);
}

fn to<'k>(kept: &'k [Kept], recipient: &str) -> &'k Kept {
    kept.iter().rev().find(|kept| kept.recipient == recipient).unwrap()
}

/// The media types of a message's parts, the outermost first.
fn kinds(kept: &Kept) -> Vec<String> {
    let mail = MessageParser::default().parse(&kept.bytes).unwrap();
    let kind = |part: &mail_parser::MessagePart| {
        let kind = mail_parser::MimeHeaders::content_type(part)?;
        Some(format!("{}/{}", kind.c_type, kind.subtype()?))
    };
    mail.parts.iter().filter_map(kind).collect()
}

#[test]
fn whoever_wants_text_alone_is_sent_one_signed_part_and_all_others_both() {
    let sink = Sink::start(Script::default());
    let world = newsroom(&sink);
    let approved = world.ends(0, &["approve", DATE, "--by", "Ada", "--yes"]);
    assert!(approved.stderr.contains("2 readers, 1 of them the text edition alone"), "{}", approved.stderr);
    world.ends(0, &["send", DATE, "--yes"]);
    let kept = sink.kept();
    let (anna, bo) = (to(&kept, "anna@reader.test"), to(&kept, "bo@reader.test"));
    assert_eq!(kinds(anna), ["multipart/alternative", "text/plain", "text/html"]);
    assert_eq!(kinds(bo), ["text/plain"]);

    let words = |kept: &Kept| MessageParser::default().parse(&kept.bytes).unwrap().body_text(0).unwrap().into_owned();
    assert!(words(bo).contains("Good morning, Bo.") && words(anna).contains("Good morning, Anna."));
    let head = |kept: &Kept| {
        let text = String::from_utf8(kept.bytes.clone()).unwrap();
        text.split_once("\r\n\r\n").unwrap().0.to_owned()
    };
    for name in ["Subject", "Date", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Message-ID"] {
        assert_eq!(head(bo).matches(&format!("\r\n{name}: ")).count(), 1, "{name}");
    }
    // The signature is over what he got, not over what others got.
    let text = String::from_utf8(bo.bytes.clone()).unwrap();
    let body = text.split_once("\r\n\r\n").unwrap().1;
    let canonical: String = format!("{}\r\n", body.trim_end_matches("\r\n"))
        .split_inclusive("\r\n")
        .map(|line| format!("{}\r\n", line.trim_end_matches("\r\n").trim_end_matches([' ', '\t'])))
        .collect();
    let hash = STANDARD.encode(Sha256::digest(squeezed(&canonical)));
    assert!(head(bo).replace("\r\n ", "").contains(&format!("bh={hash}")), "{}", head(bo));

    let report = world.json(&["report", DATE]);
    assert_eq!((&report["audience"], &report["text_only"], &report["sent"]), (&2.into(), &1.into(), &2.into()));
    assert!(world.ok(&["report", DATE]).contains("the text edition alone: 1 reader\n"));
    assert!(world.ok(&["who", "bo@reader.test"]).contains(", the text edition alone: 250"));
    assert!(!world.ok(&["who", "anna@reader.test"]).contains("the text edition alone"));
}

/// Runs of spaces as one, as the relaxed form has them.
fn squeezed(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if !(c == ' ' && out.ends_with(' ')) {
            out.push(c);
        }
    }
    out
}

#[test]
fn a_choice_made_on_the_readers_page_counts_for_the_next_issue() {
    let sink = Sink::start(Script::default());
    let world = newsroom(&sink);
    send(&world, "2026-11-23");
    let page = {
        let kept = sink.kept();
        let mail = MessageParser::default().parse(&to(&kept, "anna@reader.test").bytes).unwrap();
        let text = mail.body_text(0).unwrap().into_owned();
        let link = text.split_whitespace().find(|word| word.contains("/p/")).unwrap();
        format!("/{}", link.splitn(4, '/').nth(3).unwrap())
    };
    let pages = Pages::serve(&world);
    assert!(pages.ask("GET", &page, "").contains("Laid out, with pictures."));
    assert!(pages.ask("POST", &page, "form=text").contains("you get plain text only"));
    world.ok(&["subscribers", "add", "bo@reader.test", "--text-only=no"]);
    send(&world, DATE);
    let kept = sink.kept();
    assert_eq!(kinds(to(&kept, "anna@reader.test")), ["text/plain"]);
    assert_eq!(kinds(to(&kept, "bo@reader.test")), ["multipart/alternative", "text/plain", "text/html"]);
}

#[test]
fn the_list_knows_who_wants_text_alone_and_their_copy_is_built_so() {
    let sink = Sink::start(Script::default());
    let world = newsroom(&sink);
    assert!(world.ok(&["subscribers", "find", "bo@reader.test"]).contains("gets the text edition alone"));
    let list = world.ok(&["subscribers", "export"]);
    assert!(list.starts_with("address,first_name,state,source,since,text_only\n"), "{list}");
    let other = World::sample();
    other.write("list.csv", &list);
    other.ok(&["subscribers", "import", "list.csv"]);
    assert!(other.ok(&["subscribers", "find", "bo@reader.test"]).contains("gets the text edition alone"));
    assert!(!other.ok(&["subscribers", "find", "anna@reader.test"]).contains("gets the text edition alone"));

    let built = world.ends(0, &["build", DATE, "-o", "out", "--reader", "bo@reader.test"]);
    assert!(built.stderr.contains("bo@reader.test gets the text edition alone"), "{}", built.stderr);
    assert!(!world.read("out/issue.eml").contains("text/html"));
    world.ok(&["test", "me@reader.test", DATE, "--text-only"]);
    assert_eq!(kinds(&sink.kept()[0]), ["text/plain"]);
}
