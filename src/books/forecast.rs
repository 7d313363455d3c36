//! When a run will be done: lane by lane, or day by day where its relay may not carry all of it in one.

use std::time::Duration;

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};

use super::{clock_time, plural, thousands};
use crate::config::{Config, Newsletter};
use crate::pace::{Day, Load, forecast};
use crate::store::{Store, StoreError};

/// When the lanes of a run will be done, in words.
pub(crate) struct Forecast<'a> {
    pub(super) config: &'a Config,
    newsletter: &'a Newsletter,
    /// What its relay may still carry today, where that is limited.
    day: Option<Day>,
    now: DateTime<Utc>,
    /// Who has nothing by then gets nothing.
    not_after: Option<DateTime<Utc>>,
}

impl<'a> Forecast<'a> {
    pub(crate) fn of(
        config: &'a Config,
        newsletter: &'a Newsletter,
        store: &Store,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        Ok(Self::with_day(config, newsletter, Self::day(config, newsletter, store, now)?, now))
    }

    /// What the newsletter's relay may still carry today, where that is limited.
    pub(crate) fn day(
        config: &Config,
        newsletter: &Newsletter,
        store: &Store,
        now: DateTime<Utc>,
    ) -> Result<Option<Day>, StoreError> {
        let relay = config.relays.get(&newsletter.relay);
        Ok(relay.map(|relay| store.relay_day(&relay.name, &relay.quota, now)).transpose()?.flatten())
    }

    /// For an edition that is not begun yet.
    pub(crate) fn with_day(
        config: &'a Config,
        newsletter: &'a Newsletter,
        day: Option<Day>,
        now: DateTime<Utc>,
    ) -> Self {
        let not_after = TimeDelta::from_std(newsletter.expire_after).ok().and_then(|wait| now.checked_add_signed(wait));
        Self { config, newsletter, day, now, not_after }
    }

    pub(crate) fn until(self, not_after: Option<DateTime<Utc>>) -> Self {
        Self { not_after, ..self }
    }

    /// When each lane will be empty, in config's order; none where only the relay's pace limits it and nobody knows
    /// that, or where the relay's day does.
    pub(crate) fn ends(&self, queued: &[u64], relay: Option<f64>) -> Vec<Option<DateTime<Utc>>> {
        if self.beyond_the_day(queued).is_some() {
            return vec![None; queued.len()];
        }
        let rates = self.config.lanes.iter().map(|(_, rate)| rate.map(f64::from));
        let loads: Vec<Load> = queued.iter().zip(rates).map(|(queued, rate)| Load { queued: *queued, rate }).collect();
        let at = |end: Duration| TimeDelta::from_std(end).ok().map(|wait| self.now + wait);
        forecast(&loads, relay).into_iter().map(|end| end.and_then(at)).collect()
    }

    /// A line a lane with somebody in it, in config's order; `relay` messages a second are what the relay takes. Where
    /// its day is too short for all, what that means.
    pub(crate) fn lines(&self, queued: &[u64], relay: Option<f64>) -> Vec<String> {
        if let Some(day) = self.beyond_the_day(queued) {
            return vec![self.days(day, queued.iter().sum())];
        }
        let lanes = self.config.lanes.iter().zip(queued).zip(self.ends(queued, relay));
        let mut lines = Vec::new();
        for (((name, rate), queued), end) in lanes.filter(|((_, queued), _)| **queued > 0) {
            let rate = rate.map(|rate| format!(" at {} a second", thousands(rate.into()))).unwrap_or_default();
            let end = match end {
                Some(at) => format!("done about {}", clock_time(at, self.newsletter.timezone, self.now)),
                None => "as fast as the relay takes them".to_owned(),
            };
            lines.push(format!("lane {name}: {}{rate}, {end}", plural(*queued, "reader")));
        }
        lines
    }

    /// Until which day all wait, where the relay has carried what this one allows.
    pub(crate) fn waits_for_a_day(&self, queued: &[u64]) -> Option<String> {
        let spent = self.beyond_the_day(queued).filter(|day| day.left == 0)?;
        Some(self.days(spent, queued.iter().sum()))
    }

    /// The relay's day, where it is shorter than what is queued. A spare may carry what goes beyond it.
    fn beyond_the_day(&self, queued: &[u64]) -> Option<Day> {
        let relay = self.config.relays.get(&self.newsletter.relay)?;
        self.day.filter(|day| relay.spare.is_none() && day.left < queued.iter().sum())
    }

    /// `relay main may carry 5 of them today (UTC), and the last on Thu 26 Nov`.
    fn days(&self, day: Day, queued: u64) -> String {
        let name = &self.newsletter.relay;
        let relay = self.config.relays.get(name);
        let last = relay.and_then(|relay| relay.quota.days_for(day, queued));
        let today = match day.left {
            0 => format!("relay {name} has carried its {} of today (UTC)", thousands(day.cap)),
            left => format!("relay {name} may carry {} of them today (UTC)", thousands(left)),
        };
        let Some(on) = last.and_then(|days| self.now.checked_add_days(Days::new(days.into()))) else {
            return format!("{today}, and no day in sight the last");
        };
        let begins = on.date_naive().and_time(NaiveTime::MIN).and_utc();
        let expires =
            if self.not_after.is_some_and(|end| end < begins) { ", when the edition has expired" } else { "" };
        format!("{today}, and the last on {}{expires}", on.format("%a %-d %b"))
    }
}
