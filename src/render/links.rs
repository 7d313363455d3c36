//! Where a link leads: which addresses become links, and how they are written.
//!
//! The HTML and the text write an address the same way, so that every target of the one stands in the other.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What no URL may hold as it is (WHATWG URL, URL code points).
const FORBIDDEN: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}');

/// The same behind the host, where `[` begins no IPv6 address.
const BEHIND_THE_HOST: &AsciiSet = &FORBIDDEN.add(b'[').add(b']');

/// The address of a link as both parts write it; `None` for what a mail must not link to, such as `javascript:`.
pub(super) fn target(url: &str) -> Option<String> {
    let url: String = url.chars().filter(|c| super::slots::is_printable(*c) && *c != '\n').collect();
    let scheme = url.split_once(':')?.0.to_ascii_lowercase();
    matches!(scheme.as_str(), "https" | "http" | "mailto" | "tel").then(|| escaped(url.trim()))
}

fn escaped(url: &str) -> String {
    let host = url.find("://").map_or(0, |at| at + "://".len());
    let (head, tail) = url.split_at(url[host..].find(['/', '?', '#']).map_or(url.len(), |at| host + at));
    let tail = utf8_percent_encode(tail, BEHIND_THE_HOST).to_string();
    let mut anchored = false;
    let mut out = utf8_percent_encode(head, FORBIDDEN).to_string();
    for (at, letter) in tail.char_indices() {
        let code = tail.as_bytes().get(at + 1..at + 3).is_some_and(|code| code.iter().all(u8::is_ascii_hexdigit));
        match letter {
            // Of 100% it is a sign, of %20 an escape already.
            '%' if !code => out.push_str("%25"),
            '#' if anchored => out.push_str("%23"),
            _ => out.push(letter),
        }
        anchored |= letter == '#';
    }
    out
}

/// The host of a web address, as a reader names the site: without `www.`.
pub(super) fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    host.strip_prefix("www.").unwrap_or(host)
}

/// An address as a reader sees it written: host and path, as far as a phone has room for them.
pub(super) fn shown(url: &str) -> &str {
    const ROOM: usize = 44;
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    let rest = rest.split(['?', '#']).next().unwrap_or(rest).trim_end_matches('/');
    if rest.contains('@') || rest.chars().count() > ROOM { host(url) } else { rest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_with_its_path_where_there_is_room() {
        assert_eq!(shown("https://www.harbour.example/a/b?c"), "harbour.example/a/b");
        assert_eq!(shown("https://harbour.example/"), "harbour.example");
        assert_eq!(shown(&format!("https://harbour.example/{}", "a".repeat(40))), "harbour.example");
    }

    #[test]
    fn the_host_is_what_stands_between_the_slashes() {
        assert_eq!(host("https://www.harbour.example/a/b?c"), "harbour.example");
        assert_eq!(host("https://user@harbour.example#x"), "harbour.example");
    }

    #[test]
    fn only_the_web_mail_and_telephones_are_linked_to() {
        assert_eq!(target("https://a.example/x y|z").as_deref(), Some("https://a.example/x%20y%7Cz"));
        let odd = "https://[2001:db8::1]/a[1]?x[]=100%&y=%20#a#b";
        let written = "https://[2001:db8::1]/a%5B1%5D?x%5B%5D=100%25&y=%20#a%23b";
        assert_eq!(target(odd).as_deref(), Some(written));
        assert_eq!(target(written).as_deref(), Some(written));
        assert_eq!(target("mailto:desk@a.example").as_deref(), Some("mailto:desk@a.example"));
        assert_eq!(target("tel:+44-1632-960123").as_deref(), Some("tel:+44-1632-960123"));
        assert_eq!(target("javascript:alert(1)"), None);
        assert_eq!(target("JavaScript:alert(1)"), None);
        assert_eq!(target("java\u{0}script:alert(1)"), None);
        assert_eq!(target("/relative"), None);
    }
}
