//! The archive as the desk looks things up in it: what each story is, and where it ran.
//!
//! Read leniently: a page with a mistake is still listed, for `check` says what is wrong with it when an issue
//! shows it.

use std::sync::Arc;

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::check::count;
use crate::finding::{Findings, Source};
use crate::issue::fields::Said;
use crate::issue::file::{self, BodyFile, StoryRef};
use crate::issue::{Depth, IssueName, story};

/// A story as a list of stories shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) headline: String,
    pub(crate) form: Option<String>,
    pub(crate) topics: Vec<String>,
    /// Of the body.
    pub(crate) words: usize,
    /// In the newsroom's zone.
    pub(crate) published: Option<NaiveDate>,
}

/// Reads what a list needs of a story.
pub(crate) fn entry(name: &str, source: &Arc<Source>, zone: Tz) -> Entry {
    let page = story::read(source, zone, &mut Findings::default());
    Entry {
        name: name.to_owned(),
        path: source.path.clone(),
        headline: page.headline.map(|headline| headline.value).unwrap_or_default(),
        form: page.form.map(|form| form.value),
        topics: page.topics,
        words: count::text(&page.body.value),
        published: page.published.map(|at| at.value.with_timezone(&zone).date_naive()),
    }
}

/// How far back from an issue memory begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Before<'a> {
    /// What came before this slot.
    Slot(&'a str),
    /// What came on this day and before.
    DayAfter(NaiveDate),
}

impl Before<'_> {
    pub(crate) fn takes(self, slot: &str) -> bool {
        match self {
            Self::Slot(own) => slot < own,
            Self::DayAfter(day) => slot.get(..10).is_some_and(|date| date <= day.to_string().as_str()),
        }
    }
}

/// An issue of the past, as far as a later one must not repeat it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Past {
    pub(crate) name: IssueName,
    pub(crate) subject: String,
    /// The stories it showed, and how much of each.
    pub(crate) stories: Vec<(String, Depth)>,
}

/// Reads what later issues need of one; stories it only quotes are not shown in it.
pub(crate) fn past(name: IssueName, source: &Arc<Source>) -> Past {
    let issue = file::read(source, &mut Findings::default());
    let subject = issue.subject.map(|subject| subject.value).unwrap_or_default();
    let stories = issue.blocks.into_iter().flat_map(|block| match block.body {
        BodyFile::Story { story, show } => shown(story.into_iter().collect(), show, Depth::Full),
        BodyFile::List { stories, show } | BodyFile::Picks { stories, show } => shown(stories, show, Depth::Teaser),
        _ => Vec::new(),
    });
    Past { name, subject, stories: stories.collect() }
}

fn shown(stories: Vec<StoryRef>, show: Option<Said<Depth>>, default: Depth) -> Vec<(String, Depth)> {
    let depth = show.map_or(default, |show| show.value);
    stories.into_iter().map(|story| (story.story.value.trim().to_owned(), depth)).collect()
}
