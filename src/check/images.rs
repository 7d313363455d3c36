//! Pictures: whether a mail can show them, whether they are sharp, what they weigh on a phone in a tram.

use std::collections::BTreeMap;

use crate::config::Newsletter;
use crate::config::tree::Text;
use crate::finding::{Finding, Level};
use crate::issue::Issue;
use crate::picture::{FINE, Negative, Picture, PictureKind, Unfit};

/// Bytes beyond which one picture is worth a look, and beyond which it is sent to nobody.
const HEAVY: usize = 200_000;
const TOO_HEAVY: usize = 1 << 20;

/// Pictures named as the heaviest.
const NAMED: usize = 3;

/// A file that is no picture for a mail; `name` is what it is called where it stands.
pub(crate) fn unfit(name: &str, place: &Text, unfit: Unfit) -> Finding {
    let (check, label, help) = match unfit {
        Unfit::Missing(label) => ("image-missing", label, None),
        Unfit::Format { what, mend } => ("image-format", format!("this is {what}"), Some(mend)),
        Unfit::Broken(label) => ("image-broken", label, Some("export the picture once more".to_owned())),
    };
    let finding = Finding::error(check, format!("{name} cannot be shown"));
    let finding = finding.at(&place.source, place.span.clone(), label);
    match help {
        Some(help) => finding.help(help),
        None => finding,
    }
}

/// What there is to say about a picture where it is shown so many CSS pixels wide.
pub(crate) fn shown(negative: &Negative, width: u32, picture: &Picture, src: &Text) -> Vec<Finding> {
    [soft(negative, width, src), converted(negative, picture, src), heavy(picture, src)].into_iter().flatten().collect()
}

/// Fewer pixels than a fine screen has where it stands.
fn soft(negative: &Negative, width: u32, src: &Text) -> Option<Finding> {
    let wanted = FINE * width;
    // What moves would weigh four times as much.
    if negative.width >= wanted || negative.moves() {
        return None;
    }
    let title = format!("`{}` will look soft: it is {} pixels wide and shown at {width}", src.value, negative.width);
    let finding = Finding::warning("image-not-2x", title);
    let finding = finding.at(&src.source, src.span.clone(), format!("{wanted} pixels are wanted here"));
    let smaller = negative.width / FINE;
    Some(finding.help(match smaller {
        0 => format!("export it {wanted} pixels wide"),
        _ => format!("export it {wanted} pixels wide, or show it smaller with `width = {smaller}`"),
    }))
}

fn converted(negative: &Negative, picture: &Picture, src: &Text) -> Option<Finding> {
    let kind = if picture.kind == PictureKind::Jpeg { "a JPEG" } else { "a PNG" };
    let finding =
        Finding::warning("image-webp", format!("`{}` is WebP, which many mail programs do not show", src.value));
    let finding = finding.at(&src.source, src.span.clone(), format!("readers get {kind} made from it"));
    negative.is_webp().then(|| finding.help("save it as JPEG or PNG to choose yourself how it looks"))
}

fn heavy(picture: &Picture, src: &Text) -> Option<Finding> {
    let bytes = picture.bytes.len();
    let (level, label) = match bytes {
        _ if bytes > TOO_HEAVY => (Level::Error, format!("{} KB are the most", TOO_HEAVY / 1000)),
        _ if bytes > HEAVY => (Level::Warning, format!("{} KB are enough", HEAVY / 1000)),
        _ => return None,
    };
    let title = format!("`{}` weighs {} KB in the mail", src.value, bytes / 1000);
    let finding = Finding::new("image-heavy", level, title).at(&src.source, src.span.clone(), label);
    Some(finding.help(match picture.kind {
        PictureKind::Png => "a photograph is a tenth of that as JPEG; a drawing gets by with fewer colours",
        PictureKind::Jpeg => "cut it closer, blur what is behind, or show it smaller with `width`",
        PictureKind::Gif => "fewer frames, fewer colours, or one still picture",
    }))
}

/// What every picture is.
#[rustfmt::skip]
const KINDS: [&str; 18] = [
    "image", "picture", "photo", "photograph", "img", "pic", "graphic", "illustration", "alt", "alt text", "untitled",
    "screenshot", "bild", "foto", "imagem", "صورة", "תמונה", "画像",
];

/// Alternative words that only name the file, or say that there is a picture.
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
    let named = picture || camera || copied || letters(words) == letters(file);
    let kind = KINDS.contains(&words.trim_end_matches('.').to_lowercase().as_str());
    if words.is_empty() || !(named || kind) {
        return None;
    }
    let what = if named { "the file, not what it shows" } else { "a picture, not what it shows" };
    let finding = Finding::warning("alt-is-filename", format!("these words name {what}"));
    Some(finding.at(&alt.source, alt.span.clone(), "").help("say what a reader would see, in a few words"))
}

/// The pictures of an issue against the newsletter's limit; each is loaded once, however often it is shown.
pub(crate) fn weight(issue: &Issue, newsletter: &Newsletter) -> Option<Finding> {
    let pictures: BTreeMap<&str, (&str, usize)> =
        issue.loaded().map(|own| (own.hash.as_str(), (own.src.as_str(), own.bytes.len()))).collect();
    let total: u64 = pictures.values().map(|(_, bytes)| *bytes as u64).sum();
    // 0 switches the limit off.
    if newsletter.images_bytes == 0 || total <= newsletter.images_bytes {
        return None;
    }
    let title = format!("the pictures weigh {} KB, more than {} KB", total / 1000, newsletter.images_bytes / 1000);
    let mut heaviest: Vec<_> = pictures.into_values().collect();
    heaviest.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    let finding = heaviest.iter().take(NAMED).fold(Finding::warning("image-size", title), |finding, (src, bytes)| {
        finding.because(format!("{src}: {} KB", bytes / 1000))
    });
    Some(finding.because(format!("config.toml [newsletters.{}.limits] images_bytes", newsletter.id)))
}
