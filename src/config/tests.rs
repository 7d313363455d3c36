//! What config.toml may say, what is made of it, and what is said when it is wrong.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::finding::{Finding, Source};

const SMALL: &str = r#"
[publication]
name = "The Quay"
url = "https://quay.example/"
timezone = "Europe/Lisbon"
postal_address = "1 Pier Road"

[newsletters.morning]
title = "First Tide"
from = "The Quay <tide@quay.example>"
send_at = "06:30"
"#;

fn read(text: &str, set: &[&str]) -> Result<Config, Vec<Finding>> {
    let source = Arc::new(Source { path: "config.toml".to_owned(), text: text.to_owned() });
    let set: Vec<String> = set.iter().map(|&argument| argument.to_owned()).collect();
    parse(&source, Path::new("/srv/quay"), &set)
}

fn with(more: &str) -> Result<Config, Vec<Finding>> {
    read(&format!("{SMALL}{more}"), &[])
}

fn titles(result: Result<Config, Vec<Finding>>) -> Vec<String> {
    result.expect_err("there is something to say").into_iter().map(|finding| finding.title).collect()
}

#[test]
fn a_small_file_is_enough_and_defaults_fill_the_rest() {
    let config = read(SMALL, &[]).unwrap();
    let morning = &config.newsletters["morning"];
    assert_eq!(config.publication.url, "https://quay.example");
    assert_eq!(config.publication.hosts, ["quay.example"]);
    assert_eq!((morning.days.len(), morning.late_limit), (7, Duration::from_secs(3 * 3600)));
    assert_eq!(morning.retry, [300, 900, 2700, 7200].map(Duration::from_secs));
    assert_eq!(morning.list_id, "morning.quay.example");
    assert_eq!(morning.relay, "main");
    assert_eq!(config.relays["main"].url, RelayUrl::Mailbox { at: None });
    assert_eq!(config.relays["main"].connections, 8);
    assert_eq!(config.store.path, Path::new("/srv/quay/pressrun.db"));
    assert_eq!(config.serve.secret_file, Path::new("/srv/quay/pressrun.secret"));
}

#[test]
fn a_key_nobody_knows_is_an_error_with_the_one_that_was_meant() {
    let findings = with("[serve]\nurll = \"https://x.example\"\nsend_at = \"06:00\"").unwrap_err();
    assert_eq!(findings[0].help.as_deref(), Some("did you mean `url`?"));
    assert_eq!(
        findings[0].place.as_ref().unwrap().source.line_col(findings[0].place.as_ref().unwrap().span.start),
        (13, 1)
    );
    assert_eq!(findings[1].help.as_deref(), Some("did you mean `newsletters.ID.send_at`?"));
}

#[test]
fn every_mistake_of_the_file_is_told_at_once() {
    let text = SMALL.replace("Europe/Lisbon", "Europe/Lissabon").replace("06:30", "6.30")
        + "days = [\"Mon\", \"Fryday\"]\n[checks]\nwordz = \"warn\"\n";
    let expected = [
        "there is no time zone \"Europe/Lissabon\"",
        "\"6.30\" is not a time of day",
        "`days` cannot be \"Fryday\"",
        "there is no check `wordz`",
    ];
    assert_eq!(titles(read(&text, &[])), expected);
}

#[test]
fn toml_that_is_none_is_a_finding_at_its_place() {
    let findings = with("[store\nurl = = \"x\"").unwrap_err();
    assert!(findings.iter().all(|finding| finding.title.starts_with("this is not TOML")), "{findings:?}");
    assert_eq!(findings.len(), 2);
}

#[test]
fn a_password_in_a_url_is_refused_and_never_shown() {
    for url in ["smtp://ada:hunter2@relay.example", "smtps://ada:hunter2@relay.example:465"] {
        let findings = with(&format!("[relays.main]\nurl = \"{url}\"\nconections = 2")).unwrap_err();
        assert_eq!(findings.len(), 2);
        assert!(!format!("{findings:?}").contains("hunter2"));
        let set = read(SMALL, &[&format!("relays.main.url={url}")]).unwrap_err();
        assert!(!format!("{set:?}").contains("hunter2"));
    }
}

#[test]
fn relays_are_read_from_their_urls() {
    let url =
        |url: &str| with(&format!("[relays.main]\nurl = \"{url}\"")).map(|config| config.relays["main"].url.clone());
    let smtp = |user: Option<&str>, port, implicit_tls| {
        Ok(RelayUrl::Smtp { user: user.map(str::to_owned), host: "relay.example".to_owned(), port, implicit_tls })
    };
    let same = |given: &str, wanted: Result<RelayUrl, ()>| assert_eq!(url(given).map_err(drop), wanted, "{given}");
    same("smtp://relay.example", smtp(None, 587, false));
    same("smtps://ada@relay.example", smtp(Some("ada"), 465, true));
    same("smtp://ada%40quay.example@relay.example:25", smtp(Some("ada@quay.example"), 25, false));
    same("mailbox://127.0.0.1:2525", Ok(RelayUrl::Mailbox { at: Some("127.0.0.1:2525".parse().unwrap()) }));
    for wrong in ["relay.example", "http://relay.example", "smtp://", "smtp://relay.example:99999", "mailbox://here"] {
        same(wrong, Err(()));
    }
}

