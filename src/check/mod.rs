//! Checks: named lints over what an issue is made of, each with a level of its own.
//!
//! The table names every check there is; one file a family holds the rules. Rules only look: they are given
//! what was read and say what they found. `apply` then gives each finding the level the house wants.

pub(crate) mod answers;
pub(crate) mod count;
pub(crate) mod editorial;
pub(crate) mod envelope;
pub(crate) mod explain;
pub(crate) mod history;
pub(crate) mod images;
pub(crate) mod links;
pub(crate) mod rendered;
pub(crate) mod story;
pub(crate) mod words;

use crate::config::{Config, Newsletter, Severity};
use crate::finding::{Finding, Level};
use crate::issue::file::Waiver;

/// A check by its name.
#[derive(Debug)]
pub(crate) struct Check {
    pub(crate) name: &'static str,
    /// It can be neither waived nor switched off.
    pub(crate) binding: bool,
    pub(crate) kind: Kind,
}

/// What becomes of a check's findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// config.toml cannot be understood.
    Settings,
    /// The files do not make an issue.
    Compiler,
    /// They make one that must not be sent.
    Binding,
    /// They have a level of their own unless the house gives another.
    Free,
    /// They are heard only where config.toml gives them a level: they are wrong too often, or a matter of taste.
    Quiet,
    /// They are made when an issue is approved or sent, and refuse that.
    AtSend,
}

const fn named(name: &'static str, kind: Kind) -> Check {
    Check { name, binding: !matches!(kind, Kind::Free | Kind::Quiet), kind }
}

const fn settings(name: &'static str) -> Check {
    named(name, Kind::Settings)
}

const fn compiler(name: &'static str) -> Check {
    named(name, Kind::Compiler)
}

const fn binding(name: &'static str) -> Check {
    named(name, Kind::Binding)
}

const fn check(name: &'static str) -> Check {
    named(name, Kind::Free)
}

const fn quiet(name: &'static str) -> Check {
    named(name, Kind::Quiet)
}

const fn at_send(name: &'static str) -> Check {
    named(name, Kind::AtSend)
}

/// Every check, by family.
pub(crate) const CHECKS: &[Check] = &[
    // What must be read before anything can be said.
    settings("config"),
    compiler("syntax"),
    compiler("unknown-key"),
    compiler("bad-value"),
    compiler("unknown-story"),
    compiler("brief-missing"),
    // The envelope.
    compiler("subject-missing"),
    check("preheader-missing"),
    check("subject-long"),
    check("subject-same-as-recent"),
    check("subject-shouting"),
    compiler("subject-control"),
    check("preheader-length"),
    check("preheader-leak"),
    settings("from-mismatch"),
    // Editorial.
    compiler("repeated-story"),
    check("repeated-recently"),
    check("same-page"),
    quiet("near-duplicate"),
    check("section-missing"),
    check("section-order"),
    check("kicker-off-list"),
    check("quote-not-in-story"),
    quiet("number-not-in-source"),
    check("number-not-in-issue"),
    check("reading-promise"),
    check("relative-day"),
    check("weekday-wrong"),
    check("date-stale"),
    binding("embargo"),
    binding("placeholder"),
    check("words"),
    quiet("unattributed-quote"),
    check("quotes-unbalanced"),
    check("byline-unknown"),
    compiler("sponsor-unlabelled"),
    check("names-style"),
    check("name-slip"),
    check("markup-left"),
    check("doubled-word"),
    check("spacing"),
    check("hidden-character"),
    check("garbled"),
    check("look-alike"),
    check("promo-window"),
    check("quote-speaker"),
    check("story-expired"),
    check("story-dates"),
    check("teaser-missing"),
    check("link-missing"),
    check("contents-twice"),
    check("correction-of"),
    // Links.
    compiler("link-empty"),
    check("link-placeholder"),
    check("link-broken"),
    check("link-redirects"),
    check("link-misspelt"),
    check("link-http"),
    check("link-shortener"),
    check("link-text-url-differs"),
    check("link-vague"),
    check("link-same-words"),
    check("link-bare"),
    check("tracking-params"),
    check("mailto-bad"),
    check("anchor-dead"),
    // Images.
    compiler("image-missing"),
    compiler("image-format"),
    compiler("image-broken"),
    check("image-webp"),
    check("image-not-2x"),
    check("image-heavy"),
    check("alt-missing"),
    check("alt-is-filename"),
    check("image-size"),
    check("image-only"),
    check("text-empty"),
    check("chart-undrawn"),
    // The mail as rendered.
    check("gmail-clip"),
    check("clip-odd-char"),
    check("contrast"),
    // The settings.
    check("language-unshipped"),
    // Audience and time.
    at_send("audience-empty"),
    at_send("audience-swing"),
    at_send("already-sent"),
    at_send("not-approved"),
    at_send("changed-since-approval"),
    at_send("outside-window"),
    at_send("too-late"),
];

/// The check of this name.
pub(crate) fn find(name: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|check| check.name == name)
}

/// Whether a check has a voice here: some cost too much to run for nothing.
pub(crate) fn speaks(name: &str, config: &Config, newsletter: &Newsletter) -> bool {
    match newsletter.checks.get(name).or_else(|| config.checks.get(name)) {
        Some(severity) => *severity != Severity::Off,
        None => find(name).is_some_and(|check| check.kind != Kind::Quiet),
    }
}

/// All names, for "did you mean".
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    CHECKS.iter().map(|check| check.name)
}

/// Gives every finding the level the house and the newsletter want; what is switched off is left out, and
/// what this issue waives becomes a note that carries the reason.
pub(crate) fn apply(
    findings: Vec<Finding>,
    config: &Config,
    newsletter: &Newsletter,
    waived: &[Waiver],
) -> Vec<Finding> {
    let wanted = |finding: Finding| {
        let free = |check: &&Check| !check.binding && !finding.bound;
        let Some(check) = find(finding.check).filter(free) else { return Some(finding) };
        let severity = newsletter.checks.get(finding.check).or_else(|| config.checks.get(finding.check));
        let finding = match severity {
            Some(Severity::Off) => return None,
            // What only informs beside what warns goes on doing so.
            Some(Severity::At(_)) if finding.level == Level::Note && check.kind != Kind::Quiet => finding,
            Some(Severity::At(level)) => Finding { level: *level, ..finding },
            None if check.kind == Kind::Quiet => return None,
            None => finding,
        };
        Some(match waived.iter().find(|waiver| waiver.check == finding.check) {
            Some(Waiver { reason, .. }) => {
                Finding { level: Level::Note, ..finding }.because(format!("waived: {reason}"))
            }
            None => finding,
        })
    };
    findings.into_iter().filter_map(wanted).collect()
}

/// Whether a finding says that the files do not compile, rather than that a check failed.
pub(crate) fn is_compile_error(finding: &Finding) -> bool {
    finding.level == Level::Error && find(finding.check).is_some_and(|check| check.kind == Kind::Compiler)
}
