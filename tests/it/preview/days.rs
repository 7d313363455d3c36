//! The days: what is to come and what was, each where it stands; begun from there, and found by a word.

use std::time::Instant;

use super::{Desk, newsroom};
use crate::chromium::Page;
use crate::world::World;

/// What the row of a day says.
fn row(day: &str) -> String {
    format!("document.getElementById('day-{day}')?.innerText.replace(/\\s+/g, ' ')")
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn every_day_to_come_and_every_issue_that_was_says_where_it_stands() {
    let world = newsroom();
    world.write("list.csv", "email\nada@reader.test\n");
    world.ok(&["-n", "morning", "subscribers", "import", "list.csv"]);
    world.write(
        "issues/morning/2025-12-31.toml",
        "subject = \"The last of the old year\"\npreheader = \"And what it brought\"\n",
    );
    world.ok(&["approve", "2026-11-23", "--by", "Ada", "--yes"]);
    world.ok(&["send", "2026-11-23", "--yes"]);
    let desk = Desk::open(world, &["2026-11-24"]);
    let page = desk.at("/days", 1440, 900);
    page.until(&format!(
        "{} === 'Tue 24 Nov The barrier held. One pump did not not approved'",
        row("morning-2026-11-24")
    ));
    page.until(&format!("{} === 'Wed 25 Nov not begun Begin it'", row("morning-2026-11-25")));
    // Where an issue comes to stand elsewhere, the page follows.
    desk.world.ok(&["approve", "2026-11-24", "--by", "Ivy", "--yes"]);
    page.until(&format!("{}.includes('approved by Ivy, 06:31')", row("morning-2026-11-24")));
    desk.save("The barrier held.", "The barrier broke.");
    page.until(&format!(
        "{}.includes('The barrier broke.') && {0}.includes('changed since Ivy approved it')",
        row("morning-2026-11-24")
    ));
    desk.save("story = \"barrier-holds\"", "story = \"gone\"");
    page.until(&format!("{}.includes('1 error')", row("morning-2026-11-24")));
    desk.world.ok(&["hold", "2026-11-24", "--by", "Ivy"]);
    page.until(&format!("{}.includes('rehearsal held')", row("morning-2026-11-24")));
    // Years are folded, but for the newest.
    let year = |year: u32| format!("document.getElementById('year-morning-{year}')");
    page.until(&format!("{}.open && {0}.innerText.includes('rehearsal, 1 reader done')", year(2026)));
    assert_eq!(page.see(&format!("{}.open", year(2025))), false);
    page.click("#year-morning-2025 summary")
        .until(&format!("{}.innerText.includes('The last of the old year')", year(2025)));
    page.click("#year-morning-2025 .go")
        .until("location.pathname === '/morning/2025-12-31' && document.querySelector('.issue') && document.readyState === 'complete'");
    // The books of an edition outlive its file.
    std::fs::remove_file(desk.world.path("issues/morning/2026-11-23.toml")).unwrap();
    page.press("l")
        .until("document.querySelector('#day-morning-2026-11-23 .go')?.pathname === '/morning/2026-11-23/room'");
    page.until(&format!("{}.startsWith('Mon 23 Nov The trams will run all night again')", row("morning-2026-11-23")));
    page.click("#year-morning-2026 .room-of").until("document.querySelector('#pressroom .state.done')");
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn an_issue_is_begun_from_its_day() {
    let desk = Desk::sample();
    let page = desk.at("/days", 1440, 900);
    assert_eq!(page.see("document.querySelector('.storeless').textContent.includes('There is no store here')"), true);
    page.click("#day-morning-2026-11-25 .button")
        .until("location.pathname === '/morning/2026-11-25' && document.querySelector('.issue') && document.readyState === 'complete'");
    let begun = desk.world.read("issues/morning/2026-11-25.toml");
    assert!(begun.starts_with("# First Light, Wednesday 25 November 2026"), "{begun}");
    // The same as the command line's.
    desk.world.ok(&["new", "2026-11-26", "--no-edit"]);
    let other = desk.world.read("issues/morning/2026-11-26.toml").replace("Thursday 26", "Wednesday 25");
    assert_eq!(begun, other);
    page.press("l").until(&format!("{}?.includes('TK')", row("morning-2026-11-25")));
    assert_eq!(page.see("!!document.querySelector('#day-morning-2026-11-25 .button')"), false);
    // Begun by another hand while the page is open.
    page.until("document.querySelector('#day-morning-2026-11-27 .button')");
    desk.world.ok(&["new", "2026-11-27", "--no-edit"]);
    page.until("!document.querySelector('#day-morning-2026-11-27 .button')");
    // And one begun at the same moment is not overwritten.
    desk.world.write("issues/morning/2026-11-30.toml", "subject = \"Mine\"\npreheader = \"TK\"\n");
    let refused = desk.post("/morning/2026-11-30/begin", "from=");
    assert!(refused.status == 422 && refused.body.contains("is there already"), "{}", refused.body);
    assert!(desk.world.read("issues/morning/2026-11-30.toml").contains("Mine"));
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn the_archive_is_searched_as_one_types() {
    let desk = Desk::sample();
    let page = desk.at("/days", 1440, 900);
    page.press("/").until("document.activeElement.id === 'q'").write("barrier");
    page.until("document.getElementById('found')?.innerText.includes('The barrier held. One pump did not')");
    page.until("location.search === '?q=barrier' && document.activeElement.id === 'q'");
    assert_eq!(page.see("document.querySelector('#found .subject mark').textContent"), "barrier");
    // By a headline that is not in the subject, and the name of its file.
    page.write(" highest tide");
    page.until("document.querySelector('#found .headlines')?.innerHTML.includes('<mark>Barrier</mark> holds against the <mark>highest</mark>')");
    page.press("ArrowDown").until("document.activeElement.classList.contains('go')");
    page.press("Enter").until("location.pathname === '/morning/2026-11-24' && document.querySelector('.issue') && document.readyState === 'complete'");
    page.tab.evaluate("history.back()", false).unwrap();
    page.until("document.getElementById('found') && document.getElementById('q').value === 'barrier highest tide'");
    page.press("/").write("nothing of the kind");
    page.until("document.getElementById('found-title').textContent === 'No issue has these words'");
    page.press("Escape").until("document.getElementById('letters') && location.search === ''");
    page.tab.evaluate("document.activeElement.blur()", false).unwrap();
    // One newsletter's alone.
    page.click(".only a:nth-of-type(3)").until("document.querySelectorAll('.letter').length === 1 && document.querySelector('.letter h2').textContent === 'The Bright Side'");
    page.click("#q")
        .write("barrier")
        .until("document.getElementById('found-title')?.textContent === 'No issue has these words'");
    page.click(".only a:nth-of-type(1)").until("document.querySelector('#found .go')");
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn the_days_are_walked_by_keys() {
    let desk = Desk::sample();
    let page = desk.at("/days", 1440, 900);
    page.until("document.querySelector('.go')");
    let at = "[...document.querySelectorAll('.days .go')].indexOf(document.activeElement)";
    page.press("j").until(&format!("{at} === 0")).press("j").press("j").until(&format!("{at} === 2"));
    page.press("k").until(&format!("{at} === 1"));
    page.press("?").until("document.getElementById('keys').open");
    let keys = page.see("[...document.querySelectorAll('#keys kbd')].map(key => key.textContent).join('')");
    assert_eq!(keys, "jk/?");
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn a_thousand_issues_are_listed_and_searched_while_one_types() {
    let world = large(1_000);
    let desk = Desk::open(world, &["2026-11-24"]);
    // The first look reads them all.
    assert_eq!(desk.get("/days?q=day").status, 200);
    let searched: Vec<u128> = (0..5)
        .map(|turn| {
            let begun = Instant::now();
            let found = desk.get(&format!("/days?q=day+97{turn}"));
            assert!(found.body.contains("of 1,00"), "{}", found.body);
            begun.elapsed().as_millis()
        })
        .collect();
    // A build for tests on a busy machine; what a person waits for is a tenth of it.
    assert!(searched.iter().min().unwrap() < &400, "{searched:?}");
    let page = Page::new();
    page.sized(1440, 900).go(&desk.url("/days"));
    page.until("document.querySelectorAll('.letter .day').length > 1000");
    assert_eq!(page.see("document.querySelectorAll('#letter-morning details').length"), 3);
    page.press("/").write("day 999");
    page.until("document.getElementById('found-title')?.textContent === '1 issue'");
    assert_eq!(page.see("document.querySelector('#found .subject').textContent"), "The news of day 999");
}

/// The sample with so many issues behind it.
fn large(count: u64) -> World {
    let world = newsroom();
    let first = chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    for back in 0..count {
        let day = first - chrono::Days::new(back);
        world.write(
            &format!("issues/morning/{day}.toml"),
            &format!("subject = \"The news of day {back}\"\npreheader = \"What else there was\"\n\n[[block]]\ntype = \"list\"\nstories = [\"spring-tide\", \"lido-keys\"]\n"),
        );
    }
    world
}
