//! Approving in the browser: the same questions the command line asks, bound to what was looked at.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use maud::{Markup, html};
use serde::Deserialize;

use super::answer::{Done, Refused, Said};
use super::pull::Galley;
use super::who::Who;
use super::{Desk, findings, is_there, meters, page, server};
use crate::books::{plural, thousands};
use crate::clock;
use crate::finding::Level;
use crate::press::{self, Proof, Standing, Vouching};
use crate::store::Store;

pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new()
        .route("/{newsletter}/{slot}/approve", get(dialog).post(approve))
        .route("/{newsletter}/{slot}/unapprove", post(unapprove))
}

/// Where the approval stands, and what can be done about it.
pub(super) fn deeds(desk: &Desk, galley: &Galley) -> Markup {
    let about = galley.about();
    let standing = standing(desk, galley);
    // Loud as long as it is what comes next: not where it is done or something is to be mended first, and not for what is
    // on its way already.
    let next = !matches!(standing, Some(Ok(Standing::NotNeeded | Standing::Given { .. })));
    let next = next && fit(galley).is_ok() && desk.edition(&galley.name).is_none();
    html! {
        (in_words(standing, galley))
        button.button type="button" data-dialog={ "/" (about) "/test" } aria-keyshortcuts="e" { "Test to me" }
        button.button.deed[next] type="button" data-dialog={ "/" (about) "/approve" } aria-keyshortcuts="a" { "Approve" }
    }
}

/// Where the approval stands, in words; nothing where there is no store.
pub(super) fn stands_at(desk: &Desk, galley: &Galley) -> Markup {
    in_words(standing(desk, galley), galley)
}

fn in_words(standing: Option<Result<Standing, String>>, galley: &Galley) -> Markup {
    let zone = galley.newsletter().timezone;
    html! {
        @match standing {
            None => {}
            Some(Ok(Standing::NotNeeded)) => span.standing { "needs no approval" },
            Some(Ok(Standing::Missing)) => span.standing { "not approved" },
            Some(Ok(Standing::Given { by, at })) => span.standing.good { "approved by " (by) ", " (at.with_timezone(&zone).format("%H:%M")) },
            Some(Ok(Standing::Outdated { by })) => span.standing.bad { "changed since " (by) " approved it" },
            Some(Err(why)) => span.standing.bad { (why) },
        }
    }
}

/// Of the files as they are: what is shown may be what they were.
pub(super) fn standing(desk: &Desk, galley: &Galley) -> Option<Result<Standing, String>> {
    let store = match desk.store()? {
        Ok(store) => store,
        Err(error) => return Some(Err(error.to_string())),
    };
    let proof = galley.proof().filter(|_| !galley.mail.is_stale());
    let standing = Standing::of(&galley.config, galley.newsletter(), &store, &galley.name.slot, proof);
    Some(standing.map_err(|unfit| unfit.to_string()))
}

/// The proof that somebody may vouch for or get a copy of: of the files as they are, with nothing in the way.
pub(super) fn fit(galley: &Galley) -> Result<&Proof, String> {
    let errors = findings::count(galley, Level::Error) as u64;
    match galley.proof() {
        _ if errors > 0 => Err(format!("{} in the way: the checks say what", stands(errors))),
        Some(proof) if !galley.mail.is_stale() => Ok(proof),
        _ => Err("the files make no mail: the checks say why".to_owned()),
    }
}

fn stands(errors: u64) -> String {
    format!("{} {}", plural(errors, "error"), if errors == 1 { "stands" } else { "stand" })
}

const NO_STORE: &str = "there is no store here: approve where the newsroom's store is, with `pressrun approve`";

/// The issue with its store, ready for the questions.
fn vouching<'g>(desk: &Desk, galley: &'g Galley, who: &Who) -> Result<Vouching<'g>, String> {
    let proof = fit(galley)?.clone();
    let store = desk.store().ok_or(NO_STORE)?.map_err(|error| error.to_string())?;
    if let Some(why) = store.foreign().map_err(|error| error.to_string())? {
        return Err(format!("nothing is approved in this store: {why}"));
    }
    let vouching = Vouching::begin(&galley.config, galley.newsletter(), &store, proof, clock::now());
    let vouching = vouching.map_err(|unfit| unfit.to_string())?;
    if who.login.is_some() {
        // They sign with their own name: whether that one may is known before any question.
        vouching.must_be_fit(&store, &who.name).map_err(|unfit| unfit.to_string())?;
    }
    Ok(vouching)
}

async fn dialog(State(desk): State<Arc<Desk>>, Path((newsletter, slot)): Path<(String, String)>, who: Who) -> Response {
    let drawn = desk.work(move |desk| {
        // Nobody vouches for what was on the disk a moment ago.
        desk.look_again(false);
        let galley = desk.galley(&desk.issue(&newsletter, &slot)?)?;
        let form = vouching(desk, &galley, &who).and_then(|vouching| form(desk, &galley, &vouching, &who));
        Some(html! {
            h2 { "Approve " (galley.newsletter().title) ", " (super::issue::day(&galley.name)) }
            @match form {
                Ok(form) => (form),
                Err(why) => {
                    p.bad { "Not now: " (page::said(&why)) "." }
                    form method="dialog" { button.button autofocus { "Close" } }
                }
            }
        })
    });
    match drawn.await {
        Some(drawn) => page::fragment(drawn),
        None => server::missing().await.into_response(),
    }
}

