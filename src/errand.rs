//! Errands: commands of the newsroom's own, run by the shell and within a time.
//!
//! What one prints is nobody's result, so it is only kept to say why it failed; passwords in the addresses it names
//! are starred out.

use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::config::redact;

/// A command and what it is given.
pub(crate) struct Errand<'a> {
    /// As the shell reads it.
    pub(crate) command: &'a str,
    /// Where it runs.
    pub(crate) folder: &'a Path,
    pub(crate) environment: &'a [(&'a str, &'a str)],
    /// What stands on its stdin.
    pub(crate) input: &'a [u8],
    /// How long it may take.
    pub(crate) patience: Duration,
}

/// How often it is looked whether it is done.
const LOOK_EVERY: Duration = Duration::from_millis(10);

impl Errand<'_> {
    /// Runs it to its end. One that takes too long is ended, with all it has started.
    ///
    /// # Errors
    /// A sentence that goes on from the command's name: it did not start, failed, or was not done in time.
    pub(crate) fn run(&self) -> Result<(), String> {
        let cannot = |error: std::io::Error| format!("cannot be run: {error}");
        let mut said = tempfile::tempfile().map_err(cannot)?;
        let mut child = Command::new("sh")
            .args(["-c", self.command])
            .current_dir(self.folder)
            .envs(self.environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(said.try_clone().map_err(cannot)?)
            .stderr(said.try_clone().map_err(cannot)?)
            // A group of its own, so that what it starts ends with it.
            .process_group(0)
            .spawn()
            .map_err(cannot)?;
        if let Some(mut stdin) = child.stdin.take() {
            // A command may take no interest in what it is given.
            let _unread = stdin.write_all(self.input);
        }
        match self.wait(&mut child).map_err(cannot)? {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(format!("ended with {status}{}", last_words(&mut said))),
            None => {
                Err(format!("was not done after {} s, and was ended{}", self.patience.as_secs(), last_words(&mut said)))
            }
        }
    }

    /// How it ended; `None` where it had to be ended.
    fn wait(&self, child: &mut Child) -> std::io::Result<Option<ExitStatus>> {
        let begun = Instant::now();
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(Some(status));
            }
            if begun.elapsed() >= self.patience {
                end(child)?;
                return Ok(None);
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }
}

/// Ends a command, begun in a group of its own, with all it has started.
pub(crate) fn end(child: &mut Child) -> std::io::Result<()> {
    kill_process_group(Pid::from_child(child), Signal::KILL)?;
    child.wait().map(drop)
}

/// The last line it printed, which mostly says what went wrong.
fn last_words(said: &mut (impl Read + Seek)) -> String {
    const MOST: usize = 200;
    let mut bytes = Vec::new();
    let read = said.seek(SeekFrom::Start(0)).and_then(|_| said.take(1 << 20).read_to_end(&mut bytes));
    let text = String::from_utf8_lossy(&bytes);
    match text.lines().map(str::trim).rfind(|line| !line.is_empty()).filter(|_| read.is_ok()) {
        Some(line) => format!(": {}", redact(line).chars().filter(|c| !c.is_control()).take(MOST).collect::<String>()),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(command: &str, patience: Duration) -> Result<(), String> {
        let folder = std::env::temp_dir();
        let environment = [("PRESSRUN_EVENT", "held")];
        Errand { command, folder: &folder, environment: &environment, input: b"{}\n", patience }.run()
    }

    #[test]
    fn a_command_is_given_its_input_and_environment_and_its_last_words_say_why_it_failed() {
        let long = Duration::from_secs(20);
        assert_eq!(run("test \"$(cat)\" = '{}' && test $PRESSRUN_EVENT = held", long), Ok(()));
        assert_eq!(run("exit 0 <&-", long), Ok(()), "it may take no interest");
        let failed = run("echo one; echo 'fatal: https://ada:s3cret@git.quay.test/ is away' >&2; exit 3", long);
        assert_eq!(failed.unwrap_err(), "ended with exit status: 3: fatal: https://ada:******@git.quay.test/ is away");
        assert_eq!(run("exit 4", long).unwrap_err(), "ended with exit status: 4");
        assert!(run("no-such-command-here", long).unwrap_err().contains("127"));
    }

    #[test]
    fn a_command_that_takes_too_long_is_ended_with_all_it_started() {
        let begun = Instant::now();
        let file = tempfile::NamedTempFile::new().unwrap();
        let command = format!("(sleep 1; echo late > {}) & sleep 30", file.path().display());
        let failed = run(&command, Duration::from_millis(100)).unwrap_err();
        assert_eq!(failed, "was not done after 0 s, and was ended");
        assert!(begun.elapsed() < Duration::from_secs(10));
        std::thread::sleep(Duration::from_millis(1_200));
        assert_eq!(std::fs::read(file.path()).unwrap(), b"", "what it started is ended too");
    }
}
