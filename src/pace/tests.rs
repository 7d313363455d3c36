//! The rules of the pace, each as a table.

use super::*;
use crate::address::EmailAddress;
use crate::ledger::Heard;

fn grant(tries: u32, contacts: u32) -> Grant {
    Grant {
        reader: 7,
        address: EmailAddress::parse("anna@reader.example").unwrap(),
        first_name: None,
        text_only: false,
        key: [7; 16],
        version: 1,
        tries,
        contacts,
        unseen: false,
    }
}

fn start() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-24T05:30:00Z").unwrap().to_utc()
}

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

fn rules(policy: Policy) -> Rules {
    Rules {
        policy,
        retry: vec![minutes(5), minutes(15), minutes(45)],
        not_after: start() + chrono::Duration::hours(24),
    }
}

fn settled(answer: Answer, policy: Policy, tries: u32, contacts: u32) -> Settled {
    settle(&grant(tries, contacts), answer, "words".into(), "main", &rules(policy), start(), 0.5)
}

const TOO_FAST: Answer = Answer::TooFast { wait: None };

#[test]
fn every_answer_leads_to_its_state() {
    use Answer::*;
    use Policy::{AtLeastOnce, AtMostOnce};
    // Answer, policy, tries and contacts before; then state, tries, contacts, minutes until due, class.
    let table = [
        (Accepted, AtMostOnce, 0, 2, State::Sent, 1, 0, None, None),
        (NoSuchReader, AtMostOnce, 1, 0, State::Failed, 2, 0, None, Some(Class::Hard)),
        (Unwanted, AtMostOnce, 0, 0, State::Failed, 1, 0, None, Some(Class::Sender)),
        (NotNow, AtMostOnce, 0, 1, State::Deferred, 1, 0, Some(5), Some(Class::Soft)),
        (NotNow, AtMostOnce, 1, 0, State::Deferred, 2, 0, Some(15), Some(Class::Soft)),
        (NotNow, AtMostOnce, 2, 0, State::Deferred, 3, 0, Some(45), Some(Class::Soft)),
        (NotNow, AtMostOnce, 9, 0, State::Deferred, 10, 0, Some(45), Some(Class::Soft)),
        (Unreached, AtMostOnce, 0, 0, State::Queued, 0, 1, None, None),
        (Unreached, AtMostOnce, 0, 1, State::Queued, 0, 2, None, None),
        (Unreached, AtMostOnce, 0, 2, State::Deferred, 1, 0, Some(5), None),
        (TOO_FAST, AtMostOnce, 2, 0, State::Queued, 2, 1, None, None),
        (TOO_FAST, AtMostOnce, 2, 2, State::Deferred, 2, 0, Some(45), None),
        (RefusesUs, AtMostOnce, 1, 1, State::Queued, 1, 1, None, None),
        (RefusesSender, AtMostOnce, 1, 2, State::Queued, 1, 2, None, None),
        (Silence, AtMostOnce, 0, 0, State::Unknown, 1, 0, None, None),
        (Silence, AtLeastOnce, 0, 0, State::Deferred, 1, 0, Some(5), None),
        (Silence, AtLeastOnce, 3, 0, State::Deferred, 4, 0, Some(45), None),
        (Silence, AtLeastOnce, 4, 0, State::Unknown, 5, 0, None, None),
        (Unreached, AtLeastOnce, 0, 0, State::Queued, 0, 1, None, None),
    ];
    for (answer, policy, tries, contacts, state, tries_after, contacts_after, due, class) in table {
        let settled = settled(answer, policy, tries, contacts);
        let case = format!("{answer:?} {policy:?} after {tries} tries and {contacts} contacts: {settled:?}");
        assert_eq!(settled.state, state, "{case}");
        assert_eq!((settled.tries, settled.contacts), (tries_after, contacts_after), "{case}");
        assert_eq!(settled.due, due.map(|due| start() + minutes(due)), "{case}");
        assert_eq!(settled.class, class, "{case}");
        assert_eq!((settled.reader, settled.reply.as_str(), settled.relay.as_str()), (7, "words", "main"));
    }
}

