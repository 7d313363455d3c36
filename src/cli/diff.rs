//! `diff`: what a reader would notice between an issue as it is and as it was approved, sent, or of another day.
//!
//! Both are read as mails, by a parser that is not ours: what is compared is what arrives, not how the files say it.

use clap::Args;
use mail_parser::MessageParser;
use serde_json::json;
use similar::{ChangeTag, TextDiff};

use crate::cli::{Exit, Failure, Outcome, World, findings, pick};
use crate::config::{Config, Newsletter};
use crate::edition::{Edition as Frozen, Reader};
use crate::press::{self, Proof};
use crate::store::Store;
use crate::token::Signer;

/// Show what a reader would notice: subject, preheader, words, links and pictures that differ
///
/// Compared are the mails, not the files: a comment or the order of keys makes no difference.
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun diff                             against what was approved, or else sent
    pressrun diff 2026-11-24 --to sent
    pressrun diff 2026-11-24 --to 2026-11-23")]
pub(crate) struct Diff {
    /// A date, `today`, `mon`, or a path; left out, the earliest unsent issue from today on
    date: Option<String>,
    /// What it is held against: `approved`, `sent`, or the date of another issue
    #[arg(long, value_name = "WHAT")]
    to: Option<String>,
}

/// A mail as a reader meets it, part by part.
#[derive(Debug, PartialEq, Eq)]
struct Met {
    subject: String,
    preheader: String,
    /// The plain-text part, a paragraph each.
    words: Vec<String>,
    /// Each picture: its file's name and its words.
    pictures: Vec<String>,
}

/// One thing a reader would notice; `old` or `new` is empty where something came or went.
struct Change {
    part: &'static str,
    old: String,
    new: String,
}

impl Diff {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let config = world.config()?;
        let newsletter = pick::newsletter(world, &config, self.date.as_deref())?;
        let store = world.store(&config)?;
        let slot = pick::slot(world, &config, newsletter, &store, self.date.as_deref())?;
        let (name, old) = self.other(world, &config, newsletter, &store, &slot)?;
        let new = met(&stamped(&config, newsletter, &pulled(world, &config, newsletter, &slot)?)?, &config)?;
        let changes = changes(&old, &new);
        if world.json {
            for Change { part, old, new } in &changes {
                world.print(json!({ "part": part, "old": old, "new": new }))?;
            }
            return Ok(Exit::Done);
        }
        let mut part = "";
        for change in &changes {
            if change.part != part {
                part = change.part;
                world.print(part)?;
            }
            for (sign, words) in [("- ", &change.old), ("+ ", &change.new)].into_iter().filter(|(_, w)| !w.is_empty()) {
                let options = textwrap::Options::new(92).initial_indent(sign).subsequent_indent(sign);
                world.print(textwrap::fill(words, options))?;
            }
        }
        world.say(match changes.len() {
            0 => format!("a reader would see no difference to {name}"),
            1 => format!("1 change against {name}"),
            count => format!("{count} changes against {name}"),
        });
        Ok(Exit::Done)
    }

    /// What the issue is held against, and what it is called.
    fn other(
        &self,
        world: &World,
        config: &Config,
        newsletter: &Newsletter,
        store: &Store,
        slot: &str,
    ) -> Result<(String, Met), Failure> {
        let name = format!("{} {slot}", newsletter.id);
        let nothing = |what: &str| Failure::not_ready(format!("{name} was not {what}: there is nothing to compare"));
        match self.to.as_deref() {
            Some("approved") => approved(config, newsletter, store, slot)?
                .ok_or_else(|| nothing("approved").hint("`--to sent`, or `--to DATE` for another issue")),
            Some("sent") => sent(config, newsletter, store, slot)?
                .ok_or_else(|| nothing("sent").hint("`--to approved`, or `--to DATE` for another issue")),
            Some(date) => {
                let other = pick::typed(world, newsletter, date)?;
                pick::written(config, newsletter, &other)?;
                let proof = pulled(world, config, newsletter, &other)?;
                Ok((format!("the issue of {other}"), met(&stamped(config, newsletter, &proof)?, config)?))
            }
            None => match approved(config, newsletter, store, slot)? {
                Some(found) => Ok(found),
                None => sent(config, newsletter, store, slot)?
                    .ok_or_else(|| nothing("approved or sent").hint("`--to DATE` compares with another issue")),
            },
        }
    }
}

fn approved(
    config: &Config,
    newsletter: &Newsletter,
    store: &Store,
    slot: &str,
) -> Result<Option<(String, Met)>, Failure> {
    let Some(given) = store.approval(&newsletter.id, slot)? else { return Ok(None) };
    let Some(parts) = &given.parts else { return Ok(None) };
    let proof = Proof::read(parts).map_err(Failure::unexpected)?;
    let at = given.at.with_timezone(&newsletter.timezone).format("%H:%M");
    let name = format!("what {} approved at {at}", given.by);
    Ok(Some((name, met(&stamped(config, newsletter, &proof)?, config)?)))
}

