//! What a newcomer sees: help, the board, colours, closed pipes.

use std::collections::BTreeSet;
use std::process::Command;

use crate::sink::{Script, Sink};
use crate::world::{World, readers};

/// The commands as the help lists them.
fn commands(help: &str) -> Vec<String> {
    let list = help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).unwrap();
    let named = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    named.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect()
}

#[test]
fn the_whole_help_is_the_golden_one() {
    let world = World::sample();
    let mut help = world.ok(&["--help"]);
    for command in commands(&help) {
        help.push_str(&format!("\n──── pressrun {command} ────\n\n"));
        help.push_str(&world.ok(&[&command, "--help"]));
    }
    insta::assert_snapshot!("help", help);
}

#[test]
fn the_readme_lists_every_command_and_no_other() {
    let readme = include_str!("../../README.md");
    let table = readme.split("| command | does |").nth(1).and_then(|rest| rest.split("\n\n").next()).unwrap();
    let cells = table.lines().filter_map(|row| row.split('|').nth(1));
    let listed =
        cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).filter_map(|name| name.split_whitespace().next());
    let listed: BTreeSet<&str> = listed.filter(|name| *name != "pressrun").collect();
    let all = commands(&World::sample().ok(&["--help"]));
    assert_eq!(listed, all.iter().map(String::as_str).collect());
}

/// The help of a command and of all below it, each under the words typed for it.
fn helps(world: &World, typed: &[&str], all: &mut Vec<(String, String)>) {
    let help = world.ok(&[typed, &["--help"]].concat());
    let below = help.split_once("\nCommands:\n").map_or("", |(_, rest)| rest.split("\n\n").next().unwrap_or_default());
    let named = |line: &str| line.strip_prefix("  ").and_then(|line| line.split(' ').next()).map(str::to_owned);
    for command in below.lines().filter_map(named).filter(|name| !name.is_empty() && name != "help") {
        helps(world, &[typed, &[command.as_str()]].concat(), all);
    }
    all.push((["pressrun", &typed.join(" ")].join(" ").trim().to_owned(), help));
}

#[test]
fn the_help_of_every_command_shows_it_being_typed() {
    let mut all = Vec::new();
    helps(&World::sample(), &[], &mut all);
    assert!(all.len() > 50, "every command was found: {}", all.len());
    for (typed, help) in all {
        let examples = help.split_once("Example").map_or("", |(_, examples)| examples);
        let first = typed.split(' ').next_back().unwrap_or_default();
        assert!(
            examples.lines().any(|line| line.starts_with("    pressrun") && line.contains(first)),
            "`{typed} --help` has no example of it\n{help}"
        );
    }
}

#[test]
fn the_board_says_what_comes_next() {
    let sink = Sink::start(Script::default());
    let mut world = World::with_relay(&format!("smtp://{}", sink.address()));
    world.at("2026-11-24T05:40:00Z");
    world.subscribe(&readers(12));
    insta::assert_snapshot!("board_before_approval", world.ok(&[]));
    world.ok(&["approve", "2026-11-24", "--by", "Ada", "--yes"]);
    insta::assert_snapshot!("board_after_approval", world.ok(&[]));
    world.ok(&["send", "2026-11-24", "--yes"]);
    insta::assert_snapshot!("board_after_the_run", world.ok(&[]));
}

#[test]
fn colour_is_for_terminals_and_those_who_ask() {
    let world = World::sample();
    let issue = world.read("issues/morning/2026-11-24.toml");
    world.write("issues/morning/2026-11-24.toml", &issue.replacen("type", "tpye", 1));
    let plain = world.ends(3, &["check", "2026-11-24"]);
    assert!(!plain.stdout.contains('\u{1b}'), "{}", plain.stdout);
    let coloured = world.ends(3, &["--color", "always", "check", "2026-11-24"]);
    assert!(coloured.stdout.contains('\u{1b}'), "{}", coloured.stdout);
}

#[test]
fn a_reader_who_closes_the_pipe_ends_a_command_well() {
    let world = World::sample();
    let script = format!(
        "{} show 2026-11-24 --html | head -c 10 >/dev/null; echo ${{PIPESTATUS[0]}}",
        env!("CARGO_BIN_EXE_pressrun")
    );
    let output = Command::new("bash").arg("-c").arg(script).current_dir(world.path(".")).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "0");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn one_key_can_be_overridden_for_one_run() {
    let world = World::sample();
    let text = world.ok(&["--set", "publication.postal_address=The Attic, 5 Elsewhere Lane", "show", "2026-11-24"]);
    assert!(text.contains("The Attic, 5 Elsewhere Lane"), "{text}");
}

#[test]
fn a_secret_never_prints() {
    let world = World::with_relay("smtp://ada@127.0.0.1:1");
    world.write("password", "open-sesame\n");
    world.subscribe(&readers(2));
    let password = ["--set", "relays.main.password_file=password", "-v"];
    world.ok(&[&password[..], &["approve", "2026-11-24", "--yes"]].concat());
    let ran = world.run(&[&password[..], &["send", "2026-11-24", "--yes"]].concat());
    let secret = world.read("pressrun.secret");
    let key = secret.lines().last().unwrap().split(' ').nth(1).unwrap();
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert!(!said.contains("open-sesame") && !said.contains(key), "{said}");
}

#[test]
fn with_json_every_command_that_does_something_prints_objects_and_nothing_else() {
    let world = World::sample();
    let commands: [&[&str]; 19] = [
        &["subscribers", "add", "anna@example.org"],
        &["subscribers", "add", "anna@example.org"],
        &["subscribers", "add", "bert@example.org"],
        &["subscribers", "remove", "bert@example.org"],
        &["subscribers", "remove", "bert@example.org"],
        &["subscribers", "remove", "nobody@example.org"],
        &["suppressions", "add", "@spam.example"],
        &["suppressions", "add", "@spam.example"],
        &["suppressions", "lift", "@spam.example"],
        &["suppressions", "lift", "@spam.example"],
        &["build", "2026-11-24", "-o", "out"],
        &["test", "me@example.org", "2026-11-24"],
        &["approve", "2026-11-24", "--yes"],
        &["unapprove", "2026-11-24"],
        &["approve", "2026-11-24", "--yes"],
        &["send", "2026-11-24", "--dry-run"],
        &["hold", "2026-11-24"],
        &["hold", "2026-11-24"],
        &["release", "2026-11-24"],
    ];
    for command in commands {
        let printed = world.ok(&[&["--json"], command].concat());
        assert!(!printed.is_empty(), "{command:?} printed nothing");
        for line in printed.lines() {
            let object = serde_json::from_str::<serde_json::Value>(line);
            assert!(object.is_ok_and(|object| object.is_object()), "{command:?} printed {line:?}");
        }
    }
}

#[test]
fn a_store_that_is_no_store_is_named() {
    let world = World::sample();
    world.write("pressrun.db", "not a database, but long enough to be looked into as if it were one\n");
    let ran = world.ends(1, &["status"]);
    assert!(ran.stderr.contains("pressrun.db"), "{}", ran.stderr);
}

#[test]
fn an_issue_can_be_named_from_inside_its_own_folder() {
    let world = World::sample();
    let output = Command::new(env!("CARGO_BIN_EXE_pressrun"))
        .args(["-C", "../..", "show", "2026-11-28.toml", "--text"])
        .current_dir(world.path("issues/good-news"))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("The Bright Side"), "{text}{}", String::from_utf8_lossy(&output.stderr));
}
