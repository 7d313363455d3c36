//! What stands above the text: who writes, when, about what, and how to leave.
//!
//! Every header here occurs exactly once. Those that name the reader (To, Message-ID, List-Unsubscribe) are
//! cut open; the rest is the same for everyone.

use chrono::{DateTime, FixedOffset};
use sha2::{Digest, Sha256};

use super::header;
use super::poll::Poll;
use super::template::{self, Fill, Template};
use crate::address::Mailbox;
use crate::prose::Slot;
use crate::render::{Parts, Piece};
use crate::token::{edition_mark, hex};

/// The envelope of an edition, as its newsletter and issue say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Letterhead {
    /// The newsletter's id.
    pub(crate) newsletter: String,
    /// The newsletter's name, as its readers know it.
    pub(crate) title: String,
    /// The name within its newsletter, e.g. `2026-11-24`.
    pub(crate) slot: String,
    pub(crate) from: Mailbox,
    /// Where answers go; to `from` where there is none.
    pub(crate) reply_to: Option<Mailbox>,
    pub(crate) subject: String,
    /// Set once, when the edition is frozen.
    pub(crate) date: DateTime<FixedOffset>,
    /// Of the List-Id header (RFC 2919), without the angle brackets.
    pub(crate) list_id: String,
    /// The public address of `serve`, without a trailing slash.
    pub(crate) serve_url: String,
    /// What the relay wants on each message.
    pub(crate) extra: Vec<Extra>,
    /// What its polls ask, for the pages behind their answers; the words are in the parts too.
    pub(crate) polls: Vec<Poll>,
    /// A `[TEST]` copy: marked in the subject, and with a Message-ID of its own, so that no mailbox takes
    /// the real one for a copy of it.
    pub(crate) test: bool,
}

/// A header a relay wants, that is none of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Extra {
    name: String,
    value: String,
}

/// Headers that are ours, or that would change what the message is.
const OURS: [&str; 26] = [
    "from",
    "sender",
    "to",
    "cc",
    "bcc",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "reply-to",
    "return-path",
    "received",
    "mime-version",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "list-help",
    "list-archive",
    "list-owner",
    "list-post",
    "feedback-id",
    "auto-submitted",
    "dkim-signature",
    "resent-from",
    "resent-to",
];

impl Extra {
    /// # Errors
    /// The name is no header's name, or one pressrun writes itself.
    pub(crate) fn parse(name: &str, value: &str) -> Result<Self, String> {
        let legal = !name.is_empty() && name.len() <= 40 && name.bytes().all(|b| b.is_ascii_graphic() && b != b':');
        if !legal {
            return Err(format!("`{name}` is no name of a header: up to 40 letters, digits and hyphens"));
        }
        let lower = name.to_ascii_lowercase();
        if OURS.contains(&lower.as_str()) || lower.starts_with("content-") {
            return Err(format!("the header `{name}` is written by pressrun itself"));
        }
        Ok(Self { name: name.to_owned(), value: value.to_owned() })
    }
}

impl Letterhead {
    /// The hash of what an editor approves: every word and picture (their addresses hold their hashes), the
    /// subject and who it is from. Date, Message-ID, relay and the readers' pages' address are not in it.
    pub(crate) fn content_hash(&self, parts: &Parts) -> String {
        let mut content = Content(Sha256::new());
        content.words(&["pressrun content 1", &self.newsletter, &self.slot, &self.subject]);
        for mailbox in [Some(&self.from), self.reply_to.as_ref()] {
            let name = mailbox.and_then(|mailbox| mailbox.name.as_deref());
            content.words(&[name.unwrap_or_default(), mailbox.map_or("", |mailbox| mailbox.address.as_str())]);
        }
        content.pieces(&parts.html);
        content.pieces(&parts.text);
        hex(&content.0.finalize())
    }

    /// The edition's part of the Message-ID. Not of the content: a reader who may have version A already and
    /// gets B must be able to see that it is the same letter.
    pub(super) fn edition_id(&self, content: &str) -> String {
        if self.test {
            let copy = format!("test {content} {}", self.date.to_rfc3339());
            hex(&Sha256::digest(copy)[..8])
        } else {
            hex(&edition_mark(&self.newsletter, &self.slot))
        }
    }

