//! The pages over real HTTP: what acts, what never does, and what every answer carries.

mod languages;
mod preferences;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex as StdMutex;

use chrono::{DateTime, Utc};
use scraper::{Html, Selector};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::address::{EmailAddress, Mailbox};
use crate::config::{Alarm, Images, Policy, Serve};
use crate::edition::{Edition, Letterhead, Poll};
use crate::pace::Lanes;
use crate::render::{Parts, Piece};
use crate::store::{Begun, Frozen, NewReader, Order, Picture, Purpose, SubscriptionState, Version, Whom};

const SLOT: &str = "2026-11-24";
const PICTURE: &[u8] = b"\x89PNG not much of one";

/// A newsroom with one reader and one edition, and its pages on a port of their own.
struct House {
    folder: tempfile::TempDir,
    address: SocketAddr,
    key: ReaderKey,
    told: Arc<StdMutex<Vec<String>>>,
    _stop: oneshot::Sender<()>,
}

struct Reply {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

fn morning() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-24T05:30:00Z").unwrap().to_utc()
}

fn letterhead() -> Letterhead {
    Letterhead {
        newsletter: "morning".to_owned(),
        title: "The Morning Sheet".to_owned(),
        slot: SLOT.to_owned(),
        from: Mailbox::parse("morning@news.example").unwrap(),
        reply_to: None,
        subject: "The harbour <opens> again".to_owned(),
        date: morning().fixed_offset(),
        list_id: "morning.news.example".to_owned(),
        serve_url: "https://news.example".to_owned(),
        extra: Vec::new(),
        polls: vec![Poll {
            block: "b7".to_owned(),
            question: "Should the ferry run at night?".to_owned(),
            answers: vec!["Yes, every night".to_owned(), "At weekends".to_owned(), "No".to_owned()],
        }],
        test: false,
    }
}

fn config(folder: &Path) -> Config {
    Config {
        root: folder.to_owned(),
        publication: Publication {
            name: "The Example Courier".to_owned(),
            url: "https://courier.example".to_owned(),
            timezone: chrono_tz::Europe::Lisbon,
            language: "en-GB".to_owned(),
            postal_address: "1 Quay Street, Exampleton".to_owned(),
            hosts: Vec::new(),
            default: None,
            append: None,
        },
        authors: BTreeMap::new(),
        forms: BTreeMap::new(),
        kickers: Vec::new(),
        newsletters: BTreeMap::new(),
        checks: BTreeMap::new(),
        checklist: BTreeMap::new(),
        style: BTreeMap::new(),
        store: crate::config::Store { path: folder.join("pressrun.db") },
        lanes: Lanes::default(),
        relays: BTreeMap::new(),
        signing: None,
        bounces: None,
        editor: Vec::new(),
        door: None,
        serve: Serve {
            url: "https://news.example".to_owned(),
            listen: "127.0.0.1:0".to_owned(),
            secret_file: folder.join("pressrun.secret"),
        },
        images: Images { url: Some("https://pictures.example/i".to_owned()), ..Images::default() },
        alarm: Alarm::default(),
        source: None,
        warnings: Vec::new(),
    }
}

/// A store with Anna, who gets two newsletters, and a finished edition of one.
fn fill(store: &mut Store) -> ReaderKey {
    let anna =
        NewReader { address: EmailAddress::parse("anna@reader.example").unwrap(), first_name: None, text_only: false };
    for newsletter in ["morning", "good-news"] {
        store.subscribe(newsletter, &anna, "command", false, morning()).unwrap();
    }
    let parts = Parts { html: vec![Piece::Fixed("<p>Hello".to_owned())], text: vec![Piece::Fixed("Hello".to_owned())] };
    let edition = Edition::freeze(&parts, &letterhead(), &[]);
    let version = Version {
        hash: edition.hash().to_owned(),
        subject: letterhead().subject,
        cuts: edition.cuts(),
        bytes: edition.bytes().to_vec(),
    };
    let picture = Picture { hash: "ab".repeat(32), kind: "image/png".to_owned(), bytes: PICTURE.to_vec() };
    let web_html = "<!doctype html><title>The harbour opens again</title>".to_owned();
    let frozen = Frozen {
        version,
        pictures: vec![picture],
        web_html,
        policy: Policy::AtMostOnce,
        not_after: morning(),
        whom: Whom::Everybody,
        order: Order::default(),
    };
    let (Begun::Created(begun) | Begun::Exists(begun)) =
        store.begin_edition("morning", SLOT, Purpose::Issue, morning()).unwrap();
    store.freeze(begun.id, &frozen, morning()).unwrap();
    store.start_sending(begun.id, morning()).unwrap();
    store.reader_by_address(&anna.address).unwrap().unwrap().key
}

