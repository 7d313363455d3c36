//! Looking at a run from beside: what is counted, and what a run says of its relays.

use super::*;
use crate::pace::Circuit;
use crate::store::RelayStanding;

#[test]
fn deliveries_are_tallied_by_state_lane_relay_and_span() {
    let home = Home::new();
    let mut store = home.open();
    let edition = sending(&mut store, 5);
    let grants = store.wave(edition, &[], &want(3), morning()).unwrap().grants;
    let later = morning() + TimeDelta::seconds(25);
    store.wave(edition, &outcomes(&grants[..2], State::Sent), &want(0), morning()).unwrap();
    store.wave(edition, &outcomes(&grants[2..], State::Failed), &want(0), later).unwrap();

    let looking = home.open();
    let tally = looking.tally(edition, TimeDelta::seconds(10)).unwrap();
    let said: Vec<_> =
        tally.iter().map(|tally| (tally.state, tally.relay.as_deref(), tally.count, tally.lane.as_str())).collect();
    let main = Some("main");
    assert_eq!(
        said,
        [(State::Queued, None, 2, OTHERS), (State::Sent, main, 2, OTHERS), (State::Failed, main, 1, OTHERS)]
    );
    assert_eq!(tally[2].at, morning() + TimeDelta::seconds(20), "a span begins where clocks have a mark");
    let refused = looking.last_refusals(edition, 8).unwrap();
    assert_eq!((refused.len(), refused[0].state), (1, State::Failed));
}

#[test]
fn the_last_word_about_a_relay_is_kept() {
    let mut store = Home::new().open();
    let edition = sending(&mut store, 1);
    let standing = |breaker, trouble: &str| RelayStanding {
        relay: "main".to_owned(),
        breaker,
        carries: true,
        trouble: trouble.to_owned(),
        since: morning(),
    };
    for (breaker, trouble) in [(Circuit::HalfOpen, ""), (Circuit::Open, "it does not answer")] {
        store.relay_stands(edition, &standing(breaker, trouble)).unwrap();
    }
    assert_eq!(store.relays(edition).unwrap(), [standing(Circuit::Open, "it does not answer")]);
}
