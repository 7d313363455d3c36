//! Running text after it has been understood: paragraphs, lists, quotations, and the words in them.
//!
//! Markdown is read once, into this; the HTML, plain-text and web editions are then three renderings of
//! the same words, not conversions of one another. Text here is final: straight quotes are already curly.

use serde::{Deserialize, Serialize};

/// What differs from reader to reader. Everything else in an edition is the same bytes for all.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Slot {
    /// The reader's first name, or the fallback where none is known: `{first_name|reader}`.
    FirstName { fallback: String },
    /// The reader's own address, in the footer.
    Address,
    /// The page with the one unsubscribe button.
    Unsubscribe,
    /// The page where a reader chooses newsletters.
    Preferences,
    /// The page that records this reader's answer (0-based) to the poll in the block with this id.
    Poll { block: String, answer: usize },
}

/// A block of running text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Prose {
    Paragraph(Vec<Inline>),
    /// A heading inside running text, 1 (`#`) to 6.
    Heading(u8, Vec<Inline>),
    /// `start` is the first number of an ordered list, `None` for bullets.
    List {
        start: Option<u64>,
        items: Vec<Vec<Prose>>,
    },
    Quote(Vec<Prose>),
    Code(String),
    Table {
        head: Vec<Vec<Inline>>,
        rows: Vec<Vec<Vec<Inline>>>,
    },
    Rule,
}

/// A stretch of words inside a paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Inline {
    Text(String),
    Emphasis(Vec<Inline>),
    Strong(Vec<Inline>),
    Strikethrough(Vec<Inline>),
    Code(String),
    Link { url: String, text: Vec<Inline> },
    Break,
    Slot(Slot),
}

/// The words alone, for counting, alt texts and previews; a slot counts as its fallback.
pub(crate) fn plain(inlines: &[Inline]) -> String {
    let mut out = String::new();
    plain_into(inlines, &mut out);
    out
}

fn plain_into(inlines: &[Inline], out: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(text) | Inline::Code(text) => out.push_str(text),
            Inline::Emphasis(inner)
            | Inline::Strong(inner)
            | Inline::Strikethrough(inner)
            | Inline::Link { text: inner, .. } => plain_into(inner, out),
            Inline::Break => out.push(' '),
            Inline::Slot(Slot::FirstName { fallback }) => out.push_str(fallback),
            Inline::Slot(_) => {}
        }
    }
}
