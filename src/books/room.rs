//! The press room: all that is known of one run, as a value. Read from the ledger in a few looks that change
//! nothing, then put together without it: what is drawn from the value is true of one moment.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::{Books, Forecast, Pace};
use crate::config::{Config, Newsletter};
use crate::ledger::{Counts, State};
use crate::store::{Edition, EditionState, Paused, Refusal, RelayStanding, Store, StoreError, Tally, Trace};

/// What the ledger says of an edition.
struct Reading {
    edition: Edition,
    span: TimeDelta,
    tally: Vec<Tally>,
    next_due: Option<DateTime<Utc>>,
    pace: Pace,
    paused: Vec<Paused>,
    relays: Vec<RelayStanding>,
    last: Vec<Trace>,
    why: Vec<(State, Vec<Refusal>)>,
    versions: BTreeMap<u32, u64>,
}

/// One run, to be looked at.
pub(crate) struct Room {
    /// The newsletter's.
    pub(crate) title: String,
    pub(crate) zone: Tz,
    pub(crate) now: DateTime<Utc>,
    pub(crate) books: Books,
    pub(crate) pace: Pace,
    /// How long each of the spans is.
    pub(crate) span: TimeDelta,
    /// How many were handed over in each span, from the first to the last, empty ones too.
    pub(crate) spans: Vec<(DateTime<Utc>, u64)>,
    pub(crate) lanes: Vec<LaneStanding>,
    pub(crate) relays: Vec<RelayShare>,
    /// The newest refusals.
    pub(crate) last: Vec<Trace>,
    /// What was said to those who did not get it, by state, most frequent first.
    pub(crate) why: Vec<(State, Vec<Refusal>)>,
    /// Readers by the version they were given.
    pub(crate) versions: BTreeMap<u32, u64>,
}

/// A group of receivers, and how far it is.
pub(crate) struct LaneStanding {
    pub(crate) name: String,
    /// Messages a second; none: as fast as the relay goes.
    pub(crate) rate: Option<u32>,
    pub(crate) counts: BTreeMap<State, u64>,
    pub(crate) guard: Guard,
    /// When it will be empty.
    pub(crate) done: Option<DateTime<Utc>>,
}

/// What a wave of refusals did to a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    Calm,
    /// It waits for an editor.
    Paused,
    /// An editor let it go on.
    Released,
}

/// A relay, and what went by it.
pub(crate) struct RelayShare {
    pub(crate) name: String,
    pub(crate) taken: u64,
    pub(crate) refused: u64,
    /// As its run last said; none for a run before anybody listened.
    pub(crate) standing: Option<RelayStanding>,
}

/// Refusals shown while a run is on.
const LAST: u32 = 8;

/// A run is drawn in at most so many spans.
const SPANS: i64 = 72;

/// Seconds a span may last: lengths that clocks have marks for.
const LENGTHS: [i64; 15] = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 21_600, 86_400];

impl Room {
    /// # Errors
    /// The store cannot be read.
    pub(crate) fn read(
        store: &Store,
        config: &Config,
        newsletter: &Newsletter,
        edition: Edition,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let forecast = Forecast::of(config, newsletter, store, now)?;
        Ok(Self::of(Reading::of(store, edition, now)?, newsletter, &forecast, now))
    }

    fn of(reading: Reading, newsletter: &Newsletter, forecast: &Forecast<'_>, now: DateTime<Utc>) -> Self {
        let Reading { edition, span, tally, next_due, pace, paused, relays, last, why, versions } = reading;
        let counts = counts(&edition, &tally);
        let spans = spans(&edition, &tally, span, now);
        let zone = newsletter.timezone;
        let lanes = lanes(&edition, &tally, &paused, pace, forecast);
        let relays = shares(&tally, relays);
        let books = Books { edition, counts, next_due };
        let title = newsletter.title.clone();
        Self { title, zone, now, books, pace, span, spans, lanes, relays, last, why, versions }
    }

    /// Whether somebody may still get it.
    pub(crate) fn is_open(&self) -> bool {
        !matches!(self.books.edition.state, EditionState::Done | EditionState::Cancelled)
    }

    pub(crate) fn is_sending(&self) -> bool {
        self.books.edition.state == EditionState::Sending
    }

    /// When the last lane will be empty.
    pub(crate) fn done(&self) -> Option<DateTime<Utc>> {
        let open = self.lanes.iter().filter(|lane| lane.of(State::Queued) > 0);
        open.map(|lane| lane.done).collect::<Option<Vec<_>>>()?.into_iter().max()
    }
}

impl LaneStanding {
    pub(crate) fn of(&self, state: State) -> u64 {
        self.counts.get(&state).copied().unwrap_or_default()
    }

    pub(crate) fn all(&self) -> u64 {
        self.counts.values().sum()
    }
}

