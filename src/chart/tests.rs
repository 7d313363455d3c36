//! Charts drawn: whatever the rows, nothing touches and nothing is cut.

use proptest::prelude::*;
use resvg::usvg::{Group, Node, Rect};
use unicode_width::UnicodeWidthStr;

use super::*;
use crate::brand::{Brand, Theme};

/// A chart of these rows.
pub(crate) fn chart(kind: Kind, language: &str, unit: Option<&str>, rows: &[(&str, f64)]) -> Chart {
    let values: Vec<f64> = rows.iter().map(|(_, value)| *value).collect();
    let figures = Figures::of(language, unit, values.iter().copied());
    let row =
        |(label, value): &(&str, f64)| Row { label: (*label).to_owned(), value: *value, figure: figures.set(*value) };
    Chart {
        kind,
        title: "Night trams".to_owned(),
        unit: unit.filter(|_| !figures.carry_unit()).map(str::to_owned),
        rows: rows.iter().map(row).collect(),
        source: None,
        alt: "More ride at night".to_owned(),
        scale: Scale::of(kind, &values, &figures),
        drawing: None,
    }
}

/// Where each line of text of a drawing stands, in CSS pixels, and how high the drawing is.
fn texts(chart: &Chart, language: &str) -> (Vec<Rect>, f32) {
    fn walk(group: &Group, found: &mut Vec<Rect>) {
        for node in group.children() {
            match node {
                Node::Group(group) => walk(group, found),
                Node::Text(text) => found.push(text.abs_bounding_box()),
                _ => {}
            }
        }
    }
    let brand = Brand::of(Theme::Default);
    let (svg, fonts) = Sketch { chart, palette: &brand.light, language }.svg().unwrap();
    let tree = fonts.read(&svg).unwrap();
    let mut found = Vec::new();
    walk(tree.root(), &mut found);
    (found, tree.size().height())
}

/// What is wrong with where the texts stand.
fn faults(chart: &Chart, language: &str) -> Vec<String> {
    let (texts, height) = texts(chart, language);
    let mut faults = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        if text.left() < -2.0 || text.right() > 538.0 || text.top() < -1.0 || text.bottom() > height + 1.0 {
            faults.push(format!("cut: {text:?} of {height}"));
        }
        let touches = |other: &&Rect| {
            text.left() < other.right() - 1.0
                && other.left() < text.right() - 1.0
                && text.top() < other.bottom() - 1.0
                && other.top() < text.bottom() - 1.0
        };
        faults.extend(texts[at + 1..].iter().find(touches).map(|other| format!("{text:?} touches {other:?}")));
    }
    faults
}

#[test]
fn the_charts_of_a_year_have_every_word_whole_and_apart() {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec"];
    let year = |values: [f64; 12]| months.into_iter().zip(values).collect::<Vec<_>>();
    let rising = year([310.0, 290.0, 420.0, 480.0, 610.0, 700.0, 690.0, 820.0, 760.0, 930.0, 1104.0, 1090.0]);
    let falling = year([9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0, 0.0, -1.0, -2.5]);
    for (language, kind, unit, rows) in [
        ("en-GB", Kind::Lines, None, rising.as_slice()),
        ("en-GB", Kind::Lines, Some("°C"), falling.as_slice()),
        ("en-GB", Kind::Bars, Some("°C"), falling.as_slice()),
        ("de", Kind::Bars, Some("€"), &[("Die Kaimauer am Zollhaus, neu gebaut", 1204.5), ("Planung", -88.25)]),
        ("pt-PT", Kind::Lines, Some("m"), &[("20", 4.19), ("21", 4.22), ("22", 4.31), ("23", 4.27), ("24", 4.20)]),
        ("el", Kind::Bars, Some("%"), &[("Λιμάνι", 43.0), ("Ψαράδικα", 31.5)]),
        ("uk", Kind::Bars, Some("%"), &[("Гавань", 43.0), ("Рибна вулиця", 31.5)]),
        ("he", Kind::Bars, Some("%"), &[("43", 43.0), ("−5", -31.5)]),
    ] {
        assert_eq!(faults(&chart(kind, language, unit, rows), language), Vec::<String>::new(), "{kind:?} {rows:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_the_rows_nothing_touches_and_nothing_is_cut(
        lines in any::<bool>(),
        from_the_right in any::<bool>(),
        unit in prop_oneof![Just(None), Just(Some("%")), Just(Some("km²"))],
        power in -3_i32..5,
        rows in prop::collection::vec(("[A-Za-zÀ-ž][a-zà-ž ]{0,38}[a-z]", -1000_i32..1000), 3..12),
    ) {
        let kind = if lines { Kind::Lines } else { Kind::Bars };
        let language = if from_the_right { "he" } else { "en" };
        let rows: Vec<(String, f64)> = rows
            .into_iter()
            .map(|(label, value)| {
                let label = label.chars().take(kind.longest_label()).collect();
                // Read from digits, as an editor's are: a power of ten multiplied would leave crumbs.
                (label, format!("{value}e{power}").parse().unwrap())
            })
            .collect();
        let rows: Vec<(&str, f64)> = rows.iter().map(|(label, value)| (label.as_str(), *value)).collect();
        let chart = chart(kind, language, unit, &rows);
        prop_assume!(chart.rows.iter().all(|row| row.figure.width() <= LONGEST_FIGURE));
        prop_assert_eq!(faults(&chart, language), Vec::<String>::new());
    }
}

#[test]
fn a_drawing_is_for_fine_screens_and_the_same_every_time() {
    let chart = chart(Kind::Bars, "en", Some("%"), &[("Here", 43.0), ("There", 31.5)]);
    let brand = Brand::of(Theme::Default);
    let sketch = |palette| Sketch { chart: &chart, palette, language: "en" };
    let light = sketch(&brand.light).draw().unwrap();
    assert_eq!(light, sketch(&brand.light).draw().unwrap());
    assert_ne!(light, sketch(&brand.dark).draw().unwrap());
    let picture = Picture::of("chart", light.into()).unwrap();
    assert_eq!((picture.width, picture.height), (1072, 148));
}

#[test]
fn everything_a_drawing_depends_on_is_in_its_name() {
    let rows = [("Here", 43.0), ("There", 31.5)];
    let (bars, lines) = (chart(Kind::Bars, "en", None, &rows), chart(Kind::Lines, "en", None, &rows));
    let percent = chart(Kind::Bars, "en", Some("%"), &rows);
    let brand = Brand::of(Theme::Default);
    let key = |chart, palette, language| Sketch { chart, palette, language }.key();
    let keys = [
        key(&bars, &brand.light, "en"),
        key(&bars, &brand.dark, "en"),
        key(&bars, &brand.light, "ar"),
        key(&lines, &brand.light, "en"),
        key(&percent, &brand.light, "en"),
    ];
    assert!(keys.iter().enumerate().all(|(at, key)| !keys[at + 1..].contains(key)), "{keys:?}");
    assert_eq!(keys[0], key(&bars, &brand.light, "en"));
}

#[test]
fn a_letter_in_no_font_is_named() {
    let chart = chart(Kind::Bars, "en", None, &[("Here \u{10fffd}", 43.0), ("There", 31.5)]);
    let brand = Brand::of(Theme::Default);
    let drawn = Sketch { chart: &chart, palette: &brand.light, language: "en" }.draw();
    assert_eq!(drawn, Err(Undrawn::Letters("\u{10fffd}".to_owned())));
}
