//! `subscribers`: the list, by hand and by file.

mod erase;
mod import;
mod roster;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use crate::address::EmailAddress;
use crate::cli::{Exit, Failure, Outcome, World};
use crate::store::{Joined, NewReader, Reader, Store, Subscription, SubscriptionState};

use roster::{clean_name, guarded};

/// Who gets a newsletter
#[derive(Args)]
#[command(arg_required_else_help = true)]
#[command(after_help = "Examples:
    pressrun -n morning subscribers import readers.csv
    pressrun -n morning subscribers add anna@example.org --name Anna
    pressrun subscribers find anna@example.org")]
pub(crate) struct Subscribers {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Add(Add),
    Remove(Remove),
    Find(Find),
    Import(Import),
    Export(Export),
    Count(Count),
    Erase(erase::Erase),
}

/// Subscribe one person
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun -n morning subscribers add anna@example.org --name Anna
    pressrun -n morning subscribers add anna@example.org --text-only    also for who is on it already")]
struct Add {
    address: String,
    /// Their first name
    #[arg(long, value_name = "FIRST NAME")]
    name: Option<String>,
    /// They want the text edition alone, without the designed part; `--text-only=no` for both again
    #[arg(long, value_name = "yes|no", num_args = 0..=1, require_equals = true, default_missing_value = "yes")]
    text_only: Option<YesNo>,
    /// They left or were erased, and asked to come back
    #[arg(long)]
    again: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum YesNo {
    Yes,
    No,
}

/// End one person's subscription to this newsletter; others stay
#[derive(Args)]
#[command(after_help = "Example:\n    pressrun -n morning subscribers remove anna@example.org")]
struct Remove {
    address: String,
}

/// What is known about one person: every newsletter, since when, and whether they may be mailed
#[derive(Args)]
#[command(after_help = "Example:\n    pressrun subscribers find anna@example.org")]
struct Find {
    address: String,
}

/// Subscribe everyone in a CSV or TSV file
///
/// The header is recognised (email, first_name, text_only, …), or there is none and one column holds addresses. Whoever
/// left, was erased or is suppressed stays so. Running it again changes nothing.
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun -n morning subscribers import readers.csv
    pressrun -n morning subscribers import export.tsv --dry-run
    cut -d, -f2 old.csv | pressrun -n morning subscribers import - --rejects bad.csv")]
struct Import {
    /// The list; `-` reads stdin
    file: PathBuf,
    /// Where rows go that cannot be used [default: FILE.rejects.csv]
    #[arg(long, value_name = "PATH")]
    rejects: Option<PathBuf>,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Print everyone who ever subscribed to this newsletter, with how they stand
#[derive(Args)]
#[command(after_help = "Example:\n    pressrun -n morning subscribers export > morning.csv")]
struct Export {
    /// One line a reader: comma-separated, or JSON
    #[arg(long, default_value = "csv")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Csv,
    Jsonl,
}

/// How many subscriptions there are, by state
#[derive(Args)]
#[command(after_help = "Example:\n    pressrun -n morning subscribers count")]
struct Count {}

impl Subscribers {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let config = world.config()?;
        let mut store = world.store(&config)?;
        if store.has_erased()? {
            let signer = world.signer(&config, &store)?;
            store = store.by(signer);
        }
        let newsletter = || world.newsletter(&config).map(|own| own.id.as_str());
        match self.action {
            Action::Add(add) => add.run(world, &mut store, newsletter()?),
            Action::Remove(remove) => remove.run(world, &mut store, newsletter()?),
            Action::Find(find) => find.run(world, &store),
            Action::Import(import) => import::run(&import, world, &mut store, newsletter()?),
            Action::Export(export) => export.run(world, &store, newsletter()?),
            Action::Count(_) => count(world, &store, newsletter()?),
            Action::Erase(erase) => {
                let signer = world.signer(&config, &store)?;
                erase.run(world, &mut store, &signer)
            }
        }
    }
}

impl Add {
    fn run(self, world: &World, store: &mut Store, newsletter: &str) -> Outcome {
        let address = EmailAddress::parse(&self.address).map_err(Failure::usage)?;
        let text_only = self.text_only.map(|wanted| wanted == YesNo::Yes);
        let first_name = self.name.as_deref().and_then(clean_name);
        let reader = NewReader { address, first_name, text_only: text_only.unwrap_or_default() };
        let address = &reader.address;
        let object = |changed: bool, state: SubscriptionState| json!({"address": address.as_str(), "newsletter": newsletter, "changed": changed, "state": state.as_str()});
        let joined = store.subscribe(newsletter, &reader, "command", self.again, world.now())?;
        // Whoever is known already keeps what they chose, unless it was typed.
        if let (Some(wanted), Some(known)) = (text_only, store.reader_by_address(address)?)
            && known.text_only != wanted
        {
            store.want_text_only(known.id, wanted)?;
        }
        match joined {
            Joined::New => world.tell(
                format_args!("{address} is subscribed to {newsletter}"),
                object(true, SubscriptionState::Active),
            )?,
            Joined::Already(state) => world.tell(
                format_args!("{address} was subscribed to {newsletter} before ({})", state.as_str()),
                object(false, state),
            )?,
            Joined::Gone(state) => {
                let failure =
                    Failure::not_ready(format!("{address} was not subscribed to {newsletter}: {}", state.as_str()));
                return Err(failure.hint("if they asked to come back, add `--again`"));
            }
            Joined::Suppressed => {
                let failure = Failure::not_ready(format!("{address} is suppressed and was not subscribed"));
                return Err(failure.hint(format!("see why with `pressrun subscribers find {address}`")));
            }
            Joined::Erased => {
                let failure = Failure::not_ready(format!("{address} was erased and was not subscribed"));
                return Err(failure.hint("if they asked to come back, add `--again`"));
            }
        }
        Ok(Exit::Done)
    }
}

impl Remove {
    fn run(self, world: &World, store: &mut Store, newsletter: &str) -> Outcome {
        let address = EmailAddress::parse(&self.address).map_err(Failure::usage)?;
        let before = store.remove(newsletter, &address, world.now())?;
        let got =
            matches!(before, Some(SubscriptionState::Pending | SubscriptionState::Active | SubscriptionState::Paused));
        let sentence = match before {
            None => format!("{address} is not on the list of {newsletter}"),
            Some(_) if got => format!("{address} no longer gets {newsletter}"),
            Some(state) => format!("{address} did not get {newsletter} before ({})", state.as_str()),
        };
        let state = if got { Some(SubscriptionState::Left) } else { before };
        world.tell(
            sentence,
            json!({"address": address.as_str(), "newsletter": newsletter, "changed": got, "state": state.map(SubscriptionState::as_str)}),
        )?;
        Ok(Exit::Done)
    }
}

impl Find {
    fn run(self, world: &World, store: &Store) -> Outcome {
        let address = EmailAddress::parse(&self.address).map_err(Failure::usage)?;
        let reader = store.reader_by_address(&address)?;
        let subscriptions = reader.as_ref().map_or(Ok(Vec::new()), |reader| store.subscriptions(reader.id))?;
        let suppressions = store.suppressions_of(&address)?;
        if world.json {
            let of = |one: &Subscription| json!({"newsletter": one.newsletter, "state": one.state.as_str(), "source": one.source, "since": one.since});
            let suppressed = suppressions.iter().map(|one| json!({"what": one.what, "reason": one.reason.as_str(), "detail": one.detail, "since": one.since}));
            world.print(json!({
                "address": reader.as_ref().map_or(address.as_str(), |reader| &reader.address),
                "known": reader.is_some(),
                "erased": store.erased_since(&address)?,
                "first_name": reader.as_ref().and_then(|reader| reader.first_name.as_deref()),
                "text_only": reader.as_ref().is_some_and(|reader| reader.text_only),
                "bounced": reader.as_ref().and_then(|reader| reader.bounced),
                "subscriptions": subscriptions.iter().map(of).collect::<Vec<_>>(),
                "suppressions": suppressed.collect::<Vec<_>>(),
            }))?;
            return Ok(Exit::Done);
        }
        match &reader {
            None => {
                let erased = store.erased_since(&address)?.map(|at| format!(": erased {}", at.date_naive()));
                world.print(format_args!("{address} is on no list{}", erased.unwrap_or_default()))?;
            }
            Some(reader) => {
                let name = reader.first_name.as_deref().map(|name| format!("  {name}")).unwrap_or_default();
                world.print(format_args!("{}{name}  known since {}", reader.address, reader.created.date_naive()))?;
                if reader.text_only {
                    world.print("  gets the text edition alone")?;
                }
            }
        }
        for one in &subscriptions {
            let since = one.since.date_naive();
            world.print(format_args!(
                "  {}  {} since {since} by {}",
                one.newsletter,
                one.state.as_str(),
                one.source
            ))?;
        }
        if let Some(bounced) = reader.and_then(|reader| reader.bounced) {
            world.print(format_args!("  bounced {}: left out for 7 days", bounced.date_naive()))?;
        }
        for one in &suppressions {
            let detail = if one.detail.is_empty() { String::new() } else { format!(": {}", one.detail) };
            world.print(format_args!(
                "  {} suppressed {} by {}{detail}",
                one.what,
                one.since.date_naive(),
                one.reason.as_str()
            ))?;
        }
        Ok(Exit::Done)
    }
}

impl Export {
    fn run(self, world: &World, store: &Store, newsletter: &str) -> Outcome {
        let format = if world.json { Format::Jsonl } else { self.format };
        let mut page = Page { world, text: Vec::new() };
        if format == Format::Csv {
            page.add(&csv_line(&["address", "first_name", "state", "source", "since", "text_only"])?)?;
        }
        store.each_subscriber(newsletter, |reader, own| -> Result<(), Failure> {
            match format {
                Format::Csv => page.add(&csv_row(reader, own)?),
                Format::Jsonl => page.add(&format!("{}\n", json_row(reader, own))),
            }
        })?;
        page.print()?;
        Ok(Exit::Done)
    }
}

fn csv_row(reader: &Reader, own: &Subscription) -> Result<String, Failure> {
    let (address, name) = (guarded(&reader.address), guarded(reader.first_name.as_deref().unwrap_or_default()));
    let text_only = if reader.text_only { "yes" } else { "no" };
    csv_line(&[&address, &name, own.state.as_str(), &guarded(&own.source), &own.since.to_rfc3339(), text_only])
}

fn csv_line(cells: &[&str]) -> Result<String, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(cells).map_err(Failure::unexpected)?;
    let bytes = writer.into_inner().map_err(Failure::unexpected)?;
    String::from_utf8(bytes).map_err(Failure::unexpected)
}

