//! Our stream under lettre's SMTP connection.
//!
//! lettre reads the replies, this carries them, and knows three things lettre does not tell: how many bytes
//! were written (was the final dot among them?), whether the relay spoke out of turn, and when to turn to TLS.
//! Messages are written past lettre, which would copy each of them twice.
//!
//! Replies are handed over one line at a time. So lettre never holds a byte that is not part of the reply it
//! was asked to read: what was smuggled in behind the 220 of STARTTLS, and replies nobody asked for, stay here
//! where they are seen. Each line is tidied on the way, because an unusual line behind the final dot must not
//! make an accepted message unknown.

use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::ServerName;

/// Longer reply lines are cut: lettre gives up above 1,000 bytes, and the code stands in front.
const LONGEST_LINE: usize = 900;
/// More lines than any reply has; lettre reads all that came before with each line that comes.
const LONGEST_REPLY: usize = 200;
/// Bytes without a line end that no SMTP server sends.
const LONGEST_WAIT: usize = 64 * 1024;

/// The end that lettre holds.
#[derive(Debug)]
pub(super) struct Wire(Shared);

/// The end that the session holds.
#[derive(Clone, Debug)]
pub(super) struct Handle(Shared);

type Shared = Arc<Mutex<Line>>;

#[derive(Debug)]
struct Line {
    stream: Stream,
    peer: SocketAddr,
    /// Received, not yet handed over.
    incoming: Vec<u8>,
    /// One tidied line, on its way to lettre.
    handing: Vec<u8>,
    handed: usize,
    /// Lines of the reply under way: each said that another one follows.
    lines: usize,
    written: u64,
    /// Where the final dot of the message under way ends, once its body is on its way.
    end: Option<u64>,
    /// For relays older than 1995: EHLO leaves as HELO.
    helo: bool,
}

#[derive(Debug)]
enum Stream {
    Clear(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    /// Between the two.
    Turning,
}

/// Makes both ends of a wire over a connected stream.
pub(super) fn wire(stream: TcpStream, helo: bool) -> io::Result<(Wire, Handle)> {
    // Without it the last segment of each flight waits for the acknowledgement of the one before: 40 ms a message.
    stream.set_nodelay(true)?;
    let line = Line {
        peer: stream.peer_addr()?,
        stream: Stream::Clear(stream),
        incoming: Vec::new(),
        handing: Vec::new(),
        handed: 0,
        lines: 0,
        written: 0,
        end: None,
        helo,
    };
    let shared = Arc::new(Mutex::new(line));
    Ok((Wire(Arc::clone(&shared)), Handle(shared)))
}

impl Handle {
    /// Bytes handed to the system, or to TLS, so far. What is not counted has not left.
    pub(super) fn written(&self) -> u64 {
        lock(&self.0).written
    }

    /// A message is next; not a byte of its body has left.
    pub(super) fn begin_message(&self) {
        lock(&self.0).end = None;
    }

    /// The body and its final dot are the next to leave, so many bytes.
    pub(super) fn begin_body(&self, length: usize) {
        let mut line = lock(&self.0);
        line.end = Some(line.written + length as u64);
    }

    /// Whether the final dot of the message under way may have left: until then nobody can have the message.
    pub(super) fn may_have_ended(&self) -> bool {
        let line = lock(&self.0);
        line.end.is_some_and(|end| line.written >= end)
    }

    /// Writes the pieces one behind the other, as few packets as they fill.
    ///
    /// # Errors
    /// The connection broke; `written` says how much had left.
    pub(super) async fn write<'p>(&self, pieces: impl IntoIterator<Item = &'p [u8]>) -> io::Result<()> {
        let pieces = pieces.into_iter().filter(|piece| !piece.is_empty());
        let mut slices: Vec<IoSlice<'_>> = pieces.map(IoSlice::new).collect();
        let mut rest = &mut slices[..];
        while !rest.is_empty() {
            let count = poll_fn(|cx| lock(&self.0).poll_write(cx, rest)).await?;
            if count == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            IoSlice::advance_slices(&mut rest, count);
        }
        poll_fn(|cx| lock(&self.0).stream.poll_flush(cx)).await
    }

    /// What the relay said without being asked, if it did.
    pub(super) fn unasked(&self) -> Option<String> {
        let line = lock(&self.0);
        if line.incoming.is_empty() && line.handed == line.handing.len() {
            return None;
        }
        let rest = [&line.handing[line.handed..], &line.incoming].concat();
        (!rest.is_empty()).then(|| String::from_utf8_lossy(&rest).trim().to_owned())
    }

    /// Waits until the relay speaks without being asked, or ends the connection; for as long as nothing is under way.
    pub(super) async fn disturbed(&self) {
        poll_fn(|cx| {
            let mut line = lock(&self.0);
            let spoke = !line.incoming.is_empty() || line.handed < line.handing.len();
            if spoke { Poll::Ready(()) } else { line.receive(cx).map(drop) }
        })
        .await;
    }

