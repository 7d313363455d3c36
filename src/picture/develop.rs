//! From the negative to what readers get.
//!
//! Two hands are held against each other: the file as it is, only made smaller without a change to be seen; and
//! the picture made anew at the size it needs. The lighter one goes out, so that nothing is ever heavier for
//! having been here.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, ImageFormat, RgbImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use oxipng::{Options, StripChunks};
use sha2::{Digest, Sha256};

use super::bare::{bare, is_common};
use super::negative::{Format, broken, cut_off, decoder};
use super::{FINE, Negative, Unfit, light};
use crate::token::hex;

/// Raised whenever the same file comes out as other bytes: what was kept is then made anew.
const RECIPE: u32 = 1;

/// What nobody tells from the original at twice the size, and a third of its bytes.
const QUALITY: u8 = 82;

impl Negative {
    /// Names what `develop` makes.
    pub(crate) fn key(&self, width: u32) -> String {
        let mut key = Sha256::new();
        key.update(format!("picture {RECIPE} {width} "));
        key.update(&self.bytes);
        hex(&key.finalize())
    }

    /// What readers get where it is shown this many CSS pixels wide.
    ///
    /// # Errors
    /// The file is not whole, or not what its head says.
    pub(crate) fn develop(&self, width: u32) -> Result<Vec<u8>, Unfit> {
        if self.moves() {
            return Ok(self.bytes.to_vec());
        }
        let scan = Scan::of(self)?;
        let as_it_is = if scan.changed { None } else { self.as_it_is()? };
        let target = FINE * width;
        if self.width > target {
            let height = (u64::from(self.height) * u64::from(target)).div_ceil(u64::from(self.width));
            let small = light::scaled(&scan.pixels, target, u32::try_from(height).unwrap_or(1).max(1));
            return lighter(as_it_is, &Scan { pixels: small, ..scan }, self.target(), 1.0);
        }
        match (as_it_is, self.format) {
            // There is no better way to write the same pixels.
            (Some(as_it_is), Format::Png) => Ok(as_it_is),
            // A second generation loses a little; it must gain a lot.
            (as_it_is, _) => lighter(as_it_is, &scan, self.target(), 0.75),
        }
    }

    /// The file itself without what is not seen; `None` for what a mail does not show as it is.
    fn as_it_is(&self) -> Result<Option<Vec<u8>>, Unfit> {
        match self.format {
            Format::Png => lossless(&self.bytes).map(Some),
            Format::Jpeg => bare(&self.bytes).map(Some).ok_or_else(cut_off),
            Format::Webp { .. } | Format::Gif | Format::MovingPng => Ok(None),
        }
    }

    /// A photograph stays one; a drawing keeps its edges.
    fn target(&self) -> ImageFormat {
        match self.format {
            Format::Jpeg | Format::Webp { sharp: false } => ImageFormat::Jpeg,
            _ => ImageFormat::Png,
        }
    }
}

/// The pixels of a negative, upright.
struct Scan {
    pixels: DynamicImage,
    /// What the colours mean, where that is not what everybody takes for granted.
    profile: Option<Vec<u8>>,
    /// They are not those of the file: turned, or of a printer's colours.
    changed: bool,
}

impl Scan {
    fn of(negative: &Negative) -> Result<Self, Unfit> {
        let broken = |error: image::ImageError| broken(&error);
        let mut decoder = decoder(&negative.bytes, negative.format).map_err(broken)?;
        let inks = matches!(decoder.original_color_type(), ExtendedColorType::Cmyk8 | ExtendedColorType::Cmyk16);
        let screen = |profile: &Vec<u8>| profile.get(16..20) == Some(b"RGB ") && !is_common(profile);
        let profile = decoder.icc_profile().map_err(broken)?.filter(screen);
        let mut pixels = DynamicImage::from_decoder(decoder).map_err(broken)?;
        pixels.apply_orientation(negative.orientation);
        Ok(Self { pixels, profile, changed: inks || negative.orientation != Orientation::NoTransforms })
    }

    fn jpeg(&self) -> Result<Vec<u8>, Unfit> {
        let mut out = Vec::new();
        let mut encoder = Encoder::new(&mut out, QUALITY);
        encoder.set_sampling_factor(SamplingFactor::F_2_2);
        encoder.set_progressive(true);
        encoder.set_optimized_huffman_tables(true);
        let unwritten = |error: jpeg_encoder::EncodingError| Unfit::Broken(error.to_string());
        if let Some(profile) = &self.profile {
            encoder.add_icc_profile(profile).map_err(unwritten)?;
        }
        let size = |side: u32| {
            let too_large = |_| Unfit::Broken(format!("{side} pixels are more than a JPEG has"));
            u16::try_from(side).map_err(too_large)
        };
        let (width, height) = (size(self.pixels.width())?, size(self.pixels.height())?);
        match &self.pixels {
            DynamicImage::ImageLuma8(grey) => encoder.encode(grey, width, height, ColorType::Luma),
            other => encoder.encode(&other.to_rgb8(), width, height, ColorType::Rgb),
        }
        .map_err(unwritten)?;
        Ok(out)
    }

    /// As PNG, written fast: `lossless` makes it small.
    fn png(&self) -> Result<Vec<u8>, Unfit> {
        let unwritten = |error: image::ImageError| Unfit::Broken(error.to_string());
        let mut out = Cursor::new(Vec::new());
        let mut encoder = image::codecs::png::PngEncoder::new(&mut out);
        if let Some(profile) = &self.profile {
            encoder.set_icc_profile(profile.clone()).map_err(|error| Unfit::Broken(error.to_string()))?;
        }
        self.pixels.write_with_encoder(encoder).map_err(unwritten)?;
        Ok(out.into_inner())
    }
}

/// The file as it is, unless the picture made anew is lighter than this share of it.
fn lighter(as_it_is: Option<Vec<u8>>, made: &Scan, format: ImageFormat, share: f64) -> Result<Vec<u8>, Unfit> {
    /// What is this many times heavier before it is worked on will not be lighter afterwards.
    const HOPELESS: usize = 2;
    let weight = as_it_is.as_ref().map_or(usize::MAX, Vec::len);
    let made = match format {
        ImageFormat::Jpeg => made.jpeg()?,
        _ => match made.png()? {
            heavy if heavy.len() / HOPELESS > weight => heavy,
            png => lossless(&png)?,
        },
    };
    match as_it_is {
        Some(as_it_is) if made.len() as f64 >= weight as f64 * share => Ok(as_it_is),
        _ => Ok(made),
    }
}

/// A drawing as a PNG, from its pixels: red, green and blue, row by row.
///
/// # Errors
/// There are not as many as the size says.
pub(crate) fn drawn(width: u32, height: u32, pixels: Vec<u8>) -> Result<Vec<u8>, Unfit> {
    let pixels = RgbImage::from_raw(width, height, pixels)
        .ok_or_else(|| Unfit::Broken("a drawing has other pixels than its size says".to_owned()))?;
    let scan = Scan { pixels: DynamicImage::ImageRgb8(pixels), profile: None, changed: true };
    lossless(&scan.png()?)
}

/// A PNG in fewer bytes: fewer bits and colours where none is missed, better filters, nothing beside the picture.
pub(super) fn lossless(png: &[u8]) -> Result<Vec<u8>, Unfit> {
    let options = Options { strip: StripChunks::Safe, scale_16: true, ..Options::from_preset(2) };
    oxipng::optimize_from_memory(png, &options).map_err(|error| Unfit::Broken(error.to_string()))
}
