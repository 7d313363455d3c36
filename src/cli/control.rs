//! `hold`, `release`, `cancel`, `unapprove` and `log`: deciding about an edition, and who did.

use clap::Args;
use serde_json::{Value, json};

use crate::cli::books::{Books, plural, voice};
use crate::cli::{Exit, Failure, Outcome, World, pick};
use crate::press;
use crate::store::{Change, Edition, EditionState, Event, Purpose, Store};

/// Stop an edition, before or during its run
///
/// What is on the wire is finished and recorded; nobody else is sent to until `release`.
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun hold                              the run that goes on now, or the next issue
    pressrun hold 2026-11-24 --by Ada")]
pub(crate) struct Hold {
    /// A date, `today`, `mon`, or a path; left out, the earliest unsent issue from today on
    date: Option<String>,
    #[command(flatten)]
    by: By,
}

/// Let a held edition go on
///
/// Lanes that a wave of refusals paused go on too, and what the refusals did to those readers becomes final.
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun release 2026-11-24 --by Ada
    pressrun release 2026-11-24 --lift         the refusals were a mistake of the provider")]
pub(crate) struct Release {
    /// A date, `today`, `mon`, or a path; left out, the earliest unsent issue from today on
    date: Option<String>,
    /// Do not hold the refusals of paused lanes against their readers: the provider was wrong
    #[arg(long)]
    lift: bool,
    #[command(flatten)]
    by: By,
}

/// End an edition for good: whoever has nothing yet gets nothing
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun cancel 2026-11-24 --by Ada
    pressrun -n evening cancel today")]
pub(crate) struct Cancel {
    /// A date, `today`, `mon`, or a path; left out, the earliest unsent issue from today on
    date: Option<String>,
    #[command(flatten)]
    by: By,
}

/// Take an approval back
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun unapprove                         the next issue
    pressrun unapprove 2026-11-24 --by Ada")]
pub(crate) struct Unapprove {
    /// A date, `today`, `mon`, or a path; left out, the earliest unsent issue from today on
    date: Option<String>,
    #[command(flatten)]
    by: By,
}

/// Who approved, held, released, cancelled or sent an issue, and when
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun log                               of the newest edition
    pressrun log 2026-11-24
    pressrun -n morning log today --json")]
pub(crate) struct Log {
    /// A date, `today`, `mon`, or a path; left out, the newest edition
    date: Option<String>,
}

/// Whose decision it is.
#[derive(Args)]
pub(crate) struct By {
    /// Your name, for the log; left out, the login name
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

impl By {
    /// The name given, or the system's name for whoever sits here.
    pub(crate) fn name(&self) -> String {
        self.by.as_deref().map_or_else(login, named)
    }
}

/// The system's name for whoever sits here.
pub(crate) fn login() -> String {
    let name = ["USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok());
    named(&name.unwrap_or_default())
}

fn named(name: &str) -> String {
    let clean: String = name.chars().filter(|c| !c.is_control()).collect();
    if clean.trim().is_empty() { press::NOBODY.to_owned() } else { clean.trim().to_owned() }
}

impl Hold {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let config = world.config()?;
        let newsletter = pick::newsletter(world, &config, self.date.as_deref())?;
        let mut store = world.store(&config)?;
        let slot = pick::slot(world, &config, newsletter, &store, self.date.as_deref())?;
        let purpose = world.purpose(&config, newsletter)?;
        let purpose = press::edition(&store, &newsletter.id, &slot)?.map_or(purpose, |edition| edition.purpose);
        let change = store.hold(&newsletter.id, &slot, purpose, world.now())?;
        let told = Told { newsletter: &newsletter.id, slot: &slot, purpose, by: &self.by.name() };
        told.change(world, &mut store, change, "held", "hold")
    }
}

impl Release {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        decide(world, self.date.as_deref(), &self.by, "released", "release", |store, edition, now| {
            let change = store.release(edition.id)?;
            let paused = store.paused(edition.id)?.iter().any(|paused| !paused.released);
            // A lane that paused over the last readers of an edition is decided on when that is over.
            let change = match change {
                Change::Refused(EditionState::Done) if paused => Change::Made(EditionState::Done),
                Change::Refused(state) => return Ok(Change::Refused(state)),
                change => change,
            };
            let lifted = store.release_lanes(edition.id, self.lift, now)?;
            if lifted > 0 {
                let readers = plural(lifted, "reader");
                world.say(format_args!("the refusals of {readers} are lifted; `resend --failed` tries them again"));
            }
            Ok(change)
        })
    }
}

