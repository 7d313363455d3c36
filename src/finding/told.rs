//! Findings as they are collected: what is wrong in one way a thousand times over is one thing to mend.
//!
//! Of each kind in each file the first are kept and the rest are counted, so that a page pasted wrong costs neither
//! the editor's patience nor the machine's memory. The count is told as a finding of its own, of the same level.

use std::sync::Arc;

use super::{Finding, Level, Place, Source};

/// Findings of one check and level in one file that are told one by one.
const ENOUGH: usize = 50;

/// A growing list of findings.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    told: Vec<Finding>,
    kinds: Vec<Kind>,
}

/// What is counted together.
#[derive(Debug)]
struct Kind {
    check: &'static str,
    level: Level,
    source: Option<Arc<Source>>,
    told: usize,
    more: usize,
    /// Where the first of those not told stands.
    first: Option<Place>,
}

impl Kind {
    fn of(finding: &Finding) -> Self {
        let source = finding.place.as_ref().map(|place| place.source.clone());
        Self { check: finding.check, level: finding.level, source, told: 0, more: 0, first: None }
    }

    fn takes(&self, finding: &Finding) -> bool {
        let here = match (&self.source, &finding.place) {
            (Some(source), Some(place)) => Arc::ptr_eq(source, &place.source),
            (None, None) => true,
            _ => false,
        };
        here && self.check == finding.check && self.level == finding.level
    }

    /// `… and 1,950 more like this in the file`
    fn rest(self) -> Option<Finding> {
        if self.more == 0 {
            return None;
        }
        let rest = Finding::new(self.check, self.level, format!("… and {} more like this in the file", self.more));
        Some(Finding { place: self.first.map(|place| Place { label: "the next one".to_owned(), ..place }), ..rest })
    }
}

impl Findings {
    /// How many there are, told or counted.
    pub(crate) fn count(&self) -> usize {
        self.kinds.iter().map(|kind| kind.told + kind.more).sum()
    }

    pub(crate) fn push(&mut self, finding: Finding) {
        let at = match self.kinds.iter().position(|kind| kind.takes(&finding)) {
            Some(at) => at,
            None => {
                self.kinds.push(Kind::of(&finding));
                self.kinds.len() - 1
            }
        };
        let kind = &mut self.kinds[at];
        if kind.told < ENOUGH {
            kind.told += 1;
            self.told.push(finding);
        } else {
            kind.more += 1;
            kind.first = kind.first.take().or(finding.place);
        }
    }

    /// Takes in what was collected elsewhere, its counts included.
    pub(crate) fn absorb(&mut self, other: Self) {
        self.extend(other.told);
        for kind in other.kinds.into_iter().filter(|kind| kind.more > 0) {
            let same = |own: &&mut Kind| match (&own.source, &kind.source) {
                (Some(own), Some(other)) => Arc::ptr_eq(own, other),
                (own, other) => own.is_none() && other.is_none(),
            };
            let mut own = self.kinds.iter_mut().filter(|own| own.check == kind.check && own.level == kind.level);
            if let Some(own) = own.find(same) {
                own.more += kind.more;
                own.first = own.first.take().or(kind.first);
            }
        }
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Finding> {
        self.told.iter()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    /// All that is told, with a line for what is not.
    pub(crate) fn into_vec(self) -> Vec<Finding> {
        let mut told = self.told;
        told.extend(self.kinds.into_iter().filter_map(Kind::rest));
        told
    }
}

impl Extend<Finding> for Findings {
    fn extend<T: IntoIterator<Item = Finding>>(&mut self, findings: T) {
        findings.into_iter().for_each(|finding| self.push(finding));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_a_kind_are_told_and_the_rest_are_counted() {
        let source = Arc::new(Source { path: "a.toml".to_owned(), text: "x".repeat(500) });
        let other = Arc::new(Source { path: "b.toml".to_owned(), text: "x".repeat(500) });
        let finding = |source, at| Finding::warning("words", "few").at(source, at..at + 1, "");
        let mut findings = Findings::default();
        findings.extend((0..ENOUGH).map(|at| finding(&source, at)));
        findings.push(finding(&other, 0));
        findings.push(Finding::error("words", "none"));
        let mut later = Findings::default();
        later.extend((ENOUGH..300).map(|at| finding(&source, at)));
        findings.absorb(later);
        let told = findings.into_vec();
        assert_eq!(told.len(), ENOUGH + 3);
        let rest = told.last().unwrap();
        assert_eq!((rest.title.as_str(), rest.level), ("… and 250 more like this in the file", Level::Warning));
        assert_eq!(rest.place.as_ref().unwrap().span, ENOUGH..ENOUGH + 1);
    }
}
