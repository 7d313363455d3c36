//! Which issue comes next, and what was sent of it already.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::config::{Config, Newsletter};
use crate::files::{self, Newsroom};
use crate::finding::{Finding, Findings};
use crate::issue::{self, Audience, IssueName};
use crate::press::Unfit;
use crate::schedule;
use crate::store::{Edition, EditionState, Purpose, Store, StoreError, Whom};

/// The earliest issue from today on that was not sent.
///
/// # Errors
/// The store cannot be read.
pub(crate) fn coming(
    config: &Config,
    newsletter: &Newsletter,
    store: &Store,
    now: DateTime<Utc>,
) -> Result<Option<String>, StoreError> {
    for slot in from_today(config, newsletter, now) {
        let over = edition(store, &newsletter.id, &slot)?
            .is_some_and(|edition| matches!(edition.state, EditionState::Done | EditionState::Cancelled));
        if !over {
            return Ok(Some(slot));
        }
    }
    Ok(None)
}

/// The earliest issue from today on or else the newest, for a clone whose store nobody knows.
pub(crate) fn written(config: &Config, newsletter: &Newsletter, now: DateTime<Utc>) -> Option<String> {
    from_today(config, newsletter, now).next().or_else(|| files::slots(&config.root, &newsletter.id).pop())
}

fn from_today(config: &Config, newsletter: &Newsletter, now: DateTime<Utc>) -> impl Iterator<Item = String> {
    let today: NaiveDate = now.with_timezone(&newsletter.timezone).date_naive();
    let slots = files::slots(&config.root, &newsletter.id).into_iter();
    slots.filter(move |slot| issue::date_of(slot).is_some_and(|date| date >= today))
}

/// Whether a slot is an extra's: a day's second issue, or a correction.
pub(crate) fn is_extra(slot: &str) -> bool {
    slot.len() > "2026-11-24".len()
}

/// When a slot comes by itself: a day's issue at its newsletter's hour, an extra at the hour in its own file. One
/// without an hour leaves only when a person sends it.
///
/// # Errors
/// The extra's file does not read, so that nobody knows.
pub(crate) fn comes_at(
    config: &Config,
    newsletter: &Newsletter,
    slot: &str,
) -> Result<Option<DateTime<Tz>>, Vec<Finding>> {
    let Some(date) = issue::date_of(slot) else { return Ok(None) };
    if !is_extra(slot) {
        return Ok(Some(schedule::slot_on(newsletter, date).at));
    }
    let name = IssueName { newsletter: newsletter.id.clone(), slot: slot.to_owned() };
    let source = Newsroom::open(&config.root).issue(&name).map_err(|finding| vec![finding])?;
    let mut findings = Findings::default();
    let file = issue::file::read(&source, &mut findings);
    let unread = file.broken || (file.send_at.is_none() && file.keys.iter().any(|key| key == "send_at"));
    if unread {
        return Err(findings.into_vec());
    }
    Ok(file.send_at.map(|hour| schedule::instant(newsletter.timezone, date, hour)))
}

/// The edition of a slot: the issue, or where there is none its rehearsal.
///
/// # Errors
/// The store cannot be read.
pub(crate) fn edition(store: &Store, newsletter: &str, slot: &str) -> Result<Option<Edition>, StoreError> {
    match store.edition(newsletter, slot, Purpose::Issue)? {
        Some(edition) => Ok(Some(edition)),
        None => store.edition(newsletter, slot, Purpose::Rehearsal),
    }
}

/// The readers an issue goes to.
///
/// # Errors
/// Nobody has the issue whose readers are meant.
pub(crate) fn whom(store: &Store, newsletter: &Newsletter, audience: &Audience) -> Result<Whom, Unfit> {
    match audience {
        Audience::Everybody => Ok(Whom::Everybody),
        Audience::Got(slot) => {
            let sent = edition(store, &newsletter.id, slot)?.filter(|edition| edition.started.is_some());
            let none = || Unfit::NotReady(format!("nobody got {} {slot}: it was not sent", newsletter.title));
            Ok(Whom::Got(sent.ok_or_else(none)?.id))
        }
    }
}

/// The newest edition of a newsletter that was begun.
///
/// # Errors
/// The store cannot be read.
pub(crate) fn newest(store: &Store, newsletter: &Newsletter) -> Result<Option<Edition>, StoreError> {
    let mut editions = store.editions(Some(&newsletter.id))?;
    editions.retain(|edition| edition.purpose != Purpose::Test);
    Ok(editions.into_iter().max_by_key(|edition| (edition.slot.clone(), edition.purpose == Purpose::Issue)))
}
