//! What differs between the issue before and this one: the text parts, line by line, and word by word within them.

use std::borrow::Cow;

use maud::{Markup, html};
use similar::{ChangeTag, DiffOp, TextDiff};

/// Lines around a change that stay as they were.
const AROUND: usize = 2;

pub(super) fn drawn(old: &str, new: &str) -> Markup {
    let diff = TextDiff::from_lines(old, new);
    let groups = diff.grouped_ops(AROUND);
    html! {
        @if groups.is_empty() { p.quiet { "Not a word differs." } }
        ol.diff {
            @for (nth, group) in groups.iter().enumerate() {
                @if nth > 0 { li.gap aria-hidden="true" { "⋯" } }
                @for op in group { (lines(&diff, op)) }
            }
        }
    }
}

fn lines<'t>(diff: &'t TextDiff<'t, 't, 't, str>, op: &DiffOp) -> Markup {
    html! {
        @for change in diff.iter_inline_changes(op) {
            @let words: Vec<(bool, Cow<'_, str>)> = change.iter_strings_lossy().collect();
            @match change.tag() {
                ChangeTag::Delete => li { del { span.sign { "−" } (marked(&words)) } },
                ChangeTag::Insert => li { ins { span.sign { "+" } (marked(&words)) } },
                ChangeTag::Equal => li { span { span.sign { " " } (marked(&words)) } },
            }
        }
    }
}

/// The words of a line, what differs in it set off.
fn marked(words: &[(bool, Cow<'_, str>)]) -> Markup {
    html! { @for (differs, words) in words { @if *differs { b { (words) } } @else { (words) } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_set_off_within_its_line_and_what_is_far_away_is_left_out() {
        let old = format!("The barrier held.\n{}", "same\n".repeat(9));
        let drawn = drawn(&old, &old.replace("held", "broke")).into_string();
        assert!(drawn.contains("<b>held.</b>") && drawn.contains("<b>broke.</b>"), "{drawn}");
        assert_eq!(drawn.matches("same").count(), AROUND);
    }
}