fn json_row(reader: &Reader, own: &Subscription) -> serde_json::Value {
    json!({
        "address": reader.address,
        "first_name": reader.first_name,
        "state": own.state.as_str(),
        "source": own.source,
        "since": own.since,
        "text_only": reader.text_only,
    })
}

/// Lines gathered before they are printed: a million writes would take longer than the reading.
struct Page<'a> {
    world: &'a World,
    text: Vec<u8>,
}

impl Page<'_> {
    fn add(&mut self, line: &str) -> Result<(), Failure> {
        self.text.extend_from_slice(line.as_bytes());
        if self.text.len() > 64 * 1024 { self.print() } else { Ok(()) }
    }

    fn print(&mut self) -> Result<(), Failure> {
        let text = std::mem::take(&mut self.text);
        self.world.print_raw(&text)
    }
}

fn count(world: &World, store: &Store, newsletter: &str) -> Outcome {
    let counts = store.subscription_counts(newsletter)?;
    let of = |state| counts.iter().find(|(own, _)| *own == state).map_or(0, |(_, count)| *count);
    if world.json {
        let mut object = json!({"newsletter": newsletter});
        for state in SubscriptionState::ALL {
            object[state.as_str()] = json!(of(state));
        }
        world.print(object)?;
        return Ok(Exit::Done);
    }
    let shown =
        SubscriptionState::ALL.into_iter().filter(|state| *state == SubscriptionState::Active || of(*state) > 0);
    let parts: Vec<String> = shown.map(|state| format!("{} {}", of(state), state.as_str())).collect();
    world.print(format_args!("{newsletter}: {}", parts.join(", ")))?;
    Ok(Exit::Done)
}
