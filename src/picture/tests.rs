//! Pictures of every kind through the darkroom, drawn by code and read again by decoders.

use std::io::Cursor;

use image::codecs::webp::WebPEncoder;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use proptest::prelude::*;

use super::develop::lossless;
use super::*;

/// A PNG of this size, all of one colour.
pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    written(&DynamicImage::ImageRgb8(RgbImage::from_pixel(width, height, Rgb([20, 90, 160]))), ImageFormat::Png)
}

fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// What a camera might see: soft, of many colours, with a little grain.
fn photograph(width: u32, height: u32) -> DynamicImage {
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, y| {
        let wave =
            |by: f64, shift: f64| (128.0 + 100.0 * (f64::from(x) / by + f64::from(y) / 31.0 + shift).sin()) as u8;
        let grain = ((x * 7919 + y * 104_729) % 11) as u8;
        Rgb([wave(23.0, 0.0).saturating_add(grain), wave(37.0, 1.0), wave(53.0, 2.0).saturating_sub(grain)])
    }))
}

fn negative(bytes: Vec<u8>) -> Negative {
    Negative::read("images/a", bytes).unwrap()
}

fn developed(bytes: Vec<u8>, width: u32) -> Picture {
    let negative = negative(bytes);
    Picture::of("images/a", negative.develop(width).unwrap().into()).unwrap()
}

fn pixels(picture: &Picture) -> DynamicImage {
    image::load_from_memory(&picture.bytes).unwrap()
}

/// A segment of a JPEG.
fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&[0xff, marker], &length[..], content].concat()
}

/// A JPEG with these segments behind its start.
fn jpeg_with(picture: &DynamicImage, segments: &[Vec<u8>]) -> Vec<u8> {
    let plain = written(picture, ImageFormat::Jpeg);
    [&plain[..2], &segments.concat(), &plain[2..]].concat()
}

/// Exif that says only which way up (TIFF 6.0: one entry, 0x0112).
fn turned(orientation: u8) -> Vec<u8> {
    let tiff =
        [&b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"[..], &[orientation], &[0, 0, 0, 0, 0, 0]].concat();
    segment(0xe1, &tiff)
}

#[test]
fn a_photograph_is_scaled_to_twice_its_width_and_weighs_less() {
    let large = written(&photograph(1600, 900), ImageFormat::Jpeg);
    let picture = developed(large.clone(), 300);
    assert_eq!((picture.kind, picture.width, picture.height), (PictureKind::Jpeg, 600, 338));
    assert!(picture.bytes.len() < large.len() / 4, "{} of {}", picture.bytes.len(), large.len());
}

#[test]
fn one_that_is_small_enough_keeps_its_pixels() {
    let mut small = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut small, 70);
    encoder.encode(&photograph(400, 300).into_rgb8(), 400, 300, jpeg_encoder::ColorType::Rgb).unwrap();
    let picture = developed(small.clone(), 300);
    assert_eq!((picture.width, picture.height), (400, 300));
    assert!(picture.bytes.len() <= small.len());
    assert_eq!(pixels(&picture).into_rgb8(), image::load_from_memory(&small).unwrap().into_rgb8());
}

#[test]
fn a_heavy_jpeg_is_written_anew_though_its_size_is_right() {
    let mut heavy = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut heavy, 99);
    photograph(600, 400).write_with_encoder(encoder).unwrap();
    let picture = developed(heavy.clone(), 300);
    assert!(picture.bytes.len() * 4 < heavy.len() * 3, "{} of {}", picture.bytes.len(), heavy.len());
}

#[test]
fn a_png_loses_bytes_and_no_pixel() {
    // Four colours, which fit into two bits each.
    let drawing = RgbImage::from_fn(300, 200, |x, y| {
        Rgb([[9, 9, 9], [250, 20, 20], [20, 200, 90], [255, 255, 254]][((x / 40 + y / 40) % 4) as usize])
    });
    let drawing = DynamicImage::ImageRgb8(drawing);
    let plain = written(&drawing, ImageFormat::Png);
    let picture = developed(plain.clone(), 150);
    assert_eq!(picture.kind, PictureKind::Png);
    assert!(picture.bytes.len() < plain.len());
    assert_eq!(pixels(&picture).into_rgb8(), drawing.into_rgb8());
}

