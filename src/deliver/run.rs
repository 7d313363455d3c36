//! The press room: connections, the ledger's desk and the clock, doing what the floor says.
//!
//! Nothing is decided here. Each turn hands the floor one event and carries its actions out; connections are
//! futures on one thread, each fed with grants and telling what came of them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use futures_util::future::{LocalBoxFuture, OptionFuture};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::time::sleep_until;

use crate::clock;
use crate::config::Relay;
use crate::crash;
use crate::floor::{Action, Connection, End, Event, Floor, Now, Plan, RelayPlan, Stop};
use crate::ledger::{Grant, Wave};
use crate::pace::{Circuit, Moment};
use crate::store::{RelayStanding, StoreError};

use super::door::Door;
use super::hand::Hand;
use super::nap::Nap;
use super::{Desk, Job};

/// How long an outage in the middle of a run is waited out: one opening of the breaker and a second try.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// Presses until nobody is queued, or something says stop. Every outcome was handed to the desk when it returns.
///
/// # Errors
/// The ledger's, when that ended the run.
pub(super) async fn run(
    job: &Job<'_>,
    desk: &impl Desk,
    doors: &[Door<'_>],
    mut stop: UnboundedReceiver<Stop>,
    patience: Duration,
    nap: &Nap,
) -> Result<End, StoreError> {
    let begun = Instant::now();
    let mut floor = Floor::new(plan(job, doors, patience));
    let mut room = Room::new(job, desk, doors, begun);
    let mut events = vec![Event::Tick];
    let mut stood = Vec::new();
    loop {
        let now = Now { at: Moment::START.after(begun.elapsed()), utc: clock::now() };
        let actions = floor.step(now, events);
        nap.set(floor.nap());
        (job.progress)(floor.closed());
        tell_of_relays(job, &floor, &mut stood, now.utc);
        room.wake = None;
        for action in actions {
            match action {
                Action::End(end) => {
                    crash::point("drain");
                    return room.broken.map_or(Ok(end), Err);
                }
                action => room.carry_out(action),
            }
        }
        events = room.next(&mut stop).await;
    }
}

/// Says which relays do otherwise than before.
fn tell_of_relays(job: &Job<'_>, floor: &Floor, stood: &mut Vec<(Circuit, bool)>, now: DateTime<Utc>) {
    let stand = floor.relays();
    for (place, relay) in job.relays.iter().enumerate().filter(|(place, _)| stood.get(*place) != stand.get(*place)) {
        let (breaker, carries) = stand[place];
        let trouble = floor.trouble(place).to_owned();
        (job.relay)(RelayStanding { relay: relay.name.clone(), breaker, carries, trouble, since: now });
    }
    *stood = stand;
}

fn plan(job: &Job<'_>, doors: &[Door<'_>], patience: Duration) -> Plan {
    let relay = |(relay, door): (&Relay, &Door<'_>)| RelayPlan {
        name: relay.name.as_str().into(),
        label: door.label(),
        connections: relay.connections,
        rate: relay.rate,
        quota: relay.quota,
    };
    let lanes = |released| {
        let such = job.paused.iter().filter(move |paused| paused.released == released);
        such.map(|paused| paused.lane.clone()).collect()
    };
    Plan {
        relays: job.relays.iter().zip(doors).map(relay).collect(),
        lanes: job.lanes.clone(),
        paused: lanes(false),
        released: lanes(true),
        refusals: job.refusals,
        heard: job.heard.clone(),
        rules: job.rules.clone(),
        sender: job.sender.to_string(),
        limit: job.limit,
        others_from: Moment::START.after(job.others_wait),
        patience,
    }
}

/// What is under way.
struct Room<'a, D> {
    job: &'a Job<'a>,
    desk: &'a D,
    doors: &'a [Door<'a>],
    begun: Instant,
    hands: FuturesUnordered<LocalBoxFuture<'a, ()>>,
    /// Where each connection gets its grants; dropped, it says goodbye.
    orders: BTreeMap<Connection, UnboundedSender<Grant>>,
    told: UnboundedSender<Event>,
    heard: UnboundedReceiver<Event>,
    asking: OptionFuture<LocalBoxFuture<'a, Result<Wave, StoreError>>>,
    wake: Option<Instant>,
    /// The ledger's first failure.
    broken: Option<StoreError>,
}

impl<'a, D: Desk> Room<'a, D> {
    fn new(job: &'a Job<'a>, desk: &'a D, doors: &'a [Door<'a>], begun: Instant) -> Self {
        let (told, heard) = mpsc::unbounded_channel();
        Self {
            job,
            desk,
            doors,
            begun,
            hands: FuturesUnordered::new(),
            orders: BTreeMap::new(),
            told,
            heard,
            asking: None.into(),
            wake: None,
            broken: None,
        }
    }

    fn carry_out(&mut self, action: Action) {
        match action {
            Action::Open { connection, relay } => {
                let (orders, inbox) = mpsc::unbounded_channel();
                self.orders.insert(connection, orders);
                let (door, told) = (&self.doors[relay], self.told.clone());
                let hand = Hand { job: self.job, door, connection, told, under_way: RefCell::default() };
                self.hands.push(hand.work(inbox).boxed_local());
            }
            Action::Ask { settled, want } => {
                self.asking = Some(self.desk.exchange(settled, want).boxed_local()).into();
            }
            Action::Deliver { connection, grant } => {
                if let Some(orders) = self.orders.get(&connection)
                    && let Err(unsent) = orders.send(grant)
                {
                    let _the_room_listens = self.told.send(Event::Unused { connection, reader: unsent.0.reader });
                }
            }
            Action::Quit { connection } => drop(self.orders.remove(&connection)),
            // Each of them says how far it had come.
            Action::Abandon => {
                self.orders.clear();
                self.hands.clear();
            }
            Action::Tell(words) => (self.job.say)(&words),
            Action::Wake(moment) => self.wake = Some(self.begun + moment.since(Moment::START)),
            Action::End(_) => {}
        }
    }

    /// Waits for whatever happens next, and for all that is ready with it: one commit for all of them.
    async fn next(&mut self, stop: &mut UnboundedReceiver<Stop>) -> Vec<Event> {
        let mut events = vec![self.one(stop).await];
        while let Ok(event) = self.heard.try_recv() {
            events.push(event);
        }
        events
    }

    async fn one(&mut self, stop: &mut UnboundedReceiver<Stop>) -> Event {
        loop {
            tokio::select! {
                // Whoever is ready has said so before the floor decides: one wave for all of them.
                biased;
                Some(()) = self.hands.next(), if !self.hands.is_empty() => {}
                Some(stop) = stop.recv() => return Event::Stop(stop),
                Some(wave) = &mut self.asking => {
                    self.asking = None.into();
                    return self.answered(wave);
                }
                Some(event) = self.heard.recv() => return event,
                () = sleep_until(self.wake.unwrap_or(self.begun).into()), if self.wake.is_some() => return Event::Tick,
            }
        }
    }

    fn answered(&mut self, wave: Result<Wave, StoreError>) -> Event {
        match wave {
            Ok(wave) => Event::Granted(wave),
            Err(error) => {
                self.broken.get_or_insert(error);
                Event::LedgerFailed
            }
        }
    }
}
