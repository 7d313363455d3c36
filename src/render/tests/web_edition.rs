//! The web edition as a page: for everybody, for machines, for people who hear it, on paper.

use std::collections::BTreeSet;

use scraper::Html;
use serde_json::Value;

use super::specimen::{date, everything, image, issue, item, lead, morning, paragraph, text};
use super::{all, issues, words};
use crate::issue::{Body, Depth, Issue};
use crate::prose::{Inline, Prose, Slot};
use crate::render::{Brand, web};
use crate::story::Story;

fn page(issue: &Issue) -> Html {
    Html::parse_document(&web(issue, &Brand::default()))
}

fn meta(document: &Html, name: &str) -> String {
    let found = all(document, &format!("meta[property='{name}'],meta[name='{name}']"));
    assert!(found.len() <= 1, "{name} stands twice");
    found.first().and_then(|meta| meta.attr("content")).unwrap_or_default().to_owned()
}

fn graph(document: &Html) -> Vec<Value> {
    let data = all(document, "script[type='application/ld+json']")[0].text().collect::<String>();
    let data: Value = serde_json::from_str(&data).unwrap();
    assert_eq!(data["@context"], "https://schema.org");
    data["@graph"].as_array().unwrap().clone()
}

#[test]
fn nobody_in_particular_is_meant_by_it() {
    for (name, issue) in issues() {
        let page = web(&issue, &Brand::default());
        assert!(!page.contains('\u{fdd0}') && !page.contains("first_name"), "{name}");
        for personal in ["/u/", "/p/", "/poll/", "unsubscribe"] {
            assert!(!page.to_lowercase().contains(personal), "{name}: {personal}");
        }
    }
    let slots = [
        Slot::FirstName { fallback: "reader".to_owned() },
        Slot::Address,
        Slot::Unsubscribe,
        Slot::Preferences,
        Slot::Poll { block: "b1".to_owned(), answer: 0 },
    ];
    let letter = slots.into_iter().map(Inline::Slot).chain([text("!")]).collect();
    let document = page(&issue(vec![(None, Body::Letter(vec![Prose::Paragraph(letter)]))]));
    assert_eq!(words(all(&document, "main > div p")[0]), "reader!", "a name's fallback, and nothing for the rest");
}

#[test]
fn its_links_lead_to_the_editions_around_it_and_to_the_archive() {
    let document = page(&morning());
    let own = "https://news.quay.example/morning/2026-11-24";
    let href = |selector: &str| all(&document, selector)[0].attr("href").unwrap().to_owned();
    assert_eq!(href("link[rel=canonical]"), own);
    assert_eq!(href("footer a[rel=prev]"), format!("{own}/previous"));
    assert_eq!(href("footer a[rel=next]"), format!("{own}/next"));
    assert_eq!(href("header .imprint a"), "https://news.quay.example/morning");
    let feeds: Vec<_> = all(&document, "link[rel=alternate]").iter().map(|link| link.attr("type").unwrap()).collect();
    assert_eq!(feeds, ["application/rss+xml", "application/atom+xml", "application/feed+json"]);
    assert_eq!(href("link[type='application/atom+xml']"), "https://news.quay.example/morning/atom.xml");
}

#[test]
fn every_link_on_the_page_leads_to_a_place_that_is_there() {
    for (name, issue) in issues() {
        let document = page(&issue);
        let ids: Vec<_> = all(&document, "[id]").iter().map(|e| e.attr("id").unwrap()).collect();
        assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "{name}: an id stands twice");
        for link in all(&document, "a[href^='#']") {
            let target = link.attr("href").unwrap().trim_start_matches('#');
            assert!(ids.contains(&target), "{name}: {target}");
        }
    }
}

#[test]
fn other_sites_can_show_a_card_of_it() {
    let document = page(&morning());
    for (name, expected) in [
        ("og:type", "article"),
        ("og:site_name", "The Quayside Courier"),
        ("og:locale", "en_GB"),
        ("og:title", "The harbour strike ends after nine days"),
        ("og:url", "https://news.quay.example/morning/2026-11-24"),
        ("article:published_time", "2026-11-24T06:30:00+00:00"),
        ("article:modified_time", "2026-11-24T06:30:00+00:00"),
        ("og:image", "https://news.quay.example/images/3f9a0c.jpg"),
        ("og:image:type", "image/jpeg"),
        ("og:image:width", "1200"),
        ("og:image:height", "675"),
        ("twitter:card", "summary_large_image"),
        ("twitter:title", "The harbour strike ends after nine days"),
        ("twitter:image", "https://news.quay.example/images/3f9a0c.jpg"),
    ] {
        assert_eq!(meta(&document, name), expected, "{name}");
    }
    let alt = lead().image.unwrap().alt;
    assert_eq!((meta(&document, "og:image:alt"), meta(&document, "twitter:image:alt")), (alt.clone(), alt));
    assert_eq!(meta(&document, "og:description"), morning().preheader);
    assert_eq!(meta(&document, "description"), morning().preheader);
}

