//! `amend`: a second version of a held edition, for all who have nothing yet.
//!
//! It takes the edition's lock: a run that is still finishing what is on the wire knows the versions it
//! started with, and must be over before there is another.

use clap::Args;

use crate::cli::books::{Books, plural, voice};
use crate::cli::control::By;
use crate::cli::{Exit, Failure, Outcome, World, approve, findings, pick, send};
use crate::edition::Edition as Frozen;
use crate::press;
use crate::store::{EditionLock, EditionState, Event, Store};

/// Give a held edition a new version, for all who have nothing yet
///
/// Those it was sent to keep what they have. The new version needs an approval of its own.
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun hold                      a typo: stop the run, edit the issue, then
    pressrun approve
    pressrun amend
    pressrun release && pressrun send")]
pub(crate) struct Amend {
    /// A date, `today`, `mon`, or a path; left out, the earliest unsent issue from today on
    date: Option<String>,
    #[command(flatten)]
    by: By,
}

impl Amend {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let config = world.config()?;
        let newsletter = pick::newsletter(world, &config, self.date.as_deref())?;
        let mut store = world.store(&config)?;
        let slot = pick::slot(world, &config, newsletter, &store, self.date.as_deref())?;
        let name = format!("{} {slot}", newsletter.id);
        let flag = world.newsletter_flag(&config, newsletter);
        let Some(_lock) = EditionLock::acquire(store.path(), &newsletter.id, &slot)? else {
            let message = format!("a run of {name} is still at work");
            return Err(Failure::new(Exit::Temporary, message)
                .hint(format!("`pressrun{flag} hold {slot}` stops it; what is on the wire is finished first")));
        };
        let edition =
            press::edition(&store, &newsletter.id, &slot)?.filter(|edition| edition.version > 0).ok_or_else(|| {
                Failure::not_ready(format!("{name} is not frozen yet: there is nothing to amend"))
                    .hint("edit the issue and approve it; what is sent is what was approved last")
            })?;
        if edition.state != EditionState::Held {
            let failure =
                Failure::not_ready(format!("{name} is {}: only a held edition is amended", edition.state.as_str()));
            let over = matches!(edition.state, EditionState::Done | EditionState::Cancelled);
            return Err(if over { failure } else { failure.hint(format!("`pressrun{flag} hold {slot}` first")) });
        }

        let pulled = press::pull(&config, newsletter, &slot);
        let proof = findings::proof(world, pulled)?;
        let now = world.now();
        let date = now.with_timezone(&newsletter.timezone).fixed_offset();
        let relay = world.relay(&config, newsletter)?;
        let frozen = proof.edition(&config, newsletter, Some(relay), date, false).map_err(Failure::usage)?;
        let newest = store.version(edition.id, edition.version)?;
        let newest = Frozen::thaw(newest.bytes, &newest.cuts, &newest.hash).map_err(Failure::unexpected)?;
        if newest.content() == frozen.content() {
            return Err(Failure::not_ready(format!("the issue says what version {} of {name} says", edition.version))
                .hint(format!("edit issues/{}/{slot}.toml or its stories first", newsletter.id)));
        }
        approve::must_be_approved(world, &config, newsletter, &proof, store.approval(&newsletter.id, &slot)?.as_ref())?;

        let signer = world.signer(&config, &store)?;
        let copies = press::look_at_copies(store.path(), edition.id, &frozen, &signer, config.bounces.as_ref())?;
        if let Some(broken) = copies.broken() {
            return Err(Failure::not_ready(format!("{name} keeps its version {}: {broken}", edition.version)));
        }
        send::publish(world, &config, &proof)?;
        let version = press::store_version(&frozen, &proof.subject);
        let number = store.amend(edition.id, &version, &press::store_pictures(&proof), &proof.web, now)?;
        let books = Books::open(&store, store.edition_by_id(edition.id)?)?;
        let takes = books.counts.queued + books.counts.deferred;
        let voice = voice(edition.purpose);
        let detail =
            format!("{voice}version {number} for {}, content {}", plural(takes, "reader"), &frozen.content()[..12]);
        let event = Event { at: now, who: self.by.name(), what: "amended".to_owned(), detail };
        store.note(&newsletter.id, &slot, &event)?;
        send::log_waivers(&mut store, &newsletter.id, &slot, &proof, now)?;
        self.tell(world, &store, &books, takes)?;
        world.say(format_args!("{voice}next: `pressrun{flag} release {slot}`"));
        Ok(Exit::Done)
    }

    fn tell(&self, world: &World, store: &Store, books: &Books, takes: u64) -> Result<(), Failure> {
        let edition = &books.edition;
        let (voice, number) = (books.voice(), edition.version);
        let kept = store.kept(edition.id)?;
        if world.json {
            return world.print(serde_json::json!({
                "newsletter": edition.newsletter, "slot": edition.slot, "version": number, "takes": takes, "keep": kept,
            }));
        }
        world.print(format_args!(
            "{voice}{} {} has version {number}: {}",
            edition.newsletter, edition.slot, edition.subject
        ))?;
        for (version, readers) in kept {
            world.print(format_args!("{voice}  version {version}  kept by {}", plural(readers, "reader")))?;
        }
        world.print(format_args!("{voice}  version {number}  for {} who have nothing yet", plural(takes, "reader")))
    }
}
