//! `fmt`: the house style of files: what a person should not have to think of.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;
use walkdir::WalkDir;

use crate::cli::{Exit, Failure, Outcome, World, compose, findings, pick};
use crate::config::{Config, Newsletter};
use crate::edit;
use crate::files::Draft;
use crate::finding::{Finding, Fix};
use crate::issue::archive;
use crate::issue::quotes;
use crate::issue::{IssueName, archive::Past};
use crate::press;

/// Put files into the house style: kickers as the list spells them, straight quotes, keys in order, no tracking
///
/// No reader would notice but for the better; comments stay. Without a path it takes the issue that is next and
/// the stories it shows; a folder means everything in it.
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun fmt
    pressrun fmt issues/stories/2026/harbour-strikes.md
    pressrun fmt issues --check")]
pub(crate) struct Fmt {
    /// Files and folders below issues/
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Change nothing; exit 4 where something would be changed
    #[arg(long)]
    check: bool,
}

/// Checks whose safe mends are house style rather than news.
const STYLE: [&str; 2] = ["kicker-off-list", "tracking-params"];

impl Fmt {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let config = world.config()?;
        let files = match self.paths.as_slice() {
            [] => next(world, &config)?,
            paths => below(&config, paths)?,
        };
        let fixes = fixes(&config, &files);
        let mut changed = 0;
        for file in &files {
            let draft = Draft::open(&config.root, file).map_err(|finding| {
                findings::draw(world, &[finding]);
                Failure::silent(Exit::DoesNotCompile)
            })?;
            let text = styled(&draft, fixes.get(file).map_or(&[][..], Vec::as_slice), &config);
            if text == draft.source.text {
                continue;
            }
            changed += 1;
            let lines = compose::changes(&draft.source.text, &text);
            if !self.check {
                draft.save(&text).map_err(Failure::unexpected)?;
            }
            let done = if self.check { "would change" } else { "wrote" };
            if world.json {
                world.print(json!({ "file": file, "diff": lines, "written": !self.check }))?;
            } else {
                world.print(format_args!("{done} {file}"))?;
                world.print_raw(lines.as_bytes())?;
            }
        }
        world.say(match (changed, files.len()) {
            (0, 1) => "the file is in style already".to_owned(),
            (0, count) => format!("all {count} files are in style already"),
            (changed, count) => format!("{changed} of {count} files changed").replace(
                "changed",
                if self.check { "would change: `pressrun fmt` without --check does it" } else { "changed" },
            ),
        });
        Ok(if self.check && changed > 0 { Exit::ChecksFailed } else { Exit::Done })
    }
}

/// The issue that is next, and the stories it shows.
fn next(world: &World, config: &Config) -> Result<BTreeSet<String>, Failure> {
    let newsletter = world.newsletter(config)?;
    let slot = pick::slot(world, config, newsletter, &world.store(config)?, None)?;
    let name = IssueName { newsletter: newsletter.id.clone(), slot };
    let draft = Draft::open(&config.root, &name.path()).map_err(|finding| {
        findings::draw(world, &[finding]);
        Failure::silent(Exit::DoesNotCompile)
    })?;
    let Past { stories, name, .. } = archive::past(name, &draft.source);
    let all = pages(config);
    let paths = stories.iter().filter_map(|(story, _)| all.iter().find(|path| stem(path) == story).cloned());
    Ok(paths.chain([name.path()]).collect())
}

/// Every text file below the paths named, as the newsroom names it.
fn below(config: &Config, paths: &[PathBuf]) -> Result<BTreeSet<String>, Failure> {
    let root = std::fs::canonicalize(config.root.join("issues"))
        .map_err(|error| Failure::usage(format!("{}: {error}", config.root.join("issues").display())))?;
    let mut files = BTreeSet::new();
    for path in paths {
        let unread = |error: &dyn std::fmt::Display| Failure::usage(format!("`{}`: {error}", path.display()));
        let full = std::fs::canonicalize(path).map_err(|error| unread(&error))?;
        if !full.starts_with(&root) {
            return Err(unread(&"this is not below the newsroom's issues/"));
        }
        for entry in WalkDir::new(full) {
            let entry = entry.map_err(|error| unread(&error))?;
            let ours = entry.path().extension().is_some_and(|ending| ending == "md" || ending == "toml");
            if let (true, Ok(relative)) = (ours && entry.file_type().is_file(), entry.path().strip_prefix(&root)) {
                files.insert(format!("issues/{}", relative.display()));
            }
        }
    }
    Ok(files)
}

fn pages(config: &Config) -> Vec<String> {
    use crate::issue::compile::Library as _;
    crate::files::Newsroom::open(&config.root).stories().into_iter().map(|(_, path)| path).collect()
}

fn stem(path: &str) -> &str {
    Path::new(path).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
}

/// The safe mends of style in these files, by file.
fn fixes(config: &Config, files: &BTreeSet<String>) -> BTreeMap<String, Vec<Fix>> {
    let of = |folder: &str| -> Vec<String> {
        let own = files.iter().filter(|file| file.starts_with(folder) && file.ends_with(".md"));
        own.map(|file| stem(file).to_owned()).collect()
    };
    let mut found: Vec<Finding> = Vec::new();
    for newsletter in config.newsletters.values() {
        found.extend(issues(config, newsletter, files));
    }
    if let Some(newsletter) = config.newsletters.values().next() {
        found.extend(press::leaf_through(config, newsletter, &of("issues/stories/"), &of("issues/snippets/")));
    }
    let mut fixes: BTreeMap<String, Vec<Fix>> = BTreeMap::new();
    for finding in found.into_iter().filter(|finding| STYLE.contains(&finding.check)) {
        if let (Some(place), Some(fix)) = (finding.place, finding.fix.filter(|fix| fix.safe)) {
            let own = fixes.entry(place.source.path.clone()).or_default();
            if !own.contains(&fix) {
                own.push(fix);
            }
        }
    }
    fixes
}

fn issues(config: &Config, newsletter: &Newsletter, files: &BTreeSet<String>) -> Vec<Finding> {
    let folder = format!("issues/{}/", newsletter.id);
    let own = files.iter().filter(|file| file.starts_with(&folder));
    own.flat_map(|file| press::pull(config, newsletter, stem(file)).findings).collect()
}

/// A file as the house writes it.
fn styled(draft: &Draft, fixes: &[Fix], config: &Config) -> String {
    let source = &draft.source;
    let page = source.path.ends_with(".md");
    let mut fixes = fixes.to_vec();
    if page {
        fixes.extend(quotes::straight(source, &config.publication));
    }
    let text = edit::mended(&source.text, &mut fixes);
    if page { edit::order::page(&text) } else { edit::order::issue(&text) }
}
