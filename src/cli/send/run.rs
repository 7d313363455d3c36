//! The press run itself: settle what a dead run left, press, and close the books when nobody is open.

use std::cell::Cell;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::books::{Books, clock_time, plural, thousands};
use crate::cli::send::Sending;
use crate::cli::send::stamper::{Stamper, Versions, versions};
use crate::cli::send::watched::Watched;
use crate::cli::{Exit, Failure, Outcome, World};
use crate::config::Relay;
use crate::deliver::{self, Job};
use crate::edition::{Edition as Frozen, Reader};
use crate::floor::{End, Stop};
use crate::ledger::Rest;
use crate::mailbox::Mailbox;
use crate::pace::Rules;
use crate::press::{self, Doors, Reach, lookout};
use crate::store::{Edition, EditionLock, EditionState, Event, Ledger, Purpose, Sole, Store, StoreError};
use crate::token::Signer;

/// Presses an edition until nobody is queued or something says stop; with `--wait`, once more whenever somebody
/// deferred is due.
pub(super) fn press(
    sending: &Sending<'_>,
    mut store: Store,
    sole: &Sole,
    lock: &EditionLock,
    mut edition: Edition,
) -> Outcome {
    let until = sending.how.wait.map(|wait| Instant::now() + wait);
    loop {
        let (given_back, mut end) = once(sending, store, sole, lock, edition.clone())?;
        store = given_back;
        if matches!(end, None | Some(Ok(End::Drained))) {
            match stay(sending, &store, &edition, until)? {
                Stay::Again => {
                    edition = store.edition_by_id(edition.id)?;
                    continue;
                }
                Stay::Ended(stopped) => end = Some(Ok(stopped)),
                Stay::Over => {}
            }
        }
        return close(sending, store, lock, edition, end);
    }
}

/// What waiting for the deferred came to.
enum Stay {
    /// Somebody is due, or queued again.
    Again,
    /// Somebody said stop.
    Ended(End),
    /// Nobody is deferred, or not for as long as was to be waited.
    Over,
}

/// How often somebody who holds the edition is noticed while nothing is sent.
const LOOK_EVERY: Duration = Duration::from_secs(2);

fn stay(sending: &Sending<'_>, store: &Store, edition: &Edition, until: Option<Instant>) -> Result<Stay, Failure> {
    let Some(until) = until else { return Ok(Stay::Over) };
    let mut said = false;
    loop {
        match store.edition_by_id(edition.id)?.state {
            EditionState::Held => return Ok(Stay::Ended(End::Held)),
            EditionState::Cancelled => return Ok(Stay::Ended(End::Cancelled)),
            _ => {}
        }
        if store.counts(edition.id)?.queued > 0 {
            return Ok(Stay::Again);
        }
        let Some(due) = store.next_due(edition.id)? else { return Ok(Stay::Over) };
        let ahead = (due - sending.world.now()).to_std().unwrap_or_default();
        if ahead.is_zero() {
            return Ok(Stay::Again);
        }
        if Instant::now() + ahead > until {
            return Ok(Stay::Over);
        }
        if !said {
            said = true;
            let at = clock_time(due, sending.newsletter.timezone, sending.world.now());
            sending.world.say(format_args!("{}waiting for those deferred, due from {at}", sending.voice()));
        }
        match deliver::rest(ahead.min(LOOK_EVERY)) {
            Some(Stop::Interrupt) => return Ok(Stay::Ended(End::Interrupted)),
            Some(Stop::Terminate) => return Ok(Stay::Ended(End::Terminated)),
            None => {}
        }
    }
}

/// How a run ended; `None` where nobody was queued.
type Ended = Option<Result<End, StoreError>>;

