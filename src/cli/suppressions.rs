//! `suppressions`: who must not be mailed, whatever any list says.

use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::{Exit, Failure, Outcome, World};
use crate::store::{Reason, Store, Suppressed};

/// Who must not be mailed, by no newsletter
#[derive(Args)]
#[command(arg_required_else_help = true)]
#[command(after_help = "Examples:
    pressrun suppressions list
    pressrun suppressions add anna@example.org --reason \"asked by telephone\"
    pressrun suppressions lift anna@example.org")]
pub(crate) struct Suppressions {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Everyone suppressed, newest first: what, since when, by what, and the words given
    #[command(after_help = "Examples:\n    pressrun suppressions list\n    pressrun suppressions list --json")]
    List,
    Add(Add),
    Lift(Lift),
}

/// Never mail an address, or anyone at a domain
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun suppressions add anna@example.org --reason \"asked by telephone\"
    pressrun suppressions add @example.org")]
struct Add {
    /// An address, or `@` and a domain for everyone there
    #[arg(value_name = "ADDRESS|@DOMAIN")]
    what: String,
    /// Why, for whoever reads the list later
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
}

/// Allow an address or a domain again; a remembered bounce is forgotten too
#[derive(Args)]
#[command(after_help = "Example:\n    pressrun suppressions lift anna@example.org")]
struct Lift {
    /// As `suppressions list` shows it
    #[arg(value_name = "ADDRESS|@DOMAIN")]
    what: String,
}

impl Suppressions {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let config = world.config()?;
        let mut store = world.store(&config)?;
        match self.action {
            Action::List => list(world, &store),
            Action::Add(add) => add.run(world, &mut store),
            Action::Lift(lift) => lift.run(world, &mut store),
        }
    }
}

fn list(world: &World, store: &Store) -> Outcome {
    for one in store.suppressions()? {
        if world.json {
            world.print(
                json!({"what": one.what, "reason": one.reason.as_str(), "detail": one.detail, "since": one.since}),
            )?;
        } else {
            let line = format!("{}  {}  {}  {}", one.what, one.since.date_naive(), one.reason.as_str(), one.detail);
            world.print(line.trim_end())?;
        }
    }
    Ok(Exit::Done)
}

impl Add {
    fn run(self, world: &World, store: &mut Store) -> Outcome {
        let what = Suppressed::parse(&self.what).map_err(Failure::usage)?;
        let words: String = self.reason.chars().filter(|c| !c.is_control()).collect();
        let changed = store.suppress(&what, Reason::Command, words.trim(), world.now())?;
        let told = if changed { "is suppressed, also in a run under way" } else { "was suppressed before" };
        world.tell(
            format_args!("{what} {told}"),
            json!({"what": what.to_string(), "changed": changed, "suppressed": true}),
        )?;
        Ok(Exit::Done)
    }
}

impl Lift {
    fn run(self, world: &World, store: &mut Store) -> Outcome {
        let what = Suppressed::parse(&self.what).map_err(Failure::usage)?;
        let changed = store.lift(&what)?;
        let told = if changed { "may be mailed again" } else { "was not suppressed" };
        world.tell(
            format_args!("{what} {told}"),
            json!({"what": what.to_string(), "changed": changed, "suppressed": false}),
        )?;
        Ok(Exit::Done)
    }
}
