//! Editorial rules over a story: its form, its words, and quotations that must be true to it.

use std::ops::Range;
use std::sync::Arc;

use crate::check::count;
use crate::config::Form;
use crate::config::tree::Text;
use crate::finding::{Finding, Source, nearest};
use crate::issue::Depth;
use crate::issue::file::{BlockFile, BodyFile};
use crate::issue::pages::Heading;
use crate::prose::{Prose, plain};
use crate::story::Story;
use crate::typography::folded;

/// The form's sections, all there and in order; the body's length.
pub(crate) fn form(id: &str, form: &Form, body: &Text, headings: &[Heading], words: usize) -> Vec<Finding> {
    let mut findings = sections(id, form, body, headings);
    if !body.is_blank()
        && let Some(verdict) = count::outside(words, form.words)
    {
        let start = body.value.len() - body.value.trim_start().len();
        let line = body.value[start..].lines().next().map_or(0, str::len);
        let title = format!("this \"{id}\" has {}, {verdict}", count::words(words));
        findings.push(Finding::warning("words", title).at(
            &body.source,
            body.part(start..start + line),
            "the body begins here",
        ));
    }
    findings
}

fn sections(id: &str, form: &Form, body: &Text, headings: &[Heading]) -> Vec<Finding> {
    if form.sections.is_empty() || body.is_blank() {
        return Vec::new();
    }
    let same = |a: &str, b: &str| folded(a).to_lowercase() == folded(b).to_lowercase();
    let wanted = format!("the form asks for: {}", form.sections.join(" / "));
    let (headings, others): (Vec<&Heading>, Vec<&Heading>) = headings.iter().partition(|heading| heading.level == 2);
    let stray = |heading: &&&Heading| !form.sections.iter().any(|section| same(section, &heading.text));
    let mut findings = Vec::new();
    let mut taken: Vec<&Heading> = Vec::new();
    for section in form.sections.iter().filter(|section| !headings.iter().any(|heading| same(section, &heading.text))) {
        let finding = Finding::warning("section-missing", format!("a \"{id}\" story needs the section \"{section}\""));
        if let Some(heading) = others.iter().find(|heading| same(section, &heading.text)) {
            let label = if heading.level == 0 { "these words are no heading" } else { "another kind of heading" };
            let finding = finding.at(&body.source, heading.line.clone(), label).help("a section begins with ##");
            findings.push(finding.fix(heading.line.clone(), format!("## {section}")));
            continue;
        }
        // A heading that is none of the form's is the likely slip; each explains one missing section.
        let free: Vec<&Heading> = headings
            .iter()
            .filter(stray)
            .copied()
            .filter(|heading| !taken.iter().any(|other| other.span == heading.span))
            .collect();
        let near = nearest(section, free.iter().map(|heading| heading.text.as_str()));
        let slip = free.iter().find(|heading| Some(heading.text.as_str()) == near);
        findings.push(match slip {
            Some(heading) => {
                taken.push(heading);
                finding
                    .at(&body.source, heading.span.clone(), "this heading is not one of the form's")
                    .help(&wanted)
                    .fix(heading.span.clone(), section)
            }
            None => {
                let end = body.span.start + body.value.trim_end().len();
                let last = body.source.text[..end].rfind('\n').map_or(0, |newline| newline + 1);
                finding
                    .at(&body.source, last.max(body.span.start)..end, format!("no heading ## {section}"))
                    .help(&wanted)
            }
        });
    }
    let order: Vec<(usize, &Heading)> = headings
        .iter()
        .filter_map(|heading| Some((form.sections.iter().position(|section| same(section, &heading.text))?, *heading)))
        .collect();
    let again = |at: &usize| order[..*at].iter().any(|(nth, _)| *nth == order[*at].0);
    if let Some(at) = (0..order.len()).find(again) {
        let heading = order[at].1;
        let title = format!("\"{}\" stands twice in a \"{id}\" story", heading.text);
        let finding = Finding::warning("section-order", title).at(&body.source, heading.span.clone(), "second time");
        findings.push(finding.help(&wanted));
    } else if let Some(pair) = order.windows(2).find(|pair| pair[1].0 < pair[0].0) {
        let title = format!("\"{}\" stands before \"{}\" in a \"{id}\" story", pair[1].1.text, pair[0].1.text);
        let finding = Finding::warning("section-order", title).at(&body.source, pair[1].1.span.clone(), "too late");
        findings.push(finding.help(&wanted));
    }
    findings
}

