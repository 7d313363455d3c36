//! Erasing a person: out of every table and every file, with the books as they were.

use super::*;
use crate::token::Signer;

fn signed(store: Store) -> Store {
    store.by(Signer::specimen())
}

fn erase(store: &mut Store, number: usize) -> Erasure {
    let address = address(number);
    store.erase(&address, &Signer::specimen().mark(&address), morning()).unwrap()
}

/// Whether the file, its log or any row of it names this reader.
fn is_named(home: &Home, number: usize) -> bool {
    let name = address(number).as_str().to_owned();
    let files = std::fs::read_dir(home.path().parent().unwrap()).unwrap().map(|file| file.unwrap().path());
    files.filter(|file| file.is_file()).any(|file| {
        let bytes = std::fs::read(file).unwrap().to_ascii_lowercase();
        bytes.windows(name.len()).any(|window| window == name.as_bytes())
    })
}

#[test]
fn whoever_is_erased_is_in_no_table_and_no_file_and_the_books_close_as_before() {
    let home = Home::new();
    let mut store = signed(home.open());
    // Enough rows that some have been moved from page to page.
    let edition = sending(&mut store, 300);
    let grants = store.wave(edition, &[], &want(200), morning()).unwrap().grants;
    store.wave(edition, &outcomes(&grants, State::Sent), &want(0), morning()).unwrap();
    let counts = store.counts(edition).unwrap();
    let kept = store.reader_by_address(&address(7)).unwrap().unwrap();
    assert!(is_named(&home, 7));

    assert_eq!(erase(&mut store, 7), Erasure::Done { known: true, deliveries: 1 });
    assert_eq!(store.wipe(&address(7)).unwrap(), Traces::None);

    assert!(!is_named(&home, 7) && is_named(&home, 8));
    assert_eq!(store.counts(edition).unwrap(), counts);
    assert_eq!(store.integrity().unwrap(), Vec::<String>::new());
    assert_eq!(store.reader_by_key(&kept.key).unwrap(), None, "their links lead to nobody");
    assert!(store.readers_beginning("", 1_000).unwrap().iter().all(|reader| reader.address.contains('@')));
    assert_eq!(erase(&mut store, 7), Erasure::Done { known: false, deliveries: 0 }, "twice is once");
}

#[test]
fn no_list_brings_an_erased_reader_back_and_they_themselves_may_come() {
    let home = Home::new();
    let mut store = signed(home.open());
    subscribe(&mut store, 2);
    erase(&mut store, 0);
    let anna = new_reader(address(0));
    assert_eq!(store.would_import("morning", &anna).unwrap(), Joined::Erased);
    let list = [anna.clone(), new_reader(address(1)), new_reader(address(2))];
    let imported = store.import("morning", &list, morning()).unwrap();
    assert_eq!(imported, Imported { new: 1, already: 1, erased: 1, ..Imported::default() });
    let blind = home.open().import("morning", &list, morning()).unwrap_err();
    assert!(blind.to_string().contains("without the secret file nobody knows who"), "{blind}");

    let mut joined = |again| store.subscribe("morning", &anna, "command", again, morning()).unwrap();
    assert_eq!((joined(false), joined(true)), (Joined::Erased, Joined::New));
    assert_eq!(store.erased_since(&address(0)).unwrap(), None);
    assert_eq!(store.audience("morning", morning()).unwrap(), 3);
}

#[test]
fn a_message_on_the_wire_is_waited_for_and_one_in_the_queue_is_not_sent() {
    let home = Home::new();
    let mut store = signed(home.open());
    let edition = sending(&mut store, 2);
    let grants = store.wave(edition, &[], &want(1), morning()).unwrap().grants;
    assert!(matches!(erase(&mut store, 0), Erasure::UnderWay(on) if on.id == edition));
    assert!(store.reader_by_address(&address(0)).unwrap().is_some(), "nothing was changed");

    assert_eq!(erase(&mut store, 1), Erasure::Done { known: true, deliveries: 1 });
    let wave = store.wave(edition, &outcomes(&grants, State::Sent), &want(2), morning()).unwrap();
    assert!(wave.grants.is_empty());
    assert_eq!(erase(&mut store, 0), Erasure::Done { known: true, deliveries: 1 });
    assert!(store.close_if_done(&home.lock(), edition, morning()).unwrap());
    let counts = store.counts(edition).unwrap();
    assert_eq!((counts.sent, counts.suppressed), (1, 1));
    assert_eq!(store.integrity().unwrap(), Vec::<String>::new());
}

#[test]
fn what_a_press_run_would_have_to_wait_for_is_left_for_later() {
    let home = Home::new();
    let mut store = signed(home.open());
    let edition = sending(&mut store, 300);
    let grants = store.wave(edition, &[], &want(200), morning()).unwrap().grants;
    store.wave(edition, &outcomes(&grants, State::Sent), &want(0), morning()).unwrap();
    erase(&mut store, 7);
    let running = home.lock();
    assert_eq!(store.wipe(&address(7)).unwrap(), Traces::Unused, "older traces are in the file");
    drop(running);
    assert_eq!(store.wipe(&address(7)).unwrap(), Traces::None);
}

#[test]
fn letters_that_are_somebody_elses_are_told() {
    let home = Home::new();
    let mut store = signed(home.open());
    subscribe(&mut store, 1);
    let other = EmailAddress::parse("a.reader0@example.org").unwrap();
    store.import("morning", &[new_reader(other)], morning()).unwrap();
    erase(&mut store, 0);
    assert_eq!(store.wipe(&address(0)).unwrap(), Traces::InUse);
}
