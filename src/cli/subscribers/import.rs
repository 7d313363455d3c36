//! `subscribers import`: a list into the store, as fast as the disk takes it.
//!
//! One thread reads the list, this one writes, a batch a commit: what was imported stays when it is
//! interrupted, and the same again brings nobody new. Bad rows go to a file with their line and reason.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::cli::books::plural;
use crate::cli::{Exit, Failure, Outcome, World};
use crate::store::{Imported, Joined, NewReader, Store, SubscriptionState};

use super::Import;
use super::roster::{Reject, Roster, Row, guarded};

/// Rows in one commit: half a second at most, and large because a commit writes each page it touched once.
const BATCH: usize = 50_000;
/// Batches read ahead.
const AHEAD: usize = 1;
/// Between two commits, for a press run or a reader who leaves: all who wait look every 2 ms.
const GAP: Duration = Duration::from_millis(5);
/// Without a terminal, a line is said every so many rows.
const SAY_EVERY: u64 = 250_000;
/// Rejects shown at once; all of them are in the file.
const SHOWN: u64 = 3;

/// Rows on their way from the list to the store.
struct Batch {
    readers: Vec<NewReader>,
    rejects: Vec<Reject>,
    /// Bytes of the list read so far.
    position: u64,
}

pub(super) fn run(import: &Import, world: &World, store: &mut Store, newsletter: &str) -> Outcome {
    let (list, size) = open(&import.file)?;
    let path = import.rejects.clone().unwrap_or_else(|| beside(&import.file));
    let mut tally = Tally {
        imported: Imported::default(),
        rejects: Rejects { path, file: None, count: 0, dry: import.dry_run },
        progress: progress(world, size),
    };
    thread::scope(|scope| -> Result<(), Failure> {
        let (out, batches) = sync_channel(AHEAD);
        let reading = scope.spawn(move || read(list, &out));
        let written = match import.dry_run {
            true => try_out(&batches, world, store, newsletter, &mut tally),
            false => write(&batches, world, store, newsletter, &mut tally),
        };
        // A reader still waiting to hand over its batch sees that nobody takes it any more.
        drop(batches);
        let read = reading.join().map_err(|_| Failure::unexpected("the thread that reads the list died"))?;
        written?;
        read.map_err(|message| Failure::usage(format!("`{}`: {message}", import.file.display())))
    })?;
    tally.finish(import, world, newsletter)
}

/// The list and its size, where it has one; `-` is stdin.
fn open(path: &Path) -> Result<(Box<dyn Read + Send>, Option<u64>), Failure> {
    if path == Path::new("-") {
        return Ok((Box::new(io::stdin()), None));
    }
    let cannot = |error: io::Error| Failure::usage(format!("the list `{}` cannot be read: {error}", path.display()));
    let file = File::open(path).map_err(cannot)?;
    let about = file.metadata().map_err(cannot)?;
    if about.is_dir() {
        return Err(Failure::usage(format!("`{}` is a folder; expected a CSV file", path.display())));
    }
    Ok((Box::new(file), Some(about.len())))
}

fn beside(list: &Path) -> PathBuf {
    let name = if list == Path::new("-") { "stdin".into() } else { list.as_os_str().to_owned() };
    let mut path = name;
    path.push(".rejects.csv");
    path.into()
}

/// Reads the list batch by batch until it ends or nobody takes them any more.
fn read(list: Box<dyn Read + Send>, out: &SyncSender<Batch>) -> Result<(), String> {
    let mut roster = Roster::open(BufReader::with_capacity(1 << 17, list))?;
    loop {
        let mut batch = Batch { readers: Vec::with_capacity(BATCH), rejects: Vec::new(), position: 0 };
        for row in roster.by_ref().take(BATCH) {
            match row? {
                Row::Reader { address, first_name, text_only } => {
                    batch.readers.push(NewReader { address, first_name, text_only });
                }
                Row::Reject(reject) => batch.rejects.push(reject),
            }
        }
        // Sorted as the store's index is, so that neighbours go in side by side.
        batch.readers.sort_by_cached_key(|reader| reader.address.folded());
        batch.position = roster.position();
        let last = batch.readers.len() + batch.rejects.len() < BATCH;
        if out.send(batch).is_err() || last {
            return Ok(());
        }
    }
}

fn write(
    batches: &Receiver<Batch>,
    world: &World,
    store: &mut Store,
    newsletter: &str,
    tally: &mut Tally,
) -> Result<(), Failure> {
    for batch in batches {
        let imported = store.import(newsletter, &batch.readers, world.now())?;
        tally.add(world, imported, &batch)?;
        thread::sleep(GAP);
    }
    Ok(())
}

/// What an import would do, without writing; it remembers whom it would have subscribed.
fn try_out(
    batches: &Receiver<Batch>,
    world: &World,
    store: &Store,
    newsletter: &str,
    tally: &mut Tally,
) -> Result<(), Failure> {
    let mut subscribed = HashSet::new();
    for batch in batches {
        let mut imported = Imported::default();
        for reader in &batch.readers {
            imported.count(match subscribed.contains(&reader.address.folded()) {
                true => Joined::Already(SubscriptionState::Active),
                false => store.would_import(newsletter, reader)?,
            });
            subscribed.insert(reader.address.folded());
        }
        tally.add(world, imported, &batch)?;
    }
    Ok(())
}

