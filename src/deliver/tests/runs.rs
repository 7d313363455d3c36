//! Whole runs over an in-memory ledger that checks its own promises.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::mpsc;

use super::super::door::Door;
use super::super::nap::Nap;
use super::super::{Desk, Job, Stamp, run, wait_napping};
use super::sink::{At, Script, Sink};
use super::{address, message, relay, timeouts, with_login};
use crate::address::EmailAddress;
use crate::config::{Policy, Relay, RelayUrl};
use crate::floor::{End, Stop};
use crate::ledger::{Grant, Heard, Queue, Settled, State, Want, Wave};
use crate::message::Message;
use crate::pace::{Lanes, OTHERS, Rules};
use crate::store::{Kind, StoreError};

/// A ledger in memory that checks the promises: one outcome for each grant, and no grant twice at once.
struct Table {
    rows: RefCell<BTreeMap<i64, Row>>,
    queue: RefCell<VecDeque<i64>>,
    waves: RefCell<usize>,
    /// Contacts counted against readers.
    contacts: Cell<u32>,
    held_after: Option<usize>,
    fails_after: Option<usize>,
    delay: Duration,
}

struct Row {
    address: EmailAddress,
    state: State,
    tries: u32,
    contacts: u32,
    unseen: bool,
}

impl Table {
    fn new(readers: &[String]) -> Self {
        let row = |local: &String| Row {
            address: address(local),
            state: State::Queued,
            tries: 0,
            contacts: 0,
            unseen: false,
        };
        let rows: BTreeMap<i64, Row> = (1..).zip(readers.iter().map(row)).collect();
        Self {
            queue: RefCell::new(rows.keys().copied().collect()),
            rows: RefCell::new(rows),
            waves: RefCell::new(0),
            contacts: Cell::new(0),
            held_after: None,
            fails_after: None,
            delay: Duration::ZERO,
        }
    }

    fn in_state(&self, state: State) -> usize {
        self.rows.borrow().values().filter(|row| row.state == state).count()
    }
}

impl Desk for Table {
    async fn exchange(&self, settled: Vec<Settled>, want: Want) -> Result<Wave, StoreError> {
        tokio::time::sleep(self.delay).await;
        *self.waves.borrow_mut() += 1;
        let waves = *self.waves.borrow();
        let mut rows = self.rows.borrow_mut();
        let mut queue = self.queue.borrow_mut();
        if self.fails_after.is_some_and(|most| waves > most) {
            return Err(StoreError::new(Kind::Full, "the disk is full"));
        }
        for outcome in settled {
            let row = rows.get_mut(&outcome.reader).unwrap();
            assert_eq!(row.state, State::Sending, "an outcome for {} that was not granted", row.address);
            self.contacts.set(self.contacts.get() + outcome.contacts.saturating_sub(row.contacts));
            (row.state, row.tries, row.contacts) = (outcome.state, outcome.tries, outcome.contacts);
            row.unseen = outcome.unseen;
            if outcome.state == State::Queued {
                queue.push_front(outcome.reader);
            }
        }
        let mut wave = Wave { grants: Vec::new(), dry: Vec::new(), back: false, queue: Queue::More };
        if self.held_after.is_some_and(|most| waves > most) {
            return Ok(Wave { queue: Queue::Held, ..wave });
        }
        while wave.grants.len() < want.most {
            let Some(reader) = queue.pop_front() else {
                wave.dry = vec![OTHERS.into()];
                wave.queue = Queue::Drained { next_due: None };
                break;
            };
            let row = rows.get_mut(&reader).unwrap();
            assert_eq!(row.state, State::Queued, "{} was granted twice", row.address);
            row.state = State::Sending;
            let Row { address, tries, contacts, unseen, .. } = row;
            wave.grants.push(Grant {
                reader,
                address: address.clone(),
                first_name: None,
                text_only: false,
                key: [0; 16],
                version: 1,
                tries: *tries,
                contacts: *contacts,
                unseen: *unseen,
            });
        }
        Ok(wave)
    }
}

