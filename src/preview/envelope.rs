//! The envelope: from whom, what, to whom, as an inbox shows it before a mail is opened.
//!
//! Subject and preheader are written in place. A mark stands where each client cuts them, and moves while one
//! types: the script lays what is drawn here over the field, in the field's own type.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::mail::{INVENTED, Opened};
use super::pull::Galley;
use super::{Desk, page};
use crate::edit::Line;
use crate::edition::Reader;

pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new().route("/{newsletter}/{slot}/marks", get(marks_of)).route("/{newsletter}/{slot}/readers", get(readers))
}

/// A client's row on a common screen, in letters of usual width; a wide one (漢) takes the room of two.
struct Client {
    name: &'static str,
    subject: usize,
    preheader: Room,
}

enum Room {
    /// A line of its own, or two.
    Own(usize),
    /// The preheader follows the subject on one line.
    Shared(usize),
}

/// The subject's are those `subject-long` names.
const CLIENTS: [Client; 4] = [
    Client { name: "Gmail phone", subject: 37, preheader: Room::Own(40) },
    Client { name: "iPhone", subject: 48, preheader: Room::Own(90) },
    Client { name: "Outlook", subject: 60, preheader: Room::Own(60) },
    Client { name: "Gmail web", subject: 70, preheader: Room::Shared(120) },
];

/// Letters between subject and preheader on one line: a dash and its spaces.
const BETWEEN: usize = 3;

impl Client {
    fn room(&self, line: Line, subject: &str) -> usize {
        match (line, &self.preheader) {
            (Line::Subject, _) => self.subject,
            (Line::Preheader, Room::Own(room)) => *room,
            (Line::Preheader, Room::Shared(room)) => room - subject.width().min(self.subject) - BETWEEN,
        }
    }
}

pub(super) fn strip(opened: &Opened<'_>) -> Markup {
    let Opened { galley, view, addressee, .. } = opened;
    let from = &galley.newsletter().from;
    let sender = from.name.clone().unwrap_or_else(|| from.address.to_string());
    let (subject, preheader) = (&galley.outline.subject, &galley.outline.preheader);
    html! {
        section.strip id="strip" aria-label="In the inbox" {
            h1.sr { (if subject.is_empty() { "No subject yet" } else { subject }) }
            p.from { b { (sender) } span { (from.address) } }
            div.lines lang=(galley.config.publication.language) {
                (field(galley, Line::Subject, "Subject", subject, &drawn(Line::Subject, subject, subject)))
                (field(galley, Line::Preheader, "Preheader", preheader, &drawn(Line::Preheader, preheader, subject)))
            }
            form.to data-view {
                label for="reader" { "To" }
                input id="reader" name="reader" list="readers" value=(view.reader) placeholder=(Reader::specimen().address)
                    autocomplete="off" spellcheck="false" aria-describedby="reader-note" data-readers={ "/" (galley.about()) "/readers" };
                datalist id="readers" data-own { (options(INVENTED.iter().map(|(word, name, _)| (*word, *name)))) }
                p id="reader-note" class=(if addressee.known { "quiet" } else { "bad" }) role="status" {
                    @match (&addressee.note, &addressee.reader.first_name) {
                        (Some(note), _) => (note),
                        (None, Some(name)) => { "greeted as " (name) },
                        (None, None) => "greeted without a name",
                    }
                }
            }
        }
    }
}

fn field(galley: &Galley, line: Line, name: &str, words: &str, drawn: &Markup) -> Markup {
    let key = line.key();
    html! {
        form.field data-field={ "/" (galley.about()) "/line" } data-marks={ "/" (galley.about()) "/marks" } {
            input type="hidden" name="line" value=(key);
            label.sr for=(key) { (name) }
            div.written {
                div.drawn aria-hidden="true" dir="auto" id={ (key) "-drawn" } { (drawn) }
                textarea id=(key) name="words" rows="1" dir="auto" placeholder=(name) enterkeyhint="done" autocomplete="off"
                    disabled[galley.unreadable.is_some() || galley.source.is_none()] { (words) }
            }
            p.theirs hidden data-own {}
        }
    }
}

/// The words with a mark where each client cuts, how many they are, and struck what nobody sees.
fn drawn(line: Line, words: &str, subject: &str) -> Markup {
    let cuts = cuts(line, words, subject);
    let labels = labels(line, words, &cuts);
    let ends = cuts.iter().map(|(at, _)| *at).skip(1).chain([words.len()]);
    let all_cut = cuts.iter().map(|(_, names)| names.len()).sum::<usize>() == CLIENTS.len();
    html! {
        (&words[..cuts.first().map_or(words.len(), |(at, _)| *at)])
        @for (nth, ((at, _), end)) in cuts.iter().zip(ends).enumerate() {
            i.cut data-for=[labels[nth].as_deref()] {}
            @if all_cut && nth + 1 == cuts.len() { s { (&words[*at..end]) } } @else { (&words[*at..end]) }
        }
        // A last line without a letter still has its height.
        "\u{200b}"
        span.count { (words.trim().chars().count()) }
    }
}

