//! The list through the command line: importing, exporting, suppressing.

use serde_json::Value;

use crate::world::World;

fn newsroom() -> World {
    World::with_relay("smtp://127.0.0.1:1")
}

fn counted(world: &World, args: &[&str]) -> Value {
    serde_json::from_str(&world.ok(&[&["--json", "subscribers"], args].concat())).unwrap()
}

#[test]
fn the_same_import_again_brings_nobody_new() {
    let world = newsroom();
    world.write("list.csv", "E-Mail;Vorname\nanna@reader.test;Anna\nANNA@reader.test;Anna\nbo@reader.test;\n");
    let first = counted(&world, &["import", "list.csv"]);
    assert_eq!((&first["new"], &first["already"]), (&2.into(), &1.into()));
    let again = counted(&world, &["import", "list.csv"]);
    assert_eq!((&again["new"], &again["already"]), (&0.into(), &3.into()));
    assert_eq!(counted(&world, &["count"])["active"], 2);
}

#[test]
fn bad_rows_go_to_a_file_with_line_and_reason_and_stop_nothing() {
    let world = newsroom();
    world.write("list.csv", "email,city\nanna@reader.test,\"Bath\nSpa\"\nnobody,Bath\nbo@reader.test\n");
    let ran = world.ends(0, &["subscribers", "import", "list.csv"]);
    assert!(ran.stdout.contains("list.csv.rejects.csv"), "{ran:?}");
    assert_eq!(world.read("list.csv.rejects.csv"), "line,reason,row\n4,`nobody` has no @,nobody,Bath\n");
    assert_eq!(counted(&world, &["count"])["active"], 2);
    world.ends(0, &["subscribers", "import", "list.csv", "--rejects", "bad.csv"]);
    assert_eq!(world.read("bad.csv"), world.read("list.csv.rejects.csv"));
}

#[test]
fn a_list_without_one_usable_row_is_exit_2() {
    let world = newsroom();
    world.write("list.csv", "email\nnobody\n");
    let ran = world.ends(2, &["subscribers", "import", "list.csv"]);
    assert!(ran.stderr.contains("no row of `list.csv` was usable"), "{ran:?}");
    world.ends(2, &["subscribers", "import", "missing.csv"]);
    world.write("towns.csv", "town\nBath\n");
    world.ends(2, &["subscribers", "import", "towns.csv"]);
}

#[test]
fn a_dry_run_says_what_an_import_then_does() {
    let world = newsroom();
    world.write("list.csv", "anna@reader.test\nbo@reader.test\nbo@reader.test\ncy@shut.test\nnobody\n");
    world.ok(&["suppressions", "add", "@shut.test", "--reason", "closed"]);
    let mut dry = counted(&world, &["import", "list.csv", "--dry-run"]);
    assert_eq!(counted(&world, &["count"])["active"], 0, "nothing was written");
    assert!(!world.path("list.csv.rejects.csv").exists());
    let real = counted(&world, &["import", "list.csv"]);
    for changed in ["dry_run", "rejects"] {
        dry[changed] = real[changed].clone();
    }
    assert_eq!(dry, real);
    assert_eq!((&real["new"], &real["already"], &real["suppressed"]), (&2.into(), &1.into(), &1.into()));
}

#[test]
fn an_export_is_safe_in_a_spreadsheet_and_comes_in_as_it_was() {
    let world = newsroom();
    world.write("list.csv", "email,first_name\n=1@reader.test,+cmd\nanna@reader.test,\"Anna, B\"\n");
    world.ok(&["subscribers", "import", "list.csv"]);
    world.ok(&["subscribers", "remove", "anna@reader.test"]);
    let export = world.ok(&["subscribers", "export"]);
    assert!(export.contains("\n'=1@reader.test,'+cmd,active,import,"), "{export}");
    assert!(export.contains("\nanna@reader.test,\"Anna, B\",left,import,"), "{export}");

    let other = newsroom();
    other.write("export.csv", &export);
    other.ends(0, &["subscribers", "import", "export.csv"]);
    let back = other.ok(&["subscribers", "export"]);
    assert!(back.contains("\n'=1@reader.test,'+cmd,active,"), "{back}");
    assert!(!back.contains("anna@reader.test"), "whoever left is not brought back: {back}");
}

#[test]
fn whoever_is_suppressed_or_left_is_added_only_on_purpose() {
    let world = newsroom();
    world.ok(&["suppressions", "add", "anna@reader.test", "--reason", "rang us"]);
    assert!(world.ok(&["suppressions", "list"]).contains("anna@reader.test"));
    world.ends(5, &["subscribers", "add", "anna@reader.test"]);
    assert!(world.ok(&["subscribers", "find", "anna@reader.test"]).contains("rang us"));
    world.ok(&["suppressions", "lift", "anna@reader.test"]);
    world.ok(&["subscribers", "add", "anna@reader.test", "--name", "Anna"]);
    world.ok(&["subscribers", "remove", "anna@reader.test"]);
    world.ends(5, &["subscribers", "add", "anna@reader.test"]);
    world.ok(&["subscribers", "add", "anna@reader.test", "--again"]);
    assert!(world.ok(&["subscribers", "find", "ANNA@reader.test"]).contains("active"));
    world.ends(2, &["subscribers", "add", "anna"]);
}
