//! The stage the floor is played on: a ledger, a disk, relays and readers, all made of tables.
//!
//! The ledger keeps the promises of the store by the same functions (`ledger`): it refuses outcomes for rows
//! that are not sending, settles what a dead run left, and grants by lanes. Its disk has two states, what was
//! written and what is synced; a crash takes the unsynced away.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::disk::{Disk, Row};
use super::fate::{Cut, Fate};
use super::pending::{Pending, belongs, message_of};
use super::plan::{address, morning};
use crate::address::EmailAddress;
use crate::config::Policy;
use crate::floor::{Action, Connection, End, Event, Floor, Hold, Now, Plan, Stop, Trouble};
use crate::ledger::{self, Grant, Queue, Settled, State, Want, Wave};
use crate::pace::{Answer, Moment};

/// A run and the world around it.
#[derive(Clone, Debug)]
pub(super) struct Stage {
    floor: Floor,
    policy: Policy,
    /// What the next run is told.
    pub(super) plan: Plan,
    addresses: Rc<[EmailAddress]>,
    pub(super) disk: Disk,
    /// What is under way, in the order it began. Messages of one connection are answered in order.
    pub(super) pending: Vec<Pending>,
    /// Outcomes a failed commit left with the ledger.
    unwritten: Vec<Settled>,
    wake: Option<Moment>,
    at: Moment,
    /// The clock on the wall, which may be set.
    pub(super) utc: DateTime<Utc>,
    /// Messages each relay was given of its day.
    given: BTreeMap<Arc<str>, u64>,
    /// Copies each reader got.
    copies: BTreeMap<i64, u32>,
    /// Readers of whose message somebody might not know whether it arrived.
    doubtful: BTreeSet<i64>,
    /// Connections that were opened and have not ended.
    open: BTreeSet<Connection>,
    /// How far messages have come when they are abandoned, connection by connection.
    cuts: Vec<Cut>,
    /// Readers who left: nothing granted after that.
    gone: BTreeSet<i64>,
    pub(super) end: Option<End>,
    /// Intents that runs left when they ended, and what became unknown of them.
    granted_at_crash: usize,
    unknown_by_crashes: usize,
    pub(super) held: bool,
    pub(super) told: Vec<String>,
    depth: usize,
}

impl Stage {
    /// A run to so many readers that has taken its first step.
    pub(super) fn new(plan: Plan, readers: i64, depth: usize) -> Self {
        let mut stage = Self {
            floor: Floor::new(plan.clone()),
            policy: plan.rules.policy,
            plan,
            addresses: (1..=readers).map(address).collect(),
            disk: Disk::new(readers),
            pending: Vec::new(),
            unwritten: Vec::new(),
            wake: None,
            at: Moment::START,
            utc: morning(),
            given: BTreeMap::new(),
            copies: BTreeMap::new(),
            doubtful: BTreeSet::new(),
            open: BTreeSet::new(),
            cuts: Vec::new(),
            gone: BTreeSet::new(),
            end: None,
            granted_at_crash: 0,
            unknown_by_crashes: 0,
            held: false,
            told: Vec::new(),
            depth,
        };
        stage.tell(Event::Tick);
        stage
    }

    /// Something that may come next: for each connection the oldest, and the commit.
    pub(super) fn possible(&self) -> Vec<usize> {
        let mut busy = BTreeSet::new();
        (0..self.pending.len())
            .filter(|index| match &self.pending[*index] {
                Pending::Opening { connection, .. }
                | Pending::Message { connection, .. }
                | Pending::Goodbye { connection, .. } => busy.insert(*connection),
                Pending::Commit { .. } => true,
            })
            .collect()
    }

    pub(super) fn is_message(&self, index: usize) -> bool {
        self.reader_of(index).is_some()
    }

    pub(super) fn is_commit(&self, index: usize) -> bool {
        matches!(self.pending[index], Pending::Commit { .. })
    }

    pub(super) fn reader_of(&self, index: usize) -> Option<i64> {
        message_of(&self.pending[index]).map(|(_, reader)| reader)
    }

    /// The relay a connection is being opened to.
    pub(super) fn relay_of(&self, index: usize) -> Option<usize> {
        match &self.pending[index] {
            Pending::Opening { relay, .. } => Some(*relay),
            _ => None,
        }
    }

    pub(super) fn messages(&self) -> usize {
        self.pending.iter().filter_map(message_of).count()
    }

    pub(super) fn now(&self) -> Moment {
        self.at
    }

