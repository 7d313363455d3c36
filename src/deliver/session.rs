//! One SMTP session: greet, prove, log in, hand messages over one after the other.
//!
//! lettre's connection over our own stream. MAIL, RCPT and DATA leave in one write where the relay offers
//! PIPELINING (RFC 2920), the body and its final dot in another: two round trips a message. Every reply is read
//! even when the first refused, so the next one never answers the wrong command.

use std::error::Error;
use std::fmt;
use std::fmt::Write as _;
use std::pin::pin;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::response::Response;
use tokio::time::timeout;

use crate::address::EmailAddress;
use crate::floor::Trouble;
use crate::pace::{Answer, Connection};

use super::door::Door;
use super::reply::{Phase, Reply, classify, one_line};
use super::wire::Handle;

/// How long each step may take. RFC 5321 (4.5.3.2) names these as the least a client should wait.
#[derive(Clone, Debug)]
pub(super) struct Timeouts {
    pub(super) connect: Duration,
    pub(super) banner: Duration,
    /// MAIL, RCPT and what comes before them.
    pub(super) command: Duration,
    pub(super) data: Duration,
    /// A part of the body accepted by the network.
    pub(super) block: Duration,
    /// The reply to the final dot: giving up here makes an unknown.
    pub(super) dot: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        Self {
            connect: Duration::from_secs(30),
            banner: minutes(5),
            command: minutes(5),
            data: minutes(2),
            block: minutes(3),
            dot: minutes(10),
        }
    }
}

/// What the relay offers, whatever the case it says it in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Offers {
    pub(super) starttls: bool,
    pipelining: bool,
    eight_bit: bool,
    utf8: bool,
    /// RFC 1870; a limit of 0 is none.
    size: Option<usize>,
    plain: bool,
    login: bool,
}

impl Offers {
    fn read<'a>(lines: impl Iterator<Item = &'a str>) -> Self {
        let mut offers = Self::default();
        for line in lines.skip(1) {
            let line = line.to_ascii_uppercase();
            // `AUTH=PLAIN` is how servers of the last century say it.
            let mut words = line.split([' ', '=']).filter(|word| !word.is_empty());
            match words.next() {
                Some("STARTTLS") => offers.starttls = true,
                Some("PIPELINING") => offers.pipelining = true,
                Some("8BITMIME") => offers.eight_bit = true,
                Some("SMTPUTF8") => offers.utf8 = true,
                Some("SIZE") => offers.size = Some(words.next().and_then(|limit| limit.parse().ok()).unwrap_or(0)),
                Some("AUTH") => {
                    for mechanism in words {
                        offers.plain |= mechanism == "PLAIN";
                        offers.login |= mechanism == "LOGIN";
                    }
                }
                _ => {}
            }
        }
        offers
    }
}

/// A connection that is ready to hand messages over.
pub(super) struct Session {
    connection: AsyncSmtpConnection,
    wire: Handle,
    offers: Offers,
    timeouts: Timeouts,
    /// A refused envelope is still open: RSET goes ahead of the next one.
    reset: bool,
    /// What leaves in one write.
    flight: String,
}

/// The end of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) answer: Answer,
    /// The relay's words, or ours where it said none.
    pub(super) reply: String,
    /// Whether the session can be used again.
    pub(super) alive: bool,
}

/// The conversation ended before an answer.
pub(super) struct Broken(pub(super) String);

/// Prints a whole flight: lettre writes what `Display` gives in one piece.
struct Flight<'a>(&'a str);

impl fmt::Display for Flight<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Session {
    pub(super) fn new(connection: AsyncSmtpConnection, wire: Handle, timeouts: Timeouts) -> Self {
        let flight = String::new();
        Self { connection, wire, offers: Offers::default(), timeouts, reset: false, flight }
    }

    #[cfg(test)]
    pub(super) fn forget_size(&mut self) {
        self.offers.size = None;
    }

    pub(super) fn offers(&self) -> Offers {
        self.offers
    }

    pub(super) fn wire(&self) -> &Handle {
        &self.wire
    }

