//! `who`: did this person get it, when, by which relay, with which reply; and if not, why not.

use clap::Args;
use serde_json::json;

use crate::address::EmailAddress;
use crate::cli::books::voice;
use crate::cli::{Exit, Failure, Outcome, World, pick};
use crate::config::Config;
use crate::ledger::State;
use crate::store::{Edition, Purpose, Store, Trace};
use crate::token::{Returned, Signer};

/// Did this person get it, and if not, why not
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun who anna@example.org
    pressrun who anna@example.org 2026-11-24
    pressrun who bounce+aed4…@example.org      whose mail came back to this return path")]
pub(crate) struct Who {
    address: String,
    /// A date, `today`, `mon`, or a path; left out, every edition
    date: Option<String>,
}

impl Who {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let address = EmailAddress::parse(&self.address).map_err(Failure::usage)?;
        let config = world.config()?;
        let store = world.store(&config)?;
        if let Some(returned) = Returned::parse(address.as_str())
            && let Some(found) = whose(&config, &store, &returned)?
        {
            world.say(format_args!("{} was meant by this return path", found.1.address));
            return tell(world, &config, &[found]);
        }
        let slot = match &self.date {
            Some(_) => {
                let newsletter = pick::newsletter(world, &config, self.date.as_deref())?;
                Some((newsletter.id.clone(), pick::slot(world, &config, newsletter, &store, self.date.as_deref())?))
            }
            None => None,
        };
        let mut found = store.who(&address)?;
        found.retain(|(edition, _)| {
            slot.as_ref().is_none_or(|(newsletter, slot)| edition.newsletter == *newsletter && edition.slot == *slot)
        });
        tell(world, &config, &found)?;
        if found.is_empty() {
            let why = why_not(&store, &address)?;
            world.tell(&why, json!({ "address": address.to_string(), "state": null, "reason": why }))?;
        }
        Ok(Exit::Done)
    }
}

fn tell(world: &World, config: &Config, found: &[(Edition, Trace)]) -> Outcome {
    for (edition, trace) in found {
        match world.json {
            true => world.print(object(edition, trace))?,
            false => world.print(sentence(config, edition, trace))?,
        }
    }
    Ok(Exit::Done)
}

/// The delivery that a return path of ours names, for mail that came back.
fn whose(config: &Config, store: &Store, returned: &Returned) -> Result<Option<(Edition, Trace)>, Failure> {
    let Some(signer) = Signer::load(&config.serve.secret_file).map_err(Failure::usage)? else { return Ok(None) };
    for edition in store.editions(None)? {
        if let Some(key) = signer.returned(&edition.newsletter, &edition.slot, returned)
            && let Some(reader) = store.reader_by_key(&key)?
        {
            let mut found = store.who(&EmailAddress::parse(&reader.address).map_err(Failure::unexpected)?)?;
            found.retain(|(own, _)| own.id == edition.id);
            return Ok(found.pop());
        }
    }
    Ok(None)
}

/// `morning 2026-11-24  sent 06:31:07 by main, 250 2.0.0 queued as 4F2A`.
fn sentence(config: &Config, edition: &Edition, trace: &Trace) -> String {
    let zone = config.newsletters.get(&edition.newsletter).map_or(config.publication.timezone, |own| own.timezone);
    let at = trace.changed.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S");
    let relay = trace.relay.as_deref().map(|relay| format!(" by {relay}")).unwrap_or_default();
    let holds_one = matches!(trace.state, State::Sending | State::Sent | State::Failed | State::Unknown);
    let version = trace.version.filter(|_| edition.version > 1 && holds_one);
    let version = version.map(|version| format!(", version {version}")).unwrap_or_default();
    let alone = if trace.text_only { ", the text edition alone" } else { "" };
    let reply = trace.reply.as_deref().filter(|reply| !reply.is_empty());
    let reply = reply.map(|reply| format!(": {reply}")).unwrap_or_default();
    let due = match (trace.state, trace.due) {
        (State::Deferred, Some(due)) => format!(", again {}", due.with_timezone(&zone).format("%H:%M")),
        _ => String::new(),
    };
    let returned = trace.returned.as_ref().map(|returned| {
        let at = returned.at.with_timezone(&zone).format("%Y-%m-%d %H:%M");
        format!("; returned later, known since {at}: {}", returned.words)
    });
    format!(
        "{}{} {}  {} {at}{relay}{alone}{version}{due}{reply}{}",
        voice(edition.purpose),
        edition.newsletter,
        edition.slot,
        trace.state.as_str(),
        returned.unwrap_or_default()
    )
}

fn object(edition: &Edition, trace: &Trace) -> serde_json::Value {
    json!({
        "newsletter": edition.newsletter,
        "slot": edition.slot,
        "rehearsal": edition.purpose == Purpose::Rehearsal,
        "address": trace.address,
        "state": trace.state.as_str(),
        "at": trace.changed.to_rfc3339(),
        "relay": trace.relay,
        "reply": trace.reply,
        "class": trace.class.map(|class| class.as_str()),
        "tries": trace.tries,
        "due": trace.due.map(|due| due.to_rfc3339()),
        "version": trace.version,
        "text_only": trace.text_only,
        "returned": trace.returned.as_ref().map(|returned| returned.words.as_str()),
    })
}

/// Why nothing went to someone: unknown to the list, suppressed, left, or simply not on an audience yet.
fn why_not(store: &Store, address: &EmailAddress) -> Result<String, Failure> {
    if let Some(suppression) = store.suppressions_of(address)?.first() {
        let since = suppression.since.format("%Y-%m-%d");
        return Ok(format!("{address} is suppressed since {since}: {}", suppression.reason.as_str()));
    }
    let Some(reader) = store.reader_by_address(address)? else {
        return Ok(format!("{address} is not on the list"));
    };
    let states: Vec<String> = store
        .subscriptions(reader.id)?
        .iter()
        .map(|own| format!("{} ({} since {})", own.newsletter, own.state.as_str(), own.since.format("%Y-%m-%d")))
        .collect();
    Ok(format!("{address} was on no audience yet; subscriptions: {}", states.join(", ")))
}
