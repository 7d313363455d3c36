//! How it looks: every size and width, once. The colours are the brand's.
//!
//! A theme is a column of the tables below: how each voice is set, how much space there is, and a few switches
//! for what it does another way. The templates ask; no template knows a theme by name.

pub(super) use crate::brand::{Brand, Colour, Palette};
pub(super) use crate::picture::COLUMN;

use crate::brand::Theme;

/// Width of the sheet in CSS pixels: what every mail client has room for.
pub(super) const SHEET: u32 = 600;
/// Space between the sheet's edge and its text, on a desk and on a phone.
pub(super) const GUTTER: u32 = 32;
pub(super) const PHONE_GUTTER: u32 = 20;
// What is between the gutters is the text's, and the widest picture's.
const _: () = assert!(COLUMN == SHEET - 2 * GUTTER);
/// Under this width the phone's rules hold.
pub(super) const PHONE: u32 = 480;
/// The column of the numbers beside a list.
pub(super) const RANKS: u32 = 40;

/// What a theme does its own way.
#[derive(Debug)]
pub(super) struct Style {
    /// Half the space between two blocks: each block brings its own half above and below.
    pub(super) half_gap: u32,
    pub(super) masthead: Masthead,
    /// The heavy rule over a section's name, in pixels; none: its name stands in the accent instead.
    pub(super) label_rule: u32,
    /// Below a section's name.
    pub(super) label_gap: u32,
    pub(super) kicker: Kicker,
    pub(super) list: List,
    pub(super) rail: Rail,
    /// How long a story takes, beside its kicker.
    pub(super) reading_times: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Masthead {
    /// The publication's name between two rules, across the sheet.
    FrontPage,
    /// A band of the accent, the publication's name small, the newsletter's large.
    Wordmark,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kicker {
    /// Words in the accent.
    Accent,
    /// Words on a ground of their own.
    Chip,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    /// Numbers in a column, a thin rule between two stories.
    Numbered,
    /// One under the other, apart by space alone.
    Rows,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rail {
    /// Two columns that stack on a phone.
    Columns,
    /// One under the other.
    Rows,
}

const FRONT_PAGE: Style = Style {
    half_gap: 18,
    masthead: Masthead::FrontPage,
    label_rule: 3,
    label_gap: 16,
    kicker: Kicker::Accent,
    list: List::Numbered,
    rail: Rail::Columns,
    reading_times: false,
};

const DIGEST: Style = Style {
    half_gap: 14,
    masthead: Masthead::Wordmark,
    label_rule: 0,
    label_gap: 10,
    kicker: Kicker::Chip,
    list: List::Rows,
    rail: Rail::Rows,
    reading_times: true,
};

/// Every way text is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voice {
    Masthead,
    /// The newsletter's title and the extent, under the masthead.
    Imprint,
    /// The newsletter's title where it is the larger of the two names.
    Title,
    /// A section's name.
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

const MONO: &str = "Menlo,Consolas,monospace";

/// Capitals of a small size, apart from one another.
const CAPITALS: &str = ";letter-spacing:.6px;text-transform:uppercase";
const SMALL_CAPITALS: &str = ";letter-spacing:.8px;text-transform:uppercase";

/// Bold or not, size, line height, font, and what goes with it.
type Setting = (bool, u32, u32, Stack, &'static str);

/// How each voice is set: in the default theme, and in the digest.
#[rustfmt::skip]
fn settings(voice: Voice) -> (Setting, Setting) {
    use Stack::{Labels, Mono, News};
    match voice {
        Voice::Masthead =>    ((true,  42, 46, News, ";letter-spacing:-.5px"), (true,  17, 24, News, "")),
        Voice::Title =>       ((true,  32, 38, News, ";letter-spacing:-.3px"), (true,  34, 40, News, ";letter-spacing:-.8px")),
        Voice::Imprint =>     ((false, 15, 22, Labels, ""),                    (false, 14, 20, Labels, "")),
        Voice::Label =>       ((true,  14, 20, Labels, CAPITALS),              (true,  19, 26, Labels, ";letter-spacing:-.2px")),
        Voice::Kicker =>      ((true,  12, 16, Labels, SMALL_CAPITALS),        (true,  12, 18, Labels, "")),
        Voice::LeadHead =>    ((true,  32, 38, News, ";letter-spacing:-.3px"), (true,  25, 31, News, ";letter-spacing:-.4px")),
        Voice::Standfirst =>  ((false, 19, 28, News, ""),                      (false, 17, 25, News, "")),
        Voice::StoryHead =>   ((true,  21, 27, News, ""),                      (true,  18, 24, News, ";letter-spacing:-.2px")),
        Voice::PickHead =>    ((true,  18, 24, News, ""),                      (true,  16, 24, News, "")),
        Voice::SectionHead => ((true,  19, 26, Labels, ""),                    (true,  16, 24, Labels, "")),
        Voice::Body =>        ((false, 17, 27, News, ""),                      (false, 16, 25, News, "")),
        Voice::Teaser =>      ((false, 16, 24, News, ""),                      (false, 16, 24, News, "")),
        Voice::PickTeaser =>  ((false, 15, 22, News, ""),                      (false, 15, 22, News, "")),
        Voice::Meta =>        ((false, 13, 20, Labels, ""),                    (false, 13, 20, Labels, "")),
        Voice::Button =>      ((true,  16, 24, Labels, ""),                    (true,  15, 22, Labels, "")),
        Voice::Rank =>        ((false, 28, 30, News, ""),                      (true,  18, 24, News, "")),
        Voice::SmallRank =>   ((false, 20, 24, News, ""),                      (true,  16, 22, News, "")),
        Voice::Figure =>      ((true,  44, 50, News, ";letter-spacing:-.5px"), (true,  40, 46, News, ";letter-spacing:-1px")),
        Voice::Utterance =>   ((false, 24, 34, News, ""),                      (true,  20, 28, News, ";letter-spacing:-.2px")),
        Voice::Code =>        ((false, 15, 22, Mono, ""),                      (false, 14, 21, Mono, "")),
    }
}

/// What the renderers ask of a brand.
impl Brand {
    pub(super) fn style(&self) -> &'static Style {
        match self.theme {
            Theme::Default => &FRONT_PAGE,
            Theme::Digest => &DIGEST,
        }
    }

    /// The inline declarations of a voice: `font` and what goes with it.
    pub(super) fn font(&self, voice: Voice) -> String {
        let (bold, size, line, stack, more) = self.setting(voice);
        let stack = match stack {
            Stack::News => self.news.as_str(),
            Stack::Labels => self.labels.as_str(),
            Stack::Mono => MONO,
        };
        let weight = if bold { "700 " } else { "" };
        format!("font:{weight}{size}px/{line}px {stack}{more}")
    }

    /// Size and line height of a voice on a phone, where they are others.
    pub(super) fn on_a_phone(&self, voice: Voice) -> Option<(u32, u32)> {
        match (voice, self.theme) {
            (Voice::Masthead, Theme::Default) => Some((34, 38)),
            (Voice::Title, Theme::Digest) => Some((29, 34)),
            (Voice::LeadHead, Theme::Default) => Some((27, 33)),
            (Voice::LeadHead, Theme::Digest) => Some((23, 29)),
            _ => None,
        }
    }

    /// Code within a line keeps the line's height.
    pub(super) fn inline_code(&self) -> String {
        format!("font-family:{MONO};font-size:{}px", self.setting(Voice::Code).1)
    }

    fn setting(&self, voice: Voice) -> Setting {
        let (default, digest) = settings(voice);
        match self.theme {
            Theme::Default => default,
            Theme::Digest => digest,
        }
    }
}
