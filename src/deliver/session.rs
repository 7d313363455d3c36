//! One SMTP session: hand messages over one after the other.
//!
//! lettre reads the replies, and we write: the pieces of a message leave from where they lie. MAIL, RCPT and DATA are
//! one flight where the relay offers PIPELINING (RFC 2920), the body and its final dot another: two round trips
//! a message. The next message's envelope may ride behind the dot: one round trip. Every reply is read even
//! when the first refused, so the next one never answers the wrong command.

use std::error::Error;
use std::pin::pin;
use std::time::Duration;

use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::response::Response;
use tokio::time::timeout;

use crate::crash;
use crate::pace::{Answer, Connection};

use super::letter::{Letter, Packed, Unfit};
use super::offers::Offers;
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

impl Timeouts {
    /// The same for every step, where somebody waits for it.
    pub(super) fn of(patience: Duration) -> Self {
        Self { connect: patience, banner: patience, command: patience, data: patience, block: patience, dot: patience }
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
    /// The envelope that rode behind the last dot and that the relay said 354 to.
    open: Option<String>,
}

/// The end of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) answer: Answer,
    /// The relay's words, or ours where it said none.
    pub(super) reply: String,
    /// Whether the relay had come to this message: else it ended the session before, and meant nobody.
    pub(super) begun: bool,
    /// Whether the session can be used again.
    pub(super) alive: bool,
}

/// What came of handing one message over with the next one's envelope behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Exchange {
    pub(super) outcome: Outcome,
    pub(super) next: Next,
}

/// Where the next message stands. Not a byte of its body has left in any of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing was said about it: its grant is as it was. Also where there was none.
    Untouched,
    /// The relay waits for its body: it is the next to be handed over, or the session is to be dropped.
    Open,
    /// It has its answer already: its envelope was refused, or the session ended in the middle of it.
    Settled(Outcome),
}

impl Exchange {
    fn alone(outcome: Outcome) -> Self {
        Self { outcome, next: Next::Untouched }
    }

    /// Whether the session can be used again.
    pub(super) fn alive(&self) -> bool {
        let next_alive = !matches!(&self.next, Next::Settled(next) if !next.alive);
        self.outcome.alive && next_alive
    }
}

/// The conversation ended before an answer.
pub(super) struct Broken(pub(super) String);

