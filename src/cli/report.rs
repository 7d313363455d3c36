//! `report` and `status`: the books of a run, closed or open.

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use clap::Args;

use crate::cli::books::{self, Books, Forecast, Pace, Room, clock_time, plural, thousands};
use crate::cli::{Exit, Failure, Outcome, World, pick};
use crate::config::{Config, Newsletter, RelayKind};
use crate::ledger::{Class, State};
use crate::press;
use crate::store::{EditionState, Refusal, Store};

/// The books of an edition: who got it, who did not, and why
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun report                    the newest edition
    pressrun report 2026-11-24 --json  one object, for programs
    pressrun report --html report.html a page with charts")]
pub(crate) struct Report {
    /// A date, `today`, `mon`, or a path; left out, the newest edition
    date: Option<String>,
    /// Draw it as a page, with charts
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

/// The run now: how many stand where, how fast, and when it will be done
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun status
    pressrun status --watch            until it is over")]
pub(crate) struct Status {
    /// A date, `today`, `mon`, or a path; left out, the newest edition of each newsletter
    date: Option<String>,
    /// Again every second until the run is over
    #[arg(long)]
    watch: bool,
}

/// Unsure deliveries listed by name before the rest is left to `--json` and `who`.
const NAMED: usize = 1_000;

impl Report {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let config = world.config()?;
        let newsletter = pick::newsletter(world, &config, self.date.as_deref())?;
        let store = world.store(&config)?;
        let edition = pick::begun(world, &config, newsletter, &store, self.date.as_deref())?;
        if let Some(file) = &self.html {
            let room = Room::read(&store, &config, newsletter, edition, world.now())?;
            fs::write(file, books::document(&room)).map_err(|error| {
                Failure::unexpected(format_args!("`{}` cannot be written: {error}", file.display()))
            })?;
            world.say(format_args!("wrote {}", file.display()));
            return Ok(Exit::Done);
        }
        let books = Books::open(&store, edition)?;
        let kept = store.kept(books.edition.id)?;
        if world.json {
            let mut object = books.json();
            let returned: u64 = store.returned(books.edition.id)?.iter().map(|refusal| refusal.count).sum();
            object["returned"] = serde_json::json!(returned);
            object["versions"] = serde_json::json!(kept);
            object["relay_kind"] = serde_json::json!(world.relay(&config, newsletter)?.kind.as_str());
            world.print(object)?;
            return Ok(Exit::Done);
        }
        let mut lines = vec![headline(&books, newsletter), books.equation()];
        if books.counts.sent > 0 && world.relay(&config, newsletter)?.kind == RelayKind::Postfix {
            lines.push(
                "sent: accepted by Postfix, which delivers later; what it returns is told by `reconcile`".to_owned(),
            );
        }
        if books.edition.text_only > 0 {
            lines.push(format!("the text edition alone: {}", plural(books.edition.text_only, "reader")));
        }
        if books.edition.version > 1 {
            lines.extend(
                kept.iter().map(|(version, readers)| format!("version {version}: {}", plural(*readers, "reader"))),
            );
        }
        for state in [State::Failed, State::Deferred, State::Suppressed, State::Expired] {
            lines.extend(grouped(&store, &books, newsletter, state)?);
        }
        lines.extend(returned(&store, &books)?);
        lines.extend(unsure(&store, &books, newsletter)?);
        for line in lines {
            world.print(format!("{}{line}", books.voice()).trim_end())?;
        }
        Ok(Exit::Done)
    }
}

impl Status {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let config = world.config()?;
        let store = world.store(&config)?;
        let newsletters = match self.date {
            Some(_) => vec![pick::newsletter(world, &config, self.date.as_deref())?],
            None => world.newsletters(&config)?,
        };
        loop {
            let mut running = false;
            for newsletter in &newsletters {
                let edition = match &self.date {
                    Some(date) => Some(pick::begun(world, &config, newsletter, &store, Some(date))?),
                    None => press::newest(&store, newsletter)?,
                };
                let Some(edition) = edition else {
                    world.say(format_args!("{}: nothing was sent yet", newsletter.title));
                    continue;
                };
                let books = Books::open(&store, edition)?;
                running |= matches!(books.edition.state, EditionState::Ready | EditionState::Sending);
                if world.json {
                    world.print(books.json())?;
                } else {
                    world.print(format_args!("{}{}", books.voice(), headline(&books, newsletter)))?;
                    world.print(format_args!("{}  {}", books.voice(), books.equation()))?;
                    for line in pace(world, &store, &books, &config, newsletter)? {
                        world.print(format_args!("{}  {line}", books.voice()))?;
                    }
                }
            }
            if !(self.watch && running) {
                return Ok(Exit::Done);
            }
            thread::sleep(Duration::from_secs(1));
        }
    }
}

