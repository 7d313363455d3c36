//! What a check has to say: its place, its words, its mend.
//!
//! A finding is data, never text for a terminal: the CLI draws it as the Rust compiler draws its own,
//! `--json` prints it as an object, the preview shows it beside the block. One mistake never hides the
//! next, so everything that reads a newsroom's files returns findings instead of stopping at the first.

mod told;

use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;

pub(crate) use told::Findings;

/// How much a finding matters: an error stops the send, a warning is shown, a note informs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Error,
    Warning,
    Note,
}

impl Level {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// One file as it was read: its path from the newsroom's root, with `/` on every system, and its text.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// A stretch of a file, in bytes, and what to write under it (may be empty).
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) source: Arc<Source>,
    pub(crate) span: Range<usize>,
    pub(crate) label: String,
}

/// An edit of the finding's own file that mends it: these bytes become this text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fix {
    pub(crate) span: Range<usize>,
    pub(crate) with: String,
    /// Nothing is guessed and no reader would notice but for the better: `check --fix` may make it.
    pub(crate) safe: bool,
}

/// Whole lines before and after a fix, from the first it touches to the last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Mend {
    pub(crate) line: usize,
    pub(crate) old: String,
    pub(crate) new: String,
}

/// One thing to say about the newsroom's files.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    /// The name of the check, e.g. `unknown-story`: what `explain`, `waive` and `[checks]` call it.
    pub(crate) check: &'static str,
    pub(crate) level: Level,
    /// One sentence, lower case, without a full stop.
    pub(crate) title: String,
    /// Where; `None` for what has no single place, such as the size of the whole mail.
    pub(crate) place: Option<Place>,
    /// Another stretch of the same file that explains it ("first time").
    pub(crate) also: Option<Place>,
    pub(crate) help: Option<String>,
    pub(crate) fix: Option<Fix>,
    /// Lines printed as `= …` for findings that need a list.
    pub(crate) notes: Vec<String>,
    /// Neither a level of the house nor a waiver changes it, though others of its check may be changed.
    pub(crate) bound: bool,
}

impl Source {
    /// The 1-based line and column of a byte; columns count characters.
    pub(crate) fn line_col(&self, at: usize) -> (usize, usize) {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let before = &self.text[..at];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        (line, before[line_start..].chars().count() + 1)
    }
}

impl Finding {
    /// A finding without a place yet; the methods below complete it.
    pub(crate) fn new(check: &'static str, level: Level, title: impl Into<String>) -> Self {
        let title = title.into();
        Self { check, level, title, place: None, also: None, help: None, fix: None, notes: Vec::new(), bound: false }
    }

    pub(crate) fn error(check: &'static str, title: impl Into<String>) -> Self {
        Self::new(check, Level::Error, title)
    }

    pub(crate) fn warning(check: &'static str, title: impl Into<String>) -> Self {
        Self::new(check, Level::Warning, title)
    }

    pub(crate) fn at(mut self, source: &Arc<Source>, span: Range<usize>, label: impl Into<String>) -> Self {
        self.place = Some(Place { source: source.clone(), span, label: label.into() });
        self
    }

    pub(crate) fn also(mut self, source: &Arc<Source>, span: Range<usize>, label: impl Into<String>) -> Self {
        self.also = Some(Place { source: source.clone(), span, label: label.into() });
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// An edit that would mend it, if it is what was meant.
    pub(crate) fn fix(mut self, span: Range<usize>, with: impl Into<String>) -> Self {
        self.fix = Some(Fix { span, with: with.into(), safe: false });
        self
    }

    /// The one edit that mends it.
    pub(crate) fn mend(mut self, span: Range<usize>, with: impl Into<String>) -> Self {
        self.fix = Some(Fix { span, with: with.into(), safe: true });
        self
    }

    pub(crate) fn bound(mut self) -> Self {
        self.bound = true;
        self
    }

    /// What its fix would make of its lines.
    pub(crate) fn mended(&self) -> Option<Mend> {
        let (place, fix) = (self.place.as_ref()?, self.fix.as_ref()?);
        let text = &place.source.text;
        let start = text[..fix.span.start].rfind('\n').map_or(0, |newline| newline + 1);
        let end = text[fix.span.end..].find('\n').map_or(text.len(), |newline| fix.span.end + newline);
        let old = text[start..end].trim_end_matches('\r');
        let rest = &text[fix.span.end..start + old.len().max(fix.span.end - start)];
        let new = format!("{}{}{rest}", &text[start..fix.span.start], fix.with);
        Some(Mend { line: place.source.line_col(fix.span.start).0, old: old.to_owned(), new })
    }

    pub(crate) fn because(mut self, line: impl Into<String>) -> Self {
        self.notes.push(line.into());
        self
    }
}

/// In reading order: files as they were met, places from top to bottom; findings without a place come last.
pub(crate) fn sort(findings: &mut [Finding], met: &[Arc<Source>]) {
    let rank = |path: &str| met.iter().position(|source| source.path == path).unwrap_or(met.len());
    findings.sort_by_key(|finding| match &finding.place {
        Some(place) => (rank(&place.source.path), place.source.path.clone(), place.span.start),
        None => (usize::MAX, String::new(), 0),
    });
}

/// The word that was probably meant, for "did you mean"; `None` where nothing comes close.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (closeness(&word, &candidate.to_lowercase()), candidate))
        .filter(|(close, _)| *close > 0.0)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// 0 for strangers; 1 for the same word. A slip of the fingers or a forgotten ending counts as close.
fn closeness(word: &str, candidate: &str) -> f64 {
    let edits = strsim::normalized_damerau_levenshtein(word, candidate);
    let begins = strsim::jaro_winkler(word, candidate);
    let ending = word.len() >= 3 && (candidate.starts_with(word) || word.starts_with(candidate));
    if edits >= 0.6 || (ending && begins >= 0.8) { edits.max(begins) } else { 0.0 }
}