impl Session {
    pub(super) fn new(connection: AsyncSmtpConnection, wire: Handle, timeouts: Timeouts) -> Self {
        Self { connection, wire, offers: Offers::default(), timeouts, reset: false, open: None }
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

    /// Whether the next envelope may ride behind a dot here.
    pub(super) fn can_ride(&self) -> bool {
        self.offers.pipelining
    }

    /// Whether the relay waits for the message whose envelope rode.
    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Asks what the relay offers: lettre reads keywords in capitals only, and not the ones we need most.
    pub(super) async fn ehlo(&mut self, hello: &str) -> Result<(), Broken> {
        self.wire.write([format!("EHLO {hello}\r\n").as_bytes()]).await.map_err(cut)?;
        self.offers = match self.connection.read_response().await {
            Ok(response) => Offers::read(response.message()),
            Err(error) => match heard(Err(error))? {
                // It answered the first one: a relay that offers nothing.
                reply if reply.code() >= 500 => Offers::default(),
                reply => return Err(Broken(reply.to_string())),
            },
        };
        Ok(())
    }

    /// Hands one message to one reader. The grant for it must be committed (I1).
    pub(super) async fn send(&mut self, letter: Letter<'_>) -> Outcome {
        self.exchange(letter, None, |_| {}).await.outcome
    }

    /// Hands one message over, and in the same flight as its dot the envelope of the next one, where the relay
    /// offers PIPELINING. The grants of both must be committed (I1).
    ///
    /// After [`Next::Open`] the next message must be the one whose envelope that was. `early` hears the outcome where
    /// the next one's envelope is still to be answered, which may take its time.
    pub(super) async fn exchange(
        &mut self,
        letter: Letter<'_>,
        next: Option<Letter<'_>>,
        early: impl FnOnce(&Outcome),
    ) -> Exchange {
        self.wire.begin_message();
        let packed = match letter.pack(&self.offers) {
            Ok(packed) => packed,
            Err(unfit) => return Exchange::alone(unfit.into()),
        };
        match self.open.take() {
            Some(open) if open == packed.envelope => {}
            Some(_) => {
                return Exchange::alone(unreached("another message's envelope is open; nothing was sent".to_owned()));
            }
            None => {
                if let Err(outcome) = self.envelope(&packed).await {
                    return Exchange::alone(outcome);
                }
            }
        }
        match next.filter(|_| self.offers.pipelining).map(|next| next.pack(&self.offers)) {
            None => Exchange::alone(self.body(&packed, "").await),
            Some(Err(unfit)) => Exchange { outcome: self.body(&packed, "").await, next: Next::Settled(unfit.into()) },
            Some(Ok(next)) => {
                let outcome = self.body(&packed, &next.envelope).await;
                if !outcome.alive {
                    return Exchange::alone(outcome);
                }
                early(&outcome);
                match self.ridden(next).await {
                    Next::Settled(end) if !end.begun => Exchange::alone(Outcome { alive: false, ..outcome }),
                    next => Exchange { outcome, next },
                }
            }
        }
    }

    /// MAIL, RCPT, DATA, up to the 354: in one flight where the relay offers PIPELINING, else one by one.
    async fn envelope(&mut self, packed: &Packed<'_>) -> Result<(), Outcome> {
        self.listen()?;
        let reset = if std::mem::take(&mut self.reset) { "RSET\r\n" } else { "" };
        if self.offers.pipelining {
            let flight = self.wire.write([reset.as_bytes(), packed.envelope.as_bytes()]);
            let written = timeout(self.timeouts.command, flight).await;
            written.map_err(|_| unreached(late(self.timeouts.command).0))?.map_err(|error| unreached(cut(error).0))?;
        }
        if !reset.is_empty() {
            let forgotten =
                if self.offers.pipelining { self.hear(self.timeouts.command).await } else { self.ask(reset).await };
            forgotten.map_err(|Broken(why)| unreached(why))?;
        }
        self.answers(packed, self.offers.pipelining).await
    }

    /// The envelope rode behind a dot that has its reply; now its own.
    async fn ridden(&mut self, packed: Packed<'_>) -> Next {
        match self.answers(&packed, true).await {
            Ok(()) => {
                self.open = Some(packed.envelope);
                Next::Open
            }
            Err(outcome) => Next::Settled(outcome),
        }
    }

    /// The replies to MAIL, RCPT and DATA, said already or to be said one by one.
    async fn answers(&mut self, packed: &Packed<'_>, said_already: bool) -> Result<(), Outcome> {
        let mut refused: Option<(Phase, Reply)> = None;
        let mut go_on = false;
        for (phase, command) in
            [Phase::Mail, Phase::Rcpt, Phase::Data].into_iter().zip(packed.envelope.split_inclusive('\n'))
        {
            let begun = phase != Phase::Mail;
            let limit = if phase == Phase::Data { self.timeouts.data } else { self.timeouts.command };
            let heard = if said_already { self.hear(limit).await } else { self.say(limit, command).await };
            let reply = match heard {
                Ok(reply) if reply.code() != 421 => reply,
                // What was said about the reader before the end still stands.
                Ok(reply) => {
                    return Err(Outcome { alive: false, begun, ..verdict(refused, unreached(reply.to_string())) });
                }
                Err(Broken(why)) => return Err(Outcome { alive: false, begun, ..verdict(refused, unreached(why)) }),
            };
            crash::point(match phase {
                Phase::Mail => "MAIL",
                Phase::Rcpt => "RCPT",
                _ => "DATA",
            });
            go_on = phase == Phase::Data && reply.code() == 354;
            if !go_on && (phase == Phase::Data || !(200..300).contains(&reply.code())) {
                refused.get_or_insert((phase, reply));
                if !said_already {
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

    /// The message, its final dot and what rides behind it in one flight, and what the relay says to the message.
    async fn body(&mut self, packed: &Packed<'_>, behind: &str) -> Outcome {
        const DOT: &[u8] = b".\r\n";
        if let Err(outcome) = self.listen() {
            return Outcome { begun: true, ..outcome };
        }
        self.wire.begin_body(packed.body.len() + DOT.len());
        // The dot leaves with the message or with the envelope behind it: never as a packet of its own.
        let flight = packed.body.pieces().chain([DOT, behind.as_bytes()]);
        if crash::reached("half body") {
            let whole = packed.body.to_vec();
            let _written_or_not = self.wire.write([&whole[..whole.len() / 2]]).await;
            std::process::abort();
        }
        match self.last_flight(flight).await {
            Ok(reply) => said(Phase::Dot, &reply),
            Err(Broken(why)) if !self.wire.may_have_ended() => {
                Outcome { begun: true, ..unreached(format!("{why}, before the final dot")) }
            }
            Err(Broken(why)) => {
                let reply = format!("{why}, after the final dot");
                Outcome { answer: Answer::Silence, reply, begun: true, alive: false }
            }
        }
    }

    /// Writes it block by block, each in its time, and then waits for the reply to the dot.
    async fn last_flight<'f>(&mut self, flight: impl Iterator<Item = &'f [u8]>) -> Result<Reply, Broken> {
        self.write_out(flight).await?;
        crash::point("dot");
        let reply = self.hear(self.timeouts.dot).await;
        crash::point("250");
        reply
    }

    /// For as long as the network takes something within each `block`.
    async fn write_out<'f>(&self, flight: impl Iterator<Item = &'f [u8]>) -> Result<(), Broken> {
        let mut writing = pin!(self.wire.write(flight));
        loop {
            let written = self.wire.written();
            match timeout(self.timeouts.block, &mut writing).await {
                Ok(done) => return done.map_err(cut),
                Err(_) if self.wire.written() > written => {}
                Err(_) => return Err(late(self.timeouts.block)),
            }
        }
    }

    /// Words that nobody asked for end the session before another message is put on it.
    fn listen(&self) -> Result<(), Outcome> {
        let words = self.wire.unasked();
        words.map_or(Ok(()), |words| {
            Err(unreached(format!("the relay spoke without being asked: {}", one_line(&words))))
        })
    }

    /// One command, or the answer to a challenge, and what the relay says to it.
    pub(super) async fn ask(&mut self, text: &str) -> Result<Reply, Broken> {
        self.say(self.timeouts.command, text).await
    }

    async fn say(&mut self, limit: Duration, text: &str) -> Result<Reply, Broken> {
        let exchange = async {
            self.wire.write([text.as_bytes()]).await.map_err(cut)?;
            heard(self.connection.read_response().await)
        };
        timeout(limit, exchange).await.unwrap_or_else(|_| Err(late(limit)))
    }

    async fn hear(&mut self, limit: Duration) -> Result<Reply, Broken> {
        timeout(limit, self.connection.read_response()).await.map_err(|_| late(limit)).and_then(heard)
    }

    /// Says goodbye, without waiting long for the answer.
    pub(super) async fn quit(mut self) {
        let _nothing_depends_on_it = self.say(Duration::from_secs(1), "QUIT\r\n").await;
    }
}

impl From<Unfit> for Outcome {
    fn from(unfit: Unfit) -> Self {
        Self { answer: unfit.answer, reply: unfit.words, begun: true, alive: true }
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

fn cut(error: std::io::Error) -> Broken {
    Broken(format!("the connection broke ({})", one_line(&error.to_string())))
}

fn late(limit: Duration) -> Broken {
    Broken(format!("the relay did not answer within {} s", limit.as_secs()))
}

fn unreached(reply: String) -> Outcome {
    Outcome { answer: Answer::Unreached, reply, begun: false, alive: false }
}

fn said(phase: Phase, reply: &Reply) -> Outcome {
    let answer = classify(phase, reply);
    Outcome { answer, reply: reply.to_string(), begun: true, alive: answer.connection() != Connection::Close }
}

fn verdict(refused: Option<(Phase, Reply)>, otherwise: Outcome) -> Outcome {
    refused.map_or(otherwise, |(phase, reply)| said(phase, &reply))
}
