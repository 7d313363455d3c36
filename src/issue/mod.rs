//! An issue that cannot be wrong: what the compiler makes of the files, and the only thing renderers see.
//!
//! `file` reads the TOML, `story` the Markdown, `compile` joins them. After that every name is resolved,
//! every picture developed, every default filled in.

pub(crate) mod archive;
mod blocks;
mod chart;
pub(crate) mod compile;
pub(crate) mod fields;
pub(crate) mod file;
mod images;
pub(crate) mod leads;
mod markdown;
mod memory;
pub(crate) mod pages;
pub(crate) mod quotes;
pub(crate) mod story;

use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::chart::{Chart, Drawing};
use crate::picture::Picture;
use crate::prose::{Inline, Prose};
use crate::story::{Author, Image, Story};

/// Which issue: a newsletter's id, and the stem of the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct IssueName {
    pub(crate) newsletter: String,
    /// `2026-11-24`; an extra's is `2026-11-24-2` or `2026-11-24-correction`.
    pub(crate) slot: String,
}

/// `morning 2026-11-24`: as tables name it.
impl std::fmt::Display for IssueName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.newsletter, self.slot)
    }
}

impl IssueName {
    /// From the newsroom's root, with `/` on every system.
    pub(crate) fn path(&self) -> String {
        format!("issues/{}/{}.toml", self.newsletter, self.slot)
    }

    /// The date the name begins with; `None` for `template` and other strangers.
    pub(crate) fn date(&self) -> Option<NaiveDate> {
        date_of(&self.slot)
    }

    /// Whether it comes beside the day's own issue: news that breaks, a correction.
    pub(crate) fn is_extra(&self) -> bool {
        self.date().is_some_and(|date| date.to_string() != self.slot)
    }
}

/// The date a slot's name begins with: `2026-11-24`, or an extra's `2026-11-24-2`.
pub(crate) fn date_of(slot: &str) -> Option<NaiveDate> {
    let (date, rest) = (slot.get(..10)?, slot.get(10..)?);
    let extra = rest.strip_prefix('-').is_some_and(|extra| {
        !extra.is_empty() && extra.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    });
    (rest.is_empty() || extra).then(|| date.parse().ok()).flatten()
}

/// Whom an issue goes to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Audience {
    /// Everybody subscribed.
    #[default]
    Everybody,
    /// Those who got the issue of this slot, or may have got it.
    Got(String),
}

impl Audience {
    /// Reads `got:2026-11-24`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let slot = text.strip_prefix("got:")?.trim();
        date_of(slot).map(|_| Self::Got(slot.to_owned()))
    }
}

/// `got:2026-11-24`, as an issue's file has it.
impl std::fmt::Display for Audience {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Everybody => f.write_str("everybody"),
            Self::Got(slot) => write!(f, "got:{slot}"),
        }
    }
}

/// One newsletter on one date, ready to be rendered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Issue {
    pub(crate) publication: Publication,
    pub(crate) newsletter: Newsletter,
    pub(crate) date: NaiveDate,
    /// The file's stem, e.g. `2026-11-24` or `2026-11-24-2`: with the newsletter's id, its name.
    pub(crate) slot: String,
    /// When it is due, in the newsletter's zone.
    pub(crate) due: DateTime<Tz>,
    pub(crate) subject: String,
    pub(crate) preheader: String,
    pub(crate) editor: Option<Author>,
    pub(crate) audience: Audience,
    pub(crate) blocks: Vec<Block>,
    /// Stories in it, at any depth.
    pub(crate) stories: usize,
    /// Reading time, rounded up, at 230 words a minute.
    pub(crate) minutes: usize,
    pub(crate) words: usize,
    /// The web edition, the same address for every reader.
    pub(crate) web_url: String,
    /// Where pictures are served, without the trailing slash: `{images_url}/{file_name}`.
    pub(crate) images_url: String,
    /// The mail brings its pictures along; only the web edition loads them from there.
    pub(crate) embed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Publication {
    pub(crate) name: String,
    pub(crate) url: String,
    /// BCP 47, e.g. `en-GB`.
    pub(crate) language: String,
    pub(crate) postal_address: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Newsletter {
    pub(crate) id: String,
    pub(crate) title: String,
}

/// One block, as the reader meets it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Block {
    /// Given by the editor, or `b1`, `b2`, … by position: the anchor, and a poll's name.
    pub(crate) id: String,
    pub(crate) label: Option<String>,
    pub(crate) only: Only,
    pub(crate) body: Body,
}

/// Which edition a block belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Only {
    #[default]
    Both,
    Html,
    Text,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Body {
    /// Signed with the editor's name.
    Letter(Vec<Prose>),
    /// "In today's issue": built by the renderer from the blocks that follow.
    Contents,
    Story(Item),
    List(Vec<Item>),
    /// The rail of related stories.
    Picks(Vec<Item>),
    Number {
        figure: String,
        text: Vec<Inline>,
        source: Option<String>,
    },
    Quote {
        text: String,
        who: String,
    },
    Image(Image),
    Chart(Chart),
    /// `label` of the block is never empty here: "Advertisement" where the editor gave none.
    Sponsor {
        name: String,
        text: Vec<Prose>,
        image: Option<Image>,
        button: Option<Button>,
    },
    Promo {
        /// The snippet's name.
        snippet: String,
        title: Option<String>,
        text: Vec<Prose>,
        image: Option<Image>,
        button: Option<Button>,
    },
    Poll {
        question: String,
        answers: Vec<String>,
    },
    Correction {
        of: NaiveDate,
        text: Vec<Prose>,
    },
    Text(Vec<Prose>),
    Divider,
}

/// A story at a depth; headline and teaser already hold this issue's overrides.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Item {
    pub(crate) story: Story,
    pub(crate) depth: Depth,
}

/// How much of a story a block shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    Full,
    Brief,
    Teaser,
    Headline,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Button {
    pub(crate) label: String,
    pub(crate) url: String,
}

impl Issue {
    /// Every image the issue shows, in order.
    pub(crate) fn images(&self) -> impl Iterator<Item = &Image> {
        self.blocks.iter().flat_map(|block| block.body.images())
    }

    /// Every chart that is drawn, in order.
    pub(crate) fn drawings(&self) -> impl Iterator<Item = &Drawing> {
        self.blocks.iter().filter_map(|block| match &block.body {
            Body::Chart(chart) => chart.drawing.as_ref(),
            _ => None,
        })
    }

    /// Every picture a reader's mail loads, those for the dark left out.
    pub(crate) fn loaded(&self) -> impl Iterator<Item = &Picture> {
        self.images().map(|image| &image.picture).chain(self.drawings().map(|drawing| &drawing.light))
    }

    /// The items of every block that shows stories, in order.
    pub(crate) fn items(&self) -> impl Iterator<Item = &Item> {
        self.blocks.iter().flat_map(|block| block.body.items())
    }
}

impl Body {
    pub(crate) fn items(&self) -> &[Item] {
        match self {
            Self::Story(item) => std::slice::from_ref(item),
            Self::List(items) | Self::Picks(items) => items,
            _ => &[],
        }
    }

    pub(crate) fn images(&self) -> Vec<&Image> {
        match self {
            Self::Image(image) => vec![image],
            Self::Sponsor { image, .. } | Self::Promo { image, .. } => image.iter().collect(),
            stories => stories.items().iter().filter_map(|item| item.story.image.as_ref()).collect(),
        }
    }
}

#[cfg(test)]
mod tests;
