//! Galleys: an issue as the files last said it, with the last proof that could be pulled of it.
//!
//! Findings come from the same walk as `check`'s. Where the files do not make an issue the last good proof
//! stays beside them, marked as stale, so that a slip of the fingers never blanks the page.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::Desk;
use crate::config::{Config, Newsletter};
use crate::finding::Finding;
use crate::issue::IssueName;
use crate::press::{self, Proof};

/// One issue, pulled.
pub(super) struct Galley {
    pub(super) name: IssueName,
    /// Grows by one with every change a reader or an editor would see.
    pub(super) number: u64,
    /// The settings it was pulled with.
    pub(super) config: Arc<Config>,
    /// As `check` says them.
    pub(super) findings: Vec<Finding>,
    /// The last good one.
    pub(super) proof: Option<Arc<Proof>>,
    /// The proof is older than the files, which do not compile.
    pub(super) stale: bool,
    print: [u8; 32],
    /// The files changed since.
    old: bool,
}

impl Galley {
    /// A galley is pulled only for newsletters that config.toml has, and keeps the settings it was pulled with.
    pub(super) fn newsletter(&self) -> &Newsletter {
        self.config
            .newsletters
            .get(&self.name.newsletter)
            .expect("a galley was pulled for a newsletter of its settings")
    }

    /// `morning/2026-11-24`: its address, and what news of it is about.
    pub(super) fn about(&self) -> String {
        about(&self.name)
    }
}

pub(super) fn about(name: &IssueName) -> String {
    format!("{}/{}", name.newsletter, name.slot)
}

impl Desk {
    /// The issue as its files say it now; `None` where its newsletter is gone from config.toml.
    pub(super) fn galley(&self, name: &IssueName) -> Option<Arc<Galley>> {
        let mut galleys = self.galleys();
        let before = galleys.get(name).cloned();
        if let Some(fresh) = before.as_ref().filter(|galley| !galley.old) {
            return Some(Arc::clone(fresh));
        }
        let galley = Arc::new(pulled(self.config(), name, before.as_deref())?);
        galleys.insert(name.clone(), Arc::clone(&galley));
        if before.is_some_and(|before| before.number != galley.number) {
            self.live.tell("issue", &galley.about(), serde_json::json!({ "number": galley.number }));
        }
        Some(galley)
    }

    /// Something was saved: every galley is old, and those somebody looks at are pulled again at once.
    pub(super) fn look_again(&self, settings: bool) {
        if settings {
            self.read_settings();
            self.live.tell("settings", "", serde_json::json!({}));
        }
        let names: Vec<IssueName> = {
            let mut galleys = self.galleys();
            let old = |galley: &Arc<Galley>| {
                Arc::new(Galley {
                    old: true,
                    findings: galley.findings.clone(),
                    proof: galley.proof.clone(),
                    config: Arc::clone(&galley.config),
                    name: galley.name.clone(),
                    ..**galley
                })
            };
            galleys.values_mut().for_each(|galley| *galley = old(galley));
            galleys.keys().filter(|name| self.live.is_looked_at(&about(name))).cloned().collect()
        };
        for name in &names {
            self.galley(name);
        }
        self.live.tell("files", "", serde_json::json!({}));
    }
}

fn pulled(config: Arc<Config>, name: &IssueName, before: Option<&Galley>) -> Option<Galley> {
    let newsletter = config.newsletters.get(&name.newsletter)?;
    let press::Pulled { findings, proof, .. } = press::pull(&config, newsletter, &name.slot);
    let stale = proof.is_none();
    let print = print(&findings, proof.as_ref());
    let proof = proof.map(Arc::new).or_else(|| before.and_then(|before| before.proof.clone()));
    let number = match before {
        Some(before) if before.print == print => before.number,
        Some(before) => before.number + 1,
        None => 1,
    };
    Some(Galley { name: name.clone(), number, findings, proof, stale, print, old: false, config: Arc::clone(&config) })
}

/// Names what would be seen: a save that changes nothing is no news.
fn print(findings: &[Finding], proof: Option<&Proof>) -> [u8; 32] {
    let mut hash = Sha256::new();
    for finding in findings {
        let at = finding.place.as_ref().map(|place| (&place.source.path, place.source.line_col(place.span.start)));
        hash.update(format!(
            "{} {:?} {} {at:?} {:?} {:?} {:?}",
            finding.check, finding.level, finding.title, finding.help, finding.fix, finding.notes
        ));
    }
    if let Some(proof) = proof {
        hash.update(serde_json::to_vec(proof).unwrap_or_default());
    }
    hash.finalize().into()
}
