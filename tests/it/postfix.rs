//! Debian's Postfix as the relay and the receiver: a private instance on a free port, with STARTTLS and a login (Cyrus
//! SASL), delivering into one maildir a reader. What arrived is read by an independent parser. `PRESSRUN_MESSAGES` says
//! how many.

use std::fs;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use mail_parser::MessageParser;
use tempfile::TempDir;

use crate::exim::messages;
use crate::world::{World, readers};

#[test]
#[ignore = "needs postfix: ./tests/run"]
fn a_real_postfix_takes_the_edition_over_starttls_with_a_login_and_every_reader_gets_one() {
    let postfix = Postfix::start();
    let world = newsroom(&postfix, "open sesame");
    let count = messages(25);
    let addresses = readers(count);
    world.subscribe(&addresses);
    world.ok(&["approve", "2026-11-24", "--by", "Ada", "--yes"]);
    world.ends(0, &["send", "2026-11-24", "--yes"]);
    assert!(postfix.log().contains("sasl_username=ada"), "it was a login that let us in");

    for address in &addresses {
        let inbox = postfix.inbox(address, 1);
        let message = MessageParser::default().parse(&inbox[0]).unwrap();
        assert_eq!(message.subject(), Some("The harbour tram is back"));
        assert_eq!(message.to().unwrap().first().unwrap().address(), Some(address.as_str()));
        let text = message.body_text(0).unwrap();
        assert!(text.contains("Good morning, reader. The rails are dry."), "{text}");
        assert!(text.contains("We laid every sleeper twice"), "{text}");
        // The last words of a headline are bound by a no-break space.
        let html = message.body_html(0).unwrap().replace('\u{a0}', " ").replace("&nbsp;", " ");
        assert!(html.contains("The harbour tram is back after nine months"), "{html}");
        assert!(message.header_raw("List-Unsubscribe-Post").unwrap().contains("List-Unsubscribe=One-Click"));
    }
    let report = world.json(&["report", "2026-11-24"]);
    assert_eq!((report["sent"].as_u64(), report["audience"].as_u64()), (Some(count as u64), Some(count as u64)));
    assert_eq!(report["state"], "done");
    let replies = world.ok(&["who", "reader3@reader.test", "2026-11-24"]);
    assert!(replies.contains("queued as"), "the relay's queue id is kept: {replies}");
}

#[test]
#[ignore = "needs postfix: ./tests/run"]
fn a_certificate_nobody_vouches_for_stops_the_run_before_the_first_message() {
    let postfix = Postfix::start();
    let world = World::with_relay(&format!("smtp://localhost:{}", postfix.port));
    world.subscribe(&readers(3));
    world.ok(&["approve", "2026-11-24", "--by", "Ada", "--yes"]);
    let ran = world.ends(2, &["send", "2026-11-24", "--yes"]);
    assert!(ran.stderr.contains("ca_file"), "the mend is named: {}", ran.stderr);
    assert_eq!(world.json(&["report", "2026-11-24"])["queued"], 3);
}

#[test]
#[ignore = "needs postfix: ./tests/run"]
fn a_login_that_postfix_refuses_stops_the_run_before_the_first_message() {
    let postfix = Postfix::start();
    let world = newsroom(&postfix, "open barley");
    world.subscribe(&readers(3));
    world.ok(&["approve", "2026-11-24", "--by", "Ada", "--yes"]);
    let ran = world.ends(2, &["send", "2026-11-24", "--yes"]);
    assert!(ran.stderr.contains("password_file") && !ran.stderr.contains("barley"), "{}", ran.stderr);
    assert_eq!(world.json(&["report", "2026-11-24"])["queued"], 3);
}

/// A newsroom whose relay is this Postfix, with this password for Ada.
fn newsroom(postfix: &Postfix, password: &str) -> World {
    let world = World::with_relay(&format!("smtp://ada@localhost:{}", postfix.port));
    world.write("ca.pem", &fs::read_to_string(postfix.file("cert.pem")).unwrap());
    world.write("password", &format!("{password}\n"));
    let relay = "connections = 4\nca_file = \"ca.pem\"\npassword_file = \"password\"";
    world.write("config.toml", &world.read("config.toml").replace("connections = 4", relay));
    world
}

/// A Postfix of our own: its configuration, queue and mailboxes in a temporary folder.
struct Postfix {
    folder: TempDir,
    port: u16,
    master: Child,
}

