//! Questions to other machines over HTTP: does a link lead anywhere, is a picture where readers will look for it;
//! and news for those who asked to be told.
//!
//! One question, one answer: redirections are told, not followed, so that a caller sees each step of a way. Every
//! question ends within its time, and no answer is read beyond the bytes that were asked for.

use std::borrow::Cow;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use percent_encoding::{CONTROLS, utf8_percent_encode};
use tokio_rustls::rustls::crypto::aws_lc_rs;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body, http};

/// How this program calls itself to the sites it asks.
const NAME: &str = concat!("pressrun/", env!("CARGO_PKG_VERSION"), " (newsletter press; checks links it will send)");

/// A client with its own connections; cheap to clone, and used from several threads.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    agent: Agent,
}

/// What is asked of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// Only the head of the answer.
    Head,
    /// The answer with so many bytes of its body at most.
    Get { most: u64 },
}

/// What a server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The media type, without its parameters.
    pub(crate) kind: Option<String>,
    /// Where it sends whoever asks, as it was written: perhaps relative.
    pub(crate) location: Option<String>,
    /// As many bytes as were asked for, at most.
    pub(crate) body: Vec<u8>,
}

/// Why nobody answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Silence {
    /// The name leads to no machine. This machine's own network may be at fault: see whether others resolve.
    Name,
    /// Nobody listens there.
    Refused,
    /// The certificate proves nothing.
    Certificate(String),
    /// Not within the time.
    Slow,
    /// Anything else, in words.
    Other(String),
}

impl std::fmt::Display for Silence {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name => out.write_str("no machine has this name"),
            Self::Refused => out.write_str("nobody listens there"),
            Self::Certificate(why) => write!(out, "its certificate proves nothing: {why}"),
            Self::Slow => out.write_str("no answer in time"),
            Self::Other(why) => out.write_str(why),
        }
    }
}

impl Answer {
    /// The address it sends whoever asked at `at` on to, whole.
    pub(crate) fn leads_on(&self, at: &str) -> Option<String> {
        let location = self.location.as_deref().filter(|_| matches!(self.status, 301 | 302 | 303 | 307 | 308));
        location.map(|location| joined(at, location))
    }
}

impl Http {
    /// A client that waits so long for each answer, trusting whom this system trusts.
    pub(crate) fn new(patience: Duration) -> Self {
        let roots = rustls_native_certs::load_native_certs().certs;
        let roots: Vec<Certificate<'static>> =
            roots.iter().map(|root| Certificate::from_der(root).to_owned()).collect();
        let tls = TlsConfig::builder()
            .unversioned_rustls_crypto_provider(Arc::new(aws_lc_rs::default_provider()))
            .root_certs(RootCerts::new_with_certs(&roots))
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(patience))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .user_agent(NAME)
            .build();
        Self { agent: config.into() }
    }

    /// Asks one address once.
    ///
    /// # Errors
    /// Nobody answered.
    pub(crate) fn ask(&self, ask: Ask, url: &str) -> Result<Answer, Silence> {
        let url = ascii(url);
        match ask {
            Ask::Head => answer(self.agent.head(&*url).call(), 0),
            Ask::Get { most } => answer(self.agent.get(&*url).call(), most),
        }
    }

    /// Tells one address something, as JSON.
    ///
    /// # Errors
    /// Nobody answered.
    pub(crate) fn post(&self, url: &str, news: &serde_json::Value) -> Result<Answer, Silence> {
        let told = self.agent.post(url).header(http::header::CONTENT_TYPE, "application/json");
        answer(told.send(news.to_string()), 0)
    }
}

/// An address as a page at `base` writes it: whole, or from the scheme, the host or the folder on.
fn joined(base: &str, location: &str) -> String {
    let (location, base) = (location.split('#').next().unwrap_or_default(), base.split('#').next().unwrap_or_default());
    let (scheme, rest) = base.split_once("://").unwrap_or(("https", base));
    let (host, path) = rest.find(['/', '?']).map_or((rest, "/"), |end| rest.split_at(end));
    let path = path.split('?').next().unwrap_or_default();
    if location.contains("://") {
        location.to_owned()
    } else if location.starts_with("//") {
        format!("{scheme}:{location}")
    } else if location.starts_with('/') {
        format!("{scheme}://{host}{location}")
    } else if location.starts_with('?') {
        format!("{scheme}://{host}{path}{location}")
    } else {
        let folder = path.rfind('/').map_or("", |end| &path[..end]);
        format!("{scheme}://{host}{folder}/{location}")
    }
}

/// An address as it goes over the wire: people write hosts and paths in their own letters.
fn ascii(url: &str) -> Cow<'_, str> {
    if url.is_ascii() {
        return url.into();
    }
    let host = crate::config::host(url).unwrap_or_default();
    let plain = match idna::domain_to_ascii(host) {
        Ok(name) => url.replacen(host, &name, 1),
        // It has no such name; the question will say so.
        Err(_) => url.to_owned(),
    };
    utf8_percent_encode(&plain, CONTROLS).to_string().into()
}

