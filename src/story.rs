//! The nouns of a story page: story, section, kicker, author, image.
//!
//! Everything here has been checked: the kicker is one the house allows, the authors exist, the image
//! was found and developed. Nothing here knows where it came from or how it will look.

use chrono::{DateTime, FixedOffset};

use crate::picture::{Picture, shown_width};
use crate::prose::Prose;

/// A story as the compiler understood it, with all its depths.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Story {
    /// The file's stem, unique in the newsroom.
    pub(crate) name: String,
    pub(crate) headline: String,
    pub(crate) standfirst: Option<String>,
    /// The form's id, e.g. `speed-read`.
    pub(crate) form: String,
    /// In the house spelling, e.g. `In the Spotlight`.
    pub(crate) kicker: Option<String>,
    pub(crate) byline: Vec<Author>,
    pub(crate) published: Option<DateTime<FixedOffset>>,
    pub(crate) updated: Option<DateTime<FixedOffset>>,
    /// Where the whole story stands on the publication's own site.
    pub(crate) url: Option<String>,
    pub(crate) topics: Vec<String>,
    /// One sentence; the standfirst where the story gives none.
    pub(crate) teaser: Option<String>,
    pub(crate) brief: Option<Vec<Prose>>,
    /// Where this depth shows it.
    pub(crate) image: Option<Image>,
    pub(crate) sensitive: bool,
    pub(crate) sections: Vec<Section>,
    /// Reading time of the whole story, rounded up; `None` where the files hold no body.
    pub(crate) minutes: Option<usize>,
}

/// A stretch of a story's body under one `## ` heading; text before the first heading has none.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Section {
    pub(crate) heading: Option<String>,
    pub(crate) body: Vec<Prose>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Author {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) title: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) bio: Option<String>,
}

/// A picture with its words, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Image {
    pub(crate) picture: Picture,
    pub(crate) alt: String,
    pub(crate) credit: Option<String>,
    pub(crate) caption: Option<String>,
    /// Display width in CSS pixels where the editor asked for one.
    pub(crate) width: Option<u32>,
    /// Where a click on it leads.
    pub(crate) url: Option<String>,
}

impl Image {
    /// In CSS pixels.
    pub(crate) fn shown_width(&self) -> u32 {
        shown_width(self.width, self.picture.width)
    }
}
