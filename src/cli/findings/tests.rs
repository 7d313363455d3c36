//! Findings as they are read: a whole newsroom of mistakes, a folder of broken files, three formats.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::config;
use crate::files::Newsroom;
use crate::issue::IssueName;
use crate::issue::compile::compile;

fn ours(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(path)
}

fn found(root: &Path, slot: &str) -> Vec<Finding> {
    let config = match config::load(root, &[]) {
        Ok(config) => config,
        Err(findings) => return findings,
    };
    let newsroom = Newsroom::open(root);
    let name = IssueName { newsletter: "morning".to_owned(), slot: slot.to_owned() };
    match newsroom.issue(&name) {
        Ok(source) => compile(&name, &source, &config, &newsroom).findings,
        Err(finding) => vec![finding],
    }
}

#[test]
fn a_newsroom_of_mistakes_is_told_as_an_editor_reads_it() {
    let findings = found(&ours("fixtures/mistakes"), "2026-11-24");
    insta::assert_snapshot!(written(&findings, Format::Text, false));
    assert_eq!(exit(&findings, false), Exit::DoesNotCompile);
}

#[test]
fn programs_read_one_object_a_line() {
    let findings = found(&ours("fixtures/mistakes"), "2026-11-24");
    let json = written(&findings, Format::Json, false);
    assert_eq!(json.lines().count(), findings.len());
    let kicker = json.lines().find(|line| line.contains("SPEED READ")).unwrap();
    let kicker: serde_json::Value = serde_json::from_str(kicker).unwrap();
    assert_eq!(kicker["check"], "kicker-off-list");
    assert_eq!(
        (kicker["level"].as_str(), kicker["line"].as_u64(), kicker["col"].as_u64()),
        (Some("warning"), Some(4), Some(13))
    );
    assert_eq!(kicker["fix"]["old"], "kicker    = \"SPEED READ\"");
    assert_eq!(kicker["fix"]["new"], "kicker    = \"Speed Read\"");
}

#[test]
fn a_workflow_shows_findings_at_their_lines() {
    let findings = found(&ours("fixtures/mistakes"), "2026-11-24");
    let github = written(&findings, Format::Github, false);
    assert!(github.contains("::warning title=kicker-off-list,file=issues/stories/2026/weir-closed.md,line=4,col=13::"));
    assert_eq!(github.lines().count(), findings.len(), "a line end inside a message would end the command");
}

#[test]
fn colours_change_no_word() {
    let findings = found(&ours("fixtures/mistakes"), "2026-11-24");
    let coloured = written(&findings, Format::Text, true);
    assert!(coloured.contains('\u{1b}'));
    let mut plain = String::new();
    for (at, part) in coloured.split('\u{1b}').enumerate() {
        plain.push_str(if at == 0 { part } else { part.split_once('m').map_or(part, |(_, rest)| rest) });
    }
    assert_eq!(plain, written(&findings, Format::Text, false));
}

#[test]
fn a_mend_in_a_paragraph_of_one_long_line_is_drawn_with_what_stands_beside_it() {
    let prose = "Die Flut kam früh an diesem Tag. ".repeat(30);
    let text = format!("one\n{prose}Harbor{prose}\n");
    let at = 4 + prose.len();
    let source = std::sync::Arc::new(Source { path: "story.md".to_owned(), text });
    let place = Place { source, span: at..at + 6, label: String::new() };
    let fix = crate::finding::Fix { span: at..at + 6, with: "Harbour".to_owned(), safe: true };
    let finding = Finding { place: Some(place), fix: Some(fix), ..Finding::warning("names-style", "it is Harbour") };
    insta::assert_snapshot!(written(&[finding], Format::Text, false));
}

#[test]
fn warnings_stop_only_where_they_are_asked_to() {
    let warning = [Finding::warning("words", "few")];
    assert_eq!((exit(&warning, false), exit(&warning, true)), (Exit::Done, Exit::ChecksFailed));
    assert_eq!(exit(&[Finding::error("embargo", "early")], false), Exit::ChecksFailed);
    assert_eq!(exit(&[Finding::error("unknown-story", "none")], false), Exit::DoesNotCompile);
    assert_eq!(
        totals(&[Finding::error("a", ""), Finding::error("a", ""), Finding::new("b", Level::Note, "")]),
        "2 errors, 1 note"
    );
}

/// Every broken file, in every place a file may stand: never a panic, always something that can be drawn.
#[test]
fn no_broken_file_is_silent_or_fatal() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for place in ["issues/morning", "issues/stories", "issues/snippets"] {
        fs::create_dir_all(root.join(place)).unwrap();
    }
    let settings = fs::read_to_string(ours("fixtures/mistakes/config.toml")).unwrap();
    let around = "subject = \"a page\"\npreheader = \"y\"\n[[block]]\ntype = \"story\"\nstory = \"broken\"\nshow = \"headline\"\n\
                  [[block]]\ntype = \"promo\"\nsnippet = \"broken\"\n";
    let mut broken: Vec<PathBuf> = fs::read_dir(ours("broken")).unwrap().map(|entry| entry.unwrap().path()).collect();
    broken.sort();
    assert!(broken.len() >= 25, "the corpus is there");
    let mut told = String::new();
    for path in &broken {
        fs::write(root.join("config.toml"), &settings).unwrap();
        fs::copy(path, root.join("issues/morning/2026-01-01.toml")).unwrap();
        fs::write(root.join("issues/morning/2025-12-31.toml"), around).unwrap();
        fs::copy(path, root.join("issues/stories/broken.md")).unwrap();
        fs::copy(path, root.join("issues/snippets/broken.md")).unwrap();
        let as_issue = found(root, "2026-01-01");
        let as_page = found(root, "2025-12-31");
        fs::copy(path, root.join("config.toml")).unwrap();
        let as_settings = found(root, "2026-01-01");
        told.push_str(&format!("{}\n", path.file_name().unwrap().to_string_lossy()));
        for (place, findings) in [("issue", as_issue), ("page", as_page), ("config", as_settings)] {
            for format in [Format::Text, Format::Json, Format::Github] {
                assert!(findings.is_empty() || !written(&findings, format, false).is_empty());
            }
            let first = findings.iter().find(|finding| finding.level == Level::Error);
            let first = first.map_or("fine".to_owned(), |finding| format!("{}: {}", finding.check, finding.title));
            told.push_str(&format!("    as {place}: {first}\n"));
        }
    }
    insta::assert_snapshot!(told);
}
