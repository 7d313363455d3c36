//! The DNS record of a key: what to publish, and whether what was published is it.

use super::Key;

/// Where a key stands in the DNS, and what stands there (RFC 6376, 3.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    /// `press1._domainkey.news.example`.
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Record {
    pub(crate) fn of(domain: &str, selector: &str, key: &Key) -> Self {
        let name = format!("{selector}._domainkey.{domain}");
        Self { name, text: format!("v=DKIM1; k={}; p={}", key.algorithm().as_str(), key.public()) }
    }

    /// A line of a zone file; a string of DNS holds 255 octets (RFC 1035, 3.3), so long keys are several.
    pub(crate) fn zone_line(&self) -> String {
        format!("{}. IN TXT {}", self.name, txt(&self.text))
    }

    /// Whether a published text names this key and lets it sign mail.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence.
    pub(crate) fn agrees_with(&self, published: &str) -> Result<(), String> {
        let (own, theirs) = (tags(&self.text), tags(published));
        let get = |tags: &[(String, String)], name: &str| {
            tags.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone())
        };
        if get(&theirs, "v").is_some_and(|version| version != "DKIM1") {
            return Err("is no record of DKIM".to_owned());
        }
        match get(&theirs, "p") {
            None => return Err("holds no key: no `p=`".to_owned()),
            Some(key) if key.is_empty() => return Err("withdraws its key: `p=` is empty".to_owned()),
            key if key != get(&own, "p") => return Err("names another key".to_owned()),
            Some(_) => {}
        }
        // RSA where nothing is said (RFC 6376, 3.6.1).
        let algorithm = get(&theirs, "k").unwrap_or_else(|| "rsa".to_owned());
        if Some(&algorithm) != get(&own, "k").as_ref() {
            return Err(format!("calls its key `k={algorithm}`"));
        }
        let listed = |tag: &str, word: &str| {
            get(&theirs, tag).is_none_or(|list| list.split(':').any(|own| own == word || own == "*"))
        };
        if !listed("h", "sha256") || !listed("s", "email") {
            return Err("does not let the key sign mail by SHA-256".to_owned());
        }
        Ok(())
    }
}

/// A text in strings of at most 255 octets, quoted, as zone files have them.
fn txt(text: &str) -> String {
    let strings: Vec<String> =
        text.as_bytes().chunks(255).map(|part| format!("\"{}\"", String::from_utf8_lossy(part))).collect();
    strings.join(" ")
}

/// `name=value` pairs, white space removed: none of the tags we look at may hold any.
fn tags(text: &str) -> Vec<(String, String)> {
    let pair = |part: &str| {
        let (name, value) = part.split_once('=')?;
        Some((name.trim().to_owned(), value.split_ascii_whitespace().collect()))
    };
    text.split(';').filter_map(pair).collect()
}
