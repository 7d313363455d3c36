//! Correcting: what was wrong in an issue is said to those who got it, on its web edition, and in the next issue.
//!
//! Nobody is mailed from here. A correction is an issue like any other, written to the desk for an editor to check,
//! approve and send; only the note on the web edition is public at once.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::config::{Config, Newsletter};
use crate::edit;
use crate::files::{self, Draft, Newsroom};
use crate::finding::{Finding, Level, Place, Source};
use crate::issue::compile::Compiled;
use crate::issue::{self, Audience, Body, IssueName};
use crate::press::{begin, edition, is_extra, template};
use crate::prose::{Prose, plain};
use crate::render;
use crate::store::{Edition, EditionState, Store, StoreError};

/// An issue that was sent, and what was wrong in it.
pub(crate) struct Correction<'a> {
    config: &'a Config,
    newsletter: &'a Newsletter,
    pub(crate) edition: Edition,
    text: &'a str,
    prose: Vec<Prose>,
}

/// The edition that may be corrected: one that somebody has; before that the issue itself can be mended.
///
/// # Errors
/// The store cannot be read.
pub(crate) fn correctable(store: &Store, newsletter: &str, slot: &str) -> Result<Option<Edition>, StoreError> {
    Ok(edition(store, newsletter, slot)?.filter(|edition| edition.started.is_some()))
}

/// A file that was changed.
#[derive(Debug)]
pub(crate) struct Changed {
    pub(crate) path: String,
    /// No issue yet: what the next one will be begun from.
    pub(crate) template: bool,
    pub(crate) before: String,
    pub(crate) after: String,
}

impl<'a> Correction<'a> {
    /// # Errors
    /// The words are none a mail can hold.
    pub(crate) fn of(
        config: &'a Config,
        newsletter: &'a Newsletter,
        edition: Edition,
        text: &'a str,
    ) -> Result<Self, Vec<Finding>> {
        let prose = read(config, newsletter, &edition.slot, text)?;
        Ok(Self { config, newsletter, edition, text, prose })
    }

    /// Puts the dated note on the web edition.
    ///
    /// # Errors
    /// The store cannot be written.
    pub(crate) fn note_on_web(&self, store: &mut Store, now: DateTime<Utc>) -> Result<(), StoreError> {
        let at = now.with_timezone(&self.newsletter.timezone).fixed_offset();
        let note = render::web_note(&self.prose, at, &self.config.publication.language);
        store.note_on_web(self.edition.id, &note, now)
    }

    /// Writes the issue that tells those who got the wrong one: its slot.
    ///
    /// # Errors
    /// A sentence: one is on the desk already and was not sent, or the file cannot be written.
    pub(crate) fn write_issue(&self, store: &Store) -> Result<String, String> {
        let Edition { newsletter, slot, .. } = &self.edition;
        let known = files::slots(&self.config.root, newsletter);
        let names = (1..).map(|nth| match nth {
            1 => format!("{slot}-correction"),
            nth => format!("{slot}-correction-{nth}"),
        });
        for (nth, own) in (1..).zip(names) {
            let name = IssueName { newsletter: newsletter.clone(), slot: own.clone() };
            if !known.contains(&own) {
                files::create(&self.config.root, &name.path(), &self.lines(nth))?;
                return Ok(own);
            }
            if edition(store, newsletter, &own).map_err(|error| error.to_string())?.is_none() {
                return Err(format!("there is a correction on the desk already, not sent yet: {}", name.path()));
            }
        }
        unreachable!("names go on for ever")
    }

    /// The correction issue's file.
    fn lines(&self, nth: u32) -> String {
        let Edition { slot, subject, .. } = &self.edition;
        let words = crate::words::Words::of(&self.config.publication.language);
        let nth = if nth > 1 { format!(" {nth}") } else { String::new() };
        let longest = self.newsletter.subject.warn.unwrap_or(78) as usize;
        let subject = shortened(&format!("{}{nth}: {subject}", words.correction), longest);
        let preheader = shortened(&said(&self.prose), 100);
        format!(
            "# {}, correction of {slot}: for those who got it and for nobody else\n\n\
             subject   = {}\npreheader = {}\naudience  = {}\n\n{}\n",
            self.newsletter.title,
            edit::quoted(&subject),
            edit::quoted(&preheader),
            edit::quoted(&Audience::Got(slot.clone()).to_string()),
            edit::correction(&self.day(), self.text)
        )
    }

    /// Carries the note into the next issue nobody has begun to send; where none is written yet into the template,
    /// out of which `new` takes it along. `None` where it stands there already.
    ///
    /// # Errors
    /// A sentence: why not, and what to put where by hand.
    pub(crate) fn carry(&self, store: &Store, now: DateTime<Utc>) -> Result<Option<Changed>, String> {
        let next = self.next_issue(store, now).map_err(|error| error.to_string())?;
        let path = match &next {
            Some(slot) => IssueName { newsletter: self.newsletter.id.clone(), slot: slot.clone() }.path(),
            None => template(self.newsletter),
        };
        if next.is_none() && !self.config.root.join(&path).exists() {
            files::create(&self.config.root, &path, begin::BARE)?;
        }
        let draft = Draft::open(&self.config.root, &path).map_err(|finding| finding.title)?;
        let before = draft.source.text.clone();
        let for_once = next.is_none().then_some(begin::FOR_ONCE);
        let carried = edit::carry_correction(&before, &self.day(), self.text, for_once);
        let Some(after) = carried.map_err(|refusal| format!("{path}: {}", refusal.message))? else { return Ok(None) };
        draft.save(&after)?;
        Ok(Some(Changed { path, template: next.is_none(), before, after }))
    }

