//! Feeds as a parser that is not ours reads them.

use chrono::{DateTime, Utc};
use feed_rs::model::{Entry as Read, Feed as ReadFeed};

use super::*;
use crate::render::tests::specimen::{everything, morning};
use crate::render::{Brand, web};

fn time(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

fn feed(title: &str, told: Told) -> Feed<'static> {
    let entry = Entry {
        url: "https://news.quay.example/morning/2026-11-24".to_owned(),
        title: title.to_owned(),
        published: time("2026-11-24T06:30:00Z"),
        changed: time("2026-11-24T07:05:09Z"),
        told,
    };
    Feed {
        newsletter: "Morning Tide",
        publication: "The Quayside Courier",
        language: "en-GB",
        home: "https://news.quay.example/morning",
        changed: entry.changed,
        entries: vec![entry],
    }
}

fn read(feed: &Feed<'_>, kind: Kind) -> ReadFeed {
    feed_rs::parser::parse(feed.write(kind).as_bytes()).unwrap_or_else(|error| panic!("{kind:?}: {error}"))
}

fn content(entry: &Read) -> String {
    entry.content.clone().and_then(|content| content.body).unwrap_or_default()
}

#[test]
fn three_forms_say_the_same() {
    let told = Told::by(&web(&morning(), &Brand::default()));
    assert!(told.content.contains("Harbour strike ends"), "{}", told.content);
    let feed = feed("The harbour strike ends", told.clone());
    for kind in Kind::ALL {
        let read = read(&feed, kind);
        assert_eq!(read.title.unwrap().content, "Morning Tide", "{kind:?}");
        assert_eq!(read.entries.len(), 1, "{kind:?}");
        let entry = &read.entries[0];
        assert_eq!(entry.title.as_ref().unwrap().content, "The harbour strike ends", "{kind:?}");
        assert_eq!(entry.id, "https://news.quay.example/morning/2026-11-24", "{kind:?}");
        assert_eq!(entry.links[0].href, "https://news.quay.example/morning/2026-11-24", "{kind:?}");
        assert_eq!(entry.published, Some(time("2026-11-24T06:30:00Z")), "{kind:?}");
        assert_eq!(entry.summary.as_ref().unwrap().content, morning().preheader, "{kind:?}");
        assert_eq!(entry.authors[0].name.as_deref(), Some("Mara Lindqvist"), "{kind:?}");
        assert_eq!(content(entry).trim(), told.content.trim(), "{kind:?}");
        if kind != Kind::Rss {
            assert_eq!(entry.updated, Some(time("2026-11-24T07:05:09Z")), "{kind:?}");
        }
    }
}

#[test]
fn an_entry_holds_the_whole_text_and_leads_nowhere_that_is_not_there() {
    let told = Told::by(&web(&everything(), &Brand::default()));
    for gone in ["<nav", "href=\"#", "<main", "<style", "<script", "style="] {
        assert!(!told.content.contains(gone), "{gone}");
    }
    assert!(told.image.unwrap().starts_with("https://"));
    for address in told.content.split("src=\"").skip(1).chain(told.content.split("href=\"").skip(1)) {
        assert!(address.starts_with("http") || address.starts_with("mailto:"), "{}", &address[..40.min(address.len())]);
    }
}

#[test]
fn no_content_ends_an_element_or_smuggles_a_control_character() {
    let evil = "]]></title></item><script>alert(1)</script> & \"'\u{0}\u{8}\u{b}\u{1b}\u{92}\u{fffe}\u{ffff}&amp;end";
    let told = Told {
        summary: Some(evil.to_owned()),
        editor: Some(evil.to_owned()),
        image: None,
        content: format!("<p>{evil}</p>"),
    };
    let feed = feed(evil, told);
    for kind in Kind::ALL {
        let written = feed.write(kind);
        assert!(written.chars().all(|c| c == '\n' || !c.is_control()), "{kind:?}");
        assert!(!written.contains(['\u{fffe}', '\u{ffff}']), "{kind:?}");
        let read = read(&feed, kind);
        assert_eq!(read.entries.len(), 1, "{kind:?}");
        let entry = &read.entries[0];
        assert!(content(entry).contains("]]></title></item><script>"), "{kind:?}: the content is carried as it is");
        assert!(entry.title.as_ref().unwrap().content.contains("]]></title></item><script>"), "{kind:?}");
        if kind != Kind::Json {
            assert_eq!(written.matches("<script").count(), 0, "{kind:?}: never as markup of the feed itself");
            assert!(!written.contains("]]>"), "{kind:?}");
        }
    }
}

#[test]
fn a_page_that_is_none_of_ours_tells_nothing_and_is_still_announced() {
    for page in ["", "<!doctype html><title>x</title>", "<script type=\"application/ld+json\">not json</script>"] {
        assert_eq!(Told::by(page), Told::default(), "{page}");
    }
    let feed = feed("Only a headline", Told::default());
    for kind in Kind::ALL {
        assert_eq!(read(&feed, kind).entries[0].title.as_ref().unwrap().content, "Only a headline", "{kind:?}");
    }
}
