//! Rules of what is read: contrast, links, buttons, pictures, type, the text part, the envelope (R16–R19, R23–R26).

use std::collections::{BTreeMap, BTreeSet};

use unicode_width::UnicodeWidthStr as _;

use super::frame::unless;
use super::look::{Mode, Run, runs};
use super::mail::{Mail, name, styled, words};

fn start(text: &str) -> String {
    text.chars().take(40).collect()
}

pub(super) fn contrast(mail: &Mail) -> Vec<String> {
    let mut faults = Vec::new();
    for mode in Mode::ALL {
        for run in runs(&mail.html, &mail.sheet, mode) {
            let ratio = run.look.colour.contrast(run.look.ground);
            if ratio < 4.5 {
                let (ink, ground) = (run.look.colour, run.look.ground);
                faults.push(format!("contrast {ratio:.1} in {mode:?}: {ink:?} on {ground:?} at {}", start(&run.words)));
            }
        }
    }
    faults
}

const VAGUE: [&str; 10] =
    ["click here", "here", "read more", "more", "learn more", "read", "link", "this", "continue", "details"];

pub(super) fn links(mail: &Mail) -> Vec<String> {
    let mut faults = Vec::new();
    let mut targets: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for link in mail.all("a[href]") {
        let (name, href) = (name(link), link.attr("href").unwrap_or_default());
        if name.is_empty() {
            faults.push(format!("a link to {href} has no words"));
        } else if VAGUE.contains(&name.trim_end_matches(|c: char| !c.is_alphanumeric()).to_lowercase().as_str()) {
            faults.push(format!("`{name}` says nothing of where it leads"));
        }
        if !["https://", "mailto:"].iter().any(|scheme| href.starts_with(scheme)) {
            faults.push(format!("`{name}` leads to {href}"));
        }
        targets.entry(name.to_lowercase()).or_default().insert(href);
    }
    let split = targets.iter().filter(|(_, hrefs)| hrefs.len() > 1);
    faults.extend(split.map(|(name, hrefs)| format!("`{}` leads to {} places", start(name), hrefs.len())));
    for run in runs(&mail.html, &mail.sheet, Mode::Bare) {
        let Some(link) = around(&run, "a").filter(|_| run.holder.value().name() != "img") else { continue };
        let Some(parent) = link.parent().and_then(scraper::ElementRef::wrap) else { continue };
        let inside = words(parent).chars().count() > words(link).chars().count() + 20;
        if inside && !run.look.underlined {
            faults.push(format!("`{}` is not underlined", start(&run.words)));
        }
    }
    faults
}

/// The element of this name a run stands in, or its own.
fn around<'a>(run: &Run<'a>, name: &str) -> Option<scraper::ElementRef<'a>> {
    std::iter::once(run.holder)
        .chain(run.holder.ancestors().filter_map(scraper::ElementRef::wrap))
        .find(|own| own.value().name() == name)
}

/// How high a link is to a thumb: its line and the padding on it.
pub(super) fn targets(mail: &Mail) -> Vec<String> {
    let mut faults = Vec::new();
    for run in runs(&mail.html, &mail.sheet, Mode::Bare) {
        let Some(link) = around(&run, "a").filter(|_| run.holder.value().name() != "img") else { continue };
        let Some(parent) = link.parent().and_then(scraper::ElementRef::wrap) else { continue };
        let padding = styled(link, "padding").map_or(0.0, |padding| 2.0 * first_pixels(&padding));
        let high = run.look.line + padding;
        if parent.value().name() == "td" && parent.attr("bgcolor").is_some() {
            let word = styled(parent, "mso-padding-alt").is_some();
            faults.extend(unless(high >= 44.0, format!("the button `{}` is {high} px high", start(&run.words))));
            faults
                .extend(unless(word, format!("the button `{}` has no padding for the Word engine", start(&run.words))));
        } else if words(parent).chars().count() <= words(link).chars().count() + 20 {
            faults.extend(unless(high >= 24.0, format!("`{}` is {high} px high", start(&run.words))));
        }
    }
    faults
}

fn first_pixels(value: &str) -> f64 {
    value.split(' ').next().and_then(|first| first.strip_suffix("px")).and_then(|px| px.parse().ok()).unwrap_or(0.0)
}

