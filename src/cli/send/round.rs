//! `send --due`: one round, which cron asks for every five minutes.
//!
//! Bring the files, go on with what was begun, begin what is due, look what somebody must know of and tell them, and
//! say elsewhere that this machine still does its rounds. Nothing that only tells can stop what sends.

use crate::alarm::{About, Carriers, Sight, State, Trouble, Words};
use crate::cli::send::How;
use crate::cli::send::due::{self, Walked};
use crate::cli::{Exit, Failure, Outcome, World};
use crate::config::{Config, Source};
use crate::errand::Errand;
use crate::press::{self, lookout};
use crate::store::Store;

pub(super) fn run(world: &World, how: How) -> Outcome {
    let config = world.config()?;
    if how.dry_run {
        let fresh = due::Files::AtHand;
        return due::walk(world, &config, how, fresh).map(|walked| walked.exit);
    }
    let (config, source) = bring(world, config)?;
    let carriers = Carriers::of(&config, world.may_ask());
    let mut store = open(world, &config, &carriers)?;
    let files = match &source {
        Some(Sight { state: State::Wrong(_), .. }) => due::Files::Doubtful,
        _ => due::Files::AtHand,
    };
    let mut walked = match due::walk(world, &config, how, files) {
        Ok(walked) => walked,
        Err(failure) => {
            ring_for_the_store(world, &config, &carriers, &failure);
            return Err(failure);
        }
    };
    if !matches!(walked.exit, Exit::Interrupted | Exit::Terminated) {
        walked.sights.extend(source);
        tell(world, &config, &carriers, &mut store, &walked)?;
        if let Err(why) = carriers.heartbeat() {
            world.say(why);
        }
    }
    Ok(walked.exit)
}

/// Runs `[source] pull`, and reads the settings again, which may have come with the files.
fn bring(world: &World, config: Config) -> Result<(Config, Option<Sight>), Failure> {
    let Some(Source { pull, timeout }) = &config.source else { return Ok((config, None)) };
    let errand = Errand { command: pull, folder: &config.root, environment: &[], input: b"", patience: *timeout };
    let about = About::house(Trouble::Source);
    let brought = world.timed("pull", || errand.run());
    match brought {
        Ok(()) => Ok((world.config()?, Some(Sight::right(about, "the newsroom's files come again")))),
        Err(why) => {
            let mend = "What was approved is sent all the same; an issue that nobody has to approve waits.";
            Ok((
                config,
                Some(Sight::wrong(about, format!("the newsroom's files do not come: `[source] pull` {why}"), mend)),
            ))
        }
    }
}

/// The store; whoever must know is told where there is none to be had.
fn open(world: &World, config: &Config, carriers: &Carriers<'_>) -> Result<Store, Failure> {
    let store = world.store(config).inspect_err(|failure| ring_for_the_store(world, config, carriers, failure))?;
    let right = State::Right("the store can be used again".to_owned());
    for why in press::ring_for_the_store(config, carriers, &right, world.now()) {
        world.insist(why);
    }
    Ok(store)
}

fn ring_for_the_store(world: &World, config: &Config, carriers: &Carriers<'_>, failure: &Failure) {
    let what = format!("nothing can be sent: {}", failure.message);
    let words = Words { what, mend: "`pressrun doctor` looks at it.".to_owned() };
    for why in press::ring_for_the_store(config, carriers, &State::Wrong(words), world.now()) {
        world.insist(why);
    }
}

/// Tells what is wrong, and what is right again. A failure to tell is said, and is no failure of the round.
fn tell(
    world: &World,
    config: &Config,
    carriers: &Carriers<'_>,
    store: &mut Store,
    walked: &Walked,
) -> Result<(), Failure> {
    let now = world.now();
    say_source(world, store, &walked.sights)?;
    if !config.alarm.rings() {
        return Ok(());
    }
    let mut sights = walked.sights.clone();
    sights.extend(lookout::look(config, &world.newsletters(config)?, store, now)?);
    for untold in press::ring(store, carriers, &sights, now)? {
        if store.failed_to_tell(&untold)? {
            world.insist(format_args!("{}; it is tried again at the next round", untold.why));
        }
    }
    Ok(())
}

/// Files that do not come are said once a day to whoever reads cron's mail, whatever carriers there are.
fn say_source(world: &World, store: &mut Store, sights: &[Sight]) -> Result<(), Failure> {
    let day = world.now().date_naive().to_string();
    for sight in sights.iter().filter(|sight| sight.about.trouble == Trouble::Source) {
        if let State::Wrong(Words { what, mend }) = &sight.state
            && store.tell_once("", &day, what, world.now())?
        {
            world.insist(format_args!("{what}\n{mend}"));
        }
    }
    Ok(())
}
