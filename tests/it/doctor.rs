//! What `doctor` sees: each promise of the ledger broken in a copy of a store, and the page that readers leave by.

use std::fs;

use serde_json::Value;

use crate::hook::Hook;
use crate::pages::Pages;
use crate::sink::{Script, Sink};
use crate::world::{MORNING, World, readers};

const DATE: &str = "2026-11-24";

/// An edition that is done, with somebody in each state that is an end.
fn done() -> (Sink, World) {
    let sink = Sink::start(Script::default());
    let mut world = World::with_relay(&format!("smtp://{}", sink.address()));
    let mut addresses = readers(12);
    addresses.extend(["never", "drop-after-dot"].map(|local| format!("{local}@reader.test")));
    world.at("2026-11-20T06:31:00Z");
    world.subscribe(&addresses);
    world.at(MORNING);
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    world.ends(7, &["send", DATE, "--yes"]);
    (sink, world)
}

/// Everything `doctor` says of this kind, with whether it is well; records are in a file, not in a name server.
#[track_caller]
fn says(world: &World, check: &str, args: &[&str]) -> Vec<(bool, String)> {
    world.write("zone", "");
    let ran = world.run(&[&["doctor", "--json", "--dns", "zone"], args].concat());
    let lines = ran.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let own = lines.filter(|line| line["check"] == check);
    let found: Vec<_> = own
        .map(|line| {
            let words = ["says", "mend"].map(|key| line[key].as_str().unwrap_or_default().to_owned());
            (line["ok"].as_bool().unwrap(), words.join(" "))
        })
        .collect();
    assert!(!found.is_empty(), "{ran:?}");
    found
}

#[test]
fn every_promise_that_is_broken_in_a_copy_of_a_store_is_named() {
    const LET_MOVE: &str = "DROP TRIGGER delivery_follows_its_arrows;";
    let table = [
        // I2: sent, and the relay said no, or nothing is known that proves it.
        ("UPDATE delivery SET reply = '451 later' WHERE state = 'sent'", "sent without a relay's yes: 451 later (I2)"),
        ("UPDATE delivery SET reply = NULL, relay = NULL WHERE state = 'sent'", "sent without a relay's yes:  (I2)"),
        // I4: given up after one silence where five are allowed; a copy that no try stands for.
        (
            "UPDATE edition SET policy = 'at-least-once'",
            "drop-after-dot@reader.test: given up as unknown before its last try (I4)",
        ),
        (
            "UPDATE edition SET policy = 'at-least-once'; UPDATE delivery SET unseen = 1, tries = 0 WHERE state = 'unknown'",
            "may have a copy that no try was counted for (I4)",
        ),
        // I5: somebody is missing; somebody is open in books that are closed.
        ("DELETE FROM delivery WHERE state = 'failed'", "13 deliveries for an audience of 14 (I5)"),
        (&format!("{LET_MOVE} UPDATE delivery SET state = 'queued' WHERE state = 'failed'"), "its books do not close (I5)"),
        // I6: the bytes; what nobody froze; a picture.
        (
            "DROP TRIGGER version_never_changes; UPDATE edition_version SET bytes = CAST(replace(CAST(bytes AS TEXT), 'tram', 'boat') AS BLOB)",
            "version 1: ",
        ),
        ("UPDATE delivery SET version = 7 WHERE state = 'sent'", "was given version 7, which was never frozen (I6)"),
        (
            "INSERT INTO image (hash, kind, bytes) VALUES ('00ff', 'image/png', x'0102')",
            "the picture 00ff has other bytes than it went out with (I6)",
        ),
        // I7
        (
            "UPDATE delivery SET address = 'Reader1@Reader.Test' WHERE address = 'reader2@reader.test'",
            "two deliveries of one edition go to reader1@reader.test (I7)",
        ),
        // I9: gone, or not to be mailed, an hour before the run began.
        (
            "INSERT INTO consent (subscriber, newsletter, at, act, how) SELECT subscriber, newsletter, started - 3600000, 'left', 'link' FROM delivery, edition
                 WHERE address = 'reader3@reader.test'",
            "reader3@reader.test: mailed though they had left (I9)",
        ),
        (
            "INSERT INTO suppression (what, reason, since) SELECT 'reader4@reader.test', 'complaint', started - 3600000 FROM edition",
            "reader4@reader.test: mailed though they had been suppressed (I9)",
        ),
        (
            "INSERT INTO suppression (what, reason, since) SELECT '@reader.test', 'command', started - 3600000 FROM edition",
            "reader5@reader.test: mailed though they had been suppressed (I9)",
        ),
        // I10
        (
            &format!("{LET_MOVE} UPDATE delivery SET state = 'sending' WHERE state = 'sent'"),
            "12 deliveries are sending, 8 may be (I10)",
        ),
        // The rules that keep I1, I3, I6 and I8.
        (LET_MOVE, "the guard `delivery_follows_its_arrows` of the ledger is gone"),
        (
            "DROP TRIGGER event_never_goes; CREATE TRIGGER event_never_goes BEFORE DELETE ON event BEGIN SELECT 1; END",
            "the trigger `event_never_goes` of the ledger is not as it was made",
        ),
        ("DROP INDEX delivery_unknown", "the index `delivery_unknown` of the ledger is gone"),
        (
            "PRAGMA writable_schema = ON;
             UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (tries >= 0)', '') WHERE name = 'delivery'",
            "the table `delivery` of the ledger is not as it was made",
        ),
        (WITHOUT_UNIQUE, "nothing keeps a slot from being begun twice: the ledger's UNIQUE (newsletter, slot, purpose)"),
    ];
    let (_sink, world) = done();
    assert!(says(&world, "store", &[])[0].1.contains("every invariant holds"));
    for (number, (slip, expected)) in table.into_iter().enumerate() {
        let found = of_a_copy(&world, number, &[slip]);
        assert!(found.iter().any(|(ok, says)| !ok && says.contains(expected)), "{slip}\n{found:#?}");
    }
    // I8, broken where nothing kept it any more.
    let second = "INSERT INTO edition (newsletter, slot, purpose, state, begun)
                      SELECT newsletter, slot, purpose, 'freezing', begun FROM edition";
    let found = of_a_copy(&world, 99, &[WITHOUT_UNIQUE, second]);
    assert!(found.iter().any(|(_, says)| says.contains("there are 2 editions of morning 2026-11-24 (issue) (I8)")));
}

