//! What the floor knows about one relay: whether it is there, how many connections suit it, how fast it goes.

use std::time::Duration;

use crate::pace::{self, Answer, Breaker, Bucket, Failure, Moment, Window};

use super::{RelayPlan, Trouble};

#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) label: String,
    pub(super) breaker: Breaker,
    pub(super) window: Window,
    bucket: Option<Bucket>,
    /// It asked to be left alone until then, for the so-manieth time in a row.
    quiet: Option<Moment>,
    too_fast: u32,
    last_answer: Option<Moment>,
    /// Connections in a row that did not come up, or were ended before they had carried anything; and until when
    /// no further one is opened.
    turned_back: u32,
    not_before: Moment,
    /// It has carried all that its day allows.
    pub(super) spent: bool,
    /// What its failure was last.
    pub(super) trouble: String,
}

impl Line {
    pub(super) fn new(relay: &RelayPlan, patience: Duration) -> Self {
        Self {
            label: relay.label.clone(),
            breaker: Breaker::new(Breaker::FIRST.min(patience)),
            window: Window::new(relay.connections),
            bucket: relay.rate.map(|rate| Bucket::new(rate, Moment::START)),
            quiet: None,
            too_fast: 0,
            last_answer: None,
            turned_back: 0,
            not_before: Moment::START,
            spent: false,
            trouble: String::new(),
        }
    }

    /// Whether a relay that was answering is worth waiting for until then.
    pub(super) fn waits_for(&self, until: Moment, patience: Duration) -> bool {
        self.last_answer.is_some_and(|answer| until.since(answer) <= patience)
    }

    pub(super) fn answered(&mut self, now: Moment) {
        self.breaker.answered();
        self.window.succeeded();
        self.too_fast = 0;
        self.last_answer = Some(now);
    }

    pub(super) fn failed(&mut self, failure: Failure, trouble: String, now: Moment) {
        self.trouble = trouble;
        self.window.failed();
        self.breaker.failed(failure, now);
    }

    /// A connection did not come up, `open` others being up.
    pub(super) fn not_opened(&mut self, trouble: Trouble, open: usize, now: Moment) {
        self.turned_back(now);
        match trouble {
            Trouble::NoRoom(_) if open > 0 => self.window.turned_away(open),
            // Some say that they have no room, and some drop the connection: once is bad luck.
            Trouble::Away(_) if open > 0 && self.turned_back >= 2 => self.window.turned_away(open),
            Trouble::Away(_) if open > 0 => {}
            trouble => self.failed(Failure::Connection, trouble.into_words(), now),
        }
    }

    /// The next connection waits, longer each time.
    pub(super) fn turned_back(&mut self, now: Moment) {
        const FIRST: Duration = Duration::from_millis(250);
        const LONGEST: Duration = Duration::from_secs(30);
        self.not_before = now.after((FIRST * (1 << self.turned_back.min(10))).min(LONGEST));
        self.turned_back += 1;
    }

    /// A new connection has carried its first message.
    pub(super) fn welcomed(&mut self) {
        self.turned_back = 0;
    }

    /// Until when no connection is opened, though there is room for one.
    pub(super) fn opens_from(&self, now: Moment) -> Option<Moment> {
        let quiet = self.quiet.unwrap_or(Moment::START);
        Some(self.not_before.max(quiet)).filter(|from| now < *from)
    }

    /// Leaves the relay alone for a while; how long, when that is longer than a run should sit and wait.
    pub(super) fn slow_down(&mut self, answer: Answer, now: Moment) -> Option<Duration> {
        self.breaker.answered();
        self.last_answer = Some(now);
        let Answer::TooFast { wait } = answer else { return None };
        // Connections that were under way together hear it together: that is one request to slow down.
        if !self.is_quiet(now) {
            self.too_fast += 1;
            self.window.failed();
        }
        match pace::breather(wait, self.too_fast) {
            Ok(breather) => {
                self.quiet = self.quiet.max(Some(now.after(breather)));
                None
            }
            Err(long) => Some(long),
        }
    }

    fn is_quiet(&self, now: Moment) -> bool {
        self.quiet.is_some_and(|until| now < until)
    }

    /// Messages that may leave now.
    pub(super) fn ready(&mut self, now: Moment) -> usize {
        if self.is_quiet(now) {
            return 0;
        }
        match &mut self.bucket {
            Some(bucket) => bucket.ready(now),
            None => usize::MAX,
        }
    }

    pub(super) fn take(&mut self, now: Moment) {
        if let Some(bucket) = &mut self.bucket {
            bucket.ready(now);
            bucket.take(1);
        }
    }

    /// When the next message may leave, if not now.
    pub(super) fn next_leave(&mut self, now: Moment) -> Option<Moment> {
        if self.is_quiet(now) {
            return self.quiet;
        }
        let bucket = self.bucket.as_mut()?;
        (bucket.ready(now) == 0).then(|| bucket.next())
    }
}
