//! What a relay's log says of our messages: that it took one, under which name, and whether it came back later.
//!
//! Postfix, Exim, the journal's JSON, Amazon's events, and JSON of anyone else's, told apart line by line. Only what
//! proves that the relay took a message counts: Postfix logs a Message-ID while the message is still coming in, so
//! its queue must have made it active as well. Pure: lines come in, one at a time, however long the log is.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde_json::Value;

/// What a line says about one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    /// Without its angle brackets; empty where the log names none.
    pub(crate) message_id: String,
    /// What the relay calls it; empty where the log has no name for it.
    pub(crate) queue: String,
    /// Who it was for, where the log says so beside the message.
    pub(crate) recipient: Option<String>,
    pub(crate) fate: Fate,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// The relay has it.
    Taken,
    /// The relay took it, and could not deliver it: in these words.
    Returned(String),
}

/// A log, read so far.
#[derive(Debug)]
pub(crate) struct RelayLog {
    /// Of times that say none.
    zone: Tz,
    /// The latest a line may be; it decides the year of times that have none.
    now: DateTime<Utc>,
    /// Messages the relay has, by its own names for them.
    mails: HashMap<String, Mail>,
    /// The first and the last time of each file.
    spans: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    /// The next line is the first of a file.
    anew: bool,
}

#[derive(Debug)]
struct Mail {
    message_id: String,
    /// It has it, and that was told.
    taken: bool,
}

/// Between the last line of a file and the first of the next one: where it is longer, a file may be missing.
const LULL: TimeDelta = TimeDelta::minutes(5);

impl RelayLog {
    pub(crate) fn new(zone: Tz, now: DateTime<Utc>) -> Self {
        Self { zone, now, mails: HashMap::new(), spans: Vec::new(), anew: true }
    }

    /// Another file begins.
    pub(crate) fn begin_file(&mut self) {
        self.anew = true;
    }

    /// The first and the last time in what was read.
    pub(crate) fn span(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let first = self.spans.iter().map(|(first, _)| *first).min()?;
        let last = self.spans.iter().map(|(_, last)| *last).max()?;
        Some((first, last))
    }

