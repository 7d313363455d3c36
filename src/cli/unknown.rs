//! `unknown`: deliveries whose end nobody saw, settled by a person who knows more.
//!
//! Nothing here is done by guesswork: sending again says that some may get it twice and asks for their number,
//! and believing says who believed it and when.

use clap::{Args, Subcommand};
use dialoguer::Input;
use serde_json::json;

use crate::address::EmailAddress;
use crate::cli::books::{plural, voice};
use crate::cli::control::By;
use crate::cli::{Exit, Failure, Outcome, World, pick};
use crate::config::Newsletter;
use crate::store::{Edition, EditionState, Event, Settlement, Store, Unsure};

/// Deliveries that may or may not have arrived: list, send again, or take as sent
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun unknown list                          the newest edition's
    pressrun unknown accept anna@example.org       she has it: her word is our evidence
    pressrun unknown resend 2026-11-24             all of them, although some may get it twice
    pressrun reconcile /var/log/mail.log           better: the relay's log knows")]
pub(crate) struct Unknown {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Who may or may not have it
    #[command(after_help = "Examples:
    pressrun unknown list                          the newest edition's
    pressrun unknown list 2026-11-24")]
    List(Which),
    /// Queue them again: whoever has it already gets it twice
    #[command(after_help = "Examples:
    pressrun unknown resend anna@example.org       she says that she has nothing
    pressrun unknown resend 2026-11-24             all of them, although some may get it twice")]
    Resend {
        #[command(flatten)]
        which: Which,
        /// Ask nothing
        #[arg(short, long)]
        yes: bool,
        #[command(flatten)]
        by: By,
    },
    /// Take them as sent, on your word
    #[command(after_help = "Examples:
    pressrun unknown accept anna@example.org --because \"she rang\"
    pressrun unknown accept 2026-11-24 --by Ada    all of them")]
    Accept {
        #[command(flatten)]
        which: Which,
        /// How you know, for the log
        #[arg(long, value_name = "WORDS")]
        because: Option<String>,
        #[command(flatten)]
        by: By,
    },
}

#[derive(Args)]
struct Which {
    /// Addresses, where not all are meant; a date, where not the newest edition is
    #[arg(value_name = "ADDRESS…  DATE")]
    words: Vec<String>,
}

/// An edition and those of its unknown deliveries that are meant.
struct Meant<'c> {
    newsletter: &'c Newsletter,
    store: Store,
    edition: Edition,
    unsure: Vec<Unsure>,
}

impl Unknown {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let config = world.config()?;
        let (Act::List(which) | Act::Resend { which, .. } | Act::Accept { which, .. }) = &self.act;
        let meant = which.find(world, &config)?;
        match &self.act {
            Act::List(_) => meant.list(world),
            Act::Resend { yes, by, .. } => {
                let flag = world.newsletter_flag(&config, meant.newsletter);
                meant.resend(world, *yes, by, &flag)
            }
            Act::Accept { because, by, .. } => meant.accept(world, because.as_deref(), by),
        }
    }
}

impl Which {
    fn find<'c>(&self, world: &World, config: &'c crate::config::Config) -> Result<Meant<'c>, Failure> {
        let (addresses, dates): (Vec<&String>, Vec<&String>) = self.words.iter().partition(|word| word.contains('@'));
        let date = match dates.as_slice() {
            [] => None,
            [date] => Some(date.as_str()),
            [_, second, ..] => {
                return Err(Failure::usage(format!("`{second}` is neither an address nor the only date")));
            }
        };
        let newsletter = pick::newsletter(world, config, date)?;
        let store = world.store(config)?;
        let edition = pick::begun(world, config, newsletter, &store, date)?;
        let mut unsure = store.unknowns(edition.id)?;
        if !addresses.is_empty() {
            let addresses: Vec<String> = addresses
                .iter()
                .map(|text| EmailAddress::parse(text).map(|address| address.folded()))
                .collect::<Result<_, _>>()
                .map_err(Failure::usage)?;
            let known = |address: &String| unsure.iter().any(|own| own.address.to_lowercase() == *address);
            if let Some(other) = addresses.iter().find(|address| !known(address)) {
                return Err(Failure::usage(format!("{other} is not unknown in {} {}", newsletter.id, edition.slot))
                    .hint(format!("`pressrun who {other}` says what is")));
            }
            unsure.retain(|own| addresses.contains(&own.address.to_lowercase()));
        }
        Ok(Meant { newsletter, store, edition, unsure })
    }
}

