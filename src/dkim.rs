//! DKIM: the newsroom's own signatures over the bytes that leave (RFC 6376; Ed25519: RFC 8463).
//!
//! A signature is made last, over the stamped message as the relay gets it, so nothing between the stamp and
//! the wire can break it. The body is read once for all keys: what the relaxed form leaves as it is goes to the
//! hash in whole runs, without a copy. From is signed twice (RFC 6376, 8.15): a second one, added on the way,
//! breaks the signature instead of being shown. Pure: keys come in as text, the time as a value.

mod canonical;
mod key;
mod record;
#[cfg(test)]
mod tests;

use aws_lc_rs::digest::{self, SHA256};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};

use crate::message::{Look, Message};

use canonical::{Fields, Piece, body_hash, relaxed};

pub(crate) use key::{Algorithm, Key};
pub(crate) use record::Record;

/// Headers a signature covers where a message has them; the first one twice.
const COVERED: [&str; 16] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Reply-To",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Help",
    "List-Archive",
    "Feedback-ID",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
];

/// Columns of a header's line (RFC 5322, 2.1.1).
const WIDTH: usize = 78;

/// Who signs, and with which keys: one signature each, in their order.
#[derive(Debug)]
pub(crate) struct Dkim {
    domain: String,
    keys: Vec<(String, Key)>,
}

impl Dkim {
    /// `domain` is an A-label domain; each key stands under its selector in that domain's DNS.
    pub(crate) fn new(domain: &str, keys: Vec<(String, Key)>) -> Self {
        Self { domain: domain.to_owned(), keys }
    }

    /// Puts the signatures above a message: CRLF lines, a head, an empty line, a body. What is not so is no message, and
    /// no session sends it.
    pub(crate) fn sign(&self, at: DateTime<Utc>, message: &mut Message<'_>) {
        if let Some(signatures) = self.signatures(at, message) {
            message.put_above(signatures.into_bytes());
        }
    }

    fn signatures(&self, at: DateTime<Utc>, message: &Message<'_>) -> Option<String> {
        let (head, body) = divided(message)?;
        let fields = Fields::read(&head)?;
        let mut names: Vec<&str> = COVERED.into_iter().filter(|name| fields.has(name)).collect();
        names.insert(1.min(names.len()), COVERED[0]);
        let head = fields.canonical(&names);
        let bh = BASE64_STANDARD.encode(body_hash(body));
        let mut out = String::with_capacity(1024 * self.keys.len());
        for (selector, key) in &self.keys {
            let header = self.header(selector, key.algorithm(), at, &names, &bh);
            let signature = key.sign(&digested(&head, &header));
            append(&mut out, &header, &BASE64_STANDARD.encode(signature));
        }
        Some(out)
    }

    /// The header with an empty `b=`, as it is signed (RFC 6376, 3.7).
    fn header(&self, selector: &str, algorithm: Algorithm, at: DateTime<Utc>, names: &[&str], bh: &str) -> String {
        let mut header = "DKIM-Signature:".to_owned();
        let mut column = header.len();
        let mut push = |header: &mut String, word: &str, glue: &str| {
            if column + glue.len() + word.len() > WIDTH {
                header.push_str("\r\n ");
                column = 1;
            } else {
                header.push_str(glue);
                column += glue.len();
            }
            header.push_str(word);
            column += word.len();
        };
        let algorithm = algorithm.as_str();
        let tags = [
            "v=1;".to_owned(),
            format!("a={algorithm}-sha256;"),
            "c=relaxed/relaxed;".to_owned(),
            format!("d={};", self.domain),
            format!("s={selector};"),
            format!("t={};", at.timestamp()),
            format!("bh={bh};"),
        ];
        for tag in &tags {
            push(&mut header, tag, " ");
        }
        for (place, name) in names.iter().enumerate() {
            let end = if place + 1 == names.len() { ";" } else { ":" };
            let begin = if place == 0 { "h=" } else { "" };
            push(&mut header, &format!("{begin}{name}{end}"), if place == 0 { " " } else { "" });
        }
        header.push_str("\r\n b=");
        header
    }
}

/// The head with the empty line behind it, all in one, and the pieces of the body.
fn divided<'m>(message: &'m Message<'_>) -> Option<(Vec<u8>, impl Iterator<Item = Piece<'m>>)> {
    const DIVIDE: &[u8] = b"\r\n\r\n";
    let ends_in = |text: &[u8]| text.windows(DIVIDE.len()).position(|four| four == DIVIDE).map(|at| at + DIVIDE.len());
    let mut head = Vec::with_capacity(2048);
    let mut pieces = message.looked_at().map(|(text, look)| Piece { text, even: look.is_some_and(Look::is_even) });
    loop {
        let piece = pieces.next()?;
        let (before, from) = (head.len(), head.len().saturating_sub(DIVIDE.len() - 1));
        // Of the piece in which the head ends, no more than that is copied.
        let inside = ends_in(piece.text).unwrap_or(piece.text.len());
        head.extend_from_slice(&piece.text[..inside]);
        if let Some(end) = ends_in(&head[from..]) {
            head.truncate(from + end);
            let body = Piece { text: &piece.text[head.len() - before..], ..piece };
            return Some((head, [body].into_iter().chain(pieces)));
        }
    }
}

/// What is signed: the digest of the covered headers and of the signature's own, its `b=` empty.
fn digested(head: &[u8], header: &str) -> digest::Digest {
    let mut hash = digest::Context::new(&SHA256);
    hash.update(head);
    let mut own = Vec::with_capacity(header.len());
    relaxed(header.as_bytes(), &mut own);
    hash.update(&own);
    hash.finish()
}

/// A signed header: the signature in lines that every receiver takes.
fn append(out: &mut String, header: &str, signature: &str) {
    out.push_str(header);
    let first = WIDTH - " b=".len();
    let (line, mut rest) = signature.split_at(first.min(signature.len()));
    out.push_str(line);
    while !rest.is_empty() {
        let (line, more) = rest.split_at((WIDTH - 1).min(rest.len()));
        out.push_str("\r\n ");
        out.push_str(line);
        rest = more;
    }
    out.push_str("\r\n");
}
