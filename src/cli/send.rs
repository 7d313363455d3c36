//! `send`: the only command that mails the list.
//!
//! Typed again it resumes; typed by cron (`--due`) it finds out by itself what is due. Whatever the way in,
//! an edition is taken under its lock, frozen once, and pressed until nobody is open or something says stop.

mod due;
mod ready;
mod round;
mod run;
mod stamper;
mod watched;

use std::time::Duration;

use clap::Args;
use dialoguer::Input;
use serde_json::json;

use crate::cli::books::{Books, plural, voice};
use crate::cli::{Exit, Failure, Outcome, World, pick};
use crate::config::{self, Config, Newsletter};
use crate::issue;
use crate::press;
use crate::schedule;
use crate::store::{Edition, EditionLock, EditionState, Purpose, Store};

pub(crate) use ready::{log_waivers, publish};

use due::hours;
use ready::Ready;

/// Send an issue to its readers; run again, it goes on where it was
///
/// Without --yes it shows the audience and asks for the number of readers to be typed. It never skips
/// approval, blocking checks, or a list that swung.
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun send                      the next issue, asking
    pressrun send 2026-11-24 --yes     now, whatever the slot says
    */5 * * * *  pressrun -C /srv/newsroom send --due --quiet")]
pub(crate) struct Send {
    /// A date, `today`, `mon`, or a path; left out, the earliest unsent issue from today on
    #[arg(conflicts_with = "due")]
    date: Option<String>,
    /// Whatever is due, of all newsletters, and what was left open: for cron
    #[arg(long)]
    due: bool,
    /// Say what would be sent, and stop
    #[arg(long)]
    dry_run: bool,
    /// Ask nothing
    #[arg(short, long)]
    yes: bool,
    /// Stop on hold after so many hand-overs
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Stay this long for those who are deferred, such as 30m
    #[arg(long, value_name = "SPAN", value_parser = span, conflicts_with = "due")]
    wait: Option<Duration>,
}

fn span(text: &str) -> Result<Duration, String> {
    config::duration(text).ok_or_else(|| "expected a number and s, m, h or d, such as 30m".to_owned())
}

/// How a run was asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct How {
    /// By cron: nobody is asked, the slot must have come, and a rehearsal does not count.
    due: bool,
    yes: bool,
    /// Only say what would be done.
    dry_run: bool,
    limit: Option<u64>,
    /// How long to stay for deferred readers.
    wait: Option<Duration>,
}

impl Send {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let Self { due, dry_run, yes, limit, wait, .. } = self;
        let how = How { due, yes: yes || due, dry_run, limit, wait };
        if due {
            return round::run(world, how);
        }
        let config = world.config()?;
        let date = self.date.as_deref();
        let newsletter = pick::newsletter(world, &config, date)?;
        let store = world.store(&config)?;
        let slot = pick::slot_to_send(world, &config, newsletter, &store, date)?;
        let sending = Sending::new(world, &config, newsletter, slot, how)?;
        // A rehearsal is of any day.
        if sending.purpose == Purpose::Issue {
            sending.note_hour(&store)?;
        }
        sending.go(store)
    }
}

/// One slot of one newsletter, on its way to the press.
pub(super) struct Sending<'a> {
    world: &'a World,
    config: &'a Config,
    newsletter: &'a Newsletter,
    slot: String,
    purpose: Purpose,
    how: How,
}

impl<'a> Sending<'a> {
    pub(super) fn new(
        world: &'a World,
        config: &'a Config,
        newsletter: &'a Newsletter,
        slot: String,
        how: How,
    ) -> Result<Self, Failure> {
        let purpose = world.purpose(config, newsletter)?;
        Ok(Self { world, config, newsletter, slot, purpose, how })
    }

    /// Another day's issue, or today's at another hour, is sent where somebody names it, and never by a slip of
    /// the fingers.
    fn note_hour(&self, store: &Store) -> Result<(), Failure> {
        let Self { world, config, newsletter, slot, .. } = self;
        if press::edition(store, &newsletter.id, slot)?.is_some_and(|edition| edition.version > 0) {
            return Ok(());
        }
        let now = world.now();
        let today = now.with_timezone(&newsletter.timezone).date_naive();
        // An hour that cannot be read is told when the issue is compiled.
        let hour = press::comes_at(config, newsletter, slot).ok().flatten();
        let Some(date) = issue::date_of(slot) else { return Ok(()) };
        let day = date.format("%A %-d %B %Y");
        let note = match (today - date).num_days() {
            1 => Some(format!("note[date-stale]: this is yesterday's, the issue of {day}")),
            days @ 2.. => Some(format!("note[date-stale]: this is {days} days old, the issue of {day}")),
            ..0 => {
                Some(format!("note[outside-window]: this is the issue of {day}, and today is {}", today.format("%A")))
            }
            0 => hour.filter(|hour| *hour > now || schedule::too_late(newsletter, *hour, now)).map(|hour| {
                let from_it = (now - hour.to_utc()).abs();
                let side = if hour > now { "before" } else { "after" };
                format!("note[outside-window]: it is {} {side} its hour, {}", hours(from_it), hour.format("%H:%M"))
            }),
        };
        if let Some(note) = note {
            world.say(note);
        }
        Ok(())
    }

