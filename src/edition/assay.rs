//! The assay: whether one reader's copy would be whole, found out by rendering what is theirs.
//!
//! What is the same for everyone is looked over once; then each copy costs its openings, filled as `stamp` fills
//! them, and the lines those stand in. So ten million copies can be judged before the first one leaves. It says of
//! a copy what reading the whole of it would say; a test holds it to that.

use std::fmt;
use std::ops::Range;

use super::plate::Plate;
use super::template::{Cut, Fill};
use super::{Edition, Reader};
use crate::address::EmailAddress;
use crate::prose::Slot;
use crate::render::CLIP;
use crate::token::Signer;

/// Octets of a line (RFC 5322, 2.1.1), its end not counted.
const LINE: usize = 998;

/// Headers that every copy has, and has once.
const ONCE: [&str; 11] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Reply-To",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "MIME-Version",
    "Content-Type",
];

/// What is wrong with a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A line that no relay takes.
    LongLine,
    /// Half a line end.
    TornLine,
    /// A value would begin a header of its own.
    Header,
    /// This header is not there exactly once.
    NotOnce(&'static str),
    /// Nothing stands where something must.
    OpenSlot,
    /// A part without the way to leave, or the headers.
    NoWayOut,
    /// So many bytes of HTML: Gmail would cut it off.
    Clipped(usize),
    /// The return path is no address.
    ReturnPath(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LongLine => write!(f, "a line of more than {LINE} octets, and no relay takes one"),
            Self::TornLine => f.write_str("half a line end in it"),
            Self::Header => f.write_str("a value that would begin a header of its own"),
            Self::NotOnce(name) => write!(f, "the header {name} not exactly once"),
            Self::OpenSlot => f.write_str("a place left open where something of the reader's belongs"),
            Self::NoWayOut => f.write_str("no way to leave in one of its parts"),
            Self::Clipped(bytes) => write!(f, "{bytes} bytes of HTML, and Gmail hides what comes after {CLIP}"),
            Self::ReturnPath(path) => write!(f, "a return path that is no address: {path}"),
        }
    }
}

/// An edition looked over, ready to judge each reader's copy.
pub(crate) struct Assay<'a> {
    edition: &'a Edition,
    whole: Form<'a>,
    text_alone: Form<'a>,
}

/// What all copies of one form have.
struct Form<'a> {
    cuts: &'a [Cut],
    /// What stands between the cuts: one more than there are cuts.
    stretches: Vec<Stretch>,
    /// The first cut behind the headers.
    body: usize,
    /// The first cut of the HTML part; behind the last where there is none.
    html: usize,
    /// Decoded bytes of the HTML part without its openings.
    html_bytes: usize,
}

/// How a stretch that is the same for everyone continues lines.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    /// Octets before its first line end; all of them where it has none.
    first: usize,
    /// Octets behind its last line end; none where it has none.
    last: Option<usize>,
}

impl Edition {
    /// Looks over what every copy has.
    ///
    /// # Errors
    /// Every copy would be broken.
    pub(crate) fn assay(&self) -> Result<Assay<'_>, Fault> {
        let bytes = &self.whole.bytes[..];
        let head = find(bytes, b"\r\nContent-Type: text/html").ok_or(Fault::NoWayOut)?;
        let start = head + find(&bytes[head..], b"\r\n\r\n").ok_or(Fault::TornLine)? + 4;
        let end = bytes[start..].windows(4).rposition(|window| window == b"\r\n--").ok_or(Fault::TornLine)?;
        let whole = Form::of(&self.whole, Some(start..start + end))?;
        Ok(Assay { edition: self, whole, text_alone: Form::of(&self.text_alone, None)? })
    }
}

impl<'a> Form<'a> {
    /// Looks over a form of which the HTML part stands there.
    fn of(plate: &'a Plate, html: Option<Range<usize>>) -> Result<Self, Fault> {
        let Plate { bytes, cuts, exits, .. } = plate;
        let head = find(bytes, b"\r\n\r\n").ok_or(Fault::TornLine)?;
        headers_once(&bytes[..head])?;
        // A cut may be the last of all.
        let beyond = bytes.len() + 1;
        let html_from = html.as_ref().map_or(beyond, |html| html.start);
        let parts = [0..head, head..html_from, html_from..beyond];
        if !parts.iter().filter(|part| !part.is_empty()).all(|part| exits.iter().any(|exit| part.contains(exit))) {
            return Err(Fault::NoWayOut);
        }
        let html = html.unwrap_or(bytes.len()..bytes.len());
        let mut stretches = Vec::with_capacity(cuts.len() + 1);
        let mut html_bytes = 0;
        for Range { start, end } in plate.stretches() {
            stretches.push(Stretch::of(&bytes[start..end])?);
            html_bytes += decoded(&bytes[start.max(html.start).min(end)..end.min(html.end).max(start)]);
        }
        let before = |end: usize| cuts.iter().take_while(|cut| cut.at < end).count();
        Ok(Self { cuts, stretches, body: before(head), html: before(html_from), html_bytes })
    }
}

