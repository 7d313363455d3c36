//! The rules of the house, as tests: who may name whom, how long a file may be, what is deliberately absent.

use std::fs;
use std::path::{Path, PathBuf};

/// A word of the source, and the places that may use it: files or folders under `src/`.
struct Rule {
    word: &'static str,
    only_in: &'static [&'static str],
    why: &'static str,
}

const RULES: &[Rule] = &[
    Rule { word: "maud::", only_in: &["render/", "web/", "books/", "preview/"], why: "markup is made in four rooms" },
    Rule { word: "quick_xml::", only_in: &["render/"], why: "feeds are written in one room" },
    Rule { word: "toml::", only_in: &["issue/", "config/", "words/"], why: "files are understood where they belong" },
    Rule { word: "toml_edit::", only_in: &["edit.rs", "edit/"], why: "files are edited in one place" },
    Rule { word: "clap::", only_in: &["cli/"], why: "the core knows no command line" },
    Rule { word: "rusqlite::", only_in: &["store/"], why: "SQL stays in the store" },
    Rule { word: "Utc::now", only_in: &["clock.rs"], why: "one source of now" },
    Rule { word: "Local::now", only_in: &["clock.rs"], why: "one source of now" },
    Rule { word: "SystemTime::now", only_in: &["clock.rs"], why: "one source of now" },
    Rule { word: "getrandom::", only_in: &["clock.rs"], why: "one source of chance" },
    Rule { word: "println!", only_in: &["cli/"], why: "only the command line talks" },
    Rule { word: "eprintln!", only_in: &["cli/"], why: "only the command line talks" },
    Rule { word: "print!", only_in: &["cli/"], why: "only the command line talks" },
    Rule { word: "io::stdout", only_in: &["cli/"], why: "only the command line talks" },
    Rule { word: "io::stderr", only_in: &["cli/"], why: "only the command line talks" },
    Rule { word: "process::exit", only_in: &[], why: "main returns its exit code" },
    Rule { word: "todo!", only_in: &[], why: "nothing is called done that is not" },
    Rule { word: "unimplemented!", only_in: &[], why: "nothing is called done that is not" },
    Rule { word: "dbg!", only_in: &[], why: "not a message to anybody" },
    Rule { word: "lettre::", only_in: &["deliver/", "edition/", "edition.rs"], why: "mail is spoken in two rooms" },
    Rule {
        word: "aws_lc_rs::",
        only_in: &["dkim.rs", "dkim/", "deliver/", "http.rs"],
        why: "keys sign in one room, and connect in two others",
    },
    Rule { word: "image::", only_in: &["picture/", "press/specimen/"], why: "pictures are developed in one room" },
    Rule { word: "oxipng::", only_in: &["picture/"], why: "pictures are developed in one room" },
    Rule { word: "jpeg_encoder::", only_in: &["picture/"], why: "pictures are developed in one room" },
    Rule { word: "resvg::", only_in: &["chart/"], why: "charts are drawn in one room" },
    Rule { word: "skrifa::", only_in: &["chart/"], why: "charts are drawn in one room" },
    Rule { word: "ureq::", only_in: &["http.rs"], why: "other machines are asked in one room" },
    Rule {
        word: "crate::http",
        only_in: &["linkbook/", "press/", "preview/", "alarm/carriers.rs", "cli/"],
        why: "the core asks nobody",
    },
    Rule {
        word: "crate::linkbook",
        only_in: &["linkbook/", "press/", "preview/", "cli/"],
        why: "no check knows who asked the network, or when",
    },
    Rule {
        word: "crate::errand",
        only_in: &["alarm/carriers.rs", "deliver/secret.rs", "press/publish.rs", "cli/"],
        why: "the newsroom's own commands are run where it says so",
    },
    Rule { word: "crate::dns", only_in: &["cli/"], why: "only the doctor asks the DNS" },
    Rule { word: "axum::", only_in: &["web/", "preview/"], why: "the web is two rooms" },
    Rule {
        word: "tokio::",
        only_in: &[
            "deliver/",
            "web/",
            "preview/",
            "mailbox.rs",
            "mailbox/",
            "store/ledger_thread.rs",
            "store/writer.rs",
        ],
        why: "the core is plain functions",
    },
    Rule { word: "crate::cli", only_in: &["cli/", "main.rs"], why: "nothing walks back up the street" },
    Rule {
        word: "crate::store",
        only_in: &["store/", "deliver/", "web/", "press/", "books/", "preview/", "cli/"],
        why: "the core knows no database",
    },
    Rule {
        word: "crate::deliver",
        only_in: &["deliver/", "press/", "alarm/carriers.rs", "cli/"],
        why: "the core knows no relay",
    },
    Rule {
        word: "crate::books",
        only_in: &["books/", "press/", "preview/", "cli/"],
        why: "counts become words where a person reads them",
    },
    Rule {
        word: "edit::",
        only_in: &["edit/", "press/begin.rs", "press/correcting.rs", "preview/", "cli/"],
        why: "a file is edited for a person who asked: in a terminal, in a browser, for a new issue or a correction",
    },
    Rule {
        word: "Command::new",
        only_in: &["cli/", "deliver/secret.rs", "errand.rs", "preview/editor.rs"],
        why: "programs are started in four places, each by a command the newsroom wrote",
    },
    Rule { word: "notify::", only_in: &["preview/"], why: "one room watches the files" },
    Rule { word: "crate::preview", only_in: &["preview/", "cli/"], why: "the core knows no desk" },
    Rule { word: "crate::web", only_in: &["web/", "cli/"], why: "the core knows no browser" },
    Rule {
        word: "crate::press",
        only_in: &["press/", "preview/", "cli/"],
        why: "the walk down the street is the commands'",
    },
    Rule {
        word: "crate::files",
        only_in: &["files.rs", "files/", "config/", "press/", "preview/", "cli/"],
        why: "the core opens no file",
    },
    Rule {
        word: "std::fs",
        only_in: &[
            "files.rs",
            "files/",
            "config/",
            "store/",
            "secret.rs",
            "dns.rs",
            "deliver/",
            "mailbox.rs",
            "mailbox/",
            "linkbook/",
            "press/",
            "cli/",
        ],
        why: "effects stay at the edge",
    },
    Rule { word: "TcpStream", only_in: &["deliver/", "web/", "mailbox.rs"], why: "connections belong to three rooms" },
];

