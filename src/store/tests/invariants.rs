//! Each promise of the ledger, and that the schema itself refuses to break it.

use super::*;
use crate::store::waves::Recovered;

#[test]
fn i1_a_grant_in_hand_is_an_intent_on_the_disk() {
    let home = Home::new();
    let mut store = home.open();
    let edition = sending(&mut store, 3);
    let wave = store.wave(edition, &[], &want(2), morning()).unwrap();
    let seen_by_another = home.open().counts(edition).unwrap();
    assert_eq!((wave.grants.len(), seen_by_another.sending, seen_by_another.queued), (2, 2, 1));
    let again = store.wave(edition, &[], &want(5), morning()).unwrap();
    assert_eq!(again.grants.len(), 1, "nobody is granted twice");
    assert_eq!(again.queue, Queue::Drained { next_due: None });
}

#[test]
fn i1_nothing_is_granted_before_the_edition_is_being_sent() {
    let mut store = Home::new().open();
    subscribe(&mut store, 1);
    let edition = begin(&mut store);
    assert_eq!(store.wave(edition, &[], &want(1), morning()).unwrap_err().kind, Kind::Invariant);
    store.freeze(edition, &frozen(Policy::AtMostOnce), morning()).unwrap();
    assert_eq!(store.wave(edition, &[], &want(1), morning()).unwrap_err().kind, Kind::Invariant);
}

#[test]
fn i2_an_outcome_counts_once_and_only_for_a_granted_delivery() {
    let mut store = Home::new().open();
    let edition = sending(&mut store, 2);
    let grants = store.wave(edition, &[], &want(1), morning()).unwrap().grants;
    let sent = outcomes(&grants, State::Sent);
    store.wave(edition, &sent, &want(0), morning()).unwrap();
    let error = store.wave(edition, &sent, &want(1), morning()).unwrap_err();
    assert_eq!(error.kind, Kind::Invariant);
    assert!(error.to_string().contains("I2"), "{error}");
    let counts = store.counts(edition).unwrap();
    assert_eq!((counts.sent, counts.queued, counts.sending), (1, 1, 0), "the failed wave granted nothing");
}

#[test]
fn i3_what_a_dead_run_left_is_unknown_and_never_granted_again() {
    let home = Home::new();
    let mut store = home.open();
    let edition = sending(&mut store, 3);
    store.wave(edition, &[], &want(2), morning()).unwrap();
    drop(store);
    let mut store = home.open();
    let recovered = store.recover(&home.lock(), edition, morning()).unwrap();
    assert_eq!(recovered, Recovered { unknown: 2, deferred: 0 });
    assert_eq!(store.wave(edition, &[], &want(9), morning()).unwrap().grants.len(), 1);
}

#[test]
fn i4_at_least_once_tries_again_five_times_and_then_says_unknown() {
    let home = Home::new();
    let mut store = home.open();
    subscribe(&mut store, 1);
    let edition = begin(&mut store);
    store.freeze(edition, &frozen(Policy::AtLeastOnce), morning()).unwrap();
    store.start_sending(edition, morning()).unwrap();
    for tries in 0..5 {
        let grants = store.wave(edition, &[], &want(1), morning()).unwrap().grants;
        assert_eq!(grants[0].tries, tries);
        let again = tries < 4;
        let recovered = store.recover(&home.lock(), edition, morning()).unwrap();
        assert_eq!(recovered, Recovered { unknown: u64::from(!again), deferred: u64::from(again) });
    }
    assert!(store.wave(edition, &[], &want(1), morning()).unwrap().grants.is_empty());
}

