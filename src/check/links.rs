//! Links: only the web and mail, nothing empty, nothing left over from a draft.

pub(crate) mod hosts;
pub(crate) mod query;
pub(crate) mod words;

use std::ops::Range;
use std::sync::Arc;

use crate::address::EmailAddress;
use crate::config::{Publication, host};
use crate::finding::{Finding, Findings, Source};

/// What links are held against: the house's own hosts, and the places inside this mail.
#[derive(Clone, Copy)]
pub(crate) struct Ground<'a> {
    pub(crate) publication: &'a Publication,
    /// Ids of the blocks: what `#id` may lead to.
    pub(crate) anchors: &'a [String],
    /// Paid words: who pays counts the clicks, and that is agreed.
    pub(crate) paid: bool,
}

/// The address a link really leads to: trimmed, and with the house's query where it leads to our own hosts.
/// `None` where it leads nowhere; every mistake is put into `out`.
pub(crate) fn resolve(
    url: &str,
    source: &Arc<Source>,
    at: Range<usize>,
    ground: Ground<'_>,
    out: &mut Findings,
) -> Option<String> {
    let url = url.trim();
    let mut say = |finding: Finding, label: &str| out.push(finding.at(source, at.clone(), label));
    if url.is_empty() {
        say(Finding::error("link-empty", "this link leads nowhere"), "there is no address");
        return None;
    }
    if let Some(anchor) = url.strip_prefix('#') {
        if anchor.is_empty() {
            say(Finding::error("link-placeholder", "this link leads nowhere yet"), "");
        } else if !ground.anchors.iter().any(|id| id == anchor) {
            let finding = Finding::warning("anchor-dead", format!("no block of this issue has the id `{anchor}`"));
            say(finding, "a click on it does nothing");
        }
        return Some(url.to_owned());
    }
    let (scheme, rest) =
        url.split_once(':').map_or((None, url), |(scheme, rest)| (Some(scheme.to_ascii_lowercase()), rest));
    let wrong = match scheme.as_deref() {
        Some("http" | "https") if rest.contains("://") && host(url).is_some_and(|host| host.starts_with("http")) => {
            Some("two addresses in one")
        }
        Some("http" | "https") if host(url).is_some() && url.contains("://") => None,
        Some("http" | "https") => Some("an address has a host, such as https://news.example/page"),
        Some("mailto") => {
            match EmailAddress::parse(rest.split('?').next().unwrap_or_default()) {
                Ok(address) => {
                    let host = address.domain();
                    let written = Written { url, host, source, at };
                    out.extend(written.elsewhere(ground.publication));
                }
                Err(problem) => {
                    let finding = Finding::error("mailto-bad", "no mail would arrive at this address");
                    say(finding.help("write mailto:desk@news.example"), &problem);
                    return None;
                }
            }
            return Some(url.to_owned());
        }
        Some("tel") if is_number(rest) => return Some(url.to_owned()),
        Some("tel") => Some("no telephone rings at this: write tel:+44 and figures, with hyphens at most"),
        _ => Some("a mail stands on no site: write the whole address, with https://"),
    };
    if let Some(label) = wrong {
        say(Finding::error("bad-value", format!("a link cannot lead to `{}`", shown(url))), label);
        return None;
    }
    if url.chars().any(|c| c.is_whitespace() || c.is_control() || "\"<>\\^`{|}".contains(c)) {
        let label = "spaces and quotes inside an address are written %20 and %22";
        say(Finding::error("bad-value", "this address holds characters no address may have"), label);
        return None;
    }
    let host = host(url)?.to_ascii_lowercase();
    if let Some(word) = left_to_fill_in(url) {
        say(Finding::error("placeholder", format!("\"{word}\" was left in this address to be filled in")), "");
    } else if hosts::is_placeholder(&host) || hosts::is_draft(url, &host, &ground.publication.hosts) {
        say(Finding::error("link-placeholder", format!("this link leads to `{host}`, which no reader can open")), "");
    } else {
        let written = Written { url, host: &host, source, at };
        out.extend(written.misspelt(ground.publication).or_else(|| written.manners(ground)));
    }
    Some(query::append(url, &host, ground.publication))
}

