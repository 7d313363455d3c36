//! Checks of the mail as rendered: what a receiver would cut off.

use crate::config::{Newsletter, Threshold};
use crate::finding::{Finding, Level};

/// Where Gmail cuts, in bytes of HTML: what stands behind it, the unsubscribe link included, is hidden.
const GMAIL: u64 = 102_400;

/// The size of the HTML part, in decoded bytes.
pub(crate) fn clip(html: u64, newsletter: &Newsletter) -> Option<Finding> {
    let Threshold { warn, error, .. } = newsletter.html_bytes;
    let level = if error.is_some_and(|limit| html > limit) {
        Level::Error
    } else if warn.is_some_and(|limit| html > limit) {
        Level::Warning
    } else {
        return None;
    };
    let title = format!("the HTML part is {}; Gmail hides what comes after {}", kilobytes(html), kilobytes(GMAIL));
    Some(Finding::new("gmail-clip", level, title).help("show fewer stories in full, or as teasers"))
}

fn kilobytes(bytes: u64) -> String {
    format!("{:.1} KB", bytes as f64 / 1000.0)
}
