//! The day's board: what bare `pressrun` shows. For each newsletter the next issue, how far it is, and the
//! next command to type.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::cli::books::{Books, plural, thousands};
use crate::cli::{Exit, Failure, Outcome, World};
use crate::config::{Approval, Config, Newsletter};
use crate::finding::Level;
use crate::issue;
use crate::press::{self, Proof, Standing};
use crate::schedule;
use crate::store::{Edition, EditionState, Store};

/// One newsletter's line-up.
struct Card<'a> {
    newsletter: &'a Newsletter,
    /// The issue's slot; `None` where there is no issue file to come.
    slot: Option<String>,
    due: Option<DateTime<chrono_tz::Tz>>,
    readers: u64,
    proof: Option<Proof>,
    errors: usize,
    warnings: usize,
    approval: Standing,
    /// Of the newest edition: this one's, once it was begun, or the one before.
    books: Option<Books>,
}

pub(crate) fn run(world: &World) -> Outcome {
    let config = world.config()?;
    let store = world.store(&config)?;
    if !world.json {
        let now = world.now().with_timezone(&config.publication.timezone);
        world.print(format_args!("{}  {}", config.publication.name, now.format("%A, %-d %B %Y, %H:%M")))?;
    }
    for newsletter in world.newsletters(&config)? {
        let card = card(world, &config, &store, newsletter)?;
        match world.json {
            true => world.print(card.json())?,
            false => card.lines(world, &config).into_iter().try_for_each(|line| world.print(line))?,
        }
    }
    Ok(Exit::Done)
}

fn card<'a>(world: &World, config: &Config, store: &Store, newsletter: &'a Newsletter) -> Result<Card<'a>, Failure> {
    let now = world.now();
    let slot = press::coming(config, newsletter, store, now)?;
    let pulled = slot.as_ref().map(|slot| press::pull(config, newsletter, slot));
    let count = |level| pulled.iter().flat_map(|pulled| &pulled.findings).filter(|found| found.level == level).count();
    let (errors, warnings) = (count(Level::Error), count(Level::Warning));
    let proof = pulled.and_then(|pulled| pulled.proof);
    let last = press::newest(store, newsletter)?;
    let due = match slot.as_deref().and_then(issue::date_of) {
        Some(date) => Some(schedule::slot_on(newsletter, date).at),
        None => {
            let sent = last.as_ref().and_then(|edition| issue::date_of(&edition.slot));
            let after = sent.map_or(now, |date| schedule::slot_on(newsletter, date).at.to_utc().max(now));
            schedule::next_due(newsletter, after).map(|slot| slot.at)
        }
    };
    Ok(Card {
        newsletter,
        due,
        readers: store.audience(&newsletter.id, now)?,
        approval: standing(config, newsletter, store, slot.as_deref(), proof.as_ref())?,
        books: last.map(|edition| Books::open(store, edition)).transpose()?,
        slot,
        proof,
        errors,
        warnings,
    })
}

/// Where the approval stands; there is none of an issue nobody wrote yet.
fn standing(
    config: &Config,
    newsletter: &Newsletter,
    store: &Store,
    slot: Option<&str>,
    proof: Option<&Proof>,
) -> Result<Standing, Failure> {
    match slot {
        Some(slot) => Standing::of(config, newsletter, store, slot, proof).map_err(Failure::from),
        None if newsletter.approval == Approval::Optional => Ok(Standing::NotNeeded),
        None => Ok(Standing::Missing),
    }
}

