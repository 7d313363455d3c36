//! `doctor`: whether everything a press run stands on is there, one line a check.
//!
//! It changes nothing and mails nobody. A store or a secret file that is not there yet is no illness: both are
//! made on first need.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use clap::Args;

use crate::cli::books::plural;
use crate::cli::world::has_sent;
use crate::cli::{Exit, Failure, Outcome, World};
use crate::config::{Config, Relay, RelayUrl};
use crate::deliver;
use crate::store::{Store, StoreError};
use crate::token::Signer;

/// Look whether config, store, secret and relays are sound
///
/// Mails nobody. Exit 0 when all is well, 2 when something is wrong; each such line says how to mend it.
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun doctor
    pressrun doctor --json     one object a check, for monitoring")]
pub(crate) struct Doctor {}

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
        let Ok(config) = world.config() else {
            let verdict = Err(wrong("config.toml does not read", "mend what is drawn above"));
            tell(world, "config".len(), "config", &verdict)?;
            return Ok(Exit::Usage);
        };
        // The longest name any line may begin with.
        let width = config.relays.keys().map(|name| "relay ".len() + name.len()).fold("config".len(), usize::max);
        let mut well = true;
        let mut check = |name: &str, verdict: Verdict| -> Result<(), Failure> {
            well &= verdict.is_ok();
            tell(world, width, name, &verdict)
        };

        let newsletters = plural(config.newsletters.len() as u64, "newsletter");
        check("config", Ok(format!("{newsletters} in `{}`", config.root.display())))?;
        check("folder", folder(&config.store.path))?;
        let store = open(&config.store.path);
        let sent = match &store {
            Ok(Some(store)) => {
                for verdict in books(store) {
                    check("store", verdict)?;
                }
                // What the store cannot tell it has told above; a secret is then better asked for than not.
                has_sent(store).unwrap_or(true)
            }
            Ok(None) => {
                check("store", Ok(format!("`{}` is made on first need", config.store.path.display())))?;
                false
            }
            Err(error) => {
                check("store", Err(wrong(error, RESTORE)))?;
                true
            }
        };
        check("secret", secret(&config.serve.secret_file, sent))?;
        for relay in config.relays.values() {
            check(&format!("relay {}", relay.name), knock(&config, relay))?;
        }
        Ok(if well { Exit::Done } else { Exit::Usage })
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
        Ok(_gone_when_dropped) => Ok(format!("`{}` can be written", folder.display())),
        Err(error) => Err(wrong(
            format_args!("`{}` cannot be written ({error})", folder.display()),
            "make it, and give it to the user that runs pressrun",
        )),
    }
}

/// The store that is there; opening would make one.
fn open(path: &Path) -> Result<Option<Store>, StoreError> {
    path.exists().then(|| Store::open(path)).transpose()
}

/// One line when the books are sound, or one for every promise that does not hold.
fn books(store: &Store) -> Vec<Verdict> {
    let looked = store.integrity().and_then(|broken| Ok((broken, store.editions(None)?)));
    match looked {
        Ok((broken, editions)) if broken.is_empty() => {
            vec![Ok(format!("{}, every invariant holds", plural(editions.len() as u64, "edition")))]
        }
        Ok((broken, _)) => broken.into_iter().map(|promise| Err(wrong(promise, RESTORE))).collect(),
        Err(error) => vec![Err(wrong(error, RESTORE))],
    }
}

/// There where mails went out with links it signed, and its owner's alone.
fn secret(path: &Path, sent: bool) -> Verdict {
    let shown = path.display();
    match Signer::load(path) {
        Err(why) => Err(wrong(why, "bring it back from the backup")),
        Ok(None) if sent => Err(wrong(
            format_args!("the secret file `{shown}` is missing, and mails were sent with links it signed"),
            "bring it back from the backup; a new one would break every unsubscribe link",
        )),
        Ok(None) => Ok(format!("`{shown}` is made on first need")),
        Ok(Some(_)) => match path.metadata().map(|found| found.permissions().mode() & 0o777) {
            Ok(mode) if mode & 0o077 == 0 => Ok(format!("`{shown}` is there, mode {mode:04o}")),
            Ok(mode) => Err(wrong(
                format_args!("`{shown}` has mode {mode:04o}, so others on this machine can read it"),
                format!("`chmod 600 {shown}`"),
            )),
            Err(error) => Err(wrong(format_args!("`{shown}` cannot be looked at ({error})"), "see who owns it")),
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
