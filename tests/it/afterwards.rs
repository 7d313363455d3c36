//! After an issue was sent: corrected for those who have it, noted and taken down on the web. Each walk is one
//! picture: what was typed, what was said, who got what.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use scraper::{Html, Selector};

use crate::pages::Pages;
use crate::person::Person;
use crate::sink::{Script, Sink};
use crate::world::{World, readers};

const DATE: &str = "2026-11-24";
const CORRECTION: &str = "2026-11-24-correction";
const WORDS: &str = "The tram came back after **ten** months, not nine.";
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

/// Who has how many mails of this subject.
fn inboxes(sink: &Sink) -> String {
    let mut inboxes: BTreeMap<(String, String), usize> = BTreeMap::new();
    for kept in sink.kept() {
        let text = String::from_utf8_lossy(&kept.bytes).into_owned();
        let subject = text.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap_or_default().to_owned();
        *inboxes.entry((kept.recipient, subject)).or_default() += 1;
    }
    inboxes.iter().map(|((who, subject), copies)| format!("{who}: {copies} × {subject}\n")).collect()
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
fn a_correction_reaches_exactly_those_who_got_the_issue_its_web_edition_and_the_next_issue() {
    let sink = Sink::start(Script::default());
    let world = sent(&sink);
    // Since then one has left and one has come: the first wants no mail, the second never saw the mistake.
    world.ok(&["subscribers", "remove", "reader2@reader.test"]);
    world.subscribe(&["newcomer@reader.test".to_owned()]);
    let mut walk = Walk::new(world);
    let pages = Pages::serve(&walk.world);
    walk.types(&["correct", DATE, "--text", WORDS, "--by", "Ada"]);
    walk.shows("the correction on the desk", &walk.world.read(&format!("issues/morning/{CORRECTION}.toml")));
    walk.shows("the web edition", &stories(&pages, "/morning/2026-11-24"));
    walk.types(&["check", CORRECTION]);
    walk.types(&["send", CORRECTION, "--yes"]);
    walk.types(&["approve", CORRECTION, "--by", "Ada", "--yes"]);
    walk.types(&["send", CORRECTION, "--yes"]);
    walk.shows("in the inboxes", &inboxes(&sink));
    walk.types(&["new", "tomorrow"]);
    walk.shows("tomorrow's issue", &walk.world.read("issues/morning/2026-11-25.toml"));
    walk.shows("the template", &walk.world.read("issues/morning/template.toml"));
    walk.types(&["log", DATE]);
    insta::assert_snapshot!("corrected", walk.picture);
    for file in FEEDS {
        let feed = pages.get(&format!("/morning/{file}"), "").body;
        assert!(feed.contains("<strong>ten</strong> months") || feed.contains("ten&lt;/strong&gt; months"), "{feed}");
    }
}

#[test]
fn a_next_issue_that_is_written_carries_the_note_itself_and_never_twice() {
    let sink = Sink::start(Script::default());
    let mut walk = Walk::new(sent(&sink));
    let issue = walk.world.read("issues/morning/2026-11-24.toml");
    walk.world.write("issues/morning/2026-11-25.toml", &issue.replace("harbour tram is back", "tram stays"));
    walk.types(&["correct", DATE, "--text", WORDS, "--by", "Ada"]);
    let carried = walk.world.read("issues/morning/2026-11-25.toml");
    // The correction is on the desk still: a second one would mail the same readers about the first again.
    walk.types(&["correct", DATE, "--text", "The tram is **green**.", "--by", "Ada"]);
    assert_eq!(walk.world.read("issues/morning/2026-11-25.toml"), carried);
    walk.world.ok(&["approve", CORRECTION, "--by", "Ada", "--yes"]);
    walk.world.ends(7, &["send", CORRECTION, "--yes"]);
    walk.types(&["correct", DATE, "--text", WORDS, "--by", "Ada"]);
    assert_eq!(walk.world.read("issues/morning/2026-11-25.toml"), carried, "it stands there already");
    walk.shows("the second correction", &walk.world.read("issues/morning/2026-11-24-correction-2.toml"));
    insta::assert_snapshot!("corrected_twice", walk.picture);
}

#[test]
fn only_the_web_edition_is_noted_where_only_that_is_asked_for() {
    let sink = Sink::start(Script::default());
    let world = sent(&sink);
    let before = sink.kept().len();
    let mut walk = Walk::new(world);
    let pages = Pages::serve(&walk.world);
    let fresh = pages.get("/morning/2026-11-24", "").header("etag").to_owned();
    walk.types(&["correct", DATE, "--web", "--text", WORDS, "--by", "Ada"]);
    walk.types(&["--json", "correct", DATE, "--web", "--text", "The driver is *Ines* Rowe.", "--by", "Ada"]);
    walk.shows("the web edition", &stories(&pages, "/morning/2026-11-24"));
    insta::assert_snapshot!("noted_on_the_web", walk.picture);
    let noted = pages.get("/morning/2026-11-24", &format!("If-None-Match: {fresh}\r\n"));
    assert_eq!((noted.status, noted.header("last-modified")), (200, "Tue, 24 Nov 2026 10:40:00 GMT"));
    assert_eq!(sink.kept().len(), before);
    assert!(!walk.world.path(&format!("issues/morning/{CORRECTION}.toml")).exists());
    assert!(!walk.world.path("issues/morning/template.toml").exists());
}

#[test]
fn a_correction_of_nothing_or_without_words_is_refused_before_anything_is_done() {
    let sink = Sink::start(Script::default());
    let mut walk = Walk::new(sent(&sink));
    walk.types(&["correct", "2026-11-25", "--text", WORDS]);
    walk.types(&["correct", DATE]);
    walk.types(&["correct", DATE, "--text", " "]);
    walk.types(&["correct", DATE, "--text", "See [the page](notaurl), <b>please</b>."]);
    walk.types(&["correct", DATE, "--text", "The council sits on Monday 8 December, with TK of 47 members."]);
    walk.world.write(EXTRA, &format!("audience = \"got:2026-11-20\"\n{LETTER}"));
    walk.types(&["approve", "2026-11-24-2", "--yes"]);
    walk.world.write(EXTRA, &format!("audience = \"yesterday\"\n{LETTER}"));
    walk.types(&["check", "2026-11-24-2", "--only", "bad-value"]);
    insta::assert_snapshot!("not_corrected", walk.picture);
    assert!(!walk.world.path(&format!("issues/morning/{CORRECTION}.toml")).exists());
}

#[test]
fn the_words_are_asked_for_where_somebody_can_answer() {
    let sink = Sink::start(Script::default());
    let world = sent(&sink);
    let mut editor = Person::at(&world, &[], &["correct", DATE, "--web", "--by", "Ada"]);
    editor.answers("What is right?", "Ten months.");
    let (code, screen) = editor.leaves();
    assert_eq!(code, 0, "{screen}");
    assert!(stories(&Pages::serve(&world), "/morning/2026-11-24").contains("Ten months."));
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
