//! Edits of an issue file that touch only the lines they must.
//!
//! The one place that writes what an editor also writes by hand, so that a command and a person may take
//! turns: comments, blank lines, quotes and line ends stay as they were. The file is read by `toml_edit` for
//! the places of its values, and changed as text; printing what was parsed is the text itself by construction.

mod array;
mod blocks;
mod correction;
pub(crate) mod order;
mod outline;
mod set;
mod skeleton;
#[cfg(test)]
mod tests;

use std::ops::Range;

use toml_edit::{Document, Item, Table, Value};

use crate::finding::{Fix, nearest};
use array::Entries;
use blocks::Blocks;

pub(crate) use correction::{carry_correction, correction, without_corrections};
pub(crate) use outline::{Outline, Outlined, outline};
pub(crate) use set::{Line, add_to, depth, label, place, remove, write};
pub(crate) use skeleton::{headed, skeleton};

/// Why an edit was not made; the file is as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl Refusal {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None }
    }

    fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// Where a story goes: into the block of this label, id, type or number; and as the how-manieth, from 1.
/// Without a block it is one of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spot<'a> {
    pub(crate) to: Option<&'a str>,
    pub(crate) at: Option<usize>,
}

/// Puts a story into an issue. A block of its own stands after the last such block; `show` is its depth.
///
/// # Errors
/// It is there already, or the spot is not.
pub(crate) fn add(text: &str, story: &str, spot: Spot<'_>, show: Option<&str>) -> Result<String, Refusal> {
    let page = Page::read(text)?;
    page.must_be_new(story)?;
    let Some(to) = spot.to else { return page.insert_block(&story_block(story, show), spot.at) };
    if show.is_some() {
        return Err(Refusal::new("`--show` is for a story in a block of its own")
            .hint("the stories of a list share its depth: the key `show` of that block"));
    }
    let block = page.blocks.find(to)?;
    page.take_in(block, &quoted(story), spot.at)
}

/// Takes a story out of an issue, and its block where nothing else is in it.
///
/// # Errors
/// It is not there.
pub(crate) fn drop(text: &str, story: &str) -> Result<String, Refusal> {
    let page = Page::read(text)?;
    let home = page.home(story).ok_or_else(|| page.stranger(story))?;
    Ok(page.without(home))
}

/// Moves a story: into another block, or to another place in its own, or the block that is only it.
///
/// # Errors
/// It is not there, or the spot is not.
pub(crate) fn shift(text: &str, story: &str, spot: Spot<'_>) -> Result<String, Refusal> {
    let page = Page::read(text)?;
    let home = page.home(story).ok_or_else(|| page.stranger(story))?;
    match (home, spot) {
        (_, Spot { to: None, at: None }) => Err(Refusal::new("where to?")
            .hint("`--to LABEL` for another block, `--at N` for another place, counted from 1")),
        (Home::Own(block), Spot { to: None, at: Some(at) }) => page.blocks.moved(block, at),
        (Home::Entry(block, place), spot) => {
            let to = spot.to.map_or(Ok(block), |to| page.blocks.find(to))?;
            let written = page.entries(block).map(|entries| entries.written(place).to_owned()).unwrap_or_default();
            page.carry(home, block, to, &written, spot.at)
        }
        (Home::Own(block), spot) => {
            let to = page.blocks.find(spot.to.unwrap_or_default())?;
            page.carry(home, block, to, &quoted(story), spot.at)
        }
    }
}

/// Lets this issue do without a check, and says why.
///
/// # Errors
/// The check is waived already.
pub(crate) fn waive(text: &str, check: &str, reason: &str) -> Result<String, Refusal> {
    let page = Page::read(text)?;
    let waiver = format!("{{ check = {}, reason = {} }}", quoted(check), quoted(reason));
    match page.document.as_table().get("waive") {
        None => Ok(page.with_key("waive", &format!("[{waiver}]"))),
        Some(Item::Value(Value::Array(array))) => {
            let same = |value: &Value| named(value.as_inline_table(), "check") == Some(check);
            if array.iter().any(same) {
                return Err(Refusal::new(format!("`{check}` is waived in this issue already")));
            }
            Ok(apply(text, Entries::of(text, array)?.insert(array.len(), &waiver)))
        }
        Some(_) => Err(Refusal::new("`waive` is not a list in this issue").hint("`pressrun check` shows where")),
    }
}

