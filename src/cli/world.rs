//! The world a command runs in: which newsroom, how to talk, and how to end.
//!
//! Every line a person or a program reads leaves through here, so that `--quiet`, `--json`, colours and a
//! reader that closed the pipe are dealt with once.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::{DateTime, Utc};

use crate::cli::{Color, Exit, Failure, Global, Outcome};
use crate::clock;

pub(crate) struct World {
    /// The folder of config.toml.
    pub(crate) root: PathBuf,
    /// `-n`.
    pub(crate) newsletter: Option<String>,
    /// `--set KEY=VALUE`, in order.
    pub(crate) set: Vec<String>,
    pub(crate) json: bool,
    pub(crate) quiet: bool,
    pub(crate) verbose: bool,
    pub(crate) no_network: bool,
    pub(crate) timings: bool,
    color: Color,
}

impl World {
    pub(super) fn new(global: Global) -> Self {
        Self {
            root: global.root,
            newsletter: global.newsletter,
            set: global.set,
            json: global.json,
            quiet: global.quiet,
            verbose: global.verbose,
            no_network: global.no_network,
            timings: global.timings,
            color: global.color,
        }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        clock::now()
    }

    /// Whether stdout takes colours.
    pub(crate) fn color_out(&self) -> bool {
        self.wants_color(io::stdout().is_terminal())
    }

    /// Whether stderr takes colours.
    pub(crate) fn color_err(&self) -> bool {
        self.wants_color(io::stderr().is_terminal())
    }

    /// Whether a person sits at the terminal and can be asked.
    pub(crate) fn can_ask(&self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// A line of the result, to stdout. A reader who closed the pipe has seen enough: that ends the command well.
    pub(crate) fn print(&self, line: impl Display) -> Result<(), Failure> {
        write_out(format!("{line}\n").as_bytes())
    }

    /// The result as it is, without a line end added.
    pub(crate) fn print_raw(&self, text: &[u8]) -> Result<(), Failure> {
        write_out(text)
    }

    /// A line of talk, to stderr, silenced by `--quiet`.
    pub(crate) fn say(&self, line: impl Display) {
        if !self.quiet {
            self.insist(line);
        }
    }

    /// A line that is said even with `--quiet`.
    pub(crate) fn insist(&self, line: impl Display) {
        // Where even stderr is gone there is nobody left to tell.
        let _nobody_listens = writeln!(io::stderr(), "{line}");
    }

    /// Prints the one error a command may end with, and turns its end into the shell's number.
    pub(super) fn end(&self, outcome: Outcome) -> ExitCode {
        let exit = match outcome {
            Ok(exit) => exit,
            Err(failure) => {
                self.explain(&failure);
                failure.exit
            }
        };
        ExitCode::from(exit as u8)
    }

    fn explain(&self, failure: &Failure) {
        if failure.message.is_empty() {
            return;
        }
        let (red, plain) = if self.color_err() { ("\u{1b}[1;31m", "\u{1b}[0m") } else { ("", "") };
        self.insist(format_args!("{red}error{plain}: {}", failure.message));
        for hint in &failure.hints {
            self.insist(format_args!("help: {hint}"));
        }
    }

    fn wants_color(&self, terminal: bool) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }
}

fn write_out(text: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text).and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Failure::silent(Exit::Done)),
        Err(error) => Err(Failure::unexpected(format_args!("could not write to stdout: {error}"))),
    }
}

/// clap's own words: help and version to stdout with exit 0, mistakes to stderr with exit 2.
pub(super) fn print_usage(error: &clap::Error) -> ExitCode {
    let wrong = error.use_stderr();
    // A closed pipe leaves nobody to read the help.
    let _nobody_listens = error.print();
    ExitCode::from(if wrong { Exit::Usage } else { Exit::Done } as u8)
}
