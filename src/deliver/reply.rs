//! What a reply means: the phase decides first, then the enhanced code, then the basic one, then known words.
//!
//! Pure. The words come last because no two receivers share them, and the table they lead to is in `pace`.

use std::fmt;
use std::time::Duration;

use crate::pace::Answer;

/// Which of our commands a reply answers. A greeting answers none: `door` hears it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Auth,
    Mail,
    Rcpt,
    Data,
    /// After the final dot.
    Dot,
}

/// A relay's reply: `550 5.1.1 no such reader`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    code: u16,
    enhanced: Option<Enhanced>,
    /// Its lines, joined; with the enhanced code, without the basic one.
    text: String,
}

/// RFC 3463: class, subject, detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Enhanced(u16, u16, u16);

impl Reply {
    pub(crate) fn new(code: u16, text: impl Into<String>) -> Self {
        let text = one_line(&text.into());
        Self { code, enhanced: Enhanced::parse(code, &text), text }
    }

    pub(crate) fn code(&self) -> u16 {
        self.code
    }

    fn has(&self, codes: &[(u16, u16)]) -> bool {
        self.enhanced.is_some_and(|Enhanced(_, subject, detail)| codes.contains(&(subject, detail)))
    }

    fn subject(&self) -> Option<u16> {
        self.enhanced.map(|Enhanced(_, subject, _)| subject)
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.text.is_empty() { write!(f, "{}", self.code) } else { write!(f, "{} {}", self.code, self.text) }
    }
}

impl Enhanced {
    /// The code in front of the text. RFC 2034 wants its class to be the reply's first digit; a receiver that
    /// gets that wrong has told us nothing.
    fn parse(code: u16, text: &str) -> Option<Self> {
        let word = text.split([' ', ':', ',']).next()?;
        let mut numbers = word.split('.').map(|part| match part.len() {
            1..=3 if part.bytes().all(|byte| byte.is_ascii_digit()) => part.parse().ok(),
            _ => None,
        });
        let found = Self(numbers.next()??, numbers.next()??, numbers.next()??);
        (numbers.next().is_none() && found.0 == code / 100).then_some(found)
    }
}

/// What a negative reply in this phase, or a 2xx after the dot, means for the delivery under way.
pub(crate) fn classify(phase: Phase, reply: &Reply) -> Answer {
    if reply.code == 421 {
        return Answer::Unreached;
    }
    match phase {
        Phase::Auth if reply.code >= 500 => Answer::RefusesUs,
        Phase::Auth => Answer::Unreached,
        Phase::Mail => at_mail(reply),
        Phase::Rcpt => at_rcpt(reply),
        Phase::Data => at_data(reply),
        Phase::Dot if (200..300).contains(&reply.code) => Answer::Accepted,
        // A 3xx for a message is no answer to it.
        Phase::Dot if reply.code < 400 => Answer::Silence,
        Phase::Dot => after_dot(reply),
    }
}

/// Nothing about the reader was said yet: whatever is refused here is refused to all.
fn at_mail(reply: &Reply) -> Answer {
    match reply.code {
        ..400 => Answer::Unreached,
        // As good as 421: another connection may go on.
        400..500 if had_its_share(&reply.text) => Answer::Unreached,
        400..500 => Answer::TooFast { wait: stated_wait(&reply.text) },
        // Commands out of step: this connection, not this message.
        503 if reply.subject() != Some(7) => Answer::Unreached,
        530..540 => Answer::RefusesUs,
        552 | 523 => Answer::Unwanted,
        _ => match reply.subject() {
            Some(7) => Answer::RefusesUs,
            Some(3 | 6) => Answer::Unwanted,
            _ => Answer::RefusesSender,
        },
    }
}

