//! The sample newsroom, built: whole files compared with `golden/`, the same bytes each time, and read by
//! parsers that are not ours.
//!
//! `BLESS=1 cargo test building` writes the golden files anew; the diff is then for a person to read.

use std::fs;
use std::path::PathBuf;

use mail_parser::MessageParser;
use scraper::{Html, Selector};

use crate::world::World;

const ISSUES: [(&str, &str); 3] = [("morning", "2026-11-23"), ("morning", "2026-11-24"), ("good-news", "2026-11-28")];

#[test]
fn every_sample_issue_is_the_golden_one() {
    let world = World::sample();
    for (newsletter, date) in ISSUES {
        world.ok(&["-n", newsletter, "build", date, "-o", "out"]);
        let files = [("issue.html", "html"), ("issue.txt", "txt"), ("issue.eml", "eml"), ("web.html", "web.html")];
        for (file, ending) in files {
            let built = fs::read(world.path(&format!("out/{file}"))).unwrap();
            let golden = golden(&format!("{newsletter}-{date}.{ending}"));
            if std::env::var_os("BLESS").is_some() {
                fs::write(&golden, &built).unwrap();
            }
            let expected = fs::read(&golden).unwrap_or_default();
            assert!(built == expected, "{} is not what was built; see `BLESS=1`", golden.display());
        }
    }
}

#[test]
fn the_same_files_build_the_same_bytes_in_any_year() {
    let mut world = World::sample();
    let first = world.ok(&["show", "2026-11-24", "--eml"]);
    world.at("2031-02-03T04:05:06Z");
    assert_eq!(world.ok(&["show", "2026-11-24", "--eml"]), first);
}

#[test]
fn an_independent_parser_reads_both_parts_and_every_header_once() {
    let world = World::sample();
    for (newsletter, date) in ISSUES {
        world.ok(&["-n", newsletter, "build", date, "-o", "out"]);
        let eml = fs::read(world.path("out/issue.eml")).unwrap();
        let message = MessageParser::default().parse(&eml).unwrap();
        let text = message.body_text(0).unwrap();
        assert_eq!(
            text.trim_end(),
            world.read("out/issue.txt").replace('\n', "\r\n").trim_end(),
            "{newsletter} {date}"
        );
        for header in [
            "From",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "Reply-To",
            "List-Id",
            "List-Unsubscribe",
            "List-Unsubscribe-Post",
            "Feedback-ID",
            "MIME-Version",
        ] {
            let count = message.headers().iter().filter(|own| own.name().eq_ignore_ascii_case(header)).count();
            assert_eq!(count, 1, "{header} in {newsletter} {date}");
        }
        assert!(
            eml.split(|byte| *byte == b'\n').all(|line| line.len() <= 998 && line.ends_with(b"\r") || line.is_empty())
        );
    }
}

#[test]
fn both_parts_say_how_to_leave_where_to_read_online_and_who_writes() {
    let world = World::sample();
    for (newsletter, date) in ISSUES {
        world.ok(&["-n", newsletter, "build", date, "-o", "out"]);
        let (html, text) = (world.read("out/issue.html"), world.read("out/issue.txt"));
        let links: Vec<String> = Html::parse_document(&html)
            .select(&Selector::parse("a[href]").unwrap())
            .map(|link| link.attr("href").unwrap().to_owned())
            .collect();
        for part in [format!("/u/{newsletter}/"), "/p/".to_owned(), format!("/{newsletter}/{date}")] {
            assert!(links.iter().any(|link| link.contains(&part)), "{part} in the HTML of {newsletter} {date}");
            assert!(text.contains(&part), "{part} in the text of {newsletter} {date}");
        }
        let config = world.read("config.toml");
        let address =
            config.lines().find(|line| line.starts_with("postal_address")).unwrap().split('"').nth(1).unwrap();
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(address) && html.contains(address), "the postal address in {newsletter} {date}");
    }
}

#[test]
fn pictures_lie_beside_the_page_that_shows_them() {
    let world = World::sample();
    world.ok(&["build", "2026-11-24", "-o", "out"]);
    for page in ["out/issue.html", "out/web.html"] {
        let html = Html::parse_document(&world.read(page));
        let images: Vec<String> =
            html.select(&Selector::parse("img").unwrap()).map(|image| image.attr("src").unwrap().to_owned()).collect();
        assert!(!images.is_empty());
        for image in images {
            assert!(world.path("out").join(&image).is_file(), "{page}: {image}");
        }
    }
}

#[test]
fn what_cannot_be_written_is_an_unexpected_failure_that_names_the_file() {
    let world = World::sample();
    world.write("out", "a file where a folder is wanted");
    let ran = world.ends(1, &["build", "2026-11-24", "-o", "out"]);
    assert!(ran.stderr.contains("out/issue.html"), "{}", ran.stderr);
}

#[test]
fn building_needs_nothing_but_files() {
    let world = World::sample();
    world.ok(&["build", "2026-11-24", "-o", "out"]);
    assert!(!world.path("pressrun.db").exists(), "no store was made");
    assert!(!world.path("pressrun.secret").exists(), "no secret was made");
}

fn golden(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "golden", name].iter().collect()
}
