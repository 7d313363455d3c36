//! `demo`: a newsroom's whole morning in a scratch folder, real in everything but the readers.
//!
//! It hosts the built-in mailbox and runs the program's own commands as children, each printed as one would
//! type it. In the middle of the press run it kills the sender, as power cuts do, and types the same command
//! again. It ends with closed books and a page of what the readers got.

mod newsroom;
mod page;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::Value;

use crate::cli::books::thousands;
use crate::cli::{Exit, Failure, Outcome, World};
use crate::mailbox::Mailbox;

/// The whole main job on the sample newsroom: compose, check, approve, send, crash, resume, close the books
///
/// Takes less than a minute, mails nobody, and leaves everything in a scratch folder to look at.
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun demo
    pressrun demo --readers 2000 --keep /tmp/look")]
pub(crate) struct Demo {
    /// Sample readers; some bounce, some ask to come back later, some hang up
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(10..=100_000))]
    readers: u32,
    /// Use this empty folder instead of one in the system's temporary folder
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Open the page of received mails in the browser
    #[arg(long)]
    open: bool,
}

/// The issue of the day.
const DATE: &str = "2026-11-24";
const EDITOR: &str = "Marta";

impl Demo {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let folder = newsroom::scratch(self.keep.as_deref())?;
        let inboxes = folder.join("inboxes");
        let mailbox = Mailbox::host(&inboxes, true).map_err(Failure::unexpected)?;
        newsroom::lay_out(&folder, self.readers, mailbox.address())?;
        let stage = Stage { world, folder: &folder, mailbox: &mailbox };

        stage.chapter("A newsroom in plain files", "stories, issues and settings, with a list of readers");
        stage.type_out("cd", &folder.display().to_string());
        stage.act(&["check", DATE], &[0])?;
        stage.act(&["subscribers", "import", "readers.csv"], &[0])?;
        stage.chapter("Somebody vouches for the issue", "the approval binds to the content, pictures included");
        stage.act(&["approve", DATE, "--by", EDITOR, "--yes"], &[0])?;
        stage.chapter("The press run", "and a power cut in the middle of it");
        stage.killed_in_the_middle(u64::from(self.readers))?;
        stage.chapter("The same command again", "it knows who has it, who has not, and whom nobody can be sure of");
        stage.until_done()?;
        stage.chapter("The books", "every reader is accounted for");
        stage.act(&["report", DATE], &[0])?;

        let page = page::write(world, &folder, DATE, &mailbox.messages().map_err(Failure::unexpected)?)?;
        stage.close(&page)?;
        if self.open {
            open(&page.path)?;
        }
        Ok(Exit::Done)
    }
}

/// Where the commands are run and shown.
struct Stage<'a> {
    world: &'a World,
    folder: &'a Path,
    mailbox: &'a Mailbox,
}

