//! The command line: what is typed, how a command fails, and what the shell is told.
//!
//! One file a command: the arguments, whose doc comment is the help, and `run(self, &mut World)`.
//! stdout is the result, stderr is progress and talk; nothing outside this folder prints.

mod amend;
mod approve;
mod board;
mod build;
mod check;
mod compose;
mod control;
mod correct;
mod demo;
mod diff;
mod dkim;
mod doctor;
mod explain;
mod findings;
mod fmt;
mod init;
mod new;
mod pick;
mod preview;
mod reconcile;
mod report;
mod resend;
mod schedule;
mod send;
mod serve;
mod shell;
mod story;
mod subscribers;
mod suppressions;
mod test;
mod unknown;
mod web;
mod who;
mod world;

use std::ffi::OsString;
use std::fmt::Display;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use crate::books;
use crate::store::{Kind, StoreError};

pub(crate) use self::world::World;

/// A newsletter press for newsrooms: story files in, briefings in inboxes, nobody lost and nobody doubled.
#[derive(Parser)]
#[command(name = "pressrun", version, after_help = EXAMPLES_AND_EXIT_CODES, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Options that every command takes.
#[derive(clap::Args)]
#[command(next_help_heading = "Everywhere")]
struct Global {
    /// The newsroom: the folder of config.toml
    #[arg(short = 'C', long, value_name = "DIR", default_value = ".", global = true)]
    root: PathBuf,
    /// The newsletter meant, where there are several
    #[arg(short, long, value_name = "NAME", global = true)]
    newsletter: Option<String>,
    /// Override one key of config.toml for this run; repeatable
    #[arg(long, value_name = "KEY=VALUE", global = true)]
    set: Vec<String>,
    /// One JSON object a line on stdout
    #[arg(long, global = true)]
    json: bool,
    /// Say only what went wrong
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Say more
    #[arg(short, long, global = true)]
    verbose: bool,
    /// Colours: auto is a terminal without NO_COLOR
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    color: Color,
    /// Ask no other machine anything but the relay
    #[arg(long, global = true)]
    no_network: bool,
    /// Print how long each phase took, as JSON on stderr
    #[arg(long, global = true)]
    timings: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
enum Command {
    Demo(demo::Demo),
    Init(init::Init),
    New(new::New),
    Story(story::StoryDesk),
    Stories(story::Stories),
    Add(compose::Add),
    Drop(compose::Drop),
    Move(compose::Move),
    Check(check::Check),
    Explain(explain::Explain),
    Waive(compose::Waive),
    Fmt(fmt::Fmt),
    Diff(diff::Diff),
    Preview(preview::Preview),
    Build(build::Build),
    Show(build::Show),
    Test(test::Test),
    Approve(approve::Approve),
    Unapprove(control::Unapprove),
    Send(send::Send),
    Status(report::Status),
    Report(report::Report),
    Log(control::Log),
    Who(who::Who),
    Hold(control::Hold),
    Release(control::Release),
    Amend(amend::Amend),
    Cancel(control::Cancel),
    Correct(correct::Correct),
    Web(web::Web),
    Resend(resend::Resend),
    Unknown(unknown::Unknown),
    Reconcile(reconcile::Reconcile),
    Subscribers(subscribers::Subscribers),
    Suppressions(suppressions::Suppressions),
    Serve(serve::Serve),
    Schedule(schedule::Schedule),
    Doctor(doctor::Doctor),
    Completions(shell::Completions),
    Man(shell::Man),
    Dkim(dkim::Dkim),
}

const EXAMPLES_AND_EXIT_CODES: &str = "\
Examples:
    pressrun demo                    the whole job on a sample newsroom, nobody mailed
    pressrun                         the day's board, and what to type next
    pressrun check                   every finding in the next issue
    pressrun test me@example.org     the next issue, to yourself
    pressrun approve && pressrun send

Exit codes:
    0  done, or rightly nothing to do
    1  unexpected failure
    2  wrong usage, bad config, or a relay that refuses our login or certificate
    3  the issue or a story does not compile
    4  checks failed
    5  not ready: no issue, not approved, changed since approval, held, too late, a rehearsal relay
    6  stopped part-way: run again, or release
    7  finished, with unknown deliveries or too many refusals
   75  temporary: run again later
  130  interrupted (143 terminated); state is safe";

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

impl Exit {
    /// Of several newsletters' ends, the one the shell is told: the highest of 1–7, else 75, else 0; an interruption wins.
    pub(crate) fn worst(self, other: Self) -> Self {
        let rank = |exit: Self| match exit {
            Self::Done => 0,
            Self::Temporary => 1,
            Self::Interrupted | Self::Terminated => 100,
            code => 1 + code as u8,
        };
        if rank(other) > rank(self) { other } else { self }
    }
}

/// Why a command ended early: the exit code, a sentence for a person, and what to do next.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// Findings as they are drawn, above the sentence; mostly empty.
    pub(crate) drawn: String,
    /// The check at send that stopped it: `pressrun explain NAME` says more.
    pub(crate) check: Option<&'static str>,
    /// Empty where everything has been said already (findings, for example).
    pub(crate) message: String,
    pub(crate) hints: Vec<String>,
}

