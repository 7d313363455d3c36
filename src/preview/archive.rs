//! The archive: every issue there is, searched by its subject, its day, and the headlines and names of its stories.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use maud::{Markup, html};

use super::Desk;
use crate::files::Newsroom;
use crate::issue::IssueName;
use crate::issue::archive::Past;

/// Every issue, read once for each state of the files.
#[derive(Default)]
pub(super) struct Archive(Mutex<Option<(u64, Arc<Issues>)>>);

/// The issues of all newsletters, the newest first.
pub(super) struct Issues {
    all: Vec<Bound>,
    places: BTreeMap<IssueName, usize>,
    /// What each story is called, and the same as it is searched.
    headlines: BTreeMap<String, (String, String)>,
}

/// An issue on its shelf.
pub(super) struct Bound {
    pub(super) name: IssueName,
    pub(super) subject: String,
    pub(super) stories: Vec<String>,
    /// Subject and day, as they are searched.
    spine: String,
}

/// An issue that was found, with the headlines that made it so.
pub(super) struct Hit<'a> {
    pub(super) issue: &'a Bound,
    pub(super) headlines: Vec<&'a str>,
}

impl Desk {
    pub(super) fn archive(&self) -> Arc<Issues> {
        let mut kept = self.archive.0.lock().unwrap_or_else(PoisonError::into_inner);
        let saves = self.saves.load(Ordering::Acquire);
        if let Some((_, issues)) = kept.as_ref().filter(|(at, _)| *at == saves) {
            return Arc::clone(issues);
        }
        let config = self.config();
        let newsroom = Newsroom::open(&config.root);
        let mut all: Vec<Bound> = config.newsletters.keys().flat_map(|id| newsroom.past(id)).map(Bound::of).collect();
        all.sort_by(|one, other| {
            (&other.name.slot, &one.name.newsletter).cmp(&(&one.name.slot, &other.name.newsletter))
        });
        let entries = newsroom.entries(config.publication.timezone).into_iter();
        let headlines = entries.map(|entry| {
            let called = if entry.headline.is_empty() { entry.name.clone() } else { entry.headline };
            let searched = format!("{} {}", folded(&called), folded(&entry.name));
            (entry.name, (called, searched))
        });
        let issues = Arc::new(Issues::of(all, headlines.collect()));
        *kept = Some((saves, Arc::clone(&issues)));
        issues
    }
}

impl Bound {
    fn of(Past { name, subject, stories }: Past) -> Self {
        let day = name.date().map(|date| date.format("%A %-d %B %Y").to_string()).unwrap_or_default();
        let spine = folded(&format!("{subject} {} {day}", name.slot));
        Self { name, subject, stories: stories.into_iter().map(|(story, _)| story).collect(), spine }
    }
}

impl Issues {
    fn of(all: Vec<Bound>, headlines: BTreeMap<String, (String, String)>) -> Self {
        let places = all.iter().enumerate().map(|(place, bound)| (bound.name.clone(), place)).collect();
        Self { all, places, headlines }
    }

    /// An issue by its name.
    pub(super) fn issue(&self, name: &IssueName) -> Option<&Bound> {
        self.places.get(name).map(|place| &self.all[*place])
    }

    /// The issues of a newsletter, the newest first.
    pub(super) fn issues_of<'a>(&'a self, newsletter: &'a str) -> impl Iterator<Item = &'a Bound> {
        self.all.iter().filter(move |bound| bound.name.newsletter == newsletter)
    }

    pub(super) fn count(&self, newsletter: &str) -> usize {
        self.all.iter().filter(|bound| newsletter.is_empty() || bound.name.newsletter == newsletter).count()
    }

    /// Every word must be found somewhere in the issue: in its subject, its day, or a story's headline or name.
    pub(super) fn find<'a>(&'a self, newsletter: &'a str, words: &'a [String]) -> impl Iterator<Item = Hit<'a>> {
        let own = self.all.iter().filter(move |bound| newsletter.is_empty() || bound.name.newsletter == newsletter);
        own.filter_map(move |issue| self.hit(issue, words))
    }

    fn hit<'a>(&'a self, issue: &'a Bound, words: &[String]) -> Option<Hit<'a>> {
        let mut missing: Vec<&String> = words.iter().filter(|word| !issue.spine.contains(word.as_str())).collect();
        let mut headlines = Vec::new();
        for story in &issue.stories {
            // A story whose file is gone still has its name.
            let (called, searched) = self.headlines.get(story).map_or((story, story), |(called, all)| (called, all));
            if words.iter().any(|word| searched.contains(word.as_str())) {
                headlines.push(called.as_str());
                missing.retain(|word| !searched.contains(word.as_str()));
            }
        }
        missing.is_empty().then_some(Hit { issue, headlines })
    }
}

