//! One block of an issue file becomes one block of the issue: names resolved, words set, defaults filled in.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::check::links::Ground;
use crate::check::{self, words::Passage};
use crate::config::tree::Text;
use crate::finding::{Finding, Findings, nearest};
use crate::issue::compile::{Compiler, Missing};
use crate::issue::fields::{Said, meant};
use crate::issue::file::{BlockFile, BodyFile, ButtonFile, StoryRef};
use crate::issue::leads::Lead;
use crate::issue::markdown;
use crate::issue::pages::{Page, Shown};
use crate::issue::story::{self, SnippetFile};
use crate::issue::{Block, Body, Button, Depth, Item};
use crate::prose::Prose;
use crate::story::Story;
use crate::words::Words;

impl Compiler<'_> {
    /// `None` where the block cannot be built, which was said.
    pub(crate) fn block(&mut self, file: &BlockFile, id: String) -> Option<Block> {
        let label = file.label.as_ref().map(|label| self.read_line(label));
        self.paid = matches!(file.body, BodyFile::Sponsor { .. });
        let body = self.body(&file.body);
        // A promo may turn out to be somebody's standing copy.
        let paid = std::mem::take(&mut self.paid);
        let label = if paid { Some(self.sponsor_label(label, file.label.as_ref())) } else { label };
        Some(Block { id, label, only: file.only, body: body? })
    }

    /// Paid words are always named as such.
    fn sponsor_label(&mut self, label: Option<String>, given: Option<&Text>) -> String {
        let advertisement = &Words::of(&self.config.publication.language).advertisement;
        if let Some(given) = given.filter(|given| given.is_blank()) {
            let finding = Finding::error("sponsor-unlabelled", "a sponsor's block needs a label");
            let finding = finding.at(&given.source, given.span.clone(), "this one is empty");
            let help = format!("leave the key out for \"{advertisement}\": paid words are named as such");
            self.findings.push(finding.help(help).mend(given.span.clone(), format!("\"{advertisement}\"")));
        }
        label.filter(|label| !label.is_empty()).unwrap_or_else(|| advertisement.clone())
    }

    fn body(&mut self, file: &BodyFile) -> Option<Body> {
        Some(match file {
            BodyFile::Letter { text } => Body::Letter(self.prose(text.as_ref()?, true)),
            BodyFile::Text { text } => Body::Text(self.prose(text.as_ref()?, true)),
            BodyFile::Contents => Body::Contents,
            BodyFile::Divider => Body::Divider,
            BodyFile::Story { story, show } => Body::Story(self.item(story.as_ref()?, show.as_ref(), Depth::Full)?),
            BodyFile::List { stories, show } => Body::List(self.items(stories, show.as_ref())),
            BodyFile::Picks { stories, show } => Body::Picks(self.items(stories, show.as_ref())),
            BodyFile::Number { figure, text, source, from } => {
                let page = from.as_ref().and_then(|from| self.page(&from.story));
                if let (Some(figure), Some(page)) = (figure, &page) {
                    self.findings.extend(check::editorial::number(figure, &page.story, &page.source.path));
                }
                let text = text.as_ref().map(|text| self.one_paragraph(text));
                let figure = figure.as_ref().map(|figure| self.read_line(figure));
                let source = source.as_ref().and_then(|source| self.credited_source(source));
                Body::Number { figure: figure?, text: text?, source }
            }
            BodyFile::Quote { text, who, from } => {
                let page = from.as_ref().and_then(|from| self.page(&from.story));
                if let (Some(text), Some(page)) = (text, &page) {
                    self.findings.extend(check::editorial::quoted(text, &page.story, &page.source.path));
                }
                if let (Some(who), Some(page)) = (who, &page) {
                    let (story, path) = (&page.story, page.source.path.as_str());
                    let other = || check::editorial::misattributed(who, text.as_ref()?, story, path);
                    self.findings.extend(check::editorial::speaker(who, story, path).or_else(other));
                }
                let text = text.as_ref().map(|text| self.read_line(text));
                let who = who.as_ref().map(|who| self.read_line(who));
                Body::Quote { text: text?, who: who? }
            }
            BodyFile::Image(file) => Body::Image(self.image(file)?),
            BodyFile::Chart(file) => Body::Chart(self.chart(file)?),
            BodyFile::Sponsor { name, text, image, button } => {
                let image = image.as_ref().map(|image| self.image(image));
                let button = button.as_ref().map(|button| self.button(button));
                let text = text.as_ref().map(|text| self.prose(text, false));
                let name = name.as_ref().map(|name| self.read_line(name));
                Body::Sponsor { name: name?, text: text?, image: image.flatten(), button: button.flatten() }
            }
            BodyFile::Promo { snippet } => self.promo(snippet.as_ref()?)?,
            BodyFile::Poll { question, answers } => self.poll(question.as_ref()?, answers)?,
            BodyFile::Correction { of, text } => {
                if let Some(of) = of {
                    let appeared = self.config.newsletters.keys().any(|id| self.library.appeared(id, of.value));
                    self.findings.extend(check::story::corrected(of, self.date, self.name, appeared));
                }
                let text = text.as_ref().map(|text| self.prose(text, false));
                Body::Correction { of: of.as_ref()?.value, text: text? }
            }
        })
    }

    /// Markdown of the issue's own.
    fn prose(&mut self, text: &Text, slots: bool) -> Vec<Prose> {
        let mut findings = Findings::default();
        let reading = markdown::read(text, self.manner(slots), &mut findings);
        self.findings.absorb(findings);
        self.passages.push(Passage::new(text, &reading.runs));
        self.leads_of(&reading.links);
        reading.prose()
    }

    fn one_paragraph(&mut self, text: &Text) -> Vec<crate::prose::Inline> {
        let mut findings = Findings::default();
        let (words, reading) = markdown::read_line(text, self.manner(false), &mut findings);
        self.findings.absorb(findings);
        self.passages.push(Passage::new(text, &reading.runs));
        self.leads_of(&reading.links);
        words
    }

    fn items(&mut self, stories: &[StoryRef], show: Option<&Said<Depth>>) -> Vec<Item> {
        stories.iter().filter_map(|story| self.item(story, show, Depth::Teaser)).collect()
    }

    fn item(&mut self, file: &StoryRef, show: Option<&Said<Depth>>, default: Depth) -> Option<Item> {
        let page = self.page(&file.story);
        self.once(&file.story);
        let (headline, teaser) = (
            file.headline.as_ref().map(|headline| self.read_line(headline)),
            file.teaser.as_ref().map(|teaser| self.read_line(teaser)),
        );
        let page = page?;
        self.meet(&page.source);
        let depth = show.map_or(default, |show| show.value);
        let place = show.map_or((&file.story.source, &file.story.span), |show| (&show.source, &show.span));
        self.findings.extend(check::editorial::depth(&page.story, depth, place, &page.source.path));
        let own_teaser = teaser.is_some();
        let leads = page.address().is_some();
        self.findings.extend(check::story::shown(
            &page.story,
            depth,
            (own_teaser, leads),
            &file.story,
            &page.source.path,
        ));
        self.show(&page, depth, Shown { headline: headline.is_some(), teaser: teaser.is_some() });
        let mut story = page.story.clone();
        if depth == Depth::Full {
            story.image = page.image.as_ref().and_then(|found| self.show_image(found));
        }
        if let Some(headline) = headline {
            story.headline = headline;
        }
        self.headed(file, &page, &story);
        if let Some(teaser) = teaser {
            story.teaser = Some(teaser);
        }
        Some(Item { story, depth })
    }

    /// Remembers the headline, which is the link to its story.
    fn headed(&mut self, file: &StoryRef, page: &Page, story: &Story) {
        let headline = file.headline.as_ref().or(page.headline());
        if let (Some(text), Some(url)) = (headline, &story.url) {
            self.headlines.push(Lead::of(url, text).heard_as(&story.headline));
        }
    }

    /// A story runs once in an issue.
    fn once(&mut self, name: &Text) {
        let key = name.value.trim().to_owned();
        match self.ran.get(&key) {
            Some(first) => {
                let finding = Finding::error("repeated-story", format!("`{key}` is in this issue twice"));
                let finding = finding.at(&name.source, name.span.clone(), "second time");
                self.findings.push(finding.also(&first.source, first.span.clone(), "first time"));
            }
            None => {
                self.ran.insert(key, name.clone());
            }
        }
    }

    /// Where figures come from: an address, or words.
    pub(crate) fn credited_source(&mut self, source: &Text) -> Option<String> {
        let address =
            source.value.contains("://") || ["http", "www."].iter().any(|start| source.value.starts_with(start));
        if address { self.lead_to(source) } else { Some(self.read_line(source)) }
    }

    pub(crate) fn url(&mut self, text: &Text) -> Option<String> {
        let ground = Ground { publication: &self.config.publication, anchors: &self.anchors, paid: self.paid };
        check::links::resolve(&text.value, &text.source, text.span.clone(), ground, &mut self.findings)
    }

    /// An address of the issue's own, which a reader may follow.
    pub(crate) fn lead_to(&mut self, text: &Text) -> Option<String> {
        let url = self.url(text)?;
        self.lead(Lead::of(&url, text));
        Some(url)
    }

    fn button(&mut self, file: &ButtonFile) -> Option<Button> {
        let label = self.read_line(&file.label);
        let url = self.url(&file.url)?;
        let (source, at) = (&file.label.source, file.label.span.clone());
        self.findings.extend(check::links::words::words(&file.label.value, &url, source, at));
        self.lead(Lead::of(&url, &file.label).heard_as(&label));
        Some(Button { label, url })
    }

    fn promo(&mut self, name: &Text) -> Option<Body> {
        let source = match self.library.snippet(&name.value) {
            Ok(source) => source,
            Err(missing) => {
                self.missing_snippet(name, missing);
                return None;
            }
        };
        self.meet(&source);
        let mut findings = Findings::default();
        let file = story::read_snippet(&source, &mut findings);
        self.findings.absorb(findings);
        self.window(name, &file);
        self.paid = file.paid;
        let (image, button) = (
            file.image.as_ref().map(|image| self.image(image)),
            file.button.as_ref().map(|button| self.button(button)),
        );
        let title = file.title.as_ref().map(|title| self.read_line(title));
        Some(Body::Promo {
            snippet: name.value.trim().to_owned(),
            title,
            text: self.prose(&file.body, true),
            image: image.flatten(),
            button: button.flatten(),
        })
    }

    fn missing_snippet(&mut self, name: &Text, missing: Missing) {
        let finding = match missing {
            Missing::Unreadable(finding) => {
                self.findings.push(*finding);
                return;
            }
            Missing::Twice(paths) => Finding::error("bad-value", format!("two snippets are named `{}`", name.value))
                .at(&name.source, name.span.clone(), paths.join(" and ")),
            Missing::Unknown => {
                let known = self.library.snippets();
                let near = nearest(&name.value, known.iter().map(String::as_str));
                let label = format!("no file issues/snippets/{}.md", name.value);
                meant(Finding::error("bad-value", format!("there is no snippet `{}`", name.value)), name, near, label)
            }
        };
        self.findings.push(finding);
    }

    /// A promo outside its days is shown, and said.
    fn window(&mut self, name: &Text, file: &SnippetFile) {
        let early =
            file.from.as_ref().filter(|from| self.date < from.value).map(|from| format!("it begins on {}", from.value));
        let late = file
            .until
            .as_ref()
            .filter(|until| self.date > until.value)
            .map(|until| format!("it ended on {}", until.value));
        if let Some(label) = early.or(late) {
            let finding =
                Finding::warning("promo-window", format!("the promo `{}` is not for {}", name.value, self.date));
            self.findings.push(finding.at(&name.source, name.span.clone(), label));
        }
    }

    fn poll(&mut self, asked: &Text, answers: &[Text]) -> Option<Body> {
        let question = self.read_line(asked);
        let set: Vec<String> = answers.iter().map(|answer| self.read_line(answer)).collect();
        if let ([first, ..], [.., last]) = (answers, answers)
            && !(2..=6).contains(&answers.len())
        {
            let finding = Finding::error("bad-value", "a poll has 2 to 6 answers");
            let span = first.span.start..last.span.end;
            self.findings.push(finding.at(&first.source, span, format!("{} here", answers.len())));
        }
        let mut given: BTreeMap<String, &Text> = BTreeMap::new();
        for answer in answers {
            let first = given.entry(answer.value.trim().to_lowercase()).or_insert(answer);
            if first.span != answer.span {
                let finding = Finding::error("bad-value", "two answers of this poll are the same");
                let finding = finding.at(&answer.source, answer.span.clone(), "again here");
                self.findings.push(finding.also(&first.source, first.span.clone(), "first here"));
            }
        }
        (!set.is_empty()).then_some(Body::Poll { question, answers: set })
    }

    /// A file takes its turn in the order findings are told in.
    pub(crate) fn meet(&mut self, source: &Arc<crate::finding::Source>) {
        if !self.met.iter().any(|met| met.path == source.path) {
            self.met.push(source.clone());
        }
    }
}
