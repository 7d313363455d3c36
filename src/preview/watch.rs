//! The watch: which files were saved, however an editor saves them.
//!
//! Whole folders are watched, because most editors put a new file in the old one's place; any news below
//! `issues/` is reason to look again, and looking is cheap. Only `issues/` and `config.toml` count: what the
//! press itself writes (the store, a build's folder) never wakes it.

use std::path::{Path, PathBuf, absolute};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher};

use super::{Desk, watched};
use crate::files;

/// A save is a handful of events within a few milliseconds: what comes within this long belongs together…
const TOGETHER: Duration = Duration::from_millis(20);
/// …but nobody waits longer than this for the first look.
const LONGEST: Duration = Duration::from_millis(60);
/// Between two looks of `--poll`.
const POLL: Duration = Duration::from_millis(500);

/// Watches until the desk is gone. It holds the system's watcher, and so lives as long as it is to watch.
pub(super) struct Watch {
    _watcher: Arc<std::sync::Mutex<Box<dyn Watcher + Send>>>,
}

impl Watch {
    /// # Errors
    /// The system does not let us watch: mostly its limit of watched folders.
    pub(super) fn begin(desk: &Arc<Desk>, poll: bool) -> Result<Self, String> {
        let config = desk.config();
        let (sender, events) = mpsc::channel();
        let watcher = watcher(poll, sender)?;
        // The system tells of whole paths, wherever the preview was started.
        let whole = |path: &Path| absolute(path).map_err(|error| format!("{}: {error}", path.display()));
        let (root, issues) = (whole(&config.root)?, whole(&watched(&config))?);
        let watcher = Arc::new(std::sync::Mutex::new(watcher));
        let hold = |path: &Path, mode| {
            let mut watcher = watcher.lock().map_err(|_| "the watch broke off".to_owned())?;
            watcher.watch(path, mode).map_err(|error| refused(path, &error))
        };
        hold(&root, RecursiveMode::NonRecursive)?;
        hold(&issues, RecursiveMode::Recursive)?;
        // The system follows no links; the newsroom does.
        let linked = files::linked(&config.root);
        linked.iter().try_for_each(|folder| hold(folder, RecursiveMode::Recursive))?;
        let (desk, again) = (Arc::downgrade(desk), Arc::clone(&watcher));
        let eye = Eye { root, issues, linked };
        std::thread::spawn(move || {
            while let Some(seen) = eye.next(&events) {
                let Some(desk) = desk.upgrade() else { return };
                if let (true, Ok(mut watcher)) = (seen.issues, again.lock()) {
                    // The folder itself was put back, as a checkout does. A second watch of it is the same watch.
                    let _kept = watcher.watch(&eye.issues, RecursiveMode::Recursive);
                }
                desk.look_again(seen.settings);
            }
        });
        Ok(Self { _watcher: watcher })
    }
}

fn watcher(poll: bool, sender: mpsc::Sender<notify::Result<Event>>) -> Result<Box<dyn Watcher + Send>, String> {
    let told = move |event| {
        // A desk that is gone wants no news.
        let _gone = sender.send(event);
    };
    let settings = notify::Config::default();
    let failed = |error: notify::Error| format!("files cannot be watched: {error}; `--poll` does without");
    Ok(match poll {
        true => Box::new(PollWatcher::new(told, settings.with_poll_interval(POLL)).map_err(failed)?),
        false => Box::new(RecommendedWatcher::new(told, settings).map_err(failed)?),
    })
}

fn refused(path: &Path, error: &notify::Error) -> String {
    format!("{} cannot be watched: {error}; `--poll` does without", path.display())
}

/// What counts.
struct Eye {
    root: PathBuf,
    issues: PathBuf,
    /// Folders elsewhere that links below `issues` lead to.
    linked: Vec<PathBuf>,
}

/// What a save touched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Seen {
    any: bool,
    settings: bool,
    /// The folder of texts itself.
    issues: bool,
}

