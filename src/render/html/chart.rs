//! A chart: its title in words, the drawing, and below it, small, the figures for whoever sees no drawing.

use maud::{Markup, html};

use super::sheet::{Ink, Margin, Sheet};
use crate::chart::{Chart, Drawing};
use crate::picture::COLUMN;
use crate::render::figures::{figure, table};
use crate::render::style::{Space, Voice};
use crate::render::words::bound;

impl Sheet<'_> {
    pub(super) fn chart(&self, label: Option<&str>, chart: &Chart) -> Markup {
        let (opening, level) = self.opening(label);
        let below = if chart.unit.is_some() { Margin::Nothing } else { Margin::Below(Space::Label) };
        html! {
            (opening)
            (self.head(level, Voice::StoryHead, below, &html! { (bound(&chart.title)) }))
            @if let Some(unit) = &chart.unit { (self.line(Voice::Meta, Ink::Quiet, Margin::Below(Space::Label), &html! { (unit) })) }
            @if let Some(drawing) = &chart.drawing { (self.drawing(drawing, &chart.alt)) }
            (self.figures(chart))
            @if let Some(source) = &chart.source { (self.source_line(source)) }
        }
    }

    fn drawing(&self, drawing: &Drawing, alt: &str) -> Markup {
        let drawn = self.by_night(Some(&drawing.dark), self.drawn(&drawing.light, COLUMN, alt));
        // On the sheet's own ground: it is a drawing in the page, and no picture on it.
        html! { div class="sh i" style=(self.ground(COLUMN, self.brand.light.sheet)) { (drawn) } }
    }

    /// A table of data, and so without `role=presentation`. Each cell says its font, which the Word engine passes
    /// into no table. Figures stand under each other by their last digit in every language.
    fn figures(&self, chart: &Chart) -> Markup {
        // Where nothing is drawn they are all there is.
        let (voice, ink) = match chart.drawing {
            Some(_) => (Voice::Meta, Ink::Quiet),
            None => (Voice::Teaser, Ink::Full),
        };
        // One `font` for both kinds of cell, with the weight that a head would not have by itself.
        let set = self.set(voice, ink).replacen("font:", "font:400 ", 1);
        let (start, end) = (self.start(), self.end());
        let above = if chart.drawing.is_some() { self.px(Space::Caption) } else { "0".to_owned() };
        let (pair, pair_end) = (self.px(Space::Pair), self.px(Space::PairEnd));
        html! {
            table cellpadding="0" cellspacing="0" style={ "margin:" (above) " 0 0" } {
                @for row in table(chart) {
                    tr valign="top" {
                        @for own in row {
                            th scope="row" class=(ink.class()) style={ (set) ";text-align:" (start) ";padding-" (end) ":" (pair) } { (own.label) }
                            td class=(ink.class()) style={ (set) ";text-align:right;white-space:nowrap;padding-" (end) ":" (pair_end) } { (figure(own, self.dir)) }
                        }
                    }
                }
            }
        }
    }
}
