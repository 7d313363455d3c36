//! A finding's lines, as the command line draws them: the source with its carets, what is written under them, and
//! the mend as a small diff.

use maud::{Markup, html};
use similar::{ChangeTag, TextDiff};

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
        div.snippet class=(class) {
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

/// The line as it is and as it would be, what changes in it marked.
pub(super) fn mend(mend: &Mend) -> Markup {
    let diff = TextDiff::from_words(mend.old.as_str(), mend.new.as_str());
    let changes: Vec<(ChangeTag, &str)> =
        diff.iter_all_changes().map(|change| (change.tag(), change.value())).collect();
    let side = |gone: ChangeTag| {
        html! { @for (tag, words) in changes.iter().filter(|(tag, _)| *tag != gone) {
            @if *tag == ChangeTag::Equal { (words) } @else { b { (words) } }
        } }
    };
    html! {
        pre.mend {
            del { span.sign { "−" } (side(ChangeTag::Insert)) }
            @if !mend.new.trim().is_empty() { ins { span.sign { "+" } (side(ChangeTag::Delete)) } }
        }
    }
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
    fn a_mend_marks_the_words_it_changes() {
        let old = "show = \"ful\"".to_owned();
        let drawn = mend(&Mend { line: 1, old, new: "show = \"full\"".to_owned() }).into_string();
        assert!(drawn.contains("show = <b>&quot;ful&quot;</b>") && drawn.contains("show = <b>&quot;full&quot;</b>"));
        let gone = mend(&Mend { line: 1, old: "x".to_owned(), new: String::new() }).into_string();
        assert!(!gone.contains("<ins>"));
    }
}
