//! The blocks of an issue file as stretches of its text, so that moving one moves its comments too.

use std::ops::Range;

use toml_edit::{Document, Item};

use crate::edit::{Refusal, newline, nth};
use crate::finding::nearest;

pub(super) struct Blocks<'a> {
    text: &'a str,
    blocks: Vec<Block>,
}

struct Block {
    /// From the comment above `[[block]]` to the last line of the block, without the space after it.
    span: Range<usize>,
    kind: String,
    label: Option<String>,
    id: Option<String>,
}

impl<'a> Blocks<'a> {
    pub(super) fn of(text: &'a str, document: &Document<&str>) -> Self {
        let root = document.as_table();
        let tables = root.get("block").and_then(Item::as_array_of_tables);
        let mut headers: Vec<usize> = root.iter().flat_map(|(_, item)| headers(item)).collect();
        headers.sort_unstable();
        let blocks = tables.into_iter().flat_map(toml_edit::ArrayOfTables::iter).filter_map(|table| {
            let header = table.span()?.start;
            let next = headers.iter().find(|other| **other > header);
            let end = next.map_or(text.len(), |next| with_comments(text, *next));
            let start = with_comments(text, header);
            let said = |key: &str| table.get(key).and_then(Item::as_str).map(str::to_owned);
            Some(Block {
                span: start..start + text[start..end].trim_end().len(),
                kind: said("type").unwrap_or_default(),
                label: said("label"),
                id: said("id"),
            })
        });
        Self { text, blocks: blocks.collect() }
    }

    pub(super) fn len(&self) -> usize {
        self.blocks.len()
    }

    pub(super) fn kind(&self, block: usize) -> &str {
        self.blocks.get(block).map_or("", |block| &block.kind)
    }

    /// Its bytes, with the comment above it and without the space after it.
    pub(super) fn span(&self, block: usize) -> Range<usize> {
        self.blocks.get(block).map_or(0..0, |block| block.span.clone())
    }

    /// `block 4 (Three things to know)`: as messages name it.
    pub(super) fn called(&self, block: usize) -> String {
        let name = self.blocks.get(block).map_or("", |own| own.label.as_deref().unwrap_or(&own.kind));
        format!("block {} ({name})", block + 1)
    }

    /// The block of a label, an id, a number from 1, or a type only one block has.
    pub(super) fn find(&self, name: &str) -> Result<usize, Refusal> {
        let same = |own: &Option<String>| own.as_ref().is_some_and(|own| own.to_lowercase() == name.to_lowercase());
        if let Some(found) = self.blocks.iter().position(|block| same(&block.label) || same(&block.id)) {
            return Ok(found);
        }
        if let Some(number) = name.parse::<usize>().ok().filter(|number| (1..=self.len()).contains(number)) {
            return Ok(number - 1);
        }
        let mut typed = (0..self.len()).filter(|block| self.kind(*block) == name);
        match (typed.next(), typed.next()) {
            (Some(one), None) => return Ok(one),
            (Some(_), Some(_)) => {
                return Err(Refusal::new(format!("there is more than one block of the type `{name}`"))
                    .hint("name it by its label, its id, or its number from 1"));
            }
            (None, _) => {}
        }
        let labels: Vec<&str> = self.blocks.iter().filter_map(|block| block.label.as_deref()).collect();
        let refusal = Refusal::new(format!("this issue has no block `{name}`"));
        Err(match nearest(name, labels.iter().copied()) {
            Some(near) => refusal.hint(format!("did you mean \"{near}\"?")),
            None if labels.is_empty() => refusal.hint(format!("it has {} blocks, none with a label", self.len())),
            None => refusal.hint(format!("its labels: {}", labels.join(", "))),
        })
    }

    pub(super) fn moved(&self, block: usize, at: usize) -> Result<String, Refusal> {
        let to = nth(Some(at), self.len() - 1, "blocks", "this issue")?;
        let mut order: Vec<usize> = (0..self.len()).collect();
        let moved = order.remove(block);
        order.insert(to, moved);
        let chunks: Vec<&str> = order.iter().map(|block| self.lines(*block)).collect();
        Ok(self.join(&chunks))
    }

    pub(super) fn without(&self, block: usize) -> String {
        let span = &self.blocks[block].span;
        // The space that set it apart goes too: the one after it, or for the last one the one before.
        let (start, end) = match self.blocks.get(block + 1) {
            Some(next) => (span.start, self.gap_end(span.end, next.span.start)),
            None => (self.text[..span.start].trim_end().len(), span.end),
        };
        format!("{}{}", &self.text[..start], &self.text[end..])
    }

    pub(super) fn with(&self, place: usize, lines: &str) -> String {
        let newline = newline(self.text);
        let lines = lines.replace('\n', newline);
        match self.blocks.get(place) {
            Some(next) => {
                let (before, after) = self.text.split_at(next.span.start);
                format!("{before}{lines}{newline}{newline}{after}")
            }
            None => {
                let end = self.blocks.last().map_or(self.text.trim_end().len(), |last| last.span.end);
                let (before, after) = self.text.split_at(end);
                let gap = if before.is_empty() { String::new() } else { newline.repeat(2) };
                let after = if after.is_empty() { newline } else { after };
                format!("{before}{gap}{lines}{after}")
            }
        }
    }

    fn lines(&self, block: usize) -> &'a str {
        &self.text[self.blocks[block].span.clone()]
    }

    /// The file with other lines where its blocks stand; what is between them stays.
    fn join(&self, chunks: &[&str]) -> String {
        let mut out = String::with_capacity(self.text.len());
        let mut done = 0;
        for (block, chunk) in self.blocks.iter().zip(chunks) {
            out.push_str(&self.text[done..block.span.start]);
            out.push_str(chunk);
            done = block.span.end;
        }
        out + &self.text[done..]
    }

    /// Where the blank lines after a block end; other tables before the next block stay.
    fn gap_end(&self, from: usize, next: usize) -> usize {
        let gap = &self.text[from..next];
        from + gap.len() - gap.trim_start().len()
    }
}

/// Where the tables of an item begin, dotted keys aside.
fn headers(item: &Item) -> Vec<usize> {
    match item {
        Item::Table(table) if !table.is_implicit() && !table.is_dotted() => {
            table.span().into_iter().map(|span| span.start).collect()
        }
        Item::ArrayOfTables(tables) => {
            tables.iter().filter_map(toml_edit::Table::span).map(|span| span.start).collect()
        }
        _ => Vec::new(),
    }
}

/// The start of the comment lines that stand directly above a header: they are about it.
pub(super) fn with_comments(text: &str, header: usize) -> usize {
    let mut start = text[..header].rfind('\n').map_or(0, |at| at + 1);
    while start > 0 {
        let above = text[..start - 1].rfind('\n').map_or(0, |at| at + 1);
        if !text[above..start].trim_start().starts_with('#') {
            break;
        }
        start = above;
    }
    start
}
