//! One connection of a run, from its greeting to its end.
//!
//! It is fed with grants and tells what came of each. In the plain form it holds one, and a second one where grants
//! come later than messages go; where the next envelope rides behind the dot it holds two, and the one in hand waits
//! a moment for the other.
//!
//! It may be dropped in mid-sentence. Then, as at any other end, it says of one message at most that its final dot may
//! have left: the others it held have not.

use std::cell::RefCell;
use std::pin::pin;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::time::timeout;

use crate::address::EmailAddress;
use crate::clock;
use crate::floor::{Connection, Event, Hold, Said};
use crate::ledger::Grant;
use crate::message::{Look, Message};
use crate::pace::Signal;

use super::Job;
use super::door::Door;
use super::form::Form;
use super::letter::Letter;
use super::session::{Next, Outcome, Session};
use super::wire::Handle;

/// The longest that a message waits for another one's envelope to ride behind it: a commit, and not much more.
/// Nothing comes at the end of a run, or where the pace allows no more.
const COMPANY: Duration = Duration::from_millis(50);
/// The shortest wait a timer is set for.
const TICK: Duration = Duration::from_millis(1);

pub(super) struct Hand<'a> {
    pub(super) job: &'a Job<'a>,
    pub(super) door: &'a Door<'a>,
    pub(super) connection: Connection,
    pub(super) told: UnboundedSender<Event>,
    /// Whose message is being handed over, and the wire that knows how far it has come.
    pub(super) under_way: RefCell<Option<(i64, Handle)>>,
}

impl Drop for Hand<'_> {
    fn drop(&mut self) {
        let unseen = self.under_way.take().filter(|(_, wire)| wire.may_have_ended()).map(|(reader, _)| reader);
        self.tell(Event::Closed { connection: self.connection, unseen });
    }
}

/// A grant, where it is returned to, and its message.
struct Work<'a> {
    grant: Grant,
    return_path: EmailAddress,
    message: Message<'a>,
}

impl<'a> Hand<'a> {
    /// Hands over what it is given until nothing more will come, or the connection ends.
    pub(super) async fn work(self, mut orders: UnboundedReceiver<Grant>) {
        let connection = self.connection;
        let opened = {
            let mut opening = pin!(self.door.open());
            tokio::select! {
                opened = &mut opening => opened,
                // No grant comes before it is up: this is a goodbye.
                _ = orders.recv() => return,
            }
        };
        match opened {
            Ok(session) => self.serve(session, &mut orders).await,
            Err(trouble) => self.tell(Event::NotOpened { connection, trouble }),
        }
    }

    async fn serve(&self, mut session: Session, orders: &mut UnboundedReceiver<Grant>) {
        let connection = self.connection;
        let mut hold = Hold { depth: 1, eager: true };
        self.tell(Event::Opened { connection, hold });
        // The one whose envelope rode, or that was to be next.
        let mut carried: Option<Work<'_>> = None;
        let mut served = 0;
        let opened = Instant::now();
        loop {
            let asked = orders.is_empty().then(Instant::now);
            let work = match carried.take() {
                Some(work) => work,
                None => match self.order(&session, orders).await {
                    Some(grant) => self.stamped(grant),
                    None => break,
                },
            };
            let begun = Instant::now();
            let last = self.door.is_last(served + 1);
            let form = if session.can_ride() && !last { self.door.form() } else { Form::Plain };
            self.hold(form, last, &mut hold);
            let was_open = session.is_open();
            let next = match form {
                Form::Riding => self.company(orders).await,
                Form::Plain => None,
            };
            self.under_way.replace(Some((work.grant.reader, session.wire().clone())));
            let rider = next.as_ref().map(|next| self.letter(next));
            let mut told = false;
            let early = |outcome: &Outcome| {
                told = true;
                self.answered(&work.grant, outcome.clone(), true);
            };
            let exchange = session.exchange(self.letter(&work), rider, early).await;
            if served > 0 {
                self.measure(form, was_open, next.is_some(), begun.elapsed(), asked.map(|asked| begun - asked));
            }
            let alive = exchange.alive();
            if served > 0 && !exchange.outcome.begun && !alive {
                // The relay had enough of the connection, not of this reader.
                self.door.ended_after(served, opened);
                [Some(work), next].into_iter().flatten().for_each(|work| self.unused(&work.grant));
                return self.give_back(orders).await;
            }
            served += 1;
            let goes_on = alive && exchange.outcome.answer.signal() == Signal::Fine;
            if !told {
                self.answered(&work.grant, exchange.outcome, alive && !last);
            }
            match (exchange.next, next) {
                (Next::Settled(outcome), Some(next)) => self.answered(&next.grant, outcome, alive),
                (Next::Open, next) => carried = next,
                (_, next) if goes_on => carried = next,
                // Nothing was said about it, and this is no moment to go on.
                (_, next) => next.into_iter().for_each(|next| self.unused(&next.grant)),
            }
            if !alive {
                return self.give_back(orders).await;
            }
            if last && carried.is_none() {
                self.give_back(orders).await;
                break;
            }
        }
        session.quit().await;
    }

