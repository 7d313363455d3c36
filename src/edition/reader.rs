//! Whom an edition is stamped for, and what their values look like in each place they may stand.
//!
//! A reader's values are text from strangers: cleaned of what could move other text about, capped, and
//! escaped by the place. No value can open a tag, a header or a line.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::address::EmailAddress;
use crate::ledger::Grant;
use crate::prose::Slot;
use crate::render::{COLUMNS, Context, Piece, wrap};
use crate::token::{Links, ReaderKey};

/// What stamping needs to know of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reader {
    pub(crate) address: EmailAddress,
    pub(crate) first_name: Option<String>,
    pub(crate) key: ReaderKey,
    /// They get the text edition alone.
    pub(crate) text_only: bool,
}

impl Reader {
    /// The fixed reader of `build` and `show`.
    pub(crate) fn specimen() -> Self {
        Self {
            address: EmailAddress::parse("robin@reader.example").expect("a literal address parses"),
            first_name: Some("Robin".to_owned()),
            key: *b"specimen  reader",
            text_only: false,
        }
    }
}

impl From<&Grant> for Reader {
    fn from(grant: &Grant) -> Self {
        Self {
            address: grant.address.clone(),
            first_name: grant.first_name.clone(),
            key: grant.key,
            text_only: grant.text_only,
        }
    }
}

/// Longest first name that is printed.
const NAME: usize = 64;

/// What a slot holds for this reader, escaped for its place.
pub(super) fn value(slot: &Slot, context: Context, reader: &Reader, links: &Links<'_>) -> String {
    let value = match slot {
        Slot::FirstName { fallback } => match reader.first_name.as_deref().map(clean) {
            Some(name) if !name.is_empty() => name,
            _ => clean(fallback),
        },
        Slot::Address => reader.address.to_string(),
        Slot::Unsubscribe => links.unsubscribe(),
        Slot::Preferences => links.preferences(),
        Slot::Poll { block, answer } => links.poll(block, *answer),
    };
    match context {
        Context::PlainText => value,
        Context::HtmlText | Context::HtmlAttribute => escape(&value).into_owned(),
    }
}

/// A part's text as this reader gets it, before any transfer encoding: what `build` writes beside the mail.
pub(crate) fn read(pieces: &[Piece], reader: &Reader, links: &Links<'_>) -> String {
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Fixed(text) => out.push_str(text),
            Piece::Slot(slot, context) => out.push_str(&value(slot, *context, reader, links)),
            Piece::Paragraph { first, rest, words } => {
                out.push_str(&Paragraph::new(first, rest, words).read(reader, links));
            }
        }
    }
    out
}

/// A paragraph of the text part that is wrapped once its reader is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Paragraph {
    first: String,
    rest: String,
    words: Vec<Word>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Word {
    Fixed(String),
    Slot(Slot),
}

impl Paragraph {
    pub(super) fn new(first: &str, rest: &str, pieces: &[Piece]) -> Self {
        let mut words = Vec::new();
        collect(pieces, &mut words);
        Self { first: first.to_owned(), rest: rest.to_owned(), words }
    }

    /// What of it is the reader's.
    pub(super) fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.words.iter().filter_map(|word| match word {
            Word::Slot(slot) => Some(slot),
            Word::Fixed(_) => None,
        })
    }

    /// The wrapped lines, joined by LF, without one at the end.
    pub(super) fn read(&self, reader: &Reader, links: &Links<'_>) -> String {
        let mut words = String::with_capacity(512);
        for word in &self.words {
            match word {
                Word::Fixed(text) => words.push_str(text),
                Word::Slot(slot) => words.push_str(&value(slot, Context::PlainText, reader, links)),
            }
        }
        wrap(&words, &self.first, &self.rest, COLUMNS).join("\n")
    }
}

/// A paragraph holds words only; one inside another is just more of them.
fn collect(pieces: &[Piece], words: &mut Vec<Word>) {
    for piece in pieces {
        match piece {
            Piece::Fixed(text) => words.push(Word::Fixed(text.clone())),
            Piece::Slot(slot, _) => words.push(Word::Slot(slot.clone())),
            Piece::Paragraph { words: inner, .. } => collect(inner, words),
        }
    }
}

/// A name as it may be printed: no controls, nothing that turns the text around it, one line, 64 characters.
fn clean(name: &str) -> String {
    // Most names are as they should be.
    let plain = name.bytes().all(|byte| matches!(byte, b' '..=b'~')) && !name.contains("  ");
    if plain && name.len() <= NAME && name.trim().len() == name.len() {
        return name.to_owned();
    }
    let invisible = |c: char| matches!(c, '\u{061c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}');
    let spaced: String =
        name.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !invisible(*c)).collect();
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let capped: String = words.join(" ").chars().take(NAME).collect();
    capped.trim_end().to_owned()
}

fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}
