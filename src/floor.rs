//! The floor of the press room: every decision of a press run, as one step from an event to actions.
//!
//! Pure: no socket, no clock, no ledger. Something happened (a connection came up, a wave was committed, a
//! relay answered), the floor says what to do about it, and the room around it (`deliver`) does that and
//! nothing else. So a whole run can be played in a test, in every order, with a crash at every step.
//!
//! At most one wave is under way: whatever connections ask for while the last one is committed makes up the
//! next, one commit for all. A connection holds no more grants than it said it can, so a crash leaves no more
//! than that unsure.

mod hands;
mod line;

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::ledger::{Grant, Queue, Settled, State, Wave};
use crate::pace::{self, Answer, Leave, Moment, Rules, Signal, Watch};

use hands::Hands;
use line::Line;

/// What the floor is told before the run: it never changes.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) relays: Vec<RelayPlan>,
    pub(crate) rules: Rules,
    /// The envelope's sender, for words about it.
    pub(crate) sender: String,
    /// Stop after so many hand-overs.
    pub(crate) limit: Option<u64>,
    /// How long an outage in the middle of a run is waited out.
    pub(crate) patience: Duration,
}

/// A relay as the floor knows it.
#[derive(Clone, Debug)]
pub(crate) struct RelayPlan {
    pub(crate) name: String,
    /// Its name and place, at the head of a sentence.
    pub(crate) label: String,
    /// At most so many at once.
    pub(crate) connections: usize,
    /// Messages a second; none: as fast as it takes them.
    pub(crate) rate: Option<u32>,
}

/// When something happened: on the run's own clock, and on the wall.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now {
    pub(crate) at: Moment,
    pub(crate) utc: DateTime<Utc>,
}

/// A connection of this run, from its greeting to its end. Numbers are never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Connection(pub(crate) usize);

/// What happened.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// The run begins, or a moment that was waited for has come.
    Tick,
    /// The connection is up and can hold so many grants: two where the next envelope rides behind the dot.
    Opened {
        connection: Connection,
        depth: usize,
    },
    /// It did not come up.
    NotOpened {
        connection: Connection,
        trouble: Trouble,
    },
    /// An attempt ended. `chance`, from 0 to 1, spreads the next one.
    Answered {
        connection: Connection,
        reader: i64,
        said: Said,
        chance: f64,
    },
    /// A grant came back unused: not a byte of it has left.
    Unused {
        connection: Connection,
        reader: i64,
    },
    /// The connection has ended. What it still held has an unseen end.
    Closed {
        connection: Connection,
    },
    /// What was asked for is committed.
    Granted(Wave),
    /// It could not be committed. The outcomes are kept, nothing was granted.
    LedgerFailed,
    Stop(Stop),
}

/// The end of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) answer: Answer,
    /// The relay's words, or ours where it said none.
    pub(crate) reply: String,
    /// Whether the connection can be used again.
    pub(crate) alive: bool,
}

/// Why there is no connection, in words for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The relay cannot be reached, or not now.
    Away(String),
    /// It is there and has no room for one more connection.
    NoRoom(String),
    /// It will not have us, or we must not trust it: nothing gets better by waiting.
    Refuses(String),
}

impl Trouble {
    pub(crate) fn into_words(self) -> String {
        match self {
            Self::Away(words) | Self::NoRoom(words) | Self::Refuses(words) => words,
        }
    }
}

/// Somebody wants the run to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    Interrupt,
    Terminate,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Action {
    /// Open a connection to one of the plan's relays.
    Open { connection: Connection, relay: usize },
    /// Commit these outcomes, and grant so many more.
    Ask { settled: Vec<Settled>, want: usize },
    /// Hand this message over. Its intent is committed (I1).
    Deliver { connection: Connection, grant: Grant },
    /// Say goodbye: it holds nothing, or is not up yet.
    Quit { connection: Connection },
    /// Drop every connection where it stands.
    Abandon,
    /// Tell the floor when it is this late. The latest of these counts.
    Wake(Moment),
    /// The run is over: every outcome was committed, or kept by a ledger that failed.
    End(End),
}

/// How a run ended. Nobody is lost by any of these: what was not handed over is still queued or deferred.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Nobody is queued any more; deferred ones may become due.
    Drained,
    /// As many as `limit` allows were handed over.
    Limit,
    Held,
    Cancelled,
    /// SIGINT.
    Interrupted,
    /// SIGTERM.
    Terminated,
    /// The relay is not to be reached, or wants us gone for a while: try again later.
    Away(String),
    /// The relay will not have us: login, certificate, our address. Somebody has to mend it.
    Refused(String),
    /// Receivers refuse this edition rather than single readers: somebody has to look at it.
    Alarmed(String),
}

/// The state of a run between two events.
#[derive(Clone, Debug)]
pub(crate) struct Floor {
    plan: Plan,
    lines: Vec<Line>,
    hands: Hands,
    /// A wave is under way, asked for by connections to this relay.
    asking: Option<usize>,
    /// Outcomes that go in with the next wave.
    outbox: Vec<Settled>,
    /// Hand-overs `limit` still allows, those in flight taken off.
    left: Option<u64>,
    /// Deliveries this run has closed.
    closed: u64,
    /// Nobody was queued when the ledger was last asked.
    drained: bool,
    watch: Watch,
    /// Why nothing more is granted: the first reason stands.
    end: Option<End>,
    /// The ledger could not be written: nothing more is granted.
    broken: bool,
    over: bool,
}

