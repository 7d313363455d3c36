//! The newsroom's signatures: made by its keys over what leaves, believed by others, published as they are.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::sink::{Script, Sink};
use crate::world::World;

const DATE: &str = "2026-11-24";

/// The sample newsroom with both keys made and written into its config.
fn signing(relay: &str) -> World {
    let world = World::sample();
    let config = world.read("config.toml");
    let dkim = "[dkim]\ndomain = \"letters.lantern.example\"\nselector = \"press1\"\nkey_file = \"secrets/dkim-rsa.pem\"\n\
        [dkim.second]\nselector = \"press1e\"\nkey_file = \"secrets/dkim-ed25519.pem\"\n";
    world.write("config.toml", &(config.replace("url = \"mailbox:\"", &format!("url = \"{relay}\"")) + "\n" + dkim));
    world.ok(&["dkim", "keygen"]);
    world
}

fn zone(world: &World) -> String {
    world.ok(&["dkim", "show"]).lines().filter(|line| line.contains(" IN TXT ")).collect::<Vec<_>>().join("\n")
}

#[test]
fn keygen_makes_two_private_keys_once_and_says_what_to_publish() {
    let world = World::sample();
    let ran = world.ends(0, &["dkim", "keygen"]);
    for (file, kind, name) in [("rsa", "k=rsa", "press1"), ("ed25519", "k=ed25519", "press1e")] {
        let path = world.path(&format!("secrets/dkim-{file}.pem"));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let line = format!("{name}._domainkey.letters.lantern.example. IN TXT \"v=DKIM1; {kind}; p=");
        assert!(ran.stdout.contains(&line), "{}", ran.stdout);
    }
    for string in ran.stdout.split('"').skip(1).step_by(2) {
        assert!(string.len() <= 255, "a string of DNS: {string}");
    }
    assert!(ran.stderr.contains("[dkim.second]"), "the lines to add: {}", ran.stderr);
    let before = world.read("secrets/dkim-rsa.pem");
    let ran = world.ends(2, &["dkim", "keygen"]);
    assert!(ran.stderr.contains("no key is ever written over"), "{}", ran.stderr);
    assert_eq!(world.read("secrets/dkim-rsa.pem"), before);
    assert!(!ran.stdout.contains("PRIVATE") && !ran.stderr.contains("PRIVATE"));
}

#[test]
fn every_message_leaves_with_two_signatures_and_a_test_copy_too() {
    let sink = Sink::start(Script::default());
    let world = signing(&format!("smtp://{}", sink.address()));
    world.ok(&["test", "me@reader.test", DATE]);
    world.subscribe(&["anna@reader.test".to_owned()]);
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    world.ends(0, &["send", DATE, "--yes"]);
    let kept = sink.kept();
    assert_eq!(kept.len(), 2);
    for own in &kept {
        let text = String::from_utf8_lossy(&own.bytes);
        assert!(text.starts_with("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;"), "{text}");
        assert_eq!(text.matches("\r\nDKIM-Signature: v=1; a=ed25519-sha256;").count(), 1, "{text}");
    }
}

#[test]
fn a_relay_that_signs_by_itself_gets_no_signature_of_ours() {
    let sink = Sink::start(Script::default());
    let world = signing(&format!("smtp://{}", sink.address()));
    world.ok(&["--set", "relays.main.kind=ses", "test", "me@reader.test", DATE]);
    assert!(!String::from_utf8_lossy(&sink.kept()[0].bytes).contains("DKIM-Signature"));
}

#[test]
fn a_key_that_is_missing_open_to_all_or_of_another_family_is_said_before_anything_leaves() {
    let sink = Sink::start(Script::default());
    let world = signing(&format!("smtp://{}", sink.address()));
    let key = world.path("secrets/dkim-rsa.pem");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let ran = world.ends(2, &["test", "me@reader.test", DATE]);
    assert!(ran.stderr.contains("chmod 600"), "{}", ran.stderr);
    fs::remove_file(&key).unwrap();
    let ran = world.ends(2, &["test", "me@reader.test", DATE]);
    assert!(ran.stderr.contains("secrets/dkim-rsa.pem` cannot be read"), "{}", ran.stderr);
    let ran = world.ends(2, &["--set", "dkim.domain=elsewhere.example", "check"]);
    assert!(ran.stderr.contains("does not count for mail from letters.lantern.example"), "{}", ran.stderr);
    assert!(sink.kept().is_empty());
}

#[test]
fn doctor_knows_a_published_key_from_another_one() {
    let world = signing("mailbox:");
    let zone = zone(&world);
    world.write("zone", &format!("{zone}\nletters.lantern.example. IN TXT \"v=spf1 mx -all\"\n_dmarc.letters.lantern.example. IN TXT \"v=DMARC1; p=reject\"\n"));
    let ran = world.ends(0, &["doctor", "--dns", "zone"]);
    assert_eq!(ran.stdout.matches("publishes this key").count(), 2, "{}", ran.stdout);
    world.write("zone", &zone.replace("p=MII", "p=MIX").replace("k=ed25519", "k=rsa"));
    let ran = world.ends(2, &["doctor", "--dns", "zone"]);
    assert!(
        ran.stdout.contains("press1._domainkey.letters.lantern.example names another key: publish:"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("`v=DMARC1` record"), "{}", ran.stdout);
}

#[test]
#[ignore = "needs dkimpy, opendkim and mailauth: ./tests/run"]
fn three_other_verifiers_believe_every_copy_of_every_sample_issue() {
    let sink = Sink::start(Script::default());
    let mut world = signing(&format!("smtp://{}", sink.address()));
    // OpenDKIM believes no signature from the future, and these mornings are some way ahead of nobody.
    world.at("2024-11-24T06:31:00Z");
    let names =
        ["Zoë", "村上 春樹", "Anna-Lena von und zu Wolfeschlegelsteinhausenbergerdorff", "O'Neill", "👩‍🚀 Ada", ""];
    let rows: String = (0..70)
        .map(|n| {
            format!("reader{n}@reader.test,{},{}\n", names[n % names.len()], if n % 7 == 0 { "yes" } else { "no" })
        })
        .collect();
    world.write("named.csv", &format!("email,first_name,text_only\n{rows}"));
    let mut issues = 0;
    for newsletter in ["morning", "good-news"] {
        world.ends(0, &["-n", newsletter, "subscribers", "import", "named.csv"]);
        let mut slots: Vec<String> = fs::read_dir(world.path(&format!("issues/{newsletter}")))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
            .filter(|slot| slot != "template")
            .collect();
        slots.sort();
        for slot in slots {
            world.ok(&["-n", newsletter, "approve", &slot, "--by", "Ada", "--yes"]);
            world.ends(0, &["-n", newsletter, "send", &slot, "--yes"]);
            issues += 1;
        }
    }
    let folder = tempfile::tempdir().unwrap();
    for (number, kept) in sink.kept().iter().enumerate() {
        fs::write(folder.path().join(format!("{number:04}.eml")), &kept.bytes).unwrap();
    }
    assert_eq!((issues, sink.kept().len()), (3, 210));
    let record = |line: &str| {
        let (name, strings) = line.split_once(". IN TXT ").unwrap();
        format!("{name}\t{}\n", strings.split('"').skip(1).step_by(2).collect::<String>())
    };
    fs::write(folder.path().join("records.tsv"), zone(&world).lines().map(record).collect::<String>()).unwrap();
    let check = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dkim/check");
    let said = Command::new(check).arg(folder.path()).output().unwrap();
    let words = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(said.status.success(), "{}{}", words(&said.stdout), words(&said.stderr));
}
