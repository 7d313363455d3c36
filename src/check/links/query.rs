//! What stands behind the question mark: the house's own query, other people's tracking, and when two addresses
//! are one page.

use crate::config::{Publication, host};

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

/// The same where it stands for that at one host only.
const TRACKING_THERE: [(&str, &str); 12] = [
    ("youtube.com", "si"),
    ("youtu.be", "si"),
    ("open.spotify.com", "si"),
    ("x.com", "s"),
    ("x.com", "t"),
    ("twitter.com", "s"),
    ("twitter.com", "t"),
    ("linkedin.com", "trk"),
    ("linkedin.com", "rcm"),
    ("facebook.com", "mibextid"),
    ("tiktok.com", "_t"),
    ("tiktok.com", "_r"),
];

/// The query the house puts behind links to this host, where it does.
pub(super) fn ours<'p>(host: &str, publication: &'p Publication) -> Option<&'p str> {
    publication.append.as_deref().filter(|_| publication.hosts.iter().any(|own| own == host))
}

/// One name for a page, however it is written: by which scheme, with `www.`, a slash or an anchor at the end, or with
/// tracking behind it.
pub(crate) fn canonical(url: &str) -> String {
    let page = without_tracking(url.split('#').next().unwrap_or(url), None);
    let rest = page.split_once("://").map_or(page.as_str(), |(_, rest)| rest);
    let name = host(&page).unwrap_or_default();
    let path = rest.split_once(name).map_or(rest, |(_, path)| path);
    // A port that goes without saying.
    let path = path.strip_prefix(":443").or_else(|| path.strip_prefix(":80")).unwrap_or(path);
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let name = name.to_lowercase();
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    format!("{}{}{query}", name.trim_start_matches("www."), path.trim_end_matches('/'))
}

/// The address without tracking; what the house itself appends is its own affair.
pub(crate) fn without_tracking(url: &str, ours: Option<&str>) -> String {
    let (page, anchor) = url.split_once('#').map_or((url, None), |(page, anchor)| (page, Some(anchor)));
    let Some((path, query)) = page.split_once('?') else { return url.to_owned() };
    let own = |name: &str| ours.unwrap_or_default().split('&').any(|pair| pair.split('=').next() == Some(name));
    let site = host(url).unwrap_or_default().to_ascii_lowercase().trim_start_matches("www.").to_owned();
    let tracks = |pair: &str| {
        let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
        let there = TRACKING_THERE.contains(&(site.as_str(), name.as_str()));
        (name.starts_with("utm_") || TRACKING.contains(&name.as_str()) || there) && !own(&name)
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

/// The house's query on links to its own hosts; what a link says already is left as it says it.
pub(super) fn append(url: &str, host: &str, publication: &Publication) -> String {
    let Some(append) = ours(host, publication) else { return url.to_owned() };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_page_has_one_name_however_it_is_written() {
        let name = canonical("https://quay.news/a/b");
        for other in [
            "http://quay.news/a/b",
            "https://www.QUAY.news/a/b/",
            "https://quay.news:443/a/b#c",
            "https://quay.news/a/b?utm_source=x&fbclid=y",
        ] {
            assert_eq!(canonical(other), name, "{other}");
        }
        for other in ["https://quay.news/a/B", "https://quay.news/a/b?page=2", "https://letters.quay.news/a/b"] {
            assert_ne!(canonical(other), name, "{other}");
        }
        assert_eq!(canonical("https://quay.news"), canonical("https://quay.news/"));
    }
}