impl Stamp for Table {
    fn message(&self, grant: &Grant, _: &Relay) -> Message<'_> {
        // I1: whatever is made to be sent was granted, and its intent stands.
        assert_eq!(self.rows.borrow()[&grant.reader].state, State::Sending);
        message()
    }

    fn return_path(&self, _: &Grant) -> EmailAddress {
        address("desk")
    }
}

struct Pressed {
    end: Result<End, StoreError>,
    table: Table,
    progress: u64,
    told: Vec<String>,
}

impl Pressed {
    fn states(&self) -> Vec<(State, usize)> {
        State::ALL
            .into_iter()
            .map(|state| (state, self.table.in_state(state)))
            .filter(|(_, count)| *count > 0)
            .collect()
    }
}

fn crowd(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("reader{number}")).collect()
}

fn pressed(relay: &Relay, table: Table, limit: Option<u64>) -> Pressed {
    pressed_until(relay, table, limit, |_| {})
}

/// `watch` is called with the way to stop the run before it begins.
fn pressed_until(
    relay: &Relay,
    table: Table,
    limit: Option<u64>,
    watch: impl FnOnce(mpsc::UnboundedSender<Stop>),
) -> Pressed {
    pressed_by(std::slice::from_ref(relay), table, limit, watch)
}

fn pressed_by(
    relays: &[Relay],
    table: Table,
    limit: Option<u64>,
    watch: impl FnOnce(mpsc::UnboundedSender<Stop>),
) -> Pressed {
    let not_after = DateTime::<Utc>::MAX_UTC;
    let rules = Rules { policy: Policy::AtMostOnce, retry: vec![Duration::from_secs(300)], not_after };
    let last = RefCell::new(0);
    let told = RefCell::new(Vec::new());
    let progress = |closed| *last.borrow_mut() = closed;
    let job = Job {
        relays: relays.to_vec(),
        lanes: Lanes::default(),
        paused: Vec::new(),
        refusals: 0.03,
        heard: Heard::default(),
        others_wait: Duration::ZERO,
        sender: address("desk"),
        rules,
        limit,
        stamp: &table,
        progress: &progress,
        relay: &|_| {},
        say: &|words| told.borrow_mut().push(words.to_owned()),
    };
    let (sender, receiver) = mpsc::unbounded_channel();
    watch(sender);
    let nap = Nap::default();
    let end = wait_napping(nap.clone(), async {
        let door = |relay| Door::new(relay, "news.example", timeouts());
        let doors = match relays.iter().map(door).collect::<Result<Vec<_>, _>>() {
            Ok(doors) => doors,
            Err(trouble) => return Ok(End::Refused(trouble.into_words())),
        };
        run::run(&job, &table, &doors, receiver, Duration::from_millis(300), &nap).await
    });
    let progress = *last.borrow();
    Pressed { end, table, progress, told: told.into_inner() }
}

#[test]
fn a_run_reaches_everybody_once_over_several_connections() {
    let sink = Sink::start(Script { think: Duration::from_millis(2), ..Script::default() });
    let pressed = pressed(&relay(&sink), Table::new(&crowd(200)), None);
    assert_eq!((pressed.end.clone(), pressed.progress), (Ok(End::Drained), 200));
    assert_eq!(pressed.states(), [(State::Sent, 200)]);
    assert_eq!((sink.kept().len(), sink.most_copies(), sink.peak()), (200, 1, 4));
}

#[test]
fn every_row_of_a_mixed_audience_ends_where_its_reply_says() {
    let sink = Sink::start(Script::default());
    let mut readers = crowd(40);
    let odd = [
        "never",
        "full",
        "spam",
        "drop-after-dot",
        "drop-at-data",
        "once-421-at-rcpt",
        "once-drop-at-data",
        "greylist",
    ];
    for (place, name) in odd.into_iter().enumerate() {
        readers.insert(place * 5, name.to_owned());
    }
    let pressed = pressed(&relay(&sink), Table::new(&readers), None);
    assert_eq!(pressed.end, Ok(End::Drained));
    let expected = [(State::Sent, 42), (State::Failed, 2), (State::Deferred, 3), (State::Unknown, 1)];
    assert_eq!(pressed.states(), expected);
    assert_eq!(sink.attempts("drop-at-data@reader.example"), 3, "the third contact defers it");
    assert_eq!(sink.most_copies(), 1);
}

