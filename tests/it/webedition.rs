//! The web edition as a publication: one page an edition, an archive, three feeds; only what was sent is there.

use std::fs;
use std::process::Command;

use scraper::{Html, Selector};

use crate::pages::Pages;
use crate::sink::{Script, Sink};
use crate::world::{World, readers};

const FEEDS: [&str; 3] = ["rss.xml", "atom.xml", "feed.json"];

/// A newsroom with a real relay and an issue on each of these days.
fn newsroom(sink: &Sink, days: &[&str]) -> World {
    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    world.subscribe(&readers(1));
    let issue = world.read("issues/morning/2026-11-24.toml");
    let (story, pick) =
        (world.read("issues/stories/2026/tram-returns.md"), world.read("issues/stories/2026/market-opens.md"));
    for day in days {
        // Stories of its own: none runs twice.
        world.write(
            &format!("issues/stories/2026/tram-{day}.md"),
            &story.replace("tram-returns", &format!("tram-{day}")),
        );
        world.write(
            &format!("issues/stories/2026/pick-{day}.md"),
            &pick.replace("market-opens", &format!("pick-{day}")),
        );
        let issue = issue
            .replace("subject = \"The harbour tram is back\"", &format!("subject = \"What happened on {day}\""))
            .replace("tram-returns", &format!("tram-{day}"))
            .replace("market-opens", &format!("pick-{day}"));
        world.write(&format!("issues/morning/{day}.toml"), &issue);
    }
    world
}

fn publish(world: &mut World, day: &str) {
    world.at(&format!("{day}T06:31:00Z"));
    world.ok(&["approve", day, "--by", "Ada", "--yes"]);
    world.ends(0, &["send", day, "--yes"]);
}

fn texts(html: &str, selector: &str) -> Vec<String> {
    let document = Html::parse_document(html);
    let selector = Selector::parse(selector).unwrap();
    document.select(&selector).map(|element| element.text().collect::<String>().trim().to_owned()).collect()
}

fn titles(feed: &str) -> Vec<String> {
    let feed = feed_rs::parser::parse(feed.as_bytes()).unwrap();
    feed.entries.into_iter().map(|entry| entry.title.unwrap().content).collect()
}

#[test]
fn nothing_of_an_edition_is_public_before_its_sending_began() {
    let sink = Sink::start(Script::default());
    let mut world = newsroom(&sink, &["2026-11-23"]);
    world.ok(&["approve", "2026-11-23", "--by", "Ada", "--yes"]);
    let pages = Pages::serve(&world);
    let missing = ["/morning/2026-11-23", "/morning/rss.xml", "/morning/atom.xml", "/morning/feed.json"];
    for path in missing {
        let answer = pages.get(path, "");
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(texts(&answer.body, "h1"), ["There is no such page."], "{path}");
    }
    for path in ["/", "/morning"] {
        let answer = pages.get(path, "");
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.body.contains("still to come") && !answer.body.contains("2026-11-23"), "{path}");
    }
    publish(&mut world, "2026-11-23");
    for path in missing.iter().chain(&["/", "/morning"]) {
        let answer = pages.get(path, "");
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.body.contains("What happened on 2026-11-23"), "{path}");
    }
}

#[test]
fn a_rehearsal_has_a_page_for_its_own_mails_and_a_place_in_no_list() {
    let world = World::with_relay("mailbox:");
    world.subscribe(&readers(1));
    world.ok(&["approve", "2026-11-24", "--by", "Ada", "--yes"]);
    world.ends(0, &["send", "2026-11-24", "--yes"]);
    let pages = Pages::serve(&world);
    let page = pages.get("/morning/2026-11-24", "");
    assert_eq!((page.status, page.header("cache-control")), (200, "no-store"));
    assert!(page.header("x-robots-tag").contains("noindex"));
    assert_eq!(pages.get("/morning/atom.xml", "").status, 404);
    for path in ["/", "/morning"] {
        assert!(!pages.get(path, "").body.contains("2026-11-24"), "{path}");
    }
}

#[test]
fn the_page_is_the_built_one_and_stays_so_byte_for_byte() {
    let sink = Sink::start(Script::default());
    let mut world = newsroom(&sink, &["2026-11-23", "2026-11-24"]);
    world.ok(&["build", "2026-11-23", "-o", "out"]);
    publish(&mut world, "2026-11-23");
    let pages = Pages::serve(&world);
    let page = pages.get("/morning/2026-11-23", "").body;
    assert_eq!(page, world.read("out/web.html"), "build writes what serve serves");
    publish(&mut world, "2026-11-24");
    let story = world.read("issues/stories/2026/tram-2026-11-23.md");
    world.write("issues/stories/2026/tram-2026-11-23.md", &story.replace("nine months", "ten months"));
    assert_eq!(pages.get("/morning/2026-11-23", "").body, page, "whatever comes after");
}

