//! Names that two places of one issue spell in two ways: one of them is wrong.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Passage;
use crate::config::Config;
use crate::finding::{Finding, Findings};

/// Names an issue may have; one with more is a directory.
const MOST: usize = 1_000;

/// Letters of the shorter of two parts of a name that are compared.
const SHORTEST: usize = 4;

/// A first name and a name, where they stand first and how often.
struct Name<'p> {
    passage: &'p Passage,
    at: Range<usize>,
    /// How many other names came before it.
    order: usize,
    count: usize,
}

impl Name<'_> {
    /// `issues/stories/a.md:12`, where it stands first.
    fn place(&self) -> Option<String> {
        let source = &self.passage.text.source;
        let (line, _) = source.line_col(self.passage.text.part(self.at.clone()).start);
        (!source.path.is_empty()).then(|| format!("{}:{line}", source.path))
    }
}

/// `Odile Farant` here, `Odile Farrant` everywhere else: one part is the same, the other one slip of the fingers off.
pub(super) fn check(passages: &[Passage], config: &Config, findings: &mut Findings) {
    let mut names: BTreeMap<(&str, &str), Name<'_>> = BTreeMap::new();
    // A spelling the house has ruled on is another check's.
    let ruled: Vec<&str> = config
        .style
        .iter()
        .flat_map(|(wrong, right)| wrong.split_whitespace().filter(|word| !right.contains(word)))
        .collect();
    for passage in passages {
        for run in &passage.runs {
            for (first, second, at) in pairs(&passage.text.value[run.clone()]) {
                if ruled.contains(&first) || ruled.contains(&second) {
                    continue;
                }
                let at = run.start + at.start..run.start + at.end;
                let order = names.len();
                names.entry((first, second)).or_insert(Name { passage, at, order, count: 0 }).count += 1;
            }
        }
    }
    if names.len() > MOST {
        return;
    }
    let house: Vec<(&str, &str)> = config.authors.values().filter_map(|author| author.name.split_once(' ')).collect();
    for ((first, second), name) in &names {
        if house.contains(&(first, second)) {
            continue;
        }
        // The more frequent one is right, and of two that stand once the one that came first.
        let better =
            |other: &Name<'_>| other.count > name.count || (other.count == name.count && other.order < name.order);
        let beside = names.keys().chain(&house).find(|other| {
            let believed = house.contains(other) || names.get(other).is_some_and(better);
            believed && is_slip((first, second), **other)
        });
        if let Some((other_first, other_second)) = beside {
            let title = format!("\"{first} {second}\" here, \"{other_first} {other_second}\" elsewhere");
            let finding = Finding::warning("name-slip", title);
            let finding = name.passage.say(finding, name.at.clone(), "one person, or two?");
            let finding = match names.get(&(*other_first, *other_second)).and_then(Name::place) {
                Some(place) => finding.because(format!("\"{other_first} {other_second}\" stands in {place}")),
                None => finding.because("config.toml [authors] spells it so"),
            };
            findings.push(finding.help("look the name up; `waive name-slip` if these are two people"));
        }
    }
    // German writes every noun so: Tochter and Töchter are no slip.
    if !config.publication.language.starts_with("de") {
        alone(passages, &names, &house, findings);
    }
}

/// Letters of a surname that is known without its first name.
const KNOWN: usize = 7;

/// `Tomzcak said`, `Mayor Halquist`, where the issue knows an Ed Tomczak and a Ruth Hallquist.
fn alone(
    passages: &[Passage],
    names: &BTreeMap<(&str, &str), Name<'_>>,
    house: &[(&str, &str)],
    findings: &mut Findings,
) {
    let known: Vec<(&str, &str)> = names.keys().chain(house).copied().collect();
    let full = |word: &str| known.iter().any(|(first, last)| *last == word && !TITLES.contains(first));
    let mut met: BTreeMap<&str, Vec<(&Passage, Range<usize>)>> = BTreeMap::new();
    for passage in passages {
        for run in &passage.runs {
            for (word, at) in capitals(&passage.text.value[run.clone()]) {
                met.entry(word).or_default().push((passage, run.start + at.start..run.start + at.end));
            }
        }
    }
    for (word, places) in met {
        let [(passage, at)] = places.as_slice() else { continue };
        let of_a_name = known.iter().any(|(first, last)| *first == word || (*last == word && !TITLES.contains(first)));
        if of_a_name || full(word) {
            continue;
        }
        let near = |own: &str| {
            own.chars().count() >= KNOWN
                && own.chars().next() == word.chars().next()
                && !own.starts_with(word)
                && !word.starts_with(own)
                && strsim::damerau_levenshtein(own, word) == 1
        };
        if let Some((first, last)) = known.iter().find(|(first, last)| !TITLES.contains(first) && near(last)) {
            let finding = Finding::warning("name-slip", format!("\"{word}\" here, \"{first} {last}\" elsewhere"));
            let finding = passage.say(finding, at.clone(), "one person, or two?");
            findings.push(finding.help("look the name up; `waive name-slip` if these are two people"));
        }
    }
}

