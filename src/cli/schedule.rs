//! `schedule`: when the next issues leave, in the newsroom's hour and in the world's.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use clap::Args;
use serde_json::json;

use crate::cli::{Exit, Outcome, World};
use crate::config::{Config, Newsletter};
use crate::files;
use crate::press;
use crate::schedule::{self, Slot};

/// Show the next sends: the day, the local hour, the same in UTC, and whether the issue is written
///
/// Across a change of the clocks the local hour stays and the UTC one moves; such a line says so.
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun schedule
    pressrun schedule 30 -n good-news")]
pub(crate) struct Schedule {
    /// How many
    #[arg(default_value_t = 10)]
    count: usize,
}

impl Schedule {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let config = world.config()?;
        let mut coming: Vec<Coming<'_>> = Vec::new();
        for newsletter in world.newsletters(&config)? {
            coming.extend(slots(newsletter, world.now()).take(self.count));
            coming.extend(extras(&config, newsletter, world.now()));
        }
        coming.sort_by_key(|coming| (coming.at.to_utc(), coming.newsletter.id.clone(), coming.slot.clone()));
        coming.truncate(self.count);
        if coming.is_empty() {
            world.say("nothing is due: no newsletter has a day it goes out on");
        }
        let widest = |width: fn(&Coming<'_>) -> usize| coming.iter().map(width).max().unwrap_or_default();
        let (name, day) = (widest(|coming| coming.newsletter.id.len()), widest(|coming| coming.slot.len()));
        let mut before: Option<DateTime<Tz>> = None;
        for Coming { newsletter, slot, at } in &coming {
            let written = files::slots(&config.root, &newsletter.id).contains(slot);
            let utc = at.with_timezone(&Utc);
            if world.json {
                world.print(json!({
                    "newsletter": newsletter.id, "slot": slot, "local": at.to_rfc3339(),
                    "utc": utc.to_rfc3339(), "written": written,
                }))?;
                continue;
            }
            let shifted = before.is_some_and(|before| before.format("%z").to_string() != at.format("%z").to_string());
            world.print(format_args!(
                "{:name$}  {} {slot:day$}  {}  {} UTC{}{}",
                newsletter.id,
                at.format("%a"),
                at.format("%H:%M %Z"),
                utc.format("%a %H:%M"),
                if written { "  written" } else { "" },
                if shifted { "  the clocks have changed" } else { "" },
            ))?;
            before = Some(*at);
        }
        Ok(Exit::Done)
    }
}

/// What is to be sent, and when.
struct Coming<'c> {
    newsletter: &'c Newsletter,
    slot: String,
    at: DateTime<Tz>,
}

/// A newsletter's days, one after the other.
fn slots(newsletter: &Newsletter, now: DateTime<Utc>) -> impl Iterator<Item = Coming<'_>> {
    let mut after = now;
    std::iter::from_fn(move || {
        let Slot { date, at } = schedule::next_due(newsletter, after)?;
        after = at.to_utc();
        Some(Coming { newsletter, slot: date.to_string(), at })
    })
}

/// Its extras with an hour of their own; those without one wait for a person.
fn extras<'c>(config: &Config, newsletter: &'c Newsletter, now: DateTime<Utc>) -> Vec<Coming<'c>> {
    let slots = files::slots(&config.root, &newsletter.id).into_iter().filter(|slot| press::is_extra(slot));
    let hour = |slot: String| {
        let at = press::comes_at(config, newsletter, &slot).ok().flatten().filter(|at| *at > now)?;
        Some(Coming { newsletter, slot, at })
    };
    slots.filter_map(hour).collect()
}
