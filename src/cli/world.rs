//! The world a command runs in: which newsroom, how to talk, and how to end.
//!
//! Every line a person or a program reads leaves through here, so that `--quiet`, `--json`, colours and a
//! reader that closed the pipe are dealt with once.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use crate::cli::findings::{self, Format};
use crate::cli::{Color, Exit, Failure, Global, Outcome};
use crate::clock;
use crate::config::{self, Config, Newsletter, Relay, RelayUrl};
use crate::dkim::Dkim;
use crate::press;
use crate::store::{Purpose, Store, StoreError};
use crate::token::Signer;

pub(crate) struct World {
    /// The folder of config.toml.
    pub(crate) root: PathBuf,
    /// `-n`.
    pub(crate) newsletter: Option<String>,
    /// `--set KEY=VALUE`, in order.
    pub(crate) set: Vec<String>,
    pub(crate) json: bool,
    pub(crate) quiet: bool,
    verbose: bool,
    no_network: bool,
    timings: bool,
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

    /// config.toml with this run's `--set`s, or exit 2 with every mistake told.
    pub(crate) fn config(&self) -> Result<Config, Failure> {
        self.config_told(if self.json { Format::Json } else { Format::Text })
    }

    /// The same, mistakes in the format a program asked for.
    pub(crate) fn config_told(&self, format: Format) -> Result<Config, Failure> {
        let config = self.timed("config", || config::load(&self.root, &self.set)).or_else(|findings| {
            match format {
                Format::Text => findings::draw(self, &findings),
                _ => self.print_raw(findings::written(&findings, format, false).as_bytes())?,
            }
            Err(Failure::silent(Exit::Usage))
        })?;
        if self.verbose {
            let network = if self.no_network { "the relay only" } else { "the relay" };
            let (root, store) = (config.root.display(), config.store.path.display());
            self.say(format_args!("newsroom {root}, store {store}, asks {network}"));
        }
        Ok(config)
    }

    pub(crate) fn store(&self, config: &Config) -> Result<Store, Failure> {
        let path = config.store.path.display().to_string();
        Store::open(&config.store.path).map_err(|error| {
            let failure = Failure::from(error);
            let named = failure.message.contains(&path);
            if named { failure } else { failure.hint(format!("the store is `{path}`, by `[store] url`")) }
        })
    }

