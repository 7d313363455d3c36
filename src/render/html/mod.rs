//! The HTML part. It reads from top to bottom as the mail does: frame, masthead, blocks, footer.
//!
//! Everything a reader needs is inline, for clients drop `<style>`; what stands in `<style>` (phone, dark, print)
//! only makes it better. One table carries the sheet and every block is a row of it, because the Word engine
//! of Outlook knows nothing else; the block's cell sets the font its paragraphs inherit.

mod blocks;
mod chart;
mod frame;
mod sheet;
mod story;

use super::Piece;
use super::outline::{Medium, outline};
use super::style::Brand;
use crate::issue::Issue;

use sheet::Sheet;

/// The HTML part with its slots open.
pub(super) fn part(issue: &Issue, brand: &Brand) -> Vec<Piece> {
    let sheet = Sheet::new(issue, brand);
    let entries = outline(issue, Medium::Html);
    let rows = maud::html! {
        @for (index, entry) in entries.iter().enumerate() {
            (sheet.block(entry, &entries[index + 1..]))
        }
    };
    let page = sheet.page(&rows).into_string();
    sheet.openings.cut(&page)
}