/// A part of the address that stands for one not yet known.
fn left_to_fill_in(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    rest.split(['/', '?', '&', '=', '#', '-', '_']).find(|part| ["TK", "TKTK", "TODO", "XXX"].contains(part))
}

fn is_number(rest: &str) -> bool {
    let digits = rest.chars().filter(char::is_ascii_digit).count();
    (3..=15).contains(&digits) && rest.chars().all(|c| c.is_ascii_digit() || "+-.()".contains(c))
}

/// An address that leads somewhere, as it stands in a file.
struct Written<'a> {
    url: &'a str,
    host: &'a str,
    source: &'a Arc<Source>,
    at: Range<usize>,
}

impl Written<'_> {
    /// The address alone. Where it stands in the file as it is, behind its words, an edit may mend it; escaped it is
    /// only shown.
    fn whole(&self) -> Option<Range<usize>> {
        let from = self.at.start + self.source.text.get(self.at.clone())?.rfind(self.url)?;
        Some(from..from + self.url.len())
    }

    fn say(&self, finding: Finding, label: &str) -> Finding {
        finding.at(self.source, self.at.clone(), label)
    }

    /// An address on a host that is a slip of the fingers away from one that was meant.
    fn elsewhere(&self, publication: &Publication) -> Option<Finding> {
        let host = hosts::meant(self.host, &publication.hosts)?;
        Some(self.mistyped(&format!("`{host}` is meant?"), self.url.replacen(self.host, &host, 1)))
    }

    /// An address with a slip of the fingers in it.
    fn misspelt(&self, publication: &Publication) -> Option<Finding> {
        self.elsewhere(publication).or_else(|| {
            let kept = self.url.trim_end_matches(['.', ',', ';', ':', '!', '\'', '"', '’', '”']);
            let lost = kept.len() < self.url.len() || (kept.ends_with(')') && !kept.contains('('));
            let kept = if lost { kept.trim_end_matches(')') } else { kept };
            let label = format!("it ends with `{}`", &self.url[kept.len()..]);
            lost.then(|| self.mistyped(&label, kept.to_owned()))
        })
    }

    fn mistyped(&self, label: &str, meant: String) -> Finding {
        let finding = self.say(Finding::warning("link-misspelt", "this address looks mistyped"), label);
        match self.whole() {
            Some(whole) => finding.fix(whole, meant),
            None => finding.help(format!("did you mean {}?", shown(&meant))),
        }
    }

    /// What works and is still not done: unencrypted, hidden behind a shortener, with somebody's tracking on it.
    fn manners(&self, ground: Ground<'_>) -> Option<Finding> {
        let Self { url, host, .. } = self;
        if hosts::is_shortener(host) {
            let finding = Finding::warning("link-shortener", format!("`{host}` hides where this link leads"));
            let finding = self.say(finding, "spam filters and readers mistrust it");
            return Some(finding.help("link to the page itself"));
        }
        if let Some(page) = hosts::wrapped(url) {
            let finding =
                Finding::warning("link-shortener", format!("`{host}` stands between the reader and the page"));
            let finding = self.say(finding, "the address was copied out of a mail or a search");
            return Some(match self.whole().filter(|_| !page.is_empty()) {
                Some(whole) => finding.help("link to the page itself").fix(whole, page),
                None => finding.help("open it, and copy the address from there"),
            });
        }
        let kept = query::without_tracking(url, query::ours(host, ground.publication));
        if kept != *url && !ground.paid {
            let finding = Finding::warning("tracking-params", "this link carries somebody's tracking");
            let finding = self.say(finding, "").help(format!("the page is {}", shown(&kept)));
            return Some(match self.whole() {
                Some(whole) => finding.mend(whole, kept),
                None => finding,
            });
        }
        let rest = url.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("http://")).map(|_| &url[7..])?;
        let finding = self.say(Finding::warning("link-http", "this link is not encrypted"), "");
        let finding = finding.help("https:// works on nearly every site; try it first");
        Some(match self.whole() {
            Some(whole) => finding.fix(whole, format!("https://{rest}")),
            None => finding,
        })
    }
}

/// The beginning of an address, for a message.
fn shown(url: &str) -> String {
    let short: String = url.chars().take(60).collect();
    if short.len() < url.len() { format!("{short}…") } else { short }
}
