//! Whether an issue may be sent: compiled, checked, approved as it is, for a list that is what it was.

use chrono::{DateTime, TimeDelta, Utc};

use crate::cli::books::{Forecast, plural, thousands};
use crate::cli::send::Sending;
use crate::cli::{Failure, World, approve, findings, pick};
use crate::config::{Config, OnChange};
use crate::issue::Audience;
use crate::issue::file::Waiver;
use crate::pace::Day;
use crate::press::{self, Proof, lookout};
use crate::store::{Approval as Given, Begun, Edition, Event, Frozen, Order, Store, Whom};

/// An issue that may be sent, and to how many.
pub(super) struct Ready {
    proof: Proof,
    pub(super) audience: u64,
    whom: Whom,
    /// Active readers in each lane, where it goes to everybody.
    lanes: Vec<u64>,
    /// What the relay may still carry today, where that is limited.
    day: Option<Day>,
    approved: Option<Given>,
    /// The files say something else than what was approved, and what was approved is sent.
    edited: Option<String>,
}

impl Ready {
    /// Goes through every reason not to send, the cheapest to mend first.
    pub(super) fn find(sending: &Sending<'_>, store: &mut Store) -> Result<Self, Failure> {
        let Sending { config, newsletter, slot, world, .. } = sending;
        let approved = store.approval(&newsletter.id, slot)?;
        let kept = match &approved {
            Some(given) if newsletter.on_change == OnChange::SendApproved => given.parts.as_deref().map(Proof::read),
            _ => None,
        };
        let kept = kept.transpose().map_err(Failure::unexpected)?;
        let edited = if kept.is_some() { sending.edited(approved.as_ref())? } else { None };
        let proof = match kept {
            Some(proof) => proof,
            None => {
                pick::written(config, newsletter, slot)?;
                let pulled = press::pull(config, newsletter, slot);
                findings::proof(world, pulled)?
            }
        };
        approve::must_be_approved(world, config, newsletter, &proof, approved.as_ref())?;
        let whom = press::whom(store, newsletter, &proof.audience)?;
        let audience = store.audience_of(&newsletter.id, whom, world.now())?;
        sending.must_have_readers(audience, &proof.audience)?;
        let before = match &approved {
            Some(given) => Some((given.audience, "at the approval")),
            // Nobody vouched for the list, so it is held against the last one.
            None if whom == Whom::Everybody => {
                store.last_audience(&newsletter.id)?.map(|last| (last, "of the last issue"))
            }
            None => None,
        };
        sending.must_not_swing(audience, before)?;
        let lanes = match whom {
            Whom::Everybody => store.readers_by_lane(&newsletter.id, &config.lanes, world.now())?,
            Whom::Got(_) => Vec::new(),
        };
        let day = Forecast::day(config, newsletter, store, world.now())?;
        Ok(Self { proof, audience, whom, lanes, day, approved, edited })
    }

    pub(super) fn subject(&self) -> &str {
        &self.proof.subject
    }

    /// What a person should see before the number is typed.
    pub(super) fn lines(&self, sending: &Sending<'_>) -> Vec<String> {
        let voice = sending.voice();
        let size = self.proof.size(sending.config, sending.newsletter).unwrap_or_default();
        let got = match &self.proof.audience {
            Audience::Everybody => String::new(),
            Audience::Got(slot) => format!(" who got {slot}"),
        };
        let mut lines = vec![
            format!("{voice}{}: {}", sending.name(), self.proof.subject),
            format!("{voice}to {}{got}, {:.1} KB each", plural(self.audience, "reader"), size as f64 / 1000.0),
        ];
        if let Some(given) = &self.approved {
            lines.push(format!("{voice}approved by {}", given.by));
        }
        lines.extend(self.edited.iter().map(|edited| format!("{voice}mind that {edited}")));
        if let Some(relay) = sending.config.relays.get(&sending.newsletter.relay) {
            let rate = relay.rate.map(|rate| format!(", {} a second", thousands(rate.into()))).unwrap_or_default();
            let most = plural(relay.connections as u64, "connection");
            lines.push(format!("{voice}by relay {}, up to {most}{rate}", relay.name));
            let ends = Forecast::with_day(sending.config, sending.newsletter, self.day, sending.world.now());
            let relay_pace = relay.rate.map(f64::from);
            lines.extend(ends.lines(&self.lanes, relay_pace).into_iter().map(|line| format!("{voice}{line}")));
        }
        lines
    }

