//! How it looks: every colour, size and width, once.
//!
//! Georgia for news, the system's sans for labels, one accent. The paper is not pure white, so that a client
//! that inverts white leaves a paper and not a hole (R15). Both palettes keep 4.5:1 on every ground (R16).

use std::fmt;

/// Width of the sheet in CSS pixels: what every mail client has room for.
pub(super) const SHEET: u32 = 600;
/// Space between the sheet's edge and its text, on a desk and on a phone.
pub(super) const GUTTER: u32 = 32;
pub(super) const PHONE_GUTTER: u32 = 20;
/// Width of the text, and of the widest picture.
pub(super) const COLUMN: u32 = SHEET - 2 * GUTTER;
/// Under this width the phone's rules hold.
pub(super) const PHONE: u32 = 480;
/// Half the space between two blocks: each block brings its own half above and below.
pub(super) const HALF_GAP: u32 = 18;
/// The column of the numbers beside a list.
pub(super) const RANKS: u32 = 40;

/// An sRGB colour, `0xrrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Colour(pub(crate) u32);

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:06x}", self.0)
    }
}

/// The colours of one mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Palette {
    /// Grounds: around the sheet, the sheet, what is apart (a sponsor, a poll's answers), a picture not loaded.
    pub(crate) page: Colour,
    pub(crate) sheet: Colour,
    pub(crate) tint: Colour,
    pub(crate) blank: Colour,
    /// Inks: text, what is secondary, the one accent, and the words on an accent button.
    pub(crate) ink: Colour,
    pub(crate) quiet: Colour,
    pub(crate) accent: Colour,
    pub(crate) on_accent: Colour,
    /// Thin rules; nothing depends on them.
    pub(crate) rule: Colour,
}

/// A newsletter's look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Brand {
    pub(crate) light: Palette,
    pub(crate) dark: Palette,
    /// Font stacks of fonts the reader already has; a mail loads none.
    pub(crate) news: String,
    pub(crate) labels: String,
    /// Corners of buttons, in CSS pixels.
    pub(crate) radius: u32,
}

impl Default for Brand {
    fn default() -> Self {
        Self {
            light: Palette {
                page: Colour(0xf2efe8),
                sheet: Colour(0xfffffe),
                tint: Colour(0xf7f2e6),
                blank: Colour(0xece7dc),
                ink: Colour(0x1a1a1a),
                quiet: Colour(0x57534c),
                accent: Colour(0xa6141c),
                on_accent: Colour(0xfffffe),
                rule: Colour(0xd8d3c8),
            },
            dark: Palette {
                page: Colour(0x111110),
                sheet: Colour(0x1b1b1a),
                tint: Colour(0x2a271f),
                blank: Colour(0x33302a),
                ink: Colour(0xf0ede6),
                quiet: Colour(0xbdb8ae),
                accent: Colour(0xff8f86),
                on_accent: Colour(0x1b1b1a),
                rule: Colour(0x46433d),
            },
            news: "Georgia,serif".to_owned(),
            labels: "-apple-system,'Segoe UI',Arial,sans-serif".to_owned(),
            radius: 3,
        }
    }
}

/// Every way text is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voice {
    Masthead,
    /// The newsletter's title and the extent, under the masthead.
    Imprint,
    /// A section's name, under its heavy rule.
    Label,
    Kicker,
    LeadHead,
    Standfirst,
    StoryHead,
    PickHead,
    /// A heading inside a story.
    SectionHead,
    Body,
    Teaser,
    PickTeaser,
    Meta,
    Button,
    /// A story's number in a list.
    Rank,
    SmallRank,
    /// The number of a number block.
    Figure,
    Utterance,
    Code,
}

enum Stack {
    News,
    Labels,
    Mono,
}

impl Brand {
    /// The inline declarations of a voice: `font` and what goes with it.
    pub(super) fn font(&self, voice: Voice) -> String {
        use Stack::{Labels, Mono, News};
        let (weight, size, line, stack, more) = match voice {
            Voice::Masthead => (700, 42, 46, News, ";letter-spacing:-.5px"),
            Voice::Imprint => (400, 15, 22, Labels, ""),
            Voice::Label => (700, 14, 20, Labels, ";letter-spacing:.6px;text-transform:uppercase"),
            Voice::Kicker => (700, 12, 16, Labels, ";letter-spacing:.8px;text-transform:uppercase"),
            Voice::LeadHead => (700, 32, 38, News, ";letter-spacing:-.3px"),
            Voice::Standfirst => (400, 19, 28, News, ""),
            Voice::StoryHead => (700, 21, 27, News, ""),
            Voice::PickHead => (700, 18, 24, News, ""),
            Voice::SectionHead => (700, 19, 26, Labels, ""),
            Voice::Body => (400, 17, 27, News, ""),
            Voice::Teaser => (400, 16, 24, News, ""),
            Voice::PickTeaser => (400, 15, 22, News, ""),
            Voice::Meta => (400, 13, 20, Labels, ""),
            Voice::Button => (700, 16, 24, Labels, ""),
            Voice::Rank => (400, 28, 30, News, ""),
            Voice::SmallRank => (400, 20, 24, News, ""),
            Voice::Figure => (700, 44, 50, News, ";letter-spacing:-.5px"),
            Voice::Utterance => (400, 24, 33, News, ""),
            Voice::Code => (400, 15, 22, Mono, ""),
        };
        let stack = match stack {
            News => self.news.as_str(),
            Labels => self.labels.as_str(),
            Mono => "Menlo,Consolas,monospace",
        };
        let weight = if weight == 400 { "" } else { "700 " };
        format!("font:{weight}{size}px/{line}px {stack}{more}")
    }
}
