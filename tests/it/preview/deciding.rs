//! Deciding: an issue is approved with the questions the command line asks, and one copy goes to oneself.

use std::fs;

use super::{Desk, ISSUE, between, newsroom};
use crate::sink::{Script, Sink};
use crate::world::readers;

/// The newsroom with so many readers, and a last edition that went to others.
fn desk_with(count: usize) -> Desk {
    let list: Vec<(String, String)> = readers(count).into_iter().map(|address| (address, String::new())).collect();
    let list: Vec<(&str, &str)> = list.iter().map(|(address, name)| (address.as_str(), name.as_str())).collect();
    Desk::with_readers(&list)
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn an_issue_is_approved_with_its_checklist() {
    let desk = desk_with(3);
    let page = desk.page();
    page.until("document.querySelector('.standing')?.textContent === 'not approved'");
    page.until("document.querySelector('.deeds .deed')?.textContent === 'Approve'");
    page.press("a").until("document.querySelector('#dialog[open] .vouch')");
    let facts = page.see("document.getElementById('dialog').innerText");
    for fact in ["The barrier held. One pump did not", "12 stories", "3 readers", "Subject and preheader read aloud?"] {
        assert!(facts.as_str().unwrap().contains(fact), "{fact}: {facts}");
    }
    // Not before every question has its answer.
    page.click("#dialog .vouch button[type=submit]");
    assert_eq!(page.see("document.getElementById('dialog').open"), true);
    for question in 1..=3 {
        page.click(&format!("#dialog .question:nth-of-type({question}) input"));
    }
    page.tab.evaluate("document.querySelector('#dialog [name=by]').select()", false).unwrap();
    page.click("#dialog [name=by]")
        .tab
        .evaluate("document.querySelector('#dialog [name=by]').select()", false)
        .unwrap();
    page.write("Ada").press("Enter");
    page.until("document.querySelector('.standing.good')?.textContent === 'approved by Ada, 06:31'");
    page.until("!document.querySelector('.deeds .deed')");
    assert_eq!(desk.world.json(&["-n", "morning"])["approved"], true);
    assert!(desk.world.ok(&["log", "2026-11-24"]).contains("Ada"));
    // An edit afterwards is seen.
    desk.save("The barrier held.", "The barrier broke.");
    page.until("document.querySelector('.standing.bad')?.textContent === 'changed since Ada approved it'");
    page.press("a").until("document.querySelector('#dialog[open] [data-post$=unapprove]')");
    page.click("#dialog [data-post$=unapprove] button")
        .until("document.querySelector('.standing')?.textContent === 'not approved'");
}

#[test]
fn nobody_approves_what_they_did_not_see() {
    let desk = desk_with(3);
    let dialog = || desk.get("/morning/2026-11-24/approve").body;
    let content = |dialog: &str| between(dialog, "name=\"content\" value=\"", "\"");
    let seen = content(&dialog());
    let approve = |content: &str, more: &str| {
        desk.post("/morning/2026-11-24/approve", &format!("content={content}&by=Ada{more}"))
    };
    assert_eq!(approve(&seen, "&answers=2").status, 422, "a question is open");
    // Changed under their eyes.
    desk.save("The barrier held.", "The barrier broke.");
    assert_eq!(approve(&seen, "&answers=3").status, 409);
    // Errors in the way.
    let is_loud = || desk.get("/morning/2026-11-24").body.contains("class=\"button deed\"");
    assert!(is_loud());
    desk.save("The barrier broke.", &"A subject for nobody ".repeat(5));
    assert!(dialog().contains("Not now: 1 error stands in the way"), "{}", dialog());
    assert!(!is_loud(), "to mend it is what comes next");
    assert_eq!(approve(&seen, "&answers=3").status, 422);
    assert_eq!(desk.world.json(&["-n", "morning"])["approved"], false);
}

#[test]
fn a_list_that_is_not_what_it_was_is_approved_by_its_number() {
    let world = newsroom();
    world.write("list.csv", &format!("email\n{}\n", readers(10).join("\n")));
    world.ok(&["-n", "morning", "subscribers", "import", "list.csv"]);
    let sink = Sink::start(Script::default());
    let relay = format!("relays.main.url=smtp://{}", sink.address());
    world.ok(&["--set", &relay, "approve", "2026-11-23", "--by", "Ada", "--yes"]);
    world.ok(&["--set", &relay, "send", "2026-11-23", "--yes"]);
    world.write("more.csv", &format!("email\n{}\n", readers(30).join("\n")));
    world.ok(&["-n", "morning", "subscribers", "import", "more.csv"]);
    let desk = Desk::open(world, &["2026-11-24"]);
    let dialog = desk.get("/morning/2026-11-24/approve").body;
    assert!(dialog.contains("the list went from 10 to 30 readers"), "{dialog}");
    let content = between(&dialog, "name=\"content\" value=\"", "\"");
    let approve = |typed: &str| {
        desk.post("/morning/2026-11-24/approve", &format!("content={content}&by=Ada&answers=3&typed={typed}")).status
    };
    assert_eq!((approve(""), approve("10"), approve("30")), (422, 422, 200));
}

#[test]
fn without_a_store_nothing_is_approved_and_none_is_made() {
    let desk = Desk::sample();
    assert!(desk.get("/morning/2026-11-24/approve").body.contains("there is no store here"));
    assert_eq!(desk.post("/morning/2026-11-24/approve", "content=x&answers=3&by=Ada").status, 422);
    assert!(!desk.world.path("pressrun.db").exists());
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn one_copy_goes_to_oneself_and_none_to_the_list() {
    let desk = desk_with(3);
    let page = desk.page();
    page.press("e")
        .until("document.querySelector('#dialog[open] [name=to]')")
        .write("me@lantern.example")
        .press("Enter");
    page.until("document.getElementById('said').textContent.includes('sent a copy to me@lantern.example')");
    page.until("!document.getElementById('dialog').open");
    let mails: Vec<String> = fs::read_dir(desk.world.path("pressrun.mailbox"))
        .unwrap()
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .filter(|mail| mail.contains("Subject:"))
        .collect();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("[TEST]") && mails[0].contains("me@lantern.example"));
    // The address is remembered, and a mistake stops a copy.
    desk.save("story = \"barrier-holds\"", "story = \"gone\"");
    page.until("document.querySelector('#bands .band')").press("e");
    page.until("document.querySelector('#dialog[open] [name=to]')?.value === 'me@lantern.example'").press("Enter");
    page.until("document.querySelector('#dialog .wrong')?.textContent.includes('in the way: the checks say')");
    assert_eq!(desk.post("/morning/2026-11-24/test", "to=nobody").status, 422);
    assert!(desk.world.read(ISSUE).contains("gone"));
}
