//! The press room: a run drawn from its ledger, while it is on and when its books are closed.

use scraper::{Html, Selector};

use crate::sink::{Script, Sink};
use crate::world::World;

const DATE: &str = "2026-11-24";

/// A run in which every kind of end happens.
fn varied(sink: &Sink) -> World {
    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    let mut readers: Vec<String> = (0..40).map(|number| format!("reader{number}@reader.test")).collect();
    readers.extend(["never1", "blocked2", "later3", "drop-after-dot4"].map(|name| format!("{name}@reader.test")));
    world.subscribe(&readers);
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    world.run(&["send", DATE, "--yes"]);
    world
}

fn drawn(world: &World) -> Html {
    world.ok(&["report", DATE, "--html", "report.html"]);
    Html::parse_document(&world.read("report.html"))
}

fn texts(page: &Html, selector: &str) -> Vec<String> {
    let selector = Selector::parse(selector).unwrap();
    page.select(&selector).map(|found| found.text().collect::<String>().trim().to_owned()).collect()
}

#[test]
fn a_report_drawn_as_a_page_says_what_the_report_says() {
    let sink = Sink::start(Script::default());
    let world = varied(&sink);
    let page = drawn(&world);
    let report = world.json(&["report", DATE]);
    let rows = texts(&page, ".states tbody tr");
    for state in ["sent", "failed", "deferred", "unknown", "suppressed", "expired", "queued", "sending"] {
        let count = report[state].as_u64().unwrap().to_string();
        assert!(rows.iter().any(|row| row.starts_with(&format!("{state}{count}"))), "{state} {count}: {rows:?}");
    }
    assert_eq!(texts(&page, ".state"), [report["state"].as_str().unwrap()]);
    let said = texts(&page, ".said").join("\n");
    assert!(said.contains("5.1.1") && said.contains("5.7.1"), "{said}");
    let relays = texts(&page, "h2 + table tbody tr").join("\n");
    assert!(relays.contains("main") && relays.contains("closed"), "the relay and its breaker: {relays}");
}

#[test]
fn a_drawn_report_asks_nothing_of_any_machine_and_runs_no_script() {
    let sink = Sink::start(Script::default());
    let world = varied(&sink);
    world.ok(&["report", DATE, "--html", "report.html"]);
    let page = world.read("report.html");
    for word in ["<script", "http:", "https:", "url(", "@import", " style=", " onclick"] {
        assert!(!page.contains(word), "`{word}`");
    }
}