/// What somebody typed, as words to look for.
pub(super) fn words(typed: &str) -> Vec<String> {
    folded(typed).split_whitespace().map(str::to_owned).collect()
}

/// As texts are compared: small letters, and one kind of apostrophe.
fn folded(text: &str) -> String {
    text.to_lowercase().replace('’', "'")
}

/// A text with the words that were looked for set off.
pub(super) fn marked(text: &str, words: &[String]) -> Markup {
    let letters: Vec<(usize, char)> = text.char_indices().collect();
    let folds = |from: usize, word: &str| -> Option<usize> {
        let mut wanted = word.chars().peekable();
        for (place, (_, letter)) in letters.iter().enumerate().skip(from) {
            for own in folded(&letter.to_string()).chars() {
                wanted.next_if_eq(&own)?;
            }
            if wanted.peek().is_none() {
                return Some(place + 1);
            }
        }
        None
    };
    let byte = |place: usize| letters.get(place).map_or(text.len(), |(at, _)| *at);
    let mut pieces: Vec<(bool, &str)> = Vec::new();
    let (mut plain, mut at) = (0, 0);
    while at < letters.len() {
        match words.iter().filter_map(|word| folds(at, word)).max() {
            Some(end) => {
                pieces.extend([(false, &text[byte(plain)..byte(at)]), (true, &text[byte(at)..byte(end)])]);
                (plain, at) = (end, end);
            }
            None => at += 1,
        }
    }
    pieces.push((false, &text[byte(plain)..]));
    html! { @for (found, piece) in pieces { @if found { mark { (piece) } } @else { (piece) } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issues() -> Issues {
        let bound = |slot: &str, subject: &str, stories: &[&str]| {
            Bound::of(Past {
                name: IssueName { newsletter: "morning".to_owned(), slot: slot.to_owned() },
                subject: subject.to_owned(),
                stories: stories.iter().map(|story| ((*story).to_owned(), crate::issue::Depth::Full)).collect(),
            })
        };
        let headline =
            |name: &str, called: &str| (name.to_owned(), (called.to_owned(), format!("{} {name}", folded(called))));
        Issues::of(
            vec![
                bound("2026-11-24", "The barrier held", &["night-trams", "gone-story"]),
                bound("2026-11-23", "Ferries’ last winter", &["oysters"]),
            ],
            [headline("night-trams", "Trams until one"), headline("oysters", "Oysters are back")].into(),
        )
    }

    fn found(typed: &str) -> Vec<String> {
        let (issues, words) = (issues(), words(typed));
        issues.find("", &words).map(|hit| format!("{} {:?}", hit.issue.name.slot, hit.headlines)).collect()
    }

    #[test]
    fn an_issue_is_found_by_its_subject_its_day_its_headlines_and_its_stories_names() {
        assert_eq!(found("BARRIER"), ["2026-11-24 []"]);
        assert_eq!(found("monday november"), ["2026-11-23 []"]);
        assert_eq!(found("oysters back"), [r#"2026-11-23 ["Oysters are back"]"#]);
        assert_eq!(found("gone-story"), [r#"2026-11-24 ["gone-story"]"#]);
        assert_eq!(found("ferries' last"), ["2026-11-23 []"]);
        // One word in the subject, another in a headline: it is the same issue.
        assert_eq!(found("barrier trams"), [r#"2026-11-24 ["Trams until one"]"#]);
        assert_eq!(found("barrier oysters"), Vec::<String>::new());
        assert_eq!(found("2026-11").len(), 2);
    }

    #[test]
    fn what_was_looked_for_is_set_off_whatever_its_letters() {
        let marked = |text: &str, typed: &str| marked(text, &words(typed)).into_string();
        assert_eq!(marked("The Barrier held", "barrier he"), "T<mark>he</mark> <mark>Barrier</mark> <mark>he</mark>ld");
        assert_eq!(
            marked("Ferries’ İzmir <b>", "ferries' i b"),
            "<mark>Ferries’</mark> İzm<mark>i</mark>r &lt;<mark>b</mark>&gt;"
        );
        assert_eq!(marked("Nothing", "x"), "Nothing");
        assert_eq!(marked("", "x"), "");
    }
}
