//! `reconcile`: unknown deliveries settled by the relay's own log.
//!
//! What the log says the relay took is sent. What it does not mention is queued again only where its silence
//! proves something: the log reaches from the edition's start to well past the attempt, and other messages of
//! this edition stand in it.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::TimeDelta;
use chrono_tz::Tz;
use clap::Args;
use flate2::read::MultiGzDecoder;
use serde_json::json;

use crate::cli::books::{plural, voice};
use crate::cli::{Exit, Failure, Outcome, World};
use crate::relaylog::RelayLog;
use crate::store::{Edition, Event, Purpose, Settlement, Store, Unsure};
use crate::token;

/// Settle unknown deliveries by what the relay's log says
///
/// Reads Postfix, Exim, `journalctl -o json`, or a JSON object a line with a message id and an event. What the
/// relay took is sent; what a log that covers the run never mentions is queued again.
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun reconcile /var/log/mail.log
    pressrun reconcile /var/log/mail.log.1.gz /var/log/mail.log
    journalctl -u postfix@- -o json --since today | pressrun reconcile -
    pressrun reconcile --follow /var/log/exim4/mainlog")]
pub(crate) struct Reconcile {
    /// Logs, oldest first, packed or not; `-` reads stdin
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Go on with what is written to the last file, until nobody is unknown
    #[arg(long)]
    follow: bool,
    /// The zone of times in the log that name none; left out, the publication's
    #[arg(long, value_name = "ZONE")]
    zone: Option<Tz>,
}

/// A relay may log what it took this long after we gave up on its answer.
const AFTERWARDS: TimeDelta = TimeDelta::minutes(10);
/// How often a followed log is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Everyone unknown, by the left side of their Message-ID.
struct Case {
    editions: Vec<Open>,
    by_id: HashMap<String, (usize, i64)>,
}

/// An edition with unknown deliveries.
struct Open {
    edition: Edition,
    /// The Message-IDs of its messages begin with it.
    mark: String,
    unsure: Vec<Unsure>,
    /// Messages of it in the log, whoever's.
    mentioned: u64,
    sent: Vec<(i64, Settlement)>,
    queued: u64,
    settled: u64,
}

impl Reconcile {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let config = world.config()?;
        let mut store = world.store(&config)?;
        let mut case = Case::open(&store, world.newsletter.as_deref())?;
        if case.by_id.is_empty() {
            world.say("nobody is unknown: there is nothing to reconcile");
            return Ok(Exit::Done);
        }
        let mut log = RelayLog::new(self.zone.unwrap_or(config.publication.timezone), world.now());
        let (last, others) = self.files.split_last().ok_or_else(|| Failure::usage("which log?"))?;
        for file in others {
            read(&mut open(file)?, file, &mut log, &mut case)?;
        }
        let mut input = open(last)?;
        read(&mut input, last, &mut log, &mut case)?;
        case.settle(&mut store, world, &log)?;
        if self.follow {
            self.go_on(world, &mut store, &mut log, &mut case, input, last)?;
        }
        case.close(&mut store, world, &self.files, &log)
    }

    /// Follows the last file, also over its rotation.
    fn go_on(
        &self,
        world: &World,
        store: &mut Store,
        log: &mut RelayLog,
        case: &mut Case,
        mut input: Box<dyn BufRead>,
        path: &Path,
    ) -> Result<(), Failure> {
        let inode = |path: &Path| path.metadata().map(|found| found.ino()).ok();
        let mut own = inode(path);
        while !case.by_id.is_empty() {
            std::thread::sleep(LOOK_EVERY);
            read(&mut input, path, log, case)?;
            if path != Path::new("-") && inode(path).is_some_and(|now| Some(now) != own) {
                input = open(path)?;
                own = inode(path);
                read(&mut input, path, log, case)?;
            }
            case.settle(store, world, log)?;
        }
        Ok(())
    }
}

