//! An issue frozen for sending: one message with openings, whose bytes never change again.
//!
//! Everything expensive happens once, in `freeze`: headers, quoted-printable, MIME. What is left for each of ten
//! million readers is writing their tokens and a name between stretches of a plate that stays where it is: a few
//! microseconds, with the pictures inside or without. Nothing here knows the time or the disk: the same parts make the
//! same bytes, today and in a year, so that what was approved can be proved to be what was sent.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::address::EmailAddress;
use crate::message::Message;
use crate::render::Parts;
use crate::token::{Links, Signer, hex};

mod assay;
mod enclosed;
mod header;
mod letterhead;
mod plate;
mod poll;
mod quoted;
mod reader;
mod template;
#[cfg(test)]
mod tests;
mod textual;

pub(crate) use assay::Fault;
pub(crate) use enclosed::Enclosed;
pub(crate) use letterhead::{Extra, Letterhead};
pub(crate) use poll::{Poll, polls};
pub(crate) use reader::{Reader, read};

use plate::Plate;
use template::{Cut, Template};
use textual::text_alone;

/// A frozen edition: bytes and ordered openings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edition {
    bytes: Vec<u8>,
    plan: Plan,
    hash: String,
    /// What everybody's copy is printed from,
    whole: Plate,
    /// but for those who want the text edition alone.
    text_alone: Plate,
}

/// What stamping needs beside the bytes; the second of the two columns an edition is kept in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Plan {
    newsletter: String,
    slot: String,
    serve_url: String,
    content: String,
    polls: Vec<Poll>,
    cuts: Vec<Cut>,
}

impl Edition {
    /// Encodes the parts once, for all readers. Pure: the same parts, letterhead and pictures make the same bytes.
    pub(crate) fn freeze(parts: &Parts, letterhead: &Letterhead, enclosed: &[Enclosed<'_>]) -> Self {
        let content = letterhead.content_hash(parts);
        let id = letterhead.edition_id(&content);
        // `=_` cannot occur in quoted-printable, so no text can end a part; nor does one of the two begin like the
        // other, for no `r` is hex.
        let (boundary, related) = (boundary(&content), format!("=_r{}", &content[..16]));
        let mut message = Template::default();
        letterhead.write(&id, &boundary, &mut message);
        message.open(&boundary).words("plain", &parts.text);
        if enclosed.is_empty() {
            message.open(&boundary).words("html", &parts.html);
        } else {
            message.open(&boundary).push("Content-Type: multipart/related; type=\"text/html\";\r\n");
            message.push(&format!(" boundary=\"{related}\"\r\n"));
            message.open(&related).words("html", &parts.html);
            enclosed.iter().for_each(|own| message.open(&related).enclose(own));
            message.close(&related);
        }
        message.close(&boundary);
        let plan = Plan {
            newsletter: letterhead.newsletter.clone(),
            slot: letterhead.slot.clone(),
            serve_url: header::url(&letterhead.serve_url),
            content,
            polls: letterhead.polls.clone(),
            cuts: message.cuts,
        };
        let hash = hash(&message.bytes, &plan.json());
        Self::of(message.bytes, plan, hash)
    }

    fn of(bytes: Vec<u8>, plan: Plan, hash: String) -> Self {
        let alone = text_alone(&bytes, &plan.cuts, &boundary(&plan.content));
        let text_alone = Plate::of(&alone.bytes, &alone.cuts, &plan);
        let whole = Plate::of(&bytes, &plan.cuts, &plan);
        Self { bytes, plan, hash, whole, text_alone }
    }

    /// One reader's message: ready for the wire but for dot-stuffing.
    pub(crate) fn stamp(&self, reader: &Reader, signer: &Signer) -> Message<'_> {
        self.plate(reader.text_only).print(reader, &self.links(&reader.key, signer))
    }

    /// The form in which some get it: whole, or the text edition alone.
    fn plate(&self, text_only: bool) -> &Plate {
        if text_only { &self.text_alone } else { &self.whole }
    }

    /// This reader's addresses on the readers' pages.
    pub(crate) fn links<'a>(&'a self, reader: &'a [u8; 16], signer: &'a Signer) -> Links<'a> {
        let Plan { serve_url, newsletter, slot, .. } = &self.plan;
        Links::new(serve_url, newsletter, slot, signer, reader)
    }

    /// Where mail that one reader's server will not take comes back: `bounce+TOKEN@domain`.
    pub(crate) fn return_path(&self, bounces: &EmailAddress, reader: &[u8; 16], signer: &Signer) -> EmailAddress {
        let path = self.return_path_text(bounces, reader, signer);
        EmailAddress::parse(&path).expect("config holds return addresses to what leaves room for a token")
    }

    fn return_path_text(&self, bounces: &EmailAddress, reader: &[u8; 16], signer: &Signer) -> String {
        let token = signer.return_token(&self.plan.newsletter, &self.plan.slot, reader);
        format!("{}+{token}@{}", bounces.local(), bounces.domain())
    }

    /// The message for everyone, its openings closed up: the first of the two columns it is kept in.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where it is cut, as JSON: the second column.
    pub(crate) fn cuts(&self) -> String {
        self.plan.json()
    }

    /// SHA-256 over both columns, hex: kept with them, checked at each start (I6).
    pub(crate) fn hash(&self) -> &str {
        &self.hash
    }

    /// SHA-256 of what an editor approved, hex: without Date, Message-ID and what the relay wants.
    pub(crate) fn content(&self) -> &str {
        &self.plan.content
    }

    /// The polls frozen with an edition, from its second column alone.
    ///
    /// # Errors
    /// The column does not hold what `cuts` gave.
    pub(crate) fn polls(cuts: &str) -> Result<Vec<Poll>, String> {
        serde_json::from_str(cuts).map(|plan: Plan| plan.polls).map_err(|error| format!("the frozen edition: {error}"))
    }

    /// An edition from its two columns.
    ///
    /// # Errors
    /// The bytes are not those that were frozen under this hash.
    pub(crate) fn thaw(bytes: Vec<u8>, cuts: &str, hash: &str) -> Result<Self, String> {
        let changed = || "the frozen bytes are not those that were approved: their hash differs".to_owned();
        if self::hash(&bytes, cuts) != hash {
            return Err(changed());
        }
        let plan: Plan = serde_json::from_str(cuts).map_err(|error| format!("the frozen edition: {error}"))?;
        let ordered =
            plan.cuts.is_sorted_by_key(|cut| cut.at) && plan.cuts.last().is_none_or(|cut| cut.at <= bytes.len());
        if ordered { Ok(Self::of(bytes, plan, hash.to_owned())) } else { Err(changed()) }
    }
}

/// What stands between the parts of a message of this content.
fn boundary(content: &str) -> String {
    format!("=_{}", content.get(..16).unwrap_or(content))
}

impl Plan {
    fn json(&self) -> String {
        serde_json::to_string(self).expect("names and numbers are JSON")
    }
}

fn hash(bytes: &[u8], cuts: &str) -> String {
    let mut hash = Sha256::new();
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
    hash.update(cuts);
    hex(&hash.finalize())
}