impl Reading {
    fn of(store: &Store, edition: Edition, now: DateTime<Utc>) -> Result<Self, StoreError> {
        let span = span(&edition, now);
        let tally = store.tally(edition.id, span)?;
        let has = |state: State| tally.iter().any(|tally| tally.state == state);
        let states = [State::Failed, State::Deferred, State::Suppressed, State::Unknown, State::Expired];
        let why = states.into_iter().filter(|state| has(*state));
        let why =
            why.map(|state| Ok((state, store.refusals(edition.id, state)?))).collect::<Result<_, StoreError>>()?;
        Ok(Self {
            span,
            next_due: store.next_due(edition.id)?,
            pace: Pace::read(store, &edition, now)?,
            paused: store.paused(edition.id)?,
            relays: store.relays(edition.id)?,
            last: store.last_refusals(edition.id, LAST)?,
            why,
            versions: store.kept(edition.id)?,
            tally,
            edition,
        })
    }
}

/// From the first grant to the end, or to now.
fn stretch(edition: &Edition, now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    let from = edition.started.unwrap_or(edition.begun);
    (from, edition.finished.unwrap_or(now).max(from))
}

fn span(edition: &Edition, now: DateTime<Utc>) -> TimeDelta {
    let (from, to) = stretch(edition, now);
    let seconds = (to - from).num_seconds();
    let length = LENGTHS.into_iter().find(|length| seconds / length < SPANS).unwrap_or(86_400);
    TimeDelta::seconds(length)
}

fn counts(edition: &Edition, tally: &[Tally]) -> Counts {
    let of = |state| tally.iter().filter(|tally| tally.state == state).map(|tally| tally.count).sum();
    Counts {
        audience: edition.audience,
        queued: of(State::Queued),
        sending: of(State::Sending),
        sent: of(State::Sent),
        failed: of(State::Failed),
        deferred: of(State::Deferred),
        suppressed: of(State::Suppressed),
        unknown: of(State::Unknown),
        expired: of(State::Expired),
    }
}

/// What was settled later than the run counts in its last span.
fn spans(edition: &Edition, tally: &[Tally], span: TimeDelta, now: DateTime<Utc>) -> Vec<(DateTime<Utc>, u64)> {
    if edition.started.is_none() {
        return Vec::new();
    }
    let (from, to) = stretch(edition, now);
    let length = span.num_milliseconds().max(1);
    let begin = |at: DateTime<Utc>| at.timestamp_millis().div_euclid(length);
    let (first, last) = (begin(from), begin(to));
    let mut taken: BTreeMap<i64, u64> = (first..=last).map(|place| (place, 0)).collect();
    for sent in tally.iter().filter(|tally| tally.state == State::Sent) {
        *taken.entry(begin(sent.at).clamp(first, last)).or_default() += sent.count;
    }
    let at = |place: i64| DateTime::from_timestamp_millis(place * length).unwrap_or(from);
    taken.into_iter().map(|(place, count)| (at(place), count)).collect()
}

/// In config's order, then those config no longer has; only lanes with somebody in them.
fn lanes(
    edition: &Edition,
    tally: &[Tally],
    paused: &[Paused],
    pace: Pace,
    forecast: &Forecast<'_>,
) -> Vec<LaneStanding> {
    let mut by_name: BTreeMap<&str, BTreeMap<State, u64>> = BTreeMap::new();
    for Tally { lane, state, count, .. } in tally {
        *by_name.entry(lane).or_default().entry(*state).or_default() += count;
    }
    let queued = |name: &str| by_name.get(name).and_then(|counts| counts.get(&State::Queued)).copied();
    let known: Vec<_> = forecast.config.lanes.iter().map(|(name, rate)| (name.to_string(), rate)).collect();
    let loads: Vec<u64> = known.iter().map(|(name, _)| queued(name).unwrap_or_default()).collect();
    let ends = match edition.state {
        EditionState::Sending if pace.last_minute > 0 => forecast.ends(&loads, Some(pace.a_second)),
        _ => vec![None; loads.len()],
    };
    let guard = |name: &str| match paused.iter().find(|paused| &*paused.lane == name) {
        Some(Paused { released: false, .. }) => Guard::Paused,
        Some(Paused { released: true, .. }) => Guard::Released,
        None => Guard::Calm,
    };
    let gone = by_name.keys().filter(|name| !known.iter().any(|(known, _)| known == *name));
    let gone: Vec<_> = gone.map(|name| ((name.to_string(), None), None)).collect();
    known
        .into_iter()
        .zip(ends)
        .chain(gone)
        .filter_map(|((name, rate), done)| {
            let counts = by_name.get(name.as_str())?.clone();
            let guard = guard(&name);
            Some(LaneStanding { name, rate, counts, guard, done: done.filter(|_| guard != Guard::Paused) })
        })
        .collect()
}

fn shares(tally: &[Tally], standings: Vec<RelayStanding>) -> Vec<RelayShare> {
    let mut shares: BTreeMap<String, (u64, u64)> =
        standings.iter().map(|standing| (standing.relay.clone(), (0, 0))).collect();
    for Tally { relay, state, count, .. } in tally {
        if let Some(relay) = relay {
            let (taken, refused) = shares.entry(relay.clone()).or_default();
            match state {
                State::Sent => *taken += count,
                State::Failed | State::Deferred => *refused += count,
                _ => {}
            }
        }
    }
    let standing = |name: &str| standings.iter().find(|standing| standing.relay == name).cloned();
    let share = |(name, (taken, refused)): (String, _)| RelayShare { standing: standing(&name), name, taken, refused };
    shares.into_iter().map(share).collect()
}
