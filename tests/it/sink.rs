//! A scripted SMTP server: the recipient's name chooses how it misbehaves.
//!
//! It shares no code with the program, so a mistake made there cannot be made here as well. Threads and
//! blocking reads only: each connection reads like the conversation it is.
//!
//! `Sink::start(Script::default())` listens on a free port of loopback until it is dropped. What a recipient
//! does is its local part up to the first `+` or `.`, without trailing digits: `never`, `never7`, `never+x`.
//! With `once-` in front it happens on the first attempt only.
//!
//! | name | does | keeps the message |
//! |---|---|---|
//! | later, greylist | RCPT 451 4.2.0 / 450 4.7.1 on the first attempt, then accepts | then |
//! | never, full, blocked | RCPT 550 5.1.1 / 452 4.2.2 / 550 5.7.1, always | no |
//! | 421-at-rcpt, 421-at-data, 421-at-dot | 421 there, and closes | no |
//! | drop-at-rcpt, drop-at-data, drop-before-dot | closes there; the last in the middle of the body | no |
//! | hush-at-rcpt | says nothing for `Script::slow`, and then closes | no |
//! | drop-after-dot, rst-after-dot | reads it all, then closes (resets) without a word | yes |
//! | lost-after-dot | likewise, but the message is lost | no |
//! | accept-then-drop, accept-then-rst | 250, and closes (resets) | yes |
//! | slow-dot | waits `Script::slow` before the 250 | yes |
//! | spam, big, busy | after the dot 554 5.7.1 / 552 5.3.4 / 451 4.7.0 too many messages | no |
//! | garbled | after the dot a line that is no reply | yes |
//! | many-lines, bare-code, bare-lf, latin | after the dot 250 in unusual dress | yes |
//! | anything else | 250 | yes |

#![allow(dead_code, reason = "each including test binary uses a part")]

#[path = "sink/talk.rs"]
mod talk;

use std::collections::HashMap;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The authority that signed the sink's certificate (for `localhost` and `127.0.0.1`): a relay's `ca_file`.
pub(crate) const AUTHORITY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/tls/authority.pem");

const CERTIFICATE: &[u8] = include_bytes!("tls/relay.pem");
const KEY: &[u8] = include_bytes!("tls/relay.key");

/// Where in a session a scripted reply is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    Banner,
    Hello,
    StartTls,
    Auth,
    Mail,
    Rcpt,
    Data,
    Dot,
}

/// TLS as this server does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tls {
    None,
    /// Offered after EHLO.
    Offered,
    /// Offered, and replies in clear are smuggled in behind the 220.
    Injected,
    /// From the first byte.
    Implicit,
}

/// A scripted reply that never comes.
pub(crate) const SILENCE: &str = "silence";

/// How the server behaves towards everyone.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    /// EHLO keywords, besides STARTTLS and AUTH.
    pub(crate) keywords: Vec<&'static str>,
    /// EHLO keywords in lower case.
    pub(crate) lower: bool,
    /// Knows no EHLO.
    pub(crate) helo_only: bool,
    pub(crate) tls: Tls,
    /// The only login it takes; without one, MAIL gets 530.
    pub(crate) login: Option<(&'static str, &'static str)>,
    /// AUTH mechanisms offered when there is a login.
    pub(crate) mechanisms: &'static str,
    /// Connections at once; one more gets 421 for a banner.
    pub(crate) connections: Option<usize>,
    /// One more is dropped without a word instead.
    pub(crate) rude: bool,
    /// A connection on which nothing is said for so long gets 421 and is closed.
    pub(crate) idle: Option<Duration>,
    /// Messages a connection; then 421.
    pub(crate) per_connection: Option<usize>,
    /// Each is given once, in order, in place of the usual reply. An empty one closes the connection; one that
    /// starts with 421 closes it behind the reply; `SILENCE` says nothing for a while, and then closes it.
    pub(crate) once: Vec<(At, &'static str)>,
    /// Likewise, every time.
    pub(crate) always: Vec<(At, &'static str)>,
    /// Replies leave one byte at a time, this far apart.
    pub(crate) split: Option<Duration>,
    /// What is said to the so-manieth message that is kept, in place of `250 2.0.0 queued as 7`.
    pub(crate) yes: Option<fn(usize) -> String>,
    /// Waited before every reply after a dot.
    pub(crate) think: Duration,
    /// How slow `slow-dot` is.
    pub(crate) slow: Duration,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            keywords: vec!["PIPELINING", "SIZE 10485760", "8BITMIME", "ENHANCEDSTATUSCODES"],
            lower: false,
            helo_only: false,
            tls: Tls::None,
            login: None,
            mechanisms: "PLAIN LOGIN",
            connections: None,
            rude: false,
            idle: None,
            per_connection: None,
            once: Vec::new(),
            always: Vec::new(),
            split: None,
            yes: None,
            think: Duration::ZERO,
            slow: Duration::from_secs(2),
        }
    }
}

