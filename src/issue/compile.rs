//! Files become an issue that cannot be wrong, and everything there is to say about them.
//!
//! Never a `Result`: one mistake does not hide the next, so every file an issue refers to is read and looked
//! at before anything is decided. The issue exists only where no finding is an error.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;

use crate::chart::{Sketch, Undrawn};
use crate::check;
use crate::check::words::Passage;
use crate::config::tree::Text;
use crate::config::{Config, Newsletter, Stale};
use crate::finding::{Finding, Findings, Level, Place, Source, nearest, sort};
use crate::issue::archive::{Before, Past};
use crate::issue::fields::meant;
use crate::issue::file::{self, IssueFile, Waiver};
use crate::issue::leads::Lead;
use crate::issue::markdown::Manner;
use crate::issue::pages::Page;
use crate::issue::{self, Block, Issue, IssueName};
use crate::picture::{Negative, Picture, Unfit};
use crate::story::Author;
use crate::typography::{self, Language};

/// What an issue may refer to. Files are read when they are asked for, and only then.
pub(crate) trait Library {
    /// # Errors
    /// Why there is no such story to read.
    fn story(&self, name: &str) -> Result<Arc<Source>, Missing>;
    /// Every story: its name, and its path for suggestions.
    fn stories(&self) -> Vec<(String, String)>;
    /// # Errors
    /// Why there is no such snippet to read.
    fn snippet(&self, name: &str) -> Result<Arc<Source>, Missing>;
    fn snippets(&self) -> Vec<String>;
    /// The last issues of a newsletter, oldest first.
    fn recent(&self, newsletter: &str, before: Before<'_>, count: usize) -> Vec<Past>;
    /// Whether a newsletter had an issue on this day. Where there is no archive it may have had one.
    fn appeared(&self, newsletter: &str, date: NaiveDate) -> bool;
    /// A picture as it lies in its file, `src` being relative to `issues/`.
    ///
    /// # Errors
    /// Why a mail cannot show it.
    fn picture(&self, src: &str) -> Result<Negative, Unfit>;
    /// What readers get of it where it is shown this many CSS pixels wide; what was developed before is had again.
    ///
    /// # Errors
    /// The file is not whole.
    fn develop(&self, negative: &Negative, width: u32) -> Result<Picture, Unfit>;
    /// A chart drawn; what was drawn before is had again.
    ///
    /// # Errors
    /// Why it cannot be drawn here.
    fn draw(&self, sketch: &Sketch<'_>) -> Result<Picture, Undrawn>;
}

/// Why a file that is referred to cannot be had.
#[derive(Clone, Debug)]
pub(crate) enum Missing {
    Unknown,
    /// Two files of one name: their paths.
    Twice(Vec<String>),
    Unreadable(Box<Finding>),
}

/// What the files come to.
#[derive(Debug, Default)]
pub(crate) struct Compiled {
    /// `None` where the files do not make one; an error of a check leaves an issue to be looked at, which nobody can
    /// approve or send.
    pub(crate) issue: Option<Issue>,
    pub(crate) findings: Vec<Finding>,
    /// What this issue does without, for checks that come later.
    pub(crate) waivers: Vec<Waiver>,
    /// Every web address a reader may follow, in the order they were met.
    pub(crate) leads: Vec<Lead>,
    /// The files, in the order findings are told in.
    pub(crate) met: Vec<Arc<Source>>,
}

/// Compiles one issue.
pub(crate) fn compile(name: &IssueName, source: &Arc<Source>, config: &Config, library: &dyn Library) -> Compiled {
    let mut findings = Findings::default();
    let file = file::read(source, &mut findings);
    let (Some(newsletter), Some(date)) = (config.newsletters.get(&name.newsletter), name.date()) else {
        findings.push(misnamed(name, config));
        return Compiled { findings: findings.into_vec(), ..Compiled::default() };
    };
    let due = crate::schedule::instant(newsletter.timezone, date, file.send_at.unwrap_or(newsletter.send_at));
    let mut compiler = Compiler {
        name,
        config,
        newsletter,
        date,
        due,
        library,
        language: Language::of(&config.publication.language),
        anchors: Vec::new(),
        paid: false,
        findings,
        met: vec![source.clone()],
        pages: BTreeMap::new(),
        ran: BTreeMap::new(),
        passages: Vec::new(),
        leads: Vec::new(),
        headlines: Vec::new(),
    };
    let issue = compiler.issue(name, &file);
    let Compiler { mut findings, met, passages, leads, headlines, .. } = compiler;
    check::words::check(&passages, date, config, &mut findings);
    if let Some(issue) = issue.as_ref().filter(|_| !findings.iter().any(check::is_compile_error)) {
        let stories = met.iter().skip(1).map(|source| source.text.as_str()).collect();
        let said = check::words::promises::Said { issue, stories };
        let english = config.publication.language.starts_with("en");
        check::words::promises::check(&passages, &said, english, &mut findings);
    }
    findings.extend(check::links::words::same_words(leads.iter().chain(&headlines)));
    findings.extend(config.warnings.iter().chain(&newsletter.look.unreadable).cloned());
    let mut findings = check::apply(findings.into_vec(), config, newsletter, &file.waivers);
    sort(&mut findings, &met);
    explained(&mut findings);
    // A story named twice would be blamed twice for the same words.
    findings.dedup_by(|a, b| a.title == b.title && place(a) == place(b) && place(a).is_some());
    let stands = !findings.iter().any(check::is_compile_error);
    Compiled { issue: issue.filter(|_| stands), findings, waivers: file.waivers, leads, met }
}

fn place(finding: &Finding) -> Option<(&str, usize)> {
    finding.place.as_ref().map(|place| (place.source.path.as_str(), place.span.start))
}

/// What a broken line seems to say is nobody's mistake: that it is broken has been said.
fn explained(findings: &mut Vec<Finding>) {
    let broken: Vec<Place> = findings
        .iter()
        .filter(|finding| finding.check == "syntax")
        .filter_map(|finding| finding.place.clone())
        .collect();
    let on_its_line = |place: &Place| {
        broken.iter().any(|own| {
            let (from, to) = (own.span.start.min(place.span.start), own.span.start.max(place.span.start));
            own.source.path == place.source.path && !place.source.text[from..to].contains('\n')
        })
    };
    findings.retain(|finding| finding.check != "bad-value" || !finding.place.as_ref().is_some_and(on_its_line));
}

fn misnamed(name: &IssueName, config: &Config) -> Finding {
    if config.newsletters.contains_key(&name.newsletter) {
        return Finding::error("bad-value", format!("{} is not named by a date", name.path()))
            .help("an issue is named 2026-11-24.toml; an extra 2026-11-24-2.toml or 2026-11-24-correction.toml");
    }
    let known: Vec<&str> = config.newsletters.keys().map(String::as_str).collect();
    Finding::error("bad-value", format!("there is no newsletter `{}`", name.newsletter))
        .help(format!("newsletters in config.toml: {}", known.join(", ")))
}

/// What is known while an issue is put together.
pub(crate) struct Compiler<'a> {
    pub(crate) name: &'a IssueName,
    pub(crate) config: &'a Config,
    pub(crate) newsletter: &'a Newsletter,
    pub(crate) date: NaiveDate,
    pub(crate) due: DateTime<Tz>,
    pub(crate) library: &'a dyn Library,
    pub(crate) language: Language,
    /// Ids of all blocks: what a link inside the mail may lead to.
    pub(crate) anchors: Vec<String>,
    /// While paid words are read.
    pub(crate) paid: bool,
    pub(crate) findings: Findings,
    /// The issue's file, then those it shows, in order: findings are told so. Files only quoted from come after.
    pub(crate) met: Vec<Arc<Source>>,
    /// Stories read so far; `None` for one that cannot be read, which was said.
    pub(crate) pages: BTreeMap<String, Option<Rc<Page>>>,
    /// Stories shown so far, and where.
    pub(crate) ran: BTreeMap<String, Text>,
    /// Words a reader will see, for the checks that read along.
    pub(crate) passages: Vec<Passage>,
    /// Where a reader may go from here.
    pub(crate) leads: Vec<Lead>,
    /// Headlines as the links they are; where they lead is told at the story's own address.
    pub(crate) headlines: Vec<Lead>,
}

impl Compiler<'_> {
    fn issue(&mut self, name: &IssueName, file: &IssueFile) -> Option<Issue> {
        let subject = self.subject(file);
        let preheader = self.preheader(file);
        let editor = file.editor.as_ref().and_then(|editor| self.author(editor));
        if let Some(date) = file.date.as_ref().filter(|date| date.value != self.date) {
            let title = format!("the date in this file is {}, its name says {}", date.value, self.date);
            let fix = self.date.to_string();
            let fix = if file.source.text[date.span.clone()].starts_with('"') { format!("\"{fix}\"") } else { fix };
            let level = match self.newsletter.stale {
                Stale::Refuse => Level::Error,
                Stale::Send => Level::Warning,
            };
            let finding = Finding::new("date-stale", level, title).at(&file.source, date.span.clone(), "");
            let help = "correct the date, or leave the key out: the file's name says it";
            self.findings.push(finding.help(help).mend(date.span.clone(), fix));
        }
        self.day_off(name, file);
        let blocks = self.blocks(&file.blocks);
        self.findings.extend(check::editorial::contents(&file.blocks));
        self.remember(name, file);
        if file.blocks.is_empty() && !file.broken && self.findings.is_empty() {
            let finding = Finding::error("bad-value", "an issue without blocks");
            self.findings
                .push(finding.at(&file.source, 0..0, "").help("add a line [[block]] and below it type = \"letter\""));
        }
        let stories = blocks.iter().map(|block| block.body.items().len()).sum();
        let words = blocks.iter().map(check::count::block).sum();
        self.words(words);
        let publication = &self.config.publication;
        let served = &self.config.serve.url;
        let issue = Issue {
            publication: issue::Publication {
                name: self.line(&publication.name),
                url: publication.url.clone(),
                language: publication.language.clone(),
                postal_address: publication.postal_address.clone(),
            },
            newsletter: issue::Newsletter { id: self.newsletter.id.clone(), title: self.line(&self.newsletter.title) },
            date: self.date,
            slot: name.slot.clone(),
            due: self.due,
            subject: subject?,
            preheader: preheader.unwrap_or_default(),
            editor,
            audience: file.audience.clone(),
            blocks,
            stories,
            minutes: words.div_ceil(WORDS_A_MINUTE).max(1),
            words,
            web_url: format!("{served}/{}/{}", name.newsletter, name.slot),
            images_url: self.config.images_url(),
            embed: self.config.images.embed,
        };
        self.findings.extend(check::images::weight(&issue, self.newsletter));
        self.findings.extend(check::rendered::images_only(&issue));
        self.findings.extend(check::rendered::text_empty(&issue));
        Some(issue)
    }

