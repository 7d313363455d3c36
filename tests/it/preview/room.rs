//! The press room: before a run, while it is on, and with its books closed; and the band on the issue's own page.

use std::fs;
use std::process::Child;
use std::thread::sleep;
use std::time::Duration;

use super::{Desk, newsroom};
use crate::chromium::Scheme;
use crate::sink::{Script, Sink};
use crate::world::{World, readers};

const ROOM: &str = "/morning/2026-11-24/room";

/// A newsroom with so many readers, its issue approved for a relay.
fn approved(count: usize, sink: &Sink) -> World {
    let world = newsroom();
    let odd = ["never1@reader.test", "blocked2@reader.test", "later3@reader.test"].map(str::to_owned);
    world.write("list.csv", &format!("email\n{}\n", [readers(count), odd.to_vec()].concat().join("\n")));
    world.ok(&["-n", "morning", "subscribers", "import", "list.csv"]);
    world.ok(&["--set", &relay(sink), "approve", "2026-11-24", "--by", "Ada", "--yes"]);
    world
}

fn relay(sink: &Sink) -> String {
    format!("relays.main.url=smtp://{}", sink.address())
}

/// Begins the run, as a person or cron would.
fn send(desk: &Desk, sink: &Sink) -> Child {
    let one_by_one = "relays.main.connections=1";
    desk.world.spawn(&["--set", &relay(sink), "--set", one_by_one, "send", "2026-11-24", "--yes"])
}

/// A newsroom whose issue was sent, its books closed but for one reader who is tried again.
pub(super) fn sent() -> Desk {
    let sink = Sink::start(Script::default());
    let desk = Desk::open(approved(40, &sink), &["2026-11-24"]);
    send(&desk, &sink).wait().unwrap();
    desk
}

fn unhurried() -> Sink {
    Sink::start(Script { think: Duration::from_millis(60), ..Script::default() })
}

impl Desk {
    /// Whether the server has this file of the newsroom open.
    fn holds(&self, name: &str) -> bool {
        let open = fs::read_dir(format!("/proc/{}/fd", self.process.id())).unwrap().flatten();
        open.filter_map(|entry| fs::read_link(entry.path()).ok()).any(|path| path.ends_with(name))
    }
}

