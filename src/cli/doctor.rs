//! `doctor`: whether everything a press run stands on is there, one line a check.
//!
//! It changes nothing and mails nobody. A store or a secret file that is not there yet is no illness: both are
//! made on first need.

mod mail;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;
use dialoguer::Confirm;
use sha2::{Digest, Sha256};

use self::mail::Dns;
use crate::cli::books::plural;
use crate::cli::control::By;
use crate::cli::world::{ADOPT, Hangs, hangs_on_secret};
use crate::cli::{Exit, Failure, Outcome, World};
use crate::config::{Config, Newsletter, Password, Publish, Relay, RelayUrl};
use crate::deliver;
use crate::edition::{Edition as Frozen, Reader};
use crate::press::{Doors, Reach};
use crate::store::{Edition, Event, Foreign, Store, StoreError};
use crate::token::{Links, Signer, hex};

/// Look whether config, store, secret and relays are sound
///
/// Mails nobody. Exit 0 when all is well, 2 when something is wrong; each such line says how to mend it.
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun doctor
    pressrun doctor --network  asks the DNS and the readers' pages too
    pressrun doctor --json     one object a check, for monitoring")]
pub(crate) struct Doctor {
    /// Ask the DNS for the records of DKIM, SPF and DMARC, and `[serve] url` for the unsubscribe page
    #[arg(long)]
    network: bool,
    /// Look into this zone file for the records instead
    #[arg(long, value_name = "FILE")]
    dns: Option<PathBuf>,
    /// Make this copy or older state of a store the one that sends; asks, and holds what was under way
    #[arg(long)]
    adopt: bool,
    /// Ask nothing
    #[arg(short, long, requires = "adopt")]
    yes: bool,
    #[command(flatten)]
    by: By,
}

/// What was found sound, or what is wrong and how to mend it.
type Verdict = Result<String, Wrong>;

struct Wrong {
    what: String,
    mend: String,
}

fn wrong(what: impl ToString, mend: impl Into<String>) -> Wrong {
    Wrong { what: what.to_string(), mend: mend.into() }
}

impl Doctor {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        if self.adopt {
            return self.adopt(world);
        }
        let dns = match &self.dns {
            Some(path) => mail::given(path).map_err(Failure::usage)?,
            None if self.network && world.may_ask() => Dns::Asked,
            None => Dns::Nowhere,
        };
        let Ok(config) = world.config() else {
            let verdict = Err(wrong("config.toml does not read", "mend what is drawn above"));
            tell(world, "config".len(), "config", &verdict)?;
            return Ok(Exit::Usage);
        };
        // The longest name any line may begin with.
        let readers = if self.network { "readers".len() } else { 0 };
        let relays = config.relays.keys().map(|name| "relay ".len() + name.len());
        let width = relays.fold(readers.max("config".len()), usize::max);
        let mut well = true;
        let mut check = |name: &str, verdict: Verdict| -> Result<(), Failure> {
            well &= verdict.is_ok();
            tell(world, width, name, &verdict)
        };

        let newsletters = plural(config.newsletters.len() as u64, "newsletter");
        check("config", Ok(format!("{newsletters} in `{}`", config.root.display())))?;
        check("folder", folder(&config.store.path))?;
        let store = open(&config.store.path);
        let hangs = match &store {
            Ok(Some(store)) => {
                for verdict in books(store, &config) {
                    check("store", verdict)?;
                }
                check("store", private(&config.store.path, "store"))?;
                check("copy", sole(store))?;
                check("clock", clock(world, store))?;
                // What the store cannot tell it has told above; a secret is then better asked for than not.
                hangs_on_secret(store).unwrap_or(Some(Hangs::LINKS))
            }
            Ok(None) => {
                check("store", Ok(format!("`{}` is made on first need", config.store.path.display())))?;
                None
            }
            Err(error) => {
                check("store", Err(wrong(error, RESTORE)))?;
                Some(Hangs::LINKS)
            }
        };
        check("secret", secret(&config.serve.secret_file, hangs))?;
        // Without a key there is nothing to be wrong.
        for verdict in config.signing.iter().flat_map(|signing| mail::keys(signing, &dns)) {
            check("dkim", verdict)?;
        }
        if let Some(publish) = &config.images.publish {
            check("images", pictures(publish))?;
        }
        for verdict in mail::policies(&config, &dns) {
            check("dns", verdict)?;
        }
        if self.network && world.may_ask() {
            for newsletter in config.newsletters.values() {
                check("readers", readers_page(&config, newsletter))?;
            }
        }
        for relay in config.relays.values() {
            if let Some(Password::File(path)) = &relay.password {
                check("secret", private(path, "password file"))?;
            }
        }
        for relay in config.relays.values() {
            check(&format!("relay {}", relay.name), knock(&config, relay))?;
        }
        Ok(if well { Exit::Done } else { Exit::Usage })
    }
}

