//! From the least to the most a chart shows, and the few round values between.

use super::{Figures, Kind};

/// An axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scale {
    pub(crate) least: f64,
    pub(crate) most: f64,
    /// Round values with their figures, from the least to the most; bars need none, each says its own.
    pub(crate) ticks: Vec<(f64, String)>,
}

/// Lines across a chart, one more or less.
const TICKS: f64 = 3.0;

impl Scale {
    /// The scale of these values.
    pub(crate) fn of(kind: Kind, values: &[f64], figures: &Figures) -> Self {
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        match kind {
            // A bar is as long as its value: it begins at zero.
            Kind::Bars => Self { least: least.min(0.0), most: most.max(0.0), ticks: Vec::new() },
            Kind::Lines => Self::rounded(least, most, figures),
        }
    }

    /// Where a value stands, 0 at the least and 1 at the most.
    pub(crate) fn share(&self, value: f64) -> f64 {
        let whole = self.most - self.least;
        if whole > 0.0 { (value - self.least) / whole } else { 0.0 }
    }

    /// A line may begin anywhere; it does at zero where that costs less than half of its height.
    fn rounded(least: f64, most: f64, figures: &Figures) -> Self {
        let (least, most) = if least == most { around(least) } else { (least, most) };
        let least = if least > 0.0 && least <= most / 2.0 { 0.0 } else { least };
        let most = if most < 0.0 && most >= least / 2.0 { 0.0 } else { most };
        let step = round_step((most - least) / TICKS);
        let (first, last) = ((least / step).floor(), (most / step).ceil());
        #[expect(clippy::cast_possible_truncation, reason = "a handful of steps")]
        let steps = (last - first) as i32;
        let values: Vec<f64> = (0..=steps).map(|at| tidy((first + f64::from(at)) * step, step)).collect();
        let figures = figures.with_decimals_of(values.iter().copied());
        let ticks = values.iter().map(|value| (*value, figures.set(*value))).collect();
        Self { least: first * step, most: last * step, ticks }
    }
}

/// Something to stand in the middle of, where all values are the same.
fn around(value: f64) -> (f64, f64) {
    let reach = (value.abs() / 10.0).max(1.0);
    (value - reach, value + reach)
}

/// The next of 1, 2, 2.5, 5 and 10 at this power of ten.
fn round_step(rough: f64) -> f64 {
    let power = 10_f64.powf(rough.log10().floor());
    let steps = [1.0, 2.0, 2.5, 5.0, 10.0];
    let step = steps.into_iter().find(|step| step * power >= rough * (1.0 - 1e-9));
    step.unwrap_or(10.0) * power
}

/// Without the crumbs of binary arithmetic: 0.30000000000000004 is 0.3.
fn tidy(value: f64, step: f64) -> f64 {
    let power = 10_f64.powf((1.0 - step.log10().floor()).max(0.0));
    (value * power).round() / power
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: Kind, values: &[f64]) -> (f64, f64, Vec<String>) {
        let figures = Figures::of("en", None, values.iter().copied());
        let Scale { least, most, ticks } = Scale::of(kind, values, &figures);
        (least, most, ticks.into_iter().map(|(_, figure)| figure).collect())
    }

    #[test]
    fn bars_begin_at_zero() {
        assert_eq!(of(Kind::Bars, &[43.0, 31.5]), (0.0, 43.0, vec![]));
        assert_eq!(of(Kind::Bars, &[-4.0, -2.0]), (-4.0, 0.0, vec![]));
    }

    #[test]
    fn lines_stand_between_round_values_and_at_zero_where_that_is_cheap() {
        let figures = |values: &[f64]| of(Kind::Lines, values).2;
        assert_eq!(figures(&[310.0, 1104.0]), ["0", "500", "1,000", "1,500"]);
        assert_eq!(figures(&[4.19, 4.31]), ["4.15", "4.20", "4.25", "4.30", "4.35"], "a tide does not begin at zero");
        assert_eq!(figures(&[-3.4, 2.6]), ["−4", "−2", "0", "2", "4"]);
        assert_eq!(figures(&[0.1, 0.2, 0.3]), ["0.0", "0.1", "0.2", "0.3"], "no crumbs");
    }

    #[test]
    fn a_line_without_ups_and_downs_runs_through_the_middle() {
        for value in [0.0, 7.0, -250.0, 1e12] {
            let (least, most, ticks) = of(Kind::Lines, &[value; 3]);
            assert!(least < value && value < most && ticks.len() > 1, "{value}: {least} {most} {ticks:?}");
        }
    }
}