impl Floor {
    pub(crate) fn new(plan: Plan) -> Self {
        Self {
            lines: plan.relays.iter().map(|relay| Line::new(relay, plan.patience)).collect(),
            hands: Hands::default(),
            asking: None,
            outbox: Vec::new(),
            left: plan.limit,
            closed: 0,
            drained: false,
            watch: Watch::default(),
            end: None,
            broken: false,
            over: false,
            plan,
        }
    }

    /// Deliveries this run has closed so far.
    pub(crate) fn closed(&self) -> u64 {
        self.closed
    }

    /// What is to be done now that this has happened.
    pub(crate) fn step(&mut self, now: Now, event: Event) -> Vec<Action> {
        let mut actions = Vec::new();
        match event {
            Event::Tick => {}
            Event::Opened { connection, depth } => self.opened(connection, depth),
            Event::NotOpened { connection, trouble } => self.not_opened(now.at, connection, trouble),
            Event::Answered { connection, reader, said, chance } => {
                self.answered(now, connection, reader, said, chance);
            }
            Event::Unused { connection, reader } => {
                if let Some((relay, grant)) = self.hands.take(connection, reader) {
                    self.give_back(relay, &grant);
                }
            }
            Event::Closed { connection } => self.ended(now, connection),
            Event::Granted(wave) => self.granted(now.at, wave, &mut actions),
            Event::LedgerFailed => {
                self.asking = None;
                self.broken = true;
            }
            Event::Stop(stop) => self.stop(stop, &mut actions),
        }
        self.go_on(now.at, &mut actions);
        actions
    }

    /// Nothing is to be granted, as things stand.
    fn is_done(&self) -> bool {
        self.end.is_some() || self.broken || self.drained || self.left == Some(0)
    }

    fn finish(&mut self, end: End) {
        self.end.get_or_insert(end);
    }

    fn opened(&mut self, connection: Connection, depth: usize) {
        if let Some(relay) = self.hands.came_up(connection, depth) {
            self.lines[relay].breaker.connected();
        }
    }

    fn not_opened(&mut self, now: Moment, connection: Connection, trouble: Trouble) {
        let Some(relay) = self.hands.relay(connection) else { return };
        self.hands.remove(connection);
        let open = self.hands.up(relay);
        match trouble {
            Trouble::Refuses(words) => self.finish(End::Refused(words)),
            Trouble::NoRoom(_) if open > 0 => self.lines[relay].window.turned_away(open),
            Trouble::NoRoom(words) | Trouble::Away(words) => self.lines[relay].failed(words, now),
        }
    }

    /// Notes what an attempt ended with: for the row, for the pace, for the end of the run.
    fn answered(&mut self, now: Now, connection: Connection, reader: i64, said: Said, chance: f64) {
        if !said.alive {
            self.hands.leaving(connection);
        }
        let Some((relay, grant)) = self.hands.take(connection, reader) else { return };
        let line = &mut self.lines[relay];
        match said.answer.signal() {
            Signal::Fine => line.answered(now.at),
            Signal::Failing => {
                let words = format!("{} lost the connection: {}", line.label, said.reply);
                line.failed(words, now.at);
            }
            Signal::SlowDown => {
                if line.slow_down(said.answer, now.at) {
                    let words = format!("{} wants no more for a while: {}", line.label, said.reply);
                    self.finish(End::Away(words));
                }
            }
            Signal::Stop => {
                let words = format!("{} will not send for `{}`: {}", line.label, self.plan.sender, said.reply);
                self.finish(End::Refused(words));
            }
        }
        if self.watch.alarmed_by(said.answer) {
            let reply = &said.reply;
            self.finish(End::Alarmed(format!(
                "receivers refuse what is sent, not single readers; the last said: {reply}"
            )));
        }
        let name = &self.plan.relays[relay].name;
        self.settle(pace::settle(&grant, said.answer, said.reply, name, &self.plan.rules, now.utc, chance));
    }

    /// An attempt nobody saw the end of may have been handed over.
    fn ended(&mut self, now: Now, connection: Connection) {
        let Some(relay) = self.hands.relay(connection) else { return };
        for grant in self.hands.remove(connection) {
            let name = &self.plan.relays[relay].name;
            let words = "the connection ended without an answer".to_owned();
            self.settle(pace::settle(&grant, Answer::Silence, words, name, &self.plan.rules, now.utc, 0.5));
        }
    }

    fn settle(&mut self, settled: Settled) {
        let (open, handed_over) = match settled.state {
            State::Queued | State::Deferred => (true, false),
            State::Sent | State::Unknown => (false, true),
            _ => (false, false),
        };
        if settled.state == State::Queued {
            self.drained = false;
        }
        if !handed_over && let Some(left) = &mut self.left {
            *left += 1;
        }
        self.closed += u64::from(!open);
        self.outbox.push(settled);
    }

