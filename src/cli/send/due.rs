//! `send --due`: what cron calls every five minutes.
//!
//! It goes on with what was begun, then looks at the latest slot of each newsletter. A reason not to send is
//! told once a slot, so that an editor gets one mail about it and not twelve an hour.

use chrono::{DateTime, TimeDelta, Utc};

use crate::cli::books::thousands;
use crate::cli::send::{How, Sending};
use crate::cli::{Exit, Failure, Outcome, World};
use crate::config::{Config, Newsletter};
use crate::files;
use crate::issue;
use crate::schedule::{self, Slot};
use crate::store::{Edition, EditionState, Purpose, Store};

pub(super) fn run(world: &World, config: &Config, limit: Option<u64>) -> Outcome {
    let how = How { due: true, yes: true, limit, wait: None };
    let mut worst = Exit::Done;
    for newsletter in world.newsletters(config)? {
        for slot in slots(world, config, newsletter)? {
            let end = match one(world, config, newsletter, &slot, how) {
                Ok(exit) => exit,
                Err(failure) => told_once(world, config, newsletter, &slot, failure)?,
            };
            worst = worst.worst(end);
            if matches!(worst, Exit::Interrupted | Exit::Terminated) {
                return Ok(worst);
            }
        }
    }
    Ok(worst)
}

/// What may need sending: editions begun and not finished, then the latest slot that has come.
fn slots(world: &World, config: &Config, newsletter: &Newsletter) -> Result<Vec<String>, Failure> {
    let store = world.store(config)?;
    let mut slots: Vec<String> =
        store.unfinished(Some(&newsletter.id))?.into_iter().map(|edition| edition.slot).collect();
    if let Some(slot) = schedule::latest_due(newsletter, world.now()) {
        slots.push(slot.date.to_string());
    }
    let now = world.now();
    slots.extend(extras(config, newsletter, now));
    slots.sort();
    slots.dedup();
    Ok(slots)
}

/// Extras of today and yesterday (`2026-11-24-2`) whose own `send_at` has come.
fn extras(config: &Config, newsletter: &Newsletter, now: DateTime<Utc>) -> Vec<String> {
    let today = now.with_timezone(&newsletter.timezone).date_naive();
    let recent = |slot: &String| {
        slot.len() > 10 && issue::date_of(slot).is_some_and(|date| (0..=1).contains(&(today - date).num_days()))
    };
    let come = |slot: &String| crate::press::due(config, newsletter, slot).is_some_and(|due| due <= now);
    files::slots(&config.root, &newsletter.id).into_iter().filter(recent).filter(come).collect()
}

fn one(world: &World, config: &Config, newsletter: &Newsletter, slot: &str, how: How) -> Outcome {
    let mut store = world.store(config)?;
    let sending = Sending::new(world, config, newsletter, slot.to_owned(), how)?;
    let begun = store.edition(&newsletter.id, slot, Purpose::Issue)?;
    if begun.as_ref().is_some_and(|edition| matches!(edition.state, EditionState::Done | EditionState::Cancelled)) {
        return Ok(Exit::Done);
    }
    if sending.purpose == Purpose::Rehearsal {
        return Err(Failure::not_ready(format!("{} would go by a rehearsal relay", sending.name()))
            .hint("give `[relays.main] url` a real relay; `pressrun send DATE` rehearses"));
    }
    let due = issue::date_of(slot).map(|date| schedule::slot_on(newsletter, date));
    if let Some(due) = due.filter(|_| slot.len() == 10) {
        let late = schedule::too_late(newsletter, &due, world.now());
        let written = files::slots(&config.root, &newsletter.id).iter().any(|own| own == slot);
        match &begun {
            Some(edition) if late => wait_for_release(world, &mut store, &sending, edition)?,
            Some(_) => {}
            // Nobody wrote one, and its day has passed: that was told then, or nobody was here yet.
            None if late && !written => return Ok(Exit::Done),
            None if late => return Err(too_late(world, &sending, &due)),
            None => {}
        }
        if begun.is_none() && !written {
            return Err(Failure::not_ready(format!("there is no issue for {}, and it is due", sending.name()))
                .hint(format!("write issues/{}/{slot}.toml, or add {slot} to `skip`", newsletter.id)));
        }
    }
    sending.go(store)
}

/// A slot that is too old is not begun by a machine: at noon nobody wants the morning's news.
fn too_late(world: &World, sending: &Sending<'_>, due: &Slot) -> Failure {
    let late = world.now() - due.at.to_utc();
    Failure::not_ready(format!("{} is {} late", sending.name(), hours(late)))
        .hint(format!("`pressrun send {}` sends it all the same", sending.slot))
}

/// A run that an outage broke off with readers still queued, found hours after its slot, is held once: an
/// editor releases it or not. Deferred readers are no outage; they are tried again until the edition expires.
fn wait_for_release(world: &World, store: &mut Store, sending: &Sending<'_>, edition: &Edition) -> Result<(), Failure> {
    let queued = store.counts(edition.id)?.queued;
    let Edition { newsletter, slot, .. } = edition;
    if queued == 0 || !store.tell_once(newsletter, slot, "held: too late to resume by itself", world.now())? {
        return Ok(());
    }
    store.hold(newsletter, slot, edition.purpose, world.now())?;
    // Told below, in words that say why.
    store.tell_once(newsletter, slot, &sending.held(), world.now())?;
    Err(Failure::not_ready(format!(
        "{} was broken off with {} queued, and is too late to go on by itself",
        sending.name(),
        thousands(queued)
    ))
    .hint(format!("`pressrun release {slot}` lets it go on, `pressrun cancel {slot}` ends it")))
}

fn hours(late: TimeDelta) -> String {
    match late.num_hours() {
        0 => format!("{} min", late.num_minutes()),
        hours => format!("{hours} h {} min", late.num_minutes() % 60),
    }
}

/// Exit 0 and silence for a reason that was told before; any other failure speaks each time.
fn told_once(
    world: &World,
    config: &Config,
    newsletter: &Newsletter,
    slot: &str,
    failure: Failure,
) -> Result<Exit, Failure> {
    let mut store: Store = world.store(config)?;
    let once = matches!(failure.exit, Exit::NotReady | Exit::DoesNotCompile | Exit::ChecksFailed);
    // With the findings in it: another mistake in the same issue is another reason.
    let reason = format!("{}{}", failure.drawn, failure.message);
    if once && !store.tell_once(&newsletter.id, slot, &reason, world.now())? {
        return Ok(Exit::Done);
    }
    world.explain(&failure);
    Ok(failure.exit)
}
