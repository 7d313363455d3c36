//! A file while a command edits it: what was read, and the one way to put something else in its place.
//!
//! A person may have the same file open. So a save is refused where the file on disk is no longer the one
//! that was read, and a file is replaced whole, never half written. Nothing new ever overwrites.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::files;
use crate::finding::{Finding, Source};

pub(crate) struct Draft {
    pub(crate) source: Arc<Source>,
    full: PathBuf,
    /// As it was on disk, a byte order mark included, which is kept.
    bytes: Vec<u8>,
}

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

impl Draft {
    /// Reads `path`, relative to `root`, to edit it.
    ///
    /// # Errors
    /// A finding, as for every text that does not read.
    pub(crate) fn open(root: &Path, path: &str) -> Result<Self, Finding> {
        let source = files::read(root, path)?;
        let full = root.join(path);
        let bytes =
            fs::read(&full).map_err(|error| Finding::error("syntax", format!("cannot read {path}: {error}")))?;
        Ok(Self { source, full, bytes })
    }

    /// Puts `text` in its place.
    ///
    /// # Errors
    /// Somebody saved it meanwhile, or it cannot be written; then it is as it was.
    pub(crate) fn save(&self, text: &str) -> Result<(), String> {
        let path = &self.source.path;
        if fs::read(&self.full).ok().as_ref() != Some(&self.bytes) {
            return Err(format!("{path} was saved by somebody else just now, and was left as it is: try again"));
        }
        let mark = if self.bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK } else { b"" };
        replace(&self.full, &[mark, text.as_bytes()].concat()).map_err(|error| format!("cannot write {path}: {error}"))
    }
}

/// Writes a file that was not there, `path` being relative to `root`; folders on the way are made.
///
/// # Errors
/// It is there already, or it cannot be written.
pub(crate) fn create(root: &Path, path: &str, text: &str) -> Result<(), String> {
    let full = root.join(path);
    let cannot = |error: std::io::Error| match error.kind() {
        ErrorKind::AlreadyExists => format!("{path} is there already, and was left as it is"),
        _ => format!("cannot write {path}: {error}"),
    };
    if let Some(folder) = full.parent() {
        fs::create_dir_all(folder).map_err(cannot)?;
    }
    let mut file = File::create_new(&full).map_err(cannot)?;
    file.write_all(text.as_bytes()).map_err(cannot)
}

/// The new file takes the old one's name and permissions in one step; a link stays one, and what it leads to changes.
fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let path = fs::canonicalize(path)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".pressrun-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    fs::set_permissions(file.path(), fs::metadata(&path)?.permissions())?;
    file.persist(&path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_saved_by_somebody_else_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        create(folder.path(), "a/b.toml", "one").unwrap();
        let draft = Draft::open(folder.path(), "a/b.toml").unwrap();
        fs::write(folder.path().join("a/b.toml"), "theirs").unwrap();
        assert!(draft.save("ours").unwrap_err().contains("saved by somebody else"));
        assert_eq!(fs::read(folder.path().join("a/b.toml")).unwrap(), b"theirs");
    }

    #[test]
    fn a_byte_order_mark_stays() {
        let folder = tempfile::tempdir().unwrap();
        create(folder.path(), "b.toml", "\u{feff}one").unwrap();
        let draft = Draft::open(folder.path(), "b.toml").unwrap();
        assert_eq!(draft.source.text, "one");
        draft.save("two").unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("b.toml")).unwrap(), "\u{feff}two");
    }

    #[test]
    fn nothing_new_overwrites() {
        let folder = tempfile::tempdir().unwrap();
        create(folder.path(), "b.toml", "one").unwrap();
        assert_eq!(
            create(folder.path(), "b.toml", "two").unwrap_err(),
            "b.toml is there already, and was left as it is"
        );
        assert_eq!(fs::read_to_string(folder.path().join("b.toml")).unwrap(), "one");
    }
}