fn sent(config: &Config, newsletter: &Newsletter, store: &Store, slot: &str) -> Result<Option<(String, Met)>, Failure> {
    let Some(edition) = press::edition(store, &newsletter.id, slot)?.filter(|edition| edition.version > 0) else {
        return Ok(None);
    };
    let version = store.version(edition.id, edition.version)?;
    let frozen = Frozen::thaw(version.bytes, &version.cuts, &version.hash).map_err(Failure::unexpected)?;
    let mail = frozen.stamp(&Reader::specimen(), &Signer::specimen()).to_vec();
    Ok(Some((format!("version {} as frozen for sending", edition.version), met(&mail, config)?)))
}

/// The issue as its files say it. An error of a check does not hide what changed; one of the compiler does.
fn pulled(world: &World, config: &Config, newsletter: &Newsletter, slot: &str) -> Result<Proof, Failure> {
    let mut pulled = press::pull(config, newsletter, slot);
    match pulled.proof.take() {
        Some(proof) => Ok(proof),
        None => findings::proof(world, pulled),
    }
}

fn stamped(config: &Config, newsletter: &Newsletter, proof: &Proof) -> Result<Vec<u8>, Failure> {
    Ok(proof.specimen(config, newsletter, &Reader::specimen()).map_err(Failure::usage)?.eml)
}

fn met(mail: &[u8], config: &Config) -> Result<Met, Failure> {
    let unread = || Failure::unexpected("the mail made of this issue does not read");
    let message = MessageParser::default().parse(mail).ok_or_else(unread)?;
    let (text, html) = (message.body_text(0).ok_or_else(unread)?, message.body_html(0).ok_or_else(unread)?);
    Ok(Met {
        subject: message.subject().unwrap_or_default().to_owned(),
        preheader: preheader(&html),
        words: paragraphs(&text, &config.serve.url),
        pictures: pictures(&html),
    })
}

/// The paragraphs of a text part, each on one line; addresses signed for one reader are left out.
fn paragraphs(text: &str, serve: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut open = false;
    for line in text.lines().map(str::trim) {
        // A rule under a headline, or between blocks, is no words.
        let rule = line.len() > 2 && line.bytes().all(|byte| byte == b'-' || byte == b'=');
        if line.is_empty() || rule {
            open = false;
        } else if line.starts_with(serve) {
            continue;
        } else if let (true, Some(last), false) = (open, out.last_mut(), line.starts_with('[')) {
            last.push(' ');
            last.push_str(line);
        } else {
            out.push(line.to_owned());
            open = true;
        }
    }
    out
}

/// The hidden line at the head of the HTML part, without what pads it.
fn preheader(html: &str) -> String {
    let hidden = html.split_once("display:none").and_then(|(_, rest)| rest.split_once('>'));
    let words = hidden.and_then(|(_, rest)| rest.split_once('<')).map_or("", |(words, _)| words);
    let shown = |c: char| !matches!(c, '\u{34f}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2007}');
    plain(&words.chars().filter(|c| shown(*c)).collect::<String>())
}

fn pictures(html: &str) -> Vec<String> {
    let images = html.match_indices("<img").map(|(at, _)| &html[at..]);
    let images = images.map(|rest| rest.split_once('>').map_or(rest, |(tag, _)| tag));
    let value = |tag: &str, key: &str| {
        let rest = tag.split_once(&format!(" {key}=\"")).map(|(_, rest)| rest);
        plain(rest.and_then(|rest| rest.split_once('"')).map_or("", |(value, _)| value))
    };
    let file = |src: String| {
        let name = src.rsplit('/').next().unwrap_or_default();
        name.chars().take(12).collect::<String>()
    };
    images.map(|tag| format!("{} ({})", value(tag, "alt"), file(value(tag, "src")))).collect()
}

/// Words without the escapes of HTML.
fn plain(html: &str) -> String {
    let named = [("&nbsp;", " "), ("&quot;", "\""), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    let words = named.into_iter().fold(html.to_owned(), |words, (escape, is)| words.replace(escape, is));
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn changes(old: &Met, new: &Met) -> Vec<Change> {
    let lines = [("subject", &old.subject, &new.subject), ("preheader", &old.preheader, &new.preheader)];
    let lines = lines.into_iter().filter(|(_, old, new)| old != new);
    let mut changes: Vec<Change> =
        lines.map(|(part, old, new)| Change { part, old: old.clone(), new: new.clone() }).collect();
    for (part, old, new) in [("words", &old.words, &new.words), ("pictures", &old.pictures, &new.pictures)] {
        changes.extend(moved(part, old, new));
    }
    changes
}

/// What went and came, in order; one that went where one came is a change of the two.
fn moved(part: &'static str, old: &[String], new: &[String]) -> Vec<Change> {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (old.iter().map(String::as_str).collect(), new.iter().map(String::as_str).collect());
    let diff = TextDiff::from_slices(&old, &new);
    let mut changes = Vec::new();
    for op in diff.ops() {
        let of = |tag: ChangeTag| {
            let own = diff.iter_changes(op).filter(move |change| change.tag() == tag);
            own.map(|change| change.value().to_owned()).collect::<Vec<String>>()
        };
        let (gone, came) = (of(ChangeTag::Delete), of(ChangeTag::Insert));
        for at in 0..gone.len().max(came.len()) {
            let at = |list: &[String]| list.get(at).cloned().unwrap_or_default();
            changes.push(Change { part, old: at(&gone), new: at(&came) });
        }
    }
    changes
}
