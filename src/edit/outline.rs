//! What an issue file holds, made from its text alone: also where it makes no issue, or not yet.

use std::ops::Range;

use toml_edit::{Item, Table, Value};

use crate::edit::{Page, Refusal, stories};
use crate::issue::file::keys;

/// An issue as its file has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outline {
    pub(crate) subject: String,
    pub(crate) preheader: String,
    pub(crate) blocks: Vec<Outlined>,
}

/// One block of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outlined {
    /// Its own, or `b` and its number: the anchor it has in the mail.
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) label: String,
    /// How much it shows of its stories; `None` for a block that shows none.
    pub(crate) show: Option<String>,
    pub(crate) stories: Vec<String>,
    /// Its first words, by which one knows it again.
    pub(crate) gist: String,
    /// Its bytes, with the comment above it.
    pub(crate) span: Range<usize>,
}

/// # Errors
/// The file does not read.
pub(crate) fn outline(text: &str) -> Result<Outline, Refusal> {
    let page = Page::read(text)?;
    let root = page.document.as_table();
    let block = |place: usize| {
        let table = page.table(place)?;
        let said = |key: &str| table.get(key).and_then(Item::as_str).unwrap_or_default().to_owned();
        let kind = said("type");
        let id = Some(said("id")).filter(|id| !id.is_empty());
        Some(Outlined {
            id: id.unwrap_or_else(|| format!("b{}", place + 1)),
            label: said("label"),
            show: keys(&kind).contains(&"show").then(|| said("show")),
            stories: stories(table).into_iter().map(str::to_owned).collect(),
            gist: gist(table),
            span: page.blocks.span(place),
            kind,
        })
    };
    let said = |key: &str| root.get(key).and_then(Item::as_str).unwrap_or_default().to_owned();
    Ok(Outline {
        subject: said("subject"),
        preheader: said("preheader"),
        blocks: (0..page.blocks.len()).filter_map(block).collect(),
    })
}

impl Outline {
    /// The block that holds a byte of the file; the space below a block is its own.
    pub(crate) fn at(&self, byte: usize) -> Option<&Outlined> {
        self.blocks.iter().rfind(|block| block.span.start <= byte)
    }

    /// The block that shows a story.
    pub(crate) fn of(&self, story: &str) -> Option<&Outlined> {
        self.blocks.iter().find(|block| block.stories.iter().any(|own| own == story))
    }
}

/// What tells one block of a type from another, in the order in which it is looked for.
const TELLING: [&str; 8] = ["name", "figure", "question", "who", "snippet", "src", "title", "text"];

fn gist(table: &Table) -> String {
    let said = |key: &&str| table.get(key).and_then(Item::as_value).and_then(Value::as_str);
    let words = TELLING.iter().find_map(said).unwrap_or_default();
    words.split_whitespace().take(12).collect::<Vec<_>>().join(" ")
}
