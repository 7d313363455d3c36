//! Where an issue stands, from a day nobody has begun to books that are closed, in a few words.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::pull::Galley;
use super::{Desk, findings, vouch};
use crate::books::{clock_time, plural};
use crate::config::Newsletter;
use crate::finding::Level;
use crate::issue::IssueName;
use crate::press::Standing;
use crate::store::{Edition, EditionState, Purpose, Store, StoreError};

/// What the store knows of all issues, from one look.
#[derive(Default)]
pub(super) struct Known {
    /// Editions; of a slot that was sent and rehearsed, the one that was sent.
    pub(super) editions: BTreeMap<IssueName, Edition>,
}

impl Known {
    pub(super) fn read(store: &Store) -> Result<Self, StoreError> {
        let mut editions: BTreeMap<IssueName, Edition> = BTreeMap::new();
        for edition in store.editions(None)?.into_iter().filter(|edition| edition.purpose != Purpose::Test) {
            let name = IssueName { newsletter: edition.newsletter.clone(), slot: edition.slot.clone() };
            if edition.purpose == Purpose::Issue || !editions.contains_key(&name) {
                editions.insert(name, edition);
            }
        }
        Ok(Self { editions })
    }
}

/// Where an issue stands.
pub(super) enum Stand {
    /// There is no file yet.
    NotBegun,
    /// Written, and nothing was sent of it: what the checks count, and what was vouched for, where that is known.
    Written {
        errors: usize,
        approval: Option<Standing>,
    },
    /// Its day is over, and nobody got it.
    Unsent,
    Begun(Edition),
}

impl Stand {
    /// Of an issue that is to come, and of which nothing more is known before it is pulled.
    pub(super) fn coming(desk: &Desk, galley: Option<&Galley>) -> Self {
        let Some(galley) = galley else { return Self::Written { errors: 0, approval: None } };
        let approval = vouch::standing(desk, galley).and_then(Result::ok);
        Self::Written { errors: findings::count(galley, Level::Error), approval }
    }

    pub(super) fn drawn(&self, newsletter: &Newsletter) -> Markup {
        html! {
            @match self {
                Self::NotBegun => span.stand.none { "not begun" },
                Self::Unsent => span.stand.none { "not sent" },
                Self::Written { errors, .. } if *errors > 0 => span.stand.bad { (plural(*errors as u64, "error")) },
                Self::Written { approval: None, .. } => span.stand.none { "written" },
                Self::Written { approval: Some(approval), .. } => (approved(approval, newsletter)),
                Self::Begun(edition) => (begun(edition, newsletter)),
            }
        }
    }
}

fn approved(approval: &Standing, newsletter: &Newsletter) -> Markup {
    html! {
        @match approval {
            Standing::NotNeeded => span.stand { "needs no approval" },
            Standing::Missing => span.stand { "not approved" },
            Standing::Given { by, at } => span.stand.good { "approved by " (by) ", " (clock_time(*at, newsletter.timezone, *at)) },
            Standing::Outdated { by } => span.stand.bad { "changed since " (by) " approved it" },
        }
    }
}

/// How many it goes to, and its state in the ledger's own word.
fn begun(edition: &Edition, newsletter: &Newsletter) -> Markup {
    let rehearsal = (edition.purpose == Purpose::Rehearsal).then(|| "rehearsal".to_owned());
    let readers = (edition.audience > 0).then(|| plural(edition.audience, "reader"));
    let since = edition.started.filter(|_| edition.state == EditionState::Sending);
    let since = since.map(|at| format!("since {}", clock_time(at, newsletter.timezone, at)));
    let words: Vec<String> = [rehearsal, readers, since].into_iter().flatten().collect();
    html! {
        span.stand data-state=(edition.state.as_str()) { (words.join(", ")) " " b { (edition.state.as_str()) } }
    }
}