/// Whether a story has what this depth shows.
pub(crate) fn depth(story: &Story, depth: Depth, place: (&Arc<Source>, &Range<usize>), path: &str) -> Option<Finding> {
    let at = |finding: Finding, label: String| finding.at(place.0, place.1.clone(), label);
    match depth {
        Depth::Brief if story.brief.is_none() => {
            let finding = Finding::error("brief-missing", format!("`{}` has no brief to show", story.name));
            let help = "write `brief` into its front matter, or show it as a teaser";
            Some(at(finding, format!("{path} has no `brief`")).help(help))
        }
        Depth::Full if story.sections.iter().all(|section| section.body.is_empty()) => {
            let finding = Finding::error("bad-value", format!("`{}` has no body to show in full", story.name));
            Some(at(finding, format!("{path} ends with its front matter")).help("show it as a teaser or headline"))
        }
        _ => None,
    }
}

/// Words quoted from a story stand there, inside one pair of quotation marks.
pub(crate) fn quoted(text: &Text, story: &Story, path: &str) -> Option<Finding> {
    let words = bare(&text.value);
    let mut said = Vec::new();
    for section in &story.sections {
        collect(&section.body, &mut said);
    }
    collect(story.brief.as_deref().unwrap_or_default(), &mut said);
    for line in [Some(&story.headline), story.standfirst.as_ref(), story.teaser.as_ref()].into_iter().flatten() {
        utterances(line, &mut said);
    }
    if !words.is_empty() && said.iter().any(|utterance| utterance.contains(&words)) {
        return None;
    }
    let finding = Finding::error("quote-not-in-story", "these words are not in the story they are quoted from");
    let finding = finding.at(&text.source, text.span.clone(), format!("not found in {path}"));
    Some(finding.help("quote the story exactly, or leave out `from` to say it comes from elsewhere"))
}

/// Whoever is quoted from a story is named in it: one of the words in capitals before the first comma is.
pub(crate) fn speaker(who: &Text, story: &Story, path: &str) -> Option<Finding> {
    let name = who.value.split([',', '(', '–', '—']).next().unwrap_or_default();
    let names: Vec<&str> = name
        .split(|c: char| !(c.is_alphanumeric() || c == '-'))
        .filter(|word| word.chars().count() > 2 && word.starts_with(char::is_uppercase))
        .collect();
    let told = words_of(story);
    if let Some((said, known)) = renamed(name, &told) {
        let title = format!("the speaker is \"{said}\" here, \"{known}\" in the story");
        let finding = Finding::warning("quote-speaker", title).at(&who.source, who.span.clone(), "");
        return Some(finding.help(format!("look the name up in {path}")));
    }
    if names.is_empty() || names.iter().any(|name| told.iter().any(|line| line.contains(name))) {
        return None;
    }
    let finding = Finding::warning("quote-speaker", "the story this is quoted from does not name the speaker");
    let finding = finding.at(&who.source, who.span.clone(), format!("none of these names stands in {path}"));
    Some(finding.help("look the name up, or the story"))
}

