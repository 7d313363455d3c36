//! The store on real files: opening, migrating, locking; the promises of the ledger are in the files beside.

mod erasing;
mod invariants;
mod lanes;
mod random_runs;
mod readers;
mod watching;

use std::path::PathBuf;

use chrono::TimeDelta;

use super::*;
use crate::address::EmailAddress;
use crate::config::Policy;
use crate::ledger::{Class, Counts, Grant, Queue, Settled, State, Want, Wave};
use crate::pace::{OTHERS, Quota};

/// A store in a folder of its own.
pub(super) struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    pub(super) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("pressrun.db")
    }

    pub(super) fn open(&self) -> Store {
        Store::open(&self.path()).unwrap()
    }

    pub(super) fn lock(&self) -> EditionLock {
        EditionLock::acquire(&self.path(), "morning", "2026-11-24").unwrap().unwrap()
    }
}

pub(super) fn morning() -> DateTime<Utc> {
    "2026-11-24T05:30:00Z".parse().unwrap()
}

fn address(number: usize) -> EmailAddress {
    EmailAddress::parse(&format!("reader{number}@example.org")).unwrap()
}

fn new_reader(address: EmailAddress) -> NewReader {
    NewReader { address, first_name: Some("Anna".to_owned()), text_only: false }
}

fn subscribe(store: &mut Store, readers: usize) {
    let list: Vec<_> = (0..readers).map(|number| new_reader(address(number))).collect();
    assert_eq!(store.import("morning", &list, morning()).unwrap().new, readers as u64);
}

fn version(subject: &str) -> Version {
    Version {
        hash: format!("hash of {subject}"),
        subject: subject.to_owned(),
        cuts: "[]".to_owned(),
        bytes: subject.into(),
    }
}

fn frozen(policy: Policy) -> Frozen {
    Frozen {
        version: version("The tram is back"),
        pictures: vec![Picture { hash: "abc".to_owned(), kind: "image/png".to_owned(), bytes: vec![1, 2] }],
        web_html: "<p>The tram is back</p>".to_owned(),
        policy,
        not_after: morning() + TimeDelta::days(1),
        whom: Whom::Everybody,
        order: Order::default(),
    }
}

fn begin(store: &mut Store) -> EditionId {
    match store.begin_edition("morning", "2026-11-24", Purpose::Issue, morning()).unwrap() {
        Begun::Created(edition) | Begun::Exists(edition) => edition.id,
    }
}

/// An edition that is being sent, at-most-once, to so many new readers.
pub(super) fn sending(store: &mut Store, readers: usize) -> EditionId {
    subscribe(store, readers);
    let edition = begin(store);
    store.freeze(edition, &frozen(Policy::AtMostOnce), morning()).unwrap();
    store.start_sending(edition, morning()).unwrap();
    edition
}

/// So many grants, of whoever is next.
pub(super) fn want(most: usize) -> Want {
    Want {
        most,
        lanes: vec![(OTHERS.into(), usize::MAX)],
        first: false,
        relay: "main".into(),
        quota: Quota::default(),
        pause: Vec::new(),
        rest: Vec::new(),
    }
}

fn outcome(grant: &Grant, state: State) -> Settled {
    // As `pace::settle` has it: a refusal says nothing about the attempt before.
    let state = if state == State::Failed { state.unless(grant.unseen) } else { state };
    Settled {
        reader: grant.reader,
        state,
        due: (state == State::Deferred).then(|| morning() + TimeDelta::minutes(5)),
        tries: grant.tries + u32::from(state == State::Deferred),
        contacts: 0,
        unseen: grant.unseen,
        class: (state == State::Failed).then_some(Class::Hard),
        reply: format!("250 2.0.0 <{}> queued as 4F2", grant.address),
        relay: "main".to_owned(),
    }
}

pub(super) fn outcomes(grants: &[Grant], state: State) -> Vec<Settled> {
    grants.iter().map(|grant| outcome(grant, state)).collect()
}

/// What SQL itself says about a change nobody should make.
fn refused(store: &Store, sql: &str) -> String {
    store.connection.execute(sql, []).expect_err("the schema refuses this").to_string()
}