fn at_rcpt(reply: &Reply) -> Answer {
    match reply.code {
        ..400 => Answer::Unreached,
        // A mailbox over its quota is the reader's (4.2.2); only what is not about the mailbox may be about us.
        400..500 if !matches!(reply.subject(), Some(1 | 2)) && too_fast(&reply.text) => {
            Answer::TooFast { wait: stated_wait(&reply.text) }
        }
        400..500 => Answer::NotNow,
        503 if reply.enhanced.is_none() || reply.subject() == Some(5) => Answer::Unreached,
        530..540 => Answer::RefusesUs,
        _ => about_reader(reply),
    }
}

fn at_data(reply: &Reply) -> Answer {
    match reply.code {
        ..400 => Answer::Unreached,
        400..500 => Answer::TooFast { wait: stated_wait(&reply.text) },
        503 if reply.enhanced.is_none() || reply.subject() == Some(5) => Answer::Unreached,
        530..540 => Answer::RefusesUs,
        _ => about_reader(reply),
    }
}

fn after_dot(reply: &Reply) -> Answer {
    match reply.code {
        400..500 if !matches!(reply.subject(), Some(1 | 2)) && (too_fast(&reply.text) || over_quota(&reply.text)) => {
            Answer::TooFast { wait: stated_wait(&reply.text) }
        }
        400..500 => Answer::NotNow,
        _ => about_reader(reply),
    }
}

/// A 5xx about one message to one reader: hard only where the mailbox is named, or nothing else is.
fn about_reader(reply: &Reply) -> Answer {
    if reply.has(&[(1, 7), (1, 8)]) {
        return Answer::RefusesSender;
    }
    if reply.has(&[(1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1)]) {
        return Answer::NoSuchReader;
    }
    if reply.has(&[(2, 2)]) || (reply.code == 552 && reply.enhanced.is_none() && over_quota(&reply.text)) {
        return Answer::Full;
    }
    // 5.0.0, 5.1.0 and 5.2.0 say no more than the basic code does.
    let bare = reply.enhanced.is_none() || reply.has(&[(0, 0), (1, 0), (2, 0)]);
    if bare && matches!(reply.code, 550 | 553) && names_the_mailbox(&reply.text) {
        return Answer::NoSuchReader;
    }
    Answer::Unwanted
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_ascii_lowercase)
}

/// "separate" and "generated" are not about a rate.
fn too_fast(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.contains("too many")
        || lower.contains("throttl")
        || words(text).any(|word| matches!(word.as_str(), "rate" | "rates" | "ratelimit" | "ratelimited"))
}

/// "too many messages on this connection": not "too many connections", which is about all of them.
fn had_its_share(text: &str) -> bool {
    too_fast(text) && words(text).any(|word| word == "connection" || word == "session")
}

fn over_quota(text: &str) -> bool {
    words(text).any(|word| word == "quota" || word == "quotas")
}

fn names_the_mailbox(text: &str) -> bool {
    const NAMES: [&str; 8] = ["mailbox", "user", "recipient", "account", "inbox", "addressee", "alias", "mbox"];
    const BLAMES: [&str; 10] = [
        "spam",
        "blocked",
        "blacklisted",
        "blocklisted",
        "policy",
        "reputation",
        "content",
        "virus",
        "sender",
        "denied",
    ];
    let lower = text.to_ascii_lowercase();
    let mut named = lower.contains("no such") || lower.contains("unknown address");
    for word in words(text) {
        if BLAMES.contains(&word.as_str()) {
            return false;
        }
        named |= NAMES.contains(&word.as_str());
    }
    named
}

/// "try again in 5 minutes", "retry after 30 seconds": how long the relay wants to be left alone.
fn stated_wait(text: &str) -> Option<Duration> {
    let words: Vec<String> = words(text).collect();
    words.windows(3).find_map(|window| {
        let [before, number, unit] = window else { return None };
        if !matches!(before.as_str(), "in" | "after" | "for" | "wait") {
            return None;
        }
        let number: u64 = number.parse().ok()?;
        let seconds = match unit.trim_end_matches('s') {
            "" | "sec" | "second" => 1,
            "m" | "min" | "minute" => 60,
            "h" | "hour" => 3600,
            _ => return None,
        };
        Some(Duration::from_secs(number.checked_mul(seconds)?))
    })
}

