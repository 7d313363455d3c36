//! `[dkim]` and `[bounces]`: who vouches for a message, and where it goes when nobody takes it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::address::EmailAddress;
use crate::config::Newsletter;
use crate::config::read::Reading;
use crate::config::tree::{Table, Text};
use crate::finding::Finding;
use crate::token;

/// The domain that signs, and its keys.
#[derive(Clone, Debug)]
pub(crate) struct Signing {
    /// An A-label domain, aligned with every newsletter's From.
    pub(crate) domain: String,
    /// One or two; what kind a key is, its file says.
    pub(crate) keys: Vec<SigningKey>,
}

/// Where a private key is, never the key.
#[derive(Clone, Debug)]
pub(crate) struct SigningKey {
    pub(crate) selector: String,
    pub(crate) file: PathBuf,
}

/// `[dkim]`, where the file has it.
pub(super) fn signing(
    table: &Table,
    root: &Path,
    newsletters: &BTreeMap<String, Newsletter>,
    out: &mut Reading,
) -> Option<Signing> {
    let entry = table.entry("dkim")?;
    let domain = out.required(entry, "domain");
    let first = key(entry, root, out);
    let second = entry.value.table().and_then(|table| table.entry("second"));
    let second = second.map(|entry| (entry, key(entry, root, out)));
    let domain = domain.and_then(|text| signing_domain(&text, table, newsletters, out));
    let mut keys = vec![first?];
    if let Some((entry, second)) = second {
        let second = second?;
        if second.selector.eq_ignore_ascii_case(&keys[0].selector) {
            let finding = Finding::error("config", "both keys have one selector, so one would hide the other");
            let label = "give the second key a selector of its own";
            out.findings.push(finding.at(&entry.value.source, entry.span.clone(), label));
        }
        keys.push(second);
    }
    Some(Signing { domain: domain?, keys })
}

fn key(entry: &crate::config::tree::Entry, root: &Path, out: &mut Reading) -> Option<SigningKey> {
    let (selector, file) = (out.required(entry, "selector"), out.required(entry, "key_file"));
    let selector = selector?;
    if !is_selector(&selector.value) {
        out.bad(&selector, "this cannot be a selector", "letters, digits and hyphens, such as press1");
    }
    Some(SigningKey { selector: selector.value, file: root.join(file?.value) })
}

/// Labels of a domain name (RFC 6376, 3.1), short enough to leave room for the domain.
fn is_selector(selector: &str) -> bool {
    let letter = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    let label = |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(letter);
    selector.len() <= 100 && selector.split('.').all(label)
}

/// A signature counts for DMARC only where its domain is that of From, or the two are of one family
/// (RFC 7489, 3.1.1).
fn signing_domain(
    text: &Text,
    table: &Table,
    newsletters: &BTreeMap<String, Newsletter>,
    out: &mut Reading,
) -> Option<String> {
    let Ok(probe) = EmailAddress::parse(&format!("x@{}", text.value)) else {
        out.bad(text, format!("\"{}\" is not a domain", text.value), "the domain of your From addresses");
        return None;
    };
    let domain = probe.domain();
    let below = |one: &str, other: &str| one.strip_suffix(other).is_some_and(|rest| rest.ends_with('.'));
    for newsletter in newsletters.values() {
        let from = newsletter.from.address.domain();
        if from != domain && !below(from, domain) && !below(domain, from) {
            let title = format!("a signature of {domain} does not count for mail from {from}");
            let written = table.inner("newsletters").iter().find(|entry| entry.key == newsletter.id);
            let written = written.and_then(|entry| entry.value.table()?.text("from"));
            let place = written.as_ref().unwrap_or(text);
            let label = format!("expected an address of {domain}, or of a domain both belong to");
            let finding = Finding::error("from-mismatch", title).at(&place.source, place.span.clone(), label);
            out.findings.push(finding.also(&text.source, text.span.clone(), "who signs"));
        }
    }
    Some(domain.to_owned())
}

/// `[bounces] address`: an address, or a domain, where it is `bounce@` of it.
pub(super) fn bounce_address(table: &Table, out: &mut Reading) -> Option<EmailAddress> {
    let text = table.table("bounces")?.text("address")?;
    let whole = if text.value.contains('@') { text.value.clone() } else { format!("bounce@{}", text.value) };
    match EmailAddress::parse(&whole) {
        Ok(address) if token::holds_return_path(&address) => Some(address),
        Ok(_) => {
            let most = token::RETURN_LOCAL;
            let title = "this leaves no room for the token that names reader and edition";
            out.bad(&text, title, &format!("at most {most} letters, digits, dots or hyphens before the @"));
            None
        }
        Err(problem) => {
            out.bad(&text, problem, "an address, or a domain");
            None
        }
    }
}