impl Stage<'_> {
    fn chapter(&self, title: &str, aside: &str) {
        self.world.say(format_args!("\n{}  {}", self.paint("1", title), self.paint("2", aside)));
    }

    /// Shows a command as one would type it.
    fn type_out(&self, program: &str, args: &str) {
        self.world.say(format_args!("{} {program} {}", self.paint("2", "$"), self.paint("36", args)));
    }

    /// Types a command, runs it to its end, and demands one of these exit codes.
    fn act(&self, args: &[&str], good: &[i32]) -> Result<i32, Failure> {
        let status = self.start(args)?.wait().map_err(lost)?;
        self.judge(args, status, good)
    }

    fn judge(&self, args: &[&str], status: ExitStatus, good: &[i32]) -> Result<i32, Failure> {
        match status.code() {
            Some(code) if good.contains(&code) => Ok(code),
            code => {
                let end = code.map_or_else(|| "a signal".to_owned(), |code| format!("exit code {code}"));
                let folder = self.folder.display();
                Err(Failure::unexpected(format_args!("`pressrun {}` ended with {end}", args.join(" ")))
                    .hint(format!("the newsroom is still there: `pressrun -C {folder}`")))
            }
        }
    }

    /// Starts the sender and kills it once it is in full swing.
    fn killed_in_the_middle(&self, readers: u64) -> Result<(), Failure> {
        let args = ["send", DATE, "--yes"];
        let mut sender = self.start(&args)?;
        let begun = Instant::now();
        while self.mailbox.received() * 5 < readers * 2 {
            if let Some(status) = sender.try_wait().map_err(lost)? {
                return self.judge(&args, status, &[]).map(drop);
            }
            if begun.elapsed() > Duration::from_secs(30) {
                break;
            }
            thread::sleep(Duration::from_millis(1));
        }
        // SIGKILL: the sender can neither tidy up nor say goodbye.
        sender.kill().map_err(lost)?;
        sender.wait().map_err(lost)?;
        let taken = thousands(self.mailbox.received());
        self.world.say(self.paint("1;31", &format!("\nkilled with SIGKILL, {taken} messages in")));
        Ok(())
    }

    /// Types `send` until nobody is deferred any more.
    fn until_done(&self) -> Result<(), Failure> {
        let begun = Instant::now();
        // 75: deferred ones are due later. 7: done, and some are unknown.
        while self.act(&["send", DATE, "--yes"], &[0, 7, 75])? == 75 {
            if begun.elapsed() > Duration::from_secs(40) {
                return Err(Failure::unexpected("the deferred deliveries did not end"));
            }
            self.world.say(self.paint("2", "a little later: those who asked to come back"));
            thread::sleep(Duration::from_millis(2_100));
        }
        Ok(())
    }

    fn close(&self, page: &page::Page) -> Result<(), Failure> {
        let report = self.report()?;
        let count = |key: &str| report[key].as_u64().unwrap_or_default();
        self.world.print("")?;
        self.world.print(format_args!("{} messages lie in {} inboxes, none twice", page.messages, page.inboxes))?;
        self.world.print(format_args!("look at them: {}", page.path.display()))?;
        self.world.print(format_args!(
            "{} = {} sent + {} failed + {} suppressed + {} unknown + {} expired",
            count("audience"),
            count("sent"),
            count("failed"),
            count("suppressed"),
            count("unknown"),
            count("expired")
        ))?;
        self.world.print("nobody lost, nobody doubled")
    }

    fn report(&self) -> Result<Value, Failure> {
        let output = self.command(&["report", DATE, "--json"])?.stderr(Stdio::inherit()).output().map_err(lost)?;
        serde_json::from_slice(&output.stdout).map_err(Failure::unexpected)
    }

    fn start(&self, args: &[&str]) -> Result<Child, Failure> {
        self.type_out("pressrun", &args.join(" "));
        let mut command = self.command(args)?;
        // The result of a child is talk here: the demo's own result is its last lines.
        if !self.world.quiet {
            command.stdout(std::io::stderr());
        } else {
            command.stdout(Stdio::null()).arg("--quiet");
        }
        command.spawn().map_err(lost)
    }

    fn command(&self, args: &[&str]) -> Result<Command, Failure> {
        let program = std::env::current_exe().map_err(lost)?;
        let mut command = Command::new(program);
        command.current_dir(self.folder).args(args).stdin(Stdio::null()).env_remove("PRESSRUN_CLOCK");
        if !self.world.color_err() {
            command.args(["--color", "never"]);
        }
        Ok(command)
    }

    fn paint(&self, style: &str, text: &str) -> String {
        if self.world.color_err() { format!("\u{1b}[{style}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

fn lost(error: std::io::Error) -> Failure {
    Failure::unexpected(format_args!("the demo lost one of its own processes: {error}"))
}

fn open(page: &Path) -> Result<(), Failure> {
    let opened = Command::new("xdg-open").arg(page).stdout(Stdio::null()).stderr(Stdio::null()).status();
    match opened {
        Ok(status) if status.success() => Ok(()),
        _ => Err(Failure::unexpected("no browser could be opened; the path is printed above")),
    }
}
