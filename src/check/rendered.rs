//! Checks of the mail as rendered: what a receiver would cut off.

use crate::config::{Newsletter, Threshold};
use crate::finding::{Finding, Level};
use crate::render::{Bill, CLIP};

/// Blocks named as the dearest.
const NAMED: usize = 3;

/// The size of the HTML part, in decoded bytes with every slot at its longest.
pub(crate) fn clip(bill: &Bill, newsletter: &Newsletter) -> Option<Finding> {
    let html = bill.total() as u64;
    let Threshold { warn, error, .. } = newsletter.html_bytes;
    let level = if error.is_some_and(|limit| html > limit) {
        Level::Error
    } else if warn.is_some_and(|limit| html > limit) {
        Level::Warning
    } else {
        return None;
    };
    let title =
        format!("the HTML part is {}; Gmail hides what comes after {}", kilobytes(bill.total()), kilobytes(CLIP));
    let mut cut: Vec<String> =
        bill.cut().into_iter().map(|(place, cost)| format!("block {place} ({})", cost.name)).collect();
    if bill.total() > CLIP {
        cut.push("the footer with the unsubscribe link".to_owned());
    }
    let dearest: Vec<String> =
        bill.dearest().into_iter().take(NAMED).map(|cost| format!("{} {}", cost.name, kilobytes(cost.bytes))).collect();
    let mut finding = Finding::new("gmail-clip", level, title);
    if !cut.is_empty() {
        finding = finding.because(format!("what would be cut: {}", cut.join(", ")));
    }
    if !dearest.is_empty() {
        finding = finding.because(format!("heaviest: {}", dearest.join(", ")));
    }
    Some(finding.help("show fewer stories in full, or as teasers"))
}

fn kilobytes(bytes: usize) -> String {
    format!("{:.1} KB", bytes as f64 / 1000.0)
}
