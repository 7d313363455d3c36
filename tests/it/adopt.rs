//! A store that is not the one that sends, and a disk that has no room left.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::sink::{Script, Sink};
use crate::world::{World, readers};

const DATE: &str = "2026-11-24";

/// A newsroom that stopped half-way through its edition.
fn half_sent(sink: &Sink) -> World {
    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    world.subscribe(&readers(6));
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    world.ends(6, &["send", DATE, "--yes", "--limit", "2"]);
    world.ok(&["release", DATE]);
    world
}

fn copy(from: &World, name: &str, to: &Path) {
    fs::copy(from.path(name), to).unwrap();
}

#[test]
fn a_copied_store_sends_nothing_until_it_is_adopted_and_then_holds_what_was_under_way() {
    let sink = Sink::start(Script::default());
    let world = half_sent(&sink);
    // The whole newsroom, moved by `cp` while it was quiet.
    for name in ["pressrun.db", "pressrun.db.instance"] {
        copy(&world, name, &world.path(&name.replace("pressrun.db", "copy.db")));
    }
    let copied = ["--set", "store.url=sqlite:copy.db"];
    let run = |code: i32, args: &[&str]| world.ends(code, &[&copied, args].concat());
    let ran = run(5, &["send", DATE, "--yes"]);
    assert!(ran.stderr.contains("a copy of it") && ran.stderr.contains("doctor --adopt"), "{}", ran.stderr);
    assert_eq!(sink.kept().len(), 2, "nobody got anything from the copy");
    assert!(run(2, &["doctor"]).stdout.contains("nothing is sent from this store"));
    run(0, &["report", DATE]);

    let ran = run(2, &["doctor", "--adopt"]);
    assert!(ran.stderr.contains("--yes"), "it asks: {}", ran.stderr);
    run(0, &["doctor", "--adopt", "--yes", "--by", "Ada"]);
    let ran = run(5, &["send", DATE, "--yes"]);
    assert!(ran.stderr.contains("held"), "{}", ran.stderr);
    assert!(run(0, &["log", DATE]).stdout.contains("Ada held: the store was adopted"));
    run(0, &["release", DATE]);
    run(0, &["send", DATE, "--yes"]);
    assert_eq!((sink.kept().len(), sink.most_copies()), (6, 1));
}

#[test]
fn yesterdays_store_put_back_sends_nothing_twice() {
    let sink = Sink::start(Script::default());
    let world = half_sent(&sink);
    back_up(&world, "backup.db");
    world.ends(0, &["send", DATE, "--yes"]);
    put_back(&world, "backup.db");
    let ran = world.ends(5, &["send", DATE, "--yes"]);
    assert!(ran.stderr.contains("an older state"), "{}", ran.stderr);
    assert_eq!((sink.kept().len(), sink.most_copies()), (6, 1));
    fs::remove_file(world.path("pressrun.db.instance")).unwrap();
    let ran = world.ends(5, &["send", DATE, "--yes"]);
    assert!(ran.stderr.contains("is missing or says nothing"), "nor without the file: {}", ran.stderr);
}

#[test]
fn a_whole_newsroom_put_back_from_its_backup_sends_nothing_twice() {
    let sink = Sink::start(Script::default());
    let world = half_sent(&sink);
    // As `cp -a` does it there and back: into the same files, with all that lies beside the store.
    let kept = whole(&world);
    assert!(kept.iter().any(|(path, _)| path.ends_with("pressrun.db.instance")));
    world.ends(0, &["send", DATE, "--yes"]);
    for (path, bytes) in kept {
        fs::write(path, bytes).unwrap();
    }
    let ran = world.ends(5, &["send", DATE, "--yes"]);
    assert!(ran.stderr.contains("an older state") && ran.stderr.contains("doctor --adopt"), "{}", ran.stderr);
    assert_eq!((sink.kept().len(), sink.most_copies()), (6, 1));
    let adopted = world.ends(0, &["doctor", "--adopt", "--yes", "--by", "Ada"]);
    assert!(adopted.stderr.contains("also who has it"), "{}", adopted.stderr);
    world.ends(5, &["send", "--due"]);
    assert_eq!((sink.kept().len(), sink.most_copies()), (6, 1), "what was under way is held");
}

#[test]
fn an_issue_that_was_due_before_its_store_was_put_back_is_not_begun_by_cron() {
    let sink = Sink::start(Script::default());
    let mut world = World::with_relay(&format!("smtp://{}", sink.address()));
    world.subscribe(&readers(4));
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    let kept = whole(&world);
    world.at("2026-11-24T06:31:00Z");
    world.ends(0, &["send", "--due"]);
    for (path, bytes) in kept {
        fs::write(path, bytes).unwrap();
    }
    world.ends(5, &["send", "--due"]);
    world.ends(0, &["doctor", "--adopt", "--yes", "--by", "Ada"]);
    let ran = world.ends(5, &["send", "--due"]);
    assert!(ran.stderr.contains("may have gone out by the one before"), "{}", ran.stderr);
    world.ends(0, &["send", "--due"]);
    assert_eq!((sink.kept().len(), sink.most_copies()), (4, 1), "told once, and nobody has two");
}

