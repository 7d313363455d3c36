//! `new`: tomorrow's issue on the desk, from the template or from an issue of the past.

use chrono::{DateTime, NaiveDate, Utc};
use clap::Args;
use serde_json::json;

use crate::cli::{Exit, Failure, Outcome, World, findings, pick};
use crate::config::{Config, Newsletter};
use crate::edit;
use crate::files::{self, Draft};
use crate::issue::IssueName;
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
        let lines = match &self.from {
            Some(from) => past(world, &config, newsletter, from)?,
            None => template(world, &config, newsletter)?,
        };
        let head = match pick::date_of(&slot) {
            Some(date) => format!("{}, {}", newsletter.title, written(date)),
            None => format!("{}, {slot}", newsletter.title),
        };
        let path = path(newsletter, &slot);
        files::create(&config.root, &path, &edit::headed(&lines, &head)).map_err(|message| {
            Failure::not_ready(message).hint(format!("`pressrun check {path}` looks at it as it is"))
        })?;
        world.tell(format_args!("wrote {path}"), json!({ "file": path, "newsletter": newsletter.id, "slot": slot }))?;
        if pick::date_of(&slot).is_some_and(|date| !schedule::is_sending_day(newsletter, date)) {
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

fn path(newsletter: &Newsletter, slot: &str) -> String {
    IssueName { newsletter: newsletter.id.clone(), slot: slot.to_owned() }.path()
}

/// “Tuesday 24 November 2026”.
fn written(date: NaiveDate) -> String {
    date.format("%A %-d %B %Y").to_string()
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

/// The newsletter's template; a newsletter without one begins with the least an issue has.
fn template(world: &World, config: &Config, newsletter: &Newsletter) -> Result<String, Failure> {
    let path = path(newsletter, "template");
    if !config.root.join(&path).exists() {
        world
            .say(format_args!("there is no {path} yet, so this one is bare; what you put there is copied from now on"));
        return Ok(BARE.to_owned());
    }
    read(world, config, &path)
}

fn past(world: &World, config: &Config, newsletter: &Newsletter, from: &str) -> Result<String, Failure> {
    let text = read(world, config, &path(newsletter, &pick::typed(world, newsletter, from)?))?;
    edit::skeleton(&text).map_err(|refusal| Failure::new(Exit::DoesNotCompile, refusal.message))
}

fn read(world: &World, config: &Config, path: &str) -> Result<String, Failure> {
    match Draft::open(&config.root, path) {
        Ok(draft) => Ok(draft.source.text.clone()),
        Err(finding) => {
            findings::draw(world, &[finding]);
            Err(Failure::silent(Exit::DoesNotCompile))
        }
    }
}

const BARE: &str = "\
subject   = \"TK\"
preheader = \"TK\"

[[block]]
type = \"letter\"
text = \"\"\"
TK
\"\"\"

[[block]]
type  = \"story\"
label = \"The big story\"
story = \"TK\"
show  = \"full\"

[[block]]
type    = \"list\"
label   = \"Also today\"
show    = \"teaser\"
stories = []
";
