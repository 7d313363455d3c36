//! A picture file recognised and measured: what it is, which way up, whether a mail can show it at all.

use std::io::Cursor;
use std::sync::Arc;

use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{ImageDecoder, ImageFormat, ImageReader, ImageResult};

use super::PictureKind;

/// More pixels than any mail shows, and than a file of a few bytes may make us count.
const MOST_PIXELS: u64 = 64_000_000;

/// A picture as it lies in its file, upright as it was meant to be seen.
#[derive(Clone)]
pub(crate) struct Negative {
    /// Relative to `issues/`.
    pub(crate) src: String,
    pub(super) format: Format,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// It is turned by a note in the file that mail programs do not read.
    pub(super) orientation: Orientation,
    pub(crate) bytes: Arc<[u8]>,
}

/// The formats a picture may be saved in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Png,
    /// PNG and GIF that move, and every other GIF, are left as they are.
    MovingPng,
    Jpeg,
    Gif,
    /// Taken in, for browsers save it unasked; handed on as JPEG, or as PNG where its edges or what shines
    /// through them would be lost.
    Webp {
        sharp: bool,
    },
}

/// Why a file is no picture for a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// It cannot be had: a sentence.
    Missing(String),
    /// What it is instead, and how to come by one.
    Format { what: String, mend: String },
    /// It was a picture once: what is wrong with it.
    Broken(String),
}

impl Negative {
    /// What the names of such files end in.
    pub(crate) fn extension(&self) -> &'static str {
        match self.format {
            Format::Png | Format::MovingPng => "png",
            Format::Jpeg => "jpg",
            Format::Gif => "gif",
            Format::Webp { .. } => "webp",
        }
    }

    /// Recognises the picture in a file.
    ///
    /// # Errors
    /// Why a mail cannot show it.
    pub(crate) fn read(src: &str, bytes: Vec<u8>) -> Result<Self, Unfit> {
        let format = recognise(&bytes)?;
        let (width, height, orientation) = match format {
            Format::Gif => {
                let (width, height) = gif(&bytes).ok_or_else(cut_off)?;
                (width, height, Orientation::NoTransforms)
            }
            _ => upright(&bytes, format).map_err(|error| broken(&error))?,
        };
        if u64::from(width) * u64::from(height) > MOST_PIXELS {
            let what = format!("{width} × {height} pixels");
            return Err(Unfit::Format { what, mend: "export it 1072 pixels wide, which fills a mail".to_owned() });
        }
        Ok(Self { src: src.to_owned(), format, width, height, orientation, bytes: bytes.into() })
    }

    /// Whether it was saved in a format that mail programs do not show, and has to become another.
    pub(crate) fn is_webp(&self) -> bool {
        matches!(self.format, Format::Webp { .. })
    }

    /// Whether its size in pixels is the artist's own business: what moves is heavy enough.
    pub(crate) fn moves(&self) -> bool {
        matches!(self.format, Format::Gif | Format::MovingPng)
    }
}

/// What finished bytes are, and their size in pixels.
///
/// # Errors
/// A sentence: nothing that mail programs show.
pub(super) fn measure(bytes: &[u8]) -> Result<(PictureKind, u32, u32), String> {
    let strange = || "not a picture that mail programs show".to_owned();
    let format = recognise(bytes).map_err(|_| strange())?;
    let kind = match format {
        Format::Png | Format::MovingPng => PictureKind::Png,
        Format::Jpeg => PictureKind::Jpeg,
        Format::Gif => PictureKind::Gif,
        Format::Webp { .. } => return Err(strange()),
    };
    let (width, height) = match format {
        Format::Gif => gif(bytes).ok_or_else(strange)?,
        _ => decoder(bytes, format).map_err(|error| error.to_string())?.dimensions(),
    };
    Ok((kind, width, height))
}

/// A decoder with its head read.
pub(super) fn decoder(bytes: &[u8], format: Format) -> ImageResult<impl ImageDecoder> {
    let format = match format {
        Format::Png | Format::MovingPng => ImageFormat::Png,
        Format::Jpeg => ImageFormat::Jpeg,
        Format::Gif => ImageFormat::Gif,
        Format::Webp { .. } => ImageFormat::WebP,
    };
    ImageReader::with_format(Cursor::new(bytes), format).into_decoder()
}

