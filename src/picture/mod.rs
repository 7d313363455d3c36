//! Pictures: what lies in a file, and what is made of it for a mail. Bytes in, bytes out; nothing is opened here.
//!
//! A `Negative` is the picture as somebody saved it: any size, any way round, with where the camera stood
//! written inside. What readers get is developed from it, once for the width it is shown at: twice as many
//! pixels and no more, upright, without a word beside the picture, as few bytes as that takes. The same file
//! makes the same bytes on every machine, so that what was approved can be proved to be what was sent.

mod bare;
mod develop;
mod light;
mod negative;

use std::fmt;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::token::hex;

pub(crate) use develop::drawn;
pub(crate) use negative::{Negative, Unfit};

/// Width of a mail's column in CSS pixels: no picture is shown wider.
pub(crate) const COLUMN: u32 = 536;

/// Pixels of a picture for each one it is shown at, across: what fine screens have.
pub(crate) const FINE: u32 = 2;

/// How wide a picture is shown that has this many pixels across: as wide as was asked for, else as it is, and
/// in no case wider than the column.
pub(crate) fn shown_width(asked: Option<u32>, pixels: u32) -> u32 {
    asked.unwrap_or(pixels).clamp(1, COLUMN)
}

/// What the HTML part calls a picture that travels with it, `cid:ID`; by the hash of its bytes, so that the same
/// picture has the same name in every mail.
pub(crate) fn content_id(hash: &str) -> String {
    format!("{}@pressrun", hash.get(..32).unwrap_or(hash))
}

/// A picture as readers get it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    /// What it was made of: a file relative to `issues/`, e.g. `images/harbour.jpg`.
    pub(crate) src: String,
    /// SHA-256 of the bytes, lower-case hex: its name wherever it is served.
    pub(crate) hash: String,
    pub(crate) kind: PictureKind,
    /// Its size in pixels.
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) bytes: Arc<[u8]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PictureKind {
    Png,
    Jpeg,
    Gif,
}

impl PictureKind {
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Gif => "gif",
        }
    }

    pub(crate) fn mime(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
        }
    }
}

impl Picture {
    /// The picture these bytes are.
    ///
    /// # Errors
    /// A sentence: they are none that mail programs show.
    pub(crate) fn of(src: &str, bytes: Arc<[u8]>) -> Result<Self, String> {
        let (kind, width, height) = negative::measure(&bytes)?;
        Ok(Self { src: src.to_owned(), hash: hex(&Sha256::digest(&bytes)), kind, width, height, bytes })
    }

    /// The name it is served under, e.g. `3f9a….jpg`: the content decides it.
    pub(crate) fn file_name(&self) -> String {
        format!("{}.{}", self.hash, self.kind.extension())
    }

    /// How high it is where it is shown this wide.
    pub(crate) fn height_at(&self, width: u32) -> u32 {
        let height = u64::from(self.height) * u64::from(width) / u64::from(self.width.max(1));
        u32::try_from(height).unwrap_or(u32::MAX).max(1)
    }
}

/// Without its bytes, which say nothing to a person.
impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}×{}, {} bytes, {})", self.src, self.width, self.height, self.bytes.len(), self.hash)
    }
}

#[cfg(test)]
pub(crate) mod tests;
