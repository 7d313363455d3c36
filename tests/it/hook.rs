//! A web server that hears what it is told: for webhooks and heartbeats.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) body: String,
}

pub(crate) struct Hook {
    address: String,
    heard: Arc<Mutex<Vec<Heard>>>,
    status: Arc<AtomicU16>,
}

impl Hook {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let hook = Self { address, heard: Arc::default(), status: Arc::new(AtomicU16::new(200)) };
        let (heard, status) = (Arc::clone(&hook.heard), Arc::clone(&hook.status));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut bytes = Vec::new();
                while !is_whole(&bytes) {
                    let mut some = [0; 4096];
                    match stream.read(&mut some).unwrap() {
                        0 => break,
                        read => bytes.extend_from_slice(&some[..read]),
                    }
                }
                let text = String::from_utf8(bytes).unwrap();
                let (head, body) = text.split_once("\r\n\r\n").unwrap();
                let mut words = head.split(' ');
                let (method, path) = (words.next().unwrap().to_owned(), words.next().unwrap().to_owned());
                heard.lock().unwrap().push(Heard { method, path, body: body.to_owned() });
                let status = status.load(Ordering::SeqCst);
                let answer = format!("HTTP/1.1 {status} So\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        hook
    }

    /// An address on it.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// What it says to everybody from now on.
    pub(crate) fn answers(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    /// What was asked at a path, and forgets it.
    pub(crate) fn heard(&self, path: &str) -> Vec<Heard> {
        let mut all = self.heard.lock().unwrap();
        let (mine, others): (Vec<_>, Vec<_>) = all.drain(..).partition(|heard| heard.path == path);
        *all = others;
        mine
    }

    /// Everything it was asked, and forgets it.
    pub(crate) fn all(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().drain(..).collect()
    }

    /// The events it was posted at a path: name, stage, and what was said.
    pub(crate) fn events(&self, path: &str) -> Vec<(String, String, String)> {
        let word = |object: &Value, key: &str| object[key].as_str().unwrap_or_default().to_owned();
        let read = |heard: Heard| -> (String, String, String) {
            assert_eq!(heard.method, "POST");
            let object: Value = serde_json::from_str(&heard.body).unwrap();
            (word(&object, "event"), word(&object, "stage"), word(&object, "text"))
        };
        self.heard(path).into_iter().map(read).collect()
    }
}

fn is_whole(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    let Some((head, _)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
    bytes.len() >= head.len() + 4 + length
}
