//! The words a reader will see, read along: what was left to be filled in, house spellings, and what the rooms below
//! look for.

pub(crate) mod days;
mod leftovers;
pub(crate) mod letters;
mod names;
pub(crate) mod promises;
mod quotes;

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::NaiveDate;

use crate::config::Config;
use crate::config::tree::Text;
use crate::finding::{Finding, Findings};
use crate::words::Words;
use days::Calendar;

/// A text that is shown, and which of its bytes are words.
#[derive(Clone, Debug)]
pub(crate) struct Passage {
    text: Text,
    /// As the Markdown parser gave them: no markup, no code, no addresses.
    words: Vec<Range<usize>>,
    /// The same, those of one paragraph joined across its lines and emphases.
    runs: Vec<Range<usize>>,
    manner: Manner,
    /// When the story it belongs to was last touched.
    written: Option<NaiveDate>,
}

/// How a text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    Markdown,
    /// Every character is printed as it stands.
    Plain,
    /// The same in a row of the inbox.
    Envelope,
}

impl Passage {
    /// Markdown, of which these bytes are words.
    pub(crate) fn new(text: &Text, runs: &[Range<usize>]) -> Self {
        let words: Vec<Range<usize>> = runs.iter().filter(|run| run.end <= text.value.len()).cloned().collect();
        let runs = joined(&text.value, &words);
        Self { text: text.clone(), words, runs, manner: Manner::Markdown, written: None }
    }

    /// A text that is words from end to end.
    pub(crate) fn line(text: &Text) -> Self {
        let whole = std::iter::once(0..text.value.len()).collect::<Vec<_>>();
        Self { text: text.clone(), words: whole.clone(), runs: whole, manner: Manner::Plain, written: None }
    }

    /// Subject or preheader.
    pub(crate) fn envelope(text: &Text) -> Self {
        Self { manner: Manner::Envelope, ..Self::line(text) }
    }

    pub(crate) fn written(self, written: Option<NaiveDate>) -> Self {
        Self { written, ..self }
    }

    /// Words as they follow one another without anything in between: the parser parts them at every mark it tried.
    fn unbroken(&self) -> Vec<Range<usize>> {
        let mut out: Vec<Range<usize>> = Vec::new();
        for run in &self.words {
            match out.last_mut().filter(|last| last.end == run.start) {
                Some(last) => last.end = run.end,
                None => out.push(run.clone()),
            }
        }
        out
    }

    /// Whether this byte of the text is words.
    fn is_words(&self, at: usize) -> bool {
        let next = self.words.partition_point(|run| run.start <= at);
        next.checked_sub(1).is_some_and(|own| self.words[own].contains(&at))
    }

    /// The bytes of each paragraph, with what stands between it and the next.
    fn paragraphs(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        let mut start = 0;
        self.text.value.split_inclusive("\n\n").map(move |paragraph| {
            let here = start..start + paragraph.len();
            start = here.end;
            here
        })
    }

    fn say(&self, finding: Finding, at: Range<usize>, label: impl Into<String>) -> Finding {
        finding.at(&self.text.source, self.text.part(at), label)
    }

    /// Whether these bytes stand in the file as they are read, so that an edit may mend them.
    fn as_written(&self, at: &Range<usize>) -> Option<Range<usize>> {
        let place = self.text.part(at.clone());
        let same = self.text.source.text.get(place.clone()) == self.text.value.get(at.clone());
        same.then_some(place)
    }
}

/// Runs of one paragraph are one, whatever lines and emphases part them: a phrase may cross both.
fn joined(text: &str, words: &[Range<usize>]) -> Vec<Range<usize>> {
    let one = |gap: &str| {
        gap.matches('\n').count() < 2 && gap.chars().all(|c| c.is_whitespace() || matches!(c, '*' | '_' | '~'))
    };
    let mut out: Vec<Range<usize>> = Vec::new();
    for run in words {
        match out.last_mut() {
            Some(last) if last.end <= run.start && one(&text[last.end..run.start]) => last.end = run.end,
            _ => out.push(run.clone()),
        }
    }
    out
}

/// Everything there is to say about what will be read on `date`.
pub(crate) fn check(passages: &[Passage], date: NaiveDate, config: &Config, findings: &mut Findings) {
    let language = config.publication.language.as_str();
    let calendar = Calendar::of(language);
    for passage in passages {
        for run in &passage.runs {
            placeholders(passage, run, findings);
            spellings(passage, run, &config.style, findings);
            days::check(passage, run, date, &calendar, findings);
            leftovers::check(passage, run, language, findings);
        }
        leftovers::markup(passage, findings);
        letters::check(passage, language, findings);
        quotes::check(passage, findings);
    }
    names::check(passages, config, findings);
}

