//! An email address that was parsed once and is compared folded.
//!
//! The domain is kept as its A-label (IDNA, UTS 46), so that `müller@bücher.example` and its punycode
//! form are one reader. Local parts are kept as written, and compared in lower case: no receiver that
//! matters tells `Anna@` from `anna@`, and two copies to one person is the worse mistake.

use std::fmt;

/// An address mail can go to. RFC 5321 lengths: local part 64 octets, whole 254.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct EmailAddress {
    text: String,
    at: usize,
}

/// An address with the name people see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mailbox {
    pub(crate) name: Option<String>,
    pub(crate) address: EmailAddress,
}

impl EmailAddress {
    /// Reads one address, without a display name; surrounding space is forgiven.
    ///
    /// # Errors
    /// A sentence for a person: what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or_else(|| format!("`{text}` has no @"))?;
        check_local(local, text)?;
        let domain = ascii_domain(domain).ok_or_else(|| format!("`{text}` has no valid domain after the @"))?;
        let whole = format!("{local}@{domain}");
        if whole.len() > 254 {
            return Err(format!("`{text}` is longer than the 254 octets an address may have"));
        }
        Ok(Self { at: local.len(), text: whole })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn local(&self) -> &str {
        &self.text[..self.at]
    }

    /// The A-label domain, lower case.
    pub(crate) fn domain(&self) -> &str {
        &self.text[self.at + 1..]
    }

    /// What two spellings of one address share: the key of the list.
    pub(crate) fn folded(&self) -> String {
        self.text.to_lowercase()
    }
}

/// RFC 5321 dot-string or quoted-string; UTF-8 allowed (RFC 6531), controls and space never.
fn check_local(local: &str, whole: &str) -> Result<(), String> {
    if local.is_empty() {
        return Err(format!("`{whole}` has nothing before the @"));
    }
    if local.len() > 64 {
        return Err(format!("`{whole}` has more than 64 octets before the @"));
    }
    let quoted = local.len() >= 2 && local.starts_with('"') && local.ends_with('"');
    let inside = if quoted { &local[1..local.len() - 1] } else { local };
    let allowed = |c: char| {
        c.is_ascii_alphanumeric()
            || "!#$%&'*+-/=?^_`{|}~.".contains(c)
            || (!c.is_ascii() && !c.is_control() && !c.is_whitespace())
    };
    let fine = if quoted {
        !inside.is_empty() && quoted_content(inside)
    } else {
        inside.chars().all(allowed) && !inside.starts_with('.') && !inside.ends_with('.') && !inside.contains("..")
    };
    if fine { Ok(()) } else { Err(format!("`{whole}` has characters before the @ that no address may have")) }
}

/// The inside of a quoted string: a quote or backslash only behind a backslash, no controls.
fn quoted_content(inside: &str) -> bool {
    let mut chars = inside.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(next) if !next.is_control() => {}
                _ => return false,
            },
            '"' => return false,
            c if c.is_control() => return false,
            _ => {}
        }
    }
    true
}

/// The domain as lower-case A-labels; at least two labels, or none that mail can reach.
fn ascii_domain(domain: &str) -> Option<String> {
    if domain.ends_with('.') || domain.starts_with('[') {
        return None;
    }
    let ascii = idna::domain_to_ascii_strict(domain).ok()?;
    let labels: Vec<&str> = ascii.split('.').collect();
    let top_is_a_number = labels.last().is_some_and(|top| top.bytes().all(|byte| byte.is_ascii_digit()));
    (labels.len() >= 2 && !top_is_a_number).then_some(ascii)
}

impl Mailbox {
    /// Reads `Name <address>` or a bare address. Control characters in the name are refused: they would be headers.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.chars().any(char::is_control) {
            return Err("a name and address stand on one line, without control characters".to_owned());
        }
        match text.strip_suffix('>').and_then(|rest| rest.rsplit_once('<')) {
            Some((name, address)) => {
                let name = name.trim().trim_matches('"').trim();
                Ok(Self { name: (!name.is_empty()).then(|| name.to_owned()), address: EmailAddress::parse(address)? })
            }
            None => Ok(Self { name: None, address: EmailAddress::parse(text)? }),
        }
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAddress({})", self.text)
    }
}
