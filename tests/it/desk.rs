//! The desk: issues begun, stories put in and taken out, and the editor's own lines left alone.

use crate::sink::{Script, Sink};
use crate::world::{World, readers};

#[test]
fn an_issue_is_begun_from_the_template_and_never_twice() {
    let world = World::sample();
    let ran = world.run(&["new"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "wrote issues/morning/2026-11-25.toml\n"), "{ran:?}");
    let text = world.read("issues/morning/2026-11-25.toml");
    assert!(text.starts_with("# First Light, Wednesday 25 November 2026\n\nsubject   = \"TK\"\n"), "{text}");
    let again = world.run(&["new", "2026-11-25"]);
    assert_eq!(again.code, 5);
    assert!(again.stderr.contains("is there already, and was left as it is"), "{again:?}");
    assert_eq!(world.read("issues/morning/2026-11-25.toml"), text);
    assert_eq!(world.run(&["new"]).stdout, "wrote issues/morning/2026-11-26.toml\n");
}

#[test]
fn an_issue_of_the_past_gives_its_bones_and_not_its_news() {
    let world = World::sample();
    let ran = world.run(&["new", "fri", "--from", "2026-11-24"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    insta::assert_snapshot!("skeleton", world.read("issues/morning/2026-11-27.toml"));
    let checked = world.run(&["check", "2026-11-27"]);
    assert!(checked.stdout.contains("placeholder") || checked.stdout.contains("TK"), "{checked:?}");
}

#[test]
fn stories_go_in_move_and_come_out_again() {
    let world = World::sample();
    let before = world.read("issues/morning/2026-11-24.toml");
    let added =
        world.run(&["add", "ferry-cat", "council-tax-bands", "--in", "2026-11-24", "--to", "picks", "--at", "1"]);
    assert_eq!(added.code, 0, "{added:?}");
    insta::assert_snapshot!("added", format!("{}{}", added.stdout, added.stderr));
    let moved = world.run(&["move", "council-tax-bands", "--in", "2026-11-24", "--at", "1"]);
    assert_eq!(moved.code, 0, "{moved:?}");
    let dropped = world.run(&["drop", "council-tax-bands", "ferry-cat", "--in", "2026-11-24"]);
    assert_eq!(dropped.code, 0, "{dropped:?}");
    assert_eq!(world.read("issues/morning/2026-11-24.toml"), before);
}

#[test]
fn a_story_nobody_wrote_is_not_added() {
    let world = World::sample();
    let before = world.read("issues/morning/2026-11-24.toml");
    let ran = world.run(&["add", "fery-cat", "--in", "2026-11-24"]);
    assert_eq!(ran.code, 2);
    assert_eq!(ran.stderr, "error: there is no story `fery-cat`\nhelp: did you mean `ferry-cat`?\n");
    assert_eq!(world.read("issues/morning/2026-11-24.toml"), before);
}

#[test]
fn a_waiver_is_kept_with_its_reason_and_heeded() {
    let world = World::sample();
    let text = world.read("issues/morning/2026-11-24.toml");
    let long = "subject   = \"A subject that goes on for rather longer than fifty characters of news\"";
    world.write(
        "issues/morning/2026-11-24.toml",
        &text.replace("subject   = \"The barrier held. One pump did not\"", long),
    );
    let warned = world.run(&["check", "2026-11-24", "--strict", "--only", "subject-long"]);
    assert_eq!(warned.code, 4, "{warned:?}");
    let waived = world.run(&["waive", "subject-long", "a name is a name", "2026-11-24"]);
    assert_eq!(waived.code, 0, "{waived:?}");
    let noted = world.run(&["check", "2026-11-24", "--strict", "--only", "subject-long"]);
    assert_eq!(noted.code, 0, "{noted:?}");
    assert!(noted.stdout.contains("waived: a name is a name"), "{noted:?}");
    let bound = world.run(&["waive", "unknown-story", "no", "2026-11-24"]);
    assert_eq!((bound.code, bound.stderr.contains("cannot be waived")), (2, true), "{bound:?}");
}

#[test]
fn what_an_edition_went_without_stands_in_its_log() {
    let sink = Sink::start(Script::default());
    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    world.subscribe(&readers(2));
    world.ok(&["waive", "words", "the news is short", "2026-11-24"]);
    world.ok(&["approve", "2026-11-24", "--by", "Ada", "--yes"]);
    world.ends(0, &["send", "2026-11-24", "--yes"]);
    let log = world.ok(&["log", "2026-11-24"]);
    assert!(log.contains("pressrun waived: words: the news is short"), "{log}");
}

#[test]
fn safe_mends_are_made_where_they_are_asked_for_and_guesses_are_not() {
    let world = World::sample();
    let path = "issues/morning/2026-11-24.toml";
    let text = world.read(path);
    let link = "[the harbour's page](https://harbourtrust.example/tides)";
    let text = text.replace("city was dry.", &format!("city was dry, says {link}."));
    let tracked = text.replace("/tides)", "/tides?utm_source=x)").replace("barrier-holds", "barrier-hold");
    assert_ne!(tracked, text);
    world.write(path, &tracked);
    let ran = world.run(&["check", "2026-11-24", "--fix"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.stdout.contains("unknown-story") && !ran.stdout.contains("tracking-params"), "{ran:?}");
    assert!(ran.stderr.contains("mended issues/morning/2026-11-24.toml"), "{ran:?}");
    assert_eq!(world.read(path), text.replace("barrier-holds", "barrier-hold"));
}

#[test]
fn what_ran_lately_is_remembered() {
    let world = World::sample();
    let ran = world.run(&["add", "tide-warning", "--in", "2026-11-24", "--show", "full"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let checked = world.run(&["check", "2026-11-24", "--only", "repeated-recently"]);
    assert_eq!(checked.code, 0, "{checked:?}");
    assert!(checked.stdout.contains("`tide-warning` ran in morning of 2026-11-23"), "{checked:?}");
    let again = world.run(&["add", "night-trams-return", "--in", "2026-11-24", "--show", "full"]);
    assert_eq!(again.code, 0, "{again:?}");
    let checked = world.run(&["check", "2026-11-24", "--only", "repeated-recently"]);
    assert_eq!(checked.code, 4, "{checked:?}");
    assert!(checked.stdout.contains("in full as now"), "{checked:?}");
    let path = "issues/morning/2026-11-24.toml";
    let subject = "The trams will run all night again";
    world.write(path, &world.read(path).replace("The barrier held. One pump did not", subject));
    let checked = world.run(&["check", "2026-11-24", "--only", "subject-same-as-recent"]);
    assert!(checked.stdout.contains("the issue of 2026-11-23 had the same subject"), "{checked:?}");
}

#[test]
fn a_story_is_begun_with_the_headings_of_its_form() {
    let world = World::sample();
    let ran =
        world.run(&["story", "new", "Ferries \"will run\" until one, says Odile's deputy", "--form", "speed-read"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    insta::assert_snapshot!(
        "story",
        world.read("issues/stories/2026/ferries-will-run-until-one-says-odiles-deputy.md")
    );
    let added = world.run(&["add", "ferries-will-run-until-one-says-odiles-deputy", "--in", "2026-11-24"]);
    assert_eq!(added.code, 0, "{added:?}");
    let checked = world.run(&["check", "2026-11-24", "--only", "placeholder"]);
    assert!(checked.stdout.contains("ferries-will-run-until-one"), "{checked:?}");
    assert_eq!(world.run(&["story", "new", "The ferry cat"]).code, 0);
    assert_eq!(world.run(&["story", "new", "The ferry cat"]).code, 5);
}

#[test]
fn a_mistake_in_the_settings_is_an_object_too() {
    let world = World::sample();
    world.write("config.toml", &world.read("config.toml").replace("Europe/London", "Europe/Londn"));
    for args in [["check", "--json"], ["check", "--format=json"], ["stories", "--json"]] {
        let ran = world.ends(2, &args);
        let told: serde_json::Value = serde_json::from_str(ran.stdout.trim()).unwrap();
        assert_eq!((told["check"].as_str(), told["file"].as_str()), (Some("config"), Some("config.toml")), "{ran:?}");
        assert_eq!((told["line"].as_u64(), ran.stderr.as_str()), (Some(29), ""), "{ran:?}");
    }
    let ran = world.ends(2, &["check", "--format=github"]);
    assert!(ran.stdout.starts_with("::error title=config,file=config.toml,line=29,col=12::"), "{ran:?}");
    assert!(world.ends(2, &["check"]).stderr.contains("there is no time zone \"Europe/Londn\""));
}

#[test]
fn a_check_is_explained_with_its_reason_and_its_source() {
    let world = World::sample();
    insta::assert_snapshot!("explain", world.run(&["explain", "link-vague"]).stdout);
    insta::assert_snapshot!("explain_binding", world.run(&["explain", "unknown-story"]).stdout);
    let slip = world.run(&["explain", "link-vage"]);
    assert_eq!((slip.code, slip.stderr.contains("did you mean `link-vague`?")), (2, true), "{slip:?}");
    assert!(world.run(&["explain"]).stdout.lines().count() > 50);
}

#[test]
fn the_archive_is_listed_newest_first_with_where_each_story_ran() {
    let world = World::sample();
    insta::assert_snapshot!("stories", world.run(&["stories"]).stdout);
    insta::assert_snapshot!("stories_unused", world.run(&["stories", "harbour", "--unused"]).stdout);
}

#[test]
fn the_schedule_says_when_the_clocks_change() {
    let mut world = World::sample();
    insta::assert_snapshot!("schedule", world.run(&["schedule", "6"]).stdout);
    world.at("2027-03-25T12:00:00Z");
    insta::assert_snapshot!("schedule_in_spring", world.run(&["schedule", "4", "-n", "morning"]).stdout);
}

#[test]
fn completions_and_pages_name_every_command() {
    let world = World::sample();
    for shell in ["bash", "zsh", "fish"] {
        let script = world.run(&["completions", shell]);
        assert!(script.code == 0 && script.stdout.contains("subscribers"), "{shell}");
    }
    assert_eq!(world.run(&["man", "-o", "man"]).code, 0);
    assert!(world.read("man/pressrun-send.1").contains("NAME"));
}

#[test]
fn a_newsroom_is_laid_out_that_checks_clean_and_can_be_rehearsed() {
    let world = World::sample();
    let ran = world.run(&["init", "our-lantern", "--yes"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.contains("wrote config.toml\n"), "{ran:?}");
    let checked = world.run(&["-C", "our-lantern", "check", "--strict"]);
    assert_eq!((checked.code, checked.stdout.as_str()), (0, ""), "{checked:?}");
    assert!(world.read("our-lantern/config.toml").contains("name           = \"Our Lantern\""));
    assert_eq!(world.run(&["-C", "our-lantern", "fmt", "our-lantern/issues", "--check"]).code, 0);
    assert!(world.run(&["-C", "our-lantern"]).stdout.contains("The Morning Briefing"));
    let begun = world.run(&["-C", "our-lantern", "new"]);
    assert_eq!(begun.code, 0, "{begun:?}");
    let config = world.read("our-lantern/config.toml");
    let again = world.run(&["init", "our-lantern", "--yes"]);
    assert_eq!((again.code, again.stderr.contains("there is a newsroom in")), (5, true), "{again:?}");
    assert_eq!(world.read("our-lantern/config.toml"), config);
    let asked = world.run(&["init", "elsewhere"]);
    assert_eq!((asked.code, asked.stderr.contains("`--yes` takes the defaults")), (2, true), "{asked:?}");
}

#[test]
fn the_sample_is_in_the_style_that_fmt_makes() {
    let world = World::sample();
    let ran = world.run(&["fmt", "issues", "--check"]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn house_style_is_made_and_nothing_else_is_touched() {
    let world = World::sample();
    let path = "issues/stories/2026/odd.md";
    world.write(
        path,
        "+++\nkicker = \"in depth\"\n# the desk's own\nheadline = \"Odd\" # no\nurl = \"https://lantern.example/odd?utm_source=x&a=1\"\n+++\n\n“It’s *odd*,” she said, `“code”`.\n",
    );
    let looked = world.run(&["fmt", path, "--check"]);
    assert_eq!(looked.code, 4, "{looked:?}");
    let ran = world.run(&["fmt", path]);
    assert_eq!(ran.code, 0, "{ran:?}");
    insta::assert_snapshot!("formatted", format!("{}{}", ran.stdout, ran.stderr));
    assert_eq!(
        world.read(path),
        "+++\n# the desk's own\nheadline = \"Odd\" # no\nkicker = \"In Depth\"\nurl = \"https://lantern.example/odd?a=1\"\n+++\n\n\"It's *odd*,\" she said, `“code”`.\n"
    );
    assert_eq!(world.run(&["fmt", path, "--check"]).code, 0);
    assert_eq!(world.run(&["fmt", "config.toml"]).code, 2);
}

#[test]
fn a_difference_is_what_a_reader_would_notice() {
    let world = World::sample();
    world.ends(5, &["diff", "2026-11-24"]);
    world.ok(&["approve", "2026-11-24", "--by", "Ada", "--yes"]);
    let path = "issues/morning/2026-11-24.toml";
    let text = world.read(path);
    world.write(path, &format!("# a note among ourselves\n{text}"));
    let same = world.ends(0, &["diff", "2026-11-24", "--to", "approved"]);
    assert_eq!(
        (same.stdout.as_str(), same.stderr.contains("no difference to what Ada approved")),
        ("", true),
        "{same:?}"
    );
    let edited = text
        .replace("One pump did not", "One pump failed")
        .replace("Plus the vote", "And the vote")
        .replace("Except for eleven homes", "Except for twelve homes")
        .replace("a storm lamp, a coil of rope", "a lamp, a coil of rope");
    world.write(path, &edited);
    let ran = world.ends(0, &["diff", "2026-11-24"]);
    insta::assert_snapshot!("diff", format!("{}{}", ran.stdout, ran.stderr));
    world.ends(5, &["diff", "2026-11-24", "--to", "sent"]);
    assert!(world.ok(&["diff", "2026-11-24", "--to", "2026-11-23"]).contains("- The trams will run all night again"));
    assert!(world.ok(&["diff", "2026-11-24", "--json"]).starts_with("{\"new\":\"The barrier held. One pump failed\""));
}
