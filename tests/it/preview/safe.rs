//! What a strange site, a strange name and a strange hand may not do.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::{Desk, ISSUE, newsroom};

#[test]
fn a_name_that_merely_leads_here_is_not_answered() {
    let desk = Desk::sample();
    for host in ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "0.0.0.0", "", "[::1"] {
        assert_eq!(desk.ask("GET", "/morning/2026-11-24", &[("Host", host)], "").status, 421, "{host}");
    }
    assert_eq!(desk.ask("GET", "/morning/2026-11-24", &[("Host", "localhost:1")], "").status, 200);
    let two = [("Host", "localhost"), ("Host", "evil.example")];
    assert!([400, 421].contains(&desk.ask("GET", "/", &two, "").status));
}

#[test]
fn another_site_writes_nothing_and_reads_nothing() {
    let desk = Desk::sample();
    let (token, seen) = (desk.token(), desk.seen());
    let body = format!("line=subject&words=Owned&seen={seen}");
    let path = "/morning/2026-11-24/line";
    let own = format!("http://{}", desk.address);
    let strangers: [&[(&str, &str)]; 6] = [
        &[],
        &[("x-pressrun-token", "0123456789abcdef0123456789abcdef")],
        &[("x-pressrun-token", &token), ("Origin", "https://evil.example")],
        &[("x-pressrun-token", &token), ("Origin", "null")],
        &[("x-pressrun-token", &token), ("sec-fetch-site", "cross-site")],
        &[("Origin", &own), ("sec-fetch-site", "same-origin")],
    ];
    for head in strangers {
        assert_eq!(desk.ask("POST", path, head, &body).status, 403, "{head:?}");
    }
    assert!(desk.world.read(ISSUE).contains("The barrier held."));
    for mode in ["no-cors", "cors"] {
        let head = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", mode), ("sec-fetch-dest", "image")];
        assert_eq!(desk.ask("GET", "/morning/2026-11-24/mail", &head, "").status, 403, "{mode}");
    }
    let ours = [("x-pressrun-token", token.as_str()), ("Origin", own.as_str())];
    assert_eq!(desk.ask("POST", path, &ours, &body).status, 200);
    assert!(desk.world.read(ISSUE).contains("subject   = \"Owned\""));
}

#[test]
fn no_address_reaches_a_file_that_is_not_the_newsrooms() {
    let desk = Desk::sample();
    for path in [
        "/../config.toml",
        "/morning/..%2f..%2fconfig",
        "/%2e%2e/2026-11-24",
        "/morning/2026-11-24%2f..%2f2026-11-23",
        "/morning/template",
        "/morning/2026-11-24/picture/..%2f..%2f..%2fconfig.toml",
        "/morning/2026-11-24/picture/%2fetc%2fpasswd",
        "/-/assets/..%2f..%2fpage.css",
        "/nobody/2026-11-24",
    ] {
        assert_eq!(desk.get(path).status, 404, "{path}");
    }
    let (seen, token) = (desk.seen(), desk.token());
    let post = |path: &str, body: &str| desk.ask("POST", path, &[("x-pressrun-token", &token)], body).status;
    assert_eq!(post("/morning/..%2f..%2fx/begin", "from="), 409);
    assert_eq!(post("/morning/2026-11-30/begin", "from=..%2f..%2f..%2fetc%2fpasswd"), 200, "a template it is then");
    let added = format!("story=..%2f..%2fconfig&into=&behind=&seen={seen}");
    assert_eq!(post("/morning/2026-11-24/add", &added), 422);
}

#[test]
fn looking_changes_nothing_and_makes_no_store() {
    let desk = Desk::sample();
    let before = contents(&desk.world.path(""));
    for path in [
        "/",
        "/morning/2026-11-24?side=changes&reader=a@b.test",
        "/morning/2026-11-24/mail?look=dark",
        "/morning/2026-11-24/stories",
        "/morning/2026-11-24/shelf?word=tram",
        "/morning/2026-11-24/readers?begin=a",
        "/morning/2026-11-24/marks?subject=x",
        "/morning/2026-11-24/approve",
        "/morning/2026-11-24/test",
        "/morning/2026-12-24",
        "/morning/2026-11-24/room",
        "/days",
        "/days?q=tram&newsletter=morning",
        "/days?q=%ff&newsletter=..%2f..%2fetc",
        "/morning/2026-11-24?look=loud&panes=9&rail=%ff",
    ] {
        assert!([200, 303].contains(&desk.get(path).status), "{path}");
    }
    for deed in ["line", "move", "undo", "mend", "begin", "unapprove", "open"] {
        assert_eq!(desk.get(&format!("/morning/2026-11-24/{deed}")).status, 405, "{deed}");
    }
    assert_eq!(contents(&desk.world.path("")), before);
}

#[test]
fn what_is_looked_for_is_words_and_no_markup() {
    let desk = Desk::sample();
    assert!(desk.get("/days?newsletter=..%2f..%2fetc").body.contains("letter-morning"), "a stranger means all");
    let page =
        desk.get("/days?newsletter=%22%3E%3Cscript%3Ehurt()%3C/script%3E&q=%22%3E%3Cscript%3Ehurt()%3C/script%3E").body;
    assert!(page.contains("&lt;script&gt;hurt()") && !page.contains("<script>hurt"), "{page}");
}

#[test]
fn there_is_no_way_to_the_list() {
    let desk = Desk::with_readers(&[("ada@reader.test", "Ada")]);
    for deed in ["send", "release", "resend", "amend"] {
        assert_eq!(desk.post(&format!("/morning/2026-11-24/{deed}"), "yes=1").status, 404, "{deed}");
    }
    assert!(!desk.get("/morning/2026-11-24").body.contains("/send"));
}

#[test]
fn pages_say_what_they_may_do_and_mails_may_do_nothing() {
    let desk = Desk::sample();
    let page = desk.get("/morning/2026-11-24");
    assert!(page.header("content-security-policy").contains("script-src 'self'"));
    assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
    assert_eq!(page.header("cross-origin-resource-policy"), "same-origin");
    let mail = desk.get("/morning/2026-11-24/mail");
    assert!(mail.header("content-security-policy").contains("default-src 'none'"));
    assert!(mail.header("content-security-policy").contains("sandbox allow-same-origin"));
    assert!(!mail.header("content-security-policy").contains("script"));
}

#[test]
fn an_address_that_others_reach_is_refused() {
    let world = newsroom();
    for address in ["0.0.0.0", "::", "192.168.0.9"] {
        let ran = world.ends(2, &["preview", "--listen", address, "--port", "0"]);
        assert!(ran.stderr.contains("which others can reach") && ran.stderr.contains("ssh -L"), "{}", ran.stderr);
    }
}

/// Every file below a folder, with what is in it.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            // Where pictures are developed is shared with every other test.
            true if path.is_symlink() => {}
            true => found.extend(contents(&path)),
            false => drop(found.insert(path.display().to_string(), fs::read(&path).unwrap())),
        }
    }
    found
}
