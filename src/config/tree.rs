//! A TOML text as a tree in which every value knows where it stands.
//!
//! Config, issue files and the front matter of stories are all read through this. It is the one place that
//! touches the TOML parser: serde would lose the places, and the parser's own tables come sorted by key,
//! whereas a person reads from top to bottom. A broken text still gives a tree of what could be read, so
//! that one mistake does not hide the next.

use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::finding::{Finding, Findings, Source};

pub(crate) use super::text::Text;
pub(crate) use toml::value::{Date, Datetime, Offset};

/// A value and its place.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    pub(crate) source: Arc<Source>,
    pub(crate) span: Range<usize>,
    pub(crate) kind: Kind,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Text(String),
    Whole(i64),
    Number(f64),
    Flag(bool),
    Time(Datetime),
    List(Vec<Value>),
    Table(Table),
}

/// A table, its entries from top to bottom.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub(crate) entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    /// Of the key.
    pub(crate) span: Range<usize>,
    pub(crate) value: Value,
}

/// What came of reading a text.
pub(crate) struct Document {
    pub(crate) table: Table,
    /// The TOML itself is broken: what seems missing may only be unreadable.
    pub(crate) broken: bool,
}

/// Reads a stretch of a file as TOML. Never fails: what cannot be read is a finding named `check`.
pub(crate) fn read(source: &Arc<Source>, range: Range<usize>, check: &'static str, out: &mut Findings) -> Document {
    let base = range.start;
    let text = &source.text[range];
    if let Some(at) = too_deep(text) {
        out.push(Finding::error(check, TOO_DEEP).at(source, base + at..base + at + 1, "here"));
        return Document { table: Table::default(), broken: true };
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    let broken = !errors.is_empty();
    for (span, message) in complaints(text, &errors) {
        let title = format!("this is not TOML: {message}");
        if let Some(opening) = unclosed(text, span.start, message) {
            let at = base + opening;
            out.push(Finding::error(check, title).at(source, at..at + 3, "opened here").help(SYNTAX_HELP));
            continue;
        }
        if let Some(end) = comma(&text[..span.start], message) {
            let last = text[..end].char_indices().next_back().map_or(0, |(at, _)| at);
            let finding = Finding::error(check, title).at(source, base + last..base + end, "a comma belongs here");
            out.push(finding.fix(base + end..base + end, ","));
            continue;
        }
        out.push(Finding::error(check, title).at(source, base + span.start..base + span.end, "").help(SYNTAX_HELP));
    }
    Document { table: Reader { source, base }.table(table.into_inner()), broken }
}

/// Where a text of many lines opens that the parser found unclosed at the end of the file.
fn unclosed(text: &str, at: usize, message: &str) -> Option<usize> {
    if !message.starts_with("invalid multi-line") || at < text.trim_end().len() {
        return None;
    }
    ["\"\"\"", "'''"].into_iter().filter_map(|quotes| text.rfind(quotes)).max()
}

/// Where the comma is missing that the parser wants before what it met: behind the item before, not on the next line.
fn comma(before: &str, message: &str) -> Option<usize> {
    if !message.starts_with("missing comma") {
        return None;
    }
    let item = before.trim_end();
    let line = item.rsplit('\n').next().unwrap_or_default();
    (!item.is_empty() && !line.contains('#')).then_some(item.len())
}

/// The parser's complaints from top to bottom. It stumbles on after each: only its first about a line is worth reading.
fn complaints<'e>(text: &str, errors: &'e [toml::de::Error]) -> Vec<(Range<usize>, &'e str)> {
    let place = |error: &toml::de::Error| {
        let span = error.span().unwrap_or(0..0);
        span.start.min(text.len())..span.end.min(text.len())
    };
    let mut all: Vec<(usize, Range<usize>, &str)> =
        errors.iter().enumerate().map(|(nth, error)| (nth, place(error), error.message())).collect();
    all.sort_by_key(|(_, span, _)| span.start);
    let mut firsts: Vec<(usize, Range<usize>, &str)> = Vec::new();
    let mut line = 0..0;
    for complaint in all {
        match firsts.last_mut().filter(|_| line.contains(&complaint.1.start)) {
            Some(first) if complaint.0 < first.0 => *first = complaint,
            Some(_) => {}
            None => {
                let start = complaint.1.start;
                line = start..text[start..].find('\n').map_or(text.len() + 1, |newline| start + newline + 1);
                firsts.push(complaint);
            }
        }
    }
    firsts.into_iter().map(|(_, span, message)| (span, message)).collect()
}

const SYNTAX_HELP: &str = "a line reads `key = \"text in quotes\"`; long text stands between two lines of three quotes";

/// Reads one TOML value, as given on the command line.
///
/// # Errors
/// The parser's sentence.
pub(crate) fn value(source: &Arc<Source>, range: Range<usize>) -> Result<Value, String> {
    let text = &source.text[range.clone()];
    if too_deep(text).is_some() {
        return Err(TOO_DEEP.to_owned());
    }
    let value = DeValue::parse(text).map_err(|error| error.message().to_owned())?;
    Ok(Reader { source, base: range.start }.value(value))
}

const TOO_DEEP: &str = "this is nested deeper than any newsroom's file";

