//! An issue file as it was written: every value with its place, nothing resolved yet.
//!
//! The keys of each block type stand in one table, `BLOCKS`; a key of another type, or of none, is a finding.

use std::sync::Arc;

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

use crate::config::tree::{self, Kind, Table, Text, Value};
use crate::finding::{Finding, Findings, Source, nearest};
use crate::issue::chart::{self, ChartFile};
use crate::issue::fields::{Fields, Said, bad, is_mistyped, meant};
use crate::issue::{Audience, Depth, Only};

/// One issue file.
pub(crate) struct IssueFile {
    pub(crate) source: Arc<Source>,
    pub(crate) subject: Option<Text>,
    pub(crate) preheader: Option<Text>,
    pub(crate) editor: Option<Text>,
    pub(crate) send_at: Option<NaiveTime>,
    pub(crate) date: Option<Said<NaiveDate>>,
    pub(crate) audience: Audience,
    pub(crate) waivers: Vec<Waiver>,
    pub(crate) blocks: Vec<BlockFile>,
    /// The keys it has, whatever they hold: one that was refused is not also missing.
    pub(crate) keys: Vec<String>,
    /// The TOML itself is broken: what seems missing may only be unreadable.
    pub(crate) broken: bool,
}

/// A check this issue does without, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Waiver {
    pub(crate) check: String,
    pub(crate) reason: String,
}

/// A block as written. Fields are `None` where they are absent or were refused, which was said.
pub(crate) struct BlockFile {
    /// Its `type`, as it is written.
    pub(crate) kind: Said<usize>,
    pub(crate) label: Option<Text>,
    pub(crate) id: Option<Text>,
    pub(crate) only: Only,
    pub(crate) body: BodyFile,
}

pub(crate) enum BodyFile {
    Letter { text: Option<Text> },
    Contents,
    Story { story: Option<StoryRef>, show: Option<Said<Depth>> },
    List { stories: Vec<StoryRef>, show: Option<Said<Depth>> },
    Picks { stories: Vec<StoryRef>, show: Option<Said<Depth>> },
    Number { figure: Option<Text>, text: Option<Text>, source: Option<Text>, from: Option<StoryRef> },
    Quote { text: Option<Text>, who: Option<Text>, from: Option<StoryRef> },
    Image(ImageFile),
    Chart(ChartFile),
    Sponsor { name: Option<Text>, text: Option<Text>, image: Option<ImageFile>, button: Option<ButtonFile> },
    Promo { snippet: Option<Text> },
    Poll { question: Option<Text>, answers: Vec<Text> },
    Correction { of: Option<Said<NaiveDate>>, text: Option<Text> },
    Text { text: Option<Text> },
    Divider,
}

/// A story named in a block, with what this issue says instead of it.
pub(crate) struct StoryRef {
    pub(crate) story: Text,
    pub(crate) headline: Option<Text>,
    pub(crate) teaser: Option<Text>,
}

pub(crate) struct ImageFile {
    pub(crate) src: Option<Text>,
    pub(crate) alt: Option<Text>,
    pub(crate) credit: Option<Text>,
    pub(crate) caption: Option<Text>,
    pub(crate) url: Option<Text>,
    pub(crate) width: Option<u32>,
}

pub(crate) struct ButtonFile {
    pub(crate) label: Text,
    pub(crate) url: Text,
}

/// What blocks are there, and the keys of each; a star marks those it cannot do without.
const BLOCKS: &[(&str, &[&str])] = &[
    ("letter", &["text*"]),
    ("contents", &[]),
    ("story", &["story*", "show"]),
    ("list", &["show", "stories*"]),
    ("picks", &["show", "stories*"]),
    ("number", &["figure*", "text*", "source", "from"]),
    ("quote", &["text*", "who*", "from"]),
    ("image", &["src*", "alt", "credit", "caption", "url", "width"]),
    ("chart", &["kind*", "title*", "unit", "rows*", "source", "alt*"]),
    ("sponsor", &["name*", "text*", "image", "button"]),
    ("promo", &["snippet*"]),
    ("poll", &["question*", "answers*"]),
    ("correction", &["of*", "text*"]),
    ("text", &["text*"]),
    ("divider", &[]),
];