    fn give_back(&mut self, relay: usize, grant: &Grant) {
        self.settle(pace::give_back(grant, &self.plan.relays[relay].name));
    }

    /// The wave that was asked for: its intents are on the disk, so its messages may leave.
    fn granted(&mut self, now: Moment, wave: Wave, actions: &mut Vec<Action>) {
        let Some(relay) = self.asking.take() else { return };
        for grant in wave.grants {
            if let Some(left) = &mut self.left {
                *left = left.saturating_sub(1);
            }
            let stopped = self.end.is_some() || self.broken;
            match self.hands.idle(relay).filter(|_| !stopped) {
                Some(connection) => {
                    self.lines[relay].take(now);
                    self.hands.hold(connection, grant.clone());
                    actions.push(Action::Deliver { connection, grant });
                }
                // Something said stop while it was on its way, or the connection is gone: nothing of it has left.
                None => self.give_back(relay, &grant),
            }
        }
        match wave.queue {
            Queue::More => {}
            // Whoever came back since the wave was asked for is in the outbox, and not in its answer.
            Queue::Drained { .. } => {
                self.drained = !self.outbox.iter().any(|settled| settled.state == State::Queued);
            }
            Queue::Held => self.finish(End::Held),
            Queue::Cancelled => self.finish(End::Cancelled),
        }
    }

    /// The first signal ends granting and lets what is in flight finish; a second one abandons that too.
    fn stop(&mut self, stop: Stop, actions: &mut Vec<Action>) {
        if matches!(self.end, Some(End::Interrupted | End::Terminated)) {
            // What they hold stays `sending`: the next run finds it as after a crash.
            self.hands.clear();
            actions.push(Action::Abandon);
        }
        self.finish(match stop {
            Stop::Interrupt => End::Interrupted,
            Stop::Terminate => End::Terminated,
        });
    }

    fn go_on(&mut self, now: Moment, actions: &mut Vec<Action>) {
        let wake = self.staff(now, actions);
        self.ask(now, actions);
        self.send_home(now, actions);
        if self.is_done() && self.hands.is_empty() && self.asking.is_none() && self.outbox.is_empty() {
            if !std::mem::replace(&mut self.over, true) {
                actions.push(Action::End(self.how_it_ended()));
            }
        } else if let Some(moment) = wake.into_iter().chain(self.next_leave(now)).min() {
            actions.push(Action::Wake(moment));
        }
    }

    fn how_it_ended(&self) -> End {
        let quiet_end = if self.left == Some(0) { End::Limit } else { End::Drained };
        self.end.clone().unwrap_or(quiet_end)
    }

    /// Opens the connections there should be beside those there are; says when to look again.
    fn staff(&mut self, now: Moment, actions: &mut Vec<Action>) -> Option<Moment> {
        if self.is_done() {
            return None;
        }
        let relay = 0;
        let allowed = match self.lines[relay].leave(now) {
            Leave::All => self.lines[relay].window.size(),
            Leave::One => 1,
            Leave::NotBefore(until) => {
                if !self.lines[relay].waits_for(until, self.plan.patience) && self.hands.is_empty() {
                    let trouble = std::mem::take(&mut self.lines[relay].trouble);
                    self.finish(End::Away(trouble));
                    return None;
                }
                return Some(until);
            }
        };
        for _ in self.hands.of(relay)..allowed {
            let connection = self.hands.open(relay);
            actions.push(Action::Open { connection, relay });
        }
        None
    }

    /// Hands in what is settled, and asks for as many grants as connections, pace and limit allow.
    fn ask(&mut self, now: Moment, actions: &mut Vec<Action>) {
        if self.asking.is_some() {
            return;
        }
        let relay = 0;
        let want = if self.is_done() { 0 } else { self.want(relay, now) };
        if want > 0 || !self.outbox.is_empty() {
            self.asking = Some(relay);
            actions.push(Action::Ask { settled: std::mem::take(&mut self.outbox), want });
        }
    }

    fn want(&mut self, relay: usize, now: Moment) -> usize {
        let left = self.left.map_or(usize::MAX, |left| usize::try_from(left).unwrap_or(usize::MAX));
        self.hands.places(relay).min(left).min(self.lines[relay].ready(now))
    }

    /// Connections that nothing will come for say goodbye; those that wait for a wave are let wait.
    fn send_home(&mut self, now: Moment, actions: &mut Vec<Action>) {
        let done = self.is_done();
        for relay in 0..self.lines.len() {
            let allowed = match self.lines[relay].leave(now) {
                _ if done => 0,
                _ if self.asking == Some(relay) => continue,
                Leave::All => self.lines[relay].window.size(),
                Leave::One => 1,
                Leave::NotBefore(_) => 0,
            };
            actions
                .extend(self.hands.surplus(relay, allowed).into_iter().map(|connection| Action::Quit { connection }));
        }
    }

    /// When the next message may leave, where only the pace keeps it.
    fn next_leave(&mut self, now: Moment) -> Option<Moment> {
        if self.is_done() {
            return None;
        }
        self.lines[0].next_leave(now)
    }
}