    /// Whether the floor wants to be woken.
    pub(super) fn sleeps(&self) -> bool {
        self.wake.is_some()
    }

    /// Lets one pending thing happen. `fate` decides how a message ends, `well` whether the rest goes well.
    pub(super) fn happen(&mut self, index: usize, fate: Fate, well: bool) {
        match self.pending.remove(index) {
            Pending::Opening { connection, .. } if well => {
                // Of two with two places each, one waits for the other grant before it goes on, and one does not.
                let hold = Hold { depth: self.depth, eager: connection.0.is_multiple_of(2) };
                self.tell(Event::Opened { connection, hold });
            }
            Pending::Opening { connection, .. } => {
                let trouble = match fate {
                    Fate::TooFast => Trouble::NoRoom("421 too many connections".to_owned()),
                    _ => Trouble::Away("cannot be reached".to_owned()),
                };
                self.forget_connection(connection);
                self.tell(Event::NotOpened { connection, trouble });
            }
            Pending::Message { connection, reader } => self.message(connection, reader, fate),
            Pending::Goodbye { connection, unseen } => {
                self.forget_connection(connection);
                self.tell(Event::Closed { connection, unseen });
            }
            Pending::Commit { settled, want } => {
                self.unwritten.extend(settled);
                if well {
                    let wave = self.wave(&want);
                    self.tell(Event::Granted(wave));
                } else {
                    self.tell(Event::LedgerFailed);
                }
            }
        }
    }

    fn message(&mut self, connection: Connection, reader: i64, fate: Fate) {
        // I1: not a byte of DATA without an intent that a power cut leaves standing.
        assert_eq!(
            self.disk.synced[reader as usize - 1].state,
            State::Sending,
            "DATA for {reader} before its intent was synced"
        );
        let said = fate.said();
        self.arrived(reader, fate.takes(), said.answer == Answer::Silence);
        let mut events = vec![Event::Answered { connection, reader, said: said.clone(), chance: 0.5 }];
        if !said.alive {
            let left: Vec<_> = self.pending.extract_if(.., |pending| belongs(pending, connection)).collect();
            events.extend(left.into_iter().filter_map(|pending| match pending {
                Pending::Message { reader, .. } => Some(Event::Unused { connection, reader }),
                _ => None,
            }));
            events.push(Event::Closed { connection, unseen: None });
            self.open.remove(&connection);
        }
        self.tell_all(events);
    }

    /// Whether the relay has it now, and whether nobody on this side can tell.
    fn arrived(&mut self, reader: i64, taken: bool, unseen: bool) {
        *self.copies.entry(reader).or_default() += u32::from(taken);
        self.check_copies();
        if unseen {
            self.doubtful.insert(reader);
        }
    }

    /// Somebody asks for the end; what a second one cuts off has come so far, in the order of connections.
    pub(super) fn stop(&mut self, stop: Stop, cuts: &[Cut]) {
        self.cuts = cuts.to_vec();
        self.tell(Event::Stop(stop));
    }

    /// Every connection that has not ended does, where it stands. Of those it holds only the first message can have left.
    fn abandon(&mut self) {
        let mut cuts = std::mem::take(&mut self.cuts).into_iter();
        for connection in self.open.clone() {
            let own: Vec<_> = self.pending.extract_if(.., |pending| belongs(pending, connection)).collect();
            let unseen = own.iter().find_map(|pending| match pending {
                Pending::Goodbye { unseen, .. } => *unseen,
                _ => None,
            });
            let cut = own.iter().find_map(message_of).map(|(_, reader)| (reader, cuts.next().unwrap_or(Cut::Before)));
            let cut_off = cut.filter(|(_, cut)| *cut != Cut::Before).map(|(reader, cut)| {
                self.arrived(reader, cut == Cut::Taken, true);
                reader
            });
            self.pending.push(Pending::Goodbye { connection, unseen: unseen.or(cut_off) });
        }
    }

    fn forget_connection(&mut self, connection: Connection) {
        self.pending.retain(|pending| !belongs(pending, connection));
        self.open.remove(&connection);
    }

    /// Nothing is under way but time: it passes, to when the floor wants to be woken.
    pub(super) fn wait(&mut self) -> bool {
        let Some(wake) = self.wake else { return false };
        self.utc += TimeDelta::from_std(wake.since(self.at)).unwrap();
        self.at = self.at.max(wake);
        self.tell(Event::Tick);
        true
    }

    pub(super) fn tell(&mut self, event: Event) {
        self.tell_all(vec![event]);
    }

