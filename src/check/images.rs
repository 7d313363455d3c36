//! Pictures: what they weigh on a phone in a tram.

use std::collections::BTreeMap;

use crate::config::Newsletter;
use crate::config::tree::Text;
use crate::finding::Finding;
use crate::issue::Issue;

/// Bytes beyond which one picture is worth a look.
const HEAVY: u64 = 200_000;

/// Alternative words that only name the file.
pub(crate) fn filename(alt: &Text, src: &str) -> Option<Finding> {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let words = alt.value.trim();
    let file = src.rsplit('/').next().unwrap_or_default();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let ending = words.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let picture = ending.is_some_and(|ending| ["jpg", "jpeg", "png", "gif", "webp", "heic"].contains(&ending.as_str()));
    let camera = ["IMG_", "DSC_", "DSC0", "PXL_"].iter().any(|mark| words.starts_with(mark));
    // A picture named “oyster-reef.png” may well show an oyster reef: only a copied name is meant.
    let copied = words == stem && words.contains(['-', '_']);
    if words.is_empty() || !(picture || camera || copied || letters(words) == letters(file)) {
        return None;
    }
    let finding = Finding::warning("alt-is-filename", "these words name the file, not what it shows");
    Some(finding.at(&alt.source, alt.span.clone(), "").help("say what a reader would see, in a few words"))
}

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
