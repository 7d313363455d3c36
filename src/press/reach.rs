//! Whether readers will find what their mails lead to: the unsubscribe page, the web edition, every picture.
//!
//! Asked once, at the public addresses, before the first message of an edition leaves: a hundred thousand mails
//! whose unsubscribe link is dead cannot be called back.

use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::config::host;
use crate::http::{Answer, Ask, Http, Silence};
use crate::token::{Signer, hex};

/// How long one page may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// No picture of a mail is larger, by far.
const LARGEST_PICTURE: u64 = 32 * 1024 * 1024;

/// Addresses that stand in every copy of an edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Doors {
    /// An unsubscribe page, by a link as readers get it.
    pub(crate) leave: String,
    /// The same by a link that nobody signed: a site that opens to it is not this newsroom's.
    pub(crate) forged: String,
    /// The web edition, where there is one by now.
    pub(crate) web: Option<String>,
    /// Pictures, each named by the SHA-256 of its bytes.
    pub(crate) pictures: Vec<String>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    Open,
    /// It could not be tried, and why: the address is nobody's, or this machine's own with nobody listening, or
    /// no name at all is known here.
    Untried(String),
    /// The address that fails, and why.
    Shut {
        url: String,
        why: String,
    },
}

impl Doors {
    /// The unsubscribe page, by a link of our signer's and by the same one of nobody's.
    pub(crate) fn to_leave_by(signer: &Signer, link: impl Fn(&Signer) -> String) -> Self {
        Self { leave: link(signer), forged: link(&Signer::specimen()), web: None, pictures: Vec::new() }
    }

    /// The doors of an edition beside those that stand open before it, from its web page, which shows the same pictures.
    pub(crate) fn and_edition(self, web: String, page: &str, images_url: &str) -> Self {
        let prefix = format!("{images_url}/");
        let name = |rest: &str| {
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.')).unwrap_or(rest.len());
            rest[..end].to_owned()
        };
        let mut pictures: Vec<String> = page
            .match_indices(&prefix)
            .map(|(at, _)| format!("{prefix}{}", name(&page[at + prefix.len()..])))
            .collect();
        pictures.sort();
        pictures.dedup();
        Self { web: Some(web), pictures, ..self }
    }

    /// Knocks at each. `witness` is another address of the world's: where its name is not known either, this
    /// machine's own network is at fault, and nothing is proved.
    pub(crate) fn try_all(&self, witness: &str) -> Reach {
        if let Some(host) = host(&self.leave).filter(|host| is_reserved(host)) {
            return Reach::Untried(format!("`{host}` is no real address"));
        }
        let http = Http::new(PATIENCE);
        let pages = [(&self.leave, Due::Page), (&self.forged, Due::Nothing)].into_iter();
        let pages = pages.chain(self.web.iter().map(|url| (url, Due::Page)));
        let pictures = self.pictures.iter().map(|url| (url, Due::Picture));
        for (url, due) in pages.chain(pictures) {
            let shut = |why: String| Reach::Shut { url: url.clone(), why };
            // Only ever read: no page changes anything for a GET, and redirections are told, not followed.
            let most = if due == Due::Picture { LARGEST_PICTURE } else { 1 };
            match http.ask(Ask::Get { most }, url) {
                Err(Silence::Refused) if is_own(url) => {
                    return Reach::Untried(format!("nobody listens at {}", host(url).unwrap_or_default()));
                }
                Err(Silence::Name) if http.ask(Ask::Head, witness) == Err(Silence::Name) => {
                    return Reach::Untried("this machine knows no name of another".to_owned());
                }
                Err(silence) => return shut(silence.to_string()),
                Ok(answer) if due == Due::Nothing => {
                    if answer.status == 200 {
                        let url = self.leave.clone();
                        let why = "it opens to links that nobody signed: another site stands there".to_owned();
                        return Reach::Shut { url, why };
                    }
                }
                Ok(answer) if answer.status != 200 => {
                    let leads = answer.leads_on(url).map(|to| format!(" and leads on to {to}"));
                    return shut(format!("it answers {}{}", answer.status, leads.unwrap_or_default()));
                }
                Ok(answer) if due == Due::Picture && !is_named_by_its_bytes(url, &answer) => {
                    return shut("another picture stands there".to_owned());
                }
                Ok(_) => {}
            }
        }
        Reach::Open
    }
}

