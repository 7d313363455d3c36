//! The press room as a page: where everybody stands, how fast it goes, which lane is done when, what the relays
//! say, and who did not get it and why. The same sheet while a run is on and when its books are closed.

use chrono::{DateTime, Utc};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::room::{Guard, RelayShare, Room};
use super::{chart, clock_time, plural, thousands};
use crate::ledger::{Class, State};
use crate::pace::Circuit;
use crate::store::{EditionState, Purpose};

/// How the sheet looks; everything in it stands under `.room`.
pub(crate) const STYLE: &str = include_str!("room.css");

/// Kinds of refusals listed by their words in each state.
const KINDS: usize = 12;

/// A page that stands by itself, to be kept or sent around.
pub(crate) fn document(room: &Room) -> String {
    let title = format!("{} {}", room.title, room.books.edition.slot);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body.alone { main { (sheet(room)) } }
        }
    }
    .into_string()
}

/// The press room of one run.
pub(crate) fn sheet(room: &Room) -> Markup {
    html! {
        article.room {
            (head(room))
            (notices(room))
            (figures(room))
            (states(room))
            @if room.books.counts.sent > 0 && room.spans.len() > 1 { (pace(room)) }
            div.halves {
                @if !room.lanes.is_empty() { (lanes(room)) }
                @if !room.relays.is_empty() { (relays(room)) }
                @if room.books.edition.version > 1 { (versions(room)) }
            }
            @if room.is_open() && !room.last.is_empty() { (last(room)) }
            @if !room.why.is_empty() { (why(room)) }
        }
    }
}

fn head(room: &Room) -> Markup {
    let edition = &room.books.edition;
    html! {
        header {
            p.kicker {
                (room.title) " " span { (edition.slot) }
                @if edition.purpose == Purpose::Rehearsal { " " span { "rehearsal" } }
            }
            h1 { @if edition.subject.is_empty() { "Not frozen yet" } @else { bdi { (edition.subject) } } }
            p.standing {
                b class=(format!("state {}", edition.state.as_str())) { (edition.state.as_str()) }
                " " (when(room))
                @if edition.version > 1 { ", version " (edition.version) }
            }
        }
    }
}

fn when(room: &Room) -> String {
    let edition = &room.books.edition;
    let at = |time| hour(room, time);
    match (edition.started, edition.finished) {
        (Some(started), Some(finished)) => format!("{} to {}", at(started), at(finished)),
        (Some(started), None) => {
            format!("since {}, seen at {}", at(started), room.now.with_timezone(&room.zone).format("%H:%M:%S"))
        }
        (None, Some(finished)) => format!("at {}", at(finished)),
        (None, None) => format!("begun at {}", at(edition.begun)),
    }
}

fn hour(room: &Room, at: DateTime<Utc>) -> String {
    clock_time(at, room.zone, room.books.edition.begun)
}

/// What somebody should look at, and what to type.
fn notices(room: &Room) -> Markup {
    let edition = &room.books.edition;
    let counts = &room.books.counts;
    let slot = &edition.slot;
    let paused: Vec<_> = room.lanes.iter().filter(|lane| lane.guard == Guard::Paused && room.is_open()).collect();
    let open = |relay: &&RelayShare| relay.standing.as_ref().is_some_and(|own| own.breaker == Circuit::Open);
    let away: Vec<_> = room.relays.iter().filter(open).filter(|_| room.is_sending()).collect();
    let still = room.is_sending() && counts.queued > 0 && room.pace.last_minute == 0;
    html! {
        @if edition.state == EditionState::Held {
            (notice("wait", html! { "On hold: nobody is given it until " code { "pressrun release " (slot) } "." }))
        }
        @for lane in paused {
            (notice("bad", html! {
                "Lane " b { (lane.name) } " is paused: too many of its readers were refused for good. Look at the words below; "
                code { "pressrun release " (slot) } " lets it go on."
            }))
        }
        @for relay in away {
            (notice("bad", html! {
                "Relay " b { (relay.name) } " is left alone for a while"
                @if let Some(standing) = &relay.standing { @if !standing.trouble.is_empty() { ": " (standing.trouble) } }
                ". Nobody is lost."
            }))
        }
        @if still {
            (notice("wait", html! {
                "Nothing was taken in the last minute. If no run is on, " code { "pressrun send " (slot) } " goes on."
            }))
        }
        @if let Some(due) = room.books.next_due.filter(|_| counts.queued == 0) {
            (notice("wait", html! { (plural(counts.deferred, "reader")) " will be tried again from " (hour(room, due)) "." }))
        }
        @if counts.unknown > 0 {
            (notice("wait", html! {
                (plural(counts.unknown, "reader")) " may have it or not: never sent again by guesswork. "
                code { "pressrun unknown list" } " names them."
            }))
        }
    }
}

