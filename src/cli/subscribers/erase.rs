//! `subscribers erase`: a person's wish to be forgotten.

use std::thread;
use std::time::{Duration, Instant};

use clap::Args;
use dialoguer::Input;
use serde_json::json;

use crate::address::EmailAddress;
use crate::books::plural;
use crate::cli::{Exit, Failure, Outcome, World};
use crate::store::{Edition, EditionLock, Erasure, Store, Traces};
use crate::token::{Mark, Signer};

/// How long the answer of a relay is waited for that has a message to them, and how often it is looked for.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Take one person out of everything, for good
///
/// Their name, address and consents go, in every newsletter and every edition that was sent; the books keep their
/// numbers. A keyed hash of the address stays, so that no import brings them back. Backups, exports and the logs of
/// relays are not pressrun's: they keep what they have.
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun subscribers erase anna@example.org
    pressrun subscribers erase anna@example.org --yes    asks nothing")]
pub(super) struct Erase {
    address: String,
    /// Ask nothing
    #[arg(long)]
    yes: bool,
}

impl Erase {
    pub(super) fn run(self, world: &World, store: &mut Store, signer: &Signer) -> Outcome {
        let address = EmailAddress::parse(&self.address).map_err(Failure::usage)?;
        let since = store.erased_since(&address)?;
        if since.is_none() {
            self.ask(world, store, &address)?;
        }
        let (known, deliveries) = erase(world, store, &address, &signer.mark(&address))?;
        let traces = store.wipe(&address)?;
        let books = match deliveries {
            0 => "nothing was sent to them".to_owned(),
            1 => "1 delivery stays in the books, without a name".to_owned(),
            some => format!("{some} deliveries stay in the books, without a name"),
        };
        let sentence = match since {
            _ if known => format!("{address} is erased: {books}; no import brings them back"),
            Some(since) => format!("{address} was erased on {}", since.date_naive()),
            None => format!("nothing is known about {address}; no import puts them on a list"),
        };
        let left = match traces {
            Traces::None => "none",
            Traces::Unused => "unused",
            Traces::InUse => "in-use",
        };
        let object = json!({"address": address.as_str(), "known": known, "deliveries": deliveries, "traces": left});
        world.tell(sentence, object)?;
        match traces {
            Traces::None => Ok(Exit::Done),
            Traces::InUse => {
                world.say("these letters still stand in the store: in an address that ends with them, or in what an editor wrote");
                Ok(Exit::Done)
            }
            Traces::Unused => {
                let left = "traces of them may be left in unused parts of the store, which are written anew when nothing is being sent";
                Err(Failure::new(Exit::Temporary, left)
                    .hint(format!("then run `pressrun subscribers erase {address}` once more")))
            }
        }
    }

    /// The address again, typed: there is no way back.
    fn ask(&self, world: &World, store: &Store, address: &EmailAddress) -> Result<(), Failure> {
        if self.yes {
            return Ok(());
        }
        if !world.can_ask() {
            return Err(Failure::usage("erasing asks for the address once more, and nobody is at the terminal")
                .hint("`--yes` asks nothing"));
        }
        let reader = store.reader_by_address(address)?;
        let subscriptions = reader.map_or(Ok(0), |reader| store.subscriptions(reader.id).map(|own| own.len()))?;
        let has = plural(subscriptions as u64, "subscription");
        world.say(format_args!("{address} has {has}. What is erased cannot be brought back."));
        let typed: String = Input::new()
            .with_prompt("Type the address to erase it")
            .allow_empty(true)
            .interact_text()
            .map_err(|error| Failure::unexpected(format_args!("the question got no answer: {error}")))?;
        if EmailAddress::parse(&typed).is_ok_and(|typed| typed.folded() == address.folded()) {
            return Ok(());
        }
        Err(Failure::not_ready(format!("`{}` is not {address}: nobody was erased", typed.trim())))
    }
}

/// Erases as soon as no message to them is on the wire: whether something was known, and how many deliveries.
fn erase(world: &World, store: &mut Store, address: &EmailAddress, mark: &Mark) -> Result<(bool, u64), Failure> {
    let begun = Instant::now();
    loop {
        let edition = match store.erase(address, mark, world.now())? {
            Erasure::Done { known, deliveries } => return Ok((known, deliveries)),
            Erasure::UnderWay(edition) => edition,
        };
        let Edition { newsletter, slot, .. } = &edition;
        // A run that died waits for no answer.
        if let Some(lock) = EditionLock::acquire(store.path(), newsletter, slot)? {
            store.recover(&lock, edition.id, world.now())?;
            continue;
        }
        if begun.elapsed() > PATIENCE {
            let failure =
                format!("a message to {address} is on the wire in {newsletter} {slot}: nothing was erased yet");
            return Err(Failure::new(Exit::Temporary, failure).hint("try again once its relay has answered"));
        }
        thread::sleep(LOOK_EVERY);
    }
}