/// A text with these mends made. Two may touch the same words: then the one further down is made, and the other
/// is found again.
pub(crate) fn mended(text: &str, fixes: &mut [Fix]) -> String {
    fixes.sort_by_key(|fix| std::cmp::Reverse(fix.span.start));
    let mut text = text.to_owned();
    let mut next = text.len();
    for fix in fixes {
        if fix.span.end <= next {
            text.replace_range(fix.span.clone(), &fix.with);
            next = fix.span.start;
        }
    }
    text
}

/// Where a story is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Home {
    /// It is all of this block.
    Own(usize),
    /// It stands in this block's list, at this place from 0.
    Entry(usize, usize),
}

impl Home {
    fn block(self) -> usize {
        match self {
            Self::Own(block) | Self::Entry(block, _) => block,
        }
    }
}

/// An issue file with the places of what is in it.
struct Page<'a> {
    text: &'a str,
    document: Document<&'a str>,
    blocks: Blocks<'a>,
}

impl<'a> Page<'a> {
    fn read(text: &'a str) -> Result<Self, Refusal> {
        let document = Document::parse(text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            let message = error.message().lines().next().unwrap_or("it does not read").to_owned();
            Refusal::new(format!("line {line} of the issue cannot be read: {message}"))
                .hint("`pressrun check` shows the place; the file was left as it is")
        })?;
        let blocks = Blocks::of(text, &document);
        Ok(Self { text, document, blocks })
    }

    fn table(&self, block: usize) -> Option<&Table> {
        self.document.as_table().get("block")?.as_array_of_tables()?.get(block)
    }

    /// The `stories` of a list or picks.
    fn entries(&self, block: usize) -> Option<Entries<'a>> {
        Entries::of(self.text, self.table(block)?.get("stories")?.as_array()?).ok()
    }

    fn home(&self, story: &str) -> Option<Home> {
        (0..self.blocks.len()).find_map(|block| {
            let table = self.table(block)?;
            // The `story` of a block may be an override too: {story="x", headline="…"}.
            if table.get("story").and_then(Item::as_value).and_then(story_name) == Some(story) {
                return Some(Home::Own(block));
            }
            let stories = table.get("stories")?.as_array()?;
            let place = stories.iter().position(|value| story_name(value) == Some(story))?;
            Some(Home::Entry(block, place))
        })
    }

    fn must_be_new(&self, story: &str) -> Result<(), Refusal> {
        let Some(home) = self.home(story) else { return Ok(()) };
        let there = self.blocks.called(home.block());
        Err(Refusal::new(format!("`{story}` is in this issue already, in {there}"))
            .hint(format!("`pressrun move {story} --to LABEL` takes it elsewhere")))
    }

    fn stranger(&self, story: &str) -> Refusal {
        let names: Vec<&str> = (0..self.blocks.len()).filter_map(|block| self.table(block)).flat_map(stories).collect();
        let refusal = Refusal::new(format!("`{story}` is not in this issue"));
        match nearest(story, names.iter().copied()) {
            Some(near) => refusal.hint(format!("did you mean `{near}`?")),
            None => refusal,
        }
    }

    /// Writes a story into a block: at a place of its list, or over the "TK" of a story block.
    fn take_in(&self, block: usize, written: &str, at: Option<usize>) -> Result<String, Refusal> {
        if let Some(entries) = self.entries(block) {
            let place = nth(at, entries.len(), "stories", &self.blocks.called(block))?;
            return Ok(apply(self.text, entries.insert(place, written)));
        }
        let story = self.table(block).and_then(|table| table.get("story")).and_then(Item::as_value);
        match story.and_then(|value| Some((value.as_str()?, value.span()?))) {
            Some(("TK" | "", span)) => Ok(apply(self.text, vec![(span, written.to_owned())])),
            Some((there, _)) => {
                Err(Refusal::new(format!("{} shows `{there}`, and one story only", self.blocks.called(block)))
                    .hint("drop that first, or name a list or picks"))
            }
            None => Err(Refusal::new(format!("{} holds no stories", self.blocks.called(block)))
                .hint("stories stand in blocks of the types list, picks and story")),
        }
    }

    /// Takes a story from its home into another block, or to another place of the same one.
    fn carry(&self, home: Home, from: usize, to: usize, written: &str, at: Option<usize>) -> Result<String, Refusal> {
        if from == to {
            let (Home::Entry(_, place), Some(entries)) = (home, self.entries(from)) else {
                return Err(Refusal::new(format!("it is all there is in {}", self.blocks.called(from))));
            };
            let wanted = nth(at, entries.len() - 1, "stories", &self.blocks.called(from))?;
            return Ok(apply(self.text, entries.reordered(place, wanted)));
        }
        // Into its new place first: that may be refused. Its home keeps its number, not its bytes.
        let both = self.take_in(to, written, at)?;
        Ok(Page::read(&both)?.without(home))
    }

    fn without(&self, home: Home) -> String {
        match home {
            Home::Own(block) => self.blocks.without(block),
            Home::Entry(block, place) => match self.entries(block) {
                Some(entries) if entries.len() > 1 => apply(self.text, entries.remove(place)),
                _ => self.blocks.without(block),
            },
        }
    }

    fn insert_block(&self, lines: &str, at: Option<usize>) -> Result<String, Refusal> {
        let last = (0..self.blocks.len()).rfind(|block| self.blocks.kind(*block) == "story");
        let place = match at {
            None => last.map_or(self.blocks.len(), |block| block + 1),
            at => nth(at, self.blocks.len(), "blocks", "this issue")?,
        };
        Ok(self.blocks.with(place, lines))
    }

    /// A new key at the end of those before the first block.
    fn with_key(&self, key: &str, value: &str) -> String {
        let root = self.document.as_table();
        let last = root.iter().filter_map(|(_, item)| item.as_value()?.span()).map(|span| span.end).max();
        let newline = newline(self.text);
        match last {
            Some(end) => {
                let line = self.text[end..].find('\n').map_or(self.text.len(), |at| end + at + 1);
                let open = !self.text[..line].ends_with('\n');
                let (before, after) = if open { (newline, "") } else { ("", newline) };
                apply(self.text, vec![(line..line, format!("{before}{key} = {value}{after}"))])
            }
            None => format!("{key} = {value}{newline}{newline}{}", self.text),
        }
    }
}

