//! A postal address among words that run from the right: what is Latin in it, and numbers that belong together, keep
//! their own order.

use std::ops::Range;

use maud::{Markup, html};

use super::sides::runs_from_the_right;
use crate::words::direction;

/// The address as it is printed in a language.
pub(crate) fn address(text: &str, language: &str) -> Markup {
    let apart = if direction(language) == "rtl" { apart(text) } else { Vec::new() };
    let mut at = 0;
    let pieces: Vec<(&str, &str)> = apart
        .into_iter()
        .map(|range| {
            let before = &text[at..range.start];
            at = range.end;
            (before, &text[range])
        })
        .collect();
    html! { @for (before, own) in pieces { (before) span dir="ltr" { (own) } } (text[at..]) }
}

/// The stretches that are read from the left: `411 Superior Street, WI 54806`, `12-14`.
fn apart(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    for part in text.split_inclusive([',', '،', ';', '\n']) {
        let here = at..at + part.len();
        at = here.end;
        if part.contains(runs_from_the_right) {
            found.extend(stretches(part).map(|own| here.start + own.start..here.start + own.end));
        } else if let Some(own) = trimmed(part).map(|own| here.start + own.start..here.start + own.end) {
            // Parts of one Latin address follow each other as they stand.
            match found.last_mut().filter(|last| text[last.end..own.start].chars().all(|c| c == ',' || c == ' ')) {
                Some(last) => last.end = own.end,
                None => found.push(own),
            }
        }
    }
    found.retain(|own| is_read_from_the_left(&text[own.clone()]));
    found
}

/// Words between those that run from the right.
fn stretches(part: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    let between = |c: char| runs_from_the_right(c) || matches!(c, '(' | ')' | '[' | ']');
    part.split(between).filter_map(move |own| {
        let start = at;
        at += own.len();
        at += part[at..].chars().next().map_or(0, char::len_utf8);
        trimmed(own).map(|own| start + own.start..start + own.end)
    })
}

fn trimmed(text: &str) -> Option<Range<usize>> {
    let start = text.find(char::is_alphanumeric)?;
    let (last, letter) = text.char_indices().rfind(|(_, c)| c.is_alphanumeric())?;
    Some(start..last + letter.len_utf8())
}

/// Latin words, and figures that something stands between; a figure alone has no order to lose.
fn is_read_from_the_left(own: &str) -> bool {
    let latin = own.contains(|c: char| c.is_alphabetic());
    let joined = own.contains(|c: char| !c.is_alphanumeric()) && own.contains(|c: char| c.is_ascii_digit());
    latin || joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str) -> Vec<&str> {
        apart(text).into_iter().map(|own| &text[own]).collect()
    }

    #[test]
    fn a_number_stays_on_its_side_of_the_street() {
        assert_eq!(kept("منارة الميناء، شارع الجمارك 12-14، الإسكندرية 21599"), ["12-14"]);
        assert_eq!(
            kept("منارة الميناء، 411 Superior Street, Kestrel Bay, WI 54806"),
            ["411 Superior Street, Kestrel Bay, WI 54806"]
        );
        assert_eq!(kept("מגדלור הנמל, רחוב המכס 12/3, חיפה 3303312"), ["12/3"]);
        assert_eq!(kept("شارع الجمارك 12-14 (411 Superior Street)، 3"), ["12-14", "411 Superior Street"]);
        assert_eq!(kept("שדרות Ben Gurion 5, תל אביב"), ["Ben Gurion 5"]);
        assert!(kept("صحيفة المنارة، شارع الجمارك 12، الدور 3، الإسكندرية 21599").is_empty());
    }

    #[test]
    fn only_what_runs_the_other_way_is_marked() {
        let html = |language| address("دار، شارع 12-14", language).into_string();
        assert_eq!(html("ar"), "دار، شارع <span dir=\"ltr\">12-14</span>");
        assert_eq!(html("en"), "دار، شارع 12-14");
        assert_eq!(address("A & B", "en").into_string(), "A &amp; B");
    }
}
