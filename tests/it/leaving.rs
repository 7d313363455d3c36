//! The readers' side, as the web sees it: leaving with one click, in the middle of a run; the web edition,
//! its pictures, a poll. Spoken over plain sockets, with no client that could hide a redirect.

use mail_parser::MessageParser;

use crate::pages::Pages;
use crate::sink::{Kept, Script, Sink};
use crate::world::{World, readers};

const DATE: &str = "2026-11-24";

#[test]
fn a_reader_who_clicks_unsubscribe_during_a_run_gets_nothing() {
    let sink = Sink::start(Script::default());
    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    world.subscribe(&readers(8));
    // Yesterday's edition brought everybody a link; today's is on its way.
    let issue = world.read("issues/morning/2026-11-24.toml");
    let other =
        issue.replace("The harbour tram is back", "The tram comes back today").replace("\"full\"", "\"teaser\"");
    world.write("issues/morning/2026-11-23.toml", &other);
    for date in ["2026-11-23", DATE] {
        world.ok(&["approve", date, "--by", "Ada", "--yes"]);
    }
    world.ends(0, &["send", "2026-11-23", "--yes"]);
    let yesterday = sink.kept();
    let pages = Pages::serve(&world);
    world.ends(6, &["send", DATE, "--yes", "--limit", "2"]);
    let waiting = yesterday.iter().find(|kept| sink.copies(&kept.recipient) == 1).unwrap();

    let link = unsubscribe(waiting);
    let looked = pages.ask("GET", &link, "");
    assert!(looked.starts_with("HTTP/1.1 200"), "{looked}");
    assert_eq!(active(&world), 8, "a scanner that opens the link changes nothing");
    let left = pages.ask("POST", &link, "List-Unsubscribe=One-Click");
    assert!(left.starts_with("HTTP/1.1 200"), "{left}");
    assert!(!left.to_lowercase().contains("set-cookie") && !left.to_lowercase().contains("location:"), "{left}");
    assert_eq!(active(&world), 7);
    let again = pages.ask("POST", &link, "List-Unsubscribe=One-Click");
    assert!(again.starts_with("HTTP/1.1 200"), "it may be clicked twice: {again}");

    world.ok(&["release", DATE]);
    world.ends(0, &["send", DATE, "--yes"]);
    assert_eq!(sink.copies(&waiting.recipient), 1, "yesterday's, and nothing since");
    let report = world.json(&["report", DATE]);
    assert_eq!((report["sent"].as_u64(), report["suppressed"].as_u64()), (Some(7), Some(1)), "{report}");
}

#[test]
fn a_link_that_was_touched_opens_nothing() {
    let sink = Sink::start(Script::default());
    let world = crowd(&sink, 2);
    world.ends(0, &["send", DATE, "--yes"]);
    let pages = Pages::serve(&world);
    let mut link = unsubscribe(&sink.kept()[0]);
    let last = link.pop().unwrap();
    link.push(if last == 'A' { 'Q' } else { 'A' });
    let refused = pages.ask("POST", &link, "List-Unsubscribe=One-Click");
    assert!(refused.starts_with("HTTP/1.1 4"), "{refused}");
    assert_eq!(active(&world), 2);
}

