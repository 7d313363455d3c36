//! The walk down the street, from a newsletter's files to a proof: read, compile, render.
//!
//! Commands meet here; each room stays ignorant of the next. Nothing here mails the list.

mod begin;
mod coming;
mod copies;
mod correcting;
mod fetching;
pub(crate) mod lookout;
mod masthead;
mod post;
mod proof;
mod publish;
mod reach;
mod ringing;
mod specimen;
mod test;
mod vouching;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::check::{self, answers, rendered};
use crate::clock;
use crate::config::{Config, Newsletter, Relay, RelayUrl};
use crate::edition::Edition;
use crate::files::Newsroom;
use crate::finding::{Finding, Source, sort};
use crate::issue::compile::Compiled;
use crate::issue::leads::Lead;
use crate::issue::{self, IssueName};
use crate::linkbook::{LinkBook, State};
use crate::mailbox::Mailbox;
use crate::store::{Picture, Version};

pub(crate) use begin::{Begun, NotBegun, Pattern, begin, template};
pub(crate) use coming::{comes_at, coming, edition, is_extra, newest, whom, written};
pub(crate) use copies::look_at_copies;
pub(crate) use correcting::{Changed, Correction, correctable};
pub(crate) use fetching::elsewhere;
pub(crate) use post::{HouseLetter, mail};
pub(crate) use proof::{Proof, ProofPicture, Specimen};
pub(crate) use publish::publish;
pub(crate) use reach::{Doors, Reach};
pub(crate) use ringing::{issue_changed, ring, ring_for_the_store};
pub(crate) use specimen::SpecimenNewsroom;
pub(crate) use test::{MOST_TESTS, test};
pub(crate) use vouching::{NOBODY, Standing, Unfit, Vouching, withdraw};

/// What the files say, and the proof where they say it without an error.
pub(crate) struct Pulled {
    /// The issue's file as it was read; none where it cannot be.
    pub(crate) source: Option<Arc<Source>>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) proof: Option<Proof>,
    /// Where its readers may go, whether it compiles or not.
    pub(crate) leads: Vec<Lead>,
    pub(crate) took: Took,
}

/// How long the walk took, stretch by stretch.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Took {
    /// Reading the files, compiling them, checking them.
    pub(crate) compile: Duration,
    /// All editions: HTML, text, web.
    pub(crate) render: Duration,
}

/// Reads, compiles and renders one issue.
pub(crate) fn pull(config: &Config, newsletter: &Newsletter, slot: &str) -> Pulled {
    pull_knowing(config, newsletter, slot, &LinkBook::open(&config.root))
}

/// The same for whoever keeps a link book open.
pub(crate) fn pull_knowing(config: &Config, newsletter: &Newsletter, slot: &str, book: &LinkBook) -> Pulled {
    let begun = Instant::now();
    let newsroom = Newsroom::open(&config.root);
    let name = IssueName { newsletter: newsletter.id.clone(), slot: slot.to_owned() };
    let source = match newsroom.issue(&name) {
        Ok(source) => source,
        Err(finding) => {
            return Pulled {
                source: None,
                findings: vec![finding],
                proof: None,
                leads: Vec::new(),
                took: Took::default(),
            };
        }
    };
    let Compiled { issue, mut findings, waivers, leads, met } =
        issue::compile::compile(&name, &source, config, &newsroom);
    let compile = begun.elapsed();
    let mut later: Vec<Finding> = answered(&leads, book);
    let brand = masthead::brand(&newsletter.look, &newsroom, &mut later);
    let proof = issue.zip(brand).map(|(issue, brand)| Proof::pull(&issue, &brand, waivers.clone()));
    let took = Took { compile, render: begun.elapsed() - compile };
    later.extend(proof.as_ref().and_then(|proof| rendered::clip(&proof.bill, newsletter)));
    findings.extend(check::apply(later, config, newsletter, &waivers));
    sort(&mut findings, &met);
    Pulled { source: Some(source), findings, proof, leads, took }
}

/// What is known of the links; nobody is asked here.
fn answered(leads: &[Lead], book: &LinkBook) -> Vec<Finding> {
    let known = |lead: &Lead| match book.state(&lead.address) {
        State::Known(known) => {
            let minutes = (clock::now() - known.asked).num_minutes();
            answers::finding(lead, &known.outcome, minutes)
        }
        State::Nobody | State::NotAsked | State::Asking => None,
    };
    leads.iter().filter_map(known).collect()
}

