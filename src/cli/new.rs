//! `new`: tomorrow's issue on the desk, from the template or from an issue of the past.

use chrono::{DateTime, Utc};
use clap::Args;
use serde_json::json;

use crate::cli::{Exit, Failure, Outcome, World, findings, pick};
use crate::config::{Config, Newsletter};
use crate::files;
use crate::issue;
use crate::press::{self, Begun, NotBegun, Pattern};
use crate::schedule;

/// Begin an issue: a copy of the newsletter's template, or the skeleton of an issue of the past
///
/// What has to be written is marked TK, and `pressrun check` finds every TK that is left. Never overwrites.
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun new
    pressrun new fri
    pressrun new 2026-12-01 --from 2026-11-24")]
pub(crate) struct New {
    /// A date, `today`, `mon`; left out, the next sending day without an issue
    date: Option<String>,
    /// The issue whose blocks are taken over, without its news
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// Do not open it in $VISUAL or $EDITOR
    #[arg(long)]
    no_edit: bool,
}

impl New {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let config = world.config()?;
        let newsletter = pick::newsletter(world, &config, self.date.as_deref())?;
        let slot = match &self.date {
            Some(date) => pick::typed(world, newsletter, date)?,
            None => next_unwritten(&config, newsletter, world.now())?,
        };
        let pattern = match &self.from {
            Some(from) => Pattern::Past(pick::typed(world, newsletter, from)?),
            None => Pattern::Template,
        };
        let begun = press::begin(&config, newsletter, &slot, &pattern);
        let Begun { path, bare } = begun.map_err(|error| not_begun(world, error, newsletter, &slot))?;
        if bare {
            let template = press::template(newsletter);
            world.say(format_args!(
                "there is no {template} yet, so this one is bare; what you put there is copied from now on"
            ));
        }
        world.tell(format_args!("wrote {path}"), json!({ "file": path, "newsletter": newsletter.id, "slot": slot }))?;
        if issue::date_of(&slot).is_some_and(|date| !schedule::is_sending_day(newsletter, date)) {
            world
                .say(format_args!("{slot} is not one of its days: cron will not send it, `pressrun send {slot}` will"));
        }
        let flag = world.newsletter_flag(&config, newsletter);
        world.say(format_args!(
            "next: write it, `pressrun add STORY --to LABEL{flag}`, then `pressrun check {slot}{flag}`"
        ));
        if !self.no_edit {
            world.open_editor(&config.root.join(&path))?;
        }
        Ok(Exit::Done)
    }
}

fn not_begun(world: &World, error: NotBegun, newsletter: &Newsletter, slot: &str) -> Failure {
    match error {
        NotBegun::Unreadable(finding) => {
            findings::draw(world, &[*finding]);
            Failure::silent(Exit::DoesNotCompile)
        }
        NotBegun::Shapeless(why) => Failure::new(Exit::DoesNotCompile, why),
        NotBegun::InTheWay(why) => Failure::not_ready(why)
            .hint(format!("`pressrun check issues/{}/{slot}.toml` looks at it as it is", newsletter.id)),
    }
}

/// The first slot from now on that nobody has begun to write.
fn next_unwritten(config: &Config, newsletter: &Newsletter, now: DateTime<Utc>) -> Result<String, Failure> {
    let begun = files::slots(&config.root, &newsletter.id);
    let mut after = now;
    while let Some(slot) = schedule::next_due(newsletter, after) {
        let name = slot.date.to_string();
        if !begun.contains(&name) {
            return Ok(name);
        }
        after = slot.at.to_utc();
    }
    Err(Failure::not_ready(format!("{} has no sending day ahead", newsletter.title))
        .hint("its `days` and `skip` stand in config.toml; or name a date: `pressrun new 2026-12-01`"))
}
