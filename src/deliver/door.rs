//! The way to a relay: its address, its certificate, the password, and how a session is opened through it.
//!
//! Made once a run, so that a password command runs once and the authorities are read once. STARTTLS is used
//! wherever it is offered, and demanded unless the other end is this machine (judged by the address that was
//! connected to, not by its name) or the relay is `insecure`. There is no way back to clear text.

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::ClientId;
use tokio::net::TcpStream;
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::config::{Auth, Password, Relay, RelayUrl};
use crate::floor::Trouble;

use super::form::{Choice, Form};
use super::reply::Reply;
use super::secret::{Secret, where_from};
use super::session::{Broken, Session, Timeouts, heard};
use super::stint::Stint;
use super::{login, tls, wire};

/// What is wrong with a certificate, for people; rustls says it for programmers.
fn doubt(why: &rustls::CertificateError) -> &'static str {
    use rustls::CertificateError as Error;
    match why {
        Error::Expired | Error::ExpiredContext { .. } => "it has expired",
        Error::NotValidYet | Error::NotValidYetContext { .. } => "it is not valid yet",
        Error::NotValidForName | Error::NotValidForNameContext { .. } => "it is for another name",
        Error::UnknownIssuer => "nobody we know signed it",
        Error::Revoked => "it was revoked",
        _ => "it is not signed as a server's certificate should be",
    }
}

/// Who we are to a relay.
pub(super) struct Login {
    pub(super) user: String,
    pub(super) auth: Auth,
    source: Password,
    secret: RefCell<Secret>,
}

impl Login {
    /// The key of config.toml that what proves it comes from.
    pub(super) fn source(&self) -> String {
        where_from(&self.source)
    }

    /// What proves it now.
    pub(super) fn secret(&self) -> Secret {
        self.secret.borrow().clone()
    }

    /// A token other than the one that was refused: asked for again where it comes from, unless another
    /// connection has done so meanwhile. `None` where it still is the same.
    ///
    /// # Errors
    /// Where it comes from gives none, in words for people.
    pub(super) async fn renewed(&self, refused: &Secret) -> Result<Option<Secret>, String> {
        if self.secret() == *refused {
            let source = self.source.clone();
            let fresh = spawn_blocking(move || Secret::read(&source)).await;
            let fresh = fresh.map_err(|_| "the token could not be asked for again".to_owned())?;
            *self.secret.borrow_mut() =
                fresh.map_err(|why| format!("refuses the token, and there is no other: {why}"))?;
        }
        Ok(Some(self.secret()).filter(|fresh| fresh != refused))
    }
}

/// A relay we know how to get into.
pub(super) struct Door<'a> {
    relay: &'a Relay,
    host: String,
    port: u16,
    implicit_tls: bool,
    login: Option<Login>,
    hello: String,
    timeouts: Timeouts,
    tls: OnceLock<Result<TlsConnector, String>>,
    /// Which form of the session is faster on this relay.
    choice: RefCell<Choice>,
    /// How many messages it takes on one connection.
    stint: RefCell<Stint>,
}

impl<'a> Door<'a> {
    /// Reads the password; nothing is connected yet. `hello` is the name we greet with.
    ///
    /// # Errors
    /// `Refuses`: no password where the URL names a user, or one that cannot be read.
    pub(super) fn new(relay: &'a Relay, hello: &str, timeouts: Timeouts) -> Result<Self, Trouble> {
        let (user, host, port, implicit_tls) = match &relay.url {
            RelayUrl::Smtp { user, host, port, implicit_tls } => (user.clone(), host.clone(), *port, *implicit_tls),
            RelayUrl::Mailbox { at: Some(at) } => (None, at.ip().to_string(), at.port(), false),
            RelayUrl::Mailbox { at: None } => {
                return Err(Trouble::Refuses(format!("the built-in mailbox of relay `{}` is not open", relay.name)));
            }
        };
        let login = match (user, &relay.password) {
            (None, _) => None,
            (Some(user), Some(source)) => {
                let secret = Secret::read(source)
                    .map_err(|why| Trouble::Refuses(format!("relay `{}` has no password: {why}", relay.name)))?;
                Some(Login { user, auth: relay.auth, source: source.clone(), secret: RefCell::new(secret) })
            }
            (Some(user), None) => {
                return Err(Trouble::Refuses(format!(
                    "relay `{}` names the user `{user}` and no password: set `password_file`, `password_command` or `password_env`",
                    relay.name
                )));
            }
        };
        Ok(Self {
            relay,
            host,
            port,
            implicit_tls,
            login,
            hello: hello.to_owned(),
            timeouts,
            tls: OnceLock::new(),
            choice: RefCell::new(Choice::new()),
            stint: RefCell::default(),
        })
    }

