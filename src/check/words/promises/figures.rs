//! Figures of a text, as numbers: `4.2`, `1,100`, `R$ 84`, and in English those that are spelt out.

use std::ops::Range;

/// How far apart two figures of one score may stand: `7 votes to 2`.
const SCORE: usize = 24;

pub(super) struct Figure {
    pub(super) at: Range<usize>,
    pub(super) value: f64,
    /// The other side of a score, `7–2`, and where it ends.
    pub(super) beside: Option<(f64, usize)>,
}

impl Figure {
    /// Whether the two stand side by side, this one first.
    pub(super) fn near(&self, next: &Self) -> bool {
        self.at.end <= next.at.start && next.at.start - self.at.end <= SCORE
    }

    /// Both sides of a score, or the figure alone.
    pub(super) fn whole(&self) -> Range<usize> {
        self.at.start..self.beside.map_or(self.at.end, |(_, end)| end)
    }

    /// Whether this may be short for that: the same, rounded, or in millions.
    pub(super) fn stands_for(&self, other: f64) -> bool {
        let round = self.value >= 10.0 && self.value % 10.0 == 0.0;
        let slack = if round { self.value / 10.0 } else { 0.0 };
        [1.0, 1e3, 1e6, 1e9].iter().any(|unit| {
            let scaled = other / unit;
            let whole = self.value.fract() == 0.0 && scaled.fract() != 0.0 && (scaled - self.value).abs() <= 0.5;
            let tenth = self.value.fract() != 0.0 && (scaled - self.value).abs() < 0.051;
            whole || tenth || (scaled - self.value).abs() <= slack
        })
    }
}

/// The figures of a text, in order; with those spelt out where `spelt`.
pub(super) fn figures(text: &str, spelt: bool) -> Vec<Figure> {
    let mut found: Vec<Figure> = Vec::new();
    let mut rest = 0;
    while let Some(start) = text[rest..].find(char::is_alphanumeric).map(|at| rest + at) {
        let figure = text[start..].starts_with(|c: char| c.is_ascii_digit());
        let inside = |(at, c): &(usize, char)| {
            let goes_on = || text[start + at + c.len_utf8()..].starts_with(|c: char| c.is_ascii_digit());
            let thin = matches!(c, '.' | ',' | '\u{202f}' | '\u{a0}' | '’');
            if figure { c.is_ascii_digit() || (thin && goes_on()) } else { c.is_alphabetic() }
        };
        let length: usize = text[start..].char_indices().take_while(inside).map(|(_, c)| c.len_utf8()).sum();
        let end = start + length.max(text[start..].chars().next().map_or(1, char::len_utf8));
        let word = &text[start..end];
        let value = if figure { value(word) } else { number_word(&word.to_lowercase()).filter(|_| spelt).map(whole) };
        if let Some(value) = value {
            found.push(Figure { at: start..end, value, beside: None });
        }
        rest = end;
    }
    scores(text, found)
}

/// Figures of a score know each other, and the second is none of its own.
fn scores(text: &str, figures: Vec<Figure>) -> Vec<Figure> {
    let mut out: Vec<Figure> = Vec::new();
    for figure in figures {
        match out.last_mut() {
            Some(last)
                if ["–", "-", " to ", " zu ", " a "].contains(&&text[last.at.end..figure.at.start])
                    && last.beside.is_none() =>
            {
                last.beside = Some((figure.value, figure.at.end));
                out.push(figure);
            }
            _ => out.push(figure),
        }
    }
    out
}

/// A point or comma before three figures parts thousands.
fn value(word: &str) -> Option<f64> {
    let parts: Vec<&str> = word.split(|c: char| !c.is_ascii_digit()).collect();
    let thousands = parts.len() > 1 && parts[1..].iter().all(|part| part.len() == 3);
    match parts.as_slice() {
        [one] => one.parse().ok(),
        _ if thousands => parts.concat().parse().ok(),
        [one, two] => format!("{one}.{two}").parse().ok(),
        _ => None,
    }
}

fn whole(number: usize) -> f64 {
    u32::try_from(number).map(f64::from).unwrap_or_default()
}

/// English words for numbers, and the share that is written 50% as often.
#[rustfmt::skip]
const SPELT: [(&str, usize); 31] = [
    ("one", 1), ("two", 2), ("three", 3), ("four", 4), ("five", 5), ("six", 6), ("seven", 7), ("eight", 8),
    ("nine", 9), ("ten", 10), ("eleven", 11), ("twelve", 12), ("thirteen", 13), ("fourteen", 14), ("fifteen", 15),
    ("sixteen", 16), ("seventeen", 17), ("eighteen", 18), ("nineteen", 19), ("twenty", 20), ("thirty", 30),
    ("forty", 40), ("fifty", 50), ("sixty", 60), ("seventy", 70), ("eighty", 80), ("ninety", 90), ("hundred", 100),
    ("thousand", 1000), ("dozen", 12), ("half", 50),
];

pub(super) fn number_word(word: &str) -> Option<usize> {
    SPELT.iter().find(|(own, _)| *own == word).map(|(_, number)| *number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_however_they_are_set() {
        let values = |text: &str| figures(text, true).iter().map(|figure| figure.value).collect::<Vec<_>>();
        assert_eq!(values("R$ 84 milhões, 4.2, 1,100 and 1.200.000"), [84.0, 4.2, 1100.0, 1_200_000.0]);
        assert_eq!(values("Twenty-one, G7 and the 90s; 6:30"), [20.0, 1.0, 7.0, 90.0, 6.0, 30.0]);
        let score = figures("Council votes 7–2", false);
        assert_eq!((score[0].value, score[0].beside), (7.0, Some((2.0, "Council votes 7–2".len()))));
    }

    #[test]
    fn a_round_figure_may_be_short_for_another() {
        let stands = |text: &str, other: f64| figures(text, false)[0].stands_for(other);
        assert!(stands("200 homes", 211.0) && stands("4 million", 4.2) && stands("4.2m", 4_180_000.0));
        assert!(!stands("821 pupils", 812.0) && !stands("200 homes", 300.0) && !stands("5 schools", 2.0));
    }
}