    /// A day on which the newsletter does not appear: an extra says so by its name, or by an hour of its own.
    fn day_off(&mut self, name: &IssueName, file: &IssueFile) {
        let extra = file.send_at.is_some() || name.is_extra();
        if extra || crate::schedule::is_sending_day(self.newsletter, self.date) {
            return;
        }
        let title = format!("{} does not appear on {}", self.newsletter.title, self.date.format("%A, %-d %B %Y"));
        let finding = Finding::warning("date-stale", title).at(&file.source, 0..0, "");
        let help = format!(
            "give the file the right day, or the issue a `send_at` if it is an extra: `send --due` passes over {}",
            name.slot
        );
        self.findings.push(finding.help(help));
    }

    fn subject(&mut self, file: &IssueFile) -> Option<String> {
        self.findings.extend(check::envelope::subject(file.subject.as_ref(), file, self.newsletter));
        let subject = file.subject.as_ref()?;
        self.passages.push(Passage::envelope(subject));
        Some(typography::plain_line(subject.value.trim(), self.language))
    }

    fn preheader(&mut self, file: &IssueFile) -> Option<String> {
        self.findings.extend(check::envelope::preheader(file.preheader.as_ref(), file, self.newsletter));
        let preheader = file.preheader.as_ref()?;
        self.passages.push(Passage::envelope(preheader));
        let words = preheader.value.split_whitespace().collect::<Vec<_>>().join(" ");
        Some(typography::plain_line(&words, self.language))
    }

