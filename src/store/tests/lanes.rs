//! Lanes, turns, quotas and pauses, in the ledger.

use super::*;
use crate::ledger::Heard;
use crate::pace::{Lanes, WarmUp};

fn lanes(domains: &[&str]) -> Lanes {
    Lanes::new([("big".to_owned(), domains.iter().map(|domain| (*domain).to_owned()).collect(), None)])
}

/// Six readers, by turns at two providers, in the order and lanes given.
fn sending_in(store: &mut Store, order: Order) -> EditionId {
    let list: Vec<_> = (0..6)
        .map(|number| format!("reader{number}@{}", if number % 2 == 0 { "big.example" } else { "small.example" }))
        .map(|address| new_reader(EmailAddress::parse(&address).unwrap()))
        .collect();
    store.import("morning", &list, morning() - TimeDelta::weeks(30)).unwrap();
    store
        .connection
        .execute_batch(
            "UPDATE subscriber SET tags = '[\"staff\", \"press\"]' WHERE folded LIKE 'reader4@%';
             INSERT INTO poll_answer SELECT 'morning', '2026-11-20', 'b', id, 1, 1795000000000 FROM subscriber
                 WHERE folded LIKE 'reader3@%';",
        )
        .unwrap();
    let edition = begin(store);
    store.freeze(edition, &Frozen { order, ..frozen(Policy::AtMostOnce) }, morning()).unwrap();
    store.start_sending(edition, morning()).unwrap();
    edition
}

fn from(lanes: &[(&str, usize)], most: usize) -> Want {
    Want { lanes: lanes.iter().map(|(lane, most)| ((*lane).into(), *most)).collect(), ..want(most) }
}

fn granted(store: &mut Store, edition: EditionId, want: &Want) -> (Vec<String>, Vec<String>) {
    let wave = store.wave(edition, &[], want, morning()).unwrap();
    let local = |grant: &Grant| grant.address.as_str().split('@').next().unwrap_or_default().replace("reader", "");
    (wave.grants.iter().map(local).collect(), wave.dry.iter().map(ToString::to_string).collect())
}

#[test]
fn a_wave_grants_from_the_lanes_it_is_asked_for_and_says_which_are_dry() {
    let mut store = Home::new().open();
    let edition = sending_in(&mut store, Order { lanes: lanes(&["big.example"]), ..Order::default() });
    let (grants, dry) = granted(&mut store, edition, &from(&[("big", 2), ("others", 9)], 3));
    assert_eq!((grants, dry), (vec!["0".into(), "2".into(), "1".into()], vec![]));
    let (grants, dry) = granted(&mut store, edition, &from(&[("big", 9)], 9));
    assert_eq!((grants, dry), (vec!["4".into()], vec!["big".into()]));
    let wave = store.wave(edition, &[], &from(&[("big", 9), ("others", 9)], 9), morning()).unwrap();
    assert_eq!((wave.grants.len(), wave.queue), (2, Queue::Drained { next_due: None }));
}

#[test]
fn other_lanes_in_the_settings_move_whoever_is_still_open() {
    let mut store = Home::new().open();
    let edition = sending_in(&mut store, Order::default());
    assert_eq!(store.queued_by_lane(edition).unwrap(), [("others".to_owned(), 6)]);
    store.use_lanes(edition, &lanes(&["small.example"])).unwrap();
    assert_eq!(store.queued_by_lane(edition).unwrap(), [("big".to_owned(), 3), ("others".to_owned(), 3)]);
    store.use_lanes(edition, &Lanes::default()).unwrap();
    assert_eq!(store.queued_by_lane(edition).unwrap(), [("others".to_owned(), 6)]);
    assert_eq!(store.readers_by_lane("morning", &lanes(&["small.example"]), morning()).unwrap(), [3, 3]);
}

