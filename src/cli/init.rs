//! `init`: a newsroom of one's own, from a few questions.

mod answers;

use std::path::{Path, PathBuf};

use chrono_tz::Tz;
use clap::Args;
use dialoguer::Input;
use serde_json::json;

use crate::address::EmailAddress;
use crate::cli::{Exit, Failure, Outcome, World};
use crate::config;
use crate::files;
use crate::schedule;

/// Lay out a newsroom: config.toml, a template, a first story and a first issue
///
/// It asks a few questions; every answer can be changed later in config.toml. Nothing that is there is
/// overwritten, and nothing is sent: the relay of a new newsroom is the built-in mailbox.
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun init
    pressrun init ~/lantern
    pressrun init ~/lantern --yes    take every default, ask nothing")]
pub(crate) struct Init {
    /// The folder; made where it is missing. Left out, the one of -C
    dir: Option<PathBuf>,
    /// Ask nothing: take the defaults
    #[arg(short, long)]
    yes: bool,
}

const CONFIG: &str = include_str!("init/config.toml");
const TEMPLATE: &str = include_str!("init/template.toml");
const ISSUE: &str = include_str!("init/issue.toml");
const STORY: &str = include_str!("init/story.md");
/// What lies beside the files and belongs to nobody's history: readers, and the key of their links.
const IGNORED: &str = "pressrun.db*\npressrun.secret\npressrun.mailbox/\n.pressrun/\n";

/// What was answered.
struct Answers {
    name: String,
    url: String,
    timezone: Tz,
    language: String,
    postal: String,
    author: String,
    title: String,
    from: String,
    send_at: String,
    days: String,
}

impl Init {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let root = self.dir.clone().unwrap_or_else(|| world.root.clone());
        if root.join("config.toml").exists() {
            return Err(Failure::not_ready(format!("there is a newsroom in {} already", root.display()))
                .hint("its config.toml was left as it is; `pressrun new` begins an issue"));
        }
        let answers = if self.yes {
            defaults(&root)
        } else if world.can_ask() {
            ask(world, defaults(&root))?
        } else {
            return Err(Failure::usage("a new newsroom takes a few answers, and nobody is at the terminal")
                .hint("`--yes` takes the defaults; they all stand in config.toml afterwards"));
        };
        let files = laid_out(&answers, &root, world)?;
        std::fs::create_dir_all(&root)
            .map_err(|error| Failure::unexpected(format_args!("cannot make {}: {error}", root.display())))?;
        for (path, text) in files {
            if root.join(&path).exists() {
                world.say(format_args!("{path} is there already, and was left as it is"));
                continue;
            }
            files::create(&root, &path, &text).map_err(Failure::unexpected)?;
            world.tell(format_args!("wrote {path}"), json!({ "file": path }))?;
        }
        let here = if self.dir.is_some() { format!(" -C {}", root.display()) } else { String::new() };
        if self.yes {
            world.say("the postal address and the sender in config.toml are examples: change them before readers come");
        }
        world.say(format_args!("next: `pressrun{here} check`, then `pressrun{here}` shows the day's board"));
        Ok(Exit::Done)
    }
}

/// The files of a new newsroom.
fn laid_out(answers: &Answers, root: &Path, world: &World) -> Result<Vec<(String, String)>, Failure> {
    let id = "morning";
    let author_id = author_id(&answers.author);
    let now = world.now().with_timezone(&answers.timezone);
    let mut values = vec![
        ("{name}", quoted(&answers.name)),
        ("{url}", quoted(&answers.url)),
        ("{timezone}", quoted(answers.timezone.name())),
        ("{language}", quoted(&answers.language)),
        ("{postal}", quoted(&answers.postal)),
        ("{author}", quoted(&answers.author)),
        ("[authors.{author_id}]", format!("[authors.{}]", key(&author_id))),
        ("{author_id}", quoted(&author_id)),
        ("{id}", id.to_owned()),
        ("{from}", quoted(&answers.from)),
        ("{send_at}", quoted(&answers.send_at)),
        ("{days}", answers.days.clone()),
        ("{published}", now.format("%Y-%m-%dT%H:%M:00%:z").to_string()),
    ];
    let filled = |text: &str, values: &[(&str, String)]| {
        values.iter().fold(text.to_owned(), |text, (key, value)| text.replace(key, value))
    };
    let title = answers.title.clone();
    let config = filled(&CONFIG.replace("{title}", &quoted(&title)), &values);
    let source = std::sync::Arc::new(crate::finding::Source { path: "config.toml".to_owned(), text: config.clone() });
    let read = config::parse(&source, root, &[]).map_err(|findings| {
        crate::cli::findings::draw(world, &findings);
        Failure::usage("no newsroom can be made of these answers")
    })?;
    let newsletter = read.newsletters.get(id).ok_or_else(|| Failure::unexpected("the newsletter was not laid out"))?;
    let slot = schedule::next_due(newsletter, world.now())
        .ok_or_else(|| Failure::usage("there is no sending day ahead: `days` are names such as Mon, Tue"))?;
    values.push(("{title}", title));
    values.push(("{date}", slot.date.format("%A %-d %B %Y").to_string()));
    Ok(vec![
        ("config.toml".to_owned(), config),
        (".gitignore".to_owned(), IGNORED.to_owned()),
        (format!("issues/{id}/template.toml"), filled(TEMPLATE, &values)),
        (format!("issues/{id}/{}.toml", slot.date), filled(ISSUE, &values)),
        (format!("issues/stories/{}/how-this-works.md", now.format("%Y")), filled(STORY, &values)),
    ])
}