#[test]
fn only_an_acceptance_is_sent_and_at_most_once_never_repeats_a_silence() {
    use Answer::*;
    let all = [Accepted, Unreached, RefusesUs, RefusesSender, TOO_FAST, NotNow, NoSuchReader, Unwanted, Silence];
    for answer in all {
        for tries in 0..8 {
            for contacts in 0..3 {
                for policy in [Policy::AtMostOnce, Policy::AtLeastOnce] {
                    let settled = settled(answer, policy, tries, contacts);
                    assert_eq!(settled.state == State::Sent, answer == Accepted);
                    if answer == Silence && policy == Policy::AtMostOnce {
                        assert_eq!(settled.state, State::Unknown);
                    }
                    // Every way back into the queue comes to an end: a try or a contact was counted, or its turn
                    // is later, and once too late.
                    let open = matches!(settled.state, State::Queued | State::Deferred);
                    let stops = answer.signal() == Signal::Stop;
                    assert!(
                        !open || stops || settled.tries > tries || settled.contacts > contacts || settled.due.is_some(),
                        "{settled:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn retries_are_spread_and_end_with_the_edition() {
    let due = |chance| {
        settle(&grant(0, 0), Answer::NotNow, String::new(), "main", &rules(Policy::AtMostOnce), start(), chance).due
    };
    assert_eq!(due(0.0), Some(start() + minutes(4)));
    assert_eq!(due(1.0), Some(start() + minutes(6)));

    let rules = Rules { not_after: start() + minutes(10), ..rules(Policy::AtMostOnce) };
    let at = |tries| settle(&grant(tries, 0), Answer::NotNow, String::new(), "main", &rules, start(), 0.5);
    assert_eq!(at(0).state, State::Deferred);
    assert_eq!((at(1).state, at(1).due), (State::Expired, None), "the retry would come after the edition's end");
    let never = Rules { retry: Vec::new(), ..rules };
    let expired = settle(&grant(0, 0), Answer::NotNow, String::new(), "main", &never, start(), 0.5);
    assert_eq!(expired.state, State::Expired);
}

#[test]
fn an_attempt_nobody_saw_the_end_of_never_ends_as_if_nothing_had_left() {
    let rules = Rules { not_after: start() + minutes(3), ..rules(Policy::AtLeastOnce) };
    let end = |unseen, answer| {
        let grant = Grant { unseen, ..grant(0, 2) };
        settle(&grant, answer, "words".into(), "main", &rules, start(), 0.5)
    };
    for answer in [Answer::NotNow, Answer::Unreached] {
        assert_eq!(end(false, answer).state, State::Expired, "{answer:?}");
        let before = end(true, answer);
        assert_eq!((before.state, before.class), (State::Unknown, None), "{answer:?}");
        assert!(before.reply.ends_with("an earlier attempt ended without an answer"), "{}", before.reply);
    }
    assert_eq!(end(false, Answer::Silence).state, State::Unknown, "there is no time to try again");
    let again = settled(Answer::Silence, Policy::AtLeastOnce, 0, 0);
    assert!(again.state == State::Deferred && again.unseen);
}

#[test]
fn a_grant_given_back_is_as_it_was() {
    let back = give_back(&Grant { unseen: true, ..grant(3, 2) }, "main");
    assert_eq!((back.state, back.tries, back.contacts, back.due), (State::Queued, 3, 2, None));
    assert!(back.unseen);
}

#[test]
fn the_breaker_starts_with_one_connection_and_opens_for_longer_each_time() {
    let now = Moment::START;
    let later = |seconds| now.after(Duration::from_secs(seconds));
    let mut breaker = Breaker::new(Breaker::FIRST);
    assert_eq!(breaker.leave(now), Leave::One);
    breaker.answered();
    assert_eq!(breaker.leave(now), Leave::All);
    for _ in 0..4 {
        breaker.failed(Failure::Connection, now);
        assert_eq!(breaker.leave(now), Leave::All);
    }
    breaker.failed(Failure::Connection, now);
    assert_eq!(breaker.leave(now), Leave::NotBefore(later(30)));
    breaker.failed(Failure::Connection, now);
    assert_eq!(breaker.leave(later(29)), Leave::NotBefore(later(30)), "what was under way does not prolong it");
    assert_eq!(breaker.leave(later(30)), Leave::One);
    breaker.failed(Failure::Message, later(31));
    assert_eq!(breaker.leave(later(31)), Leave::NotBefore(later(91)), "twice as long");
    assert_eq!(breaker.leave(later(91)), Leave::One);
    assert_eq!(breaker.leave(later(92)), Leave::One, "one, until something was answered");
    breaker.answered();
    breaker.failed(Failure::Connection, later(213));
    assert_eq!(breaker.leave(later(213)), Leave::All, "an answered delivery forgives all");
}

#[test]
fn the_first_connection_to_fail_opens_a_new_breaker_and_one_reader_s_message_does_not() {
    let now = Moment::START;
    let mut breaker = Breaker::new(Breaker::FIRST);
    breaker.failed(Failure::Connection, now);
    assert_eq!(breaker.leave(now), Leave::NotBefore(now.after(Breaker::FIRST)));
    let mut breaker = Breaker::new(Breaker::FIRST);
    for _ in 0..4 {
        breaker.failed(Failure::Message, now);
        assert_eq!(breaker.leave(now), Leave::One);
    }
    breaker.failed(Failure::Message, now);
    assert_eq!(breaker.leave(now), Leave::NotBefore(now.after(Breaker::FIRST)));
}

#[test]
fn the_window_grows_with_success_and_keeps_to_what_the_relay_allows() {
    let mut window = Window::new(10);
    assert_eq!(window.size(), 4);
    (0..100).for_each(|_| window.succeeded());
    assert_eq!(window.size(), 10);
    window.failed();
    assert_eq!(window.size(), 9);
    window.turned_away(3);
    assert_eq!(window.size(), 3);
    (0..499).for_each(|_| window.succeeded());
    assert_eq!(window.size(), 3, "no second look so soon");
    (0..10).for_each(|_| window.succeeded());
    assert_eq!(window.size(), 4);
    (0..50).for_each(|_| window.failed());
    assert_eq!(window.size(), 1, "never without a connection");
    assert_eq!(Window::new(2).size(), 2);
    assert_eq!(Window::new(0).size(), 1);
}

#[test]
fn the_bucket_gives_its_rate_and_no_burst() {
    let start = Moment::START;
    let mut bucket = Bucket::new(50, start);
    let mut given = 0;
    for millisecond in 0..2000 {
        let ready = bucket.ready(start.after(Duration::from_millis(millisecond)));
        assert!(ready <= 5, "a tenth of a second's worth at most");
        bucket.take(ready);
        given += ready;
    }
    assert!((100..=101).contains(&given), "{given} in two seconds");
    assert!(bucket.next() > start.after(Duration::from_millis(1999)));
}

#[test]
fn more_than_five_percent_of_the_first_two_hundred_unwanted_is_an_alarm() {
    let alarm = |answers: &[(Answer, usize)]| {
        let mut watch = Watch::after(&Heard::default());
        let mut all = answers.iter().flat_map(|(answer, times)| std::iter::repeat_n(*answer, *times));
        all.any(|answer| watch.alarmed_by(answer))
    };
    assert!(!alarm(&[(Answer::Unwanted, 10), (Answer::Accepted, 500)]));
    assert!(alarm(&[(Answer::Accepted, 100), (Answer::Unwanted, 11)]));
    assert!(!alarm(&[(Answer::Accepted, 200), (Answer::Unwanted, 50)]), "later ones are receivers, not the edition");
    assert!(!alarm(&[(Answer::NoSuchReader, 100), (Answer::Unreached, 100)]));
}

#[test]
fn a_relay_that_finds_us_too_fast_is_left_alone_for_longer_each_time() {
    let seconds = |times| breather(None, times).map_err(|wait| wait.as_secs()).map(|wait| wait.as_secs());
    assert_eq!([seconds(1), seconds(2), seconds(6), seconds(7)], [Ok(1), Ok(2), Ok(32), Err(64)]);
    assert_eq!(breather(Some(minutes(1)), 1), Ok(minutes(1)));
    assert_eq!(breather(Some(minutes(5)), 1), Err(minutes(5)), "nobody sits and waits that long");
    assert_eq!(breather(Some(minutes(60 * 24 * 30)), 1), Err(minutes(60 * 24)));
}

#[test]
fn a_relay_that_turns_us_away_again_and_again_is_asked_ever_more_rarely() {
    let mut window = Window::new(8);
    let answers_until_it_grows = |window: &mut Window| {
        let before = window.size();
        (1..).find(|_| {
            window.succeeded();
            window.size() > before
        })
    };
    (0..100).for_each(|_| window.succeeded());
    window.turned_away(5);
    assert_eq!(window.size(), 5);
    let first = answers_until_it_grows(&mut window).unwrap();
    window.turned_away(5);
    window.turned_away(5);
    let second = answers_until_it_grows(&mut window).unwrap();
    assert!((500..520).contains(&first) && (1_000..1_020).contains(&second), "{first}, then {second}");
}

#[test]
fn one_cohort_of_failures_is_one_connection_fewer() {
    let mut window = Window::new(20);
    (0..200).for_each(|_| window.succeeded());
    assert_eq!(window.size(), 20);
    window.failed();
    assert_eq!(window.size(), 19, "the first of a row counts at once");
    (0..18).for_each(|_| window.failed());
    assert_eq!(window.size(), 19, "the others of its cohort not again");
    (0..3).for_each(|_| window.failed());
    assert_eq!(window.size(), 18);
}

#[test]
fn a_wave_of_refusals_is_told_from_single_readers() {
    let trips = |answers: &[(Answer, usize)]| {
        let mut guard = Guard::after(0.03, None);
        let mut all = answers.iter().flat_map(|(answer, times)| std::iter::repeat_n(*answer, *times));
        all.find_map(|answer| guard.tripped_by(answer))
    };
    let (fine, gone) = (Answer::Accepted, Answer::NoSuchReader);
    assert_eq!(trips(&[(gone, 49)]), None, "too few were tried");
    assert_eq!(trips(&[(gone, 60)]), Some((50, 50)));
    assert_eq!(trips(&[(gone, 4), (fine, 200)]), None, "four are single readers");
    assert_eq!(trips(&[(fine, 1_000), (gone, 30)]), None, "not above three in a hundred");
    assert_eq!(trips(&[(fine, 1_000), (gone, 31), (fine, 1)]), Some((1_031, 31)));
    assert_eq!(trips(&[(Answer::NotNow, 100), (Answer::Unwanted, 100), (Answer::Silence, 100)]), None);
}

#[test]
fn a_warm_up_grows_each_day_up_to_the_relay_s_own_day() {
    let quota = Quota { per_day: Some(5_000), warm_up: Some(WarmUp { start: 500, grow: 2.0 }) };
    assert_eq!([0, 1, 2, 3, 4, 400].map(|days| quota.cap(days)), [500, 1_000, 2_000, 4_000, 5_000, 5_000].map(Some));
    assert_eq!(Quota { per_day: None, ..quota }.cap(5_000), Some(u64::MAX));
    assert_eq!(Quota::default().cap(3), None);
    assert!(Quota::default().is_unlimited() && !quota.is_unlimited());
}

#[test]
fn every_domain_is_in_one_lane() {
    let lanes = Lanes::new([
        ("big".to_owned(), vec!["mail.example".to_owned(), "post.example".to_owned()], Some(20)),
        ("others".to_owned(), Vec::new(), Some(100)),
    ]);
    let name = |domain: &str| &**lanes.iter().nth(lanes.of(domain)).unwrap().0;
    assert_eq!(["mail.example", "post.example", "x.mail.example"].map(name), ["big", "big", "others"]);
    assert_eq!(lanes.iter().map(|(_, rate)| rate).collect::<Vec<_>>(), [Some(20), Some(100)]);
}

#[test]
fn a_forecast_gives_slow_lanes_their_rate_and_the_others_what_is_left() {
    let seconds = |lanes: &[(u64, Option<f64>)], relay| -> Vec<Option<u64>> {
        let lanes: Vec<_> = lanes.iter().map(|(queued, rate)| Load { queued: *queued, rate: *rate }).collect();
        forecast(&lanes, relay).into_iter().map(|end| end.map(|end| end.as_secs_f64().round() as u64)).collect()
    };
    assert_eq!(seconds(&[(1_000, Some(10.0)), (9_000, None)], Some(100.0)), [Some(100), Some(100)]);
    assert_eq!(seconds(&[(2_000, Some(10.0)), (9_000, None)], Some(100.0)), [Some(200), Some(100)]);
    assert_eq!(seconds(&[(500, None), (1_500, None)], Some(100.0)), [Some(10), Some(20)]);
    assert_eq!(seconds(&[(500, Some(5.0)), (900, None), (0, None)], None), [Some(100), None, Some(0)]);
    assert_eq!(seconds(&[(600, Some(400.0)), (600, Some(400.0))], Some(400.0)), [Some(2), Some(3)]);
    assert_eq!(seconds(&[], Some(1.0)), []);
}

#[test]
fn a_full_mailbox_or_an_address_this_relay_cannot_take_is_that_reader_s_alone_and_held_against_nobody() {
    for answer in [Answer::NotByThisRelay, Answer::Full] {
        let row = settled(answer, Policy::AtMostOnce, 0, 0);
        assert_eq!((row.state, row.class), (State::Failed, Some(Class::Soft)));
        let mut watch = Watch::after(&Heard::default());
        assert!((0..200).all(|_| !watch.alarmed_by(answer)), "no alarm about the edition");
    }
}

#[test]
fn a_refusal_proves_nothing_about_an_attempt_before_it_that_nobody_saw() {
    for answer in [Answer::NoSuchReader, Answer::Unwanted, Answer::Full] {
        let before = Grant { unseen: true, ..grant(1, 0) };
        let row = settle(&before, answer, "550 no".into(), "main", &rules(Policy::AtLeastOnce), start(), 0.5);
        assert_eq!((row.state, row.class), (State::Unknown, None), "{answer:?}");
        assert_eq!(row.reply, "550 no; an earlier attempt ended without an answer");
    }
}

#[test]
fn a_relay_with_a_day_is_done_on_the_day_that_has_room_for_the_last() {
    let plan = |start| Quota { per_day: None, warm_up: Some(WarmUp { start, grow: 2.0 }) };
    let fixed = Quota { per_day: Some(5), warm_up: None };
    let day = |cap, left, before| Day { cap, left, before };
    assert_eq!(fixed.days_for(day(5, 5, 0), 5), Some(0));
    assert_eq!(fixed.days_for(day(5, 0, 0), 12), Some(3));
    assert_eq!(plan(3).days_for(day(3, 3, 0), 20), Some(2), "3, 6 and 12");
    assert_eq!(Quota { per_day: Some(0), warm_up: None }.days_for(day(0, 0, 0), 1), None);
}