/// Tables and lists inside one another beyond which a text is refused unread. The parser limits brackets and
/// the dots of a key each by itself, but their product overflows the stack of whoever walks the tree.
const DEEPEST: usize = 100;

/// Where brackets, and the dots of the keys before them, go too deep; strings and comments do not count.
fn too_deep(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    // The dots of the key being read, and for each open bracket those of the key before it.
    let (mut dots, mut open, mut depth) = (0, Vec::new(), 0);
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' | b'\'' => {
                at = string_end(bytes, at);
                continue;
            }
            b'#' => at += text[at..].find('\n').unwrap_or(text.len() - at).saturating_sub(1),
            b'.' => dots += 1,
            b',' | b'\n' => dots = 0,
            b'[' | b'{' => {
                depth += dots + 1;
                open.push(std::mem::take(&mut dots));
            }
            b']' | b'}' => depth -= open.pop().map_or(0, |dots| dots + 1),
            _ => {}
        }
        if depth > DEEPEST {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// The byte behind a string: one that is never closed ends with its line, or with the text if it has several.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let quote = bytes[start];
    let long = bytes[start..].starts_with(&[quote; 3]);
    let mut at = start + if long { 3 } else { 1 };
    while let Some(byte) = bytes.get(at) {
        match *byte {
            b'\\' if quote == b'"' => at += 1,
            b'\n' if !long => return at,
            byte if byte == quote && !long => return at + 1,
            byte if byte == quote && bytes[at..].starts_with(&[quote; 3]) => return at + 3,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

struct Reader<'s> {
    source: &'s Arc<Source>,
    base: usize,
}

impl Reader<'_> {
    fn table(&self, table: DeTable<'_>) -> Table {
        let mut entries: Vec<Entry> = table
            .into_iter()
            .map(|(key, value)| Entry {
                span: self.place(key.span()),
                key: key.into_inner().into_owned(),
                value: self.value(value),
            })
            .collect();
        entries.sort_by_key(|entry| entry.span.start);
        Table { entries }
    }

    fn value(&self, value: Spanned<DeValue<'_>>) -> Value {
        let span = self.place(value.span());
        let kind = match value.into_inner() {
            DeValue::String(text) => Kind::Text(text.into_owned()),
            DeValue::Integer(whole) => match i64::from_str_radix(whole.as_str(), whole.radix()) {
                Ok(whole) => Kind::Whole(whole),
                // Larger than anything counted here; kept as a number so that it is refused by size, not by type.
                Err(_) => Kind::Number(f64::INFINITY),
            },
            DeValue::Float(number) => Kind::Number(number.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(flag) => Kind::Flag(flag),
            DeValue::Datetime(time) => Kind::Time(time),
            DeValue::Array(items) => Kind::List(items.into_iter().map(|item| self.value(item)).collect()),
            DeValue::Table(table) => Kind::Table(self.table(table)),
        };
        Value { source: self.source.clone(), span, kind }
    }

    fn place(&self, span: Range<usize>) -> Range<usize> {
        self.base + span.start..self.base + span.end
    }
}

impl Table {
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.entry(key).map(|entry| &entry.value)
    }

    pub(crate) fn text(&self, key: &str) -> Option<Text> {
        self.get(key).and_then(Value::text)
    }

    pub(crate) fn table(&self, key: &str) -> Option<&Self> {
        self.get(key).and_then(Value::table)
    }

    /// The items of a list; none where there is no such list.
    pub(crate) fn list(&self, key: &str) -> &[Value] {
        match self.get(key).map(|value| &value.kind) {
            Some(Kind::List(items)) => items,
            _ => &[],
        }
    }

    /// The entries of an inner table; none where there is no such table.
    pub(crate) fn inner(&self, key: &str) -> &[Entry] {
        self.table(key).map_or(&[], |table| &table.entries)
    }
}

impl Value {
    pub(crate) fn text(&self) -> Option<Text> {
        match &self.kind {
            Kind::Text(value) => Some(Text::new(value.clone(), &self.source, self.span.clone())),
            _ => None,
        }
    }

    pub(crate) fn table(&self) -> Option<&Table> {
        match &self.kind {
            Kind::Table(table) => Some(table),
            _ => None,
        }
    }

    pub(crate) fn number(&self) -> Option<f64> {
        match self.kind {
            Kind::Number(number) => Some(number),
            #[expect(clippy::cast_precision_loss, reason = "counts and shares in settings are small")]
            Kind::Whole(whole) => Some(whole as f64),
            _ => None,
        }
    }

    pub(crate) fn whole(&self) -> Option<i64> {
        match self.kind {
            Kind::Whole(whole) => Some(whole),
            _ => None,
        }
    }

    pub(crate) fn flag(&self) -> Option<bool> {
        match self.kind {
            Kind::Flag(flag) => Some(flag),
            _ => None,
        }
    }

    pub(crate) fn time(&self) -> Option<Datetime> {
        match self.kind {
            Kind::Time(time) => Some(time),
            _ => None,
        }
    }

    /// What it is, in an editor's word.
    pub(crate) fn shape(&self) -> &'static str {
        match self.kind {
            Kind::Text(_) => "text",
            Kind::Whole(_) | Kind::Number(_) => "a number",
            Kind::Flag(_) => "true or false",
            Kind::Time(_) => "a date",
            Kind::List(_) => "a list",
            Kind::Table(_) => "a table",
        }
    }
}