fn open(path: &Path) -> Result<Box<dyn BufRead>, Failure> {
    if path == Path::new("-") {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    let cannot = |error| Failure::usage(format!("the log `{}` cannot be read: {error}", path.display()));
    let file = File::open(path).map_err(cannot)?;
    let mut input = BufReader::new(file);
    let packed = input.fill_buf().map_err(cannot)?.starts_with(&[0x1f, 0x8b]);
    if packed { Ok(Box::new(BufReader::new(MultiGzDecoder::new(input)))) } else { Ok(Box::new(input)) }
}

/// No line of a mail log is longer; one that is, is cut.
const LONGEST: u64 = 64 * 1024;

/// Reads every line there is.
fn read(input: &mut Box<dyn BufRead>, path: &Path, log: &mut RelayLog, case: &mut Case) -> Result<(), Failure> {
    let mut line = Vec::new();
    loop {
        line.clear();
        let got = input.by_ref().take(LONGEST).read_until(b'\n', &mut line);
        let got =
            got.map_err(|error| Failure::usage(format!("the log `{}` cannot be read: {error}", path.display())))?;
        if got == 0 {
            return Ok(());
        }
        if let Some(taken) = log.read(&String::from_utf8_lossy(&line)) {
            case.mention(&taken.message_id, &taken.queue);
        }
    }
}

impl Case {
    fn open(store: &Store, newsletter: Option<&str>) -> Result<Self, Failure> {
        let mut case = Self { editions: Vec::new(), by_id: HashMap::new() };
        for edition in store.editions(newsletter)?.into_iter().filter(|edition| edition.purpose != Purpose::Test) {
            let unsure = store.unknowns(edition.id)?;
            if unsure.is_empty() {
                continue;
            }
            for own in &unsure {
                let id = token::message_id(&edition.newsletter, &edition.slot, &own.key);
                case.by_id.insert(id, (case.editions.len(), own.reader));
            }
            let mark = token::hex(&token::edition_mark(&edition.newsletter, &edition.slot));
            case.editions.push(Open { edition, mark, unsure, mentioned: 0, sent: Vec::new(), queued: 0, settled: 0 });
        }
        Ok(case)
    }

    /// The relay took this message.
    fn mention(&mut self, message_id: &str, queue: &str) {
        let Some((left, _)) = message_id.split_once('@') else { return };
        let Some((mark, _)) = left.split_once('.') else { return };
        for open in self.editions.iter_mut().filter(|open| open.mark == mark) {
            open.mentioned += 1;
        }
        if let Some((place, reader)) = self.by_id.remove(left) {
            let named = if queue.is_empty() { String::new() } else { format!(" as {queue}") };
            let evidence = format!("the relay's log has it{named}");
            self.editions[place].sent.push((reader, Settlement::Sent { evidence }));
        }
    }

    /// Writes down what is known by now.
    fn settle(&mut self, store: &mut Store, world: &World, log: &RelayLog) -> Result<(), Failure> {
        let now = world.now();
        for open in &mut self.editions {
            let sent = std::mem::take(&mut open.sent);
            open.settled += store.settle_unknown(open.edition.id, &sent, now)?;
            open.unsure.retain(|own| !sent.iter().any(|(reader, _)| *reader == own.reader));
            let (never, unsure) =
                std::mem::take(&mut open.unsure).into_iter().partition(|own| open.is_covered(own, log));
            open.unsure = unsure;
            let evidence = || "the relay's log, which covers the time, does not have it".to_owned();
            let queue = |own: &Unsure| (own.reader, Settlement::Queued { evidence: evidence() });
            let never: Vec<Unsure> = never;
            let settled: Vec<_> = never.iter().map(queue).collect();
            open.queued += store.settle_unknown(open.edition.id, &settled, now)?;
            for own in never {
                self.by_id.remove(&token::message_id(&open.edition.newsletter, &open.edition.slot, &own.key));
            }
        }
        Ok(())
    }

    /// The books, and who is still unknown.
    fn close(&self, store: &mut Store, world: &World, files: &[PathBuf], log: &RelayLog) -> Outcome {
        let mut end = Exit::Done;
        for Open { edition, unsure, settled, queued, mentioned, .. } in &self.editions {
            let Edition { newsletter, slot, purpose, .. } = edition;
            let left = unsure.len() as u64;
            let sentence = format!("{settled} sent, {queued} queued again, {left} still unknown");
            if settled + queued > 0 {
                let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
                let detail = format!("{}{sentence}, by {}", voice(*purpose), names.join(", "));
                let who = "pressrun".to_owned();
                store.note(newsletter, slot, &Event { at: world.now(), who, what: "reconciled".to_owned(), detail })?;
            }
            let object = json!({
                "newsletter": newsletter, "slot": slot, "sent": settled, "queued": queued, "unknown": left,
            });
            world.tell(format_args!("{}{newsletter} {slot}: {sentence}", voice(*purpose)), object)?;
            if left > 0 {
                end = Exit::Unsure;
                world.say(why(log, unsure, *mentioned));
            }
            if *queued > 0 {
                world.say(format_args!("next: `pressrun -n {newsletter} send {slot}`"));
            }
        }
        Ok(end)
    }
}

impl Open {
    /// Whether the log would have this message, had the relay taken it.
    fn is_covered(&self, own: &Unsure, log: &RelayLog) -> bool {
        let (Some((first, last)), Some(started)) = (log.span(), self.edition.started) else { return false };
        let open = !matches!(self.edition.state, crate::store::EditionState::Cancelled);
        open && self.mentioned > 0 && first <= started && last >= own.since + AFTERWARDS
    }
}

/// Why the log's silence proves nothing.
fn why(log: &RelayLog, unsure: &[Unsure], mentioned: u64) -> String {
    let Some((first, last)) = log.span() else {
        return "no line of the log reads as Postfix's, Exim's or JSON".to_owned();
    };
    if mentioned == 0 {
        return "the log names no message of this edition: it may be another relay's".to_owned();
    }
    let until = unsure.iter().map(|own| own.since).max().map(|since| since + AFTERWARDS).unwrap_or(last);
    format!(
        "the log covers {} to {}: to prove that the relay never had them it would have to begin before the run and reach to {}; \
         {} unknown",
        first.format("%Y-%m-%d %H:%M:%SZ"),
        last.format("%H:%M:%SZ"),
        until.format("%H:%M:%SZ"),
        plural(unsure.len() as u64, "reader"),
    )
}