    /// How the next message through this door is to be handed over.
    pub(super) fn form(&self) -> Form {
        self.choice.borrow().form()
    }

    /// How many grants a connection holds now.
    pub(super) fn depth(&self) -> usize {
        self.choice.borrow().depth()
    }

    /// How long a message waits for another one's envelope.
    pub(super) fn patience(&self) -> Duration {
        self.choice.borrow().patience()
    }

    /// A message was handed over, wholly in this form, and took so long; its grant was so long awaited, unless it was
    /// in hand already.
    pub(super) fn served(&self, form: Form, took: Duration, wait: Option<Duration>) {
        self.choice.borrow_mut().served(form, took, wait);
    }

    /// A message was to have another one's envelope behind it, and none came.
    pub(super) fn missed(&self) {
        self.choice.borrow_mut().missed();
    }

    /// Whether a connection's so-manieth message is the last one this relay takes on it.
    pub(super) fn is_last(&self, number: usize) -> bool {
        self.stint.borrow().is_last(number)
    }

    /// The relay ended a connection of its own accord after so many messages, before it came to another one.
    pub(super) fn ended_after(&self, messages: usize, opened: Instant) {
        self.stint.borrow_mut().ended_after(messages, opened, Instant::now());
    }

    pub(super) fn login(&self) -> Option<&Login> {
        self.login.as_ref()
    }

    /// Opens a session: greeting, TLS, login.
    pub(super) async fn open(&self) -> Result<Session, Trouble> {
        match self.greet(false).await {
            // A relay from before 1995: once more, with the old word.
            Err(Greeting::NoEhlo) => self.greet(true).await,
            greeted => greeted,
        }
        .map_err(|greeting| match greeting {
            Greeting::NoEhlo => self.away("it answers neither EHLO nor HELO"),
            Greeting::Failed(trouble) => trouble,
        })
    }

    async fn greet(&self, helo: bool) -> Result<Session, Greeting> {
        let stream = timeout(self.timeouts.connect, TcpStream::connect((self.host.as_str(), self.port)))
            .await
            .map_err(|_| self.away(format!("no connection within {} s", self.timeouts.connect.as_secs())))?
            .map_err(|error| self.away(error))?;
        let loopback = stream.peer_addr().is_ok_and(is_loopback);
        let (wire, handle) = wire::wire(stream, helo).map_err(|error| self.away(error))?;
        if self.implicit_tls {
            self.start_tls(&handle).await?;
        }
        let name = ClientId::Domain(self.hello.clone());
        let connecting = AsyncSmtpConnection::connect_with_transport(Box::new(wire), &name);
        let connection = timeout(self.timeouts.banner, connecting)
            .await
            .map_err(|_| self.away(format!("no greeting within {} s", self.timeouts.banner.as_secs())))?
            .map_err(|error| match heard(Err(error)) {
                Ok(reply) if !helo && handle.written() > 0 && reply.code() >= 500 => Greeting::NoEhlo,
                Ok(reply) => self.turned_away(&reply).into(),
                Err(Broken(why)) => self.away(why).into(),
            })?;
        let mut session = Session::new(connection, handle, self.timeouts.clone());
        if !helo {
            self.ehlo(&mut session).await?;
        }
        if !self.implicit_tls {
            self.secure(&mut session, loopback).await?;
        }
        login::log_in(&mut session, self).await?;
        Ok(session)
    }

    /// A greeting that is a refusal. 421 and its kind are about now; all others may be, too, and the breaker
    /// finds out.
    fn turned_away(&self, reply: &Reply) -> Trouble {
        let words = self.words(format_args!("turned us away: {reply}"));
        if reply.code() < 500 { Trouble::NoRoom(words) } else { Trouble::Away(words) }
    }

