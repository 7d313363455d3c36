//! The pen: every change of a file goes through here, by the same edits the command line makes.
//!
//! A page says which text it was made of. Where that is no longer the one on disk nothing is written, and the
//! page is told what stands there now; what was typed stays in its field. The last change of an issue can be
//! taken back, as long as nobody saved the file since.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Path, State};
use axum::routing::post;
use axum::{Form, Router};
use serde::Deserialize;

use super::Desk;
use super::answer::{Done, Refused, Said};
use super::pull::about;
pub(super) use super::pull::seen;
use super::who::Who;
use crate::edit::{self, Line};
use crate::files::Draft;
use crate::issue::IssueName;

pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new().route("/{newsletter}/{slot}/line", post(line)).route("/{newsletter}/{slot}/undo", post(undo))
}

/// The last change made from here to each issue.
#[derive(Default)]
pub(super) struct Undo(Mutex<BTreeMap<IssueName, Made>>);

/// One change of a file.
#[derive(Clone)]
struct Made {
    path: String,
    before: String,
    /// Names the text it made.
    after: String,
    /// The editor who made it, where editors log in.
    by: Option<String>,
}

impl Undo {
    /// The last change of an issue was made by this visitor: nobody takes another's back.
    pub(super) fn was_made_by(&self, issue: &str, who: &Who) {
        if let Some((_, made)) = self.all().iter_mut().find(|(name, _)| about(name) == issue) {
            made.by = who.editor().map(str::to_owned);
        }
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<IssueName, Made>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Changes a file of an issue's, if it is still the one that was seen.
pub(super) fn write(
    desk: &Arc<Desk>,
    name: &IssueName,
    path: &str,
    seen_by_page: &str,
    change: impl FnOnce(&str) -> Result<String, Refused>,
) -> Result<(), Refused> {
    let config = desk.config();
    let draft = Draft::open(&config.root, path).map_err(|finding| Refused::because(finding.title))?;
    let text = &draft.source.text;
    if seen(text) != seen_by_page {
        desk.look_again(false);
        let said = format!("{path} was saved meanwhile, and nothing was changed: look again");
        return Err(Refused::Changed { said, theirs: None });
    }
    let changed = change(text)?;
    if changed == *text {
        return Ok(());
    }
    draft.save(&changed).map_err(|said| Refused::Changed { said, theirs: None })?;
    let made = Made { path: path.to_owned(), before: text.clone(), after: seen(&changed), by: None };
    desk.undo.all().insert(name.clone(), made);
    // The watch would see it too, a moment later: nobody waits for their own hand.
    desk.look_again(false);
    Ok(())
}

/// Changes the file of an issue, if it is still the one that was seen.
pub(super) fn issue(
    desk: &Arc<Desk>,
    (newsletter, slot): (&str, &str),
    seen_by_page: &str,
    change: impl FnOnce(&str) -> Result<String, Refused>,
) -> Result<(), Refused> {
    let name = desk.issue(newsletter, slot).ok_or_else(Refused::gone)?;
    write(desk, &name, &name.path(), seen_by_page, change)
}

#[derive(Deserialize)]
struct Written {
    line: String,
    words: String,
    seen: String,
}

/// Writes subject or preheader. Where the file changed meanwhile, the answer says what stands there.
async fn line(
    State(desk): State<Arc<Desk>>,
    Path((newsletter, slot)): Path<(String, String)>,
    Form(Written { line, words, seen }): Form<Written>,
) -> Said {
    desk.work(move |desk| {
        let line = [Line::Subject, Line::Preheader].into_iter().find(|own| own.key() == line);
        let line = line.ok_or_else(|| Refused::because("an envelope has a subject and a preheader"))?;
        let written = issue(desk, (&newsletter, &slot), &seen, |text| Ok(edit::write(text, line, words.trim())?));
        match written {
            Ok(()) => Ok(Done { said: format!("wrote the {}", line.key()), undo: true }),
            Err(Refused::Changed { said, .. }) => {
                let galley = desk.issue(&newsletter, &slot).and_then(|name| desk.galley(&name));
                let theirs = galley.map(|galley| match line {
                    Line::Subject => galley.outline.subject.clone(),
                    Line::Preheader => galley.outline.preheader.clone(),
                });
                Err(Refused::Changed { said, theirs })
            }
            Err(refused) => Err(refused),
        }
    })
    .await
}

/// Takes the last change made from here back.
async fn undo(State(desk): State<Arc<Desk>>, Path((newsletter, slot)): Path<(String, String)>, who: Who) -> Said {
    desk.work(move |desk| {
        let name = desk.issue(&newsletter, &slot).ok_or_else(Refused::gone)?;
        let made = desk.undo.all().get(&name).cloned();
        let Made { path, before, after, by } = made.ok_or_else(|| Refused::because("there is nothing to take back"))?;
        if by.is_some() && by.as_deref() != who.editor() {
            return Err(Refused::because("the last change is somebody else's to take back"));
        }
        write(desk, &name, &path, &after, |_| Ok(before))?;
        Ok(Done { said: format!("put {path} back as it was"), undo: true })
    })
    .await
}
