//! The link book: what is known of the addresses an issue leads to, because the network was asked within the hour.
//!
//! Looking an address up never waits. Asking happens beside other work, in threads of its own, with a callback for
//! each answer: the preview asks while the editor writes, `check --network` asks and waits, `approve` and `send` only
//! look. `verdict` says what answers mean, `ask` goes and asks, and the book lies in `.pressrun/links`.

mod ask;
mod verdict;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::check::answers::Outcome;
use crate::check::links::hosts::is_placeholder;
use crate::clock;
use crate::config::host;
use crate::http::{Answer, Ask, Http, Silence};

/// How long an answer is believed.
pub(crate) const BELIEVED: TimeDelta = TimeDelta::hours(1);
/// Addresses asked in one go, at most.
const MOST: usize = 100;
/// How long one question may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is known of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Nobody is there to ask: a name kept free for examples, or a machine at home.
    Nobody,
    NotAsked,
    Asking,
    Known(Known),
}

/// What came of asking, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Known {
    pub(crate) asked: DateTime<Utc>,
    #[serde(flatten)]
    pub(crate) outcome: Outcome,
}

/// One newsroom's book, shared by whoever asks and whoever looks.
#[derive(Debug)]
pub(crate) struct LinkBook {
    path: PathBuf,
    entries: Mutex<BTreeMap<String, Entry>>,
}

#[derive(Clone, Debug)]
enum Entry {
    Asking,
    Known(Known),
}

/// A line of the file.
#[derive(Serialize, Deserialize)]
struct Line<'a> {
    address: std::borrow::Cow<'a, str>,
    #[serde(flatten)]
    known: Known,
}

impl LinkBook {
    /// The book of the newsroom in this folder; one that is not there, or does not read, is an empty one: the worst
    /// that comes of it is that addresses are asked again.
    pub(crate) fn open(root: &Path) -> Arc<Self> {
        let book = Self { path: root.join(".pressrun/links"), entries: Mutex::default() };
        book.read_again();
        Arc::new(book)
    }

    /// Takes in what other processes learnt meanwhile.
    pub(crate) fn read_again(&self) {
        let mut entries = self.entries();
        for (address, theirs) in read(&self.path) {
            let newer = match entries.get(&address) {
                Some(Entry::Known(own)) => own.asked < theirs.asked,
                Some(Entry::Asking) => false,
                None => true,
            };
            if newer {
                entries.insert(address, Entry::Known(theirs));
            }
        }
    }

    /// What is known of an address now. Never waits.
    pub(crate) fn state(&self, address: &str) -> State {
        let page = page(address);
        if !may_be_asked(page) {
            return State::Nobody;
        }
        match self.entries().get(page) {
            Some(Entry::Asking) => State::Asking,
            Some(Entry::Known(known)) if is_fresh(known) => State::Known(known.clone()),
            _ => State::NotAsked,
        }
    }

    /// Asks those of these addresses that are not known within the hour, or whose last answer was a bad one; `told` is
    /// called with each once more is known of it. At most a hundred are asked; how many there are, comes back at once.
    pub(crate) fn ask(self: &Arc<Self>, addresses: &[String], told: impl Fn(&str) + Send + Sync + 'static) -> Asking {
        let http = OnceLock::new();
        let ask = move |ask: Ask, url: &str| http.get_or_init(|| Http::new(PATIENCE)).ask(ask, url);
        self.ask_by(addresses, ask, told)
    }

    fn ask_by(
        self: &Arc<Self>,
        addresses: &[String],
        ask: impl Fn(Ask, &str) -> Result<Answer, Silence> + Send + Sync + 'static,
        told: impl Fn(&str) + Send + Sync + 'static,
    ) -> Asking {
        let mut wanted = self.unsure(addresses);
        let left_out = wanted.len().saturating_sub(MOST);
        wanted.truncate(MOST);
        self.entries().extend(wanted.iter().map(|address| (address.clone(), Entry::Asking)));
        let (book, count) = (self.clone(), wanted.len());
        let done = std::thread::spawn(move || {
            ask::all(wanted, &ask, &may_be_asked, &|address, outcome| {
                book.learn(address, outcome);
                told(address);
            });
            if count > 0 { book.save() } else { Ok(()) }
        });
        Asking { count, left_out, done }
    }

