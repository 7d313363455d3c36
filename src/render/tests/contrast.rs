//! R16: text can be read on every ground, in the light and in the dark.

use crate::render::Brand;
use crate::render::style::{Colour, Palette};

/// Relative luminance (WCAG 2.2).
fn luminance(Colour(rgb): Colour) -> f64 {
    let channel = |shift: u32| {
        let value = f64::from((rgb >> shift) & 0xff) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0)
}

fn contrast(one: Colour, other: Colour) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn pairs(palette: &Palette) -> Vec<(&'static str, Colour, Colour)> {
    let Palette { page, sheet, tint, blank, ink, quiet, accent, on_accent, .. } = *palette;
    vec![
        ("ink on sheet", ink, sheet),
        ("ink on tint", ink, tint),
        ("ink on a picture not loaded", ink, blank),
        ("quiet on page", quiet, page),
        ("quiet on sheet", quiet, sheet),
        ("quiet on tint", quiet, tint),
        ("accent on sheet", accent, sheet),
        ("accent button", on_accent, accent),
        ("ink button", sheet, ink),
    ]
}

#[test]
fn every_ink_is_readable_on_every_ground_it_stands_on() {
    let brand = Brand::default();
    for (mode, palette) in [("light", &brand.light), ("dark", &brand.dark)] {
        for (pair, ink, ground) in pairs(palette) {
            let ratio = contrast(ink, ground);
            assert!(ratio >= 4.5, "{mode}: {pair}: {ratio:.2}");
        }
    }
}

#[test]
fn contrast_is_counted_as_wcag_counts() {
    assert!((contrast(Colour(0), Colour(0xffffff)) - 21.0).abs() < 1e-9);
    assert!((contrast(Colour(0x777777), Colour(0xffffff)) - 4.478).abs() < 1e-3);
}