    /// Whether a message of this time would stand in it: no file is missing in between.
    pub(crate) fn covers(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> bool {
        let mut spans = self.spans.clone();
        spans.sort_unstable();
        let mut reached: Option<DateTime<Utc>> = None;
        for (first, last) in spans {
            let begins = match reached {
                None => first <= from,
                Some(reached) => first <= reached + LULL,
            };
            if begins {
                reached = reached.max(Some(last));
            } else if first <= from {
                reached = Some(last);
            }
        }
        reached.is_some_and(|reached| reached >= until)
    }

    /// Reads the next line.
    pub(crate) fn read(&mut self, line: &str) -> Option<Heard> {
        let line = line.trim();
        if line.starts_with('{') {
            return self.object(&serde_json::from_str(line).ok()?);
        }
        let (at, rest) = self.time(line)?;
        self.seen(at);
        match rest.split_once("]: ") {
            Some((program, said)) if program.contains("postfix") => self.postfix(program, said),
            _ => self.exim(rest),
        }
    }

    fn seen(&mut self, at: DateTime<Utc>) {
        match self.spans.last_mut().filter(|_| !self.anew) {
            Some((first, last)) => (*first, *last) = (at.min(*first), at.max(*last)),
            None => self.spans.push((at, at)),
        }
        self.anew = false;
    }

    /// `4F2A: message-id=<…>` by cleanup, then `4F2A: from=<…>, … (queue active)` by qmgr, and a
    /// `4F2A: to=<…>, … status=… (…)` for each attempt.
    fn postfix(&mut self, program: &str, said: &str) -> Option<Heard> {
        let (queue, said) = said.split_once(": ")?;
        if !queue.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        if program.contains("/cleanup[") {
            // Postfix uses its short names again and again: the last message of a name is the one.
            let message_id = said.strip_prefix("message-id=<")?.split('>').next()?.to_owned();
            self.mails.insert(queue.to_owned(), Mail { message_id, taken: false });
            return None;
        }
        if said == "removed" {
            self.mails.remove(queue);
        }
        let active = said.starts_with("from=<") && said.contains("(queue active)");
        let status = said.split_once("status=").filter(|_| said.starts_with("to=<")).map(|(_, status)| status);
        if program.contains("/smtpd[") || !active && status.is_none() {
            return None;
        }
        let returned = status.and_then(|status| status.strip_prefix("bounced")).map(in_brackets);
        self.fate_of(queue, returned)
    }

    /// `1tF0Ab-0000aB-2x <= morning@news.example H=… id=…`: Exim logs this once it has taken the message; with `**`
    /// in place of the arrow, that it gave it up.
    fn exim(&mut self, line: &str) -> Option<Heard> {
        let mut words = line.split_ascii_whitespace().skip_while(|word| word.starts_with('['));
        let queue = words.next()?;
        match words.next()? {
            "<=" => {
                let message_id = words.find_map(|word| word.strip_prefix("id="))?.to_owned();
                self.mails.insert(queue.to_owned(), Mail { message_id, taken: false });
                self.fate_of(queue, None)
            }
            "**" => {
                let words = line.split_once(": ").map_or(line, |(_, words)| words);
                self.fate_of(queue, Some(words.to_owned()))
            }
            "Completed" => {
                self.mails.remove(queue);
                None
            }
            _ => None,
        }
    }

    /// What is to be told of a message the relay has by this name: once that it has it, and each time it gives it up.
    fn fate_of(&mut self, queue: &str, returned: Option<String>) -> Option<Heard> {
        let mail = self.mails.get_mut(queue)?;
        let known = std::mem::replace(&mut mail.taken, true);
        let fate = match returned {
            Some(words) => Fate::Returned(words),
            None if known => return None,
            None => Fate::Taken,
        };
        Some(Heard { message_id: mail.message_id.clone(), queue: queue.to_owned(), recipient: None, fate })
    }

    /// The journal's own objects hold a line of Postfix or Exim, Amazon's a mail; all others speak for themselves.
    fn object(&mut self, object: &Value) -> Option<Heard> {
        let text = |names: &[&str]| names.iter().find_map(|name| object.get(name)?.as_str());
        // Amazon's notifications come in an envelope.
        if text(&["Type"]) == Some("Notification") {
            return self.object(&serde_json::from_str(text(&["Message"])?).ok()?);
        }
        let micros = text(&["__REALTIME_TIMESTAMP"]).and_then(|micros| micros.parse().ok());
        let stamp = ["time", "timestamp", "@timestamp", "ts", "date"].iter().find_map(|name| object.get(name));
        let stamp = stamp.or_else(|| object.get("mail")?.get("timestamp"));
        let at = micros.and_then(DateTime::from_timestamp_micros).or_else(|| stamp.and_then(|at| self.stamp(at)));
        if let Some(at) = at {
            self.seen(at);
        }
        if let Some(said) = text(&["MESSAGE"]) {
            let program = format!("{}[", text(&["SYSLOG_IDENTIFIER"]).unwrap_or_default());
            return if program.contains("postfix") { self.postfix(&program, said) } else { self.exim(said) };
        }
        if let Some(mail) = object.get("mail") {
            return amazon(object, mail);
        }
        let id = text(&["message_id", "message-id", "messageId", "Message-ID", "MessageID"])?;
        let event = text(&["event", "status", "type", "state", "result"])?.to_ascii_lowercase();
        let fate = match event.as_str() {
            "accepted" | "queued" | "sent" | "delivered" | "delivery" | "deferred" | "processed" => Fate::Taken,
            "bounced" | "bounce" => {
                let words = text(&["reason", "response", "diagnostic", "description", "message"]);
                Fate::Returned(words.unwrap_or("returned").to_owned())
            }
            _ => return None,
        };
        let queue = text(&["queue_id", "queue", "id"]).unwrap_or_default().to_owned();
        Some(Heard { message_id: bare(id), queue, recipient: None, fate })
    }

    /// A time in an object: RFC 3339, or seconds or milliseconds since 1970.
    fn stamp(&self, value: &Value) -> Option<DateTime<Utc>> {
        match value {
            Value::String(text) => self.time(text).map(|(at, _)| at),
            Value::Number(number) => {
                let number = number.as_f64()?;
                let seconds = if number > 1e11 { number / 1000.0 } else { number };
                DateTime::from_timestamp_millis((seconds * 1000.0) as i64)
            }
            _ => None,
        }
    }

    /// The time a line begins with, and what follows it.
    fn time<'l>(&self, line: &'l str) -> Option<(DateTime<Utc>, &'l str)> {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        if let Ok(at) = DateTime::parse_from_rfc3339(word) {
            return Some((at.to_utc(), rest));
        }
        if line.as_bytes().first()?.is_ascii_digit() {
            // Exim: `2026-11-24 06:31:02`, with `.123` and ` +0100` where it was asked for them.
            let (clock, rest) = rest.split_once(' ').unwrap_or((rest, ""));
            let naive = NaiveDateTime::parse_from_str(&format!("{word} {clock}"), "%Y-%m-%d %H:%M:%S%.f").ok()?;
            let (zone, after) = rest.split_once(' ').unwrap_or((rest, ""));
            return match DateTime::parse_from_str(&format!("{word} {clock} {zone}"), "%Y-%m-%d %H:%M:%S%.f %z") {
                Ok(at) => Some((at.to_utc(), after)),
                Err(_) => Some((self.local(naive)?, rest)),
            };
        }
        // The syslog of old: `Nov 24 06:31:02`, without a year.
        let (stamp, rest) = line.split_at_checked(15)?;
        let in_year = |year: i32| {
            let naive = NaiveDateTime::parse_from_str(&format!("{year} {stamp}"), "%Y %b %e %H:%M:%S").ok()?;
            self.local(naive)
        };
        let at = in_year(self.now.year()).filter(|at| *at <= self.now + TimeDelta::days(1));
        Some((at.or_else(|| in_year(self.now.year() - 1))?, rest.trim_start()))
    }

    /// An hour that comes twice means the first, one that never comes the next that does.
    fn local(&self, naive: NaiveDateTime) -> Option<DateTime<Utc>> {
        let at = self.zone.from_local_datetime(&naive);
        at.earliest()
            .or_else(|| self.zone.from_local_datetime(&(naive + TimeDelta::hours(1))).earliest())
            .map(|at| at.to_utc())
    }
}

