//! How it looks: every size, width and space, once. The colours are the brand's.
//!
//! A theme is a column of the tables below: how each voice is set, how much space stands between two things, and
//! a few switches for what it does another way. The templates ask; no template knows a theme by name.

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
/// Half of what stands between two picks side by side.
pub(super) const HALF_GUTTER: u32 = 20;
/// Small type needs a shorter line than the column is wide: 80 characters at most (R23).
pub(super) const SMALL_MEASURE: u32 = 470;

/// Rules, in pixels: over the publication's name, over a section's, beside a quotation, around a button, and the
/// thin one. All but the thin one and the bar take the colour of the words they stand at, so that whatever a mail
/// program does to the words it does to them (R15).
pub(super) const MASTHEAD_RULE: u32 = 4;
pub(super) const LABEL_RULE: u32 = 3;
pub(super) const BAR: u32 = 4;
pub(super) const OUTLINE: u32 = 2;
pub(super) const HAIRLINE: u32 = 1;
/// The band over a masthead that has no rules.
pub(super) const BAND: u32 = 6;

/// What a theme does its own way.
#[derive(Debug)]
pub(super) struct Style {
    pub(super) masthead: Masthead,
    pub(super) label: Label,
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

/// How the name of a section is set apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    /// Under a heavy rule.
    Ruled,
    /// On a ground of its own, behind a bar of the accent.
    Barred,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kicker {
    /// Words in the accent.
    Accent,
    /// Words in the accent, in a frame of it.
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
    masthead: Masthead::FrontPage,
    label: Label::Ruled,
    kicker: Kicker::Accent,
    list: List::Numbered,
    rail: Rail::Columns,
    reading_times: false,
};

const DIGEST: Style = Style {
    masthead: Masthead::Wordmark,
    label: Label::Barred,
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
    /// What stands in the place of a picture that is not shown.
    Alt,
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
        Voice::Masthead =>    ((true,  38, 42, News, ";letter-spacing:-.5px"), (true,  15, 22, News, "")),
        Voice::Title =>       ((true,  32, 38, News, ";letter-spacing:-.3px"), (true,  28, 34, News, ";letter-spacing:-.6px")),
        Voice::Imprint =>     ((false, 15, 22, Labels, ""),                    (false, 14, 20, Labels, "")),
        Voice::Label =>       ((true,  14, 20, Labels, CAPITALS),              (true,  15, 20, Labels, "")),
        Voice::Kicker =>      ((true,  12, 16, Labels, SMALL_CAPITALS),        (true,  12, 18, Labels, "")),
        Voice::LeadHead =>    ((true,  30, 36, News, ";letter-spacing:-.3px"), (true,  23, 29, News, ";letter-spacing:-.4px")),
        Voice::Standfirst =>  ((false, 19, 28, News, ""),                      (false, 16, 24, News, "")),
        Voice::StoryHead =>   ((true,  21, 27, News, ""),                      (true,  17, 24, News, ";letter-spacing:-.1px")),
        Voice::PickHead =>    ((true,  18, 24, News, ""),                      (true,  16, 24, News, "")),
        Voice::SectionHead => ((true,  19, 26, Labels, ""),                    (true,  16, 24, Labels, "")),
        Voice::Body =>        ((false, 17, 27, News, ""),                      (false, 16, 24, News, "")),
        Voice::Teaser =>      ((false, 16, 24, News, ""),                      (false, 16, 24, News, "")),
        Voice::PickTeaser =>  ((false, 15, 22, News, ""),                      (false, 15, 21, News, "")),
        Voice::Meta =>        ((false, 13, 20, Labels, ""),                    (false, 13, 19, Labels, "")),
        Voice::Alt =>         ((false, 13, 26, Labels, ""),                    (false, 13, 26, Labels, "")),
        Voice::Button =>      ((true,  16, 24, Labels, ""),                    (true,  15, 22, Labels, "")),
        Voice::Rank =>        ((false, 28, 30, News, ""),                      (true,  17, 23, News, "")),
        Voice::SmallRank =>   ((false, 20, 24, News, ""),                      (true,  16, 24, News, "")),
        Voice::Figure =>      ((true,  44, 50, News, ";letter-spacing:-.5px"), (true,  34, 40, News, ";letter-spacing:-1px")),
        Voice::Utterance =>   ((false, 24, 34, News, ""),                      (true,  18, 26, News, ";letter-spacing:-.2px")),
        Voice::Code =>        ((false, 15, 22, Mono, ""),                      (false, 14, 21, Mono, "")),
    }
}

