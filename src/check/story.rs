//! A story as it is put into an issue: its days, and whether what is shown of it leads anywhere.

use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;

use crate::config::tree::Text;
use crate::finding::Finding;
use crate::issue::fields::Said;
use crate::issue::story::StoryFile;
use crate::issue::{Depth, IssueName};
use crate::story::Story;

/// The moments in its front matter against one another, and against the hour the issue is due.
pub(crate) fn days(file: &StoryFile, name: &str, due: DateTime<Tz>) -> Vec<Finding> {
    let at = |finding: Finding, key: &Said<DateTime<chrono::FixedOffset>>, label: &str| {
        finding.at(&file.source, key.span.clone(), label)
    };
    let wrong = |key: &Said<_>, title: String, label: &str| at(Finding::warning("story-dates", title), key, label);
    let mut findings = Vec::new();
    if let Some(expires) = file.expires.as_ref().filter(|expires| expires.value <= due) {
        let finding = Finding::warning("story-expired", format!("`{name}` is out of date when this issue is due"));
        findings.push(at(finding, expires, &format!("due {}", due.format("%Y-%m-%d %H:%M %:z"))));
    }
    let Some(published) = &file.published else { return findings };
    let day = published.value.with_timezone(&due.timezone()).date_naive();
    let ahead = day.signed_duration_since(due.date_naive()).num_days();
    if ahead > 0 {
        let title = format!("`{name}` is of a day after this issue");
        findings.push(wrong(published, title, &days_later(ahead)));
    }
    if let Some(updated) = file.updated.as_ref().filter(|updated| updated.value < published.value) {
        findings.push(wrong(updated, format!("`{name}` was updated before it was published"), ""));
    }
    if let Some(expires) = file.expires.as_ref().filter(|expires| expires.value < published.value) {
        findings.push(wrong(expires, format!("`{name}` expires before it is published"), ""));
    }
    findings
}

fn days_later(days: i64) -> String {
    if days == 1 { "a day later".to_owned() } else { format!("{days} days later") }
}

/// Less than the whole story is shown: then the rest must be somewhere, and there must be something to show. The issue
/// may have a teaser of its own; whether the story's address reads is said elsewhere.
pub(crate) fn shown(
    story: &Story,
    depth: Depth,
    (own_teaser, leads): (bool, bool),
    name: &Text,
    path: &str,
) -> Vec<Finding> {
    let at = |finding: Finding, label: String| finding.at(&name.source, name.span.clone(), label);
    let mut findings = Vec::new();
    if depth != Depth::Full && !leads {
        let finding = Finding::warning("link-missing", format!("`{}` leads nowhere from here", story.name));
        let finding = at(finding, format!("{path} has no `url`"));
        findings.push(finding.help("write `url` into its front matter, or show the story in full"));
    }
    if depth == Depth::Teaser && story.teaser.is_none() && !own_teaser {
        let finding = Finding::warning("teaser-missing", format!("`{}` has no teaser to show", story.name));
        let finding = at(finding, format!("{path} has neither `teaser` nor `standfirst`"));
        findings.push(finding.help("write `teaser` into its front matter, or show it as a headline"));
    }
    findings
}

/// A correction is of an issue that appeared.
pub(crate) fn corrected(of: &Said<NaiveDate>, date: NaiveDate, name: &IssueName, appeared: bool) -> Option<Finding> {
    // The correction of a day's issue may leave on that day.
    let label = if of.value > date || (of.value == date && !name.is_extra()) {
        "that day is still to come when this issue is due".to_owned()
    } else if appeared {
        return None;
    } else {
        format!("no file issues/{}/{}.toml", name.newsletter, of.value)
    };
    let finding = Finding::warning("correction-of", format!("no issue appeared on {}", of.value));
    Some(finding.at(&of.source, of.span.clone(), label).help("`of` is the date of the issue that is corrected"))
}
