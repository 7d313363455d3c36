//! Which issue is meant: dates as editors type them, paths, and what is meant when nothing is typed.

use std::path::Path;

use chrono::NaiveDate;

use crate::cli::{Failure, World};
use crate::config::{Config, Newsletter};
use crate::files;
use crate::schedule::DateWord;
use crate::store::{Edition, EditionState, Purpose, Store};

/// The newsletter a command is about: the folder of a path, `-n`, the only one, or the default.
pub(crate) fn newsletter<'c>(world: &World, config: &'c Config, date: Option<&str>) -> Result<&'c Newsletter, Failure> {
    match date.and_then(from_path) {
        Some((newsletter, _)) => config.newsletters.get(&newsletter).ok_or_else(|| {
            Failure::usage(format!(
                "the path is in the folder of `{newsletter}`, which is no newsletter of config.toml"
            ))
        }),
        None => world.newsletter(config),
    }
}

/// The slot a command is about: what was typed, or the earliest unsent issue from today on, or the newest.
pub(crate) fn slot(
    world: &World,
    config: &Config,
    newsletter: &Newsletter,
    store: &Store,
    date: Option<&str>,
) -> Result<String, Failure> {
    typed_or_coming(world, config, newsletter, store, date)?
        .or_else(|| files::slots(&config.root, &newsletter.id).pop())
        .ok_or_else(|| no_issue(newsletter))
}

/// The same for `send`, which never falls back to an issue of the past.
pub(crate) fn slot_to_send(
    world: &World,
    config: &Config,
    newsletter: &Newsletter,
    store: &Store,
    date: Option<&str>,
) -> Result<String, Failure> {
    typed_or_coming(world, config, newsletter, store, date)?.ok_or_else(|| {
        Failure::not_ready(format!("{} has no unsent issue from today on", newsletter.title))
            .hint("name its date to send one of the past: `pressrun send DATE`")
    })
}

fn typed_or_coming(
    world: &World,
    config: &Config,
    newsletter: &Newsletter,
    store: &Store,
    date: Option<&str>,
) -> Result<Option<String>, Failure> {
    match date {
        Some(date) => typed(world, newsletter, date).map(Some),
        None => coming(world, config, newsletter, store),
    }
}

/// A slot that has an issue file: without one there is nothing to approve or send.
///
/// # Errors
/// Not ready, with the file that is wanted.
pub(crate) fn written(config: &Config, newsletter: &Newsletter, slot: &str) -> Result<(), Failure> {
    if files::slots(&config.root, &newsletter.id).iter().any(|own| own == slot) {
        return Ok(());
    }
    Err(Failure::not_ready(format!("there is no issue of {} for {slot}", newsletter.title))
        .hint(format!("write issues/{}/{slot}.toml; template.toml beside it shows how", newsletter.id)))
}

/// The edition a look back is about: what was typed, or the newest one begun.
pub(crate) fn begun(
    world: &World,
    config: &Config,
    newsletter: &Newsletter,
    store: &Store,
    date: Option<&str>,
) -> Result<Edition, Failure> {
    let found = match date {
        Some(_) => edition(store, &newsletter.id, &slot(world, config, newsletter, store, date)?)?,
        None => newest(store, newsletter)?,
    };
    found.ok_or_else(|| {
        let what = date.map_or_else(|| newsletter.title.clone(), |date| format!("{} {date}", newsletter.title));
        Failure::not_ready(format!("{what} was not sent yet, so there are no books"))
            .hint("`pressrun send` sends it; bare `pressrun` shows what comes next")
    })
}

/// The edition of a slot: the issue, or where there is none its rehearsal.
pub(crate) fn edition(store: &Store, newsletter: &str, slot: &str) -> Result<Option<Edition>, Failure> {
    match store.edition(newsletter, slot, Purpose::Issue)? {
        Some(edition) => Ok(Some(edition)),
        None => Ok(store.edition(newsletter, slot, Purpose::Rehearsal)?),
    }
}

/// The newest edition of a newsletter that was begun.
pub(crate) fn newest(store: &Store, newsletter: &Newsletter) -> Result<Option<Edition>, Failure> {
    let mut editions = store.editions(Some(&newsletter.id))?;
    editions.retain(|edition| edition.purpose != Purpose::Test);
    Ok(editions.into_iter().max_by_key(|edition| (edition.slot.clone(), edition.purpose == Purpose::Issue)))
}

/// The earliest issue from today on that was not sent.
pub(crate) fn coming(
    world: &World,
    config: &Config,
    newsletter: &Newsletter,
    store: &Store,
) -> Result<Option<String>, Failure> {
    let today = world.now().with_timezone(&newsletter.timezone).date_naive();
    for slot in files::slots(&config.root, &newsletter.id) {
        if date_of(&slot).is_none_or(|date| date < today) {
            continue;
        }
        let over = edition(store, &newsletter.id, &slot)?
            .is_some_and(|edition| matches!(edition.state, EditionState::Done | EditionState::Cancelled));
        if !over {
            return Ok(Some(slot));
        }
    }
    Ok(None)
}

pub(crate) fn typed(world: &World, newsletter: &Newsletter, date: &str) -> Result<String, Failure> {
    if let Some((_, slot)) = from_path(date) {
        return Ok(slot);
    }
    let today = world.now().with_timezone(&newsletter.timezone).date_naive();
    match DateWord::parse(date) {
        Some(word) => Ok(word.on(today).to_string()),
        // An extra: `2026-11-24-2`, `2026-11-24-correction`.
        None if date_of(date).is_some() => Ok(date.to_owned()),
        None => Err(Failure::usage(format!("`{date}` is no date"))
            .hint("a date is `today`, `tomorrow`, `mon`, `2026-11-24`, or the path of an issue")),
    }
}

/// The newsletter and slot of `issues/morning/2026-11-24.toml`.
fn from_path(date: &str) -> Option<(String, String)> {
    if Path::new(date).extension().is_none_or(|ending| ending != "toml") {
        return None;
    }
    // Typed inside issues/morning/, the name alone says nothing of the newsletter.
    let path = std::path::absolute(date).ok()?;
    let newsletter = path.parent()?.file_name()?.to_str()?;
    Some((newsletter.to_owned(), path.file_stem()?.to_str()?.to_owned()))
}

/// The date a slot's name begins with.
pub(crate) fn date_of(slot: &str) -> Option<NaiveDate> {
    let date = slot.get(..10)?;
    let plain = slot.len() == 10
        || (slot[10..].starts_with('-') && slot.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
    plain.then(|| NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()).flatten()
}

fn no_issue(newsletter: &Newsletter) -> Failure {
    Failure::not_ready(format!("{} has no issue yet", newsletter.title))
        .hint(format!("an issue is a file issues/{}/DATE.toml", newsletter.id))
}
