//! Scaling, in amounts of light: bytes of a picture are no amounts, and their mean is darker than what the eye
//! sees from afar. Thin bright lines on a dark ground would fade.

use image::imageops::FilterType;
use image::{DynamicImage, ImageBuffer, Rgba};

type Light = ImageBuffer<Rgba<u16>, Vec<u16>>;

/// The picture at another size. What is transparent weighs nothing, so that no edge brings a colour nobody saw.
pub(super) fn scaled(picture: &DynamicImage, width: u32, height: u32) -> DynamicImage {
    let opaque = !picture.color().has_alpha();
    let bytes = picture.to_rgba8();
    let to_light = to_light();
    let light: Vec<u16> = bytes
        .pixels()
        .flat_map(|Rgba([r, g, b, alpha])| {
            let weighed = |byte: &u8| weigh(to_light[usize::from(*byte)], u16::from(*alpha) * 257);
            [weighed(r), weighed(g), weighed(b), u16::from(*alpha) * 257]
        })
        .collect();
    let light = Light::from_raw(bytes.width(), bytes.height(), light).expect("four amounts stand for each pixel");
    let small = DynamicImage::ImageRgba16(light).resize_exact(width, height, FilterType::Lanczos3).into_rgba16();
    let to_byte = to_byte();
    let bytes = small.pixels().flat_map(|Rgba([r, g, b, alpha])| {
        let byte = |amount: &u16| to_byte[usize::from(unweigh(*amount, *alpha))];
        [byte(r), byte(g), byte(b), (*alpha / 257) as u8]
    });
    let bytes = ImageBuffer::from_raw(width, height, bytes.collect()).expect("four bytes stand for each pixel");
    let scaled = DynamicImage::ImageRgba8(bytes);
    if opaque { DynamicImage::ImageRgb8(scaled.into_rgb8()) } else { scaled }
}

fn weigh(amount: u16, alpha: u16) -> u16 {
    let weighed = u32::from(amount) * u32::from(alpha) / u32::from(u16::MAX);
    u16::try_from(weighed).unwrap_or(u16::MAX)
}

/// A filter rings: an amount may come out larger than its weight.
fn unweigh(amount: u16, alpha: u16) -> u16 {
    let amount = (u32::from(amount) * u32::from(u16::MAX)).checked_div(u32::from(alpha)).unwrap_or_default();
    u16::try_from(amount).unwrap_or(u16::MAX)
}

/// The amount of light each byte stands for (IEC 61966-2-1).
fn to_light() -> Vec<u16> {
    (0_u8..=255)
        .map(|byte| {
            let value = f64::from(byte) / 255.0;
            let amount = if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) };
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1 of the largest u16")]
            let amount = (amount * f64::from(u16::MAX)).round() as u16;
            amount
        })
        .collect()
}

/// And back: the byte nearest to each amount.
fn to_byte() -> Vec<u8> {
    let amounts = to_light();
    let mut byte = 0_u8;
    (0..=u16::MAX)
        .map(|amount| {
            let away = |byte: u8| amounts[usize::from(byte)].abs_diff(amount);
            while byte < u8::MAX && away(byte + 1) < away(byte) {
                byte += 1;
            }
            byte
        })
        .collect()
}
