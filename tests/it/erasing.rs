//! Somebody wants to be forgotten: through the command line, in the middle of a run, and in no file afterwards.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::person::Person;
use crate::sink::{Script, Sink};
use crate::world::{World, readers};

const DATE: &str = "2026-11-24";

fn press(sink: &Sink, count: usize) -> World {
    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    world.subscribe(&readers(count));
    fs::remove_file(world.path("readers.csv")).unwrap();
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    world
}

/// The files of a newsroom that name somebody.
fn naming(folder: &Path, address: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            found.extend(naming(&entry, address));
        } else if fs::read(&entry).unwrap().windows(address.len()).any(|bytes| bytes == address.as_bytes()) {
            found.push(entry.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    found
}

#[test]
fn a_reader_who_is_erased_in_the_middle_of_a_run_gets_nothing_and_the_books_close() {
    let sink = Sink::start(Script::default());
    let world = press(&sink, 8);
    world.ends(6, &["send", DATE, "--yes", "--limit", "2"]);
    let got = sink.kept()[0].recipient.clone();
    let waiting = readers(8).into_iter().find(|reader| sink.copies(reader) == 0).unwrap();
    assert_eq!(
        world.ok(&["subscribers", "erase", &got, "--yes"]),
        format!("{got} is erased: 1 delivery stays in the books, without a name; no import brings them back\n")
    );
    world.ok(&["subscribers", "erase", &waiting, "--yes"]);
    world.ok(&["release", DATE]);
    world.ends(0, &["send", DATE, "--yes"]);

    assert_eq!((sink.copies(&got), sink.copies(&waiting), sink.kept().len()), (1, 0, 7));
    let report = world.json(&["report", DATE]);
    assert_eq!((report["sent"].as_u64(), report["suppressed"].as_u64()), (Some(7), Some(1)), "{report}");
    let doctor = world.run(&["--no-network", "doctor"]);
    assert!(!doctor.stdout.contains("(I"), "{doctor:?}");
    for address in [&got, &waiting] {
        assert_eq!(naming(&world.path("."), address), Vec::<String>::new());
    }
    let nobody = world.ok(&["who", &got, DATE]);
    assert!(!nobody.contains("sent"), "{nobody}");
}

#[test]
fn erasing_waits_for_the_answer_about_a_message_that_is_on_the_wire() {
    let sink = Sink::start(Script { think: Duration::from_millis(800), ..Script::default() });
    let world = press(&sink, 1);
    let mut send = world.spawn(&["send", DATE, "--yes"]);
    sink.wait_for_command("DATA");
    let ran = world.run(&["subscribers", "erase", "reader1@reader.test", "--yes"]);
    assert!(ran.stdout.contains("1 delivery stays in the books"), "{ran:?}");
    // The file is written anew once nobody is at the press.
    assert!(ran.code == 0 || (ran.code == 75 && ran.stderr.contains("once more")), "{ran:?}");
    assert!(send.wait().unwrap().success());
    let report = world.json(&["report", DATE]);
    assert_eq!(report["sent"].as_u64(), Some(1), "{report}");
    world.ok(&["subscribers", "erase", "reader1@reader.test"]);
    assert_eq!(naming(&world.path("."), "reader1@reader.test"), Vec::<String>::new());
}

#[test]
fn a_message_that_a_dead_run_left_on_the_wire_is_unknown_before_its_reader_is_erased() {
    let sink = Sink::start(Script { think: Duration::from_secs(20), ..Script::default() });
    let world = press(&sink, 1);
    let mut send = world.spawn(&["send", DATE, "--yes"]);
    sink.wait_for_command("DATA");
    send.kill().unwrap();
    send.wait().unwrap();
    world.ok(&["subscribers", "erase", "reader1@reader.test", "--yes"]);
    world.ends(7, &["send", DATE, "--yes"]);
    let unknown = world.ok(&["unknown", "list", DATE]);
    assert!(unknown.contains("erased-1") && !unknown.contains("reader1"), "{unknown}");
}

#[test]
fn an_erased_reader_is_sent_nothing_again() {
    let sink = Sink::start(Script::default());
    let world = press(&sink, 1);
    world.subscribe(&["never@reader.test".to_owned(), "drop-after-dot@reader.test".to_owned()]);
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    world.ends(7, &["send", DATE, "--yes"]);
    for address in ["never@reader.test", "drop-after-dot@reader.test"] {
        world.ok(&["subscribers", "erase", address, "--yes"]);
    }
    let refused = world.run(&["resend", "--failed", DATE]);
    assert!(!refused.stdout.contains("queued again"), "{refused:?}");
    let unknown = world.run(&["unknown", "resend", DATE, "--yes"]);
    assert!(!unknown.stdout.contains("1 reader queued again"), "{unknown:?}");
    let report = world.json(&["report", DATE]);
    assert_eq!((report["failed"].as_u64(), report["unknown"].as_u64()), (Some(1), Some(1)), "{report}");
}

#[test]
fn no_list_brings_an_erased_reader_back_but_they_themselves_may_come() {
    let world = World::with_relay("smtp://127.0.0.1:1");
    world.subscribe(&readers(3));
    assert_eq!(
        world.ok(&["subscribers", "erase", "Reader2@reader.test", "--yes"]),
        "Reader2@reader.test is erased: nothing was sent to them; no import brings them back\n"
    );
    assert_eq!(
        world.ok(&["subscribers", "import", "readers.csv"]),
        "morning: 0 subscribed, 2 were already\n1 erased before, not subscribed\n"
    );
    assert_eq!(
        world.ok(&["subscribers", "find", "reader2@reader.test"]),
        "reader2@reader.test is on no list: erased 2026-11-24\n"
    );
    assert_eq!(
        world.ok(&["subscribers", "erase", "reader2@reader.test"]),
        "reader2@reader.test was erased on 2026-11-24\n",
        "there is nothing to ask any more"
    );
    let refused = world.ends(5, &["subscribers", "add", "reader2@reader.test"]);
    assert_eq!(
        refused.stderr,
        "error: reader2@reader.test was erased and was not subscribed\nhelp: if they asked to come back, add `--again`\n"
    );
    fs::rename(world.path("pressrun.secret"), world.path("mislaid")).unwrap();
    let blind = world.ends(2, &["subscribers", "import", "readers.csv"]);
    assert!(blind.stderr.contains("it alone knows who was erased"), "{blind:?}");
    fs::rename(world.path("mislaid"), world.path("pressrun.secret")).unwrap();
    world.ok(&["subscribers", "add", "reader2@reader.test", "--again"]);
    assert!(world.ok(&["subscribers", "count"]).contains("3 active"));
}

#[test]
fn erasing_asks_for_the_address_and_takes_no_other() {
    let world = World::with_relay("smtp://127.0.0.1:1");
    world.subscribe(&readers(2));
    let silent = world.ends(2, &["subscribers", "erase", "reader1@reader.test"]);
    assert!(silent.stderr.contains("nobody is at the terminal"), "{silent:?}");
    let mut person = Person::at(&world, &[], &["subscribers", "erase", "reader1@reader.test"]);
    person.reads("reader1@reader.test has 1 subscription. What is erased cannot be brought back.");
    person.answers("Type the address to erase it", "reader2@reader.test");
    let (code, screen) = person.leaves();
    assert_eq!(code, 5, "{screen}");
    assert!(screen.contains("`reader2@reader.test` is not reader1@reader.test: nobody was erased"), "{screen}");
    assert!(world.ok(&["subscribers", "count"]).contains("2 active"));
}