    fn next_issue(&self, store: &Store, now: DateTime<Utc>) -> Result<Option<String>, StoreError> {
        let today = now.with_timezone(&self.newsletter.timezone).date_naive();
        let after = |slot: &String| {
            !is_extra(slot) && *slot != self.edition.slot && issue::date_of(slot).is_some_and(|date| date >= today)
        };
        for slot in files::slots(&self.config.root, &self.newsletter.id).into_iter().filter(after) {
            let begun = edition(store, &self.newsletter.id, &slot)?;
            let over = begun.is_some_and(|edition| edition.version > 0 || edition.state == EditionState::Cancelled);
            if !over {
                return Ok(Some(slot));
            }
        }
        Ok(None)
    }

    /// The day of the issue that is corrected.
    fn day(&self) -> String {
        self.edition.slot.get(..10).unwrap_or(&self.edition.slot).to_owned()
    }
}

/// The words as a mail has them: they are put into an issue of their own, which is looked at and thrown away. What is
/// an error in them is said before the note on the web is public; the rest when the correction issue is checked.
fn read(config: &Config, newsletter: &Newsletter, slot: &str, text: &str) -> Result<Vec<Prose>, Vec<Finding>> {
    let day = slot.get(..10).unwrap_or(slot);
    let lines = format!("subject = \"-\"\npreheader = \"-\"\n{}\n", edit::correction(day, text));
    let name = IssueName { newsletter: newsletter.id.clone(), slot: slot.to_owned() };
    let (start, end) = (lines.find(OPENS).map_or(0, |at| at + OPENS.len()), lines.rfind(CLOSES).unwrap_or(lines.len()));
    let words = Arc::new(Source { path: "--text".to_owned(), text: lines[start..end].to_owned() });
    let source = Arc::new(Source { path: String::new(), text: lines });
    let Compiled { issue: compiled, findings, .. } =
        issue::compile::compile(&name, &source, config, &Newsroom::open(&config.root));
    let in_the_words = |finding: &Finding| {
        finding.place.as_ref().is_some_and(|place| place.source.path.is_empty() && place.span.start >= start)
    };
    let (theirs, others): (Vec<Finding>, Vec<Finding>) =
        findings.into_iter().filter(|finding| finding.level == Level::Error).partition(in_the_words);
    let block = compiled.filter(|_| theirs.is_empty()).and_then(|issue| issue.blocks.into_iter().next());
    match block.map(|block| block.body) {
        Some(Body::Correction { text, .. }) => Ok(text),
        _ => {
            let wrong = if theirs.is_empty() { others } else { theirs };
            Err(wrong.into_iter().map(|finding| at_the_words(finding, &words, start)).collect())
        }
    }
}

/// Around the words of a correction in its file.
const OPENS: &str = "\"\"\"\n";
const CLOSES: &str = "\n\"\"\"";

/// A finding where the editor typed: the issue around the words is nobody's.
fn at_the_words(finding: Finding, words: &Arc<Source>, start: usize) -> Finding {
    let moved = |place: Place| Place {
        source: Arc::clone(words),
        span: place.span.start.saturating_sub(start)..place.span.end.saturating_sub(start),
        ..place
    };
    Finding { place: finding.place.map(moved), also: finding.also.map(moved), fix: None, ..finding }
}

/// The words alone, in one line.
fn said(prose: &[Prose]) -> String {
    let words = |block: &Prose| match block {
        Prose::Paragraph(words) | Prose::Heading(_, words) => plain(words),
        Prose::List { items, .. } => items.iter().map(|item| said(item)).collect::<Vec<_>>().join(" "),
        Prose::Quote(inner) => said(inner),
        Prose::Code(_) | Prose::Table { .. } | Prose::Rule => String::new(),
    };
    let words: Vec<String> = prose.iter().map(words).collect();
    words.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Words up to a length, cut between two of them.
fn shortened(words: &str, longest: usize) -> String {
    if words.chars().count() <= longest {
        return words.to_owned();
    }
    let end = words.char_indices().nth(longest.saturating_sub(1)).map_or(words.len(), |(end, _)| end);
    let whole = words[..end].rfind(' ').unwrap_or(end);
    format!("{}…", words[..whole].trim_end_matches([' ', ',', ';', ':', '.']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_between_two_of_them() {
        assert_eq!(shortened("Correction: the tram", 78), "Correction: the tram");
        assert_eq!(shortened("Correction: the harbour tram is back", 30), "Correction: the harbour tram…");
        assert_eq!(shortened("訂正：港の路面電車が戻ってきました", 8), "訂正：港の路面…");
    }
}
