//! A picture for the specimen, drawn in a brand's own colours: a sun over rows of hills.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};

use crate::brand::{Colour, Palette};

/// Rows of hills.
const ROWS: u32 = 7;
/// Samples across and down a pixel, for smooth edges.
const FINE: u32 = 2;

/// A PNG of this size.
///
/// # Errors
/// The encoder's sentence.
pub(super) fn hills(palette: &Palette, width: u32, height: u32) -> Result<Vec<u8>, String> {
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let mut sum = [0.0; 3];
        for sample in 0..FINE * FINE {
            let at = |place: u32, step: u32| f64::from(place) + (f64::from(step) + 0.5) / f64::from(FINE);
            let (right, down) = (at(x, sample % FINE), at(y, sample / FINE));
            let parts = channels(point(
                palette,
                right / f64::from(height),
                down / f64::from(height),
                f64::from(width) / f64::from(height),
            ));
            sum.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a mean of bytes is a byte")]
        Rgb(sum.map(|sum| (sum / f64::from(FINE * FINE)).round() as u8))
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).map_err(|error| format!("the specimen's picture: {error}"))?;
    Ok(bytes.into_inner())
}

/// The colour at a point, in heights of the picture from its upper left corner.
fn point(palette: &Palette, x: f64, y: f64, wide: f64) -> Colour {
    let ridge = |row: u32| {
        let row = f64::from(row);
        let swell =
            (x * (2.1 + row * 0.4) + row * 2.4).sin() * 0.055 + (x * (4.9 + row * 0.3) + row * 1.1).sin() * 0.02;
        0.46 + row * 0.085 + swell
    };
    if let Some(row) = (0..ROWS).rev().find(|row| y > ridge(*row)) {
        // Nearer hills are darker; the very nearest is the ink.
        return blend(palette.blank, palette.ink, f64::from(row + 1) / f64::from(ROWS));
    }
    if (x - wide * 0.68).hypot(y - 0.36) < 0.2 { palette.accent } else { palette.tint }
}

fn blend(one: Colour, other: Colour, share: f64) -> Colour {
    let (one, other) = (channels(one), channels(other));
    (0..3).fold(Colour(0), |Colour(rgb), channel| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two bytes lies a byte")]
        let part = (one[channel] + (other[channel] - one[channel]) * share).round() as u32;
        Colour((rgb << 8) | part)
    })
}

fn channels(Colour(rgb): Colour) -> [f64; 3] {
    [16, 8, 0].map(|shift| f64::from((rgb >> shift) & 0xff))
}