#[test]
fn editions_lead_to_one_another_and_the_ends_to_the_archive() {
    let sink = Sink::start(Script::default());
    let days = ["2026-11-23", "2026-11-24", "2026-11-25"];
    let mut world = newsroom(&sink, &days);
    for day in days {
        publish(&mut world, day);
    }
    let pages = Pages::serve(&world);
    let leads = |path: &str| {
        let answer = pages.get(path, "");
        assert_eq!(answer.status, 302, "{path}");
        answer.header("location").to_owned()
    };
    assert_eq!(leads("/morning/2026-11-24/previous"), "/morning/2026-11-23");
    assert_eq!(leads("/morning/2026-11-24/next"), "/morning/2026-11-25");
    assert_eq!(leads("/morning/2026-11-23/previous"), "/morning");
    assert_eq!(leads("/morning/2026-11-25/next"), "/morning");
    assert_eq!(pages.get("/nobodys/2026-11-25/next", "").status, 404);
    // The links on the page are those that answer here.
    let page = pages.get("/morning/2026-11-24", "").body;
    for end in ["previous", "next"] {
        assert!(page.contains(&format!("href=\"http://127.0.0.1:8025/morning/2026-11-24/{end}\"")), "{end}");
    }
}

#[test]
fn the_archive_and_the_feeds_list_the_same_editions_newest_first() {
    let sink = Sink::start(Script::default());
    let days = ["2026-10-30", "2026-11-23", "2026-11-24"];
    let mut world = newsroom(&sink, &days);
    for day in days {
        publish(&mut world, day);
    }
    let pages = Pages::serve(&world);
    let archive = pages.get("/morning", "").body;
    assert_eq!(texts(&archive, "h1"), ["Morning Tide"]);
    assert_eq!(texts(&archive, "main h2"), ["November 2026", "October 2026"]);
    let newest_first: Vec<String> = days.iter().rev().map(|day| format!("What happened on {day}")).collect();
    assert_eq!(texts(&archive, "a.edition"), newest_first);
    assert_eq!(texts(&pages.get("/", "").body, "a.edition"), newest_first[..1]);
    for file in FEEDS {
        assert_eq!(titles(&pages.get(&format!("/morning/{file}"), "").body), newest_first, "{file}");
        for page in ["/", "/morning", "/morning/2026-11-24"] {
            let head = pages.get(page, "").body;
            assert!(head.contains(&format!("href=\"http://127.0.0.1:8025/morning/{file}\"")), "{page}: {file}");
        }
    }
    for path in ["/morning?page=2", "/morning?page=0", "/morning?page=x", "/nobodys"] {
        assert_eq!(pages.get(path, "").status, 404, "{path}");
    }
}

#[test]
fn what_a_visitor_has_already_is_not_sent_again() {
    let sink = Sink::start(Script::default());
    let mut world = newsroom(&sink, &["2026-11-23", "2026-11-24"]);
    publish(&mut world, "2026-11-23");
    let pages = Pages::serve(&world);
    let paths = ["/", "/morning", "/morning/2026-11-23", "/morning/rss.xml", "/morning/atom.xml", "/morning/feed.json"];
    let mut tags = Vec::new();
    for path in paths {
        let first = pages.get(path, "");
        assert_eq!(first.header("cache-control"), "public, max-age=60", "{path}");
        assert_eq!(first.header("last-modified"), "Mon, 23 Nov 2026 06:31:00 GMT", "{path}");
        let tag = first.header("etag").to_owned();
        for more in [
            format!("If-None-Match: {tag}\r\n"),
            format!("If-None-Match: \"other\", W/{tag}\r\n"),
            "If-Modified-Since: Mon, 23 Nov 2026 06:31:00 GMT\r\n".to_owned(),
        ] {
            let again = pages.get(path, &more);
            assert_eq!((again.status, again.body.as_str()), (304, ""), "{path}: {more}");
            assert_eq!(again.header("etag"), tag, "{path}");
        }
        for more in [
            "If-None-Match: \"other\"\r\nIf-Modified-Since: Mon, 23 Nov 2026 06:31:00 GMT\r\n",
            "If-Modified-Since: Mon, 23 Nov 2026 06:30:59 GMT\r\n",
            "If-Modified-Since: yesterday\r\n",
        ] {
            assert_eq!(pages.get(path, more).status, 200, "{path}: {more}");
        }
        tags.push((path, tag));
    }
    publish(&mut world, "2026-11-24");
    for (path, tag) in tags {
        let status = pages.get(path, &format!("If-None-Match: {tag}\r\n")).status;
        assert_eq!(status, if path == "/morning/2026-11-23" { 304 } else { 200 }, "{path}");
    }
    assert_eq!(pages.get("/nowhere", "If-None-Match: *\r\n").status, 404);
}

