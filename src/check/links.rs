//! Links: only the web and mail, nothing empty, nothing left over from a draft.

use std::ops::Range;
use std::sync::Arc;

use crate::address::EmailAddress;
use crate::config::{Publication, host};
use crate::finding::{Finding, Source};

/// What links are held against: the house's own hosts, and the places inside this mail.
#[derive(Clone, Copy)]
pub(crate) struct Ground<'a> {
    pub(crate) publication: &'a Publication,
    /// Ids of the issue's blocks: what `#id` may lead to.
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
    out: &mut Vec<Finding>,
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
        Some("http" | "https") if host(url).is_some() && url.contains("://") => None,
        Some("http" | "https") => Some("an address has a host, such as https://news.example/page"),
        Some("mailto") => {
            if let Err(problem) = EmailAddress::parse(rest.split('?').next().unwrap_or_default()) {
                let finding = Finding::error("mailto-bad", "no mail would arrive at this address");
                say(finding.help("write mailto:desk@news.example"), &problem);
                return None;
            }
            return Some(url.to_owned());
        }
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
    if is_placeholder(&host) {
        say(Finding::error("link-placeholder", format!("this link leads to `{host}`, which no reader can open")), "");
    } else {
        out.extend(manners(url, &host, source, &at, ground));
    }
    Some(append(url, &host, ground.publication))
}

/// What works and is still not done: unencrypted, hidden behind a shortener, with somebody's tracking on it.
fn manners(url: &str, host: &str, source: &Arc<Source>, at: &Range<usize>, ground: Ground<'_>) -> Option<Finding> {
    // Where the address stands in the file as it is, an edit may mend it; escaped or split it is only shown.
    let place = source.text.get(at.clone()).and_then(|text| text.find(url)).map(|from| at.start + from);
    let whole = place.map(|from| from..from + url.len());
    if SHORTENERS.contains(&host) {
        let finding = Finding::warning("link-shortener", format!("`{host}` hides where this link leads"));
        return Some(
            finding.at(source, at.clone(), "spam filters and readers mistrust it").help("link to the page itself"),
        );
    }
    let publication = ground.publication;
    let ours = publication.append.as_deref().filter(|_| publication.hosts.iter().any(|own| own == host));
    let kept = without_tracking(url, ours);
    if kept != url && !ground.paid {
        let finding = Finding::warning("tracking-params", "this link carries somebody's tracking");
        let finding = finding.at(source, at.clone(), "").help(format!("the page is {}", shown(&kept)));
        return Some(match whole {
            Some(whole) => finding.mend(whole, kept),
            None => finding,
        });
    }
    let rest = url.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("http://")).map(|_| &url[7..])?;
    let finding = Finding::warning("link-http", "this link is not encrypted");
    let finding = finding.at(source, at.clone(), "").help("https:// works on nearly every site; try it first");
    Some(match whole {
        Some(whole) => finding.fix(whole, format!("https://{rest}")),
        None => finding,
    })
}

/// The words of a link: they say where it leads, and truly.
pub(crate) fn words(text: &str, url: &str, source: &Arc<Source>, at: Range<usize>) -> Option<Finding> {
    let words = text.trim().trim_end_matches(['.', ':', '…', '›', '»', '→']).trim().to_lowercase();
    if words.is_empty() {
        let finding = Finding::error("link-empty", "this link has no words");
        return Some(finding.at(source, at, "nobody sees it, and a screen reader spells the address"));
    }
    if VAGUE.contains(&words.as_str()) {
        let finding = Finding::warning("link-vague", format!("\"{}\" does not say where this link leads", text.trim()));
        return Some(
            finding.at(source, at, "").help("link the words that name the thing: many readers hear links alone"),
        );
    }
    let claimed = claimed_host(&words)?;
    let real = host(url)?.to_ascii_lowercase();
    let bare = |host: &str| host.trim_start_matches("www.").to_owned();
    if bare(&claimed) == bare(&real) {
        return None;
    }
    let finding =
        Finding::error("link-text-url-differs", format!("the words say `{claimed}`, the link leads to `{real}`"));
    Some(finding.at(source, at, "mail programs warn of fraud here").help("write what the link leads to"))
}

/// A link with its place: what a reader hears of it, and where it leads.
#[derive(Clone, Debug)]
pub(crate) struct Led {
    pub(crate) words: String,
    pub(crate) url: String,
    pub(crate) source: Arc<Source>,
    pub(crate) at: Range<usize>,
}

