//! Hosts that are no place for a reader: drafts, machines at home, go-betweens.

/// Whether a host only forwards.
pub(super) fn is_shortener(host: &str) -> bool {
    SHORTENERS.contains(&host.trim_start_matches("www."))
}

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

/// The page behind a go-between: what a mailbox's guard or a search made of an address that was copied there.
pub(super) fn wrapped(url: &str) -> Option<String> {
    const GUARDS: [(&str, &str); 8] = [
        ("safelinks.protection.outlook.com", "url"),
        ("google.com/url", "q"),
        ("google.com/url", "url"),
        ("l.facebook.com/l.php", "u"),
        ("lm.facebook.com/l.php", "u"),
        ("slack-redir.net/link", "url"),
        ("linkedin.com/redir/redirect", "url"),
        ("urldefense.proofpoint.com", "u"),
    ];
    let (place, query) = url.split_once("://")?.1.split_once('?')?;
    let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let host = place.split('/').next()?;
    let stands = |guard: &str| match guard.split_once('/') {
        Some((own, path)) => {
            host.trim_start_matches("www.") == own && place.trim_end_matches('/').ends_with(&format!("/{path}"))
        }
        None => host == guard || host.ends_with(&format!(".{guard}")),
    };
    let page = GUARDS.iter().filter(|(guard, _)| stands(guard)).find_map(|(_, name)| value(name))?;
    // Proofpoint has an alphabet of its own; its address is told, not mended.
    let page = if host.starts_with("urldefense") { String::new() } else { unescaped(page)? };
    Some(if page.starts_with("http") { page } else { String::new() })
}

/// `%3A` back into `:`.
fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        let code = behind.get(..2).filter(|_| *first == b'%').and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &behind[2..];
            }
            None => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

/// Hosts of machines at home, and of places where drafts are shown. `.example`, `.test` and `.invalid` are left alone:
/// they say what they are.
pub(crate) fn is_placeholder(host: &str) -> bool {
    let kept_free = ["localhost", "example.com", "example.net", "example.org"];
    let named = kept_free.iter().any(|known| host == *known || host.ends_with(&format!(".{known}")));
    let inside =
        INSIDE.iter().any(|ending| host.ends_with(ending)) || DRAFTS.iter().any(|start| host.starts_with(start));
    let at_home = match (host.parse(), host.trim_matches(['[', ']']).parse()) {
        (Ok(address), _) => is_private(address),
        (_, Ok(address)) => is_private_v6(address),
        // The name of a machine in the same house.
        _ => !host.trim_end_matches('.').contains('.'),
    };
    named || inside || at_home
}

/// A page of the house's own that is not out yet, or the sheet it was written on.
pub(super) fn is_draft(url: &str, host: &str, own: &[String]) -> bool {
    let ours = |host: &str| own.iter().any(|own| host == own || host == format!("www.{own}"));
    let beside =
        ["dev.", "test.", "stage.", "draft.", "drafts.", "beta.", "cms.", "admin.", "edit.", "editor.", "uat.", "qa."];
    let desks = ["mail.google.com", "outlook.office.com", "outlook.live.com", "app.slack.com"];
    let draft =
        own.iter().any(|own| host.ends_with(own.as_str())) && (url.contains("draft=") || url.contains("/ghost/#"));
    let at_a_desk = desks.contains(&host) || url.contains("://www.dropbox.com/home");
    draft
        || at_a_desk
        || beside.iter().any(|start| host.strip_prefix(start).is_some_and(ours))
        || url.contains("preview=true")
        || url.contains("/wp-admin/")
        || (host == "docs.google.com" && url.split(['?', '#']).next().is_some_and(|page| page.ends_with("/edit")))
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

/// The host that was meant, where this one is a slip of the fingers: one of the house's own with one letter wrong, a
/// `www.` with too many or too few, an ending that there is none of.
pub(crate) fn meant(host: &str, own: &[String]) -> Option<String> {
    let within =
        |own: &String| host.strip_suffix(own.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    if own.iter().any(within) {
        return None;
    }
    // `letters.lanern.example` is a slip within the house as well.
    let near = own.iter().filter(|own| own.len() > 6).find_map(|own| {
        let labels = own.matches('.').count() + 1;
        let at = host.rmatch_indices('.').nth(labels - 1).map_or(0, |(at, _)| at + 1);
        (strsim::damerau_levenshtein(own, &host[at..]) == 1).then(|| format!("{}{own}", &host[..at]))
    });
    if near.is_some() {
        return near;
    }
    for (wrong, right) in [("wwww.", "www."), ("ww.", "www."), ("www..", "www."), ("wwe.", "www.")] {
        if let Some(rest) = host.strip_prefix(wrong).filter(|rest| rest.contains('.')) {
            return Some(format!("{right}{rest}"));
        }
    }
    const ENDINGS: [(&str, &str); 6] =
        [("con", "com"), ("cmo", "com"), ("comm", "com"), ("ogr", "org"), ("orgg", "org"), ("nte", "net")];
    let (name, ending) = host.rsplit_once('.')?;
    let (_, right) = ENDINGS.iter().find(|(wrong, _)| *wrong == ending)?;
    Some(format!("{name}.{right}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_at_home_is_no_place_for_a_reader() {
        for host in ["localhost", "10.1.2.3", "[::1]", "nas.local", "intranet", "www.example.org", "staging.quay.news"]
        {
            assert!(is_placeholder(host), "{host}");
        }
        for host in ["quay.news", "lantern.example", "bank.test", "8.8.8.8", "[2001:db8::1]", "dev.to"] {
            assert!(!is_placeholder(host), "{host}");
        }
    }

    #[test]
    fn a_slip_of_the_fingers_is_seen_and_another_s_name_is_not_one() {
        let own = ["lantern.example".to_owned()];
        for (slip, right) in [
            ("lantern.exmaple", "lantern.example"),
            ("lanern.example", "lantern.example"),
            ("letters.lanern.example", "letters.lantern.example"),
            ("wwww.quay.news", "www.quay.news"),
            ("quay.con", "quay.com"),
        ] {
            assert_eq!(meant(slip, &own).as_deref(), Some(right), "{slip}");
        }
        for host in ["lantern.example", "letters.lantern.example", "quay.news", "ww.example", "bank.example"] {
            assert_eq!(meant(host, &own), None, "{host}");
        }
    }
}
