//! A drawing in the making: shapes and words as SVG, in CSS pixels, counted from where lines of text begin. A
//! language from the right mirrors the drawing and nothing else.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::figures::held;
use super::fonts::{Cut, Fonts};
use crate::brand::Colour;

pub(super) struct Canvas<'a> {
    fonts: &'a Fonts,
    width: f64,
    from_the_right: bool,
    out: String,
}

/// Which end of a text stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A text's look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Voice {
    pub(super) size: f64,
    pub(super) cut: Cut,
    pub(super) ink: Colour,
}

impl<'a> Canvas<'a> {
    pub(super) fn new(fonts: &'a Fonts, width: f64, from_the_right: bool) -> Self {
        Self { fonts, width, from_the_right, out: String::new() }
    }

    /// The whole as SVG, on a ground.
    pub(super) fn svg(&self, height: f64, ground: Colour) -> String {
        let width = self.width;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\"><rect width=\"{width}\" height=\"{height}\" fill=\"{ground}\"/>{}</svg>",
            self.out
        )
    }

    fn across(&self, x: f64) -> f64 {
        if self.from_the_right { self.width - x } else { x }
    }

    fn write(&mut self, element: std::fmt::Arguments<'_>) {
        self.out.write_fmt(element).expect("writing into a string does not fail");
    }

    /// From one place to another along the line, `high` pixels from `y` down.
    pub(super) fn bar(&mut self, (from, to): (f64, f64), y: f64, high: f64, ink: Colour) {
        let (one, other) = (self.across(from), self.across(to));
        let (x, width) = (one.min(other), (one - other).abs());
        self.write(format_args!(
            "<rect x=\"{x:.2}\" y=\"{y:.2}\" width=\"{width:.2}\" height=\"{high:.2}\" fill=\"{ink}\"/>"
        ));
    }

    /// A line through these points.
    pub(super) fn line(&mut self, points: &[(f64, f64)], thick: f64, ink: Colour) {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{:.2},{y:.2}", self.across(*x))).collect();
        self.write(format_args!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{ink}\" stroke-width=\"{thick}\" stroke-linejoin=\"round\" stroke-linecap=\"round\"/>",
            points.join(" ")
        ));
    }

    /// A dot with a ring of the ground around it, so that it stands apart from its line.
    pub(super) fn dot(&mut self, (x, y): (f64, f64), radius: f64, ink: Colour, ground: Colour) {
        let x = self.across(x);
        self.write(format_args!(
            "<circle cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"{radius}\" fill=\"{ink}\" stroke=\"{ground}\" stroke-width=\"2\"/>"
        ));
    }

    /// How wide a line of text is.
    pub(super) fn width(&self, words: &str, voice: Voice) -> f64 {
        self.fonts.width(&self.run(words), voice.size, voice.cut)
    }

    /// Words from the right run so even where a figure or a point begins them.
    fn run<'w>(&self, words: &'w str) -> Cow<'w, str> {
        if self.from_the_right { Cow::Owned(format!("\u{2067}{}\u{2069}", held(words))) } else { Cow::Borrowed(words) }
    }

    /// A line of text standing on `y`, with a rim of the ground where it stands on something.
    pub(super) fn text(&mut self, (x, y): (f64, f64), anchor: Anchor, voice: Voice, rim: Option<Colour>, words: &str) {
        let anchor = match (anchor, self.from_the_right) {
            (Anchor::Middle, _) => "middle",
            (Anchor::Start, false) | (Anchor::End, true) => "start",
            (Anchor::End, false) | (Anchor::Start, true) => "end",
        };
        let Voice { size, cut, ink } = voice;
        let rim = rim.map(|ground| {
            format!(" stroke=\"{ground}\" stroke-width=\"5\" stroke-linejoin=\"round\" paint-order=\"stroke\"")
        });
        let (x, runs) = (self.across(x), self.fonts.runs(&self.run(words)));
        self.write(format_args!(
            "<text x=\"{x:.2}\" y=\"{y:.2}\" text-anchor=\"{anchor}\" font-size=\"{size}\" font-weight=\"{}\" fill=\"{ink}\"{}>{runs}</text>",
            cut.weight(),
            rim.unwrap_or_default()
        ));
    }
}

/// Text as XML has it.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}
