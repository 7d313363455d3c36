//! SIGKILL at random moments: nobody lost, nobody doubled, and what is unsure is bounded and named.

use std::thread;
use std::time::Duration;

use crate::sink::{Script, Sink};
use crate::world::{World, readers};

const DATE: &str = "2026-11-24";
const KILLS: u64 = 200;
/// More than four connections can carry in all the time the kills leave them: 30 ms each, and 4 ms a message.
const READERS: usize = 6_000;
/// Four connections, and the next envelope behind each dot.
const GRANTS: u64 = 4 * 2;

#[test]
fn two_hundred_kills_lose_nobody_and_double_nobody() {
    let sink = Sink::start(Script { think: Duration::from_millis(4), ..Script::default() });
    let world = World::with_relay(&format!("smtp://{}", sink.address()));
    world.subscribe(&readers(READERS));
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);

    let mut chance = Chance(0x5eed_2026);
    let mut kills = 0;
    while kills < KILLS {
        let mut run = world.spawn(&["send", DATE, "--yes"]);
        // From before the store is open to some dozens of messages in.
        thread::sleep(Duration::from_micros(chance.below(60_000)));
        if run.try_wait().unwrap().is_none() {
            run.kill().unwrap();
            kills += 1;
        }
        run.wait().unwrap();
        // A kill may come before the edition exists: then there are no books yet.
        if world.run(&["report", DATE, "--json"]).stdout.contains("\"state\":\"done\"") {
            break;
        }
    }
    assert_eq!(kills, KILLS, "the audience is large enough for every kill");
    let last = world.run(&["send", DATE, "--yes"]);
    let report = world.json(&["report", DATE]);
    let count = |key: &str| report[key].as_u64().unwrap();

    assert_eq!(report["state"], "done", "{last:?}");
    assert_eq!(count("audience"), READERS as u64);
    assert_eq!(count("sent") + count("unknown"), READERS as u64, "nobody is lost: {report}");
    assert_eq!(sink.most_copies(), 1, "nobody is doubled");
    assert!(count("unknown") <= KILLS * GRANTS, "at most what was granted: {report}");
    assert_eq!(last.code, if count("unknown") > 0 { 7 } else { 0 });

    // Whoever got nothing is among the unknown ones, and each of those is named.
    let named = world.ok(&["report", DATE]);
    for reader in readers(READERS) {
        let copies = sink.copies(&reader);
        assert!(copies == 1 || named.contains(&reader), "{reader} got nothing and nobody says so");
    }
    assert_eq!(integrity(&world), "ok");
}

fn integrity(world: &World) -> String {
    rusqlite::Connection::open(world.path("pressrun.db"))
        .unwrap()
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap()
}

/// A small generator with a fixed seed: the same kills in every run, up to the machine's own timing.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}
