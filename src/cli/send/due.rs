//! What is due of each newsletter: what was begun, the latest slot that has come, and extras with an hour of their own.
//!
//! A reason not to send is told once a slot, so that an editor gets one mail about it and not twelve an hour.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::alarm::{About, Sight, Trouble};
use crate::cli::books::{clock_time, thousands};
use crate::cli::send::{How, Sending};
use crate::cli::{Exit, Failure, Outcome, World};
use crate::config::{Approval, Config, Newsletter};
use crate::files;
use crate::issue;
use crate::press::{self, lookout};
use crate::schedule;
use crate::store::{Edition, EditionState, Event, Purpose, Store};

/// What is known of the files a round walks over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Files {
    /// They are what there is.
    AtHand,
    /// The command that brings them failed: there may be newer ones.
    Doubtful,
}

/// What a walk came to: the worst end of all, and what somebody must know of.
pub(super) struct Walked {
    pub(super) exit: Exit,
    pub(super) sights: Vec<Sight>,
}

/// Goes through every slot that may need sending. One that is not ready keeps no other back.
pub(super) fn walk(world: &World, config: &Config, how: How, files: Files) -> Result<Walked, Failure> {
    let mut walked = Walked { exit: Exit::Done, sights: Vec::new() };
    for newsletter in world.newsletters(config)? {
        for slot in slots(world, config, newsletter)? {
            let due = Due { world, config, newsletter, slot, how, files };
            let end = due.send();
            walked.sights.extend(due.sights(&end)?);
            let exit = match end {
                Ok(exit) => exit,
                Err(failure) => due.told_once(failure)?,
            };
            walked.exit = walked.exit.worst(exit);
            if matches!(walked.exit, Exit::Interrupted | Exit::Terminated) {
                return Ok(walked);
            }
        }
    }
    Ok(walked)
}

/// What may need sending: editions begun and not finished, the latest slot that has come, extras whose hour has.
fn slots(world: &World, config: &Config, newsletter: &Newsletter) -> Result<Vec<String>, Failure> {
    let store = world.store(config)?;
    let mut slots: Vec<String> =
        store.unfinished(Some(&newsletter.id))?.into_iter().map(|edition| edition.slot).collect();
    let now = world.now();
    slots.extend(schedule::latest_due(newsletter, now).map(|slot| slot.date.to_string()));
    slots.extend(extras(config, newsletter, now));
    slots.sort();
    slots.dedup();
    Ok(slots)
}

/// Extras of today and yesterday whose own hour has come, or whose hour nobody can read: those are told.
fn extras(config: &Config, newsletter: &Newsletter, now: DateTime<Utc>) -> Vec<String> {
    let today = now.with_timezone(&newsletter.timezone).date_naive();
    let recent = |slot: &String| {
        let date = issue::date_of(slot);
        press::is_extra(slot) && date.is_some_and(|date| (0..=1).contains(&(today - date).num_days()))
    };
    let come = |slot: &String| match press::comes_at(config, newsletter, slot) {
        Ok(at) => at.is_some_and(|at| at <= now),
        Err(_) => true,
    };
    files::slots(&config.root, &newsletter.id).into_iter().filter(recent).filter(come).collect()
}

/// One slot on its round.
struct Due<'a> {
    world: &'a World,
    config: &'a Config,
    newsletter: &'a Newsletter,
    slot: String,
    how: How,
    files: Files,
}

