//! Looking: the mails at their widths, the lenses, what stands beside them, readers, keys; on every screen.

use std::fs;
use std::path::Path;

use super::{BOTH, Desk, ISSUE, between, newsroom};
use crate::chromium::{Page, Scheme};
use crate::world::World;

/// Screens an editor may sit at.
const SCREENS: [(u32, u32); 5] = [(1024, 768), (1280, 800), (1440, 900), (1920, 1080), (2560, 1440)];

/// A frame's document.
fn mail(id: &str) -> String {
    format!("document.getElementById('{id}').contentDocument")
}

/// Whether something is drawn, and within the window.
fn in_view(selector: &str) -> String {
    format!(
        "(() => {{ const box = document.querySelector('{selector}')?.getBoundingClientRect();
         return box && box.width > 200 && box.left >= 0 && box.right <= innerWidth + 1 }})()"
    )
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn both_mails_are_as_wide_as_they_say_and_in_view_on_every_screen() {
    let desk = Desk::sample();
    let page = desk.page();
    for (width, height) in SCREENS {
        page.sized(width, height).until(&format!("innerWidth === {width} && {BOTH}"));
        let widths = "['phone', 'desktop'].map(id => document.getElementById(id).contentWindow.innerWidth)";
        assert_eq!(page.see(widths), serde_json::json!([375, 640]), "at {width}");
        assert_eq!(page.see(&in_view("#narrow")), true, "at {width}");
        assert_eq!(page.see(&in_view("#wide")), true, "at {width}");
        let height = page.see("document.getElementById('phone').getBoundingClientRect().height / innerHeight");
        assert!(height.as_f64().unwrap() > 0.65, "the mail has {height} of the height at {width}");
        assert_eq!(page.see("document.documentElement.scrollWidth <= innerWidth"), true, "at {width}");
    }
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn what_is_opened_beside_the_mails_is_in_view_on_every_screen() {
    let desk = Desk::sample();
    let page = desk.at("/morning/2026-11-24?side=none", 1440, 900);
    for (width, height) in SCREENS {
        page.sized(width, height)
            .until(&format!("innerWidth === {width} && document.getElementById('v-side-text')"))
            .press("t")
            .until("document.getElementById('third')");
        assert_eq!(page.see(&in_view("#third")), true, "at {width}");
        let shown = page.see("['narrow', 'wide'].filter(id => document.getElementById(id).offsetWidth).length");
        assert_eq!(shown, if width < 2200 { 1 } else { 2 }, "at {width}");
        page.press("t").until("!document.getElementById('third')");
    }
    page.go(&desk.url("/morning/2026-11-24"));
    page.until("document.getElementById('third').innerText.includes('THE VENNMOUTH LANTERN')");
    for panel in ["blocks", "checks", "measures"] {
        assert_eq!(page.see(&format!("document.getElementById('{panel}').offsetHeight > 60")), true, "{panel}");
    }
    page.press("t").until("location.search.includes('side=none') && !document.getElementById('third')");
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn each_thing_beside_the_mails_is_what_it_says() {
    let desk = Desk::open(newsroom(), &["--no-network"]);
    desk.save("https://lantern.example/contact", "https://lantern.news/contact");
    let page = desk.page();
    let beside = |name: &str, holds: &str| {
        page.click(&format!("#v-side-{name}"));
        page.until(&format!("document.getElementById('third')?.innerText.includes({holds:?})"));
    };
    beside("text", "ALSO THIS MORNING");
    beside("source", "# First Light, Tuesday 24 November 2026.");
    beside("changes", "The text of 2026-11-23");
    assert_eq!(page.see("document.querySelectorAll('#third del b').length > 3"), true);
    beside("order", "heading 2");
    assert_eq!(page.see("document.getElementById('third').innerText.includes('OduyaEditor')"), false);
    beside("links", "not asked");
    assert_eq!(page.see("document.getElementById('third').innerText.includes('29 links to 25 addresses')"), true);
    page.click("#v-side-before").until(&format!("{}?.querySelector('td[id=b1]')", mail("before")));
    // The issue before is live too.
    desk.world.write("issues/morning/2026-11-23.toml", "subject = \"Yesterday\"\npreheader = \"Nothing at all\"\n[[block]]\ntype = \"text\"\ntext = \"It was quiet.\"\n");
    page.until(&format!("{}.body.innerText.replaceAll('\\u00a0', ' ').includes('It was quiet.')", mail("before")));
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn a_lens_shows_what_a_client_would() {
    let desk = Desk::sample();
    let page = desk.page();
    let colour = format!("getComputedStyle({}.querySelector('h1, h2')).color", mail("desktop"));
    let light = page.see(&colour);
    page.press("d").until(&format!("{colour} !== {light}"));
    assert_eq!(page.see("location.search"), "?look=dark");
    page.press("d").until(&format!("getComputedStyle({}.documentElement).filter.includes('invert')", mail("desktop")));
    page.press("d").until(&format!("{colour} === {light}"));
    page.press("i").until(&format!("[...{}.images].every(image => image.src === 'data:,')", mail("phone")));
    page.press("i")
        .until(&format!("[...{}.images].every(image => image.complete && image.naturalWidth)", mail("phone")));
    let size = format!("parseFloat(getComputedStyle({}.querySelector('td[id=b1] p')).fontSize)", mail("desktop"));
    let normal = page.see(&size).as_f64().unwrap();
    page.click("#v-font").until(&format!("{size} > {normal} * 1.15"));
    page.click("#v-font").until(&format!("{size} === {normal}"));
    page.click("#v-styles").until(&format!("{}.querySelectorAll('style').length === 1", mail("desktop")));
    page.click("#v-styles").until(&format!("{}.querySelectorAll('style').length > 1", mail("desktop")));
    page.press("1").until("!document.getElementById('wide')").press("2").until("!document.getElementById('narrow')");
    page.press("3").until(BOTH);
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn the_way_back_leads_through_the_views() {
    let desk = Desk::sample();
    let page = desk.page();
    let beside = "document.getElementById('third')?.offsetWidth";
    page.press("d").until("document.querySelector('#v-look-dark[aria-current]')").press("t").until(beside);
    page.tab.evaluate("history.back()", false).unwrap();
    page.until(&format!("location.search === '?look=dark' && !{beside}"));
    page.tab.evaluate("history.back()", false).unwrap();
    page.until("location.search === '' && document.querySelector('#v-look-light[aria-current]')");
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn the_desktop_is_as_wide_as_the_hand_or_the_keys_make_it() {
    let desk = Desk::sample();
    let page = desk.at("/morning/2026-11-24?panes=desktop", 1920, 1080);
    let width = "document.getElementById('desktop')?.contentWindow?.innerWidth";
    page.until(&format!("{width} === 640")).drag("#grip", -240.0, 0.0).until(&format!("{width} === 400"));
    page.until("document.getElementById('width').textContent === '400'");
    page.press("End").until(&format!("{width} === 1200"));
    page.press("ArrowLeft").until(&format!("{width} === 1190"));
    page.press("Home").until(&format!("{width} === 320"));
    page.go(&desk.url("/morning/2026-11-24?panes=desktop")).until(&format!("{width} === 320"));
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn the_inbox_row_is_marked_where_each_client_cuts() {
    let desk = Desk::sample();
    let page = desk.page();
    let marks = "[...document.querySelectorAll('#preheader-drawn .cut')].map(mark => mark.dataset.for)";
    assert_eq!(page.see(marks), serde_json::json!(["Gmail phone", "Outlook"]));
    let over = "(() => { const drawn = document.getElementById('preheader-drawn'), range = document.createRange();
                range.selectNodeContents(drawn.querySelector('.cut').previousSibling);
                return Math.abs(range.getBoundingClientRect().right - drawn.querySelector('.cut').getBoundingClientRect().left) })()";
    assert!(page.see(over).as_f64().unwrap() < 2.0, "the mark stands behind the last letter that is seen");
    page.click("#subject")
        .press("End")
        .write(", and this subject is now far too long for anybody's inbox to show it whole");
    page.until(
        "document.querySelectorAll('#subject-drawn .cut').length === 4 && document.querySelector('#subject-drawn s')",
    );
    assert_eq!(page.see("document.querySelector('#subject-drawn .count').textContent > 100"), true);
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn the_mail_is_seen_as_a_reader_of_the_list_and_a_stranger_is_said() {
    let desk = Desk::with_readers(&[("ada@reader.test", "Ada"), ("adam@reader.test", "Adam"), ("zoe@reader.test", "")]);
    let page = desk.page();
    let greeting = format!("{}.body.innerText", mail("phone"));
    let to = |address: &str| {
        page.tab.evaluate("document.getElementById('reader').select()", false).unwrap();
        page.click("#reader").tab.evaluate("document.getElementById('reader').select()", false).unwrap();
        page.write(address).press("Enter");
    };
    page.click("#reader").write("ad");
    page.until(
        "[...document.querySelectorAll('#readers option')].map(option => option.value).includes('adam@reader.test')",
    );
    to("ada@reader.test");
    page.until(&format!("{greeting}.includes('Good morning, Ada.')"));
    to("zoe@reader.test");
    page.until(&format!("{greeting}.includes('Good morning, reader.')"));
    to("nobody@reader.test");
    page.until("document.querySelector('#reader-note.bad')?.textContent.includes('no reader has the address nobody@reader.test')");
    page.until(&format!("{greeting}.includes('Good morning, Robin.')"));
    to("long-name");
    page.until(&format!("{greeting}.includes('Good morning, Maximiliana')"));
    page.go(&desk.url("/morning/2026-11-24?rail=measures"));
    page.until("document.getElementById('measures').innerText.includes('lane others: 3 readers')");
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn everything_is_reached_by_keys() {
    let desk = Desk::sample();
    let page = desk.page();
    let top = |id: &str| format!("{}.scrollingElement.scrollTop", mail(id));
    let here = "document.querySelector('li.block[data-here]')?.dataset.block";
    page.press("j").until(&format!("{here} === 'b1'")).press("j").press("j").until(&format!("{here} === 'b3'"));
    page.until(&format!("{} > 300 && {} > 300", top("phone"), top("desktop")));
    page.press("k").until(&format!("{here} === 'b2'"));
    page.press("?").until("document.getElementById('keys').open");
    let groups = page.see("[...document.querySelectorAll('#keys h3')].map(head => head.textContent)");
    assert_eq!(groups, serde_json::json!(["Walk", "Look", "Do", "Write"]));
    let keys = page.see("[...document.querySelectorAll('#keys kbd')].map(key => key.textContent).join('')");
    for key in "jktdi123ycnNoea/?".chars() {
        assert!(keys.as_str().unwrap().contains(key), "{key} is not among {keys}");
    }
    assert_eq!(page.see("document.getElementById('keys').innerText.includes('No key sends to the list')"), true);
    page.press("Escape").until("!document.getElementById('keys').open");
    // A key does nothing while one types.
    page.click("#subject").write("d").until("document.getElementById('subject').value.includes('d')");
    assert_eq!(page.see("location.search"), "");
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn findings_are_walked_and_drawn_with_their_lines() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let desk = Desk::open(World::newsroom(&project.join("tests/fixtures/mistakes")), &[]);
    let page = desk.at("/", 1440, 900);
    page.until("document.querySelectorAll('#checks [data-finding]').length > 2");
    assert_eq!(page.see("document.getElementById('blank').innerText.includes('Not a mail yet')"), true);
    let first = "document.querySelector('#checks .finding')";
    for part in [".snippet mark", ".snippet .line", ".at button"] {
        assert_eq!(page.see(&format!("!!{first}.querySelector('{part}')")), true, "{part}");
    }
    page.press("n").until(&format!("document.activeElement === {first}"));
    page.press("n").until("document.activeElement === document.querySelectorAll('#checks [data-finding]')[1]");
    page.press("N").until(&format!("document.activeElement === {first}"));
    page.sized(1024, 768).go(&desk.url("/")).until("document.getElementById('blank')");
    assert_eq!(page.see("document.getElementById('checks').offsetWidth"), 0);
    page.press("c").until("document.getElementById('checks').offsetWidth > 300");
    page.click("#checks .close").until("document.getElementById('checks').offsetWidth === 0");
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn no_word_of_the_newsroom_scripts_the_page_and_no_request_leaves_the_machine() {
    let evil = "<script>top.hurt = parent.hurt = window.hurt = 1</script><img src=x onerror='top.hurt=1'>\\\"'><b>";
    let mut world = newsroom();
    world.at("2026-11-24T06:31:00Z");
    let config = world.read("config.toml");
    world.write("config.toml", &config.replace("name = \"The Vennmouth Lantern\"", &format!("name = \"{evil}\"")));
    let story = format!(
        "+++\nheadline = \"{evil}\"\nstandfirst = \"{evil}\"\nkicker = \"Speed Read\"\nform = \"speed-read\"\nteaser = \"{evil}\"\n\
         published = 2026-11-24T05:10:00Z\n+++\n\n## What happened\n\nNothing.\n"
    );
    world.write("issues/stories/2026/evil.md", &story);
    world.write(
        ISSUE,
        &format!(
            "subject = \"{evil}\"\npreheader = \"{evil}\"\n[[block]]\ntype = \"story\"\nlabel = \"{evil}\"\nstory = \"evil\"\n\
             [[block]]\ntype = \"quote\"\ntext = \"{evil}\"\nwho = \"{evil}\"\n[[block]]\ntype = \"poll\"\nquestion = \"{evil}\"\n\
             answers = [\"{evil}\", \"b\"]\n[[block]]\ntype = \"image\"\nsrc = \"images/bells.png\"\nalt = \"{evil}\"\ncaption = \"{evil}\"\ncredit = \"{evil}\"\n"
        ),
    );
    let desk = Desk::open(world, &[]);
    let page = Page::new();
    let murmur = page.listen();
    page.sized(1440, 900).go(&desk.url("/morning/2026-11-24?side=text&reader=%22%3E%3Cscript%3Ehurt=1%3C/script%3E"));
    page.until("document.getElementById('phone')?.contentDocument?.querySelector('td[id=b1]')");
    for side in ["source", "order", "links", "changes"] {
        page.click(&format!("#v-side-{side}")).until(&format!("location.search.includes('side={side}')"));
    }
    page.press("/").until("document.querySelector('#dialog[open] .stories li')").press("Escape");
    page.press("2").until("!document.getElementById('narrow')").press("3").until("document.getElementById('narrow')");
    page.until("document.getElementById('phone')?.contentDocument?.querySelector('td[id=b1]')");
    assert_eq!(page.see("window.hurt ?? 0"), 0);
    assert_eq!(page.see("document.querySelectorAll('main script, main b > b, main img, #dialog img').length"), 0);
    let inside = page.see(&format!("{}.querySelectorAll('script, [onerror]').length", mail("phone")));
    assert_eq!(inside, 0);
    let strange =
        murmur.asked().into_iter().filter(|url| !url.starts_with(&desk.url("/")) && !url.starts_with("data:"));
    assert_eq!(strange.collect::<Vec<_>>(), Vec::<String>::new());
    assert_eq!(murmur.complained(), Vec::<String>::new());
}

/// What axe finds that is serious, with two places of each and why.
pub(super) const RUN_AXE: &str = "axe.run(document, {iframes: false, resultTypes: ['violations']}).then(ran => JSON.stringify(ran.violations
    .filter(own => ['serious', 'critical'].includes(own.impact))
    .map(own => `${own.id}: ${own.nodes.slice(0, 2).map(node => node.target + ' ' + (node.any[0]?.message ?? '')).join('; ')}`)))";

#[test]
#[ignore = "needs chromium and axe: ./tests/run"]
fn axe_finds_nothing_serious() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let axe = fs::read_to_string(project.join("target/validators/node_modules/axe-core/axe.min.js")).unwrap();
    let desk = Desk::with_readers(&[("ada@reader.test", "Ada")]);
    let wrong = Desk::open(World::newsroom(&project.join("tests/fixtures/mistakes")), &[]);
    let sent = super::room::sent();
    // With the key that opens a dialog over it.
    let states: [(&Desk, &str, u32, Option<&str>); 16] = [
        (&desk, "/morning/2026-11-24", 1440, None),
        (&desk, "/morning/2026-11-24?rail=measures&side=changes", 1440, None),
        (&desk, "/morning/2026-11-24?rail=blocks&side=links", 1024, None),
        (&desk, "/morning/2026-11-24?side=order&reader=nobody@reader.test", 2560, None),
        (&desk, "/morning/2026-11-30", 1440, None),
        (&desk, "/morning/2026-11-24", 1440, Some("?")),
        (&desk, "/morning/2026-11-24", 1440, Some("/")),
        (&desk, "/morning/2026-11-24", 1440, Some("a")),
        (&desk, "/morning/2026-11-24/room", 1440, None),
        (&desk, "/days", 1024, Some("?")),
        (&sent, "/morning/2026-11-24/room", 1440, None),
        (&sent, "/days", 1440, None),
        (&sent, "/days?q=barrier", 2560, None),
        (&sent, "/days?q=nothing+of+the+kind", 1440, None),
        (&wrong, "/", 1440, None),
        (&wrong, "/", 2560, None),
    ];
    let mut found = Vec::new();
    let page = Page::new();
    for (desk, path, width, key) in states {
        page.sized(width, 900).go(&desk.url(path)).until("document.getElementById('main')");
        if let Some(key) = key {
            page.press(key).until("document.querySelector('dialog[open]')");
        }
        page.tab.evaluate("document.querySelectorAll('details').forEach(own => { own.open = true })", false).unwrap();
        page.tab.evaluate(&axe, false).unwrap();
        for scheme in [Scheme::Light, Scheme::Dark] {
            page.shown("screen", scheme);
            let said = page.tab.evaluate(RUN_AXE, true).unwrap().value.unwrap();
            if said != "[]" {
                found.push(format!("{path} at {width} in {scheme:?}: {said}"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn a_long_issue_and_one_right_to_left_fit_their_places() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let long = Desk::open(World::newsroom(&project.join("tests/fixtures/stress/english")), &[]);
    let arabic = Desk::open(World::newsroom(&project.join("tests/fixtures/stress/arabic")), &[]);
    let name = between(&arabic.get("/").header("location").to_owned().replace('/', " /"), "/", " ");
    assert_eq!(name, "sabah");
    let page = Page::new();
    for (desk, path) in [(&long, "/stress/2026-11-24-very-long"), (&arabic, "/sabah/2026-11-24")] {
        for width in [1024, 1440] {
            page.sized(width, 900).go(&desk.url(path));
            page.until("document.getElementById('phone')?.contentDocument?.body?.innerText.length > 100");
            assert_eq!(page.see("document.documentElement.scrollWidth <= innerWidth"), true, "{path} at {width}");
            let inside = page.see("[...document.querySelectorAll('.written textarea')].every(own => own.scrollHeight <= own.clientHeight + 2)");
            assert_eq!(inside, true, "every line of {path} is seen at {width}");
        }
    }
}
