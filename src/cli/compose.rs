//! `add`, `drop`, `move`, `waive`: edits of an issue's file, made in place, shown as a diff.

use clap::{Args, ValueEnum};
use serde_json::json;
use similar::{ChangeTag, TextDiff};

use crate::check;
use crate::cli::{Exit, Failure, Outcome, World, findings, pick};
use crate::edit::{self, Refusal, Spot};
use crate::files::{Draft, Newsroom};
use crate::finding::nearest;
use crate::issue::IssueName;
use crate::issue::compile::Library as _;

/// Put stories into an issue
///
/// Into the list of a block, or each into a block of its own. Only the lines that must change do; the diff is
/// printed.
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun add harbour-strikes
    pressrun add ferry-cat five-soups --to \"Also this morning\"
    pressrun add tide-warning --to picks --at 1 --in tomorrow")]
pub(crate) struct Add {
    /// Names of stories: the stems of their files
    #[arg(required = true, value_name = "STORY")]
    stories: Vec<String>,
    /// A date, `today`, `mon`, or a path; left out, the earliest unsent issue from today on
    #[arg(long = "in", value_name = "DATE")]
    date: Option<String>,
    /// The block that takes them: its label, its id, its number, or its type where only one has it
    #[arg(long, value_name = "BLOCK")]
    to: Option<String>,
    /// How much of a story its own block shows
    #[arg(long, value_name = "DEPTH")]
    show: Option<Depth>,
    /// The place, counted from 1; left out, the last
    #[arg(long, value_name = "N")]
    at: Option<usize>,
}

/// Take stories out of an issue; a block with nothing left in it goes too
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun drop ferry-cat
    pressrun drop ferry-cat five-soups --in 2026-11-25")]
pub(crate) struct Drop {
    /// Names of stories in the issue
    #[arg(required = true, value_name = "STORY")]
    stories: Vec<String>,
    /// A date, `today`, `mon`, or a path; left out, the earliest unsent issue from today on
    #[arg(long = "in", value_name = "DATE")]
    date: Option<String>,
}

/// Move a story of an issue: into another block, or to another place
///
/// What the issue says instead of the story (a headline, a teaser) goes with it, and so do comments above a block.
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun move tide-warning --at 1
    pressrun move tide-warning --to \"Also this morning\" --at 2")]
pub(crate) struct Move {
    /// The name of a story in the issue
    story: String,
    /// A date, `today`, `mon`, or a path; left out, the earliest unsent issue from today on
    #[arg(long = "in", value_name = "DATE")]
    date: Option<String>,
    /// The block that takes it: its label, its id, its number, or its type where only one has it
    #[arg(long, value_name = "BLOCK")]
    to: Option<String>,
    /// The place, counted from 1: in its list, or of its block in the issue
    #[arg(long, value_name = "N")]
    at: Option<usize>,
}

/// Let one issue do without a check, and say why
///
/// The reason stands in the issue's file and is kept with the edition. What makes a mail unlawful, unreadable or
/// untrue cannot be waived.
#[derive(Args)]
#[command(after_help = "Example:
    pressrun waive subject-long \"the name of the treaty is the news\"")]
pub(crate) struct Waive {
    /// The check, as findings name it
    check: String,
    /// Why it does not hold here
    reason: String,
    /// A date, `today`, `mon`, or a path; left out, the earliest unsent issue from today on
    date: Option<String>,
}

/// As issue files write it.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Depth {
    Full,
    Brief,
    Teaser,
    Headline,
}

impl Depth {
    fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Brief => "brief",
            Self::Teaser => "teaser",
            Self::Headline => "headline",
        }
    }
}

impl Add {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let desk = Desk::open(world, self.date.as_deref())?;
        for story in &self.stories {
            desk.known(story)?;
        }
        let mut text = desk.draft.source.text.clone();
        for (nth, story) in self.stories.iter().enumerate() {
            let spot = Spot { to: self.to.as_deref(), at: self.at.map(|at| at + nth) };
            text = edit::add(&text, story, spot, self.show.map(Depth::word)).map_err(refused)?;
        }
        desk.save(world, &text)
    }
}

