//! Rules of what stands around the words: head, style sheet, structure (R1–R15, R20–R22, R27, R28).

use std::collections::BTreeSet;

use scraper::{ElementRef, Selector};

use super::css;
use super::mail::{Mail, styled, words};

/// Says what is wrong where it is.
pub(super) fn unless(holds: bool, fault: impl Into<String>) -> Vec<String> {
    if holds { Vec::new() } else { vec![fault.into()] }
}

pub(super) fn doctype(mail: &Mail) -> Vec<String> {
    let start: String = mail.source.chars().take(40).collect();
    unless(start.to_ascii_lowercase().starts_with("<!doctype html>"), start)
}

pub(super) fn language(mail: &Mail) -> Vec<String> {
    let primary = mail.told.language.split('-').next().unwrap_or_default();
    let dir = if ["ar", "he"].contains(&primary) { "rtl" } else { "ltr" };
    let elements = mail.all("html, body > *");
    let wrong = elements
        .iter()
        .filter(|own| own.attr("lang") != Some(&mail.told.language) || own.attr("dir") != Some(dir))
        .map(|own| format!("<{}> has lang {:?}, dir {:?}", own.value().name(), own.attr("lang"), own.attr("dir")));
    wrong.chain(unless(elements.len() >= 2, "nothing in the body")).collect()
}

pub(super) fn head(mail: &Mail) -> Vec<String> {
    let first = String::from_utf8_lossy(&mail.source.as_bytes()[..mail.source.len().min(1024)]).to_lowercase();
    [
        // A title that is not the subject costs points with spam filters.
        unless(
            mail.all("head > title").iter().any(|title| words(*title) == mail.subject),
            "the title is not the subject",
        ),
        unless(first.contains("<meta charset=\"utf-8\""), "no charset in the first 1,024 bytes"),
        unless(meta(mail, "viewport").contains("width=device-width"), "no viewport"),
    ]
    .concat()
}

fn meta(mail: &Mail, name: &str) -> String {
    let own = mail.all("head > meta").into_iter().find(|meta| meta.attr("name") == Some(name));
    own.and_then(|meta| meta.attr("content")).unwrap_or("absent").to_owned()
}

pub(super) fn schemes(mail: &Mail) -> Vec<String> {
    let root = mail.sheet.rules.iter().any(|rule| {
        rule.selector == ":root"
            && rule.declarations.iter().any(|own| own.name == "color-scheme" && own.value == "light dark")
    });
    [
        unless(meta(mail, "color-scheme") == "light dark", "no color-scheme"),
        unless(meta(mail, "supported-color-schemes") == "light dark", "no supported-color-schemes"),
        unless(root, "`:root` names no color-scheme"),
    ]
    .concat()
}

pub(super) fn habits(mail: &Mail) -> Vec<String> {
    [
        unless(meta(mail, "format-detection").contains("telephone=no"), "telephone numbers become links"),
        unless(meta(mail, "x-apple-disable-message-reformatting").is_empty(), "Apple may reformat"),
        unless(mail.source.contains("<o:PixelsPerInch>96</o:PixelsPerInch>"), "the Word engine scales"),
    ]
    .concat()
}

pub(super) fn tables(mail: &Mail) -> Vec<String> {
    let head = Selector::parse("th").expect("a selector");
    let tables = Selector::parse("table").expect("a selector");
    mail.for_word()
        .select(&tables)
        .filter(|table| table.attr("role") != Some("presentation") && table.select(&head).next().is_none())
        .map(|table| table.html().chars().take(80).collect())
        .collect()
}

pub(super) fn headings(mail: &Mail) -> Vec<String> {
    let headings = mail.all("h1,h2,h3,h4,h5,h6");
    let levels: Vec<u8> = headings.iter().map(|own| own.value().name().as_bytes()[1] - b'0').collect();
    let empty = headings.iter().filter(|own| words(**own).is_empty()).map(|_| "a heading without words".to_owned());
    [
        unless(levels.iter().filter(|level| **level == 1).count() == 1, format!("levels {levels:?}: not one h1")),
        unless(levels.first() == Some(&1), format!("levels {levels:?}: the first is no h1")),
        unless(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), format!("levels {levels:?}: one is skipped")),
        empty.collect(),
    ]
    .concat()
}

