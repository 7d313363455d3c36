//! The pages at the door. Each says in a line where one stands and has one thing to do.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use super::links::{GOOD, Worth};
use crate::preview::who::Login;
use crate::preview::{Desk, assets};

/// Where one types one's address.
pub(super) fn ask(desk: &Desk, to: &str, left: bool) -> Response {
    let words =
        if left { "You are logged out." } else { "You are mailed a link that lets you in. There is no password." };
    let main = html! { p { (words) } (form("Mail me a link", to)) };
    page(desk, StatusCode::OK, if left { "Until next time" } else { "Come in" }, main)
}

fn form(deed: &str, to: &str) -> Markup {
    html! {
        form method="post" action="/-/in" {
            input type="hidden" name="to" value=(to);
            label for="address" { "Your address" }
            input id="address" name="address" type="email" required autofocus autocomplete="email" inputmode="email"
                spellcheck="false" placeholder="you@example.org";
            button.button.deed type="submit" { (deed) }
        }
    }
}

/// The same for every address.
pub(super) fn sent(desk: &Desk) -> Response {
    let main = html! {
        p { "If the address you typed is an editor’s, a link is on its way to it. It works once, for " (GOOD.num_minutes()) " minutes." }
        p.quiet { "Nothing there after two minutes? Look among the spam, see that it is the address the newsroom knows you by, or "
            a href="/-/in" { "ask for another" } "." }
    };
    page(desk, StatusCode::OK, "Look into your mail", main)
}

/// Opened: a button is pressed by a person, and by no program that looks at mail.
pub(super) fn come_in(desk: &Desk, link: &str, name: &str) -> Response {
    let main = html! {
        p { "This is the desk, and you are " b { (name) } ". What you do here is done in that name." }
        form method="post" action={ "/-/in/" (link) } {
            button.button.deed type="submit" autofocus { "Go to the desk" }
        }
        p.quiet { "Somebody else? Then close this page, and the link is worth nothing in a few minutes." }
    };
    page(desk, StatusCode::OK, "Welcome", main)
}

/// A link that lets nobody in, why, and the way to another.
pub(super) fn no_good(desk: &Desk, worth: &Worth) -> Response {
    let (title, why) = match worth {
        Worth::Spent => (
            "This link was used",
            "Each link lets its editor in once. If that was not you, tell whoever runs the desk.",
        ),
        Worth::Late => ("This link is too old", "A link is good for a few minutes, and these are over."),
        Worth::Good { .. } | Worth::Nothing => (
            "This link leads nowhere",
            "It may have been cut off on its way, or the desk was started anew since it was mailed.",
        ),
    };
    page(desk, StatusCode::GONE, title, html! { p { (why) } (form("Mail me another", "/")) })
}

/// Who one is, and the way out.
pub(super) fn me(desk: &Desk, name: &str, login: &Login) -> Markup {
    html! {
        h2 { (name) }
        p.quiet { "Logged in at the desk of " (desk.config().publication.name) " as " (login.address) ". What you do here is done in your name." }
        form method="post" action="/-/out" {
            div.row {
                button.button.deed type="submit" { "Log out" }
                button.button type="button" data-close autofocus { "Stay" }
            }
        }
    }
}

fn page(desk: &Desk, status: StatusCode, title: &str, main: Markup) -> Response {
    let house = desk.config().publication.name.clone();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                title { (title) " · " (house) }
                meta name="viewport" content="width=device-width,initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                link rel="icon" href="data:,";
                link rel="stylesheet" href=(assets::style());
            }
            body.door {
                main {
                    p.house { (house) }
                    h1 { (title) }
                    (main)
                }
            }
        }
    };
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page.into_string()).into_response()
}