#[test]
fn a_limit_is_kept_to_the_message_and_counts_only_what_was_handed_over() {
    let sink = Sink::start(Script::default());
    let mut readers = crowd(30);
    readers.insert(0, "never".into());
    readers.insert(3, "full".into());
    let pressed = pressed(&relay(&sink), Table::new(&readers), Some(7));
    assert_eq!(pressed.end, Ok(End::Limit));
    assert_eq!(sink.kept().len(), 7);
    assert_eq!((pressed.table.in_state(State::Sending), pressed.table.in_state(State::Sent)), (0, 7));
}

#[test]
fn a_hold_ends_the_run_with_nothing_in_flight() {
    let sink = Sink::start(Script::default());
    let pressed = pressed(&relay(&sink), Table { held_after: Some(10), ..Table::new(&crowd(60)) }, None);
    assert_eq!(pressed.end, Ok(End::Held));
    assert_eq!(pressed.table.in_state(State::Sending), 0);
    assert_eq!(pressed.table.in_state(State::Sent), sink.kept().len());
    assert!(sink.kept().len() < 60);
}

#[test]
fn a_signal_finishes_what_is_in_flight_and_commits_it() {
    let sink = Sink::start(Script { think: Duration::from_millis(20), ..Script::default() });
    let pressed = pressed_until(&relay(&sink), Table::new(&crowd(200)), None, |stop| {
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(150));
            let _ = stop.send(Stop::Terminate);
        });
    });
    assert_eq!(pressed.end, Ok(End::Terminated));
    assert_eq!(pressed.table.in_state(State::Sending), 0);
    assert_eq!(pressed.table.in_state(State::Sent), sink.kept().len());
    assert!(sink.kept().len() < 200);
}

#[test]
fn a_ledger_that_cannot_be_written_stops_the_granting() {
    let sink = Sink::start(Script::default());
    let pressed = pressed(&relay(&sink), Table { fails_after: Some(9), ..Table::new(&crowd(60)) }, None);
    assert!(matches!(&pressed.end, Err(error) if error.kind == Kind::Full), "{:?}", pressed.end);
    // Nothing was sent that had not been granted before.
    assert!(sink.kept().len() <= 60 - pressed.table.in_state(State::Queued), "{:?}", pressed.states());
    assert!(pressed.table.in_state(State::Queued) > 0);
}

#[test]
fn a_slow_ledger_and_a_requeue_while_it_answers_lose_nobody() {
    let sink = Sink::start(Script::default());
    let readers: Vec<String> = (0..40).map(|number| format!("once-drop-at-data+{number}")).collect();
    let table = Table { delay: Duration::from_millis(5), ..Table::new(&readers) };
    let mut one = relay(&sink);
    one.connections = 3;
    let pressed = pressed(&one, table, None);
    // So many dropped connections in a row may open the breaker; nobody is lost either way.
    assert!(matches!(pressed.end, Ok(End::Drained) | Ok(End::Away(_))), "{:?}", pressed.end);
    assert_eq!(pressed.table.in_state(State::Sending), 0);
    assert_eq!(pressed.table.in_state(State::Sent), sink.kept().len());
    if pressed.end == Ok(End::Drained) {
        assert_eq!(pressed.table.in_state(State::Queued), 0);
    }
}

#[test]
fn a_relay_with_room_for_two_gets_two_and_no_storm() {
    let sink = Sink::start(Script { connections: Some(2), think: Duration::from_millis(1), ..Script::default() });
    let pressed = pressed(&relay(&sink), Table::new(&crowd(300)), None);
    assert_eq!(pressed.states(), [(State::Sent, 300)]);
    assert_eq!(sink.peak(), 2);
    assert!(sink.connections() < 12, "{} connections", sink.connections());
}