/// `Paula Whitmore`, where the story knows no Whitmore, but a Paula of another name.
fn renamed(name: &str, told: &[String]) -> Option<(String, String)> {
    let name = folded(name);
    let capital = |word: &&str| word.starts_with(char::is_uppercase);
    let words: Vec<&str> = name.split_whitespace().collect();
    let [.., first, last] = words.as_slice() else { return None };
    let full = words.iter().rev().take_while(|word| capital(word)).count() >= 2;
    if !full || first.chars().count() < 3 || told.iter().any(|line| line.contains(*last)) {
        return None;
    }
    let behind = |line: &String| -> Option<String> {
        let at = line.find(&format!("{first} "))? + first.len() + 1;
        let next = line[at..].split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '\'')).next()?;
        let next = next.strip_suffix("'s").unwrap_or(next);
        next.starts_with(char::is_uppercase).then(|| format!("{first} {next}"))
    };
    // One letter off is a slip of the fingers, which another check tells.
    let other = |known: &String| strsim::damerau_levenshtein(known, &format!("{first} {last}")) > 1;
    told.iter().find_map(behind).filter(other).map(|known| (format!("{first} {last}"), known))
}

/// Words that make what stands beside them a speaker.
#[rustfmt::skip]
const SAYS: [&str; 14] = [
    "said", "says", "told", "tells", "wrote", "writes", "added", "adds", "argued", "warned", "noted", "recalled", "called",
    "explained",
];

/// The right words in the wrong mouth: the sentence they stand in names another speaker, and not this one.
pub(crate) fn misattributed(who: &Text, text: &Text, story: &Story, path: &str) -> Option<Finding> {
    let name = folded(who.value.split([',', '(', '–', '—']).next().unwrap_or_default());
    let last = name.split_whitespace().rfind(|word| word.starts_with(char::is_uppercase) && word.len() > 2)?;
    let words = bare(&text.value);
    let told = words_of(story);
    let line = told.iter().find(|line| !words.is_empty() && line.contains(&words))?;
    let at = line.find(&words)?;
    let ends = |c: char| matches!(c, '.' | '?' | '!');
    // The mark that opens the quotation is none of the sentence's before.
    let start = line[..at].trim_end_matches(['"', '\'', ' ']).rfind(ends).map_or(0, |end| end + 1);
    let rest = at + words.len();
    let end = line[rest..].find(ends).map_or(line.len(), |end| rest + end);
    // `"It held," Jones said.`: a full stop inside the marks ends no sentence that goes on to say who spoke.
    let around = [&line[start..at], &line[rest..end]];
    if line[start..end].contains(last) {
        return None;
    }
    let other = around.into_iter().find_map(says)?;
    // King Charles III is King Charles.
    if other.split(' ').any(|part| name.contains(part)) {
        return None;
    }
    let finding = Finding::warning("quote-speaker", format!("in the story {other} says this"));
    let finding = finding.at(&who.source, who.span.clone(), format!("look at {path}"));
    Some(finding.help("whoever is quoted should have said it"))
}

/// `Paula Reyes-Whitfield told`, `said Paula Reyes-Whitfield`: who speaks in these words.
fn says(words: &str) -> Option<String> {
    let words: Vec<&str> = words.split_whitespace().collect();
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let name = |word: &str| word.starts_with(char::is_uppercase) && word.chars().count() > 2;
    let pair = |at: usize| {
        let (first, last) = (*words.get(at)?, *words.get(at + 1)?);
        (name(first) && name(last) && first.ends_with(char::is_alphanumeric)).then(|| (first.to_owned(), bare(last)))
    };
    (0..words.len()).find_map(|at| {
        let (first, last) = pair(at)?;
        let whole = words[at + 1].ends_with(char::is_alphanumeric);
        let behind = words.get(at + 2).is_some_and(|word| whole && SAYS.contains(&bare(word).as_str()));
        let before = at.checked_sub(1).is_some_and(|before| ["said", "says"].contains(&words[before]));
        (behind || before).then(|| format!("{first} {last}"))
    })
}

/// Everything a story says, line by line.
fn words_of(story: &Story) -> Vec<String> {
    let lines = [Some(&story.headline), story.standfirst.as_ref(), story.teaser.as_ref()];
    let mut words: Vec<String> = lines.into_iter().flatten().map(|line| folded(line)).collect();
    for section in &story.sections {
        spoken(&section.body, &mut words);
    }
    spoken(story.brief.as_deref().unwrap_or_default(), &mut words);
    words
}