/// What newsrooms write for "to come", and what other programs fill in.
fn placeholders(passage: &Passage, run: &Range<usize>, findings: &mut Findings) {
    const MARKS: [&str; 6] = ["{{", "{%", "*|", "|*", "<%=", "%%"];
    #[rustfmt::skip]
    const BRACKETS: [&str; 14] = [
        "name", "date", "link", "city", "title", "headline", "placeholder", "tbc", "tbd", "tk", "check", "xx", "cq", "?",
    ];
    // Between round brackets they are marks of editors, for editors.
    const MARGIN: [&str; 5] = ["(tk)", "(tbc)", "(cq)", "(ck)", "(sp?)"];
    let text = &passage.text.value[run.clone()];
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        let here = at..at + word.len();
        at = here.end + text[here.end..].chars().next().map_or(0, char::len_utf8);
        let address = text[..here.start].ends_with(['.', '@', '/', '-']);
        // T.K. Maxx's younger sign, and an old computer.
        let shop = text[here.end..].starts_with(" Maxx") || text[here.end..].starts_with("-80");
        if is_to_come(word) && !shop && !(address && word == "tk") {
            found.push(here);
        }
    }
    let lower = text.to_ascii_lowercase();
    for mark in
        MARGIN.into_iter().chain(["lorem ipsum", "dolor sit amet", "${first_name}", "%first_name%", "%firstname%"])
    {
        found.extend(lower.match_indices(mark).map(|(at, mark)| at..at + mark.len()));
    }
    found.extend(crosses(text));
    for mark in MARKS {
        found.extend(text.match_indices(mark).map(|(at, mark)| at..at + mark.len()));
    }
    for (at, _) in lower.match_indices('[') {
        let near = (at + 1..=lower.len().min(at + 40)).rev().find(|end| lower.is_char_boundary(*end)).unwrap_or(at + 1);
        let Some((inside, _)) = lower[at + 1..near].split_once(']') else { continue };
        // `"the [city] is broke," he said`: what an editor puts into a quotation stands in small letters.
        let capitals = text[at + 1..].starts_with(|c: char| c.is_uppercase() || !c.is_alphabetic());
        let quoted = !text[..at].matches(['"', '“', '”']).count().is_multiple_of(2);
        if (BRACKETS.contains(&inside) || inside.starts_with("insert ")) && (capitals || !quoted) {
            found.push(at..at + inside.len() + 2);
        }
    }
    for at in found {
        let title = format!("\"{}\" was left here to be filled in", &text[at.clone()]);
        let at = run.start + at.start..run.start + at.end;
        findings.push(passage.say(Finding::error("placeholder", title), at, ""));
    }
}

/// `TK`, `TKTK`, `tk`, `TODO`, `FIXME`, `XXXX`.
fn is_to_come(word: &str) -> bool {
    let all_tk =
        !word.is_empty() && word.len().is_multiple_of(2) && word.as_bytes().chunks(2).all(|pair| pair == b"TK");
    let crosses = word.len() >= 4 && word.bytes().all(|byte| byte == b'X');
    all_tk || crosses || ["tk", "TODO", "FIXME"].contains(&word)
}

/// `XX hours`, `£XX`, `XX%`: crosses in the place of a figure. Roman numbers stand behind a name, or before a century.
fn crosses(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let months = Words::of("en").months();
    ["XX", "XXX"].into_iter().flat_map(|mark| whole_words(text, mark)).filter(move |at| {
        let (before, behind) = (text[..at.start].trim_end(), text[at.end..].trim_start());
        let sum = before.ends_with(['£', '$', '€']) || behind.starts_with('%');
        let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        let named = ["chapter", "volume", "part", "page", "act", "book", "section"].contains(&word);
        let month = months.iter().any(|month| behind.starts_with(month.as_str()));
        let counts = (behind.starts_with(char::is_lowercase) || month)
            && !["century", "chromosome", "and", "or", "of"].iter().any(|word| behind.starts_with(word));
        sum || (counts && !named && (!word.starts_with(char::is_uppercase) || (month && word.len() < 3)))
    })
}

fn spellings(passage: &Passage, run: &Range<usize>, style: &BTreeMap<String, String>, findings: &mut Findings) {
    let text = &passage.text.value[run.clone()];
    for (wrong, right) in style {
        for at in whole_words(text, wrong) {
            // `Zelenskyy` holds no `Zelensky`, but a right form of several words may hold the wrong one.
            let inside = right.find(wrong.as_str()).is_some_and(|offset| {
                at.start.checked_sub(offset).is_some_and(|start| text[start..].starts_with(right.as_str()))
            });
            if inside {
                continue;
            }
            let span = run.start + at.start..run.start + at.end;
            let finding = Finding::warning("names-style", format!("the house writes \"{right}\", not \"{wrong}\""));
            let place = passage.as_written(&span);
            let finding = passage.say(finding, span, "config.toml [style]");
            findings.push(match place {
                Some(place) => finding.mend(place, right),
                None => finding,
            });
        }
    }
}

/// Where a word stands alone: no letter or figure on either side.
fn whole_words<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
    let edge = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
    text.match_indices(word).map(|(at, word)| at..at + word.len()).filter(move |at| {
        !word.is_empty() && edge(text[..at.start].chars().next_back()) && edge(text[at.end..].chars().next())
    })
}