pub(crate) type Outcome = Result<Exit, Failure>;

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, drawn: String::new(), check: None, message: message.into(), hints: Vec::new() }
    }

    pub(crate) fn unexpected(message: impl Display) -> Self {
        Self::new(Exit::Unexpected, message.to_string())
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    pub(crate) fn not_ready(message: impl Into<String>) -> Self {
        Self::new(Exit::NotReady, message)
    }

    /// A check at send that is not met.
    pub(crate) fn unmet(check: &'static str, message: impl Into<String>) -> Self {
        debug_assert!(crate::check::find(check).is_some(), "`{check}` has no page");
        Self { check: Some(check), ..Self::not_ready(message) }
    }

    /// An end about which everything has been said.
    pub(crate) fn silent(exit: Exit) -> Self {
        Self::new(exit, "")
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl From<StoreError> for Failure {
    /// The kind decides what cron is told: a busy or full store passes, a missing one may come back.
    fn from(error: StoreError) -> Self {
        let exit = match error.kind {
            Kind::Busy | Kind::Full | Kind::Missing => Exit::Temporary,
            Kind::Moved | Kind::Copied => Exit::NotReady,
            Kind::Newer => Exit::Usage,
            Kind::Corrupt | Kind::Invariant | Kind::Other => Exit::Unexpected,
        };
        let failure = Self::new(exit, error.to_string());
        match error.kind {
            Kind::Full => {
                failure.hint("make room on the store's disk, then run it again: what was handed over is in the books")
            }
            Kind::Copied => failure.hint(world::ADOPT),
            _ => failure,
        }
    }
}

/// Parses, runs, prints at most one error, and says how it ended.
pub(crate) fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => return world::print_usage(&error),
    };
    let mut world = World::new(cli.global);
    let outcome = match cli.command {
        None => board::run(&world),
        Some(command) => command.run(&mut world),
    };
    world.end(outcome)
}

impl Command {
    fn run(self, world: &mut World) -> Outcome {
        match self {
            Self::Demo(command) => command.run(world),
            Self::Init(command) => command.run(world),
            Self::New(command) => command.run(world),
            Self::Story(command) => command.run(world),
            Self::Stories(command) => command.run(world),
            Self::Add(command) => command.run(world),
            Self::Drop(command) => command.run(world),
            Self::Move(command) => command.run(world),
            Self::Check(command) => command.run(world),
            Self::Explain(command) => command.run(world),
            Self::Waive(command) => command.run(world),
            Self::Fmt(command) => command.run(world),
            Self::Diff(command) => command.run(world),
            Self::Preview(command) => command.run(world),
            Self::Build(command) => command.run(world),
            Self::Show(command) => command.run(world),
            Self::Test(command) => command.run(world),
            Self::Approve(command) => command.run(world),
            Self::Unapprove(command) => command.run(world),
            Self::Send(command) => command.run(world),
            Self::Status(command) => command.run(world),
            Self::Report(command) => command.run(world),
            Self::Log(command) => command.run(world),
            Self::Who(command) => command.run(world),
            Self::Hold(command) => command.run(world),
            Self::Release(command) => command.run(world),
            Self::Amend(command) => command.run(world),
            Self::Cancel(command) => command.run(world),
            Self::Correct(command) => command.run(world),
            Self::Web(command) => command.run(world),
            Self::Resend(command) => command.run(world),
            Self::Unknown(command) => command.run(world),
            Self::Reconcile(command) => command.run(world),
            Self::Subscribers(command) => command.run(world),
            Self::Suppressions(command) => command.run(world),
            Self::Serve(command) => command.run(world),
            Self::Schedule(command) => command.run(world),
            Self::Doctor(command) => command.run(world),
            Self::Completions(command) => command.run(world),
            Self::Man(command) => command.run(world),
            Self::Dkim(command) => command.run(world),
        }
    }
}
