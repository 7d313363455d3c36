//! The arithmetic of colours, and what every theme and every derived colour is held to.

use super::contrast::{READABLE, ratio};
use super::oklch::Oklch;
use super::*;

#[test]
fn contrast_is_counted_as_wcag_counts() {
    assert!((ratio(Colour(0), Colour(0xffffff)) - 21.0).abs() < 1e-9);
    assert!((ratio(Colour(0x777777), Colour(0xffffff)) - 4.478).abs() < 1e-3);
}

#[test]
fn every_ink_of_every_theme_is_readable_on_every_ground_it_stands_on() {
    for theme in [Theme::Default, Theme::Digest] {
        assert_eq!(Brand::of(theme).clashes(), Vec::new(), "{theme:?}");
    }
}

#[test]
fn a_colour_is_written_with_six_digits_or_three() {
    assert_eq!(Colour::parse("#1F6b3a"), Some(Colour(0x1f6b3a)));
    assert_eq!(Colour::parse("#163"), Some(Colour(0x116633)));
    for wrong in ["1f6b3a", "#1f6b3", "#1f6b3a80", "#+12345", "green", "#", "#gggggg", "rgb(0,0,0)"] {
        assert_eq!(Colour::parse(wrong), None, "{wrong}");
    }
}

/// Ottosson's own table: white, red and blue.
#[test]
fn oklch_is_where_its_author_puts_it_and_leads_back() {
    for (colour, lightness, chroma, hue) in [
        (0xffffff, 1.0, 0.0, None),
        (0xff0000, 0.627_96, 0.257_68, Some(29.23)),
        (0x0000ff, 0.452_01, 0.313_21, Some(264.05)),
    ] {
        let found = Oklch::from(Colour(colour));
        assert!((found.lightness - lightness).abs() < 1e-3 && (found.chroma - chroma).abs() < 1e-3, "{found:?}");
        if let Some(hue) = hue {
            assert!((found.hue.to_degrees().rem_euclid(360.0) - hue).abs() < 0.1, "{found:?}");
        }
    }
    for rgb in (0..=0xff_ffff).step_by(7919) {
        assert_eq!(Oklch::from(Colour(rgb)).colour(), Colour(rgb));
    }
}

#[test]
fn a_colour_srgb_does_not_have_becomes_the_most_vivid_it_has() {
    let wished = Oklch { lightness: 0.8, chroma: 0.4, hue: 4.6 };
    let found = Oklch::from(wished.colour());
    assert!((found.lightness - 0.8).abs() < 0.01 && (0.08..0.2).contains(&found.chroma), "{found:?}");
    for lightness in [-0.5, 0.0, 1.0, 1.5] {
        let edge = Oklch { lightness, chroma: 0.4, hue: 1.0 }.colour();
        assert!([Colour(0), Colour(0xffffff)].contains(&edge), "{edge}");
    }
}

#[test]
fn the_nearest_colour_can_be_read_and_a_step_less_could_not() {
    for (accent, sheet) in [(0xffd400, 0xfffffe), (0x2aa3ff, 0xfffffe), (0x4d2a55, 0x1b1b1a), (0x9a9a9a, 0xfffffe)] {
        let palette = PAPER.with(Role::Accent, Colour(accent)).with(Role::Sheet, Colour(sheet));
        let nearest = palette.nearest(Role::Accent, &[Role::OnAccent]).unwrap();
        let found = ratio(nearest, Colour(sheet));
        assert!((READABLE..READABLE + 0.12).contains(&found), "{nearest} on {sheet:06x}: {found:.2}");
        let (own, moved) = (Oklch::from(Colour(accent)), Oklch::from(nearest));
        if own.chroma > 0.05 {
            assert!((own.hue - moved.hue).abs() < 0.08, "the hue stays: {own:?} {moved:?}");
        }
    }
}

#[test]
fn an_ink_stands_on_all_its_grounds_and_the_nearest_is_good_for_each() {
    let palette = PAPER.with(Role::Quiet, Colour(0x8a8a8a));
    let nearest = palette.nearest(Role::Quiet, &[]).unwrap();
    for ground in [palette.page, palette.sheet, palette.tint] {
        assert!(ratio(nearest, ground) >= READABLE);
    }
}

#[test]
fn no_ink_is_named_for_grounds_that_are_too_far_apart() {
    let torn = PAPER.with(Role::Page, Colour(0)).with(Role::Sheet, Colour(0xffffff));
    assert_eq!(torn.with(Role::Quiet, Colour(0x333333)).nearest(Role::Quiet, &[]), None);
}

#[test]
fn one_accent_is_enough_for_a_readable_brand_in_both_modes() {
    for theme in [Theme::Default, Theme::Digest] {
        // Every hue, dark enough for the sheet.
        for degrees in (0..360).step_by(5) {
            let wished = Oklch { lightness: 0.5, chroma: 0.2, hue: f64::from(degrees).to_radians() }.colour();
            let accent = Brand::of(theme).light.with(Role::Accent, wished).nearest(Role::Accent, &[Role::OnAccent]);
            let brand = Brand::of(theme).coloured(&[(Mode::Light, Role::Accent, accent.unwrap())]);
            assert_eq!(brand.clashes(), Vec::new(), "{theme:?} {degrees}");
            assert!(ratio(brand.dark.accent, brand.dark.sheet) > 6.0, "bright at night: {degrees}");
        }
    }
}

#[test]
fn the_dark_accent_keeps_the_hue_and_a_given_one_is_left_alone() {
    let green = Colour(0x1f6b3a);
    let brand = Brand::default().coloured(&[(Mode::Light, Role::Accent, green)]);
    assert!((Oklch::from(brand.dark.accent).hue - Oklch::from(green).hue).abs() < 0.05, "{}", brand.dark.accent);
    let own = Colour(0x88ddaa);
    let brand = Brand::default().coloured(&[(Mode::Light, Role::Accent, green), (Mode::Dark, Role::Accent, own)]);
    assert_eq!(brand.dark.accent, own);
}

#[test]
fn words_on_any_accent_can_be_read() {
    for rgb in (0..=0xff_ffff).step_by(4099) {
        let accent = Colour(rgb);
        let on = words_on(accent, &PAPER);
        assert!(ratio(on, accent) >= READABLE, "{on} on {accent}");
    }
}

#[test]
fn what_clashes_is_named_with_its_mode_and_ratio() {
    let brand = Brand::default().coloured(&[(Mode::Dark, Role::Quiet, Colour(0x555555))]);
    let named: Vec<_> = brand.clashes().iter().map(|clash| (clash.mode, clash.stand.ink, clash.stand.ground)).collect();
    let quiet = |ground| (Mode::Dark, Role::Quiet, ground);
    assert_eq!(named, [quiet(Role::Page), quiet(Role::Sheet), quiet(Role::Tint)]);
    assert!(brand.clashes().iter().all(|clash| (1.0..READABLE).contains(&clash.ratio)));
}
