//! Bars from where lines begin, each with its name before or above it and its value at its end. No axis, no grid:
//! whoever reads the value needs neither.

use super::Row;
use super::canvas::{Anchor, Canvas, Voice};
use super::fonts::Cut;
use super::sketch::Sketch;
use crate::picture::COLUMN;

/// Large enough to be read where a phone shows it at two thirds.
const TYPE: f64 = 20.0;
/// From the baseline down to the middle of the small letters, to set words beside the middle of a bar.
const MIDDLE: f64 = 7.0;
/// Between words and a bar.
const GAP: f64 = 10.0;
/// Words leave this much of the width to the bars; where they would not, names stand above.
const BARS: f64 = 0.4;

/// Beside its name a bar fills most of its row; below it, less.
const BESIDE: Rows = Rows { bar: 26.0, pitch: 40.0, name: 0.0 };
const ABOVE: Rows = Rows { bar: 24.0, pitch: 70.0, name: 30.0 };

/// Above the first bar and below the last, for letters that reach further than ours.
const MARGIN: f64 = 4.0;

struct Rows {
    bar: f64,
    /// From one bar to the next.
    pitch: f64,
    /// Room for the name above.
    name: f64,
}

/// Draws; how high it became.
pub(super) fn draw(sketch: &Sketch<'_>, canvas: &mut Canvas<'_>) -> f64 {
    let (rows, scale, palette) = (&sketch.chart.rows, &sketch.chart.scale, sketch.palette);
    let name = Voice { size: TYPE, cut: Cut::Regular, ink: palette.ink };
    let value = Voice { cut: Cut::Bold, ..name };
    let widest = |canvas: &Canvas<'_>, rows: &mut dyn Iterator<Item = &Row>, voice: Voice, text: fn(&Row) -> &str| {
        rows.map(|row| canvas.width(text(row), voice)).fold(0.0, f64::max)
    };
    let names = widest(canvas, &mut rows.iter(), name, |row| &row.label);
    // The room for values at either end: those below zero stand before it.
    let before = widest(canvas, &mut rows.iter().filter(|row| row.value < 0.0), value, |row| &row.figure);
    let behind = widest(canvas, &mut rows.iter().filter(|row| row.value >= 0.0), value, |row| &row.figure);
    let room = |width: f64| if width > 0.0 { width + GAP } else { 0.0 };
    let beside = names + 1.5 * GAP + room(before) + room(behind) <= (1.0 - BARS) * f64::from(COLUMN);
    let style = if beside { BESIDE } else { ABOVE };
    let begins = (if beside { names + 1.5 * GAP } else { 0.0 }) + room(before);
    let ends = f64::from(COLUMN) - room(behind);
    let at = |value: f64| begins + (ends - begins) * scale.share(value);
    let zero = at(0.0);
    let axis = (zero - 0.75, zero + 0.75);

    for (row, top) in rows.iter().zip((0_u32..).map(|index| MARGIN + f64::from(index) * style.pitch)) {
        let bar = top + style.name;
        let baseline = bar + style.bar / 2.0 + MIDDLE;
        match beside {
            true => canvas.text((0.0, baseline), Anchor::Start, name, None, &row.label),
            false => canvas.text((0.0, top + TYPE), Anchor::Start, name, None, &row.label),
        }
        // Names above would be crossed out by a line from the first bar to the last.
        if !beside {
            canvas.bar(axis, bar, style.bar, palette.ink);
        }
        let end = at(row.value);
        if row.value < 0.0 {
            canvas.bar((end, zero), bar, style.bar, palette.quiet);
            canvas.text((end - GAP, baseline), Anchor::End, value, None, &row.figure);
        } else {
            canvas.bar((zero, end), bar, style.bar, palette.accent);
            canvas.text((end + GAP, baseline), Anchor::Start, value, None, &row.figure);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a dozen rows")]
    let height = style.pitch * rows.len() as f64 - (style.pitch - style.name - style.bar);
    if beside {
        canvas.bar(axis, MARGIN, height, palette.ink);
    }
    height + 2.0 * MARGIN
}
