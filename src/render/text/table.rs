//! Tables as text: in columns where they fit, their cells wrapped if need be, else one record after another.

use super::page::Page;
use crate::render::lines::{columns, wrap};
use crate::render::table::{GAP, Words};

impl Page {
    /// A table whose first row names the columns.
    pub(super) fn table(&mut self, rows: &[Vec<String>]) {
        let Some((head, body)) = rows.split_first() else { return };
        let words = Words(rows);
        match words.widths(self.room()) {
            Some(widths) => {
                let figures: Vec<bool> = (0..widths.len()).map(|column| words.is_figures(column)).collect();
                self.columns(head, body, &widths, &figures);
            }
            None => self.records(head, body),
        }
    }

    fn columns(&mut self, head: &[String], body: &[Vec<String>], widths: &[usize], figures: &[bool]) {
        self.table_row(head, widths, figures);
        if self.is_from_the_right() {
            self.gap();
        } else {
            self.raw(&widths.iter().map(|width| "-".repeat(*width)).collect::<Vec<_>>().join(&" ".repeat(GAP)));
        }
        let wraps = |row: &Vec<String>| row.iter().zip(widths).any(|(cell, width)| columns(cell) > *width);
        let apart = body.iter().any(wraps);
        for (index, row) in body.iter().enumerate() {
            if apart && index > 0 {
                self.gap();
            }
            self.table_row(row, widths, figures);
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
