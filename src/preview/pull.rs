//! Galleys: an issue as the files last said it, with the last proof that could be pulled of it.
//!
//! Findings come from the same walk as `check`'s. Where the files do not make an issue the last good proof
//! stays beside them, marked as old, so that a slip of the fingers never blanks the page; a preview that starts
//! on such files shows what was approved, if anything was.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use chrono::{DateTime, Utc};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Desk, runs};
use crate::config::{Config, Newsletter};
use crate::edit::{self, Outline, Refusal};
use crate::files;
use crate::finding::{Finding, Source};
use crate::issue::IssueName;
use crate::linkbook::State;
use crate::press::{self, Proof, Pulled};
use crate::token::hex;

/// One issue, pulled.
pub(super) struct Galley {
    pub(super) name: IssueName,
    /// Grows by one with every change a reader or an editor would see.
    pub(super) number: u64,
    /// The settings it was pulled with.
    pub(super) config: Arc<Config>,
    /// The issue's file; none where it is not there or no text.
    pub(super) source: Option<Arc<Source>>,
    /// What is in the file, or was when it last could be read.
    pub(super) outline: Outline,
    /// Why it cannot be read now.
    pub(super) unreadable: Option<Refusal>,
    /// As `check` says them.
    pub(super) findings: Vec<Finding>,
    /// Where its readers may go.
    pub(super) leads: Vec<String>,
    pub(super) mail: Mail,
    print: [u8; 32],
    /// The count of saves it was pulled at.
    saves: u64,
}

/// The proof that is shown.
#[derive(Clone)]
pub(super) enum Mail {
    /// Of the files as they are.
    Fresh(Arc<Proof>),
    /// Of the files as they last made a mail; now they do not.
    Old(Arc<Proof>),
    /// They made none since the preview began: what somebody approved.
    Approved {
        proof: Arc<Proof>,
        by: String,
        at: DateTime<Utc>,
    },
    None,
}

impl Mail {
    pub(super) fn proof(&self) -> Option<&Proof> {
        match self {
            Self::Fresh(proof) | Self::Old(proof) | Self::Approved { proof, .. } => Some(proof),
            Self::None => None,
        }
    }

    /// What is seen is not what the files say.
    pub(super) fn is_stale(&self) -> bool {
        !matches!(self, Self::Fresh(_))
    }
}

impl Galley {
    /// A galley is pulled only for newsletters that config.toml has, and keeps the settings it was pulled with.
    pub(super) fn newsletter(&self) -> &Newsletter {
        self.config
            .newsletters
            .get(&self.name.newsletter)
            .expect("a galley was pulled for a newsletter of its settings")
    }

    pub(super) fn proof(&self) -> Option<&Proof> {
        self.mail.proof()
    }

    /// Names the file it was made of: an edit is made in that one or not at all.
    pub(super) fn seen(&self) -> String {
        self.source.as_ref().map_or_else(String::new, |source| seen(&source.text))
    }

    /// `morning/2026-11-24`: its address, and what news of it is about.
    pub(super) fn about(&self) -> String {
        about(&self.name)
    }
}

/// Names a text by what it says.
pub(super) fn seen(text: &str) -> String {
    hex(&Sha256::digest(text))
}

pub(super) fn about(name: &IssueName) -> String {
    format!("{}/{}", name.newsletter, name.slot)
}

/// Where galleys are pulled, an issue each: who wants the same one waits for it, and nobody else does.
#[derive(Default)]
pub(super) struct Benches(Mutex<BTreeMap<IssueName, Arc<Bench>>>);

type Bench = Mutex<Option<Arc<Galley>>>;

/// Issues kept pulled, beside those that are looked at: any address of a date may be asked for.
const MOST: usize = 64;

impl Benches {
    fn of(&self, name: &IssueName, is_looked_at: impl Fn(&IssueName) -> bool) -> Arc<Bench> {
        let mut all = lock(&self.0);
        if all.len() >= MOST && !all.contains_key(name) {
            all.retain(|other, _| is_looked_at(other));
        }
        Arc::clone(all.entry(name.clone()).or_default())
    }

