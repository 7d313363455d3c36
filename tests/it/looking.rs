//! What only a browser knows of a mail: whether it is wider than a phone, and what one sees of it.

use std::fs;

use serde::Deserialize;

use crate::chromium::{Page, Scheme};
use crate::gates::{Found, LOOKS, build, issues, newsrooms};
use crate::world::World;

const ASK: &str = include_str!("looking.js");

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Seen {
    widest: f64,
    room: f64,
    runs: Vec<Run>,
    pictures: Vec<Picture>,
    links: Vec<Link>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    words: String,
    contrast: f64,
    size: f64,
    /// Characters a line, of paragraphs; 0 for what is shorter than one.
    per_line: u32,
    dark: bool,
}

#[derive(Deserialize)]
struct Picture {
    alt: String,
    width: f64,
    height: f64,
}

#[derive(Deserialize)]
struct Link {
    words: String,
    height: f64,
    button: bool,
}

fn look(page: &Page) -> Seen {
    serde_json::from_value(page.ask(ASK)).unwrap()
}

/// Builds every issue in every look and says what `each` finds, with the issue's name before it.
fn over_all(each: impl Fn(&Page, &World) -> Vec<String>) {
    let page = Page::new();
    let mut broken = Vec::new();
    for (newsroom, world) in newsrooms() {
        for issue in issues(&newsroom, &world) {
            for look in LOOKS {
                build(&world, &issue, None, look);
                broken.extend(each(&page, &world).into_iter().map(|fault| told(&issue, look, &fault)));
            }
        }
    }
    assert!(broken.is_empty(), "{} faults\n{}", broken.len(), broken.join("\n"));
}

fn told(issue: &Found, look: &[&str], fault: &str) -> String {
    format!("{} {look:?}: {fault}", issue.name())
}

/// The built page with its source changed.
fn changed(world: &World, name: &str, change: impl Fn(String) -> String) -> std::path::PathBuf {
    let path = world.path("out").join(name);
    fs::write(&path, change(world.read("out/issue.html"))).unwrap();
    path
}

fn without_styles(html: String) -> String {
    let mut out = String::new();
    let mut rest = html.as_str();
    while let Some((before, after)) = rest.split_once("<style>") {
        out.push_str(before);
        rest = after.split_once("</style>").unwrap().1;
    }
    out + rest
}

/// Chromium rounds a box up.
const ROUNDING: f64 = 1.0;

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn no_issue_is_wider_than_its_window_with_or_without_its_style_sheet() {
    over_all(|page, world| {
        let bare = changed(world, "bare.html", without_styles);
        let mut faults = Vec::new();
        for (path, how) in [(world.path("out/issue.html"), "styled"), (bare, "bare")] {
            page.shown("screen", Scheme::Light).open_file(&path);
            for width in [320, 375, 600] {
                let seen = look(page.sized(width, 900));
                if seen.widest > seen.room + ROUNDING {
                    faults.push(format!("{how} at {width}: {} px wide", seen.widest));
                }
            }
        }
        faults
    });
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn every_word_can_be_read_in_light_and_dark() {
    over_all(|page, world| {
        let mut faults = Vec::new();
        page.sized(600, 900).open_file(&world.path("out/issue.html"));
        for scheme in [Scheme::Light, Scheme::Dark] {
            let seen = look(page.shown("screen", scheme));
            let dim = seen.runs.iter().filter(|run| run.contrast < 4.5);
            faults.extend(dim.map(|run| format!("contrast {:.1} in {scheme:?} at {}", run.contrast, run.words)));
            let glaring = seen.runs.iter().filter(|run| scheme == Scheme::Dark && !run.dark);
            // A button stays bright; nothing else does.
            let buttons: Vec<&str> =
                seen.links.iter().filter(|link| link.button).map(|link| link.words.as_str()).collect();
            let glaring = glaring.filter(|run| !buttons.contains(&run.words.as_str()));
            faults.extend(glaring.map(|run| format!("a bright ground in the dark at {}", run.words)));
        }
        faults
    });
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn type_is_large_lines_are_short_and_a_thumb_hits_the_buttons() {
    over_all(|page, world| {
        page.shown("screen", Scheme::Light).open_file(&world.path("out/issue.html"));
        let phone = look(page.sized(375, 900));
        let desk = look(page.sized(1200, 900));
        let small =
            phone.runs.iter().filter(|run| run.size < 12.0).map(|run| format!("{} px at {}", run.size, run.words));
        let long = desk.runs.iter().filter(|run| run.per_line > 80);
        let long = long.map(|run| format!("{} characters a line at {}", run.per_line, run.words));
        let flat = phone.links.iter().filter(|link| link.button && link.height < 44.0);
        let flat = flat.map(|link| format!("the button `{}` is {} px high", link.words, link.height));
        small.chain(long).chain(flat).collect()
    });
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn a_picture_that_is_blocked_leaves_its_words_and_no_tall_box() {
    over_all(|page, world| {
        let blocked = changed(world, "blocked.html", |html| html.replace("src=\"images/", "src=\"blocked/"));
        page.shown("screen", Scheme::Light).open_file(&blocked);
        let mut faults = Vec::new();
        for width in [375, 600] {
            let seen = look(page.sized(width, 900));
            faults.extend(seen.pictures.iter().filter_map(|picture| {
                let lines = 2.0 + picture.alt.chars().count() as f64 * 8.0 / picture.width.max(8.0);
                let tall = picture.height > 24.0 * lines + 24.0;
                let gone = picture.height < 8.0;
                (tall || gone)
                    .then(|| format!("at {width}: {} × {} px for `{}`", picture.width, picture.height, picture.alt))
            }));
        }
        faults
    });
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn a_printed_issue_has_a_white_ground_and_nothing_to_click() {
    let page = Page::new();
    let world = World::sample();
    world.ok(&["build", "2026-11-24", "-o", "out"]);
    page.shown("print", Scheme::Light).sized(794, 1123).open_file(&world.path("out/issue.html"));
    let seen = page.ask(
        "JSON.stringify({ground: getComputedStyle(document.querySelector('.sh')).backgroundColor,
                         hidden: [...document.querySelectorAll('.np')].every(e => getComputedStyle(e).display === 'none')})",
    );
    assert_eq!(seen["ground"], "rgb(255, 255, 255)");
    assert_eq!(seen["hidden"], true);
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn what_is_too_wide_too_dim_and_too_small_is_seen() {
    let world = World::sample();
    world.ok(&["build", "2026-11-24", "-o", "out"]);
    let path = changed(&world, "broken.html", |html| {
        let words = "<p style=\"width:900px;color:#999;background:#888;font:9px/10px serif\">Grey on grey</p>";
        html.replace("</body>", &format!("{words}</body>"))
    });
    let page = Page::new();
    let seen = look(page.shown("screen", Scheme::Light).sized(320, 900).open_file(&path));
    assert!(seen.widest > seen.room + ROUNDING);
    assert!(seen.runs.iter().any(|run| run.contrast < 4.5 && run.size < 12.0 && run.words == "Grey on grey"));
}
