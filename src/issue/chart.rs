//! A chart block: its rows read one by one, every slip told where it stands, and the chart drawn for day and night.

use unicode_width::UnicodeWidthStr;

use crate::chart::{
    Chart, Drawing, Figures, Kind, LONGEST_FIGURE, MOST_DECIMALS, Row, Scale, Sketch, Undrawn, decimals,
};
use crate::config::tree::{Kind as Shape, Text, Value};
use crate::finding::{Finding, Findings};
use crate::issue::compile::Compiler;
use crate::issue::fields::{Fields, Said, bad};

/// A chart as written. What is absent or was refused is `None`, which was said.
pub(crate) struct ChartFile {
    kind: Option<Said<Kind>>,
    title: Option<Text>,
    /// The rows that can be read, and where all of them stand.
    rows: Option<(Vec<RowFile>, Value)>,
    unit: Option<Text>,
    source: Option<Text>,
    alt: Option<Text>,
}

struct RowFile {
    label: Text,
    value: f64,
    /// Where the value stands.
    written: Value,
}

/// A larger number has a unit of its own: millions, tonnes.
const LARGEST: f64 = 1e12;

pub(crate) fn read(fields: &mut Fields<'_>) -> ChartFile {
    ChartFile {
        kind: fields.choice("kind", &Kind::WORDS),
        title: fields.words("title"),
        rows: rows(fields),
        unit: fields.words("unit"),
        source: fields.words("source"),
        alt: fields.text("alt"),
    }
}

const WANTED: &str = "expected pairs, such as [[\"Monday\", 12.5], [\"Tuesday\", 9]]";

fn rows(fields: &mut Fields<'_>) -> Option<(Vec<RowFile>, Value)> {
    let value = fields.table.get("rows")?;
    let Shape::List(items) = &value.kind else {
        fields.out.push(bad(value, format!("`rows` cannot be {}", value.shape()), WANTED));
        return None;
    };
    let told = fields.out.count();
    let rows = items.iter().filter_map(|item| row(item, fields.out)).collect();
    // Of rows that were refused nobody can say whether there are enough.
    (fields.out.count() == told).then(|| (rows, value.clone()))
}

/// `["Monday", 12.5]`
fn row(item: &Value, out: &mut Findings) -> Option<RowFile> {
    let Shape::List(pair) = &item.kind else {
        out.push(bad(item, format!("a row cannot be {}", item.shape()), WANTED));
        return None;
    };
    let [label, figure] = pair.as_slice() else {
        let title = match pair.len() {
            0 => "a row is empty".to_owned(),
            1 => "a row has a label and no figure".to_owned(),
            more => format!("a row has {more} values, and not two"),
        };
        out.push(bad(item, title, "expected a label and a figure, such as [\"Monday\", 12.5]"));
        return None;
    };
    let (label, value) = (self::label(label, out), value(figure, out));
    Some(RowFile { label: label?, value: value?, written: figure.clone() })
}

fn label(value: &Value, out: &mut Findings) -> Option<Text> {
    let text = value.text().filter(|text| !text.is_blank() && text.control(false).is_none());
    if text.is_none() {
        let written = value.source.text[value.span.clone()].to_owned();
        out.push(match value.text() {
            Some(_) => bad(value, "a label is empty or holds control characters", "expected some words"),
            // A year is a name here.
            None => bad(value, format!("a label cannot be {}", value.shape()), "expected text in quotes")
                .mend(value.span.clone(), format!("\"{written}\"")),
        });
    }
    text
}

fn value(value: &Value, out: &mut Findings) -> Option<f64> {
    let Some(number) = value.number() else {
        let finding = bad(value, format!("a figure cannot be {}", value.shape()), "expected a number");
        let meant = value.text().filter(|text| text.value.trim().parse::<f64>().is_ok_and(f64::is_finite));
        out.push(match meant {
            Some(text) => finding.help("a figure stands without quotes").mend(value.span.clone(), text.value.trim()),
            None => finding,
        });
        return None;
    };
    let finding = if !number.is_finite() {
        bad(value, "a figure is no number one could draw", "expected a finite number")
    } else if number.abs() > LARGEST {
        bad(value, "a figure is too large to be read", "expected less than a billion thousands")
            .help("say it in millions or tonnes, and name them in `unit`")
    } else if decimals(number) > MOST_DECIMALS {
        let rounded = format!("{number:.*}", MOST_DECIMALS);
        bad(value, format!("a figure has {} decimals", decimals(number)), format!("expected {MOST_DECIMALS} at most"))
            .help("round it as far as it is meant")
            .fix(value.span.clone(), rounded)
    } else {
        return Some(number);
    };
    out.push(finding);
    None
}