#[test]
fn an_amended_edition_is_amended_for_everybody_who_reads_it_here() {
    let sink = Sink::start(Script::default());
    let mut world = newsroom(&sink, &["2026-11-24"]);
    world.subscribe(&readers(3));
    world.at("2026-11-24T06:31:00Z");
    world.ok(&["approve", "2026-11-24", "--by", "Ada", "--yes"]);
    world.ends(6, &["send", "2026-11-24", "--yes", "--limit", "1"]);
    let pages = Pages::serve(&world);
    let before = pages.get("/morning/2026-11-24", "");
    world.at("2026-11-24T06:50:00Z");
    let story = world.read("issues/stories/2026/tram-2026-11-24.md");
    world.write("issues/stories/2026/tram-2026-11-24.md", &story.replace("nine months", "ten months"));
    world.ok(&["approve", "2026-11-24", "--by", "Ada", "--yes"]);
    world.ok(&["amend", "2026-11-24"]);
    let after = pages.get("/morning/2026-11-24", "");
    assert!(before.body.contains("nine") && !after.body.contains("nine\u{a0}months") && after.body.contains("ten"));
    assert_eq!(after.header("last-modified"), "Tue, 24 Nov 2026 06:50:00 GMT");
    let feed = feed_rs::parser::parse(pages.get("/morning/atom.xml", "").body.as_bytes()).unwrap();
    let entry = &feed.entries[0];
    assert_eq!(entry.published.unwrap().to_rfc3339(), "2026-11-24T06:31:00+00:00");
    assert_eq!(entry.updated.unwrap().to_rfc3339(), "2026-11-24T06:50:00+00:00");
}

#[test]
fn what_an_editor_types_is_words_everywhere() {
    let sink = Sink::start(Script::default());
    let mut world = newsroom(&sink, &[]);
    let evil = "]]></title><script>alert(1)</script> & so";
    let issue = world.read("issues/morning/2026-11-24.toml");
    let issue = issue.replace("subject = \"The harbour tram is back\"", &format!("subject = '{evil}'"));
    world.write("issues/morning/2026-11-24.toml", &issue);
    publish(&mut world, "2026-11-24");
    let pages = Pages::serve(&world);
    for path in ["/", "/morning", "/morning/2026-11-24"] {
        let page = pages.get(path, "").body;
        assert!(!page.contains("<script>"), "{path}");
        assert!(page.contains("&lt;script&gt;alert(1)"), "{path}");
    }
    for file in FEEDS {
        let feed = pages.get(&format!("/morning/{file}"), "").body;
        assert_eq!(titles(&feed), [evil], "{file}");
    }
}

#[test]
#[ignore = "needs java, xmllint and npm's vnu-jar, ajv-cli and jsonfeed-schema: ./tests/run"]
fn public_validators_find_nothing() {
    let sink = Sink::start(Script::default());
    let mut world = World::sample();
    world.write("readers.csv", "email\nines@reader.test\n");
    world.ok(&["subscribers", "import", "readers.csv"]);
    let relay = format!("relays.main.url=smtp://{}", sink.address());
    for day in ["2026-11-23", "2026-11-24"] {
        world.at(&format!("{day}T06:31:00Z"));
        world.ok(&["--set", &relay, "approve", day, "--by", "Ada", "--yes"]);
        world.ends(0, &["--set", &relay, "send", day, "--yes"]);
    }
    let pages = Pages::serve(&world);
    let modules = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/validators/node_modules");
    let kept = |path: &str, name: &str| {
        fs::write(world.path(name), pages.get(path, "").body).unwrap();
        world.path(name)
    };
    let mut nu = Command::new("java");
    nu.arg("-jar").arg(modules.join("vnu-jar/build/dist/vnu.jar")).arg("--Werror");
    for (number, path) in ["/", "/morning", "/morning/2026-11-23", "/morning/2026-11-24", "/no"].iter().enumerate() {
        nu.arg(kept(path, &format!("page{number}.html")));
    }
    passes(&mut nu);
    let schemas = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/schemas");
    for feed in ["rss", "atom"] {
        let file = format!("{feed}.xml");
        let schema = schemas.join(format!("{feed}.rng"));
        passes(
            Command::new("xmllint")
                .args(["--noout", "--relaxng"])
                .arg(schema)
                .arg(kept(&format!("/morning/{file}"), &file)),
        );
    }
    passes(
        Command::new("node")
            .arg(modules.join("ajv-cli/dist/index.js"))
            .args(["validate", "--spec=draft7", "--strict=false", "-s"])
            .arg(modules.join("jsonfeed-schema/schema-v1.1.json"))
            .arg("-d")
            .arg(kept("/morning/feed.json", "feed.json")),
    );
}

#[track_caller]
fn passes(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}\n{said}");
}