    fn tell_all(&mut self, events: Vec<Event>) {
        self.wake = None;
        for action in self.floor.step(Now { at: self.at, utc: self.utc }, events) {
            assert_eq!(self.end, None, "{action:?} after the end");
            self.carry_out(action);
        }
    }

    fn carry_out(&mut self, action: Action) {
        match action {
            Action::Open { connection, relay } => {
                self.open.insert(connection);
                self.pending.push(Pending::Opening { connection, relay });
            }
            Action::Ask { settled, want } => {
                let asking = self.pending.iter().any(|pending| matches!(pending, Pending::Commit { .. }));
                assert!(!asking, "two waves at once");
                self.pending.push(Pending::Commit { settled, want });
            }
            Action::Deliver { connection, grant } => {
                self.pending.push(Pending::Message { connection, reader: grant.reader });
                let held = self.pending.iter().filter_map(message_of).filter(|(own, _)| *own == connection).count();
                assert!(held <= self.depth, "{held} grants in one hand");
            }
            Action::Quit { connection } => {
                let mine =
                    |pending: &Pending| matches!(pending, Pending::Opening { connection: c, .. } if *c == connection);
                self.pending.retain(|pending| !mine(pending));
                self.pending.push(Pending::Goodbye { connection, unseen: None });
            }
            Action::Abandon => self.abandon(),
            Action::Tell(words) => self.told.push(words),
            Action::Wake(moment) => self.wake = Some(moment),
            Action::End(end) => self.end = Some(end),
        }
    }

    /// The store's wave, in a table.
    fn wave(&mut self, want: &Want) -> Wave {
        self.write_outcomes();
        let mut wave = Wave { grants: Vec::new(), dry: Vec::new(), back: false, queue: Queue::More };
        if self.held {
            wave.queue = Queue::Held;
        } else {
            wave.back = self.requeue_due();
            let given = self.given.get(&want.relay).copied().unwrap_or_default();
            let cap = want.quota.per_day.unwrap_or(u64::MAX);
            let left = cap.saturating_sub(given).min(want.most as u64) as usize;
            for (lane, most) in &want.lanes {
                self.grant(lane, *most, &Want { most: left, ..want.clone() }, &mut wave);
            }
            *self.given.entry(want.relay.clone()).or_default() += wave.grants.len() as u64;
            if left < want.most && wave.grants.len() == left {
                wave.queue = Queue::Spent { cap };
            }
        }
        self.disk.commit();
        wave
    }

    fn write_outcomes(&mut self) {
        for outcome in std::mem::take(&mut self.unwritten) {
            let row = self.disk.row(outcome.reader);
            assert_eq!(row.state, State::Sending, "an outcome for {} that is not sending", outcome.reader);
            let (state, due) = (outcome.state.landed(false, outcome.unseen), outcome.due);
            // I2: only an answer makes it sent.
            assert!(state != State::Sent || self.copies.get(&outcome.reader).is_some_and(|copies| *copies > 0));
            let Settled { tries, contacts, unseen, .. } = outcome;
            self.disk.put(outcome.reader, Row { state, due, tries, contacts, unseen });
        }
    }

    fn grant(&mut self, lane: &Arc<str>, most: usize, want: &Want, wave: &mut Wave) {
        let mut behind = 0;
        let end = wave.grants.len().saturating_add(most).min(want.most);
        while wave.grants.len() < end {
            let Some(reader) = self.disk.next(behind, State::Queued) else {
                wave.dry.push(lane.clone());
                return;
            };
            behind = reader;
            if self.lane(reader) != lane {
                continue;
            }
            let row = self.disk.row(reader);
            let late = self.utc > self.plan.rules.not_after;
            if late || self.gone.contains(&reader) {
                let state = if late { State::Expired } else { State::Suppressed }.unless(row.unseen);
                self.disk.put(reader, Row { state, ..row });
                continue;
            }
            let grant = Grant {
                reader,
                address: self.addresses[reader as usize - 1].clone(),
                first_name: None,
                text_only: false,
                key: [0; 16],
                version: 1,
                tries: row.tries,
                contacts: row.contacts,
                unseen: row.unseen,
            };
            self.disk.put(reader, Row { state: State::Sending, ..row });
            wave.grants.push(grant);
        }
    }

    fn lane(&self, reader: i64) -> &Arc<str> {
        let place = self.plan.lanes.of(self.addresses[reader as usize - 1].domain());
        self.plan.lanes.iter().nth(place).unwrap().0
    }

