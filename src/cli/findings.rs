//! Findings drawn: as a compiler draws its own for people, as objects for programs, as annotations for GitHub.

use std::fmt::Write as _;
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level as Drawn, Patch, Renderer, Snippet};
use clap::ValueEnum;
use serde::Serialize;

use crate::check;
use crate::cli::{Exit, Failure, World};
use crate::finding::{Finding, Level, Mend, Place, Source};
use crate::press::{Proof, Pulled};

/// How findings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people: the line, what is wrong with it, what would mend it
    Text,
    /// One object a finding, one a line
    Json,
    /// Annotations in a GitHub workflow
    Github,
}

/// Findings as one text; empty where there is nothing to say.
pub(crate) fn written(findings: &[Finding], format: Format, color: bool) -> String {
    match format {
        Format::Text => text(findings, color),
        Format::Json => findings.iter().fold(String::new(), |out, finding| out + &json(finding) + "\n"),
        Format::Github => findings.iter().fold(String::new(), |out, finding| out + &github(finding) + "\n"),
    }
}

/// Findings to stderr, with their totals.
pub(crate) fn draw(world: &World, findings: &[Finding]) {
    if !findings.is_empty() {
        world.insist(written(findings, Format::Text, world.color_err()).trim_end());
    }
}

/// The proof where nothing stands in the way, its warnings drawn unless `--quiet`; else a failure that draws
/// what does. A proof beside an error is for looking at, never for approving or sending.
pub(crate) fn proof(world: &World, pulled: Pulled) -> Result<Proof, Failure> {
    let exit = match (exit(&pulled.findings, false), pulled.proof) {
        (Exit::Done, Some(proof)) => {
            if !world.quiet {
                draw(world, &pulled.findings);
            }
            return Ok(proof);
        }
        (Exit::Done, None) => Exit::DoesNotCompile,
        (exit, _) => exit,
    };
    let failure = Failure::new(exit, "nothing was done: mend what is said above first");
    Err(Failure { drawn: text(&pulled.findings, world.color_err()), ..failure })
}

/// 3 where the files do not compile, 4 where a check failed.
pub(crate) fn exit(findings: &[Finding], strict: bool) -> Exit {
    let stops = |finding: &Finding| finding.level == Level::Error || (strict && finding.level == Level::Warning);
    if findings.iter().any(check::is_compile_error) {
        Exit::DoesNotCompile
    } else if findings.iter().any(stops) {
        Exit::ChecksFailed
    } else {
        Exit::Done
    }
}

/// `5 errors, 2 warnings`; empty where there is nothing.
pub(crate) fn totals(findings: &[Finding]) -> String {
    let count = |level: Level, one: &str| {
        let count = findings.iter().filter(|finding| finding.level == level).count();
        match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            _ => Some(format!("{count} {one}s")),
        }
    };
    let counts = [count(Level::Error, "error"), count(Level::Warning, "warning"), count(Level::Note, "note")];
    counts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn text(findings: &[Finding], color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let mut out = String::new();
    for finding in findings {
        out.push_str(&drawn(finding, &renderer));
        out.push_str("\n\n");
    }
    if !findings.is_empty() {
        out.push_str(&totals(findings));
        out.push('\n');
    }
    out
}

fn drawn(finding: &Finding, renderer: &Renderer) -> String {
    let level = match finding.level {
        Level::Error => Drawn::ERROR,
        Level::Warning => Drawn::WARNING,
        Level::Note => Drawn::NOTE,
    };
    let mut main = Group::with_title(level.primary_title(&finding.title).id(finding.check));
    if let Some(place) = &finding.place {
        let also = finding.also.as_ref().filter(|also| also.source.path == place.source.path);
        let spans = std::iter::once(&place.span).chain(also.map(|also| &also.span));
        let lines = Lines::around(&place.source, spans);
        let mut snippet = lines.snippet(place).annotation(lines.annotation(AnnotationKind::Primary, place));
        if let Some(also) = also {
            snippet = snippet.annotation(lines.annotation(AnnotationKind::Context, also));
        }
        main = main.element(snippet);
    }
    for note in &finding.notes {
        main = main.element(Drawn::NOTE.no_name().message(note));
    }
    let mended = finding.place.as_ref().zip(finding.fix.as_ref());
    let mended = mended.map(|(place, fix)| (place, fix, Near::to(&place.source.text, &fix.span)));
    let mut groups = vec![main];
    let help = finding.help.as_deref().or(finding.fix.as_ref().map(|_| "this would mend it"));
    if let Some(help) = help {
        let mut group = Group::with_title(Drawn::HELP.secondary_title(help));
        if let Some((place, fix, near)) = &mended {
            let lines = Lines::around(&place.source, std::iter::once(&fix.span));
            let snippet = Snippet::source(&near.text).line_start(lines.first).path(&place.source.path);
            group = group.element(snippet.patch(Patch::new(near.span.clone(), &fix.with)));
        }
        groups.push(group);
    }
    renderer.render(&groups)
}

