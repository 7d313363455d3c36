//! A hermetic world: a newsroom in a folder of its own, a cleared environment, a clock that stands still.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::patience::Turn;

/// The morning every test lives in: Tuesday 24 November 2026, 06:31 in the newsroom's zone (Lisbon, UTC).
pub(crate) const MORNING: &str = "2026-11-24T06:31:00Z";

pub(crate) struct World {
    folder: TempDir,
    clock: String,
    _turn: Turn,
}

/// What a command printed and how it ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl World {
    fn empty() -> Self {
        let world = Self { folder: TempDir::new().unwrap(), clock: MORNING.to_owned(), _turn: Turn::begin() };
        // What is named by its content and proved by its hash may be shared: each picture is developed once.
        let darkroom = Path::new(env!("CARGO_TARGET_TMPDIR")).join("darkroom");
        fs::create_dir_all(&darkroom).unwrap();
        std::os::unix::fs::symlink(darkroom, world.path(".pressrun")).unwrap();
        world
    }

    /// A small newsroom with one newsletter and one issue for this morning; its relay is `relay`.
    pub(crate) fn with_relay(relay: &str) -> Self {
        let world = Self::empty();
        world.write("config.toml", &CONFIG.replace("RELAY", relay));
        world.write("issues/stories/2026/tram-returns.md", STORY);
        world.write("issues/stories/2026/market-opens.md", PICK);
        world.write("issues/morning/2026-11-24.toml", ISSUE);
        world
    }

    /// The sample newsroom the project ships, as a newcomer has it.
    pub(crate) fn sample() -> Self {
        let world = Self::empty();
        let project = Path::new(env!("CARGO_MANIFEST_DIR"));
        fs::copy(project.join("config.toml"), world.path("config.toml")).unwrap();
        copy_tree(&project.join("issues"), &world.path("issues"));
        world
    }

    /// A copy of the newsroom in this folder.
    pub(crate) fn newsroom(folder: &Path) -> Self {
        let world = Self::empty();
        copy_tree(folder, world.folder.path());
        world
    }

    /// Moves the clock; it stands still again from there.
    pub(crate) fn at(&mut self, clock: &str) {
        self.clock = clock.to_owned();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Subscribes `count` readers of these local-part patterns: `reader1@reader.test`, …
    pub(crate) fn subscribe(&self, addresses: &[String]) {
        let list = format!("email\n{}\n", addresses.join("\n"));
        self.write("readers.csv", &list);
        let ran = self.run(&["subscribers", "import", "readers.csv"]);
        assert_eq!(ran.code, 0, "{ran:?}");
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.run_in(&[], args)
    }

    /// Runs with these variables in the environment; the code is -1 where a signal ended it.
    pub(crate) fn run_in(&self, environment: &[(&str, &str)], args: &[&str]) -> Ran {
        let variables = environment.iter().copied();
        let output = self.command(args).envs(variables).stdin(Stdio::null()).output().unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs and demands this exit code; the whole output is in the message where it differs.
    #[track_caller]
    pub(crate) fn ends(&self, code: i32, args: &[&str]) -> Ran {
        let ran = self.run(args);
        assert_eq!(ran.code, code, "pressrun {}\n{}\n{}", args.join(" "), ran.stdout, ran.stderr);
        ran
    }

    /// Runs, demands success, and gives stdout.
    #[track_caller]
    pub(crate) fn ok(&self, args: &[&str]) -> String {
        self.ends(0, args).stdout
    }

    /// Starts a command that goes on by itself.
    pub(crate) fn spawn(&self, args: &[&str]) -> Child {
        self.spawn_in(&[], args)
    }

    fn spawn_in(&self, environment: &[(&str, &str)], args: &[&str]) -> Child {
        let mut command = self.command(args);
        command.envs(environment.iter().copied());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Starts `preview` on a free port, and gives it with its address once it answers.
    pub(crate) fn preview(&self, args: &[&str]) -> (Child, String) {
        self.preview_in(&[], args)
    }

    /// The same with more in its environment.
    pub(crate) fn preview_in(&self, environment: &[(&str, &str)], args: &[&str]) -> (Child, String) {
        let mut child = self.spawn_in(environment, &[&["preview"], args].concat());
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let Some(address) = line.trim().split("http://").nth(1) else {
            let mut said = String::new();
            child.stderr.as_mut().unwrap().read_to_string(&mut said).unwrap();
            panic!("no preview: {line}{said}");
        };
        (child, address.trim_end_matches('/').to_owned())
    }

    /// One JSON object that a command prints.
    #[track_caller]
    pub(crate) fn json(&self, args: &[&str]) -> serde_json::Value {
        let ran = self.run(&[args, &["--json"]].concat());
        serde_json::from_str(ran.stdout.trim()).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
    }

    /// A command in this world, not yet started.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pressrun"));
        command
            .args(args)
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .env("PATH", "/usr/bin:/bin")
            .env("COLUMNS", "100")
            .env("PRESSRUN_CLOCK", &self.clock);
        command
    }
}

/// `count` readers: `reader1@reader.test` and so on.
pub(crate) fn readers(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("reader{number}@reader.test")).collect()
}

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy_tree(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

const CONFIG: &str = r#"
[publication]
name = "The Quay"
url = "https://quay.test"
timezone = "Europe/Lisbon"
language = "en-GB"
postal_address = "The Quay, 2 Rope Walk, Saltmouth"
hosts = ["quay.test"]

[newsletters.morning]
title = "Morning Tide"
from = "The Quay <morning@quay.test>"
reply_to = "desk@quay.test"
send_at = "06:30"
days = ["Mon", "Tue", "Wed", "Thu", "Fri"]

[forms.speed-read]
kicker = "Speed Read"
sections = ["What happened", "Who said what", "What next?"]

[forms.pick]
body = "forbidden"

[relays.main]
url = "RELAY"
connections = 4

[serve]
url = "http://127.0.0.1:8025"
"#;

const STORY: &str = r#"+++
headline = "The harbour tram is back after nine months"
standfirst = "Line 2 carried its first passengers to the fish market since the February storm"
form = "speed-read"
published = 2026-11-24T05:10:00Z
url = "https://quay.test/tram-returns"
+++

## What happened

Trams ran between the town hall and the fish market this morning for the first time since February.

## Who said what

"We laid every sleeper twice," said Ines Rowe, who runs the works.

## What next?

The extension to the lighthouse is due in spring.
"#;

const PICK: &str = r#"+++
headline = "The winter market opens on Friday"
teaser = "Forty stalls, one of them selling nothing but gloves"
form = "pick"
url = "https://quay.test/market-opens"
+++
"#;

const ISSUE: &str = r#"subject = "The harbour tram is back"
preheader = "Line 2 runs again, and the winter market opens on Friday"

[[block]]
type = "letter"
text = "Good morning, {first_name|reader}. The rails are dry."

[[block]]
type = "story"
story = "tram-returns"
show = "full"

[[block]]
type = "picks"
label = "More from The Quay"
stories = ["market-opens"]
"#;
