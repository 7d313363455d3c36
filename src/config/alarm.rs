//! `[alarm]` and `[source]`: who is told when something is wrong, and what brings the files.

use std::fmt;
use std::time::Duration;

use crate::address::EmailAddress;
use crate::config::read::{Reading, is_web_address};
use crate::config::tree::{Table, Text};
use crate::config::{Relay, RelayUrl};
use crate::finding::{Finding, nearest};

/// Who is told, and of what.
#[derive(Clone, Debug, Default)]
pub(crate) struct Alarm {
    pub(crate) to: Vec<EmailAddress>,
    /// The relay of its mails.
    pub(crate) relay: String,
    pub(crate) webhook: Option<SecretUrl>,
    pub(crate) command: Option<String>,
    /// How long before its hour an unready issue is told.
    pub(crate) before: Duration,
    /// How long after its hour an edition must have been handed over.
    pub(crate) after: Duration,
    pub(crate) heartbeat_url: Option<SecretUrl>,
}

impl Alarm {
    /// Whether anybody is told anything.
    pub(crate) fn rings(&self) -> bool {
        !self.to.is_empty() || self.webhook.is_some() || self.command.is_some()
    }
}

/// A web address that is a key to itself: whoever has it may post. It prints as `****`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SecretUrl(String);

impl SecretUrl {
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// Words about it, without it.
    pub(crate) fn hide(&self, words: &str) -> String {
        words.replace(&self.0, "****")
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("****")
    }
}

/// What is run before `send --due`.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) pull: String,
    pub(crate) timeout: Duration,
}

pub(super) fn alarm(table: &Table, relays: &[&Relay], out: &mut Reading) -> Alarm {
    let empty = Table::default();
    let alarm = table.table("alarm").unwrap_or(&empty);
    let to = alarm.text("to").map(|to| addresses(&to, out)).unwrap_or_default();
    let relay = relay(alarm, relays, out);
    let mut span = |key: &str, minutes: u64| {
        let given = alarm.text(key).and_then(|text| out.duration(&text));
        given.unwrap_or(Duration::from_secs(minutes * 60))
    };
    let (before, after) = (span("before", 30), span("after", 60));
    Alarm {
        to,
        relay,
        webhook: secret_url(alarm, "webhook", out),
        command: words(alarm, "command"),
        before,
        after,
        heartbeat_url: secret_url(alarm, "heartbeat_url", out),
    }
}

pub(super) fn source(table: &Table, out: &mut Reading) -> Option<Source> {
    let source = table.table("source")?;
    let timeout = source.text("timeout").and_then(|text| out.duration(&text));
    Some(Source { pull: words(source, "pull")?, timeout: timeout.unwrap_or(Duration::from_secs(60)) })
}

fn words(table: &Table, key: &str) -> Option<String> {
    table.text(key).map(|text| text.value).filter(|words| !words.trim().is_empty())
}

/// One address, or several with commas between.
fn addresses(to: &Text, out: &mut Reading) -> Vec<EmailAddress> {
    let each = to.value.split(',').filter(|address| !address.trim().is_empty());
    let parsed: Result<Vec<_>, _> = each.map(EmailAddress::parse).collect();
    parsed.unwrap_or_else(|problem| {
        out.bad(to, problem, "an address, or several with commas between");
        Vec::new()
    })
}

/// The relay named, or `main`, or the only one. One that only rehearses reaches nobody.
fn relay(alarm: &Table, relays: &[&Relay], out: &mut Reading) -> String {
    let usual = if let [only] = relays { only.name.as_str() } else { "main" };
    let named = alarm.text("relay");
    let name = named.as_ref().map_or(usual, |text| text.value.as_str());
    let Some(place) = named.as_ref().or(alarm.text("to").as_ref()).cloned() else { return name.to_owned() };
    match relays.iter().find(|relay| relay.name == name) {
        Some(Relay { url: RelayUrl::Mailbox { at: None }, .. }) => {
            let title = format!("an alarm by the relay `{name}` reaches nobody: it is the built-in mailbox");
            out.bad(&place, title, "`relay` names one that delivers");
        }
        Some(_) => {}
        None => {
            let finding = Finding::error("config", format!("there is no relay `{name}` for the alarm"));
            let names: Vec<&str> = relays.iter().map(|relay| relay.name.as_str()).collect();
            let near = named.is_some().then(|| nearest(name, names.iter().copied())).flatten();
            out.suggest(finding, &place, near, &format!("relays: {}", names.join(", ")));
        }
    }
    name.to_owned()
}

fn secret_url(table: &Table, key: &str, out: &mut Reading) -> Option<SecretUrl> {
    let text = table.text(key)?;
    if is_web_address(&text.value) {
        return Some(SecretUrl(text.value));
    }
    out.bad(&text, format!("`{key}` is not a web address"), "https://…");
    None
}
