//! config.toml and the environment, understood: what every command is told about this newsroom.
//!
//! The types here are already valid: a newsletter has a from address that parses, a zone that exists, days
//! that are days. `read` makes them from the file, with a finding for every mistake. Secrets are named here
//! (a file, a command, a variable) and read only when a relay is about to be used; they never print.

mod alarm;
mod brand;
mod images;
pub(crate) mod keys;
mod newsletter;
mod pace;
mod preview;
mod read;
mod relay;
mod set;
mod signing;
mod text;
pub(crate) mod tree;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{NaiveDate, NaiveTime, Weekday};
use chrono_tz::Tz;

use crate::address::{EmailAddress, Mailbox};
use crate::finding::{Finding, Level};
use crate::pace::{Lanes, Quota};
use crate::story::Author;

pub(crate) use alarm::{Alarm, Source};
pub(crate) use brand::Look;
pub(crate) use images::{HOLE, Images, Publish};
pub(crate) use newsletter::{clock_time, date};
pub(crate) use preview::{Door, Editor};
pub(crate) use read::parse;
pub(crate) use read::{duration, host, load, redact};
pub(crate) use signing::Signing;

/// One newsroom's settings.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// The folder of config.toml; every relative path was joined to it.
    pub(crate) root: PathBuf,
    pub(crate) publication: Publication,
    pub(crate) authors: BTreeMap<String, Author>,
    pub(crate) forms: BTreeMap<String, Form>,
    /// The house list, in its own spelling.
    pub(crate) kickers: Vec<String>,
    /// By id.
    pub(crate) newsletters: BTreeMap<String, Newsletter>,
    pub(crate) checks: BTreeMap<String, Severity>,
    /// Questions of `approve`, by newsletter.
    pub(crate) checklist: BTreeMap<String, Vec<String>>,
    /// House spellings: wrong → right.
    pub(crate) style: BTreeMap<String, String>,
    pub(crate) store: Store,
    /// By name.
    pub(crate) relays: BTreeMap<String, Relay>,
    /// Groups of receivers.
    pub(crate) lanes: Lanes,
    /// `[dkim]`; without it nothing is signed here.
    pub(crate) signing: Option<Signing>,
    /// `[bounces] address`: what return paths are made of; without it mail returns to From.
    pub(crate) bounces: Option<EmailAddress>,
    pub(crate) serve: Serve,
    pub(crate) images: Images,
    /// `[preview] editor`: a command and its words, with `{file}` and `{line}`; empty where none is named.
    pub(crate) editor: Vec<String>,
    /// `[preview] url` and `editors`; without them the desk is for this machine's own browser.
    pub(crate) door: Option<Door>,
    pub(crate) alarm: Alarm,
    /// `[source]`; without it the files at hand are the files.
    pub(crate) source: Option<Source>,
    /// What the file has to say that stops nothing; told with every issue's findings.
    pub(crate) warnings: Vec<Finding>,
}

impl Config {
    /// The relay a newsletter goes by.
    ///
    /// # Errors
    /// The file has none of that name.
    pub(crate) fn relay(&self, newsletter: &Newsletter) -> Result<&Relay, String> {
        let Newsletter { title, relay, .. } = newsletter;
        let missing = || format!("{title} goes by the relay `{relay}`, which config.toml does not have");
        self.relays.get(relay).ok_or_else(missing)
    }

    /// The newsletter that lends its address to what the house itself has to say: the one meant where none is named,
    /// or the first.
    pub(crate) fn front(&self) -> Option<&Newsletter> {
        let named = self.publication.default.as_ref().and_then(|id| self.newsletters.get(id));
        named.or_else(|| self.newsletters.values().next())
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Publication {
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) timezone: Tz,
    pub(crate) language: String,
    pub(crate) postal_address: String,
    /// Links to these hosts are ours.
    pub(crate) hosts: Vec<String>,
    /// The newsletter meant where none is named.
    pub(crate) default: Option<String>,
    /// Query appended to links to our own hosts, e.g. `utm_source=morning`.
    pub(crate) append: Option<String>,
}

/// A house shape of stories.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form {
    pub(crate) kicker: Option<String>,
    /// Required headings, in order.
    pub(crate) sections: Vec<String>,
    pub(crate) words: Limits,
    /// `forbidden` for forms that are headline, teaser and link only.
    pub(crate) body: BodyRule,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum BodyRule {
    Required,
    Forbidden,
    #[default]
    Optional,
}

/// Counted limits; a missing one does not bind.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Limits {
    pub(crate) min: Option<u64>,
    pub(crate) max: Option<u64>,
}

/// Thresholds of one check: shown from `warn`, stopping from `error`, and for lengths a `min`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Threshold {
    pub(crate) min: Option<u64>,
    pub(crate) warn: Option<u64>,
    pub(crate) error: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Severity {
    Off,
    At(Level),
}