/// One run: settles what a dead one left, and presses until nobody is queued. Gives the store back, and how it ended.
fn once(
    sending: &Sending<'_>,
    mut store: Store,
    sole: &Sole,
    lock: &EditionLock,
    edition: Edition,
) -> Result<(Store, Ended), Failure> {
    let Sending { config, newsletter, world, how, .. } = sending;
    let now = world.now();
    let signer = world.signer(config, &store)?;
    let versions = versions(&store, &edition)?;
    settle_the_past(sending, &mut store, lock, &edition)?;
    let books = Books::open(&store, edition)?;
    if books.edition.started.is_some() {
        world.say(format_args!("{}resuming {}: {}", sending.voice(), sending.name(), books.equation()));
    }
    if books.counts.queued == 0 {
        return Ok((store, None));
    }
    let relays = match awake(sending, &store)? {
        Ok(relays) => relays,
        Err(resting) => return Ok((store, Some(Ok(End::Away(resting))))),
    };
    let untouched = books.counts.queued + books.counts.suppressed == books.counts.audience;
    if untouched && let Some(version) = versions.get(&books.edition.version) {
        world.timed("copies", || copies_must_stand(sending, &store, &books.edition, version, &signer))?;
    }
    let edition = store.start_sending(books.edition.id, now)?;
    if untouched && sending.purpose == Purpose::Issue {
        must_be_reachable(sending, &store, &edition, &versions, &signer)?;
    }

    let relay = world.relay(config, newsletter)?;
    let hosted = press::mailbox_for(config, relay).transpose().map_err(Failure::unexpected)?;
    let relays = relays.into_iter();
    let relays = relays.map(|relay| press::relay_at(relay, hosted.as_ref().map(Mailbox::address))).collect();
    store.use_lanes(edition.id, &config.lanes)?;
    let waited = now - edition.started.unwrap_or(now);
    let progress = Progress::new(world, sending.voice(), &books);
    let dkim = world.dkim(config)?;
    let stamper = Stamper { versions: &versions, signer: &signer, dkim: dkim.as_ref(), config, newsletter };
    let rules = Rules {
        policy: edition.policy,
        retry: newsletter.retry.clone(),
        not_after: edition.not_after.unwrap_or(chrono::DateTime::<chrono::Utc>::MAX_UTC),
    };
    let watched = Watched::begin(store.path(), edition.id)?;
    let job = Job {
        relays,
        lanes: config.lanes.clone(),
        paused: store.paused(edition.id)?,
        refusals: newsletter.refusals,
        heard: store.heard(&edition)?,
        others_wait: newsletter.first_wait.saturating_sub(waited.to_std().unwrap_or_default()),
        sender: newsletter.from.address.clone(),
        rules,
        limit: how.limit,
        stamp: &stamper,
        progress: &|handed| progress.at(handed),
        relay: &|standing| watched.tell(standing),
        say: &|words| world.insist(format_args!("{}{words}", sending.voice())),
    };
    store.lengthen_the_log(books.counts.queued)?;
    let ledger = Ledger::start(store, sole.clone(), edition.id)?;
    let (end, closed) = deliver::press(&job, ledger);
    progress.finish();
    // A run does not end otherwise because it could not be watched.
    if let Err(error) = watched.end() {
        world.insist(format_args!("{}nobody could watch the relays: {error}", sending.voice()));
    }
    if let Some(mailbox) = &hosted {
        let voice = sending.voice();
        world.say(format_args!("{voice}the mails lie in {}", mailbox.folder().display()));
    }
    Ok((closed?, Some(end)))
}

/// The relay an edition goes by, and its spare.
fn relays<'a>(sending: &Sending<'a>) -> Result<impl Iterator<Item = &'a Relay>, Failure> {
    let relay = sending.world.relay(sending.config, sending.newsletter)?;
    let spare = relay.spare.as_ref().and_then(|spare| sending.config.relays.get(spare));
    Ok([Some(relay), spare].into_iter().flatten())
}

/// How long cron keeps away from a relay that refused us: a wrong password every five minutes locks an account.
const REFUSED: TimeDelta = TimeDelta::minutes(30);

/// What the end of a run means for cron's next one.
fn heed_refusals(sending: &Sending<'_>, store: &mut Store, end: &Ended) -> Result<(), Failure> {
    for relay in relays(sending)?.map(deliver::label) {
        match end {
            Some(Ok(End::Refused(why))) => {
                let until = sending.world.now() + REFUSED;
                store.keep_cron_away(&Rest { relay, until, words: why.clone() })?;
            }
            Some(Ok(End::Drained | End::Limit)) => store.let_cron_come(&relay)?,
            _ => {}
        }
    }
    Ok(())
}

/// The relays, those left out that are to be left alone since a run before this one; why there is none.
fn awake<'a>(sending: &Sending<'a>, store: &Store) -> Result<Result<Vec<&'a Relay>, String>, Failure> {
    let Sending { newsletter, world, how, .. } = sending;
    let (mut awake, mut why) = (Vec::new(), Vec::new());
    for relay in relays(sending)? {
        match store.resting(&deliver::label(relay), how.due, world.now())? {
            None => awake.push(relay),
            Some(rest) => {
                let until = clock_time(rest.until, newsletter.timezone, world.now());
                why.push(format!("{} is to be left alone until {until}: {}", rest.relay, rest.words));
            }
        }
    }
    Ok(if awake.is_empty() { Err(why.join("; ")) } else { Ok(awake) })
}

