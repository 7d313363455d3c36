//! Relays: where mail leaves, how many connections it may take, and where the password is (never what it is).

use std::collections::BTreeMap;
use std::path::Path;

use crate::config::read::Reading;
use crate::config::tree::{Entry, Table, Text};
use crate::config::{Auth, Password, Relay, RelayKind, RelayUrl, pace};
use crate::pace::Quota;

/// Reads every relay; one named `main`, the built-in mailbox, where the file has none.
pub(crate) fn relays(table: &Table, root: &Path, out: &mut Reading) -> BTreeMap<String, Relay> {
    let entries = table.inner("relays");
    if entries.is_empty() {
        let main = Relay::mailbox("main");
        return BTreeMap::from([(main.name.clone(), main)]);
    }
    let relays = entries.iter().map(|entry| (entry.key.clone(), relay(entry, root, out))).collect();
    pace::check_spares(entries, &relays, out);
    relays
}

impl Relay {
    /// The shipped default: the built-in mailbox, a rehearsal.
    fn mailbox(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            url: RelayUrl::Mailbox { at: None },
            kind: RelayKind::default(),
            auth: Auth::default(),
            password: None,
            connections: 8,
            rate: None,
            quota: Quota::default(),
            spare: None,
            ca_file: None,
            insecure: false,
            headers: BTreeMap::new(),
        }
    }
}

fn relay(entry: &Entry, root: &Path, out: &mut Reading) -> Relay {
    let mut relay = Relay::mailbox(&entry.key);
    let Some(table) = entry.value.table() else { return relay };
    if let Some(url) = table.text("url") {
        match parse_url(&url.value) {
            Ok(parsed) => relay.url = parsed,
            Err(problem) => out.bad(&url, problem, "smtp://user@host:587, smtps://user@host, or mailbox:"),
        }
    }
    relay.password = password(table, root, out);
    if let Some(connections) = out.count(table, "connections") {
        relay.connections = connections.max(1);
    }
    relay.rate = out.count(table, "rate").and_then(|rate| u32::try_from(rate).ok()).filter(|rate| *rate > 0);
    relay.quota = pace::quota(table, out);
    relay.spare = table.text("spare").map(|spare| spare.value);
    relay.ca_file = table.text("ca_file").map(|file| root.join(file.value));
    relay.insecure = table.get("insecure").and_then(|value| value.flag()).unwrap_or(false);
    for header in table.inner("headers") {
        if let Some(value) = header.value.text() {
            match header_problem(&header.key, &value.value) {
                None => drop(relay.headers.insert(header.key.clone(), value.value)),
                Some(problem) => out.bad(&value, problem, "one line of plain text"),
            }
        }
    }
    if let Some(kind) = table.text("kind") {
        let kinds = [("plain", RelayKind::Plain), ("postfix", RelayKind::Postfix), ("ses", RelayKind::Ses)];
        relay.kind = out.choice(&kind, "kind", &kinds).unwrap_or_default();
    }
    if let Some(auth) = table.text("auth") {
        let ways = [("password", Auth::Password), ("xoauth2", Auth::Xoauth2)];
        relay.auth = out.choice(&auth, "auth", &ways).unwrap_or_default();
    }
    relay
}

/// A header of the operator's own may not break the header block (RFC 5322, 2.2).
fn header_problem(name: &str, value: &str) -> Option<String> {
    if name.is_empty() || !name.bytes().all(|byte| (33..=126).contains(&byte) && byte != b':') {
        return Some(format!("`{name}` cannot name a header"));
    }
    let fine = value.bytes().all(|byte| (32..=126).contains(&byte)) && value.len() + name.len() < 900;
    (!fine).then(|| format!("header `{name}` cannot hold this"))
}

fn password(table: &Table, root: &Path, out: &mut Reading) -> Option<Password> {
    let kinds = ["password_file", "password_command", "password_env"];
    let mut given = kinds.iter().filter_map(|key| table.text(key).map(|text| (*key, text)));
    let (key, text) = given.next()?;
    if let Some((second, place)) = given.next() {
        out.bad(&place, format!("a relay has one password, and this one has `{key}` and `{second}`"), "one of them");
    }
    Some(match key {
        "password_file" => Password::File(root.join(text.value)),
        "password_command" => Password::Command(text.value),
        _ => Password::Env(text.value),
    })
}

/// Reads a relay's URL. The messages never repeat it: it might hold a password.
fn parse_url(url: &str) -> Result<RelayUrl, String> {
    let (scheme, rest) = url.split_once(':').ok_or("this is not the URL of a relay")?;
    let rest = rest.trim_end_matches('/');
    let implicit_tls = match scheme {
        "mailbox" => return mailbox(rest.trim_start_matches('/')),
        "smtp" => false,
        "smtps" => true,
        _ => return Err("this is not the URL of a relay".to_owned()),
    };
    let rest = rest.strip_prefix("//").ok_or("the URL of a relay has // behind the colon")?;
    let (user, place) = match rest.rsplit_once('@') {
        Some((user, _)) if user.contains(':') => {
            return Err(
                "a password does not belong into a URL: use `password_file`, `password_command` or `password_env`"
                    .to_owned(),
            );
        }
        Some((user, place)) => (Some(decode(user)?), place),
        None => (None, rest),
    };
    let (host, port) = host_and_port(place)?;
    let port = port.unwrap_or(if implicit_tls { 465 } else { 587 });
    Ok(RelayUrl::Smtp { user, host, port, implicit_tls })
}

fn mailbox(at: &str) -> Result<RelayUrl, String> {
    if at.is_empty() {
        return Ok(RelayUrl::Mailbox { at: None });
    }
    let at = at.parse().map_err(|_| "a mailbox elsewhere is `mailbox://127.0.0.1:PORT`")?;
    Ok(RelayUrl::Mailbox { at: Some(at) })
}

fn decode(user: &str) -> Result<String, String> {
    let decoded =
        percent_encoding::percent_decode_str(user).decode_utf8().map_err(|_| "the user's name is not UTF-8")?;
    if decoded.is_empty() || decoded.chars().any(char::is_control) {
        return Err("the user's name before the @ is empty or holds control characters".to_owned());
    }
    Ok(decoded.into_owned())
}

/// `host`, `host:port`, `[::1]:port`.
fn host_and_port(place: &str) -> Result<(String, Option<u16>), String> {
    let (host, port) = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, port)) => (host, Some(port.strip_prefix(':').ok_or("a colon stands before the port")?)),
        None => place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
    };
    let named = !host.is_empty() && host.chars().all(|c| c.is_alphanumeric() || ".-_:".contains(c));
    if !named {
        return Err("the URL of a relay needs a host".to_owned());
    }
    let port = port.map(|port| port.parse().ok().filter(|port| *port > 0).ok_or("a port is a number from 1 to 65535"));
    Ok((host.to_owned(), port.transpose()?))
}

impl Reading {
    /// A value that cannot be: what is wrong, and what was expected in its place.
    pub(crate) fn bad(&mut self, text: &Text, title: impl Into<String>, expected: &str) {
        let finding = crate::finding::Finding::error("config", title);
        self.findings.push(finding.at(&text.source, text.span.clone(), format!("expected {expected}")));
    }
}
