//! The command line: the world a command runs in, how it fails, and what the shell is told.
//!
//! One file a command: the arguments, whose doc comment is the help, and `run(self, &mut World)`.
//! stdout is the result, stderr is progress and talk; nothing outside this folder prints.

use std::fmt;
use std::path::PathBuf;

/// What a command ends with. Stable: cron reads these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Done = 0,
    Unexpected = 1,
    Usage = 2,
    DoesNotCompile = 3,
    ChecksFailed = 4,
    NotReady = 5,
    Stopped = 6,
    Unsure = 7,
    Temporary = 75,
    Interrupted = 130,
    Terminated = 143,
}

/// Why a command ended early: the exit code, a sentence for a person, and what to do next.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// Empty where everything has been said already (findings, for example).
    pub(crate) message: String,
    pub(crate) hints: Vec<String>,
}

pub(crate) type Outcome = Result<Exit, Failure>;

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), hints: Vec::new() }
    }

    pub(crate) fn unexpected(message: impl fmt::Display) -> Self {
        Self::new(Exit::Unexpected, message.to_string())
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

/// The world a command runs in: where the newsroom is, and how to talk.
pub(crate) struct World {
    /// The folder of config.toml.
    pub(crate) root: PathBuf,
    /// `-n`.
    pub(crate) newsletter: Option<String>,
    /// `--set KEY=VALUE`, in order.
    pub(crate) set: Vec<String>,
    pub(crate) json: bool,
    pub(crate) quiet: bool,
    pub(crate) color: bool,
    pub(crate) no_network: bool,
}
