//! Passwords: read from where config.toml says they are, when they are about to be used, and never shown.

use std::fmt;
use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::config::Password;
use crate::errand;

/// How long a command may take to print a password: a run that waits for one keeps every other from the edition.
const PATIENCE: Duration = Duration::from_secs(30);

/// A password. It prints as `****`; only `reveal` gives it away, and only the login calls that.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    /// Reads a password: the first line of a file, the first line a command prints, or a variable.
    ///
    /// # Errors
    /// A sentence for people, without the password or what the command printed.
    pub(crate) fn read(source: &Password) -> Result<Self, String> {
        Self::read_within(PATIENCE, source)
    }

    fn read_within(patience: Duration, source: &Password) -> Result<Self, String> {
        let text = match source {
            Password::File(path) => std::fs::read_to_string(path)
                .map_err(|error| format!("`password_file` {} cannot be read: {error}", path.display()))?,
            Password::Command(command) => run(command, patience)?,
            Password::Env(name) => std::env::var(name)
                .map_err(|_| format!("`password_env` names `{name}`, which is not set in the environment"))?,
        };
        let line = text.lines().next().unwrap_or_default();
        if line.is_empty() {
            return Err(format!("{} gives no password", where_from(source)));
        }
        Ok(Self(line.to_owned()))
    }

    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

fn run(command: &str, patience: Duration) -> Result<String, String> {
    let mut child = Command::new("sh")
        .args(["-c", command])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        // Of its own, so that what it started ends with it.
        .process_group(0)
        .spawn()
        .map_err(|error| format!("`password_command` cannot be started: {error}"))?;
    match printed(&mut child, Instant::now() + patience) {
        Ok(Some((status, _))) if !status.success() => Err(format!("`password_command` failed ({status})")),
        Ok(Some((_, printed))) => {
            String::from_utf8(printed).map_err(|_| "`password_command` printed something that is no text".to_owned())
        }
        Ok(None) => {
            errand::end(&mut child).map_err(|error| format!("`password_command` cannot be ended: {error}"))?;
            Err(format!("`password_command` was not done within {} s", patience.as_secs()))
        }
        Err(error) => Err(format!("`password_command` cannot be read: {error}")),
    }
}

/// How it ended and all that it printed; `None` where that takes too long.
fn printed(child: &mut Child, until: Instant) -> io::Result<Option<(ExitStatus, Vec<u8>)>> {
    let Some(mut stdout) = child.stdout.take() else { return Ok(None) };
    let (done, result) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // Nobody waits any more where it took too long.
        let _ = done.send(stdout.read_to_end(&mut bytes).map(|_| bytes));
    });
    let Ok(printed) = result.recv_timeout(until.saturating_duration_since(Instant::now())) else { return Ok(None) };
    loop {
        match child.try_wait()? {
            Some(status) => return Ok(Some((status, printed?))),
            None if Instant::now() >= until => return Ok(None),
            None => thread::sleep(Duration::from_millis(5)),
        }
    }
}

/// The key of config.toml that a password comes by, and what it names.
pub(super) fn where_from(source: &Password) -> String {
    match source {
        Password::File(path) => format!("`password_file` {}", path.display()),
        Password::Command(_) => "`password_command`".to_owned(),
        Password::Env(name) => format!("`password_env` {name}"),
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("****")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_comes_from_a_file_or_a_command_and_never_prints() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "hush hush\nsecond line\n").unwrap();
        let secret = Secret::read(&Password::File(file.path().to_owned())).unwrap();
        assert_eq!(secret.reveal(), "hush hush");
        assert_eq!(format!("{secret:?}"), "****");
        assert_eq!(Secret::read(&Password::Command("echo open sesame".into())).unwrap().reveal(), "open sesame");
    }

    #[test]
    fn a_password_that_cannot_be_read_is_said_without_it() {
        let failed = Secret::read(&Password::Command("echo s3cret; exit 3".into())).unwrap_err();
        assert!(failed.contains("password_command") && !failed.contains("s3cret"), "{failed}");
        let empty = Secret::read(&Password::Command("true".into())).unwrap_err();
        assert_eq!(empty, "`password_command` gives no password");
        let begun = Instant::now();
        let sleeper = Password::Command("sleep 60; echo too late".into());
        let late = Secret::read_within(Duration::from_millis(200), &sleeper).unwrap_err();
        assert!(late.contains("not done within") && begun.elapsed() < Duration::from_secs(20), "{late}");
        let unset = Secret::read(&Password::Env("PRESSRUN_NO_SUCH_VARIABLE".into())).unwrap_err();
        assert!(unset.contains("PRESSRUN_NO_SUCH_VARIABLE"), "{unset}");
    }
}
