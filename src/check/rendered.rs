//! Checks of the mail as rendered: what a receiver would cut off.

use crate::check::count;
use crate::config::{Newsletter, Threshold};
use crate::finding::{Finding, Level};
use crate::issue::{Issue, Only};
use crate::render::{Bill, CLIP};

/// Blocks named as the dearest, and as those that would be cut.
const NAMED: usize = 3;

/// Words below which pictures carry the mail.
const FEW: usize = 10;

/// A mail of pictures: with pictures blocked it is empty, and filters take it for a poster.
pub(crate) fn images_only(issue: &Issue) -> Option<Finding> {
    let words: usize = issue.blocks.iter().map(count::block).sum();
    let pictures = issue.images().count();
    if pictures == 0 || words >= FEW {
        return None;
    }
    let says = if words == 0 { "no word".to_owned() } else { format!("{} only", count::words(words)) };
    let finding = Finding::error("image-only", format!("this issue is pictures, with {says} beside them"));
    let finding = finding.because("half of all readers see no picture before they ask for it");
    Some(finding.help("say in words what the pictures say"))
}

/// An issue with everything set aside for the HTML part: whoever reads the text edition gets a masthead and a foot.
pub(crate) fn text_empty(issue: &Issue) -> Option<Finding> {
    let shown = issue.blocks.iter().any(|block| block.only != Only::Html);
    if shown || issue.blocks.is_empty() {
        return None;
    }
    let finding = Finding::error("text-empty", "nothing of this issue is in its text edition");
    let finding = finding.because("every block says `only = \"html\"`, and some readers get the text edition alone");
    Some(finding.help("take `only` out of the blocks that are to be read by everybody"))
}

/// The size of the HTML part, in decoded bytes with every slot at its longest.
pub(crate) fn clip(bill: &Bill, newsletter: &Newsletter) -> Option<Finding> {
    let total = bill.total();
    let over = |limit: Option<u64>| limit.is_some_and(|limit| total as u64 > limit);
    let Threshold { warn, error, .. } = newsletter.html_bytes;
    let level = if total > CLIP || over(error) {
        Level::Error
    } else if over(warn) {
        Level::Warning
    } else {
        return None;
    };
    let title = format!("the HTML part is {}; Gmail hides what comes after {}", kilobytes(total), kilobytes(CLIP));
    let mut finding = Finding::new("gmail-clip", level, title);
    if total > CLIP {
        finding = finding.bound().because(format!("what would be cut: {}", cut(bill)));
    }
    let dearest: Vec<String> =
        bill.dearest().into_iter().take(NAMED).map(|cost| format!("{} {}", cost.name, kilobytes(cost.bytes))).collect();
    if !dearest.is_empty() {
        finding = finding.because(format!("heaviest: {}", dearest.join(", ")));
    }
    Some(finding.help("show fewer stories in full, or as teasers; `pressrun show --bill` prints what each block costs"))
}

/// `block 11 (poll), block 12 (promo "free-newsletters"), the footer with the unsubscribe link`
fn cut(bill: &Bill) -> String {
    let blocks = bill.cut();
    let more = blocks.len().saturating_sub(NAMED + 1);
    let shown = if more > 0 { NAMED } else { blocks.len() };
    let mut cut: Vec<String> =
        blocks.iter().take(shown).map(|(place, cost)| format!("block {place} ({})", cost.name)).collect();
    if more > 0 {
        cut.push(format!("{} more blocks", blocks.len() - NAMED));
    }
    cut.push("the footer with the unsubscribe link".to_owned());
    cut.join(", ")
}

fn kilobytes(bytes: usize) -> String {
    format!("{:.1} KB", bytes as f64 / 1000.0)
}
