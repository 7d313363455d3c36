//! Figures as a language sets them: its comma or point, its thousands, where its units stand (Unicode CLDR,
//! decimal, percent and currency patterns).

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

const NBSP: char = '\u{a0}';
const NARROW: char = '\u{202f}';
const MINUS: char = '\u{2212}';

/// A longer unit is said once and not with every figure.
const SHORT: usize = 3;

/// More, and no room is left to draw in.
pub(crate) const LONGEST_FIGURE: usize = 13;

/// More figures behind the point than anybody reads.
pub(crate) const MOST_DECIMALS: usize = 3;

/// How the figures of one chart are set: all with the same number of decimals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Figures {
    manner: Manner,
    decimals: usize,
    /// What every figure brings along.
    unit: Option<Unit>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Manner {
    decimal: char,
    group: char,
    /// A number of four figures has no mark for its thousand.
    sparing: bool,
    /// Before the percent sign.
    percent_space: bool,
    /// £4, and not 4 £.
    currency_first: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Unit {
    words: String,
    place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Before,
    Behind,
    /// Behind a space at which no line breaks.
    Apart,
}

impl Figures {
    /// For these values in a unit; as many decimals as the most exact of them has.
    pub(crate) fn of(language: &str, unit: Option<&str>, values: impl IntoIterator<Item = f64>) -> Self {
        let manner = Manner::of(language);
        let decimals = values.into_iter().map(decimals).max().unwrap_or(0).min(MOST_DECIMALS);
        let short = unit.filter(|unit| unit.width() <= SHORT);
        Self { manner, decimals, unit: short.map(|unit| Unit { words: unit.to_owned(), place: manner.place(unit) }) }
    }

    /// Whether each figure brings its unit along.
    pub(crate) fn carry_unit(&self) -> bool {
        self.unit.is_some()
    }

    /// The same for values that need more or fewer decimals: those on an axis.
    pub(crate) fn with_decimals_of(&self, values: impl IntoIterator<Item = f64>) -> Self {
        Self { decimals: values.into_iter().map(decimals).max().unwrap_or(0), ..self.clone() }
    }

    /// `−1,204.5 m`
    pub(crate) fn set(&self, value: f64) -> String {
        let digits = format!("{:.*}", self.decimals, value.abs());
        let zero = digits.bytes().all(|byte| matches!(byte, b'0' | b'.'));
        let (whole, rest) = digits.split_once('.').unwrap_or((&digits, ""));
        let mut figure = self.manner.grouped(whole);
        if !rest.is_empty() {
            figure.push(self.manner.decimal);
            figure.push_str(rest);
        }
        let figure = match &self.unit {
            None => figure,
            Some(Unit { words, place: Place::Before }) => format!("{words}{figure}"),
            Some(Unit { words, place: Place::Behind }) => format!("{figure}{words}"),
            Some(Unit { words, place: Place::Apart }) => format!("{figure}{NBSP}{words}"),
        };
        if value < 0.0 && !zero { format!("{MINUS}{figure}") } else { figure }
    }
}

/// A figure for a line that runs from the right, where its minus would fall behind it without a mark.
pub(crate) fn held(figure: &str) -> String {
    if figure.starts_with(MINUS) { format!("\u{200e}{figure}") } else { figure.to_owned() }
}

impl Manner {
    fn of(language: &str) -> Self {
        let tag = language.to_ascii_lowercase();
        let mut subtags = tag.split(['-', '_']);
        let (primary, region) = (subtags.next().unwrap_or_default(), subtags.next_back().unwrap_or_default());
        let english = Self { decimal: '.', group: ',', sparing: false, percent_space: false, currency_first: true };
        let comma = Self { decimal: ',', group: '.', sparing: false, percent_space: true, currency_first: false };
        let spaced = Self { group: NBSP, ..comma };
        match (primary, region) {
            ("de", "ch" | "li") => Self { group: '’', percent_space: false, ..english },
            ("es", "mx" | "us" | "pr" | "gt" | "hn" | "ni" | "pa" | "pe" | "sv" | "do") => english,
            ("de" | "da" | "hr" | "sl" | "sr" | "ro" | "ca" | "gl" | "eu" | "is", _) => comma,
            ("es", _) => Self { sparing: true, ..comma },
            ("it" | "nl" | "el" | "id", _) => Self { percent_space: false, ..comma },
            ("tr", _) => Self { percent_space: false, currency_first: true, ..comma },
            ("pt", "pt") => Self { sparing: true, percent_space: false, ..spaced },
            ("pt", _) => Self { percent_space: false, currency_first: true, ..comma },
            ("fr", _) => Self { group: NARROW, ..comma },
            ("pl", _) => Self { sparing: true, percent_space: false, ..spaced },
            ("hu" | "bg" | "uk", _) => Self { percent_space: false, ..spaced },
            ("sv" | "nb" | "nn" | "no" | "fi" | "cs" | "sk" | "ru" | "be" | "et" | "lv" | "lt", _) => spaced,
            ("he" | "iw" | "ar" | "fa", _) => Self { currency_first: false, ..english },
            _ => english,
        }
    }

    fn grouped(self, whole: &str) -> String {
        if whole.len() <= 3 || (self.sparing && whole.len() == 4) {
            return whole.to_owned();
        }
        let mut out = String::new();
        for (at, digit) in whole.char_indices() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                out.push(self.group);
            }
            out.push(digit);
        }
        out
    }

    fn place(self, unit: &str) -> Place {
        let first = unit.chars().next().unwrap_or_default();
        let currency = matches!(first, '$' | '£' | '€' | '¥' | '₪' | '₺' | '₹' | '₽' | '₩' | '₴') || unit == "R$";
        match first {
            _ if currency && self.currency_first => Place::Before,
            '%' | '‰' if self.percent_space => Place::Apart,
            '%' | '‰' => Place::Behind,
            '°' if unit.chars().count() == 1 || self.decimal == '.' => Place::Behind,
            // Scripts without spaces set none here either.
            wide if wide.width() == Some(2) => Place::Behind,
            _ => Place::Apart,
        }
    }
}