/// A series and how it is sent.
#[derive(Clone, Debug)]
pub(crate) struct Newsletter {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) from: Mailbox,
    pub(crate) reply_to: Option<Mailbox>,
    /// In the zone below.
    pub(crate) send_at: NaiveTime,
    pub(crate) days: Vec<Weekday>,
    pub(crate) skip: Vec<NaiveDate>,
    pub(crate) timezone: Tz,
    /// Of the List-Id header; `ID.HOST-OF-FROM` where the file gives none.
    pub(crate) list_id: String,
    pub(crate) approval: Approval,
    pub(crate) on_change: OnChange,
    pub(crate) policy: Policy,
    pub(crate) stale: Stale,
    pub(crate) late_limit: Duration,
    pub(crate) expire_after: Duration,
    /// Waits before each retry; the last one again until the edition expires.
    pub(crate) retry: Vec<Duration>,
    /// Share of the audience by which it may differ from the last edition, e.g. 0.20.
    pub(crate) audience_swing: f64,
    /// Share of hard refusals above which a finished run ends with exit 7, e.g. 0.03.
    pub(crate) refusals: f64,
    pub(crate) subject: Threshold,
    pub(crate) preheader: Threshold,
    pub(crate) html_bytes: Threshold,
    pub(crate) words: Limits,
    pub(crate) images_bytes: u64,
    /// Issues of this and each sister newsletter in which a story is remembered.
    pub(crate) repeat_issues: usize,
    /// `[newsletters.ID.checks]`, over `[checks]`.
    pub(crate) checks: BTreeMap<String, Severity>,
    /// The relay it goes by.
    pub(crate) relay: String,
    /// Readers with one of these tags come first.
    pub(crate) first_tags: Vec<String>,
    /// How long the others wait then.
    pub(crate) first_wait: Duration,
    pub(crate) look: Look,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Approval {
    #[default]
    Required,
    SecondPerson,
    Optional,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum OnChange {
    #[default]
    Hold,
    SendApproved,
}

/// What is done with an issue that carries another day's date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Stale {
    #[default]
    Refuse,
    Send,
}

/// What an attempt whose end nobody saw means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Policy {
    #[default]
    AtMostOnce,
    AtLeastOnce,
}

#[derive(Clone, Debug)]
pub(crate) struct Store {
    /// The SQLite file.
    pub(crate) path: PathBuf,
}

/// An SMTP server that takes our mail.
#[derive(Clone, Debug)]
pub(crate) struct Relay {
    pub(crate) name: String,
    pub(crate) url: RelayUrl,
    pub(crate) kind: RelayKind,
    pub(crate) auth: Auth,
    pub(crate) password: Option<Password>,
    pub(crate) connections: usize,
    /// Messages a second over all connections; none: as fast as it takes them.
    pub(crate) rate: Option<u32>,
    /// Messages a day (UTC).
    pub(crate) quota: Quota,
    /// The relay that carries while this one is away.
    pub(crate) spare: Option<String>,
    pub(crate) ca_file: Option<PathBuf>,
    /// Allow a login in clear, a missing STARTTLS and an unproven certificate.
    pub(crate) insecure: bool,
    /// Headers this relay wants on each message.
    pub(crate) headers: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RelayUrl {
    /// The built-in mailbox: a rehearsal. `mailbox:` is hosted by the run itself, `mailbox://127.0.0.1:PORT` by another process.
    Mailbox { at: Option<std::net::SocketAddr> },
    /// `smtp://` (STARTTLS when it is offered; demanded unless loopback or `insecure`) or `smtps://` (TLS from the first byte).
    Smtp { user: Option<String>, host: String, port: u16, implicit_tls: bool },
}

/// What a relay is known to do with what it takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum RelayKind {
    #[default]
    Plain,
    /// Takes everything at once and delivers later: accepted is not delivered yet.
    Postfix,
    /// Writes Date and Message-ID itself, so signs by itself too, and names the message in its 250.
    Ses,
}

impl RelayKind {
    /// It changes what a signature covers, and so signs by itself.
    pub(crate) fn signs(self) -> bool {
        self == Self::Ses
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Postfix => "postfix",
            Self::Ses => "ses",
        }
    }
}

/// How we prove to be the user of a relay's URL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Auth {
    /// AUTH PLAIN or LOGIN.
    #[default]
    Password,
    /// An OAuth 2.0 access token stands where the password would.
    Xoauth2,
}

/// Where a password is, never the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Password {
    File(PathBuf),
    Command(String),
    Env(String),
}

/// The readers' pages.
#[derive(Clone, Debug)]
pub(crate) struct Serve {
    /// The public address, without a trailing slash.
    pub(crate) url: String,
    pub(crate) listen: String,
    pub(crate) secret_file: PathBuf,
}

#[cfg(test)]
mod tests;
