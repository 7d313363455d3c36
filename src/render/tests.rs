//! What both parts are held to: the judge's gates that need no browser, on issues built by hand.

pub(crate) mod specimen;

mod escape;
mod web_edition;

use std::collections::BTreeSet;

use scraper::{ElementRef, Html, Selector};
use unicode_width::UnicodeWidthStr;

use super::*;
use crate::brand::{FootLink, Nameplate, Theme};
use crate::issue::{Body, Depth, Only};
use crate::picture::Picture;
use specimen::{everything, issue, item, morning, paragraph, story};

/// Issues that differ in everything a renderer may trip over.
fn issues() -> Vec<(&'static str, Issue)> {
    vec![
        ("morning", morning()),
        ("everything", everything()),
        ("nothing", issue(Vec::new())),
        ("forty stories", forty()),
        ("no lead, no picture", issue(vec![(None, morning().blocks[2].body.clone())])),
        ("from the right", from_the_right()),
        ("torture", torture()),
    ]
}

fn forty() -> Issue {
    let one = |n: usize| {
        let words = "A teaser that says in one sentence what the story is and why it is worth the time.";
        item(
            story(
                &format!("story-{n}"),
                "Speed Read",
                &format!("Headline number {n} of forty, long enough to wrap"),
                words,
            ),
            Depth::Teaser,
        )
    };
    issue(vec![(Some("All of it"), Body::List((1..=40).map(one).collect()))])
}

fn from_the_right() -> Issue {
    let mut issue = everything();
    issue.publication.language = "ar".to_owned();
    issue.publication.name = "بريد الميناء".to_owned();
    issue
}

fn torture() -> Issue {
    let long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamten";
    let url = format!("https://quay.example/{}", "a".repeat(400));
    // Words that look like an address lead nowhere: they are no target of the HTML.
    let words = format!("https://quay.example/{}", "b".repeat(400));
    let mut issue = everything();
    for block in &mut issue.blocks {
        if let Body::Story(item) = &mut block.body {
            item.story.headline = format!("{long} 港湾労働者のストライキが九日目に終わり夜間手当は守られた 🦀");
            item.story.url = Some(url.clone());
            item.story.standfirst = Some(words.clone());
        }
    }
    issue.blocks.push(specimen::block(
        99,
        Some(long),
        Body::Text(vec![paragraph(&words), paragraph(&"港".repeat(200))]),
    ));
    issue
}

/// A part as one specimen reader gets it.
fn stamped(pieces: &[Piece]) -> String {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Fixed(text) => text.clone(),
            Piece::Slot(Slot::FirstName { fallback }, _) => fallback.clone(),
            Piece::Slot(Slot::Address, _) => "reader@example.org".to_owned(),
            Piece::Slot(Slot::Unsubscribe, _) => "https://list.example/u/8f3ac21b".to_owned(),
            Piece::Slot(Slot::Preferences, _) => "https://list.example/p/8f3ac21b".to_owned(),
            Piece::Slot(Slot::Poll { block, answer }, _) => format!("https://list.example/poll/{block}/{answer}"),
            Piece::Paragraph { first, rest, words } => {
                let options = textwrap::Options::new(72).initial_indent(first).subsequent_indent(rest);
                textwrap::wrap(&stamped(words), options).join("\n")
            }
        })
        .collect()
}

/// The looks every page is held to: both themes, and one with everything a house can add.
fn brands() -> Vec<Brand> {
    let picture = |hash: &str| Picture { hash: hash.to_owned(), ..specimen::image("", 640, 120).picture };
    let link = |label: &str, url: &str| FootLink { label: label.to_owned(), url: url.to_owned() };
    let dressed = Brand {
        wordmark: Some("The Quayside Courier & Daughters".to_owned()),
        nameplate: Some(Nameplate { light: picture("1a9b"), dark: Some(picture("2c8d")), width: 320 }),
        footer: vec![
            link("About us", "https://quay.example/about?a=1&b=2"),
            link("The minutes", "https://quay.example/minutes?page=2&full=1"),
        ],
        social: vec![link("Mastodon", "https://social.example/@quay")],
        ..Brand::of(Theme::Digest)
    };
    vec![Brand::default(), Brand::of(Theme::Digest), dressed]
}

/// Both parts of every issue in every look.
fn pages() -> Vec<(String, Issue, String, String)> {
    let mut pages = Vec::new();
    for (name, issue) in issues() {
        for (look, brand) in brands().iter().enumerate() {
            let parts = parts(&issue, brand);
            pages.push((format!("{name}, look {look}"), issue.clone(), stamped(&parts.html), stamped(&parts.text)));
        }
    }
    pages
}

fn html_of(issue: &Issue) -> String {
    stamped(&parts(issue, &Brand::default()).html)
}

fn text_of(issue: &Issue) -> String {
    stamped(&parts(issue, &Brand::default()).text)
}

fn all<'a>(document: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    let selector = Selector::parse(selector).unwrap();
    document.select(&selector).collect::<Vec<_>>()
}