#[test]
fn i4_whoever_may_have_a_copy_is_unknown_however_the_edition_ends_for_them() {
    let late = morning() + TimeDelta::hours(25);
    // Each of them: what ends a delivery whose first attempt nobody saw the end of.
    type End = fn(&mut Store, EditionId, DateTime<Utc>);
    let ends: [(&str, End); 4] = [
        ("expired while deferred", |store, edition, late| {
            store.expire(edition, late).unwrap();
        }),
        ("expired while queued", |store, edition, late| {
            store.requeue_due(edition, late).unwrap();
            store.expire(edition, late).unwrap();
        }),
        ("cancelled", |store, edition, _| {
            store.cancel(edition, morning()).unwrap();
        }),
        ("suppressed", |store, edition, _| {
            store.suppress(&Suppressed::Address(address(0)), Reason::Command, "", morning()).unwrap();
            store.wave(edition, &[], &want(1), morning()).unwrap();
        }),
    ];
    for (name, end) in ends {
        let home = Home::new();
        let mut store = home.open();
        subscribe(&mut store, 1);
        let edition = begin(&mut store);
        store.freeze(edition, &frozen(Policy::AtLeastOnce), morning()).unwrap();
        store.start_sending(edition, morning()).unwrap();
        store.wave(edition, &[], &want(1), morning()).unwrap();
        store.recover(&home.lock(), edition, morning()).unwrap();
        end(&mut store, edition, late);
        let trace = store.who(&address(0)).unwrap().remove(0).1;
        assert_eq!((trace.state, trace.relay.as_deref()), (State::Unknown, Some("main")), "{name}");
        let reply = trace.reply.unwrap();
        assert!(reply.ends_with("an earlier attempt ended without an answer"), "{name}: {reply}");
    }
    let mut store = Home::new().open();
    sending(&mut store, 1);
    assert!(refused(&store, "UPDATE delivery SET unseen = 1, state = 'expired'").contains("CHECK"));
}

#[test]
fn i5_the_books_close_only_when_everyone_is_accounted_for() {
    let home = Home::new();
    let mut store = home.open();
    let edition = sending(&mut store, 5);
    let grants = store.wave(edition, &[], &want(4), morning()).unwrap().grants;
    assert!(!store.close_if_done(&home.lock(), edition, morning()).unwrap(), "one is queued, four are sending");
    let states = [State::Sent, State::Failed, State::Unknown, State::Sent];
    let settled: Vec<_> = grants.iter().zip(states).map(|(grant, state)| outcome(grant, state)).collect();
    store.suppress(&Suppressed::Address(address(4)), Reason::Command, "", morning()).unwrap();
    store.wave(edition, &settled, &want(1), morning()).unwrap();
    assert!(store.close_if_done(&home.lock(), edition, morning()).unwrap());
    let row = store.edition_by_id(edition).unwrap();
    assert_eq!((row.state, row.finished), (EditionState::Done, Some(morning())));
    let counts = store.counts(edition).unwrap();
    assert_eq!(counts, Counts { audience: 5, sent: 2, failed: 1, unknown: 1, suppressed: 1, ..Counts::default() });
    assert!(store.close_if_done(&home.lock(), edition, morning()).unwrap(), "closing twice is closing once");
    assert!(store.integrity().unwrap().is_empty());
}

#[test]
fn i5_a_lost_row_stops_the_closing_and_is_named_by_the_check() {
    let home = Home::new();
    let mut store = home.open();
    let edition = sending(&mut store, 2);
    let grants = store.wave(edition, &[], &want(2), morning()).unwrap().grants;
    store.wave(edition, &outcomes(&grants, State::Sent), &want(0), morning()).unwrap();
    store.connection.execute("DELETE FROM delivery WHERE subscriber = ?1", [grants[0].reader]).unwrap();
    let error = store.close_if_done(&home.lock(), edition, morning()).unwrap_err();
    assert!(error.to_string().contains("I5"), "{error}");
    assert!(store.integrity().unwrap()[0].contains("1 deliveries for an audience of 2"));
}

#[test]
fn i5_the_schema_refuses_an_edition_done_with_open_deliveries() {
    let mut store = Home::new().open();
    let edition = sending(&mut store, 1);
    let done = "UPDATE edition SET state = 'done', finished = 1";
    assert!(refused(&store, done).contains("I5"), "queued");
    let grants = store.wave(edition, &[], &want(1), morning()).unwrap().grants;
    assert!(refused(&store, done).contains("I5"), "sending");
    store.wave(edition, &outcomes(&grants, State::Deferred), &want(0), morning()).unwrap();
    assert!(refused(&store, done).contains("I5"), "deferred");
}

#[test]
fn i6_a_versions_bytes_never_change() {
    let mut store = Home::new().open();
    let edition = sending(&mut store, 1);
    for change in ["bytes = x'00'", "hash = 'other'", "cuts = '[1]'", "subject = 'other'"] {
        assert!(refused(&store, &format!("UPDATE edition_version SET {change}")).contains("I6"), "{change}");
    }
    assert!(refused(&store, "DELETE FROM edition_version").contains("I6"));
    assert!(refused(&store, "UPDATE image SET bytes = x'00'").contains("never changes"));
    assert_eq!(store.version(edition, 1).unwrap(), version("The tram is back"));
}

