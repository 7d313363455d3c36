//! The built-in mailbox: a real SMTP server on loopback that keeps what it takes, one file a message.
//!
//! It is the relay of rehearsals and of the demo, where it also obeys names, or what stands behind their `+`: `later…`
//! is asked to come back, `never…` is refused, `full…` stays full, `drop…` loses the connection after the final dot.
//! A thread a connection and blocking reads: there are tens of them, and the conversation reads as it is spoken.
//! Nothing is synced to the disk: what arrives here counts for nothing.

use std::collections::HashSet;
use std::fs;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Largest message taken, in bytes; announced as SIZE (RFC 1870).
const LARGEST: usize = 50 << 20;
/// Longest command line, in bytes; RFC 5321 asks for 512.
const LINE: u64 = 4096;

/// A mailbox that is being hosted; it serves until the process ends.
#[derive(Debug)]
pub(crate) struct Mailbox {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    folder: PathBuf,
    obey: bool,
    received: AtomicU64,
    /// `later…` recipients who have been asked to come back once.
    asked: Mutex<HashSet<String>>,
}

/// What a recipient's name asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Take,
    Later,
    Never,
    Full,
    Drop,
}

impl Mailbox {
    /// Listens on a free port of loopback and keeps messages in `folder`, which is made where it is missing.
    ///
    /// # Errors
    /// No folder, or no port.
    pub(crate) fn host(folder: &Path, obey: bool) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let asked = Mutex::new(HashSet::new());
        let shared = Arc::new(Shared { folder: folder.to_owned(), obey, received: AtomicU64::new(0), asked });
        let served = shared.clone();
        thread::Builder::new().name("mailbox".to_owned()).spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = served.clone();
                // A client that hangs up in the middle is the client's affair.
                thread::spawn(move || drop(Session::new(stream, shared).and_then(Session::serve)));
            }
        })?;
        Ok(Self { address, shared })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the messages lie.
    pub(crate) fn folder(&self) -> &Path {
        &self.shared.folder
    }

    /// Messages kept so far.
    pub(crate) fn received(&self) -> u64 {
        self.shared.received.load(Ordering::Relaxed)
    }

    /// The kept messages' files, oldest first.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub(crate) fn messages(&self) -> io::Result<Vec<PathBuf>> {
        let entries = fs::read_dir(&self.shared.folder)?;
        let mut files: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
        files.retain(|path| path.extension().is_some_and(|ending| ending == "eml"));
        files.sort();
        Ok(files)
    }
}

impl Shared {
    fn wish(&self, recipient: &str) -> Wish {
        if !self.obey {
            return Wish::Take;
        }
        let local = recipient.split('@').next().unwrap_or_default();
        let wish = local.split_once('+').map_or(local, |(_, wish)| wish);
        match wish.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default() {
            "later" => {
                let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
                if asked.insert(recipient.to_owned()) { Wish::Later } else { Wish::Take }
            }
            "never" => Wish::Never,
            "full" => Wish::Full,
            "drop" => Wish::Drop,
            _ => Wish::Take,
        }
    }

    /// Writes a message aside and renames it: whoever lists the folder sees whole messages only.
    fn keep(&self, message: &[u8]) -> io::Result<u64> {
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(message)?;
        let mut number = self.received.load(Ordering::Relaxed) + 1;
        loop {
            match file.persist_noclobber(self.folder.join(format!("{number:07}.eml"))) {
                Ok(_) => break,
                // Another connection, or an earlier run, has that number.
                Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                    file = error.file;
                    number += 1;
                }
                Err(error) => return Err(error.error),
            }
        }
        self.received.fetch_add(1, Ordering::Relaxed);
        Ok(number)
    }
}

/// One client's conversation.
struct Session {
    reader: BufReader<TcpStream>,
    writer: BufWriter<TcpStream>,
    shared: Arc<Shared>,
    mail: bool,
    /// The recipient taken, and whether its connection is to be lost after the dot.
    recipient: Option<Wish>,
}

