//! The press room: the run of an issue on a page, live while it is on, with its books when they are closed; before
//! it, what is to come. And the band on the issue's own page while its edition is under way.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};

use super::issue::{Neighbours, day, which};
use super::page::{Page, Place};
use super::pull::about;
use super::who::Who;
use super::{Desk, runs, server, vouch};
use crate::books::{self, plural};
use crate::clock;
use crate::config::{Config, Newsletter, RelayUrl};
use crate::issue::IssueName;
use crate::press;
use crate::store::{EditionState, Purpose};

pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new().route("/{newsletter}/{slot}/room", get(show))
}

async fn show(State(desk): State<Arc<Desk>>, Path((newsletter, slot)): Path<(String, String)>, who: Who) -> Response {
    let page = desk
        .work(move |desk| {
            let name = desk.issue(&newsletter, &slot)?;
            page(desk, &name, &who)
        })
        .await;
    match page {
        Some(page) => page,
        None => server::missing().await.into_response(),
    }
}

fn page(desk: &Arc<Desk>, name: &IssueName, who: &Who) -> Option<Response> {
    let config = desk.config();
    let newsletter = config.newsletters.get(&name.newsletter)?;
    let main = html! {
        div.pressroom id="pressroom" {
            @match desk.run(name) {
                None => (no_store(&config)),
                Some(Err(error)) => (unread(&config, &error.to_string())),
                Some(Ok(None)) => (ahead(desk, &config, newsletter, name)),
                Some(Ok(Some(run))) => (books::sheet(&run)),
            }
        }
    };
    let page = Page {
        place: Place::Room(name),
        title: &format!("Press room · {}, {}", newsletter.title, day(name)),
        abouts: vec![runs::of_room(name), about(name), name.newsletter.clone()],
        seen: String::new(),
        which: which(newsletter, name, &Neighbours::of(desk, name), "/room"),
        deeds: html! { a.button href={ "/" (about(name)) } aria-keyshortcuts="p" { "Back to the issue" } },
        main,
    };
    Some(page.whole(desk, who))
}

/// Before the run: when it will be, to how many, and what it still waits for.
fn ahead(desk: &Arc<Desk>, config: &Config, newsletter: &Newsletter, name: &IssueName) -> Markup {
    let flag = press::flag(config, newsletter);
    let galley = desk.galley(name);
    let galley = galley.as_ref().filter(|galley| galley.source.is_some());
    html! {
        article.room.ahead {
            header {
                p.kicker { (newsletter.title) " " span { (name.slot) } }
                h1 { "Nothing has been sent yet" }
                p.standing {
                    @match galley.map(|galley| galley.outline.subject.trim()) {
                        None => { "Nobody has begun this issue: " a href={ "/" (about(name)) } { "begin it" } "." },
                        Some("") => { "The issue has no subject yet." },
                        Some(subject) => bdi { (subject) },
                    }
                }
            }
            dl.plan {
                div { dt { "Leaves" } dd { (leaves(config, newsletter, name)) } }
                div { dt { "Goes to" } dd { (goes_to(desk, config, newsletter)) } }
                @if let Some(galley) = galley {
                    div { dt { "Approval" } dd { (vouch::stands_at(desk, galley)) } }
                }
                div { dt { "By" } dd {
                    "relay " b { (newsletter.relay) }
                    @if is_rehearsal(config, newsletter) { " " b.tag { "rehearsal" } small { "the built-in mailbox takes it, and nobody else" } }
                } }
            }
            p.foot {
                "The run is drawn here from its first message on. It is begun by cron at its hour, or by "
                code { "pressrun send " (name.slot) (flag) } "; no button here sends."
            }
        }
    }
}

fn is_rehearsal(config: &Config, newsletter: &Newsletter) -> bool {
    config.relays.get(&newsletter.relay).is_some_and(|relay| matches!(relay.url, RelayUrl::Mailbox { .. }))
}

fn leaves(config: &Config, newsletter: &Newsletter, name: &IssueName) -> Markup {
    html! {
        @match press::comes_at(config, newsletter, &name.slot) {
            Ok(Some(at)) if at > clock::now() => { (at.format("%A, %-d %B, %H:%M")) },
            Ok(Some(at)) => { (at.format("%A, %-d %B, %H:%M")) small { "that hour has passed" } },
            Ok(None) => { "when somebody sends it" small { "it has no hour of its own" } },
            Err(_) => { "nobody knows" small { "its file does not read" } },
        }
    }
}

/// How many, and when the last of them would have it.
fn goes_to(desk: &Desk, config: &Config, newsletter: &Newsletter) -> Markup {
    html! {
        @match desk.readers(config, &newsletter.id) {
            None => "nobody knows: there is no store here",
            Some(Err(error)) => (error.to_string()),
            Some(Ok(counted)) => {
                (plural(counted.readers, "reader"))
                @if counted.readers > 0 { @for line in counted.forecast(config, newsletter) { small { (line) } } }
            },
        }
    }
}

/// The store's path as config.toml has it.
fn path(config: &Config) -> String {
    config.store.path.strip_prefix(&config.root).unwrap_or(&config.store.path).display().to_string()
}

fn no_store(config: &Config) -> Markup {
    html! {
        article.room.ahead {
            header {
                h1 { "There is no store here" }
                p.standing { "The press room is drawn from the newsroom's store, and " code { (path(config)) } " is not there." }
            }
            p.foot {
                "An issue can be written and looked at without one. Its run is followed where the newsroom's store is, by the preview there or by "
                code { "pressrun status --watch" } "."
            }
        }
    }
}

fn unread(config: &Config, why: &str) -> Markup {
    html! {
        article.room.ahead {
            header {
                h1 { "The store cannot be read" }
                p.standing { "The press room is drawn from " code { (path(config)) } "." }
            }
            p.notice.bad role="alert" { (super::page::said(why)) }
            p.foot { code { "pressrun doctor" } " looks at it more closely. As soon as it can be read, its run stands here." }
        }
    }
}

/// Says on the issue's own page that its edition is under way, and where to look.
pub(super) fn band(desk: &Desk, name: &IssueName) -> Markup {
    let edition =
        desk.edition(name).filter(|edition| !matches!(edition.state, EditionState::Done | EditionState::Cancelled));
    let Some(edition) = edition else { return html! {} };
    let config = desk.config();
    let Some(newsletter) = config.newsletters.get(&name.newsletter) else { return html! {} };
    let at = |time| books::clock_time(time, newsletter.timezone, edition.begun);
    let readers = plural(edition.audience, "reader");
    html! {
        p.band.run id="run" data-state=(edition.state.as_str()) {
            @if edition.purpose == Purpose::Rehearsal { b.tag { "rehearsal" } " " }
            @match edition.state {
                EditionState::Held if edition.version == 0 => { strong { "On hold" } " before it was frozen: it is not sent until " code { "pressrun release " (name.slot) } "." },
                EditionState::Held => { strong { "On hold" } ": whoever has nothing yet gets nothing until " code { "pressrun release " (name.slot) } "." },
                EditionState::Sending => { strong { "On its way" } @if let Some(started) = edition.started { " since " (at(started)) } " to " (readers) ". An edit here changes nothing for them." },
                EditionState::Ready => { strong { "Frozen" } " for " (readers) "; nobody has it yet." },
                EditionState::Freezing => { strong { "Being frozen" } " since " (at(edition.begun)) "." },
                EditionState::Done | EditionState::Cancelled => {},
            }
            " " a href={ "/" (about(name)) "/room" } aria-keyshortcuts="p" { "To the press room" }
        }
    }
}