impl House {
    fn open() -> Self {
        Self::open_in("en-GB")
    }

    fn open_in(language: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = config(folder.path());
        config.publication.language = language.to_owned();
        let key = fill(&mut Store::open(&config.store.path).unwrap());
        let told = Arc::new(StdMutex::new(Vec::new()));
        let ear = Arc::clone(&told);
        let mut site =
            Site::new(&config, Signer::specimen(), move |failure| ear.lock().unwrap().push(failure.to_owned()));
        for (id, title) in [("morning", "The Morning Sheet"), ("good-news", "Good News on Saturday")] {
            site.newsletters.insert(id.to_owned(), title.to_owned());
        }
        let server = Server::bind("127.0.0.1:0", site).unwrap();
        let address = server.address().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(server.run_until(async { stopped.await.unwrap_or_default() }));
        Self { folder, address, key, told, _stop: stop }
    }

    fn store(&self) -> Store {
        Store::open(&self.folder.path().join("pressrun.db")).unwrap()
    }

    fn state(&self, newsletter: &str) -> SubscriptionState {
        let store = self.store();
        let reader = store.reader_by_key(&self.key).unwrap().unwrap();
        let all = store.subscriptions(reader.id).unwrap();
        all.into_iter().find(|own| own.newsletter == newsletter).unwrap().state
    }

    /// The path of one of Anna's links, as her mail has it.
    fn link(&self, pick: impl FnOnce(&Links<'_>) -> String) -> String {
        let signer = Signer::specimen();
        let links = Links::new("https://news.example", "morning", SLOT, &signer, &self.key);
        pick(&links).strip_prefix("https://news.example").unwrap().to_owned()
    }

    fn leaving(&self) -> String {
        self.link(|links| links.unsubscribe())
    }

    async fn send(&self, request: &str) -> Reply {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        Reply { status, headers, body: body.to_owned() }
    }

    async fn get(&self, path: &str) -> Reply {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).await
    }

    async fn post(&self, path: &str, kind: &str, body: &str) -> Reply {
        let kind = if kind.is_empty() { String::new() } else { format!("Content-Type: {kind}\r\n") };
        let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{kind}");
        self.send(&format!("{head}Content-Length: {}\r\n\r\n{body}", body.len())).await
    }

    async fn post_form(&self, path: &str, body: &str) -> Reply {
        self.post(path, "application/x-www-form-urlencoded", body).await
    }
}

impl Reply {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    fn count(&self, selector: &str) -> usize {
        Html::parse_document(&self.body).select(&Selector::parse(selector).unwrap()).count()
    }
}