    /// Turns to TLS and proves the relay's name.
    ///
    /// # Errors
    /// The handshake's error; the wire is closed then. `rustls::Error` inside it when TLS itself refused.
    pub(super) async fn start_tls(&self, connector: &TlsConnector, name: ServerName<'static>) -> io::Result<()> {
        let Stream::Clear(stream) = std::mem::replace(&mut lock(&self.0).stream, Stream::Turning) else {
            return Err(io::Error::other("TLS was started twice"));
        };
        let stream = connector.connect(name, stream).await?;
        lock(&self.0).stream = Stream::Tls(Box::new(stream));
        Ok(())
    }
}

/// Nothing panics while it holds the lock, so a poisoned one is as good as any.
fn lock(shared: &Shared) -> MutexGuard<'_, Line> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(lock(&self.0).peer)
    }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let mut line = lock(&self.0);
        loop {
            if line.handed < line.handing.len() {
                let count = (line.handing.len() - line.handed).min(buf.remaining());
                buf.put_slice(&line.handing[line.handed..line.handed + count]);
                line.handed += count;
                return Poll::Ready(Ok(()));
            }
            if line.next_line() {
                if line.lines > LONGEST_REPLY {
                    return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, "a reply without an end")));
                }
                continue;
            }
            if line.incoming.len() > LONGEST_WAIT {
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, "a reply line without an end")));
            }
            if ready!(line.receive(cx))? == 0 {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let mut line = lock(&self.0);
        // lettre writes each command in one piece, and this one is shorter than any send buffer.
        if line.helo && buf.starts_with(b"EHLO ") {
            let helo = [b"HELO ", &buf[5..]].concat();
            return line.poll_write(cx, &[IoSlice::new(&helo)]);
        }
        line.poll_write(cx, &[IoSlice::new(buf)])
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        lock(&self.0).stream.poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut lock(&self.0).stream {
            Stream::Clear(stream) => Pin::new(stream).poll_shutdown(cx),
            Stream::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
            Stream::Turning => Poll::Ready(Ok(())),
        }
    }
}

impl Line {
    /// Takes the next whole line out of what was received.
    fn next_line(&mut self) -> bool {
        let Some(end) = self.incoming.iter().position(|byte| *byte == b'\n') else { return false };
        self.handing = tidy(&self.incoming[..end]).into_bytes();
        self.handed = 0;
        self.lines = if self.handing.get(3) == Some(&b'-') { self.lines + 1 } else { 0 };
        self.incoming.drain(..=end);
        true
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, pieces: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let count = ready!(self.stream.poll_write(cx, pieces))?;
        self.written += count as u64;
        Poll::Ready(Ok(count))
    }

    fn receive(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut chunk = [MaybeUninit::uninit(); 4096];
        let mut chunk = ReadBuf::uninit(&mut chunk);
        match &mut self.stream {
            Stream::Clear(stream) => ready!(Pin::new(stream).poll_read(cx, &mut chunk))?,
            Stream::Tls(stream) => ready!(Pin::new(stream).poll_read(cx, &mut chunk))?,
            Stream::Turning => return Poll::Ready(Err(turning())),
        }
        self.incoming.extend_from_slice(chunk.filled());
        Poll::Ready(Ok(chunk.filled().len()))
    }
}

impl Stream {
    fn poll_write(&mut self, cx: &mut Context<'_>, pieces: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        match self {
            Self::Clear(stream) => Pin::new(stream).poll_write_vectored(cx, pieces),
            Self::Tls(stream) => Pin::new(stream).poll_write_vectored(cx, pieces),
            Self::Turning => Poll::Ready(Err(turning())),
        }
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Clear(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
            Self::Turning => Poll::Ready(Err(turning())),
        }
    }
}

fn turning() -> io::Error {
    io::Error::new(io::ErrorKind::NotConnected, "the connection is closed")
}

/// A reply line as RFC 5321 (4.2) has it: CRLF at its end, UTF-8, a space or hyphen behind the code, a second
/// digit up to 5. The text is for people; a client acts on the first digit, so none of this changes a meaning.
fn tidy(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let line = String::from_utf8_lossy(&line[..line.len().min(LONGEST_LINE)]);
    let mut text = String::with_capacity(line.len() + " \r\n".len());
    text.extend(line.chars().map(|c| if c.is_control() { ' ' } else { c }));
    let code = text.len() >= 3 && text.as_bytes()[..3].iter().all(u8::is_ascii_digit);
    if code && text.len() == 3 {
        text.push(' ');
    }
    if code && text.as_bytes()[1] > b'5' {
        text.replace_range(1..2, "5");
    }
    text.push_str("\r\n");
    text
}

#[cfg(test)]
mod tests {
    use super::tidy;

    #[test]
    fn reply_lines_in_unusual_dress_keep_their_code() {
        assert_eq!(tidy(b"250 2.0.0 fine\r"), "250 2.0.0 fine\r\n");
        assert_eq!(tidy(b"250 bare line feed"), "250 bare line feed\r\n");
        assert_eq!(tidy(b"354\r"), "354 \r\n");
        assert_eq!(tidy(b"250-more\r"), "250-more\r\n");
        assert_eq!(tidy(b"571 old refusal\r"), "551 old refusal\r\n");
        assert_eq!(tidy(b"250 re\xe7u\x07\r"), "250 re\u{fffd}u \r\n");
        assert_eq!(tidy(b"\r"), "\r\n");
        assert!(tidy(&[b'2'; 5000]).len() < 1000);
    }
}