pub(super) fn pictures(mail: &Mail) -> Vec<String> {
    let mut faults = Vec::new();
    for image in mail.all("img") {
        let src = image.attr("src").unwrap_or_default();
        let number = |key: &str| image.attr(key).and_then(|value| value.parse::<u32>().ok()).unwrap_or(0);
        let fluid = ["max-width", "width"].iter().any(|key| styled(image, key).is_some());
        let kind = src.rsplit('.').next().unwrap_or_default();
        faults.extend(unless(image.attr("alt").is_some_and(|alt| !alt.trim().is_empty()), format!("{src}: no alt")));
        faults.extend(unless(number("width") > 0 && number("height") > 0, format!("{src}: no width and height")));
        faults.extend(unless(number("width") <= 600, format!("{src}: wider than the sheet")));
        faults.extend(unless(fluid, format!("{src}: does not shrink")));
        // A picture with another one for the dark stands in an element of its own, on the same ground.
        let mut around = image.ancestors().filter_map(scraper::ElementRef::wrap);
        let parent = around.find(|element| element.value().name() != "picture");
        let ground = parent.and_then(|parent| styled(parent, "background-color"));
        faults.extend(unless(ground.is_some(), format!("{src}: no ground when blocked")));
        faults
            .extend(unless(["https://", "cid:"].iter().any(|from| src.starts_with(from)), format!("{src}: no https")));
        faults.extend(unless(
            ["png", "jpg", "jpeg"].contains(&kind) || src.starts_with("cid:"),
            format!("{src}: no PNG, no JPEG"),
        ));
    }
    faults
}

/// A run this long is a paragraph.
const PARAGRAPH: usize = 120;

pub(super) fn setting(mail: &Mail) -> Vec<String> {
    let mut faults = Vec::new();
    let mut sizes: BTreeMap<u32, usize> = BTreeMap::new();
    for run in runs(&mail.html, &mail.sheet, Mode::Bare) {
        let look = &run.look;
        let length = run.words.chars().count();
        faults.extend(unless(look.size >= 12.0, format!("{} px at {}", look.size, start(&run.words))));
        faults.extend(unless(!look.justified, format!("justified: {}", start(&run.words))));
        if length > PARAGRAPH && run.holder.value().name() != "img" {
            let leading = look.line / look.size;
            // A headline of two hundred letters is a headline still.
            let heading = run.holder.ancestors().chain([*run.holder]).filter_map(scraper::ElementRef::wrap);
            let heading =
                heading.into_iter().any(|own| own.value().name().starts_with('h') && own.value().name().len() == 2);
            let enough = if heading { 1.1 } else { 1.4 };
            faults.extend(unless(leading >= enough, format!("lines at {leading:.2} at {}", start(&run.words))));
        }
        *sizes.entry(look.size as u32).or_default() += length;
    }
    let small: usize = sizes.range(..15).map(|(_, length)| length).sum();
    let all: usize = sizes.values().sum();
    // The footer is the law's, and the same in the smallest issue.
    faults.extend(unless(small <= all / 3 + 700, format!("{small} of {all} characters are smaller than 15 px")));
    faults
}