/// Every space between two things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Space {
    /// Around the sheet, above and below.
    Page,
    /// Above the masthead.
    Top,
    /// Between the date and the rule under it.
    Dateline,
    /// Between the publication's name and the rules over and under it.
    Nameplate,
    /// Above the imprint.
    Imprint,
    /// Half of what stands between two blocks: each brings its own half above and below.
    Block,
    /// Between a section's name and the edge of what sets it apart.
    LabelEdge,
    /// Below a section's name.
    Label,
    Kicker,
    LeadHead,
    /// Below a standfirst, and below a byline.
    Standfirst,
    /// Below a headline, and below a heading inside a story.
    Head,
    /// Above a heading inside a story.
    Section,
    Paragraph,
    /// Between two items of a list.
    Line,
    /// Between a bullet's edge and its words.
    Bullet,
    /// Half of what stands between two listed stories, and between two linked lines.
    Story,
    Headline,
    /// Below a pick.
    Pick,
    /// Below a pick's headline.
    PickHead,
    /// Below a picture and what stands under it.
    Picture,
    /// Between a picture and what stands under it.
    Caption,
    /// Above a button.
    Button,
    /// Inside a button, above and at its sides.
    ButtonEdge,
    ButtonSide,
    /// Inside a sponsor's box, above and below.
    Box,
    /// Inside the answer of a poll, above and at its sides; and between two.
    AnswerEdge,
    AnswerSide,
    Answer,
    /// Between a bar and the words beside it.
    Bar,
    /// Between the cells of a table.
    Cell,
    CellEdge,
    /// Between the label and the figure of a chart's table, and behind the figure.
    Pair,
    PairEnd,
    /// Between an utterance and who said it.
    Who,
    /// Below a figure.
    Figure,
    /// Above the foot, and below it.
    Foot,
    /// Between two lines of the foot, and between two of its links.
    FootLine,
    FootLink,
    /// Above and below a link that stands alone, for a thumb.
    Thumb,
}

/// How large each space is: in the default theme, and in the digest.
#[rustfmt::skip]
fn spaces(space: Space) -> (u32, u32) {
    match space {
        Space::Page =>       (16, 12),
        Space::Top =>        (18, 16),
        Space::Dateline =>   (12,  8),
        Space::Nameplate =>  (15, 12),
        Space::Imprint =>    ( 6,  2),
        Space::Block =>      (18, 11),
        Space::LabelEdge =>  (10,  5),
        Space::Label =>      (14, 10),
        Space::Kicker =>     ( 6,  4),
        Space::LeadHead =>   (10,  6),
        Space::Standfirst => (14, 10),
        Space::Head =>       ( 6,  3),
        Space::Section =>    (24, 16),
        Space::Paragraph =>  (16, 12),
        Space::Line =>       ( 6,  3),
        Space::Bullet =>     (22, 20),
        Space::Story =>      (18, 14),
        Space::Headline =>   (11,  7),
        Space::Pick =>       (20, 12),
        Space::PickHead =>   ( 4,  1),
        Space::Picture =>    (18, 12),
        Space::Caption =>    ( 8,  6),
        Space::Button =>     (20, 14),
        Space::ButtonEdge => (12, 11),
        Space::ButtonSide => (22, 18),
        Space::Box =>        (24, 16),
        Space::AnswerEdge => (11, 11),
        Space::AnswerSide => (18, 14),
        Space::Answer =>     ( 8,  6),
        Space::Bar =>        (20, 14),
        Space::Cell =>       (16, 14),
        Space::CellEdge =>   ( 6,  5),
        Space::Pair =>       (10,  8),
        Space::PairEnd =>    (26, 22),
        Space::Who =>        ( 8,  5),
        Space::Figure =>     ( 4,  2),
        Space::Foot =>       (24, 18),
        Space::FootLine =>   ( 8,  6),
        Space::FootLink =>   (18, 16),
        Space::Thumb =>      ( 4,  4),
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

    /// A space in pixels.
    pub(super) fn space(&self, space: Space) -> u32 {
        self.of_theme(spaces(space))
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

    /// Size and line height of a voice on a desk, where they are others.
    pub(super) fn on_a_desk(&self, voice: Voice) -> Option<(u32, u32)> {
        match (voice, self.theme) {
            (Voice::Masthead, Theme::Default) => Some((42, 46)),
            (Voice::LeadHead, Theme::Default) => Some((32, 38)),
            (Voice::LeadHead, Theme::Digest) => Some((25, 31)),
            _ => None,
        }
    }

    /// The same on a phone, where large type would leave two words a line.
    pub(super) fn on_a_phone(&self, voice: Voice) -> Option<(u32, u32)> {
        match (voice, self.theme) {
            (Voice::Masthead, Theme::Default) => Some((34, 38)),
            (Voice::LeadHead, Theme::Default) => Some((27, 33)),
            _ => None,
        }
    }

    /// Code within a line keeps the line's height.
    pub(super) fn inline_code(&self) -> String {
        format!("font-family:{MONO};font-size:{}px", self.setting(Voice::Code).1)
    }

    fn setting(&self, voice: Voice) -> Setting {
        self.of_theme(settings(voice))
    }

    /// The theme's column of a table.
    fn of_theme<T>(&self, (default, digest): (T, T)) -> T {
        match self.theme {
            Theme::Default => default,
            Theme::Digest => digest,
        }
    }
}