/// The decoder's own words, or plainer ones where the file just ends.
pub(super) fn broken(error: &image::ImageError) -> Unfit {
    let words = error.to_string();
    let ends = ["unexpected end", "Unexpected end", "UnexpectedEof", "EOF", "No more bytes", "failed to fill"];
    if ends.iter().any(|end| words.contains(end)) { cut_off() } else { Unfit::Broken(words) }
}

pub(super) fn cut_off() -> Unfit {
    Unfit::Broken("the file ends in the middle of the picture".to_owned())
}

/// Width and height as they are to be seen, and how the pixels must be turned for that.
fn upright(bytes: &[u8], format: Format) -> ImageResult<(u32, u32, Orientation)> {
    let mut decoder = decoder(bytes, format)?;
    let (width, height) = decoder.dimensions();
    let orientation = decoder.orientation()?;
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    Ok(match orientation {
        Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH => (height, width, orientation),
        _ => (width, height, orientation),
    })
}

/// What a file is, by its first bytes: what it is called does not count.
fn recognise(bytes: &[u8]) -> Result<Format, Unfit> {
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
    match bytes {
        [] => Err(Unfit::Broken("the file is empty".to_owned())),
        _ if bytes.starts_with(PNG) => Ok(if moves(bytes) { Format::MovingPng } else { Format::Png }),
        [0xff, 0xd8, 0xff, ..] => Ok(Format::Jpeg),
        _ if bytes.starts_with(b"GIF8") => Ok(Format::Gif),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => webp(bytes),
        _ => Err(stranger(bytes)),
    }
}

/// An animated PNG says so before its first pixels.
fn moves(bytes: &[u8]) -> bool {
    let pixels = bytes.windows(4).position(|window| window == b"IDAT").unwrap_or(bytes.len());
    bytes[..pixels].windows(4).any(|window| window == b"acTL")
}

fn webp(bytes: &[u8]) -> Result<Format, Unfit> {
    let decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    if decoder.has_animation() {
        let what = "a WebP picture that moves".to_owned();
        return Err(Unfit::Format { what, mend: "export it as a GIF".to_owned() });
    }
    let lossless = bytes.windows(4).any(|window| window == b"VP8L");
    Ok(Format::Webp { sharp: lossless || decoder.color_type().has_alpha() })
}

/// What a file is that is no picture for a mail.
fn stranger(bytes: &[u8]) -> Unfit {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).into_owned();
    let brand = bytes.get(4..12).filter(|brand| brand.starts_with(b"ftyp")).map(|brand| &brand[4..8]);
    let (what, mend) = match (brand, bytes) {
        (Some(b"avif" | b"avis"), _) => ("an AVIF picture", "export it as JPEG, or as PNG if it is a drawing"),
        (Some(b"heic" | b"heix" | b"hevc" | b"mif1" | b"msf1"), _) => ("a HEIC picture", "export it as JPEG"),
        (_, [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..]) => ("a TIFF picture", "export it as JPEG"),
        (_, [b'B', b'M', ..]) => ("a BMP picture", "export it as PNG"),
        (_, [b'%', b'P', b'D', b'F', ..]) => ("a PDF", "export the page as PNG"),
        (_, [b'8', b'B', b'P', b'S', ..]) => ("a Photoshop file", "export it as JPEG"),
        _ if head.contains("<svg") => ("an SVG drawing", "export it as PNG, twice as wide as it is shown"),
        _ => ("not a picture", "PNG and JPEG are shown everywhere, and GIF"),
    };
    Unfit::Format { what: what.to_owned(), mend: mend.to_owned() }
}

/// The size in a GIF's head (GIF89a, 18); `None` where the file does not end as one does.
fn gif(bytes: &[u8]) -> Option<(u32, u32)> {
    let rest = bytes.strip_prefix(b"GIF87a").or_else(|| bytes.strip_prefix(b"GIF89a"))?;
    let [w0, w1, h0, h1, body @ ..] = rest else { return None };
    let ends = body.iter().rev().find(|byte| **byte != 0) == Some(&b';');
    let size = (u32::from(u16::from_le_bytes([*w0, *w1])), u32::from(u16::from_le_bytes([*h0, *h1])));
    (ends && size.0 > 0 && size.1 > 0).then_some(size)
}
