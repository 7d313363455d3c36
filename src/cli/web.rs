//! `web`: taking something off a web edition, and putting it back.

use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::control::By;
use crate::cli::{Exit, Failure, Outcome, World, pick};
use crate::finding::nearest;
use crate::press;
use crate::render;
use crate::store::{Edition, Event};

/// Take something off a web edition, or put it back
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun web hide 2026-11-24          the whole page: its address says that it was taken down
    pressrun web hide 2026-11-24 b3       one block of it
    pressrun web show 2026-11-24 b3")]
pub(crate) struct Web {
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Subcommand)]
enum Deed {
    /// Take a web edition down, or a block of it; the archive and the feeds follow
    ///
    /// Mails that were sent stay as they are. Subject and preheader stay on a page that only lost a block.
    #[command(after_help = "Examples:
    pressrun web hide 2026-11-24
    pressrun web hide 2026-11-24 b3 --by Ada")]
    Hide(What),
    /// Put back what was taken down
    #[command(after_help = "Examples:
    pressrun web show 2026-11-24
    pressrun web show 2026-11-24 b3")]
    Show(What),
}

#[derive(Args)]
struct What {
    /// The issue: a date, `today`, or a path
    date: String,
    /// The block: its id, its number from 1, or the first words of it; left out, the whole page
    block: Option<String>,
    #[command(flatten)]
    by: By,
}

impl Web {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let (what, hide) = match &self.deed {
            Deed::Hide(what) => (what, true),
            Deed::Show(what) => (what, false),
        };
        let config = world.config()?;
        let newsletter = pick::newsletter(world, &config, Some(&what.date))?;
        let mut store = world.store(&config)?;
        let slot = pick::typed(world, newsletter, &what.date)?;
        let name = format!("{} {slot}", newsletter.title);
        let edition = press::edition(&store, &newsletter.id, &slot)?.filter(|edition| edition.started.is_some());
        let none = || Failure::not_ready(format!("{name} has no web edition: it was not sent"));
        let edition: Edition = edition.ok_or_else(none)?;
        let block = match &what.block {
            None => String::new(),
            Some(block) => find(&store.web_edition(&newsletter.id, &slot)?.unwrap_or_default(), block)?,
        };
        let now = world.now();
        let changed = match hide {
            true => store.hide_on_web(edition.id, &block, now)?,
            false => store.show_on_web(edition.id, &block, now)?,
        };
        let thing =
            if block.is_empty() { "the web edition".to_owned() } else { format!("block {block} of the web edition") };
        let done = if hide { "taken down" } else { "shown again" };
        if changed {
            let (what_done, detail) = (if hide { "took down" } else { "put back" }, thing.clone());
            let event = Event { at: now, who: what.by.name(), what: what_done.to_owned(), detail };
            store.note(&newsletter.id, &slot, &event)?;
        }
        let sentence = match changed {
            true => format!("{name}: {thing} is {done}"),
            false if hide => format!("{name}: {thing} was down before"),
            false => format!("{name}: {thing} was not taken down"),
        };
        let object = json!({
            "newsletter": newsletter.id, "slot": slot, "block": what.block.as_ref().map(|_| &block),
            "hidden": hide, "changed": changed,
        });
        world.tell(sentence, object)?;
        if changed && hide {
            let again = ["show", &slot, &block].join(" ");
            let flag = world.newsletter_flag(&config, newsletter);
            world.say(format_args!(
                "mails that were sent stay as they are; `pressrun{flag} web {}` puts it back",
                again.trim_end()
            ));
        }
        Ok(Exit::Done)
    }
}

/// The id of a block of a page, by what an editor calls it.
fn find(page: &str, wanted: &str) -> Result<String, Failure> {
    let blocks = render::web_blocks(page);
    let id = |id: &str| blocks.iter().find(|(own, _)| own == id).map(|(own, _)| own.clone());
    let number = wanted.parse::<usize>().ok();
    let by_number = number.and_then(|number| id(&format!("b{number}")));
    let by_place = number.and_then(|number| Some(blocks.get(number.checked_sub(1)?)?.0.clone()));
    let begins = |(_, words): &&(String, String)| words.to_lowercase().starts_with(&wanted.to_lowercase());
    let by_words = blocks.iter().find(begins).map(|(own, _)| own.clone());
    let found = id(wanted).or(by_number).or(by_place).or(by_words);
    found.ok_or_else(|| {
        let failure = Failure::usage(format!("the web edition has no block `{wanted}`"));
        match nearest(wanted, blocks.iter().map(|(own, _)| own.as_str())) {
            Some(near) => failure.hint(format!("did you mean `{near}`?")),
            None => failure.hint(format!(
                "its blocks: {}",
                blocks.iter().map(|(id, words)| format!("{id} ({words})")).collect::<Vec<_>>().join(", ")
            )),
        }
    })
}