#[test]
fn a_drawing_that_would_grow_by_scaling_stays_as_it_is() {
    // Hard edges become many colours between them.
    let drawing =
        RgbImage::from_fn(
            1200,
            600,
            |x, y| if (x * x + y * y) % 977 < 400 { Rgb([0, 0, 0]) } else { Rgb([255, 0, 0]) },
        );
    let plain = lossless(&written(&DynamicImage::ImageRgb8(drawing), ImageFormat::Png)).unwrap();
    let picture = developed(plain.clone(), 500);
    assert_eq!(picture.width, 1200);
    assert!(picture.bytes.len() <= plain.len());
}

#[test]
fn it_is_turned_as_the_camera_was_held_and_forgets_where_that_was() {
    let photograph = photograph(80, 40);
    let upright = jpeg_with(
        &photograph,
        &[segment(0xe1, b"Exif\0\0MM no such thing: 38.7 N 9.1 W"), segment(0xfe, b"for the desk only")],
    );
    let picture = developed(upright, 40);
    assert_eq!((picture.width, picture.height), (80, 40));
    for secret in [&b"38.7 N"[..], b"desk only", b"Exif"] {
        assert!(!picture.bytes.windows(secret.len()).any(|window| window == secret));
    }
    let sideways = negative(jpeg_with(&photograph, &[turned(6)]));
    assert_eq!((sideways.width, sideways.height), (40, 80), "measured as it is seen");
    let picture = Picture::of("", sideways.develop(40).unwrap().into()).unwrap();
    assert_eq!((picture.width, picture.height), (40, 80));
    let (seen, wanted) = (pixels(&picture).into_rgb8(), photograph.rotate90().into_rgb8());
    let off = seen.iter().zip(wanted.iter()).map(|(one, other)| u64::from(one.abs_diff(*other))).sum::<u64>();
    assert!(off / (seen.len() as u64) < 8, "turned the right way");
}

#[test]
fn webp_becomes_a_photograph_or_a_drawing() {
    let drawing = RgbaImage::from_pixel(40, 30, Rgba([200, 10, 10, 120]));
    let mut webp = Vec::new();
    DynamicImage::ImageRgba8(drawing.clone()).write_with_encoder(WebPEncoder::new_lossless(&mut webp)).unwrap();
    assert!(negative(webp.clone()).is_webp());
    let picture = developed(webp, 20);
    assert_eq!(picture.kind, PictureKind::Png);
    assert_eq!(pixels(&picture).into_rgba8(), drawing);
    // The smallest lossy one there is: one pixel.
    let lossy = b"RIFF$\0\0\0WEBPVP8 \x18\0\0\x000\x01\0\x9d\x01*\x01\0\x01\0\x02\x004%\xa4\0\x03p\0\xfe\xfb\xfdP\0";
    assert_eq!(developed(lossy.to_vec(), 1).kind, PictureKind::Jpeg);
}

#[test]
fn what_moves_is_left_as_it_is() {
    let gif = b"GIF89a\x02\0\x01\0\0\0\0;".to_vec();
    let picture = developed(gif.clone(), 1);
    assert_eq!((picture.kind, picture.width, picture.height), (PictureKind::Gif, 2, 1));
    assert_eq!(*picture.bytes, gif);
    let still = png(900, 20);
    let control = [&[0, 0, 0, 8][..], b"acTL", &[0, 0, 0, 1, 0, 0, 0, 0], &[0xb9, 0x3d, 0xd9, 0x85]].concat();
    let moving = [&still[..33], &control, &still[33..]].concat();
    assert_eq!(negative(moving.clone()).develop(10).unwrap(), moving);
}