    /// Asks what the relay offers: lettre reads keywords in capitals only, and not the ones we need most.
    pub(super) async fn ehlo(&mut self, hello: &str) -> Result<(), Broken> {
        let asked = self.connection.command(Flight(&format!("EHLO {hello}\r\n"))).await;
        self.offers = match asked {
            Ok(response) => Offers::read(response.message()),
            Err(error) => match heard(Err(error))? {
                // It answered the first one: a relay that offers nothing.
                reply if reply.code() >= 500 => Offers::default(),
                reply => return Err(Broken(reply.to_string())),
            },
        };
        Ok(())
    }

    /// AUTH PLAIN, or LOGIN where only that is offered. Nothing of it is ever logged.
    pub(super) async fn log_in(&mut self, door: &Door<'_>) -> Result<(), Trouble> {
        let Some((user, password)) = door.login() else { return Ok(()) };
        let encode = |text: &str| BASE64_STANDARD.encode(text);
        let steps = if self.offers.plain {
            vec![format!("AUTH PLAIN {}\r\n", encode(&format!("\0{user}\0{}", password.reveal())))]
        } else if self.offers.login {
            let secret = format!("{}\r\n", encode(password.reveal()));
            vec!["AUTH LOGIN\r\n".to_owned(), format!("{}\r\n", encode(user)), secret]
        } else {
            return Err(door.refuses("offers no login by PLAIN or LOGIN, and its URL names a user"));
        };
        let mut reply = None;
        for step in steps {
            let heard = self.say(self.timeouts.command, &step).await.map_err(|Broken(why)| door.away(why))?;
            let goes_on = heard.code() == 334;
            reply = Some(heard);
            if !goes_on {
                break;
            }
        }
        match reply {
            Some(reply) if reply.code() == 235 => Ok(()),
            Some(reply) if classify(Phase::Auth, &reply) == Answer::RefusesUs => {
                Err(door.refuses(&format!("refuses the login of `{user}`: {reply}")))
            }
            Some(reply) => Err(door.away(format!("the login got no verdict: {reply}"))),
            None => Err(door.away("the login got no answer")),
        }
    }

    /// Hands one message to one reader. The grant for it must be committed (I1).
    pub(super) async fn send(&mut self, sender: &EmailAddress, to: &EmailAddress, message: &[u8]) -> Outcome {
        let (text, parameters) = match self.prepare(sender, to, message) {
            Ok(prepared) => prepared,
            Err(why) => return Outcome { answer: Answer::Unwanted, reply: why, alive: true },
        };
        match self.envelope(sender, to, &parameters).await {
            Ok(()) => self.body(text).await,
            Err(outcome) => outcome,
        }
    }