fn form(desk: &Desk, galley: &Galley, vouching: &Vouching<'_>, who: &Who) -> Result<Markup, String> {
    let Vouching { proof, audience, last, .. } = vouching;
    let content = vouching.content().map_err(|unfit| unfit.to_string())?;
    let about = galley.about();
    let taken = matches!(standing(desk, galley), Some(Ok(Standing::Given { .. } | Standing::Outdated { .. })));
    Ok(html! {
        dl.facts {
            div { dt { "Subject" } dd { (proof.subject) } }
            div { dt { "Preheader" } dd { (proof.preheader) } }
            div { dt { "Content" } dd {
                (plural(proof.stories as u64, "story").replace("storys", "stories")) ", " (thousands(proof.words as u64)) " words, " (proof.minutes) " min, "
                (meters::kilobytes(proof.html_bytes())) " of HTML"
            } }
            div { dt { "Goes to" } dd {
                b { (plural(*audience, "reader")) }
                @if let Some(last) = last { span.quiet { ", " (thousands(*last)) " last time" } }
            } }
        }
        form.vouch data-post={ "/" (about) "/approve" } data-closes {
            input type="hidden" name="content" value=(content);
            @for (nth, question) in vouching.questions().iter().enumerate() {
                label.question { input type="checkbox" name="answered" value=(nth) required autofocus[nth == 0]; span { (question) } }
            }
            @if let Some(swing) = vouching.swing() {
                label.swing {
                    span { "Mind that " (swing) ". If that is right, type the number of readers." }
                    input name="typed" required inputmode="numeric" autocomplete="off" pattern="[0-9., ]+";
                }
            }
            @if who.login.is_some() {
                p.quiet { "The log will say: approved by " b { (who.name) } "." }
            } @else {
                label.name { "Your name, for the log" input name="by" value=(who.name) required autocomplete="off"; }
            }
            div.row {
                button.button.deed type="submit" autofocus[vouching.questions().is_empty()] { "Approve for " (plural(*audience, "reader")) }
                button.button type="button" data-close { "Not yet" }
            }
        }
        @if taken {
            form.row data-post={ "/" (about) "/unapprove" } data-closes {
                button.plain type="submit" { "Take the approval back" }
            }
        }
    })
}

#[derive(Deserialize)]
struct Approve {
    /// What was looked at.
    content: String,
    #[serde(default)]
    typed: String,
    #[serde(default)]
    by: String,
    /// How many questions were answered; the script counts the boxes.
    #[serde(default)]
    answers: usize,
}

async fn approve(
    State(desk): State<Arc<Desk>>,
    Path((newsletter, slot)): Path<(String, String)>,
    who: Who,
    Form(Approve { content, typed, by, answers }): Form<Approve>,
) -> Said {
    desk.work(move |desk| {
        let name = desk.issue(&newsletter, &slot).ok_or_else(Refused::gone)?;
        desk.look_again(false);
        let galley = desk.galley(&name).ok_or_else(Refused::gone)?;
        let vouching = vouching(desk, &galley, &who).map_err(Refused::because)?;
        if vouching.content().map_err(|unfit| Refused::because(unfit.to_string()))? != content {
            let said = "the issue changed while you looked at it: look at it again, then approve it".to_owned();
            return Err(Refused::Changed { said, theirs: None });
        }
        if answers < vouching.questions().len() {
            return Err(Refused::because("not every question is answered"));
        }
        let number: String = typed.chars().filter(char::is_ascii_digit).collect();
        if vouching.swing().is_some() && number != vouching.audience.to_string() {
            return Err(Refused::because("the number typed is not the number of readers"));
        }
        let mut store = opened(desk)?;
        let (proof, approval) = vouching
            .vouch(&mut store, &who.signed(&by), clock::now())
            .map_err(|unfit| Refused::because(unfit.to_string()))?;
        desk.live.tell("issue", &galley.about(), serde_json::json!({}));
        let readers = plural(approval.audience, "reader");
        let signed = if who.login.is_some() { String::new() } else { format!(" as {}", approval.by) };
        Ok(Done::new(format!("approved {}{signed} for {readers}", proof.slot)))
    })
    .await
}

async fn unapprove(State(desk): State<Arc<Desk>>, Path((newsletter, slot)): Path<(String, String)>, who: Who) -> Said {
    desk.work(move |desk| {
        let name = desk.issue(&newsletter, &slot).ok_or_else(Refused::gone)?;
        let galley = desk.galley(&name).ok_or_else(Refused::gone)?;
        let taken = press::withdraw(&mut opened(desk)?, galley.newsletter(), &slot, &who.name, clock::now());
        if !taken.map_err(|error| Refused::because(error.to_string()))? {
            return Err(Refused::because("there is no approval to take back"));
        }
        desk.live.tell("issue", &galley.about(), serde_json::json!({}));
        Ok(Done::new(format!("took the approval of {slot} back")))
    })
    .await
}

/// The store, to be written; it is there already or the preview makes none.
fn opened(desk: &Desk) -> Result<Store, Refused> {
    let path = desk.config().store.path.clone();
    if !is_there(&path) {
        return Err(Refused::because(NO_STORE));
    }
    Store::open(&path).map_err(|error| Refused::because(error.to_string()))
}