pub(super) fn article(mail: &Mail) -> Vec<String> {
    let semantic = "article,section,header,footer,main,nav,aside,figure,figcaption,summary,details,time,mark";
    let article = mail.all("body > div[role=article][aria-roledescription=email]");
    let named = article.iter().any(|own| own.attr("aria-label").is_some_and(|label| !label.is_empty()));
    let strange = mail.all(semantic).into_iter().map(|own| format!("<{}> in a mail", own.value().name()));
    unless(named, "no article named as an email").into_iter().chain(strange).collect()
}

pub(super) fn preheader(mail: &Mail) -> Vec<String> {
    let Some(first) = mail.all("body > *").into_iter().next() else { return vec!["the body is empty".to_owned()] };
    let whole: String = first.text().collect();
    let shown = whole.split('\u{34f}').next().unwrap_or_default();
    let (length, padding) = (shown.trim().chars().count(), whole.matches('\u{34f}').count());
    [
        unless(styled(first, "display").as_deref() == Some("none"), "the first child of the body is shown"),
        unless((35..=140).contains(&length), format!("{length} characters")),
        unless((1..=60).contains(&padding), format!("{padding} groups of padding")),
    ]
    .concat()
}

/// Fluid where `max-width` is known, fixed for the Word engine, which does not know it.
pub(super) fn hybrid(mail: &Mail) -> Vec<String> {
    let fluid = mail.all("div").into_iter().filter(|own| styled(*own, "max-width").as_deref() == Some("600px")).count();
    let ghosts = mail.source.matches("width=\"600\" cellpadding").count();
    let (opened, closed) = (mail.source.matches("<!--[if ").count(), mail.source.matches("<![endif]-->").count());
    let columns = mail.all("div").into_iter().filter(|own| styled(*own, "display").as_deref() == Some("inline-block"));
    let stiff = columns.filter(|own| styled(*own, "width").as_deref() != Some("100%"));
    let word = mail.for_word();
    let clean: Vec<String> = word.errors.iter().map(|error| format!("the Word engine reads: {error}")).collect();
    [
        unless(fluid > 0 && fluid == ghosts, format!("{fluid} fluid columns, {ghosts} tables of fixed width")),
        unless(opened == closed, format!("{opened} conditional comments opened, {closed} closed")),
        stiff.map(|own| format!("a column that cannot shrink: {:?}", own.attr("style"))).collect(),
        clean,
    ]
    .concat()
}

/// Nothing is wider than a phone by itself, and every text has its font without the style sheet.
pub(super) fn inline(mail: &Mail) -> Vec<String> {
    let mut faults = Vec::new();
    for own in mail.all("body *") {
        let name = own.value().name();
        let number = |key: &str| own.attr(key).and_then(|value| value.parse::<u32>().ok());
        let pixels = |key: &str| styled(own, key).and_then(|value| value.strip_suffix("px")?.parse::<f64>().ok());
        if name != "img" && number("width").is_some_and(|width| width > 320) {
            faults.push(format!("<{name} width={:?}>", own.attr("width")));
        }
        if ["width", "min-width"].iter().any(|key| pixels(key).is_some_and(|width| width > 320.0)) {
            faults.push(format!("<{name}> is as wide as {:?}", own.attr("style")));
        }
        let whole = styled(own, "white-space").is_some_and(|value| value == "nowrap" || value == "pre");
        // A figure may stay in one piece; a line of words may not.
        if whole && own.text().flat_map(str::chars).count() > 16 {
            faults.push(format!("<{name}> never breaks its lines"));
        }
    }
    for run in super::look::runs(&mail.html, &mail.sheet, super::look::Mode::Bare) {
        if !run.look.sized {
            faults.push(format!("no font without the style sheet: {}", run.words));
        }
    }
    let breaks = mail.all("[role=article]").into_iter().all(|own| {
        styled(own, "word-break").as_deref() == Some("break-word")
            || styled(own, "overflow-wrap").as_deref() == Some("anywhere")
    });
    faults.extend(unless(breaks, "a long word does not break"));
    faults
}

