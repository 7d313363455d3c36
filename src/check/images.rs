//! Pictures: what they weigh on a phone in a tram.

use std::collections::BTreeMap;

use crate::config::Newsletter;
use crate::finding::Finding;
use crate::issue::Issue;

/// Bytes beyond which one picture is worth a look.
const HEAVY: u64 = 200_000;

/// The pictures of an issue against the newsletter's limit; each is loaded once, however often it is shown.
pub(crate) fn weight(issue: &Issue, newsletter: &Newsletter) -> Option<Finding> {
    let pictures: BTreeMap<&str, u64> =
        issue.images().map(|image| (image.picture.src.as_str(), image.picture.bytes)).collect();
    let total: u64 = pictures.values().sum();
    // 0 switches the limit off.
    if newsletter.images_bytes == 0 || total <= newsletter.images_bytes {
        return None;
    }
    let title = format!("the pictures weigh {} KB, more than {} KB", total / 1000, newsletter.images_bytes / 1000);
    let heavy = pictures.iter().filter(|(_, bytes)| **bytes > HEAVY);
    let finding = heavy.fold(Finding::warning("image-size", title), |finding, (src, bytes)| {
        finding.because(format!("issues/{src}: {} KB", bytes / 1000))
    });
    Some(finding.because(format!("config.toml [newsletters.{}.limits] images_bytes", newsletter.id)))
}
