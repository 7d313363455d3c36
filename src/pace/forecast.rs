//! When each lane will be done, as far as its pace and the relay's can tell.

use std::time::Duration;

/// What is left of a lane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Load {
    pub(crate) queued: u64,
    /// Messages a second; none: as fast as the relay goes.
    pub(crate) rate: Option<f64>,
}

/// When each of these lanes will be empty, from now on, over a relay that takes `relay` messages a second.
///
/// Lanes with a rate get theirs, the others share the rest, as the floor grants them. `None` for a lane that only
/// the relay's pace limits, where nobody knows that.
pub(crate) fn forecast(lanes: &[Load], relay: Option<f64>) -> Vec<Option<Duration>> {
    let Some(relay) = relay else {
        let alone = |lane: &Load| match (lane.queued, lane.rate) {
            (0, _) => Some(Duration::ZERO),
            (queued, rate) => rate.and_then(|rate| Duration::try_from_secs_f64(queued as f64 / rate).ok()),
        };
        return lanes.iter().map(alone).collect();
    };
    let mut left: Vec<f64> = lanes.iter().map(|lane| lane.queued as f64).collect();
    let mut done = vec![None; lanes.len()];
    let mut now = 0.0;
    // Each round ends when a lane is empty, so there are no more rounds than lanes.
    for _ in 0..=lanes.len() {
        for (lane, left) in left.iter().enumerate().filter(|(_, left)| **left < 0.5) {
            done[lane] = done[lane].or_else(|| Duration::try_from_secs_f64(now + left.max(0.0)).ok());
        }
        let pace = shares(lanes, &left, relay);
        let next = left.iter().zip(&pace).filter(|(left, _)| **left >= 0.5).map(|(left, pace)| left / pace);
        let Some(step) = next.min_by(f64::total_cmp).filter(|step| step.is_finite()) else { break };
        now += step;
        left.iter_mut().zip(&pace).for_each(|(left, pace)| *left -= pace * step);
    }
    done
}

/// Messages a second each lane gets while these are not empty.
fn shares(lanes: &[Load], left: &[f64], relay: f64) -> Vec<f64> {
    let open = |lane: &usize| left[*lane] >= 0.5;
    let mut limited: Vec<usize> = (0..lanes.len()).filter(open).filter(|lane| lanes[*lane].rate.is_some()).collect();
    limited.sort_by(|a, b| lanes[*a].rate.unwrap_or(relay).total_cmp(&lanes[*b].rate.unwrap_or(relay)));
    let mut rest = relay;
    let mut pace = vec![0.0; lanes.len()];
    for lane in limited {
        pace[lane] = lanes[lane].rate.unwrap_or(rest).min(rest);
        rest -= pace[lane];
    }
    let free: Vec<usize> = (0..lanes.len()).filter(open).filter(|lane| lanes[*lane].rate.is_none()).collect();
    for lane in &free {
        pace[*lane] = rest / free.len() as f64;
    }
    pace
}
