//! Charts, drawn here as SVG. Shapes only, stretched to the room there is; every word stands in HTML beside
//! them, so that it keeps its size on any screen and a screen reader reads a table instead of a picture.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::room::{LaneStanding, Room};
use super::{clock_time, thousands};
use crate::ledger::State;

/// The order in which states stand in a bar: what is over, from good to bad, then what is open.
pub(super) const ORDER: [State; 8] = [
    State::Sent,
    State::Suppressed,
    State::Expired,
    State::Failed,
    State::Unknown,
    State::Deferred,
    State::Sending,
    State::Queued,
];

/// Width and height of every drawing, in its own units.
const WIDTH: f64 = 1_000.0;
const HEIGHT: f64 = 100.0;

/// One bar of the whole audience, cut by states.
pub(super) fn states(parts: impl Iterator<Item = (State, u64)> + Clone) -> Markup {
    let all: u64 = parts.clone().map(|(_, count)| count).sum();
    let mut at = 0.0;
    let cut = parts.filter(|(_, count)| *count > 0).map(|(state, count)| {
        let from = at;
        at += WIDTH * count as f64 / all as f64;
        (state, from, at - from)
    });
    html! {
        svg.bar viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true" {
            @for (state, from, width) in cut {
                rect class=(state.as_str()) x=(short(from)) y="0" width=(short(width)) height="100" {}
            }
        }
    }
}

pub(super) fn lane(lane: &LaneStanding) -> Markup {
    states(ORDER.into_iter().map(|state| (state, lane.of(state))))
}

/// Columns of what was handed over in each span, with a scale and hours; the same as a table behind it.
pub(super) fn deliveries(room: &Room) -> Markup {
    let most = room.spans.iter().map(|(_, count)| *count).max().unwrap_or_default();
    let top = scale(most);
    let wide = WIDTH / room.spans.len().max(1) as f64;
    let column = |(place, (_, count)): (usize, &(DateTime<Utc>, u64))| {
        let height = HEIGHT * *count as f64 / top as f64;
        (wide * place as f64, HEIGHT - height, height)
    };
    let day = room.books.edition.begun;
    let hour = |at: DateTime<Utc>| match room.span.num_seconds() {
        0..60 => at.with_timezone(&room.zone).format("%H:%M:%S").to_string(),
        _ => clock_time(at, room.zone, day),
    };
    // The first, the middle and the last, each once.
    let marks: BTreeSet<usize> = [0, (room.spans.len() - 1) / 2, room.spans.len() - 1].into();
    html! {
        div.chart {
            div.scale aria-hidden="true" { span { (thousands(top)) } span { (thousands(top / 2)) } span { "0" } }
            svg viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true" {
                @for line in [0.0, 50.0, 100.0] { path.line d=(format!("M0 {line}H1000")) {} }
                @for (x, y, height) in room.spans.iter().enumerate().map(column).filter(|(_, _, height)| *height > 0.0) {
                    rect.sent x=(short(x + wide * 0.1)) y=(short(y)) width=(short(wide * 0.8)) height=(short(height)) {}
                }
            }
            div.hours aria-hidden="true" { @for mark in marks { span { (hour(room.spans[mark].0)) } } }
        }
        details {
            summary { "As a table" }
            table {
                thead { tr { th scope="col" { "From" } th.number scope="col" { "Handed over" } } }
                tbody { @for (at, count) in &room.spans { tr { td { (hour(*at)) } td.number { (thousands(*count)) } } } }
            }
        }
    }
}

/// The next round number a scale may end with; even, so that its middle is a whole one.
fn scale(most: u64) -> u64 {
    let steps = (0..19).flat_map(|power| [2, 4, 6, 10].map(|step: u64| step * 10u64.pow(power)));
    steps.into_iter().find(|step| *step >= most).unwrap_or(most)
}

/// A number as short as a drawing needs it.
fn short(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_ends_with_a_round_number_whose_half_is_whole() {
        assert_eq!([0, 1, 3, 5, 7, 11, 43, 4_100].map(scale), [2, 2, 4, 6, 10, 20, 60, 6_000]);
    }

    #[test]
    fn a_bar_is_cut_by_the_share_of_each_state_and_leaves_out_the_empty() {
        let drawn = states([(State::Sent, 3), (State::Failed, 0), (State::Queued, 1)].into_iter()).into_string();
        assert!(drawn.contains(r#"class="sent" x="0" y="0" width="750""#), "{drawn}");
        assert!(drawn.contains(r#"class="queued" x="750" y="0" width="250""#), "{drawn}");
        assert!(!drawn.contains("failed"), "{drawn}");
    }
}
