//! The demo's newsroom: the sample that ships inside the program, laid out in a folder, with readers.

use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::cli::Failure;

static ISSUES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/issues");
static CONFIG: &str = include_str!("../../../config.toml");

/// The line of the sample's config that names its relay.
const RELAY: &str = "\nurl = \"mailbox:\"";
/// The heading under which the demo's haste is written: retries after seconds, not minutes.
const MORNING: &str = "\n[newsletters.morning]\n";

/// The folder the demo plays in: the one asked for, if it is empty, or a new one that stays.
pub(super) fn scratch(keep: Option<&Path>) -> Result<PathBuf, Failure> {
    let failed = |error: std::io::Error| Failure::unexpected(format_args!("no scratch folder: {error}"));
    match keep {
        None => Ok(tempfile::Builder::new().prefix("pressrun-demo-").tempdir().map_err(failed)?.keep()),
        Some(folder) => {
            fs::create_dir_all(folder).map_err(failed)?;
            if fs::read_dir(folder).map_err(failed)?.next().is_some() {
                return Err(Failure::usage(format!(
                    "`{}` is not empty, and the demo overwrites nothing",
                    folder.display()
                )));
            }
            fs::canonicalize(folder).map_err(failed)
        }
    }
}

/// Writes the newsroom's files and its list of readers.
pub(super) fn lay_out(folder: &Path, readers: u32, mailbox: SocketAddr) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::unexpected(format_args!("could not lay out the newsroom: {error}"));
    fs::create_dir_all(folder.join("issues")).map_err(failed)?;
    ISSUES.extract(folder.join("issues")).map_err(failed)?;
    fs::write(folder.join("config.toml"), config(mailbox)).map_err(failed)?;
    fs::write(folder.join("readers.csv"), list(readers)).map_err(failed)
}

/// The shipped config with the demo's mailbox, a calm pace to watch, and haste in retrying.
fn config(mailbox: SocketAddr) -> String {
    CONFIG.replacen(RELAY, &format!("\nurl = \"mailbox://{mailbox}\"\nrate = 60"), 1).replacen(
        MORNING,
        &format!("{MORNING}retry = [\"2s\"]\nexpire_after = \"1h\"\n"),
        1,
    )
}

/// Sample readers. In the demo the built-in mailbox obeys names: `never` is refused, `later` is asked to come
/// back, `drop` hangs up after the message without a word.
fn list(readers: u32) -> String {
    const FIRST: [&str; 12] =
        ["Ana", "Bruno", "Célia", "Duarte", "Elif", "Femi", "Greta", "Hugo", "Ines", "Jonas", "Kaya", "Lúcia"];
    const LAST: [&str; 7] = ["almeida", "berg", "costa", "duval", "evans", "ferro", "gray"];
    let mut out = String::from("email,first_name\n");
    for number in 0..readers as usize {
        let first = FIRST[number % FIRST.len()];
        let last = LAST[number % LAST.len()];
        // Behind the name, for a list is mailed in its order: readers who hang up one after the other are a relay away.
        let wish = match number % 50 {
            7 => "+never",
            13 | 38 => "+later",
            29 if number % 100 == 29 => "+drop",
            _ => "",
        };
        // A text in memory takes every line.
        let _ = writeln!(out, "reader{number}.{last}{wish}@reader.example,{first}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_config_has_the_places_the_demo_writes_to() {
        let config = config("127.0.0.1:2525".parse().unwrap());
        assert!(config.contains("url = \"mailbox://127.0.0.1:2525\""));
        assert!(config.contains("retry = [\"2s\"]"));
    }

    #[test]
    fn the_sample_readers_have_one_of_each_kind() {
        let list = list(200);
        assert_eq!(list.lines().count(), 201);
        for kind in ["+never@", "+later@", "+drop@"] {
            assert!(list.contains(kind), "{kind}");
        }
    }
}
