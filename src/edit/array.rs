//! A list of values as it stands in a file: on one line, or one entry a line, with comments between.

use std::ops::Range;

use toml_edit::Array;

use crate::edit::{Changes, Refusal, newline};

pub(super) struct Entries<'a> {
    text: &'a str,
    /// From `[` to `]`, both included.
    whole: Range<usize>,
    entries: Vec<Range<usize>>,
}

impl<'a> Entries<'a> {
    pub(super) fn of(text: &'a str, array: &Array) -> Result<Self, Refusal> {
        let unplaced = || Refusal::new("a list of this issue has no place in its file");
        let whole = array.span().ok_or_else(unplaced)?;
        let entries: Option<Vec<_>> = array.iter().map(toml_edit::Value::span).collect();
        Ok(Self { text, whole, entries: entries.ok_or_else(unplaced)? })
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// An entry as it is written.
    pub(super) fn written(&self, place: usize) -> &'a str {
        self.entries.get(place).map_or("", |span| &self.text[span.clone()])
    }

    /// A new entry at a place from 0, written as its neighbours are.
    pub(super) fn insert(&self, place: usize, written: &str) -> Changes {
        if let Some(next) = self.entries.get(place) {
            let gap = match self.own_line(next) {
                Some(line) => format!("{}{}", newline(self.text), &self.text[line.start..next.start]),
                None => " ".to_owned(),
            };
            return vec![(next.start..next.start, format!("{written},{gap}"))];
        }
        let Some(last) = self.entries.last() else {
            let (open, close) = (self.whole.start + 1, self.whole.end - 1);
            // Whitespace alone gives way; a comment in there stays, and the entry goes below it.
            return match self.text[open..close].trim() {
                "" => vec![(open..close, written.to_owned())],
                _ => vec![(close..close, format!("    {written},{}", newline(self.text)))],
            };
        };
        let comma = self.comma(last);
        let mut changes = Vec::new();
        if comma.is_none() {
            changes.push((last.end..last.end, ",".to_owned()));
        }
        match self.own_line(last) {
            Some(line) => {
                let indent = &self.text[line.start..last.start];
                let end = self.text[..line.end].trim_end_matches(['\r', '\n']).len();
                let closing = if comma.is_some() { "," } else { "" };
                changes.push((end..end, format!("{}{indent}{written}{closing}", newline(self.text))));
            }
            None => {
                let end = comma.map_or(last.end, |comma| comma.end);
                changes.push((end..end, format!(" {written}")));
            }
        }
        changes
    }

    /// Without the entry at a place; its comment on the same line goes with it.
    pub(super) fn remove(&self, place: usize) -> Changes {
        let Some(entry) = self.entries.get(place) else { return Vec::new() };
        let span = match (self.own_line(entry), self.entries.get(place + 1)) {
            (Some(line), _) => line,
            (None, Some(next)) => entry.start..next.start,
            (None, None) => {
                let start = place.checked_sub(1).map_or(entry.start, |before| self.entries[before].end);
                let end = if place == 0 { self.comma(entry).map_or(entry.end, |comma| comma.end) } else { entry.end };
                start..end
            }
        };
        vec![(span, String::new())]
    }

    /// The entry of one place at another, both from 0: the values change seats, commas and comments stay.
    pub(super) fn reordered(&self, from: usize, to: usize) -> Changes {
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        let moved = order.remove(from);
        order.insert(to.min(order.len()), moved);
        let seats = order.iter().enumerate().filter(|(seat, entry)| seat != *entry);
        seats.map(|(seat, entry)| (self.entries[seat].clone(), self.written(*entry).to_owned())).collect()
    }

    /// The comma after an entry, whitespace between them included.
    fn comma(&self, entry: &Range<usize>) -> Option<Range<usize>> {
        let rest = &self.text[entry.end..self.whole.end];
        let comma = rest.len() - rest.trim_start().len();
        rest[comma..].starts_with(',').then(|| entry.end..entry.end + comma + 1)
    }

    /// The whole line of an entry that has one to itself, its line end included.
    fn own_line(&self, entry: &Range<usize>) -> Option<Range<usize>> {
        let start = self.text[..entry.start].rfind('\n')? + 1;
        let end = entry.end + self.text[entry.end..].find('\n')? + 1;
        let alone = self.text[start..entry.start].trim().is_empty();
        let after = self.text[entry.end..end].trim().trim_start_matches(',').trim_start();
        (start > self.whole.start && alone && (after.is_empty() || after.starts_with('#'))).then_some(start..end)
    }
}
