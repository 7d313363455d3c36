//! Charts: a handful of figures as a drawing, and as words wherever no drawing can be.
//!
//! A `Chart` is what an editor wrote, its figures set as the publication's language sets them. A `Sketch` is a
//! chart in the colours of one mode: everything its drawing depends on, so that the drawing can be kept under its
//! name. Drawing is pure but for scripts the bundled fonts have no letters for: those come from the machine.

mod bars;
mod canvas;
mod figures;
mod fonts;
mod lines;
mod scale;
mod sketch;

use crate::picture::Picture;

pub(crate) use figures::{Figures, LONGEST_FIGURE, MOST_DECIMALS, decimals, held};
pub(crate) use scale::Scale;
pub(crate) use sketch::{Sketch, Undrawn};

/// What a chart shows, as readers get it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Chart {
    pub(crate) kind: Kind,
    pub(crate) title: String,
    /// Said once, under the title; `None` where each figure brings it along.
    pub(crate) unit: Option<String>,
    /// Two at least, three where they make a line.
    pub(crate) rows: Vec<Row>,
    /// A web address, or words.
    pub(crate) source: Option<String>,
    /// What the drawing says, for whoever does not see it.
    pub(crate) alt: String,
    pub(crate) scale: Scale,
    /// Where the letters for one were found.
    pub(crate) drawing: Option<Drawing>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Things beside each other.
    Bars,
    /// One thing in the course of time.
    Lines,
}

/// A label and its figure.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) label: String,
    pub(crate) value: f64,
    /// The value as it is printed.
    pub(crate) figure: String,
}

/// The same drawing for day and night.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Drawing {
    pub(crate) light: Picture,
    pub(crate) dark: Picture,
}

impl Kind {
    /// The words of an issue file.
    pub(crate) const WORDS: [(&'static str, Self); 2] = [("bars", Self::Bars), ("lines", Self::Lines)];

    /// How many rows make such a chart: fewer are a sentence, more a table.
    pub(crate) fn rows(self) -> std::ops::RangeInclusive<usize> {
        match self {
            Self::Bars => 2..=12,
            Self::Lines => 3..=36,
        }
    }

    /// The longest label there is room for, in columns as a terminal counts them.
    pub(crate) fn longest_label(self) -> usize {
        match self {
            Self::Bars => 40,
            Self::Lines => 16,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