/// What stands over each mark. One that is too near the mark before to have a label of its own is named there.
fn labels(line: Line, words: &str, cuts: &[(usize, Vec<&'static str>)]) -> Vec<Option<String>> {
    // As many letters of the line's own type as the longest label is wide.
    let label = if line == Line::Subject { 7 } else { 11 };
    let mut labels: Vec<Option<String>> = Vec::new();
    let mut last = 0;
    for (nth, (at, names)) in cuts.iter().enumerate() {
        let names = names.join(", ");
        let near = nth > 0 && words[cuts[last].0..*at].width() < label;
        match labels.get_mut(last).filter(|_| near) {
            Some(Some(before)) => {
                *before += &format!(", {names}");
                labels.push(None);
            }
            _ => {
                last = nth;
                labels.push(Some(names));
            }
        }
    }
    labels
}

/// The byte each client's row ends before, and its name; clients that cut at the same letter stand together.
fn cuts(line: Line, words: &str, subject: &str) -> Vec<(usize, Vec<&'static str>)> {
    let mut cuts: Vec<(usize, Vec<&'static str>)> = Vec::new();
    for client in &CLIENTS {
        let Some(at) = cut(words, client.room(line, subject)) else { continue };
        match cuts.iter_mut().find(|(own, _)| *own == at) {
            Some((_, names)) => names.push(client.name),
            None => cuts.push((at, vec![client.name])),
        }
    }
    cuts.sort_by_key(|(at, _)| *at);
    cuts
}

/// The byte of the first letter that has no room any more.
fn cut(words: &str, room: usize) -> Option<usize> {
    let mut used = 0;
    words.char_indices().find_map(|(at, letter)| {
        used += letter.width().unwrap_or_default();
        (used > room).then_some(at)
    })
}

#[derive(Deserialize)]
struct Typed {
    #[serde(default)]
    subject: String,
    #[serde(default)]
    preheader: String,
}

/// Both lines as they are typed, with their marks.
async fn marks_of(Query(Typed { subject, preheader }): Query<Typed>) -> Response {
    let both = html! {
        div id="subject-drawn" { (drawn(Line::Subject, &subject, &subject)) }
        div id="preheader-drawn" { (drawn(Line::Preheader, &preheader, &subject)) }
    };
    page::fragment(both)
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    begin: String,
}

/// As many as one looks through.
const MOST: u32 = 12;

/// Readers whose address begins as typed, as options of the list; and the invented ones.
async fn readers(
    State(desk): State<Arc<Desk>>,
    Path(_name): Path<(String, String)>,
    Query(Wanted { begin }): Query<Wanted>,
) -> Response {
    let found = desk.work(move |desk| Some(desk.store()?.ok()?.readers_beginning(&begin, MOST).unwrap_or_default()));
    let found = found.await.unwrap_or_default();
    let known = found.iter().map(|reader| (reader.address.as_str(), reader.first_name.as_deref().unwrap_or_default()));
    page::fragment(options(INVENTED.iter().map(|(word, name, _)| (*word, *name)).chain(known)))
}

fn options<'a>(all: impl Iterator<Item = (&'a str, &'a str)>) -> Markup {
    html! { @for (value, name) in all { option value=(value) { (name) } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_cuts_where_its_row_ends() {
        let words = "x".repeat(75);
        let cuts = cuts(Line::Subject, &words, &words);
        let own = |at, name| (at, vec![name]);
        assert_eq!(cuts, [own(37, "Gmail phone"), own(48, "iPhone"), own(60, "Outlook"), own(70, "Gmail web")]);
        assert!(drawn(Line::Subject, &words, &words).into_string().contains("<s>xxxxx</s>"));
    }

    #[test]
    fn on_one_line_with_the_subject_the_preheader_has_what_the_subject_leaves() {
        let web = &CLIENTS[3];
        assert_eq!(web.room(Line::Preheader, "short"), 120 - 5 - 3);
        assert_eq!(web.room(Line::Preheader, &"x".repeat(200)), 120 - 70 - 3);
    }

    #[test]
    fn marks_too_near_each_other_share_a_label() {
        let words = "x".repeat(140);
        let cuts = cuts(Line::Preheader, &words, &"x".repeat(80));
        assert_eq!(cuts.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [40, 47, 60, 90]);
        let own = |label: &str| Some(label.to_owned());
        assert_eq!(
            labels(Line::Preheader, &words, &cuts),
            [own("Gmail phone, Gmail web"), None, own("Outlook"), own("iPhone")]
        );
    }

    #[test]
    fn a_wide_letter_takes_the_room_of_two_and_no_letter_is_cut_in_half() {
        assert_eq!(cut("漢字漢字", 5), Some(6));
        assert_eq!(cut("naïve", 5), None);
        assert_eq!(cut("naïve", 2), Some(2));
    }
}
