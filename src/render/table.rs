//! What a table needs: columns wide enough for their words, or else one record after another.
//!
//! A terminal has 72 columns and a phone about 40; a table that does not fit is told row by row, in every
//! rendering the same way.

use super::lines::columns;

/// Between two columns.
pub(super) const GAP: usize = 2;
/// Columns a phone has for a table: 335 pixels of 16-pixel type.
pub(super) const PHONE: usize = 40;
/// Columns the narrowest phone has, at the width of bold letters.
const SMALL_PHONE: usize = 30;
/// A column gets no narrower, nor does a word in it ask for more.
const NARROW: usize = 8;
const LONG_WORD: usize = 24;

/// The words of a table, cell by cell; the first row names the columns.
pub(super) struct Words<'a>(pub(super) &'a [Vec<String>]);

impl Words<'_> {
    /// As wide as each column would be, the widest cut down until all fit; `None` where a column would get too
    /// narrow for its words.
    pub(super) fn widths(&self, room: usize) -> Option<Vec<usize>> {
        let count = self.count();
        let natural = |column: usize| self.cells(column).map(|cell| columns(cell)).max().unwrap_or(0);
        let mut widths: Vec<usize> = (0..count).map(natural).collect();
        let least: Vec<usize> =
            (0..count).map(|column| widths[column].min(self.longest_word(column).clamp(NARROW, LONG_WORD))).collect();
        let room = room.checked_sub(GAP * count.saturating_sub(1))?;
        while widths.iter().sum::<usize>() > room {
            let widest =
                (0..count).filter(|column| widths[*column] > least[*column]).max_by_key(|column| widths[*column])?;
            widths[widest] -= 1;
        }
        Some(widths)
    }

    /// Whether every phone has room for all of its words whole; where one has not, they break rather than run out of
    /// the page.
    pub(super) fn keeps_words_whole(&self) -> bool {
        let words: usize = (0..self.count()).map(|column| self.longest_word(column)).sum();
        words + GAP * self.count().saturating_sub(1) <= SMALL_PHONE
    }

    fn count(&self) -> usize {
        self.0.first().map_or(0, Vec::len)
    }

    fn cells(&self, column: usize) -> impl Iterator<Item = &String> {
        self.0.iter().filter_map(move |row| row.get(column))
    }

    fn longest_word(&self, column: usize) -> usize {
        self.cells(column).flat_map(|cell| cell.split(' ')).map(columns).max().unwrap_or(0)
    }

    /// A column of figures is set flush with the end of the line: every cell has one, and hardly a letter.
    pub(super) fn is_figures(&self, column: usize) -> bool {
        let body = self.0.iter().skip(1);
        let mut cells = body.filter_map(|row| row.get(column)).filter(|cell| !cell.is_empty()).peekable();
        cells.peek().is_some()
            && cells.all(|cell| {
                cell.chars().any(|c| c.is_ascii_digit()) && cell.chars().filter(|c| c.is_alphabetic()).count() <= 2
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(lines: &[&str]) -> Vec<Vec<String>> {
        lines.iter().map(|line| line.split('|').map(str::to_owned).collect()).collect()
    }

    #[test]
    fn what_a_terminal_holds_may_be_too_wide_for_a_phone() {
        let six = rows(&["Gate|Opens|Closes|Keeper|Since|Deputy", "Northern|22:00|06:00|Harriet|1961|Benedikt"]);
        assert!(Words(&six).widths(72).is_some());
        assert_eq!(Words(&six).widths(PHONE), None);
        let three = rows(&["Day|High water|Height", "Tuesday|04:10|4.05 m"]);
        assert_eq!(Words(&three).widths(PHONE), Some(vec![7, 10, 6]));
    }

    #[test]
    fn words_are_kept_whole_where_the_smallest_phone_has_room() {
        let gates = rows(&["Tor|Schließt|Bemerkung", "Ost|06:10|wie immer, sofern der Wind nicht auf Nordwest dreht"]);
        assert!(Words(&gates).keeps_words_whole());
        assert!(!Words(&rows(&["Tor|Was", "Ost|Donaudampfschifffahrtselektrizität"])).keeps_words_whole());
    }

    #[test]
    fn figures_are_told_from_words() {
        let table = rows(&["Day|Height|Where", "Mon|4.31 m|Quay 2", "Tue||Gauge"]);
        let table = Words(&table);
        assert_eq!([0, 1, 2].map(|column| table.is_figures(column)), [false, true, false]);
    }
}