impl Card<'_> {
    fn lines(&self, world: &World, config: &Config) -> Vec<String> {
        let mut lines = vec![String::new(), self.title(world.now())];
        if let Some(books) = &self.books {
            let Edition { slot, state, .. } = &books.edition;
            lines.push(format!("  {}{slot} {}: {}", books.voice(), state.as_str(), books.equation()));
        }
        if let Some(proof) = &self.proof {
            lines.push(format!("  {}", proof.subject));
            lines.push(format!(
                "  {} stories, {} words, {} min, {:.1} KB of HTML, {}",
                proof.stories,
                thousands(proof.words as u64),
                proof.minutes,
                proof.html_bytes() as f64 / 1000.0,
                plural(self.readers, "reader")
            ));
        }
        if self.errors + self.warnings > 0 {
            lines.push(format!(
                "  {}, {}",
                plural(self.errors as u64, "error"),
                plural(self.warnings as u64, "warning")
            ));
        }
        if self.slot.is_some() {
            lines.extend(self.approval_line());
        }
        lines.push(format!("  next: {}", self.next(world, config)));
        lines
    }

    fn title(&self, now: DateTime<Utc>) -> String {
        let when = match self.due {
            Some(due) => format!("{} ({})", due.format("%a %-d %b %H:%M"), until(due.to_utc() - now)),
            None => "no day to come".to_owned(),
        };
        format!("{}  {when}", self.newsletter.title)
    }

    fn approval_line(&self) -> Option<String> {
        Some(match &self.approval {
            Standing::NotNeeded => return None,
            Standing::Missing => "  not approved".to_owned(),
            Standing::Given { by, at } => {
                format!("  approved by {by} at {}", at.with_timezone(&self.newsletter.timezone).format("%H:%M"))
            }
            Standing::Outdated { by } => format!("  changed since {by} approved it"),
        })
    }

    /// The command an editor types now.
    fn next(&self, world: &World, config: &Config) -> String {
        let flag = world.newsletter_flag(config, self.newsletter);
        // Readers wait for it, whatever comes next.
        if let Some(held) = self.books.as_ref().filter(|books| books.edition.state == EditionState::Held) {
            return format!("pressrun{flag} release {}", held.edition.slot);
        }
        let Some(slot) = &self.slot else {
            let date = self.due.map_or_else(|| "DATE".to_owned(), |due| due.date_naive().to_string());
            return format!("pressrun{flag} new {date}");
        };
        let begun = self.books.as_ref().filter(|books| books.edition.slot == *slot);
        let command = match (begun, &self.approval) {
            (Some(_), _) => "send",
            _ if self.errors > 0 => "check",
            (None, Standing::Missing | Standing::Outdated { .. }) => "approve",
            (None, _) => "send",
        };
        format!("pressrun{flag} {command} {slot}")
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "newsletter": self.newsletter.id,
            "title": self.newsletter.title,
            "slot": self.slot,
            "due": self.due.map(|due| due.to_rfc3339()),
            "readers": self.readers,
            "subject": self.proof.as_ref().map(|proof| &proof.subject),
            "stories": self.proof.as_ref().map(|proof| proof.stories),
            "words": self.proof.as_ref().map(|proof| proof.words),
            "html_bytes": self.proof.as_ref().map(Proof::html_bytes),
            "errors": self.errors,
            "warnings": self.warnings,
            "approved": matches!(self.approval, Standing::Given { .. } | Standing::NotNeeded),
            "state": self.books.as_ref().map(|books| books.edition.state.as_str()),
        })
    }
}

/// `in 20 min`, `in 3 h`, `in 4 days`, `2 h ago`.
fn until(wait: TimeDelta) -> String {
    let minutes = wait.num_minutes().abs();
    let size = match minutes {
        0..=119 => format!("{minutes} min"),
        120..=2879 => format!("{} h", minutes / 60),
        _ => format!("{} days", minutes / 1440),
    };
    if wait < TimeDelta::zero() { format!("{size} ago") } else { format!("in {size}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_said_in_the_unit_a_person_would_use() {
        assert_eq!(until(TimeDelta::minutes(20)), "in 20 min");
        assert_eq!(until(TimeDelta::hours(5)), "in 5 h");
        assert_eq!(until(TimeDelta::days(4)), "in 4 days");
        assert_eq!(until(TimeDelta::minutes(-3)), "3 min ago");
    }
}
