//! Memory: what ran lately in this newsletter and its sisters, so that nobody reads the same thing twice unasked.

use std::ops::Range;
use std::sync::Arc;

use crate::config::tree::Text;
use crate::finding::{Finding, Source};
use crate::issue::archive::Past;
use crate::issue::{Depth, IssueName};
use crate::typography::folded;

/// Issues whose subjects are remembered; how many remember their stories is the newsletter's `repeat_issues`.
pub(crate) const SUBJECTS: usize = 30;

/// A story as it is shown this time.
pub(crate) struct Showing<'a> {
    pub(crate) name: &'a str,
    pub(crate) depth: Depth,
    pub(crate) source: &'a Arc<Source>,
    pub(crate) span: &'a Range<usize>,
}

/// The same story again: in full twice is a mistake, a link to what ran may be meant.
pub(crate) fn repeated(showing: &Showing<'_>, past: &[Past]) -> Option<Finding> {
    let runs = past.iter().filter_map(|issue| {
        let depth = issue.stories.iter().find(|(name, _)| name == showing.name)?.1;
        Some((issue, depth))
    });
    // A run in full weighs more than a newer mention.
    let (issue, before) = runs.max_by_key(|(issue, depth)| (*depth == Depth::Full, issue.name.slot.clone()))?;
    let again = format!("`{}` ran in {} of {}", showing.name, issue.name.newsletter, issue.name.slot);
    let finding = if before == Depth::Full && showing.depth == Depth::Full {
        Finding::error("repeated-recently", format!("{again}, in full as now"))
    } else {
        Finding::warning("repeated-recently", again)
    };
    Some(finding.at(showing.source, showing.span.clone(), "").help(format!("it stands in {}", issue.name.path())))
}

/// Two stories of this issue that are one page: an address copied with its neighbour's front matter.
pub(crate) fn one_page(showing: &Showing<'_>, first: &Showing<'_>, url: &str) -> Finding {
    let title = format!("`{}` and `{}` lead to the same page", first.name, showing.name);
    let finding = Finding::warning("same-page", title).at(showing.source, showing.span.clone(), "");
    finding.also(first.source, first.span.clone(), "").because(format!("both lead to {url}"))
}

/// The same page under another story's name.
pub(crate) fn same_page(showing: &Showing<'_>, url: &str, other: &str, issue: &IssueName) -> Finding {
    let title = format!("this page ran in {} of {} as `{other}`", issue.newsletter, issue.slot);
    let finding = Finding::warning("repeated-recently", title);
    finding.at(showing.source, showing.span.clone(), "").because(format!("both lead to {url}"))
}

/// A subject line a reader has seen lately: in the list of mails the two cannot be told apart.
pub(crate) fn subject(subject: &Text, newsletter: &str, past: &[Past]) -> Option<Finding> {
    // Capitals and full stops tell no two mails apart.
    let heard = |text: &str| text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let own = heard(&subject.value);
    // A subject of signs alone is another check's.
    let same = |text: &str| if own.is_empty() { text == subject.value } else { heard(text) == own };
    let issue = past.iter().filter(|issue| issue.name.newsletter == newsletter).find(|issue| same(&issue.subject))?;
    let title = format!("the issue of {} had the same subject", issue.name.slot);
    let finding = Finding::error("subject-same-as-recent", title);
    Some(finding.at(&subject.source, subject.span.clone(), "").help("a reader takes it for a mail already read"))
}

/// A headline nearly that of another story: often one story filed twice.
pub(crate) fn near(headline: &str, other: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let text = folded(text).to_lowercase();
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 2).map(str::to_owned).collect()
    };
    let (own, their) = (words(headline), words(other));
    let shared = own.iter().filter(|word| their.contains(word)).count();
    let all = own.len().max(their.len());
    all >= 3 && shared * 5 >= all * 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_headlines_are_near_when_four_words_in_five_are_shared() {
        assert!(near("The barrier held. One pump did not", "The barrier held, one pump did not"));
        assert!(near("Ferries to run until one in summer", "Ferries to run until one this summer"));
        assert!(!near("Ferries to run until one", "Trams to run all night"));
        assert!(!near("No", "No"));
    }
}