#[tokio::test]
async fn get_and_head_never_change_anything() {
    let house = House::open();
    let poll = house.link(|links| links.poll("b7", 1));
    let paths = [house.leaving(), house.link(|links| links.preferences()), poll];
    for path in &paths {
        let page = house.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        let head = house.send(&format!("HEAD {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).await;
        assert_eq!((head.status, head.body.as_str()), (200, ""), "{path}");
        let query = house.get(&format!("{path}?List-Unsubscribe=One-Click&leave=morning")).await;
        assert_eq!(query.status, 200);
    }
    assert_eq!(house.get(&paths[0]).await.count("form[method=post] button"), 1, "one page, one button");
    assert_eq!(house.get(&paths[2]).await.count("form[method=post] button"), 1);
    assert_eq!(house.state("morning"), SubscriptionState::Active);
    assert_eq!(house.store().poll("morning", SLOT, "b7").unwrap(), []);
}

#[tokio::test]
async fn one_click_acts_in_every_form_mail_programs_send_it() {
    let multipart = "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n";
    let forms = [
        ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"),
        ("multipart/form-data; boundary=x", multipart),
        ("application/x-www-form-urlencoded", ""),
        ("", ""),
    ];
    for (kind, body) in forms {
        let house = House::open();
        for time in ["first", "again"] {
            let reply = house.post(&house.leaving(), kind, body).await;
            assert_eq!(reply.status, 200, "{kind} {time}");
            assert!(reply.header("location").is_empty() && reply.header("set-cookie").is_empty());
            assert!(reply.body.contains("You have left The Morning Sheet."), "{}", reply.body);
        }
        assert_eq!(house.state("morning"), SubscriptionState::Left, "{kind}");
        assert_eq!(house.state("good-news"), SubscriptionState::Active, "leaving one never touches another");
        assert_eq!(house.get(&house.leaving()).await.status, 200);
    }
}

#[tokio::test]
async fn whoever_is_on_no_list_any_more_still_leaves_with_200() {
    let house = House::open();
    let signer = Signer::specimen();
    let links = Links::new("", "a-newsletter-of-2019", SLOT, &signer, b"an erased reader");
    for _ in 0..2 {
        assert_eq!(house.post_form(&links.unsubscribe(), "List-Unsubscribe=One-Click").await.status, 200);
    }
    assert_eq!(house.get(&links.unsubscribe()).await.status, 200);
    assert_eq!(house.get(&links.preferences()).await.status, 410);
}

#[tokio::test]
async fn forged_and_broken_tokens_are_refused_kindly() {
    let house = House::open();
    let good = house.leaving();
    let cut = &good[..good.len() - 3];
    let other = good.replace("/u/morning/", "/u/good-news/");
    let borrowed = house.link(|links| links.preferences()).replace("/p/", "/u/morning/");
    for path in [cut, &other, &borrowed, "/u/morning/x", "/u/morning/%FF", "/u/morning/%00"] {
        for reply in [house.get(path).await, house.post_form(path, "List-Unsubscribe=One-Click").await] {
            assert!((400..=404).contains(&reply.status), "{path}: {}", reply.status);
        }
    }
    assert!(house.get(cut).await.body.contains("This link is not whole."));
    let poll = house.link(|links| links.poll("b7", 1));
    assert_eq!(house.post_form(&poll.replace("/b7/", "/b8/"), "").await.status, 404);
    assert_eq!(house.post_form(&poll.replace("/b7/1/", "/b7/3/"), "").await.status, 404, "no such answer");
    assert_eq!(house.state("morning"), SubscriptionState::Active);
    assert_eq!(house.state("good-news"), SubscriptionState::Active);
    assert_eq!(house.store().poll("morning", SLOT, "b7").unwrap(), []);
}

#[tokio::test]
async fn the_last_answer_to_a_poll_counts_once() {
    let house = House::open();
    let page = house.get(&house.link(|links| links.poll("b7", 0))).await;
    assert!(page.body.contains("Should the ferry run at night?") && page.body.contains("Yes, every night"));
    house.post_form(&house.link(|links| links.poll("b7", 0)), "").await;
    let result = house.post_form(&house.link(|links| links.poll("b7", 1)), "").await;
    assert_eq!(house.store().poll("morning", SLOT, "b7").unwrap(), [(1, 1)]);
    assert!(result.body.contains("1 reader has answered"), "{}", result.body);
    assert_eq!(result.count("li.mine rect[width=\"100\"]"), 1);
}

#[tokio::test]
async fn editions_and_pictures_are_there_for_everyone() {
    let house = House::open();
    let archive = house.get("/").await;
    assert!(archive.body.contains("The harbour &lt;opens&gt; again"), "{}", archive.body);
    assert_eq!(archive.count("a[href=\"/morning/2026-11-24\"]"), 1);
    let edition = house.get("/morning/2026-11-24").await;
    assert_eq!(edition.body, "<!doctype html><title>The harbour opens again</title>");
    let policy = edition.header("content-security-policy");
    assert!(policy.contains("img-src 'self' data: https://news.example https://pictures.example;"), "{policy}");

    let picture = house.get(&format!("/i/{}.png", "ab".repeat(32))).await;
    assert_eq!((picture.status, picture.header("content-type")), (200, "image/png"));
    assert!(picture.header("cache-control").contains("immutable"));
    assert!(picture.body.ends_with("not much of one"));
    let misnamed = format!("/i/{}.jpg", "ab".repeat(32));
    for path in [&misnamed, "/i/x.png", "/morning/2026-11-25", "/nothing/at/all", "/i/../pressrun.db"] {
        assert_eq!(house.get(path).await.status, 404, "{path}");
    }
    assert_eq!(house.get("/health").await.body, "ok\n");
}

/// Freezes an edition of another day; begins to send it, if `begun`.
fn another(store: &mut Store, slot: &str, begun: bool) {
    let (Begun::Created(edition) | Begun::Exists(edition)) =
        store.begin_edition("morning", slot, Purpose::Issue, morning()).unwrap();
    let version = Version {
        hash: slot.to_owned(),
        subject: format!("What happened on {slot}"),
        cuts: "{}".to_owned(),
        bytes: Vec::new(),
    };
    let web_html = "<!doctype html>".to_owned();
    let frozen = Frozen {
        version,
        pictures: Vec::new(),
        web_html,
        policy: Policy::AtMostOnce,
        not_after: morning(),
        whom: Whom::Everybody,
        order: Order::default(),
    };
    store.freeze(edition.id, &frozen, morning()).unwrap();
    if begun {
        store.start_sending(edition.id, morning()).unwrap();
    }
}

#[tokio::test]
async fn an_edition_that_is_only_ready_is_nobodys_yet() {
    let house = House::open();
    another(&mut house.store(), "2026-11-25", false);
    assert_eq!(house.get("/morning/2026-11-25").await.status, 404);
    assert_eq!(house.get("/morning/2026-11-24/next").await.header("location"), "/morning");
    for path in ["/", "/morning", "/morning/atom.xml"] {
        assert!(!house.get(path).await.body.contains("2026-11-25"), "{path}");
    }
    house.store().hold("morning", "2026-11-25", Purpose::Issue, morning()).unwrap();
    assert_eq!(house.get("/morning/2026-11-25").await.status, 404, "held before it began");
}

#[tokio::test]
async fn a_long_archive_is_turned_like_a_book() {
    let house = House::open();
    let mut store = house.store();
    let first = chrono::NaiveDate::from_ymd_opt(2026, 5, 1).unwrap();
    for day in first.iter_days().take(120) {
        another(&mut store, &day.to_string(), true);
    }
    let (newest, oldest) = (house.get("/morning").await, house.get("/morning?page=2").await);
    assert_eq!((newest.count("a.edition"), oldest.count("a.edition")), (100, 21));
    assert!(newest.body.contains("121 editions"), "{}", newest.body);
    assert_eq!(newest.count("a[rel=next][href=\"/morning?page=2\"]"), 1);
    assert_eq!((newest.count("a[rel=prev]"), oldest.count("a[rel=next]")), (0, 0));
    assert_eq!(oldest.count("a[rel=prev][href=\"/morning?page=1\"]"), 1);
    assert_eq!(oldest.count("link[rel=canonical][href=\"https://news.example/morning?page=2\"]"), 1);
    assert_eq!(house.get("/morning?page=3").await.status, 404);
    assert_eq!(house.get("/morning/feed.json").await.body.matches("\"date_published\"").count(), 14);
}

#[tokio::test]
async fn head_answers_as_get_does_without_the_body() {
    let house = House::open();
    for path in ["/", "/morning", "/morning/2026-11-24", "/morning/rss.xml"] {
        let got = house.get(path).await;
        let head = house.send(&format!("HEAD {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).await;
        assert_eq!((head.status, head.body.as_str()), (200, ""), "{path}");
        for name in ["etag", "last-modified", "content-length", "content-type"] {
            assert_eq!(head.header(name), got.header(name), "{path}: {name}");
            assert!(!head.header(name).is_empty(), "{path}: {name}");
        }
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_keep_it_safe() {
    let house = House::open();
    let private = [house.leaving(), house.link(|links| links.preferences()), house.link(|links| links.poll("b7", 0))];
    let public =
        ["/", "/morning", "/morning/atom.xml", "/morning/2026-11-24", "/health", "/nowhere", "/u/morning/forged"]
            .map(str::to_owned);
    for path in private.iter().chain(&public) {
        let reply = house.get(path).await;
        let policy = reply.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none';") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy.contains("script"), "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(reply.header("strict-transport-security"), "max-age=31536000", "{path}");
        assert_eq!(reply.count("script"), 0, "{path}");
        assert_eq!(reply.count("[style]"), 0, "{path}");
    }
    for path in &private {
        let reply = house.get(path).await;
        assert_eq!(reply.header("cache-control"), "no-store", "{path}");
        assert!(reply.header("x-robots-tag").contains("noindex"), "{path}");
    }
    assert_eq!(house.send("PUT / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.status, 405);
}

#[test]
fn links_between_pages_keep_the_path_a_proxy_serves_them_under() {
    assert_eq!(path("https://news.example"), "");
    assert_eq!(path("https://news.example/letters"), "/letters");
    assert_eq!(path("http://127.0.0.1:8025"), "");
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused() {
    let house = House::open();
    let reply = house.post_form(&house.leaving(), &"x".repeat(LONGEST_BODY + 1)).await;
    assert_eq!(reply.status, 413);
    assert_eq!(house.state("morning"), SubscriptionState::Active);
}

#[tokio::test]
async fn a_store_that_fails_is_told_to_the_operator_and_not_to_the_reader() {
    let house = House::open();
    std::fs::write(house.folder.path().join("pressrun.db"), "not a database, and quite long enough to be seen")
        .unwrap();
    for left_behind in ["pressrun.db-wal", "pressrun.db-shm"] {
        let path = house.folder.path().join(left_behind);
        assert!(!path.exists() || std::fs::remove_file(path).is_ok());
    }
    let reply = house.post_form(&house.leaving(), "List-Unsubscribe=One-Click").await;
    assert_eq!((reply.status, reply.header("retry-after")), (503, "60"));
    assert!(reply.body.contains("Not just now."));
    let told = house.told.lock().unwrap().clone();
    assert!(told[0].contains("not a store"), "{told:?}");
    assert_eq!(house.get("/health").await.status, 503);
}