fn words(element: ElementRef<'_>) -> String {
    let text: String = element.text().collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_child_of_the_body_says_its_language_and_direction() {
    for (name, issue, html, _) in pages() {
        let document = Html::parse_document(&html);
        let direction = if issue.publication.language == "ar" { "rtl" } else { "ltr" };
        let children = all(&document, "html, body > *");
        assert_eq!(children.len(), 3, "{name}");
        for child in children {
            assert_eq!(child.attr("lang"), Some(issue.publication.language.as_str()), "{name}");
            assert_eq!(child.attr("dir"), Some(direction), "{name}");
        }
    }
}

#[test]
fn every_table_only_places_things_or_has_a_head() {
    for (name, _, html, _) in pages() {
        // The Word engine's tables stand in comments: taken out of them, they are held to the same.
        let document = Html::parse_document(&html.replace("<!--[if mso]>", "").replace("<![endif]-->", ""));
        for table in all(&document, "table") {
            let data = table.select(&Selector::parse("th").unwrap()).next().is_some();
            assert!(data || table.attr("role") == Some("presentation"), "{name}: {}", table.html());
        }
    }
}

#[test]
fn headings_begin_with_one_and_skip_no_level() {
    for (name, issue, html, _) in pages() {
        for page in [html, web(&issue, &Brand::default())] {
            let document = Html::parse_document(&page);
            let levels: Vec<u8> =
                all(&document, "h1,h2,h3,h4,h5,h6").iter().map(|h| h.value().name().as_bytes()[1] - b'0').collect();
            assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1, "{name}: {levels:?}");
            assert_eq!(levels[0], 1, "{name}: {levels:?}");
            assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{name}: {levels:?}");
        }
    }
}

#[test]
fn every_story_has_one_heading() {
    for issue in [morning(), forty()] {
        let html = html_of(&issue);
        let document = Html::parse_document(&html);
        let headings: Vec<String> = all(&document, "h2,h3").into_iter().map(words).collect();
        for item in issue.items() {
            let found = headings.iter().filter(|heading| **heading == item.story.headline).count();
            assert_eq!(found, 1, "{}", item.story.headline);
        }
    }
}

#[test]
fn the_html_is_small_enough_for_gmail() {
    for (name, _, html, _) in pages() {
        assert!(html.len() <= 80 * 1024, "{name}: {} bytes", html.len());
    }
}

#[test]
fn eight_stories_and_a_rail_take_under_five_point_seven_bytes_a_character() {
    for brand in [Brand::default(), Brand::of(Theme::Digest)] {
        let html = stamped(&parts(&morning(), &brand).html);
        let document = Html::parse_document(&html);
        let visible = all(&document, "body").into_iter().map(words).collect::<String>();
        let visible = visible.chars().filter(|c| !matches!(c, '\u{34f}' | '\u{200c}')).count();
        assert!(html.len() <= 25_000, "{} bytes", html.len());
        assert!(html.len() * 10 <= visible * 57, "{} bytes for {visible} characters", html.len());
    }
}

#[test]
fn the_style_sheet_is_one_gmail_keeps() {
    for brand in brands() {
        let html = stamped(&parts(&everything(), &brand).html);
        let document = Html::parse_document(&html);
        let styles = all(&document, "style");
        assert_eq!(all(&document, "head style").len(), styles.len(), "none in the body");
        let css: String = styles.iter().flat_map(|style| style.text()).collect();
        assert!(css.len() <= 16_384, "{} bytes", css.len());
        for forbidden in ["@import", "@font-face", "url(", "var(", "rem"] {
            assert!(!css.contains(forbidden), "{forbidden}");
        }
        let (mut depth, mut nested) = (0, false);
        for (at, c) in css.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                '@' => nested |= depth > 0,
                _ => {}
            }
            assert!(depth >= 0, "unbalanced at {at}");
        }
        assert!(depth == 0 && !nested, "an @-rule inside another drops the whole sheet");
        for wanted in ["prefers-color-scheme:dark", "[data-ogsc]", "[data-ogsb]", "@media print"] {
            assert!(css.contains(wanted), "{wanted}");
        }
    }
}

#[test]
fn nothing_in_it_runs_loads_or_watches() {
    for (name, _, html, _) in pages() {
        let document = Html::parse_document(&html);
        let forbidden = "script,iframe,form,input,button,video,audio,object,embed,svg,base,canvas,link,\
                         article,section,header,footer,main,nav,aside,figure,[background],img[srcset],picture:not(h1 picture)";
        assert!(all(&document, forbidden).is_empty(), "{name}");
        assert!(all(&document, "*").iter().all(|e| e.value().attrs().all(|(key, _)| !key.starts_with("on"))), "{name}");
        for image in all(&document, "img") {
            let number = |key| image.attr(key).and_then(|value| value.parse::<u32>().ok()).unwrap_or(0);
            assert!(number("width") > 1 && number("height") > 1, "{name}: no tracking pixel, both sizes");
            assert!(image.attr("alt").is_some(), "{name}");
            assert!(image.attr("src").is_some_and(|src| src.starts_with("https://")), "{name}");
        }
    }
}

