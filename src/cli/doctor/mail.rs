//! What receivers judge us by: the signing keys, and the records of the DNS that name them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{Verdict, private, wrong};
use crate::config::{Config, Signing};
use crate::dkim::{Key, Record};
use crate::dns;

/// Where records are looked up.
pub(super) enum Dns {
    /// Nowhere: keys are read, and nobody is asked.
    Nowhere,
    /// A zone file's text.
    Given(String),
    /// The system's name server.
    Asked,
}

impl Dns {
    fn txt(&self, name: &str) -> Option<Result<Vec<String>, String>> {
        match self {
            Self::Nowhere => None,
            Self::Given(zone) => Some(Ok(dns::from_zone(zone, name))),
            Self::Asked => Some(dns::txt(name)),
        }
    }
}

/// Every key, readable, its owner's alone, and published as it is.
pub(super) fn keys(signing: &Signing, dns: &Dns) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for own in &signing.keys {
        match Key::load(&own.file) {
            Err(why) => {
                let there = own.file.exists();
                let mend = "nothing is sent before; `pressrun dkim keygen` makes the keys that are missing";
                verdicts.push(Err(wrong(why, if there { "nothing is sent before" } else { mend })));
            }
            Ok(key) => {
                verdicts.push(private(&own.file, "DKIM key"));
                verdicts.push(published(&Record::of(&signing.domain, &own.selector, &key), dns));
            }
        }
    }
    verdicts
}

fn published(record: &Record, dns: &Dns) -> Verdict {
    let publish = || format!("publish: {}", record.zone_line());
    match dns.txt(&record.name) {
        None => Ok(format!("key of {}; `doctor --network` looks whether it is published", record.name)),
        Some(Err(why)) => Err(wrong(why, "ask again, or give the records with `--dns FILE`")),
        Some(Ok(found)) if found.is_empty() => Err(wrong(format_args!("{} has no TXT record", record.name), publish())),
        Some(Ok(found)) if found.len() > 1 => {
            Err(wrong(format_args!("{} has {} TXT records", record.name, found.len()), "leave one: the key's"))
        }
        Some(Ok(found)) => match record.agrees_with(&found[0]) {
            Ok(()) => Ok(format!("{} publishes this key", record.name)),
            Err(why) => Err(wrong(format_args!("{} {why}", record.name), publish())),
        },
    }
}

/// SPF where mail returns to, DMARC where it is from: one of each (RFC 7208, 4.5; RFC 7489, 6.6.3).
pub(super) fn policies(config: &Config, dns: &Dns) -> Vec<Verdict> {
    let from: BTreeSet<&str> = config.newsletters.values().map(|own| own.from.address.domain()).collect();
    let returns = config.bounces.as_ref().map_or_else(|| from.clone(), |address| BTreeSet::from([address.domain()]));
    let spf = returns.into_iter().map(|domain| (domain.to_owned(), "v=spf1", "v=spf1 include:YOUR-RELAY ~all"));
    let dmarc =
        from.into_iter().map(|domain| (format!("_dmarc.{domain}"), "v=DMARC1", "v=DMARC1; p=none; rua=mailto:YOU"));
    spf.chain(dmarc).filter_map(|(name, version, example)| policy(&name, version, example, dns)).collect()
}

fn policy(name: &str, version: &str, example: &str, dns: &Dns) -> Option<Verdict> {
    let found = match dns.txt(name)? {
        Ok(found) => found,
        Err(why) => return Some(Err(wrong(why, "ask again, or give the records with `--dns FILE`"))),
    };
    let own: Vec<&String> = found.iter().filter(|text| text.starts_with(version)).collect();
    Some(match own.as_slice() {
        [only] => Ok(format!("{name}: {only}")),
        [] => {
            Err(wrong(format_args!("{name} has no `{version}` record"), format!("publish one, such as \"{example}\"")))
        }
        more => {
            Err(wrong(format_args!("{name} has {} `{version}` records", more.len()), "leave one: two count as none"))
        }
    })
}

/// The records of `--dns FILE`.
pub(super) fn given(path: &Path) -> Result<Dns, String> {
    fs::read_to_string(path).map(Dns::Given).map_err(|error| format!("`{}` cannot be read: {error}", path.display()))
}
