//! Every check, tried with a slip of an editor's in a clean newsroom and with what should have been written there.
//!
//! The slip is told once, at its line, and nothing else is said; the right words are passed over in silence.

mod cases;
mod slips;

use std::collections::BTreeSet;

use crate::preview::newsroom;
use crate::world::World;
use cases::ISSUE;

/// Checks that ask the network or the ledger; no file trips them.
#[rustfmt::skip]
const ELSEWHERE: &[&str] = &[
    "link-broken", "link-redirects",
    "audience-empty", "audience-swing", "already-sent", "not-approved", "changed-since-approval", "outside-window", "too-late",
];

/// Pictures, charts and pairs of links have tests of their own, beside what makes them.
#[rustfmt::skip]
const BESIDE: &[&str] = &[
    "image-broken", "image-format", "image-heavy", "image-not-2x", "image-webp", "chart-undrawn", "link-same-words",
];

/// In this file, these words become those.
type Edit = (&'static str, &'static str, String);

struct Case {
    check: &'static str,
    level: &'static str,
    wrong: Vec<Edit>,
    right: Edit,
    /// Made either way.
    both: Vec<Edit>,
    at: At,
}

enum At {
    /// Where the slip is.
    Slip,
    /// Where these words stand in this file.
    Words(&'static str, &'static str),
    /// It is the whole issue's.
    Nowhere,
}

impl Case {
    fn both(mut self, file: &'static str, old: &'static str, new: impl Into<String>) -> Self {
        self.both.push((file, old, new.into()));
        self
    }

    fn and(mut self, file: &'static str, old: &'static str, new: impl Into<String>) -> Self {
        self.wrong.push((file, old, new.into()));
        self
    }

    fn at(self, file: &'static str, words: &'static str) -> Self {
        Self { at: At::Words(file, words), ..self }
    }

    fn nowhere(self) -> Self {
        Self { at: At::Nowhere, ..self }
    }

    /// The file and line at which it is to be told.
    fn place(&self, world: &World) -> Option<(String, usize)> {
        let line = |text: &str, at: usize| text[..at].matches('\n').count() + 1;
        let (file, words) = match self.at {
            At::Nowhere => return None,
            At::Words(file, words) => (file, words),
            At::Slip => {
                let (file, old, new) = &self.wrong[0];
                let same = old.bytes().zip(new.bytes()).take_while(|(one, other)| one == other).count();
                let text = world.read(file);
                return Some(((*file).to_owned(), line(&text, text.find(new.as_str()).unwrap() + same)));
            }
        };
        let text = world.read(file);
        Some((file.to_owned(), line(&text, text.find(words).unwrap())))
    }
}

/// Everything said of the issue after these edits, a line each: check, level, file and line.
fn findings(world: &World, edits: &[&Edit]) -> Vec<String> {
    for (file, old, new) in edits {
        let text = world.read(file);
        assert!(text.contains(old), "{file} holds no {old:?}");
        world.write(file, &if old.is_empty() { new.clone() } else { text.replacen(old, new, 1) });
    }
    let ran = world.run(&["check", ISSUE, "--json"]);
    let line = |line: &str| {
        let finding: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| finding[key].as_str().unwrap_or("-").to_owned();
        format!("{} {} {}:{}", text("check"), text("level"), text("file"), finding["line"].as_u64().unwrap_or_default())
    };
    assert!([0, 2, 3, 4].contains(&ran.code), "{ran:?}");
    ran.stdout.lines().map(line).collect()
}

fn cases() -> Vec<Case> {
    cases::cases().into_iter().chain(slips::slips()).collect()
}

fn tried(case: &Case) -> Vec<String> {
    let mut wrong = Vec::new();
    let world = newsroom();
    let edits: Vec<&Edit> = case.both.iter().chain(&case.wrong).collect();
    let told = findings(&world, &edits);
    let (file, line) = case.place(&world).unwrap_or(("-".to_owned(), 0));
    let wanted = format!("{} {} {file}:{line}", case.check, case.level);
    let slip = &case.wrong[0].2;
    if told != [wanted.as_str()] {
        wrong.push(format!("{slip:.80}\n  wanted {wanted}\n  told   {}", told.join("\n         ")));
    }
    let world = newsroom();
    let edits: Vec<&Edit> = case.both.iter().chain([&case.right]).collect();
    let told = findings(&world, &edits);
    if !told.is_empty() {
        wrong.push(format!("{:.80}\n  is right, and was told {}", case.right.2, told.join(", ")));
    }
    wrong
}

#[test]
fn every_slip_is_told_once_at_its_line_and_right_words_are_passed_over() {
    let cases = cases();
    let (one, other) = cases.split_at(cases.len() / 2);
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let halves = [one, other].map(|half| scope.spawn(move || half.iter().flat_map(tried).collect::<Vec<String>>()));
        halves.into_iter().flat_map(|half| half.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn no_check_is_without_a_case() {
    let tried: BTreeSet<&str> =
        cases().iter().map(|case| case.check).chain(ELSEWHERE.iter().chain(BESIDE).copied()).collect();
    let explained = include_str!("../../src/check/explain.md").lines().filter_map(|line| line.strip_prefix("## "));
    assert_eq!(explained.collect::<BTreeSet<&str>>(), tried);
}

#[test]
fn news_that_breaks_may_be_as_short_as_it_is() {
    let world = newsroom();
    let extra = "issues/morning/2026-11-24-2.toml";
    world.write(
        extra,
        "subject = \"Tarry Lane is being cleared\"\npreheader = \"Boats leave from the fish steps every ten minutes\"\n\n\
         [[block]]\ntype = \"text\"\ntext = \"The water is back. Leave now, and take the dog.\"\n",
    );
    assert_eq!(findings(&world, &[]), Vec::<String>::new());
    let ran = world.run(&["check", extra, "--json"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
}

/// Files nobody wrote by hand: told in a few lines and in no time, wherever they lie.
#[test]
fn no_file_however_large_or_broken_keeps_the_editor_waiting() {
    let lines = |line: &str, bytes: usize| line.repeat(bytes / line.len()).into_bytes();
    let broken: [(&str, Vec<u8>); 8] = [
        ("50 MB", lines("word ", 50_000_000)),
        ("lines that are no TOML", lines("k k\n", 1_000_000)),
        ("the same key", lines("k = 1\n", 1_000_000)),
        ("brackets", lines("[", 1_000_000)),
        ("zeros", vec![0; 1_000]),
        ("Latin-1", b"subject = \"caf\xe9\"\n".to_vec()),
        ("half a character", b"subject = \"caf\xc3".to_vec()),
        ("nothing", Vec::new()),
    ];
    for (name, bytes) in &broken {
        for file in [ISSUE, "issues/stories/2026/barrier-holds.md", "config.toml"] {
            let world = newsroom();
            std::fs::write(world.path(file), bytes).unwrap();
            let begun = std::time::Instant::now();
            let ran = world.run(&["check", ISSUE]);
            assert!([2, 3].contains(&ran.code), "{name} as {file}: {ran:?}");
            assert!(ran.stdout.len() + ran.stderr.len() < 100_000, "{name} as {file} is told at length");
            assert!(begun.elapsed().as_secs() < 20, "{name} as {file} took {:?}", begun.elapsed());
        }
    }
}