/// `Morning Tide 2026-11-24, done: The harbour tram is back`.
fn headline(books: &Books, newsletter: &Newsletter) -> String {
    let edition = &books.edition;
    let zone = newsletter.timezone;
    let when = match (edition.started, edition.finished) {
        (Some(started), Some(finished)) => {
            format!(" {}–{}", clock_time(started, zone, edition.begun), clock_time(finished, zone, edition.begun))
        }
        (Some(started), None) => format!(" since {}", clock_time(started, zone, edition.begun)),
        _ => String::new(),
    };
    let version = if edition.version > 1 { format!(", version {}", edition.version) } else { String::new() };
    let subject = if edition.subject.is_empty() { String::new() } else { format!(": {}", edition.subject) };
    format!("{} {}, {}{when}{version}{subject}", newsletter.title, edition.slot, edition.state.as_str())
}

/// One state's deliveries, grouped by what the relay said.
fn grouped(store: &Store, books: &Books, newsletter: &Newsletter, state: State) -> Result<Vec<String>, Failure> {
    let total = books.counts.of(state);
    if total == 0 {
        return Ok(Vec::new());
    }
    let due = match (state, books.next_due) {
        (State::Deferred, Some(at)) => {
            format!(", due from {}", clock_time(at, newsletter.timezone, books.edition.begun))
        }
        _ => String::new(),
    };
    let mut lines = vec![String::new(), format!("{} {}{due}", thousands(total), state.as_str())];
    lines.extend(store.refusals(books.edition.id, state)?.into_iter().map(refused));
    Ok(lines)
}

/// `      12  hard    550 5.1.1 no such reader  (e.g. anna@example.org)`
fn refused(refusal: Refusal) -> String {
    let class = refusal.class.map_or("", Class::as_str);
    let who = if refusal.count == 1 { refusal.address } else { format!("e.g. {}", refusal.address) };
    format!("{:>8}  {class:<6}  {}  ({who})", thousands(refusal.count), refusal.reply)
}

/// What was sent and came back later: beside the equation, which is about what was handed over.
fn returned(store: &Store, books: &Books) -> Result<Vec<String>, Failure> {
    let refusals = store.returned(books.edition.id)?;
    let total: u64 = refusals.iter().map(|refusal| refusal.count).sum();
    if total == 0 {
        return Ok(Vec::new());
    }
    let mut lines = vec![String::new(), format!("{} of those sent returned later", thousands(total))];
    lines.extend(refusals.into_iter().map(refused));
    Ok(lines)
}

/// Every unsure delivery by name: somebody may have to look.
fn unsure(store: &Store, books: &Books, newsletter: &Newsletter) -> Result<Vec<String>, Failure> {
    let total = books.counts.unknown;
    if total == 0 {
        return Ok(Vec::new());
    }
    let mut lines = vec![
        String::new(),
        format!("{} unknown: the relay may have them or not; never sent again by guesswork", thousands(total)),
    ];
    let mut named = 0;
    store.each_delivery(books.edition.id, State::Unknown, |trace| {
        named += 1;
        if named <= NAMED {
            let at = trace.changed.with_timezone(&newsletter.timezone).format("%H:%M:%S");
            lines.push(format!("  {at}  {}  {}", trace.address, trace.reply.unwrap_or_default()));
        }
    })?;
    if named > NAMED {
        lines
            .push(format!("  and {} more; `pressrun who ADDRESS` answers for each", thousands((named - NAMED) as u64)));
    }
    Ok(lines)
}

/// The rate over the last minute and what it promises for each lane, while a run is on.
fn pace(
    world: &World,
    store: &Store,
    books: &Books,
    config: &Config,
    newsletter: &Newsletter,
) -> Result<Vec<String>, Failure> {
    let mut lines: Vec<String> = store
        .paused(books.edition.id)?
        .into_iter()
        .filter(|paused| {
            !paused.released && !matches!(books.edition.state, EditionState::Done | EditionState::Cancelled)
        })
        .map(|paused| format!("lane {} is paused: too many of its readers were refused for good", paused.lane))
        .collect();
    if books.edition.state != EditionState::Sending || books.counts.queued == 0 {
        return Ok(lines);
    }
    let now = world.now();
    let Pace { last_minute, a_second } = Pace::read(store, &books.edition, now)?;
    let forecast = Forecast::of(config, newsletter, store, now)?.until(books.edition.not_after);
    let queued = store.queued_by_lane(books.edition.id)?;
    let of = |name: &str| queued.iter().find(|(lane, _)| lane == name).map_or(0, |(_, queued)| *queued);
    let queued: Vec<u64> = config.lanes.iter().map(|(name, _)| of(name)).collect();
    if last_minute == 0 {
        let idle = || "nothing was taken in the last minute; run `pressrun send` again if no run is on".to_owned();
        lines.push(forecast.waits_for_a_day(&queued).unwrap_or_else(idle));
        return Ok(lines);
    }
    lines.push(format!("{} taken in the last minute", thousands(last_minute)));
    lines.extend(forecast.lines(&queued, Some(a_second)));
    Ok(lines)
}
