//! The secret file: where the key of the readers' links lives.
//!
//! It is made once, whole and readable by its owner only, and never made again over another: links in
//! mails of years past hang on it.

use std::io::{ErrorKind, Write};
use std::path::Path;

use crate::clock;
use crate::token::Signer;

impl Signer {
    /// Reads the secret file; `None` where there is none.
    ///
    /// # Errors
    /// It cannot be read, or holds no keys: a sentence for a person, without the secret.
    pub(crate) fn load(path: &Path) -> Result<Option<Self>, String> {
        match std::fs::read_to_string(path) {
            Ok(text) => {
                Self::parse(&text).map(Some).map_err(|why| format!("the secret file `{}`: {why}", path.display()))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("the secret file `{}` cannot be read: {error}", path.display())),
        }
    }

    /// Makes the secret file, mode 0600, or reads the one another process made meanwhile.
    ///
    /// # Errors
    /// It cannot be written, or what stands there cannot be read.
    pub(crate) fn create(path: &Path) -> Result<Self, String> {
        let cannot =
            |error: &dyn std::fmt::Display| format!("the secret file `{}` cannot be written: {error}", path.display());
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Written aside (tempfile opens with 0600) and linked into place: nobody ever reads half a key.
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|error| cannot(&error))?;
        let text = Self::text_of(&clock::random());
        file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(|error| cannot(&error))?;
        match file.persist_noclobber(path) {
            Ok(_) => Self::parse(&text),
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => {
                Self::load(path)?.ok_or_else(|| cannot(&"it came and went"))
            }
            Err(error) => Err(cannot(&error.error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::token::Purpose;

    #[test]
    fn a_secret_is_made_once_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pressrun.secret");
        assert!(Signer::load(&path).unwrap().is_none());
        let made = Signer::create(&path).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let token = made.token(Purpose::Preferences, &[7; 16]);
        let again = Signer::create(&path).unwrap();
        let loaded = Signer::load(&path).unwrap().unwrap();
        for signer in [again, loaded] {
            assert_eq!(signer.verify(Purpose::Preferences, &token), Some([7; 16]));
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left lying about");
    }

    #[test]
    fn a_broken_secret_file_is_an_error_and_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pressrun.secret");
        std::fs::write(&path, "1 not-hex-but-secret\n").unwrap();
        let error = Signer::load(&path).unwrap_err();
        assert!(error.contains("line 1") && !error.contains("not-hex"), "{error}");
        assert!(Signer::create(&path).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "1 not-hex-but-secret\n");
    }
}
