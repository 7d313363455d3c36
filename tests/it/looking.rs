//! What only a browser knows of a mail: whether it is wider than a phone, and what one sees of it.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::chromium::{Page, Scheme};
use crate::gates::{LOOKS, build_into, issues, newsrooms};
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

/// A page in a window of its own.
#[derive(Serialize)]
struct Frame<'a> {
    html: &'a str,
    /// Where its pictures lie.
    folder: &'a Path,
    width: u32,
    dark: bool,
}

impl<'a> Frame<'a> {
    fn of(html: &'a str, issue: &'a Built, width: u32) -> Self {
        Self { html, folder: &issue.folder, width, dark: false }
    }
}

/// All of them at once: a browser is asked across a wire, and each question costs a tenth of a second.
fn look(page: &Page, frames: &[Frame<'_>]) -> Vec<Seen> {
    let script = ASK.replace("FRAMES", &serde_json::to_string(frames).unwrap());
    serde_json::from_value(page.ask(&script)).unwrap()
}

/// An issue in a look, built.
struct Built {
    /// Newsroom, newsletter, date, and the look's arguments.
    name: String,
    folder: PathBuf,
    html: String,
}

/// Every issue in every look, built once for all tests. The worlds they lie in stay until the end.
fn built() -> &'static [Built] {
    static BUILT: OnceLock<(Vec<World>, Vec<Built>)> = OnceLock::new();
    let (_, built) = BUILT.get_or_init(|| {
        let mut built = Vec::new();
        let worlds = newsrooms().into_iter().map(|(newsroom, world)| {
            for (number, issue) in issues(&newsroom, &world).iter().enumerate() {
                for (index, look) in LOOKS.iter().enumerate() {
                    let folder = format!("out/{number}-{index}");
                    build_into(&world, &folder, issue, None, look);
                    let (name, html) =
                        (format!("{} {look:?}", issue.name()), world.read(&format!("{folder}/issue.html")));
                    built.push(Built { name, folder: world.path(&folder), html });
                }
            }
            world
        });
        (worlds.collect(), built)
    });
    built
}

/// What `each` finds in every issue in every look.
fn over_all(each: impl Fn(&Page, &Built) -> Vec<String>) {
    let page = blank();
    let told = |issue: &Built, faults: Vec<String>| {
        faults.into_iter().map(|fault| format!("{}: {fault}", issue.name)).collect::<Vec<_>>()
    };
    let broken: Vec<String> = built().iter().flat_map(|issue| told(issue, each(&page, issue))).collect();
    assert!(broken.is_empty(), "{} faults\n{}", broken.len(), broken.join("\n"));
}

/// An empty page of the file system, which may show the pictures that lie there.
fn blank() -> Page {
    let page = Page::new();
    page.open_file(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/looking.html"));
    page
}

fn without_styles(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
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
    over_all(|page, issue| {
        let bare = without_styles(&issue.html);
        let windows = [("styled", &issue.html), ("bare", &bare)]
            .map(|(how, html)| [320, 375, 600].map(|width| (how, html, width)));
        let windows = windows.concat();
        let frames: Vec<Frame<'_>> = windows.iter().map(|(_, html, width)| Frame::of(html, issue, *width)).collect();
        let wide = look(page, &frames).into_iter().zip(&windows).filter(|(seen, _)| seen.widest > seen.room + ROUNDING);
        wide.map(|(seen, (how, _, width))| format!("{how} at {width}: {} px wide", seen.widest)).collect()
    });
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn every_word_can_be_read_in_light_and_dark() {
    over_all(|page, issue| {
        let frames = [false, true].map(|dark| Frame { dark, ..Frame::of(&issue.html, issue, 600) });
        let mut faults = Vec::new();
        for (seen, dark) in look(page, &frames).iter().zip([false, true]) {
            let dim = seen.runs.iter().filter(|run| run.contrast < 4.5);
            faults.extend(dim.map(|run| format!("contrast {:.1}, dark: {dark}, at {}", run.contrast, run.words)));
            // A button stays bright; nothing else does.
            let is_button = |run: &&Run| seen.links.iter().any(|link| link.button && link.words == run.words);
            let glaring = seen.runs.iter().filter(|run| dark && !run.dark && !is_button(run));
            faults.extend(glaring.map(|run| format!("a bright ground in the dark at {}", run.words)));
        }
        faults
    });
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn type_is_large_lines_are_short_and_a_thumb_hits_the_buttons() {
    over_all(|page, issue| {
        let [phone, desk] = &look(page, &[375, 1200].map(|width| Frame::of(&issue.html, issue, width)))[..] else {
            panic!("two windows")
        };
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
    over_all(|page, issue| {
        let blocked = issue.html.replace("src=\"images/", "src=\"blocked/");
        let bare = without_styles(&blocked);
        let frames = [(&blocked, 375), (&blocked, 600), (&bare, 375)];
        let seen = look(page, &frames.map(|(html, width)| Frame::of(html, issue, width)));
        let mut faults = Vec::new();
        for picture in seen.into_iter().flat_map(|seen| seen.pictures) {
            let lines = 2.0 + picture.alt.chars().count() as f64 * 8.0 / picture.width.max(8.0);
            let (tall, gone) = (picture.height > 26.0 * lines + 24.0, picture.height < 8.0);
            if tall || gone {
                faults.push(format!("{} × {} px for `{}`", picture.width, picture.height, picture.alt));
            }
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
    let issue = &built()[0];
    let words = "<p style=\"width:900px;color:#999;background:#888;font:9px/10px serif\">Grey on grey</p>";
    let html = issue.html.replace("</body>", &format!("{words}</body>"));
    let seen = &look(&blank(), &[Frame::of(&html, issue, 320)])[0];
    assert!(seen.widest > seen.room + ROUNDING);
    assert!(seen.runs.iter().any(|run| run.contrast < 4.5 && run.size < 12.0 && run.words == "Grey on grey"));
    let night = &look(&blank(), &[Frame { dark: true, ..Frame::of(&issue.html, issue, 600) }])[0];
    assert!(night.runs.iter().any(|run| run.dark), "it is dark in the dark");
}
