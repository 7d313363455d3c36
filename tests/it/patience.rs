//! No test is waited for without end: one that hangs ends the whole run, and says its name and what it had started.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The slowest test, ten thousand messages through a real server in a debug build, takes half of it.
const LONGEST: Duration = Duration::from_secs(20 * 60);

static TURNS: Mutex<BTreeMap<u64, (Instant, String)>> = Mutex::new(BTreeMap::new());
static WATCH: Once = Once::new();

/// A test is under way while this lives.
pub(crate) struct Turn(u64);

impl Turn {
    /// Of the test that runs on this thread.
    pub(crate) fn begin() -> Self {
        WATCH.call_once(|| drop(thread::spawn(watch)));
        let name = thread::current().name().unwrap_or("a test").to_owned();
        let mut turns = turns();
        let number = turns.last_key_value().map_or(0, |(last, _)| last + 1);
        turns.insert(number, (Instant::now(), name));
        Self(number)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        turns().remove(&self.0);
    }
}

fn turns() -> MutexGuard<'static, BTreeMap<u64, (Instant, String)>> {
    TURNS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn watch() {
    loop {
        thread::sleep(Duration::from_secs(1));
        let late = turns().values().find(|(begun, _)| begun.elapsed() > LONGEST).map(|(_, name)| name.clone());
        if let Some(name) = late {
            let minutes = LONGEST.as_secs() / 60;
            // Past the harness, which keeps to itself what a test prints.
            let _ = writeln!(
                std::io::stderr(),
                "{name} is not done after {minutes} minutes; under way:\n{}",
                started().join("\n")
            );
            std::process::abort();
        }
    }
}

/// The command lines of what this process has started.
fn started() -> Vec<String> {
    let own = std::process::id().to_string();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let child = |folder: fs::DirEntry| {
        let status = fs::read_to_string(folder.path().join("stat")).ok()?;
        // Behind the name, which may hold anything: state, parent.
        let parent = status.rsplit_once(") ")?.1.split(' ').nth(1)?.to_owned();
        let line = fs::read(folder.path().join("cmdline")).ok()?;
        (parent == own).then(|| format!("    {}", String::from_utf8_lossy(&line).replace('\0', " ")))
    };
    processes.filter_map(child).collect()
}
