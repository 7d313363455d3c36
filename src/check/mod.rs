//! Checks: named lints over what an issue is made of, each with a level of its own.
//!
//! The table names every check there is; one file a family holds the rules. Rules only look: they are given
//! what was read and say what they found. `apply` then gives each finding the level the house wants.

/// A check by its name.
#[derive(Debug)]
pub(crate) struct Check {
    pub(crate) name: &'static str,
    /// It can be neither waived nor switched off: without it there is nothing to send.
    pub(crate) binding: bool,
}

const fn binding(name: &'static str) -> Check {
    Check { name, binding: true }
}

const fn check(name: &'static str) -> Check {
    Check { name, binding: false }
}

/// Every check, by family.
pub(crate) const CHECKS: &[Check] = &[
    // What must be read before anything can be said.
    binding("syntax"),
    binding("unknown-key"),
    binding("bad-value"),
    binding("unknown-story"),
    binding("brief-missing"),
    // The envelope.
    binding("subject-missing"),
    check("preheader-missing"),
    check("subject-long"),
    check("subject-same-as-recent"),
    check("subject-shouting"),
    binding("subject-control"),
    check("preheader-length"),
    check("preheader-leak"),
    binding("from-mismatch"),
    // Editorial.
    binding("repeated-story"),
    check("repeated-recently"),
    check("near-duplicate"),
    check("section-missing"),
    check("section-order"),
    check("kicker-off-list"),
    check("quote-not-in-story"),
    check("number-not-in-source"),
    check("relative-day"),
    check("weekday-wrong"),
    check("date-stale"),
    binding("embargo"),
    binding("placeholder"),
    check("words"),
    check("unattributed-quote"),
    check("quotes-unbalanced"),
    check("byline-unknown"),
    binding("sponsor-unlabelled"),
    check("names-style"),
    check("promo-window"),
    // Links.
    binding("link-empty"),
    check("link-placeholder"),
    check("link-broken"),
    check("link-redirects"),
    check("link-http"),
    check("link-shortener"),
    check("link-text-url-differs"),
    check("link-vague"),
    check("tracking-params"),
    check("mailto-bad"),
    check("anchor-dead"),
    // Images.
    binding("image-missing"),
    check("alt-missing"),
    check("alt-is-filename"),
    check("image-size"),
    // The mail as rendered.
    check("gmail-clip"),
    check("clip-odd-char"),
    check("contrast"),
];

/// The check of this name.
pub(crate) fn find(name: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|check| check.name == name)
}

/// All names, for "did you mean".
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    CHECKS.iter().map(|check| check.name)
}
