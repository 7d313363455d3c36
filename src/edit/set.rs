//! One value of an issue: a line of its envelope, a block's label, its depth, its place.
//!
//! A block is meant by its number from 1, as the outline counts them.

use std::ops::Range;

use toml_edit::{Item, Table, Value};

use crate::edit::{Page, Refusal, apply, newline, quoted};
use crate::issue::file::{ENVELOPE, keys};

/// What an inbox shows of an issue before it is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    Subject,
    Preheader,
}

impl Line {
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Preheader => "preheader",
        }
    }
}

/// Writes subject or preheader anew.
///
/// # Errors
/// The file does not read.
pub(crate) fn write(text: &str, line: Line, words: &str) -> Result<String, Refusal> {
    let page = Page::read(text)?;
    Ok(with(text, page.document.as_table(), &ENVELOPE, (line.key(), words), None))
}

/// Gives a block this label; an empty one is taken away.
///
/// # Errors
/// There is no such block, or the file does not read.
pub(crate) fn label(text: &str, block: usize, label: &str) -> Result<String, Refusal> {
    let page = Page::read(text)?;
    let (table, kind) = page.block(block)?;
    if label.trim().is_empty() {
        return Ok(without(text, table, "label"));
    }
    Ok(with(text, table, &keys(kind), ("label", label.trim()), table.span()))
}

/// Shows the stories of a block at this depth.
///
/// # Errors
/// It shows none, or there is no such block, or the file does not read.
pub(crate) fn depth(text: &str, block: usize, show: &str) -> Result<String, Refusal> {
    let page = Page::read(text)?;
    let (table, kind) = page.block(block)?;
    if !keys(kind).contains(&"show") {
        let called = page.blocks.called(block - 1);
        return Err(Refusal::new(format!("{called} shows no stories, so it has no depth")));
    }
    Ok(with(text, table, &keys(kind), ("show", show), table.span()))
}

/// Puts a story into the list of this block, or in the place the template kept for one.
///
/// # Errors
/// It is in the issue already, or the block takes none.
pub(crate) fn add_to(text: &str, story: &str, block: usize) -> Result<String, Refusal> {
    let page = Page::read(text)?;
    page.block(block)?;
    page.must_be_new(story)?;
    page.take_in(block - 1, &quoted(story), None)
}

/// Moves a block to another place, both counted from 1; the comment above it goes with it.
///
/// # Errors
/// There is no such block or place, or the file does not read.
pub(crate) fn place(text: &str, block: usize, at: usize) -> Result<String, Refusal> {
    let page = Page::read(text)?;
    page.block(block)?;
    page.blocks.moved(block - 1, at)
}

/// Takes a block out, with the comment above it.
///
/// # Errors
/// There is no such block, or the file does not read.
pub(crate) fn remove(text: &str, block: usize) -> Result<String, Refusal> {
    let page = Page::read(text)?;
    page.block(block)?;
    Ok(page.blocks.without(block - 1))
}

impl Page<'_> {
    /// The table of a block, counted from 1, and its type.
    fn block(&self, number: usize) -> Result<(&Table, &str), Refusal> {
        let place = number.checked_sub(1);
        place.and_then(|place| Some((self.table(place)?, self.blocks.kind(place)))).ok_or_else(|| {
            Refusal::new(format!("this issue has no block {number}")).hint(format!("it has {}", self.blocks.len()))
        })
    }
}

/// The text with a key of a table at this value. A new one takes the seat the house gives it among its
/// neighbours, and their alignment; `header` is where the table begins, unless it is the file.
fn with(text: &str, table: &Table, order: &[&str], pair: (&str, &str), header: Option<Range<usize>>) -> String {
    let (key, value) = (pair.0, quoted(pair.1));
    let written = table.get(key).and_then(Item::as_value);
    if written.and_then(Value::as_str) == Some(pair.1) {
        return text.to_owned();
    }
    if let Some(span) = written.and_then(Value::span) {
        return apply(text, vec![(span, value)]);
    }
    let rank = |name: &str| order.iter().position(|known| *known == name);
    let lines = lines(text, table);
    let earlier = |name: &str| rank(name).is_some_and(|own| Some(own) < rank(key));
    let before = lines.iter().filter(|line| earlier(line.name)).max_by_key(|line| line.whole.end);
    let newline = newline(text);
    if let Some(line) = before.or_else(|| lines.iter().min_by_key(|line| line.whole.start)) {
        let written = format!("{}{value}{newline}", line.like(text, key));
        let at = if before.is_some() { line.whole.end } else { line.whole.start };
        let open = if text[..at].is_empty() || text[..at].ends_with('\n') { "" } else { newline };
        return apply(text, vec![(at..at, format!("{open}{written}"))]);
    }
    match header {
        Some(header) => {
            let end = text[header.end..].find('\n').map_or(text.len(), |at| header.end + at + 1);
            let open = if text[..end].ends_with('\n') { "" } else { newline };
            apply(text, vec![(end..end, format!("{open}{key} = {value}{newline}"))])
        }
        None => format!("{key} = {value}{newline}{newline}{text}"),
    }
}

