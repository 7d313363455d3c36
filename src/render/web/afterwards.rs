//! A web edition after it was frozen: notes put in, blocks taken out.
//!
//! Its own bytes never change, so this is done each time it is shown. A page is our own: its content is escaped, so
//! no `<` or `id="` in it can be forged.

use chrono::{DateTime, FixedOffset};
use maud::html;
use serde_json::Value;

use super::blocks::running;
use crate::prose::Prose;
use crate::render::words::Words;

/// Where the stories begin, which is where a note stands.
const MAIN: &str = "<main id=\"stories\" tabindex=\"-1\">";
const DATA: &str = "<script type=\"application/ld+json\">";

/// A dated correction, as it will be shown for good.
pub(crate) fn note(text: &[Prose], at: DateTime<FixedOffset>, language: &str) -> String {
    let words = Words::of(language);
    let html = html! {
        section.correction {
            h2.label { (words.correction) }
            p.meta { time datetime=(at.to_rfc3339()) { (words.long_date(at.date_naive())) ", " (at.format("%H:%M")) } }
            (running(text, 3))
        }
    };
    html.into_string().chars().filter(|c| super::super::slots::is_printable(*c)).collect()
}

/// The page as it is shown now: with these notes above its stories, without these blocks.
pub(crate) fn as_shown(page: &str, notes: &[String], hidden: &[String]) -> String {
    let mut shown = page.to_owned();
    for block in hidden {
        shown = without(&shown, block);
    }
    match shown.find(MAIN) {
        Some(at) if !notes.is_empty() => shown.insert_str(at + MAIN.len(), &notes.concat()),
        _ => {}
    }
    shown
}

/// The blocks a page shows, by id, each with the first words of it.
pub(crate) fn blocks(page: &str) -> Vec<(String, String)> {
    let Some(main) = page.split_once(MAIN).and_then(|(_, rest)| rest.split_once("</main>")) else { return Vec::new() };
    let block = |(at, _): (usize, &str)| {
        let id = main.0[at..].split('"').nth(1)?;
        let (start, end) = element(page, id)?;
        Some((id.to_owned(), first_words(&page[start..end])))
    };
    main.0.match_indices(" id=\"").filter_map(block).collect()
}

/// Without a block, what leads to it, and what the page says of itself that may be about it.
fn without(page: &str, block: &str) -> String {
    let Some((start, end)) = element(page, block) else { return page.to_owned() };
    let gone = &page[start..end];
    let rest = format!("{}{}", &page[..start], &page[end..]);
    let rest = unlinked(&rest, &format!("<li><a href=\"#{block}\">"));
    without_data(&rest, gone)
}

/// Where a block begins and ends, its own tags included.
fn element(page: &str, id: &str) -> Option<(usize, usize)> {
    let main = page.find(MAIN)? + MAIN.len();
    let named = main + page[main..].find(&format!(" id=\"{id}\""))?;
    let start = page[..named].rfind('<')?;
    let name = page[start + 1..].split([' ', '>']).next()?;
    let open_end = start + page[start..].find('>')? + 1;
    if name == "hr" {
        return Some((start, open_end));
    }
    let (opens, closes) = (format!("<{name}"), format!("</{name}>"));
    let mut depth = 1;
    let mut at = open_end;
    while depth > 0 {
        let close = at + page[at..].find(&closes)?;
        depth += page[at..close]
            .match_indices(&opens)
            .filter(|(open, _)| ends_name(&page[at + open + opens.len()..]))
            .count();
        depth -= 1;
        at = close + closes.len();
    }
    Some((start, at))
}

/// `<section …` is a section, `<sectional` would not be.
fn ends_name(rest: &str) -> bool {
    rest.starts_with([' ', '>'])
}

/// Without the list items that begin so: the lines of the contents.
fn unlinked(page: &str, item: &str) -> String {
    let mut kept = String::with_capacity(page.len());
    let mut rest = page;
    while let Some((before, after)) = rest.split_once(item) {
        kept.push_str(before);
        rest = after.split_once("</li>").map_or("", |(_, after)| after);
    }
    kept + rest
}

/// The linked data without its list of stories, and without a picture that was in what is gone.
fn without_data(page: &str, gone: &str) -> String {
    let Some((before, rest)) = page.split_once(DATA) else { return page.to_owned() };
    let Some((data, after)) = rest.split_once("</script>") else { return page.to_owned() };
    let mut data: Value = serde_json::from_str(data).unwrap_or_default();
    let mut picture = None;
    if let Some(graph) = data["@graph"].as_array_mut() {
        graph.retain(|node| node["@type"] != "ItemList");
        for node in graph.iter_mut().filter_map(Value::as_object_mut) {
            node.remove("hasPart");
            let url = node.get("image").and_then(|image| image["url"].as_str()).map(str::to_owned);
            if let Some(url) = url.filter(|url| gone.contains(url.as_str())) {
                node.remove("image");
                picture = Some(url);
            }
        }
    }
    let before = match picture {
        Some(_) => without_card_picture(before),
        None => before.to_owned(),
    };
    format!("{before}{DATA}{}</script>{after}", data.to_string().replace('<', "\\u003c"))
}