    /// The pages of these addresses that are worth a question.
    fn unsure(&self, addresses: &[String]) -> Vec<String> {
        let worth = |address: &&str| match self.state(address) {
            State::NotAsked => true,
            State::Known(known) => !matches!(known.outcome, Outcome::Fine | Outcome::Moved { .. }),
            State::Nobody | State::Asking => false,
        };
        let mut seen = BTreeSet::new();
        let pages = addresses.iter().map(|address| page(address)).filter(worth);
        pages.filter(|page| seen.insert(*page)).map(str::to_owned).collect()
    }

    /// An answer, or none: what proves nothing is not remembered.
    fn learn(&self, address: &str, outcome: Option<Outcome>) {
        let mut entries = self.entries();
        match outcome {
            Some(outcome) => {
                let known = Known { asked: clock::now(), outcome };
                entries.insert(address.to_owned(), Entry::Known(known));
            }
            None => drop(entries.remove(address)),
        }
    }

    /// Writes down what is fresh, with what another process learnt meanwhile.
    fn save(&self) -> Result<(), String> {
        let cannot = |error: std::io::Error| format!("cannot write {}: {error}", self.path.display());
        let mut lines: BTreeMap<String, Known> = read(&self.path);
        for (address, entry) in &*self.entries() {
            if let Entry::Known(known) = entry {
                lines.insert(address.clone(), known.clone());
            }
        }
        lines.retain(|_, known| is_fresh(known));
        let mut text = Vec::new();
        for (address, known) in lines {
            serde_json::to_writer(&mut text, &Line { address: address.into(), known })
                .map_err(std::io::Error::from)
                .map_err(cannot)?;
            text.push(b'\n');
        }
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(cannot)?;
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(cannot)?;
        file.write_all(&text).map_err(cannot)?;
        file.persist(&self.path).map_err(|error| cannot(error.error))?;
        Ok(())
    }

    fn entries(&self) -> MutexGuard<'_, BTreeMap<String, Entry>> {
        // Each change is one insertion: a thread that died in between left nothing half done.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A round of questions under way.
#[derive(Debug)]
pub(crate) struct Asking {
    pub(crate) count: usize,
    /// Addresses beyond those asked in one go.
    pub(crate) left_out: usize,
    done: JoinHandle<Result<(), String>>,
}

impl Asking {
    /// Waits for the last answer.
    ///
    /// # Errors
    /// The answers could not be written down; they are known in this process all the same.
    pub(crate) fn wait(self) -> Result<(), String> {
        self.done.join().unwrap_or_else(|_| Err("the thread that asks the links died".to_owned()))
    }
}

/// The lines that read; a line that does not is an answer lost, and nothing more.
fn read(path: &Path) -> BTreeMap<String, Known> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let line = |line: &str| serde_json::from_str::<Line<'_>>(line).ok();
    text.lines().filter_map(line).map(|line| (line.address.into_owned(), line.known)).collect()
}

fn is_fresh(known: &Known) -> bool {
    let age = clock::now() - known.asked;
    age < BELIEVED && age > -BELIEVED
}

/// The page of an address: the place inside it is the browser's affair.
fn page(address: &str) -> &str {
    address.split('#').next().unwrap_or(address)
}

/// Whether somebody out in the world answers for this address.
fn may_be_asked(address: &str) -> bool {
    let web = ["http://", "https://"].iter().any(|scheme| address.starts_with(scheme));
    let host = host(address).unwrap_or_default().to_ascii_lowercase();
    let kept_free = [".example", ".test", ".invalid"].iter().any(|ending| host.ends_with(ending));
    web && !host.is_empty() && !kept_free && !is_placeholder(&host)
}

#[cfg(test)]
mod tests;
