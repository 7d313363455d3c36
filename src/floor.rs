//! The floor of the press room: every decision of a press run, as one step from an event to actions.
//!
//! Pure: no socket, no clock, no ledger. Something happened (a connection came up, a wave was committed, a
//! relay answered), the floor says what to do about it, and the room around it (`deliver`) does that and
//! nothing else. So a whole run can be played in a test, in every order, with a crash at every step.
//!
//! At most one wave is under way: whatever connections ask for while the last one is committed makes up the
//! next, one commit for all. A connection holds no more grants than it said it can, so a crash leaves no more
//! than that unsure.

mod event;
mod gather;
mod hands;
mod lane;
mod line;
mod plan;

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;

use crate::ledger::{Grant, Queue, Rest, Settled, State, Want, Wave};
use crate::pace::{self, Answer, Circuit, Failure, Leave, Moment, Signal, Watch};

pub(crate) use event::{Action, Connection, End, Event, Hold, Now, Said, Stop, Trouble};
pub(crate) use plan::{Plan, RelayPlan};

use gather::{Crew, Gather};
use hands::{Hands, Held};
use lane::Lane;
use line::Line;

/// The relay the run goes by, and the one that helps out.
const MAIN: usize = 0;
const SPARE: usize = 1;

/// The state of a run between two events.
#[derive(Clone, Debug)]
pub(crate) struct Floor {
    plan: Plan,
    lines: Vec<Line>,
    lanes: Vec<Lane>,
    hands: Hands,
    /// A wave is under way, asked for by connections to this relay.
    asking: Option<usize>,
    /// Outcomes that go in with the next wave.
    outbox: Vec<Settled>,
    gather: Gather,
    /// Hand-overs `limit` still allows, those in flight taken off.
    left: Option<u64>,
    /// Deliveries this run has closed.
    closed: u64,
    /// Everybody may be sent to, not only those who come first.
    open_to_all: bool,
    /// The relay that carries, as it was last told.
    carrier: usize,
    watch: Watch,
    /// Relays that asked to be left alone, and of whom the ledger does not know yet.
    rests: Vec<Rest>,
    /// Why nothing more is granted: the first reason stands.
    end: Option<End>,
    /// Somebody asked for the end of it, whatever its reason was by then.
    stopped: bool,
    /// The ledger could not be written: nothing more is granted.
    broken: bool,
    over: bool,
}

impl Floor {
    pub(crate) fn new(plan: Plan) -> Self {
        Self {
            lines: plan.relays.iter().map(|relay| Line::new(relay, plan.patience)).collect(),
            lanes: Lane::all(&plan),
            hands: Hands::default(),
            asking: None,
            outbox: Vec::new(),
            gather: Gather::new(),
            left: plan.limit,
            closed: 0,
            open_to_all: false,
            carrier: MAIN,
            watch: Watch::after(&plan.heard),
            rests: Vec::new(),
            end: None,
            stopped: false,
            broken: false,
            over: false,
            plan,
        }
    }

    /// Deliveries this run has closed so far.
    pub(crate) fn closed(&self) -> u64 {
        self.closed
    }

    /// How each relay does: its breaker, and whether messages go by it.
    pub(crate) fn relays(&self) -> Vec<(Circuit, bool)> {
        let lines = self.lines.iter().enumerate();
        lines.map(|(relay, line)| (line.breaker.circuit(), relay == self.carrier)).collect()
    }

    /// What was wrong with a relay last; empty where nothing was.
    pub(crate) fn trouble(&self, relay: usize) -> &str {
        self.lines.get(relay).map_or("", |line| &line.trouble)
    }

    /// What is to be done now that all this has happened: what is ready together goes into one commit.
    pub(crate) fn step(&mut self, now: Now, events: Vec<Event>) -> Vec<Action> {
        let mut actions = Vec::new();
        for event in events {
            self.note(now, event, &mut actions);
        }
        if now.at >= self.plan.others_from && !std::mem::replace(&mut self.open_to_all, true) {
            self.lanes.iter_mut().for_each(|lane| lane.dry = false);
        }
        self.go_on(now.at, &mut actions);
        actions
    }

