//! Joining, leaving and being left alone.

use super::*;

fn key(store: &Store, number: usize) -> [u8; 16] {
    store.reader_by_address(&address(number)).unwrap().unwrap().key
}

#[test]
fn leaving_one_newsletter_never_touches_another() {
    let mut store = Home::new().open();
    subscribe(&mut store, 1);
    store.subscribe("good-news", &new_reader(address(0)), "command", false, morning()).unwrap();
    let key = key(&store, 0);
    for _ in 0..2 {
        assert!(store.leave("morning", &key, "link", morning()).unwrap(), "leaving twice is leaving once");
    }
    let states: Vec<_> = store.subscriptions(1).unwrap().into_iter().map(|one| (one.newsletter, one.state)).collect();
    let expected = [("good-news", SubscriptionState::Active), ("morning", SubscriptionState::Left)];
    assert_eq!(states, expected.map(|(newsletter, state)| (newsletter.to_owned(), state)));
    assert!(!store.leave("morning", &[9; 16], "link", morning()).unwrap(), "nobody has this key");
}

#[test]
fn an_import_brings_nobody_back_who_left_or_is_suppressed() {
    let mut store = Home::new().open();
    subscribe(&mut store, 2);
    let key = key(&store, 0);
    store.leave("morning", &key, "link", morning()).unwrap();
    store.suppress(&Suppressed::Address(address(1)), Reason::Complaint, "", morning()).unwrap();
    store.suppress(&Suppressed::parse("@closed.example").unwrap(), Reason::Command, "", morning()).unwrap();
    let closed = EmailAddress::parse("anyone@closed.example").unwrap();
    let list: Vec<_> = [address(0), address(1), address(2), closed].map(new_reader).into();
    let would: Vec<_> = list.iter().map(|reader| store.would_import("morning", reader).unwrap()).collect();
    assert_eq!(
        would,
        [Joined::Gone(SubscriptionState::Left), Joined::Suppressed, Joined::New, Joined::Suppressed],
        "a dry run knows"
    );
    let imported = store.import("morning", &list, morning()).unwrap();
    assert_eq!(imported, Imported { new: 1, already: 0, suppressed: 2, gone: 1, erased: 0 });
    let again = store.import("morning", &list, morning()).unwrap();
    assert_eq!(
        again,
        Imported { new: 0, already: 1, suppressed: 2, gone: 1, erased: 0 },
        "the same again is nobody new"
    );
    assert_eq!(store.audience("morning", morning()).unwrap(), 1);
}

#[test]
fn whoever_asks_to_come_back_may() {
    let mut store = Home::new().open();
    subscribe(&mut store, 1);
    assert_eq!(store.remove("morning", &address(0), morning()).unwrap(), Some(SubscriptionState::Active));
    assert_eq!(store.remove("morning", &address(7), morning()).unwrap(), None);
    let anna = new_reader(address(0));
    let joined = |store: &mut Store, again| store.subscribe("morning", &anna, "command", again, morning()).unwrap();
    assert_eq!(joined(&mut store, false), Joined::Gone(SubscriptionState::Left));
    assert_eq!(joined(&mut store, true), Joined::New);
    assert_eq!(joined(&mut store, true), Joined::Already(SubscriptionState::Active));
}

#[test]
fn consent_is_proven_by_what_happened_and_never_rewritten() {
    let mut store = Home::new().open();
    subscribe(&mut store, 1);
    let key = key(&store, 0);
    store.leave("morning", &key, "link", morning() + TimeDelta::hours(1)).unwrap();
    let mut statement = store.connection.prepare("SELECT act || ' by ' || how FROM consent ORDER BY at").unwrap();
    let acts: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert_eq!(acts, ["joined by import", "left by link"]);
    assert!(refused(&store, "UPDATE consent SET how = 'form'").contains("only ever added to"));
}

