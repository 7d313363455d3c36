//! The page around every room: the house's name, where one is, and the line at the bottom.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use super::{Desk, assets};

/// Where one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Issue,
}

/// Rooms one can walk to.
const NAV: &[(Place, &str, &str)] = &[(Place::Issue, "/", "Issue")];

/// The whole page. `about` is what its news are about; `main` is what is fetched again when they come.
pub(super) fn whole(desk: &Desk, place: Place, about: &str, title: &str, main: &Markup) -> Response {
    let house = desk.config().publication.name.clone();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                title { (title) " · " (house) }
                meta name="viewport" content="width=device-width,initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="token" content=(desk.token);
                meta name="start" content=(desk.start);
                meta name="about" content=(about);
                link rel="icon" href="data:,";
                link rel="stylesheet" href=(assets::style());
                script src=(assets::script()) defer {}
            }
            body {
                header.bar {
                    span.house { (house) }
                    nav aria-label="Rooms" {
                        @for (room, address, name) in NAV {
                            a href=(address) aria-current=[(*room == place).then_some("page")] { (name) }
                        }
                    }
                    span.live id="live" role="status" { "live" }
                    button.chip id="help" type="button" aria-label="Keys" { "?" }
                }
                main id="main" tabindex="-1" { (main) }
                div.said id="said" role="status" aria-live="polite" {}
                dialog id="keys" aria-labelledby="keys-title" {
                    h2 id="keys-title" { "Keys" }
                    dl {}
                    p.quiet { "No key sends to the list. " kbd { "Esc" } " closes this." }
                }
            }
        }
    };
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page.into_string()).into_response()
}
