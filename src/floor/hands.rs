//! The connections of a run, and the grants each one holds.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::ledger::Grant;
use crate::pace::Moment;

use super::{Connection, Hold};

#[derive(Clone, Debug, Default)]
pub(super) struct Hands {
    all: BTreeMap<Connection, Hand>,
    next: usize,
}

#[derive(Clone, Debug)]
struct Hand {
    relay: usize,
    stage: Stage,
    held: Vec<Held>,
    /// It had an answer to a message.
    carried: bool,
    /// When it came to the message in hand, and how many were busy then.
    began: Moment,
    beside: usize,
}

/// A grant in hand.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) grant: Grant,
    pub(super) since: Moment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Opening,
    /// Up, for so many grants at once.
    Up(Hold),
    /// On its way out: it gets nothing more.
    Leaving,
}

impl Hand {
    fn places(&self) -> usize {
        match self.stage {
            Stage::Up(hold) => hold.depth.saturating_sub(self.held.len()),
            Stage::Opening | Stage::Leaving => 0,
        }
    }

    /// Whether it stands still until it gets one more.
    fn waits(&self) -> bool {
        let busy = !self.held.is_empty();
        matches!(self.stage, Stage::Up(hold) if self.places() > 0 && (hold.eager || !busy))
    }
}

impl Hands {
    pub(super) fn open(&mut self, relay: usize) -> Connection {
        let connection = Connection(self.next);
        self.next += 1;
        self.all.insert(
            connection,
            Hand { relay, stage: Stage::Opening, held: Vec::new(), carried: false, began: Moment::START, beside: 0 },
        );
        connection
    }

    /// It is up; unless it was abandoned or sent home meanwhile.
    pub(super) fn came_up(&mut self, connection: Connection, hold: Hold) {
        if let Some(hand) = self.all.get_mut(&connection)
            && hand.stage == Stage::Opening
        {
            hand.stage = Stage::Up(hold);
        }
    }

    /// It can hold so many grants from now on; those it holds already stay.
    pub(super) fn holds(&mut self, connection: Connection, hold: Hold) {
        if let Some(hand) = self.all.get_mut(&connection)
            && let Stage::Up(now) = &mut hand.stage
        {
            *now = hold;
        }
    }

    /// It had an answer; whether that was its first.
    pub(super) fn carried(&mut self, connection: Connection) -> bool {
        self.all.get_mut(&connection).is_some_and(|hand| !std::mem::replace(&mut hand.carried, true))
    }

    /// It was up, and is ended by the other side before it carried anything.
    pub(super) fn was_in_vain(&self, connection: Connection) -> bool {
        self.all.get(&connection).is_some_and(|hand| matches!(hand.stage, Stage::Up(_)) && !hand.carried)
    }

    pub(super) fn leaving(&mut self, connection: Connection) {
        if let Some(hand) = self.all.get_mut(&connection) {
            hand.stage = Stage::Leaving;
        }
    }

    pub(super) fn relay(&self, connection: Connection) -> Option<usize> {
        self.all.get(&connection).map(|hand| hand.relay)
    }

    /// Forgets a connection; what it still held.
    pub(super) fn remove(&mut self, connection: Connection) -> Vec<Grant> {
        let held = self.all.remove(&connection).map(|hand| hand.held).unwrap_or_default();
        held.into_iter().map(|held| held.grant).collect()
    }

    /// All are on their way out, whatever they hold.
    pub(super) fn abandon(&mut self) {
        self.all.values_mut().for_each(|hand| hand.stage = Stage::Leaving);
    }

    pub(super) fn hold(&mut self, connection: Connection, grant: Grant, since: Moment) {
        let busy = self.relay(connection).map_or(0, |relay| self.busy(relay));
        if let Some(hand) = self.all.get_mut(&connection) {
            if hand.held.is_empty() {
                (hand.began, hand.beside) = (since, busy + 1);
            }
            hand.held.push(Held { grant, since });
        }
    }

    /// Takes a reader's grant out of a connection's hand.
    pub(super) fn take(&mut self, connection: Connection, reader: i64) -> Option<(usize, Held)> {
        let hand = self.all.get_mut(&connection)?;
        let at = hand.held.iter().position(|held| held.grant.reader == reader)?;
        Some((hand.relay, hand.held.remove(at)))
    }

    /// A message of it was answered: how long it had the connection for itself, and how many were busy as it began.
    pub(super) fn served(&mut self, connection: Connection, now: Moment) -> (Duration, usize) {
        let busy = self.relay(connection).map_or(0, |relay| self.busy(relay));
        let Some(hand) = self.all.get_mut(&connection) else { return (Duration::ZERO, busy) };
        let served = (now.since(hand.began), hand.beside);
        (hand.began, hand.beside) = (now, busy);
        served
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Connections to a relay that are up or coming up.
    pub(super) fn of(&self, relay: usize) -> usize {
        self.count(relay, |hand| hand.stage != Stage::Leaving)
    }

    pub(super) fn up(&self, relay: usize) -> usize {
        self.count(relay, |hand| matches!(hand.stage, Stage::Up(_)))
    }

    fn count(&self, relay: usize, which: impl Fn(&Hand) -> bool) -> usize {
        self.all.values().filter(|hand| hand.relay == relay && which(hand)).count()
    }

    /// Connections that have something to do.
    pub(super) fn busy(&self, relay: usize) -> usize {
        self.count(relay, |hand| !hand.held.is_empty())
    }

    /// Grants that are held.
    pub(super) fn held(&self, relay: usize) -> usize {
        self.all.values().filter(|hand| hand.relay == relay).map(|hand| hand.held.len()).sum()
    }

    /// Grants that could be held beside those that are.
    pub(super) fn places(&self, relay: usize) -> usize {
        self.all.values().filter(|hand| hand.relay == relay).map(Hand::places).sum()
    }

    /// Connections that stand still until they get one more grant.
    pub(super) fn waiting(&self, relay: usize) -> usize {
        self.count(relay, Hand::waits)
    }

    /// A connection that can take a grant: one with nothing to do before one that has something.
    pub(super) fn idle(&self, relay: usize) -> Option<Connection> {
        let free = self.all.iter().filter(|(_, hand)| hand.relay == relay && hand.places() > 0);
        free.min_by_key(|(_, hand)| hand.held.len()).map(|(connection, _)| *connection)
    }

    /// Sends those that hold nothing home, the youngest first, until no more than `allowed` are left.
    pub(super) fn surplus(&mut self, relay: usize, allowed: usize) -> Vec<Connection> {
        let mut over = self.of(relay).saturating_sub(allowed);
        let mut home = Vec::new();
        for (connection, hand) in self.all.iter_mut().rev().filter(|(_, hand)| hand.relay == relay) {
            if over > 0 && hand.stage != Stage::Leaving && hand.held.is_empty() {
                hand.stage = Stage::Leaving;
                home.push(*connection);
                over -= 1;
            }
        }
        home
    }
}