/// What stands in capitals before a surname, and is no name.
#[rustfmt::skip]
const TITLES: &[&str] = &[
    "Mr", "Mrs", "Ms", "Miss", "Dr", "Mayor", "Captain", "Professor", "President", "Councillor", "Judge", "Sir", "Lord",
    "Lady", "Dame", "Chief", "Sheriff", "Senator", "Governor", "Minister", "Officer", "Inspector", "Sergeant", "Father",
    "Sister", "Bishop", "Superintendent", "Coach", "Engineer", "Teacher", "Herr", "Frau", "Senhor", "Senhora", "The", "But", "And", "When", "If", "As", "In", "For", "So", "Then", "That",
    "This", "Both", "While", "Only", "Even", "Yet", "On", "At", "By", "With", "After", "Before",
];

/// Long words in capitals, wherever they stand.
fn capitals(text: &str) -> impl Iterator<Item = (&str, Range<usize>)> {
    let mut at = 0;
    text.split_inclusive(|c: char| !(c.is_alphanumeric() || c == '-')).filter_map(move |piece| {
        let start = at;
        at += piece.len();
        let word = piece.trim_end_matches(|c: char| !(c.is_alphanumeric() || c == '-'));
        let name = word.chars().count() + 1 >= KNOWN
            && word.starts_with(char::is_uppercase)
            && word.chars().skip(1).any(char::is_lowercase);
        name.then_some((word, start..start + word.len()))
    })
}

/// Whether two names are likely one: one part the same, the other with one letter missing, too many, swapped or wrong.
fn is_slip(one: (&str, &str), other: (&str, &str)) -> bool {
    let near = |one: &str, other: &str| {
        let long = one.chars().count().min(other.chars().count()) >= SHORTEST;
        // `Roy` and `Roys`, `Russia` and `Russian`: an ending is grammar.
        let ending = one.starts_with(other) || other.starts_with(one);
        long && !ending && strsim::damerau_levenshtein(one, other) == 1
    };
    // Mario and Maria are brother and sister.
    let siblings = |one: &str, other: &str| {
        one.len() == other.len() && one.chars().zip(other.chars()).filter(|(one, other)| one != other).count() == 1
    };
    (one.0 == other.0 && near(one.1, other.1))
        || (one.1 == other.1 && near(one.0, other.0) && !siblings(one.0, other.0))
}

/// Two words in capitals side by side, as a name has them, with their bytes.
fn pairs(text: &str) -> Vec<(&str, &str, Range<usize>)> {
    let mut found = Vec::new();
    let mut last: Option<(usize, &str)> = None;
    let mut at = 0;
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        let opened = word.trim_start_matches(|c: char| !c.is_alphanumeric());
        let start = at + word.len() - opened.len();
        let bare = opened.trim_end_matches(|c: char| !c.is_alphanumeric());
        let bare = bare.strip_suffix("'s").or_else(|| bare.strip_suffix("’s")).unwrap_or(bare);
        let capital = bare.starts_with(char::is_uppercase) && bare.chars().skip(1).any(char::is_lowercase);
        if let Some((from, first)) = last.filter(|_| capital && start == at) {
            found.push((first, bare, from..start + bare.len()));
        }
        let goes_on = capital && bare.len() == opened.len();
        last = if word.is_empty() && !piece.is_empty() { last } else { goes_on.then_some((start, bare)) };
        at += piece.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_two_words_in_capitals_with_nothing_between_them() {
        let names = |text: &'static str| {
            pairs(text).into_iter().map(|(one, two, at)| (one, two, &text[at])).collect::<Vec<_>>()
        };
        assert_eq!(names("said Odile Farrant's deputy."), [("Odile", "Farrant", "Odile Farrant")]);
        assert_eq!(names("to Leila\nBrandt, Ada"), [("Leila", "Brandt", "Leila\nBrandt")]);
        assert!(names("Tarry, Lane. The NHS Trust of Rope").is_empty());
    }

    #[test]
    fn one_letter_makes_a_slip_and_an_ending_makes_grammar() {
        assert!(is_slip(("Odile", "Farrant"), ("Odile", "Farant")));
        assert!(is_slip(("Lelia", "Brandt"), ("Leila", "Brandt")));
        assert!(!is_slip(("Harbour", "Trust"), ("Harbour", "Trusts")));
        assert!(!is_slip(("Ada", "Roy"), ("Ada", "Ray")));
        assert!(!is_slip(("Mario", "Silva"), ("Maria", "Silva")));
        assert!(!is_slip(("Odile", "Farrant"), ("Edile", "Farant")));
    }
}