/// Before the first message: every copy of the audience is whole, as it will be sent.
fn copies_must_stand(
    sending: &Sending<'_>,
    store: &Store,
    edition: &Edition,
    version: &Frozen,
    signer: &Signer,
) -> Result<(), Failure> {
    let Sending { config, newsletter, slot, world, .. } = sending;
    let copies = press::look_at_copies(store.path(), edition.id, version, signer, config.bounces.as_ref())?;
    let Some(broken) = copies.broken() else { return Ok(()) };
    let flag = world.newsletter_flag(config, newsletter);
    let or = if copies.lies_with_readers() { "; or take a reader whose data is at fault off the list" } else { "" };
    Err(Failure::not_ready(format!("nobody was mailed: {broken}"))
        .hint(format!("mend it, then `pressrun{flag} hold {slot}`, `approve`, `amend` and `release`{or}")))
}

/// Before the first message: what every copy leads to is there. The web edition is, since the run has begun.
fn must_be_reachable(
    sending: &Sending<'_>,
    store: &Store,
    edition: &Edition,
    versions: &Versions,
    signer: &Signer,
) -> Result<(), Failure> {
    let Sending { config, newsletter, slot, world, .. } = sending;
    if !world.may_ask() {
        world.say("the readers' pages were not tried: --no-network");
        return Ok(());
    }
    let Some(version) = versions.get(&edition.version) else { return Ok(()) };
    let page = store.web_edition(&newsletter.id, slot)?.unwrap_or_default();
    let key = Reader::specimen().key;
    let doors = Doors::to_leave_by(signer, |signer| version.links(&key, signer).unsubscribe());
    let web = format!("{}/{}/{slot}", config.serve.url, newsletter.id);
    match doors.and_edition(web, &page, &config.images_url()).try_all(&config.publication.url) {
        Reach::Open => Ok(()),
        Reach::Untried(why) => {
            world.say(format_args!("the readers' pages were not tried: {why}"));
            Ok(())
        }
        Reach::Shut { url, why } => Err(Failure::not_ready(format!("readers would find nothing at {url}: {why}"))
            .hint("`pressrun serve` shows these pages; nobody was mailed, and the next `send` tries again")),
    }
}

/// The lock proves that no other run lives: what is `sending` was left by a dead one.
fn settle_the_past(
    sending: &Sending<'_>,
    store: &mut Store,
    lock: &EditionLock,
    edition: &Edition,
) -> Result<(), Failure> {
    let now = sending.world.now();
    let left = store.recover(lock, edition.id, now)?;
    let voice = sending.voice();
    if left.unknown > 0 {
        let what = plural(left.unknown, "reader");
        sending
            .world
            .say(format_args!("{voice}{what} may or may not have it from a run that died: unknown, not sent again"));
    }
    if left.deferred > 0 {
        let what = plural(left.deferred, "reader");
        sending.world.say(format_args!("{voice}{what} may have it from a run that died, and will be sent it again"));
    }
    store.expire(edition.id, now)?;
    store.requeue_due(edition.id, now)?;
    Ok(())
}

