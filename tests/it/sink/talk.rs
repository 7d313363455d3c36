//! One conversation of the scripted server, as RFC 5321 tells it and the script bends it.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio_rustls::rustls::{ServerConnection, StreamOwned};

use super::{At, Kept, SILENCE, Shared, Tls};

pub(super) fn serve(shared: &Shared, stream: TcpStream) {
    let full = {
        let mut seen = shared.seen();
        seen.connections += 1;
        let full = shared.script.connections.is_some_and(|most| seen.open >= most);
        if !full {
            seen.open += 1;
            seen.peak = seen.peak.max(seen.open);
        }
        full
    };
    let _ = stream.set_read_timeout(Some(shared.script.idle.unwrap_or(Duration::from_secs(60))));
    let _ = stream.set_nodelay(true);
    let mut talk = Talk { shared, line: Line::Plain(stream), buffer: Vec::new() };
    if full {
        if !shared.script.rude {
            let _ = talk.say("421 4.7.0 sink: too many connections");
        }
    } else {
        // An error is a client that went away: nothing for a test server to report.
        let _ = talk.converse();
        shared.seen().open -= 1;
    }
    talk.hang_up();
}

enum Line {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
    Closed,
}

/// Whether the conversation goes on.
enum Next {
    On,
    Close,
}

struct Talk<'a> {
    shared: &'a Shared,
    line: Line,
    buffer: Vec<u8>,
}

#[derive(Default)]
struct Transaction {
    sender: Option<String>,
    recipient: Option<String>,
}

