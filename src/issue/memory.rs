//! What ran lately, held against what runs now.

use std::collections::BTreeMap;

use crate::check;
use crate::check::history::{self, RECENT, Showing};
use crate::config::tree::Text;
use crate::finding::Finding;
use crate::issue::archive::Past;
use crate::issue::compile::Compiler;
use crate::issue::file::{BodyFile, IssueFile, StoryRef};
use crate::issue::{Depth, IssueName};

impl Compiler<'_> {
    /// The subject, the stories and their pages against the last issues of all newsletters.
    pub(super) fn remember(&mut self, name: &IssueName, file: &IssueFile) {
        let speaks = |check| check::speaks(check, self.config, self.newsletter);
        let (stories, subjects) = (speaks("repeated-recently"), speaks("subject-same-as-recent"));
        let headlines = speaks("near-duplicate");
        if !stories && !subjects && !headlines {
            return;
        }
        let newsletters = self.config.newsletters.keys();
        let past: Vec<Past> =
            newsletters.flat_map(|newsletter| self.library.recent(newsletter, &name.slot, RECENT)).collect();
        if let Some(subject) = file.subject.as_ref().filter(|_| subjects) {
            self.findings.extend(history::subject(subject, &name.newsletter, &past));
        }
        let showings = showings(file);
        let mut found: Vec<Finding> = Vec::new();
        for showing in &showings {
            found.extend(history::repeated(showing, &past));
        }
        if stories || headlines {
            found.extend(self.under_other_names(&showings, &past, headlines));
        }
        self.findings.extend(found);
    }

    /// Stories of the past that are the same page, or nearly the same headline, under another name.
    fn under_other_names(&self, showings: &[Showing<'_>], past: &[Past], headlines: bool) -> Vec<Finding> {
        let own: Vec<(&Showing<'_>, &crate::story::Story)> = showings
            .iter()
            .filter_map(|showing| Some((showing, &self.pages.get(showing.name)?.as_ref()?.story)))
            .collect();
        let mut others: BTreeMap<&str, &IssueName> = BTreeMap::new();
        for issue in past {
            for (story, _) in issue.stories.iter().filter(|(story, _)| !showings.iter().any(|own| own.name == story)) {
                others.insert(story, &issue.name);
            }
        }
        let mut found = Vec::new();
        for (other, issue) in others {
            let Ok(source) = self.library.story(other) else { continue };
            // Looked for as text first: the archive is large, and a match is rare.
            for (showing, story) in &own {
                let url = story.url.as_deref().map(|url| url.split('?').next().unwrap_or(url));
                if let Some(url) = url.filter(|url| source.text.contains(&format!("\"{url}\""))) {
                    found.push(history::same_page(showing, url, other, issue));
                } else if headlines
                    && headline(&source.text).is_some_and(|theirs| history::near(&story.headline, theirs))
                {
                    let title =
                        format!("a headline nearly that of `{other}`, in {} of {}", issue.newsletter, issue.slot);
                    let finding = Finding::warning("near-duplicate", title);
                    found.push(finding.at(showing.source, showing.span.clone(), ""));
                }
            }
        }
        found
    }
}

/// The headline as the front matter writes it.
fn headline(text: &str) -> Option<&str> {
    let line = text.lines().find(|line| line.trim_start().starts_with("headline"))?;
    Some(line.split_once('=')?.1.trim().trim_matches('"'))
}

fn showings(file: &IssueFile) -> Vec<Showing<'_>> {
    let mut showings = Vec::new();
    for block in &file.blocks {
        match &block.body {
            BodyFile::Story { story, show } => {
                let depth = show.as_ref().map_or(Depth::Full, |show| show.value);
                showings.extend(story.iter().map(|story| showing(story, depth)));
            }
            BodyFile::List { stories, show } | BodyFile::Picks { stories, show } => {
                let depth = show.as_ref().map_or(Depth::Teaser, |show| show.value);
                showings.extend(stories.iter().map(|story| showing(story, depth)));
            }
            _ => {}
        }
    }
    showings
}

fn showing(story: &StoryRef, depth: Depth) -> Showing<'_> {
    let Text { value, source, span, .. } = &story.story;
    Showing { name: value.trim(), depth, source, span }
}
