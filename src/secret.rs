//! Secret files: the key of the readers' links, the private keys that sign mail, who is logged in at the preview.
//!
//! The links' key is made once, whole and readable by its owner only, and never made again over another: links in
//! mails of years past hang on it.

use std::io::{ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::clock;
use crate::config::Signing;
use crate::dkim::{Dkim, Key};
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
        let text = Self::text_of(&clock::random());
        match write_new(path, &text) {
            Ok(()) => Self::parse(&text),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                Self::load(path)?.ok_or_else(|| cannot(&"it came and went"))
            }
            Err(error) => Err(cannot(&error)),
        }
    }
}

impl Dkim {
    /// Reads the keys config.toml names.
    ///
    /// # Errors
    /// As `Key::load`.
    pub(crate) fn load(signing: &Signing) -> Result<Self, String> {
        let keys = signing.keys.iter().map(|own| Ok((own.selector.clone(), Key::load(&own.file)?)));
        Ok(Self::new(&signing.domain, keys.collect::<Result<_, String>>()?))
    }
}

impl Key {
    /// Reads a private key. One that everybody on the machine can read is none.
    ///
    /// # Errors
    /// It cannot be read, or signs nothing: a sentence for a person, without the key.
    pub(crate) fn load(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        let read = || Ok::<_, std::io::Error>((path.metadata()?.permissions().mode(), std::fs::read_to_string(path)?));
        let (mode, pem) = read().map_err(|error| format!("the DKIM key `{shown}` cannot be read: {error}"))?;
        if mode & 0o007 != 0 {
            return Err(format!("everybody on this machine can read the DKIM key `{shown}`: `chmod 600 {shown}`"));
        }
        Self::parse(&pem).map_err(|why| format!("the DKIM key `{shown}`: {why}"))
    }
}

/// Writes a new file for its owner only, whole, and never over another.
///
/// # Errors
/// There is a file of that name, or it cannot be written.
pub(crate) fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Written aside (tempfile opens with 0600) and linked into place: nobody ever reads half a key.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map(drop).map_err(|error| error.error)
}

/// What a file holds that its owner alone may read; `None` where there is none.
///
/// # Errors
/// It cannot be read.
pub(crate) fn kept(path: &Path) -> std::io::Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes a file for its owner only, whole, over the one before.
///
/// # Errors
/// It cannot be written.
pub(crate) fn keep(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

#[cfg(test)]
mod tests {
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