/// Changes of a text: these bytes become this.
type Changes = Vec<(Range<usize>, String)>;

fn apply(text: &str, mut changes: Changes) -> String {
    changes.sort_by_key(|(span, _)| (span.start, span.end));
    let mut out = String::with_capacity(text.len() + 64);
    let mut done = 0;
    for (span, with) in changes {
        out.push_str(&text[done..span.start]);
        out.push_str(&with);
        done = span.end;
    }
    out.push_str(&text[done..]);
    out
}

/// A place from 0 out of one from 1; without one it is the last.
fn nth(at: Option<usize>, len: usize, what: &str, whose: &str) -> Result<usize, Refusal> {
    match at {
        None => Ok(len),
        Some(at) if (1..=len + 1).contains(&at) => Ok(at - 1),
        Some(at) => Err(Refusal::new(format!("there is no place {at} in {whose}"))
            .hint(format!("its {what} are counted from 1; the last place is {}", len + 1))),
    }
}

fn story_block(story: &str, show: Option<&str>) -> String {
    let show = quoted(show.unwrap_or("full"));
    format!("[[block]]\ntype  = \"story\"\nstory = {}\nshow  = {show}", quoted(story))
}

/// A text as TOML writes it on one line: quotes and backslashes escaped, control characters a space.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            character if character.is_control() => out.push(' '),
            character => out.push(character),
        }
    }
    out + "\""
}

/// The name in `"x"` or `{story = "x", …}`.
fn story_name(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| named(value.as_inline_table(), "story"))
}

fn stories(table: &Table) -> Vec<&str> {
    let own = table.get("story").and_then(Item::as_value).and_then(story_name);
    let list = table.get("stories").and_then(Item::as_array);
    own.into_iter().chain(list.into_iter().flat_map(|list| list.iter().filter_map(story_name))).collect()
}

fn named<'t>(table: Option<&'t toml_edit::InlineTable>, key: &str) -> Option<&'t str> {
    table?.get(key)?.as_str()
}

/// The line end this file uses.
fn newline(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}