impl Drop {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let desk = Desk::open(world, self.date.as_deref())?;
        let mut text = desk.draft.source.text.clone();
        for story in &self.stories {
            text = edit::drop(&text, story).map_err(refused)?;
        }
        desk.save(world, &text)
    }
}

impl Move {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let desk = Desk::open(world, self.date.as_deref())?;
        let spot = Spot { to: self.to.as_deref(), at: self.at };
        let text = edit::shift(&desk.draft.source.text, &self.story, spot).map_err(refused)?;
        desk.save(world, &text)
    }
}

impl Waive {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        match check::find(&self.check) {
            None => {
                let failure = Failure::usage(format!("there is no check `{}`", self.check));
                return Err(match nearest(&self.check, check::names()) {
                    Some(near) => failure.hint(format!("did you mean `{near}`?")),
                    None => failure,
                });
            }
            Some(check) if check.binding => {
                return Err(Failure::usage(format!("`{}` cannot be waived", check.name))
                    .hint(format!("`pressrun explain {}` says why", check.name)));
            }
            Some(_) => {}
        }
        if self.reason.trim().is_empty() {
            return Err(Failure::usage("a waiver needs a reason: who looks at this issue later will ask for it"));
        }
        let desk = Desk::open(world, self.date.as_deref())?;
        let text = edit::waive(&desk.draft.source.text, &self.check, self.reason.trim()).map_err(refused)?;
        desk.save(world, &text)
    }
}

/// One issue's file on the desk.
struct Desk {
    newsroom: Newsroom,
    draft: Draft,
}

impl Desk {
    fn open(world: &World, date: Option<&str>) -> Result<Self, Failure> {
        let config = world.config()?;
        let newsletter = pick::newsletter(world, &config, date)?;
        let slot = match date {
            Some(date) => pick::typed(world, newsletter, date)?,
            None => pick::slot(world, &config, newsletter, &world.store(&config)?, None)?,
        };
        let name = IssueName { newsletter: newsletter.id.clone(), slot };
        let draft = Draft::open(&config.root, &name.path()).map_err(|finding| {
            findings::draw(world, &[finding]);
            Failure::silent(Exit::DoesNotCompile)
        })?;
        Ok(Self { newsroom: Newsroom::open(&config.root), draft })
    }

    fn known(&self, story: &str) -> Result<(), Failure> {
        let stories = self.newsroom.stories();
        if stories.iter().any(|(name, _)| name == story) {
            return Ok(());
        }
        let failure = Failure::usage(format!("there is no story `{story}`"));
        Err(match nearest(story, stories.iter().map(|(name, _)| name.as_str())) {
            Some(near) => failure.hint(format!("did you mean `{near}`?")),
            None => failure.hint("`pressrun stories` lists them; `pressrun story new \"HEADLINE\"` begins one"),
        })
    }

    fn save(&self, world: &World, text: &str) -> Outcome {
        self.draft.save(text).map_err(Failure::unexpected)?;
        let path = &self.draft.source.path;
        let lines = changes(&self.draft.source.text, text);
        if world.json {
            world.print(json!({ "file": path, "diff": lines }))?;
        } else {
            world.print_raw(lines.as_bytes())?;
            world.say(format_args!("wrote {path}"));
        }
        Ok(Exit::Done)
    }
}

/// The lines that went and came, each with its number and one line around them.
pub(crate) fn changes(before: &str, after: &str) -> String {
    let diff = TextDiff::from_lines(before, after);
    let mut out = String::new();
    for (nth, group) in diff.grouped_ops(1).iter().enumerate() {
        if nth > 0 {
            out.push_str("  ...\n");
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let line = change.new_index().or(change.old_index()).unwrap_or_default() + 1;
            let sign = match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            out.push_str(format!("{line:>4} {sign} {}", change.value()).trim_end());
            out.push('\n');
        }
    }
    out
}

fn refused(refusal: Refusal) -> Failure {
    let failure = Failure::usage(refusal.message);
    match refusal.hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}