impl Postfix {
    fn start() -> Self {
        let folder = tempfile::Builder::new().permissions(fs::Permissions::from_mode(0o755)).tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let root = folder.path().to_str().unwrap();
        // Debian's Postfix looks for what Cyrus SASL should do in `sasl` beside its own settings.
        for name in ["conf/sasl", "queue", "data", "mail"] {
            fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        certificate(folder.path());
        fs::write(folder.path().join("conf/main.cf"), MAIN.replace("ROOT", root)).unwrap();
        // One box a reader, by name: Postfix allows no pattern here.
        let boxes: String = readers(messages(25)).iter().map(|own| format!("{own} {}/\n", local(own))).collect();
        fs::write(folder.path().join("conf/boxes"), boxes).unwrap();
        fs::write(folder.path().join("conf/master.cf"), MASTER.replace("PORT", &port.to_string())).unwrap();
        fs::write(folder.path().join("conf/sasl/smtpd.conf"), SASL.replace("ROOT", root)).unwrap();
        login(&folder.path().join("conf/logins"), "ada", "open sesame");
        run("chown", &["postfix", &format!("{root}/data"), &format!("{root}/conf/logins")]);
        run("chown", &["nobody", &format!("{root}/mail")]);
        let master = Command::new("/usr/sbin/postfix")
            .args(["-c", &format!("{root}/conf"), "start-fg"])
            .stdout(fs::File::create(folder.path().join("log")).unwrap())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let postfix = Self { folder, port, master };
        postfix.wait_for("Postfix to listen", || TcpStream::connect(("127.0.0.1", port)).is_ok());
        postfix
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn log(&self) -> String {
        fs::read_to_string(self.file("log")).unwrap_or_default()
    }

    /// The messages in one reader's maildir, once there are as many as expected.
    fn inbox(&self, address: &str, expected: usize) -> Vec<Vec<u8>> {
        let new = self.file("mail").join(local(address)).join("new");
        let files = || fs::read_dir(&new).map(|entries| entries.flatten().collect::<Vec<_>>()).unwrap_or_default();
        self.wait_for(address, || files().len() >= expected);
        let inbox: Vec<_> = files().iter().map(|entry| fs::read(entry.path()).unwrap()).collect();
        assert_eq!(inbox.len(), expected, "{address} has {} messages", inbox.len());
        inbox
    }

    fn wait_for(&self, what: &str, ready: impl Fn() -> bool) {
        let begun = Instant::now();
        while !ready() {
            assert!(begun.elapsed() < Duration::from_secs(60), "waited for {what} in vain\n{}", self.log());
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        run("/usr/sbin/postfix", &["-c", self.file("conf").to_str().unwrap(), "stop"]);
        self.master.wait().unwrap();
    }
}

fn local(address: &str) -> &str {
    address.split('@').next().unwrap()
}

/// Someone who may send, in the file that Cyrus SASL looks logins up in.
fn login(file: &Path, name: &str, password: &str) {
    let mut command = Command::new("/usr/sbin/saslpasswd2");
    command.args(["-p", "-c", "-u", "receiver.test", "-f"]).arg(file).arg(name).stdin(Stdio::piped());
    let mut child = command.spawn().expect("Debian's sasl2-bin is installed");
    child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

/// A self-signed certificate for `localhost`: its own authority.
pub(crate) fn certificate(folder: &Path) {
    let (key, cert) = (folder.join("key.pem"), folder.join("cert.pem"));
    run(
        "openssl",
        &[
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "30",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
            "-keyout",
            key.to_str().unwrap(),
            "-out",
            cert.to_str().unwrap(),
        ],
    );
}

pub(crate) fn run(program: &str, args: &[&str]) {
    let output = Command::new(program).args(args).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
}

const MAIN: &str = "\
compatibility_level = 3.6
queue_directory = ROOT/queue
data_directory = ROOT/data
myhostname = receiver.test
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
virtual_mailbox_domains = reader.test
virtual_mailbox_base = ROOT/mail
virtual_mailbox_maps = texthash:ROOT/conf/boxes
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
alias_maps =
smtpd_tls_security_level = may
smtpd_tls_cert_file = ROOT/cert.pem
smtpd_tls_key_file = ROOT/key.pem
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = cyrus
smtpd_sasl_path = smtpd
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
maillog_file = /dev/stdout
";

const SASL: &str = "\
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: ROOT/conf/logins
mech_list: PLAIN LOGIN
";

const MASTER: &str = "\
127.0.0.1:PORT inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
";