/// Letters and figures alone: lines break between words, and inside those longer than a line.
fn folded(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

pub(super) fn text_part(mail: &Mail) -> Vec<String> {
    let mut faults = Vec::new();
    for line in mail.text.lines() {
        // An address, or one word, is broken nowhere.
        let whole = line.contains("://") || line.split_whitespace().count() < 2;
        let quoted = line.trim_start_matches([' ', '>', '|']);
        let code = mail.all("pre").into_iter().any(|pre| pre.text().collect::<String>().contains(quoted));
        if line.width() > 78 && !whole && !code {
            faults.push(format!("{} columns: {}", line.width(), start(line)));
        }
        faults
            .extend(unless(line == line.trim_end() || line == "-- ", format!("space at the end of `{}`", start(line))));
    }
    let tokens: Vec<&str> = mail.text.split_whitespace().collect();
    let hrefs: BTreeSet<&str> = mail.all("a[href]").into_iter().filter_map(|link| link.attr("href")).collect();
    for href in hrefs {
        let bare = href.strip_prefix("mailto:").unwrap_or(href);
        let count = tokens.iter().filter(|token| **token == href || **token == bare).count();
        faults.extend(unless(count == 1, format!("{} stands {count} times in the text", start(href))));
    }
    let flat = folded(&mail.text);
    let mut from = 0;
    for heading in mail.all("h1,h2,h3,h4,h5,h6") {
        let wanted = folded(&words(heading));
        match flat[from..].find(&wanted) {
            Some(at) => from += at,
            None => faults.push(format!("the heading `{}` is missing or out of order", start(&words(heading)))),
        }
    }
    let visible = mail.visible();
    faults.extend(unless(!mail.text.contains("\n\n\n"), "two empty lines"));
    for (at, _) in mail.text.match_indices(['<', '&']) {
        let tag: String =
            mail.text[at..].split_inclusive([';', '>']).next().unwrap_or_default().chars().take(12).collect();
        let entity = tag.starts_with('&') && tag.ends_with(';') && !tag.contains(char::is_whitespace);
        let element = tag.starts_with('<') && tag.chars().nth(1).is_some_and(|c| c.is_ascii_alphabetic() || c == '/');
        if (entity || element) && !visible.contains(&tag) {
            faults.push(format!("markup in the text: {tag}"));
        }
    }
    let invisible =
        mail.text.chars().find(|c| matches!(c, '\u{ad}' | '\u{34f}' | '\u{200b}' | '\u{2060}' | '\u{feff}'));
    faults.extend(invisible.map(|c| format!("an invisible U+{:04X}", u32::from(c))));
    faults.extend(parity(mail, &visible));
    faults
}

/// Both parts say the same: letters and figures counted, addresses left out.
fn parity(mail: &Mail, visible: &str) -> Vec<String> {
    let count = |text: &str| {
        let words = text.split_whitespace().filter(|word| !word.contains("://"));
        words.flat_map(str::chars).filter(|c| c.is_alphanumeric()).count()
    };
    let (html, text) = (count(visible), count(&mail.text));
    // The names and descriptions of pictures stand in the text part alone.
    let described: usize = mail.all("img").into_iter().filter_map(|image| image.attr("alt")).map(count).sum();
    let holds = text * 10 >= html * 8 && text * 10 <= (html + described) * 13 + 1_000;
    unless(holds, format!("{html} letters in the HTML, {text} in the text"))
}

pub(super) fn post(mail: &Mail) -> Vec<String> {
    let mut faults = Vec::new();
    // Pictures inside stand beside the HTML, behind the text.
    let words: Vec<String> = mail.types.iter().map(|kind| kind.to_lowercase()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).filter(|kind| !kind.starts_with("image/")).collect();
    let plain = ["multipart/alternative", "text/plain utf-8", "text/html utf-8"];
    let with_pictures = ["multipart/alternative", "text/plain utf-8", "multipart/related", "text/html utf-8"];
    let inside = words.len() < mail.types.len();
    let wanted = if inside { &with_pictures[..] } else { &plain };
    faults.extend(unless(words == wanted, format!("{:?}", mail.types)));
    for name in ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "List-Id"] {
        let count = mail.headers(name).len();
        faults.extend(unless(count == 1, format!("{name} stands {count} times")));
    }
    let leave = mail.headers("List-Unsubscribe").concat();
    faults.extend(unless(leave.contains("<https:"), "List-Unsubscribe leads to no https"));
    let click = mail.headers("List-Unsubscribe-Post").concat();
    faults.extend(unless(click == "List-Unsubscribe=One-Click", "no leaving with one click"));
    let longest = mail.raw.split(|byte| *byte == b'\n').map(<[u8]>::len).max().unwrap_or_default();
    faults.extend(unless(longest <= 999, format!("a line of {longest} octets")));
    faults
}

pub(super) fn law(mail: &Mail) -> Vec<String> {
    let leave = mail.headers("List-Unsubscribe").concat();
    let leave = leave.trim_start_matches('<').split('>').next().unwrap_or_default();
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let hrefs: Vec<&str> = mail.all("a[href]").into_iter().filter_map(|link| link.attr("href")).collect();
    // Parts of it may stand apart, so that they keep their own direction.
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    let postal = flat(&mail.told.postal_address);
    [
        unless(hrefs.contains(&leave), format!("no link to {leave} in the HTML")),
        unless(mail.text.contains(leave), format!("no {leave} in the text")),
        unless(hrefs.iter().any(|href| href.contains("/2026-11-2")), "no web edition"),
        unless(bare(&mail.visible()).contains(&bare(&postal)), "no postal address in the HTML"),
        unless(flat(&mail.text).contains(&postal), "no postal address in the text"),
    ]
    .concat()
}