/// An event of Amazon's: `mail.messageId` is the id its 250 named, and our own stands among the mail's headers, where
/// these were asked for.
fn amazon(event: &Value, mail: &Value) -> Option<Heard> {
    let kind = event.get("eventType").or_else(|| event.get("notificationType"))?.as_str()?;
    let fate = match kind {
        "Send" | "Delivery" | "DeliveryDelay" | "Complaint" | "Open" | "Click" => Fate::Taken,
        "Bounce" => {
            let recipient = event.get("bounce").and_then(|bounce| bounce.get("bouncedRecipients")?.get(0));
            let words = recipient.and_then(|recipient| recipient.get("diagnosticCode")?.as_str());
            Fate::Returned(words.unwrap_or("returned").to_owned())
        }
        "Reject" => Fate::Returned("rejected by the relay after it took it".to_owned()),
        _ => return None,
    };
    let headers = mail.get("headers").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let is_id = |header: &&Value| {
        header.get("name").and_then(Value::as_str).is_some_and(|name| name.eq_ignore_ascii_case("Message-ID"))
    };
    let own = headers.iter().find(is_id).and_then(|header| header.get("value")?.as_str());
    let own = own.or_else(|| mail.get("commonHeaders")?.get("messageId")?.as_str());
    let queue = mail.get("messageId").and_then(Value::as_str).unwrap_or_default().to_owned();
    let recipient = mail.get("destination").and_then(|all| all.get(0)?.as_str()).map(str::to_owned);
    Some(Heard { message_id: own.map(bare).unwrap_or_default(), queue, recipient, fate })
}

/// A Message-ID without its angle brackets.
fn bare(id: &str) -> String {
    id.trim().trim_matches(['<', '>']).to_owned()
}

/// `(host mx said: 550 5.1.1 no such user)` without its brackets.
fn in_brackets(words: &str) -> String {
    let words = words.trim();
    words.strip_prefix('(').and_then(|words| words.strip_suffix(')')).unwrap_or(words).to_owned()
}

#[cfg(test)]
mod tests;
