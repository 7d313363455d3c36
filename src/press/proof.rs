//! The proof: one compiled issue as it would leave the house, with everything an approval binds.
//!
//! What is approved is kept as this, pictures included, and what is frozen is made from it: the bytes that
//! go out are those that somebody looked at, whatever happened to the files in between.

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::brand::Brand;
use crate::config::{Config, Newsletter, Relay};
use crate::edition::{self, Edition, Extra, Letterhead, Poll, Reader, read};
use crate::issue::{Audience, Issue};
use crate::render::{self, Bill, Parts, Piece};
use crate::token::{Signer, hex};

/// An issue rendered, with the names of its pictures.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Proof {
    pub(crate) slot: String,
    pub(crate) subject: String,
    pub(crate) preheader: String,
    /// The name of whoever edits it.
    pub(crate) editor: Option<String>,
    #[serde(default)]
    pub(crate) audience: Audience,
    pub(crate) stories: usize,
    pub(crate) words: usize,
    pub(crate) minutes: usize,
    pub(crate) parts: Parts,
    /// What each block costs; empty in proofs kept before bills were written.
    #[serde(default)]
    pub(crate) bill: Bill,
    /// The web edition, whole.
    pub(crate) web: String,
    pub(crate) pictures: Vec<ProofPicture>,
    pub(crate) polls: Vec<Poll>,
    /// When it is due, in the newsletter's zone.
    pub(crate) due: DateTime<FixedOffset>,
}

/// A picture of the issue, by what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ProofPicture {
    /// Relative to `issues/`.
    pub(crate) src: String,
    pub(crate) hash: String,
    pub(crate) file_name: String,
    pub(crate) mime: String,
    pub(crate) bytes: u64,
}

impl Proof {
    /// Renders an issue in all its editions.
    pub(crate) fn pull(issue: &Issue, brand: &Brand) -> Self {
        let mut pictures: Vec<ProofPicture> = Vec::new();
        for picture in brand.pictures().chain(issue.images().map(|image| &image.picture)) {
            if pictures.iter().all(|seen| seen.hash != picture.hash) {
                pictures.push(ProofPicture {
                    src: picture.src.clone(),
                    hash: picture.hash.clone(),
                    file_name: picture.file_name(),
                    mime: picture.kind.mime().to_owned(),
                    bytes: picture.bytes,
                });
            }
        }
        let parts = render::parts(issue, brand);
        Self {
            slot: issue.slot.clone(),
            subject: issue.subject.clone(),
            preheader: issue.preheader.clone(),
            editor: issue.editor.as_ref().map(|editor| editor.name.clone()),
            audience: issue.audience.clone(),
            stories: issue.stories,
            words: issue.words,
            minutes: issue.minutes,
            bill: Bill::of(issue, &parts),
            parts,
            web: render::web(issue, brand),
            pictures,
            polls: edition::polls(issue),
            due: issue.due.fixed_offset(),
        }
    }

    /// Encodes it for a relay and a moment; `test` marks a copy that is not the edition.
    ///
    /// # Errors
    /// A relay's extra header that is no header.
    pub(crate) fn edition(
        &self,
        config: &Config,
        newsletter: &Newsletter,
        relay: Option<&Relay>,
        date: DateTime<FixedOffset>,
        test: bool,
    ) -> Result<Edition, String> {
        let extra = relay.map(|relay| &relay.headers).into_iter().flatten();
        let letterhead = Letterhead {
            newsletter: newsletter.id.clone(),
            title: newsletter.title.clone(),
            slot: self.slot.clone(),
            from: newsletter.from.clone(),
            reply_to: newsletter.reply_to.clone(),
            subject: self.subject.clone(),
            date,
            list_id: newsletter.list_id.clone(),
            serve_url: config.serve.url.clone(),
            extra: extra.map(|(name, value)| Extra::parse(name, value)).collect::<Result<_, _>>()?,
            polls: self.polls.clone(),
            test,
        };
        Ok(Edition::freeze(&self.parts, &letterhead))
    }

    /// The hash that an approval binds: every word and picture, and whom they go to.
    ///
    /// # Errors
    /// As `edition`.
    pub(crate) fn content(&self, config: &Config, newsletter: &Newsletter) -> Result<String, String> {
        let content = self.edition(config, newsletter, None, self.due, false)?.content().to_owned();
        Ok(match &self.audience {
            Audience::Everybody => content,
            audience @ Audience::Got(_) => hex(&Sha256::digest(format!("{audience} {content}"))),
        })
    }

    /// Bytes of the HTML part, its openings not counted.
    pub(crate) fn html_bytes(&self) -> usize {
        let fixed = |piece: &Piece| if let Piece::Fixed(text) = piece { text.len() } else { 0 };
        self.parts.html.iter().map(fixed).sum()
    }

    /// Bytes of the whole mail, its openings not counted.
    ///
    /// # Errors
    /// As `edition`.
    pub(crate) fn size(&self, config: &Config, newsletter: &Newsletter) -> Result<usize, String> {
        Ok(self.edition(config, newsletter, None, self.due, false)?.bytes().len())
    }

    /// What the specimen reader gets: the bytes of `build` and `show`, the same from the same input.
    ///
    /// # Errors
    /// As `edition`.
    pub(crate) fn specimen(
        &self,
        config: &Config,
        newsletter: &Newsletter,
        reader: &Reader,
    ) -> Result<Specimen, String> {
        let edition = self.edition(config, newsletter, None, self.due, false)?;
        let signer = Signer::specimen();
        let links = edition.links(&reader.key, &signer);
        let mut eml = Vec::new();
        edition.stamp(reader, &signer, &mut eml);
        Ok(Specimen { html: read(&self.parts.html, reader, &links), text: read(&self.parts.text, reader, &links), eml })
    }
}

/// One reader's copy in its three forms.
pub(crate) struct Specimen {
    pub(crate) html: String,
    pub(crate) text: String,
    pub(crate) eml: Vec<u8>,
}

/// An approved proof with its pictures, as the store keeps it: a line of JSON, then the pictures' bytes.
pub(crate) struct Kept {
    pub(crate) proof: Proof,
    pub(crate) pictures: Vec<(ProofPicture, Vec<u8>)>,
}

impl Kept {
    /// # Errors
    /// The proof is no JSON, which no proof is.
    pub(crate) fn write(&self) -> Result<Vec<u8>, String> {
        let mut bytes =
            serde_json::to_vec(&self.proof).map_err(|error| format!("the proof cannot be kept: {error}"))?;
        bytes.push(b'\n');
        for (_, picture) in &self.pictures {
            bytes.extend_from_slice(picture);
        }
        Ok(bytes)
    }

    /// # Errors
    /// The store holds something else under this approval.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        let wrong = || "the approved proof in the store does not read; approve the issue again".to_owned();
        let end = bytes.iter().position(|byte| *byte == b'\n').ok_or_else(wrong)?;
        let proof: Proof = serde_json::from_slice(&bytes[..end]).map_err(|_| wrong())?;
        let mut rest = &bytes[end + 1..];
        let mut pictures = Vec::new();
        for picture in &proof.pictures {
            let size = usize::try_from(picture.bytes).map_err(|_| wrong())?;
            let (own, others) = rest.split_at_checked(size).ok_or_else(wrong)?;
            pictures.push((picture.clone(), own.to_vec()));
            rest = others;
        }
        Ok(Self { proof, pictures })
    }
}
