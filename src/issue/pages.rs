//! A story file becomes a story: its form kept, its kicker spelt as the house spells it, its authors known.
//!
//! Each story is read once, however often it is referred to, and everything about the page itself is said
//! then; its words are read along only where a reader will see them.

use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use crate::check::words::Passage;
use crate::check::{self, count};
use crate::config::tree::Text;
use crate::config::{BodyRule, Form};
use crate::finding::{Finding, Findings, Source, nearest};
use crate::issue::Depth;
use crate::issue::compile::{Compiler, Missing, WORDS_A_MINUTE};
use crate::issue::fields::meant;
use crate::issue::images::Found;
use crate::issue::leads::Lead;
use crate::issue::markdown::{self, Reading};
use crate::issue::story::{self, StoryFile};
use crate::prose::{Prose, plain};
use crate::story::{Section, Story};

/// A story with the file it came from.
pub(crate) struct Page {
    pub(crate) source: Arc<Source>,
    /// At no depth yet, and so without its picture.
    pub(crate) story: Story,
    pub(crate) image: Option<Found>,
    file: StoryFile,
    /// Words and links of the body and of the brief, in bytes of their texts.
    body: Reading,
    brief: Reading,
}

impl Page {
    pub(crate) fn headline(&self) -> Option<&Text> {
        self.file.headline.as_ref()
    }
}

/// What the issue says instead of the story.
#[derive(Clone, Copy)]
pub(crate) struct Shown {
    pub(crate) headline: bool,
    pub(crate) teaser: bool,
}

/// A heading of the body, or a paragraph that may have been meant as one: as it is and where it is.
pub(crate) struct Heading {
    pub(crate) text: String,
    /// Of its words, in the file.
    pub(crate) span: Range<usize>,
    /// Of its whole line.
    pub(crate) line: Range<usize>,
    /// 2 begins a section; 0 is a paragraph.
    pub(crate) level: u8,
}

impl Page {
    /// Its address as its file writes it.
    pub(super) fn address(&self) -> Option<&str> {
        self.file.url.as_ref().map(|url| url.value.trim()).filter(|url| !url.is_empty())
    }
}