fn answer(asked: Result<http::Response<Body>, ureq::Error>, most: u64) -> Result<Answer, Silence> {
    let mut response = asked.map_err(silence)?;
    let header = |name: http::HeaderName| {
        let value = response.headers().get(name)?.to_str().ok()?;
        Some(value.trim().to_owned())
    };
    let kind = header(http::header::CONTENT_TYPE)
        .map(|kind| kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    let location = header(http::header::LOCATION);
    let status = response.status().as_u16();
    let mut body = Vec::new();
    if most > 0 {
        let read = response.body_mut().as_reader().take(most).read_to_end(&mut body);
        read.map_err(|error| silence(ureq::Error::from(error)))?;
    }
    Ok(Answer { status, kind, location, body })
}

fn silence(error: ureq::Error) -> Silence {
    use std::io::ErrorKind;
    match error {
        ureq::Error::HostNotFound => Silence::Name,
        ureq::Error::Timeout(_) => Silence::Slow,
        ureq::Error::ConnectionFailed => Silence::Refused,
        ureq::Error::Rustls(error) => Silence::Certificate(error.to_string()),
        ureq::Error::Io(error) => match error.kind() {
            ErrorKind::ConnectionRefused => Silence::Refused,
            ErrorKind::TimedOut => Silence::Slow,
            // rustls speaks through the stream it works on.
            ErrorKind::InvalidData => Silence::Certificate(error.to_string()),
            // What a resolver says that knows no such name has no kind of its own.
            _ if error.to_string().contains("failed to lookup address") => Silence::Name,
            _ => Silence::Other(error.to_string()),
        },
        other => Silence::Other(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::net::TcpListener;
    use std::thread;

    /// A server that answers every connection with these bytes; its address.
    fn server(answer: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut asked = [0; 4096];
                let _ = stream.read(&mut asked).unwrap();
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        format!("http://{address}/page")
    }

    fn http() -> Http {
        Http::new(Duration::from_secs(2))
    }

    #[test]
    fn an_answer_is_told_with_its_status_and_kind_and_no_more_of_it_than_was_asked_for() {
        let url = server(
            "HTTP/1.1 404 Not Found\r\nContent-Type: Text/HTML; charset=utf-8\r\nContent-Length: 10\r\nConnection: close\r\n\r\n0123456789",
        );
        let answer = http().ask(Ask::Get { most: 4 }, &url).unwrap();
        let (kind, location) = (Some("text/html".to_owned()), None);
        assert_eq!(answer, Answer { status: 404, kind, location, body: b"0123".to_vec() });
    }

    #[test]
    fn news_are_posted_as_json() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let heard = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut heard = Vec::new();
            while !heard.ends_with(b"}") {
                let mut some = [0; 4096];
                let read = stream.read(&mut some).unwrap();
                heard.extend_from_slice(&some[..read]);
            }
            stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").unwrap();
            String::from_utf8(heard).unwrap()
        });
        let answer = http().post(&url, &serde_json::json!({"text": "Zoë"})).unwrap();
        assert_eq!(answer.status, 204);
        let heard = heard.join().unwrap().to_lowercase();
        assert!(
            heard.starts_with("post /hook http/1.1\r\n") && heard.ends_with("\r\n\r\n{\"text\":\"zoë\"}"),
            "{heard}"
        );
        assert!(heard.contains("\r\ncontent-type: application/json\r\n"), "{heard}");
    }

    #[test]
    fn a_redirection_is_told_and_not_followed() {
        let url = server("HTTP/1.1 301 Moved\r\nLocation: /new\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        let answer = http().ask(Ask::Head, &url).unwrap();
        assert_eq!((answer.status, answer.location.as_deref()), (301, Some("/new")));
    }

    #[test]
    fn an_address_in_anybodys_letters_can_be_asked() {
        assert_eq!(ascii("https://news.quay/a%20b?c=d"), "https://news.quay/a%20b?c=d");
        assert_eq!(ascii("https://münchen.quay:8443/straße"), "https://xn--mnchen-3ya.quay:8443/stra%C3%9Fe");
    }

    #[test]
    fn who_does_not_answer_is_told_apart() {
        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert_eq!(http().ask(Ask::Head, &format!("http://{closed}/")).unwrap_err(), Silence::Refused);
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let impatient = Http::new(Duration::from_millis(80));
        let url = format!("http://{}/", silent.local_addr().unwrap());
        assert_eq!(impatient.ask(Ask::Head, &url).unwrap_err(), Silence::Slow);
        assert_eq!(http().ask(Ask::Head, "http://no-such-host.invalid/").unwrap_err(), Silence::Name);
        let url = server("HTTP/1.1 200 OK\r\n\r\n").replace("http:", "https:");
        assert!(matches!(http().ask(Ask::Head, &url).unwrap_err(), Silence::Certificate(_) | Silence::Other(_)));
    }

    #[test]
    fn an_address_may_be_written_from_anywhere() {
        let base = "https://news.quay/a/b?c";
        assert_eq!(joined(base, "http://x.quay/"), "http://x.quay/");
        assert_eq!(joined(base, "//x.quay/d"), "https://x.quay/d");
        assert_eq!(joined(base, "/d"), "https://news.quay/d");
        assert_eq!(joined(base, "d"), "https://news.quay/a/d");
        assert_eq!(joined(base, "?d"), "https://news.quay/a/b?d");
        assert_eq!(joined("https://news.quay", "d"), "https://news.quay/d");
        assert_eq!(joined("https://news.quay?x", "?d"), "https://news.quay?d");
    }
}