impl Eye {
    /// Waits for the next save and all that belongs to it; `None` once the watcher is gone.
    fn next(&self, events: &Receiver<notify::Result<Event>>) -> Option<Seen> {
        loop {
            let mut seen = self.see(&events.recv().ok()?);
            if !seen.any {
                continue;
            }
            let begun = Instant::now();
            loop {
                let left = LONGEST.saturating_sub(begun.elapsed()).min(TOGETHER);
                // What is not heard now is heard the next time.
                if left.is_zero() {
                    return Some(seen);
                }
                match events.recv_timeout(left) {
                    Ok(event) => seen = seen.and(self.see(&event)),
                    Err(RecvTimeoutError::Timeout) => return Some(seen),
                    Err(RecvTimeoutError::Disconnected) => return None,
                }
            }
        }
    }

    fn see(&self, event: &notify::Result<Event>) -> Seen {
        let Ok(event) = event else { return Seen { any: true, ..Seen::default() } };
        let touches = match event.kind {
            EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
            EventKind::Access(_) => false,
            _ => true,
        };
        if !touches {
            return Seen::default();
        }
        // The system lost count: look at everything.
        let lost = Seen { any: event.need_rescan(), settings: event.need_rescan(), issues: false };
        event.paths.iter().map(|path| self.path(path)).fold(lost, Seen::and)
    }

    fn path(&self, path: &Path) -> Seen {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let issues = path == self.issues;
        let below =
            [&self.issues].into_iter().chain(&self.linked).any(|folder| path.starts_with(folder)) && !is_scratch(name);
        let settings = path == self.root.join("config.toml");
        Seen { any: below || settings, settings, issues }
    }
}

impl Seen {
    fn and(self, other: Self) -> Self {
        Self {
            any: self.any || other.any,
            settings: self.settings || other.settings,
            issues: self.issues || other.issues,
        }
    }
}

/// What editors leave beside a file while they save it: swap files, backups, vim's `4913`, our own hidden ones.
fn is_scratch(name: &str) -> bool {
    name.starts_with('.')
        || name.starts_with('#')
        || name.ends_with('~')
        || name == "4913"
        || [".swp", ".swx", ".tmp", ".bak"].iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::event::{CreateKind, DataChange, ModifyKind};

    fn eye() -> Eye {
        Eye { root: "/n".into(), issues: "/n/issues".into(), linked: vec!["/far/stories".into()] }
    }

    fn see(kind: EventKind, path: &str) -> Seen {
        eye().see(&Ok(Event::new(kind).add_path(path.into())))
    }

    #[test]
    fn a_saved_story_counts_and_what_an_editor_leaves_beside_it_does_not() {
        let write = EventKind::Modify(ModifyKind::Data(DataChange::Any));
        assert!(see(write, "/n/issues/stories/tram.md").any && see(write, "/far/stories/tram.md").any);
        for scratch in ["4913", ".tram.md.swp", "tram.md~", "#tram.md#", ".#tram.md"] {
            assert!(!see(write, &format!("/n/issues/stories/{scratch}")).any, "{scratch}");
        }
    }

    #[test]
    fn what_the_press_writes_itself_never_wakes_it() {
        let made = EventKind::Create(CreateKind::File);
        for own in ["/n/pressrun.db-wal", "/n/build/issue.html", "/n/pressrun.mailbox/1.eml"] {
            assert_eq!(see(made, own), Seen::default(), "{own}");
        }
    }

    #[test]
    fn reading_a_file_is_no_news() {
        let opened = EventKind::Access(AccessKind::Open(AccessMode::Any));
        assert!(!see(opened, "/n/issues/morning/2026-11-24.toml").any);
        let written = EventKind::Access(AccessKind::Close(AccessMode::Write));
        assert!(see(written, "/n/issues/morning/2026-11-24.toml").any);
    }

    #[test]
    fn the_settings_are_read_again_when_they_are_saved() {
        let write = EventKind::Modify(ModifyKind::Any);
        assert!(see(write, "/n/config.toml").settings);
        assert!(!see(write, "/n/issues/config.toml").settings);
    }
}
