//! Which issue comes next, and what was sent of it already.

use chrono::{DateTime, NaiveDate, Utc};

use crate::config::{Config, Newsletter};
use crate::files;
use crate::issue;
use crate::store::{Edition, EditionState, Purpose, Store, StoreError};

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

/// The newest edition of a newsletter that was begun.
///
/// # Errors
/// The store cannot be read.
pub(crate) fn newest(store: &Store, newsletter: &Newsletter) -> Result<Option<Edition>, StoreError> {
    let mut editions = store.editions(Some(&newsletter.id))?;
    editions.retain(|edition| edition.purpose != Purpose::Test);
    Ok(editions.into_iter().max_by_key(|edition| (edition.slot.clone(), edition.purpose == Purpose::Issue)))
}