/// Every file that lies in a newsroom's folder.
fn whole(world: &World) -> Vec<(PathBuf, Vec<u8>)> {
    let files = fs::read_dir(world.path(".")).unwrap().map(|file| file.unwrap().path());
    files.filter(|path| path.is_file()).map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

/// A consistent copy of a store, whoever writes to it.
fn back_up(world: &World, name: &str) {
    let store = rusqlite::Connection::open(world.path("pressrun.db")).unwrap();
    store.execute("VACUUM INTO ?1", [world.path(name).to_str().unwrap()]).unwrap();
}

/// Writes a copy over the store: the same file, with an older state.
fn put_back(world: &World, name: &str) {
    fs::write(world.path("pressrun.db"), fs::read(world.path(name)).unwrap()).unwrap();
    for end in ["-wal", "-shm"] {
        let _gone_already = fs::remove_file(world.path(&format!("pressrun.db{end}")));
    }
}

#[test]
fn a_copy_taken_in_the_middle_of_a_run_sends_nothing_twice_however_that_run_ended() {
    for killed in [false, true] {
        let sink = Sink::start(Script { think: Duration::from_millis(10), ..Script::default() });
        let world = World::with_relay(&format!("smtp://{}", sink.address()));
        world.subscribe(&readers(60));
        world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
        let mut run = world.spawn(&["send", DATE, "--yes"]);
        sink.wait_for(8);
        back_up(&world, "backup.db");
        sink.wait_for(30);
        if killed {
            run.kill().unwrap();
        }
        run.wait().unwrap();
        put_back(&world, "backup.db");
        let ran = world.ends(5, &["send", DATE, "--yes"]);
        assert!(ran.stderr.contains("an older state"), "{}", ran.stderr);
        assert_eq!(sink.most_copies(), 1);
    }
}

#[test]
fn a_copy_of_what_a_dead_run_left_may_be_put_back() {
    let sink = Sink::start(Script { think: Duration::from_millis(10), ..Script::default() });
    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    world.subscribe(&readers(40));
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    let mut run = world.spawn(&["send", DATE, "--yes"]);
    sink.wait_for(8);
    run.kill().unwrap();
    run.wait().unwrap();
    back_up(&world, "backup.db");
    put_back(&world, "backup.db");
    world.ends(7, &["send", DATE, "--yes"]);
    assert_eq!(sink.most_copies(), 1);
}

/// A small disk of its own, gone with the test.
struct Disk<'w>(&'w Path);

impl<'w> Disk<'w> {
    fn mount(at: &'w Path, size: &str) -> Self {
        fs::create_dir(at).unwrap();
        let options = format!("size={size}");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(at).status().unwrap();
        assert!(mounted.success());
        Self(at)
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        Command::new("umount").arg(self.0).status().unwrap();
    }
}

#[test]
#[ignore = "needs root for a small disk: ./tests/run"]
fn a_full_disk_keeps_every_outcome_stops_the_run_and_nobody_gets_it_twice() {
    const READERS: usize = 400;
    let script = Script { think: Duration::from_millis(5), ..Script::default() };
    let sink = Sink::start(script);
    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    let place = world.path("disk");
    let disk = Disk::mount(&place, "12m");
    let stored = ["--set", "store.url=sqlite:disk/pressrun.db"];
    let with = |args: &[&'static str]| [&stored, args].concat();
    world.write("readers.csv", &format!("email\n{}\n", readers(READERS).join("\n")));
    world.ends(0, &with(&["subscribers", "import", "readers.csv"]));
    world.ends(0, &with(&["approve", DATE, "--by", "Ada", "--yes"]));
    let run = world.spawn(&with(&["send", DATE, "--yes"]));
    sink.wait_for(20);
    // Somebody else fills it to the last byte, and goes on filling what is given up.
    let filler = place.join("filler");
    let mut file = fs::File::create(&filler).unwrap();
    while std::io::Write::write_all(&mut file, &[7; 4096]).is_ok() {}
    let ended = run.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(75), "{said}");
    assert!(said.contains("disk is full"), "{said}");
    assert!(!place.join("pressrun.db.ballast").exists(), "its room was given to the outcomes");
    let sent = sink.kept().len();
    drop(file);
    fs::remove_file(filler).unwrap();
    let report = world.json(&with(&["report", DATE]));
    assert_eq!(report["sent"].as_u64(), Some(sent as u64), "every outcome was kept: {report}");
    assert_eq!(report["sending"].as_u64(), Some(0), "{report}");

    world.ends(0, &with(&["send", DATE, "--yes"]));
    assert!(place.join("pressrun.db.ballast").exists(), "it is there again");
    assert_eq!((sink.kept().len(), sink.most_copies()), (READERS, 1));
    drop(disk);
}