/// Figures behind the point, as many as it takes to read the value back.
pub(crate) fn decimals(value: f64) -> usize {
    let shortest = value.abs().to_string();
    shortest.split_once('.').map_or(0, |(_, rest)| rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(language: &str, unit: Option<&str>, values: &[f64]) -> Vec<String> {
        let figures = Figures::of(language, unit, values.iter().copied());
        values.iter().map(|value| figures.set(*value)).collect()
    }

    #[test]
    fn a_language_has_its_own_comma_thousands_and_percent() {
        for (language, figure, percent) in [
            ("en-GB", "1,234,567.5", "4.5%"),
            ("de", "1.234.567,5", "4,5\u{a0}%"),
            ("de-CH", "1’234’567.5", "4.5%"),
            ("fr", "1\u{202f}234\u{202f}567,5", "4,5\u{a0}%"),
            ("pt-PT", "1\u{a0}234\u{a0}567,5", "4,5%"),
            ("pt-BR", "1.234.567,5", "4,5%"),
            ("ja", "1,234,567.5", "4.5%"),
            ("ar", "1,234,567.5", "4.5%"),
        ] {
            assert_eq!(set(language, None, &[1_234_567.5]), [figure], "{language}");
            assert_eq!(set(language, Some("%"), &[4.5]), [percent], "{language}");
        }
        assert_eq!(set("es", None, &[1234.0]), ["1234"], "four figures need no mark");
        assert_eq!(set("es", None, &[12345.0]), ["12.345"]);
    }

    #[test]
    fn all_figures_of_a_chart_have_as_many_decimals_and_a_minus_that_is_one() {
        assert_eq!(set("en", None, &[3.0, 0.25, -12.5, 0.0]), ["3.00", "0.25", "\u{2212}12.50", "0.00"]);
        assert_eq!(set("en", None, &[-0.0, 1.0]), ["0", "1"]);
    }

    #[test]
    fn money_stands_where_the_language_has_it() {
        assert_eq!(set("en", Some("£"), &[-1204.0]), ["\u{2212}£1,204"]);
        assert_eq!(set("de", Some("€"), &[1204.0]), ["1.204\u{a0}€"]);
        assert_eq!(set("pt-BR", Some("R$"), &[9.0]), ["R$9"]);
        assert_eq!(set("en", Some("km"), &[9.0]), ["9\u{a0}km"]);
        assert_eq!(set("ja", Some("人"), &[9.0]), ["9人"]);
        assert_eq!(set("en", Some("riders"), &[9.0]), ["9"], "a long unit is said once, elsewhere");
    }
}
