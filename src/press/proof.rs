//! The proof: one compiled issue as it would leave the house, with everything an approval binds.
//!
//! What is approved is kept as this, and what is frozen is made from it. A proof holds its pictures whole: the
//! bytes that go out are those that somebody looked at, whatever happened to the files in between.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::brand::Brand;
use crate::config::{Config, Newsletter, Relay};
use crate::edition::{self, Edition, Enclosed, Extra, Letterhead, Poll, Reader, read};
use crate::issue::file::Waiver;
use crate::issue::{Audience, Issue};
use crate::picture::{Picture, content_id};
use crate::render::{self, Bill, Parts, Piece};
use crate::token::{Signer, hex};

/// An issue rendered, with its pictures.
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
    /// The checks it does without, and why; none in proofs kept before waivers were.
    #[serde(default)]
    pub(crate) waivers: Vec<Waiver>,
}

/// A picture of the issue, as readers load it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ProofPicture {
    /// What it was made of, relative to `issues/`.
    pub(crate) src: String,
    pub(crate) hash: String,
    pub(crate) file_name: String,
    pub(crate) mime: String,
    /// How many the content has.
    pub(crate) bytes: u64,
    /// Kept behind the proof, not in it.
    #[serde(skip)]
    pub(crate) content: Arc<[u8]>,
}

impl From<&Picture> for ProofPicture {
    fn from(picture: &Picture) -> Self {
        Self {
            src: picture.src.clone(),
            hash: picture.hash.clone(),
            file_name: picture.file_name(),
            mime: picture.kind.mime().to_owned(),
            bytes: picture.bytes.len() as u64,
            content: picture.bytes.clone(),
        }
    }
}

impl ProofPicture {
    fn enclosed(&self) -> Enclosed<'_> {
        Enclosed { id: content_id(&self.hash), name: self.name(), kind: &self.mime, content: &self.content }
    }

    /// What somebody saves it as: its file's name, as far as every system can write it.
    fn name(&self) -> String {
        const LONGEST: usize = 40;
        let file = self.src.rsplit('/').next().unwrap_or_default();
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let plain: String = stem.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(LONGEST).collect();
        let ending = self.file_name.rsplit('.').next().unwrap_or_default();
        format!("{}.{ending}", if plain.is_empty() { "picture" } else { &plain })
    }
}

/// Its content says nothing to a person.
impl fmt::Debug for ProofPicture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} bytes, from {}", self.file_name, self.bytes, self.src)
    }
}

impl Proof {
    /// Renders an issue in all its editions.
    pub(crate) fn pull(issue: &Issue, brand: &Brand, waivers: Vec<Waiver>) -> Self {
        let mut pictures: Vec<ProofPicture> = Vec::new();
        let drawings = issue.drawings().flat_map(|drawing| [&drawing.light, &drawing.dark]);
        for picture in brand.pictures().chain(issue.images().map(|image| &image.picture)).chain(drawings) {
            if pictures.iter().all(|seen| seen.hash != picture.hash) {
                pictures.push(picture.into());
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
            waivers,
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
        Ok(Edition::freeze(&self.parts, &letterhead, &self.enclosed()))
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

    /// A copy's HTML with its pictures at a place of ours, `at` ending in a slash.
    pub(crate) fn with_pictures_at(&self, at: &str, html: &str, config: &Config) -> String {
        let served = html.replace(&format!("{}/", config.images_url()), at);
        self.pictures.iter().fold(served, |html, own| {
            html.replace(&format!("cid:{}", content_id(&own.hash)), &format!("{at}{}", own.file_name))
        })
    }

    /// The pictures that travel inside the mail: those its HTML part names so.
    fn enclosed(&self) -> Vec<Enclosed<'_>> {
        let named = |own: &Enclosed<'_>| {
            let name = format!("cid:{}", own.id);
            self.parts.html.iter().any(|piece| matches!(piece, Piece::Fixed(html) if html.contains(&name)))
        };
        self.pictures.iter().map(ProofPicture::enclosed).filter(named).collect()
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
        let eml = edition.stamp(reader, &signer).to_vec();
        Ok(Specimen { html: read(&self.parts.html, reader, &links), text: read(&self.parts.text, reader, &links), eml })
    }
}

/// One reader's copy in its three forms.
pub(crate) struct Specimen {
    pub(crate) html: String,
    pub(crate) text: String,
    pub(crate) eml: Vec<u8>,
}

/// An approved proof as the store keeps it: a line of JSON, then the contents of its pictures.
impl Proof {
    /// # Errors
    /// The proof is no JSON, which no proof is.
    pub(crate) fn write(&self) -> Result<Vec<u8>, String> {
        let mut bytes = serde_json::to_vec(self).map_err(|error| format!("the proof cannot be kept: {error}"))?;
        bytes.push(b'\n');
        for picture in &self.pictures {
            bytes.extend_from_slice(&picture.content);
        }
        Ok(bytes)
    }

    /// # Errors
    /// The store holds something else under this approval.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        let wrong = || "the approved proof in the store does not read; approve the issue again".to_owned();
        let end = bytes.iter().position(|byte| *byte == b'\n').ok_or_else(wrong)?;
        let mut proof: Self = serde_json::from_slice(&bytes[..end]).map_err(|_| wrong())?;
        let mut rest = &bytes[end + 1..];
        for picture in &mut proof.pictures {
            let size = usize::try_from(picture.bytes).map_err(|_| wrong())?;
            let (own, others) = rest.split_at_checked(size).ok_or_else(wrong)?;
            picture.content = own.into();
            rest = others;
        }
        Ok(proof)
    }
}
