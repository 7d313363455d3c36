//! The figures of a chart as a table: labels and figures in as many pairs a row as have room, read row by row.

use unicode_width::UnicodeWidthStr;

use crate::chart::{Chart, Row, held};

/// Columns of small type the narrowest phone has room for, and what stands apart in a pair and behind it.
const PHONE: usize = 37;
const APART: usize = 6;
/// More beside each other is a thicket.
const MOST: usize = 4;

/// The rows of the table, each with the same number of pairs but for the last.
pub(super) fn table(chart: &Chart) -> impl Iterator<Item = &[Row]> {
    let widest = |text: fn(&Row) -> &str| chart.rows.iter().map(|row| text(row).width()).max().unwrap_or(0);
    let pair = widest(|row| &row.label) + widest(|row| &row.figure) + APART;
    let room = (PHONE / pair.max(1)).clamp(1, MOST);
    // Rows of equal length: eight pairs are twice four, and ten twice five is too much, so four rows of three.
    let rows = chart.rows.len().div_ceil(room);
    chart.rows.chunks(chart.rows.len().div_ceil(rows).max(1))
}

/// The figure of a row as a page sets it.
pub(super) fn figure(row: &Row, direction: &str) -> String {
    if direction == "rtl" { held(&row.figure) } else { row.figure.clone() }
}