    fn note(&mut self, now: Now, event: Event, actions: &mut Vec<Action>) {
        match event {
            Event::Tick => {}
            Event::Opened { connection, hold } => self.hands.came_up(connection, hold),
            Event::Holds { connection, hold } => self.hands.holds(connection, hold),
            Event::NotOpened { connection, trouble } => self.not_opened(now.at, connection, trouble),
            Event::Answered { connection, reader, said, chance } => {
                self.answered(now, connection, reader, said, chance, actions);
            }
            Event::Unused { connection, reader } => {
                if let Some((relay, held)) = self.hands.take(connection, reader) {
                    self.give_back(relay, &held.grant);
                }
            }
            Event::Closed { connection, unseen } => self.ended(now, connection, unseen),
            Event::Granted(wave) => self.granted(now.at, wave, actions),
            Event::LedgerFailed => {
                self.asking = None;
                self.broken = true;
            }
            Event::Stop(stop) => self.stop(stop, actions),
        }
    }

    /// Nothing is to be granted any more, as things stand.
    fn is_done(&self) -> bool {
        let drained = self.open_to_all && !self.is_hungry();
        self.end.is_some() || self.broken || drained || self.left == Some(0)
    }

    /// Somebody may be queued.
    fn is_hungry(&self) -> bool {
        self.lanes.iter().any(Lane::is_open)
    }

    fn finish(&mut self, end: End) {
        self.end.get_or_insert(end);
    }

    fn not_opened(&mut self, now: Moment, connection: Connection, trouble: Trouble) {
        let Some(relay) = self.hands.relay(connection) else { return };
        self.hands.remove(connection);
        let open = self.hands.up(relay);
        match trouble {
            Trouble::Refuses(words) => self.finish(End::Refused(words)),
            trouble => self.lines[relay].not_opened(trouble, open, now),
        }
    }

