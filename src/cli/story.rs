//! `story new` and `stories`: pages begun, and the archive looked through.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::{Exit, Failure, Outcome, World};
use crate::config::{BodyRule, Config, Form, Limits};
use crate::edit;
use crate::files::{self, Newsroom};
use crate::finding::nearest;
use crate::issue::IssueName;
use crate::issue::archive::Entry;
use crate::issue::compile::Library as _;

/// Begin a story
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun story new \"The harbour tram is back\"
    pressrun stories                           those there are")]
pub(crate) struct StoryDesk {
    #[command(subcommand)]
    command: StoryCommand,
}

#[derive(Subcommand)]
enum StoryCommand {
    New(NewStory),
}

/// Begin a story's file, with the headings of its form ready to be written under
///
/// Its name comes from the headline. What has to be written is marked TK. Never overwrites.
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun story new \"Ferries to run until one\"
    pressrun story new \"How the barrier works\" --form explainer")]
pub(crate) struct NewStory {
    headline: String,
    /// Its form, one of [forms] in config.toml; left out, the one most stories have
    #[arg(long, value_name = "FORM")]
    form: Option<String>,
    /// Do not open it in $VISUAL or $EDITOR
    #[arg(long)]
    no_edit: bool,
}

/// List the stories: name, form, words, when it was published and where it ran last
///
/// The newest first. A word is looked for in names, headlines and topics.
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun stories
    pressrun stories harbour --unused
    pressrun stories --topic trams")]
pub(crate) struct Stories {
    /// Only stories with this word
    word: Option<String>,
    /// Only stories no issue has shown
    #[arg(long)]
    unused: bool,
    /// Only stories of this topic
    #[arg(long)]
    topic: Option<String>,
}

impl StoryDesk {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        match self.command {
            StoryCommand::New(new) => new.run(world),
        }
    }
}

impl NewStory {
    fn run(self, world: &World) -> Outcome {
        let config = world.config()?;
        let newsroom = Newsroom::open(&config.root);
        let headline = self.headline.trim();
        let name = files::stem(headline);
        if name.is_empty() {
            return Err(Failure::usage("the headline has no word to name the file by"));
        }
        if let Some((_, path)) = newsroom.stories().into_iter().find(|(other, _)| *other == name) {
            return Err(Failure::not_ready(format!("there is a story `{name}` already: {path}"))
                .hint("another headline gives it another name; story names are unique in the whole archive"));
        }
        let (id, form) = self.form(&config, &newsroom)?;
        let now = world.now().with_timezone(&config.publication.timezone);
        let path = format!("issues/stories/{}/{name}.md", now.format("%Y"));
        let text = page(headline, id, form, &now.format("%Y-%m-%dT%H:%M:00%:z").to_string());
        files::create(&config.root, &path, &text).map_err(Failure::not_ready)?;
        world.tell(format_args!("wrote {path}"), json!({ "file": path, "story": name, "form": id }))?;
        world.say(format_args!("next: write it, then `pressrun add {name}`"));
        if !self.no_edit {
            world.open_editor(&config.root.join(&path))?;
        }
        Ok(Exit::Done)
    }

    fn form<'c>(&self, config: &'c Config, newsroom: &Newsroom) -> Result<(&'c str, &'c Form), Failure> {
        let given = |id: &str| config.forms.get_key_value(id).map(|(id, form)| (id.as_str(), form));
        let names = || config.forms.keys().map(String::as_str);
        if let Some(id) = &self.form {
            return given(id).ok_or_else(|| {
                let failure = Failure::usage(format!("there is no form `{id}`"));
                match nearest(id, names()) {
                    Some(near) => failure.hint(format!("did you mean `{near}`?")),
                    None => failure.hint(format!("one of {}", names().collect::<Vec<_>>().join(", "))),
                }
            });
        }
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for form in newsroom.entries(config.publication.timezone).into_iter().filter_map(|entry| entry.form) {
            *counts.entry(form).or_default() += 1;
        }
        let usual = counts.iter().max_by_key(|(_, count)| **count).and_then(|(id, _)| given(id));
        Ok(usual.or_else(|| names().next().and_then(given)).unwrap_or(PLAIN))
    }
}

