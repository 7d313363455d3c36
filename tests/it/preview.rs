//! The preview, as an editor uses it: the program itself, a real browser before it, hands that click, type and
//! drag. Beside it what no browser would do, over plain sockets.

mod days; // what is to come, what was, and the archive
mod deciding; // approving, a test to oneself, the editor
mod door; // logging in by a mailed link, two editors at once
mod live; // saves of every kind, mistakes, restarts, two browsers
mod looking; // panes, lenses, readers, keys, every screen
mod room; // a run, live and closed
mod safe; // what a strange site or a strange hand may not do
mod writing; // what is edited in place, and who wins

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Child;

use crate::chromium::{Page, Scheme};
use crate::pages::Answer;
use crate::world::World;

/// The issue of the sample newsroom that every scenario looks at.
const ISSUE: &str = "issues/morning/2026-11-24.toml";

/// The sample newsroom with a morning that has every kind of block, whatever the sample's own is edited to.
pub(crate) fn newsroom() -> World {
    let world = World::sample();
    for slot in ["2026-11-23", "2026-11-24"] {
        world.write(&format!("issues/morning/{slot}.toml"), &fixed(slot));
    }
    world
}

fn fixed(slot: &str) -> String {
    let issue = format!("{}/tests/fixtures/desk/{slot}.toml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(issue).unwrap()
}

/// A newsroom with its preview running, until dropped.
struct Desk {
    world: World,
    process: Child,
    address: String,
}

impl Desk {
    fn sample() -> Self {
        Self::open(newsroom(), &[])
    }

    fn open(world: World, args: &[&str]) -> Self {
        Self::open_in(world, &[], args)
    }

    fn open_in(world: World, environment: &[(&str, &str)], args: &[&str]) -> Self {
        let (process, address) = world.preview_in(environment, &[&["--port", "0"], args].concat());
        Self { world, process, address }
    }

    /// The sample newsroom with a store that knows these readers.
    fn with_readers(readers: &[(&str, &str)]) -> Self {
        let world = newsroom();
        let rows: String = readers.iter().map(|(address, name)| format!("{address},{name}\n")).collect();
        world.write("list.csv", &format!("email,first_name\n{rows}"));
        world.ok(&["-n", "morning", "subscribers", "import", "list.csv"]);
        Self::open(world, &[])
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The page of the sample's issue, both mails in it.
    fn page(&self) -> Page {
        let page = self.at("/morning/2026-11-24", 1440, 900);
        page.until(BOTH);
        page
    }

    /// A page of it in a window of this size.
    fn at(&self, path: &str, width: u32, height: u32) -> Page {
        let page = Page::new();
        page.sized(width, height).shown("screen", Scheme::Light).go(&self.url(path));
        page
    }

    /// Ends it as a system would, and starts it again at the same address.
    fn restart(&mut self, args: &[&str]) {
        self.end();
        let port = self.address.rsplit(':').next().unwrap().to_owned();
        let (process, address) = self.world.preview(&[&["--port", &port], args].concat());
        (self.process, self.address) = (process, address);
    }

    fn end(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Changes the issue's file as another hand would.
    fn save(&self, from: &str, to: &str) {
        let text = self.world.read(ISSUE);
        assert!(text.contains(from), "{from}");
        self.world.write(ISSUE, &text.replace(from, to));
    }

    /// One request, every line of its head given but the length.
    fn ask(&self, method: &str, path: &str, head: &[(&str, &str)], body: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let mut lines: String = head.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        if !head.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            lines += &format!("Host: {}\r\n", self.address);
        }
        if method == "POST" {
            lines += &format!("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n", body.len());
        }
        write!(stream, "{method} {path} HTTP/1.1\r\n{lines}Connection: close\r\n\r\n{body}").unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        Answer::parse(&String::from_utf8_lossy(&bytes))
    }

    fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], "")
    }

    /// A write as our own page makes it: with the token it carries.
    fn post(&self, path: &str, body: &str) -> Answer {
        self.ask("POST", path, &[("x-pressrun-token", &self.token()), ("sec-fetch-site", "same-origin")], body)
    }

    fn token(&self) -> String {
        between(&self.get("/morning/2026-11-24").body, "name=\"token\" content=\"", "\"")
    }

    /// What the page names the file by that it was made of.
    fn seen(&self) -> String {
        between(&self.get("/morning/2026-11-24").body, "data-seen=\"", "\"")
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.end();
    }
}

/// Both mails are there.
const BOTH: &str =
    "['phone', 'desktop'].every(id => document.getElementById(id)?.contentDocument?.querySelector('td[id=b1]'))";

fn between(text: &str, before: &str, behind: &str) -> String {
    text.split(before).nth(1).and_then(|rest| rest.split(behind).next()).unwrap_or_default().to_owned()
}