#[test]
fn those_who_come_first_come_first_and_the_others_by_their_last_sign_of_life() {
    let mut store = Home::new().open();
    let order = Order { first: vec!["staff".to_owned()], engaged_first: true, ..Order::default() };
    let edition = sending_in(&mut store, order);
    let (grants, dry) = granted(&mut store, edition, &Want { first: true, ..want(9) });
    assert_eq!((grants, dry), (vec!["4".into()], vec!["others".into()]));
    let (grants, _) = granted(&mut store, edition, &want(9));
    assert_eq!(grants, ["3", "0", "1", "2", "5"], "whoever answered a poll last week, then those who only joined");
}

#[test]
fn in_a_day_too_short_for_all_whoever_comes_first_does_so_in_whichever_lane() {
    let mut store = Home::new().open();
    let order = Order { lanes: lanes(&["big.example"]), engaged_first: true, ..Order::default() };
    let edition = sending_in(&mut store, order);
    let quota = Quota { per_day: Some(2), warm_up: None };
    let (grants, dry) = granted(&mut store, edition, &Want { quota, ..from(&[("big", 9), ("others", 9)], 9) });
    assert_eq!((grants, dry), (vec!["3".into(), "0".into()], vec![]));
    let (grants, dry) = granted(&mut store, edition, &from(&[("big", 9), ("others", 9)], 9));
    assert_eq!(grants, ["2", "4", "1", "5"], "without one, lane by lane as they were asked for");
    assert_eq!(dry, ["big", "others"]);
}

#[test]
fn a_relay_s_day_is_shared_by_every_run_and_survives_each_of_them() {
    let home = Home::new();
    let mut store = home.open();
    let edition = sending(&mut store, 20);
    let quota = Quota { per_day: Some(6), warm_up: None };
    let of_the_day = |most: usize| Want { quota, ..want(most) };
    let grants = store.wave(edition, &[], &of_the_day(4), morning()).unwrap().grants;
    assert_eq!(grants.len(), 4);
    // One was not taken: it does not count. The store is closed and opened.
    let settled = [outcome(&grants[0], State::Deferred), outcome(&grants[1], State::Sent)];
    drop(store);
    let mut store = home.open();
    let wave = store.wave(edition, &settled, &of_the_day(9), morning()).unwrap();
    assert_eq!((wave.grants.len(), wave.queue), (3, Queue::Spent { cap: 6 }));
    let other = Want { relay: "second".into(), ..of_the_day(2) };
    assert_eq!(store.wave(edition, &[], &other, morning()).unwrap().grants.len(), 2, "another relay, another day");
    let midnight = "2026-11-25T00:00:00Z".parse().unwrap();
    let wave = store.wave(edition, &[], &of_the_day(9), midnight).unwrap();
    assert_eq!((wave.grants.len(), wave.queue), (6, Queue::Spent { cap: 6 }), "a new day, UTC");
}

#[test]
fn what_a_relay_with_a_day_did_not_hand_over_is_given_back_whoever_asks_next() {
    let mut store = Home::new().open();
    let edition = sending(&mut store, 9);
    let of_the_day = |most: usize| Want { quota: Quota { per_day: Some(3), warm_up: None }, ..want(most) };
    let grants = store.wave(edition, &[], &of_the_day(3), morning()).unwrap().grants;
    // The spare, which has no such day, asks; what came of the first relay's messages goes in with it.
    let spare = Want { relay: "second".into(), ..want(1) };
    store.wave(edition, &outcomes(&grants, State::Queued), &spare, morning()).unwrap();
    assert_eq!(store.wave(edition, &[], &of_the_day(3), morning()).unwrap().grants.len(), 3);
}