    /// The newsletter a command is about: `-n`, the only one, or the default.
    pub(crate) fn newsletter<'c>(&self, config: &'c Config) -> Result<&'c Newsletter, Failure> {
        let none = || Failure::usage("config.toml has no newsletter of that name");
        let all = || config.newsletters.keys().cloned().collect::<Vec<_>>().join(", ");
        match (&self.newsletter, &config.publication.default) {
            (Some(name), _) => config.newsletters.get(name).ok_or_else(|| {
                Failure::usage(format!("there is no newsletter `{name}`")).hint(format!("one of {}", all()))
            }),
            (None, _) if config.newsletters.len() == 1 => config.newsletters.values().next().ok_or_else(none),
            (None, Some(default)) => config.newsletters.get(default).ok_or_else(none),
            (None, None) => Err(Failure::usage("which newsletter is meant?")
                .hint(format!("`-n NAME`, one of {}; or `[publication] default` in config.toml", all()))),
        }
    }

    /// The newsletters a board or a cron run is about: the one of `-n`, or all.
    pub(crate) fn newsletters<'c>(&self, config: &'c Config) -> Result<Vec<&'c Newsletter>, Failure> {
        match &self.newsletter {
            Some(_) => Ok(vec![self.newsletter(config)?]),
            None => Ok(config.newsletters.values().collect()),
        }
    }

    /// ` -n good-news` where a command would otherwise mean another newsletter.
    pub(crate) fn newsletter_flag(&self, config: &Config, newsletter: &Newsletter) -> String {
        press::flag(config, newsletter)
    }

    pub(crate) fn relay<'c>(&self, config: &'c Config, newsletter: &Newsletter) -> Result<&'c Relay, Failure> {
        config.relay(newsletter).map_err(Failure::usage)
    }

    /// What a run by the newsletter's relay counts as.
    pub(crate) fn purpose(&self, config: &Config, newsletter: &Newsletter) -> Result<Purpose, Failure> {
        Ok(match self.relay(config, newsletter)?.url {
            RelayUrl::Mailbox { .. } => Purpose::Rehearsal,
            RelayUrl::Smtp { .. } => Purpose::Issue,
        })
    }

    /// The key of the readers' links: made on first need, and never again where editions were sent with one.
    pub(crate) fn signer(&self, config: &Config, store: &Store) -> Result<Signer, Failure> {
        let path = &config.serve.secret_file;
        if let Some(signer) = Signer::load(path).map_err(Failure::usage)? {
            return Ok(signer);
        }
        if let Some(Hangs { on_it, without }) = hangs_on_secret(store)? {
            let message = format!("the secret file `{}` is missing, and {on_it}", path.display());
            return Err(Failure::usage(message).hint(format!("bring it back from the backup: {without}")));
        }
        Signer::create(path).map_err(Failure::usage)
    }

    /// What signs our messages; none where config.toml names no key.
    pub(crate) fn dkim(&self, config: &Config) -> Result<Option<Dkim>, Failure> {
        config.signing.as_ref().map(Dkim::load).transpose().map_err(Failure::usage)
    }

    /// Runs one phase; `--timings` prints how long it took.
    pub(crate) fn timed<T>(&self, phase: &str, work: impl FnOnce() -> T) -> T {
        let begun = Instant::now();
        let done = work();
        self.took(phase, begun.elapsed());
        done
    }

    /// A phase that is over; `--timings` prints how long it took.
    pub(crate) fn took(&self, phase: &str, time: Duration) {
        if self.timings {
            self.insist(serde_json::json!({ "phase": phase, "ms": time.as_secs_f64() * 1000.0 }));
        }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        clock::now()
    }

    /// Whether other machines than the relay may be asked.
    pub(crate) fn may_ask(&self) -> bool {
        !self.no_network
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

    /// Opens a file just made in the editor's own editor, where somebody sits at the terminal and has named one.
    pub(crate) fn open_editor(&self, path: &std::path::Path) -> Result<(), Failure> {
        let named = |name| std::env::var(name).ok().filter(|command| !command.trim().is_empty());
        let Some(editor) = named("VISUAL").or_else(|| named("EDITOR")).filter(|_| self.can_ask() && !self.json) else {
            return Ok(());
        };
        // As git does: the variable may hold a command with options, so the shell reads it.
        let status = std::process::Command::new("sh")
            .args(["-c", &format!("{editor} \"$@\""), &editor])
            .arg(path)
            .status()
            .map_err(|error| Failure::unexpected(format_args!("`{editor}` does not start: {error}")))?;
        if !status.success() {
            self.say(format_args!("`{editor}` ended with {status}; the file is there all the same"));
        }
        Ok(())
    }

    /// A line of the result, to stdout. A reader who closed the pipe has seen enough: that ends the command well.
    pub(crate) fn print(&self, line: impl Display) -> Result<(), Failure> {
        write_out(format!("{line}\n").as_bytes())
    }

    /// What was done: the sentence, or with `--json` the same as an object.
    pub(crate) fn tell(&self, sentence: impl Display, object: serde_json::Value) -> Result<(), Failure> {
        if self.json { self.print(object) } else { self.print(sentence) }
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

    pub(crate) fn explain(&self, failure: &Failure) {
        if !failure.drawn.is_empty() {
            self.insist(failure.drawn.trim_end());
        }
        if failure.message.is_empty() {
            return;
        }
        let (red, plain) = if self.color_err() { ("\u{1b}[1;31m", "\u{1b}[0m") } else { ("", "") };
        let check = failure.check.map(|check| format!("[{check}]")).unwrap_or_default();
        self.insist(format_args!("{red}error{check}{plain}: {}", failure.message));
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

/// What mends a store that is a copy or an older state.
pub(super) const ADOPT: &str =
    "bring a newer one back if there is one; else `pressrun doctor --adopt`, once nothing sends from another any more";

/// What hangs on the newsroom's secret, and what a new one in its place would do.
pub(super) struct Hangs {
    pub(super) on_it: &'static str,
    pub(super) without: &'static str,
}

/// `None` where nothing does yet.
pub(super) fn hangs_on_secret(store: &Store) -> Result<Option<Hangs>, StoreError> {
    if store.editions(None)?.iter().any(|edition| edition.started.is_some()) {
        return Ok(Some(Hangs::LINKS));
    }
    let erased =
        Hangs { on_it: "it alone knows who was erased", without: "with a new one a list could bring them back" };
    Ok(store.has_erased()?.then_some(erased))
}

impl Hangs {
    pub(super) const LINKS: Self =
        Self { on_it: "mails were sent with links it signed", without: "a new one would break every unsubscribe link" };
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