    async fn ehlo(&self, session: &mut Session) -> Result<(), Trouble> {
        timeout(self.timeouts.command, session.ehlo(&self.hello))
            .await
            .map_err(|_| self.away("no answer to EHLO"))?
            .map_err(|Broken(why)| self.away(why))
    }

    /// STARTTLS wherever it is offered (RFC 3207).
    async fn secure(&self, session: &mut Session, loopback: bool) -> Result<(), Trouble> {
        if !session.offers().starttls {
            if loopback || self.relay.insecure {
                return Ok(());
            }
            return Err(self.refuses(
                "offers no STARTTLS, so everybody on the way could read and change the mail: use `smtps://`, \
                 or set `insecure = true` if that is meant",
            ));
        }
        let said = session.ask("STARTTLS\r\n").await;
        let reply = said.map_err(|Broken(why)| self.away(why))?;
        match reply.code() {
            220 => {}
            code if code >= 500 => return Err(self.refuses(&format!("offers STARTTLS and refuses it: {reply}"))),
            _ => return Err(self.away(format!("STARTTLS is not to be had: {reply}"))),
        }
        if session.wire().unasked().is_some() {
            return Err(self.refuses(
                "sent replies in clear behind its answer to STARTTLS: somebody may be in between; nothing was sent",
            ));
        }
        self.start_tls(session.wire()).await?;
        self.ehlo(session).await
    }

    async fn start_tls(&self, wire: &wire::Handle) -> Result<(), Trouble> {
        let connector = self
            .tls
            .get_or_init(|| tls::connector(self.relay.ca_file.as_deref(), self.relay.insecure))
            .as_ref()
            .map_err(|why| self.refuses(&format!("cannot be proved to be itself: {why}")))?;
        let name = ServerName::try_from(self.host.clone())
            .map_err(|_| self.refuses(&format!("has `{}` for a host, which no certificate can name", self.host)))?;
        timeout(self.timeouts.connect, wire.start_tls(connector, name))
            .await
            .map_err(|_| self.away("no TLS handshake in time"))?
            .map_err(|error| self.distrust(&error))
    }

    /// A handshake that failed: for good where TLS itself says so.
    fn distrust(&self, error: &io::Error) -> Trouble {
        let cause = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match cause {
            Some(rustls::Error::InvalidCertificate(why)) => self.refuses(&format!(
                "shows a certificate that does not prove it is `{}` ({}): name its authority in `ca_file`, \
                 or set `insecure = true` to take any",
                self.host,
                doubt(why)
            )),
            Some(rustls::Error::InvalidMessage(_)) => {
                self.refuses("does not speak TLS there: is it `smtp://` or `smtps://`, and the right port?")
            }
            _ => self.away(format!("the TLS handshake failed: {error}")),
        }
    }

    pub(super) fn away(&self, why: impl std::fmt::Display) -> Trouble {
        Trouble::Away(self.words(format_args!("cannot be reached: {why}")))
    }

    pub(super) fn refuses(&self, what: &str) -> Trouble {
        Trouble::Refuses(self.words(what))
    }

    /// `relay `main` (127.0.0.1:2525) …`
    pub(super) fn words(&self, what: impl std::fmt::Display) -> String {
        format!("{} {what}", self.label())
    }

    pub(super) fn relay(&self) -> &Relay {
        self.relay
    }

    /// `relay `main` (127.0.0.1:2525)`
    pub(super) fn label(&self) -> String {
        label(self.relay)
    }
}

/// A relay's name and place, at the head of a sentence.
pub(crate) fn label(relay: &Relay) -> String {
    let name = &relay.name;
    match &relay.url {
        RelayUrl::Smtp { host, port, .. } => format!("relay `{name}` ({host}:{port})"),
        RelayUrl::Mailbox { at: Some(at) } => format!("relay `{name}` ({at})"),
        RelayUrl::Mailbox { at: None } => format!("relay `{name}`"),
    }
}

enum Greeting {
    NoEhlo,
    Failed(Trouble),
}

impl From<Trouble> for Greeting {
    fn from(trouble: Trouble) -> Self {
        Self::Failed(trouble)
    }
}

/// `::ffff:127.0.0.1` is this machine too.
fn is_loopback(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}
