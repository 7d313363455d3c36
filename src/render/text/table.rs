//! Tables as text: in columns where they fit, their cells wrapped if need be, else one record after another.

use super::page::Page;
use crate::render::lines::{columns, wrap};

/// Between two columns.
const GAP: usize = 2;
/// A column gets no narrower, nor does a word in it ask for more.
const NARROW: usize = 8;
const LONG_WORD: usize = 24;

impl Page {
    /// A table whose first row names the columns.
    pub(super) fn table(&mut self, rows: &[Vec<String>]) {
        let Some((head, body)) = rows.split_first() else { return };
        match widths(rows, head.len(), self.room()) {
            Some(widths) => self.columns(head, body, &widths),
            None => self.records(head, body),
        }
    }

    fn columns(&mut self, head: &[String], body: &[Vec<String>], widths: &[usize]) {
        let figures: Vec<bool> = (0..widths.len()).map(|column| is_figures(body, column)).collect();
        self.table_row(head, widths, &figures);
        self.raw(&widths.iter().map(|width| "-".repeat(*width)).collect::<Vec<_>>().join(&" ".repeat(GAP)));
        let wraps = |row: &Vec<String>| row.iter().zip(widths).any(|(cell, width)| columns(cell) > *width);
        let apart = body.iter().any(wraps);
        for (index, row) in body.iter().enumerate() {
            if apart && index > 0 {
                self.gap();
            }
            self.table_row(row, widths, &figures);
        }
    }

    fn table_row(&mut self, row: &[String], widths: &[usize], figures: &[bool]) {
        let cells: Vec<Vec<String>> = row.iter().zip(widths).map(|(cell, width)| wrap(cell, "", "", *width)).collect();
        for line in 0..cells.iter().map(Vec::len).max().unwrap_or(0) {
            let padded = cells.iter().zip(widths).zip(figures).map(|((cell, width), figures)| {
                let words = cell.get(line).map_or("", String::as_str);
                let space = " ".repeat(width.saturating_sub(columns(words)));
                if *figures { format!("{space}{words}") } else { format!("{words}{space}") }
            });
            self.raw(&padded.collect::<Vec<_>>().join(&" ".repeat(GAP)));
        }
    }

    fn records(&mut self, head: &[String], body: &[Vec<String>]) {
        for (index, row) in body.iter().enumerate() {
            if index > 0 {
                self.gap();
            }
            for (name, value) in head.iter().zip(row) {
                self.after("", |page| {
                    page.say(&if name.is_empty() { value.clone() } else { format!("{name}: {value}") })
                });
            }
        }
    }
}

/// As wide as each column would be, the widest cut down until all fit; `None` where a column would get too
/// narrow for its words.
fn widths(rows: &[Vec<String>], count: usize, room: usize) -> Option<Vec<usize>> {
    let cells = |column: usize| rows.iter().filter_map(move |row| row.get(column));
    let natural = |column: usize| cells(column).map(|cell| columns(cell)).max().unwrap_or(0);
    let word = |column: usize| cells(column).flat_map(|cell| cell.split(' ')).map(columns).max().unwrap_or(0);
    let mut widths: Vec<usize> = (0..count).map(natural).collect();
    let least: Vec<usize> =
        (0..count).map(|column| widths[column].min(word(column).clamp(NARROW, LONG_WORD))).collect();
    let room = room.checked_sub(GAP * count.saturating_sub(1))?;
    while widths.iter().sum::<usize>() > room {
        let widest =
            (0..count).filter(|column| widths[*column] > least[*column]).max_by_key(|column| widths[*column])?;
        widths[widest] -= 1;
    }
    Some(widths)
}

/// A column of figures is set flush right: every cell has one, and hardly a letter.
fn is_figures(body: &[Vec<String>], column: usize) -> bool {
    let mut cells = body.iter().filter_map(|row| row.get(column)).filter(|cell| !cell.is_empty()).peekable();
    cells.peek().is_some()
        && cells.all(|cell| {
            cell.chars().any(|c| c.is_ascii_digit()) && cell.chars().filter(|c| c.is_alphabetic()).count() <= 2
        })
}