pub(super) fn style_sheet(mail: &Mail) -> Vec<String> {
    let bytes: usize = mail.all("style").iter().flat_map(|style| style.text()).map(str::len).sum();
    let inline = mail.all("[style]").into_iter().flat_map(|own| css::inline(own.attr("style").unwrap_or_default()).1);
    let unmatched = mail.sheet.rules.iter().filter(|rule| rule.matcher().is_none());
    [
        unless(bytes <= 16_384, format!("{bytes} bytes")),
        unless(mail.all("body style").is_empty(), "a style sheet in the body"),
        mail.sheet.faults.clone(),
        unmatched.map(|rule| format!("`{}` is no selector", rule.selector)).collect(),
        inline.collect(),
    ]
    .concat()
}

pub(super) fn size(mail: &Mail) -> Vec<String> {
    let bytes = mail.source.len();
    let controls = |text: &str| text.chars().filter(|c| c.is_control() && *c != '\n').count();
    [
        unless(bytes <= 80 * 1024, format!("{bytes} bytes of HTML")),
        unless(controls(&mail.source) == 0, "control characters in the HTML"),
        unless(controls(&mail.text) == 0, "control characters in the text"),
    ]
    .concat()
}

pub(super) fn dark(mail: &Mail) -> Vec<String> {
    let media = mail.sheet.rules.iter().filter_map(|rule| rule.media.as_deref());
    let outlook = |mark: &str| mail.sheet.rules.iter().any(|rule| rule.selector.starts_with(mark));
    [
        unless(media.into_iter().any(|media| media.contains("prefers-color-scheme:dark")), "no dark mode"),
        unless(outlook("[data-ogsc]") && outlook("[data-ogsb]"), "no dark mode of Outlook's"),
    ]
    .concat()
}

/// A client that inverts pure white leaves a hole.
pub(super) fn paper(mail: &Mail) -> Vec<String> {
    let white = |own: &ElementRef<'_>| {
        let grounds =
            [styled(*own, "background-color"), styled(*own, "background"), own.attr("bgcolor").map(str::to_owned)];
        grounds.into_iter().flatten().any(|ground| css::Colour::parse(&ground) == Some(css::Colour::WHITE))
    };
    let white = mail.all("body, body *").into_iter().filter(white);
    // A ground that is an attribute alone is none for a spam filter, and none in the dark of Thunderbird.
    let bare = mail.all("[bgcolor]").into_iter().filter(|own| {
        let (attribute, style) = (own.attr("bgcolor").unwrap_or_default(), styled(*own, "background-color"));
        style.is_none_or(|style| css::Colour::parse(&style) != css::Colour::parse(attribute))
    });
    white
        .map(|own| format!("<{}> is pure white", own.value().name()))
        .chain(bare.map(|own| format!("the ground of <{}> is an attribute alone", own.value().name())))
        .collect()
}

const GENERIC: [&str; 3] = ["serif", "sans-serif", "monospace"];

pub(super) fn fonts(mail: &Mail) -> Vec<String> {
    let mut families: Vec<String> = super::look::runs(&mail.html, &mail.sheet, super::look::Mode::Light)
        .into_iter()
        .map(|run| run.look.family)
        .filter(|family| !GENERIC.iter().any(|generic| family.ends_with(generic)))
        .collect();
    families.dedup();
    let loaded = ["@font-face", "@import"].into_iter().filter(|word| mail.source.contains(word));
    families
        .into_iter()
        .map(|family| format!("`{family}` ends with no generic family"))
        .chain(loaded.map(|word| format!("`{word}`")))
        .chain(mail.all("link").iter().map(|_| "a <link>".to_owned()))
        .collect()
}

