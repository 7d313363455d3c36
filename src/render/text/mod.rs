//! The plain-text part: the same issue set for a terminal, not a conversion of the HTML.
//!
//! 72 columns as a terminal counts them. A link is a number in the text and an address in one list at the end;
//! the reader's own addresses stand alone on their lines, because they differ in length. A reader may have
//! chosen this part and nothing else, so it is composed: rules over sections, capitals for labels, quotations
//! set in, the sponsor behind a line of its own.

mod blocks;
mod chart;
mod page;
mod table;

use super::Piece;
use super::outline::{Entry, Medium, outline};
use super::words::{Words, long_date};
use crate::brand::Brand;
use crate::issue::{Body, Issue, Only};
use crate::prose::Slot;

use page::Page;

/// The text part with its slots open.
pub(super) fn part(issue: &Issue, brand: &Brand) -> Vec<Piece> {
    let words = Words::of(&issue.publication.language);
    let mut page = Page::new(&issue.web_url, &issue.publication.language);
    masthead(&mut page, issue, brand, words);
    let entries = outline(issue, Medium::Text);
    for (index, entry) in entries.iter().enumerate() {
        // The rule that the next one begins with is the pause.
        if matches!(entry.block.body, Body::Divider) && entries.get(index + 1).is_some_and(Entry::begins_apart) {
            continue;
        }
        page.gap();
        // What draws its own lines needs no rule beside it.
        let pauses = matches!(entry.block.body, Body::Divider | Body::Sponsor { .. });
        if index > 0 && !pauses && !page.is_ruled() {
            page.rule('-');
        }
        page.block(issue, words, entry, &entries[index + 1..]);
    }
    let polls = only_in_html(&mut page, issue, words);
    house_links(&mut page, brand);
    link_list(&mut page, words, &polls);
    footer(&mut page, issue, words);
    page.pieces()
}

fn masthead(page: &mut Page, issue: &Issue, brand: &Brand, words: &Words) {
    page.say(&blocks::capitals(brand.wordmark.as_ref().unwrap_or(&issue.publication.name)));
    page.say(&format!("{} · {}", issue.newsletter.title, long_date(issue.date, &issue.publication.language)));
    page.say(&words.extent(issue.stories, issue.minutes));
    page.rule('=');
    if let Some(url) = page.web_url() {
        page.gap();
        page.paragraph(vec![Piece::Fixed(format!("{}{} {url}", words.read_online, words.colon()))]);
    }
}

/// What only the HTML shows still leads somewhere: its addresses join the list, for no target of the one
/// part may be missing from the other (R24). Its polls are given back.
fn only_in_html(page: &mut Page, issue: &Issue, words: &Words) -> Vec<Slot> {
    let mut aside = page.aside();
    for entry in outline(issue, Medium::Html).iter().filter(|entry| entry.block.only == Only::Html) {
        aside.block(issue, words, entry, &[]);
    }
    page.take_links(&mut aside);
    aside
        .pieces()
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Slot(slot @ Slot::Poll { .. }, _) => Some(slot),
            _ => None,
        })
        .collect()
}

/// The house's own, numbered like every other.
fn house_links(page: &mut Page, brand: &Brand) {
    let links = brand.footer.iter().chain(&brand.social);
    let words: Vec<String> = links.map(|link| page.linked(&link.label, Some(&link.url))).collect();
    if !words.is_empty() {
        page.gap();
        page.say(&words.join(" · "));
    }
}

fn link_list(page: &mut Page, words: &Words, polls: &[Slot]) {
    if page.links().is_empty() && polls.is_empty() {
        return;
    }
    page.gap();
    if !page.is_ruled() {
        page.rule('-');
    }
    page.label(Some(&words.links));
    page.gap();
    let widest = page.links().len().to_string().len() + 2;
    for (index, url) in page.links().to_vec().into_iter().enumerate() {
        page.raw(&format!("{:>widest$} {url}", format!("[{}]", index + 1)));
    }
    for slot in polls {
        page.own_line(slot.clone());
    }
}

/// Why this came, how to leave it or change it, and who sends it.
fn footer(page: &mut Page, issue: &Issue, words: &Words) {
    let (before, after) = words.because(&issue.newsletter.title);
    page.gap();
    page.rule('-');
    page.paragraph(vec![
        Piece::Fixed(before),
        Piece::Slot(Slot::Address, super::Context::PlainText),
        Piece::Fixed(after),
    ]);
    for (label, slot) in [(&words.unsubscribe, Slot::Unsubscribe), (&words.preferences, Slot::Preferences)] {
        page.gap();
        page.say(&format!("{label}{}", words.colon()));
        page.own_line(slot);
    }
    page.gap();
    page.say(&issue.publication.postal_address);
}
