//! `reconcile`: unknown deliveries settled by the relay's own log, and what the relay gave back later.
//!
//! What the log says the relay took is sent. What it does not mention is queued again only where its silence
//! proves something: it is the log of the relay that was given the message, it reaches without a gap from the
//! edition's start to well past the attempt, and every message that relay is known to have taken stands in it.

mod named;

use std::collections::{HashMap, HashSet};
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

use crate::cli::books::{plural, thousands, voice};
use crate::cli::{Exit, Failure, Outcome, World};
use crate::config::Config;
use crate::relaylog::{Fate, Heard, RelayLog};
use crate::store::{Edition, EditionState, Event, Purpose, Settlement, Store, Unsure};
use crate::token::{self, ReaderKey};

use self::named::Named;

/// Settle unknown deliveries by what the relay's log says
///
/// Reads Postfix, Exim, `journalctl -o json`, Amazon's events, or a JSON object a line with a message id and an
/// event. What the relay took is sent; what a log that covers the run never mentions is queued again; what came
/// back later stands in the report.
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun reconcile /var/log/mail.log
    pressrun reconcile /var/log/mail.log.1.gz /var/log/mail.log
    pressrun reconcile --relay second second.log   where more than one relay carried the edition
    journalctl -u postfix@- -o json --since today | pressrun reconcile -
    pressrun reconcile --follow /var/log/exim4/mainlog")]
pub(crate) struct Reconcile {
    /// Logs, oldest first, packed or not; `-` reads stdin
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Go on with what is written to the last file, until nobody is unknown
    #[arg(long)]
    follow: bool,
    /// Whose log this is; left out, that of the one relay that carried the edition
    #[arg(long, value_name = "NAME")]
    relay: Option<String>,
    /// The zone of times in the log that name none; left out, the publication's
    #[arg(long, value_name = "ZONE")]
    zone: Option<Tz>,
}

/// A relay may log what it took this long after we gave up on its answer.
const AFTERWARDS: TimeDelta = TimeDelta::minutes(10);
/// How often a followed log is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Every edition the log may be about, and what it says.
struct Case<'c> {
    /// `--relay`.
    relay: Option<&'c str>,
    editions: Vec<Open>,
    /// Editions by what their Message-IDs begin with.
    by_mark: HashMap<[u8; 8], usize>,
    named: Named,
}

/// An edition and what the log says of it.
struct Open {
    edition: Edition,
    /// Who is unknown, by the key in their Message-ID.
    unsure: HashMap<ReaderKey, Unsure>,
    /// Readers whose messages the log names, where somebody is unknown.
    heard: HashSet<ReaderKey>,
    sent: Vec<(i64, Settlement)>,
    back: Vec<(ReaderKey, String)>,
    settled: u64,
    queued: u64,
    returned: u64,
}

impl Reconcile {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let config = world.config()?;
        let mut store = world.store(&config)?;
        if let Some(name) = self.relay.as_ref().filter(|name| !config.relays.contains_key(*name)) {
            let names: Vec<_> = config.relays.keys().map(String::as_str).collect();
            let message = format!("config.toml has no relay `{name}`");
            return Err(Failure::usage(message).hint(format!("one of {}", names.join(", "))));
        }
        let mut case = Case::open(&config, &store, world.newsletter.as_deref(), self.relay.as_deref())?;
        let mut log = RelayLog::new(self.zone.unwrap_or(config.publication.timezone), world.now());
        let (last, others) = self.files.split_last().ok_or_else(|| Failure::usage("which log?"))?;
        for file in others {
            read(&mut open(file, &mut log)?, file, &mut log, &mut case)?;
        }
        let mut input = open(last, &mut log)?;
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
        case: &mut Case<'_>,
        mut input: Box<dyn BufRead>,
        path: &Path,
    ) -> Result<(), Failure> {
        let inode = |path: &Path| path.metadata().map(|found| found.ino()).ok();
        let mut own = inode(path);
        while case.editions.iter().any(|open| !open.unsure.is_empty()) {
            std::thread::sleep(LOOK_EVERY);
            read(&mut input, path, log, case)?;
            if path != Path::new("-") && inode(path).is_some_and(|now| Some(now) != own) {
                input = open(path, log)?;
                own = inode(path);
                read(&mut input, path, log, case)?;
            }
            case.settle(store, world, log)?;
        }
        Ok(())
    }
}