    /// Notes what an attempt ended with: for the row, for the pace, for the end of the run.
    fn answered(
        &mut self,
        now: Now,
        connection: Connection,
        reader: i64,
        said: Said,
        chance: f64,
        actions: &mut Vec<Action>,
    ) {
        if !said.alive {
            self.hands.leaving(connection);
        }
        let Some((relay, Held { grant, since })) = self.hands.take(connection, reader) else { return };
        let (alone, beside) = self.hands.served(connection, now.at);
        self.gather.answered(now.at.since(since), alone, beside, self.hands.up(relay));
        let line = &mut self.lines[relay];
        if said.answer.signal() != Signal::Failing && self.hands.carried(connection) {
            line.welcomed();
        }
        match said.answer.signal() {
            Signal::Fine => line.answered(now.at),
            Signal::Failing => {
                let words = format!("{} lost the connection: {}", line.label, said.reply);
                line.failed(Failure::Message, words, now.at);
            }
            Signal::SlowDown => {
                if let Some(wait) = line.slow_down(said.answer, now.at) {
                    let words = format!("{} wants no more for a while: {}", line.label, said.reply);
                    let until = now.utc + TimeDelta::from_std(wait).unwrap_or_default();
                    self.rests.push(Rest { relay: line.label.clone(), until, words: said.reply.clone() });
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
        let lane = &mut self.lanes[self.plan.lanes.of(grant.address.domain())];
        actions.extend(lane.heard(said.answer, &said.reply).map(Action::Tell));
        let name = &self.plan.relays[relay].name;
        self.settle(&grant, pace::settle(&grant, said.answer, said.reply, name, &self.plan.rules, now.utc, chance));
    }

    /// What has not left is as it was; an attempt nobody saw the end of may have been handed over.
    fn ended(&mut self, now: Now, connection: Connection, unseen: Option<i64>) {
        let Some(relay) = self.hands.relay(connection) else { return };
        if self.hands.was_in_vain(connection) {
            self.lines[relay].turned_back(now.at);
        }
        for grant in self.hands.remove(connection) {
            if unseen != Some(grant.reader) {
                self.give_back(relay, &grant);
                continue;
            }
            let name = &self.plan.relays[relay].name;
            let words = "the run was ended before the relay answered".to_owned();
            let settled = pace::settle(&grant, Answer::Silence, words, name, &self.plan.rules, now.utc, 0.5);
            self.settle(&grant, settled);
        }
    }

    fn settle(&mut self, grant: &Grant, settled: Settled) {
        if settled.state == State::Queued {
            self.lanes[self.plan.lanes.of(grant.address.domain())].dry = false;
        }
        if !settled.state.is_handed_over()
            && let Some(left) = &mut self.left
        {
            *left += 1;
        }
        self.closed += u64::from(!matches!(settled.state, State::Queued | State::Deferred));
        self.outbox.push(settled);
    }

    fn give_back(&mut self, relay: usize, grant: &Grant) {
        let settled = pace::give_back(grant, &self.plan.relays[relay].name);
        self.settle(grant, settled);
    }

    /// The wave that was asked for: its intents are on the disk, so its messages may leave.
    fn granted(&mut self, now: Moment, wave: Wave, actions: &mut Vec<Action>) {
        let Some(relay) = self.asking.take() else { return };
        self.gather.committed(now);
        // Whoever came back since the wave was asked for is in the outbox, and not in its answer.
        let back = self.outbox.iter().any(|settled| settled.state == State::Queued);
        for lane in &mut self.lanes {
            lane.dry &= !wave.back;
            lane.dry |= wave.dry.contains(&lane.name) && !back;
        }
        for grant in wave.grants {
            if let Some(left) = &mut self.left {
                *left = left.saturating_sub(1);
            }
            let stopped = self.end.is_some() || self.broken;
            match self.hands.idle(relay).filter(|_| !stopped) {
                Some(connection) => {
                    self.lines[relay].take(now);
                    self.lanes[self.plan.lanes.of(grant.address.domain())].take(now);
                    self.hands.hold(connection, grant.clone(), now);
                    actions.push(Action::Deliver { connection, grant });
                }
                // Something said stop while it was on its way, or the connection is gone: nothing of it has left.
                None => self.give_back(relay, &grant),
            }
        }
        match wave.queue {
            Queue::More | Queue::Drained { .. } => {}
            Queue::Held => self.finish(End::Held),
            Queue::Cancelled => self.finish(End::Cancelled),
            Queue::Spent { cap } => {
                let line = &mut self.lines[relay];
                line.spent = true;
                line.trouble = format!("{} has carried the {cap} messages of its day (UTC)", line.label);
                if relay == SPARE || self.lines.len() <= SPARE {
                    self.finish(End::Away(self.lines[relay].trouble.clone()));
                }
            }
        }
    }

    /// How long nobody misses anything if what comes in is not looked at.
    pub(crate) fn nap(&self) -> Duration {
        self.gather.nap(self.hands.busy(self.carrier))
    }

    /// Messages that were granted and not answered.
    fn under_way(&self) -> usize {
        (MAIN..self.lines.len()).map(|relay| self.hands.held(relay)).sum()
    }

    /// The first signal ends granting and lets what is in flight finish; a second one abandons that too, and what is
    /// known of it is committed.
    fn stop(&mut self, stop: Stop, actions: &mut Vec<Action>) {
        if std::mem::replace(&mut self.stopped, true) {
            self.hands.abandon();
            actions.push(Action::Abandon);
        } else if self.under_way() > 0 {
            let under_way = self.under_way();
            actions.push(Action::Tell(format!(
                "the run ends once the relay has answered what is on the wire ({under_way}); asked again, it ends now"
            )));
        }
        self.finish(match stop {
            Stop::Interrupt => End::Interrupted,
            Stop::Terminate => End::Terminated,
        });
    }

    fn go_on(&mut self, now: Moment, actions: &mut Vec<Action>) {
        self.choose_carrier(actions);
        let wake = self.staff(now, actions);
        self.ask(now, actions);
        self.send_home(now, actions);
        let wake = wake.into_iter().chain(self.gather.leaves()).min();
        if self.is_done() && self.hands.is_empty() && self.asking.is_none() && self.outbox.is_empty() {
            if !std::mem::replace(&mut self.over, true) {
                actions.push(Action::End(self.how_it_ended()));
            }
        } else if let Some(moment) = wake.into_iter().chain(self.next_leave(now)).min() {
            actions.push(Action::Wake(moment));
        }
    }

    fn how_it_ended(&self) -> End {
        if let Some(end) = &self.end {
            return end.clone();
        }
        let paused: Vec<&str> = self.lanes.iter().filter(|lane| lane.paused).map(|lane| &*lane.name).collect();
        match self.left {
            Some(0) => End::Limit,
            _ if paused.is_empty() => End::Drained,
            _ => End::Alarmed(format!("lane {} is paused: its receivers refuse too many readers", paused.join(", "))),
        }
    }

    /// The spare carries while the breaker of the other relay is open, and until that one has answered again; and
    /// for the rest of a run in which the other's day was spent.
    fn choose_carrier(&mut self, actions: &mut Vec<Action>) {
        let away = self.lines[MAIN].breaker.is_away() || self.lines[MAIN].spent;
        let carrier = if away && self.lines.len() > SPARE { SPARE } else { MAIN };
        if self.carrier != carrier && !self.is_done() {
            self.carrier = carrier;
            let name = &self.plan.relays[carrier].name;
            actions.push(Action::Tell(match carrier {
                MAIN => format!("relay `{name}` is back and carries again"),
                _ => format!("{}; the spare relay `{name}` carries", self.lines[MAIN].trouble),
            }));
        }
    }

    /// Opens the connections there should be beside those there are; says when to look again.
    fn staff(&mut self, now: Moment, actions: &mut Vec<Action>) -> Option<Moment> {
        if self.is_done() || !self.is_hungry() {
            return None;
        }
        let mut wake: Option<Moment> = None;
        let mut hope = false;
        for relay in (MAIN..=self.carrier).filter(|relay| !self.lines[*relay].spent).collect::<Vec<_>>() {
            match self.allowed(relay, now) {
                Ok(allowed) => {
                    hope = true;
                    // No more than there are messages for: a relay with a rate closes those that wait for theirs.
                    let free = self.hands.places(relay) + self.hands.of(relay) - self.hands.up(relay);
                    let wanted = self.lines[relay].ready(now).saturating_sub(free);
                    let missing = allowed.saturating_sub(self.hands.of(relay)).min(wanted);
                    if let Some(from) = self.lines[relay].opens_from(now).filter(|_| missing > 0) {
                        wake = Some(wake.map_or(from, |wake| wake.min(from)));
                        continue;
                    }
                    for _ in 0..missing {
                        let connection = self.hands.open(relay);
                        actions.push(Action::Open { connection, relay });
                    }
                }
                Err(until) => {
                    hope |= self.lines[relay].waits_for(until, self.plan.patience);
                    wake = Some(wake.map_or(until, |wake| wake.min(until)));
                }
            }
        }
        if !hope && self.hands.is_empty() {
            let troubles: Vec<&str> = self.lines[..=self.carrier].iter().map(|line| line.trouble.as_str()).collect();
            self.finish(End::Away(troubles.join("; ")));
        }
        wake
    }

    /// How many connections a relay may have now, or when to ask again.
    fn allowed(&mut self, relay: usize, now: Moment) -> Result<usize, Moment> {
        match self.lines[relay].breaker.leave(now) {
            Leave::All => Ok(self.lines[relay].window.size()),
            Leave::One => Ok(1),
            Leave::NotBefore(until) => Err(until),
        }
    }

    /// Hands in what is settled, and asks for as many grants as connections, pace and limit allow.
    fn ask(&mut self, now: Moment, actions: &mut Vec<Action>) {
        if self.asking.is_some() {
            return;
        }
        let relay = if self.is_main_to_prove_itself() { MAIN } else { self.carrier };
        let (most, lanes) = self.grantable(relay, now);
        let pause: Vec<_> = self.lanes.iter_mut().filter_map(Lane::pause_to_note).collect();
        let crew = Crew {
            waiting: most.max(self.outbox.len()),
            busy: self.under_way(),
            still: if most > 0 { self.hands.waiting(relay) } else { 0 },
        };
        let gathered = self.gather.is_over(now, crew);
        if !gathered && pause.is_empty() && self.rests.is_empty() {
            return;
        }
        let plan = &self.plan.relays[relay];
        let want = Want {
            most,
            lanes,
            first: !self.open_to_all,
            relay: plan.name.clone(),
            quota: plan.quota,
            pause,
            rest: std::mem::take(&mut self.rests),
        };
        self.asking = Some(relay);
        self.gather.asked(now);
        actions.push(Action::Ask { settled: std::mem::take(&mut self.outbox), want });
    }

    /// The relay that was away is up again, and nothing it was given since has been answered yet.
    fn is_main_to_prove_itself(&self) -> bool {
        let line = &self.lines[MAIN];
        let half_open = line.breaker.circuit() == Circuit::HalfOpen && !line.spent;
        half_open && self.carrier != MAIN && self.hands.held(MAIN) == 0 && self.hands.places(MAIN) > 0
    }

    /// How many grants a relay's connections can take, and of which lanes.
    fn grantable(&mut self, number: usize, now: Moment) -> (usize, Vec<(Arc<str>, usize)>) {
        if self.is_done() {
            return (0, Vec::new());
        }
        // Lanes with a rate first: they have the least room, and would be the last to finish.
        let mut room: Vec<_> = self.lanes.iter_mut().filter_map(|lane| lane.room(now)).collect();
        room.sort_by_key(|(_, most)| *most);
        let left = self.left.map_or(usize::MAX, |left| usize::try_from(left).unwrap_or(usize::MAX));
        let all = room.iter().fold(0_usize, |all, (_, most)| all.saturating_add(*most));
        let places = match self.lines[number].breaker.circuit() {
            Circuit::HalfOpen => self.hands.places(number).min(1_usize.saturating_sub(self.hands.held(number))),
            Circuit::Open | Circuit::Closed => self.hands.places(number),
        };
        (places.min(left).min(self.lines[number].ready(now)).min(all), room)
    }

    /// Connections that nothing will come for say goodbye; those that wait for a wave are let wait.
    fn send_home(&mut self, now: Moment, actions: &mut Vec<Action>) {
        let idle = self.is_done() || !self.is_hungry();
        for relay in 0..self.lines.len() {
            let allowed = match self.allowed(relay, now) {
                _ if idle || relay > self.carrier || self.lines[relay].spent => 0,
                _ if self.asking == Some(relay) => continue,
                Ok(allowed) => allowed,
                Err(_) => 0,
            };
            let home = self.hands.surplus(relay, allowed);
            actions.extend(home.into_iter().map(|connection| Action::Quit { connection }));
        }
    }

    /// When the next message may leave, where only the pace keeps it.
    fn next_leave(&mut self, now: Moment) -> Option<Moment> {
        if self.is_done() {
            return None;
        }
        let others = (!self.open_to_all).then_some(self.plan.others_from);
        let relay = self.lines[self.carrier].next_leave(now);
        let lanes = self.lanes.iter_mut().filter_map(|lane| lane.next_leave(now)).min();
        others.into_iter().chain(relay).chain(lanes).min()
    }
}

#[cfg(test)]
mod tests;