/// The lines of a file that a drawing shows: a file is not gone through again for each finding in it.
struct Lines<'s> {
    text: &'s str,
    /// Where they begin in the file, in bytes and as a line's number.
    start: usize,
    first: usize,
}

impl<'s> Lines<'s> {
    fn around<'p>(source: &'s Source, spans: impl Iterator<Item = &'p Range<usize>>) -> Self {
        let text = source.text.as_str();
        let (from, to) = spans.fold((text.len(), 0), |(from, to), span| (from.min(span.start), to.max(span.end)));
        let start = text[..from].rfind('\n').map_or(0, |newline| newline + 1);
        let end = text[to..].find('\n').map_or(text.len(), |newline| to + newline + 1);
        Self { text: &text[start..end], start, first: text[..start].matches('\n').count() + 1 }
    }

    fn inside(&self, span: &Range<usize>) -> Range<usize> {
        span.start - self.start..span.end - self.start
    }

    fn snippet<T: Clone>(&self, place: &'s Place) -> Snippet<'s, T> {
        Snippet::source(self.text).line_start(self.first).path(&place.source.path)
    }

    fn annotation<'p>(&self, kind: AnnotationKind, place: &'p Place) -> Annotation<'p> {
        let label = (!place.label.is_empty()).then_some(place.label.as_str());
        kind.span(self.inside(&place.span)).label(label)
    }
}

/// What a mend changes, and as much of its lines as fits beside it: a paragraph may be one long line, and what is
/// drawn of a mend, other than of a finding, is never cut at the edge.
struct Near {
    text: String,
    span: Range<usize>,
}

impl Near {
    /// Bytes of a line that is shown whole, and characters of a longer one on each side of what changes.
    const WHOLE: usize = 140;
    const ASIDE: usize = 60;

    fn to(text: &str, span: &Range<usize>) -> Self {
        let start = text[..span.start].rfind('\n').map_or(0, |newline| newline + 1);
        let end = text[span.end..].find('\n').map_or(text.len(), |newline| span.end + newline);
        let (before, behind) = (&text[start..span.start], &text[span.end..end]);
        let aside = if end - start > Self::WHOLE { Self::ASIDE } else { Self::WHOLE };
        let before = match before.char_indices().rev().nth(aside) {
            Some((at, letter)) => format!("…{}", &before[at + letter.len_utf8()..]),
            None => before.to_owned(),
        };
        let behind = match behind.char_indices().nth(aside) {
            Some((at, _)) => format!("{}…", &behind[..at]),
            None => behind.to_owned(),
        };
        let near = format!("{before}{}{behind}\n", &text[span.clone()]);
        Self { text: near, span: before.len()..before.len() + span.len() }
    }
}

/// A finding as `--json` prints it.
#[derive(Serialize)]
struct Object<'a> {
    check: &'a str,
    level: &'a str,
    file: Option<&'a str>,
    line: Option<usize>,
    col: Option<usize>,
    title: &'a str,
    help: Option<&'a str>,
    fix: Option<Mend>,
}

fn json(finding: &Finding) -> String {
    let place = finding.place.as_ref();
    let at = place.map(|place| place.source.line_col(place.span.start));
    let object = Object {
        check: finding.check,
        level: finding.level.word(),
        file: place.map(|place| place.source.path.as_str()),
        line: at.map(|(line, _)| line),
        col: at.map(|(_, col)| col),
        title: &finding.title,
        help: finding.help.as_deref(),
        fix: finding.mended(),
    };
    serde_json::to_string(&object).expect("an object of texts and numbers can always be written")
}

/// A workflow command, as GitHub's runner reads it from a log.
fn github(finding: &Finding) -> String {
    let level = if finding.level == Level::Note { "notice" } else { finding.level.word() };
    let mut out = format!("::{level} title={}", property(finding.check));
    if let Some(place) = &finding.place {
        let (line, col) = place.source.line_col(place.span.start);
        // Writing into a String cannot fail.
        let _written = write!(out, ",file={},line={line},col={col}", property(&place.source.path));
    }
    let mut message = finding.title.clone();
    for more in finding.place.iter().map(|place| &place.label).chain(&finding.notes).chain(&finding.help) {
        if !more.is_empty() {
            message.push('\n');
            message.push_str(more);
        }
    }
    format!("{out}::{}", data(&message))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests;
