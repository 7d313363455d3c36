//! What the blocks of an issue need to know of one another: numbers, what leads, what the contents list.
//!
//! The HTML, the text and the web edition each show a selection of the blocks; the numbers a reader sees
//! follow the selection.

use crate::issue::{Block, Body, Depth, Issue, Only};

/// Which rendering asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Medium {
    /// The HTML part and the web edition.
    Html,
    Text,
}

/// A block in its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    pub(super) block: &'a Block,
    /// The number of its first story: lists are counted through the issue; what leads and the rail are not.
    pub(super) rank: usize,
    /// It holds the first story in full, the only one with a picture across the sheet and a button.
    pub(super) leads: bool,
}

impl Entry<'_> {
    /// Whether it begins with something that sets it apart from what stands before: a name, a ground.
    pub(super) fn begins_apart(&self) -> bool {
        self.block.label.is_some()
            || match &self.block.body {
                Body::Contents | Body::Sponsor { .. } | Body::Poll { .. } | Body::Correction { .. } => true,
                Body::Promo { title, .. } => title.is_some(),
                _ => false,
            }
    }
}

impl Medium {
    pub(super) fn shows(self, block: &Block) -> bool {
        match block.only {
            Only::Both => true,
            Only::Html => self == Self::Html,
            Only::Text => self == Self::Text,
        }
    }
}

/// The blocks a medium shows, in order.
pub(super) fn outline(issue: &Issue, medium: Medium) -> Vec<Entry<'_>> {
    let mut rank = 1;
    let mut led = false;
    let mut entries = Vec::new();
    for block in issue.blocks.iter().filter(|block| medium.shows(block)) {
        let leads = !led && matches!(&block.body, Body::Story(item) if item.depth == Depth::Full);
        led |= leads;
        entries.push(Entry { block, rank, leads });
        rank += if let Body::List(items) = &block.body { items.len() } else { 0 };
    }
    entries
}

/// A line of "In this issue".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    pub(super) words: &'a str,
    /// The block it stands in.
    pub(super) block: &'a str,
}

/// What the contents at the top of `following` announce: every story but those of the rail, and every chart.
pub(super) fn contents<'a>(following: &[Entry<'a>]) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    for entry in following {
        let block = entry.block.id.as_str();
        match &entry.block.body {
            Body::Story(item) => lines.push(Line { words: &item.story.headline, block }),
            Body::List(items) => {
                lines.extend(items.iter().map(|item| Line { words: &item.story.headline, block }));
            }
            Body::Chart(chart) => lines.push(Line { words: &chart.title, block }),
            _ => {}
        }
    }
    lines
}
