//! The lookout: what of a newsroom somebody must know of now, as its files and its store say.
//!
//! It only looks. Whatever looks, cron every five minutes or a preview after each save, sees the same and says it in
//! the same words; who is told, and that it is once, is decided by the alarm.

use chrono::{DateTime, Days, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::alarm::{About, Sight, Trouble};
use crate::books::{clock_time, plural};
use crate::config::{Config, Newsletter, OnChange};
use crate::finding::Level;
use crate::press::{Proof, Standing, Unfit, comes_at, flag, is_extra, pull};
use crate::schedule;
use crate::store::{Edition, EditionState, Purpose, Store, StoreError};
use crate::{files, issue};

/// Who writes the log where no person does.
pub(crate) const PRESS: &str = "pressrun";
/// Why an edition is held that somebody asked to be: nobody has to be told.
pub(crate) const BY_LIMIT: &str = "stopped by --limit";
/// How long a finished edition is looked at.
const REMEMBERED: TimeDelta = TimeDelta::days(7);

/// Everything there is to see about these newsletters.
///
/// # Errors
/// The store cannot be read, or the settings make no mail of an issue.
pub(crate) fn look(
    config: &Config,
    newsletters: &[&Newsletter],
    store: &Store,
    now: DateTime<Utc>,
) -> Result<Vec<Sight>, Unfit> {
    let mut sights = Vec::new();
    for newsletter in newsletters {
        let lookout = Lookout { config, newsletter, store, now };
        sights.extend(lookout.issues()?);
        sights.extend(lookout.editions()?);
    }
    Ok(sights)
}

/// Whether an issue still is what was approved; `None` where no approval is wanted.
///
/// # Errors
/// As `look`.
pub(crate) fn look_at_approval(
    config: &Config,
    newsletter: &Newsletter,
    store: &Store,
    slot: &str,
    proof: Option<&Proof>,
) -> Result<Option<Sight>, Unfit> {
    let about = About::issue(Trouble::Changed, &newsletter.id, slot);
    let name = format!("{} {slot}", newsletter.title);
    if store.edition(&newsletter.id, slot, Purpose::Issue)?.is_some_and(|edition| is_begun(&edition)) {
        return Ok(Some(Sight::right(about, format!("{name} is on its way, or was cancelled"))));
    }
    Ok(match Standing::of(config, newsletter, store, slot, proof)? {
        Standing::NotNeeded => None,
        Standing::Missing => Some(Sight::right(about, format!("{name} has no approval any more"))),
        Standing::Given { by, .. } => Some(Sight::right(about, format!("{name} is what {by} approved"))),
        Standing::Outdated { by } => {
            let flag = flag(config, newsletter);
            let then = match newsletter.on_change {
                OnChange::Hold => "It is not sent like this.",
                OnChange::SendApproved => "What was approved is sent, without the change.",
            };
            let mend = format!(
                "{then}\n`pressrun{flag} diff {slot} --to approved` shows what a reader would notice;\n\
                 `pressrun{flag} approve {slot}` approves it as it is now."
            );
            Some(Sight::wrong(about, format!("{name} was changed after {by} approved it"), mend))
        }
    })
}

/// Somebody who looks at one newsletter.
struct Lookout<'a> {
    config: &'a Config,
    newsletter: &'a Newsletter,
    store: &'a Store,
    now: DateTime<Utc>,
}