fn defaults(root: &Path) -> Answers {
    let folder = std::path::absolute(root).ok();
    let folder = folder.as_deref().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default();
    let words = folder.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    };
    let name = words.map(capital).collect::<Vec<_>>().join(" ");
    let name = if name.is_empty() { "The Daily".to_owned() } else { name };
    let url = "https://news.example";
    Answers {
        url: url.to_owned(),
        timezone: zone().unwrap_or(Tz::UTC),
        language: "en".to_owned(),
        postal: example_address(&name),
        author: "The Editor".to_owned(),
        title: "The Morning Briefing".to_owned(),
        from: sender(url),
        send_at: "06:30".to_owned(),
        days: "[\"Mon\", \"Tue\", \"Wed\", \"Thu\", \"Fri\"]".to_owned(),
        name,
    }
}

/// The zone this machine lives in, where it says so.
fn zone() -> Option<Tz> {
    if let Ok(name) = std::env::var("TZ") {
        return name.parse().ok();
    }
    let link = std::fs::read_link("/etc/localtime").ok()?;
    link.to_str()?.split_once("zoneinfo/")?.1.parse().ok()
}

fn ask(world: &World, defaults: Answers) -> Result<Answers, Failure> {
    world.say("Return takes what stands in brackets. Everything can be changed later in config.toml.");
    let name = answer("The publication", defaults.name, answers::words)?;
    let url = answer("Its site", defaults.url, answers::site)?;
    let timezone = answer("Its time zone", defaults.timezone.name().to_owned(), answers::zone)?;
    let language = answer("The language of its readers", defaults.language, answers::language)?;
    let postal = answer("A postal address, for the foot of every issue", example_address(&name), answers::words)?;
    let author = answer("Who edits it", defaults.author, answers::words)?;
    let title = answer("The newsletter", defaults.title, answers::words)?;
    let from = answer("The address it comes from", sender(&url), EmailAddress::parse)?.to_string();
    let send_at = answer("The hour it is sent", defaults.send_at, answers::hour)?;
    let days = answer("The days", "Mon Tue Wed Thu Fri".to_owned(), answers::days)?;
    Ok(Answers { name, url, timezone, language, postal, author, title, from, send_at, days })
}

/// Asks until the answer can be read.
fn answer<T>(question: &str, default: String, read: impl Fn(&str) -> Result<T, String>) -> Result<T, Failure> {
    let input = Input::<String>::new().with_prompt(question).default(default);
    let given = input.validate_with(|given: &String| read(given.trim()).map(drop)).interact_text();
    let given = given.map_err(|error| Failure::unexpected(format_args!("the question got no answer: {error}")))?;
    read(given.trim()).map_err(Failure::usage)
}

fn example_address(name: &str) -> String {
    format!("{name}, 1 Example Street, Exampleton")
}

/// A sender at the house's own site.
fn sender(url: &str) -> String {
    let host = config::host(url).unwrap_or("news.example");
    format!("morning@{}", host.trim_start_matches("www."))
}

/// A name as an id: its letters and digits; a name of other signs gets a word for one.
fn author_id(name: &str) -> String {
    Some(files::stem(name)).filter(|stem| !stem.is_empty()).unwrap_or_else(|| "editor".to_owned())
}

/// A word as a key: as it is where TOML takes it bare, which is only ASCII.
fn key(word: &str) -> String {
    let bare = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if bare { word.to_owned() } else { quoted(word) }
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    crate::edit::quoted(text)
}