#[test]
fn an_advertisement_never_stands_for_the_edition() {
    let sponsor =
        Body::Sponsor { name: "Rope".to_owned(), text: Vec::new(), image: Some(image("Rope", 9, 9)), button: None };
    let document = page(&issue(vec![(Some("Advertisement"), sponsor)]));
    assert_eq!(all(&document, "main img").len(), 1);
    assert_eq!((meta(&document, "og:image").as_str(), meta(&document, "twitter:card").as_str()), ("", "summary"));
}

#[test]
fn a_story_brought_up_to_date_dates_the_page() {
    let updated = chrono::DateTime::parse_from_rfc3339("2026-11-24T09:15:00+02:00").unwrap();
    let story = Story { updated: Some(updated), ..lead() };
    let document = page(&issue(vec![(None, Body::Story(item(story, Depth::Full)))]));
    assert_eq!(meta(&document, "article:modified_time"), "2026-11-24T07:15:00+00:00");
}

#[test]
fn search_engines_are_told_what_it_is() {
    for (name, issue) in issues() {
        let graph = graph(&page(&issue));
        let of = |kind: &str| graph.iter().find(|node| node["@type"] == kind).unwrap();
        let (article, list, publisher) = (of("NewsArticle"), of("ItemList"), of("NewsMediaOrganization"));
        assert_eq!(article["headline"], issue.subject.as_str(), "{name}");
        assert_eq!(article["url"], issue.web_url.as_str(), "{name}");
        assert_eq!(article["publisher"]["@id"], publisher["@id"], "{name}");
        assert_eq!(article["hasPart"]["@id"], list["@id"], "{name}");
        let items = list["itemListElement"].as_array().unwrap();
        assert_eq!(items.len(), issue.items().count(), "{name}");
        for (own, item) in items.iter().zip(issue.items()) {
            assert_eq!(own["item"]["headline"], item.story.headline.as_str(), "{name}");
        }
        assert!(!serde_json::to_string(&graph).unwrap().contains("null"), "{name}: what is not known is not said");
    }
}

#[test]
fn its_landmarks_are_those_of_a_page() {
    for (name, issue) in issues() {
        let document = page(&issue);
        for one in ["h1", "main", "body > header", "body > footer", "title", "link[rel=canonical]"] {
            assert_eq!(all(&document, one).len(), 1, "{name}: {one}");
        }
        assert_eq!(all(&document, "body > a:first-child")[0].attr("href"), Some("#stories"), "{name}: skip link");
        assert!(all(&document, "nav").iter().all(|nav| nav.attr("aria-label").is_some()), "{name}");
        assert_eq!(all(&document, "main aside").len(), 0, "{name}: no landmark of its own inside another");
        for item in all(&document, "main article") {
            let heading = item.child_elements().any(|child| matches!(child.value().name(), "h2" | "h3"));
            assert!(heading, "{name}: {}", item.html());
        }
        assert_eq!(all(&document, "[style],[role=presentation],table[role],center,font").len(), 0, "{name}");
        let html = all(&document, "html")[0];
        assert_eq!(html.attr("lang"), Some(issue.publication.language.as_str()), "{name}");
        assert_eq!(html.attr("dir"), Some(if issue.publication.language == "ar" { "rtl" } else { "ltr" }), "{name}");
    }
}

#[test]
fn its_blocks_stand_in_the_order_of_the_mail() {
    let issue = everything();
    let document = page(&issue);
    let shown: Vec<_> = all(&document, "main > [id]").iter().map(|e| e.attr("id").unwrap().to_owned()).collect();
    let written: Vec<_> =
        issue.blocks.iter().filter(|b| b.only != crate::issue::Only::Text).map(|b| b.id.clone()).collect();
    assert_eq!(shown, written);
}

#[test]
fn a_picture_keeps_its_shape_and_is_never_blown_up() {
    for (natural, asked, expected) in
        [((1200, 675), None, (528, 297)), ((300, 200), None, (300, 200)), ((1200, 675), Some(240), (240, 135))]
    {
        let picture = crate::story::Image { width: asked, ..image("A gate", natural.0, natural.1) };
        let document = page(&issue(vec![(None, Body::Image(picture))]));
        let drawn = all(&document, "figure img")[0];
        let number = |name: &str| drawn.attr(name).unwrap().parse::<u32>().unwrap();
        assert_eq!((number("width"), number("height")), expected);
    }
}

#[test]
fn a_correction_is_dated_and_names_itself_once() {
    for label in [None, Some("We were wrong")] {
        let correction = Body::Correction { of: date(), text: vec![paragraph("It was fifteen years.")] };
        let document = page(&issue(vec![(label, correction)]));
        let section = all(&document, "section.correction")[0];
        assert_eq!(words(section).matches("orrection").count(), 1, "{label:?}: {}", words(section));
        assert_eq!(all(&document, "section.correction time")[0].attr("datetime"), Some("2026-11-24"));
    }
}

#[test]
fn no_line_of_it_is_too_long_to_read_and_paper_gets_no_buttons() {
    let document = page(&morning());
    let css = all(&document, "style")[0].text().collect::<String>();
    assert!(css.contains("--column:33rem"), "at most 70 characters of 18 px");
    let print = css.split_once("@media print{@page").unwrap().1;
    for unprinted in [".skip", ".contents", ".editions", ".feeds", ".button"] {
        assert!(print.contains(unprinted), "{unprinted}");
    }
    assert!(css.contains("prefers-color-scheme:dark"));
}
