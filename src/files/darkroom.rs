//! The darkroom: pictures developed before are kept below `.pressrun/pictures`, so that looking at an issue again
//! costs nothing.
//!
//! Nothing depends on it. What lies there is named by all that went into it, and says in its first line what its
//! bytes hash to: an entry that does not is made again. A folder that cannot be written keeps nothing, and the
//! pictures are the same.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::write_whole;
use crate::picture::{Picture, Unfit};

const FOLDER: &str = ".pressrun/pictures";

/// An entry this much older than the newest is of an issue nobody looks at any more.
const KEPT: Duration = Duration::from_secs(60 * 24 * 60 * 60);

pub(super) struct Darkroom {
    folder: PathBuf,
}

impl Darkroom {
    pub(super) fn of(root: &Path) -> Self {
        Self { folder: root.join(FOLDER) }
    }

    /// The picture of this key: as it was kept, else made and kept.
    ///
    /// # Errors
    /// Why it cannot be made.
    pub(super) fn picture<E: From<Unfit>>(
        &self,
        src: &str,
        key: &str,
        make: impl FnOnce() -> Result<Vec<u8>, E>,
    ) -> Result<Picture, E> {
        if let Some(picture) = self.kept(src, key) {
            return Ok(picture);
        }
        let bytes = make()?;
        let picture = Picture::of(src, bytes.into()).map_err(Unfit::Broken)?;
        self.keep(key, &picture);
        Ok(picture)
    }

    /// `None` where it was never kept, or is not what was kept.
    fn kept(&self, src: &str, key: &str) -> Option<Picture> {
        let entry = fs::read(self.folder.join(key)).ok()?;
        let end = entry.iter().position(|byte| *byte == b'\n')?;
        let picture = Picture::of(src, entry[end + 1..].into()).ok()?;
        (entry[..end] == *picture.hash.as_bytes()).then_some(picture)
    }

    /// Keeping fails where the newsroom can only be read; then the next look takes as long as this one.
    fn keep(&self, key: &str, picture: &Picture) {
        let entry = [picture.hash.as_bytes(), b"\n", &picture.bytes].concat();
        let path = self.folder.join(key);
        let fresh = !self.folder.exists();
        if write_whole(&path, &entry).is_ok() {
            if fresh {
                // Nobody wants these in a repository, whatever its own .gitignore says.
                drop(fs::write(self.folder.join(".gitignore"), "*\n"));
            }
            self.sweep(&path);
        }
    }

    /// Whatever is much older than what was just kept goes: no clock is asked, only the folder's own times.
    fn sweep(&self, newest: &Path) {
        let kept = |path: &Path| fs::metadata(path).and_then(|found| found.modified()).ok();
        let (Some(newest), Ok(entries)) = (kept(newest), fs::read_dir(&self.folder)) else { return };
        for path in entries.flatten().map(|entry| entry.path()) {
            let age = kept(&path).and_then(|own| newest.duration_since(own).ok());
            let is_entry = path.file_name().is_some_and(|name| name != ".gitignore");
            if is_entry && age.is_some_and(|age| age > KEPT) {
                // Another process may have swept it first.
                drop(fs::remove_file(path));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{File, FileTimes};

    use super::*;
    use crate::picture::tests::png;

    /// The darkroom of a folder, and how often it had to make the picture.
    fn had(folder: &Path, key: &str) -> (Picture, usize) {
        let mut made = 0;
        let make = || {
            made += 1;
            Ok::<_, Unfit>(png(4, 3))
        };
        (Darkroom::of(folder).picture("images/a.png", key, make).unwrap(), made)
    }

    #[test]
    fn a_picture_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let (first, made) = had(folder.path(), "one");
        assert_eq!((first.width, first.height, made), (4, 3, 1));
        assert_eq!(had(folder.path(), "one"), (first, 0));
        assert_eq!(had(folder.path(), "two").1, 1, "another key is another picture");
    }

    #[test]
    fn what_is_damaged_is_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let (first, _) = had(folder.path(), "one");
        let path = folder.path().join(FOLDER).join("one");
        let whole = fs::read(&path).unwrap();
        let last = whole.len() - 1;
        for broken in [&whole[..last], &[][..], b"\n", &[&whole[..last], b"x"].concat()] {
            fs::write(&path, broken).unwrap();
            assert_eq!(had(folder.path(), "one"), (first.clone(), 1));
            assert_eq!(fs::read(&path).unwrap(), whole, "and kept again");
        }
    }

    #[test]
    fn a_folder_that_cannot_be_written_only_costs_time() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(".pressrun"), "a file where a folder is wanted").unwrap();
        assert_eq!(had(folder.path(), "one").1, 1);
        assert_eq!(had(folder.path(), "one").1, 1);
    }

    #[test]
    fn what_is_much_older_than_the_newest_is_swept() {
        let folder = tempfile::tempdir().unwrap();
        had(folder.path(), "old");
        had(folder.path(), "recent");
        let backdate = |name: &str, days: u64| {
            let path = folder.path().join(FOLDER).join(name);
            let then = fs::metadata(&path).unwrap().modified().unwrap() - Duration::from_secs(days * 86_400);
            File::open(path).unwrap().set_times(FileTimes::new().set_modified(then)).unwrap();
        };
        backdate("old", 61);
        backdate("recent", 59);
        backdate(".gitignore", 61);
        had(folder.path(), "new");
        let mut left: Vec<_> = fs::read_dir(folder.path().join(FOLDER))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, [".gitignore", "new", "recent"]);
    }
}
