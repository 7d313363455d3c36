//! `check`: everything there is to say about an issue, in one run.

use std::collections::BTreeMap;
use std::path::Path;

use clap::Args;

use crate::check;
use crate::cli::findings::{self, Format};
use crate::cli::{Exit, Failure, Outcome, World, compose, pick};
use crate::edit;
use crate::files::Draft;
use crate::finding::{Finding, Fix, nearest};
use crate::press;

/// Say everything that is wrong with an issue and the stories it shows, with the edit that mends it
///
/// One run tells all, in the order of the files. Never waits for the network.
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun check
    pressrun check tomorrow --strict
    pressrun check --fix
    pressrun check 2026-11-24 --format github")]
pub(crate) struct Check {
    /// A date, `today`, `mon`, or a path; left out, the earliest unsent issue from today on
    date: Option<String>,
    /// Let warnings fail too
    #[arg(long)]
    strict: bool,
    /// Make the edits that are safe: nothing guessed, shown as a diff
    #[arg(long)]
    fix: bool,
    /// Only the findings of this check; repeatable
    #[arg(long, value_name = "CHECK")]
    only: Vec<String>,
    /// How findings are written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl Check {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        if let Some(name) = self.only.iter().find(|name| check::find(name).is_none()) {
            let failure = Failure::usage(format!("there is no check `{name}`"));
            return Err(match nearest(name, check::names()) {
                Some(near) => failure.hint(format!("did you mean `{near}`?")),
                None => failure,
            });
        }
        let config = world.config()?;
        let newsletter = pick::newsletter(world, &config, self.date.as_deref())?;
        // A path or a date needs no store, so that a clone without one can check.
        let slot = match &self.date {
            Some(date) => pick::typed(world, newsletter, date)?,
            None => pick::slot(world, &config, newsletter, &world.store(&config)?, None)?,
        };
        let look = || {
            let mut found = press::pull(&config, newsletter, &slot).findings;
            if !self.only.is_empty() {
                found.retain(|finding| self.only.iter().any(|name| name == finding.check));
            }
            found
        };
        let mut found = look();
        if self.fix && mend(world, &config.root, &found)? {
            found = look();
        }
        let format = if world.json { Format::Json } else { self.format };
        world.print_raw(findings::written(&found, format, world.color_out()).as_bytes())?;
        let exit = findings::exit(&found, self.strict);
        if format == Format::Text {
            let flag = world.newsletter_flag(&config, newsletter);
            world.say(next(newsletter.id.as_str(), &slot, &flag, exit));
        }
        Ok(exit)
    }
}

/// Makes the safe edits of these findings, file by file; whether there were any.
fn mend(world: &World, root: &Path, found: &[Finding]) -> Result<bool, Failure> {
    let mut edits: BTreeMap<&str, Vec<Fix>> = BTreeMap::new();
    for finding in found {
        if let (Some(place), Some(fix)) = (&finding.place, finding.fix.as_ref().filter(|fix| fix.safe)) {
            edits.entry(&place.source.path).or_default().push(fix.clone());
        }
    }
    for (path, fixes) in &mut edits {
        let draft = Draft::open(root, path).map_err(|finding| Failure::unexpected(finding.title))?;
        let text = edit::mended(&draft.source.text, fixes);
        draft.save(&text).map_err(Failure::unexpected)?;
        world.say(format_args!("mended {path}\n{}", compose::changes(&draft.source.text, &text)));
    }
    Ok(!edits.is_empty())
}

/// The command to type now.
fn next(newsletter: &str, slot: &str, flag: &str, exit: Exit) -> String {
    match exit {
        Exit::Done => format!("nothing stands in the way: `pressrun approve {slot}{flag}`"),
        _ => format!("mend these in issues/, then `pressrun check issues/{newsletter}/{slot}.toml`"),
    }
}
