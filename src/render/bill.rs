//! What each block costs in bytes of HTML: Gmail hides all that stands behind the first 102,400.
//!
//! Counted on the rendered part itself, slots at their longest. A block's row begins with a cell that has the
//! block's id; no content can write one, because every `<` of content is escaped.

use serde::{Deserialize, Serialize};

use super::{Parts, Piece};
use crate::issue::{Block, Body, Issue};
use crate::prose::Slot;
use crate::token::TOKEN_LETTERS;

/// Where Gmail cuts, in bytes of decoded HTML.
pub(crate) const CLIP: usize = 102_400;

const ROW: &str = "<tr><td id=\"";

/// The HTML part, block by block in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Bill {
    /// Bytes of what stands before the first block: head, style sheet, masthead.
    pub(crate) head: usize,
    /// The blocks; the last one's cost ends with the last row.
    pub(crate) blocks: Vec<Cost>,
    /// Bytes of the footer, which holds the unsubscribe link.
    pub(crate) foot: usize,
}

/// What one block costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cost {
    pub(crate) id: String,
    /// As an editor names it: `story harbour-strikes`, `picks`.
    pub(crate) name: String,
    pub(crate) bytes: usize,
}

impl Bill {
    /// The bill of an issue, from its rendered parts.
    pub(crate) fn of(issue: &Issue, parts: &Parts) -> Self {
        let mut bill = Self::default();
        for piece in &parts.html {
            match piece {
                Piece::Fixed(html) => bill.read(html, issue),
                Piece::Slot(slot, _) => bill.count(longest(slot, issue)),
                Piece::Paragraph { .. } => {}
            }
        }
        bill
    }

    /// Bytes of the whole part.
    pub(crate) fn total(&self) -> usize {
        self.head + self.blocks.iter().map(|cost| cost.bytes).sum::<usize>() + self.foot
    }

    /// The blocks from the dearest down.
    pub(crate) fn dearest(&self) -> Vec<&Cost> {
        let mut dearest: Vec<&Cost> = self.blocks.iter().collect();
        dearest.sort_by_key(|cost| std::cmp::Reverse(cost.bytes));
        dearest
    }

    /// The blocks of which Gmail would show the beginning at most, with their places from 1.
    pub(crate) fn cut(&self) -> Vec<(usize, &Cost)> {
        let mut end = self.head;
        let behind = |(index, cost): (usize, &'_ Cost)| {
            end += cost.bytes;
            (end > CLIP).then_some(index + 1)
        };
        let first = self.blocks.iter().enumerate().find_map(behind);
        let first = first.unwrap_or(self.blocks.len() + 1);
        self.blocks.iter().enumerate().map(|(index, cost)| (index + 1, cost)).skip(first - 1).collect()
    }

    fn read(&mut self, html: &str, issue: &Issue) {
        let mut stretches = html.split(ROW);
        self.count(stretches.next().unwrap_or_default().len());
        for stretch in stretches {
            let id = stretch.split('"').next().unwrap_or_default();
            if let Some(block) = issue.blocks.iter().find(|block| block.id == id) {
                self.blocks.push(Cost { id: id.to_owned(), name: name(block), bytes: 0 });
            }
            self.count(ROW.len());
            match stretch.split_once("</table></div><!--[if mso]>") {
                Some((rows, foot)) if !foot.contains(ROW) => {
                    self.count(rows.len());
                    self.foot += stretch.len() - rows.len();
                }
                _ => self.count(stretch.len()),
            }
        }
    }

    /// Adds to whatever is being read.
    fn count(&mut self, bytes: usize) {
        match self.blocks.last_mut() {
            _ if self.foot > 0 => self.foot += bytes,
            Some(cost) => cost.bytes += bytes,
            None => self.head += bytes,
        }
    }
}

/// The most bytes a slot takes where every character of a reader's that must be escaped is.
fn longest(slot: &Slot, issue: &Issue) -> usize {
    const QUOTE: usize = "&quot;".len();
    const AMPERSAND: usize = "&amp;".len();
    let newsletter = issue.newsletter.id.len();
    // The web edition stands at the same address: SERVE/NEWSLETTER/SLOT.
    let serve = issue.web_url.len() - newsletter - issue.slot.len();
    let token = TOKEN_LETTERS;
    match slot {
        Slot::FirstName { .. } => 64 * QUOTE,
        // 254 bytes, of which 64 stand before the @ (RFC 5321, 4.5.3.1).
        Slot::Address => 64 * AMPERSAND + 190,
        Slot::Unsubscribe => serve + "u/".len() + newsletter + token,
        Slot::Preferences => serve + "p/".len() + token,
        Slot::Poll { block, answer } => {
            serve + "poll/0/".len() + newsletter + issue.slot.len() + block.len() + answer / 10 + 2 + token
        }
    }
}

fn name(block: &Block) -> String {
    let kind = match &block.body {
        Body::Story(item) => return format!("story {}", item.story.name),
        Body::Letter(_) => "letter",
        Body::Contents => "contents",
        Body::List(_) => "list",
        Body::Picks(_) => "picks",
        Body::Number { .. } => "number",
        Body::Quote { .. } => "quote",
        Body::Image(_) => "image",
        Body::Chart(_) => "chart",
        Body::Sponsor { .. } => "sponsor",
        Body::Promo { snippet, .. } => return format!("promo \"{snippet}\""),
        Body::Poll { .. } => "poll",
        Body::Correction { .. } => "correction",
        Body::Text(_) => "text",
        Body::Divider => "divider",
    };
    match &block.label {
        Some(label) => format!("{kind} “{label}”"),
        None => kind.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::tests::specimen::{everything, issue, morning};
    use crate::render::{Brand, parts};

    fn bill(issue: &Issue) -> Bill {
        Bill::of(issue, &parts(issue, &Brand::default()))
    }

    #[test]
    fn every_block_of_the_html_is_on_the_bill_and_every_byte_is_counted_once() {
        let issue = everything();
        let parts = parts(&issue, &Brand::default());
        let bill = Bill::of(&issue, &parts);
        let shown: Vec<&str> = issue.blocks.iter().map(|block| block.id.as_str()).collect();
        assert_eq!(bill.blocks.iter().map(|cost| cost.id.as_str()).collect::<Vec<_>>(), shown);
        let bytes = |piece: &Piece| match piece {
            Piece::Fixed(html) => html.len(),
            Piece::Slot(slot, _) => longest(slot, &issue),
            Piece::Paragraph { .. } => 0,
        };
        assert_eq!(bill.total(), parts.html.iter().map(bytes).sum::<usize>());
        assert!(bill.head > 2_000 && bill.foot > 500, "{bill:?}");
    }

    #[test]
    fn the_dearest_block_comes_first_and_a_block_behind_the_clip_is_cut() {
        let own = bill(&morning());
        assert!(own.dearest()[0].bytes >= own.dearest()[1].bytes);
        assert!(own.cut().is_empty());
        let cost = |bytes| Cost { id: "b".to_owned(), name: "list".to_owned(), bytes };
        let long = Bill { head: 3_000, blocks: vec![cost(50_000), cost(60_000), cost(10)], foot: 900 };
        assert_eq!(long.cut().iter().map(|(place, _)| *place).collect::<Vec<_>>(), [2, 3]);
    }

    #[test]
    fn an_issue_without_blocks_is_all_frame() {
        let own = bill(&issue(Vec::new()));
        assert!(own.blocks.is_empty() && own.total() > 0);
    }
}
