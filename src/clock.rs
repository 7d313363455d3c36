//! The only source of now and of randomness.
//!
//! `PRESSRUN_CLOCK` (RFC 3339) fixes the time for tests and rehearsals of a given morning; everything
//! else asks here, so that no test waits and no output depends on the hour it was made. Unit tests live in the
//! morning their editions are of, whatever day they are run on.

use chrono::{DateTime, Utc};

/// The time now, in UTC, or the instant `PRESSRUN_CLOCK` names.
pub(crate) fn now() -> DateTime<Utc> {
    std::env::var("PRESSRUN_CLOCK")
        .ok()
        .and_then(|fixed| DateTime::parse_from_rfc3339(&fixed).ok())
        .map_or_else(unfixed, |fixed| fixed.to_utc())
}

/// Random bytes from the system; for secrets and ids that must not be guessed.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system's random source answers, or nothing here can be safe");
    bytes
}

/// From 0 to 1; for what may be guessed.
pub(crate) fn chance() -> f64 {
    fastrand::f64()
}

#[cfg(not(test))]
fn unfixed() -> DateTime<Utc> {
    Utc::now()
}

#[cfg(test)]
fn unfixed() -> DateTime<Utc> {
    "2026-11-24T05:30:00Z".parse().expect("it is a date as RFC 3339 writes it")
}