/// An issue has one table of contents.
pub(crate) fn contents(blocks: &[BlockFile]) -> Option<Finding> {
    let mut found = blocks.iter().filter(|block| matches!(block.body, BodyFile::Contents)).map(|block| &block.kind);
    let (first, second) = (found.next()?, found.next()?);
    let finding = Finding::warning("contents-twice", "the contents stand in this issue twice");
    let finding = finding.at(&second.source, second.span.clone(), "second time");
    Some(finding.also(&first.source, first.span.clone(), "first time"))
}

/// The figures of a number stand in the story it is taken from.
pub(crate) fn number(figure: &Text, story: &Story, path: &str) -> Option<Finding> {
    let words = words_of(story);
    let figures = |text: &str| -> Vec<String> {
        let digit = |c: char| !(c.is_ascii_digit() || c == '.' || c == ',');
        text.split(digit)
            .map(|word| word.replace(',', "").trim_matches('.').to_owned())
            .filter(|f| !f.is_empty())
            .collect()
    };
    let known: Vec<String> = words.iter().flat_map(|line| figures(line)).collect();
    let strange = figures(&figure.value).into_iter().find(|figure| !known.contains(figure))?;
    let finding = Finding::warning("number-not-in-source", format!("the story it comes from has no figure {strange}"));
    Some(finding.at(&figure.source, figure.span.clone(), format!("not found in {path}")))
}

fn spoken(blocks: &[Prose], words: &mut Vec<String>) {
    for block in blocks {
        match block {
            Prose::Paragraph(line) | Prose::Heading(_, line) => words.push(folded(&plain(line))),
            Prose::Quote(inner) => spoken(inner, words),
            Prose::List { items, .. } => items.iter().for_each(|item| spoken(item, words)),
            Prose::Table { head, rows } => {
                words.extend(std::iter::once(head).chain(rows).flatten().map(|cell| folded(&plain(cell))));
            }
            Prose::Code(_) | Prose::Rule => {}
        }
    }
}

/// The words alone: no quotation marks around them, no full stop or comma at their end.
fn bare(text: &str) -> String {
    folded(text).trim_matches(['"', '\'']).trim_end_matches(['.', ',', ';', ':']).trim().to_owned()
}

fn collect(blocks: &[Prose], said: &mut Vec<String>) {
    for block in blocks {
        match block {
            Prose::Paragraph(words) | Prose::Heading(_, words) => utterances(&plain(words), said),
            Prose::Quote(inner) => {
                collect(inner, said);
                // A quotation set apart needs no marks.
                said.extend(inner.iter().filter_map(|block| match block {
                    Prose::Paragraph(words) => Some(folded(&plain(words))),
                    _ => None,
                }));
            }
            Prose::List { items, .. } => items.iter().for_each(|item| collect(item, said)),
            Prose::Table { rows, .. } => rows.iter().flatten().for_each(|cell| utterances(&plain(cell), said)),
            Prose::Code(_) | Prose::Rule => {}
        }
    }
}

/// What stands inside quotation marks in a set paragraph; one left open speaks on to the paragraph's end.
fn utterances(text: &str, said: &mut Vec<String>) {
    // Finnish and Swedish open a quotation with the mark that closes it.
    if !text.contains(['“', '„']) {
        said.extend(text.split('”').skip(1).step_by(2).map(|words| folded(words.trim())));
    }
    for (open, close) in [('“', '”'), ('„', '“'), ('«', '»'), ('‘', '’'), ('‚', '‘'), ('‹', '›')]
    {
        for (at, _) in text.match_indices(open) {
            let inside = &text[at + open.len_utf8()..];
            let end = if close == '’' { single_end(inside) } else { inside.find(close) };
            said.push(folded(inside[..end.unwrap_or(inside.len())].trim()));
        }
    }
}

/// A single closing mark is an apostrophe's twin: it is the one that no letter follows.
fn single_end(inside: &str) -> Option<usize> {
    inside
        .match_indices('’')
        .find(|(at, mark)| !inside[at + mark.len()..].starts_with(char::is_alphanumeric))
        .map(|(at, _)| at)
}
