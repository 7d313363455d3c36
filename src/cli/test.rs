//! `test`: copies to named people through the real path, and never to the list.

use clap::Args;

use crate::address::EmailAddress;
use crate::cli::{Exit, Failure, Outcome, World, findings, pick};
use crate::deliver::Unsent;
use crate::press::{self, MOST_TESTS};

/// Send a [TEST] copy to these addresses, through the real relay, never to the list
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun test me@example.org
    pressrun test me@example.org --text-only    what readers get who want no HTML")]
pub(crate) struct Test {
    /// Up to ten addresses, then a date where another issue is meant
    #[arg(required = true, value_name = "ADDRESS…  [DATE]")]
    to: Vec<String>,
    /// As it comes to whoever wants the text edition alone
    #[arg(long)]
    text_only: bool,
}

impl Test {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let (to, dates): (Vec<String>, Vec<String>) = self.to.into_iter().partition(|word| word.contains('@'));
        let date = match dates.as_slice() {
            [] => None,
            [date] => Some(date.as_str()),
            [_, second, ..] => {
                return Err(Failure::usage(format!("`{second}` is neither an address nor the only date")));
            }
        };
        if to.is_empty() || to.len() > MOST_TESTS {
            return Err(Failure::usage(format!("a test goes to 1 to {MOST_TESTS} addresses, not {}", to.len())));
        }
        let to: Vec<EmailAddress> =
            to.iter().map(|text| EmailAddress::parse(text)).collect::<Result<_, _>>().map_err(Failure::usage)?;

        let config = world.config()?;
        let newsletter = pick::newsletter(world, &config, date)?;
        let store = world.store(&config)?;
        let slot = pick::slot(world, &config, newsletter, &store, date)?;
        let pulled = press::pull(&config, newsletter, &slot);
        let proof = findings::proof(world, pulled)?;

        let mut worst = Exit::Done;
        let answers = press::test(&config, newsletter, &proof, &to, self.text_only, world.now());
        for (address, answer) in answers.map_err(Failure::usage)? {
            let (sent, reply) = match answer {
                Ok(reply) => (true, reply),
                Err(unsent) => {
                    let (exit, reply) = told(unsent);
                    worst = worst.worst(exit);
                    (false, reply)
                }
            };
            world.tell(
                format_args!("{address}  {}: {reply}", if sent { "sent" } else { "not sent" }),
                serde_json::json!({"address": address.to_string(), "sent": sent, "reply": reply}),
            )?;
        }
        Ok(worst)
    }
}

/// What the shell is told of a copy that was not sent, and the words.
fn told(unsent: Unsent) -> (Exit, String) {
    match unsent {
        Unsent::Answered(words) => (Exit::Unexpected, words),
        Unsent::Away(words) => (Exit::Temporary, words),
        Unsent::Refused(words) => (Exit::Usage, words),
    }
}