/// The keys of an issue, in the order of the house.
pub(crate) const ENVELOPE: [&str; 8] =
    ["subject", "preheader", "editor", "send_at", "date", "audience", "waive", "block"];

/// The keys of a block of this type, in the order of the house.
pub(crate) fn keys(kind: &str) -> Vec<&'static str> {
    let own = BLOCKS.iter().find(|(name, _)| *name == kind).map_or(&[][..], |(_, keys)| keys);
    SHARED.iter().copied().chain(own.iter().map(|key| key.trim_end_matches('*'))).collect()
}

/// Keys every block may have.
const SHARED: &[&str] = &["type", "label", "id", "only"];

const DEPTHS: [(&str, Depth); 4] =
    [("full", Depth::Full), ("brief", Depth::Brief), ("teaser", Depth::Teaser), ("headline", Depth::Headline)];

/// Reads an issue file; every mistake of form is put into `out`.
pub(crate) fn read(source: &Arc<Source>, out: &mut Findings) -> IssueFile {
    let mut read = Findings::default();
    let tree::Document { table, broken } = &tree::read(source, 0..source.text.len(), "syntax", &mut read);
    let broken = *broken;
    // To the parser every block below a `[block]` is that one again.
    if table.get("block").is_some_and(|block| block.table().is_some()) {
        let again = |finding: &Finding| {
            finding.place.as_ref().is_some_and(|place| place.source.text.get(place.span.clone()) == Some("block"))
        };
        out.extend(read.into_vec().into_iter().filter(|finding| !again(finding)));
    } else {
        out.absorb(read);
    }
    let mut fields = Fields::new(table, out);
    fields.strangers("an issue", &ENVELOPE);
    IssueFile {
        source: source.clone(),
        subject: fields.any_text("subject"),
        preheader: fields.any_text("preheader"),
        editor: fields.words("editor"),
        send_at: fields.hour("send_at"),
        date: fields.day("date"),
        audience: audience(&mut fields),
        waivers: waivers(table, out),
        blocks: blocks(table, broken, out),
        keys: ENVELOPE
            .into_iter()
            .filter(|key| table.get(key).is_some() || is_mistyped(table, key, &ENVELOPE))
            .map(str::to_owned)
            .collect(),
        broken,
    }
}

/// `audience = "got:2026-11-24"`; left out, everybody.
fn audience(fields: &mut Fields<'_>) -> Audience {
    let Some(text) = fields.words("audience") else { return Audience::Everybody };
    Audience::parse(text.value.trim()).unwrap_or_else(|| {
        let finding = Finding::error("bad-value", format!("`audience` cannot be \"{}\"", text.value));
        let label = "expected got: and the day of an issue, such as \"got:2026-11-24\"";
        let help = "it goes to those who got that issue; without the key, to everybody subscribed";
        fields.out.push(finding.at(&text.source, text.span.clone(), label).help(help));
        Audience::Everybody
    })
}

