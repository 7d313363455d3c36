//! The page of a day nobody has written an issue for: how to begin one.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::post;
use axum::{Form, Router};
use maud::{Markup, html};
use serde::Deserialize;

use super::Desk;
use super::answer::{Done, Refused, Said};
use super::pull::Galley;
use crate::issue::IssueName;
use crate::press::{self, NotBegun, Pattern};

pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new().route("/{newsletter}/{slot}/begin", post(begin))
}

/// Whether there is no file at all, rather than one that cannot be read.
pub(super) fn is_unwritten(galley: &Galley) -> bool {
    !galley.config.root.join(galley.name.path()).exists()
}

pub(super) fn main(galley: &Galley, before: Option<&IssueName>) -> Markup {
    let newsletter = galley.newsletter();
    let has_template = galley.config.root.join(press::template(newsletter)).is_file();
    html! {
        section.unwritten aria-labelledby="unwritten-title" {
            h1 id="unwritten-title" { "Nobody has begun this issue" }
            p { (newsletter.title) " of " (super::issue::day(&galley.name)) " would be the file " code { (galley.name.path()) } ". As soon as it is there, it stands here." }
            div.row {
                (choice(galley, "", if has_template { "Begin it from the template" } else { "Begin it with the least there is" }, true))
                @if let Some(before) = before {
                    (choice(galley, &before.slot, &format!("Begin it with the blocks of {}", before.slot), false))
                }
            }
            p.quiet { "What has to be written is marked TK, and the checks find every TK that is left." }
        }
    }
}

fn choice(galley: &Galley, from: &str, words: &str, first: bool) -> Markup {
    html! {
        form data-post={ "/" (galley.about()) "/begin" } {
            input type="hidden" name="from" value=(from);
            button type="submit" class=(if first { "button deed" } else { "button" }) { (words) }
        }
    }
}

#[derive(Deserialize)]
struct Begin {
    #[serde(default)]
    from: String,
}

async fn begin(
    State(desk): State<Arc<Desk>>,
    Path((newsletter, slot)): Path<(String, String)>,
    Form(Begin { from }): Form<Begin>,
) -> Said {
    desk.work(move |desk| {
        let name = desk.issue(&newsletter, &slot).ok_or_else(Refused::gone)?;
        let config = desk.config();
        let own = config.newsletters.get(&newsletter).ok_or_else(Refused::gone)?;
        let pattern = match desk.issue(&newsletter, &from) {
            Some(past) => Pattern::Past(past.slot),
            None => Pattern::Template,
        };
        let begun = press::begin(&config, own, &name.slot, &pattern).map_err(|error| {
            Refused::because(match error {
                NotBegun::Unreadable(finding) => finding.title,
                NotBegun::Shapeless(why) | NotBegun::InTheWay(why) => why,
            })
        })?;
        desk.look_again(false);
        Ok(Done::new(format!("wrote {}", begun.path)))
    })
    .await
}
