//! The press room: connections that ask for one grant at a time, and what keeps them in step.
//!
//! A connection holds one granted intent, never more, and asks for the next one together with the outcome of
//! the last: one commit a message, shared with whoever else asked meanwhile. So a crash leaves at most one
//! delivery a connection unsure. All of it runs on one thread; the state between two awaits is never half done.

use std::cell::{RefCell, RefMut};
use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{Notify, mpsc};
use tokio::time::sleep_until;

use crate::clock;
use crate::ledger::{Grant, Settled, State};
use crate::pace::{self, Answer, Breaker, Bucket, Leave, Signal, Watch, Window};
use crate::store::Queue;

use super::door::{Door, Trouble};
use super::session::{Outcome, Session};
use super::{Desk, Job, RunEnd, Stop};

/// How long an outage in the middle of a run is waited out: one opening of the breaker and a second try.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// Presses until nobody is queued, or something says stop. Every outcome was handed to the desk when it returns.
pub(super) async fn run(
    job: &Job<'_>,
    desk: &impl Desk,
    door: &Door<'_>,
    mut stop: mpsc::UnboundedReceiver<Stop>,
    patience: Duration,
) -> RunEnd {
    let room = Room {
        job,
        desk,
        door,
        patience,
        floor: RefCell::new(Floor::new(job, patience)),
        changed: Notify::new(),
        halt: Notify::new(),
    };
    let mut hands = FuturesUnordered::new();
    loop {
        let (more, wake) = room.staff(hands.len());
        for _ in 0..more {
            hands.push(room.hand());
        }
        if hands.is_empty() && room.floor().over() {
            break;
        }
        tokio::select! {
            Some(()) = hands.next(), if !hands.is_empty() => {}
            () = room.changed.notified() => {}
            () = sleep_until(wake.unwrap_or_else(Instant::now).into()), if wake.is_some() => {}
            Some(stop) = stop.recv() => {
                if room.stop(stop) {
                    break;
                }
            }
        }
    }
    drop(hands);
    room.commit().await;
    room.floor.into_inner().end()
}

/// What the connections share.
struct Room<'a, D> {
    job: &'a Job<'a>,
    desk: &'a D,
    door: &'a Door<'a>,
    patience: Duration,
    floor: RefCell<Floor>,
    /// There may be work for another connection.
    changed: Notify,
    /// The run ends: nobody sleeps on.
    halt: Notify,
}

struct Floor {
    breaker: Breaker,
    window: Window,
    bucket: Option<Bucket>,
    watch: Watch,
    /// Connections that are up.
    open: usize,
    /// Hand-overs `limit` still allows, those in flight taken off.
    left: Option<u64>,
    /// Deliveries this run has closed.
    closed: u64,
    /// Nobody was queued when the ledger was last asked.
    drained: bool,
    /// Counts deliveries that went back to the queue: an answer from before the last of them proves nothing.
    requeued: u64,
    /// Why nothing more is granted.
    end: Option<RunEnd>,
    /// The relay asked to be left alone until then, for the so-manieth time in a row.
    quiet: Option<Instant>,
    too_fast: u32,
    last_answer: Option<Instant>,
    /// What the relay's failure was last.
    trouble: String,
    /// Outcomes not yet handed to the desk.
    outbox: Vec<Settled>,
}

impl Floor {
    fn new(job: &Job<'_>, patience: Duration) -> Self {
        Self {
            breaker: Breaker::new(Breaker::FIRST.min(patience)),
            window: Window::new(job.relay.connections),
            bucket: job.relay.rate.map(|rate| Bucket::new(rate, Instant::now())),
            watch: Watch::default(),
            open: 0,
            left: job.limit,
            closed: 0,
            drained: false,
            requeued: 0,
            end: None,
            quiet: None,
            too_fast: 0,
            last_answer: None,
            trouble: String::new(),
            outbox: Vec::new(),
        }
    }

    /// Nothing is to be granted, as things stand.
    fn over(&self) -> bool {
        self.end.is_some() || self.drained || self.left == Some(0)
    }

    fn end(self) -> RunEnd {
        self.end.unwrap_or(if self.left == Some(0) { RunEnd::Limit } else { RunEnd::Drained })
    }

    /// When the next message may leave, if not now.
    fn not_before(&mut self, now: Instant) -> Option<Instant> {
        if self.over() {
            return None;
        }
        if let Some(until) = self.quiet.filter(|until| now < *until) {
            return Some(until);
        }
        let bucket = self.bucket.as_mut()?;
        (bucket.ready(now) == 0).then(|| bucket.next())
    }

