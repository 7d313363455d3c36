//! Chart blocks: what is made of them, and every way to write one wrong.

use super::*;
use crate::chart::{Kind, Row};
use crate::picture::tests::png;

/// Drawn in no time; some letters are in no font.
pub(super) fn draw(sketch: &Sketch<'_>) -> Result<Picture, Undrawn> {
    let strange = |row: &Row| row.label.contains('\u{13000}');
    if sketch.chart.rows.iter().any(strange) {
        return Err(Undrawn::Letters("\u{13000}".to_owned()));
    }
    Picture::of("chart", png(1072, 400).into()).map_err(Undrawn::Broken)
}

const BARS: &str = "type = \"chart\"\nkind = \"bars\"\ntitle = \"Night trams\"\nalt = \"Tarry Lane rides most\"\n";

fn chart(block: &str) -> Chart {
    let (issue, findings) = run(&and(block), &Shelf::new());
    assert_eq!(told(&findings), Vec::<String>::new());
    let mut blocks = issue.unwrap().blocks;
    let Some(Body::Chart(chart)) = blocks.pop().map(|block| block.body) else { panic!("a chart") };
    chart
}

/// What is said of an issue with this chart: title, and what stands under it.
fn said(block: &str) -> Vec<String> {
    let line = |finding: &Finding| {
        let label = finding.place.as_ref().map_or("", |place| place.label.as_str());
        format!("{}: {}; {label}", finding.check, finding.title)
    };
    run(&and(block), &Shelf::new()).1.iter().map(line).collect()
}

fn rows(rows: &str) -> Vec<String> {
    said(&format!("{BARS}rows = {rows}"))
}

#[test]
fn a_chart_has_its_figures_set_and_both_its_drawings() {
    let chart = chart(&format!(
        "{BARS}unit = \"riders a night\"\nsource = \"Tram office\"\nrows = [[\"Tarry Lane\", 1430], [\"Fish St\", 315.5]]"
    ));
    assert_eq!((chart.kind, chart.title.as_str()), (Kind::Bars, "Night trams"));
    assert_eq!(chart.unit.as_deref(), Some("riders a night"));
    assert_eq!(chart.rows.iter().map(|row| row.figure.as_str()).collect::<Vec<_>>(), ["1,430.0", "315.5"]);
    assert!(chart.drawing.is_some());
}

#[test]
fn a_short_unit_stands_with_each_figure() {
    let chart = chart(&format!("{BARS}unit = \"%\"\nrows = [[\"Here\", 43], [\"There\", -7]]"));
    assert_eq!(chart.unit, None);
    assert_eq!(chart.rows.iter().map(|row| row.figure.as_str()).collect::<Vec<_>>(), ["43%", "\u{2212}7%"]);
}

#[test]
fn every_slip_in_a_row_is_told_where_it_stands() {
    assert_eq!(
        rows("7"),
        ["bad-value: `rows` cannot be a number; expected pairs, such as [[\"Monday\", 12.5], [\"Tuesday\", 9]]"]
    );
    assert_eq!(
        rows("[1, [\"a\"], [], [\"a\", 1, 2]]"),
        [
            "bad-value: a row cannot be a number; expected pairs, such as [[\"Monday\", 12.5], [\"Tuesday\", 9]]",
            "bad-value: a row has a label and no figure; expected a label and a figure, such as [\"Monday\", 12.5]",
            "bad-value: a row is empty; expected a label and a figure, such as [\"Monday\", 12.5]",
            "bad-value: a row has 3 values, and not two; expected a label and a figure, such as [\"Monday\", 12.5]",
        ]
    );
    assert_eq!(
        rows("[[2024, 1], [\" \", 2], [\"c\", true]]"),
        [
            "bad-value: a label cannot be a number; expected text in quotes",
            "bad-value: a label is empty or holds control characters; expected some words",
            "bad-value: a figure cannot be true or false; expected a number",
        ]
    );
    assert_eq!(
        rows("[[\"a\", inf], [\"b\", nan], [\"c\", 1e13], [\"d\", 0.3333]]"),
        [
            "bad-value: a figure is no number one could draw; expected a finite number",
            "bad-value: a figure is no number one could draw; expected a finite number",
            "bad-value: a figure is too large to be read; expected less than a billion thousands",
            "bad-value: a figure has 4 decimals; expected 3 at most",
        ]
    );
}