fn waivers(table: &Table, out: &mut Findings) -> Vec<Waiver> {
    let mut waivers = Vec::new();
    for item in tables(table, "waive", "waive = [{ check = \"…\", reason = \"…\" }]", out) {
        let Some(inner) = item.table() else { continue };
        let mut fields = Fields::new(inner, out);
        fields.strangers("a waiver", &["check", "reason"]);
        let (check, reason) = (fields.words("check"), fields.words("reason"));
        let Some(check) = check else {
            if inner.get("check").is_none() {
                out.push(bad(item, "a waiver names a check", "add `check`"));
            }
            continue;
        };
        match crate::check::find(&check.value) {
            None => {
                let finding = Finding::error("bad-value", format!("there is no check `{}`", check.value));
                let near = nearest(&check.value, crate::check::names());
                out.push(meant(finding, &check, near, "unknown check"));
            }
            Some(known) if known.binding => {
                let title = format!("`{}` cannot be waived", known.name);
                let finding = Finding::error("bad-value", title).at(&check.source, check.span.clone(), "");
                out.push(finding.help("without it the issue cannot be sent"));
            }
            Some(_) => match reason {
                Some(reason) => waivers.push(Waiver { check: check.value, reason: reason.value }),
                None if inner.get("reason").is_none() => {
                    out.push(bad(item, "a waiver needs a reason", "add `reason`: it is kept with the edition"));
                }
                None => {}
            },
        }
    }
    waivers
}

/// The items of a list of tables; anything else there is a finding.
fn tables<'t>(table: &'t Table, key: &str, wanted: &str, out: &mut Findings) -> Vec<&'t Value> {
    let Some(value) = table.get(key) else { return Vec::new() };
    let Kind::List(items) = &value.kind else {
        let finding = bad(value, format!("`{key}` cannot be {}", value.shape()), format!("expected {wanted}"));
        let single = format!("[{key}]");
        out.push(match value.source.text.get(value.span.clone()).filter(|words| *words == single) {
            Some(_) => finding.fix(value.span.clone(), format!("[{single}]")),
            None => finding,
        });
        return Vec::new();
    };
    let (good, wrong): (Vec<&Value>, Vec<&Value>) = items.iter().partition(|item| item.table().is_some());
    out.extend(
        wrong.iter().map(|item| {
            bad(item, format!("an item of `{key}` cannot be {}", item.shape()), format!("expected {wanted}"))
        }),
    );
    good
}

fn blocks(table: &Table, broken: bool, out: &mut Findings) -> Vec<BlockFile> {
    let items = tables(table, "block", "blocks, each under its own line [[block]]", out);
    items.into_iter().filter_map(|item| block(item, broken, out)).collect()
}

fn block(value: &Value, broken: bool, out: &mut Findings) -> Option<BlockFile> {
    let table = value.table()?;
    let kinds: Vec<(&str, usize)> = BLOCKS.iter().enumerate().map(|(at, (name, _))| (*name, at)).collect();
    let mut fields = Fields::new(table, out);
    let kind = fields.choice("type", &kinds);
    let Some(kind) = kind else {
        if table.get("type").is_none() && !broken {
            let kinds: Vec<&str> = BLOCKS.iter().map(|(name, _)| *name).collect();
            out.push(bad(value, "a block has no `type`", "").help(format!("one of {}", kinds.join(", "))));
        }
        return None;
    };
    let (name, keys) = BLOCKS[kind.value];
    strangers(table, name, keys, out);
    for key in keys.iter().filter_map(|key| key.strip_suffix('*')) {
        if table.get(key).is_none() && !broken && !is_mistyped(table, key, &self::keys(name)) {
            let title = format!("{} block has no `{key}`", article(name));
            let label = format!("add a line `{key} = …` to this block");
            out.push(Finding::error("bad-value", title).at(&kind.source, kind.span.clone(), label));
        }
    }
    let mut fields = Fields::new(table, out);
    let only = fields.choice("only", &[("html", Only::Html), ("text", Only::Text)]);
    let label = if name == "sponsor" { fields.text("label") } else { fields.words("label") };
    let id = fields.words("id");
    Some(BlockFile {
        kind,
        label,
        id,
        only: only.map(|only| only.value).unwrap_or_default(),
        body: body(name, &mut fields),
    })
}

