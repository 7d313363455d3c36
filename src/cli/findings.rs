//! Findings drawn: as a compiler draws its own for people, as objects for programs, as annotations for GitHub.

use std::fmt::Write as _;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level as Drawn, Patch, Renderer, Snippet};
use clap::ValueEnum;
use serde::Serialize;

use crate::check;
use crate::cli::{Exit, Failure, World};
use crate::finding::{Finding, Level, Mend, Place};
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
        let mut snippet = Snippet::source(&place.source.text)
            .path(&place.source.path)
            .annotation(annotation(AnnotationKind::Primary, place));
        if let Some(also) = finding.also.as_ref().filter(|also| also.source.path == place.source.path) {
            snippet = snippet.annotation(annotation(AnnotationKind::Context, also));
        }
        main = main.element(snippet);
    }
    for note in &finding.notes {
        main = main.element(Drawn::NOTE.no_name().message(note));
    }
    let mut groups = vec![main];
    let help = finding.help.as_deref().or(finding.fix.as_ref().map(|_| "this would mend it"));
    if let Some(help) = help {
        let mut group = Group::with_title(Drawn::HELP.secondary_title(help));
        if let (Some(place), Some(fix)) = (&finding.place, &finding.fix) {
            let patch = Patch::new(fix.span.clone(), &fix.with);
            group = group.element(Snippet::source(&place.source.text).path(&place.source.path).patch(patch));
        }
        groups.push(group);
    }
    renderer.render(&groups)
}

fn annotation(kind: AnnotationKind, place: &Place) -> annotate_snippets::Annotation<'_> {
    let label = (!place.label.is_empty()).then_some(place.label.as_str());
    kind.span(place.span.clone()).label(label)
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