impl Session {
    fn new(stream: TcpStream, shared: Arc<Shared>) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        let writer = BufWriter::new(stream.try_clone()?);
        Ok(Self { reader: BufReader::with_capacity(1 << 16, stream), writer, shared, mail: false, recipient: None })
    }

    fn serve(mut self) -> io::Result<()> {
        self.say("220 mailbox.pressrun ESMTP")?;
        loop {
            // One flight of replies for one flight of commands (RFC 2920).
            if self.reader.buffer().is_empty() {
                self.writer.flush()?;
            }
            let Some(line) = self.line()? else { return Ok(()) };
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            match verb.to_ascii_uppercase().as_str() {
                "EHLO" => self.say("250-mailbox.pressrun\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE 52428800")?,
                "HELO" => self.say("250 mailbox.pressrun")?,
                "MAIL" => {
                    self.mail = true;
                    self.recipient = None;
                    self.say("250 2.1.0 sender ok")?;
                }
                "RCPT" => self.recipient(rest)?,
                "DATA" => {
                    if !self.data()? {
                        return Ok(());
                    }
                }
                "RSET" => {
                    self.reset();
                    self.say("250 2.0.0 forgotten")?;
                }
                "NOOP" => self.say("250 2.0.0 ok")?,
                "QUIT" => {
                    self.say("221 2.0.0 bye")?;
                    return self.writer.flush();
                }
                _ => self.say("502 5.5.1 this mailbox does not know that command")?,
            }
        }
    }

    fn recipient(&mut self, rest: &str) -> io::Result<()> {
        if !self.mail {
            return self.say("503 5.5.1 MAIL first");
        }
        let address = rest.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or("", |(inner, _)| inner);
        let wish = self.shared.wish(&address.to_ascii_lowercase());
        match wish {
            Wish::Later => self.say("451 4.2.0 greylisted, come back in a moment"),
            Wish::Never => self.say("550 5.1.1 there is no such mailbox"),
            Wish::Full => self.say("452 4.2.2 the mailbox is full"),
            Wish::Take | Wish::Drop => {
                self.recipient = Some(wish);
                self.say("250 2.1.5 recipient ok")
            }
        }
    }

    /// Takes the message; false where the connection is to be lost.
    fn data(&mut self) -> io::Result<bool> {
        let Some(wish) = self.recipient else {
            self.say("503 5.5.1 no recipient")?;
            return Ok(true);
        };
        self.say("354 go ahead")?;
        self.writer.flush()?;
        let Some(message) = self.message()? else { return Ok(false) };
        self.reset();
        let number = self.shared.keep(&message)?;
        if wish == Wish::Drop {
            return Ok(false);
        }
        self.say(&format!("250 2.0.0 kept as {number:07}"))?;
        Ok(true)
    }

    /// The bytes up to the lone dot, without dot-stuffing (RFC 5321, 4.5.2); `None` when they never ended.
    fn message(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut message = Vec::new();
        loop {
            let start = message.len();
            if self.reader.read_until(b'\n', &mut message)? == 0 || message.len() > LARGEST {
                return Ok(None);
            }
            if &message[start..] == b".\r\n" {
                message.truncate(start);
                return Ok(Some(message));
            }
            if message[start] == b'.' {
                message.remove(start);
            }
        }
    }

    fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        if self.reader.by_ref().take(LINE).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        Ok(Some(String::from_utf8_lossy(&line).trim_end().to_owned()))
    }

    fn say(&mut self, reply: &str) -> io::Result<()> {
        self.writer.write_all(reply.as_bytes())?;
        self.writer.write_all(b"\r\n")
    }

    fn reset(&mut self) {
        self.mail = false;
        self.recipient = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Speaks to a mailbox, one flight after the other, and gives all its replies.
    fn talk(mailbox: &Mailbox, flights: &[&str]) -> String {
        let mut stream = TcpStream::connect(mailbox.address()).unwrap();
        for flight in flights {
            stream.write_all(flight.as_bytes()).unwrap();
        }
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut replies = String::new();
        stream.read_to_string(&mut replies).unwrap();
        replies
    }

    fn message_to(recipient: &str) -> String {
        format!(
            "EHLO me\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<{recipient}>\r\nDATA\r\nSubject: x\r\n\r\n..dotted\r\n.\r\nQUIT\r\n"
        )
    }

    #[test]
    fn a_message_is_kept_as_it_was_before_dot_stuffing() {
        let folder = tempfile::tempdir().unwrap();
        let mailbox = Mailbox::host(folder.path(), false).unwrap();
        let replies = talk(&mailbox, &[&message_to("never1@reader.test")]);
        assert!(replies.ends_with("354 go ahead\r\n250 2.0.0 kept as 0000001\r\n221 2.0.0 bye\r\n"), "{replies}");
        assert_eq!(fs::read(&mailbox.messages().unwrap()[0]).unwrap(), b"Subject: x\r\n\r\n.dotted\r\n");
    }

    #[test]
    fn names_are_obeyed_in_the_demo() {
        let folder = tempfile::tempdir().unwrap();
        let mailbox = Mailbox::host(folder.path(), true).unwrap();
        for (recipient, reply) in [
            ("never7@reader.test", "550 5.1.1"),
            ("later7@reader.test", "451 4.2.0"),
            ("later7@reader.test", "250 2.0.0 kept"),
            ("full.house@reader.test", "452 4.2.2"),
            ("nevermind@reader.test", "250 2.0.0 kept"),
            ("never.mind+later@reader.test", "451 4.2.0"),
        ] {
            let replies = talk(&mailbox, &[&message_to(recipient)]);
            assert!(replies.contains(reply), "{recipient}: {replies}");
        }
        let dropped = talk(&mailbox, &[&message_to("drop9@reader.test")]);
        assert!(dropped.ends_with("354 go ahead\r\n"), "{dropped}");
        assert_eq!(mailbox.received(), 3);
    }
}