#[test]
fn a_relay_that_is_not_there_ends_the_run_at_once_with_everybody_queued() {
    let mut gone = relay(&Sink::start(Script::default()));
    gone.url = RelayUrl::Smtp { user: None, host: "127.0.0.1".into(), port: 1, implicit_tls: false };
    let pressed = pressed(&gone, Table::new(&crowd(10)), None);
    assert!(matches!(&pressed.end, Ok(End::Away(words)) if words.contains("main") && words.contains("127.0.0.1:1")));
    assert_eq!(pressed.states(), [(State::Queued, 10)]);
    assert_eq!(*pressed.table.waves.borrow(), 0, "nothing is granted before a connection is up");
}

#[test]
fn a_relay_that_breaks_down_in_the_middle_is_waited_for_and_then_left() {
    let sink = Sink::start(Script { per_connection: Some(3), ..Script::default() });
    // Each connection ends after three messages: the answered ones keep the breaker closed.
    let all = pressed(&relay(&sink), Table::new(&crowd(50)), None);
    let (sent, deferred) = (all.table.in_state(State::Sent), all.table.in_state(State::Deferred));
    // Whoever met the end of three connections, one after the other, is deferred: rare, and nobody is lost.
    assert!(sent + deferred == 50 && sent >= 45, "{:?}", all.states());

    let dies = Sink::start(Script { always: vec![(At::Data, "421 4.3.2 shutting down")], ..Script::default() });
    let pressed = pressed(&relay(&dies), Table::new(&crowd(50)), None);
    assert!(matches!(&pressed.end, Ok(End::Away(words)) if words.contains("421")), "{:?}", pressed.end);
    assert_eq!(pressed.table.in_state(State::Sending), 0);
    assert!(pressed.table.in_state(State::Queued) >= 40, "{:?}", pressed.states());
}

#[test]
fn a_spare_relay_takes_the_run_over_and_somebody_is_told() {
    let second = Sink::start(Script::default());
    let mut gone = relay(&second);
    gone.url = RelayUrl::Smtp { user: None, host: "127.0.0.1".into(), port: 1, implicit_tls: false };
    let spare = Relay { name: "second".into(), ..relay(&second) };
    let pressed = pressed_by(&[gone, spare], Table::new(&crowd(30)), None, |_| {});
    assert_eq!((pressed.end.clone(), pressed.states()), (Ok(End::Drained), vec![(State::Sent, 30)]));
    assert!(pressed.told[0].contains("127.0.0.1:1") && pressed.told[0].contains("`second`"), "{:?}", pressed.told);
}

#[test]
fn a_wrong_password_is_one_failed_login_and_nobody_is_touched() {
    let sink = Sink::start(Script { login: Some(("ada", "right")), ..Script::default() });
    let pressed = pressed(&with_login(&sink, "wrong"), Table::new(&crowd(20)), None);
    assert!(matches!(pressed.end, Ok(End::Refused(_))));
    assert_eq!(pressed.states(), [(State::Queued, 20)]);
    assert_eq!(sink.connections(), 1);
}

#[test]
fn a_refused_sender_stops_the_run_and_costs_no_reader_a_try() {
    let sink = Sink::start(Script { always: vec![(At::Mail, "550 5.7.1 not allowed to send")], ..Script::default() });
    let pressed = pressed(&relay(&sink), Table::new(&crowd(20)), None);
    assert!(matches!(&pressed.end, Ok(End::Refused(words)) if words.contains("5.7.1")), "{:?}", pressed.end);
    assert_eq!(pressed.states(), [(State::Queued, 20)]);
    assert!(pressed.table.rows.borrow().values().all(|row| row.tries == 0));
}

#[test]
fn a_relay_that_finds_us_too_fast_is_given_a_rest_and_then_gets_the_rest() {
    let once = vec![(At::Mail, "451 4.7.0 too many messages"), (At::Dot, "451 4.7.0 rate exceeded")];
    let sink = Sink::start(Script { once, ..Script::default() });
    let served = pressed(&relay(&sink), Table::new(&crowd(20)), None);
    assert_eq!(served.states(), [(State::Sent, 20)]);
    let sink =
        Sink::start(Script { always: vec![(At::Mail, "450 4.7.1 try again in 30 minutes")], ..Script::default() });
    let sent_away = pressed(&relay(&sink), Table::new(&crowd(20)), None);
    assert!(matches!(sent_away.end, Ok(End::Away(_))));
    assert_eq!(sent_away.states(), [(State::Queued, 20)]);
}

