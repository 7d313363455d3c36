//! An issue becomes two parts: HTML and plain text, each a rendering of its own, neither a conversion.
//!
//! Pure: no reader is known here. What differs per reader is left open as a typed slot with its context,
//! so that stamping a reader in later is writing a handful of values, escaped.

mod bill;
pub(crate) mod feed;
mod figures;
mod html;
mod inbox;
mod lines;
mod links;
mod outline;
pub(crate) mod postal;
mod running;
mod sides;
mod slots;
mod style;
mod table;
mod text;
mod web;
mod words;

use serde::{Deserialize, Serialize};

use crate::brand::Brand;
use crate::issue::Issue;
use crate::prose::Slot;

pub(crate) use bill::{Bill, CLIP};
pub(crate) use inbox::{Inbox, InboxRow, inbox};
pub(crate) use lines::{COLUMNS, wrap};
pub(crate) use web::{as_shown, blocks as web_blocks, note as web_note};

/// Both parts of an issue, in a newsletter's look.
pub(crate) fn parts(issue: &Issue, brand: &Brand) -> Parts {
    Parts { html: html::part(issue, brand), text: text::part(issue, brand) }
}

/// The web edition: a whole page, the same for everybody.
pub(crate) fn web(issue: &Issue, brand: &Brand) -> String {
    web::page(issue, brand)
}

/// A rendered issue with its slots still open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Parts {
    pub(crate) html: Vec<Piece>,
    pub(crate) text: Vec<Piece>,
}

/// A stretch of a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Piece {
    /// The same for every reader.
    Fixed(String),
    /// A value of the reader's, escaped for the place it stands in.
    Slot(Slot, Context),
    /// Only in the text part: a paragraph with a name in it, wrapped to 72 columns once the name is known.
    /// `first` and `rest` are the indents of its first and further lines.
    Paragraph { first: String, rest: String, words: Vec<Piece> },
}

/// Where a slot stands, which decides how its value is escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Context {
    HtmlText,
    HtmlAttribute,
    PlainText,
}

#[cfg(test)]
mod tests;