impl Talk<'_> {
    fn converse(&mut self) -> io::Result<()> {
        if self.shared.script.tls == Tls::Implicit {
            self.start_tls()?;
        }
        match self.shared.scripted(At::Banner) {
            Some("") => return Ok(()),
            Some(banner) => {
                self.say(banner)?;
                if !banner.starts_with('2') {
                    return Ok(());
                }
            }
            None => self.say("220 sink ESMTP")?,
        }
        let mut transaction = Transaction::default();
        let mut logged_in = false;
        let mut messages = 0;
        while let Some(command) = self.command()? {
            let upper = command.to_ascii_uppercase();
            let verb = upper.split([' ', ':']).next().unwrap_or_default().to_owned();
            let at = match verb.as_str() {
                "EHLO" | "HELO" => Some(At::Hello),
                "STARTTLS" => Some(At::StartTls),
                "AUTH" => Some(At::Auth),
                "MAIL" => Some(At::Mail),
                "RCPT" => Some(At::Rcpt),
                "DATA" => Some(At::Data),
                _ => None,
            };
            if let Some(reply) = at.and_then(|at| self.shared.scripted(at)) {
                if reply.is_empty() {
                    return Ok(());
                }
                self.say(reply)?;
                if reply.starts_with("421") {
                    return Ok(());
                }
                continue;
            }
            let next = match verb.as_str() {
                "EHLO" if self.shared.script.helo_only => self.go("502 5.5.1 what is EHLO?")?,
                "EHLO" => self.hello()?,
                "HELO" => self.go("250 sink")?,
                "STARTTLS" => self.upgrade()?,
                "AUTH" => self.login(&command, &mut logged_in)?,
                "MAIL" if self.shared.script.login.is_some() && !logged_in => self.go("530 5.7.0 log in first")?,
                "MAIL" if transaction.sender.is_some() => self.go("503 5.5.1 nested MAIL")?,
                "MAIL" if self.shared.script.per_connection.is_some_and(|most| messages >= most) => {
                    self.say("421 4.7.0 that was enough for one connection")?;
                    Next::Close
                }
                "MAIL" if self.shared.stop.load(Ordering::SeqCst) => {
                    self.say("421 4.3.2 going down")?;
                    Next::Close
                }
                "MAIL" => {
                    transaction.sender = Some(angle(&command));
                    self.go("250 2.1.0 sender fine")?
                }
                "RCPT" if transaction.sender.is_none() => self.go("503 5.5.1 MAIL first")?,
                "RCPT" => self.recipient(&command, &mut transaction)?,
                "DATA" => {
                    messages += 1;
                    self.data(&mut transaction)?
                }
                "RSET" => {
                    transaction = Transaction::default();
                    self.go("250 2.0.0 forgotten")?
                }
                "NOOP" => self.go("250 2.0.0 as you wish")?,
                "QUIT" => {
                    self.say("221 2.0.0 bye")?;
                    Next::Close
                }
                _ => self.go("500 5.5.2 what?")?,
            };
            if let Next::Close = next {
                return Ok(());
            }
        }
        Ok(())
    }

    fn hello(&mut self) -> io::Result<Next> {
        let mut lines = vec!["sink".to_owned()];
        lines.extend(self.shared.script.keywords.iter().map(|keyword| (*keyword).to_owned()));
        let in_clear = matches!(self.line, Line::Plain(_));
        if in_clear && matches!(self.shared.script.tls, Tls::Offered | Tls::Injected) {
            lines.push("STARTTLS".to_owned());
        }
        if self.shared.script.login.is_some() {
            lines.push(format!("AUTH {}", self.shared.script.mechanisms));
        }
        if self.shared.script.lower {
            lines.iter_mut().for_each(|line| *line = line.to_lowercase());
        }
        let last = lines.len() - 1;
        let reply: Vec<String> = lines
            .iter()
            .enumerate()
            .map(|(i, line)| format!("250{}{line}", if i == last { ' ' } else { '-' }))
            .collect();
        self.go(&reply.join("\r\n"))
    }

    fn upgrade(&mut self) -> io::Result<Next> {
        match self.shared.script.tls {
            Tls::Offered => self.say("220 2.0.0 go ahead")?,
            Tls::Injected => self.say("220 2.0.0 go ahead\r\n250-injected\r\n250 AUTH PLAIN LOGIN")?,
            Tls::None | Tls::Implicit => return self.go("502 5.5.1 no TLS here"),
        }
        self.start_tls()?;
        Ok(Next::On)
    }

    fn start_tls(&mut self) -> io::Result<()> {
        let Line::Plain(stream) = std::mem::replace(&mut self.line, Line::Closed) else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        let connection = ServerConnection::new(Arc::clone(&self.shared.tls)).map_err(io::Error::other)?;
        self.line = Line::Tls(Box::new(StreamOwned::new(connection, stream)));
        Ok(())
    }

    fn login(&mut self, command: &str, logged_in: &mut bool) -> io::Result<Next> {
        let Some((user, password)) = self.shared.script.login else {
            return self.go("503 5.5.1 no AUTH here");
        };
        let mut words = command.split_whitespace().skip(1);
        let given = match words.next().map(str::to_ascii_uppercase).as_deref() {
            Some("PLAIN") => {
                let plain = unbase64(words.next().unwrap_or_default());
                let mut parts = plain.split('\0').skip(1).map(str::to_owned);
                (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
            }
            Some("LOGIN") => {
                self.say("334 VXNlcm5hbWU6")?;
                let user = self.command()?.unwrap_or_default();
                self.say("334 UGFzc3dvcmQ6")?;
                let password = self.command()?.unwrap_or_default();
                (unbase64(&user), unbase64(&password))
            }
            Some("XOAUTH2") => {
                let bearer = unbase64(words.next().unwrap_or_default());
                let mut fields = bearer.split('\x01');
                let given = (field(fields.next(), "user="), field(fields.next(), "auth=Bearer "));
                if given != (user.to_owned(), password.to_owned()) {
                    // {"status":"400"}: the client says an empty line to it.
                    self.say("334 eyJzdGF0dXMiOiI0MDAifQ==")?;
                    if self.command()?.is_none_or(|line| !line.is_empty()) {
                        return self.go("501 5.5.2 an empty line was due");
                    }
                }
                given
            }
            _ => return self.go("504 5.5.4 unknown mechanism"),
        };
        *logged_in = given == (user.to_owned(), password.to_owned());
        self.go(if *logged_in { "235 2.7.0 welcome" } else { "535 5.7.8 user or password wrong" })
    }

    fn recipient(&mut self, command: &str, transaction: &mut Transaction) -> io::Result<Next> {
        let recipient = angle(command);
        let attempt = {
            let mut seen = self.shared.seen();
            let attempts = seen.attempts.entry(recipient.to_lowercase()).or_default();
            *attempts += 1;
            *attempts
        };
        let refusal = match behaviour(&recipient, attempt).as_str() {
            "later" if attempt == 1 => "451 4.2.0 try again later",
            "greylist" if attempt == 1 => "450 4.7.1 greylisted, come back in a minute",
            "never" => "550 5.1.1 no such reader",
            "blocked" => "550 5.7.1 you are blocked",
            "full" => "452 4.2.2 mailbox full, over quota",
            "421-at-rcpt" => {
                self.say("421 4.3.2 closing")?;
                return Ok(Next::Close);
            }
            "drop-at-rcpt" => return Ok(Next::Close),
            "hush-at-rcpt" => SILENCE,
            _ => {
                transaction.recipient = Some(recipient);
                return self.go("250 2.1.5 recipient fine");
            }
        };
        self.go(refusal)
    }

    fn data(&mut self, transaction: &mut Transaction) -> io::Result<Next> {
        let Some(recipient) = transaction.recipient.clone() else {
            return self.go("554 5.5.1 no valid recipients");
        };
        let attempt = self.shared.seen().attempts.get(&recipient.to_lowercase()).copied().unwrap_or(1);
        let behaviour = behaviour(&recipient, attempt);
        match behaviour.as_str() {
            "421-at-data" => {
                self.say("421 4.3.2 closing")?;
                return Ok(Next::Close);
            }
            "drop-at-data" => return Ok(Next::Close),
            _ => self.say("354 go on")?,
        }
        if behaviour == "drop-before-dot" {
            self.more()?;
            return Ok(Next::Close);
        }
        let bytes = self.body(behaviour.contains("rst"))?;
        std::thread::sleep(self.shared.script.think);
        let sender = transaction.sender.take().unwrap_or_default();
        *transaction = Transaction::default();
        let scripted = self.shared.scripted(At::Dot);
        let refusal = match (scripted, behaviour.as_str()) {
            (Some(""), _) | (None, "lost-after-dot") => return Ok(Next::Close),
            (Some(reply), _) if !reply.starts_with('2') => Some(reply),
            (None, "421-at-dot") => Some("421 4.3.2 closing"),
            (None, "spam") => Some("554 5.7.1 this looks like spam"),
            (None, "big") => Some("552 5.3.4 message too big"),
            (None, "busy") => Some("451 4.7.0 too many messages, slow down"),
            _ => None,
        };
        if let Some(refusal) = refusal {
            self.say(refusal)?;
            return Ok(if refusal.starts_with("421") { Next::Close } else { Next::On });
        }
        let number = {
            let mut seen = self.shared.seen();
            seen.kept.push(Kept { sender, recipient, bytes });
            seen.kept.len()
        };
        match behaviour.as_str() {
            "drop-after-dot" | "rst-after-dot" => return Ok(Next::Close),
            "slow-dot" => std::thread::sleep(self.shared.script.slow),
            "garbled" => return self.go("well, thank you"),
            "many-lines" => {
                return self.go(&format!("250-2.0.0 thank you\r\n250-2.0.0 very much\r\n250 2.0.0 queued as {number}"));
            }
            "bare-code" => return self.go("250"),
            "bare-lf" => {
                self.write(format!("250 2.0.0 queued as {number}\n").as_bytes())?;
                return Ok(Next::On);
            }
            "latin" => {
                self.write(b"250 2.0.0 re\xe7u\r\n")?;
                return Ok(Next::On);
            }
            _ => {}
        }
        let yes = self.shared.script.yes.map_or_else(|| format!("250 2.0.0 queued as {number}"), |yes| yes(number));
        self.say(scripted.unwrap_or(&yes))?;
        Ok(if behaviour.starts_with("accept-then-") { Next::Close } else { Next::On })
    }

    /// The message up to the lone dot, without dot-stuffing.
    fn body(&mut self, leave_last: bool) -> io::Result<Vec<u8>> {
        let end = loop {
            if self.buffer.starts_with(b".\r\n") {
                break 0;
            }
            if let Some(found) = find(&self.buffer, b"\r\n.\r\n") {
                break found + 2;
            }
            if leave_last { self.more_but_the_last_byte()? } else { self.more()? }
        };
        let stuffed: Vec<u8> = self.buffer.drain(..end + 3).take(end).collect();
        let mut bytes = Vec::with_capacity(stuffed.len());
        for line in stuffed.split_inclusive(|byte| *byte == b'\n') {
            bytes.extend_from_slice(line.strip_prefix(b".").unwrap_or(line));
        }
        Ok(bytes)
    }

    /// One command line; `None` when the client has gone.
    fn command(&mut self) -> io::Result<Option<String>> {
        loop {
            if let Some(end) = find(&self.buffer, b"\r\n") {
                let line: Vec<u8> = self.buffer.drain(..end + 2).take(end).collect();
                let line = String::from_utf8_lossy(&line).into_owned();
                self.shared.seen().commands.push(line.clone());
                return Ok(Some(line));
            }
            match self.more() {
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock && self.shared.script.idle.is_some() => {
                    self.say("421 4.4.2 nothing was said for too long")?;
                    return Ok(None);
                }
                other => other?,
            }
        }
    }

    fn more(&mut self) -> io::Result<()> {
        let mut chunk = [0; 65536];
        let count = match &mut self.line {
            Line::Plain(stream) => stream.read(&mut chunk)?,
            Line::Tls(stream) => stream.read(&mut chunk)?,
            Line::Closed => 0,
        };
        self.take(&chunk[..count])
    }

    /// Leaves one byte unread behind the dot: closing then resets the connection instead of ending it.
    fn more_but_the_last_byte(&mut self) -> io::Result<()> {
        let Line::Plain(stream) = &mut self.line else { return self.more() };
        let mut chunk = [0; 65536];
        let mut count = stream.peek(&mut chunk)?;
        if chunk[..count].ends_with(b"\r\n.\r\n") && count > 1 {
            let rest = chunk[..count].to_vec();
            stream.read_exact(&mut chunk[..count - 1])?;
            return self.take(&rest);
        }
        count = stream.read(&mut chunk)?;
        self.take(&chunk[..count])
    }

    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    fn go(&mut self, reply: &str) -> io::Result<Next> {
        self.say(reply)?;
        Ok(Next::On)
    }

    fn say(&mut self, reply: &str) -> io::Result<()> {
        self.write(format!("{reply}\r\n").as_bytes())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.starts_with(SILENCE.as_bytes()) {
            std::thread::sleep(self.shared.script.slow);
            return Err(io::ErrorKind::TimedOut.into());
        }
        let split = self.shared.script.split;
        let pieces = if split.is_some() { 1 } else { bytes.len() };
        for piece in bytes.chunks(pieces) {
            match &mut self.line {
                Line::Plain(stream) => stream.write_all(piece)?,
                Line::Tls(stream) => {
                    stream.write_all(piece)?;
                    stream.flush()?;
                }
                Line::Closed => return Err(io::ErrorKind::NotConnected.into()),
            }
            std::thread::sleep(split.unwrap_or_default());
        }
        Ok(())
    }

    fn hang_up(&mut self) {
        match &mut self.line {
            // Dropped without a shutdown, so that unread bytes make it a reset.
            Line::Plain(_) | Line::Closed => {}
            Line::Tls(stream) => {
                stream.conn.send_close_notify();
                let _ = stream.flush();
                let _ = stream.sock.shutdown(Shutdown::Both);
            }
        }
    }
}

/// What a recipient's name asks for on this attempt.
fn behaviour(recipient: &str, attempt: usize) -> String {
    let local = recipient.split('@').next().unwrap_or_default().to_ascii_lowercase();
    let word = local.split(['+', '.']).next().unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_digit());
    match word.strip_prefix("once-") {
        Some(_) if attempt > 1 => String::new(),
        Some(word) => word.to_owned(),
        None => word.to_owned(),
    }
}

/// What stands between `<` and `>`.
fn angle(command: &str) -> String {
    let inside = command.split_once('<').map_or("", |(_, rest)| rest);
    inside.rsplit_once('>').map_or("", |(inside, _)| inside).to_owned()
}

/// `user=ada` without its name.
fn field(text: Option<&str>, name: &str) -> String {
    text.and_then(|text| text.strip_prefix(name)).unwrap_or_default().to_owned()
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn unbase64(text: &str) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bits = 0_u32;
    let mut held = 0;
    let mut bytes = Vec::new();
    for byte in text.trim_end_matches('=').bytes() {
        let Some(value) = alphabet.iter().position(|letter| *letter == byte) else { return String::new() };
        bits = bits << 6 | value as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