/// The head without the picture that other sites would show.
fn without_card_picture(head: &str) -> String {
    let mut kept = String::with_capacity(head.len());
    for (nth, tag) in head.split("<meta ").enumerate() {
        let picture = ["property=\"og:image", "name=\"twitter:image"].iter().any(|about| tag.starts_with(about));
        match tag.split_once('>') {
            Some((_, rest)) if picture => kept.push_str(rest),
            _ if nth == 0 => kept.push_str(tag),
            _ => kept.extend(["<meta ", tag]),
        }
    }
    kept
}

/// The first words between the tags of a stretch.
fn first_words(html: &str) -> String {
    const LONGEST: usize = 60;
    let texts = html.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, text)| text.trim());
    let words = texts.filter(|text| !text.is_empty()).take(3).collect::<Vec<_>>().join(" ");
    let plain = ["&amp;", "&lt;", "&gt;", "&quot;"].iter().zip(["&", "<", ">", "\""]);
    let words = plain.rev().fold(words, |words, (escaped, plain)| words.replace(escaped, plain));
    match words.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", words[..end].trim_end()),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = concat!(
        "<head><meta name=\"a\" content=\"b\"><meta property=\"og:image\" content=\"https://q.test/i/1.png\">",
        "<meta name=\"twitter:image\" content=\"https://q.test/i/1.png\"><meta name=\"z\" content=\"y\">",
        "<script type=\"application/ld+json\">{\"@graph\":[{\"@type\":\"NewsArticle\",\"hasPart\":{},",
        "\"image\":{\"url\":\"https://q.test/i/1.png\"}},{\"@type\":\"ItemList\"}]}</script></head>",
        "<main id=\"stories\" tabindex=\"-1\"><nav id=\"b1\"><ul><li><a href=\"#b2\">Trams</a></li>",
        "<li><a href=\"#b3\">More</a></li></ul></nav><article id=\"b2\"><h2>Trams &amp; co</h2>",
        "<img src=\"https://q.test/i/1.png\"></article><section id=\"b3\"><section><p>in</p></section><p>out</p></section>",
        "<hr id=\"b4\"><div id=\"b5\"><p>end</p></div></main>",
    );

    #[test]
    fn a_block_goes_with_what_leads_to_it_and_what_the_page_says_of_it() {
        let shown = as_shown(PAGE, &[], &["b2".to_owned()]);
        assert!(!shown.contains("Trams") && !shown.contains("1.png") && !shown.contains("ItemList"), "{shown}");
        assert!(shown.contains("<li><a href=\"#b3\">More</a></li>") && shown.contains("\"NewsArticle\""), "{shown}");
        assert!(shown.contains("<meta name=\"a\" content=\"b\"><meta name=\"z\" content=\"y\">"), "{shown}");
        let shown = as_shown(PAGE, &[], &["b3".to_owned(), "b4".to_owned()]);
        assert!(shown.ends_with("</article><div id=\"b5\"><p>end</p></div></main>"), "{shown}");
        assert!(shown.contains("og:image"), "its picture is shown still");
        assert_eq!(as_shown(PAGE, &[], &["b9".to_owned()]), PAGE);
    }

    #[test]
    fn notes_stand_above_the_stories_in_their_order() {
        let shown = as_shown(PAGE, &["<p>1</p>".to_owned(), "<p>2</p>".to_owned()], &[]);
        assert!(shown.contains("tabindex=\"-1\"><p>1</p><p>2</p><nav id=\"b1\">"), "{shown}");
    }

    #[test]
    fn blocks_are_named_by_their_first_words() {
        let blocks = blocks(PAGE);
        let ids: Vec<&str> = blocks.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(ids, ["b1", "b2", "b3", "b4", "b5"]);
        assert_eq!((blocks[1].1.as_str(), blocks[2].1.as_str()), ("Trams & co", "in out"));
    }

    #[test]
    fn a_note_is_words_whatever_they_say() {
        let text = [Prose::Paragraph(vec![crate::prose::Inline::Text("<b>10</b> readers".to_owned())])];
        let at = DateTime::parse_from_rfc3339("2026-11-24T10:40:00+00:00").unwrap();
        let note = note(&text, at, "en-GB");
        assert_eq!(
            note,
            "<section class=\"correction\"><h2 class=\"label\">Correction</h2><p class=\"meta\">\
             <time datetime=\"2026-11-24T10:40:00+00:00\">Tuesday 24 November 2026, 10:40</time></p>\
             <p>&lt;b&gt;10&lt;/b&gt; readers</p></section>"
        );
    }
}