#[test]
fn an_edition_that_receivers_refuse_stops_before_it_has_gone_to_all() {
    let sink = Sink::start(Script { always: vec![(At::Dot, "554 5.7.1 listed")], ..Script::default() });
    let pressed = pressed(&relay(&sink), Table::new(&crowd(300)), None);
    assert!(matches!(&pressed.end, Ok(End::Alarmed(words)) if words.contains("5.7.1 listed")), "{:?}", pressed.end);
    assert!(pressed.table.in_state(State::Failed) < 20, "{:?}", pressed.states());
}

#[test]
fn a_relay_that_takes_few_messages_a_connection_is_found_out_and_costs_no_reader_a_contact() {
    for few in [1, 3] {
        let sink = Sink::start(Script { per_connection: Some(few), ..Script::default() });
        let pressed = pressed(&relay(&sink), Table::new(&crowd(300)), None);
        assert_eq!((pressed.end.clone(), pressed.states()), (Ok(End::Drained), vec![(State::Sent, 300)]));
        assert_eq!(pressed.table.contacts.get(), 0, "nobody was at fault");
        // Each connection that was open before the first one told is refused once; who never learns is refused by
        // all of them, a hundred at least.
        let refused = sink.commands().iter().filter(|command| command.starts_with("MAIL")).count() - 300;
        assert!(refused <= 50, "we say goodbye first: {refused} were refused at {few} a connection");
    }
}

#[test]
fn a_relay_that_closes_idle_connections_while_it_asks_us_to_wait_loses_nobody_a_contact() {
    let wait = "451 4.7.0 too many messages, try again in 2 seconds";
    let idle = Some(Duration::from_millis(400));
    let sink = Sink::start(Script { idle, once: vec![(At::Mail, wait)], ..Script::default() });
    let pressed = pressed(&relay(&sink), Table::new(&crowd(30)), None);
    assert_eq!((pressed.end.clone(), pressed.states()), (Ok(End::Drained), vec![(State::Sent, 30)]));
    assert_eq!(pressed.table.contacts.get(), 1, "the one who was told to wait");
    assert!(sink.connections() <= 6, "no knocking meanwhile: {} connections", sink.connections());
}

#[test]
fn a_connection_that_was_closed_before_its_first_message_is_seen_before_that_message() {
    let idle = Some(Duration::from_millis(200));
    let sink = Sink::start(Script { idle, ..Script::default() });
    let slow = Relay { rate: Some(2), ..relay(&sink) };
    let pressed = pressed(&slow, Table::new(&crowd(8)), None);
    assert_eq!((pressed.end.clone(), pressed.states()), (Ok(End::Drained), vec![(State::Sent, 8)]));
    assert_eq!(pressed.table.contacts.get(), 0, "nobody was at fault");
    assert!(sink.connections() <= 16, "ever later: {} connections", sink.connections());
}

#[test]
fn a_relay_that_drops_connections_too_many_without_a_word_is_found_out() {
    let sink = Sink::start(Script { connections: Some(2), rude: true, ..Script::default() });
    let pressed = pressed(&relay(&sink), Table::new(&crowd(400)), None);
    assert_eq!((pressed.end.clone(), pressed.states()), (Ok(End::Drained), vec![(State::Sent, 400)]));
    assert!(sink.connections() <= 8, "{} connections for 400 messages", sink.connections());
}

#[test]
fn a_relay_that_swallows_messages_is_given_five_one_after_the_other_and_no_more() {
    let sink = Sink::start(Script { always: vec![(At::Dot, "")], ..Script::default() });
    let pressed = pressed(&relay(&sink), Table::new(&crowd(20)), None);
    assert!(matches!(pressed.end, Ok(End::Away(_))), "{:?}", pressed.end);
    assert_eq!(pressed.states(), [(State::Queued, 15), (State::Unknown, 5)]);
    assert_eq!((sink.connections(), sink.peak()), (5, 1));
}