    /// Takes the lock, resumes what was begun or begins it, and presses.
    pub(super) fn go(&self, mut store: Store) -> Outcome {
        if self.how.dry_run {
            return self.rehearse_on_paper(store);
        }
        let Some(lock) = EditionLock::acquire(store.path(), &self.newsletter.id, &self.slot)? else {
            self.world.say(format_args!("{} is being sent by another process", self.name()));
            return Ok(Exit::Temporary);
        };
        let sole = store.sole(self.purpose)?;
        let edition = match store.edition(&self.newsletter.id, &self.slot, self.purpose)? {
            Some(edition) => match self.standing(edition)? {
                Standing::Over => return Ok(Exit::Done),
                Standing::Begun(edition) => edition,
                Standing::Unfrozen => self.begin(&mut store)?,
            },
            None => self.begin(&mut store)?,
        };
        run::press(self, store, &sole, &lock, edition)
    }

    /// What an edition that exists allows.
    fn standing(&self, edition: Edition) -> Result<Standing, Failure> {
        let flag = self.world.newsletter_flag(self.config, self.newsletter);
        match edition.state {
            EditionState::Done => {
                self.world.say(format_args!("{}{} was already sent", self.voice(), self.name()));
                Ok(Standing::Over)
            }
            EditionState::Cancelled if self.how.due => Ok(Standing::Over),
            EditionState::Cancelled => {
                Err(Failure::not_ready(format!("{} was cancelled; its books are closed", self.name())))
            }
            EditionState::Held => {
                Err(Failure::not_ready(self.held())
                    .hint(format!("`pressrun{flag} release {}` lets it go on", self.slot)))
            }
            EditionState::Freezing => Ok(Standing::Unfrozen),
            EditionState::Ready | EditionState::Sending => Ok(Standing::Begun(edition)),
        }
    }

    /// Finds the issue ready, asks, and freezes it with its audience.
    fn begin(&self, store: &mut Store) -> Result<Edition, Failure> {
        let ready = Ready::find(self, store)?;
        self.ask(&ready)?;
        let edition = ready.freeze(self, store)?;
        let audience = plural(edition.audience, "reader");
        self.world.say(format_args!("{}frozen {} for {audience}: {}", self.voice(), self.name(), edition.subject));
        Ok(edition)
    }

    /// The number of readers, typed by a person: nobody mails 48,000 people with a stray Return.
    fn ask(&self, ready: &Ready) -> Result<(), Failure> {
        if self.how.due || self.how.yes {
            return Ok(());
        }
        if !self.world.can_ask() {
            return Err(Failure::usage("sending asks for the number of readers, and nobody is at the terminal")
                .hint("`--yes` asks nothing; `--due` is for cron"));
        }
        for line in ready.lines(self) {
            self.world.say(line);
        }
        let typed: String = Input::new()
            .with_prompt(format!("Type the number of readers ({}) to send", ready.audience))
            .allow_empty(true)
            .interact_text()
            .map_err(|error| Failure::unexpected(format_args!("the question got no answer: {error}")))?;
        if typed.trim().replace(',', "") == ready.audience.to_string() {
            Ok(())
        } else {
            Err(Failure::not_ready(format!("`{}` is not {}: nothing was sent", typed.trim(), ready.audience)))
        }
    }

    /// `--dry-run`: everything up to the freeze, and nothing of it kept.
    fn rehearse_on_paper(&self, mut store: Store) -> Outcome {
        let begun = store.edition(&self.newsletter.id, &self.slot, self.purpose)?;
        if let Some(edition) = begun.filter(|edition| edition.version > 0) {
            let books = Books::open(&store, edition)?;
            let state = books.edition.state.as_str();
            let sentence = format!("{}{} is {state}: {}", self.voice(), self.name(), books.equation());
            self.world.tell(sentence, books.json())?;
            return Ok(Exit::Done);
        }
        let ready = Ready::find(self, &mut store)?;
        let mut lines = ready.lines(self);
        lines.push(format!("{}nothing was sent: this was a dry run", self.voice()));
        self.world.tell(
            lines.join("\n"),
            json!({
                "newsletter": self.newsletter.id,
                "slot": self.slot,
                "rehearsal": self.purpose == Purpose::Rehearsal,
                "subject": ready.subject(),
                "audience": ready.audience,
                "dry_run": true,
            }),
        )?;
        Ok(Exit::Done)
    }

    /// Why a held edition is not sent.
    fn held(&self) -> String {
        format!("{} is held", self.name())
    }

    fn name(&self) -> String {
        format!("{} {}", self.newsletter.id, self.slot)
    }

    fn voice(&self) -> &'static str {
        voice(self.purpose)
    }
}

/// What is to be done about an edition that exists.
enum Standing {
    Over,
    Begun(Edition),
    Unfrozen,
}
