//! Links and the network: asked when somebody says so, remembered for an hour, waited for by nobody.
//!
//! The world's web is a proxy on this machine, which answers for every host; no test leaves it.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use crate::preview::newsroom;
use crate::world::World;

const ISSUE: &str = "issues/morning/2026-11-24.toml";

/// The sample newsroom with a letter that leads to these addresses, each on a line of its own from line 103 on.
pub(crate) fn leading_to(addresses: &[&str]) -> World {
    let world = newsroom();
    // A link book of its own: the pictures developed for all worlds lie beside it.
    fs::remove_file(world.path(".pressrun")).unwrap();
    let links: String = addresses.iter().map(|address| format!("[the page at {address}]({address})\n")).collect();
    world.write(
        ISSUE,
        &world.read(ISSUE).replace("one. If your street flooded", &format!("{links}one. If your street flooded")),
    );
    world
}

/// A web in which each path says how it is answered; its address, for `http_proxy`.
pub(crate) fn web() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(move || serve(stream.unwrap()));
        }
    });
    address
}

fn serve(mut stream: TcpStream) {
    // A proxy is asked for a tunnel first, and then through it.
    while let Some(request) = heard(&mut stream) {
        let mut words = request.split(' ');
        let (method, target) = (words.next().unwrap(), words.next().unwrap());
        let path =
            target.split_once("://").map_or(target, |(_, rest)| rest).split_once('/').map_or("", |(_, path)| path);
        let head = match path {
            _ if method == "CONNECT" => "200 OK\r\n\r\n".to_owned(),
            "old" => "301 Moved\r\nLocation: /new\r\nContent-Length: 0\r\n\r\n".to_owned(),
            "new" => "200 OK\r\nContent-Length: 0\r\n\r\n".to_owned(),
            status => format!("{status} So\r\nContent-Length: 0\r\n\r\n"),
        };
        if stream.write_all(format!("HTTP/1.1 {head}").as_bytes()).is_err() {
            return;
        }
    }
}

fn heard(stream: &mut TcpStream) -> Option<String> {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        request.push(byte[0]);
    }
    String::from_utf8(request).ok()
}

#[test]
fn links_are_asked_when_somebody_says_so_and_known_to_every_command_for_an_hour() {
    let mut world =
        leading_to(&["http://quay.news/404", "http://quay.news/old", "http://quay.news/403", "http://quay.news/200"]);
    let only = ["check", "2026-11-24", "--only", "link-broken", "--only", "link-redirects"];
    let before = world.ends(0, &only);
    assert_eq!(before.stdout, "");
    assert!(
        before.stderr.contains("4 links were not asked within the hour: `pressrun check --network` does"),
        "{before:?}"
    );

    let web = web();
    let ran = world.run_in(&[("http_proxy", &web)], &[&only[..], &["--network", "--json"]].concat());
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!(ran.stderr.contains("asking 4 links"), "{ran:?}");
    let told: Vec<serde_json::Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<String> =
        told.iter().map(|own| format!("{} {} {}:{}", own["check"], own["level"], own["file"], own["line"])).collect();
    let at = |check: &str, level: &str, line: usize| format!("\"{check}\" \"{level}\" \"{ISSUE}\":{line}");
    assert_eq!(
        told,
        [at("link-broken", "error", 103), at("link-redirects", "warning", 104), at("link-broken", "note", 105)]
    );

    // Nobody is asked now, and what was learnt counts.
    let after = world.ends(4, &only);
    assert!(after.stdout.contains("the server knows no such page (404)"), "{after:?}");
    assert!(!after.stderr.contains("not asked"), "{after:?}");
    world.ends(4, &["approve", "2026-11-24", "--by", "Ada", "--yes"]);
    world.at("2026-11-24T07:32:00Z");
    assert!(world.ends(0, &only).stderr.contains("4 links were not asked"));
}

#[test]
fn a_dead_link_can_be_waived_and_a_level_moves_no_note() {
    let world = leading_to(&["http://quay.news/404", "http://quay.news/403"]);
    let web = web();
    let all = ["check", "2026-11-24", "--network", "--set", "checks.link-broken=warn"];
    let ran = world.run_in(&[("http_proxy", &web)], &all);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.contains("warning[link-broken]") && ran.stdout.contains("note[link-broken]"), "{ran:?}");
    world.ok(&["waive", "link-broken", "it opens at noon", "2026-11-24"]);
    let ran = world.ends(0, &["check", "2026-11-24", "--strict", "--only", "link-broken"]);
    assert!(ran.stdout.contains("waived: it opens at noon"), "{ran:?}");
}

#[test]
fn nobody_is_asked_where_nobody_may_be() {
    let world = leading_to(&["https://lantern.example/a"]);
    let ran = world.ends(0, &["check", "2026-11-24", "--network"]);
    assert!(ran.stderr.contains("no link has to be asked"), "{ran:?}");
    let ran = world.ends(2, &["--no-network", "check", "2026-11-24", "--network"]);
    assert!(ran.stderr.contains("`--no-network` wants nobody asked"), "{ran:?}");
}
