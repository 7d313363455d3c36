//! Who is logged in: by a pass in their browser's cookie, of which a file beside the store keeps the print. A restart
//! of the preview logs nobody out.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::secret;
use crate::token::Pass;

/// A login nobody uses for so long has ended: a morning shift may be followed by the next one.
const IDLE: TimeDelta = TimeDelta::hours(12);

/// However busy: a week.
pub(super) const LONGEST: TimeDelta = TimeDelta::days(7);

/// That somebody is here is written down so often, and no oftener.
const NOTED: TimeDelta = TimeDelta::minutes(10);

pub(super) struct Sessions {
    file: PathBuf,
    /// By print.
    open: Mutex<BTreeMap<String, Session>>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Session {
    editor: String,
    begun: DateTime<Utc>,
    seen: DateTime<Utc>,
}

impl Session {
    fn is_over(&self, now: DateTime<Utc>) -> bool {
        now - self.seen >= IDLE || now - self.begun >= LONGEST
    }
}

impl Sessions {
    /// What a file remembers. One that cannot be read logs everybody out, and is written anew by the next login.
    pub(super) fn remembered(file: PathBuf) -> Self {
        let text = secret::kept(&file).ok().flatten().unwrap_or_default();
        Self { file, open: Mutex::new(serde_json::from_str(&text).unwrap_or_default()) }
    }

    /// Logs an editor in, with what whoever runs the desk should hear: where it cannot be written down it holds until
    /// the preview ends.
    pub(super) fn begin(&self, editor: &str, now: DateTime<Utc>) -> (Pass, Result<(), String>) {
        let pass = Pass::new(clock::random());
        let mut open = self.open();
        open.retain(|_, session| !session.is_over(now));
        open.insert(pass.print(), Session { editor: editor.to_owned(), begun: now, seen: now });
        (pass, self.note(&open))
    }

    /// The name of `[authors]` a pass stands for; and that they are here still.
    pub(super) fn editor(&self, pass: &Pass, now: DateTime<Utc>) -> Option<String> {
        let mut open = self.open();
        let session = open.get_mut(&pass.print()).filter(|session| !session.is_over(now))?;
        let editor = session.editor.clone();
        if now - session.seen >= NOTED {
            session.seen = now;
            // Their login was written down, or that it was not has been told; this is told at the next chance.
            let _later = self.note(&open);
        }
        Some(editor)
    }

    /// Whether the login with this print goes on.
    pub(super) fn goes_on(&self, print: &str, now: DateTime<Utc>) -> bool {
        self.open().get(print).is_some_and(|session| !session.is_over(now))
    }

    /// # Errors
    /// It cannot be written down, so that the login would be good again after a restart.
    pub(super) fn end(&self, print: &str) -> Result<(), String> {
        let mut open = self.open();
        if open.remove(print).is_some() { self.note(&open) } else { Ok(()) }
    }

    fn note(&self, open: &BTreeMap<String, Session>) -> Result<(), String> {
        let text = serde_json::to_string_pretty(open).expect("names and times are JSON");
        secret::keep(&self.file, &text).map_err(|why| format!("{} cannot be written: {why}", self.file.display()))
    }

    fn open(&self) -> MutexGuard<'_, BTreeMap<String, Session>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn at(hour: i64) -> DateTime<Utc> {
        clock::now() + TimeDelta::hours(hour)
    }

    #[test]
    fn a_login_outlives_a_restart_and_its_file_opens_no_door() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pressrun.db.editors");
        let pass = Sessions::remembered(file.clone()).begin("maren", at(0)).0;
        let again = Sessions::remembered(file.clone());
        assert_eq!(again.editor(&pass, at(1)).as_deref(), Some("maren"));
        let (text, mode) = (secret::kept(&file).unwrap().unwrap(), file.metadata().unwrap().permissions().mode());
        assert!(text.contains(&pass.print()) && !text.contains(&pass.reveal()), "{text}");
        assert_eq!(mode & 0o777, 0o600);
        // Logged out is logged out, for whoever kept the cookie too.
        again.end(&pass.print()).unwrap();
        assert_eq!(again.editor(&pass, at(1)), None);
        assert_eq!(Sessions::remembered(file).editor(&pass, at(1)), None);
    }

    #[test]
    fn a_login_ends_where_nobody_uses_it_and_after_a_week_in_any_case() {
        let sessions = Sessions::remembered(PathBuf::from("/nowhere/at/all"));
        let (idle, busy) = (sessions.begin("maren", at(0)).0, sessions.begin("ivy", at(0)).0);
        assert!((1..=17).all(|eleven| sessions.editor(&busy, at(eleven * 9)).is_some()));
        assert_eq!(sessions.editor(&idle, at(12)), None);
        assert!(sessions.goes_on(&busy.print(), at(160)));
        assert_eq!(sessions.editor(&busy, at(7 * 24)), None);
        // What is over is forgotten by the next login.
        let (_, written) = sessions.begin("ivy", at(200));
        assert!(written.unwrap_err().contains("/nowhere/at/all"));
        assert_eq!(sessions.open().len(), 1);
    }

    #[test]
    fn a_file_of_somebody_else_s_making_lets_nobody_in() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pressrun.db.editors");
        for text in ["", "not json", "[]", "{\"x\": 1}"] {
            secret::keep(&file, text).unwrap();
            assert!(Sessions::remembered(file.clone()).open().is_empty(), "{text}");
        }
    }
}
