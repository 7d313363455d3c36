//! Checks: named lints over what an issue is made of, each with a level of its own.
//!
//! The table names every check there is; one file a family holds the rules. Rules only look: they are given
//! what was read and say what they found. `apply` then gives each finding the level the house wants.

pub(crate) mod count;
pub(crate) mod editorial;
pub(crate) mod envelope;
pub(crate) mod explain;
pub(crate) mod history;
pub(crate) mod images;
pub(crate) mod links;
pub(crate) mod rendered;
pub(crate) mod words;

use crate::config::{Config, Newsletter, Severity};
use crate::finding::{Finding, Level};

/// A check by its name.
#[derive(Debug)]
pub(crate) struct Check {
    pub(crate) name: &'static str,
    /// It can be neither waived nor switched off: without it there is nothing to send.
    pub(crate) binding: bool,
    /// It is the compiler's own word: the files do not make an issue. Always binding.
    compiler: bool,
    /// It speaks only where config.toml gives it a level: it is wrong too often, or a matter of taste.
    quiet: bool,
}

const fn compiler(name: &'static str) -> Check {
    Check { name, binding: true, compiler: true, quiet: false }
}

const fn binding(name: &'static str) -> Check {
    Check { name, binding: true, compiler: false, quiet: false }
}

const fn check(name: &'static str) -> Check {
    Check { name, binding: false, compiler: false, quiet: false }
}

const fn quiet(name: &'static str) -> Check {
    Check { name, binding: false, compiler: false, quiet: true }
}

/// Every check, by family.
pub(crate) const CHECKS: &[Check] = &[
    // What must be read before anything can be said.
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
    binding("from-mismatch"),
    // Editorial.
    compiler("repeated-story"),
    check("repeated-recently"),
    quiet("near-duplicate"),
    check("section-missing"),
    check("section-order"),
    check("kicker-off-list"),
    check("quote-not-in-story"),
    quiet("number-not-in-source"),
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
    check("promo-window"),
    // Links.
    compiler("link-empty"),
    check("link-placeholder"),
    check("link-broken"),
    check("link-redirects"),
    check("link-http"),
    check("link-shortener"),
    check("link-text-url-differs"),
    check("link-vague"),
    check("link-same-words"),
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
    check("chart-undrawn"),
    // The mail as rendered.
    check("gmail-clip"),
    check("clip-odd-char"),
    check("contrast"),
    // The settings.
    check("language-unshipped"),
];

/// The check of this name.
pub(crate) fn find(name: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|check| check.name == name)
}

/// Whether a check has a voice here: some cost too much to run for nothing.
pub(crate) fn speaks(name: &str, config: &Config, newsletter: &Newsletter) -> bool {
    match newsletter.checks.get(name).or_else(|| config.checks.get(name)) {
        Some(severity) => *severity != Severity::Off,
        None => find(name).is_some_and(|check| !check.quiet),
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
    waived: &[(&str, &str)],
) -> Vec<Finding> {
    let wanted = |finding: Finding| {
        let Some(check) = find(finding.check).filter(|check| !check.binding) else { return Some(finding) };
        let severity = newsletter.checks.get(finding.check).or_else(|| config.checks.get(finding.check));
        let finding = match severity {
            Some(Severity::Off) => return None,
            Some(Severity::At(level)) => Finding { level: *level, ..finding },
            None if check.quiet => return None,
            None => finding,
        };
        match waived.iter().find(|(check, _)| *check == finding.check) {
            Some((_, reason)) => Some(Finding { level: Level::Note, ..finding }.because(format!("waived: {reason}"))),
            None => Some(finding),
        }
    };
    findings.into_iter().filter_map(wanted).collect()
}

/// Whether a finding says that the files do not compile, rather than that a check failed.
pub(crate) fn is_compile_error(finding: &Finding) -> bool {
    finding.level == Level::Error && find(finding.check).is_some_and(|check| check.compiler)
}