/// How many of a state the page says there are.
fn count(state: &str) -> String {
    format!(
        "+[...document.querySelectorAll('.states tbody tr')].find(row => row.querySelector('.swatch.{state}')).querySelector('.number').textContent"
    )
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn a_run_is_followed_from_before_its_first_message_until_its_books_are_closed() {
    let sink = unhurried();
    let desk = Desk::open(approved(100, &sink), &["2026-11-24"]);
    let page = desk.at(ROOM, 1440, 900);
    page.until("document.querySelector('h1')?.textContent === 'Nothing has been sent yet'");
    let plan = page.see("document.querySelector('.plan').innerText");
    for fact in ["Tuesday, 24 November, 06:30", "103 readers", "approved by Ada"] {
        assert!(plan.as_str().unwrap().contains(fact), "{fact}: {plan}");
    }
    let mut run = send(&desk, &sink);
    // Without a hand on the page.
    page.until("document.querySelector('.state.sending')");
    page.until(&format!("{} > 5", count("sent")));
    let early = page.see(&count("sent")).as_u64().unwrap();
    assert!(early < 100, "{early}");
    assert_eq!(page.see("document.querySelectorAll('svg.bar rect').length > 1"), true);
    page.until(&format!("{} > {early}", count("sent")));
    page.until("document.querySelector('.room .said')?.textContent.match(/5\\.[17]\\.1|4\\.2\\.0/)");
    run.wait().unwrap();
    page.until(&format!("{} === 100 && {} === 2 && {} === 1", count("sent"), count("failed"), count("deferred")));
    let said = page.see("[...document.querySelectorAll('.room .said')].map(said => said.textContent).join()");
    for reply in ["5.1.1", "5.7.1", "4.2.0"] {
        assert!(said.as_str().unwrap().contains(reply), "{reply}: {said}");
    }
    page.until("[...document.querySelectorAll('h2 + table')].some(table => /main[^]*100[^]*3[^]*closed/.test(table.innerText))");
    // A hold is seen, and a release.
    desk.world.ok(&["hold", "2026-11-24", "--by", "Ada"]);
    page.until("document.querySelector('.state.held') && document.querySelector('.notice').textContent.includes('pressrun release 2026-11-24')");
    desk.world.ok(&["cancel", "2026-11-24", "--by", "Ada"]);
    page.until("document.querySelector('.state.cancelled')");
    let square = "(() => { const box = document.querySelector('.states .swatch.unknown').getBoundingClientRect(); return [box.width, box.height] })()";
    assert_eq!(page.see(square), serde_json::json!([10, 10]));
    // The words of the room keep their own colours, beside the style sheet of the desk.
    assert_eq!(page.see("getComputedStyle(document.querySelector('.room .said')).position"), "static");
    assert_eq!(page.see("getComputedStyle(document.querySelector('.room svg.bar')).paddingLeft"), "0px");
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn the_issue_s_page_says_that_its_edition_is_under_way() {
    let sink = unhurried();
    let desk = Desk::open(approved(60, &sink), &["2026-11-24"]);
    let page = desk.page();
    assert_eq!(page.see("document.querySelector('#run')?.textContent ?? ''"), "");
    let mut run = send(&desk, &sink);
    page.until("document.querySelector('#run[data-state=sending]')?.textContent.includes('On its way')");
    page.press("p").until("document.querySelector('#pressroom .state') && document.readyState === 'complete'");
    page.press("p").until("document.querySelector('#run') && location.pathname === '/morning/2026-11-24'");
    page.click("#run a").until("location.pathname.endsWith('/room') && document.readyState === 'complete'");
    page.click(".deeds .button").until("document.querySelector('.issue') && document.readyState === 'complete'");
    run.wait().unwrap();
    desk.world.ok(&["hold", "2026-11-24", "--by", "Ada"]);
    page.until("document.querySelector('#run[data-state=held]')?.textContent.includes('pressrun release 2026-11-24')");
    desk.world.ok(&["cancel", "2026-11-24", "--by", "Ada"]);
    page.until("!document.querySelector('#run')");
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn the_press_room_has_keys_of_its_own() {
    let desk = Desk::sample();
    let page = desk.at(ROOM, 1440, 900);
    page.press("?").until("document.getElementById('keys').open");
    let keys = page.see("[...document.querySelectorAll('#keys kbd')].map(key => key.textContent).join('')");
    assert!(keys.as_str().unwrap().contains('p') && !keys.as_str().unwrap().contains('j'), "{keys}");
    page.press("Escape").until("!document.getElementById('keys').open");
    page.press("j").press("a").press("e");
    assert_eq!(
        page.see("!!document.querySelector('dialog[open]')"),
        false,
        "no key of another room does anything here"
    );
    page.click("nav [data-way=issue]").until("document.querySelector('.issue') && document.readyState === 'complete'");
    page.click("nav [data-way=room]").until("document.getElementById('pressroom')");
    page.click("a[rel=prev]").until("location.pathname === '/morning/2026-11-23/room'");
}

#[test]
fn a_newsroom_without_a_store_and_one_whose_store_does_not_read_say_so() {
    let desk = Desk::sample();
    let page = desk.get(ROOM).body;
    assert!(page.contains("There is no store here") && page.contains("pressrun.db"), "{page}");
    assert!(!desk.world.path("pressrun.db").exists());
    desk.world.write("pressrun.db", "This is a note, and no database at all.");
    let page = desk.get(ROOM).body;
    assert!(page.contains("The store cannot be read"), "{page}");
    assert_eq!(desk.get("/nobody/2026-11-24/room").status, 404);
    assert_eq!(desk.get("/morning/template/room").status, 404);
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn a_store_that_comes_while_a_room_is_looked_at_is_seen() {
    let desk = Desk::sample();
    let page = desk.at(ROOM, 1440, 900);
    page.until("document.querySelector('h1')?.textContent === 'There is no store here'");
    desk.world.write("list.csv", "email\nada@reader.test\n");
    desk.world.ok(&["-n", "morning", "subscribers", "import", "list.csv"]);
    page.until("document.querySelector('h1')?.textContent === 'Nothing has been sent yet'");
    page.until("document.querySelector('.plan').innerText.includes('1 reader')");
    desk.world.ok(&["approve", "2026-11-24", "--by", "Ada", "--yes"]);
    page.until("document.querySelector('.plan').innerText.includes('approved by Ada')");
}

#[test]
fn a_day_nobody_has_begun_has_an_empty_room() {
    let desk = Desk::with_readers(&[("ada@reader.test", "Ada")]);
    let page = desk.get("/morning/2026-11-25/room").body;
    for words in
        ["Nothing has been sent yet", "Nobody has begun this issue", "1 reader", "Wednesday, 25 November, 06:30"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn the_store_is_held_open_only_while_somebody_looks_at_it() {
    let desk = Desk::with_readers(&[("ada@reader.test", "Ada")]);
    assert!(!desk.holds("pressrun.db"));
    let page = desk.at(ROOM, 1440, 900);
    page.until("document.getElementById('pressroom')");
    let eventually = |held: bool| {
        (0..200).any(|_| {
            sleep(Duration::from_millis(50));
            desk.holds("pressrun.db") == held
        })
    };
    assert!(eventually(true), "a room is looked at");
    page.open("about:blank");
    assert!(eventually(false), "and no more");
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn a_room_fits_every_screen() {
    let desk = sent();
    let page = desk.at(ROOM, 1024, 768);
    for (width, scheme) in [(1024, Scheme::Light), (1440, Scheme::Dark), (2560, Scheme::Light)] {
        page.sized(width, 900).shown("screen", scheme).until("document.querySelector('.states')");
        assert_eq!(page.see("document.documentElement.scrollWidth <= innerWidth"), true, "at {width}");
        assert_eq!(page.see("document.getElementById('main').scrollWidth <= innerWidth"), true, "at {width}");
        let inside = "[...document.querySelector('header.bar').children].every(own => own.getBoundingClientRect().right <= innerWidth)";
        assert_eq!(page.see(inside), true, "the bar at {width}");
    }
}