    /// What receivers count complaints by, from the finest to the coarsest: issue, newsletter, kind, sender.
    /// The sender's own name has 5 to 15 characters and never changes (Gmail's Feedback-ID).
    fn feedback_id(&self) -> String {
        let domain = self.from.address.domain();
        let sender = match domain.len() {
            5..=15 => domain.to_owned(),
            _ => hex(&Sha256::digest(domain)[..6]),
        };
        format!("{}:{}:newsletter:{sender}", dotted(&self.slot), dotted(&self.newsletter))
    }

    /// All headers, up to where the parts begin.
    pub(super) fn write(&self, id: &str, boundary: &str, out: &mut Template) {
        let subject = if self.test { format!("[TEST] {}", self.subject) } else { self.subject.clone() };
        let domain = self.from.address.domain();
        out.push(&header::mailbox("From", &self.from));
        out.push("To:").cut(Fill::Recipient).push("\r\n");
        out.push(&header::text("Subject", &subject));
        out.push(&format!("Date: {}\r\n", self.date.format("%a, %-d %b %Y %H:%M:%S %z")));
        out.push(&format!("Message-ID: <{id}.")).cut(Fill::ReaderKey).push(&format!("@{domain}>\r\n"));
        out.push(&header::mailbox("Reply-To", self.reply_to.as_ref().unwrap_or(&self.from)));
        out.push(&header::phrase("List-Id", &self.title, &format!("<{}>", dotted(&self.list_id))));
        out.push("List-Unsubscribe: <").cut(Fill::UnsubscribeUrl).push(">,\r\n <mailto:");
        out.push(&header::mailto(&self.from.address)).push("?subject=unsubscribe%20");
        out.cut(Fill::UnsubscribeToken).push(">\r\n");
        out.push("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
        let desk = self.reply_to.as_ref().unwrap_or(&self.from);
        out.push(&format!("List-Help: <mailto:{}?subject=help>\r\n", header::mailto(&desk.address)));
        out.push(&format!("List-Archive: <{}/>\r\n", header::url(&self.serve_url)));
        out.push(&header::text("Feedback-ID", &self.feedback_id()));
        for extra in &self.extra {
            out.push(&header::text(&extra.name, &extra.value));
        }
        out.push("MIME-Version: 1.0\r\n");
        out.push(&format!("Content-Type: multipart/alternative;\r\n boundary=\"{boundary}\"\r\n"));
    }
}

/// A name where a header takes only dots, letters, digits, hyphens and underscores.
fn dotted(name: &str) -> String {
    name.replace(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')), "-")
}

/// Hashes words with their lengths, so that nothing can slide from one into the next.
struct Content(Sha256);

impl Content {
    fn words(&mut self, words: &[&str]) {
        for word in words {
            self.0.update((word.len() as u64).to_be_bytes());
            self.0.update(word.as_bytes());
        }
    }

    fn pieces(&mut self, pieces: &[Piece]) {
        let pieces = template::joined(pieces);
        self.0.update((pieces.len() as u64).to_be_bytes());
        for piece in &pieces {
            match piece {
                Piece::Fixed(text) => self.words(&["fixed", text]),
                Piece::Slot(slot, context) => {
                    self.words(&["slot", &format!("{context:?}")]);
                    self.slot(slot);
                }
                Piece::Paragraph { first, rest, words } => {
                    self.words(&["paragraph", first, rest]);
                    self.pieces(words);
                }
            }
        }
    }

    fn slot(&mut self, slot: &Slot) {
        match slot {
            Slot::FirstName { fallback } => self.words(&["first-name", fallback]),
            Slot::Address => self.words(&["address"]),
            Slot::Unsubscribe => self.words(&["unsubscribe"]),
            Slot::Preferences => self.words(&["preferences"]),
            Slot::Poll { block, answer } => self.words(&["poll", block, &answer.to_string()]),
        }
    }
}
