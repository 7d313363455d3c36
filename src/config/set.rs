//! `--set KEY=VALUE`: one key of config.toml, for this run only.
//!
//! The table of keys says how VALUE is read: text is taken as it stands, everything else is TOML, so that a
//! shell needs no quotes inside quotes. What is set this way has a place too: the argument itself.

use std::sync::Arc;

use crate::config::keys::{self, Found, Shape};
use crate::config::tree::{self, Entry, Kind, Table, Value};
use crate::finding::{Finding, Findings, Source};

/// Puts each argument into the tree, the last one winning; tables that are missing are made.
pub(crate) fn apply(table: &mut Table, set: &[String], out: &mut Findings) {
    out.extend(set.iter().filter_map(|argument| apply_one(table, argument).err()));
}

fn apply_one(table: &mut Table, argument: &str) -> Result<(), Finding> {
    let source = Arc::new(Source { path: "--set".to_owned(), text: super::read::redact(argument) });
    let argument = source.text.as_str();
    let Some(equals) = argument.find('=') else {
        let title = "`--set` takes KEY=VALUE";
        return Err(Finding::error("config", title).at(&source, 0..argument.len(), "there is no = here"));
    };
    let (key, start) = (argument[..equals].trim(), equals + 1);
    let path = path(key).ok_or_else(|| {
        Finding::error("config", format!("`{key}` is not a key")).at(
            &source,
            0..equals,
            "expected names joined by dots",
        )
    })?;
    let found = keys::find(&path).map_err(|(_, meant)| {
        let finding =
            Finding::error("config", format!("there is no key `{key}`")).at(&source, 0..equals, "unknown key");
        match meant {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None => finding.help("config.toml explains every key there is"),
        }
    })?;
    let value = match found {
        Found::Key(known) if known.shape == Shape::Text => Value {
            source: source.clone(),
            span: start..argument.len(),
            kind: Kind::Text(argument[start..].to_owned()),
        },
        Found::Key(known) => tree::value(&source, start..argument.len()).map_err(|problem| {
            Finding::error("config", format!("the value of `{key}` is not TOML: {problem}")).at(
                &source,
                start..argument.len(),
                format!("expected {}", known.shape.describe()),
            )
        })?,
        Found::Table => {
            return Err(Finding::error("config", format!("`{key}` is a table"))
                .at(&source, 0..equals, "expected one of its keys")
                .help("name the key inside it, such as `serve.url=…`"));
        }
    };
    put(table, &path, value);
    Ok(())
}

/// `a.b."c d"` as names, by the rules of TOML itself.
fn path(key: &str) -> Option<Vec<String>> {
    let probe = Arc::new(Source { path: String::new(), text: format!("{key} = 0") });
    if key.contains(['\n', '=', '#']) {
        return None;
    }
    let document = tree::read(&probe, 0..probe.text.len(), "config", &mut Findings::default());
    if document.broken {
        return None;
    }
    let mut names = Vec::new();
    let mut table = &document.table;
    while let Some(entry) = table.entries.first() {
        names.push(entry.key.clone());
        match entry.value.table() {
            Some(inner) => table = inner,
            None => break,
        }
    }
    (!names.is_empty()).then_some(names)
}

fn put(table: &mut Table, path: &[String], value: Value) {
    let Some((name, rest)) = path.split_first() else { return };
    let at = match table.entries.iter().position(|entry| entry.key == *name) {
        Some(at) => at,
        None => {
            let kind = Kind::Table(Table::default());
            let made = Value { source: value.source.clone(), span: value.span.clone(), kind };
            table.entries.push(Entry { key: name.clone(), span: value.span.clone(), value: made });
            table.entries.len() - 1
        }
    };
    let entry = &mut table.entries[at];
    if rest.is_empty() {
        entry.value = value;
        return;
    }
    if !matches!(entry.value.kind, Kind::Table(_)) {
        entry.value.kind = Kind::Table(Table::default());
    }
    if let Kind::Table(inner) = &mut entry.value.kind {
        put(inner, rest, value);
    }
}
