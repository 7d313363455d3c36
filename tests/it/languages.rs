//! Newsrooms that print in other languages: right to left, without spaces, with long words.
//!
//! `BLESS=1 cargo test languages` writes the golden texts anew; the diff is then for a person to read.

use std::fs;
use std::path::Path;

use scraper::{Html, Selector};
use unicode_width::UnicodeWidthStr;

use crate::world::World;

pub(crate) const LANGUAGES: [&str; 4] = ["ar", "de", "he", "ja"];

/// The newsroom of `fixtures/languages/…`; its picture is the sample's.
pub(crate) fn newsroom(language: &str) -> World {
    let world = World::sample();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/languages").join(language);
    let copy = |from: &Path, name: &str| world.write(name, &fs::read_to_string(from).unwrap());
    fs::remove_dir_all(world.path("issues")).unwrap();
    copy(&fixture.join("config.toml"), "config.toml");
    for folder in ["issues/daily", "issues/stories", "issues/snippets"] {
        for entry in fs::read_dir(fixture.join(folder)).into_iter().flatten() {
            let entry = entry.unwrap();
            copy(&entry.path(), &format!("{folder}/{}", entry.file_name().to_str().unwrap()));
        }
    }
    fs::create_dir_all(world.path("issues/images")).unwrap();
    let picture = Path::new(env!("CARGO_MANIFEST_DIR")).join("issues/images/barrier-night.png");
    fs::copy(picture, world.path("issues/images/picture.png")).unwrap();
    world
}

fn built(language: &str) -> World {
    let world = newsroom(language);
    world.ok(&["build", "2026-11-24", "-o", "out"]);
    world
}

#[test]
fn every_language_s_text_is_the_golden_one_and_fits_a_terminal() {
    for language in LANGUAGES {
        let text = built(language).read("out/issue.txt");
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/languages/{language}.txt"));
        if std::env::var_os("BLESS").is_some() {
            fs::write(&golden, &text).unwrap();
        }
        assert!(text == fs::read_to_string(&golden).unwrap_or_default(), "{} is not what was built", golden.display());
        for line in text.lines().filter(|line| !line.contains("https://")) {
            assert!(line.width() <= 72, "{language}: {line}");
        }
        // Joiners are spelling; what hides in the text is not, nor is what turns it around, but for lines from the right.
        let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        let hidden = |c: char| matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{a0}');
        assert!(!text.contains(hidden), "{language}");
        for line in text.lines() {
            let from_the_right = ["ar", "he"].contains(&language) && line.contains(char::is_alphanumeric);
            let begins = if from_the_right && !line.contains("://") { "\u{202b}" } else { "" };
            let rest = line.strip_prefix(begins).unwrap_or_else(|| panic!("{language}: {line}"));
            assert!(!rest.contains(turns), "{language}: {line}");
        }
    }
}

#[test]
fn a_mail_and_its_text_say_their_own_words_in_the_language_of_the_house() {
    for (language, read_online, date) in [
        ("ar", "اقرأ على الإنترنت", "الثلاثاء، 24 نوفمبر 2026"),
        ("de", "Online lesen", "Dienstag, 24. November 2026"),
        ("he", "לקריאה באתר", "יום שלישי, 24 בנובמבר 2026"),
        ("ja", "ウェブで読む", "2026年11月24日火曜日"),
    ] {
        let world = built(language);
        for part in ["out/issue.html", "out/issue.txt"] {
            let part = world.read(part).replace('\u{a0}', " ");
            assert!(part.contains(read_online) && part.contains(date), "{language}");
            for english in ["Read online", "In this issue", "stories", "Advertisement", "Sent to"] {
                assert!(!part.contains(english), "{language}: {english}");
            }
            assert!(part.contains("Unsubscribe"), "{language}: what mail programs look for");
        }
    }
}

#[test]
fn a_reader_s_values_do_not_turn_the_words_around_them() {
    for language in ["ar", "he"] {
        let page = Html::parse_document(&built(language).read("out/issue.html"));
        let isolated = Selector::parse("span[dir]").unwrap();
        let isolated: Vec<String> = page.select(&isolated).map(|span| span.text().collect()).collect();
        for value in ["Robin", "robin@reader.example"] {
            assert!(isolated.iter().any(|text| text == value), "{language}: {value} in {isolated:?}");
        }
        let root = page.root_element();
        assert_eq!((root.attr("lang"), root.attr("dir")), (Some(language), Some("rtl")));
    }
}

#[test]
fn a_language_the_press_has_no_words_in_is_a_warning_and_not_an_end() {
    let world = built("he");
    world.write("config.toml", &world.read("config.toml").replace("language = \"he\"", "language = \"fi\""));
    let ran = world.ends(0, &["check", "2026-11-24"]);
    assert!(
        ran.stdout.contains("language-unshipped") && ran.stdout.contains("shipped: ar, de, en, he, ja, pt"),
        "{}",
        ran.stdout
    );
    assert_eq!(world.ends(4, &["check", "2026-11-24", "--strict"]).code, 4);
    world.write("config.toml", &(world.read("config.toml") + "\n[checks]\nlanguage-unshipped = \"off\"\n"));
    assert!(!world.ends(0, &["check", "2026-11-24"]).stdout.contains("language-unshipped"));
}
