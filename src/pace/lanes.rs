//! Lanes: groups of receivers' domains that share a pace and a guard.

use std::collections::HashMap;
use std::sync::Arc;

/// The lane of every domain that no other names.
pub(crate) const OTHERS: &str = "others";

/// All lanes of a newsroom; the last one is `others`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lanes {
    lanes: Vec<(Arc<str>, Option<u32>)>,
    by_domain: HashMap<String, usize>,
}

impl Default for Lanes {
    fn default() -> Self {
        Self::new([])
    }
}

impl Lanes {
    /// Lanes by name: their domains as A-labels in small letters, and messages a second. One named `others` sets
    /// the pace of everyone else; where two name a domain, the first has it.
    pub(crate) fn new(given: impl IntoIterator<Item = (String, Vec<String>, Option<u32>)>) -> Self {
        let mut lanes: Vec<(Arc<str>, Option<u32>)> = Vec::new();
        let mut by_domain = HashMap::new();
        let mut others = None;
        for (name, domains, rate) in given {
            if name == OTHERS {
                others = rate;
                continue;
            }
            for domain in domains {
                by_domain.entry(domain).or_insert(lanes.len());
            }
            lanes.push((name.into(), rate));
        }
        lanes.push((OTHERS.into(), others));
        Self { lanes, by_domain }
    }

    /// The place of the lane a receiver's domain belongs to.
    pub(crate) fn of(&self, domain: &str) -> usize {
        self.by_domain.get(domain).copied().unwrap_or(self.lanes.len() - 1)
    }

    /// Names and messages a second, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Arc<str>, Option<u32>)> {
        self.lanes.iter().map(|(name, rate)| (name, *rate))
    }

    /// Every domain that has a lane of its own, with that lane's name, sorted.
    pub(crate) fn domains(&self) -> Vec<(&str, &str)> {
        let mut domains: Vec<_> =
            self.by_domain.iter().map(|(domain, lane)| (domain.as_str(), &*self.lanes[*lane].0)).collect();
        domains.sort_unstable();
        domains
    }
}
