//! `[brand]` and a newsletter's own `theme` and `brand`: a look, or why it cannot be one.
//!
//! A newsletter's word counts over the house's, the house's over the theme's. What comes out can be read: a
//! colour that cannot, on any ground it stands on, is told with the nearest one that can.

use std::collections::BTreeMap;

use crate::brand::{Brand, Clash, Colour, FootLink, Mode, Role, Stand, Theme};
use crate::config::Severity;
use crate::config::read::{Reading, is_web_address, quoted};
use crate::config::tree::{Kind, Table, Text, Value};
use crate::finding::{Finding, Level};

/// A newsletter's look before its masthead is measured: settings are read without opening pictures.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) brand: Brand,
    /// What cannot be read and is put up with, by `[checks] contrast`; told with every issue.
    pub(crate) unreadable: Vec<Finding>,
    pub(crate) nameplate: Option<NameplateFiles>,
}

/// Pictures of a masthead, relative to `issues/`.
#[derive(Clone, Debug)]
pub(crate) struct NameplateFiles {
    pub(crate) light: Text,
    pub(crate) dark: Option<Text>,
    /// In CSS pixels; half the picture's own where none is given, as it is drawn for fine screens.
    pub(crate) width: Option<u32>,
}

const THEMES: [(&str, Theme); 2] = [("default", Theme::Default), ("digest", Theme::Digest)];

/// A colour that stands in the file.
struct Given {
    mode: Mode,
    role: Role,
    colour: Colour,
    text: Text,
}

/// Reads the look of a newsletter from its own table, over the house's `[brand]`.
pub(crate) fn look(newsletter: &Table, house: Option<&Table>, out: &mut Reading) -> Look {
    let theme = newsletter.text("theme").and_then(|text| out.choice(&text, "theme", &THEMES)).unwrap_or_default();
    let tables: Vec<&Table> = newsletter.table("brand").into_iter().chain(house).collect();
    let given = colours(&tables, out);
    let plain: Vec<(Mode, Role, Colour)> = given.iter().map(|given| (given.mode, given.role, given.colour)).collect();
    let mut brand = Brand::of(theme).coloured(&plain);
    let unreadable = readable(&brand, &given, contrast(newsletter, out), out);
    for (key, stack) in [("news", &mut brand.news), ("labels", &mut brand.labels)] {
        if let Some(given) = said(&tables, key).and_then(Value::text).and_then(|text| font_stack(&text, key, out)) {
            *stack = given;
        }
    }
    if let Some(radius) = said(&tables, "radius") {
        brand.radius = pixels(radius, "radius", 0, 24, out).unwrap_or(brand.radius);
    }
    brand.footer = links(&tables, "footer", out);
    brand.social = links(&tables, "social", out);
    same_words(&tables, out);
    let masthead = said(&tables, "masthead").and_then(Value::table);
    brand.wordmark = masthead.and_then(|masthead| words(masthead, out));
    Look { brand, unreadable, nameplate: masthead.and_then(|masthead| nameplate(masthead, out)) }
}

/// The value that counts: the newsletter's, else the house's.
fn said<'t>(tables: &[&'t Table], key: &str) -> Option<&'t Value> {
    tables.iter().find_map(|table| table.get(key))
}

// -- colours --

fn colours(tables: &[&Table], out: &mut Reading) -> Vec<Given> {
    let mut given = Vec::new();
    for mode in Mode::BOTH {
        for role in Role::ALL {
            let text = tables.iter().find_map(|table| table.table(mode.key())?.text(role.key()));
            let Some(text) = text else { continue };
            match Colour::parse(text.value.trim()) {
                Some(colour) => given.push(Given { mode, role, colour, text }),
                None => {
                    out.bad(&text, format!("\"{}\" is not a colour", text.value), "six digits, such as \"#1f6b3a\"")
                }
            }
        }
    }
    given
}

/// The level of the check, which the file sets itself: the newsletter's, else the house's, else an error.
fn contrast(newsletter: &Table, out: &Reading) -> Severity {
    let own = newsletter.table("checks").and_then(|checks| checks.text("contrast"));
    match own.as_ref().or(out.contrast.as_ref()).map(|level| level.value.as_str()) {
        Some("off") => Severity::Off,
        Some("warn") => Severity::At(Level::Warning),
        _ => Severity::At(Level::Error),
    }
}

