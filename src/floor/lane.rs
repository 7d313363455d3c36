//! What the floor knows about one lane: its pace, and whether its receivers refuse a wave of readers.

use std::sync::Arc;

use crate::pace::{Answer, Bucket, Guard, Moment};

use super::Plan;

#[derive(Clone, Debug)]
pub(super) struct Lane {
    pub(super) name: Arc<str>,
    bucket: Option<Bucket>,
    guard: Option<Guard>,
    /// It waits for an editor.
    pub(super) paused: bool,
    /// The ledger does not know yet that it is.
    to_note: bool,
    /// Nobody was queued in it when the ledger was last asked.
    pub(super) dry: bool,
    /// How the last reader was refused for good.
    refusal: String,
}

impl Lane {
    pub(super) fn all(plan: &Plan) -> Vec<Self> {
        let lane = |name: &Arc<str>, rate: Option<u32>| Self {
            name: name.clone(),
            bucket: rate.map(|rate| Bucket::new(rate, Moment::START)),
            guard: (!plan.released.contains(name)).then(|| Guard::after(plan.refusals, plan.heard.lanes.get(name))),
            paused: plan.paused.contains(name),
            to_note: false,
            dry: false,
            refusal: String::new(),
        };
        plan.lanes.iter().map(|(name, rate)| lane(name, rate)).collect()
    }

    /// Somebody in it may be queued, and may be sent to.
    pub(super) fn is_open(&self) -> bool {
        !self.dry && !self.paused
    }

    /// How many may be granted now; `None` where nobody is to be asked for.
    pub(super) fn room(&mut self, now: Moment) -> Option<(Arc<str>, usize)> {
        let most = self.bucket.as_mut().map_or(usize::MAX, |bucket| bucket.ready(now));
        (self.is_open() && most > 0).then(|| (self.name.clone(), most))
    }

    pub(super) fn take(&mut self, now: Moment) {
        if let Some(bucket) = &mut self.bucket {
            bucket.ready(now);
            bucket.take(1);
        }
    }

    /// When its next message may leave, if not now.
    pub(super) fn next_leave(&mut self, now: Moment) -> Option<Moment> {
        let open = self.is_open();
        let bucket = self.bucket.as_mut().filter(|_| open)?;
        (bucket.ready(now) == 0).then(|| bucket.next())
    }

    /// Notes one answer; what to tell somebody when it pauses the lane.
    pub(super) fn heard(&mut self, answer: Answer, reply: &str) -> Option<String> {
        let guard = self.guard.as_mut()?;
        if answer == Answer::NoSuchReader {
            reply.clone_into(&mut self.refusal);
        }
        let (tried, refused) = guard.tripped_by(answer)?;
        if std::mem::replace(&mut self.paused, true) {
            return None;
        }
        self.to_note = true;
        // A wave that earlier runs heard may be seen before another reader is refused.
        let told = if self.refusal.is_empty() { "" } else { "; the last was told: " };
        Some(format!(
            "lane {} is paused: {refused} of {tried} readers were refused for good, which is a wave and not single readers{told}{}",
            self.name, self.refusal
        ))
    }

    /// Its name, once after it was paused.
    pub(super) fn pause_to_note(&mut self) -> Option<Arc<str>> {
        std::mem::take(&mut self.to_note).then(|| self.name.clone())
    }
}