impl Doctor {
    /// `--adopt`: this store sends from now on. What was under way is held, for the other one may have sent it.
    fn adopt(&self, world: &World) -> Outcome {
        let config = world.config()?;
        let mut store = world.store(&config)?;
        let Some(why) = store.foreign()? else {
            world.say("this is the store that sends: there is nothing to adopt");
            return Ok(Exit::Done);
        };
        world.say(format_args!("nothing is sent from `{}`: {why}", config.store.path.display()));
        if !self.yes {
            if !world.can_ask() {
                return Err(Failure::usage("adopting a store asks first, and nobody is at the terminal")
                    .hint("`--yes` asks nothing: nothing may send from another one any more"));
            }
            let sure = Confirm::new()
                .with_prompt(match why {
                    Foreign::Older => "Is there no newer state to bring back, and is this one to send from now on?",
                    _ => "Does nothing send from the other one any more, and is this one to send from now on?",
                })
                .default(false)
                .interact()
                .map_err(|error| Failure::unexpected(format_args!("the question got no answer: {error}")))?;
            if !sure {
                return Err(Failure::not_ready("nothing was adopted"));
            }
        }
        let (now, who) = (world.now(), self.by.name());
        store.adopt(now)?;
        let begun = store.unfinished(None)?;
        for Edition { newsletter, slot, purpose, .. } in &begun {
            store.hold(newsletter, slot, *purpose, now)?;
            let detail = format!("the store was adopted: {why}");
            store.note(newsletter, slot, &Event { at: now, who: who.clone(), what: "held".to_owned(), detail })?;
            world.say(format_args!("{newsletter} {slot} is held: see what was sent before you release it"));
        }
        if why == Foreign::Older {
            world.insist("mails sent since this state was saved are not in its books: whoever it has queued gets what is released, also who has it");
            world.insist("an issue that was due by now is begun by `pressrun send DATE` alone, never by cron");
        }
        world.tell(
            format_args!("adopted: `{}` is the store that sends", config.store.path.display()),
            serde_json::json!({ "adopted": true, "reason": why.to_string(), "held": begun.len() }),
        )?;
        Ok(Exit::Done)
    }
}

const RESTORE: &str = "send nothing from this store, and bring back its last backup";

/// `ok      store   3 editions, every invariant holds`.
fn tell(world: &World, width: usize, name: &str, verdict: &Verdict) -> Result<(), Failure> {
    match verdict {
        Ok(says) if world.json => world.print(serde_json::json!({ "check": name, "ok": true, "says": says })),
        Err(Wrong { what, mend }) if world.json => {
            world.print(serde_json::json!({ "check": name, "ok": false, "says": what, "mend": mend }))
        }
        Ok(_) if world.quiet => Ok(()),
        Ok(says) => world.print(format_args!("ok      {name:width$}  {says}")),
        Err(Wrong { what, mend }) => world.print(format_args!("wrong   {name:width$}  {what}: {mend}")),
    }
}

/// SQLite writes its log, and every run its lock, beside the store.
fn folder(store: &Path) -> Verdict {
    let folder = store.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match tempfile::tempfile_in(folder) {
        Ok(_gone_when_dropped) => match free(folder) {
            Some(free) if free < ROOM => Err(wrong(
                format_args!("`{}` has {} MB left", folder.display(), free / 1_000_000),
                "make room: a run stops when the disk is full",
            )),
            Some(free) => Ok(format!("`{}` can be written, {} MB are free", folder.display(), free / 1_000_000)),
            None => Ok(format!("`{}` can be written", folder.display())),
        },
        Err(error) => Err(wrong(
            format_args!("`{}` cannot be written ({error})", folder.display()),
            "make it, and give it to the user that runs pressrun",
        )),
    }
}