#[test]
fn a_missing_name_is_filled_in_and_a_known_one_stays() {
    let mut store = Home::new().open();
    let named =
        |name: Option<&str>| NewReader { address: address(0), first_name: name.map(str::to_owned), text_only: false };
    for name in [None, Some("Anna"), Some("Bea"), None] {
        store.import("morning", &[named(name)], morning()).unwrap();
    }
    let reader = store.reader_by_address(&address(0)).unwrap().unwrap();
    assert_eq!(reader.first_name.as_deref(), Some("Anna"));
    assert_eq!(store.reader_by_key(&reader.key).unwrap(), Some(reader));
}

#[test]
fn text_alone_is_kept_by_an_import_and_fixed_with_the_audience() {
    let home = Home::new();
    let mut store = home.open();
    let wants = |number, text_only| NewReader { text_only, ..new_reader(address(number)) };
    store.import("morning", &[wants(0, true), wants(1, false)], morning()).unwrap();
    store.import("morning", &[wants(0, false), wants(1, true)], morning()).unwrap();
    let text_only = |store: &Store| [0, 1].map(|n| store.reader_by_address(&address(n)).unwrap().unwrap().text_only);
    assert_eq!(text_only(&store), [true, false], "what a reader chose is theirs, whatever a list says later");
    assert_eq!(store.audience_of_text("morning", Whom::Everybody, morning()).unwrap(), 1);

    let edition = begin(&mut store);
    store.freeze(edition, &frozen(Policy::AtMostOnce), morning()).unwrap();
    assert_eq!(store.edition_by_id(edition).unwrap().text_only, 1);
    let second = store.reader_by_address(&address(1)).unwrap().unwrap().id;
    store.want_text_only(second, true).unwrap();
    assert_eq!(text_only(&store), [true, true]);
    store.start_sending(edition, morning()).unwrap();
    let grants = store.wave(edition, &[], &want(2), morning()).unwrap().grants;
    let granted: Vec<bool> = grants.iter().map(|grant| grant.text_only).collect();
    assert_eq!(granted, [true, false], "a choice made during a run counts for the next issue");
}

#[test]
fn keys_are_random_and_each_readers_own() {
    let mut store = Home::new().open();
    subscribe(&mut store, 200);
    let mut keys = Vec::new();
    let collected: Result<(), StoreError> = store.each_subscriber("morning", |reader, _| {
        keys.push(reader.key);
        Ok(())
    });
    collected.unwrap();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 200);
}

#[test]
fn suppressions_are_listed_found_and_lifted() {
    let mut store = Home::new().open();
    let anna = Suppressed::Address(address(0));
    let domain = Suppressed::parse(" @Bücher.example ").unwrap();
    assert!(store.suppress(&anna, Reason::Complaint, "called it spam", morning()).unwrap());
    assert!(!store.suppress(&anna, Reason::Command, "again", morning()).unwrap(), "the first reason stays");
    assert!(store.suppress(&domain, Reason::Command, "", morning()).unwrap());
    assert_eq!(store.suppressions().unwrap().len(), 2);
    let there = EmailAddress::parse("lektor@xn--bcher-kva.example").unwrap();
    assert_eq!(store.suppressions_of(&there).unwrap()[0].what, "@xn--bcher-kva.example");
    assert_eq!(store.suppressions_of(&address(0)).unwrap()[0].detail, "called it spam");
    assert!(store.lift(&domain).unwrap());
    assert!(!store.lift(&domain).unwrap());
    assert!(Suppressed::parse("@").is_err() && Suppressed::parse("example.org").is_err());
}

#[test]
fn a_readers_last_answer_to_a_poll_counts() {
    let mut store = Home::new().open();
    subscribe(&mut store, 2);
    let keys = [key(&store, 0), key(&store, 1)];
    let mut answer =
        |key: &[u8; 16], answer| store.answer_poll("morning", "2026-11-24", "b3", key, answer, morning()).unwrap();
    assert!(answer(&keys[0], 0) && answer(&keys[0], 1) && answer(&keys[1], 1));
    assert!(!answer(&[9; 16], 0), "nobody has this key");
    assert_eq!(store.poll("morning", "2026-11-24", "b3").unwrap(), [(1, 2)]);
}
