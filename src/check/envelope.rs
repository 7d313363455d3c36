//! The envelope: what a reader sees of an issue before it is opened.

use unicode_width::UnicodeWidthStr;

use crate::check::words::letters::breaks_a_row;
use crate::config::Newsletter;
use crate::config::tree::Text;
use crate::finding::{Finding, Level};
use crate::issue::file::IssueFile;
use crate::typography::folded;

/// Widths at which inboxes cut a subject, narrowest first.
const CUTS: [usize; 5] = [30, 37, 48, 60, 70];

pub(crate) fn subject(subject: Option<&Text>, file: &IssueFile, newsletter: &Newsletter) -> Vec<Finding> {
    // What stands in a broken file may be half of what was meant.
    if file.broken {
        return Vec::new();
    }
    let Some(subject) = subject.filter(|subject| !subject.is_blank()) else {
        return absent("subject", "subject-missing", subject, file);
    };
    let mut findings: Vec<Finding> = control("subject", subject).into_iter().collect();
    let subject_line = subject.value.trim();
    let length = subject_line.chars().count() as u64;
    let limits = newsletter.subject;
    let level = match (limits.error, limits.warn) {
        (Some(error), _) if length > error => Some((Level::Error, error)),
        (_, Some(warn)) if length > warn => Some((Level::Warning, warn)),
        _ => None,
    };
    if let Some((level, limit)) = level {
        let title = format!("the subject has {length} characters, more than {limit}");
        let mut finding = Finding::new("subject-long", level, title).at(&subject.source, subject.span.clone(), "");
        for cut in CUTS.into_iter().filter(|cut| (*cut as u64) < length) {
            let left: String = subject_line.chars().take(cut).collect();
            finding = finding.because(format!("cut at {cut}: {}…", left.trim_end()));
        }
        findings.push(finding);
    }
    findings.extend(shouting(subject));
    findings
}

/// Words that fraud writes in capitals.
const LOUD: [&str; 8] = ["BREAKING", "URGENT", "EXCLUSIVE", "WARNING", "ALERT", "ATTENTION", "IMPORTANT", "FREE"];

/// Capitals and exclamation marks, as fraud writes; a reply that nobody asked for.
fn shouting(subject: &Text) -> Option<Finding> {
    let line = subject.value.trim();
    let words: Vec<&str> = line.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() > 3).collect();
    let loud = words.iter().filter(|word| word.chars().all(char::is_uppercase)).count();
    let reply = ["re:", "fw:", "fwd:", "aw:"].iter().any(|start| line.to_ascii_lowercase().starts_with(start));
    let label = if (loud >= 2 && loud * 2 > words.len()) || words.iter().any(|word| LOUD.contains(word)) {
        "capitals"
    } else if reply {
        "it pretends to be a reply"
    } else if line.contains("!!") || line.contains("?!") || line.contains("!?") || line.matches('!').count() > 1 {
        "exclamation marks"
    } else {
        return None;
    };
    let finding = Finding::warning("subject-shouting", "the subject shouts");
    Some(
        finding
            .at(&subject.source, subject.span.clone(), label)
            .help("spam filters and readers both move away from it"),
    )
}

/// What is housekeeping, or was said above, and takes the row that should make a reader curious.
fn leak(preheader: &Text, subject: Option<&Text>) -> Option<Finding> {
    const HOUSEKEEPING: [&str; 7] = [
        "view in browser",
        "view online",
        "view this email",
        "read online",
        "unsubscribe",
        "having trouble",
        "no images?",
    ];
    // The same, wherever it stands in the row.
    const BY_THE_WAY: [&str; 8] = [
        "in your browser",
        "in a browser",
        "read this email",
        "see this email",
        "viewing this email",
        "im browser",
        "no navegador",
        "add us to your",
    ];
    let row = folded(&preheader.value).to_lowercase();
    let said = subject.map(|subject| folded(&subject.value).to_lowercase()).filter(|subject| !subject.is_empty());
    let title = if HOUSEKEEPING.iter().any(|words| row.starts_with(words))
        || BY_THE_WAY.iter().any(|words| row.contains(words))
    {
        "the preheader is housekeeping, and stands beside the subject in the inbox"
    } else if said.is_some_and(|subject| row.starts_with(subject.trim_end_matches(['.', '!', '?']))) {
        "the preheader says the subject again"
    } else {
        return None;
    };
    let finding = Finding::warning("preheader-leak", title).at(&preheader.source, preheader.span.clone(), "");
    Some(finding.help("say the second thing a reader should know"))
}

pub(crate) fn preheader(preheader: Option<&Text>, file: &IssueFile, newsletter: &Newsletter) -> Vec<Finding> {
    // What stands in a broken file may be half of what was meant.
    if file.broken {
        return Vec::new();
    }
    let Some(preheader) = preheader.filter(|preheader| !preheader.is_blank()) else {
        return absent("preheader", "preheader-missing", preheader, file);
    };
    // A row is filled by what is wide: a Chinese character takes the room of two Latin ones.
    let length = preheader.value.trim().width() as u64;
    let limits = newsletter.preheader;
    let verdict = match (limits.min, limits.warn) {
        (Some(min), _) if length < min => {
            Some(format!("fewer than {min}: inboxes fill the row with whatever comes next"))
        }
        (_, Some(warn)) if length > warn => Some(format!("more than {warn}: the end is not seen")),
        _ => None,
    };
    let long = verdict.map(|verdict| {
        let title = format!("the preheader has {length} characters");
        Finding::warning("preheader-length", title).at(&preheader.source, preheader.span.clone(), verdict)
    });
    let control = control("preheader", preheader);
    control.into_iter().chain(long).chain(leak(preheader, file.subject.as_ref())).collect()
}

/// A subject that would end its header, or show as boxes.
fn control(key: &str, text: &Text) -> Option<Finding> {
    // The line's end that closes a long string is none of the subject's.
    let row = text.value.trim_end();
    let (at, letter) = row.char_indices().find(|(_, letter)| letter.is_ascii_control() || breaks_a_row(*letter))?;
    let at = at..at + letter.len_utf8();
    let finding = Finding::error("subject-control", format!("the {key} holds a control character"));
    Some(finding.at(&text.source, text.part(at), "this one").help("it is one line of plain text"))
}

fn absent(key: &str, check: &'static str, text: Option<&Text>, file: &IssueFile) -> Vec<Finding> {
    match text {
        Some(text) => {
            let finding = Finding::error(check, format!("the {key} is empty"));
            vec![finding.at(&text.source, text.span.clone(), "expected some words")]
        }
        // It was refused, and that was said.
        None if file.keys.iter().any(|own| own == key) => Vec::new(),
        None => {
            let first = file.source.text.lines().next().map_or(0, str::len);
            let finding = Finding::error(check, format!("this issue has no `{key}`"));
            vec![finding.at(&file.source, 0..first, format!("add {key} = \"…\" above the first block"))]
        }
    }
}
