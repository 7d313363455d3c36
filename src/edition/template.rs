//! Bytes with openings: what is the same for every reader, and where something of theirs goes in.

use serde::{Deserialize, Serialize};

use super::quoted::Quoted;
use super::reader::{self, Paragraph, Reader};
use crate::prose::Slot;
use crate::render::{Context, Piece};
use crate::token::{Links, hex};

/// A place where a reader's own bytes go in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cut {
    /// Where in the edition's bytes.
    pub(super) at: usize,
    pub(super) fill: Fill,
}

/// What goes in at a cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Fill {
    /// The To header's value.
    Recipient,
    /// The reader's part of the Message-ID.
    ReaderKey,
    /// The one-click address, as a header has it.
    UnsubscribeUrl,
    UnsubscribeToken,
    /// A value in a part, quoted-printable on lines of its own.
    Value(Slot, Context),
    /// A paragraph of the text part, wrapped once the name is known.
    Paragraph(Paragraph),
}

impl Fill {
    /// Appends this reader's bytes.
    pub(super) fn write(&self, reader: &Reader, links: &Links<'_>, out: &mut Vec<u8>) {
        match self {
            Self::Recipient => {
                let address = reader.address.as_str();
                out.extend_from_slice(if address.len() <= 70 { b" " } else { b"\r\n " });
                out.extend_from_slice(address.as_bytes());
            }
            Self::ReaderKey => out.extend_from_slice(hex(&reader.key).as_bytes()),
            Self::UnsubscribeUrl => out.extend_from_slice(links.unsubscribe().as_bytes()),
            Self::UnsubscribeToken => out.extend_from_slice(links.unsubscribe_token().as_bytes()),
            Self::Value(slot, context) => fenced(&reader::value(slot, *context, reader, links), out),
            Self::Paragraph(paragraph) => fenced(&paragraph.read(reader, links), out),
        }
    }

    /// It holds the reader's way to leave.
    pub(super) fn leads_out(&self) -> bool {
        match self {
            Self::UnsubscribeUrl => true,
            Self::Value(slot, _) => *slot == Slot::Unsubscribe,
            Self::Paragraph(paragraph) => paragraph.slots().any(|slot| *slot == Slot::Unsubscribe),
            Self::Recipient | Self::ReaderKey | Self::UnsubscribeToken => false,
        }
    }

    /// More of it is the reader's own than the tokens of their links.
    pub(super) fn is_personal(&self) -> bool {
        let personal = |slot: &Slot| matches!(slot, Slot::FirstName { .. } | Slot::Address);
        match self {
            Self::Recipient | Self::ReaderKey => true,
            Self::UnsubscribeUrl | Self::UnsubscribeToken => false,
            Self::Value(slot, _) => personal(slot),
            Self::Paragraph(paragraph) => paragraph.slots().any(personal),
        }
    }
}

/// A value between soft breaks: the template stands at a line's start before it and after it.
fn fenced(value: &str, out: &mut Vec<u8>) {
    Quoted::new(out).text(value).fence();
}

/// A message in the making.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Template {
    pub(super) bytes: Vec<u8>,
    pub(super) cuts: Vec<Cut>,
}

impl Template {
    pub(super) fn push(&mut self, text: &str) -> &mut Self {
        self.bytes.extend_from_slice(text.as_bytes());
        self
    }

    pub(super) fn cut(&mut self, fill: Fill) -> &mut Self {
        self.cuts.push(Cut { at: self.bytes.len(), fill });
        self
    }

    /// Begins a part between these boundaries.
    pub(super) fn open(&mut self, boundary: &str) -> &mut Self {
        self.push(&format!("\r\n--{boundary}\r\n"))
    }

    /// Ends the parts between these boundaries.
    pub(super) fn close(&mut self, boundary: &str) -> &mut Self {
        self.push(&format!("\r\n--{boundary}--\r\n"))
    }

    /// A part of words, with its header.
    pub(super) fn words(&mut self, kind: &str, pieces: &[Piece]) -> &mut Self {
        self.push(&format!("Content-Type: text/{kind}; charset=utf-8\r\n"));
        self.push("Content-Transfer-Encoding: quoted-printable\r\n\r\n").part(pieces)
    }

    /// A part's text in quoted-printable, its slots cut open.
    pub(super) fn part(&mut self, pieces: &[Piece]) -> &mut Self {
        let pieces = joined(pieces);
        let last = pieces.len().saturating_sub(1);
        for (position, piece) in pieces.into_iter().enumerate() {
            let fill = match piece {
                Piece::Fixed(text) => {
                    let mut quoted = Quoted::new(&mut self.bytes);
                    quoted.text(&text);
                    // What follows fixed text is an opening, unless the part ends here.
                    if position < last {
                        quoted.fence();
                    }
                    continue;
                }
                Piece::Slot(slot, context) => Fill::Value(slot, context),
                Piece::Paragraph { first, rest, words } => Fill::Paragraph(Paragraph::new(&first, &rest, &words)),
            };
            self.cut(fill);
        }
        self
    }
}

/// Neighbouring fixed pieces as one, so that how a renderer cut its text never shows in the bytes.
pub(super) fn joined(pieces: &[Piece]) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    for piece in pieces {
        match (out.last_mut(), piece) {
            (Some(Piece::Fixed(before)), Piece::Fixed(text)) => before.push_str(text),
            _ => out.push(piece.clone()),
        }
    }
    out
}
