//! The skeleton of an issue: its blocks without what was news that day.
//!
//! What has to be written anew becomes "TK", newsroom for "to come", which the check `placeholder` finds.

use toml_edit::{Item, Table, Value};

use crate::edit::{Changes, Page, Refusal, apply};

/// Keys of an issue that belonged to its day.
const OF_THE_DAY: [&str; 4] = ["date", "send_at", "audience", "waive"];
/// Blocks that make no sense a second time.
const ONCE: [&str; 1] = ["correction"];
/// Keys of blocks that are written anew, and those that belonged to a picture, a quoted story, a poll.
const ANEW: [&str; 10] = ["story", "text", "figure", "source", "who", "question", "name", "src", "alt", "title"];
const GONE: [&str; 7] = ["from", "credit", "caption", "url", "width", "image", "id"];

/// # Errors
/// The file does not read.
pub(crate) fn skeleton(text: &str) -> Result<String, Refusal> {
    let page = Page::read(text)?;
    let once = (0..page.blocks.len()).rev().find(|block| ONCE.contains(&page.blocks.kind(*block)));
    if let Some(block) = once {
        return skeleton(&page.blocks.without(block));
    }
    let mut changes = envelope(text, page.document.as_table());
    for block in 0..page.blocks.len() {
        if let Some(table) = page.table(block) {
            changes.extend(emptied(text, table));
        }
    }
    Ok(apply(text, changes))
}

/// An issue file as `new` gives it to the editor: the note at the head of the template, which is about the
/// template, gives way to one line about the issue.
pub(crate) fn headed(text: &str, head: &str) -> String {
    let note = text.lines().take_while(|line| line.starts_with('#')).map(|line| line.len() + 1).sum::<usize>();
    let rest = text.get(note..).unwrap_or_default().trim_start_matches(['\n', '\r']);
    format!("# {head}\n\n{rest}")
}

fn envelope(text: &str, root: &Table) -> Changes {
    let news = ["subject", "preheader"].iter().filter_map(|key| come(root.get(key)?.as_value()?));
    let gone = OF_THE_DAY.iter().filter_map(|key| line(text, root, key)).map(|line| (line, String::new()));
    news.chain(gone).collect()
}

fn emptied(text: &str, table: &Table) -> Changes {
    let mut changes: Changes = ANEW.iter().filter_map(|key| come(table.get(key)?.as_value()?)).collect();
    changes.extend(GONE.iter().filter_map(|key| line(text, table, key)).map(|line| (line, String::new())));
    for (key, empty) in [("stories", "[]"), ("rows", "[]"), ("button", "{ label = \"TK\", url = \"TK\" }")] {
        if let Some(span) = table.get(key).and_then(Item::as_value).and_then(Value::span) {
            changes.push((span, empty.to_owned()));
        }
    }
    changes
}

/// A value that is to come.
fn come(value: &Value) -> Option<(std::ops::Range<usize>, String)> {
    let several = value.as_str().is_some_and(|text| text.contains('\n'));
    Some((value.span()?, if several { "\"\"\"\nTK\n\"\"\"".to_owned() } else { "\"TK\"".to_owned() }))
}

/// The whole line, or lines, of a key.
fn line(text: &str, table: &Table, key: &str) -> Option<std::ops::Range<usize>> {
    let (key, item) = table.get_key_value(key)?;
    let start = text[..key.span()?.start].rfind('\n').map_or(0, |at| at + 1);
    let end = item.as_value()?.span()?.end;
    Some(start..text[end..].find('\n').map_or(text.len(), |at| end + at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_comes_again_and_its_figures_do_not() {
        let past = "subject = \"Rain\"\n\n[[block]]\ntype = \"chart\"\nlabel = \"The gauge\"\nkind = \"bars\"\ntitle = \"Rain\"\nunit = \"mm\"\n\
            rows = [\n  [\"Monday\", 3],\n  [\"Tuesday\", 9],\n]\nalt = \"It rained\"\n\n[[block]]\ntype = \"correction\"\nof = 2026-11-23\ntext = \"No\"\n";
        let come = "subject = \"TK\"\n\n[[block]]\ntype = \"chart\"\nlabel = \"The gauge\"\nkind = \"bars\"\ntitle = \"TK\"\nunit = \"mm\"\n\
            rows = []\nalt = \"TK\"\n";
        assert_eq!(skeleton(past).unwrap().trim_end(), come.trim_end());
    }
}