    /// What can be known to be wrong before a byte leaves.
    fn prepare<'a>(
        &self,
        sender: &EmailAddress,
        to: &EmailAddress,
        message: &'a [u8],
    ) -> Result<(&'a str, String), String> {
        let text = std::str::from_utf8(message).map_err(|_| "the message is not UTF-8; nothing was sent".to_owned())?;
        if !has_whole_lines(message) {
            return Err("the message has a line that does not end in CRLF; nothing was sent".to_owned());
        }
        let mut parameters = String::new();
        if let Some(limit) = self.offers.size {
            if limit > 0 && message.len() > limit {
                return Err(format!(
                    "the message has {} bytes and the relay takes {limit}; nothing was sent",
                    message.len()
                ));
            }
            let _infallible = write!(parameters, " SIZE={}", message.len());
        }
        if !message.is_ascii() {
            if !self.offers.eight_bit {
                return Err("the message has 8-bit text and the relay takes none; nothing was sent".to_owned());
            }
            parameters.push_str(" BODY=8BITMIME");
        }
        if !sender.as_str().is_ascii() || !to.as_str().is_ascii() {
            if !self.offers.utf8 {
                return Err("the relay takes no addresses beyond ASCII (SMTPUTF8); nothing was sent".to_owned());
            }
            parameters.push_str(" SMTPUTF8");
        }
        Ok((text, parameters))
    }

    /// MAIL, RCPT, DATA, up to the 354.
    async fn envelope(&mut self, sender: &EmailAddress, to: &EmailAddress, parameters: &str) -> Result<(), Outcome> {
        if let Some(words) = self.wire.unasked() {
            return Err(unreached(format!("the relay spoke without being asked: {}", one_line(&words))));
        }
        let reset = std::mem::take(&mut self.reset);
        let mail = format!("MAIL FROM:<{sender}>{parameters}\r\n");
        let commands = [
            (None, "RSET\r\n"),
            (Some(Phase::Mail), &mail),
            (Some(Phase::Rcpt), &format!("RCPT TO:<{to}>\r\n")),
            (Some(Phase::Data), "DATA\r\n"),
        ];
        let commands = if reset { &commands[..] } else { &commands[1..] };
        let mut whole: String = commands.iter().map(|(_, command)| *command).collect();
        let mut refused: Option<(Phase, Reply)> = None;
        let mut go_on = false;
        for (phase, command) in commands {
            let limit = if *phase == Some(Phase::Data) { self.timeouts.data } else { self.timeouts.command };
            let heard = if !self.offers.pipelining {
                self.say(limit, command).await
            } else if whole.is_empty() {
                self.hear(limit).await
            } else {
                self.say(limit, &std::mem::take(&mut whole)).await
            };
            let reply = match heard {
                Ok(reply) if reply.code() != 421 => reply,
                // What was said about the reader before the end still stands.
                Ok(reply) => return Err(Outcome { alive: false, ..verdict(refused, unreached(reply.to_string())) }),
                Err(Broken(why)) => return Err(Outcome { alive: false, ..verdict(refused, unreached(why)) }),
            };
            let Some(phase) = *phase else { continue };
            go_on = phase == Phase::Data && reply.code() == 354;
            if !go_on && (phase == Phase::Data || !(200..300).contains(&reply.code())) {
                refused.get_or_insert((phase, reply));
                if !self.offers.pipelining {
                    break;
                }
            }
        }
        if refused.is_none() {
            return Ok(());
        }
        self.reset = true;
        let mut outcome = verdict(refused, unreached(String::new()));
        if go_on && outcome.alive {
            // DATA was let through though nobody is to have it: an empty message to nobody ends it (RFC 2920).
            outcome.alive = self.say(self.timeouts.dot, ".\r\n").await.is_ok_and(|reply| reply.code() != 421);
        }
        Err(outcome)
    }

    /// The message and its final dot in one write, and what the relay says to it.
    async fn body(&mut self, message: &str) -> Outcome {
        if let Some(words) = self.wire.unasked() {
            return unreached(format!("the relay spoke without being asked: {}", one_line(&words)));
        }
        self.flight.clear();
        stuff(message, &mut self.flight);
        let end = self.wire.written() + self.flight.len() as u64;
        match self.last_flight(end).await {
            Ok(reply) => said(Phase::Dot, &reply),
            Err(Broken(why)) if self.wire.written() < end => unreached(format!("{why}, before the final dot")),
            Err(Broken(why)) => {
                Outcome { answer: Answer::Silence, reply: format!("{why}, after the final dot"), alive: false }
            }
        }
    }

    async fn last_flight(&mut self, end: u64) -> Result<Reply, Broken> {
        let wire = self.wire.clone();
        let mut exchange = pin!(self.connection.command(Flight(&self.flight)));
        loop {
            let written = wire.written();
            let limit = if written < end { self.timeouts.block } else { self.timeouts.dot };
            match timeout(limit, &mut exchange).await {
                Ok(response) => return heard(response),
                Err(_) if wire.written() > written => {}
                Err(_) => return Err(late(limit)),
            }
        }
    }

    pub(super) async fn say(&mut self, limit: Duration, flight: &str) -> Result<Reply, Broken> {
        timeout(limit, self.connection.command(Flight(flight))).await.map_err(|_| late(limit)).and_then(heard)
    }

    async fn hear(&mut self, limit: Duration) -> Result<Reply, Broken> {
        timeout(limit, self.connection.read_response()).await.map_err(|_| late(limit)).and_then(heard)
    }

    /// Says goodbye, without waiting long for the answer.
    pub(super) async fn quit(mut self) {
        let _nothing_depends_on_it = self.say(Duration::from_secs(1), "QUIT\r\n").await;
    }
}