/// One line without control characters, of a length a table can bear.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = text.split(|c: char| c.is_control() || c == ' ').filter(|word| !word.is_empty()).fold(
        String::with_capacity(text.len()),
        |mut line, word| {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
            line
        },
    );
    if let Some((cut, _)) = line.char_indices().nth(500) {
        line.truncate(cut);
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use Answer::{
        Accepted, Full, NoSuchReader, NotNow, RefusesSender, RefusesUs, Silence, TooFast, Unreached, Unwanted,
    };

    const SLOW: Answer = TooFast { wait: None };

    /// Phase, reply, what it means: the table of the design, and what relays really say.
    const TABLE: &[(Phase, u16, &str, Answer)] = &[
        (Phase::Auth, 535, "5.7.8 wrong password", RefusesUs),
        (Phase::Auth, 534, "5.7.9 use another mechanism", RefusesUs),
        (Phase::Auth, 454, "4.7.0 temporary failure", Unreached),
        (Phase::Auth, 421, "4.7.0 closing", Unreached),
        (Phase::Mail, 421, "4.7.0 try again later", Unreached),
        (Phase::Mail, 451, "4.3.0 busy", SLOW),
        (Phase::Mail, 451, "4.7.0 too many messages on this connection", Unreached),
        (Phase::Mail, 451, "4.7.0 too many connections from you", SLOW),
        (Phase::Mail, 454, "Throttling failure: Maximum sending rate exceeded.", SLOW),
        (Phase::Mail, 450, "4.7.1 wait for 5 minutes", TooFast { wait: Some(Duration::from_secs(300)) }),
        (Phase::Mail, 530, "5.7.0 authentication required", RefusesUs),
        (Phase::Mail, 550, "5.7.1 sender not allowed", RefusesUs),
        (Phase::Mail, 550, "5.1.8 bad sender", RefusesSender),
        (Phase::Mail, 553, "5.1.7 bad sender syntax", RefusesSender),
        (Phase::Mail, 550, "no", RefusesSender),
        (Phase::Mail, 552, "5.3.4 message too big", Unwanted),
        (Phase::Mail, 552, "too big", Unwanted),
        (Phase::Mail, 503, "5.5.1 nested MAIL", Unreached),
        (Phase::Rcpt, 450, "4.7.1 greylisted", NotNow),
        (Phase::Rcpt, 451, "4.2.0 later", NotNow),
        (Phase::Rcpt, 452, "4.2.2 mailbox full, over quota", NotNow),
        (Phase::Rcpt, 450, "4.2.1 the user is receiving mail at a rate that", NotNow),
        (Phase::Rcpt, 450, "4.7.1 Error: too much mail, rate limit", SLOW),
        (Phase::Rcpt, 452, "4.5.3 too many recipients", SLOW),
        (Phase::Rcpt, 451, "please separate generated mail", NotNow),
        (Phase::Rcpt, 421, "4.3.2 closing", Unreached),
        (Phase::Rcpt, 550, "5.1.1 no such user", NoSuchReader),
        (Phase::Rcpt, 550, "5.1.2 bad domain", NoSuchReader),
        (Phase::Rcpt, 553, "5.1.3 bad address", NoSuchReader),
        (Phase::Rcpt, 550, "5.1.6 moved", NoSuchReader),
        (Phase::Rcpt, 556, "5.1.10 null MX", NoSuchReader),
        (Phase::Rcpt, 550, "5.2.1 disabled", NoSuchReader),
        (Phase::Rcpt, 550, "Unknown user", NoSuchReader),
        (Phase::Rcpt, 553, "mailbox name not allowed", NoSuchReader),
        (Phase::Rcpt, 550, "5.0.0 user unknown", NoSuchReader),
        (Phase::Rcpt, 550, "recipient rejected: your IP is blocked", Unwanted),
        (Phase::Rcpt, 550, "no", Unwanted),
        (Phase::Rcpt, 551, "old refusal of a user", Unwanted),
        (Phase::Rcpt, 550, "5.2.2 mailbox full", Full),
        (Phase::Rcpt, 552, "sorry, that mailbox is over quota", Full),
        (Phase::Dot, 552, "5.2.2 over quota", Full),
        (Phase::Dot, 552, "message exceeds a fixed size", Unwanted),
        (Phase::Rcpt, 550, "5.1.8 our address", RefusesSender),
        (Phase::Rcpt, 501, "5.1.7 our address", RefusesSender),
        (Phase::Rcpt, 550, "5.7.1 blocked", Unwanted),
        (Phase::Rcpt, 554, "5.7.1 relay access denied", Unwanted),
        (Phase::Rcpt, 530, "5.7.0 authentication required", RefusesUs),
        (Phase::Rcpt, 503, "5.5.1 MAIL first", Unreached),
        (Phase::Data, 451, "4.3.0 busy", SLOW),
        (Phase::Data, 421, "closing", Unreached),
        (Phase::Data, 250, "what?", Unreached),
        (Phase::Data, 554, "5.7.1 no", Unwanted),
        (Phase::Data, 503, "bad sequence", Unreached),
        (Phase::Dot, 250, "2.0.0 queued as 42", Accepted),
        (Phase::Dot, 251, "will forward", Accepted),
        (Phase::Dot, 354, "go on", Silence),
        (Phase::Dot, 421, "4.3.2 closing", Unreached),
        (Phase::Dot, 451, "4.7.0 too many messages", SLOW),
        (Phase::Dot, 452, "4.3.1 daily quota exceeded", SLOW),
        (Phase::Dot, 452, "4.2.2 over quota", NotNow),
        (Phase::Dot, 451, "4.6.0 cannot scan now", NotNow),
        (Phase::Dot, 454, "4.7.0 Throttled, retry after 30 seconds", TooFast { wait: Some(Duration::from_secs(30)) }),
        (Phase::Dot, 554, "5.7.1 spam", Unwanted),
        (Phase::Dot, 552, "5.3.4 too big", Unwanted),
        (Phase::Dot, 550, "5.6.0 content", Unwanted),
        (Phase::Dot, 554, "transaction failed", Unwanted),
        (Phase::Dot, 550, "5.1.1 no such user", NoSuchReader),
        (Phase::Dot, 550, "5.1.8 sender", RefusesSender),
        // The class must agree with the basic code, or the enhanced code says nothing.
        (Phase::Rcpt, 550, "4.1.1 confused", Unwanted),
    ];

    #[test]
    fn every_reply_of_the_table_means_what_the_table_says() {
        for (phase, code, text, answer) in TABLE {
            assert_eq!(classify(*phase, &Reply::new(*code, *text)), *answer, "{phase:?} {code} {text}");
        }
    }

    #[test]
    fn no_negative_reply_counts_as_accepted_and_421_is_never_the_readers_fault() {
        let phases = [Phase::Auth, Phase::Mail, Phase::Rcpt, Phase::Data, Phase::Dot];
        for code in 200..600 {
            for phase in phases {
                let answer = classify(phase, &Reply::new(code, "x"));
                let accepted = phase == Phase::Dot && (200..300).contains(&code);
                assert_eq!(answer == Accepted, accepted, "{phase:?} {code}");
                // Only a reply after the dot can be no answer to the message: before it, nothing was handed over.
                assert!(phase == Phase::Dot || answer != Silence, "{phase:?} {code}");
                if code == 421 {
                    assert_eq!(answer, Unreached);
                }
            }
        }
    }

    #[test]
    fn a_reply_is_one_line_without_control_characters() {
        let reply = Reply::new(550, "5.1.1 no\tsuch\r\n\u{1b}[31mreader ");
        assert_eq!(reply.to_string(), "550 5.1.1 no such [31mreader");
        assert_eq!(Reply::new(250, "").to_string(), "250");
        assert!(Reply::new(550, "x".repeat(9000)).to_string().chars().count() < 510);
    }
}