/// A message that was kept, without dot-stuffing.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) sender: String,
    pub(crate) recipient: String,
    pub(crate) bytes: Vec<u8>,
}

#[derive(Default)]
struct Seen {
    kept: Vec<Kept>,
    attempts: HashMap<String, usize>,
    commands: Vec<String>,
    once: Vec<(At, &'static str)>,
    connections: usize,
    open: usize,
    peak: usize,
}

struct Shared {
    script: Script,
    seen: Mutex<Seen>,
    stop: AtomicBool,
    tls: Arc<ServerConfig>,
}

/// A running server; it ends when dropped.
pub(crate) struct Sink {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Sink {
    pub(crate) fn start(script: Script) -> Self {
        Self::start_at("127.0.0.1", script)
    }

    /// Listens at another address of this machine.
    pub(crate) fn start_at(host: &str, script: Script) -> Self {
        Self::listen(TcpListener::bind((host, 0)).expect("a free port"), script)
    }

    /// Listens where another one did until now, as a server that was started again.
    pub(crate) fn start_again(at: SocketAddr, script: Script) -> Self {
        let begun = Instant::now();
        loop {
            match TcpListener::bind(at) {
                Ok(listener) => return Self::listen(listener, script),
                // The one before takes a moment to go.
                Err(error) => assert!(begun.elapsed() < Duration::from_secs(10), "{at} is not let go: {error}"),
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn listen(listener: TcpListener, script: Script) -> Self {
        let address = listener.local_addr().expect("a bound listener has an address");
        let seen = Mutex::new(Seen { once: script.once.clone(), ..Seen::default() });
        let shared = Arc::new(Shared { script, seen, stop: AtomicBool::new(false), tls: server_config() });
        let served = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if served.stop.load(Ordering::SeqCst) {
                    return;
                }
                let shared = Arc::clone(&served);
                std::thread::spawn(move || talk::serve(&shared, stream));
            }
        });
        Self { address, shared }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Goes down as a server does: what is under way is finished, and nothing after it is begun.
    pub(crate) fn go_away(&self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        let begun = Instant::now();
        while self.shared.seen().open > 0 && begun.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Everything kept, in order of arrival.
    pub(crate) fn kept(&self) -> Vec<Kept> {
        self.shared.seen().kept.clone()
    }

    /// Waits until so many messages were kept.
    pub(crate) fn wait_for(&self, kept: usize) {
        let begun = Instant::now();
        while self.shared.seen().kept.len() < kept {
            assert!(begun.elapsed() < Duration::from_secs(60), "waited for {kept} messages in vain");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Waits until somebody said this.
    pub(crate) fn wait_for_command(&self, verb: &str) {
        let begun = Instant::now();
        while !self.shared.seen().commands.iter().any(|command| command.starts_with(verb)) {
            assert!(begun.elapsed() < Duration::from_secs(60), "waited for {verb} in vain");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// How many copies one recipient was given.
    pub(crate) fn copies(&self, recipient: &str) -> usize {
        self.shared.seen().kept.iter().filter(|kept| kept.recipient.eq_ignore_ascii_case(recipient)).count()
    }

    /// The greatest number of copies anyone was given: above one, somebody was mailed twice.
    pub(crate) fn most_copies(&self) -> usize {
        let mut copies: HashMap<String, usize> = HashMap::new();
        for kept in &self.shared.seen().kept {
            *copies.entry(kept.recipient.to_lowercase()).or_default() += 1;
        }
        copies.into_values().max().unwrap_or(0)
    }

    /// RCPT commands seen for one recipient.
    pub(crate) fn attempts(&self, recipient: &str) -> usize {
        self.shared.seen().attempts.get(&recipient.to_lowercase()).copied().unwrap_or(0)
    }

    /// Connections taken, those turned away with 421 included.
    pub(crate) fn connections(&self) -> usize {
        self.shared.seen().connections
    }

    /// Connections open at once, at most, those turned away not included.
    pub(crate) fn peak(&self) -> usize {
        self.shared.seen().peak
    }

    /// Every command line received, in order over all connections.
    pub(crate) fn commands(&self) -> Vec<String> {
        self.shared.seen().commands.clone()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        // Wakes the accepting thread, which then sees the flag.
        drop(TcpStream::connect(self.address));
    }
}

impl Shared {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn scripted(&self, at: At) -> Option<&'static str> {
        let mut seen = self.seen();
        if let Some(next) = seen.once.iter().position(|(place, _)| *place == at) {
            return Some(seen.once.remove(next).1);
        }
        self.script.always.iter().find(|(place, _)| *place == at).map(|(_, reply)| *reply)
    }
}

fn server_config() -> Arc<ServerConfig> {
    let certificates = CertificateDer::pem_slice_iter(CERTIFICATE)
        .collect::<Result<Vec<_>, _>>()
        .expect("the test certificate parses");
    let key = PrivateKeyDer::from_pem_slice(KEY).expect("the test key parses");
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider knows the default protocol versions")
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .expect("the test key belongs to the test certificate");
    Arc::new(config)
}
