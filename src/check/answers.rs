//! What the network said of an issue's links, as findings; who asked it, and when, is no affair of this room.

use serde::{Deserialize, Serialize};

use crate::config::host;
use crate::finding::{Finding, Level};
use crate::issue::leads::Lead;

/// What came of asking an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub(crate) enum Outcome {
    /// The page is there.
    Fine,
    /// The page is there, at another address; `lasting` where the site says it will stay there.
    Moved { to: String, lasting: bool },
    /// It is not there, and that is certain.
    Gone { why: String },
    /// The site does not talk to programs.
    Guarded { status: u16 },
    /// Something is wrong, perhaps only now.
    Odd { why: String },
}

/// What there is to say about a link whose address was asked so many minutes ago.
pub(crate) fn finding(lead: &Lead, outcome: &Outcome, minutes: i64) -> Option<Finding> {
    let (level, why) = match outcome {
        Outcome::Fine => return None,
        Outcome::Moved { to, lasting } => return moved(lead, to, *lasting),
        Outcome::Gone { why } => (Level::Error, why.clone()),
        Outcome::Guarded { status } => (Level::Note, format!("the site answers programs with {status}")),
        Outcome::Odd { why } => (Level::Warning, why.clone()),
    };
    let (title, help) = match level {
        Level::Error => ("this link is dead", "correct the address, or take the link out"),
        Level::Warning => ("this link may be dead", "open it yourself; `pressrun check --network` asks again"),
        Level::Note => ("nobody can tell from here whether this link works", "open it yourself"),
    };
    let asked = match minutes {
        0 => "asked just now".to_owned(),
        1 => "asked a minute ago".to_owned(),
        minutes => format!("asked {minutes} minutes ago"),
    };
    let finding = Finding::new("link-broken", level, format!("{title}: {why}"));
    Some(finding.at(&lead.source, lead.span.clone(), asked).help(help))
}

fn moved(lead: &Lead, to: &str, lasting: bool) -> Option<Finding> {
    let finding = Finding::warning("link-redirects", format!("this link leads on to {to}"));
    let front = |address: &str| {
        let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
        rest.split_once('/').is_none_or(|(_, path)| path.is_empty())
    };
    if front(to) && !front(&lead.address) {
        let host = host(to).unwrap_or(to);
        let finding = finding.at(&lead.source, lead.span.clone(), "the page itself may be gone");
        return Some(finding.help(format!("it ends at the front page of {host}: open it yourself")));
    }
    let label = if lasting { "the site says that the page has moved" } else { "for now, the site says" };
    let finding = finding.at(&lead.source, lead.span.clone(), label);
    let written = lead.source.text.get(lead.span.clone()).and_then(|text| text.rfind(&lead.address));
    Some(match written.map(|from| lead.span.start + from).filter(|_| lasting) {
        Some(from) => finding.help("link to the page itself").fix(from..from + lead.address.len(), to),
        None => finding.help(format!("link to the page itself, if it stays there: {to}")),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::finding::Source;

    fn said(outcome: Outcome) -> Option<Finding> {
        let text = "see [the page](https://news.quay/a) now".to_owned();
        let source = Arc::new(Source { path: "issues/a.md".to_owned(), text });
        finding(&Lead { address: "https://news.quay/a".to_owned(), source, span: 4..35, words: None }, &outcome, 12)
    }

    #[test]
    fn a_page_that_is_there_is_nothing_to_talk_about() {
        assert!(said(Outcome::Fine).is_none());
    }

    #[test]
    fn how_sure_it_is_decides_how_loud_it_is_said() {
        let level = |outcome| said(outcome).map(|finding| finding.level);
        let why = || "the server answers 500".to_owned();
        assert_eq!(level(Outcome::Gone { why: why() }), Some(Level::Error));
        assert_eq!(level(Outcome::Odd { why: why() }), Some(Level::Warning));
        assert_eq!(level(Outcome::Guarded { status: 403 }), Some(Level::Note));
        let finding = said(Outcome::Odd { why: why() }).unwrap();
        assert_eq!(finding.title, "this link may be dead: the server answers 500");
        assert_eq!(finding.place.unwrap().label, "asked 12 minutes ago");
    }

    #[test]
    fn a_page_that_moved_for_good_comes_with_its_new_address() {
        let moved = |to: &str, lasting| said(Outcome::Moved { to: to.to_owned(), lasting }).unwrap();
        let fix = moved("https://news.quay/b", true).fix.unwrap();
        assert_eq!((fix.span, fix.with.as_str(), fix.safe), (15..34, "https://news.quay/b", false));
        assert!(moved("https://news.quay/b", false).fix.is_none());
        let front = moved("https://news.quay/", true);
        assert_eq!((front.fix, front.place.unwrap().label.as_str()), (None, "the page itself may be gone"));
    }
}
