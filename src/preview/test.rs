//! A test to oneself: one `[TEST]` copy through the real relay, to an address somebody typed.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Form, Router};
use maud::html;
use serde::Deserialize;

use super::answer::{Done, Refused, Said};
use super::who::Who;
use super::{Desk, page, server, vouch};
use crate::address::EmailAddress;
use crate::clock;
use crate::press;

pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new().route("/{newsletter}/{slot}/test", get(dialog).post(test))
}

async fn dialog(State(desk): State<Arc<Desk>>, Path((newsletter, slot)): Path<(String, String)>, who: Who) -> Response {
    let Some(name) = desk.issue(&newsletter, &slot) else { return server::missing().await.into_response() };
    let own = who.login.map(|login| login.address);
    let dialog = html! {
        h2 { "Test to me" }
        p.quiet { "One copy, marked [TEST], by the same relay as the issue. Nobody on the list gets anything." }
        form data-post={ "/" (super::pull::about(&name)) "/test" } data-closes {
            label.name { "To"
                input name="to" type="email" value=[own] required autofocus autocomplete="email" data-kept="test" placeholder="you@example.org"; }
            div.row {
                button.button.deed type="submit" { "Send one copy" }
                button.button type="button" data-close { "Not now" }
            }
        }
    };
    page::fragment(dialog)
}

#[derive(Deserialize)]
struct To {
    to: String,
}

async fn test(
    State(desk): State<Arc<Desk>>,
    Path((newsletter, slot)): Path<(String, String)>,
    Form(To { to }): Form<To>,
) -> Said {
    desk.work(move |desk| {
        let name = desk.issue(&newsletter, &slot).ok_or_else(Refused::gone)?;
        let galley = desk.galley(&name).ok_or_else(Refused::gone)?;
        let address = EmailAddress::parse(to.trim()).map_err(Refused::because)?;
        let proof = vouch::fit(&galley).map_err(Refused::because)?;
        let Ok(_one_at_a_time) = desk.testing.try_lock() else {
            return Err(Refused::because("a copy is on its way already"));
        };
        let answers = press::test(&galley.config, galley.newsletter(), proof, &[address], false, clock::now());
        match answers.map_err(Refused::because)?.pop() {
            Some((address, Ok(reply))) => Ok(Done::new(format!("sent a copy to {address}: {reply}"))),
            Some((address, Err(unsent))) => Err(Refused::because(format!("{address} got none: {}", unsent.words()))),
            None => Err(Refused::because("no copy was sent")),
        }
    })
    .await
}
