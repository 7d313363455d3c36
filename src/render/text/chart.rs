//! A chart for a terminal: each row its label, its figure, and a bar; or, where it is a line, a dot as far along as
//! its value is high, so that the line runs down the page.

use super::page::Page;
use crate::chart::{Chart, Kind, Row};
use crate::issue::Issue;
use crate::render::lines::columns;
use crate::render::words::Words;

/// Between label, figure and bar.
const GAP: usize = 2;
/// A longer bar says no more.
const LONGEST: usize = 40;

/// What bars and lines are made of.
struct Marks {
    full: char,
    /// From one eighth to seven, where there are such.
    part: &'static [char],
    axis: char,
    way: char,
    dot: char,
}

const BLOCKS: Marks =
    Marks { full: '█', part: &['▏', '▎', '▍', '▌', '▋', '▊', '▉'], axis: '│', way: '·', dot: '●' };
/// Where terminals draw the others two columns wide.
const PLAIN: Marks = Marks { full: '=', part: &[], axis: '|', way: '.', dot: 'o' };

impl Page {
    pub(super) fn chart(&mut self, issue: &Issue, words: &Words, label: Option<&str>, chart: &Chart) {
        self.label(label);
        self.gap();
        self.say(&chart.title);
        self.say(chart.unit.as_deref().unwrap_or_default());
        self.gap();
        let language = issue.publication.language.split(['-', '_']).next().unwrap_or_default();
        let marks = if ["ja", "zh", "ko"].contains(&language) { &PLAIN } else { &BLOCKS };
        let widest = |text: fn(&Row) -> &str| chart.rows.iter().map(|row| columns(text(row))).max().unwrap_or(0);
        let (names, figures) = (widest(|row| &row.label), widest(|row| &row.figure));
        let room = self.room().saturating_sub(names + figures + 2 * GAP).clamp(1, LONGEST);
        for row in &chart.rows {
            let drawn = match chart.kind {
                Kind::Bars => bar(chart, row.value, room, marks),
                Kind::Lines => dot(chart, row.value, room, marks),
            };
            let before = " ".repeat(names - columns(&row.label) + GAP + figures - columns(&row.figure));
            self.raw(&format!("{}{before}{}{}{drawn}", row.label, row.figure, " ".repeat(GAP)));
        }
        self.gap();
        self.source(words, chart.source.as_deref());
    }
}

/// A bar from zero, to the eighth of a column; on both sides of an axis where values lie on both.
fn bar(chart: &Chart, value: f64, room: usize, marks: &Marks) -> String {
    let scale = &chart.scale;
    if scale.least >= 0.0 {
        let eighths = eighths(scale.share(value) * width(room));
        let part = (eighths % 8).checked_sub(1).and_then(|part| marks.part.get(part));
        let bar: String = std::iter::repeat_n(marks.full, eighths / 8).chain(part.copied()).collect();
        // What is more than nothing is seen.
        return if bar.is_empty() && value > 0.0 { marks.part.first().unwrap_or(&marks.full).to_string() } else { bar };
    }
    let inside = width(room.saturating_sub(1).max(1));
    let (zero, end) = (eighths(scale.share(0.0) * inside) / 8, eighths(scale.share(value) * inside) / 8);
    let run = |from: usize, to: usize| marks.full.to_string().repeat(to - from);
    if end < zero {
        format!("{}{}{}", " ".repeat(end), run(end, zero), marks.axis)
    } else {
        format!("{}{}{}", " ".repeat(zero), marks.axis, run(zero, end))
    }
}

/// A way of small dots, and a large one where the value stands.
fn dot(chart: &Chart, value: f64, room: usize, marks: &Marks) -> String {
    let way = eighths(chart.scale.share(value) * width(room - 1)) / 8;
    format!("{}{}", marks.way.to_string().repeat(way), marks.dot)
}

#[expect(clippy::cast_precision_loss, reason = "a line has 72 columns")]
fn width(room: usize) -> f64 {
    room as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a line's columns, not below 0")]
fn eighths(columns: f64) -> usize {
    (columns * 8.0).round().max(0.0) as usize
}
