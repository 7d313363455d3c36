//! A finding's lines, as the command line draws them: the source with its carets, what is written under them, and
//! the mend as a small diff.

use maud::{Markup, html};

use crate::finding::{Mend, Place};

/// Characters of a line that are shown before and behind what is meant.
const BEFORE: usize = 26;
const BEHIND: usize = 60;

/// Where it is, and what stands there. `number` names the finding for whoever opens it in an editor.
pub(super) fn place(place: &Place, number: Option<usize>) -> Markup {
    let (line, column) = place.source.line_col(place.span.start);
    let at = format!("{}:{line}", place.source.path);
    html! {
        p.at {
            button.plain type="button" data-copy=(at) title="Copy the place" { (place.source.path) ":" (line) ":" (column) }
            @if let Some(number) = number { button.plain.open type="button" data-open-finding=(number) title="Open in the editor" { "open" } }
        }
        (lines(place, ""))
    }
}

/// A second stretch that explains the first.
pub(super) fn also(place: &Place) -> Markup {
    lines(place, "also")
}

fn lines(place: &Place, class: &str) -> Markup {
    let text = &place.source.text;
    let start = text[..place.span.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[place.span.start..].find('\n').map_or(text.len(), |at| place.span.start + at);
    let meant = place.span.start..place.span.end.clamp(place.span.start, end);
    let before: String = tail(&text[start..meant.start], BEFORE);
    let behind: String = head(text[meant.end..end].trim_end(), BEHIND);
    html! {
        div.snippet.(class) tabindex="0" {
            pre { span.line { (place.source.line_col(place.span.start).0) } (before) mark { (&text[meant]) } (behind) }
            @if !place.label.is_empty() { p.label { (super::page::said(&place.label)) } }
        }
    }
}

/// The last characters of a text, with a sign where it goes on before them.
fn tail(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.to_owned();
    }
    format!("…{}", text.chars().skip(count - most + 1).collect::<String>())
}

fn head(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    format!("{}…", text.chars().take(most - 1).collect::<String>())
}

/// The lines as they are and as they would be, what changes in them marked.
pub(super) fn mend(mend: &Mend) -> Markup {
    let (old, new) = (mend.old.as_str(), mend.new.as_str());
    let before = alike(old.chars(), new.chars());
    let behind = alike(old[before..].chars().rev(), new[before..].chars().rev());
    let line = |text: &str| {
        let (middle, end) = text[before..].split_at(text.len() - before - behind);
        html! { (&text[..before]) @if !middle.is_empty() { b { (middle) } } (end) }
    };
    html! {
        pre.mend {
            del { span.sign { "−" } (line(old)) }
            @if !new.trim().is_empty() { ins { span.sign { "+" } (line(new)) } }
        }
    }
}

/// The bytes two texts have in common, from where they begin.
fn alike(one: impl Iterator<Item = char>, other: impl Iterator<Item = char>) -> usize {
    one.zip(other).take_while(|(a, b)| a == b).map(|(letter, _)| letter.len_utf8()).sum()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::finding::Source;

    #[test]
    fn a_long_line_is_shown_around_what_is_meant() {
        let text = format!("a\n{}wrong{}\n", "x".repeat(80), "y".repeat(80));
        let source = Arc::new(Source { path: "p".to_owned(), text });
        let drawn = lines(&Place { source, span: 82..87, label: String::new() }, "").into_string();
        assert!(drawn.contains(&format!("…{}<mark>wrong</mark>{}…", "x".repeat(25), "y".repeat(59))), "{drawn}");
    }

    #[test]
    fn what_goes_on_over_lines_is_meant_from_its_first() {
        let source = Arc::new(Source { path: "p".to_owned(), text: "one two\nthree\n".to_owned() });
        let drawn = lines(&Place { source, span: 4..13, label: "here".to_owned() }, "").into_string();
        assert!(drawn.contains("one <mark>two</mark></pre>"), "{drawn}");
    }

    #[test]
    fn a_mend_marks_what_it_changes_and_no_more() {
        let drawn =
            |old: &str, new: &str| mend(&Mend { line: 1, old: old.to_owned(), new: new.to_owned() }).into_string();
        let said = drawn("show = 'ful' # é", "show = 'full' # é");
        assert!(said.contains("</span>show = 'ful' # é</del>"), "{said}");
        assert!(said.contains("ful<b>l</b>"), "{said}");
        assert!(drawn("aa", "a").contains("<b>a</b></del>"));
        assert!(!drawn("x", "").contains("<ins>"));
    }
}
