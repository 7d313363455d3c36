//! `approve`: a person vouches for what the readers will get.

use clap::Args;
use dialoguer::{Confirm, Input};

use crate::cli::books::{plural, thousands};
use crate::cli::control::By;
use crate::cli::{Exit, Failure, Outcome, World, findings, pick};
use crate::config::{Approval as Rule, Config, Newsletter};
use crate::issue::Audience;
use crate::press::{self, Proof, Unfit, Vouching};
use crate::store::{Approval, EditionState, Purpose};

/// Vouch for an issue: run the checks, answer the checklist, bind the approval to the content
///
/// What is approved is what is sent, pictures included. An edit afterwards is seen and decided on.
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun approve                              the next issue, asking
    pressrun approve 2026-11-24 --by Ada --yes    from a script")]
pub(crate) struct Approve {
    /// A date, `today`, `mon`, or a path; left out, the earliest unsent issue from today on
    date: Option<String>,
    #[command(flatten)]
    by: By,
    /// Answer every question with yes
    #[arg(short, long)]
    yes: bool,
}

impl Approve {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let config = world.config()?;
        let newsletter = pick::newsletter(world, &config, self.date.as_deref())?;
        let mut store = world.store(&config)?;
        let slot = pick::slot(world, &config, newsletter, &store, self.date.as_deref())?;
        pick::written(&config, newsletter, &slot)?;
        let pulled = press::pull(&config, newsletter, &slot);
        let proof = findings::proof(world, pulled)?;

        let now = world.now();
        let vouching = Vouching::begin(&config, newsletter, &store, proof, now)?;
        let by = self.by.name();
        vouching.must_be_fit(&store, &by)?;
        self.ask(world, &vouching, newsletter)?;
        let (proof, Approval { hash, audience, .. }) = vouching.vouch(&mut store, &by, now)?;
        if world.json {
            world.print(serde_json::json!({
                "newsletter": newsletter.id, "slot": slot, "by": by, "hash": hash, "audience": audience,
            }))?;
        } else {
            world.print(format_args!(
                "approved {} {slot} by {by} for {}, content {}",
                newsletter.id,
                plural(audience, "reader"),
                &hash[..12]
            ))?;
            let flag = world.newsletter_flag(&config, newsletter);
            let begun = press::edition(&store, &newsletter.id, &slot)?;
            let next = if begun.is_some_and(|edition| edition.state == EditionState::Held && edition.version > 0) {
                format!("`pressrun{flag} amend {slot}`, for all who have nothing yet")
            } else if proof.due > now && world.purpose(&config, newsletter)? == Purpose::Issue {
                let due = proof.due.format("%H:%M on %A");
                format!("`pressrun{flag} send {slot}`, or leave it to `pressrun send --due` at {due}")
            } else {
                format!("`pressrun{flag} send {slot}`")
            };
            world.say(format_args!("next: {next}"));
        }
        Ok(Exit::Done)
    }

    /// Shows what is vouched for, and asks until everything is answered.
    fn ask(&self, world: &World, vouching: &Vouching<'_>, newsletter: &Newsletter) -> Result<(), Failure> {
        let Vouching { proof, audience, text_only, last, .. } = vouching;
        world.say(format_args!("  subject    {}", proof.subject));
        world.say(format_args!("  preheader  {}", proof.preheader));
        let size = proof.html_bytes().div_ceil(100);
        world.say(format_args!(
            "  content    {}, {} words, {} min, HTML {}.{} KB",
            stories(proof.stories),
            thousands(proof.words as u64),
            proof.minutes,
            size / 10,
            size % 10
        ));
        let before = last.map(|last| format!(", {} last time", thousands(last))).unwrap_or_default();
        let got = match &proof.audience {
            Audience::Everybody => String::new(),
            Audience::Got(slot) => format!(" who got {slot}, or may have"),
        };
        let alone = match *text_only {
            0 => String::new(),
            some => format!(", {} of them the text edition alone", thousands(some)),
        };
        world.say(format_args!("  audience   {}{got}{before}{alone}", plural(*audience, "reader")));
        if self.yes {
            if let Some(swing) = vouching.swing() {
                world.insist(format_args!("mind that {swing}; `--yes` takes that for right, and the log says so"));
            }
            return Ok(());
        }
        if !world.can_ask() {
            return Err(Failure::usage("approving asks questions, and nobody is at the terminal")
                .hint("`--yes` answers them all; `--by NAME` says who does"));
        }
        let not = || Failure::not_ready(format!("{} {} is not approved", newsletter.title, proof.slot));
        let unanswered =
            |error: dialoguer::Error| Failure::unexpected(format_args!("the question got no answer: {error}"));
        let send = format!("Send this to {}?", plural(*audience, "reader"));
        for question in vouching.questions().iter().chain([&send]) {
            if !Confirm::new().with_prompt(question).default(false).interact().map_err(unanswered)? {
                return Err(not());
            }
        }
        if let Some(swing) = vouching.swing() {
            let prompt = format!("Mind that {swing}. If that is right, type the number of readers");
            let typed: String = Input::new().with_prompt(prompt).interact_text().map_err(unanswered)?;
            if typed.replace([',', '.', ' '], "") != audience.to_string() {
                return Err(not().hint("the number typed is not the number of readers"));
            }
        }
        Ok(())
    }
}

impl From<Unfit> for Failure {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::NotReady(why) => Self::not_ready(why),
            Unfit::Settings(why) => Self::usage(why),
            Unfit::Changed(why) => Self::unexpected(why),
            Unfit::Store(error) => error.into(),
        }
    }
}

/// What leaves the house is what somebody approved, where the newsletter wants approval.
pub(crate) fn must_be_approved(
    world: &World,
    config: &Config,
    newsletter: &Newsletter,
    proof: &Proof,
    given: Option<&Approval>,
) -> Result<(), Failure> {
    if newsletter.approval == Rule::Optional {
        return Ok(());
    }
    let name = format!("{} {}", newsletter.id, proof.slot);
    let approve = format!("`pressrun{} approve {}`", world.newsletter_flag(config, newsletter), proof.slot);
    let Some(given) = given else {
        return Err(Failure::unmet("not-approved", format!("{name} is not approved")).hint(approve));
    };
    if proof.content(config, newsletter).map_err(Failure::usage)? != given.hash {
        let at = given.at.with_timezone(&newsletter.timezone).format("%H:%M");
        let changed = format!("{name} changed since {} approved it at {at}", given.by);
        let diff = format!("pressrun{} diff {} --to approved", world.newsletter_flag(config, newsletter), proof.slot);
        return Err(Failure::unmet("changed-since-approval", changed)
            .hint(format!("`{diff}` shows what readers would notice; {approve} approves it as it is now")));
    }
    Ok(())
}

fn stories(count: usize) -> String {
    if count == 1 { "1 story".to_owned() } else { format!("{count} stories") }
}
