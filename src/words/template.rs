//! A sentence with places for what differs: `Read it at {host}`, `[All editions] are in the archive`.

use serde::Deserialize;

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(crate) struct Template(String);

impl Template {
    /// The sentence with its places filled; what is put in is never looked through again.
    pub(crate) fn fill(&self, values: &[(&str, &str)]) -> String {
        fill(&self.0, values)
    }

    /// What stands before and after a place.
    pub(crate) fn around(&self, place: &str) -> (&str, &str) {
        self.0.split_once(&format!("{{{place}}}")).unwrap_or((&self.0, ""))
    }

    /// What stands before, in and after the brackets, which hold the words of a link.
    pub(crate) fn link(&self) -> (&str, &str, &str) {
        let in_brackets = self.0.split_once('[').and_then(|(before, rest)| Some((before, rest.split_once(']')?)));
        in_brackets.map_or((&self.0, "", ""), |(before, (words, after))| (before, words, after))
    }
}

/// Fills the places of a text; one that is not named stays as it is.
pub(super) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, (place, after))) =
        rest.split_once('{').and_then(|(before, opened)| Some((before, opened.split_once('}')?)))
    {
        out.push_str(before);
        match values.iter().find(|(name, _)| *name == place) {
            Some((_, value)) => out.push_str(value),
            None => out.extend(["{", place, "}"]),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}