/// What the end of a run means: the books, and the exit code.
fn close(sending: &Sending<'_>, mut store: Store, lock: &EditionLock, edition: Edition, end: Ended) -> Outcome {
    let Sending { newsletter, slot, world, .. } = sending;
    let now = world.now();
    let over = store.close_if_done(lock, edition.id, now)?;
    heed_refusals(sending, &mut store, &end)?;
    let stopped_by = match &end {
        Some(Ok(End::Limit)) => Some(lookout::BY_LIMIT),
        Some(Ok(End::Alarmed(why))) => Some(why.as_str()),
        _ => None,
    };
    if let Some(why) = stopped_by.filter(|_| !over) {
        store.hold(&newsletter.id, slot, sending.purpose, now)?;
        note(&mut store, sending, "held", why)?;
    }
    let books = Books::open(&store, store.edition_by_id(edition.id)?)?;
    if over {
        note(&mut store, sending, "finished", &books.equation())?;
    }
    let voice = sending.voice();
    // Cron is not told every five minutes that readers wait for theirs.
    let silent = world.quiet && sending.how.due && !over && matches!(end, None | Some(Ok(End::Drained | End::Away(_))));
    if world.json {
        world.print(books.json())?;
    } else if !silent {
        world.print(format_args!(
            "{voice}{} {}: {}",
            sending.name(),
            books.edition.state.as_str(),
            books.equation()
        ))?;
    }
    let flag = world.newsletter_flag(sending.config, newsletter);
    match end {
        Some(Ok(End::Refused(why))) => Err(Failure::new(Exit::Usage, why)),
        Some(Err(error)) => Err(error.into()),
        Some(Ok(End::Interrupted)) => Ok(Exit::Interrupted),
        Some(Ok(End::Terminated)) => Ok(Exit::Terminated),
        Some(Ok(End::Limit | End::Alarmed(_))) if over => Ok(verdict(&books, newsletter.refusals)),
        Some(Ok(End::Alarmed(why))) => {
            world.insist(format_args!("{voice}held: {why}"));
            world.say(format_args!("{voice}look at it; `pressrun{flag} release {slot}` lets it go on all the same"));
            Ok(Exit::Stopped)
        }
        Some(Ok(End::Limit | End::Held)) => {
            world.say(format_args!("{voice}on hold: `pressrun{flag} release {slot}` lets it go on"));
            Ok(Exit::Stopped)
        }
        Some(Ok(End::Cancelled)) => Ok(Exit::Stopped),
        Some(Ok(End::Away(why))) => {
            let then = if sending.how.due { "the next rounds go on" } else { "run it again later" };
            let words = format!("{voice}{why}; nobody is lost, {then}");
            // Once is enough for cron, and even with `--quiet` it is not too much.
            if sending.how.due && store.tell_once(&newsletter.id, slot, &why, now)? {
                world.insist(words);
            } else {
                world.say(words);
            }
            Ok(Exit::Temporary)
        }
        None | Some(Ok(End::Drained)) if !over => {
            if books.counts.queued > 0 {
                world.say(format_args!("{voice}{} queued: run it again", thousands(books.counts.queued)));
            }
            if let Some(due) = books.next_due {
                let at = clock_time(due, newsletter.timezone, now);
                world.say(format_args!(
                    "{voice}{} deferred, due from {at}: run it again then",
                    thousands(books.counts.deferred)
                ));
            }
            Ok(Exit::Temporary)
        }
        None | Some(Ok(End::Drained)) => Ok(verdict(&books, newsletter.refusals)),
    }
}

/// Done, or done with something an operator should read.
fn verdict(books: &Books, limit: f64) -> Exit {
    let counts = &books.counts;
    // Whoever was refused until the edition expired was refused.
    let refused = (counts.failed + counts.expired) as f64 / counts.audience.max(1) as f64;
    if books.edition.state == EditionState::Done && (counts.unknown > 0 || refused > limit) {
        Exit::Unsure
    } else {
        Exit::Done
    }
}

fn note(store: &mut Store, sending: &Sending<'_>, what: &str, detail: &str) -> Result<(), Failure> {
    let detail = format!("{}{detail}", sending.voice());
    let event = Event { at: sending.world.now(), who: lookout::PRESS.to_owned(), what: what.to_owned(), detail };
    Ok(store.note(&sending.newsletter.id, &sending.slot, &event)?)
}

/// A bar on a terminal; a line now and then without one.
struct Progress<'a> {
    world: &'a World,
    bar: Option<ProgressBar>,
    voice: &'static str,
    /// When a line was last said.
    said: Cell<Instant>,
    before: u64,
    audience: u64,
}

/// Between two lines where there is no terminal.
const NOW_AND_THEN: Duration = Duration::from_secs(10);

impl<'a> Progress<'a> {
    fn new(world: &'a World, voice: &'static str, books: &Books) -> Self {
        let counts = &books.counts;
        let before = counts.audience - counts.open();
        let bar = (!world.quiet && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new(counts.audience).with_position(before).with_prefix(voice);
            let look = "{prefix}{wide_bar:.green/dim} {human_pos}/{human_len}  {per_sec}  {eta} left";
            bar.with_style(ProgressStyle::with_template(look).unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self { world, bar, voice, said: Cell::new(Instant::now()), before, audience: counts.audience }
    }

    /// So many were handed over in this run.
    fn at(&self, handed: u64) {
        if let Some(bar) = &self.bar {
            bar.set_position(self.before + handed);
        } else if self.said.get().elapsed() >= NOW_AND_THEN {
            self.said.set(Instant::now());
            let (done, audience) = (thousands(self.before + handed), thousands(self.audience));
            self.world.say(format_args!("{}{done} of {audience}", self.voice));
        }
    }

    fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
