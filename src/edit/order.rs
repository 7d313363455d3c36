//! Keys in the order of the house: lines change seats, with the comments above them, and nothing else.

use toml_edit::{Document, Item, Table};

use crate::edit::{Changes, apply, blocks};
use crate::issue::file::{ENVELOPE, keys};
use crate::issue::story::{SNIPPET_KEYS, STORY_KEYS};

/// An issue file with its keys, and those of its blocks, in order. One that does not read stays as it is.
pub(crate) fn issue(text: &str) -> String {
    let Ok(document) = Document::parse(text) else { return text.to_owned() };
    let root = document.as_table();
    let mut changes = seats(text, root, &ENVELOPE);
    for block in root.get("block").and_then(Item::as_array_of_tables).into_iter().flatten() {
        let kind = block.get("type").and_then(Item::as_str).unwrap_or_default();
        changes.extend(seats(text, block, &keys(kind)));
    }
    apply(text, changes)
}

/// A story or snippet with the keys of its front matter in order.
pub(crate) fn page(text: &str) -> String {
    let Some((before, front, after)) = front_matter(text) else { return text.to_owned() };
    let Ok(document) = Document::parse(front) else { return text.to_owned() };
    let root = document.as_table();
    let order = if root.contains_key("headline") { STORY_KEYS } else { SNIPPET_KEYS };
    format!("{before}{}{after}", apply(front, seats(front, root, order)))
}

fn front_matter(text: &str) -> Option<(&str, &str, &str)> {
    let fence = |line: &str| line.trim_end() == "+++";
    let mut at = 0;
    let mut open = None;
    for line in text.split_inclusive('\n') {
        match open {
            None if fence(line) => open = Some(at + line.len()),
            None if !line.trim().is_empty() => return None,
            Some(from) if fence(line) => return Some((&text[..from], &text[from..at], &text[at..])),
            _ => {}
        }
        at += line.len();
    }
    None
}

/// The lines of a table's keys, in order, where each stands on lines of its own.
fn seats(text: &str, table: &Table, order: &[&str]) -> Changes {
    let mut lines = Vec::new();
    for (name, _) in table.iter() {
        let Some((key, item)) = table.get_key_value(name) else { continue };
        let value = match item {
            Item::Value(value) => value.span(),
            // Tables of their own follow all keys; a dotted key has no one line to move.
            Item::Table(inner) if inner.is_dotted() => return Vec::new(),
            _ => continue,
        };
        let (Some(key), Some(value)) = (key.span(), value) else { return Vec::new() };
        let line = text[..key.start].rfind('\n').map_or(0, |at| at + 1);
        let end = text[value.end..].find('\n').map_or(text.len(), |at| value.end + at);
        if !text[line..key.start].trim().is_empty() {
            return Vec::new();
        }
        // A comment at the very top is about the file.
        let start = Some(blocks::with_comments(text, key.start)).filter(|start| *start > 0).unwrap_or(line);
        lines.push((start..end, name));
    }
    lines.sort_by_key(|(span, _)| span.start);
    if lines.windows(2).any(|pair| pair[0].0.end > pair[1].0.start) {
        return Vec::new();
    }
    // A key that is not known stays behind the one it stands behind: it may be a slip of that place.
    let mut rank = 0;
    let ranked = lines.iter().map(|(span, name)| {
        rank = order.iter().position(|known| known == name).unwrap_or(rank);
        (rank, span.clone())
    });
    let mut ordered: Vec<_> = ranked.collect();
    ordered.sort_by_key(|(rank, _)| *rank);
    let seats = lines.iter().zip(ordered).filter(|((seat, _), (_, own))| seat != own);
    seats.map(|((seat, _), (_, own))| (seat.clone(), text[own].to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_take_the_order_of_the_house_and_bring_their_comments() {
        let text = "# The morning\n\npreheader = \"b\" # aside\n# about the subject\nsubject = \"a\"\n\n[[block]]\n\
                    text = \"\"\"\ntwo\nlines\"\"\"\ntype = \"letter\"\n";
        let wanted = "# The morning\n\n# about the subject\nsubject = \"a\"\npreheader = \"b\" # aside\n\n[[block]]\n\
                      type = \"letter\"\ntext = \"\"\"\ntwo\nlines\"\"\"\n";
        assert_eq!(issue(text), wanted);
        assert_eq!(issue(wanted), wanted);
    }

    #[test]
    fn front_matter_is_ordered_and_the_words_below_are_not() {
        let text = "+++\r\nform = \"pick\"\r\nheadline = \"x\"\r\n+++\r\nform = 1\r\n";
        assert_eq!(page(text), "+++\r\nheadline = \"x\"\r\nform = \"pick\"\r\n+++\r\nform = 1\r\n");
        assert_eq!(page("no front matter"), "no front matter");
    }
}
