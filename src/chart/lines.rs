//! A line through the values in their order, over three or four thin lines that say how high it stands. The last
//! value is named, and the highest and lowest where there is room: what happened, and where it stands now.

use super::Row;
use super::canvas::{Anchor, Canvas, Voice};
use super::fonts::Cut;
use super::sketch::Sketch;
use crate::brand::{Colour, Palette};
use crate::picture::COLUMN;

/// Large enough to be read where a phone shows them at two thirds.
const TYPE: f64 = 20.0;
const SMALL: f64 = 18.0;
/// Of the lines' part, without the words below it.
const HIGH: f64 = 236.0;
/// Above the highest line, for its figure.
const HEAD: f64 = 30.0;
/// Below the lowest, for the names of the values.
const FOOT: f64 = 38.0;
const GAP: f64 = 12.0;
/// From a thin line up to where its figure stands.
const ABOVE_LINE: f64 = 6.0;
/// From a value down to where its figure stands, and to where the next word may begin.
const BELOW: f64 = 26.0;
const CLEAR: f64 = 34.0;
/// Of the mark between a value's place and its name.
const MARK: f64 = 6.0;
/// Between two names on one line.
const APART: f64 = 22.0;

/// Draws; how high it became.
pub(super) fn draw(sketch: &Sketch<'_>, canvas: &mut Canvas<'_>) -> f64 {
    let (rows, scale, palette) = (&sketch.chart.rows, &sketch.chart.scale, sketch.palette);
    let quiet = Voice { size: SMALL, cut: Cut::Regular, ink: palette.quiet };
    let value = Voice { size: TYPE, cut: Cut::Bold, ink: palette.ink };
    let column = f64::from(COLUMN);
    let Some(last) = rows.last() else { return 0.0 };
    let last_width = canvas.width(&last.figure, value);
    let ends = column - last_width - GAP - 4.0;
    let high = |value: f64| HEAD + HIGH * (1.0 - scale.share(value));

    let mut told = Vec::new();
    for (index, (tick, figure)) in scale.ticks.iter().enumerate() {
        let y = high(*tick);
        let zero = *tick == 0.0;
        let (thick, ink) = if zero { (1.5, palette.ink) } else { (1.0, palette.rule) };
        canvas.bar((0.0, column), y - thick / 2.0, thick, ink);
        // What the lowest line stands for is told by the others.
        if index > 0 || !zero {
            canvas.text((0.0, y - ABOVE_LINE), Anchor::Start, quiet, Some(palette.sheet), figure);
            told.push(y - ABOVE_LINE);
        }
    }
    // The line begins behind the figures of the lines it crosses.
    let figures = scale.ticks.iter().map(|(_, figure)| canvas.width(figure, quiet));
    let begins = figures.fold(0.0, f64::max) + GAP;
    let points: Vec<(f64, f64)> =
        rows.iter().zip(places(rows.len(), begins, ends)).map(|(row, x)| (x, high(row.value))).collect();
    canvas.line(&points, 3.0, palette.accent);
    let named = extremes(canvas, rows, &points, &told, Voice { cut: Cut::Bold, ..quiet }, palette);
    let floor = named.map_or(HEAD + HIGH, |lowest| (lowest + CLEAR).max(HEAD + HIGH));
    names(canvas, rows, &points, quiet, floor, palette.rule);
    if let Some(end) = points.last() {
        canvas.dot(*end, 6.0, palette.accent, palette.sheet);
        canvas.text((end.0 + GAP, end.1 + 7.0), Anchor::Start, value, Some(palette.sheet), &last.figure);
    }
    floor + FOOT
}

/// Where each of so many values stands along the line.
fn places(count: usize, begins: f64, ends: f64) -> impl Iterator<Item = f64> {
    #[expect(clippy::cast_precision_loss, reason = "three dozen rows")]
    let step = (ends - begins) / (count.saturating_sub(1).max(1)) as f64;
    (0_u32..).map(move |index| begins + f64::from(index) * step)
}