impl Cancel {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        decide(world, self.date.as_deref(), &self.by, "cancelled", "cancel", |store, edition, now| {
            store.cancel(edition.id, now)
        })
    }
}

/// A decision about an edition that exists.
fn decide(
    world: &World,
    date: Option<&str>,
    by: &By,
    done: &str,
    wish: &str,
    change: impl FnOnce(&mut Store, &Edition, chrono::DateTime<chrono::Utc>) -> Result<Change, crate::store::StoreError>,
) -> Outcome {
    let config = world.config()?;
    let newsletter = pick::newsletter(world, &config, date)?;
    let mut store = world.store(&config)?;
    let slot = pick::slot(world, &config, newsletter, &store, date)?;
    let edition = press::edition(&store, &newsletter.id, &slot)?.ok_or_else(|| {
        Failure::not_ready(format!("{} {slot} was not begun yet: there is nothing to {wish}", newsletter.title))
    })?;
    let change = change(&mut store, &edition, world.now())?;
    let told = Told { newsletter: &newsletter.id, slot: &slot, purpose: edition.purpose, by: &by.name() };
    told.change(world, &mut store, change, done, wish)
}

/// Whose decision about what, for the log and the screen.
struct Told<'a> {
    newsletter: &'a str,
    slot: &'a str,
    purpose: Purpose,
    by: &'a str,
}

impl Told<'_> {
    fn object(&self, changed: bool, what: &str) -> Value {
        json!({
            "newsletter": self.newsletter,
            "slot": self.slot,
            "rehearsal": self.purpose == Purpose::Rehearsal,
            "what": what,
            "changed": changed,
        })
    }

    fn change(&self, world: &World, store: &mut Store, change: Change, done: &str, wish: &str) -> Outcome {
        let name = format!("{} {}", self.newsletter, self.slot);
        let voice = voice(self.purpose);
        match change {
            Change::Made(_) => {
                let event = Event {
                    at: world.now(),
                    who: self.by.to_owned(),
                    what: done.to_owned(),
                    detail: voice.trim_end_matches(": ").to_owned(),
                };
                store.note(self.newsletter, self.slot, &event)?;
                world.tell(format_args!("{voice}{name} is {done}"), self.object(true, done))?;
                let frozen = store.edition(self.newsletter, self.slot, self.purpose)?;
                if let Some(edition) = frozen.filter(|edition| edition.version > 0 && !world.json) {
                    world.print(format_args!("{voice}{}", Books::open(store, edition)?.equation()))?;
                }
                Ok(Exit::Done)
            }
            Change::Already(state) => {
                let sentence = format!("{voice}{name} was {} before", state.as_str());
                world.tell(sentence, self.object(false, state.as_str()))?;
                Ok(Exit::Done)
            }
            Change::Refused(state) => Err(Failure::not_ready(format!(
                "{name} is {}: it is too late to {wish} it",
                match state {
                    EditionState::Done => "sent",
                    other => other.as_str(),
                }
            ))),
        }
    }
}

impl Unapprove {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let config = world.config()?;
        let newsletter = pick::newsletter(world, &config, self.date.as_deref())?;
        let mut store = world.store(&config)?;
        let slot = pick::slot(world, &config, newsletter, &store, self.date.as_deref())?;
        if !press::withdraw(&mut store, newsletter, &slot, &self.by.name(), world.now())? {
            return Err(Failure::not_ready(format!("{} {slot} has no approval to take back", newsletter.title)));
        }
        world.tell(
            format_args!("{} {slot} is no longer approved", newsletter.id),
            json!({"newsletter": newsletter.id, "slot": slot, "approved": false}),
        )?;
        Ok(Exit::Done)
    }
}

impl Log {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let config = world.config()?;
        let newsletter = pick::newsletter(world, &config, self.date.as_deref())?;
        let store = world.store(&config)?;
        let slot = match self.date.as_deref() {
            None => match press::newest(&store, newsletter)? {
                Some(edition) => edition.slot,
                None => pick::slot(world, &config, newsletter, &store, None)?,
            },
            date => pick::slot(world, &config, newsletter, &store, date)?,
        };
        for event in store.events(&newsletter.id, &slot)? {
            if world.json {
                world.print(json!({
                    "at": event.at.to_rfc3339(), "who": event.who, "what": event.what, "detail": event.detail,
                }))?;
            } else {
                let at = event.at.with_timezone(&newsletter.timezone).format("%Y-%m-%d %H:%M:%S %Z");
                let detail = if event.detail.is_empty() { String::new() } else { format!(": {}", event.detail) };
                world.print(format_args!("{at}  {} {}{detail}", event.who, event.what))?;
            }
        }
        Ok(Exit::Done)
    }
}
