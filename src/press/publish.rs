//! An edition's pictures taken to where readers load them from, before the first mail that shows them leaves.
//!
//! Each is named by its content, so that what is there already is there for good, and taking it twice harms nothing.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use crate::config::{Config, HOLE, Publish};
use crate::errand::Errand;
use crate::files;
use crate::press::{Proof, ProofPicture};

/// A command that takes longer is stuck: it asks for a password nobody gives, or its server is away.
const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// Takes the pictures of a proof to where `[images] publish` says; what was done, in words, where there was
/// something to do.
///
/// # Errors
/// A sentence: what could not be taken where, and why.
pub(crate) fn publish(config: &Config, proof: &Proof) -> Result<Option<String>, String> {
    let count = match proof.pictures.len() {
        0 => return Ok(None),
        1 => "1 picture".to_owned(),
        count => format!("{count} pictures"),
    };
    match &config.images.publish {
        None => Ok(None),
        Some(Publish::Folder(folder)) => {
            put(folder, &proof.pictures)?;
            Ok(Some(format!("{count} put into `{}`", folder.display())))
        }
        Some(Publish::Command(command)) => {
            run(command, &config.root, &proof.pictures, PATIENCE)?;
            Ok(Some(format!("{count} taken along by `{command}`")))
        }
    }
}

/// Only what is not there yet is written, and each file whole: somebody may be loading it.
fn put(folder: &Path, pictures: &[ProofPicture]) -> Result<(), String> {
    if !folder.is_dir() {
        // Making it would hide a slip of the pen, or a disk that is not there this morning.
        return Err(format!("there is no folder `{}` to put the pictures into", folder.display()));
    }
    for picture in pictures {
        let path = folder.join(&picture.file_name);
        if fs::read(&path).is_ok_and(|there| there == *picture.content) {
            continue;
        }
        files::write_whole(&path, &picture.content)
            .map_err(|error| format!("`{}` cannot be written: {error}", path.display()))?;
    }
    Ok(())
}

/// Runs the command over a folder that holds the pictures and nothing else.
fn run(command: &str, root: &Path, pictures: &[ProofPicture], patience: Duration) -> Result<(), String> {
    let unready = |error: std::io::Error| format!("the pictures cannot be laid out for `{command}`: {error}");
    let folder = tempfile::Builder::new().prefix("pressrun-pictures-").tempdir().map_err(unready)?;
    // What copies permissions along must not lock readers out.
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).map_err(unready)?;
    for picture in pictures {
        files::write_whole(&folder.path().join(&picture.file_name), &picture.content).map_err(unready)?;
    }
    let laid_out = command.replace(HOLE, &quoted(folder.path()));
    let errand = Errand { command: &laid_out, folder: root, environment: &[], input: b"", patience };
    errand.run().map_err(|why| format!("`{command}` {why}"))
}

/// The folder as the shell takes it, with a slash at its end: for rsync that is what lies in it, not it.
fn quoted(folder: &Path) -> String {
    format!("'{}/'", folder.display().to_string().replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    fn pictures() -> Vec<ProofPicture> {
        let picture = |name: &str, content: &[u8]| ProofPicture {
            src: format!("images/{name}"),
            hash: name.to_owned(),
            file_name: format!("{name}.png"),
            mime: "image/png".to_owned(),
            bytes: content.len() as u64,
            content: content.into(),
        };
        vec![picture("one", b"1"), picture("two", b"22")]
    }

    fn listed(folder: &Path) -> Vec<String> {
        let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
        let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(name).collect();
        names.sort();
        names
    }

    #[test]
    fn a_folder_gets_what_it_does_not_have_and_keeps_what_it_has() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("older.png"), "0").unwrap();
        fs::write(folder.path().join("one.png"), "broken off").unwrap();
        put(folder.path(), &pictures()).unwrap();
        assert_eq!(listed(folder.path()), ["older.png", "one.png", "two.png"]);
        assert_eq!(fs::read(folder.path().join("one.png")).unwrap(), b"1");
        let written = fs::metadata(folder.path().join("two.png")).unwrap();
        assert_eq!(written.permissions().mode() & 0o777, 0o644);
        put(folder.path(), &pictures()).unwrap();
        let again = fs::metadata(folder.path().join("two.png")).unwrap();
        assert_eq!(written.modified().unwrap(), again.modified().unwrap(), "what is there is left alone");
        let missing = folder.path().join("mnt");
        let why = put(&missing, &pictures()).unwrap_err();
        assert!(why.starts_with("there is no folder") && !missing.exists(), "{why}");
    }

    #[test]
    fn a_command_gets_a_folder_of_the_pictures_alone() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("it's here")).unwrap();
        let copy = "cp {}* \"it's here\" && stat -c %a {} > mode";
        run(copy, root.path(), &pictures(), PATIENCE).unwrap();
        assert_eq!(listed(&root.path().join("it's here")), ["one.png", "two.png"]);
        assert_eq!(fs::read_to_string(root.path().join("mode")).unwrap(), "755\n");
    }

    #[test]
    fn a_command_that_fails_is_told_with_what_it_said_last() {
        let root = tempfile::tempdir().unwrap();
        let fail = |command: &str, patience| run(command, root.path(), &pictures(), patience).unwrap_err();
        let why = fail("echo going; echo 'web: no route' >&2; exit 23 # {}", PATIENCE);
        assert!(why.ends_with("ended with exit status: 23: web: no route"), "{why}");
        let begun = Instant::now();
        let why = fail("sleep 60 & sleep 60 # {}", Duration::from_millis(60));
        assert!(why.contains("was not done after 0 s") && begun.elapsed() < Duration::from_secs(30), "{why}");
    }
}