    fn names(&self) -> Vec<IssueName> {
        lock(&self.0).keys().cloned().collect()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    /// The issue as its files say it now; `None` where its newsletter is gone from config.toml.
    pub(super) fn galley(self: &Arc<Self>, name: &IssueName) -> Option<Arc<Galley>> {
        let bench = self.benches.of(name, |name| self.live.is_looked_at(&about(name)));
        let mut last = lock(&bench);
        let saves = self.saves.load(Ordering::Acquire);
        if let Some(fresh) = last.as_ref().filter(|galley| galley.saves == saves) {
            return Some(Arc::clone(fresh));
        }
        let galley = Arc::new(self.pulled(name, saves, last.as_deref())?);
        let before = last.replace(Arc::clone(&galley));
        self.ask_links(&galley);
        if before.is_some_and(|before| before.number != galley.number) {
            self.live.tell("issue", &galley.about(), json!({ "number": galley.number }));
        }
        Some(galley)
    }

    /// The same for whoever does not wait for a first pull, which develops every picture: it is made beside them, and
    /// they hear of it.
    pub(super) fn galley_if_pulled(self: &Arc<Self>, name: &IssueName) -> Option<Arc<Galley>> {
        let bench = self.benches.of(name, |name| self.live.is_looked_at(&about(name)));
        // Whoever holds the bench pulls it, and tells.
        let was_pulled = bench.try_lock().ok()?.is_some();
        if was_pulled {
            return self.galley(name);
        }
        let (desk, name) = (Arc::clone(self), name.clone());
        thread::spawn(move || {
            desk.galley(&name);
            desk.live.tell("days", runs::DAYS, json!({}));
        });
        None
    }

    /// Something was saved: every galley is old, and those somebody looks at are pulled again at once.
    pub(super) fn look_again(self: &Arc<Self>, settings: bool) {
        self.saves.fetch_add(1, Ordering::AcqRel);
        if settings {
            self.read_settings();
            self.live.tell("settings", "", json!({}));
        }
        for name in self.benches.names().iter().filter(|name| self.live.is_looked_at(&about(name))) {
            if let Some(galley) = self.galley(name) {
                self.ring_if_changed(galley);
            }
        }
        self.look_at_slots();
        self.live.tell("days", runs::DAYS, json!({}));
    }

    /// Tells whoever looks at a newsletter that an issue came or went.
    fn look_at_slots(&self) {
        let config = self.config();
        let mut known = lock(&self.slots);
        for id in config.newsletters.keys().filter(|id| self.live.is_looked_at(id)) {
            let now = files::slots(&config.root, id);
            let before = known.insert(id.clone(), now);
            if before.is_some_and(|before| known.get(id) != Some(&before)) {
                self.live.tell("slots", id, json!({}));
            }
        }
    }

    /// The slots of a newsletter, as its pages show them.
    pub(super) fn slots(&self, newsletter: &str) -> Vec<String> {
        let slots = files::slots(&self.config().root, newsletter);
        lock(&self.slots).insert(newsletter.to_owned(), slots.clone());
        slots
    }

    fn pulled(&self, name: &IssueName, saves: u64, before: Option<&Galley>) -> Option<Galley> {
        let config = self.config();
        let newsletter = config.newsletters.get(&name.newsletter)?;
        self.book.read_again();
        let Pulled { source, findings, proof, leads, .. } =
            press::pull_knowing(&config, newsletter, &name.slot, &self.book);
        let leads = leads.into_iter().map(|lead| lead.address).collect::<Vec<String>>();
        let (outline, unreadable) = match source.as_ref().map(|source| edit::outline(&source.text)) {
            Some(Ok(outline)) => (outline, None),
            Some(Err(refusal)) => (before.map(|before| before.outline.clone()).unwrap_or_default(), Some(refusal)),
            None => (Outline::default(), None),
        };
        let mail = match (proof, before.map(|before| &before.mail)) {
            (Some(proof), _) => Mail::Fresh(Arc::new(proof)),
            (None, Some(Mail::Fresh(proof) | Mail::Old(proof))) => Mail::Old(Arc::clone(proof)),
            (None, Some(approved @ Mail::Approved { .. })) => approved.clone(),
            (None, _) => self.approved(name).unwrap_or(Mail::None),
        };
        let known: Vec<State> = leads.iter().map(|address| self.book.state(address)).collect();
        let print = print(source.as_deref(), &findings, &known, &mail);
        let number = match before {
            Some(before) if before.print == print => before.number,
            Some(before) => before.number + 1,
            None => 1,
        };
        let (name, config) = (name.clone(), Arc::clone(&config));
        Some(Galley { name, number, config, source, outline, unreadable, findings, leads, mail, print, saves })
    }

    /// What was approved of an issue whose files make no mail. A store that cannot be read says so elsewhere.
    fn approved(&self, name: &IssueName) -> Option<Mail> {
        let approval = self.store()?.ok()?.approval(&name.newsletter, &name.slot).ok()??;
        let proof = Proof::read(&approval.parts?).ok()?;
        Some(Mail::Approved { proof: Arc::new(proof), by: approval.by, at: approval.at })
    }
}

/// Names what would be seen: a save that changes nothing is no news.
fn print(source: Option<&Source>, findings: &[Finding], links: &[State], mail: &Mail) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(source.map_or("", |source| &source.text));
    for finding in findings {
        let at = finding.place.as_ref().map(|place| (&place.source.path, place.source.line_col(place.span.start)));
        hash.update(format!(
            "{} {:?} {} {at:?} {:?} {:?} {:?}",
            finding.check, finding.level, finding.title, finding.help, finding.fix, finding.notes
        ));
    }
    hash.update(format!("{links:?}"));
    hash.update([u8::from(mail.is_stale())]);
    if let Some(proof) = mail.proof() {
        hash.update(serde_json::to_vec(proof).unwrap_or_default());
    }
    hash.finalize().into()
}
