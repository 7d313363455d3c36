//! The archive as the desk looks things up in it: what each story is, and where it ran.
//!
//! Read leniently: a page with a mistake is still listed, for `check` says what is wrong with it when an issue
//! shows it.

use std::sync::Arc;

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::check::count;
use crate::finding::Source;
use crate::issue::file::{self, BodyFile, StoryRef};
use crate::issue::story;

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
    let page = story::read(source, zone, &mut Vec::new());
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

/// The names of the stories an issue shows, in order; those it only quotes are not among them.
pub(crate) fn shown(source: &Arc<Source>) -> Vec<String> {
    let issue = file::read(source, &mut Vec::new());
    let name = |story: StoryRef| story.story.value.trim().to_owned();
    let stories = |body| match body {
        BodyFile::Story { story, .. } => story.into_iter().map(name).collect(),
        BodyFile::List { stories, .. } | BodyFile::Picks { stories, .. } => stories.into_iter().map(name).collect(),
        _ => Vec::new(),
    };
    issue.blocks.into_iter().flat_map(|block| stories(block.body)).collect()
}