/// What is to be found behind a door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    Page,
    Picture,
    /// Nothing at all.
    Nothing,
}

fn is_named_by_its_bytes(url: &str, answer: &Answer) -> bool {
    let name = url.rsplit('/').next().unwrap_or_default();
    name.split('.').next() == Some(&hex(&Sha256::digest(&answer.body)))
}

/// Names that lead nowhere by agreement (RFC 2606).
fn is_reserved(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    [".example", ".test", ".invalid"].iter().any(|ending| host.ends_with(ending))
}

/// Whether an address is this machine's own, where no reader is.
fn is_own(url: &str) -> bool {
    let host = host(url).unwrap_or_default();
    let loopback = |address: std::net::IpAddr| address.is_loopback();
    host.eq_ignore_ascii_case("localhost") || host.trim_matches(['[', ']']).parse().is_ok_and(loopback)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;

    /// A server that knows these pages; its address.
    fn server(pages: Vec<(String, Vec<u8>)>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut asked = [0; 4096];
                let read = stream.read(&mut asked).unwrap();
                let asked = String::from_utf8_lossy(&asked[..read]).into_owned();
                let path = asked.split(' ').nth(1).unwrap();
                let (status, body): (_, &[u8]) = match pages.iter().find(|(own, _)| own == path) {
                    Some((_, body)) => ("200 OK", body),
                    None => ("404 Not Found", b""),
                };
                let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
                stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
            }
        });
        address
    }

    fn doors(address: &str, picture: &str) -> Doors {
        let page = format!("<img src=\"{address}/i/{picture}\"><img src=\"{address}/i/{picture}\">");
        let (leave, forged) = (format!("{address}/u"), format!("{address}/forged"));
        let doors = Doors { leave, forged, web: None, pictures: Vec::new() };
        doors.and_edition(format!("{address}/w"), &page, &format!("{address}/i"))
    }

    #[test]
    fn every_door_is_tried_and_the_first_that_is_shut_is_named() {
        let picture = format!("{}.png", hex(&Sha256::digest(b"tram")));
        let pages = |picture: &str| {
            let page = |path: &str, body: &[u8]| (path.to_owned(), body.to_vec());
            vec![page("/u", b"leave?"), page("/w", b"news"), page(&format!("/i/{picture}"), b"tram")]
        };
        let address = server(pages(&picture));
        assert_eq!(doors(&address, &picture).try_all(""), Reach::Open);
        assert_eq!(doors(&address, &picture).pictures, [format!("{address}/i/{picture}")]);

        let other = format!("{}.png", "0".repeat(64));
        let address = server(pages(&other));
        let (url, why) = (format!("{address}/i/{other}"), "another picture stands there".to_owned());
        assert_eq!(doors(&address, &other).try_all(""), Reach::Shut { url, why });

        let address = server(pages(&picture)[..1].to_vec());
        let (url, why) = (format!("{address}/w"), "it answers 404".to_owned());
        assert_eq!(doors(&address, &picture).try_all(""), Reach::Shut { url, why });
        let before = Doors { web: None, pictures: Vec::new(), ..doors(&address, &picture) };
        assert_eq!(before.try_all(""), Reach::Open, "nothing is frozen yet");

        let mut any = pages(&picture);
        any.push(("/forged".to_owned(), b"welcome".to_vec()));
        let address = server(any);
        let shut = doors(&address, &picture).try_all("");
        assert!(matches!(shut, Reach::Shut { url, why } if url.ends_with("/u") && why.contains("another site")));
    }

    #[test]
    fn what_cannot_be_tried_proves_nothing() {
        let closed = format!("http://{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
        let untried = |why: &str| Reach::Untried(why.to_owned());
        assert_eq!(doors(&closed, "a.png").try_all(""), untried("nobody listens at 127.0.0.1"));
        let reserved = doors("https://letters.quay.example", "a.png").try_all("");
        assert_eq!(reserved, untried("`letters.quay.example` is no real address"));
        let unknown = doors("http://no-such-host.quay-nowhere", "a.png");
        assert_eq!(unknown.try_all("http://nor-this.quay-nowhere/"), untried("this machine knows no name of another"));
        assert!(matches!(unknown.try_all(&server(Vec::new())), Reach::Shut { .. }));
        assert!(is_own("http://[::1]:8025/u") && is_own("http://LocalHost/u") && !is_own("http://localhost.quay.test"));
    }
}