    /// Takes the pictures to where readers load them from; then freezes bytes, pictures, web edition and audience
    /// in one commit.
    pub(super) fn freeze(self, sending: &Sending<'_>, store: &mut Store) -> Result<Edition, Failure> {
        let Sending { config, newsletter, slot, purpose, world, .. } = sending;
        publish(world, config, &self.proof)?;
        let now = world.now();
        let relay = world.relay(config, newsletter)?;
        let date = now.with_timezone(&newsletter.timezone).fixed_offset();
        let frozen = self.proof.edition(config, newsletter, Some(relay), date, false).map_err(Failure::usage)?;
        let begun = match store.begin_edition(&newsletter.id, slot, *purpose, now)? {
            Begun::Created(edition) | Begun::Exists(edition) => edition,
        };
        let expires = TimeDelta::from_std(newsletter.expire_after).unwrap_or(TimeDelta::MAX);
        let content = Frozen {
            version: press::store_version(&frozen, &self.proof.subject),
            pictures: press::store_pictures(&self.proof),
            web_html: self.proof.web.clone(),
            policy: newsletter.policy,
            not_after: now.checked_add_signed(expires).unwrap_or(DateTime::<Utc>::MAX_UTC),
            whom: self.whom,
            order: Order {
                lanes: config.lanes.clone(),
                first: newsletter.first_tags.clone(),
                engaged_first: relay.quota.warm_up.is_some(),
            },
        };
        let audience = store.freeze(begun.id, &content, now)?;
        let readers = plural(audience, "reader");
        let mut note = |what: &str, detail: String| {
            let detail = format!("{}{detail}", sending.voice());
            let event = Event { at: now, who: lookout::PRESS.to_owned(), what: what.to_owned(), detail };
            store.note(&newsletter.id, slot, &event)
        };
        note("froze", format!("for {readers}, content {}", &frozen.content()[..12]))?;
        if let Some(edited) = self.edited {
            world.insist(format_args!("{}mind that {edited}", sending.voice()));
            note("kept to the approval", edited)?;
        }
        log_waivers(store, &newsletter.id, slot, &self.proof, now)?;
        Ok(store.edition_by_id(begun.id)?)
    }
}

/// Before anything is frozen: mails whose pictures are nowhere cannot be called back.
pub(crate) fn publish(world: &World, config: &Config, proof: &Proof) -> Result<(), Failure> {
    match press::publish(config, proof) {
        Ok(None) => Ok(()),
        Ok(Some(done)) => {
            world.say(done);
            Ok(())
        }
        Err(why) => Err(Failure::not_ready(format!("the pictures are not where readers load them from: {why}"))
            .hint("see `[images] publish` in config.toml; nobody was mailed, and the next `send` tries again")),
    }
}

/// The checks an edition went without, and why, stay in its log whatever becomes of the file.
pub(crate) fn log_waivers(
    store: &mut Store,
    newsletter: &str,
    slot: &str,
    proof: &Proof,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    for Waiver { check, reason } in &proof.waivers {
        let detail = format!("{check}: {reason}");
        let event = Event { at: now, who: lookout::PRESS.to_owned(), what: "waived".to_owned(), detail };
        store.note(newsletter, slot, &event)?;
    }
    Ok(())
}

impl Sending<'_> {
    /// Whether somebody edited the files after the approval, in words.
    fn edited(&self, given: Option<&Given>) -> Result<Option<String>, Failure> {
        let Some(given) = given else { return Ok(None) };
        let now = press::pull(self.config, self.newsletter, &self.slot).proof;
        let content =
            now.map(|proof| proof.content(self.config, self.newsletter)).transpose().map_err(Failure::usage)?;
        let at = given.at.with_timezone(&self.newsletter.timezone).format("%H:%M");
        let edited = content.is_none_or(|content| content != given.hash);
        let flag = self.world.newsletter_flag(self.config, self.newsletter);
        Ok(edited.then(|| {
            format!(
                "the files were changed after {} approved them at {at}, and what was approved is sent; \
                 `pressrun{flag} diff {} --to approved` shows the change",
                given.by, self.slot
            )
        }))
    }

    fn must_have_readers(&self, audience: u64, whom: &Audience) -> Result<(), Failure> {
        if audience > 0 {
            return Ok(());
        }
        if let Audience::Got(slot) = whom {
            return Err(Failure::unmet("audience-empty", format!("nobody who got {slot} is subscribed any more")));
        }
        Err(Failure::unmet("audience-empty", format!("{} has no active subscribers", self.newsletter.title))
            .hint(format!("`pressrun -n {} subscribers import FILE` brings them in", self.newsletter.id)))
    }

    /// `before`: how many there were, and when.
    fn must_not_swing(&self, audience: u64, before: Option<(u64, &str)>) -> Result<(), Failure> {
        let swings = |seen| press::swings(seen, audience, self.newsletter.audience_swing);
        let Some((seen, when)) = before.filter(|(seen, _)| swings(*seen)) else { return Ok(()) };
        let flag = self.world.newsletter_flag(self.config, self.newsletter);
        let swung = format!("the list went from {} {when} to {}", plural(seen, "reader"), thousands(audience));
        Err(Failure::unmet("audience-swing", swung)
            .hint(format!("if that is right, approve it as it is now: `pressrun{flag} approve {}`", self.slot)))
    }
}
