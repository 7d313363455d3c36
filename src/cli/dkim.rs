//! `dkim`: keys that sign the newsroom's mail, and the DNS records that prove them.

use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::{Exit, Failure, Outcome, World};
use crate::config::{Config, Signing};
use crate::dkim::{Algorithm, Key, Record};
use crate::secret;

/// Make the keys that sign your mail, and print their DNS records
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun dkim keygen      an RSA key and an Ed25519 key, and what to publish
    pressrun dkim show        the records of the keys there are
    pressrun doctor           whether what is published is your key")]
pub(crate) struct Dkim {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Make the keys config.toml names and has not, each readable by its owner alone
    ///
    /// Without [dkim] in config.toml it makes an RSA key, which every receiver reads, and an Ed25519 key beside
    /// it, and prints the lines to add. A key that is there is never written over.
    #[command(after_help = "Examples:\n    pressrun dkim keygen\n    pressrun -C /srv/newsroom dkim keygen")]
    Keygen,
    /// Print the DNS records of the keys there are
    #[command(
        after_help = "Examples:\n    pressrun dkim show\n    pressrun dkim show --json    for a program that publishes them"
    )]
    Show,
}

/// A key that config.toml names, or would.
struct Named {
    selector: String,
    file: PathBuf,
    /// What is made where the file is not there.
    algorithm: Algorithm,
}

impl Dkim {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let config = world.config()?;
        let (domain, named) = named(world, &config)?;
        match self.act {
            Act::Keygen => keygen(world, &config, &domain, &named),
            Act::Show => show(world, &config, &domain, &named),
        }
    }
}

/// The domain and the keys: config.toml's, or those a newsroom without [dkim] begins with.
fn named(world: &World, config: &Config) -> Result<(String, Vec<Named>), Failure> {
    let kinds = [Algorithm::Rsa, Algorithm::Ed25519];
    if let Some(Signing { domain, keys }) = &config.signing {
        let keys = keys.iter().zip(kinds);
        let named =
            keys.map(|(own, algorithm)| Named { selector: own.selector.clone(), file: own.file.clone(), algorithm });
        return Ok((domain.clone(), named.collect()));
    }
    let newsletter = match config.newsletters.values().next() {
        Some(only) if config.newsletters.len() == 1 => only,
        _ => world.newsletter(config)?,
    };
    let names = [("press1", "secrets/dkim-rsa.pem"), ("press1e", "secrets/dkim-ed25519.pem")];
    let named = names.into_iter().zip(kinds).map(|((selector, file), algorithm)| Named {
        selector: selector.to_owned(),
        file: config.root.join(file),
        algorithm,
    });
    Ok((newsletter.from.address.domain().to_owned(), named.collect()))
}

fn keygen(world: &World, config: &Config, domain: &str, named: &[Named]) -> Outcome {
    let mut made = 0;
    for own in named {
        let shown = own.file.display();
        let (key, pem) = Key::generate(own.algorithm).map_err(Failure::unexpected)?;
        let written = folder_of(&own.file).and_then(|()| secret::write_new(&own.file, &pem));
        match written {
            Ok(()) => {
                made += 1;
                world.say(format_args!("wrote {shown} (mode 0600)"));
                publish(world, domain, own, &key)?;
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                world.say(format_args!("{shown} is there, and is kept"));
            }
            Err(error) => {
                return Err(Failure::usage(format!("the DKIM key `{shown}` cannot be written: {error}")));
            }
        }
    }
    if made == 0 {
        return Err(Failure::usage("every key is there already, and no key is ever written over")
            .hint("`pressrun dkim show` prints their records; a new key gets a new `selector` and `key_file`"));
    }
    if config.signing.is_none() {
        world.say(format_args!(
            "\nwhen the records are published, add to config.toml:\n\n{}",
            lines(config, domain, named)
        ));
    }
    Ok(Exit::Done)
}

/// Secrets lie in a folder of their owner's alone.
fn folder_of(file: &Path) -> std::io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// What config.toml has to say for these keys to sign.
fn lines(config: &Config, domain: &str, named: &[Named]) -> String {
    let path = |own: &Named| own.file.strip_prefix(&config.root).unwrap_or(&own.file).display().to_string();
    let mut lines = format!("[dkim]\ndomain   = \"{domain}\"\n");
    for (place, own) in named.iter().enumerate() {
        if place == 1 {
            lines += "\n[dkim.second]\n";
        }
        lines += &format!("selector = \"{}\"\nkey_file = \"{}\"\n", own.selector, path(own));
    }
    lines
}

fn show(world: &World, config: &Config, domain: &str, named: &[Named]) -> Outcome {
    for own in named {
        if config.signing.is_none() && !own.file.exists() {
            return Err(Failure::usage("config.toml has no [dkim], and there is no key")
                .hint("`pressrun dkim keygen` makes two and prints their records"));
        }
        let key = Key::load(&own.file).map_err(|why| {
            Failure::usage(why).hint("`pressrun dkim keygen` makes the keys that config.toml names and has not")
        })?;
        publish(world, domain, own, &key)?;
    }
    Ok(Exit::Done)
}

/// One record, for a zone file and for a form in a browser.
fn publish(world: &World, domain: &str, own: &Named, key: &Key) -> Result<(), Failure> {
    let record = Record::of(domain, &own.selector, key);
    let object = json!({
        "selector": own.selector,
        "algorithm": key.algorithm().as_str(),
        "file": own.file.display().to_string(),
        "name": record.name,
        "type": "TXT",
        "value": record.text,
        "zone": record.zone_line(),
    });
    world.tell(
        format_args!(
            "\n{} key, selector {}: publish this TXT record\n  in a zone file:\n{}\n  in a form:\n{}\n{}",
            key.algorithm().as_str(),
            own.selector,
            record.zone_line(),
            record.name,
            record.text
        ),
        object,
    )
}