fn notice(kind: &str, words: Markup) -> Markup {
    html! { p class=(format!("notice {kind}")) { (words) } }
}

fn figures(room: &Room) -> Markup {
    let counts = &room.books.counts;
    let handed = counts.audience.saturating_sub(counts.queued + counts.sending + counts.deferred);
    html! {
        dl.figures {
            div.lead { dt { "settled" } dd { (thousands(handed)) " " small { "of " (thousands(counts.audience)) } } }
            @if room.is_sending() {
                div { dt { "in the last minute" } dd { (thousands(room.pace.last_minute)) " " small { (a_second(room.pace.a_second)) } } }
                div { dt { "done about" } dd { (room.done().map_or_else(|| "–".to_owned(), |at| hour(room, at))) } }
            } @else if let (Some(started), Some(finished)) = (room.books.edition.started, room.books.edition.finished) {
                div { dt { "took" } dd { (stretch((finished - started).num_seconds())) } }
                @let seconds = (finished - started).num_milliseconds().max(1) as f64 / 1_000.0;
                div { dt { "on average" } dd { (a_second(counts.sent as f64 / seconds)) } }
            }
            div { dt { "refused for good" } dd { (share(counts.failed, counts.audience)) } }
        }
    }
}

fn states(room: &Room) -> Markup {
    let counts = &room.books.counts;
    let parts = chart::ORDER.into_iter().map(|state| (state, counts.of(state)));
    html! {
        section aria-label="Where everybody stands" {
            (chart::states(parts.clone()))
            table.states {
                thead.away { tr { th scope="col" { "State" } th scope="col" { "Readers" } th scope="col" { "Share" } } }
                tbody {
                    @for (state, count) in parts {
                        tr.none[count == 0] {
                            th scope="row" { i class=(format!("swatch {}", state.as_str())) {} (state.as_str()) }
                            td.number { (thousands(count)) }
                            td.number { (share(count, counts.audience)) }
                        }
                    }
                }
            }
        }
    }
}

fn pace(room: &Room) -> Markup {
    html! {
        section {
            h2 { "Handed over" span { "every " (stretch(room.span.num_seconds())) } }
            (chart::deliveries(room))
        }
    }
}

fn lanes(room: &Room) -> Markup {
    let open = room.is_open();
    html! {
        section {
            h2 { "Lanes" }
            table {
                thead { tr {
                    th scope="col" { "Lane" }
                    th.number scope="col" { "Readers" }
                    th.number scope="col" { @if open { "Queued" } @else { "Sent" } }
                    @if open { th.number scope="col" { "Done about" } }
                } }
                tbody {
                    @for lane in &room.lanes {
                        tr {
                            th scope="row" {
                                (lane.name)
                                @match lane.guard {
                                    Guard::Calm => {}
                                    Guard::Paused => { b.tag.bad { "paused" } }
                                    Guard::Released => { b.tag { "let go on" } }
                                }
                                @if let Some(rate) = lane.rate { small { "at most " (thousands(rate.into())) " a second" } }
                            }
                            td.number { (thousands(lane.all())) }
                            td.number { (thousands(lane.of(if open { State::Queued } else { State::Sent }))) }
                            @if open {
                                @let done = lane.done.filter(|_| lane.of(State::Queued) > 0);
                                td.number { (done.map_or_else(|| "–".to_owned(), |at| hour(room, at))) }
                            }
                        }
                        tr.drawn aria-hidden="true" { td colspan=(if open { "4" } else { "3" }) { (chart::lane(lane)) } }
                    }
                }
            }
        }
    }
}

fn relays(room: &Room) -> Markup {
    html! {
        section {
            h2 { "Relays" }
            table {
                thead { tr {
                    th scope="col" { "Relay" }
                    th.number scope="col" { "Took" }
                    th.number scope="col" { "Refused" }
                    th scope="col" { "Breaker" }
                } }
                tbody { @for relay in &room.relays {
                    tr {
                        th scope="row" { (relay.name) }
                        td.number { (thousands(relay.taken)) }
                        td.number { (thousands(relay.refused)) }
                        td { (breaker(room, relay)) }
                    }
                } }
            }
        }
    }
}

