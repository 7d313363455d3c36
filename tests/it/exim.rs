//! Debian's Exim as the relay: TLS and a login on a free port, everything it takes into one maildir. How many
//! messages, `PRESSRUN_MESSAGES` says; a few where it says nothing.

use std::collections::BTreeSet;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use mail_parser::MessageParser;
use tempfile::TempDir;

use crate::postfix::{certificate, run};
use crate::world::{World, readers};

const DATE: &str = "2026-11-24";

#[test]
#[ignore = "needs exim: ./tests/run"]
fn a_real_exim_takes_the_edition_over_tls_with_a_login_and_its_log_proves_it() {
    let exim = Exim::start();
    let count = messages(25);
    let world = World::with_relay(&format!("smtp://ada@localhost:{}", exim.port));
    world.write("ca.pem", &fs::read_to_string(exim.file("cert.pem")).unwrap());
    world.write("password", "open sesame\n");
    let config = world.read("config.toml");
    let relay = "connections = 4\nca_file = \"ca.pem\"\npassword_file = \"password\"";
    world.write("config.toml", &config.replace("connections = 4", relay));
    let addresses = readers(count);
    world.subscribe(&addresses);
    world.ok(&["approve", DATE, "--by", "Ada", "--yes"]);
    world.ends(0, &["send", DATE, "--yes"]);
    let report = world.json(&["report", DATE]);
    assert_eq!((report["sent"].as_u64(), report["unknown"].as_u64()), (Some(count as u64), Some(0)));

    let inbox = exim.inbox(count);
    let mut got = BTreeSet::new();
    for message in &inbox {
        let message = MessageParser::default().parse(message).unwrap();
        assert_eq!(message.subject(), Some("The harbour tram is back"));
        got.insert(message.to().unwrap().first().unwrap().address().unwrap().to_owned());
    }
    assert_eq!((inbox.len(), got), (count, addresses.iter().cloned().collect()), "every reader, once");

    // What a crash would have left: one reader unknown, and Exim's log knows better.
    let store = rusqlite::Connection::open(world.path("pressrun.db")).unwrap();
    store
        .execute_batch(
            "DROP TRIGGER delivery_follows_its_arrows; UPDATE delivery SET state = 'unknown' WHERE subscriber = 3",
        )
        .unwrap();
    drop(store);
    let told = world.ok(&["reconcile", exim.file("log/mainlog").to_str().unwrap()]);
    assert!(told.contains("1 sent, 0 queued again, 0 still unknown"), "{told}");
}

/// As many as the environment asks for.
pub(crate) fn messages(otherwise: usize) -> usize {
    std::env::var("PRESSRUN_MESSAGES").ok().and_then(|count| count.parse().ok()).unwrap_or(otherwise)
}

/// An Exim of our own, unpacked by `tests/run` beside the build.
struct Exim {
    folder: TempDir,
    port: u16,
    daemon: Child,
}

impl Exim {
    fn start() -> Self {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/exim/usr/sbin/exim4");
        let folder = tempfile::Builder::new().permissions(fs::Permissions::from_mode(0o755)).tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let root = folder.path().to_str().unwrap();
        for name in ["spool", "log", "mail"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        certificate(folder.path());
        let conf = folder.path().join("exim.conf");
        let text = CONF.replace("ROOT", root).replace("PORT", &port.to_string());
        fs::write(&conf, text.replace("PROGRAM", program.to_str().unwrap())).unwrap();
        run("chown", &["-R", "Debian-exim", root]);
        run("chown", &["root", conf.to_str().unwrap()]);
        let daemon = Command::new(&program)
            .args(["-C", conf.to_str().unwrap(), "-bdf"])
            .stdout(Stdio::null())
            .stderr(fs::File::create(folder.path().join("stderr")).unwrap())
            .spawn()
            .unwrap();
        let exim = Self { folder, port, daemon };
        exim.wait_for("Exim to listen", || TcpStream::connect(("127.0.0.1", port)).is_ok());
        exim
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn inbox(&self, expected: usize) -> Vec<Vec<u8>> {
        let new = self.file("mail/new");
        let files = || fs::read_dir(&new).map(|entries| entries.flatten().collect::<Vec<_>>()).unwrap_or_default();
        self.wait_for("the mails", || files().len() >= expected);
        files().iter().map(|entry| fs::read(entry.path()).unwrap()).collect()
    }

    fn wait_for(&self, what: &str, ready: impl Fn() -> bool) {
        let begun = Instant::now();
        while !ready() {
            let read = |name| fs::read_to_string(self.file(name)).unwrap_or_default();
            let said = || format!("{}{}{}", read("stderr"), read("log/mainlog"), read("log/paniclog"));
            assert!(begun.elapsed() < Duration::from_secs(300), "waited for {what} in vain\n{}", said());
            thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Exim {
    fn drop(&mut self) {
        self.daemon.kill().unwrap();
        self.daemon.wait().unwrap();
    }
}

const CONF: &str = "\
exim_path = PROGRAM
spool_directory = ROOT/spool
log_file_path = ROOT/log/%slog
pid_file_path = ROOT/exim.pid
primary_hostname = receiver.test
qualify_domain = receiver.test
local_interfaces = 127.0.0.1
daemon_smtp_ports = PORT
tls_advertise_hosts = *
tls_certificate = ROOT/cert.pem
tls_privatekey = ROOT/key.pem
auth_advertise_hosts = ${if eq{$tls_in_cipher}{}{}{*}}
acl_smtp_rcpt = rcpt
host_lookup =
rfc1413_query_timeout = 0s
smtp_accept_queue_per_connection = 0
deliver_drop_privilege = true
keep_environment =
begin acl
rcpt:
  accept authenticated = *
         domains = reader.test
  deny message = 5.7.1 log in first
begin routers
all:
  driver = accept
  transport = maildir
begin transports
maildir:
  driver = appendfile
  maildir_format
  directory = ROOT/mail
  create_directory
  user = Debian-exim
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if and{{eq{$auth2}{ada}}{eq{$auth3}{open sesame}}}}
  server_set_id = $auth2
";