#[test]
fn a_stranger_is_named_and_so_is_the_way_out() {
    let what = |bytes: &[u8]| match Negative::read("a", bytes.to_vec()) {
        Err(Unfit::Format { what, mend }) => format!("{what}: {mend}"),
        Err(Unfit::Broken(why)) => why,
        other => format!("{:?}", other.map(|_| "a picture")),
    };
    assert_eq!(
        what(b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>"),
        "an SVG drawing: export it as PNG, twice as wide as it is shown"
    );
    assert_eq!(what(b"\0\0\0\x20ftypavif\0\0\0\0"), "an AVIF picture: export it as JPEG, or as PNG if it is a drawing");
    assert_eq!(what(b"\0\0\0\x20ftypheic\0\0\0\0"), "a HEIC picture: export it as JPEG");
    assert_eq!(what(b"%PDF-1.7"), "a PDF: export the page as PNG");
    assert_eq!(what(b"<!doctype html>"), "not a picture: PNG and JPEG are shown everywhere, and GIF");
    assert_eq!(what(b""), "the file is empty");
    assert_eq!(what(b"GIF89a\x02\0\x01\0\0\0\0"), "the file ends in the middle of the picture");
    let (photograph, drawing) = (written(&photograph(64, 64), ImageFormat::Jpeg), png(64, 64));
    for whole in [photograph, drawing] {
        let half = whole[..whole.len() - 20].to_vec();
        let broken = Negative::read("a", half).and_then(|half| half.develop(10));
        assert_eq!(broken, Err(Unfit::Broken("the file ends in the middle of the picture".to_owned())));
    }
}

#[test]
fn a_thin_bright_line_keeps_its_light() {
    // One line in four is white: from afar that is a quarter of the light, which is no dark grey.
    let lines = DynamicImage::ImageRgb8(RgbImage::from_fn(64, 64, |_, y| Rgb([if y % 4 == 0 { 255 } else { 0 }; 3])));
    let small = light::scaled(&lines, 16, 16).into_rgb8();
    let mean: u32 = small.pixels().map(|pixel| u32::from(pixel.0[0])).sum::<u32>() / 256;
    assert!((125..=150).contains(&mean), "{mean}");
}

#[test]
fn nothing_shines_through_from_where_nothing_is() {
    // Invisible pixels are green; no edge may be.
    let half = RgbaImage::from_fn(64, 8, |x, _| if x < 32 { Rgba([200, 0, 0, 255]) } else { Rgba([0, 255, 0, 0]) });
    let small = light::scaled(&DynamicImage::ImageRgba8(half), 16, 2).into_rgba8();
    assert!(small.pixels().all(|pixel| pixel.0[3] == 0 || pixel.0[1] < 8));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_bytes_are_fatal(head in 0_usize..4, mut bytes in proptest::collection::vec(any::<u8>(), 0..200), cut in 0_usize..400) {
        let heads = [&b"\x89PNG\r\n\x1a\n"[..], b"\xff\xd8\xff", b"RIFF\x20\0\0\0WEBPVP8 ", b"GIF89a"];
        let broken = [heads[head], &bytes].concat();
        let mut real = jpeg_with(&photograph(24, 16), &[turned(3)]);
        real.truncate(cut.max(4));
        bytes.splice(0..0, real.iter().copied());
        for tried in [broken, real, bytes] {
            if let Ok(negative) = Negative::read("a", tried) {
                let _outcome = negative.develop(10);
            }
        }
    }

    #[test]
    fn whatever_is_developed_is_upright_no_wider_than_needed_and_no_heavier(
        (width, height) in (1_u32..120, 1_u32..90), shown in 1_u32..80, orientation in 1_u8..=8, jpeg in any::<bool>(),
    ) {
        let picture = photograph(width, height);
        let file = if jpeg { jpeg_with(&picture, &[turned(orientation)]) } else { written(&picture, ImageFormat::Png) };
        let negative = negative(file.clone());
        let made = negative.develop(shown).unwrap();
        prop_assert_eq!(&made, &negative.develop(shown).unwrap(), "the same bytes each time");
        let made = Picture::of("a", made.into()).unwrap();
        let as_it_is = made.width == negative.width;
        prop_assert!(as_it_is || made.width == FINE * shown, "{} of {}", made.width, negative.width);
        prop_assert!(made.height.abs_diff(negative.height * made.width / negative.width) <= 1);
        // What had to be turned is written anew, whatever that weighs.
        prop_assert!(made.bytes.len() <= file.len() || (jpeg && orientation > 1), "{} of {}", made.bytes.len(), file.len());
    }
}