/// What half of the mail programs do not know, in inline styles, where all depends on it.
pub(super) fn dialect(mail: &Mail) -> Vec<String> {
    let mut faults = Vec::new();
    let inline = mail.all("[style]").into_iter().flat_map(|own| css::inline(own.attr("style").unwrap_or_default()).0);
    let ruled = mail.sheet.rules.iter().flat_map(|rule| rule.declarations.clone());
    for own in inline.chain(ruled) {
        let value = own.value.to_ascii_lowercase();
        let unknown = ["var(", "calc(", "url(", "rgb", "hsl", "rem", "flex", "grid"].into_iter().find(|word| {
            // A family may be called anything.
            !own.name.starts_with("font") && value.contains(word)
        });
        if let Some(word) = unknown {
            faults.push(format!("{}:{} uses `{word}`", own.name, own.value));
        }
    }
    faults
}

pub(super) fn nothing_runs(mail: &Mail) -> Vec<String> {
    let forbidden = "script,iframe,form,input,button,select,textarea,video,audio,object,embed,svg,base,canvas,link,\
                     [background],:not(source)[srcset],[ping]";
    let elements = mail.all(forbidden).into_iter().map(|own| format!("<{}>", own.value().name()));
    let watched = mail
        .all("*")
        .into_iter()
        .filter(|own| own.value().attrs().any(|(key, _)| key.starts_with("on")))
        .map(|own| format!("<{}> listens", own.value().name()));
    let pixels = mail
        .all("img")
        .into_iter()
        .filter(|own| own.attr("width") == Some("1") && own.attr("height") == Some("1"))
        .map(|own| format!("a tracking pixel: {:?}", own.attr("src")));
    let sources = mail.all("source").into_iter().filter(|own| !is_for_the_dark(*own));
    let sources = sources.map(|own| format!("<source> {:?}", own.attr("srcset")));
    elements.chain(watched).chain(pixels).chain(sources).collect()
}

/// Whether it offers one picture for the dark in place of another: all that a mail loads beside `src`.
fn is_for_the_dark(source: ElementRef<'_>) -> bool {
    let picture = source.parent().and_then(ElementRef::wrap).filter(|parent| parent.value().name() == "picture");
    let pictures =
        picture.map_or(0, |picture| picture.child_elements().filter(|own| own.value().name() == "img").count());
    let file = source.attr("srcset").unwrap_or_default();
    source.attr("media") == Some("(prefers-color-scheme:dark)")
        && pictures == 1
        && !file.contains([' ', ',', '?'])
        && [".png", ".jpg"].iter().any(|kind| file.ends_with(kind))
}

pub(super) fn print(mail: &Mail) -> Vec<String> {
    let rules = mail.sheet.rules.iter().filter(|rule| rule.media.as_deref() == Some("print"));
    let hidden = rules.clone().any(|rule| rule.declarations.iter().any(|own| own.name == "display"));
    let paper = rules.clone().any(|rule| rule.declarations.iter().any(|own| own.name.starts_with("background")));
    let bound = rules.clone().any(|rule| rule.declarations.iter().any(|own| own.name == "break-after"));
    [
        unless(paper, "paper is printed in colour"),
        unless(hidden, "what cannot be clicked is printed"),
        unless(bound, "a heading may stand at the foot of a page"),
    ]
    .concat()
}

/// What html5ever, a parser by the letter of the standard, has to forgive; and what it does not look for.
pub(super) fn valid(mail: &Mail) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let twice = mail.all("[id]").into_iter().filter_map(|own| own.attr("id")).filter(|id| !seen.insert(*id));
    let inner = |outer: &str, inner: &str| {
        mail.all(&format!("{outer} {inner}"))
            .into_iter()
            .map(|own| format!("<{}> inside {outer}", own.value().name()))
            .collect::<Vec<_>>()
    };
    let strangers = mail.all("ul > *, ol > *").into_iter().filter(|own| own.value().name() != "li");
    let known = ["html", "body"];
    [
        mail.html
            .errors
            .iter()
            .map(|error| error.to_string())
            .filter(|error| !known.contains(&error.as_str()))
            .collect(),
        twice.map(|id| format!("the id `{id}` stands twice")).collect(),
        inner("a", "a"),
        inner("p", "table"),
        inner("span", "div,span p,span table"),
        strangers.map(|own| format!("<{}> in a list", own.value().name())).collect(),
    ]
    .concat()
}