    /// The whole issue's length against the newsletter's limits.
    fn words(&mut self, words: usize) {
        // Of an issue that is not whole nothing can be counted.
        if self.findings.iter().any(check::is_compile_error) {
            return;
        }
        let mut limits = self.newsletter.words;
        // News that breaks and a correction are as short as they can be.
        limits.min = limits.min.filter(|_| !self.name.is_extra());
        self.findings.extend(check::count::outside(words, limits).map(|verdict| {
            Finding::warning("words", format!("the issue has {}, {verdict}", check::count::words(words)))
                .because(format!("config.toml [newsletters.{}.limits] words", self.newsletter.id))
        }));
    }

    /// An author by id.
    pub(crate) fn author(&mut self, id: &Text) -> Option<Author> {
        if let Some(author) = self.config.authors.get(id.value.trim()) {
            let title = author.title.as_deref().map(|title| self.line(title));
            return Some(Author { title, ..author.clone() });
        }
        let finding = Finding::error("byline-unknown", format!("there is no author `{}`", id.value));
        let near = nearest(&id.value, self.config.authors.keys().map(String::as_str));
        self.findings.push(meant(finding, id, near, "no table [authors.…] of this name in config.toml"));
        None
    }

    /// One line of text, set.
    pub(crate) fn line(&self, text: &str) -> String {
        typography::line(&text.split_whitespace().collect::<Vec<_>>().join(" "), self.language)
    }