    /// Whether there were any.
    fn requeue_due(&mut self) -> bool {
        let mut back = false;
        for reader in self.in_state(State::Deferred) {
            let row = self.disk.row(reader);
            if row.due.is_some_and(|due| due <= self.utc) {
                self.disk.put(reader, Row { state: State::Queued, due: None, ..row });
                back = true;
            }
        }
        back
    }

    /// A reader leaves; from the next commit on nothing is granted to them (I9).
    pub(super) fn leave(&mut self, reader: i64) {
        self.gone.insert(reader);
    }

    /// The process dies, or the whole machine: what was not synced is gone. A new run begins.
    pub(super) fn crash(&mut self) {
        self.disk.forget();
        self.unwritten.clear();
        let unknown = self.count(State::Unknown);
        self.start_again();
        self.unknown_by_crashes += self.count(State::Unknown) - unknown;
    }

    /// A new run over the same ledger: the last one's is closed, and what it left is settled.
    pub(super) fn start_again(&mut self) {
        self.pending.clear();
        self.open.clear();
        self.write_outcomes();
        self.recover();
        self.requeue_due();
        self.disk.commit();
        self.end = None;
        self.held = false;
        self.at = Moment::START;
        self.floor = Floor::new(self.plan.clone());
        self.tell(Event::Tick);
    }

    /// What a dead run left has an end nobody saw.
    fn recover(&mut self) {
        let sending = self.in_state(State::Sending);
        let most = self.plan.relays.len() * self.plan.relays[0].connections * self.depth;
        assert!(sending.len() <= most, "{} intents for {most} grants (I10)", sending.len());
        self.granted_at_crash += sending.len();
        self.doubtful.extend(&sending);
        for reader in sending {
            let row = self.disk.row(reader);
            let state = ledger::unseen(self.policy, row.tries);
            let again = state == State::Deferred;
            let (tries, due) = (row.tries + u32::from(again), again.then_some(self.utc));
            self.disk.put(reader, Row { state, tries, due, unseen: row.unseen || again, ..row });
        }
    }

    /// Runs to its end with relays that accept everything, as often as it takes, and closes the books.
    pub(super) fn finish(&mut self) {
        for _ in 0..40 {
            self.run_well();
            if [State::Queued, State::Sending, State::Deferred].into_iter().all(|open| self.count(open) == 0) {
                break;
            }
            self.utc += TimeDelta::minutes(10);
            self.start_again();
        }
        self.check_books();
    }

    fn run_well(&mut self) {
        for _ in 0..100_000 {
            if self.end.is_some() {
                return;
            }
            match self.possible().first() {
                Some(index) => self.happen(*index, Fate::Accept, true),
                None => assert!(self.wait(), "stuck: {:?}", self.floor),
            }
        }
        panic!("it never ends: {:?}", self.floor);
    }

    fn in_state(&self, state: State) -> Vec<i64> {
        let rows = (1..).zip(&self.disk.written);
        rows.filter(|(_, row)| row.state == state).map(|(reader, _)| reader).collect()
    }

    pub(super) fn count(&self, state: State) -> usize {
        self.disk.written.iter().filter(|row| row.state == state).count()
    }

    /// I3 and I4: copies ≤ 1 under at-most-once, ≤ tries under at-least-once.
    fn check_copies(&self) {
        let most = match self.policy {
            Policy::AtMostOnce => 1,
            Policy::AtLeastOnce => ledger::BLIND_TRIES,
        };
        for (reader, copies) in &self.copies {
            assert!(*copies <= most, "reader {reader} got {copies} copies");
        }
    }

    /// I5, I3, I4, I10: everybody is accounted for.
    fn check_books(&self) {
        self.check_copies();
        for (reader, row) in (1..).zip(&self.disk.synced) {
            let copies = self.copies.get(&reader).copied().unwrap_or(0);
            match row.state {
                State::Sent => assert!(copies > 0, "reader {reader} is sent, and has nothing (I2)"),
                State::Unknown => {
                    assert!(
                        self.doubtful.contains(&reader),
                        "reader {reader} is unknown, and nothing of it can have left"
                    );
                }
                // Under at-least-once an unseen copy may stand behind a later refusal.
                State::Failed if row.unseen => {}
                State::Failed | State::Expired | State::Suppressed => {
                    assert_eq!(copies, 0, "reader {reader} is {:?}, and has a copy", row.state);
                }
                open => panic!("reader {reader} is {open:?} when the books close (I5)"),
            }
        }
        assert!(self.unknown_by_crashes <= self.granted_at_crash, "more unknown than were granted (I10)");
    }
}