/// A finding for every colour of the file that leaves something unreadable: it stops whoever reads the file, or comes
/// back as a warning.
fn readable(brand: &Brand, given: &[Given], wanted: Severity, out: &mut Reading) -> Vec<Finding> {
    let mut warnings = Vec::new();
    let find = |mode, role| given.iter().find(|given| (given.mode, given.role) == (mode, role));
    let mut blamed: BTreeMap<(Mode, Role), Vec<Clash>> = BTreeMap::new();
    for clash in brand.clashes() {
        let Stand { ink, ground } = clash.stand;
        // The ink is to blame, unless it is the theme's and the ground is not.
        let role = if find(clash.mode, ink).is_some() || find(clash.mode, ground).is_none() { ink } else { ground };
        blamed.entry((clash.mode, role)).or_default().push(clash);
    }
    for ((mode, role), clashes) in blamed {
        // Words on an accent follow it, unless they are given too.
        let free: &[Role] =
            if role == Role::Accent && find(mode, Role::OnAccent).is_none() { &[Role::OnAccent] } else { &[] };
        let nearest = brand.palette(mode).nearest(role, free);
        let finding = unreadable(&clashes, nearest, role, find(mode, role));
        match wanted {
            Severity::Off => {}
            Severity::At(Level::Error) => out.findings.push(finding),
            Severity::At(level) => warnings.push(Finding { level, ..finding }),
        }
    }
    warnings
}

fn unreadable(clashes: &[Clash], nearest: Option<Colour>, role: Role, given: Option<&Given>) -> Finding {
    let named = |clash: &Clash| format!("`{}` on `{}`", clash.stand.ink.key(), clash.stand.ground.key());
    // Cut, not rounded: 4.499 is not 4.5.
    let ratio = |clash: &Clash| format!("{:.2}:1", (clash.ratio * 100.0).floor() / 100.0);
    let (first, others) = clashes.split_first().expect("a colour is blamed for a clash at least");
    let title =
        format!("{} cannot be read in the {}: its contrast is {}", named(first), first.mode.key(), ratio(first));
    let mut finding = Finding::error("contrast", title);
    for other in others {
        finding = finding.because(format!("nor can {}: {}", named(other), ratio(other)));
    }
    if let Some(given) = given {
        finding = finding.at(&given.text.source, given.text.span.clone(), "text needs 4.5:1 or more");
    }
    match (nearest, given) {
        (Some(nearest), Some(given)) => finding
            .help(format!("the nearest colour that can be read here is {nearest}"))
            .fix(given.text.span.clone(), quoted(&given.text, &nearest.to_string())),
        _ => finding.help(format!(
            "no shade of `{}` can be read with the colours beside it: bring the grounds closer together",
            role.key()
        )),
    }
}

// -- fonts --

/// What stands in every line of the mail, so it is short.
const LONGEST_STACK: usize = 100;
const GENERIC: [&str; 3] = ["serif", "sans-serif", "monospace"];