fn body(name: &str, fields: &mut Fields<'_>) -> BodyFile {
    match name {
        "letter" => BodyFile::Letter { text: fields.words("text") },
        "contents" => BodyFile::Contents,
        "story" => BodyFile::Story { story: story(fields, "story"), show: fields.choice("show", &DEPTHS) },
        "list" => BodyFile::List { stories: stories(fields), show: fields.choice("show", &DEPTHS) },
        "picks" => BodyFile::Picks { stories: stories(fields), show: fields.choice("show", &DEPTHS) },
        "number" => BodyFile::Number {
            figure: fields.words("figure"),
            text: fields.words("text"),
            source: fields.words("source"),
            from: story(fields, "from"),
        },
        "quote" => {
            BodyFile::Quote { text: fields.words("text"), who: fields.words("who"), from: story(fields, "from") }
        }
        "image" => BodyFile::Image(image(fields)),
        "chart" => BodyFile::Chart(chart::read(fields)),
        "sponsor" => BodyFile::Sponsor {
            name: fields.words("name"),
            text: fields.words("text"),
            image: image_of(fields),
            button: button(fields),
        },
        "promo" => BodyFile::Promo { snippet: fields.words("snippet") },
        "poll" => BodyFile::Poll { question: fields.words("question"), answers: answers(fields) },
        "correction" => BodyFile::Correction { of: fields.day("of"), text: fields.words("text") },
        "text" => BodyFile::Text { text: fields.words("text") },
        // The only type left in the table.
        _ => BodyFile::Divider,
    }
}

/// Of a poll; an empty list is said here, for it has no place of an answer.
fn answers(fields: &mut Fields<'_>) -> Vec<Text> {
    if let Some(value) =
        fields.table.get("answers").filter(|value| matches!(&value.kind, Kind::List(items) if items.is_empty()))
    {
        fields.out.push(bad(value, "a poll has 2 to 6 answers", "none here"));
    }
    fields.texts("answers")
}

fn story(fields: &mut Fields<'_>, key: &str) -> Option<StoryRef> {
    let story = fields.words(key)?;
    Some(StoryRef { story, headline: None, teaser: None })
}

/// Names, or tables with a name and what this issue says instead.
fn stories(fields: &mut Fields<'_>) -> Vec<StoryRef> {
    let Some(value) = fields.table.get("stories") else { return Vec::new() };
    let Kind::List(items) = &value.kind else {
        let label = "expected a list of stories, such as [\"harbour-strike\", \"night-bus\"]";
        fields.out.push(bad(value, format!("`stories` cannot be {}", value.shape()), label));
        return Vec::new();
    };
    if items.is_empty() {
        fields.out.push(
            bad(value, "`stories` is empty", "expected at least one story")
                .help("delete the block if there is nothing to list"),
        );
    }
    items.iter().filter_map(|item| listed(item, fields.out)).collect()
}

fn listed(item: &Value, out: &mut Findings) -> Option<StoryRef> {
    if let Some(story) = item.text() {
        if story.is_blank() {
            out.push(bad(item, "a story without a name", "expected the name of a story"));
            return None;
        }
        return Some(StoryRef { story, headline: None, teaser: None });
    }
    let Some(table) = item.table() else {
        let title = format!("an item of `stories` cannot be {}", item.shape());
        out.push(bad(item, title, "expected a name, or { story = \"…\", headline = \"…\" }"));
        return None;
    };
    let mut fields = Fields::new(table, out);
    fields.strangers("a listed story", &["story", "headline", "teaser"]);
    let story = fields.words("story");
    let (headline, teaser) = (fields.words("headline"), fields.words("teaser"));
    if story.is_none() && table.get("story").is_none() {
        out.push(bad(item, "a listed story has no `story`", "add the story's name"));
    }
    Some(StoryRef { story: story?, headline, teaser })
}

pub(crate) fn image(fields: &mut Fields<'_>) -> ImageFile {
    ImageFile {
        src: fields.words("src"),
        alt: fields.text("alt"),
        credit: fields.words("credit"),
        caption: fields.words("caption"),
        url: fields.words("url"),
        width: fields.pixels("width"),
    }
}

