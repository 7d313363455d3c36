//! Which issue is meant: dates as editors type them, paths, and what is meant when nothing is typed.

use std::path::Path;

use crate::cli::{Failure, World};
use crate::config::{Config, Newsletter};
use crate::files;
use crate::issue;
use crate::press;
use crate::schedule::DateWord;
use crate::store::{Edition, Store};

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
        None => Ok(press::coming(config, newsletter, store, world.now())?),
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
        .hint(format!("`pressrun{} new {slot}` begins it", press::flag(config, newsletter))))
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
        Some(_) => press::edition(store, &newsletter.id, &slot(world, config, newsletter, store, date)?)?,
        None => press::newest(store, newsletter)?,
    };
    found.ok_or_else(|| {
        let what = date.map_or_else(|| newsletter.title.clone(), |date| format!("{} {date}", newsletter.title));
        Failure::not_ready(format!("{what} was not sent yet, so there are no books"))
            .hint("`pressrun send` sends it; bare `pressrun` shows what comes next")
    })
}

pub(crate) fn typed(world: &World, newsletter: &Newsletter, date: &str) -> Result<String, Failure> {
    if let Some((_, slot)) = from_path(date) {
        return Ok(slot);
    }
    let today = world.now().with_timezone(&newsletter.timezone).date_naive();
    match DateWord::parse(date) {
        Some(word) => Ok(word.on(today).to_string()),
        // An extra: `2026-11-24-2`, `2026-11-24-correction`.
        None if issue::date_of(date).is_some() => Ok(date.to_owned()),
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

fn no_issue(newsletter: &Newsletter) -> Failure {
    Failure::not_ready(format!("{} has no issue yet", newsletter.title))
        .hint(format!("an issue is a file issues/{}/DATE.toml", newsletter.id))
}