impl Lookout<'_> {
    /// Issues whose hour is near or that somebody has approved.
    fn issues(&self) -> Result<Vec<Sight>, Unfit> {
        let near = self.near();
        let mut slots: Vec<String> = near.iter().map(|(slot, _)| slot.clone()).collect();
        let today = self.now.with_timezone(&self.newsletter.timezone).date_naive();
        let approved = self.store.approved_slots(&self.newsletter.id)?;
        slots.extend(approved.into_iter().filter(|slot| issue::date_of(slot).is_some_and(|date| date >= today)));
        slots.sort();
        slots.dedup();
        let mut sights = Vec::new();
        for slot in slots {
            let due = near.iter().find(|(near, _)| *near == slot).map(|(_, due)| *due);
            sights.extend(self.issue(&slot, due)?);
        }
        Ok(sights)
    }

    /// One issue: whether it is ready where its hour is near, and what was approved.
    fn issue(&self, slot: &str, due: Option<DateTime<Tz>>) -> Result<Vec<Sight>, Unfit> {
        let name = self.name(slot);
        let about = About::issue(Trouble::Unready, &self.newsletter.id, slot);
        let edition = self.store.edition(&self.newsletter.id, slot, Purpose::Issue)?;
        match &edition {
            Some(edition) if is_begun(edition) => {
                let words = format!("{name} is on its way, or was cancelled");
                let changed = look_at_approval(self.config, self.newsletter, self.store, slot, None)?;
                return Ok(changed.into_iter().chain([Sight::right(about, words)]).collect());
            }
            // A person keeps it back, and knows.
            Some(edition) if edition.state == EditionState::Held => return Ok(Vec::new()),
            _ => {}
        }
        let written = files::slots(&self.config.root, &self.newsletter.id).iter().any(|own| own == slot);
        let pulled = written.then(|| pull(self.config, self.newsletter, slot));
        let proof = pulled.as_ref().and_then(|pulled| pulled.proof.as_ref());
        let mut sights: Vec<Sight> = Vec::new();
        if written {
            sights.extend(look_at_approval(self.config, self.newsletter, self.store, slot, proof)?);
        }
        // From its hour on, why it is not sent is told instead.
        let Some(due) = due.filter(|due| *due > self.now) else { return Ok(sights) };
        let errors = pulled.iter().flat_map(|pulled| &pulled.findings).filter(|finding| finding.level == Level::Error);
        let missing = match (written, errors.count()) {
            (false, _) => Some(("there is no issue", "new")),
            (true, 1..) => Some(("it has errors", "check")),
            (true, 0) => match Standing::of(self.config, self.newsletter, self.store, slot, proof)? {
                Standing::Missing => Some(("it is not approved", "approve")),
                Standing::Outdated { .. } if self.newsletter.on_change == OnChange::Hold => {
                    Some(("it was changed after its approval", "approve"))
                }
                Standing::NotNeeded | Standing::Given { .. } | Standing::Outdated { .. } => None,
            },
        };
        sights.push(match missing {
            None => Sight::right(about, format!("{name} is ready")),
            Some((why, command)) => {
                let at = clock_time(due.to_utc(), self.newsletter.timezone, self.now);
                let mend = format!("`pressrun{} {command} {slot}`", flag(self.config, self.newsletter));
                Sight::wrong(about, format!("{name} is due at {at}, and {why}"), mend)
            }
        });
        Ok(sights)
    }

    /// Slots whose hour comes soon, or came and is not too long ago, with that hour.
    fn near(&self) -> Vec<(String, DateTime<Tz>)> {
        let Newsletter { timezone, late_limit, .. } = self.newsletter;
        let span = |span| TimeDelta::from_std(span).unwrap_or(TimeDelta::MAX);
        let within = |due: &DateTime<Tz>| {
            let ahead = due.to_utc() - self.now;
            ahead <= span(self.config.alarm.before) && -ahead <= span(*late_limit)
        };
        let today = self.now.with_timezone(timezone).date_naive();
        let days = [today - Days::new(1), today, today + Days::new(1)];
        let regular = days.into_iter().filter(|day| schedule::is_sending_day(self.newsletter, *day));
        let regular = regular.map(|day| (day.to_string(), schedule::slot_on(self.newsletter, day).at));
        let own = files::slots(&self.config.root, &self.newsletter.id).into_iter();
        let extras = own.filter(|slot| is_extra(slot) && issue::date_of(slot).is_some_and(|day| days.contains(&day)));
        // One that cannot be read is told when its day is due to be sent.
        let hour = |slot: String| Some((comes_at(self.config, self.newsletter, &slot).ok()??, slot));
        let extras = extras.filter_map(hour).map(|(due, slot)| (slot, due));
        regular.chain(extras).filter(|(_, due)| within(due)).collect()
    }

    /// Editions that are on their way, or were not long ago.
    fn editions(&self) -> Result<Vec<Sight>, Unfit> {
        let mut sights = Vec::new();
        for edition in self.store.editions(Some(&self.newsletter.id))? {
            let recent = edition.finished.is_none_or(|finished| self.now - finished < REMEMBERED);
            if edition.purpose == Purpose::Issue && is_begun(&edition) && recent {
                sights.extend([
                    self.held(&edition)?,
                    self.paused(&edition)?,
                    self.unfinished(&edition)?,
                    self.unsure(&edition)?,
                ]);
            }
        }
        Ok(sights)
    }

    /// Held by the press itself: a person who holds an edition knows.
    fn held(&self, edition: &Edition) -> Result<Sight, StoreError> {
        let (about, name) = self.of(Trouble::Held, edition);
        if edition.state != EditionState::Held {
            return Ok(Sight::right(about, format!("{name} is not held any more")));
        }
        let log = self.store.events(&edition.newsletter, &edition.slot)?;
        let held = log.iter().rfind(|event| event.what == "held");
        Ok(match held.filter(|event| event.who == PRESS && event.detail != BY_LIMIT) {
            Some(event) => {
                let (flag, slot) = (flag(self.config, self.newsletter), &edition.slot);
                let mend =
                    format!("`pressrun{flag} release {slot}` lets it go on, `pressrun{flag} cancel {slot}` ends it");
                Sight::wrong(about, format!("{name} is held: {}", event.detail), mend)
            }
            None => Sight::right(about, format!("{name} is held by a person now")),
        })
    }

    fn paused(&self, edition: &Edition) -> Result<Sight, StoreError> {
        let (about, name) = self.of(Trouble::Paused, edition);
        let lanes: Vec<String> = match edition.state {
            EditionState::Done | EditionState::Cancelled => Vec::new(),
            _ => {
                let paused = self.store.paused(edition.id)?.into_iter().filter(|paused| !paused.released);
                paused.map(|paused| paused.lane.to_string()).collect()
            }
        };
        if lanes.is_empty() {
            return Ok(Sight::right(about, format!("no lane of {name} stands still any more")));
        }
        let (flag, slot) = (flag(self.config, self.newsletter), &edition.slot);
        let mend = format!(
            "`pressrun{flag} report {slot}` shows the refusals; `pressrun{flag} release {slot}` lets the lane go on,\n\
             with `--lift` if the provider was wrong"
        );
        let what = format!("{name}: lane {} stands still, too many of its readers were refused", lanes.join(", "));
        Ok(Sight::wrong(about, what, mend))
    }

    /// Readers who never had their turn, or may not have it any more. Those who are deferred had theirs.
    fn unfinished(&self, edition: &Edition) -> Result<Sight, StoreError> {
        let (about, name) = self.of(Trouble::Unfinished, edition);
        let due = comes_at(self.config, self.newsletter, &edition.slot).ok().flatten().map(|due| due.to_utc());
        let begun = edition.started.unwrap_or(edition.begun);
        let hour = due.map_or(begun, |due| due.max(begun));
        let patience = TimeDelta::from_std(self.config.alarm.after).unwrap_or(TimeDelta::MAX);
        let queued = match edition.state {
            EditionState::Done | EditionState::Cancelled => 0,
            _ => self.store.queued(edition.id)?,
        };
        let (flag, slot) = (flag(self.config, self.newsletter), &edition.slot);
        if queued == 0 {
            return Ok(match self.expired(edition)? {
                0 => Sight::right(about, format!("everybody of {name} had their turn")),
                expired => Sight::wrong(
                    about,
                    format!("{name} is over, and {} got nothing before it expired", plural(expired, "reader")),
                    format!(
                        "`pressrun{flag} report {slot}` says what kept them; `expire_after` is how long they may wait"
                    ),
                ),
            });
        }
        let what = format!("{name} is not finished: {} still wait for their turn", plural(queued, "reader"));
        let mend = format!("`pressrun{flag} status {slot}` shows how it goes");
        Ok(match self.now - hour > patience {
            true => Sight::wrong(about, what, mend),
            false => Sight::right(about, format!("{name} is under way")),
        })
    }

    /// Readers who got nothing before the edition expired, where somebody has to know: they were never tried, or they
    /// are more than single mailboxes that stay full.
    fn expired(&self, edition: &Edition) -> Result<u64, StoreError> {
        if edition.state != EditionState::Done {
            return Ok(0);
        }
        let (expired, untried) = self.store.expired(edition.id)?;
        let wave = expired as f64 > edition.audience as f64 * self.newsletter.refusals;
        Ok(if untried > 0 || wave { expired } else { 0 })
    }

    fn unsure(&self, edition: &Edition) -> Result<Sight, StoreError> {
        let (about, name) = self.of(Trouble::Unsure, edition);
        let unknown = self.store.unknown(edition.id)?;
        if unknown == 0 {
            return Ok(Sight::right(about, format!("every reader of {name} is accounted for")));
        }
        let (flag, slot) = (flag(self.config, self.newsletter), &edition.slot);
        let mend = format!(
            "Nobody is sent it again by guesswork. `pressrun{flag} reconcile FILE` settles it from the relay's log,\n\
             `pressrun{flag} unknown list {slot}` names them"
        );
        let what = format!("{} of {name} may have it or not", plural(unknown, "reader"));
        Ok(Sight::wrong(about, what, mend))
    }

    fn of(&self, trouble: Trouble, edition: &Edition) -> (About, String) {
        (About::issue(trouble, &edition.newsletter, &edition.slot), self.name(&edition.slot))
    }

    fn name(&self, slot: &str) -> String {
        format!("{} {slot}", self.newsletter.title)
    }
}

/// Frozen or over: what becomes of it is the ledger's, not the files'.
fn is_begun(edition: &Edition) -> bool {
    edition.version > 0 || matches!(edition.state, EditionState::Done | EditionState::Cancelled)
}
