//! Content is content: it makes no element, forges no slot, smuggles no control character.

use proptest::prelude::*;

use super::specimen::{author, button, image, issue, item, link, story, text};
use super::{html_of, stamped};
use crate::issue::{Body, Depth, Issue};
use crate::prose::{Inline, Prose, Slot};
use crate::render::{Brand, Parts, Piece, parts, web};
use crate::story::{Image, Section, Story};

/// An issue that has these words in every field that holds words.
fn filled(words: &str) -> Issue {
    let own = || words.to_owned();
    let picture =
        || Image { alt: own(), credit: Some(own()), caption: Some(own()), url: Some(own()), ..image("", 800, 600) };
    let prose = || {
        vec![
            Prose::Paragraph(vec![
                text(words),
                Inline::Code(own()),
                link(words, words),
                Inline::Strong(vec![text(words)]),
            ]),
            Prose::Heading(2, vec![text(words)]),
            Prose::List { start: None, items: vec![vec![Prose::Paragraph(vec![text(words)])]] },
            Prose::Quote(vec![Prose::Code(own())]),
            Prose::Table { head: vec![vec![text(words)]], rows: vec![vec![vec![text(words)]]] },
        ]
    };
    let told = || Story {
        standfirst: Some(own()),
        url: Some(format!("https://quay.example/{words}")),
        byline: vec![author(words)],
        brief: Some(prose()),
        image: Some(picture()),
        sections: vec![Section { heading: Some(own()), body: prose() }],
        ..story("s", words, words, words)
    };
    let depths = [Depth::Full, Depth::Brief, Depth::Teaser, Depth::Headline];
    let items = || depths.map(|depth| item(told(), depth)).to_vec();
    let label = Some(words);
    let offer = || Some(button(words, &format!("https://quay.example/{words}")));
    let mut issue = issue(vec![
        (label, Body::Letter(prose())),
        (label, Body::Contents),
        (label, Body::Story(item(told(), Depth::Full))),
        (label, Body::List(items())),
        (label, Body::Picks(items())),
        (label, Body::Number { figure: own(), text: vec![text(words)], source: Some(own()) }),
        (label, Body::Quote { text: own(), who: own() }),
        (label, Body::Image(picture())),
        (label, Body::Sponsor { name: own(), text: prose(), image: Some(picture()), button: offer() }),
        (
            label,
            Body::Promo {
                snippet: String::new(),
                title: Some(own()),
                text: prose(),
                image: Some(picture()),
                button: offer(),
            },
        ),
        (label, Body::Poll { question: own(), answers: vec![own(), own()] }),
        (label, Body::Correction { of: super::specimen::date(), text: prose() }),
        (label, Body::Text(prose())),
    ]);
    issue.subject = own();
    issue.preheader = own();
    issue.editor = Some(author(words));
    issue.publication.name = own();
    issue.publication.postal_address = own();
    issue.newsletter.title = own();
    issue
}

fn slots(pieces: &[Piece]) -> Vec<Slot> {
    pieces
        .iter()
        .flat_map(|piece| match piece {
            Piece::Fixed(_) => Vec::new(),
            Piece::Slot(slot, _) => vec![slot.clone()],
            Piece::Paragraph { words, .. } => slots(words),
        })
        .collect()
}

#[test]
fn markup_in_content_stays_words() {
    let evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let issue = filled(evil);
    let escaped = html_of(&issue);
    assert!(!escaped.contains("<script") && !escaped.contains("<img src=x"));
    assert!(escaped.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    let page = web(&issue, &Brand::default());
    assert_eq!(page.matches("<script").count(), 1, "only the linked data");
    assert_eq!(page.matches("</script>").count(), 1);
    assert!(!page.contains("<img src=x"));
}

#[test]
fn a_link_that_would_run_is_no_link() {
    let issue = filled("javascript:alert(1)");
    for page in [html_of(&issue), web(&issue, &Brand::default())] {
        assert!(!page.contains("href=\"javascript:"));
    }
}

#[test]
fn a_control_character_never_reaches_a_part() {
    let issue = filled("a\u{92}b\u{0}c\u{85}d\u{7f}e\u{fdd0}f\u{ffff}g");
    let Parts { html, text } = parts(&issue, &Brand::default());
    for part in [stamped(&html), stamped(&text), web(&issue, &Brand::default())] {
        assert!(part.chars().all(|c| c == '\n' || !c.is_control()));
        assert!(!part.contains(['\u{fdd0}', '\u{ffff}']));
        assert!(part.contains("abcdefg"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn content_forges_no_slot(words in "[<>&\"'{}|0-9\u{fdd0}\u{fdd1}\u{f0000}\\n a-zé港]{0,24}") {
        let honest = parts(&filled("honest"), &Brand::default());
        let tried = parts(&filled(&words), &Brand::default());
        prop_assert_eq!(slots(&honest.html), slots(&tried.html));
        prop_assert_eq!(slots(&honest.text), slots(&tried.text));
    }

    #[test]
    fn any_words_make_an_issue(words in any::<String>()) {
        let issue = filled(&words);
        let made = parts(&issue, &Brand::default());
        prop_assert!(!made.html.is_empty() && !made.text.is_empty());
        prop_assert!(web(&issue, &Brand::default()).ends_with("</html>"));
    }
}