impl Assay<'_> {
    /// Whether this reader's copy is whole, the return path of their delivery with it. `scratch` is overwritten.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn check(
        &self,
        reader: &Reader,
        signer: &Signer,
        bounces: Option<&EmailAddress>,
        scratch: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let links = self.edition.links(&reader.key, signer);
        let form = if reader.text_only { &self.text_alone } else { &self.whole };
        let (mut line, mut html) = (0, form.html_bytes);
        for (index, (stretch, Cut { fill, .. })) in form.stretches.iter().zip(form.cuts).enumerate() {
            line = stretch.continues(line)?;
            scratch.clear();
            fill.write(reader, &links, scratch);
            if scratch.is_empty() && !fill.may_be_empty() {
                return Err(Fault::OpenSlot);
            }
            line = continues(scratch, line, index < form.body)?;
            if index >= form.html {
                html += decoded(scratch);
            }
        }
        if let Some(rest) = form.stretches.last() {
            rest.continues(line)?;
        }
        if html > CLIP {
            return Err(Fault::Clipped(html));
        }
        match bounces.map(|bounces| self.edition.return_path_text(bounces, &reader.key, signer)) {
            Some(path) if EmailAddress::parse(&path).is_err() => Err(Fault::ReturnPath(path)),
            _ => Ok(()),
        }
    }
}

impl Stretch {
    fn of(bytes: &[u8]) -> Result<Self, Fault> {
        let (Some(first), Some(last)) = (find(bytes, b"\n"), bytes.iter().rposition(|byte| *byte == b'\n')) else {
            return Ok(Self { first: bytes.len(), last: None });
        };
        let longest = bytes[first + 1..].split(|byte| *byte == b'\n').map(<[u8]>::len).max().unwrap_or_default();
        // The last of them is no line yet, and its end is not counted; one octet is the CR of each other one.
        if longest > LINE + 1 {
            return Err(Fault::LongLine);
        }
        Ok(Self { first: first.saturating_sub(1), last: Some(bytes.len() - last - 1) })
    }

    /// The length of the line that is open behind it.
    fn continues(self, line: usize) -> Result<usize, Fault> {
        match line + self.first {
            long if long > LINE => Err(Fault::LongLine),
            open => Ok(self.last.unwrap_or(open)),
        }
    }
}

/// The length of the line that is open behind a value; in the headers a line that begins in it goes on with a space.
fn continues(value: &[u8], mut line: usize, header: bool) -> Result<usize, Fault> {
    let mut at = 0;
    while at < value.len() {
        match &value[at..] {
            [b'\r', b'\n', rest @ ..] => {
                if header && !matches!(rest.first(), Some(b' ' | b'\t')) {
                    return Err(Fault::Header);
                }
                (line, at) = (0, at + 2);
            }
            [b'\r' | b'\n', ..] => return Err(Fault::TornLine),
            _ => (line, at) = (line + 1, at + 1),
        }
        if line > LINE {
            return Err(Fault::LongLine);
        }
    }
    Ok(line)
}

/// Bytes of quoted-printable once it is read, a line end counted as one.
fn decoded(quoted: &[u8]) -> usize {
    let mut bytes = 0;
    let mut rest = quoted;
    loop {
        (bytes, rest) = match rest {
            [b'=', b'\r', b'\n', after @ ..] => (bytes, after),
            [b'=', _, _, after @ ..] | [b'\r', b'\n', after @ ..] | [_, after @ ..] => (bytes + 1, after),
            [] => return bytes,
        };
    }
}

fn headers_once(head: &[u8]) -> Result<(), Fault> {
    let named = |line: &[u8], name: &str| {
        line.len() > name.len() && line[..name.len()].eq_ignore_ascii_case(name.as_bytes()) && line[name.len()] == b':'
    };
    let lines: Vec<&[u8]> = head.split(|byte| *byte == b'\n').collect();
    let often = |name: &str| lines.iter().filter(|line| named(line, name)).count();
    ONCE.into_iter().find(|name| often(name) != 1).map_or(Ok(()), |name| Err(Fault::NotOnce(name)))
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

impl Fill {
    /// A name may be nothing where its fallback is; nothing else may.
    fn may_be_empty(&self) -> bool {
        matches!(self, Self::Value(Slot::FirstName { .. }, _) | Self::Paragraph(_))
    }
}

#[cfg(test)]
mod tests;