/// Names of fonts the reader may have, and at the end a kind of font everybody has. It is written into styles,
/// so nothing but names gets in.
fn font_stack(text: &Text, key: &str, out: &mut Reading) -> Option<String> {
    let names: Vec<&str> = text.value.split(',').map(str::trim).collect();
    let bare = |name: &str| {
        let inner = |quote| name.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        inner('\'').or_else(|| inner('"')).unwrap_or(name).to_owned()
    };
    let names: Vec<String> = names.into_iter().map(bare).collect();
    let is_name = |name: &String| {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '.');
        !name.is_empty() && name.chars().all(plain) && name.chars().any(|c| c.is_ascii_alphabetic())
    };
    let problem = if let Some(wrong) = names.iter().find(|name| !is_name(name)) {
        let loads = text.value.contains(['(', '@']);
        let why = if loads { "fonts the reader has: a mail loads none" } else { "names of fonts, with commas between" };
        Some((format!("`{wrong}` is not the name of a font"), why.to_owned()))
    } else if !names.last().is_some_and(|last| GENERIC.contains(&last.as_str())) {
        let title = format!("the font stack `{key}` does not end in a kind of font everybody has");
        Some((title, format!("{}, at the end", GENERIC.join(" or "))))
    } else if text.value.len() > LONGEST_STACK {
        let title = format!("the font stack `{key}` has {} characters", text.value.len());
        Some((title, format!("{LONGEST_STACK} at most: it stands in every line of the mail")))
    } else {
        None
    };
    if let Some((title, wanted)) = problem {
        out.bad(text, title, &wanted);
        return None;
    }
    let written = |name: &String| {
        // Unquoted, a name may not hold a space or begin with a figure.
        let quote = name.contains([' ', '.']) || name.starts_with(|c: char| c.is_ascii_digit());
        if quote { format!("'{name}'") } else { name.clone() }
    };
    Some(names.iter().map(written).collect::<Vec<_>>().join(","))
}

// -- masthead and feet --

fn words(masthead: &Table, out: &mut Reading) -> Option<String> {
    let text = masthead.text("words")?;
    let words = text.value.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() {
        out.bad(&text, "`words` is empty", "some text, or leave the key out");
        return None;
    }
    Some(words)
}

fn nameplate(masthead: &Table, out: &mut Reading) -> Option<NameplateFiles> {
    let width = masthead.get("width").and_then(|width| pixels(width, "width", 40, 536, out));
    let (light, dark) = (masthead.text("image"), masthead.text("dark"));
    if let (None, Some(only)) = (&light, &dark) {
        out.bad(only, "a masthead for the dark alone", "an `image` beside it: most mail programs show that one");
    }
    Some(NameplateFiles { light: light?, dark, width })
}

fn pixels(value: &Value, key: &str, least: u32, most: u32, out: &mut Reading) -> Option<u32> {
    let whole = value.whole()?;
    let pixels = u32::try_from(whole).ok().filter(|whole| (least..=most).contains(whole));
    if pixels.is_none() {
        let finding = Finding::error("config", format!("`{key}` cannot be {whole}"));
        out.findings.push(finding.at(&value.source, value.span.clone(), format!("expected {least} to {most} pixels")));
    }
    pixels
}

/// `[["About us", "https://…"], …]`
fn links(tables: &[&Table], key: &str, out: &mut Reading) -> Vec<FootLink> {
    pairs(tables, key)
        .into_iter()
        .filter_map(|(label, url)| {
            let words = label.value.split_whitespace().collect::<Vec<_>>().join(" ");
            if words.is_empty() || label.control(false).or_else(|| label.latin_control()).is_some() {
                out.bad(&label, format!("a link of `{key}` says nothing"), "some words to click on");
                return None;
            }
            if !is_web_address(&url.value) {
                out.bad(&url, format!("\"{}\" is not a web address", url.value), "https://…");
                return None;
            }
            Some(FootLink { label: words, url: url.value })
        })
        .collect()
}

fn pairs(tables: &[&Table], key: &str) -> Vec<(Text, Text)> {
    let Some(Kind::List(items)) = said(tables, key).map(|value| &value.kind) else { return Vec::new() };
    let pair = |item: &Value| match &item.kind {
        Kind::List(pair) => Some((pair.first()?.text()?, pair.get(1)?.text()?)),
        _ => None,
    };
    items.iter().filter_map(pair).collect()
}

/// Whoever hears links read out without the page around them must be able to tell two apart (R17).
fn same_words(tables: &[&Table], out: &mut Reading) {
    let all: Vec<(Text, Text)> = ["footer", "social"].iter().flat_map(|key| pairs(tables, key)).collect();
    for (at, (label, url)) in all.iter().enumerate() {
        let twin =
            |(other, target): &&(Text, Text)| other.value.trim() == label.value.trim() && target.value != url.value;
        if all[..at].iter().find(twin).is_some() {
            let title = format!("two links say \"{}\" and lead to two places", label.value.trim());
            out.bad(label, title, "words of its own");
        }
    }
}