/// The text without a key of a table, and without its line where it has one to itself.
fn without(text: &str, table: &Table, key: &str) -> String {
    let gone = lines(text, table).into_iter().find(|line| line.name == key);
    gone.map_or_else(|| text.to_owned(), |line| apply(text, vec![(line.whole, String::new())]))
}

/// A key and its value, where they stand on lines of their own.
struct Written<'t> {
    name: &'t str,
    key: Range<usize>,
    value: Range<usize>,
    /// From the first of its lines to the end of the last, line end included.
    whole: Range<usize>,
}

impl Written<'_> {
    /// `show  = `: a key written as this one is, its `=` below this one's.
    fn like(&self, text: &str, key: &str) -> String {
        let indent = &text[self.whole.start..self.key.start];
        let between = &text[self.key.end..self.value.start];
        let (gap, after) = between.split_once('=').unwrap_or((" ", " "));
        let room = (self.key.len() + gap.len()).saturating_sub(key.len());
        let gap = " ".repeat(if gap.is_empty() { 0 } else { room.max(1) });
        format!("{indent}{key}{gap}={after}")
    }
}

fn lines<'t>(text: &str, table: &'t Table) -> Vec<Written<'t>> {
    let written = |name: &'t str| {
        let (key, item) = table.get_key_value(name)?;
        let (key, value) = (key.span()?, item.as_value()?.span()?);
        let start = text[..key.start].rfind('\n').map_or(0, |at| at + 1);
        let end = text[value.end..].find('\n').map_or(text.len(), |at| value.end + at + 1);
        text[start..key.start].trim().is_empty().then_some(Written { name, key, value, whole: start..end })
    };
    table.iter().filter_map(|(name, _)| written(name)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::edit::outline;
    use crate::edit::tests::{ISSUE, changed, issues};

    #[test]
    fn the_subject_changes_in_its_line_and_nothing_else_does() {
        let after = write(ISSUE, Line::Subject, "The \"pump\" did not").unwrap();
        assert_eq!(changed(&after), "-subject   = \"The barrier held\"\n+subject   = \"The \\\"pump\\\" did not\"\n");
    }

    #[test]
    fn a_line_that_was_not_there_takes_its_seat_and_the_alignment_of_its_neighbour() {
        let after = write(ISSUE, Line::Preheader, "One pump did not").unwrap();
        assert_eq!(changed(&after), "+preheader = \"One pump did not\"\n");
        assert!(after.contains("held\"\npreheader = \"One pump did not\"\neditor "));
        let after = write("editor = \"x\"\n", Line::Subject, "y").unwrap();
        assert_eq!(after, "subject = \"y\"\neditor = \"x\"\n");
        assert_eq!(write("", Line::Subject, "y").unwrap(), "subject = \"y\"\n\n");
    }

    #[test]
    fn a_value_that_is_the_same_keeps_its_quotes() {
        assert_eq!(
            write("subject = 'The pump' # so\n", Line::Subject, "The pump").unwrap(),
            "subject = 'The pump' # so\n"
        );
    }

    #[test]
    fn a_label_comes_changes_and_goes() {
        let named = label(ISSUE, 4, "The rail").unwrap();
        assert_eq!(changed(&named), "+label = \"The rail\"\n");
        assert!(named.contains("type  = \"picks\"\nlabel = \"The rail\"\nid    = \"rail\"\n"), "{named}");
        assert_eq!(label(&named, 4, " ").unwrap(), ISSUE);
        let after = label(ISSUE, 2, "The lead").unwrap();
        assert_eq!(changed(&after), "-label = \"The big story\"\n+label = \"The lead\"\n");
    }

    #[test]
    fn a_depth_is_for_blocks_that_show_stories() {
        assert_eq!(changed(&depth(ISSUE, 2, "brief").unwrap()), "-show  = \"full\"\n+show  = \"brief\"\n");
        let after = depth(ISSUE, 3, "teaser").unwrap();
        assert!(after.contains("label = \"Three things to know\"\nshow  = \"teaser\"\nstories = [\n"), "{after}");
        let refusal = depth(ISSUE, 1, "full").unwrap_err();
        assert_eq!(refusal.message, "block 1 (contents) shows no stories, so it has no depth");
    }

    #[test]
    fn any_block_moves_and_goes() {
        let after = place(ISSUE, 5, 1).unwrap();
        assert!(
            after.contains("# on duty\n\n[[block]]\ntype = \"divider\"\n\n[[block]]\ntype = \"contents\""),
            "{after}"
        );
        assert_eq!(place(&after, 1, 5).unwrap(), ISSUE);
        assert_eq!(changed(&remove(ISSUE, 5).unwrap()), "-\n-[[block]]\n-type = \"divider\"\n");
        for number in [0, 6] {
            assert_eq!(remove(ISSUE, number).unwrap_err().message, format!("this issue has no block {number}"));
        }
    }

    #[test]
    fn an_outline_is_made_of_a_text_that_is_no_issue() {
        let text = "[[block]]\ntype = \"list\" # [[block]]\nstories = [\"a\", { story = \"b\" }]\n\n# [[block]]\n\
                    [[block]]\ntype = \"nonsense\"\nid = \"x\"  # aside\ntext = \"\"\"\n[[block]]\nwords\"\"\"\n";
        let outline = outline(text).unwrap();
        let blocks: Vec<_> = outline.blocks.iter().map(|block| (block.id.as_str(), block.gist.as_str())).collect();
        assert_eq!(blocks, [("b1", ""), ("x", "[[block]] words")]);
        assert_eq!(outline.blocks[0].show.as_deref(), Some(""));
        assert_eq!(outline.of("b").map(|block| block.id.as_str()), Some("b1"));
        let at = |words: &str| outline.at(text.find(words).unwrap()).map(|block| block.id.as_str());
        assert_eq!((at("\"a\""), at("# [["), at("words")), (Some("b1"), Some("b1"), Some("x")));
        assert_eq!((at("\n# [[block]]"), at("# [[block]]\n[")), (Some("b1"), Some("x")));
    }

    proptest! {
        #[test]
        fn what_is_read_and_written_as_it_is_stays_byte_for_byte(text in issues(), block in 1..6_usize) {
            let page = outline(&text).unwrap();
            prop_assert_eq!(write(&text, Line::Subject, &page.subject).unwrap(), text.clone());
            if let Some(own) = page.blocks.get(block - 1) {
                prop_assert_eq!(label(&text, block, &own.label).unwrap(), text.clone());
                prop_assert_eq!(place(&text, block, block).unwrap(), text.clone());
                if let Some(show) = own.show.as_ref().filter(|show| !show.is_empty()) {
                    prop_assert_eq!(depth(&text, block, show).unwrap(), text.clone());
                }
            }
            prop_assert_eq!(crate::edit::mended(&text, &mut []), text);
        }

        #[test]
        fn an_edit_in_place_keeps_every_comment_and_every_other_value(
            text in issues(), block in 1..6_usize, at in 1..6_usize, words in "[^#\\p{C}]{1,30}"
        ) {
            let before = outline(&text).unwrap();
            let edits = [
                write(&text, Line::Subject, &words),
                write(&text, Line::Preheader, &words),
                label(&text, block, &words),
                depth(&text, block, "brief"),
                place(&text, block, at),
            ];
            for (nth, after) in edits.into_iter().enumerate() {
                let Ok(after) = after else { continue };
                let now = outline(&after).unwrap();
                prop_assert_eq!(after.matches('#').count(), text.matches('#').count());
                prop_assert_eq!(after.matches("\r\n").count() > 0, text.matches("\r\n").count() > 0);
                prop_assert_eq!(now.blocks.len(), before.blocks.len());
                let stories = |outline: &crate::edit::Outline| {
                    let mut all: Vec<String> = outline.blocks.iter().flat_map(|block| block.stories.clone()).collect();
                    all.sort();
                    all
                };
                prop_assert_eq!(stories(&now), stories(&before));
                match nth {
                    0 => prop_assert_eq!(&now.subject, &words),
                    1 => prop_assert_eq!(&now.preheader, &words),
                    2 => prop_assert_eq!(&now.blocks[block - 1].label, words.trim()),
                    3 => prop_assert_eq!(now.blocks[block - 1].show.as_deref(), Some("brief")),
                    _ => prop_assert_eq!(&now.blocks[at - 1].stories, &before.blocks[block - 1].stories),
                }
            }
        }
    }
}
