//! `correct`: what was wrong is said to those who got it, on the web edition, and in the next issue.

use clap::Args;
use dialoguer::Input;
use serde_json::json;

use crate::cli::compose::changes;
use crate::cli::control::By;
use crate::cli::{Exit, Failure, Outcome, World, findings, pick};
use crate::press::{self, Changed, Correction};
use crate::store::Event;

/// Correct an issue that was sent: an issue to those who got it, a note on its web edition, a note in the next issue
///
/// The note on the web edition is public at once. The correction itself is an issue like any other, DATE-correction,
/// on the desk of an editor: nobody is mailed before it is approved and sent. The note in the next issue, or in the
/// template where none is written yet, is for readers who open only that one.
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun correct 2026-11-24 --text \"The council voted 24 to 23, not 42 to 23.\"
    pressrun correct 2026-11-24 --web          only the note on the web edition, asking for the words")]
pub(crate) struct Correct {
    /// The issue that was wrong: a date, `today`, or a path
    date: String,
    /// What is right, in Markdown; left out, it is asked for
    #[arg(long, value_name = "WORDS")]
    text: Option<String>,
    /// Only the note on the web edition
    #[arg(long)]
    web: bool,
    #[command(flatten)]
    by: By,
}

impl Correct {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let config = world.config()?;
        let newsletter = pick::newsletter(world, &config, Some(&self.date))?;
        let mut store = world.store(&config)?;
        let slot = pick::typed(world, newsletter, &self.date)?;
        // Before anybody looks for words.
        let edition = press::correctable(&store, &newsletter.id, &slot)?.ok_or_else(|| {
            Failure::not_ready(format!("{} {slot} was not sent: nobody has it", newsletter.title))
                .hint(format!("mend the issue itself, issues/{}/{slot}.toml, and approve it", newsletter.id))
        })?;
        let text = self.words(world)?;
        let flag = world.newsletter_flag(&config, newsletter);
        let correction = Correction::of(&config, newsletter, edition, &text).map_err(|wrong| {
            findings::draw(world, &wrong);
            Failure::new(Exit::DoesNotCompile, "nothing was done: mend these words first")
        })?;

        let now = world.now();
        let issue = match self.web {
            true => None,
            false => Some(correction.write_issue(&store).map_err(|why| {
                Failure::not_ready(why).hint("edit that one; `--web` puts a note on the web edition alone")
            })?),
        };
        correction.note_on_web(&mut store, now)?;
        let detail = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let event = Event { at: now, who: self.by.name(), what: "corrected".to_owned(), detail };
        store.note(&newsletter.id, &slot, &event)?;
        let page = format!("{}/{}/{slot}", config.serve.url, newsletter.id);
        world.tell(
            format_args!("noted on {page}"),
            json!({ "newsletter": newsletter.id, "slot": slot, "noted": page }),
        )?;
        let Some(issue) = issue else { return Ok(Exit::Done) };

        let path = format!("issues/{}/{issue}.toml", newsletter.id);
        world
            .tell(format_args!("wrote {path}"), json!({ "file": path, "newsletter": newsletter.id, "slot": issue }))?;
        match correction.carry(&store, now) {
            Ok(Some(changed)) => tell_carried(world, &changed)?,
            Ok(None) => {}
            // The rest is done: it is for a person to say in the next issue.
            Err(why) => world.insist(format_args!("the note was not carried into the next issue: {why}")),
        }
        world.say(format_args!(
            "next: look at it, then `pressrun{flag} check {issue}`, `pressrun{flag} approve {issue}`, `pressrun{flag} send {issue}`"
        ));
        world.open_editor(&config.root.join(&path))?;
        Ok(Exit::Done)
    }

    /// What is right.
    fn words(&self, world: &World) -> Result<String, Failure> {
        let text = match &self.text {
            Some(text) => text.clone(),
            None if world.can_ask() => Input::new()
                .with_prompt("What is right? One or two sentences")
                .interact_text()
                .map_err(|error| Failure::unexpected(format_args!("the question got no answer: {error}")))?,
            None => {
                return Err(Failure::usage("a correction needs its words, and nobody is at the terminal")
                    .hint("`--text \"The council voted 24 to 23.\"` gives them"));
            }
        };
        if text.trim().is_empty() {
            return Err(Failure::usage("a correction without a word corrects nothing"));
        }
        Ok(text)
    }
}

fn tell_carried(world: &World, changed: &Changed) -> Result<(), Failure> {
    let lines = changes(&changed.before, &changed.after);
    if world.json {
        return world.print(json!({ "file": changed.path, "diff": lines }));
    }
    world.print_raw(lines.as_bytes())?;
    let then = if changed.template { "`pressrun new` takes it along" } else { "it needs an approval of its new words" };
    world.say(format_args!("wrote {}: {then}", changed.path));
    Ok(())
}
