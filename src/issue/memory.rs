//! What ran lately, held against what runs now.

use std::collections::BTreeMap;

use crate::check;
use crate::check::history::{self, SUBJECTS, Showing};
use crate::check::links::query::canonical;
use crate::config::tree::Text;
use crate::finding::{Finding, Findings};
use crate::issue::archive::{Before, Past};
use crate::issue::compile::Compiler;
use crate::issue::file::{BodyFile, IssueFile, StoryRef};
use crate::issue::{Depth, IssueName, story};
use crate::schedule;
use crate::story::Story;

impl Compiler<'_> {
    /// The subject, the stories and their pages against the last issues of all newsletters.
    pub(super) fn remember(&mut self, name: &IssueName, file: &IssueFile) {
        let speaks = |check| check::speaks(check, self.config, self.newsletter);
        let (stories, headlines) = (speaks("repeated-recently"), speaks("near-duplicate"));
        if speaks("subject-same-as-recent")
            && let Some(subject) = &file.subject
        {
            let past = self.library.recent(&name.newsletter, Before::Slot(&name.slot), SUBJECTS);
            self.findings.extend(history::subject(subject, &name.newsletter, &past));
        }
        let showings = showings(file);
        let found = self.twice_here(&showings);
        self.findings.extend(found);
        if !stories && !headlines {
            return;
        }
        let past = self.past(name);
        self.findings.extend(showings.iter().filter_map(|showing| history::repeated(showing, &past)));
        let found = self.under_other_names(&showings, &past, headlines);
        self.findings.extend(found);
    }

    /// The issues in which a story is remembered: of this newsletter those before, of a sister those that are out by
    /// the time this one is due. The morning's letter does not look at the evening's.
    fn past(&self, name: &IssueName) -> Vec<Past> {
        let count = self.newsletter.repeat_issues;
        let of = |sister: &crate::config::Newsletter| {
            let out = schedule::instant(self.newsletter.timezone, self.date, sister.send_at) <= self.due;
            let day = self.date.to_string();
            let before = match sister.id == name.newsletter {
                true => Before::Slot(&name.slot),
                false if out => Before::DayAfter(self.date),
                false => Before::Slot(&day),
            };
            self.library.recent(&sister.id, before, count)
        };
        self.config.newsletters.values().flat_map(of).collect()
    }

    /// The stories that are shown, read already, each with the one name of its page.
    fn shown<'s, 'f>(&'s self, showings: &'s [Showing<'f>]) -> Vec<(&'s Showing<'f>, &'s Story, Option<String>)> {
        let read = |showing: &'s Showing<'f>| {
            let page = self.pages.get(showing.name)?.as_ref()?;
            Some((showing, &page.story, page.address().map(canonical)))
        };
        showings.iter().filter_map(read).collect()
    }

    /// Two stories of this issue that are one page.
    fn twice_here(&self, showings: &[Showing<'_>]) -> Vec<Finding> {
        let mut pages: BTreeMap<String, &Showing<'_>> = BTreeMap::new();
        let mut found = Vec::new();
        for (showing, _, page) in self.shown(showings) {
            let Some(page) = page else { continue };
            let first = *pages.entry(page.clone()).or_insert(showing);
            if first.name != showing.name {
                found.push(history::one_page(showing, first, &page));
            }
        }
        found
    }

    /// Stories of the past that are the same page, or nearly the same headline, under another name.
    fn under_other_names(&self, showings: &[Showing<'_>], past: &[Past], headlines: bool) -> Vec<Finding> {
        let own = self.shown(showings);
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
            let maybe = |page: &str| page.rsplit('/').next().is_some_and(|last| source.text.contains(last));
            if !headlines && !own.iter().any(|(_, _, page)| page.as_deref().is_some_and(maybe)) {
                continue;
            }
            let theirs = story::read(&source, self.newsletter.timezone, &mut Findings::default());
            let page = theirs.url.map(|url| canonical(url.value.trim()));
            let headline = theirs.headline.filter(|_| headlines).map(|headline| headline.value);
            for (showing, story, own_page) in &own {
                if let (Some(theirs), Some(ours)) = (&page, own_page)
                    && theirs == ours
                {
                    found.push(history::same_page(showing, ours, other, issue));
                } else if headline.as_ref().is_some_and(|theirs| history::near(&story.headline, theirs)) {
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