/// Of a newsroom without forms.
static NO_FORM: Form =
    Form { kicker: None, sections: Vec::new(), words: Limits { min: None, max: None }, body: BodyRule::Optional };
const PLAIN: (&str, &Form) = ("", &NO_FORM);

/// A story's file, ready to be written.
fn page(headline: &str, id: &str, form: &Form, published: &str) -> String {
    let mut text = format!("+++\nheadline   = {}\nstandfirst = \"TK\"\n", edit::quoted(headline));
    if !id.is_empty() {
        text += &format!("form       = \"{id}\"\n");
    }
    text += &format!("byline     = []\npublished  = {published}\ntopics     = []\nteaser     = \"TK\"\n+++\n");
    if form.body == BodyRule::Forbidden {
        return text;
    }
    for section in &form.sections {
        text += &format!("\n## {section}\n\nTK\n");
    }
    if form.sections.is_empty() {
        text += "\nTK\n";
    }
    text
}

impl Stories {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let config = world.config()?;
        let newsroom = Newsroom::open(&config.root);
        let ran = newsroom.last_ran(config.newsletters.keys());
        let mut entries = newsroom.entries(config.publication.timezone);
        let total = entries.len();
        entries.retain(|entry| self.wants(entry, ran.get(&entry.name)));
        entries.sort_by(|a, b| b.published.cmp(&a.published).then_with(|| a.name.cmp(&b.name)));
        if world.json {
            for entry in &entries {
                world.print(json!({
                    "story": entry.name, "file": entry.path, "headline": entry.headline, "form": entry.form,
                    "topics": entry.topics, "words": entry.words, "published": entry.published,
                    "last_used": ran.get(&entry.name).map(IssueName::to_string),
                }))?;
            }
            return Ok(Exit::Done);
        }
        world.print_raw(table(&entries, &ran).as_bytes())?;
        world.say(match entries.len() {
            0 => format!("no story of {total} is like that"),
            shown if shown == total => format!("{total} stories"),
            shown => format!("{shown} of {total} stories"),
        });
        Ok(Exit::Done)
    }

    fn wants(&self, entry: &Entry, ran: Option<&IssueName>) -> bool {
        let topic = |wanted: &String| entry.topics.iter().any(|topic| topic.eq_ignore_ascii_case(wanted));
        let word = |word: &String| {
            let word = word.to_lowercase();
            let topics = entry.topics.iter().any(|topic| topic.to_lowercase().contains(&word));
            topics || entry.name.contains(&word) || entry.headline.to_lowercase().contains(&word)
        };
        self.word.as_ref().is_none_or(word) && self.topic.as_ref().is_none_or(topic) && !(self.unused && ran.is_some())
    }
}

fn table(entries: &[Entry], ran: &BTreeMap<String, IssueName>) -> String {
    let widest = |of: &dyn Fn(&Entry) -> usize| entries.iter().map(of).max().unwrap_or_default();
    let (name, form) = (
        widest(&|entry| entry.name.chars().count()).max(5),
        widest(&|entry| entry.form.as_deref().unwrap_or("-").chars().count()).max(4),
    );
    let mut out = String::new();
    if !entries.is_empty() {
        out += &format!("{:name$}  {:form$}  words  published   last used\n", "story", "form");
    }
    for entry in entries {
        let published = entry.published.map_or_else(|| "-".to_owned(), |date| date.to_string());
        let last = ran.get(&entry.name).map_or_else(|| "-".to_owned(), IssueName::to_string);
        let kind = entry.form.as_deref().unwrap_or("-");
        // Writing into a String cannot fail.
        let _written = writeln!(out, "{:name$}  {kind:form$}  {:>5}  {published:<10}  {last}", entry.name, entry.words);
    }
    out
}