impl Compiler<'_> {
    /// `None` where it cannot be built, which was said.
    pub(crate) fn chart(&mut self, file: &ChartFile) -> Option<Chart> {
        let title = file.title.as_ref().map(|title| self.read_line(title));
        let unit = file.unit.as_ref().map(|unit| self.read_line(unit));
        let source = file.source.as_ref().and_then(|source| self.credited_source(source));
        let alt = file.alt.as_ref().map(|alt| self.chart_alt(alt));
        let (kind, rows) = (file.kind.as_ref()?.value, file.rows.as_ref()?);
        let (rows, place) = rows;
        let values: Vec<f64> = rows.iter().map(|row| row.value).collect();
        let figures = Figures::of(&self.config.publication.language, unit.as_deref(), values.iter().copied());
        let fits = self.fitting(kind, rows, place, &figures);
        let rows = rows
            .iter()
            .map(|row| Row { label: self.read_line(&row.label), value: row.value, figure: figures.set(row.value) })
            .collect();
        let chart = Chart {
            kind,
            title: title?,
            unit: unit.filter(|_| !figures.carry_unit()),
            rows,
            source,
            alt: alt?,
            scale: Scale::of(kind, &values, &figures),
            drawing: None,
        };
        let drawing = if fits { self.drawing(&chart, place) } else { None };
        Some(Chart { drawing, ..chart })
    }

    fn chart_alt(&mut self, alt: &Text) -> String {
        if alt.is_blank() {
            self.without_alt(alt, "a chart");
        }
        self.read_line(alt)
    }

    /// Whether as many rows, with labels and figures as long, make a chart of this kind.
    fn fitting(&mut self, kind: Kind, rows: &[RowFile], place: &Value, figures: &Figures) -> bool {
        let told = self.findings.count();
        let (least, most) = (*kind.rows().start(), *kind.rows().end());
        let name = Kind::WORDS.iter().find(|(_, own)| *own == kind).map_or("", |(word, _)| word);
        if !kind.rows().contains(&rows.len()) {
            let finding =
                bad(place, format!("a chart of {name} has {least} to {most} rows"), format!("{} here", rows.len()));
            self.findings.push(match rows.len() < least {
                true => finding.help("a number block, or a sentence, says it better"),
                false => finding.help("show fewer, or put those that are alike together"),
            });
        }
        for row in rows {
            let columns = row.label.value.trim().width();
            if columns > kind.longest_label() {
                let title = format!("a label of {name} has room for {} characters", kind.longest_label());
                let finding = Finding::error("bad-value", title);
                self.findings.push(finding.at(&row.label.source, row.label.span.clone(), format!("{columns} here")));
            }
        }
        // All have the decimals of the most exact one: the longest is told, the others follow it.
        let longest = rows.iter().map(|row| (figures.set(row.value), row)).max_by_key(|(figure, _)| figure.width());
        if let Some((figure, row)) = longest.filter(|(figure, _)| figure.width() > LONGEST_FIGURE) {
            let finding = Finding::error("bad-value", format!("a figure has room for {LONGEST_FIGURE} characters"));
            let label = format!("{} as readers get it: {figure}", figure.width());
            let finding = finding.at(&row.written.source, row.written.span.clone(), label);
            self.findings.push(finding.help("say it in thousands, millions or tonnes, and name them in `unit`"));
        }
        if kind == Kind::Bars {
            self.twice(rows);
        }
        self.findings.count() == told
    }

    /// Two bars of one name cannot be told apart.
    fn twice(&mut self, rows: &[RowFile]) {
        for (at, row) in rows.iter().enumerate() {
            if let Some(first) = rows[..at].iter().find(|other| other.label.value.trim() == row.label.value.trim()) {
                let finding = Finding::error("bad-value", "two rows of this chart have the same label");
                let finding = finding.at(&row.label.source, row.label.span.clone(), "again here");
                self.findings.push(finding.also(&first.label.source, first.label.span.clone(), "first here"));
            }
        }
    }

    /// Both drawings; where there are none its figures stand alone, which is said.
    fn drawing(&mut self, chart: &Chart, place: &Value) -> Option<Drawing> {
        let (brand, language) = (&self.newsletter.look.brand, self.config.publication.language.as_str());
        let draw = |palette| self.library.draw(&Sketch { chart, palette, language });
        let drawn = draw(&brand.light).and_then(|light| Ok(Drawing { light, dark: draw(&brand.dark)? }));
        let undrawn = match drawn {
            Ok(drawing) => return Some(drawing),
            Err(undrawn) => undrawn,
        };
        let finding = match undrawn {
            Undrawn::Letters(letters) => {
                let letters: Vec<String> = letters.chars().map(String::from).collect();
                Finding::warning("chart-undrawn", "this chart is shown as a table: no font here has all of its letters")
                    .at(&place.source, place.span.clone(), format!("no font has {}", letters.join(" ")))
                    .help("install one that has them, such as Debian's fonts-noto, or write the labels another way")
            }
            Undrawn::Broken(why) => Finding::warning(
                "chart-undrawn",
                "this chart is shown as a table: it cannot be drawn",
            )
            .at(&place.source, place.span.clone(), why),
        };
        self.findings.push(finding);
        None
    }
}
