//! The preview: the issue on the editor's desk, as readers will meet it, a blink after each save.
//!
//! A small server for a browser on the same machine. Pages are rendered whole by the server; a script fetches
//! them again when news comes and changes what differs. The preview walks the same street as `check` and
//! `build` and leaves it at the proof; what is written goes through `edit` into the same files the editor has
//! open. Nothing here can mail the list.
//!
//! A page is a place, a `main` and what its news are about: [`page`]. What is pulled of an issue is a galley:
//! [`pull`]. What is looked at, and how, stands in the address: [`view`]. Every write goes by [`pen`].

mod alarm;
mod answer;
mod archive;
mod asking;
mod assets;
mod blocks;
mod census;
mod changes;
mod days;
mod door;
mod editor;
mod envelope;
mod findings;
mod guard;
mod issue;
mod links;
mod live;
mod mail;
mod meters;
mod missing;
mod order;
mod page;
mod pen;
mod presence;
mod pull;
mod room;
mod runs;
mod server;
mod side;
mod snippet;
mod stage;
mod stand;
mod stories;
mod test;
#[cfg(test)]
mod tests;
mod tools;
mod view;
mod vouch;
mod watch;
mod who;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::clock;
use crate::config::{self, Config};
use crate::finding::Finding;
use crate::issue::IssueName;
use crate::linkbook::LinkBook;
use crate::store::{Store, StoreError};
use crate::token::hex;

use self::archive::Archive;
use self::asking::Asked;
use self::census::Census;
use self::door::Porter;
use self::live::Live;
use self::pen::Undo;
use self::pull::Benches;
use self::runs::Runs;
pub(crate) use self::server::Server;
use self::stories::Shelf;

/// What the command line says of a preview.
pub(crate) struct Order {
    /// `--set`s of this run, which hold when config.toml is read again.
    pub(crate) set: Vec<String>,
    /// What `/` shows.
    pub(crate) first: IssueName,
    /// Address and port.
    pub(crate) listen: String,
    /// Names beside the loopback's that a browser may call this server by.
    pub(crate) hosts: Vec<String>,
    /// This machine's own browser needs no login, whatever config.toml says.
    pub(crate) local: bool,
    /// Others reach the address it listens on.
    pub(crate) exposed: bool,
    /// Says a line to whoever runs it.
    pub(crate) say: fn(&str),
    /// Look for changes every half second instead of being told of them.
    pub(crate) poll: bool,
    /// The login name of whoever started it: who approves, unless they say another.
    pub(crate) who: String,
    /// Other machines than a relay may be asked.
    pub(crate) network: bool,
}

/// The state behind every page.
struct Desk {
    set: Vec<String>,
    first: IssueName,
    /// What writes carry where nobody logs in.
    token: String,
    /// Names this start of the server: a page of an earlier one renews what it knows of it.
    start: String,
    hosts: Vec<String>,
    local: bool,
    exposed: bool,
    say: fn(&str),
    porter: Porter,
    who: String,
    network: bool,
    /// What is known of links.
    book: Arc<LinkBook>,
    asked: Asked,
    settings: RwLock<Settings>,
    /// How often something was saved: what was pulled at an earlier count is old.
    saves: AtomicU64,
    benches: Benches,
    /// The slots of each newsletter as they were last seen.
    slots: Mutex<BTreeMap<String, Vec<String>>>,
    shelf: Shelf,
    archive: Archive,
    census: Census,
    runs: Runs,
    undo: Undo,
    /// Held while a test copy is on its way: one at a time.
    testing: Mutex<()>,
    live: Live,
}

/// config.toml as it last made sense, and what is wrong with it now.
struct Settings {
    config: Arc<Config>,
    wrong: Arc<Vec<Finding>>,
}

impl Desk {
    fn new(config: Config, order: &Order) -> Self {
        Self {
            set: order.set.clone(),
            first: order.first.clone(),
            token: hex(&clock::random::<16>()),
            start: hex(&clock::random::<8>()),
            hosts: order.hosts.clone(),
            local: order.local,
            exposed: order.exposed,
            say: order.say,
            porter: Porter::beside(&config.store.path),
            who: order.who.clone(),
            network: order.network,
            book: LinkBook::open(&config.root),
            asked: Asked::default(),
            settings: RwLock::new(Settings { config: Arc::new(config), wrong: Arc::default() }),
            saves: AtomicU64::default(),
            benches: Benches::default(),
            slots: Mutex::default(),
            shelf: Shelf::default(),
            archive: Archive::default(),
            census: Census::default(),
            runs: Runs::default(),
            undo: Undo::default(),
            testing: Mutex::default(),
            live: Live::default(),
        }
    }

    fn config(&self) -> Arc<Config> {
        Arc::clone(&self.settings.read().unwrap_or_else(PoisonError::into_inner).config)
    }

    /// What is wrong with config.toml since it was last good.
    fn wrong(&self) -> Arc<Vec<Finding>> {
        Arc::clone(&self.settings.read().unwrap_or_else(PoisonError::into_inner).wrong)
    }

    /// The issue an address names: a newsletter of config.toml and a slot that is one. Nothing else reaches a file.
    fn issue(&self, newsletter: &str, slot: &str) -> Option<IssueName> {
        let name = IssueName { newsletter: newsletter.to_owned(), slot: slot.to_owned() };
        let known = self.config().newsletters.contains_key(newsletter) && name.date().is_some();
        known.then_some(name)
    }

    /// The store to look at, where there is one: a clone without it can be previewed all the same, and gets none.
    fn store(&self) -> Option<Result<Store, StoreError>> {
        let path = self.config().store.path.clone();
        is_there(&path).then(|| Store::look(&path))
    }

    /// Whether this machine's own browser is whoever started the preview. Where editors log in it is a clone's only: on
    /// the machine with the newsroom's store a proxy stands before the desk, and might call it by any name.
    fn is_its_own(&self) -> bool {
        let is_a_clone = || match self.store() {
            None => true,
            Some(store) => store.and_then(|store| store.foreign()).is_ok_and(|why| why.is_some()),
        };
        !self.exposed && (self.local || self.config().door.is_none() || is_a_clone())
    }

    /// Does what may wait for a disk off the threads that answer.
    async fn work<T: Send + 'static>(self: &Arc<Self>, task: impl FnOnce(&Arc<Self>) -> T + Send + 'static) -> T {
        let desk = Arc::clone(self);
        match tokio::task::spawn_blocking(move || task(&desk)).await {
            Ok(done) => done,
            // A panic goes on where it is seen; nothing else ends a task that nobody cancels.
            Err(broken) => std::panic::resume_unwind(broken.into_panic()),
        }
    }

    /// Reads config.toml again. Where it is wrong the last good one stays.
    fn read_settings(&self) {
        let root = self.config().root.clone();
        let read = config::load(&root, &self.set);
        let mut settings = self.settings.write().unwrap_or_else(PoisonError::into_inner);
        match read {
            Ok(config) => *settings = Settings { config: Arc::new(config), wrong: Arc::default() },
            Err(wrong) => settings.wrong = Arc::new(wrong),
        }
    }
}

/// A path the store may be opened at without making one.
fn is_there(path: &Path) -> bool {
    path.is_file()
}

/// Where the newsroom's texts are.
fn watched(config: &Config) -> PathBuf {
    config.root.join("issues")
}
