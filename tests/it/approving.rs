//! Who may vouch for an issue, what they are asked, and what becomes of a list that is not what it was.

use crate::person::Person;
use crate::sink::{Script, Sink};
use crate::world::{World, readers};

const DATE: &str = "2026-11-24";
const ISSUE: &str = "issues/morning/2026-11-24.toml";

/// A newsroom with a checklist, an author who edits this morning's issue, and a rule about who approves it.
fn newsroom(sink: &Sink, rule: &str) -> World {
    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    let config = world.read("config.toml").replace("send_at = \"06:30\"", &format!("send_at = \"06:30\"\n{rule}"));
    world.write(
        "config.toml",
        &format!(
            "{config}\n[authors.maren-oduya]\nname = \"Maren Oduya\"\nemail = \"moduya@quay.test\"\n
             [checklist]\nmorning = [\"Read aloud?\", \"Sums checked?\"]\n"
        ),
    );
    world.write(ISSUE, &format!("editor = \"maren-oduya\"\n{}", world.read(ISSUE)));
    world.subscribe(&readers(5));
    world
}

/// Another issue, a day later, with other stories.
fn tomorrow(world: &World) {
    for (name, news) in [("tram-returns", "tram-again"), ("market-opens", "market-again")] {
        let story = world.read(&format!("issues/stories/2026/{name}.md")).replace(name, news);
        world.write(&format!("issues/stories/2026/{news}.md"), &story);
    }
    let issue = world.read(ISSUE).replace("tram-returns", "tram-again").replace("market-opens", "market-again");
    let issue = issue.replace("subject = \"The harbour tram is back\"", "subject = \"The tram stays\"");
    world.write("issues/morning/2026-11-25.toml", &issue);
}

#[test]
fn a_person_answers_the_checklist_and_the_log_keeps_who_and_when() {
    let sink = Sink::start(Script::default());
    let world = newsroom(&sink, "");
    let mut editor = Person::at(&world, &[], &["approve", "--by", "Ada"]);
    editor.reads("5 readers");
    for question in ["Read aloud?", "Sums checked?", "Send this to 5 readers?"] {
        editor.reads(question);
        editor.types("y");
    }
    let (code, screen) = editor.leaves();
    assert_eq!(code, 0, "{screen}");
    let log = world.ok(&["log", DATE]);
    assert!(log.contains("2026-11-24 06:31:00 WET  Ada approved: The harbour tram is back for 5 readers"), "{log}");
}

#[test]
fn one_no_and_nothing_is_approved() {
    let sink = Sink::start(Script::default());
    let world = newsroom(&sink, "");
    let mut editor = Person::at(&world, &[], &["approve", "--by", "Ada"]);
    editor.reads("Read aloud?");
    editor.types("y");
    editor.reads("Sums checked?");
    editor.types("n");
    let (code, screen) = editor.leaves();
    assert_eq!(code, 5, "{screen}");
    assert!(world.ends(5, &["send", DATE, "--yes"]).stderr.contains("is not approved"));
}

#[test]
fn a_second_person_is_another_person_whatever_the_first_one_calls_herself() {
    let sink = Sink::start(Script::default());
    let world = newsroom(&sink, "approval = \"second-person\"");
    for name in ["Maren Oduya", "maren oduya", "maren-oduya", "MODUYA@quay.test", "moduya", "M. <moduya@quay.test>"] {
        let ran = world.ends(5, &["approve", DATE, "--yes", "--by", name]);
        assert!(ran.stderr.contains("Morning Tide wants a second person"), "{name}: {}", ran.stderr);
    }
    let ran = world.run_in(&[("USER", "moduya")], &["approve", DATE, "--yes"]);
    assert_eq!(ran.code, 5, "the login is a name too: {}", ran.stderr);
    let ran = world.ends(5, &["approve", DATE, "--yes"]);
    assert!(ran.stderr.contains("--by NAME"), "nobody is no second person: {}", ran.stderr);
    // Before any question: nobody answers a checklist for nothing.
    let (code, screen) = Person::at(&world, &[], &["approve", DATE, "--by", "maren-oduya"]).leaves();
    assert!(code == 5 && !screen.contains("Read aloud?"), "{screen}");

    world.ends(0, &["approve", DATE, "--yes", "--by", "Ben Okri"]);
    world.ends(0, &["send", DATE, "--yes"]);
}

#[test]
fn an_issue_that_does_not_say_who_edits_it_has_no_second_person() {
    let sink = Sink::start(Script::default());
    let world = newsroom(&sink, "approval = \"second-person\"");
    world.write(ISSUE, &world.read(ISSUE).replace("editor = \"maren-oduya\"\n", ""));
    let ran = world.ends(5, &["approve", DATE, "--yes", "--by", "Ben Okri"]);
    assert!(ran.stderr.contains("name them in its key `editor`"), "{}", ran.stderr);
}

/// The morning after an issue to five readers, who are twenty-five now.
fn grown(sink: &Sink) -> World {
    let mut world = newsroom(sink, "");
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    world.ok(&["send", DATE, "--yes"]);
    tomorrow(&world);
    world.subscribe(&readers(25));
    world.at("2026-11-25T05:50:00Z");
    world
}

#[test]
fn a_list_that_swung_is_typed_by_a_person_at_the_approval_and_logged() {
    let sink = Sink::start(Script::default());
    let world = grown(&sink);
    for (typed, ends) in [("5", 5), ("25", 0)] {
        let mut editor = Person::at(&world, &[], &["approve", "2026-11-25", "--by", "Ada"]);
        for question in ["Read aloud?", "Sums checked?", "Send this to 25 readers?"] {
            editor.reads(question);
            editor.types("y");
        }
        editor.answers("the list went from 5 to 25 readers", typed);
        let (code, screen) = editor.leaves();
        assert_eq!(code, ends, "{screen}");
    }
    let log = world.ok(&["log", "2026-11-25"]);
    assert!(log.contains("for 25 readers") && log.contains("the list went from 5 to 25 readers"), "{log}");
    assert_eq!(log.lines().count(), 1, "the number that was not right approved nothing: {log}");
}

#[test]
fn yes_takes_a_swing_for_right_and_never_in_silence() {
    let sink = Sink::start(Script::default());
    let mut world = grown(&sink);
    let ran = world.ends(0, &["approve", "2026-11-25", "--by", "Ada", "--yes", "--quiet"]);
    assert!(ran.stderr.contains("mind that the list went from 5 to 25 readers"), "{}", ran.stderr);
    assert!(world.ok(&["log", "2026-11-25"]).contains("the list went from 5 to 25 readers"));
    // From here on it is held against what was seen then.
    world.at("2026-11-25T06:31:00Z");
    world.subscribe(&readers(40));
    let ran = world.ends(5, &["send", "2026-11-25", "--yes"]);
    assert!(ran.stderr.contains("from 25 readers at the approval to 40"), "{}", ran.stderr);
    world.ok(&["approve", "2026-11-25", "--by", "Ada", "--yes"]);
    world.ends(0, &["send", "2026-11-25", "--yes"]);
}

#[test]
fn where_nobody_has_to_approve_the_list_is_held_against_the_last_issue() {
    let sink = Sink::start(Script::default());
    let mut world = newsroom(&sink, "approval = \"optional\"");
    world.ends(0, &["send", "--due"]);
    assert_eq!(sink.kept().len(), 5);
    tomorrow(&world);
    world.subscribe(&readers(25));
    world.at("2026-11-25T06:31:00Z");
    let ran = world.ends(5, &["send", "--due"]);
    assert!(ran.stderr.contains("from 5 readers of the last issue to 25"), "{}", ran.stderr);
    assert_eq!(sink.kept().len(), 5, "nobody was mailed");
    // Somebody says that it is right.
    world.ok(&["approve", "2026-11-25", "--by", "Ada", "--yes"]);
    world.ends(0, &["send", "--due"]);
    assert_eq!((sink.kept().len(), sink.copies("reader1@reader.test")), (30, 2));
}

#[test]
fn every_check_at_send_says_its_name_which_explain_knows() {
    let sink = Sink::start(Script::default());
    let mut world = newsroom(&sink, "");
    let mut told = String::new();
    let mut said = |stderr: &str, check: &str| {
        assert!(stderr.contains(&format!("[{check}]: ")), "{check}: {stderr}");
        told.push_str(stderr);
        told.push('\n');
    };
    world.at("2026-11-23T20:00:00Z");
    said(&world.ends(5, &["send", DATE, "--yes", "--dry-run"]).stderr, "outside-window");
    said(&world.ends(5, &["send", DATE, "--yes"]).stderr, "not-approved");
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    world.subscribe(&readers(9));
    said(&world.ends(5, &["send", DATE, "--yes"]).stderr, "audience-swing");
    let written = world.read(ISSUE);
    world.write(ISSUE, &written.replace("The harbour tram is back", "The harbour tram returns"));
    said(&world.ends(5, &["send", DATE, "--yes"]).stderr, "changed-since-approval");
    world.write(ISSUE, &written);
    world.at("2026-11-24T11:45:00Z");
    said(&world.ends(5, &["send", "--due"]).stderr, "too-late");
    said(&world.ends(5, &["send", DATE, "--yes", "--dry-run"]).stderr, "outside-window");
    world.at("2026-11-26T06:31:00Z");
    said(&world.ends(5, &["send", DATE, "--yes"]).stderr, "date-stale");
    for reader in readers(9) {
        world.ok(&["suppressions", "add", &reader, "--reason", "manual"]);
    }
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    said(&world.ends(5, &["send", DATE, "--yes"]).stderr, "audience-empty");
    assert_eq!(sink.kept().len(), 0, "nobody was mailed");
    insta::assert_snapshot!(told);
}