#[test]
fn no_line_of_the_text_is_wider_than_seventy_two_columns() {
    for (name, _, _, text) in pages() {
        for line in text.lines().filter(|line| !line.contains("https://")) {
            assert!(line.width() <= 72, "{name}: {} columns: {line}", line.width());
            assert_eq!(line, line.trim_end(), "{name}");
        }
    }
}

#[test]
fn the_text_has_no_two_empty_lines() {
    for (name, _, _, text) in pages() {
        assert!(!text.contains("\n\n\n"), "{name}");
    }
}

#[test]
fn every_target_of_the_html_stands_once_in_the_text() {
    for (name, _, html, text) in pages() {
        let document = Html::parse_document(&html);
        let targets: BTreeSet<&str> = all(&document, "a[href]").iter().filter_map(|link| link.attr("href")).collect();
        assert!(targets.len() >= 3, "{name}");
        let count = |target: &str| {
            // A longer address may begin like a shorter one.
            text.split_whitespace().filter(|word| *word == target).count()
        };
        for target in targets {
            assert_eq!(count(target), 1, "{name}: {target}\n{text}");
        }
    }
}

#[test]
fn every_heading_of_the_html_stands_in_the_text() {
    let folded = |text: &str| {
        let kept: String = text.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
        kept.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    for (issue, brand) in [(morning(), Brand::default()), (forty(), Brand::of(Theme::Digest))] {
        let parts = parts(&issue, &brand);
        let html = stamped(&parts.html);
        let document = Html::parse_document(&html);
        let text = folded(&stamped(&parts.text));
        for heading in all(&document, "h1,h2,h3,h4") {
            assert!(text.contains(&folded(&words(heading))), "{}", words(heading));
        }
    }
}

#[test]
fn both_parts_say_how_to_leave_and_who_sends() {
    for (name, issue) in issues() {
        let parts = parts(&issue, &Brand::default());
        for part in [&parts.html, &parts.text] {
            let slots: Vec<&Slot> = part
                .iter()
                .flat_map(|piece| match piece {
                    Piece::Slot(slot, _) => vec![slot],
                    Piece::Paragraph { words, .. } => words
                        .iter()
                        .filter_map(|word| if let Piece::Slot(slot, _) = word { Some(slot) } else { None })
                        .collect(),
                    Piece::Fixed(_) => Vec::new(),
                })
                .collect();
            for wanted in [Slot::Unsubscribe, Slot::Preferences, Slot::Address] {
                assert!(slots.contains(&&wanted), "{name}: {wanted:?}");
            }
            let text = stamped(part).replace('\n', " ");
            assert!(text.contains(&issue.web_url), "{name}");
            assert!(text.contains("4 Customs Street"), "{name}");
        }
    }
}

#[test]
fn a_slot_that_is_an_address_stands_alone_on_its_line() {
    let parts = parts(&everything(), &Brand::default());
    let mut seen = 0;
    for window in parts.text.windows(3) {
        if let [before, Piece::Slot(..), after] = window {
            seen += 1;
            assert!(matches!(before, Piece::Fixed(text) if text.ends_with('\n')), "{before:?}");
            assert!(matches!(after, Piece::Fixed(text) if text.starts_with('\n')), "{after:?}");
        }
    }
    assert_eq!(seen, 5, "three answers, leaving, preferences");
}

#[test]
fn a_block_for_one_part_is_missing_from_the_other_but_its_target_is_listed() {
    let mut issue = issue(vec![
        (
            Some("Pictures"),
            Body::Text(vec![crate::prose::Prose::Paragraph(vec![specimen::link(
                "the film",
                "https://quay.example/film",
            )])]),
        ),
        (Some("Words"), Body::Text(vec![paragraph("Only in plain text.")])),
    ]);
    issue.blocks[0].only = Only::Html;
    issue.blocks[1].only = Only::Text;
    let (html, text) = (html_of(&issue), text_of(&issue));
    assert!(html.contains("the film") && !text.contains("the film"));
    assert!(text.contains("Only in plain text.") && !html.contains("Only in plain text."));
    assert!(text.contains("https://quay.example/film"));
}

#[test]
fn lists_are_numbered_through_the_issue() {
    let text = text_of(&morning());
    assert!(text.contains("\n1. The swing bridge"), "{text}");
    assert!(text.contains("\n4. Four schools"), "{text}");
    assert!(text.contains("\n7. Ferry fares"), "{text}");
}

#[test]
fn a_language_from_the_right_turns_the_page() {
    let html = html_of(&from_the_right());
    assert!(!html.contains("letter-spacing"), "letters that join stand together");
    assert!(html.contains("align=\"left\""), "the web link stands at the end of the line");
    assert!(
        html.contains("padding-right:20px") && !html.contains("padding-left:20px;"),
        "a quotation begins at the right"
    );
}
