//! The demo: the whole main job, killed in the middle, with closed books at the end.

use mail_parser::MessageParser;

use crate::world::World;

#[test]
fn the_demo_is_killed_resumes_and_closes_its_books() {
    let world = World::sample();
    let folder = world.path("demo");
    let ran = world.ends(0, &["demo", "--readers", "100", "--keep", folder.to_str().unwrap()]);
    assert!(ran.stderr.contains("killed with SIGKILL"), "{}", ran.stderr);

    let last: Vec<&str> = ran.stdout.lines().rev().take(2).collect();
    assert_eq!(last[0], "nobody lost, nobody doubled");
    let numbers: Vec<u64> = last[1].split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse().ok()).collect();
    assert_eq!(numbers.len(), 6, "{}", last[1]);
    assert_eq!((numbers[0], numbers[1..].iter().sum::<u64>()), (100, 100), "{}", last[1]);
    assert!(numbers[1] > 80 && numbers[2] > 0 && numbers[4] > 0, "some bounce, some are unsure: {}", last[1]);

    let mut readers = Vec::new();
    for entry in std::fs::read_dir(folder.join("inboxes")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let message = MessageParser::default().parse(&bytes).unwrap();
        readers.push(message.to().unwrap().first().unwrap().address().unwrap().to_owned());
    }
    let copies = readers.len();
    readers.sort();
    readers.dedup();
    assert_eq!(copies, readers.len(), "nobody has two");
    let page = std::fs::read_to_string(folder.join("received.html")).unwrap();
    assert!(readers.iter().all(|reader| page.contains(reader)), "every inbox is on the page");
}

#[test]
fn the_demo_overwrites_nothing() {
    let world = World::sample();
    let ran = world.ends(2, &["demo", "--keep", "."]);
    assert!(ran.stderr.contains("not empty"), "{}", ran.stderr);
}