impl Compiler<'_> {
    /// The story of this name, read on first need; `None` where it cannot be had, which was said at the name.
    pub(crate) fn page(&mut self, name: &Text) -> Option<Rc<Page>> {
        let key = name.value.trim();
        if let Some(page) = self.pages.get(key) {
            let page = page.clone();
            // Each place that names what is not there is a place to mend; a page that does not read is one itself.
            if let (None, Err(missing)) = (&page, self.library.story(key)) {
                self.missing(name, &missing);
            }
            return page;
        }
        let page = match self.library.story(key) {
            Ok(source) => self.read_page(key, &source).map(Rc::new),
            Err(missing) => {
                self.missing(name, &missing);
                if let Missing::Unreadable(finding) = missing {
                    self.findings.push(*finding);
                }
                None
            }
        };
        self.pages.insert(key.to_owned(), page.clone());
        page
    }

    fn missing(&mut self, name: &Text, missing: &Missing) {
        let key = name.value.trim();
        let finding = match missing {
            // Its own file says why.
            Missing::Unreadable(_) => return,
            Missing::Twice(paths) => Finding::error("unknown-story", format!("two stories are named `{key}`"))
                .at(&name.source, name.span.clone(), "which one is meant?")
                .help(format!("rename one of {}", paths.join(" and "))),
            Missing::Unknown => {
                let stories = self.library.stories();
                let near = nearest(key, stories.iter().map(|(name, _)| name.as_str()));
                let label = format!("no file issues/stories/**/{key}.md");
                let finding = Finding::error("unknown-story", format!("there is no story `{key}`"));
                match near.and_then(|near| stories.iter().find(|(name, _)| name == near)) {
                    Some((near, path)) => {
                        meant(finding, name, Some(near), label).help(format!("a story with a similar name: {path}"))
                    }
                    None => meant(finding, name, None, label),
                }
            }
        };
        self.findings.push(finding);
    }

    fn read_page(&mut self, name: &str, source: &Arc<Source>) -> Option<Page> {
        let mut findings = Findings::default();
        let file = story::read(source, self.newsletter.timezone, &mut findings);
        let mut body = markdown::read(&file.body, self.manner(false), &mut findings);
        let brief = file.brief.as_ref().map(|brief| markdown::read(brief, self.manner(false), &mut findings));
        self.findings.absorb(findings);
        let form = file.form.as_ref().and_then(|form| self.form(form));
        let (sections, headings) = sections(&file.body, std::mem::take(&mut body.blocks));
        if let Some((id, form)) = &form {
            let words = sections.iter().map(|section| count::prose(&section.body)).sum();
            self.findings.extend(check::editorial::form(id, form, &file.body, &headings, words));
            self.body_rule(id, form, &file);
        }
        if let Some(embargo) = file.embargo.as_ref().filter(|embargo| embargo.value > self.due) {
            let title = format!("`{name}` is under embargo when this issue is due");
            let label = format!("due {}", self.due.format("%Y-%m-%d %H:%M %:z"));
            self.findings.push(Finding::error("embargo", title).at(source, embargo.span.clone(), label));
        }
        self.findings.extend(check::story::days(&file, name, self.due));
        let kicker = match &file.kicker {
            Some(kicker) => Some(self.kicker(kicker)),
            None => form.as_ref().and_then(|(_, form)| form.kicker.clone()),
        };
        let standfirst = file.standfirst.as_ref().map(|text| self.line(&text.value));
        let teaser = file.teaser.as_ref().map(|text| self.line(&text.value)).or_else(|| standfirst.clone());
        let image = file.image.as_ref().and_then(|image| self.find_image(image));
        let story = Story {
            name: name.to_owned(),
            headline: file.headline.as_ref().map(|text| self.line(&text.value)).unwrap_or_default(),
            standfirst,
            form: form.map(|(id, _)| id).unwrap_or_default(),
            kicker: kicker.map(|kicker| self.line(&kicker)),
            byline: file.byline.iter().filter_map(|id| self.author(id)).collect(),
            published: file.published.as_ref().map(|published| published.value),
            updated: file.updated.as_ref().map(|updated| updated.value),
            url: file.url.as_ref().and_then(|url| self.url(url)),
            topics: file.topics.clone(),
            teaser,
            brief: brief.as_ref().map(Reading::prose),
            image: None,
            sensitive: file.sensitive,
            minutes: minutes(&sections),
            sections,
        };
        // Without a headline there is nothing to show; the finding said so.
        file.headline.as_ref()?;
        Some(Page { source: source.clone(), story, image, file, body, brief: brief.unwrap_or_default() })
    }

    /// The form a story names, and its rules.
    fn form(&mut self, name: &Text) -> Option<(String, Form)> {
        if let Some(form) = self.config.forms.get(name.value.trim()) {
            return Some((name.value.trim().to_owned(), form.clone()));
        }
        let finding = Finding::error("bad-value", format!("there is no form `{}`", name.value));
        let known: Vec<&str> = self.config.forms.keys().map(String::as_str).collect();
        let near = nearest(&name.value, known.iter().copied());
        let label = if known.is_empty() {
            "config.toml has no [forms]".to_owned()
        } else {
            format!("one of {}", known.join(", "))
        };
        self.findings.push(meant(finding, name, near, label));
        None
    }

    fn body_rule(&mut self, id: &str, form: &Form, file: &StoryFile) {
        let blank = file.body.is_blank();
        let finding = match form.body {
            BodyRule::Forbidden if !blank => {
                let start = file.body.value.len() - file.body.value.trim_start().len();
                let line = file.body.value[start..].lines().next().map_or(0, str::len);
                Finding::error("bad-value", format!("a \"{id}\" story has no body"))
                    .at(&file.source, file.body.part(start..start + line), "these words would not be shown")
                    .help("it is a headline, a teaser and a link; give it another form, or take the words out")
            }
            BodyRule::Required if blank => {
                let place = file.form.as_ref().map_or(0..0, |form| form.span.clone());
                let finding = Finding::error("bad-value", format!("a \"{id}\" story needs a body"));
                finding.at(&file.source, place, "there is nothing below the front matter")
            }
            _ => return,
        };
        self.findings.push(finding);
    }

    /// A kicker in the house spelling.
    fn kicker(&mut self, kicker: &Text) -> String {
        let allowed = &self.config.kickers;
        let given = kicker.value.trim();
        if allowed.is_empty() || allowed.iter().any(|known| known == given) {
            return given.to_owned();
        }
        let finding = Finding::warning("kicker-off-list", format!("kicker \"{given}\" is not in the house list"));
        let house = allowed.iter().find(|known| known.to_lowercase() == given.to_lowercase());
        self.findings.push(match house {
            Some(house) => finding
                .at(&kicker.source, kicker.span.clone(), "config.toml [kickers] allowed")
                .help(format!("the house style is \"{house}\"; `fmt` makes this change"))
                .mend(kicker.span.clone(), format!("\"{house}\"")),
            None => {
                let near = nearest(given, allowed.iter().map(String::as_str));
                meant(finding, kicker, near, format!("allowed: {}", allowed.join(", ")))
            }
        });
        house.cloned().unwrap_or_else(|| given.to_owned())
    }

    /// Remembers the words of a story that this depth shows, and where they lead.
    pub(crate) fn show(&mut self, page: &Page, depth: Depth, shown: Shown) {
        let file = &page.file;
        let mut lines: Vec<&Text> = Vec::new();
        lines.extend(file.headline.as_ref().filter(|_| !shown.headline));
        match depth {
            Depth::Full => lines.extend(&file.standfirst),
            Depth::Teaser if !shown.teaser => lines.extend(file.teaser.as_ref().or(file.standfirst.as_ref())),
            _ => {}
        }
        // Whoever touched a story last has looked at its words for days.
        let touched = page.story.updated.or(page.story.published);
        let written = touched.map(|at| at.with_timezone(&self.newsletter.timezone).date_naive());
        self.passages.extend(lines.into_iter().map(|line| Passage::line(line).written(written)));
        if let (Some(url), Some(address)) = (&file.url, &page.story.url) {
            self.lead(Lead::of(address, url));
        }
        let (text, reading) = match (depth, &file.brief) {
            (Depth::Full, _) => (&file.body, &page.body),
            (Depth::Brief, Some(brief)) => (brief, &page.brief),
            _ => return,
        };
        self.passages.push(Passage::new(text, &reading.runs).written(written));
        self.leads_of(&reading.links);
    }
}