fn breaker(room: &Room, relay: &RelayShare) -> Markup {
    let Some(standing) = &relay.standing else { return html! { "–" } };
    let class = if standing.breaker == Circuit::Open { "tag bad" } else { "tag" };
    html! {
        b class=(class) { (standing.breaker.as_str()) }
        small {
            @if standing.carries { "carries" } @else { "stands by" }
            ", since " (hour(room, standing.since))
            @if !standing.trouble.is_empty() { br; (standing.trouble) }
        }
    }
}

fn versions(room: &Room) -> Markup {
    html! {
        section {
            h2 { "Versions" }
            table {
                thead { tr { th scope="col" { "Version" } th.number scope="col" { "Readers" } } }
                tbody { @for (version, readers) in &room.versions {
                    tr { th scope="row" { (version) } td.number { (thousands(*readers)) } }
                } }
            }
        }
    }
}

fn last(room: &Room) -> Markup {
    html! {
        section {
            h2 { "Last refusals" }
            table {
                thead { tr { th scope="col" { "At" } th scope="col" { "Reader" } th scope="col" { "What was said" } } }
                tbody { @for trace in &room.last {
                    tr {
                        td { (trace.changed.with_timezone(&room.zone).format("%H:%M:%S")) }
                        td { i class=(format!("swatch {}", trace.state.as_str())) {} (trace.address) }
                        td.said { (trace.reply.as_deref().unwrap_or_default()) }
                    }
                } }
            }
        }
    }
}

fn why(room: &Room) -> Markup {
    html! {
        section {
            h2 { "Who did not get it, and why" }
            table {
                thead { tr { th.number scope="col" { "Readers" } th scope="col" { "State" } th scope="col" { "What was said" } th scope="col" { "For instance" } } }
                tbody { @for (state, refusals) in &room.why {
                    @for refusal in refusals.iter().take(KINDS) {
                        tr {
                            td.number { (thousands(refusal.count)) }
                            td { i class=(format!("swatch {}", state.as_str())) {} (state.as_str())
                                @if let Some(class) = refusal.class { small { (Class::as_str(class)) } } }
                            td.said { (refusal.reply) }
                            td { (refusal.address) }
                        }
                    }
                    @if refusals.len() > KINDS {
                        tr { td.number { "…" } td { (state.as_str()) } td colspan="2" { (refusals.len() - KINDS) " more kinds; " code { "pressrun report" } " lists them all" } }
                    }
                } }
            }
        }
    }
}

/// `0.4 %`; a share too small for one digit says so.
fn share(part: u64, all: u64) -> String {
    match 100.0 * part as f64 / all.max(1) as f64 {
        0.0 => "0 %".to_owned(),
        small if small < 0.1 => "< 0.1 %".to_owned(),
        percent if percent < 10.0 => format!("{percent:.1} %"),
        percent => format!("{percent:.0} %"),
    }
}

fn a_second(rate: f64) -> String {
    match rate {
        rate if rate >= 10.0 => format!("{} a second", thousands(rate.round() as u64)),
        rate if rate >= 1.0 => format!("{rate:.1} a second"),
        rate => format!("{:.1} a minute", rate * 60.0),
    }
}

/// `45 s`, `12 min`, `1 h 20 min`, `2 days`.
fn stretch(seconds: i64) -> String {
    let (minutes, hours) = (seconds / 60, seconds / 3_600);
    match (seconds, seconds % 60, minutes % 60) {
        (172_800.., ..) => format!("{} days", seconds / 86_400),
        (3_600.., _, 0) => format!("{hours} h"),
        (3_600.., _, rest) => format!("{hours} h {rest} min"),
        (600.., ..) | (60.., 0, _) => format!("{minutes} min"),
        (120.., rest, _) => format!("{minutes} min {rest} s"),
        _ => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_shares_are_said_as_people_say_them() {
        assert_eq!(
            [1, 60, 90, 754, 3_600, 4_800, 200_000].map(stretch),
            ["1 s", "1 min", "90 s", "12 min", "1 h", "1 h 20 min", "2 days"]
        );
        assert_eq!([share(0, 9), share(1, 50_000), share(3, 100), share(99, 100)], ["0 %", "< 0.1 %", "3.0 %", "99 %"]);
        assert_eq!(
            [a_second(0.5), a_second(2.25), a_second(1_204.4)],
            ["30.0 a minute", "2.2 a second", "1,204 a second"]
        );
    }
}