impl Meant<'_> {
    fn name(&self) -> String {
        format!("{}{} {}", voice(self.edition.purpose), self.newsletter.id, self.edition.slot)
    }

    fn list(&self, world: &World) -> Outcome {
        for own in &self.unsure {
            let at = own.since.with_timezone(&self.newsletter.timezone).format("%Y-%m-%d %H:%M:%S");
            let version = own.version.filter(|_| self.edition.version > 1);
            let version = version.map(|version| format!(", version {version}")).unwrap_or_default();
            world.tell(
                format_args!("{}  since {at}{version}: {}", own.address, own.reply),
                json!({
                    "address": own.address,
                    "since": own.since.to_rfc3339(),
                    "version": own.version,
                    "reply": own.reply,
                }),
            )?;
        }
        if self.unsure.is_empty() {
            world.say(format_args!("{}: nobody is unknown", self.name()));
        }
        Ok(Exit::Done)
    }

    fn resend(mut self, world: &World, yes: bool, by: &By, flag: &str) -> Outcome {
        if self.unsure.is_empty() {
            return self.told(world, "queued", 0, "queued again");
        }
        let now = world.now();
        self.store.must_be_open(self.edition.id, now)?;
        self.ask(world, yes)?;
        let evidence = format!("sent again by {}'s decision, although it may have arrived", by.name());
        let changed = self.settle(|| Settlement::QueuedUnproven { evidence: evidence.clone() }, now)?;
        let detail = format!("{}, who may get it twice", plural(changed, "unknown reader"));
        self.note(by, "queued again", detail, now)?;
        let next = if self.edition.state == EditionState::Held { "release" } else { "send" };
        let end = self.told(world, "queued", changed, "queued again, and may get it twice")?;
        world.say(format_args!("next: `pressrun{flag} {next} {}`", self.edition.slot));
        Ok(end)
    }

    /// Their number, typed: whoever sends twice has read that it is twice.
    fn ask(&self, world: &World, yes: bool) -> Result<(), Failure> {
        if yes {
            return Ok(());
        }
        let number = self.unsure.len();
        if !world.can_ask() {
            return Err(Failure::usage("sending again asks for the number of readers, and nobody is at the terminal")
                .hint("`--yes` asks nothing; `pressrun reconcile` with the relay's log knows who has it"));
        }
        world.say(format_args!(
            "{}: {} may have it already, and would get it twice",
            self.name(),
            plural(number as u64, "reader")
        ));
        let typed: String = Input::new()
            .with_prompt(format!("Type the number of readers ({number}) to send it again"))
            .allow_empty(true)
            .interact_text()
            .map_err(|error| Failure::unexpected(format_args!("the question got no answer: {error}")))?;
        if typed.trim() == number.to_string() {
            return Ok(());
        }
        Err(Failure::not_ready(format!("`{}` is not {number}: nobody was queued again", typed.trim())))
    }

    fn accept(mut self, world: &World, because: Option<&str>, by: &By) -> Outcome {
        let now = world.now();
        let why = because.map(|words| format!(": {}", words.replace(char::is_control, " "))).unwrap_or_default();
        let evidence = format!("taken as sent by {}{why}", by.name());
        let changed = self.settle(|| Settlement::Sent { evidence: evidence.clone() }, now)?;
        if changed > 0 {
            self.note(by, "accepted as sent", format!("{}{why}", plural(changed, "unknown reader")), now)?;
        }
        self.told(world, "sent", changed, "taken as sent")
    }

    fn settle(
        &mut self,
        settlement: impl Fn() -> Settlement,
        now: chrono::DateTime<chrono::Utc>,
    ) -> Result<u64, Failure> {
        let settled: Vec<_> = self.unsure.iter().map(|own| (own.reader, settlement())).collect();
        Ok(self.store.settle_unknown(self.edition.id, &settled, now)?)
    }

    fn note(&mut self, by: &By, what: &str, detail: String, at: chrono::DateTime<chrono::Utc>) -> Result<(), Failure> {
        let detail = format!("{}{detail}", voice(self.edition.purpose));
        let event = Event { at, who: by.name(), what: what.to_owned(), detail };
        Ok(self.store.note(&self.newsletter.id, &self.edition.slot, &event)?)
    }

    fn told(&self, world: &World, state: &str, changed: u64, what: &str) -> Outcome {
        let sentence = match changed {
            0 => format!("{}: nobody is unknown", self.name()),
            _ => format!("{}: {} {what}", self.name(), plural(changed, "reader")),
        };
        let object = json!({
            "newsletter": self.newsletter.id, "slot": self.edition.slot, "state": state, "changed": changed,
        });
        world.tell(sentence, object)?;
        Ok(Exit::Done)
    }
}
