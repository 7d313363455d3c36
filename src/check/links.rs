//! Links: only the web and mail, nothing empty, nothing left over from a draft.

use std::ops::Range;
use std::sync::Arc;

use crate::config::{Publication, host};
use crate::finding::{Finding, Source};

/// The address a link really leads to: trimmed, and with the house's query where it leads to our own hosts.
/// `None` where it leads nowhere; every mistake is put into `out`.
pub(crate) fn resolve(
    url: &str,
    source: &Arc<Source>,
    at: Range<usize>,
    publication: &Publication,
    out: &mut Vec<Finding>,
) -> Option<String> {
    let url = url.trim();
    let mut say = |finding: Finding, label: &str| out.push(finding.at(source, at.clone(), label));
    if url.is_empty() {
        say(Finding::error("link-empty", "this link leads nowhere"), "there is no address");
        return None;
    }
    if url.starts_with('#') {
        say(Finding::error("link-placeholder", "this link leads nowhere yet"), "");
        return Some(url.to_owned());
    }
    let scheme = url.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    let wrong = match scheme.as_deref() {
        Some("http" | "https") if host(url).is_some() && url.contains("://") => None,
        Some("http" | "https") => Some("an address has a host, such as https://news.example/page"),
        Some("mailto") if url.contains('@') => None,
        Some("mailto") => Some("there is no address behind mailto:"),
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
    let Some(host) = host(url).filter(|_| scheme.as_deref() != Some("mailto")).map(str::to_ascii_lowercase) else {
        return Some(url.to_owned());
    };
    if is_placeholder(&host) {
        say(Finding::error("link-placeholder", format!("this link leads to `{host}`, which no reader can open")), "");
    }
    Some(append(url, &host, publication))
}

/// The beginning of an address, for a message.
fn shown(url: &str) -> String {
    let short: String = url.chars().take(60).collect();
    if short.len() < url.len() { format!("{short}…") } else { short }
}

/// Hosts of drafts and of machines at home. `.example`, `.test` and `.invalid` are left alone: they say what they are.
fn is_placeholder(host: &str) -> bool {
    let ours = ["localhost", "example.com", "example.net", "example.org"];
    let named = ours.iter().any(|known| host == *known || host.ends_with(&format!(".{known}")));
    named || host.parse().is_ok_and(is_private) || host.trim_matches(['[', ']']).parse().is_ok_and(is_private_v6)
}

fn is_private(address: std::net::Ipv4Addr) -> bool {
    address.is_private() || address.is_loopback() || address.is_link_local() || address.is_unspecified()
}

fn is_private_v6(address: std::net::Ipv6Addr) -> bool {
    address.is_loopback() || address.is_unspecified() || (address.segments()[0] & 0xfe00) == 0xfc00
}

/// The house's query on links to its own hosts; what a link says already is left as it says it.
fn append(url: &str, host: &str, publication: &Publication) -> String {
    let Some(append) = publication.append.as_deref().filter(|_| publication.hosts.iter().any(|own| own == host)) else {
        return url.to_owned();
    };
    let (page, anchor) = url.split_once('#').map_or((url, None), |(page, anchor)| (page, Some(anchor)));
    let query = page.split_once('?').map_or("", |(_, query)| query);
    let has = |name: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
    let missing: Vec<&str> =
        append.split('&').filter(|pair| !pair.is_empty() && !has(pair.split('=').next().unwrap_or_default())).collect();
    let mut out = page.to_owned();
    if !missing.is_empty() {
        if !page.contains('?') {
            out.push('?');
        } else if !query.is_empty() {
            out.push('&');
        }
        out.push_str(&missing.join("&"));
    }
    if let Some(anchor) = anchor {
        out.push('#');
        out.push_str(anchor);
    }
    out
}
