//! The book, with a server on this machine behind it.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::*;

/// A server that answers by path; its address, and how often it was asked.
fn server(pages: &'static [(&'static str, &'static str)]) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            let read = stream.read(&mut request).unwrap();
            let request = String::from_utf8_lossy(&request[..read]).into_owned();
            let path = request.split(' ').nth(1).unwrap();
            count.fetch_add(1, Ordering::SeqCst);
            let head = pages.iter().find(|(own, _)| *own == path).map_or("404 Not Found", |(_, head)| head);
            let answer = format!("HTTP/1.1 {head}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    (address, asked)
}

/// Asks as `ask` does, machines at home included.
fn ask(book: &Arc<LinkBook>, addresses: &[String]) {
    let http = Http::new(PATIENCE);
    ask::all(addresses.to_vec(), &|ask, url| http.ask(ask, url), &|_| true, &|address, outcome| {
        book.learn(address, outcome);
    });
    book.save().unwrap();
}

fn known(book: &LinkBook, address: &str) -> Option<Outcome> {
    match book.entries().get(address) {
        Some(Entry::Known(known)) => Some(known.outcome.clone()),
        _ => None,
    }
}

#[test]
fn what_servers_answer_is_written_down_and_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let (at, asked) = server(&[("/here", "200 OK"), ("/old", "301 Moved\r\nLocation: /here"), ("/shy", "403 No")]);
    let of = |path: &str| format!("{at}{path}");
    ask(&LinkBook::open(folder.path()), &[of("/here"), of("/old"), of("/shy"), of("/nowhere")]);
    // One for the page, two for the one that moved, two for each that first says no.
    assert_eq!(asked.load(Ordering::SeqCst), 7);
    let again = LinkBook::open(folder.path());
    assert_eq!(known(&again, &of("/here")), Some(Outcome::Fine));
    assert_eq!(known(&again, &of("/old")), Some(Outcome::Moved { to: of("/here"), lasting: true }));
    assert_eq!(known(&again, &of("/shy")), Some(Outcome::Guarded { status: 403 }));
    assert!(matches!(known(&again, &of("/nowhere")), Some(Outcome::Gone { .. })));
}

/// A book with one answer of this age.
fn remembered(minutes: i64, outcome: Outcome) -> (tempfile::TempDir, Arc<LinkBook>) {
    let folder = tempfile::tempdir().unwrap();
    let known = Known { asked: clock::now() - TimeDelta::minutes(minutes), outcome };
    let line = serde_json::to_string(&Line { address: "https://news.quay/a".into(), known }).unwrap();
    fs::create_dir(folder.path().join(".pressrun")).unwrap();
    fs::write(folder.path().join(".pressrun/links"), format!("not a line\n{line}\n")).unwrap();
    let book = LinkBook::open(folder.path());
    (folder, book)
}

#[test]
fn an_answer_is_believed_for_an_hour_wherever_on_the_page_a_link_leads() {
    let (_folder, book) = remembered(59, Outcome::Fine);
    for address in ["https://news.quay/a", "https://news.quay/a#b"] {
        assert!(matches!(book.state(address), State::Known(Known { outcome: Outcome::Fine, .. })));
    }
    assert_eq!(book.state("https://news.quay/b"), State::NotAsked);
    assert_eq!(remembered(60, Outcome::Fine).1.state("https://news.quay/a"), State::NotAsked);
    // Nothing is asked anew that was fine within the hour.
    let asking = book.ask(&["https://news.quay/a".to_owned()], |_| panic!("it was not asked"));
    assert_eq!((asking.count, asking.left_out), (0, 0));
    asking.wait().unwrap();
}

#[test]
fn nobody_is_asked_who_cannot_answer() {
    let folder = tempfile::tempdir().unwrap();
    let book = LinkBook::open(folder.path());
    let nobody = [
        "https://lantern.example/a",
        "https://quay.test/",
        "https://quay.invalid/",
        "https://example.com/",
        "http://localhost:8000/",
        "http://127.0.0.1/",
        "http://10.1.2.3/",
        "http://[::1]/",
        "mailto:desk@news.quay",
        "#b1",
    ]
    .map(str::to_owned);
    for address in &nobody {
        assert_eq!(book.state(address), State::Nobody, "{address}");
    }
    let asking = book.ask(&nobody, |address| panic!("{address} was asked"));
    assert_eq!(asking.count, 0);
    asking.wait().unwrap();
    assert!(!folder.path().join(".pressrun").exists());
}

#[test]
fn each_answer_is_told_and_a_round_has_an_end() {
    let folder = tempfile::tempdir().unwrap();
    let book = LinkBook::open(folder.path());
    let addresses: Vec<String> = (0..MOST + 3).map(|nth| format!("http://no{nth}.quay/")).collect();
    let told = Arc::new(AtomicUsize::new(0));
    let count = told.clone();
    let twice = [&addresses[..], &addresses[..2]].concat();
    let asking = book.ask_by(
        &twice,
        |_, _| Err(Silence::Name),
        move |_| {
            count.fetch_add(1, Ordering::SeqCst);
        },
    );
    assert_eq!((asking.count, asking.left_out), (MOST, 3));
    asking.wait().unwrap();
    assert_eq!(told.load(Ordering::SeqCst), MOST);
    // Where no name is known at all nothing is proved, and nothing remembered.
    assert_eq!(book.state(&addresses[0]), State::NotAsked);
}

#[test]
fn who_is_being_asked_is_not_asked_again_and_a_bad_answer_is_worth_another_question() {
    let folder = tempfile::tempdir().unwrap();
    let book = LinkBook::open(folder.path());
    let address = ["http://slow.quay/".to_owned()];
    let (answer, wait) = std::sync::mpsc::channel();
    let wait = Mutex::new(wait);
    let slow = move |_: Ask, _: &str| wait.lock().unwrap().recv().unwrap();
    let first = book.ask_by(&address, slow, |_| ());
    assert_eq!(book.state(&address[0]), State::Asking);
    let second = book.ask_by(&address, |_, _| panic!("it was asked twice"), |_| ());
    assert_eq!(second.count, 0);
    second.wait().unwrap();
    answer.send(Err(Silence::Slow)).unwrap();
    first.wait().unwrap();
    assert!(matches!(book.state(&address[0]), State::Known(Known { outcome: Outcome::Odd { .. }, .. })));
    let again = book.ask_by(&address, |_, _| Err(Silence::Refused), |_| ());
    assert_eq!(again.count, 1);
    again.wait().unwrap();
}
