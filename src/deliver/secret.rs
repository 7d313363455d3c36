//! Passwords: read from where config.toml says they are, when they are about to be used, and never shown.

use std::fmt;
use std::process::{Command, Stdio};

use crate::config::Password;

/// A password. It prints as `****`; only `reveal` gives it away, and only the login calls that.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    /// Reads a password: the first line of a file, the first line a command prints, or a variable.
    ///
    /// # Errors
    /// A sentence for people, without the password or what the command printed.
    pub(crate) fn read(source: &Password) -> Result<Self, String> {
        let text = match source {
            Password::File(path) => std::fs::read_to_string(path)
                .map_err(|error| format!("`password_file` {} cannot be read: {error}", path.display()))?,
            Password::Command(command) => run(command)?,
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

fn run(command: &str) -> Result<String, String> {
    let output = Command::new("sh")
        .args(["-c", command])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("`password_command` cannot be started: {error}"))?;
    if !output.status.success() {
        return Err(format!("`password_command` failed ({})", output.status));
    }
    String::from_utf8(output.stdout).map_err(|_| "`password_command` printed something that is no text".to_owned())
}

fn where_from(source: &Password) -> String {
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
        let unset = Secret::read(&Password::Env("PRESSRUN_NO_SUCH_VARIABLE".into())).unwrap_err();
        assert!(unset.contains("PRESSRUN_NO_SUCH_VARIABLE"), "{unset}");
    }
}