#[test]
fn a_new_store_has_the_whole_schema_and_opens_again() {
    let home = Home::new();
    assert_eq!(home.open().schema_version().unwrap(), MIGRATIONS.len());
    let again = home.open();
    assert_eq!(again.schema_version().unwrap(), MIGRATIONS.len());
    assert!(again.integrity().unwrap().is_empty());
}

#[test]
fn every_commit_is_on_the_disk_before_anyone_acts_on_it() {
    let store = Home::new().open();
    let pragma = |name| store.connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(pragma("synchronous"), 2, "FULL");
    assert_eq!(pragma("foreign_keys"), 1);
    let mode: String = store.connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
}

#[test]
fn many_processes_may_make_the_store_at_once() {
    let home = Home::new();
    std::thread::scope(|scope| {
        let opened: Vec<_> = (0..8).map(|_| scope.spawn(|| Store::open(&home.path()).map(drop))).collect();
        for thread in opened {
            thread.join().unwrap().unwrap();
        }
    });
}

#[test]
fn a_store_of_a_newer_pressrun_is_left_alone() {
    let home = Home::new();
    home.open().connection.pragma_update(None, "user_version", 99).unwrap();
    let error = Store::open(&home.path()).err().unwrap();
    assert_eq!(error.kind, Kind::Newer);
    assert!(error.to_string().contains("newer pressrun"), "{error}");
}

#[test]
fn another_file_is_not_taken_for_a_store_and_a_missing_folder_is_named() {
    let home = Home::new();
    std::fs::write(home.path(), "a letter to the editor, and quite a long one at that".repeat(30)).unwrap();
    assert_eq!(Store::open(&home.path()).err().unwrap().kind, Kind::Corrupt);
    let error = Store::open(&home.folder.path().join("nowhere/pressrun.db")).err().unwrap();
    assert_eq!(error.kind, Kind::Missing);
    assert!(error.to_string().contains("nowhere"), "{error}");
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_the_addresses() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let mut store = home.open();
    subscribe(&mut store, 1);
    for end in ["", "-wal"] {
        let mode = std::fs::metadata(format!("{}{end}", home.path().display())).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "pressrun.db{end}");
    }
}

#[test]
fn one_sender_has_the_lock_until_it_lets_go() {
    let home = Home::new();
    let take = |slot| EditionLock::acquire(&home.path(), "morning", slot).unwrap();
    let held = take("2026-11-24");
    assert!(held.is_some());
    assert!(take("2026-11-24").is_none(), "a second sender of the same slot");
    assert!(take("2026-11-25").is_some(), "another slot is another lock");
    drop(held);
    assert!(take("2026-11-24").is_some());
}

#[test]
fn the_log_is_only_added_to_and_a_reason_is_told_once() {
    let home = Home::new();
    let mut store = home.open();
    let event = Event { at: morning(), who: "ines".to_owned(), what: "approved".to_owned(), detail: String::new() };
    store.note("morning", "2026-11-24", &event).unwrap();
    assert_eq!(store.events("morning", "2026-11-24").unwrap(), [event]);
    assert!(refused(&store, "DELETE FROM event").contains("only ever added to"));
    assert!(refused(&store, "UPDATE event SET who = 'nobody'").contains("only ever added to"));
    assert!(store.tell_once("morning", "2026-11-24", "not approved", morning()).unwrap());
    assert!(!store.tell_once("morning", "2026-11-24", "not approved", morning()).unwrap());
    assert!(store.tell_once("morning", "2026-11-25", "not approved", morning()).unwrap());
}

#[test]
fn an_approval_counts_until_it_is_replaced_or_taken_back() {
    let home = Home::new();
    let mut store = home.open();
    let approval = |hash: &str| Approval {
        hash: hash.to_owned(),
        audience: 200,
        by: "ines".to_owned(),
        at: morning(),
        parts: Some(vec![7]),
    };
    store.approve("morning", "2026-11-24", &approval("a")).unwrap();
    store.approve("morning", "2026-11-24", &approval("b")).unwrap();
    assert_eq!(store.approval("morning", "2026-11-24").unwrap(), Some(approval("b")));
    assert!(store.unapprove("morning", "2026-11-24").unwrap());
    assert!(!store.unapprove("morning", "2026-11-24").unwrap());
    assert_eq!(store.approval("morning", "2026-11-24").unwrap(), None);
}
