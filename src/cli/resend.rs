//! `resend`: readers whose delivery was refused, once more.
//!
//! Only refusals: a 5xx is proof that nothing was delivered, so nobody gets a second copy.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::cli::books::{plural, voice};
use crate::cli::control::By;
use crate::cli::{Exit, Outcome, World, pick};
use crate::ledger::Class;
use crate::store::{EditionState, Event};

/// Queue refused deliveries again, once what they were refused for is mended
///
/// A refusal is proof that nothing was delivered. A finished edition is opened again; `send` sends it to
/// them, and only to them.
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun resend --failed --class sender    the relay took us for spam, and no longer does
    pressrun resend --failed 2026-11-24")]
pub(crate) struct Resend {
    /// A date, `today`, `mon`, or a path; left out, the newest edition
    date: Option<String>,
    /// Those that were refused; unknown deliveries are never sent again by guesswork
    #[arg(long, required = true)]
    failed: bool,
    /// Only those refused for this reason: our content or name, no such mailbox, or for now
    #[arg(long, value_name = "CLASS", value_parser = classes())]
    class: Option<Class>,
    #[command(flatten)]
    by: By,
}

fn classes() -> impl TypedValueParser<Value = Class> {
    PossibleValuesParser::new([Class::Sender, Class::Hard, Class::Soft].map(Class::as_str))
        .try_map(|word| Class::parse(&word).ok_or("is no class of refusals"))
}

impl Resend {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let config = world.config()?;
        let newsletter = pick::newsletter(world, &config, self.date.as_deref())?;
        let mut store = world.store(&config)?;
        let edition = pick::begun(world, &config, newsletter, &store, self.date.as_deref())?;
        let now = world.now();
        let queued = store.requeue_failed(edition.id, self.class, now)?;
        let (slot, voice) = (&edition.slot, voice(edition.purpose));
        if queued > 0 {
            let class = self.class.map(|class| format!(", refused as {}", class.as_str())).unwrap_or_default();
            let detail = format!("{voice}{}{class}", plural(queued, "reader"));
            let event = Event { at: now, who: self.by.name(), what: "queued again".to_owned(), detail };
            store.note(&newsletter.id, slot, &event)?;
        }
        if world.json {
            world.print(serde_json::json!({ "newsletter": newsletter.id, "slot": slot, "queued": queued }))?;
            return Ok(Exit::Done);
        }
        let class = self.class.map(|class| format!(" as {}", class.as_str())).unwrap_or_default();
        if queued == 0 {
            world.print(format_args!("{voice}{} {slot}: nobody was refused{class}", newsletter.id))?;
            return Ok(Exit::Done);
        }
        world.print(format_args!("{voice}{} {slot}: {} queued again", newsletter.id, plural(queued, "reader")))?;
        let flag = world.newsletter_flag(&config, newsletter);
        let next = if edition.state == EditionState::Held { "release" } else { "send" };
        world.say(format_args!("{voice}next: `pressrun{flag} {next} {slot}`"));
        Ok(Exit::Done)
    }
}