#[test]
fn a_set_key_takes_text_raw_and_all_else_as_toml() {
    let set = [
        "newsletters.morning.send_at=07:15",
        "newsletters.morning.days=[\"Sat\"]",
        "newsletters.morning.limits.audience_swing=0.5",
        "relays.main.url=mailbox://127.0.0.1:2525",
        "relays.main.connections=2",
        "publication.name=Quay = \"best\"",
    ];
    let config = read(SMALL, &set).unwrap();
    let morning = &config.newsletters["morning"];
    assert_eq!(morning.send_at.to_string(), "07:15:00");
    assert_eq!((morning.days.len(), morning.audience_swing), (1, 0.5));
    assert_eq!(config.relays["main"].connections, 2);
    assert_eq!(config.publication.name, "Quay = \"best\"");
}

#[test]
fn a_set_key_that_is_none_is_said_with_the_one_that_was_meant() {
    let findings = read(SMALL, &["serve.ulr=x", "relays.main.connections=many", "serve", "store=x"]).unwrap_err();
    assert_eq!(findings.len(), 4);
    assert_eq!(findings[0].help.as_deref(), Some("did you mean `serve.url`?"));
}

#[test]
fn a_name_with_a_line_end_never_reaches_a_header() {
    assert_eq!(titles(with("[serve]\nsecret_file = \"a\\nb\"")), ["`serve.secret_file` holds a control character"]);
    assert_eq!(titles(with("[relays.main.headers]\n\"X-A\" = \"1\\r\\nBcc: x\"")).len(), 2);
}

#[test]
fn what_cannot_be_sent_without_cannot_be_switched_off() {
    assert!(titles(with("[checks]\nplaceholder = \"off\""))[0].starts_with("`placeholder` cannot be switched off"));
}

/// The shipped file is the manual: whoever reads it has met every key.
#[test]
fn the_shipped_config_explains_every_key() {
    let shipped = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("config.toml")).unwrap();
    let lines: Vec<&str> = shipped.lines().map(|line| line.trim_start_matches(['#', ' '])).collect();
    let mentions = |name: &str| {
        let set = |line: &&str| {
            line.match_indices(name).any(|(at, _)| {
                let own = !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
                own && line[at + name.len()..].trim_start().starts_with('=')
            })
        };
        lines.iter().any(set)
    };
    let header = |table: &str| {
        lines.iter().any(|line| line.starts_with(&format!("[{table}]")) || line.starts_with(&format!("[{table}.")))
    };
    let missing: Vec<&str> = keys::KEYS
        .iter()
        .filter(|key| {
            let (table, name) = key.path.rsplit_once('.').unwrap_or((key.path, key.path));
            let free = name.bytes().all(|byte| byte.is_ascii_uppercase());
            let holder = table.rsplit('.').next().unwrap_or(table);
            let open = free || matches!(key.shape, keys::Shape::Empty | keys::Shape::Like(_));
            let inside = || lines.iter().any(|line| line.starts_with(&format!("{name}.")));
            !(mentions(name) || open && (header(holder) || mentions(holder) || inside()))
        })
        .map(|key| key.path)
        .collect();
    assert!(missing.is_empty(), "config.toml does not explain {}", missing.join(", "));
}

#[test]
fn the_shipped_config_reads() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = load(root, &[]).unwrap_or_else(|findings| panic!("{findings:?}"));
    assert_eq!(config.relays["main"].url, RelayUrl::Mailbox { at: None });
}

const TWO_AUTHORS: &str = r#"
[authors.maren-oduya]
name = "Maren Oduya"
email = "Maren@quay.example"
[authors.ivy-chen]
name = "Ivy Chen"
"#;

#[test]
fn editors_log_in_by_the_address_of_their_names() {
    let config = with(&format!(
        "{TWO_AUTHORS}email = \"ivy@quay.example\"\n[preview]\nurl = \"https://Desk.quay.example:8443/\"\neditors = [\"maren-oduya\", \"ivy-chen\"]\n"
    ));
    let door = config.unwrap().door.unwrap();
    assert_eq!((door.url.as_str(), door.host().as_str()), ("https://Desk.quay.example:8443", "desk.quay.example"));
    let address = EmailAddress::parse("mAREN@QUAY.example").unwrap();
    assert_eq!(door.editor_at(&address).unwrap().name, "Maren Oduya");
    assert!(door.editor("ivy-chen").is_some() && door.editor("maren").is_none());
    assert_eq!(read(SMALL, &[]).unwrap().door, None);
}

#[test]
fn a_door_nobody_can_come_in_by_is_an_error() {
    let said = |preview: &str| titles(with(&format!("{TWO_AUTHORS}[preview]\n{preview}\n")));
    let url = "url = \"https://desk.quay.example\"";
    assert_eq!(said(url), ["nobody may log in at this address"]);
    assert_eq!(said("editors = [\"maren-oduya\"]"), ["these editors have no address to log in at"]);
    assert_eq!(said(&format!("{url}\neditors = [\"maren-odua\"]")), ["there is no author `maren-odua` to log in"]);
    assert_eq!(
        said(&format!("{url}\neditors = [\"ivy-chen\"]")),
        ["`ivy-chen` has no address that a link could be mailed to"]
    );
    assert_eq!(said(&format!("{url}\neditors = [\"maren-oduya\", \"maren-oduya\"]")), ["`maren-oduya` is named twice"]);
    for (address, title) in [
        ("http://desk.quay.example", "no browser keeps a login for this address"),
        ("desk.quay.example", "no browser keeps a login for this address"),
        ("https://quay.example/desk", "the desk has a host of its own"),
        ("https://maren@quay.example", "the desk has a host of its own"),
    ] {
        assert_eq!(said(&format!("url = \"{address}\"\neditors = [\"maren-oduya\"]")), [title], "{address}");
    }
    assert!(
        with(&format!("{TWO_AUTHORS}[preview]\nurl = \"http://desk.localhost:8024\"\neditors = [\"maren-oduya\"]\n"))
            .is_ok()
    );
}
