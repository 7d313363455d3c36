//! `schedule`: when the next issues leave, in the newsroom's hour and in the world's.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use clap::Args;
use serde_json::json;

use crate::cli::{Exit, Outcome, World};
use crate::config::Newsletter;
use crate::files;
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
        let mut coming: Vec<(&Newsletter, Slot)> = Vec::new();
        for newsletter in world.newsletters(&config)? {
            let mut after = world.now();
            for slot in std::iter::from_fn(|| {
                let slot = schedule::next_due(newsletter, after)?;
                after = slot.at.to_utc();
                Some(slot)
            })
            .take(self.count)
            {
                coming.push((newsletter, slot));
            }
        }
        coming.sort_by_key(|(newsletter, slot)| (slot.at.to_utc(), newsletter.id.clone()));
        coming.truncate(self.count);
        if coming.is_empty() {
            world.say("nothing is due: no newsletter has a day it goes out on");
        }
        let widest = coming.iter().map(|(newsletter, _)| newsletter.id.len()).max().unwrap_or_default();
        let mut before: Option<DateTime<Tz>> = None;
        for (newsletter, slot) in coming {
            let written = files::slots(&config.root, &newsletter.id).contains(&slot.date.to_string());
            let utc = slot.at.with_timezone(&Utc);
            if world.json {
                world.print(json!({
                    "newsletter": newsletter.id, "slot": slot.date.to_string(), "local": slot.at.to_rfc3339(),
                    "utc": utc.to_rfc3339(), "written": written,
                }))?;
                continue;
            }
            let shifted =
                before.is_some_and(|before| before.format("%z").to_string() != slot.at.format("%z").to_string());
            world.print(format_args!(
                "{:widest$}  {}  {}  {} UTC{}{}",
                newsletter.id,
                slot.date.format("%a %Y-%m-%d"),
                slot.at.format("%H:%M %Z"),
                utc.format("%a %H:%M"),
                if written { "  written" } else { "" },
                if shifted { "  the clocks have changed" } else { "" },
            ))?;
            before = Some(slot.at);
        }
        Ok(Exit::Done)
    }
}