    /// Takes leave to ask for one grant.
    fn reserve(&mut self) -> bool {
        if self.over() {
            return false;
        }
        if let Some(left) = &mut self.left {
            *left -= 1;
        }
        if let Some(bucket) = &mut self.bucket {
            bucket.take(1);
        }
        true
    }

    /// A grant that did not come, or a message that was not taken, does not count towards the limit.
    fn unreserve(&mut self) {
        if let Some(left) = &mut self.left {
            *left += 1;
        }
    }
}

impl<D: Desk> Room<'_, D> {
    fn floor(&self) -> RefMut<'_, Floor> {
        self.floor.borrow_mut()
    }

    /// How many connections to open now beside those there are, and when to look again.
    fn staff(&self, hands: usize) -> (usize, Option<Instant>) {
        let now = Instant::now();
        let mut floor = self.floor();
        if floor.over() {
            return (0, None);
        }
        let allowed = match floor.breaker.leave(now) {
            Leave::All => floor.window.size(),
            Leave::One => 1,
            Leave::NotBefore(until) => {
                let waited_out = floor.last_answer.is_some_and(|answer| until.duration_since(answer) <= self.patience);
                if !waited_out && hands == 0 {
                    let trouble = std::mem::take(&mut floor.trouble);
                    floor.end = Some(RunEnd::Away(trouble));
                    return (0, None);
                }
                return (0, Some(until));
            }
        };
        (allowed.saturating_sub(hands), None)
    }

    /// Ends granting; true when it had ended already and what is in flight is to be abandoned.
    fn stop(&self, stop: Stop) -> bool {
        let end = match stop {
            Stop::Interrupt => RunEnd::Interrupted,
            Stop::Terminate => RunEnd::Terminated,
        };
        let again = matches!(self.floor().end, Some(RunEnd::Interrupted | RunEnd::Terminated));
        self.finish(end);
        again
    }

    /// The first reason to end stands.
    fn finish(&self, end: RunEnd) {
        self.floor().end.get_or_insert(end);
        self.halt.notify_waiters();
        self.changed.notify_one();
    }

    /// One connection, from its greeting to its end.
    async fn hand(&self) {
        match self.door.open().await {
            Ok(session) => {
                self.came_up();
                self.changed.notify_one();
                self.work(session).await;
                self.floor().open -= 1;
            }
            Err(trouble) => self.shut_out(trouble),
        }
    }

    fn came_up(&self) {
        let mut floor = self.floor();
        floor.open += 1;
        floor.breaker.connected();
    }

    fn shut_out(&self, trouble: Trouble) {
        let mut floor = self.floor();
        match trouble {
            Trouble::Refuses(words) => {
                drop(floor);
                self.finish(RunEnd::Refused(words));
            }
            Trouble::NoRoom(_) if floor.open > 0 => {
                let open = floor.open;
                floor.window.turned_away(open);
            }
            Trouble::NoRoom(words) | Trouble::Away(words) => {
                floor.trouble = words;
                floor.window.failed();
                floor.breaker.failed(Instant::now());
            }
        }
    }

    async fn work(&self, mut session: Session) {
        let mut message = Vec::new();
        while let Some(grant) = self.grant().await {
            message.clear();
            (self.job.stamp)(&grant, &mut message);
            let outcome = session.send(&self.job.sender, &grant.address, &message).await;
            self.settle(&grant, &outcome);
            if !outcome.alive {
                self.commit().await;
                return;
            }
        }
        session.quit().await;
    }

    /// Hands in what is settled and asks for the next grant; `None` when there is none for this connection.
    async fn grant(&self) -> Option<Grant> {
        loop {
            self.wait_for_leave().await;
            let (want, settled, requeued) = {
                let mut floor = self.floor();
                (usize::from(floor.reserve()), std::mem::take(&mut floor.outbox), floor.requeued)
            };
            if want == 0 && settled.is_empty() {
                return None;
            }
            let wave = self.desk.exchange(settled, want).await;
            let wave = match wave {
                Ok(wave) => wave,
                Err(error) => {
                    self.finish(RunEnd::Store(error));
                    return None;
                }
            };
            if let Some(grant) = wave.grants.into_iter().next() {
                if self.floor().end.is_some() {
                    self.give_back(&grant);
                    return None;
                }
                return Some(grant);
            }
            if want == 0 {
                return None;
            }
            let mut floor = self.floor();
            floor.unreserve();
            match wave.queue {
                Queue::More => continue,
                Queue::Drained { .. } => floor.drained = floor.requeued == requeued,
                Queue::Held => floor.end = floor.end.take().or(Some(RunEnd::Held)),
                Queue::Cancelled => floor.end = floor.end.take().or(Some(RunEnd::Cancelled)),
            }
            let over = floor.over();
            drop(floor);
            self.changed.notify_one();
            if over {
                return None;
            }
        }
    }

    /// Something said stop while the grant was on its way: nothing of it has left.
    fn give_back(&self, grant: &Grant) {
        let mut floor = self.floor();
        floor.unreserve();
        floor.outbox.push(pace::give_back(grant, &self.job.relay.name));
    }

    /// Waits for the rate and for a relay that asked to be left alone, with nothing uncommitted in hand.
    async fn wait_for_leave(&self) {
        loop {
            let halted = pin!(self.halt.notified());
            let Some(until) = self.floor().not_before(Instant::now()) else { return };
            if !self.commit().await {
                return;
            }
            tokio::select! {
                () = sleep_until(until.into()) => {}
                () = halted => {}
            }
        }
    }

    /// Commits what is settled, asking for nothing; false when that failed and the run ends.
    async fn commit(&self) -> bool {
        let settled = std::mem::take(&mut self.floor().outbox);
        if settled.is_empty() {
            return true;
        }
        match self.desk.exchange(settled, 0).await {
            Ok(_) => true,
            Err(error) => {
                self.finish(RunEnd::Store(error));
                false
            }
        }
    }

    /// Notes what an attempt ended with: for the row, for the pace, for the end of the run.
    fn settle(&self, grant: &Grant, outcome: &Outcome) {
        let now = Instant::now();
        let answer = outcome.answer;
        let mut end = None;
        let mut floor = self.floor();
        match answer.signal() {
            Signal::Fine => {
                floor.breaker.answered();
                floor.window.succeeded();
                floor.too_fast = 0;
                floor.last_answer = Some(now);
            }
            Signal::Failing => {
                floor.trouble = self.door.words(format_args!("lost the connection: {}", outcome.reply));
                floor.window.failed();
                floor.breaker.failed(now);
            }
            Signal::SlowDown => {
                floor.breaker.answered();
                floor.last_answer = Some(now);
                end = floor.slow_down(answer, now).then(|| {
                    RunEnd::Away(self.door.words(format_args!("wants no more for a while: {}", outcome.reply)))
                });
            }
            Signal::Stop => {
                let words = format_args!("will not send for `{}`: {}", self.job.sender, outcome.reply);
                end = Some(RunEnd::Refused(self.door.words(words)));
            }
        }
        if floor.watch.alarmed_by(answer) {
            let words = format!("receivers refuse what is sent, not single readers; the last said: {}", outcome.reply);
            end = Some(RunEnd::Alarmed(words));
        }
        let chance = f64::from(u32::from_le_bytes(clock::random())) / f64::from(u32::MAX);
        let Job { relay, rules, progress, .. } = self.job;
        let settled = pace::settle(grant, answer, outcome.reply.clone(), &relay.name, rules, clock::now(), chance);
        if settled.state == State::Queued {
            floor.requeued += 1;
            floor.drained = false;
        }
        if !matches!(settled.state, State::Sent | State::Unknown) {
            floor.unreserve();
        }
        floor.closed += u64::from(!matches!(settled.state, State::Queued | State::Deferred));
        floor.outbox.push(settled);
        let closed = floor.closed;
        drop(floor);
        progress(closed);
        if let Some(end) = end {
            self.finish(end);
        }
        self.changed.notify_one();
    }
}

impl Floor {
    /// Leaves the relay alone for a while; true when it wants longer than a run should sit and wait.
    fn slow_down(&mut self, answer: Answer, now: Instant) -> bool {
        let Answer::TooFast { wait } = answer else { return false };
        // Connections that were under way together hear it together: that is one request to slow down.
        if self.quiet.is_none_or(|until| now >= until) {
            self.too_fast += 1;
            self.window.failed();
        }
        match pace::breather(wait, self.too_fast) {
            Some(breather) => {
                self.quiet = Some(self.quiet.map_or(now + breather, |until| until.max(now + breather)));
                false
            }
            None => true,
        }
    }
}
