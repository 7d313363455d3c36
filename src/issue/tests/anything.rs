//! Any text at all, as any of the files: said, never fatal, and always at a place that can be drawn.

use proptest::prelude::*;

use super::*;

/// A text someone was interrupted in: cut, doubled, or with strange characters in it.
fn mangled(text: &'static str) -> impl Strategy<Value = String> {
    (0..text.len(), 0..text.len(), "\\PC{0,6}|[\"'\\[\\]{}=+#\\n\\\\|<>*_`-]{0,6}").prop_map(
        move |(from, to, stuff)| {
            let (from, to) = (from.min(to), from.max(to));
            let clip = |at: usize| (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            format!("{}{stuff}{}", &text[..clip(from)], &text[clip(to)..])
        },
    )
}

/// Every place is inside its file, on whole characters: what findings are drawn from.
fn drawable(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| {
        let fix = finding.fix.as_ref().zip(finding.place.as_ref()).map(|(fix, place)| (&fix.span, &place.source));
        let places = finding.place.iter().chain(&finding.also).map(|place| (&place.span, &place.source));
        places.chain(fix).all(|(span, source)| span.start <= span.end && source.text.get(span.clone()).is_some())
    })
}

proptest! {
    #[test]
    fn no_issue_can_break_the_compiler(text in prop_oneof![".{0,200}".boxed(), mangled(ISSUE).boxed()]) {
        let (issue, findings) = run(&text, &Shelf::new());
        prop_assert!(drawable(&findings), "{findings:?}");
        prop_assert_eq!(issue.is_none(), findings.iter().any(crate::check::is_compile_error));
    }

    #[test]
    fn no_story_can_break_the_compiler(text in prop_oneof![".{0,200}".boxed(), mangled(GULLS).boxed()]) {
        prop_assert!(drawable(&run(ISSUE, &Shelf::new().with("gulls", text)).1));
    }

    #[test]
    fn no_markdown_can_break_the_compiler(body in "([a-z \"'{|}<>#*_`~\\[\\]()!\n>-]|\\PC){0,120}") {
        let story = format!("+++\nheadline = \"x\"\n+++\n{body}");
        prop_assert!(drawable(&run(ISSUE, &Shelf::new().with("gulls", story)).1));
    }

    #[test]
    fn no_snippet_can_break_the_compiler(text in ".{0,200}") {
        let mut shelf = Shelf::new();
        shelf.snippets.insert("join", text);
        prop_assert!(drawable(&run(&and("type = \"promo\"\nsnippet = \"join\""), &shelf).1));
    }

    #[test]
    fn no_settings_can_break_the_reader(text in prop_oneof![".{0,200}".boxed(), mangled(CONFIG).boxed()], set in "[a-z.]{0,12}=?.{0,12}") {
        let settings = source("config.toml".to_owned(), &text);
        if let Err(findings) = config::parse(&settings, Path::new("/newsroom"), &[set]) {
            prop_assert!(!findings.is_empty() && drawable(&findings));
        }
    }
}
