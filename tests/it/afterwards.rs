//! After an issue was sent: taken down on the web. Each walk is one
//! picture: what was typed, what was said, who got what.

use std::fmt::Write as _;

use scraper::{Html, Selector};

use crate::pages::Pages;
use crate::sink::{Script, Sink};
use crate::world::{World, readers};

const DATE: &str = "2026-11-24";
/// A short extra of the same day.
const EXTRA: &str = "issues/morning/2026-11-24-2.toml";
const LETTER: &str = "subject = \"The ferry is late\"\npreheader = \"The ice on the river holds it at the far side\"\n\n\
                      [[block]]\ntype = \"letter\"\ntext = \"The ferry is late, {first_name|reader}.\"\n";
const FEEDS: [&str; 3] = ["rss.xml", "atom.xml", "feed.json"];

/// What was typed and what was said, in one text.
struct Walk {
    world: World,
    picture: String,
}

impl Walk {
    fn new(world: World) -> Self {
        Self { world, picture: String::new() }
    }

    /// Types a command and keeps all it says.
    fn types(&mut self, args: &[&str]) {
        let ran = self.world.run(args);
        let typed: Vec<String> =
            args.iter().map(|arg| if arg.contains(' ') { format!("{arg:?}") } else { (*arg).to_owned() }).collect();
        let _ = writeln!(self.picture, "$ pressrun {}", typed.join(" "));
        self.picture += &ran.stdout;
        self.picture += &ran.stderr;
        let _ = if ran.code == 0 { writeln!(self.picture) } else { writeln!(self.picture, "[ends {}]\n", ran.code) };
    }

    /// Keeps a text under a heading.
    fn shows(&mut self, what: &str, text: &str) {
        let _ = writeln!(self.picture, "──── {what} ────\n{}\n", text.trim_end());
    }
}

/// A morning as mornings are: one reader whose server refuses, one of whom nobody knows, the others have it.
fn sent(sink: &Sink) -> World {
    let mut world = World::with_relay(&format!("smtp://{}", sink.address()));
    let mut addresses = readers(4);
    addresses.extend(["never@reader.test".to_owned(), "drop-after-dot@reader.test".to_owned()]);
    world.subscribe(&addresses);
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    world.ends(7, &["send", DATE, "--yes"]);
    world.at("2026-11-24T10:40:00Z");
    world
}

/// What a visitor sees of a page's stories, notes among them, a line each.
fn stories(pages: &Pages, path: &str) -> String {
    let answer = pages.get(path, "");
    let document = Html::parse_document(&answer.body);
    let lines = Selector::parse("main h1, main h2, main h3, main p").unwrap();
    let text = |element: scraper::ElementRef<'_>| element.text().collect::<String>().trim().replace('\u{a0}', " ");
    let lines: Vec<String> = document.select(&lines).map(text).filter(|line| !line.is_empty()).collect();
    format!("{}\n{}", answer.status, lines.join("\n"))
}

#[test]
fn a_web_edition_is_taken_down_everywhere_and_put_back() {
    let sink = Sink::start(Script::default());
    let mut walk = Walk::new(sent(&sink));
    // Another edition, which stays where it is.
    walk.world.write(EXTRA, LETTER);
    walk.world.ok(&["approve", "2026-11-24-2", "--by", "Ada", "--yes"]);
    walk.world.ends(7, &["send", "2026-11-24-2", "--yes"]);
    let pages = Pages::serve(&walk.world);
    let everywhere = |walk: &mut Walk, when: &str| {
        let mut seen = format!("/morning/2026-11-24: {}\n", stories(&pages, "/morning/2026-11-24"));
        for list in ["/", "/morning"].map(str::to_owned).into_iter().chain(FEEDS.map(|file| format!("/morning/{file}")))
        {
            let answer = pages.get(&list, "");
            let there = |is: bool| if is { "there" } else { "not there" };
            let others = answer.body.matches("/morning/2026-11-24-2").count();
            let (own, other) = (answer.body.matches("/morning/2026-11-24").count() > others, others > 0);
            let _ = writeln!(seen, "{list}: {}: it is {}, the other {}", answer.status, there(own), there(other));
        }
        walk.shows(when, &seen);
    };
    let tag = pages.get("/morning", "").header("etag").to_owned();
    walk.types(&["web", "hide", DATE, "--by", "Ada"]);
    everywhere(&mut walk, "taken down");
    let listed =
        pages.get("/morning", &format!("If-None-Match: {tag}\r\nIf-Modified-Since: Tue, 24 Nov 2026 06:31:00 GMT\r\n"));
    assert_eq!(listed.status, 200, "whoever kept the old list gets the new one");
    let gone = pages.get("/morning/2026-11-24", "");
    assert_eq!((gone.status, gone.header("cache-control")), (410, "no-store"));
    walk.types(&["web", "hide", DATE]);
    walk.types(&["web", "show", DATE, "--by", "Ada"]);
    everywhere(&mut walk, "put back");
    walk.types(&["web", "show", DATE]);
    walk.types(&["web", "hide", "2026-11-25"]);
    walk.types(&["log", DATE]);
    insta::assert_snapshot!("taken_down", walk.picture);
}

#[test]
fn one_block_is_taken_down_and_the_page_says_nothing_of_it_any_more() {
    let sink = Sink::start(Script::default());
    let mut walk = Walk::new(sent(&sink));
    let pages = Pages::serve(&walk.world);
    let before = pages.get("/morning/2026-11-24", "").body;
    walk.types(&["web", "hide", DATE, "b9"]);
    walk.types(&["--json", "web", "hide", DATE, "2", "--by", "Ada"]);
    walk.shows("without it", &stories(&pages, "/morning/2026-11-24"));
    let page = pages.get("/morning/2026-11-24", "").body;
    assert!(before.contains("sleeper twice") && !page.contains("sleeper") && !page.contains("ItemList"), "{page}");
    for file in FEEDS {
        assert!(!pages.get(&format!("/morning/{file}"), "").body.contains("sleeper"), "{file}");
    }
    walk.types(&["web", "show", DATE, "b2", "--by", "Ada"]);
    assert_eq!(pages.get("/morning/2026-11-24", "").body, before);
    insta::assert_snapshot!("a_block_taken_down", walk.picture);
}