#[test]
fn a_year_and_a_quoted_figure_are_mended() {
    let (_, findings) = run(&and(&format!("{BARS}rows = [[2024, 1], [\"b\", \"2.5\"]]")), &Shelf::new());
    let fixes: Vec<(&str, bool)> =
        findings.iter().filter_map(|own| own.fix.as_ref()).map(|fix| (fix.with.as_str(), fix.safe)).collect();
    assert_eq!(fixes, [("\"2024\"", true), ("2.5", true)]);
    assert_eq!(told(&findings), ["bad-value 2026-11-24.toml:23:10", "bad-value 2026-11-24.toml:23:26"]);
}

#[test]
fn too_few_too_many_too_long_and_twice_the_same() {
    assert_eq!(rows("[[\"a\", 1]]"), ["bad-value: a chart of bars has 2 to 12 rows; 1 here"]);
    let many: Vec<String> = (0..13).map(|row| format!("[\"row {row}\", {row}]")).collect();
    assert_eq!(rows(&format!("[{}]", many.join(", "))), ["bad-value: a chart of bars has 2 to 12 rows; 13 here"]);
    let long = "x".repeat(41);
    assert_eq!(
        rows(&format!("[[\"{long}\", 1], [\"b\", 2]]")),
        ["bad-value: a label of bars has room for 40 characters; 41 here"]
    );
    assert_eq!(
        rows("[[\"a\", 1234567890], [\"b\", 0.25]]"),
        ["bad-value: a figure has room for 13 characters; 16 as readers get it: 1,234,567,890.00"]
    );
    assert_eq!(rows("[[\"a\", 1], [\"a\", 2]]"), ["bad-value: two rows of this chart have the same label; again here"]);
    let lines = BARS.replace("bars", "lines");
    assert!(said(&format!("{lines}rows = [[\"a\", 1], [\"a\", 2], [\"a\", 3]]")).is_empty(), "Mondays come again");
}

#[test]
fn what_a_chart_cannot_do_without() {
    assert_eq!(
        said("type = \"chart\""),
        [
            "bad-value: a `chart` block has no `kind`; add a line `kind = …` to this block",
            "bad-value: a `chart` block has no `title`; add a line `title = …` to this block",
            "bad-value: a `chart` block has no `rows`; add a line `rows = …` to this block",
            "bad-value: a `chart` block has no `alt`; add a line `alt = …` to this block",
        ]
    );
    let (_, findings) = run(&and(&BARS.replace("bars", "bar")), &Shelf::new());
    let kind = findings.iter().find(|own| own.title.starts_with("`kind`")).unwrap();
    assert_eq!(
        (kind.title.as_str(), kind.help.as_deref()),
        ("`kind` cannot be \"bar\"", Some("did you mean \"bars\"?"))
    );
    let blank = BARS.replace("Tarry Lane rides most", " ");
    assert_eq!(
        said(&format!("{blank}rows = [[\"a\", 1], [\"b\", 2]]")),
        ["alt-missing: a chart needs `alt`: what it shows, in words; "]
    );
}

#[test]
fn letters_in_no_font_leave_the_table() {
    let block = format!("{BARS}rows = [[\"\u{13000}\", 1], [\"b\", 2]]");
    let (issue, findings) = run(&and(&block), &Shelf::new());
    assert_eq!(told(&findings), ["chart-undrawn 2026-11-24.toml:23:8"]);
    assert_eq!(findings[0].level, Level::Warning);
    let Some(Body::Chart(chart)) = issue.unwrap().blocks.pop().map(|block| block.body) else { panic!("a chart") };
    assert_eq!((chart.drawing, chart.rows.len()), (None, 2));
}

#[test]
fn its_words_are_counted_and_announced() {
    let words = |issue: &str| run(issue, &Shelf::new()).0.unwrap().words;
    let with = words(&and(&format!("{BARS}rows = [[\"Tarry Lane\", 1], [\"Fish Street\", 2]]")));
    assert_eq!(with - words(ISSUE), 8, "two of the title, six of the rows");
}