/// Lines a source file may have, up to its tests.
const LONGEST: usize = 500;

#[test]
fn every_word_stays_in_its_room() {
    let mut broken = Vec::new();
    for file in sources("src").into_iter().filter(|file| !file.is_test()) {
        for (number, line) in code_lines(&file.text) {
            for rule in RULES {
                if names(line, rule.word) && !rule.only_in.iter().any(|room| file.name.starts_with(room)) {
                    broken.push(format!("src/{}:{number}: `{}`: {}", file.name, rule.word, rule.why));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_rule_names_a_word_that_is_used_or_forbidden() {
    let all: Vec<SourceFile> = sources("src");
    for rule in RULES.iter().filter(|rule| !rule.only_in.is_empty()) {
        let used = all.iter().any(|file| code_lines(&file.text).any(|(_, line)| names(line, rule.word)));
        let banned_words = ["Local::now", "SystemTime::now", "print!", "println!", "eprintln!", "toml_edit::"];
        assert!(used || banned_words.contains(&rule.word), "no file uses `{}`: the rule guards nothing", rule.word);
    }
}

#[test]
fn no_source_file_is_longer_than_a_person_reads() {
    let long: Vec<String> = sources("src")
        .into_iter()
        .chain(sources("tests"))
        .filter_map(|file| {
            let lines = file.text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).count();
            (lines > LONGEST).then(|| format!("{}: {lines} lines", file.name))
        })
        .collect();
    assert!(long.is_empty(), "over {LONGEST} lines: {}", long.join(", "));
}

#[test]
fn every_module_opens_with_its_purpose() {
    let silent: Vec<String> = sources("src")
        .into_iter()
        .chain(sources("tests"))
        .filter(|file| !file.text.starts_with("//! "))
        .map(|file| file.name)
        .collect();
    assert!(silent.is_empty(), "no `//!` head: {}", silent.join(", "));
}

#[test]
fn unwrap_is_for_tests_and_expect_gives_a_reason() {
    let mut broken = Vec::new();
    for file in sources("src").into_iter().filter(|file| !file.is_test()) {
        for (number, line) in code_lines(&file.text) {
            let short_reason = line
                .split(".expect(\"")
                .nth(1)
                .and_then(|rest| rest.split('"').next())
                .is_some_and(|reason| reason.split_whitespace().count() < 3);
            if line.contains(".unwrap()") || short_reason {
                broken.push(format!("src/{}:{number}: {}", file.name, line.trim()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn a_test_is_left_out_only_for_a_server_or_browser_it_names() {
    let mut broken = Vec::new();
    for file in sources("src").into_iter().chain(sources("tests")) {
        for (number, line) in file.text.lines().enumerate() {
            let line = line.trim();
            if line.starts_with("#[ignore") && !(line.contains("needs ") && line.contains("./tests/run")) {
                broken.push(format!("{}:{}: {line}", file.name, number + 1));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn no_test_scenario_is_forgotten_in_the_table_of_contents() {
    let contents = fs::read_to_string(root().join("tests/it/main.rs")).unwrap();
    for file in sources("tests/it") {
        let module = file.name.trim_end_matches(".rs");
        let listed = contents.lines().any(|line| line.starts_with(&format!("mod {module};")));
        assert!(module == "main" || module.contains('/') || listed, "tests/it/main.rs does not list `{module}`");
    }
}

#[test]
fn the_top_level_holds_what_the_card_names() {
    let allowed = [
        "Cargo.toml",
        "Cargo.lock",
        "README.md",
        "CHANGELOG.md",
        "LICENSE",
        "config.toml",
        "issues",
        "src",
        "tests",
        "target",
    ];
    // What a run of the shipped newsroom leaves beside its config; .gitignore names them too.
    let made = [
        "pressrun.db",
        "pressrun.db-wal",
        "pressrun.db-shm",
        "pressrun.secret",
        "pressrun.db.lock.d",
        "pressrun.db.instance",
        "pressrun.db.ballast",
        "pressrun.db.alarm",
        "secrets",
        "pressrun.mailbox",
    ];
    for entry in fs::read_dir(root()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            name.starts_with('.') || allowed.contains(&&*name) || made.contains(&&*name),
            "`{name}` does not belong at the top"
        );
    }
}

struct SourceFile {
    /// From the folder asked for, with `/`.
    name: String,
    text: String,
}

impl SourceFile {
    fn is_test(&self) -> bool {
        self.name.ends_with("tests.rs") || self.name.contains("/tests/")
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &str) -> Vec<SourceFile> {
    let top = root().join(folder);
    let mut found: Vec<PathBuf> = Vec::new();
    let mut folders = vec![top.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false if path.extension().is_some_and(|ending| ending == "rs") => found.push(path),
                false => {}
            }
        }
    }
    found.sort();
    found
        .into_iter()
        .map(|path| SourceFile {
            name: path.strip_prefix(&top).unwrap().to_str().unwrap().to_owned(),
            text: fs::read_to_string(&path).unwrap(),
        })
        .collect()
}

/// Lines before the file's tests that are not comments, with their numbers.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .take_while(|line| !line.starts_with("#[cfg(test)]"))
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Whether a line uses a word, not merely one that ends like it.
fn names(line: &str, word: &str) -> bool {
    line.match_indices(word)
        .any(|(at, _)| !line[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_'))
}