/// The uniqueness of slots, and the index that keeps it, taken out of the schema.
const WITHOUT_UNIQUE: &str = "PRAGMA writable_schema = ON;
    UPDATE sqlite_schema SET sql = replace(sql, 'UNIQUE (newsletter, slot, purpose),', '') WHERE name = 'edition';
    DELETE FROM sqlite_schema WHERE name = 'sqlite_autoindex_edition_1'";

/// What is said of a copy of the store after these changes, each made by somebody who opens it anew.
fn of_a_copy(world: &World, number: usize, slips: &[&str]) -> Vec<(bool, String)> {
    let copy = format!("copy{number}.db");
    fs::copy(world.path("pressrun.db"), world.path(&copy)).unwrap();
    for slip in slips {
        let store = rusqlite::Connection::open(world.path(&copy)).unwrap();
        store.execute_batch(slip).unwrap_or_else(|error| panic!("{slip}: {error}"));
    }
    says(world, "store", &["--set", &format!("store.url=sqlite:{copy}")])
}

#[test]
fn whoever_leaves_after_the_run_began_or_came_back_before_it_breaks_no_promise() {
    let (_sink, mut world) = done();
    world.at("2026-11-24T09:00:00Z");
    world.ok(&["subscribers", "remove", "reader1@reader.test"]);
    world.ok(&["suppressions", "add", "reader2@reader.test"]);
    world.at("2026-11-25T06:31:00Z");
    world.ok(&["subscribers", "remove", "reader3@reader.test"]);
    world.ok(&["subscribers", "add", "reader3@reader.test", "--again"]);
    let letter =
        "[[block]]\ntype = \"letter\"\ntext = \"Good morning. The rails are wet, and the lighthouse is lit.\"\n";
    let head = "subject = \"The lighthouse is lit\"\npreheader = \"For the first time since the war\"\n\n";
    world.write("issues/morning/2026-11-25.toml", &format!("{head}{letter}"));
    world.ok(&["approve", "2026-11-25", "--by", "Ada", "--yes"]);
    world.run(&["send", "2026-11-25", "--yes"]);
    assert_eq!(world.json(&["report", "2026-11-25"])["state"], "done");
    let found = says(&world, "store", &[]);
    assert!(found.iter().all(|(ok, _)| *ok) && found[0].1.contains("every invariant holds"), "{found:?}");
}

#[test]
fn the_page_that_readers_leave_by_is_looked_at_and_nobody_leaves_by_it() {
    let (sink, world) = done();
    let at = |world: &World, url: &str| {
        let found = says(world, "readers", &["--set", &format!("serve.url={url}"), "--network"]);
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].clone()
    };
    let pages = Pages::serve(&world);
    let own = format!("http://{}", pages.address());
    let (well, words) = at(&world, &own);
    assert!(well && words.contains("has the unsubscribe page of Morning Tide, for links we signed alone"), "{words}");

    // Another newsroom's pages; a page that takes anything; one that leads elsewhere; none.
    let (_other_sink, other) = done();
    let stranger = Pages::serve(&other);
    let (well, words) = at(&world, &format!("http://{}", stranger.address()));
    assert!(!well && words.contains("it answers 404") && words.contains("`[serve] url`"), "{words}");
    let anything = Hook::start();
    let (well, words) = at(&world, &anything.at(""));
    assert!(!well && words.contains("opens to links that nobody signed: another site stands there"), "{words}");
    anything.answers(301);
    let (well, words) = at(&world, &anything.at(""));
    assert!(!well && words.contains("it answers 301"), "{words}");
    let asked = anything.all();
    let only_looked = asked.iter().all(|heard| heard.method == "GET" && heard.path.starts_with("/u/morning/"));
    assert!(only_looked && asked.len() == 3, "{asked:?}");
    drop(pages);
    let (well, words) = at(&world, &own);
    assert!(well && words.contains("were not tried: nobody listens at 127.0.0.1"), "{words}");

    let store = rusqlite::Connection::open(world.path("pressrun.db")).unwrap();
    let left: i64 = store.query_row("SELECT count(*) FROM consent WHERE act = 'left'", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
    let fresh = World::with_relay(&format!("smtp://{}", sink.address()));
    assert!(at(&fresh, &own).1.contains("no link was signed yet"));
}