/// The names of as many values as have room, each under its value; the first and the last always.
fn names(canvas: &mut Canvas<'_>, rows: &[Row], points: &[(f64, f64)], voice: Voice, floor: f64, rule: Colour) {
    let widths: Vec<f64> = rows.iter().map(|row| canvas.width(&row.label, voice)).collect();
    // A name stands under the middle of its value, and inside the picture.
    let column = f64::from(COLUMN);
    let under = |index: usize| points[index].0.max(widths[index] / 2.0).min(column - widths[index] / 2.0);
    let apart =
        |one: usize, other: usize| under(other) - under(one) >= f64::midpoint(widths[one], widths[other]) + APART;
    // The longest two have the whole width between them.
    let last = rows.len() - 1;
    let middle = |index: usize| match index {
        0 if !apart(0, last) => widths[0] / 2.0,
        _ if index == last && !apart(0, last) => column - widths[last] / 2.0,
        _ => under(index),
    };
    for index in chosen(rows.len(), apart) {
        canvas.bar((points[index].0 - 0.5, points[index].0 + 0.5), floor, MARK, rule);
        canvas.text((middle(index), floor + FOOT - 8.0), Anchor::Middle, voice, None, &rows[index].label);
    }
}

/// As many of so many values as stand apart, at even steps that end with the last, and the first; steps that meet
/// the first where those show as many.
fn chosen(count: usize, apart: impl Fn(usize, usize) -> bool) -> Vec<usize> {
    let last = count - 1;
    let steps = |step: usize| {
        let mut chosen: Vec<usize> = (1..=last).rev().step_by(step).collect();
        while chosen.len() > 1 && chosen.last().is_some_and(|next| !apart(0, *next)) {
            chosen.pop();
        }
        chosen.push(0);
        chosen.reverse();
        chosen.windows(2).all(|pair| apart(pair[0], pair[1])).then_some(chosen)
    };
    let mut all = (1..last).filter_map(steps);
    let Some(first) = all.next() else { return vec![0, last] };
    let even = |chosen: &Vec<usize>| chosen.len() >= first.len() && chosen[1] == last - chosen[chosen.len() - 2];
    all.find(even).filter(|_| !even(&first)).unwrap_or(first)
}

/// The highest and the lowest value, beside the figures `told` at these heights; how deep the lowest lies where its
/// figure stands under it.
fn extremes(
    canvas: &mut Canvas<'_>,
    rows: &[Row],
    points: &[(f64, f64)],
    told: &[f64],
    voice: Voice,
    palette: &Palette,
) -> Option<f64> {
    let (ground, ink) = (palette.sheet, palette.accent);
    let by_height = |one: &usize, other: &usize| points[*one].1.total_cmp(&points[*other].1);
    let (top, bottom) = ((0..rows.len()).min_by(by_height)?, (0..rows.len()).max_by(by_height)?);
    let (begins, end) = (points.first()?.0, points.last()?.0);
    let mut lowest = None;
    for (index, below) in [(top, false), (bottom, true)] {
        let (x, y) = points[index];
        let half = canvas.width(&rows[index].figure, voice) / 2.0;
        let y_figure = if below { y + BELOW } else { y - 13.0 };
        // Neither the figures of the thin lines nor that of the last value is touched; on one height with another
        // figure it would be read as part of that.
        let beside = told.iter().any(|other| (other - y_figure).abs() < SMALL);
        let x_figure = x.max(begins + half + if beside { GAP } else { -GAP / 2.0 });
        if top != bottom && end - GAP > x_figure + half {
            canvas.dot((x, y), 5.0, ink, ground);
            canvas.text((x_figure, y_figure), Anchor::Middle, voice, Some(ground), &rows[index].figure);
            lowest = if below { Some(y) } else { lowest };
        }
    }
    lowest
}