/// What came of the rows so far.
struct Tally {
    imported: Imported,
    rejects: Rejects,
    progress: Option<ProgressBar>,
}

impl Tally {
    fn add(&mut self, world: &World, imported: Imported, batch: &Batch) -> Result<(), Failure> {
        let before = self.imported.total();
        self.imported += imported;
        for reject in &batch.rejects {
            self.rejects.add(world, self.progress.as_ref(), reject)?;
        }
        match &self.progress {
            Some(bar) => {
                bar.set_position(batch.position);
                bar.set_message(format!("{} readers", self.imported.total()));
            }
            None if before / SAY_EVERY < self.imported.total() / SAY_EVERY => {
                world.say(format_args!("{} readers so far", self.imported.total()));
            }
            None => {}
        }
        Ok(())
    }

    fn finish(mut self, import: &Import, world: &World, newsletter: &str) -> Outcome {
        if let Some(bar) = self.progress.take() {
            bar.finish_and_clear();
        }
        let rejects = self.rejects.finish()?;
        let Imported { new, already, suppressed, gone, erased } = self.imported;
        if self.imported.total() == 0 {
            let mut failure = Failure::usage(format!("no row of `{}` was usable", import.file.display()));
            if let Some(path) = &rejects {
                failure = failure.hint(format!("each row and its reason are in `{}`", path.display()));
            }
            return Err(failure);
        }
        if world.json {
            world.print(json!({
                "newsletter": newsletter, "new": new, "already": already, "suppressed": suppressed, "left": gone,
                "erased": erased, "rejected": self.rejects.count, "rejects": rejects, "dry_run": import.dry_run,
            }))?;
            return Ok(Exit::Done);
        }
        let would = if import.dry_run { "would be " } else { "" };
        world.print(format_args!("{newsletter}: {new} {would}subscribed, {already} were already"))?;
        if suppressed > 0 {
            world.print(format_args!("{suppressed} suppressed, not subscribed; see `pressrun suppressions list`"))?;
        }
        if gone > 0 {
            world.print(format_args!("{gone} left, bounced or complained before, not subscribed"))?;
        }
        if erased > 0 {
            world.print(format_args!("{erased} erased before, not subscribed"))?;
        }
        match rejects {
            Some(path) => {
                let rows = plural(self.rejects.count, "row");
                world.print(format_args!("{rows} rejected: wrote `{}`", path.display()))?;
            }
            None if self.rejects.count > 0 => {
                world.print(format_args!("{} would be rejected", plural(self.rejects.count, "row")))?;
            }
            None => {}
        }
        Ok(Exit::Done)
    }
}

/// The file of rows that named nobody; made with the first of them.
struct Rejects {
    path: PathBuf,
    file: Option<csv::Writer<File>>,
    count: u64,
    dry: bool,
}

impl Rejects {
    fn add(&mut self, world: &World, bar: Option<&ProgressBar>, reject: &Reject) -> Result<(), Failure> {
        self.count += 1;
        if self.count <= SHOWN {
            let say = || world.say(format_args!("line {}: {}", reject.line, reject.reason));
            match bar {
                Some(bar) => bar.suspend(say),
                None => say(),
            }
        }
        if self.dry {
            return Ok(());
        }
        if self.file.is_none() {
            let mut writer =
                csv::WriterBuilder::new().flexible(true).from_path(&self.path).map_err(|error| self.cannot(error))?;
            writer.write_record(["line", "reason", "row"]).map_err(|error| self.cannot(error))?;
            self.file = Some(writer);
        }
        let row = [reject.line.to_string(), reject.reason.clone()]
            .into_iter()
            .chain(reject.cells.iter().map(|cell| guarded(cell)));
        match self.file.as_mut().map(|writer| writer.write_record(row)) {
            Some(Err(error)) => Err(self.cannot(error)),
            _ => Ok(()),
        }
    }

    /// Where they were written, if there were any.
    fn finish(&mut self) -> Result<Option<PathBuf>, Failure> {
        match self.file.take().map(|mut writer| writer.flush()) {
            None => Ok(None),
            Some(Ok(())) => Ok(Some(self.path.clone())),
            Some(Err(error)) => Err(self.cannot(error)),
        }
    }

    fn cannot(&self, error: impl std::fmt::Display) -> Failure {
        Failure::unexpected(format!("the rejects file `{}` cannot be written: {error}", self.path.display()))
    }
}

fn progress(world: &World, size: Option<u64>) -> Option<ProgressBar> {
    if world.quiet || !io::stderr().is_terminal() {
        return None;
    }
    let bar = ProgressBar::new(size?);
    let style = ProgressStyle::with_template("{bar:32} {bytes}/{total_bytes}  {msg}, {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    Some(bar)
}