#[test]
fn i7_an_address_is_once_in_an_audience_however_it_is_spelled() {
    let mut store = Home::new().open();
    for text in ["Anna@Example.org", "anna@example.org", "ANNA@EXAMPLE.ORG"] {
        store.import("morning", &[new_reader(EmailAddress::parse(text).unwrap())], morning()).unwrap();
    }
    let edition = begin(&mut store);
    assert_eq!(store.freeze(edition, &frozen(Policy::AtMostOnce), morning()).unwrap(), 1);
    assert!(store.integrity().unwrap().is_empty());
}

#[test]
fn i8_a_slot_is_begun_once_and_its_purposes_apart() {
    let home = Home::new();
    let begun: Vec<Begun> = std::thread::scope(|scope| {
        let begin = || home.open().begin_edition("morning", "2026-11-24", Purpose::Issue, morning()).unwrap();
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(begin)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(begun.iter().filter(|begun| matches!(begun, Begun::Created(_))).count(), 1);
    let mut store = home.open();
    let rehearsal = store.begin_edition("morning", "2026-11-24", Purpose::Rehearsal, morning()).unwrap();
    assert!(matches!(rehearsal, Begun::Created(_)));
    assert_eq!(store.editions(Some("morning")).unwrap().len(), 2);
}

#[test]
fn i9_whoever_left_or_was_suppressed_before_the_commit_gets_nothing() {
    let home = Home::new();
    let mut store = home.open();
    let edition = sending(&mut store, 5);
    let first = store.wave(edition, &[], &want(1), morning()).unwrap().grants;
    assert_eq!(first[0].address, address(0));
    let mut elsewhere = home.open();
    let key = elsewhere.reader_by_address(&address(1)).unwrap().unwrap().key;
    assert!(elsewhere.leave("morning", &key, "link", morning()).unwrap());
    elsewhere.suppress(&Suppressed::Address(address(2)), Reason::Complaint, "", morning()).unwrap();
    let next = store.wave(edition, &outcomes(&first, State::Sent), &want(2), morning()).unwrap().grants;
    assert_eq!(next.iter().map(|grant| &grant.address).collect::<Vec<_>>(), [&address(3), &address(4)]);
    let why = |number| store.who(&address(number)).unwrap().remove(0).1;
    assert_eq!((why(1).state, why(1).reply.as_deref()), (State::Suppressed, Some("left")));
    assert_eq!((why(2).state, why(2).reply.as_deref()), (State::Suppressed, Some("suppressed: complaint")));
}

#[test]
fn i9_a_suppressed_domain_is_closed_wave_by_wave() {
    let home = Home::new();
    let mut store = home.open();
    let edition = sending(&mut store, 1_200);
    store.suppress(&Suppressed::parse("@Example.ORG").unwrap(), Reason::Command, "closed", morning()).unwrap();
    let mut waves = 0;
    while store.wave(edition, &[], &want(10), morning()).unwrap().queue == Queue::More {
        waves += 1;
    }
    assert!(waves > 1, "one commit does not hold all of them");
    assert_eq!(store.counts(edition).unwrap().suppressed, 1_200);
    assert!(store.close_if_done(&home.lock(), edition, morning()).unwrap());
}

#[test]
fn i10_a_crash_leaves_no_more_unknown_than_were_granted() {
    let home = Home::new();
    let mut store = home.open();
    let edition = sending(&mut store, 50);
    let mut grants = Vec::new();
    for _ in 0..3 {
        grants = store.wave(edition, &outcomes(&grants, State::Sent), &want(10), morning()).unwrap().grants;
    }
    drop(store);
    let recovered = home.open().recover(&home.lock(), edition, morning()).unwrap();
    assert_eq!(recovered.unknown, 10);
}

#[test]
fn deliveries_move_only_along_their_arrows() {
    let put = |state: State, unseen: bool| {
        let due = if state == State::Deferred { "1" } else { "NULL" };
        format!("UPDATE delivery SET version = 1, due = {due}, unseen = {unseen}, state = '{}'", state.as_str())
    };
    let mut store = Home::new().open();
    sending(&mut store, 1);
    let name = "delivery_follows_its_arrows";
    let trigger: String =
        store.connection.query_row("SELECT sql FROM sqlite_master WHERE name = ?1", [name], |row| row.get(0)).unwrap();
    for from in State::ALL {
        for to in State::ALL {
            for unseen in [false, true] {
                let tx = store.write().unwrap();
                if tx.execute_batch(&format!("DROP TRIGGER {name}; {}; {trigger}", put(from, unseen))).is_err() {
                    assert!(unseen && matches!(from, State::Suppressed | State::Expired), "{from:?}");
                    continue;
                }
                let changed = tx.execute(&put(to, unseen), []);
                assert_eq!(changed.is_ok(), from.may_become(to, unseen), "{from:?} to {to:?}, {unseen}: {changed:?}");
            }
        }
    }
}

#[test]
fn a_claim_goes_straight_to_the_queued_ones() {
    let store = Home::new().open();
    let sql = ahead::CANDIDATES.replace(":edition", "1").replace(":newsletter", "'morning'");
    let sql = sql.replace(":lane", "'others'").replace(":turn", "1").replace(":most", "10");
    let mut statement = store.connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let rows = statement.query_map([], |row| row.get::<_, String>("detail")).unwrap();
    let plan: Vec<_> = rows.map(Result::unwrap).collect();
    assert!(plan[0].contains("delivery_queued"), "{plan:?}");
    assert!(!plan.iter().any(|step| step.contains("SCAN") || step.contains("TEMP B-TREE")), "{plan:?}");
}

#[test]
fn a_held_edition_grants_nothing_and_goes_on_when_released() {
    let mut store = Home::new().open();
    let edition = sending(&mut store, 3);
    let grants = store.wave(edition, &[], &want(1), morning()).unwrap().grants;
    assert_eq!(hold(&mut store), Change::Made(EditionState::Held));
    assert_eq!(hold(&mut store), Change::Already(EditionState::Held));
    let wave = store.wave(edition, &outcomes(&grants, State::Sent), &want(2), morning()).unwrap();
    assert_eq!(wave, Wave { grants: Vec::new(), dry: Vec::new(), back: false, queue: Queue::Held });
    assert_eq!(store.counts(edition).unwrap().sent, 1, "what was in flight is written down");
    assert_eq!(store.start_sending(edition, morning()).unwrap_err().kind, Kind::Moved);
    assert_eq!(store.release(edition).unwrap(), Change::Made(EditionState::Sending));
    assert_eq!(store.wave(edition, &[], &want(5), morning()).unwrap().grants.len(), 2);
}

#[test]
fn a_slot_held_before_it_exists_is_not_frozen_until_it_is_released() {
    let mut store = Home::new().open();
    subscribe(&mut store, 1);
    assert_eq!(hold(&mut store), Change::Made(EditionState::Held));
    let edition = begin(&mut store);
    assert_eq!(store.freeze(edition, &frozen(Policy::AtMostOnce), morning()).unwrap_err().kind, Kind::Moved);
    assert_eq!(store.release(edition).unwrap(), Change::Made(EditionState::Freezing));
    assert_eq!(store.freeze(edition, &frozen(Policy::AtMostOnce), morning()).unwrap(), 1);
    assert_eq!(store.freeze(edition, &frozen(Policy::AtMostOnce), morning()).unwrap_err().kind, Kind::Moved, "once");
}

#[test]
fn cancelling_ends_everyone_who_has_nothing_and_what_is_in_flight_as_it_comes() {
    let home = Home::new();
    let mut store = home.open();
    let edition = sending(&mut store, 5);
    let grants = store.wave(edition, &[], &want(3), morning()).unwrap().grants;
    store.wave(edition, &[outcome(&grants[0], State::Deferred)], &want(0), morning()).unwrap();
    assert_eq!(store.cancel(edition, morning()).unwrap(), Change::Made(EditionState::Cancelled));
    let late = [outcome(&grants[1], State::Sent), outcome(&grants[2], State::Queued)];
    assert_eq!(store.wave(edition, &late, &want(1), morning()).unwrap().queue, Queue::Cancelled);
    let counts = store.counts(edition).unwrap();
    assert_eq!((counts.sent, counts.expired), (1, 4));
    assert!(counts.closed() && store.integrity().unwrap().is_empty());
    assert_eq!(store.release(edition).unwrap(), Change::Refused(EditionState::Cancelled));
    assert_eq!(store.cancel(edition, morning()).unwrap(), Change::Already(EditionState::Cancelled));
}

#[test]
fn an_amended_edition_gives_the_new_version_to_all_who_have_nothing_yet() {
    let mut store = Home::new().open();
    let edition = sending(&mut store, 3);
    let grants = store.wave(edition, &[], &want(2), morning()).unwrap().grants;
    let second = version("The tram is back, in two lines");
    assert_eq!(store.amend(edition, &second, &[], "", morning()).unwrap_err().kind, Kind::Moved, "not held");
    hold(&mut store);
    assert_eq!(store.amend(edition, &second, &[], "<p>B</p>", morning()).unwrap(), 2);
    store.release(edition).unwrap();
    let settled = [outcome(&grants[0], State::Sent), outcome(&grants[1], State::Queued)];
    let rest = store.wave(edition, &settled, &want(5), morning()).unwrap().grants;
    assert_eq!(rest.iter().map(|grant| (grant.reader, grant.version)).collect::<Vec<_>>(), [(2, 2), (3, 2)]);
    assert_eq!(store.who(&address(0)).unwrap()[0].1.version, Some(1));
    assert_eq!(store.version(edition, 1).unwrap(), version("The tram is back"));
    assert_eq!(store.web_edition("morning", "2026-11-24").unwrap().as_deref(), Some("<p>B</p>"));
}

#[test]
fn a_deferred_delivery_waits_for_its_time() {
    let mut store = Home::new().open();
    let edition = sending(&mut store, 1);
    let grants = store.wave(edition, &[], &want(1), morning()).unwrap().grants;
    let due = morning() + TimeDelta::minutes(5);
    let wave = store.wave(edition, &outcomes(&grants, State::Deferred), &want(1), morning()).unwrap();
    assert_eq!(
        wave,
        Wave {
            grants: Vec::new(),
            dry: vec![OTHERS.into()],
            back: false,
            queue: Queue::Drained { next_due: Some(due) }
        }
    );
    assert_eq!(store.requeue_due(edition, due - TimeDelta::seconds(1)).unwrap(), 0);
    let again = store.wave(edition, &[], &want(1), due).unwrap().grants;
    assert_eq!((again[0].reader, again[0].tries), (grants[0].reader, 1));
}

#[test]
fn an_edition_past_its_time_reaches_nobody_any_more() {
    let home = Home::new();
    let mut store = home.open();
    let edition = sending(&mut store, 4);
    let grants = store.wave(edition, &[], &want(2), morning()).unwrap().grants;
    let late = morning() + TimeDelta::hours(25);
    assert_eq!(store.expire(edition, morning()).unwrap(), 0, "not yet");
    let settled = [outcome(&grants[0], State::Sent), outcome(&grants[1], State::Deferred)];
    assert!(store.wave(edition, &settled, &want(1), late).unwrap().grants.is_empty());
    assert_eq!(store.counts(edition).unwrap().expired, 3);
    assert!(store.close_if_done(&home.lock(), edition, late).unwrap());
}

#[test]
fn a_hard_bounce_excludes_for_a_week_and_a_later_one_for_good() {
    let mut store = Home::new().open();
    let edition = sending(&mut store, 2);
    let bounce = |store: &mut Store, edition, now| {
        let grants = store.wave(edition, &[], &want(1), now).unwrap().grants;
        store.wave(edition, &outcomes(&grants, State::Failed), &want(0), now).unwrap();
    };
    bounce(&mut store, edition, morning());
    let after = |days| morning() + TimeDelta::days(days);
    assert_eq!(store.audience("morning", after(6)).unwrap(), 1);
    assert_eq!(store.audience("morning", after(7)).unwrap(), 2);
    assert!(store.suppressions().unwrap().is_empty());

    let Begun::Created(next) = store.begin_edition("morning", "2026-12-02", Purpose::Issue, after(8)).unwrap() else {
        panic!("a new slot is a new edition");
    };
    store.freeze(next.id, &Frozen { not_after: after(9), ..frozen(Policy::AtMostOnce) }, after(8)).unwrap();
    store.start_sending(next.id, after(8)).unwrap();
    bounce(&mut store, next.id, after(8));
    assert_eq!(store.suppressions().unwrap()[0].reason, Reason::Bounce);
    assert_eq!(store.audience("morning", after(100)).unwrap(), 1);
    assert!(store.lift(&Suppressed::Address(address(0))).unwrap());
    assert_eq!(store.audience("morning", after(8)).unwrap(), 2, "lifted is lifted");
}

#[test]
fn a_rehearsal_counts_for_nothing() {
    let mut store = Home::new().open();
    subscribe(&mut store, 1);
    let begun = store.begin_edition("morning", "2026-11-24", Purpose::Rehearsal, morning()).unwrap();
    let Begun::Created(rehearsal) = begun else { panic!("nothing was there") };
    store.freeze(rehearsal.id, &frozen(Policy::AtMostOnce), morning()).unwrap();
    store.start_sending(rehearsal.id, morning()).unwrap();
    let grants = store.wave(rehearsal.id, &[], &want(1), morning()).unwrap().grants;
    store.wave(rehearsal.id, &outcomes(&grants, State::Failed), &want(0), morning()).unwrap();
    assert_eq!(store.audience("morning", morning()).unwrap(), 1, "the mailbox's refusal is nobody's bounce");
    assert_eq!(store.last_audience("morning").unwrap(), None);
    assert!(store.unfinished(None).unwrap().is_empty(), "cron does not resume it");
}

#[test]
fn a_refused_delivery_may_be_tried_again_and_opens_the_books() {
    let home = Home::new();
    let mut store = home.open();
    let edition = sending(&mut store, 2);
    let grants = store.wave(edition, &[], &want(2), morning()).unwrap().grants;
    let settled = [outcome(&grants[0], State::Failed), outcome(&grants[1], State::Sent)];
    store.wave(edition, &settled, &want(0), morning()).unwrap();
    assert!(store.close_if_done(&home.lock(), edition, morning()).unwrap());
    assert_eq!(store.requeue_failed(edition, Some(Class::Sender), morning()).unwrap(), 0);
    assert_eq!(store.edition_by_id(edition).unwrap().state, EditionState::Done);
    assert_eq!(store.audience("morning", morning()).unwrap(), 1, "a hard bounce leaves a reader out for some days");
    assert_eq!(store.requeue_failed(edition, Some(Class::Hard), morning()).unwrap(), 1);
    assert_eq!(store.edition_by_id(edition).unwrap().state, EditionState::Sending);
    assert_eq!(store.counts(edition).unwrap().queued, 1);
    assert_eq!(store.audience("morning", morning()).unwrap(), 2, "whoever is tried again is believed to be there");
}

#[test]
fn nobody_is_queued_again_where_nothing_would_come_of_it() {
    let home = Home::new();
    let mut store = home.open();
    let edition = sending(&mut store, 2);
    let grants = store.wave(edition, &[], &want(1), morning()).unwrap().grants;
    store.wave(edition, &outcomes(&grants, State::Failed), &want(0), morning()).unwrap();
    let late = morning() + TimeDelta::days(2);
    assert_eq!(store.requeue_failed(edition, None, late).unwrap_err().kind, Kind::Moved, "expired");
    store.cancel(edition, morning()).unwrap();
    assert_eq!(store.requeue_failed(edition, None, morning()).unwrap_err().kind, Kind::Moved, "cancelled");
    assert_eq!(store.counts(edition).unwrap().failed, 1, "the refusal is still told");
}

#[test]
fn refusals_that_say_the_same_are_counted_together() {
    let mut store = Home::new().open();
    let edition = sending(&mut store, 3);
    let grants = store.wave(edition, &[], &want(3), morning()).unwrap().grants;
    store.wave(edition, &outcomes(&grants, State::Failed), &want(0), morning()).unwrap();
    let refusals = store.refusals(edition, State::Failed).unwrap();
    assert_eq!(refusals.len(), 1);
    assert_eq!((refusals[0].count, refusals[0].reply.as_str()), (3, "250 2.0.0 <…> queued as 4F2"));
    assert_eq!(store.sent_since(edition, morning()).unwrap(), 0);
}

fn hold(store: &mut Store) -> Change {
    store.hold("morning", "2026-11-24", Purpose::Issue, morning()).unwrap()
}