#[test]
fn the_edition_is_read_online_by_anybody_and_names_nobody() {
    let sink = Sink::start(Script::default());
    let world = World::sample();
    world.write("readers.csv", "email,first_name\nines@reader.test,Ines\n");
    let poll = "\n[[block]]\ntype = \"poll\"\nquestion = \"Were you dry?\"\nanswers = [\"Yes\", \"No\"]\n";
    let issue = format!("issues/morning/{DATE}.toml");
    world.write(&issue, &(world.read(&issue) + poll));
    let relay = format!("relays.main.url=smtp://{}", sink.address());
    world.ok(&["subscribers", "import", "readers.csv"]);
    world.ok(&["--set", &relay, "approve", DATE, "--by", "Ada", "--yes"]);
    world.ends(0, &["--set", &relay, "send", DATE, "--yes"]);
    let pages = Pages::serve(&world);

    let page = pages.ask("GET", &format!("/morning/{DATE}"), "");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("The barrier held"), "{}", &page[..200]);
    assert!(!page.contains("Ines") && !page.contains("ines@reader.test"), "the page is the same for everybody");

    let picture = page.split("/i/").nth(1).unwrap().split(['"', '\'', ' ', ')']).next().unwrap();
    let answer = pages.ask("GET", &format!("/i/{picture}"), "");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("immutable"), "{}", &answer[..200]);

    let mail = MessageParser::default().parse(&sink.kept()[0].bytes).unwrap().body_text(0).unwrap().into_owned();
    assert!(mail.contains("Good morning, Ines."), "{mail}");
    let poll = mail.split_whitespace().find(|word| word.contains("/poll/")).unwrap();
    let poll = path(poll);
    assert!(pages.ask("GET", &poll, "").starts_with("HTTP/1.1 200"));
    assert_eq!(answers(&world), 0, "opening the link is no answer");
    assert!(pages.ask("POST", &poll, "").starts_with("HTTP/1.1 200"));
    assert_eq!(answers(&world), 1);
}

#[test]
fn nobody_is_mailed_while_the_unsubscribe_page_leads_nowhere() {
    let sink = Sink::start(Script::default());
    let world = crowd(&sink, 3);
    // Pages of another newsroom's: they answer, and know nobody of ours.
    let other = World::with_relay("mailbox:");
    let strangers = Pages::serve(&other);
    let at = format!("serve.url=http://{}", strangers.address());
    // What readers are given was approved with the address in it.
    world.ok(&["approve", DATE, "--by", "Ada", "--yes", "--set", &at]);
    let refused = world.ends(5, &["send", DATE, "--yes", "--set", &at]);
    assert!(refused.stderr.contains("readers would find nothing at http://127.0.0.1"), "{}", refused.stderr);
    assert_eq!(sink.kept().len(), 0);

    // Not asked, and said so.
    let blind = world.ends(0, &["send", DATE, "--yes", "--set", &at, "--no-network"]);
    assert!(blind.stderr.contains("the readers' pages were not tried: --no-network"), "{}", blind.stderr);
    assert_eq!(sink.kept().len(), 3);
}

#[test]
fn an_edition_goes_out_once_its_pages_are_there() {
    let sink = Sink::start(Script::default());
    let world = crowd(&sink, 3);
    let pages = Pages::serve(&world);
    let at = format!("serve.url=http://{}", pages.address());
    world.ok(&["approve", DATE, "--by", "Ada", "--yes", "--set", &at]);
    let sent = world.ends(0, &["send", DATE, "--yes", "--set", &at]);
    assert!(!sent.stderr.contains("not tried"), "{}", sent.stderr);
    assert_eq!(sink.kept().len(), 3);
}

fn crowd(sink: &Sink, count: usize) -> World {
    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    world.subscribe(&readers(count));
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    world
}

fn active(world: &World) -> u64 {
    count(world, "SELECT count(*) FROM subscription WHERE state = 'active'")
}

fn answers(world: &World) -> u64 {
    count(world, "SELECT count(*) FROM poll_answer")
}

fn count(world: &World, sql: &str) -> u64 {
    let store = rusqlite::Connection::open(world.path("pressrun.db")).unwrap();
    store.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap() as u64
}

/// The path of the https or http link in a message's List-Unsubscribe header.
fn unsubscribe(kept: &Kept) -> String {
    let head = String::from_utf8_lossy(&kept.bytes).replace("\r\n ", " ");
    let line = head.lines().find(|line| line.starts_with("List-Unsubscribe:")).unwrap().to_owned();
    path(line.split('<').nth(1).unwrap().split('>').next().unwrap())
}

fn path(url: &str) -> String {
    format!("/{}", url.splitn(4, '/').nth(3).unwrap())
}