    /// What is to be done next; nothing more once the relay speaks out of turn or ends the session while it waits.
    async fn order(&self, session: &Session, orders: &mut UnboundedReceiver<Grant>) -> Option<Grant> {
        tokio::select! {
            biased;
            grant = orders.recv() => grant,
            () = session.wire().disturbed() => {
                self.give_back(orders).await;
                None
            }
        }
    }

    /// Takes no more orders; those that came are as they were.
    async fn give_back(&self, orders: &mut UnboundedReceiver<Grant>) {
        orders.close();
        while let Some(grant) = orders.recv().await {
            self.unused(&grant);
        }
    }

    /// Says how many grants it holds from now on, where that changes.
    fn hold(&self, form: Form, last: bool, hold: &mut Hold) {
        let now = match form {
            Form::Plain if last => Hold { depth: 1, eager: true },
            Form::Plain => Hold { depth: self.door.depth(), eager: false },
            Form::Riding => Hold { depth: 2, eager: true },
        };
        if std::mem::replace(hold, now) != now {
            self.tell(Event::Holds { connection: self.connection, hold: now });
        }
    }

    /// The next one's message, if its grant comes soon.
    async fn company(&self, orders: &mut UnboundedReceiver<Grant>) -> Option<Work<'a>> {
        let patience = self.door.patience().min(COMPANY);
        let grant = match orders.try_recv() {
            Ok(grant) => grant,
            Err(_) if patience < TICK => return None,
            Err(_) => timeout(patience, orders.recv()).await.ok().flatten()?,
        };
        Some(self.stamped(grant))
    }

    /// A time counts for a form only where the whole of it was in that form.
    fn measure(&self, form: Form, was_open: bool, rode: bool, took: Duration, wait: Option<Duration>) {
        match form {
            Form::Plain if !was_open => self.door.served(form, took, wait),
            Form::Riding if was_open && rode => self.door.served(form, took, wait),
            Form::Riding if !rode => self.door.missed(),
            Form::Plain | Form::Riding => {}
        }
    }

    fn stamped(&self, grant: Grant) -> Work<'a> {
        let message = self.job.stamp.message(&grant, self.door.relay());
        debug_assert_eq!(message.look(), Look::at(&message.to_vec()), "of the copy that is handed over");
        Work { return_path: self.job.stamp.return_path(&grant), grant, message }
    }

    fn letter<'w>(&self, work: &'w Work<'_>) -> Letter<'w> {
        Letter { sender: &work.return_path, to: &work.grant.address, message: &work.message }
    }

    fn answered(&self, grant: &Grant, outcome: Outcome, alive: bool) {
        self.under_way.replace_with(|own| own.take().filter(|(reader, _)| *reader != grant.reader));
        let said = Said { answer: outcome.answer, reply: outcome.reply, alive };
        self.tell(Event::Answered { connection: self.connection, reader: grant.reader, said, chance: clock::chance() });
    }

    fn unused(&self, grant: &Grant) {
        self.tell(Event::Unused { connection: self.connection, reader: grant.reader });
    }

    fn tell(&self, event: Event) {
        // The room outlives its connections; once it is gone nobody needs to know.
        let _ = self.told.send(event);
    }
}