/// A reply, positive or not; only a broken conversation is an error.
pub(super) fn heard(result: Result<Response, lettre::transport::smtp::Error>) -> Result<Reply, Broken> {
    match result {
        Ok(response) => {
            let lines: Vec<&str> = response.message().collect();
            Ok(Reply::new(response.code().into(), lines.join(" ")))
        }
        Err(error) => match error.status() {
            Some(code) => Ok(Reply::new(code.into(), error.source().map(ToString::to_string).unwrap_or_default())),
            None => Err(broken(&error)),
        },
    }
}

fn broken(error: &lettre::transport::smtp::Error) -> Broken {
    let cause = error.source().map(ToString::to_string).unwrap_or_default();
    Broken(match cause.as_str() {
        "incomplete response" => "the relay closed the connection".to_owned(),
        _ if error.is_response() => "the relay said something that is no reply".to_owned(),
        cause => format!("the connection broke ({})", one_line(cause)),
    })
}

fn late(limit: Duration) -> Broken {
    Broken(format!("the relay did not answer within {} s", limit.as_secs()))
}

fn unreached(reply: String) -> Outcome {
    Outcome { answer: Answer::Unreached, reply, alive: false }
}

fn said(phase: Phase, reply: &Reply) -> Outcome {
    let answer = classify(phase, reply);
    Outcome { answer, reply: reply.to_string(), alive: answer.connection() != Connection::Close }
}

fn verdict(refused: Option<(Phase, Reply)>, otherwise: Outcome) -> Outcome {
    refused.map_or(otherwise, |(phase, reply)| said(phase, &reply))
}

/// CRLF at the end of every line and nowhere half of one (RFC 5321, 2.3.8): a bare LF before a dot would let
/// one message pose as two.
fn has_whole_lines(message: &[u8]) -> bool {
    let torn = any_pair(message, |a, b| (a == b'\r') != (b == b'\n'));
    !torn && !message.starts_with(b"\n") && message.ends_with(b"\r\n")
}

/// Appends the message with its dots stuffed (RFC 5321, 4.5.2), and the final dot.
fn stuff(message: &str, out: &mut String) {
    if message.starts_with('.') || any_pair(message.as_bytes(), |a, b| (a == b'\n') & (b == b'.')) {
        for line in message.split_inclusive('\n') {
            if line.starts_with('.') {
                out.push('.');
            }
            out.push_str(line);
        }
    } else {
        out.push_str(message);
    }
    out.push_str(".\r\n");
}

/// Whether two neighbours are like this. It looks at all of them, without a branch: so many at a time that a
/// whole message costs a few microseconds, where a search that stops early costs sixty.
fn any_pair(bytes: &[u8], like: impl Fn(u8, u8) -> bool) -> bool {
    bytes.iter().zip(bytes.iter().skip(1)).fold(false, |any, (a, b)| any | like(*a, *b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_are_read_in_any_case_and_order() {
        let lines = "relay\nstarttls\nPipelining\nsize 1000\nAuth login PLAIN\n8bitmime\nsmtputf8\nX-THING".lines();
        let all = Offers {
            starttls: true,
            pipelining: true,
            eight_bit: true,
            utf8: true,
            size: Some(1000),
            plain: true,
            login: true,
        };
        assert_eq!(Offers::read(lines), all);
        assert_eq!(
            Offers::read("STARTTLS\nSIZE\nAUTH=LOGIN".lines()),
            Offers { size: Some(0), login: true, ..Offers::default() }
        );
    }

    #[test]
    fn dots_are_stuffed_and_half_line_ends_are_seen() {
        let stuffed = |message: &str| {
            let mut out = String::new();
            stuff(message, &mut out);
            out
        };
        assert_eq!(stuffed("a\r\n.\r\n..b\r\nc.\r\n"), "a\r\n..\r\n...b\r\nc.\r\n.\r\n");
        assert_eq!(stuffed(".\r\n"), "..\r\n.\r\n");
        for whole in ["a\r\n", "\r\n", "a\r\n\r\nb\r\n"] {
            assert!(has_whole_lines(whole.as_bytes()), "{whole:?}");
        }
        for torn in ["", "a", "\n", "a\n", "a\r\nb", "a\rb\r\n", "a\n.\r\nb\r\n", "a\r\r\n", "\na\r\n", "a\r\n\r"] {
            assert!(!has_whole_lines(torn.as_bytes()), "{torn:?}");
        }
    }
}
