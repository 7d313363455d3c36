//! The page around every room: the house's name, where one is, what can be done there, and the line at the bottom.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use super::pull::about;
use super::who::Who;
use super::{Desk, assets};
use crate::issue::IssueName;

/// Where one is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place<'a> {
    Issue(&'a IssueName),
    /// The press room of an issue.
    Room(&'a IssueName),
    Days,
}

impl Place<'_> {
    /// As the script and the style sheet know it.
    fn word(self) -> &'static str {
        match self {
            Self::Issue(_) => "issue",
            Self::Room(_) => "room",
            Self::Days => "days",
        }
    }

    /// A page that is only read is scrolled by keys when it has the focus; elsewhere something inside has it.
    fn stop(self) -> &'static str {
        match self {
            Self::Room(_) => "0",
            Self::Issue(_) | Self::Days => "-1",
        }
    }

    /// The ways to all places, of the issue one is at or else of the one the preview was started with.
    fn ways(self, desk: &Desk) -> Markup {
        let issue = match self {
            Self::Issue(name) | Self::Room(name) => about(name),
            Self::Days => about(&desk.first),
        };
        let ways = [
            ("issue", format!("/{issue}"), "Issue"),
            ("room", format!("/{issue}/room"), "Press room"),
            ("days", "/days".to_owned(), "Days"),
        ];
        html! {
            nav aria-label="Rooms" {
                @for (word, address, name) in ways {
                    a href=(address) data-way=(word) aria-current=[(word == self.word()).then_some("page")] { (name) }
                }
            }
        }
    }
}

/// A page of the desk.
pub(super) struct Page<'a> {
    pub(super) place: Place<'a>,
    pub(super) title: &'a str,
    /// What its news are about: `morning/2026-11-24` an issue, `morning` a newsletter's issues.
    pub(super) abouts: Vec<String>,
    /// Names the file that is edited here; empty where none is.
    pub(super) seen: String,
    /// Which one of its kind it is, beside the house's name.
    pub(super) which: Markup,
    /// What can be done here.
    pub(super) deeds: Markup,
    /// What is fetched again when news come.
    pub(super) main: Markup,
}

impl Page<'_> {
    /// The whole page. The script fetches it again when news come, and changes bar and main where they differ.
    pub(super) fn whole(self, desk: &Desk, who: &Who) -> Response {
        let house = desk.config().publication.name.clone();
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    title { (self.title) " · " (house) }
                    meta name="viewport" content="width=device-width,initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="token" content=(who.token);
                    meta name="start" content=(desk.start);
                    link rel="icon" href="data:,";
                    link rel="stylesheet" href=(assets::style());
                    script src=(assets::script()) defer {}
                }
                body {
                    header.bar id="bar" {
                        span.house { (house) }
                        (self.place.ways(desk))
                        (self.which)
                        div.deeds id="deeds" { (self.deeds) }
                        span.company id="here" role="status" data-own {}
                        span.live id="live" role="status" data-own { "live" }
                        button.round id="help" type="button" aria-label="Keys" aria-keyshortcuts="?" { "?" }
                        @if who.login.is_some() {
                            button.round.me type="button" data-dialog="/-/me" title=(who.name) {
                                span aria-hidden="true" { (who.initials()) }
                                span.sr { (who.name) ", who is logged in" }
                            }
                        }
                    }
                    main id="main" tabindex=(self.place.stop()) data-place=(self.place.word()) data-about=(self.abouts.join(" ")) data-seen=(self.seen) { (self.main) }
                    p.away role="alert" hidden id="away" {
                        strong { "The preview does not answer." } " It is asked again every moment; what you see may be old."
                    }
                    div.said id="said" role="status" aria-live="polite" { span {} button.plain type="button" hidden { "Undo" } }
                    p.told id="told" role="status" {}
                    dialog id="dialog" {}
                    dialog.keys id="keys" aria-labelledby="keys-title" {
                        h2 id="keys-title" { "Keys" }
                        div.groups {}
                        form.row method="dialog" {
                            button.button autofocus { "Close" }
                            p.quiet { "No key sends to the list." }
                        }
                    }
                }
            }
        };
        ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page.into_string()).into_response()
    }
}

/// A piece of a page, fetched by the script: a dialog, the rows of a list.
pub(super) fn fragment(piece: Markup) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], piece.into_string()).into_response()
}

/// Words with `names in backticks` set as such.
pub(super) fn said(words: &str) -> Markup {
    html! {
        @for (nth, stretch) in words.split('`').enumerate() {
            @if nth % 2 == 1 { code { (stretch) } } @else { (stretch) }
        }
    }
}
