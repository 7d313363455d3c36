//! Checks of the mail as rendered: what a receiver would cut off, and what a phone would wait for.

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

/// The bytes of all pictures together.
pub(crate) fn pictures(bytes: u64, newsletter: &Newsletter) -> Option<Finding> {
    let limit = newsletter.images_bytes;
    (limit > 0 && bytes > limit).then(|| {
        let title = format!("the pictures are {} together, and {} is the limit", kilobytes(bytes), kilobytes(limit));
        Finding::warning("image-size", title).help("save them smaller: twice their display width is enough")
    })
}

fn kilobytes(bytes: u64) -> String {
    format!("{:.1} KB", bytes as f64 / 1000.0)
}