fn open(path: &Path, log: &mut RelayLog) -> Result<Box<dyn BufRead>, Failure> {
    log.begin_file();
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
fn read(input: &mut Box<dyn BufRead>, path: &Path, log: &mut RelayLog, case: &mut Case<'_>) -> Result<(), Failure> {
    let mut line = Vec::new();
    loop {
        line.clear();
        let got = input.by_ref().take(LONGEST).read_until(b'\n', &mut line);
        let got =
            got.map_err(|error| Failure::usage(format!("the log `{}` cannot be read: {error}", path.display())))?;
        if got == 0 {
            return Ok(());
        }
        if let Some(heard) = log.read(&String::from_utf8_lossy(&line)) {
            case.hear(heard);
        }
    }
}

impl<'c> Case<'c> {
    fn open(config: &Config, store: &Store, newsletter: Option<&str>, relay: Option<&'c str>) -> Result<Self, Failure> {
        let editions = store.editions(newsletter)?.into_iter();
        let editions = editions.filter(|edition| edition.purpose != Purpose::Test && edition.started.is_some());
        let editions = editions.map(|edition| Open::new(store, edition)).collect::<Result<Vec<_>, _>>()?;
        let mark = |open: &Open| token::edition_mark(&open.edition.newsletter, &open.edition.slot);
        let by_mark = editions.iter().enumerate().map(|(place, open)| (mark(open), place)).collect();
        Ok(Self { relay, editions, by_mark, named: Named::new(config) })
    }

    /// A line about a message: of ours, or of somebody's under a name the relay gave it.
    fn hear(&mut self, heard: Heard) {
        let own = token::named_in(&heard.message_id).and_then(|(mark, key)| Some((*self.by_mark.get(&mark)?, key)));
        match own {
            Some((place, key)) => self.editions[place].hear(key, &heard.queue, heard.fate),
            None => self.named.hear(heard),
        }
    }

    /// Writes down what is known by now.
    fn settle(&mut self, store: &mut Store, world: &World, log: &RelayLog) -> Result<(), Failure> {
        let now = world.now();
        for open in &mut self.editions {
            let sent = std::mem::take(&mut open.sent);
            open.settled += store.settle_unknown(open.edition.id, &sent, now)?;
            for known in self.named.known(store, open.edition.id)? {
                open.note_heard(known.key);
                if let Fate::Returned(words) = known.fate {
                    open.back.push((known.key, words));
                }
            }
        }
        // What the relay named is somebody's by now, in whichever edition; the rest may be anybody's.
        for open in &mut self.editions {
            if !open.unsure.is_empty()
                && let Ok(relay) = open.proof(store, self.relay, log)?
            {
                let is_proof = |own: &Unsure| {
                    own.is_covered(&open.edition, &relay, log) && !self.named.may_be(&own.address, &relay)
                };
                let never: Vec<_> = open.unsure.extract_if(|_, own| is_proof(own)).collect();
                let evidence = || format!("the log of relay `{relay}`, which covers the time, does not have it");
                let queue = |own: &Unsure| (own.reader, Settlement::Queued { evidence: evidence() });
                let never: Vec<_> = never.iter().map(|(_, own)| queue(own)).collect();
                open.queued += store.settle_unknown(open.edition.id, &never, now)?;
            }
            let mut back = Vec::new();
            for (key, words) in std::mem::take(&mut open.back) {
                back.extend(store.reader_by_key(&key)?.map(|reader| (reader.id, words)));
            }
            open.returned += store.note_returned(open.edition.id, &back, now)?;
        }
        Ok(())
    }

    /// The books, and who is still unknown.
    fn close(&self, store: &mut Store, world: &World, files: &[PathBuf], log: &RelayLog) -> Outcome {
        let mut end = Exit::Done;
        let mut nothing = true;
        for open in &self.editions {
            let Open { edition, unsure, settled, queued, returned, .. } = open;
            let left = unsure.len() as u64;
            if settled + queued + returned + left == 0 {
                continue;
            }
            nothing = false;
            let Edition { newsletter, slot, purpose, .. } = edition;
            let mut sentence = format!("{settled} sent, {queued} queued again, {left} still unknown");
            if *returned > 0 {
                sentence.push_str(&format!(", {returned} returned later"));
            }
            if settled + queued + returned > 0 {
                let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
                let detail = format!("{}{sentence}, by {}", voice(*purpose), names.join(", "));
                let who = "pressrun".to_owned();
                store.note(newsletter, slot, &Event { at: world.now(), who, what: "reconciled".to_owned(), detail })?;
            }
            let object = json!({
                "newsletter": newsletter, "slot": slot, "sent": settled, "queued": queued, "unknown": left,
                "returned": returned,
            });
            world.tell(format_args!("{}{newsletter} {slot}: {sentence}", voice(*purpose)), object)?;
            if left > 0 {
                end = Exit::Unsure;
                world.say(match open.proof(store, self.relay, log)? {
                    Ok(relay) => open.too_short(&relay, log, &self.named),
                    Err(why) => why,
                });
            }
            if *queued > 0 {
                world.say(format_args!("next: `pressrun -n {newsletter} send {slot}`"));
            }
        }
        if nothing {
            world.say("nobody is unknown, and nothing came back");
        }
        Ok(end)
    }
}

impl Open {
    fn new(store: &Store, edition: Edition) -> Result<Self, Failure> {
        let unsure = store.unknowns(edition.id)?.into_iter().map(|own| (own.key, own)).collect();
        Ok(Self {
            edition,
            unsure,
            heard: HashSet::new(),
            sent: Vec::new(),
            back: Vec::new(),
            settled: 0,
            queued: 0,
            returned: 0,
        })
    }

    fn note_heard(&mut self, key: ReaderKey) {
        if !self.unsure.is_empty() || !self.heard.is_empty() {
            self.heard.insert(key);
        }
    }

    /// The relay took this reader's message, whatever became of it.
    fn hear(&mut self, key: ReaderKey, queue: &str, fate: Fate) {
        self.note_heard(key);
        if let Some(own) = self.unsure.remove(&key) {
            let named = if queue.is_empty() { String::new() } else { format!(" as {queue}") };
            self.sent.push((own.reader, Settlement::Sent { evidence: format!("the relay's log has it{named}") }));
        }
        if let Fate::Returned(words) = fate {
            self.back.push((key, words));
        }
    }

    /// Whose messages the log's silence tells something about; or why it tells nothing.
    fn proof(&self, store: &Store, relay: Option<&str>, log: &RelayLog) -> Result<Result<String, String>, Failure> {
        let no = |why: &str| Ok(Err(why.to_owned()));
        if log.span().is_none() {
            return no("no line of the log reads as Postfix's, Exim's or JSON");
        }
        if self.edition.state == EditionState::Cancelled {
            return no("the edition was cancelled: nobody is sent it any more");
        }
        if self.heard.is_empty() {
            return no("the log names no message of this edition: it may be another relay's");
        }
        let carriers = store.carriers(self.edition.id)?;
        let relay = match (relay, carriers.len()) {
            (Some(relay), _) => relay.to_owned(),
            (None, 1) => carriers.into_iter().next().unwrap_or_default(),
            (None, _) => {
                let names: Vec<_> = carriers.iter().map(String::as_str).collect();
                let names = names.join(" and ");
                return no(&format!("{names} carried this edition: `--relay NAME` says whose log this is"));
            }
        };
        let Some(since) = self.unsure.values().map(|own| own.since).max() else { return Ok(Ok(relay)) };
        Ok(match store.taken_unheard(self.edition.id, &relay, since, &self.heard)? {
            (_, 0) => Ok(relay),
            (taken, unheard) => Err(format!(
                "relay `{relay}` took {} of this edition and the log does not have {} of them: it is not the whole log",
                plural(taken, "message"),
                thousands(unheard)
            )),
        })
    }

    /// Why the silence of this relay's log proves nothing about those who are left.
    fn too_short(&self, relay: &str, log: &RelayLog, named: &Named) -> String {
        let left = plural(self.unsure.len() as u64, "reader");
        let Some((first, last)) = log.span() else { return format!("{left} unknown") };
        let Some(since) = self.unsure.values().filter(|own| own.went_by(relay)).map(|own| own.since).max() else {
            return format!("{left} unknown, who went by another relay than `{relay}`: its own log knows");
        };
        if self
            .unsure
            .values()
            .any(|own| own.is_covered(&self.edition, relay, log) && named.may_be(&own.address, relay))
        {
            return format!(
                "{left} unknown, and the log has messages that may be theirs by Amazon's id alone: have the original \
                 headers put into its events"
            );
        }
        format!(
            "the log covers {} to {}: to prove that the relay never had them it would have to begin before the run and \
             reach without a gap to {}; {left} unknown",
            first.format("%Y-%m-%d %H:%M:%SZ"),
            last.format("%H:%M:%SZ"),
            (since + AFTERWARDS).format("%H:%M:%SZ"),
        )
    }
}

impl Unsure {
    fn went_by(&self, relay: &str) -> bool {
        self.relay.as_deref() == Some(relay)
    }

    /// Whether the log of this relay would have this message, had the relay taken it.
    fn is_covered(&self, edition: &Edition, relay: &str, log: &RelayLog) -> bool {
        let covers = |started| log.covers(started, self.since + AFTERWARDS);
        self.went_by(relay) && edition.started.is_some_and(covers)
    }
}