/// How long a body takes to read; `None` where there is none.
fn minutes(sections: &[Section]) -> Option<usize> {
    let words: usize = sections.iter().map(|section| count::prose(&section.body)).sum();
    (words > 0).then(|| words.div_ceil(WORDS_A_MINUTE))
}

/// The body parted at its `## ` headings, and all that is or may be a heading, with its place.
fn sections(body: &Text, blocks: Vec<(Prose, Range<usize>)>) -> (Vec<Section>, Vec<Heading>) {
    let mut sections: Vec<Section> = Vec::new();
    let mut headings = Vec::new();
    for (prose, range) in blocks {
        match prose {
            Prose::Heading(2, words) => {
                let text = plain(&words);
                headings.push(heading(body, &range, text.clone(), 2));
                sections.push(Section { heading: Some(text), body: Vec::new() });
            }
            other => {
                match &other {
                    Prose::Heading(level, words) => headings.push(heading(body, &range, plain(words), *level)),
                    Prose::Paragraph(words) if range.len() < LONGEST_HEADING => {
                        let text = plain(words);
                        headings.push(heading(body, &range, text.trim_start_matches('#').trim().to_owned(), 0));
                    }
                    _ => {}
                }
                if sections.is_empty() {
                    sections.push(Section { heading: None, body: Vec::new() });
                }
                if let Some(section) = sections.last_mut() {
                    section.body.push(other);
                }
            }
        }
    }
    (sections, headings)
}

/// Bytes of a paragraph that may have been meant as a heading.
const LONGEST_HEADING: usize = 80;

fn heading(body: &Text, range: &Range<usize>, text: String, level: u8) -> Heading {
    let line = body.value[range.clone()].lines().next().unwrap_or_default();
    let words = line.trim_start_matches('#').trim_start();
    let start = range.start + line.len() - words.len();
    let whole = body.part(range.start..range.start + line.trim_end().len());
    Heading { text, span: body.part(start..start + words.trim_end().len()), line: whole, level }
}