impl Due<'_> {
    /// Sends it, or says why not.
    fn send(&self) -> Outcome {
        let Self { world, config, newsletter, slot, how, files } = self;
        let mut store = world.store(config)?;
        let begun = store.edition(&newsletter.id, slot, Purpose::Issue)?;
        if begun.as_ref().is_some_and(|edition| matches!(edition.state, EditionState::Done | EditionState::Cancelled)) {
            return Ok(Exit::Done);
        }
        let sending = Sending::new(world, config, newsletter, slot.clone(), *how)?;
        if sending.purpose == Purpose::Rehearsal {
            return Err(Failure::not_ready(format!("{} would go by a rehearsal relay", sending.name()))
                .hint("give `[relays.main] url` a real relay; `pressrun send DATE` rehearses"));
        }
        let written = files::slots(&config.root, &newsletter.id).iter().any(|own| own == slot);
        // An extra whose hour cannot be read says so when it is compiled.
        let at = press::comes_at(config, newsletter, slot).ok().flatten();
        let late = at.is_some_and(|at| schedule::too_late(newsletter, at, world.now()));
        match &begun {
            Some(edition) if edition.state == EditionState::Sending && self.waits_for_a_day(&store)? => {
                return Ok(Exit::Temporary);
            }
            Some(edition) if late && !self.waited_for_a_day(&store)? => {
                self.wait_for_release(&mut store, &sending, edition)?
            }
            Some(_) => {}
            // Nobody wrote one, and its day has passed: that was told then, or nobody was here yet.
            None if late && !written => return Ok(Exit::Done),
            None if late => return Err(self.too_late(&sending, at)),
            None if store.adopted()?.is_some_and(|adopted| at.is_some_and(|at| at <= adopted)) => {
                let name = sending.name();
                let why = format!("{name} was due when the store was adopted, and may have gone out by the one before");
                return Err(Failure::not_ready(why).hint(format!("`pressrun send {slot}` sends it all the same")));
            }
            None if !written => {
                return Err(Failure::not_ready(format!("{} is due, and there is no issue", sending.name()))
                    .hint(format!("write issues/{}/{slot}.toml, or add {slot} to `skip`", newsletter.id)));
            }
            // What somebody approved is bound by its content; without that, an old file would go out unseen.
            None if *files == Files::Doubtful && newsletter.approval == Approval::Optional => {
                return Err(Failure::not_ready(format!(
                    "{} may not be today's: `[source] pull` failed, and nobody has to approve it",
                    sending.name()
                ))
                .hint(format!("once the files are right, `pressrun send {slot}` sends it")));
            }
            None => {}
        }
        sending.go(store)
    }

    /// Whether its relay has carried all that its day allows, and no other helps out: it goes on with the next day.
    fn waits_for_a_day(&self, store: &Store) -> Result<bool, Failure> {
        let from = self.next_day(store)?.filter(|from| *from > self.world.now());
        if let Some(from) = from {
            let Self { newsletter: Newsletter { id, relay, timezone, .. }, slot, .. } = self;
            let from = clock_time(from, *timezone, self.world.now());
            self.world.say(format_args!(
                "{id} {slot}: relay {relay} has carried the messages of its day, and goes on at {from}"
            ));
        }
        Ok(from.is_some())
    }

    /// Whether a day has begun since, so lately that what waited for it is not late.
    fn waited_for_a_day(&self, store: &Store) -> Result<bool, Failure> {
        let from = self.next_day(store)?.map(|from| from.with_timezone(&self.newsletter.timezone));
        Ok(from.is_some_and(|from| !schedule::too_late(self.newsletter, from, self.world.now())))
    }

    fn next_day(&self, store: &Store) -> Result<Option<DateTime<Utc>>, Failure> {
        let relay = self.world.relay(self.config, self.newsletter)?;
        if relay.spare.is_some() {
            return Ok(None);
        }
        Ok(store.spent_until(&relay.name, &relay.quota, self.world.now())?)
    }

    /// A slot that is too old is not begun by a machine: at noon nobody wants the morning's news.
    fn too_late(&self, sending: &Sending<'_>, at: Option<DateTime<Tz>>) -> Failure {
        let late = at.map_or(TimeDelta::zero(), |at| self.world.now() - at.to_utc());
        Failure::unmet("too-late", format!("{} is {} late", sending.name(), hours(late)))
            .hint(format!("`pressrun send {}` sends it all the same", sending.slot))
    }

    /// A run that an outage broke off with readers still queued, found hours after its slot, is held once: an
    /// editor releases it or not. Deferred readers are no outage; they are tried again until the edition expires.
    fn wait_for_release(&self, store: &mut Store, sending: &Sending<'_>, edition: &Edition) -> Result<(), Failure> {
        let queued = store.counts(edition.id)?.queued;
        let (now, Edition { newsletter, slot, .. }) = (self.world.now(), edition);
        if queued == 0 {
            return Ok(());
        }
        let why = format!("broken off with {} queued, and too late to go on by itself", thousands(queued));
        if !self.how.dry_run {
            if !store.tell_once(newsletter, slot, "held: too late to resume by itself", now)? {
                return Ok(());
            }
            store.hold(newsletter, slot, edition.purpose, now)?;
            let event = Event { at: now, who: lookout::PRESS.to_owned(), what: "held".to_owned(), detail: why.clone() };
            store.note(newsletter, slot, &event)?;
            // Told below, in words that say why.
            store.tell_once(newsletter, slot, &sending.held(), now)?;
        }
        Err(Failure::not_ready(format!("{} was {why}", sending.name()))
            .hint(format!("`pressrun release {slot}` lets it go on, `pressrun cancel {slot}` ends it")))
    }

    /// What its end means to whoever is told of troubles.
    fn sights(&self, end: &Outcome) -> Result<Vec<Sight>, Failure> {
        let about = |trouble| About::issue(trouble, &self.newsletter.id, &self.slot);
        let name = format!("{} {}", self.newsletter.title, self.slot);
        let edition = self.world.store(self.config)?.edition(&self.newsletter.id, &self.slot, Purpose::Issue)?;
        let begun = edition.as_ref().is_some_and(|edition| edition.version > 0);
        let held = edition.is_some_and(|edition| edition.state == EditionState::Held);
        Ok(match end {
            Ok(Exit::Done | Exit::Unsure) => vec![
                Sight::right(about(Trouble::Unsent), format!("{name} was sent, or is not to be")),
                Sight::right(about(Trouble::Failed), format!("{name} was sent, or is not to be")),
            ],
            Ok(_) if begun => vec![Sight::right(about(Trouble::Unsent), format!("{name} is on its way"))],
            Ok(_) => Vec::new(),
            Err(Failure { exit: Exit::Usage | Exit::Unexpected, message, hints, .. }) => {
                vec![Sight::wrong(about(Trouble::Failed), format!("{name} is not sent: {message}"), hints.join("\n"))]
            }
            // What a person or the press holds is told as that.
            Err(Failure { exit: Exit::NotReady | Exit::DoesNotCompile | Exit::ChecksFailed, .. }) if held => Vec::new(),
            Err(Failure {
                exit: Exit::NotReady | Exit::DoesNotCompile | Exit::ChecksFailed,
                message,
                hints,
                drawn,
                check: _,
            }) => {
                // Its name stands before already.
                let own = format!("{} {} ", self.newsletter.id, self.slot);
                let why = match message.strip_prefix(&own) {
                    Some(rest) => format!("it {rest}"),
                    None if message.is_empty() => "it has errors".to_owned(),
                    None => message.clone(),
                };
                let mend = [drawn.trim_end(), &hints.join("\n")].join("\n");
                vec![Sight::wrong(about(Trouble::Unsent), format!("{name} is not sent: {why}"), mend.trim())]
            }
            Err(_) => Vec::new(),
        })
    }

    /// Exit 0 and silence for a reason that was told before; any other failure speaks each time.
    fn told_once(&self, failure: Failure) -> Result<Exit, Failure> {
        let once = matches!(failure.exit, Exit::NotReady | Exit::DoesNotCompile | Exit::ChecksFailed);
        if once && !self.how.dry_run {
            let mut store: Store = self.world.store(self.config)?;
            // With the findings in it: another mistake in the same issue is another reason.
            let reason = format!("{}{}", failure.drawn, failure.message);
            if !store.tell_once(&self.newsletter.id, &self.slot, &reason, self.world.now())? {
                return Ok(Exit::Done);
            }
        }
        self.world.explain(&failure);
        Ok(failure.exit)
    }
}

/// `25 min`, `3 h 5 min`.
pub(super) fn hours(late: TimeDelta) -> String {
    match late.num_hours() {
        0 => format!("{} min", late.num_minutes()),
        hours => format!("{hours} h {} min", late.num_minutes() % 60),
    }
}