/// Less than this beside the store is too little: the log of a run may grow to a good part of it.
const ROOM: u64 = 100_000_000;

/// Bytes left on the disk of a folder.
fn free(folder: &Path) -> Option<u64> {
    rustix::fs::statvfs(folder).ok().map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// The store that is there; opening would make one.
fn open(path: &Path) -> Result<Option<Store>, StoreError> {
    path.exists().then(|| Store::open(path)).transpose()
}

/// One line when the books are sound, or one for every promise that does not hold.
fn books(store: &Store, config: &Config) -> Vec<Verdict> {
    let looked = store.integrity().and_then(|broken| Ok((broken, store.editions(None)?)));
    let looked = looked.and_then(|(mut broken, editions)| {
        broken.extend(painted_over(store)?);
        for edition in &editions {
            broken.extend(frozen(store, edition)?);
            broken.extend(in_flight(store, edition, config)?);
        }
        Ok((broken, editions))
    });
    match looked {
        Ok((broken, editions)) if broken.is_empty() => {
            vec![Ok(format!("{}, every invariant holds", plural(editions.len() as u64, "edition")))]
        }
        Ok((broken, _)) => broken.into_iter().map(|promise| Err(wrong(promise, RESTORE))).collect(),
        Err(error) => vec![Err(wrong(error, RESTORE))],
    }
}

/// Versions whose bytes are not those that were frozen (I6).
fn frozen(store: &Store, edition: &Edition) -> Result<Vec<String>, StoreError> {
    let mut broken = Vec::new();
    for number in 1..=edition.version {
        let version = store.version(edition.id, number)?;
        if let Err(why) = Frozen::thaw(version.bytes, &version.cuts, &version.hash) {
            broken.push(format!("{} {}, version {number}: {why} (I6)", edition.newsletter, edition.slot));
        }
    }
    Ok(broken)
}

/// Pictures whose bytes are not those their name stands for: readers' mails ask for them by it (I6).
fn painted_over(store: &Store) -> Result<Vec<String>, StoreError> {
    let mut broken = Vec::new();
    store.each_picture(|name, bytes| {
        if hex(&Sha256::digest(bytes)) != name {
            broken.push(format!("the picture {name} has other bytes than it went out with (I6)"));
        }
    })?;
    Ok(broken)
}

/// More on the wire than the connections may hold, two each, those of the spare among them (I10).
fn in_flight(store: &Store, edition: &Edition, config: &Config) -> Result<Option<String>, StoreError> {
    let relay = config.newsletters.get(&edition.newsletter).and_then(|own| config.relays.get(&own.relay));
    let spare = relay.and_then(|relay| config.relays.get(relay.spare.as_ref()?)).map_or(0, |spare| spare.connections);
    let most = relay.map_or(u64::MAX, |relay| 2 * (relay.connections + spare) as u64);
    let sending = store.counts(edition.id)?.sending;
    let (newsletter, slot) = (&edition.newsletter, &edition.slot);
    Ok((sending > most).then(|| format!("{newsletter} {slot}: {sending} deliveries are sending, {most} may be (I10)")))
}

/// The one that sends, not a copy of it.
fn sole(store: &Store) -> Verdict {
    match store.foreign() {
        Ok(None) => Ok("this is the store that sends, not a copy".to_owned()),
        Ok(Some(why)) => Err(wrong(format_args!("nothing is sent from this store: {why}"), ADOPT)),
        Err(error) => Err(wrong(error, RESTORE)),
    }
}

/// A clock that was right before may have been set back; one that is far ahead cannot be told from here.
fn clock(world: &World, store: &Store) -> Verdict {
    let now = world.now();
    match store.newest() {
        Err(error) => Err(wrong(error, RESTORE)),
        Ok(Some(newest)) if newest > now + TimeDelta::minutes(2) => Err(wrong(
            format_args!("it is {} UTC here, and the store has written {}", minute(now), minute(newest)),
            "set the clock (`timedatectl set-ntp true`) before anything is due",
        )),
        Ok(_) => Ok(format!("{} UTC, and nothing in the store is from later", minute(now))),
    }
}

fn minute(at: DateTime<Utc>) -> impl std::fmt::Display {
    at.format("%Y-%m-%d %H:%M")
}

/// A file that only its owner may read.
fn private(path: &Path, what: &str) -> Verdict {
    let shown = path.display();
    match path.metadata().map(|found| found.permissions().mode() & 0o777) {
        Ok(mode) if mode & 0o077 == 0 => Ok(format!("{what} `{shown}` is there, mode {mode:04o}")),
        Ok(mode) => Err(wrong(
            format_args!("{what} `{shown}` has mode {mode:04o}, so others on this machine can read it"),
            format!("`chmod 600 {shown}`"),
        )),
        Err(error) => Err(wrong(format_args!("{what} `{shown}` cannot be looked at ({error})"), "see who owns it")),
    }
}

/// There where mails went out with links it signed, and its owner's alone.
fn secret(path: &Path, hangs: Option<Hangs>) -> Verdict {
    let shown = path.display();
    match Signer::load(path) {
        Err(why) => Err(wrong(why, "bring it back from the backup")),
        Ok(Some(_)) => private(path, "secret file"),
        Ok(None) => match hangs {
            Some(Hangs { on_it, without }) => Err(wrong(
                format_args!("the secret file `{shown}` is missing, and {on_it}"),
                format!("bring it back from the backup; {without}"),
            )),
            None => Ok(format!("`{shown}` is made on first need")),
        },
    }
}

/// The page that readers leave by, at its public address: there for a link of ours and for nobody else's. It is only
/// looked at, by the link of a reader there is not.
fn readers_page(config: &Config, newsletter: &Newsletter) -> Verdict {
    let own = &config.serve.url;
    let signer = match Signer::load(&config.serve.secret_file) {
        Ok(Some(signer)) => signer,
        Ok(None) => return Ok(format!("the pages at {own} were not tried: no link was signed yet")),
        Err(why) => return Err(wrong(why, "bring it back from the backup")),
    };
    let key = Reader::specimen().key;
    let doors = Doors::to_leave_by(&signer, |signer| Links::new(own, &newsletter.id, "", signer, &key).unsubscribe());
    match doors.try_all(&config.publication.url) {
        Reach::Open => Ok(format!("{own} has the unsubscribe page of {}, for links we signed alone", newsletter.title)),
        Reach::Untried(why) => Ok(format!("the pages at {own} were not tried: {why}")),
        Reach::Shut { url, why } => Err(wrong(
            format_args!("readers of {} could not leave, for at {url}: {why}", newsletter.title),
            "`pressrun serve` has to answer at `[serve] url`: see that it runs, with this secret file, and what stands in front of it",
        )),
    }
}

/// Where pictures are taken to; a command is only run when there is something to take.
fn pictures(publish: &Publish) -> Verdict {
    match publish {
        Publish::Command(command) => Ok(format!("`{command}` takes pictures along before an edition is frozen")),
        Publish::Folder(folder) => match tempfile::tempfile_in(folder) {
            Ok(_gone_when_dropped) => Ok(format!("pictures are put into `{}`", folder.display())),
            Err(error) => Err(wrong(
                format_args!("the folder of pictures `{}` cannot be written ({error})", folder.display()),
                "make it, or name another in `[images] publish`; a command has {} for the pictures' folder",
            )),
        },
    }
}

/// Greeting, certificate and login, as a run would have them.
fn knock(config: &Config, relay: &Relay) -> Verdict {
    if relay.url == (RelayUrl::Mailbox { at: None }) {
        return Ok("the built-in mailbox: what is sent by it is a rehearsal".to_owned());
    }
    let own = config.newsletters.values().find(|newsletter| newsletter.relay == relay.name);
    let Some(newsletter) = own.or_else(|| config.newsletters.values().next()) else {
        return Err(wrong("no newsletter goes by it", "name it in a newsletter's `relay`, or take it out"));
    };
    let mend = || format!("see `[relays.{}]` in config.toml, and whether the relay is up", relay.name);
    deliver::knock(relay, &newsletter.from.address).map_err(|why| wrong(why, mend()))
}
