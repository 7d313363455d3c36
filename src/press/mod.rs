//! The walk down the street, from a newsletter's files to a proof: read, compile, render.
//!
//! Commands meet here; each room stays ignorant of the next. Nothing here mails the list.

mod begin;
mod coming;
mod copies;
mod correcting;
pub(crate) mod lookout;
mod masthead;
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

use crate::check::{self, rendered};
use crate::config::{Config, Newsletter, Relay, RelayUrl};
use crate::edition::Edition;
use crate::files::Newsroom;
use crate::finding::{Finding, Source};
use crate::issue::{self, IssueName};
use crate::mailbox::Mailbox;
use crate::store::{Picture, Version};

pub(crate) use begin::{Begun, NotBegun, Pattern, begin, template};
pub(crate) use coming::{comes_at, coming, edition, is_extra, newest, whom, written};
pub(crate) use copies::look_at_copies;
pub(crate) use correcting::{Changed, Correction, Uncorrected};
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
    let begun = Instant::now();
    let newsroom = Newsroom::open(&config.root);
    let name = IssueName { newsletter: newsletter.id.clone(), slot: slot.to_owned() };
    let source = match newsroom.issue(&name) {
        Ok(source) => source,
        Err(finding) => {
            return Pulled { source: None, findings: vec![finding], proof: None, took: Took::default() };
        }
    };
    let (issue, mut findings) = issue::compile::compile(&name, &source, config, &newsroom);
    let compile = begun.elapsed();
    let mut house = Vec::new();
    let brand = masthead::brand(&newsletter.look, &newsroom, &mut house);
    let proof = issue.zip(brand).map(|(issue, brand)| Proof::pull(&issue, &brand));
    let took = Took { compile, render: begun.elapsed() - compile };
    house.extend(proof.as_ref().and_then(|proof| rendered::clip(&proof.bill, newsletter)));
    findings.extend(check::apply(house, config, newsletter, &[]));
    Pulled { source: Some(source), findings, proof, took }
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
    issue::compile::compile(&name, &source, config, &Newsroom::open(&config.root)).1
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

    #[test]
    fn a_list_swings_when_it_grows_or_shrinks_by_more_than_its_share() {
        assert!(!swings(100, 120, 0.20));
        assert!(swings(100, 121, 0.20));
        assert!(swings(100, 79, 0.20));
        assert!(swings(0, 1, 0.20));
        assert!(!swings(0, 0, 0.20));
    }
}