/// `image = { … }` of a sponsor, a snippet or a story.
pub(crate) fn image_of(fields: &mut Fields<'_>) -> Option<ImageFile> {
    let table = fields.table("image")?;
    let place = fields.table.get("image")?;
    let mut inner = Fields::new(table, fields.out);
    inner.strangers("an image", &["src", "alt", "width", "credit", "caption"]);
    let image = image(&mut inner);
    if table.get("src").is_none() {
        fields.out.push(bad(place, "an image has no `src`", "add src = \"images/…\""));
    }
    Some(image)
}

/// `button = { label, url }`.
pub(crate) fn button(fields: &mut Fields<'_>) -> Option<ButtonFile> {
    let table = fields.table("button")?;
    let place = fields.table.get("button")?;
    let mut inner = Fields::new(table, fields.out);
    inner.strangers("a button", &["label", "url"]);
    let (label, url) = (inner.words("label"), inner.text("url"));
    for key in ["label", "url"] {
        if table.get(key).is_none() {
            fields.out.push(bad(place, format!("a button has no `{key}`"), format!("add {key} = \"…\"")));
        }
    }
    Some(ButtonFile { label: label?, url: url? })
}

/// Keys this type of block does not have: of another type, or of none.
fn strangers(table: &Table, name: &str, keys: &[&str], out: &mut Findings) {
    let own: Vec<&str> = SHARED.iter().copied().chain(keys.iter().map(|key| key.trim_end_matches('*'))).collect();
    for entry in table.entries.iter().filter(|entry| !own.contains(&entry.key.as_str())) {
        let has = |(_, keys): &&(&str, &[&str])| keys.iter().any(|key| key.trim_end_matches('*') == entry.key);
        let others: Vec<&str> = BLOCKS.iter().filter(has).map(|(name, _)| *name).collect();
        let at = |title: String, label: String| {
            Finding::error("unknown-key", title).at(&entry.value.source, entry.span.clone(), label)
        };
        let finding = if others.is_empty() {
            at(format!("a block has no key `{}`", entry.key), "not a key of any block".to_owned())
        } else {
            let title = format!("{} block has no key `{}`", article(name), entry.key);
            at(title, format!("a key of {}", others.join(", ")))
        };
        out.push(match nearest(&entry.key, own.iter().copied()) {
            Some(near) if others.is_empty() => {
                finding.help(format!("did you mean `{near}`?")).fix(entry.span.clone(), near)
            }
            _ => finding.help(format!("keys of {} block: {}", article(name), own.join(", "))),
        });
    }
}

fn article(name: &str) -> String {
    let an = name.starts_with(['a', 'e', 'i', 'o']);
    format!("{} `{name}`", if an { "an" } else { "a" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_names_every_block_with_each_of_its_keys() {
        let readme = include_str!("../../README.md");
        let table =
            readme.split("| type | what it is | keys |").nth(1).and_then(|rest| rest.split("\n\n").next()).unwrap();
        let words = |cell: &str| -> Vec<String> { cell.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
        let mut told: Vec<(String, Vec<String>)> = Vec::new();
        for row in table.lines().skip(2) {
            let row = row.replace("\\|", "/");
            let cells: Vec<&str> = row.split('|').collect();
            let mut keys = words(cells[3]);
            keys.sort();
            told.extend(words(cells[1]).into_iter().map(|name| (name, keys.clone())));
        }
        let own = |(name, keys): &(&str, &[&str])| {
            let mut keys: Vec<String> = keys.iter().map(|key| key.trim_end_matches('*').to_owned()).collect();
            keys.sort();
            ((*name).to_owned(), keys)
        };
        told.sort();
        let mut known: Vec<(String, Vec<String>)> = BLOCKS.iter().map(own).collect();
        known.sort();
        assert_eq!(told, known);
    }
}
