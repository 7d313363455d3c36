//! A newsroom of one's own: the questions of `init` as a person is asked them, and the editor that opens.

use crate::person::Person;
use crate::world::World;

/// A folder without a newsroom.
fn nowhere() -> World {
    let world = World::with_relay("mailbox:");
    std::fs::remove_file(world.path("config.toml")).unwrap();
    std::fs::remove_dir_all(world.path("issues")).unwrap();
    world
}

/// Answers every question, and takes what is offered where the answer is empty.
fn lay_out(world: &World, editor: &str) -> (i32, String) {
    let mut person = Person::at(world, &[("TZ", "Europe/Lisbon")], &["init", "lantern"]);
    for (question, answer) in [
        ("The publication", "The Quay “Light”"),
        ("Its site", "https://quay.example"),
        ("Its time zone", ""),
        ("The language of its readers", "pt"),
        ("A postal address", "2 Rope Walk, Saltmouth"),
        ("Who edits it", editor),
        ("The newsletter", "Maré da manhã"),
        ("The address it comes from", "mare@quay.example"),
        ("The hour it is sent", "07:15"),
        ("The days", "Mon Wed Fri"),
    ] {
        person.answers(question, answer);
    }
    person.leaves()
}

#[test]
fn any_name_edits_a_newsroom() {
    for editor in ["Zoë Núñez", "山田", "Jean-Luc O’Brien \"JL\"", "…"] {
        let world = nowhere();
        let (code, screen) = lay_out(&world, editor);
        assert_eq!(code, 0, "{editor}: {screen}");
        let config = world.read("lantern/config.toml");
        let toml: toml::Table = config.parse().unwrap();
        let authors = toml["authors"].as_table().unwrap();
        let names: Vec<&str> = authors.values().map(|author| author["name"].as_str().unwrap()).collect();
        assert_eq!(names, [editor]);
        assert_eq!(toml["newsletters"]["morning"]["send_at"].as_str(), Some("07:15"));
        // What was laid out is an issue that can be sent, signed by that name.
        world.ends(0, &["-C", "lantern", "check"]);
        world.ok(&["-C", "lantern", "approve", "--yes", "--by", "Ada"]);
        assert!(world.ok(&["-C", "lantern", "show", "--text"]).contains(editor.split('"').next().unwrap().trim()));
    }
}

#[test]
fn a_wrong_answer_is_asked_again_and_says_what_is_wanted() {
    let world = nowhere();
    let mut person = Person::at(&world, &[], &["init"]);
    person.answers("The publication", "The Quay");
    person.answers("Its site", "quay.example");
    person.reads("such as https://news.example");
    for _ in "quay.example".chars() {
        person.presses("\u{7f}");
    }
    person.types("https://quay.example\r");
    person.answers("Its time zone", "Lisbon");
    person.reads("Europe/Lisbon is one");
    // Ctrl-C: nothing was written yet.
    person.presses("\u{3}");
    let (code, screen) = person.leaves();
    assert_ne!(code, 0, "{screen}");
    assert!(!world.path("config.toml").exists(), "{screen}");
}

#[test]
fn nothing_that_is_there_is_overwritten_and_nobody_at_the_terminal_is_no_person() {
    let world = nowhere();
    world.ends(2, &["init"]);
    world.ends(0, &["init", "--yes"]);
    let config = world.read("config.toml");
    world.ends(5, &["init", "--yes"]);
    assert_eq!(world.read("config.toml"), config);
}

#[test]
fn the_first_issue_of_a_friday_s_newsroom_is_monday_s_and_nothing_is_said_of_it() {
    let mut world = nowhere();
    world.at("2026-11-27T10:00:00Z");
    world.ok(&["init", "--yes"]);
    let ran = world.ends(0, &["check", "2026-11-30", "--json"]);
    assert_eq!(ran.stdout, "", "{}", ran.stderr);
}

#[test]
fn an_issue_just_begun_opens_in_the_editor_somebody_has_named() {
    let world = World::sample();
    // As git does: a command with options, which the shell reads.
    let editor = ("EDITOR", "sh -c 'echo opened $(basename $1) >> editor; sed -i s/TK/news/ $1' -s");
    let (code, screen) = Person::at(&world, &[editor], &["new", "2026-12-01", "-n", "morning"]).leaves();
    assert_eq!(code, 0, "{screen}");
    assert_eq!(world.read("editor"), "opened 2026-12-01.toml\n");
    assert!(world.read("issues/morning/2026-12-01.toml").contains("news"));

    // The visual one is asked first; one that fails takes nothing away.
    let both = [editor, ("VISUAL", "false")];
    let (code, screen) = Person::at(&world, &both, &["new", "2026-12-02", "-n", "morning"]).leaves();
    assert!(code == 0 && screen.contains("the file is there all the same"), "{screen}");
    let (code, screen) = Person::at(&world, &[editor], &["new", "2026-12-03", "-n", "morning", "--no-edit"]).leaves();
    assert_eq!(code, 0, "{screen}");
    // A script has no hands.
    world.command(&["new", "2026-12-04", "-n", "morning"]).env("EDITOR", editor.1).status().unwrap();
    assert_eq!(world.read("editor").lines().count(), 1);
}