/// Links of the same words that lead to different places: heard alone, nobody can tell which is which.
pub(crate) fn same_words(links: &[Led]) -> Vec<Finding> {
    let folded = |led: &Led| led.words.trim().to_lowercase();
    let mut findings = Vec::new();
    for (index, led) in links.iter().enumerate() {
        let Some(first) = links[..index].iter().find(|first| folded(first) == folded(led)) else { continue };
        if first.url == led.url {
            continue;
        }
        let title = format!("\"{}\" leads to two places", led.words.trim());
        let finding = Finding::warning("link-same-words", title)
            .at(&led.source, led.at.clone(), format!("here to {}", shown(&led.url)))
            .help("say in each what differs: many readers hear links alone");
        let there = format!("there to {}", shown(&first.url));
        findings.push(if first.source.path == led.source.path {
            finding.also(&first.source, first.at.clone(), there)
        } else {
            let (line, _) = first.source.line_col(first.at.start);
            finding.because(format!("{}:{line}: {there}", first.source.path))
        });
    }
    findings
}

/// The host that words promise, where they are an address themselves.
fn claimed_host(words: &str) -> Option<String> {
    if words.contains(char::is_whitespace) || words.contains('@') {
        return None;
    }
    let page = words.trim_start_matches("https://").trim_start_matches("http://");
    let name = page.split(['/', '?', '#']).next().unwrap_or_default();
    let ending = name.rsplit_once('.')?.1;
    let address = page.len() < words.len() || name.starts_with("www.") || COMMON_ENDINGS.contains(&ending);
    address.then(|| name.to_owned())
}

/// Endings by which a word is meant as an address; “Booking.com” is one, “3.5” and “U.S.” are not.
const COMMON_ENDINGS: [&str; 14] =
    ["com", "org", "net", "info", "gov", "edu", "eu", "uk", "de", "fr", "pt", "br", "example", "news"];

/// Words that name nothing, in small letters.
const VAGUE: [&str; 20] = [
    "click here",
    "click",
    "here",
    "this",
    "this link",
    "link",
    "read more",
    "more",
    "learn more",
    "find out more",
    "see more",
    "details",
    "more details",
    "this page",
    "this article",
    "this story",
    "hier",
    "hier klicken",
    "mehr",
    "clique aqui",
];

/// Hosts that only forward.
const SHORTENERS: [&str; 18] = [
    "bit.ly",
    "t.co",
    "tinyurl.com",
    "goo.gl",
    "ow.ly",
    "buff.ly",
    "is.gd",
    "v.gd",
    "lnkd.in",
    "rebrand.ly",
    "cutt.ly",
    "t.ly",
    "shorturl.at",
    "tiny.cc",
    "dlvr.it",
    "trib.al",
    "fb.me",
    "amzn.to",
];

/// Names of query values that say only where a click came from.
const TRACKING: [&str; 22] = [
    "fbclid",
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "yclid",
    "twclid",
    "ttclid",
    "igshid",
    "igsh",
    "mc_cid",
    "mc_eid",
    "_hsenc",
    "_hsmi",
    "mkt_tok",
    "vero_id",
    "oly_enc_id",
    "oly_anon_id",
    "ref_src",
    "s_cid",
];

/// The address without tracking; what the house itself appends is its own affair.
fn without_tracking(url: &str, ours: Option<&str>) -> String {
    let (page, anchor) = url.split_once('#').map_or((url, None), |(page, anchor)| (page, Some(anchor)));
    let Some((path, query)) = page.split_once('?') else { return url.to_owned() };
    let own = |name: &str| ours.unwrap_or_default().split('&').any(|pair| pair.split('=').next() == Some(name));
    let tracks = |pair: &str| {
        let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
        (name.starts_with("utm_") || TRACKING.contains(&name.as_str())) && !own(&name)
    };
    let kept: Vec<&str> = query.split('&').filter(|pair| !tracks(pair)).collect();
    let mut out = path.to_owned();
    if !kept.is_empty() {
        out += &format!("?{}", kept.join("&"));
    }
    if let Some(anchor) = anchor {
        out += &format!("#{anchor}");
    }
    out
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
    let inside =
        INSIDE.iter().any(|ending| host.ends_with(ending)) || DRAFTS.iter().any(|start| host.starts_with(start));
    named
        || inside
        || host.parse().is_ok_and(is_private)
        || host.trim_matches(['[', ']']).parse().is_ok_and(is_private_v6)
}

/// Endings of hosts at home, and of places where drafts are shown.
const INSIDE: [&str; 9] = [
    ".local",
    ".internal",
    ".lan",
    ".ngrok.io",
    ".ngrok-free.app",
    ".vercel.app",
    ".netlify.app",
    ".pages.dev",
    ".trycloudflare.com",
];
const DRAFTS: [&str; 3] = ["staging.", "preview.", "preprod."];

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
