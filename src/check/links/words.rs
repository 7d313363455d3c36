//! The words of a link: they say where it leads, and truly.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::shown;
use crate::config::host;
use crate::finding::{Finding, Source};
use crate::issue::leads::Lead;
use crate::typography::folded;

pub(crate) fn words(text: &str, url: &str, source: &Arc<Source>, at: Range<usize>) -> Option<Finding> {
    let words = folded(text.trim()).trim_end_matches(['.', ':', '…', '›', '»', '→', '!']).trim().to_lowercase();
    if words.is_empty() {
        let finding = Finding::error("link-empty", "this link has no words");
        return Some(finding.at(source, at, "nobody sees it, and a screen reader spells the address"));
    }
    if VAGUE.contains(&words.as_str()) {
        let finding = Finding::warning("link-vague", format!("\"{}\" does not say where this link leads", text.trim()));
        let finding = finding.at(source, at, "");
        return Some(finding.help("link the words that name the thing: many readers hear links alone"));
    }
    let (claimed, real) = promise(&words, url)?;
    let finding =
        Finding::error("link-text-url-differs", format!("the words say `{claimed}`, the link leads to `{real}`"));
    Some(finding.at(source, at, "mail programs warn of fraud here").help("write what the link leads to"))
}

/// Links of the same words that lead to different places: heard alone, nobody can tell which is which.
pub(crate) fn same_words<'a>(leads: impl Iterator<Item = &'a Lead>) -> Vec<Finding> {
    let mut met: BTreeMap<String, &Lead> = BTreeMap::new();
    leads.filter_map(|lead| two_places(met.entry(heard(lead)?).or_insert(lead), lead)).collect()
}

fn heard(lead: &Lead) -> Option<String> {
    lead.words.as_ref().map(|words| words.trim().to_lowercase())
}

fn two_places(first: &Lead, lead: &Lead) -> Option<Finding> {
    if first.address == lead.address {
        return None;
    }
    let title = format!("\"{}\" leads to two places", lead.words.as_deref()?.trim());
    let finding = Finding::warning("link-same-words", title)
        .at(&lead.source, lead.span.clone(), format!("here to {}", shown(&lead.address)))
        .help("say in each what differs: many readers hear links alone");
    let there = format!("there to {}", shown(&first.address));
    Some(if first.source.path == lead.source.path {
        finding.also(&first.source, first.span.clone(), there)
    } else {
        let (line, _) = first.source.line_col(first.span.start);
        finding.because(format!("{}:{line}: {there}", first.source.path))
    })
}

/// What the words promise and what the link does, where the two are not one.
fn promise(words: &str, url: &str) -> Option<(String, String)> {
    if let Some(real) = url.strip_prefix("mailto:") {
        let real = real.split('?').next().unwrap_or_default().to_lowercase();
        let claimed = words.split_whitespace().find(|word| word.contains('@'))?;
        return (claimed != real).then(|| (claimed.to_owned(), real));
    }
    let claimed = claimed_host(words)?;
    let real = host(url)?.to_lowercase();
    let bare = |host: &str| host.trim_start_matches("www.").to_owned();
    let (one, other) = (bare(&claimed), bare(&real));
    // A house's own page within its site is what its name promises.
    let within = |one: &str, other: &str| one == other || one.ends_with(&format!(".{other}"));
    (!within(&one, &other) && !within(&other, &one)).then_some((claimed, real))
}

/// The host that words promise: where they are an address themselves, or hold one that can be nothing else.
fn claimed_host(words: &str) -> Option<String> {
    let alone = !words.contains(char::is_whitespace);
    let named = |word: &str| {
        let page = word.trim_start_matches("https://").trim_start_matches("http://");
        let name = page.split(['/', '?', '#', ':']).next().unwrap_or_default().trim_end_matches(['.', ',', ')']);
        let ending = name.rsplit_once('.')?.1;
        let certain = page.len() < word.len() || name.starts_with("www.");
        (certain || (alone && COMMON_ENDINGS.contains(&ending))).then(|| name.to_owned())
    };
    words.split_whitespace().filter(|word| !word.contains('@')).find_map(named)
}

/// Endings by which a word is meant as an address; “Booking.com” is one, “3.5” and “U.S.” are not.
const COMMON_ENDINGS: [&str; 14] =
    ["com", "org", "net", "info", "gov", "edu", "eu", "uk", "de", "fr", "pt", "br", "example", "news"];

/// Words that name nothing, in small letters.
#[rustfmt::skip]
const VAGUE: &[&str] = &[
    "click here", "click", "here", "this", "this link", "link", "link here", "read more", "more", "more here",
    "learn more", "find out more", "see more", "see here", "go here", "details", "more details", "more information",
    "more info", "this page", "this article", "this story", "full story", "read the full story", "read on", "read it here",
    "read this", "continue reading", "hier", "hier klicken", "mehr", "mehr lesen", "weiterlesen", "mehr erfahren",
    "aqui", "clique aqui", "leia mais", "saiba mais", "ver mais", "aquí", "haga clic aquí", "leer más", "ici",
    "cliquez ici", "lire la suite", "en savoir plus", "clicca qui", "leggi tutto", "こちら", "こちらから",
    "詳しくはこちら", "続きを読む", "هنا", "اضغط هنا", "المزيد", "اقرأ المزيد", "כאן", "לחצו כאן", "קראו עוד", "点击这里", "更多", "阅读更多",
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The check a link of these words and this address fails.
    fn said(words: &str, url: &str) -> Option<&'static str> {
        let source = Arc::new(Source { path: String::new(), text: String::new() });
        super::words(words, url, &source, 0..0).map(|finding| finding.check)
    }

    #[test]
    fn words_that_promise_an_address_lead_there() {
        let differs = Some("link-text-url-differs");
        for (words, url) in [
            ("www.bank.example", "https://evil.test/x"),
            ("lantern.example/a", "https://other.test/a"),
            ("visit https://bank.example today", "https://evil.test/"),
            ("log in at www.bank.example", "https://www.bank.example.evil.test/"),
            ("desk@quay.news", "mailto:other@quay.news"),
        ] {
            assert_eq!(said(words, url), differs, "{words}");
        }
        for (words, url) in [
            ("lantern.example", "https://www.lantern.example/x"),
            ("lantern.example", "https://letters.lantern.example/x"),
            ("our guide to Booking.com", "https://lantern.example/x"),
            ("version 3.5", "https://lantern.example/x"),
            ("write to desk@quay.news", "mailto:Desk@quay.news?subject=Tip"),
            ("desk@quay.news", "https://quay.news/contact"),
        ] {
            assert_eq!(said(words, url), None, "{words}");
        }
    }

    #[test]
    fn words_that_name_nothing_are_told_in_any_language_and_case() {
        for words in ["Here", "READ MORE…", "click here!", "こちら", "Clique aqui"] {
            assert_eq!(said(words, "https://quay.news/"), Some("link-vague"), "{words}");
        }
        assert_eq!(said("here are the minutes", "https://quay.news/"), None);
        assert_eq!(said(" ", "https://quay.news/"), Some("link-empty"));
    }
}