/// What there is to say about stories and snippets by themselves, whoever shows them: they are put into an issue
/// of their own, which is looked at and thrown away.
pub(crate) fn leaf_through(
    config: &Config,
    newsletter: &Newsletter,
    stories: &[String],
    snippets: &[String],
) -> Vec<Finding> {
    let mut text = String::from("subject = \"-\"\npreheader = \"-\"\n");
    for (kind, key, names) in [("story", "story", stories), ("promo", "snippet", snippets)] {
        for name in names {
            text += &format!("[[block]]\ntype = \"{kind}\"\n{key} = {}\n", serde_json::json!(name));
        }
    }
    let source = Arc::new(Source { path: String::new(), text });
    let name = IssueName { newsletter: newsletter.id.clone(), slot: "1970-01-01".to_owned() };
    issue::compile::compile(&name, &source, config, &Newsroom::open(&config.root)).findings
}

/// The pictures of a proof as the store keeps them.
pub(crate) fn store_pictures(proof: &Proof) -> Vec<Picture> {
    let kept =
        |own: &ProofPicture| Picture { hash: own.hash.clone(), kind: own.mime.clone(), bytes: own.content.to_vec() };
    proof.pictures.iter().map(kept).collect()
}

/// A frozen edition as the store keeps it.
pub(crate) fn store_version(frozen: &Edition, subject: &str) -> Version {
    Version {
        hash: frozen.hash().to_owned(),
        subject: subject.to_owned(),
        cuts: frozen.cuts(),
        bytes: frozen.bytes().to_vec(),
    }
}

/// ` -n good-news` where a command would otherwise mean another newsletter.
pub(crate) fn flag(config: &Config, newsletter: &Newsletter) -> String {
    let meant = config.newsletters.len() == 1 || config.publication.default.as_ref() == Some(&newsletter.id);
    if meant { String::new() } else { format!(" -n {}", newsletter.id) }
}

/// Whether two audiences differ by more than a share of the earlier one.
pub(crate) fn swings(before: u64, now: u64, limit: f64) -> bool {
    before.abs_diff(now) as f64 > before as f64 * limit
}

/// The built-in mailbox, where the relay is one this process hosts; its messages lie beside the store.
pub(crate) fn mailbox_for(config: &Config, relay: &Relay) -> Option<std::io::Result<Mailbox>> {
    (relay.url == RelayUrl::Mailbox { at: None }).then(|| {
        let mut folder = config.store.path.clone();
        folder.set_extension("mailbox");
        Mailbox::host(&folder, false)
    })
}

/// The relay with the address of the mailbox hosted for it.
pub(crate) fn relay_at(relay: &Relay, hosted: Option<SocketAddr>) -> Relay {
    match hosted {
        Some(at) => Relay { url: RelayUrl::Mailbox { at: Some(at) }, ..relay.clone() },
        None => relay.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::EmailAddress;
    use crate::edition::Reader;

    #[test]
    fn no_reader_s_copy_is_larger_than_the_bill_says() {
        let config = crate::config::load(std::path::Path::new(env!("CARGO_MANIFEST_DIR")), &[]).unwrap();
        let morning = &config.newsletters["morning"];
        let proof = pull(&config, morning, "2026-11-24").proof.unwrap();
        let local = "&".repeat(64);
        let domain = format!("{}.{}.{}.example", "a".repeat(60), "b".repeat(60), "c".repeat(59));
        let reader = Reader {
            address: EmailAddress::parse(&format!("{local}@{domain}")).unwrap(),
            first_name: Some("\"".repeat(64)),
            ..Reader::specimen()
        };
        let copy = proof.specimen(&config, morning, &reader).unwrap().html;
        let spare = proof.bill.total() - copy.len();
        assert!(spare < 10, "{spare} bytes are counted that nobody gets");
    }

    #[test]
    fn a_list_swings_when_it_grows_or_shrinks_by_more_than_its_share() {
        assert!(!swings(100, 120, 0.20));
        assert!(swings(100, 121, 0.20));
        assert!(swings(100, 79, 0.20));
        assert!(swings(0, 1, 0.20));
        assert!(!swings(0, 0, 0.20));
    }
}