#[test]
fn what_receivers_answered_outlives_the_run_that_heard_it() {
    let mut store = Home::new().open();
    let edition = sending(&mut store, 20);
    let grants = store.wave(edition, &[], &want(16), morning()).unwrap().grants;
    let row = |store: &Store| store.edition_by_id(edition).unwrap();
    store.wave(edition, &outcomes(&grants[..2], State::Sent), &want(0), morning()).unwrap();
    assert_eq!(store.heard(&row(&store)).unwrap(), Heard::default(), "nobody was refused");
    let mut refused = outcomes(&grants[2..], State::Failed);
    refused[1..].iter_mut().for_each(|settled| settled.class = Some(Class::Sender));
    store.wave(edition, &refused, &want(0), morning()).unwrap();
    let heard = Heard { lanes: [(OTHERS.into(), (16, 1))].into(), answered: 16, unwanted: 13, cleared: false };
    assert_eq!(store.heard(&row(&store)).unwrap(), heard);

    store.hold("morning", "2026-11-24", Purpose::Issue, morning()).unwrap();
    store.release(edition).unwrap();
    assert_eq!(store.heard(&row(&store)).unwrap(), Heard { cleared: true, ..heard }, "an editor has looked at it");
    store.hold("morning", "2026-11-24", Purpose::Issue, morning()).unwrap();
    store.amend(edition, &version("Better"), &[], "<p>B</p>", morning()).unwrap();
    let heard = store.heard(&row(&store)).unwrap();
    assert_eq!((heard.answered, heard.unwanted, heard.cleared), (0, 0, false), "another version, watched anew");
}

#[test]
fn a_warm_up_counts_the_days_the_relay_was_used() {
    let mut store = Home::new().open();
    let edition = sending(&mut store, 60);
    let quota = Quota { per_day: None, warm_up: Some(WarmUp { start: 5, grow: 3.0 }) };
    let on = |store: &mut Store, now: &str| {
        store.wave(edition, &[], &Want { quota, ..want(50) }, now.parse().unwrap()).unwrap().grants.len()
    };
    assert_eq!(on(&mut store, "2026-11-24T06:30:00Z"), 5);
    assert_eq!(on(&mut store, "2026-11-24T23:59:59Z"), 0);
    assert_eq!(on(&mut store, "2026-11-25T05:00:00Z"), 15);
}

/// All six refused for good, with one bounce long ago each; the big lane paused behind the first two.
fn paused(home: &Home) -> (Store, EditionId) {
    let mut store = home.open();
    let edition = sending_in(&mut store, Order { lanes: lanes(&["big.example"]), ..Order::default() });
    store.connection.execute("UPDATE subscriber SET bounced = 1700000000000", []).unwrap();
    let grants = store.wave(edition, &[], &from(&[("big", 9), ("others", 9)], 6), morning()).unwrap().grants;
    let settled = outcomes(&grants, State::Failed);
    store.wave(edition, &settled[..2], &want(0), morning()).unwrap();
    let pause = Want { pause: vec!["big".into()], ..want(0) };
    store.wave(edition, &settled[2..], &pause, morning()).unwrap();
    (store, edition)
}

fn provisional(store: &Store) -> (i64, i64) {
    let sql = "SELECT coalesce(sum(provisional), 0), count(*) FROM suppression";
    store.connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
}

#[test]
fn what_a_wave_of_refusals_did_waits_for_an_editor_and_becomes_final() {
    let home = Home::new();
    let (mut store, edition) = paused(&home);
    assert_eq!(provisional(&store), (3, 6), "the paused lane's, before and after the pause");
    assert_eq!(store.paused(edition).unwrap(), [Paused { lane: "big".into(), released: false }]);
    assert_eq!(store.release_lanes(edition, false, morning()).unwrap(), 0);
    assert_eq!(provisional(&store), (0, 6));
    assert_eq!(store.paused(edition).unwrap(), [Paused { lane: "big".into(), released: true }]);
}

#[test]
fn what_a_wave_of_refusals_did_can_be_lifted_for_that_lane_alone() {
    let home = Home::new();
    let (mut store, edition) = paused(&home);
    assert_eq!(store.release_lanes(edition, true, morning()).unwrap(), 3);
    assert_eq!(provisional(&store), (0, 3), "the other lane's are kept");
    assert_eq!(store.audience("morning", morning()).unwrap(), 3);
}
