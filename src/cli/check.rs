//! `check`: everything there is to say about an issue, in one run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::mpsc;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use crate::check;
use crate::cli::findings::{self, Format};
use crate::cli::{Exit, Failure, Outcome, World, compose, pick};
use crate::edit;
use crate::files::Draft;
use crate::finding::{Finding, Fix, nearest};
use crate::issue::leads::Lead;
use crate::linkbook::{LinkBook, State};
use crate::press;

/// Say everything that is wrong with an issue and the stories it shows, with the edit that mends it
///
/// One run tells all, in the order of the files. Links are judged by what the network said within the hour, and
/// nobody is waited for; --network asks now.
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun check
    pressrun check tomorrow --strict
    pressrun check --fix
    pressrun check --network
    pressrun check --network --fix
    pressrun check 2026-11-24 --format github")]
pub(crate) struct Check {
    /// A date, `today`, `mon`, or a path; left out, the earliest unsent issue from today on
    date: Option<String>,
    /// Let warnings fail too
    #[arg(long)]
    strict: bool,
    /// Make the edits that are safe: nothing guessed, shown as a diff. With --network, pictures that stand on the
    /// web are fetched into issues/images/
    #[arg(long)]
    fix: bool,
    /// Ask now where each link leads; answers are believed for an hour
    #[arg(long)]
    network: bool,
    /// Only the findings of this check; repeatable
    #[arg(long, value_name = "CHECK")]
    only: Vec<String>,
    /// How findings are written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl Check {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        if let Some(name) = self.only.iter().find(|name| check::find(name).is_none()) {
            let failure = Failure::usage(format!("there is no check `{name}`"));
            return Err(match nearest(name, check::names()) {
                Some(near) => failure.hint(format!("did you mean `{near}`?")),
                None => failure,
            });
        }
        let format = if world.json { Format::Json } else { self.format };
        let config = world.config_told(format)?;
        let newsletter = pick::newsletter(world, &config, self.date.as_deref())?;
        // A path or a date needs no store, so that a clone without one can check.
        let slot = match &self.date {
            Some(date) => pick::typed(world, newsletter, date)?,
            None => pick::slot(world, &config, newsletter, &world.store(&config)?, None)?,
        };
        if self.network {
            ask(world, &config.root, &press::pull(&config, newsletter, &slot).leads)?;
        }
        let look = || {
            let mut pulled = press::pull(&config, newsletter, &slot);
            if !self.only.is_empty() {
                pulled.findings.retain(|finding| self.only.iter().any(|name| name == finding.check));
            }
            (pulled.findings, pulled.leads)
        };
        let (mut found, mut leads) = look();
        if self.fix && self.network && fetch(world, &config.root, &found)? {
            (found, leads) = look();
        }
        if self.fix && mend(world, &config.root, &found)? {
            (found, leads) = look();
        }
        world.print_raw(findings::written(&found, format, world.color_out()).as_bytes())?;
        let exit = findings::exit(&found, self.strict);
        if format == Format::Text {
            let flag = world.newsletter_flag(&config, newsletter);
            if let Some(line) = not_asked(&config.root, &leads).filter(|_| world.may_ask()) {
                world.say(line);
            }
            world.say(next(newsletter.id.as_str(), &slot, &flag, exit));
        }
        Ok(exit)
    }
}

/// Asks where the links lead, and says how far it is.
fn ask(world: &World, root: &Path, leads: &[Lead]) -> Result<(), Failure> {
    if !world.may_ask() {
        return Err(Failure::usage("`--network` wants the links asked, and `--no-network` wants nobody asked"));
    }
    let addresses: Vec<String> = leads.iter().map(|lead| lead.address.clone()).collect();
    let (answered, answers) = mpsc::channel();
    let asking = LinkBook::open(root).ask(&addresses, move |address| {
        // Whoever no longer listens has ended the command.
        let _nobody_listens = answered.send(address.to_owned());
    });
    let bar = (asking.count > 0 && world.can_ask() && !world.quiet).then(|| ProgressBar::new(asking.count as u64));
    match (&bar, asking.count) {
        (Some(bar), _) => bar.set_style(
            ProgressStyle::with_template("asking links {bar:30} {pos}/{len}  {wide_msg}")
                .expect("the template is well-formed"),
        ),
        (None, 0) => world.say("no link has to be asked"),
        (None, 1) => world.say("asking 1 link"),
        (None, count) => world.say(format_args!("asking {count} links")),
    }
    for address in answers {
        if let Some(bar) = &bar {
            bar.inc(1);
            bar.set_message(address);
        }
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    if asking.left_out > 0 {
        world.say(format_args!("{} more were not asked: a hundred in one go are enough", asking.left_out));
    }
    asking.wait().map_err(Failure::unexpected)
}

/// How many links the network has not judged within the hour, and the command that lets it.
fn not_asked(root: &Path, leads: &[Lead]) -> Option<String> {
    let book = LinkBook::open(root);
    let addresses: BTreeSet<&str> = leads.iter().map(|lead| lead.address.as_str()).collect();
    match addresses.into_iter().filter(|address| book.state(address) == State::NotAsked).count() {
        0 => None,
        1 => Some("1 link was not asked within the hour: `pressrun check --network` does".to_owned()),
        count => Some(format!("{count} links were not asked within the hour: `pressrun check --network` does")),
    }
}

/// Fetches the pictures that stand on the web, and shows those instead; whether there were any.
fn fetch(world: &World, root: &Path, found: &[Finding]) -> Result<bool, Failure> {
    let mut edits: Edits<'_> = BTreeMap::new();
    let elsewhere = press::elsewhere(found);
    for picture in &elsewhere {
        match picture.fetch(root) {
            Ok(own) => {
                let size = format!("{} × {} pixels, {} KB", own.width, own.height, own.bytes.div_ceil(1000));
                world.say(format_args!("fetched {} to issues/{}: {size}", picture.address, own.src));
                for (path, fix) in picture.mends(&own.src) {
                    edits.entry(path).or_default().push(fix);
                }
            }
            Err(why) => world.insist(format_args!("{} was not fetched: {why}", picture.address)),
        }
    }
    make(world, root, edits)
}

/// Makes the safe edits of these findings; whether there were any.
fn mend(world: &World, root: &Path, found: &[Finding]) -> Result<bool, Failure> {
    let mut edits: Edits<'_> = BTreeMap::new();
    for finding in found {
        if let (Some(place), Some(fix)) = (&finding.place, finding.fix.as_ref().filter(|fix| fix.safe)) {
            edits.entry(&place.source.path).or_default().push(fix.clone());
        }
    }
    make(world, root, edits)
}

/// Edits by the path of their file.
type Edits<'f> = BTreeMap<&'f str, Vec<Fix>>;

fn make(world: &World, root: &Path, mut edits: Edits<'_>) -> Result<bool, Failure> {
    for (path, fixes) in &mut edits {
        let draft = Draft::open(root, path).map_err(|finding| Failure::unexpected(finding.title))?;
        let text = edit::mended(&draft.source.text, fixes);
        draft.save(&text).map_err(Failure::unexpected)?;
        world.say(format_args!("mended {path}\n{}", compose::changes(&draft.source.text, &text)));
    }
    Ok(!edits.is_empty())
}

/// The command to type now.
fn next(newsletter: &str, slot: &str, flag: &str, exit: Exit) -> String {
    match exit {
        Exit::Done => format!("nothing stands in the way: `pressrun approve {slot}{flag}`"),
        _ => format!("mend these in issues/, then `pressrun check issues/{newsletter}/{slot}.toml`"),
    }
}
