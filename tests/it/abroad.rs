//! A relay that is not this machine, though not a packet leaves it: the test runs once more in a network of its own.

use std::process::Command;

use crate::sink::{AUTHORITY, Script, Sink, Tls};
use crate::world::{World, readers};

const DATE: &str = "2026-11-24";
/// No address of loopback, and nobody's (RFC 5737). In this network it is reached without a wire.
const ELSEWHERE: &str = "192.0.2.25";
const INSIDE: &str = "PRESSRUN_TEST_ABROAD";

/// Whether this is the network of its own; if it is not, the test is run there and has to pass.
fn is_abroad(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    // Names lie there: what is called `localhost` is elsewhere, and what sounds far away is here.
    let hosts = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(hosts.path(), format!("{ELSEWHERE} localhost\n127.0.0.1 mx.quay.test\n")).unwrap();
    let enter = format!(
        "mount --bind '{}' /etc/hosts && ip link set lo up && ip address add {ELSEWHERE}/32 dev lo && \
         exec \"$0\" --exact \"$1\" --include-ignored",
        hosts.path().display()
    );
    let ran = Command::new("timeout")
        .args(["300", "unshare", "--net", "--mount", "sh", "-c", &enter])
        .arg(std::env::current_exe().unwrap())
        .arg(test)
        .env(INSIDE, "yes")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success() && said.contains("1 passed"), "{said}{}", String::from_utf8_lossy(&ran.stderr));
    false
}

/// A newsroom that logs in at its relay, which is found under this name.
fn newsroom(sink: &Sink, host: &str, more: &str) -> World {
    let world = World::with_relay(&format!("smtp://ada@{host}:{}", sink.port()));
    world.write("password", "sesame\n");
    let config = world.read("config.toml");
    world.write(
        "config.toml",
        &config.replace("connections = 4", &format!("connections = 4\npassword_file = \"password\"\n{more}")),
    );
    world.subscribe(&readers(3));
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    world
}

fn verbs(sink: &Sink) -> Vec<String> {
    sink.commands().iter().map(|command| command.split(' ').next().unwrap_or_default().to_owned()).collect()
}

#[test]
#[ignore = "needs root for a network of its own: ./tests/run"]
fn a_relay_elsewhere_without_starttls_gets_no_login_and_no_mail() {
    if !is_abroad("abroad::a_relay_elsewhere_without_starttls_gets_no_login_and_no_mail") {
        return;
    }
    let login = Some(("ada", "sesame"));
    let stripped = || Sink::start_at(ELSEWHERE, Script { login, ..Script::default() });
    for host in [ELSEWHERE, "localhost"] {
        let sink = stripped();
        let world = newsroom(&sink, host, "");
        let ran = world.ends(2, &["send", DATE, "--yes", "--quiet"]);
        for words in ["offers no STARTTLS", "could read and change the mail", "smtps://", "insecure = true"] {
            assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
        }
        assert!(verbs(&sink).iter().all(|verb| ["EHLO", "QUIT"].contains(&verb.as_str())), "{:?}", sink.commands());
        assert_eq!(world.json(&["report", DATE])["queued"], 3);
        let doctor = world.ends(2, &["doctor"]);
        assert!(doctor.stdout.contains("offers no STARTTLS"), "{}", doctor.stdout);
        let copy = world.ends(2, &["test", "ada@quay.test", DATE]);
        assert!(copy.stdout.contains("offers no STARTTLS"), "{copy:?}");
        assert!(!verbs(&sink).contains(&"AUTH".to_owned()) && sink.kept().is_empty(), "{:?}", sink.commands());
    }

    // Whoever means it says so.
    let sink = stripped();
    newsroom(&sink, ELSEWHERE, "insecure = true").ends(0, &["send", DATE, "--yes"]);
    assert_eq!(sink.kept().len(), 3);

    // Offered, it is used, by whichever name; and this machine by another name is this machine.
    let offered = Sink::start_at(ELSEWHERE, Script { login, tls: Tls::Offered, ..Script::default() });
    newsroom(&offered, "localhost", &format!("ca_file = \"{AUTHORITY}\"")).ends(0, &["send", DATE, "--yes"]);
    let commands = verbs(&offered);
    let place = |verb: &str| commands.iter().position(|own| own == verb);
    assert!(place("STARTTLS") < place("AUTH") && place("STARTTLS").is_some(), "{commands:?}");
    let here = Sink::start(Script { login, ..Script::default() });
    newsroom(&here, "mx.quay.test", "").ends(0, &["send", DATE, "--yes"]);
    assert_eq!((offered.kept().len(), here.kept().len()), (3, 3));
}