    /// One line of text a reader will see, set and remembered for the checks that read along.
    pub(crate) fn read_line(&mut self, text: &Text) -> String {
        self.passages.push(Passage::line(text));
        self.line(&text.value)
    }

    /// How Markdown is read here.
    pub(crate) fn manner(&self, slots: bool) -> Manner<'_> {
        Manner { publication: &self.config.publication, anchors: &self.anchors, slots, paid: self.paid }
    }

    fn blocks(&mut self, files: &[file::BlockFile]) -> Vec<Block> {
        let ids = self.ids(files);
        self.anchors.clone_from(&ids);
        files.iter().zip(ids).filter_map(|(file, id)| self.block(file, id)).collect()
    }

    /// Every block's id: the editor's, or `b1`, `b2`, … by position.
    fn ids(&mut self, files: &[file::BlockFile]) -> Vec<String> {
        let mut ids: Vec<String> = Vec::new();
        let mut taken: BTreeSet<String> = BTreeSet::new();
        for (at, file) in files.iter().enumerate() {
            let given = file.id.as_ref().map(|id| id.value.clone());
            let id = given.unwrap_or_else(|| format!("b{}", at + 1));
            if let Some(text) = &file.id {
                let plain = id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
                let problem = if !plain || id.len() > 40 {
                    Some("expected small letters, digits and hyphens, 40 at most")
                } else if taken.contains(&id) {
                    Some("another block has this id")
                } else {
                    None
                };
                if let Some(label) = problem {
                    let finding = Finding::error("bad-value", format!("`id` cannot be \"{id}\""));
                    self.findings.push(finding.at(&text.source, text.span.clone(), label));
                }
            }
            taken.insert(id.clone());
            ids.push(id);
        }
        ids
    }
}

/// Reading speed the reading time is counted by.
pub(crate) const WORDS_A_MINUTE: usize = 230;
