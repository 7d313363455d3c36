//! `explain`: what a check wants, why, and who says so.

use clap::Args;
use serde_json::json;

use crate::check::{self, Kind};
use crate::cli::{Exit, Failure, Outcome, World};
use crate::finding::nearest;

/// Explain a check: its rule, the reason for it, where it comes from, and what can be done about it
///
/// Without a name it lists them all.
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun explain subject-long
    pressrun explain")]
pub(crate) struct Explain {
    /// The name in brackets of a finding
    check: Option<String>,
}

impl Explain {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let Some(name) = self.check else {
            for check in check::CHECKS {
                let (rule, _, _) = check::explain::page(check.name);
                if world.json {
                    world.print(json!({ "check": check.name, "rule": rule }))?;
                } else {
                    world.print(format_args!("{:<24}{rule}", check.name))?;
                }
            }
            return Ok(Exit::Done);
        };
        let Some(check) = check::find(&name) else {
            let failure = Failure::usage(format!("there is no check `{name}`"));
            return Err(match nearest(&name, check::names()) {
                Some(near) => failure.hint(format!("did you mean `{near}`?")),
                None => failure.hint("`pressrun explain` lists them"),
            });
        };
        let (rule, why, source) = check::explain::page(check.name);
        if world.json {
            let object = json!({ "check": name, "rule": rule, "why": why, "source": source, "binding": check.binding });
            world.print(object)?;
            return Ok(Exit::Done);
        }
        let mend = match check.kind {
            Kind::Settings => "Mend config.toml: nothing is done beside a mistake in it.".to_owned(),
            Kind::Compiler | Kind::Binding => {
                "It cannot be waived or switched off: without it there is nothing to send.".to_owned()
            }
            Kind::AtSend => {
                "It speaks when an issue is approved or sent. It cannot be waived or switched off.".to_owned()
            }
            Kind::Free | Kind::Quiet => format!(
                "Once:   pressrun waive {name} \"the reason\"\nAlways: {name} = \"warn\" under [checks] in config.toml; \
                 or \"error\", or \"off\""
            ),
        };
        let said = [("", rule), ("Why: ", why), ("Source: ", source)];
        let lines: Vec<String> =
            said.iter().map(|(head, words)| textwrap::fill(&format!("{head}{words}"), 80)).collect();
        world.print(format_args!("{name}\n\n{}\n\n{mend}", lines.join("\n\n")))?;
        Ok(Exit::Done)
    }
}
