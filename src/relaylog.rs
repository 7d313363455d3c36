//! What a relay's log says of our messages: that it took one, under which name, and when.
//!
//! Postfix, Exim, the journal's JSON, and JSON of anyone else's, told apart line by line. Only what proves that
//! the relay took a message counts: Postfix logs a Message-ID while the message is still coming in, so its
//! queue must have made it active as well. Pure: lines come in, one at a time, however long the log is.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde_json::Value;

/// Proof that the relay took a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    /// Without its angle brackets.
    pub(crate) message_id: String,
    /// What the relay calls it; empty where the log has no name for it.
    pub(crate) queue: String,
}

/// A log, read so far.
#[derive(Debug)]
pub(crate) struct RelayLog {
    /// Of times that say none.
    zone: Tz,
    /// The latest a line may be; it decides the year of times that have none.
    now: DateTime<Utc>,
    /// Postfix's names for messages that are coming in.
    incoming: HashMap<String, String>,
    span: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

impl RelayLog {
    pub(crate) fn new(zone: Tz, now: DateTime<Utc>) -> Self {
        Self { zone, now, incoming: HashMap::new(), span: None }
    }

    /// The first and the last time in what was read.
    pub(crate) fn span(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        self.span
    }

    /// Reads the next line.
    pub(crate) fn read(&mut self, line: &str) -> Option<Taken> {
        let line = line.trim();
        if line.starts_with('{') {
            return self.object(&serde_json::from_str(line).ok()?);
        }
        let (at, rest) = self.time(line)?;
        self.seen(at);
        match rest.split_once("]: ") {
            Some((program, said)) if program.contains("postfix") => self.postfix(program, said),
            _ => exim(rest),
        }
    }

    fn seen(&mut self, at: DateTime<Utc>) {
        let (first, last) = self.span.unwrap_or((at, at));
        self.span = Some((first.min(at), last.max(at)));
    }

    /// `4F2A: message-id=<…>` by cleanup, then `4F2A: from=<…>, … (queue active)` by qmgr.
    fn postfix(&mut self, program: &str, said: &str) -> Option<Taken> {
        let (queue, said) = said.split_once(": ")?;
        if !queue.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        if program.contains("/cleanup[") {
            // Postfix uses its short names again and again: the last message of a name is the one.
            let id = said.strip_prefix("message-id=<")?.split('>').next()?;
            self.incoming.insert(queue.to_owned(), id.to_owned());
            return None;
        }
        if program.contains("/smtpd[") {
            return None;
        }
        let active = said.starts_with("from=<") && said.contains("(queue active)");
        let handled = said.starts_with("to=<") && said.contains("status=");
        let message_id = self.incoming.remove(queue).filter(|_| active || handled)?;
        Some(Taken { message_id, queue: queue.to_owned() })
    }

    /// The journal's own objects hold a line of Postfix or Exim; all others speak for themselves.
    fn object(&mut self, object: &Value) -> Option<Taken> {
        let text = |names: &[&str]| names.iter().find_map(|name| object.get(name)?.as_str());
        let micros = text(&["__REALTIME_TIMESTAMP"]).and_then(|micros| micros.parse().ok());
        let stamp = ["time", "timestamp", "@timestamp", "ts", "date"].iter().find_map(|name| object.get(name));
        let at = micros.and_then(DateTime::from_timestamp_micros).or_else(|| stamp.and_then(|at| self.stamp(at)));
        if let Some(at) = at {
            self.seen(at);
        }
        if let Some(said) = text(&["MESSAGE"]) {
            let program = format!("{}[", text(&["SYSLOG_IDENTIFIER"]).unwrap_or_default());
            return if program.contains("postfix") { self.postfix(&program, said) } else { exim(said) };
        }
        let id = text(&["message_id", "message-id", "messageId", "Message-ID", "MessageID"])?;
        let event = text(&["event", "status", "type", "state", "result"])?.to_ascii_lowercase();
        // Whatever happened to it later, it was taken.
        let taken =
            ["accepted", "queued", "sent", "delivered", "delivery", "deferred", "bounced", "bounce", "processed"];
        let queue = text(&["queue_id", "queue", "id"]).unwrap_or_default().to_owned();
        let message_id = id.trim().trim_matches(['<', '>']).to_owned();
        taken.contains(&event.as_str()).then_some(Taken { message_id, queue })
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

/// `1tF0Ab-0000aB-2x <= morning@news.example H=… id=…`: Exim logs this once it has taken the message.
fn exim(line: &str) -> Option<Taken> {
    let mut words = line.split_ascii_whitespace().skip_while(|word| word.starts_with('['));
    let queue = words.next()?;
    if words.next()? != "<=" {
        return None;
    }
    let message_id = words.find_map(|word| word.strip_prefix("id="))?;
    Some(Taken { message_id: message_id.to_owned(), queue: queue.to_owned() })
}

#[cfg(test)]
mod tests;
