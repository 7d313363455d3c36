//! Live: what is saved is seen, however it is saved; mistakes, restarts and other hands leave the page where it was.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use super::{BOTH, Desk, ISSUE, newsroom};
use crate::chromium::Page;
use crate::links::{leading_to, web};

/// Both mails hold these words.
fn both_say(words: &str) -> String {
    format!(
        "['phone', 'desktop'].every(id => document.getElementById(id).contentDocument.body.innerText.replaceAll('\\u00a0', ' ').includes({words:?}))"
    )
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn a_save_is_seen_and_everything_else_stays_where_it_was() {
    let desk = Desk::sample();
    let page = desk.page();
    page.tab.evaluate("document.getElementById('desktop').contentWindow.scrollTo(0, 900)", false).unwrap();
    page.click("#preheader").press("End").write(", half a thought");
    page.tab.evaluate("document.getElementById('v-rail-measures').click()", false).unwrap();
    page.until("document.getElementById('bill')");
    page.tab.evaluate("document.getElementById('bill').open = true", false).unwrap();
    desk.save("Good morning, {first_name|reader}.", "Good morning to you, {first_name|reader}.");
    page.until(&both_say("Good morning to you, Robin."));
    assert_eq!(page.see("document.getElementById('desktop').contentDocument.scrollingElement.scrollTop"), 900);
    assert_eq!(page.see("document.getElementById('preheader').value.endsWith(', half a thought')"), true);
    assert_eq!(page.see("document.activeElement.id"), "preheader");
    assert_eq!(page.see("document.getElementById('bill').open"), true);
    // A story is a file of its own.
    let story = "issues/stories/2026/barrier-holds.md";
    desk.world
        .write(story, &desk.world.read(story).replace("## What happened", "## What happened\n\nFirst of all, this.\n"));
    page.until(&both_say("First of all, this."));
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn every_way_an_editor_saves_is_seen() {
    let desk = Desk::sample();
    let page = desk.page();
    let text = desk.world.read(ISSUE);
    let path = desk.world.path(ISSUE);
    let with = |letter: &str| text.replace("Good morning,", letter);
    // In place.
    fs::write(&path, with("In place,")).unwrap();
    page.until(&both_say("In place, Robin."));
    // Beside it and renamed over it.
    fs::write(path.with_extension("new"), with("Renamed,")).unwrap();
    fs::rename(path.with_extension("new"), &path).unwrap();
    page.until(&both_say("Renamed, Robin."));
    // As vim does: the old one is put aside, the new one written, the old one removed.
    let aside = desk.world.path("issues/morning/2026-11-24.toml~");
    fs::rename(&path, &aside).unwrap();
    fs::write(&path, with("By vim,")).unwrap();
    fs::remove_file(&aside).unwrap();
    page.until(&both_say("By vim, Robin."));
    // Gone for a moment, and back.
    fs::remove_file(&path).unwrap();
    page.until("document.querySelector('.unwritten')");
    fs::write(&path, &text).unwrap();
    page.until(&format!("{BOTH} && {}", both_say("Good morning, Robin.")));
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn a_mistake_leaves_the_last_mail_and_says_what_is_wrong_above_it() {
    let desk = Desk::sample();
    let page = desk.page();
    desk.save("story = \"barrier-holds\"", "story = \"barrier-hold\"");
    page.until("document.querySelector('#bands .band')?.textContent.includes('there is no story barrier-hold')");
    assert_eq!(page.see("document.querySelector('#bands a').textContent"), "issues/morning/2026-11-24.toml:26");
    assert_eq!(page.see("'stale' in document.getElementById('stage').dataset"), true);
    assert_eq!(page.see(&both_say("Barrier holds against the highest tide")), true);
    assert_eq!(page.see("document.getElementById('checks').offsetWidth > 0"), true, "the checks come forward");
    // A slip that leaves no TOML at all takes the blocks' places, not the blocks.
    desk.world.write(ISSUE, &format!("{}\n= =\n", desk.world.read(ISSUE)));
    page.until("document.querySelector('#sort[inert]')");
    assert_eq!(page.see("document.querySelectorAll('li.block').length"), 15);
    desk.world
        .write(ISSUE, &desk.world.read(ISSUE).replace("\n= =\n", "").replace("barrier-hold\"", "barrier-holds\""));
    page.until("!document.querySelector('#bands .band') && !('stale' in document.getElementById('stage').dataset)");
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn a_check_that_fails_greys_nothing() {
    let desk = Desk::sample();
    let page = desk.page();
    desk.save("The barrier held. One pump did not", &"A subject for nobody ".repeat(5));
    page.until("document.getElementById('checks').innerText.includes('1 error')");
    assert_eq!(page.see("'stale' in document.getElementById('stage').dataset"), false);
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn a_preview_begun_on_a_mistake_shows_what_was_approved() {
    let world = newsroom();
    world.ok(&["approve", "2026-11-24", "--by", "Ada", "--yes"]);
    let text = world.read(ISSUE);
    world.write(ISSUE, &text.replace("story = \"barrier-holds\"", "story = \"gone\""));
    let desk = Desk::open(world, &["2026-11-24"]);
    let page = desk.page();
    page.until("document.querySelector('.band')?.textContent.includes('Shown is what Ada approved at 06:31')");
    page.until("[...document.getElementById('phone').contentDocument.images].every(image => image.naturalWidth)");
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn a_page_outlives_its_server() {
    let mut desk = Desk::sample();
    let page = desk.page();
    page.tab.evaluate("document.getElementById('phone').contentWindow.scrollTo(0, 700)", false).unwrap();
    page.click("#subject").press("End").write(" at all");
    desk.end();
    page.until("!document.getElementById('away').hidden");
    desk.save("Good morning, {first_name|reader}.", "Good evening, {first_name|reader}.");
    desk.restart(&[]);
    page.until(&format!("document.getElementById('away').hidden && {}", both_say("Good evening, Robin.")));
    assert_eq!(page.see("document.getElementById('phone').contentDocument.scrollingElement.scrollTop"), 700);
    assert_eq!(page.see("document.getElementById('subject').value"), "The barrier held. One pump did not at all");
    // Its writes carry the token of the new start.
    page.press("Enter").until("!document.querySelector('.field.typed')");
    assert!(desk.world.read(ISSUE).contains("\"The barrier held. One pump did not at all\""));
    // And a page that is loaded anew is where it was.
    page.go(&desk.url("/morning/2026-11-24")).until(BOTH);
    page.until("document.getElementById('phone').contentDocument.scrollingElement.scrollTop === 700");
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn two_browsers_see_each_others_hands() {
    let desk = Desk::sample();
    let (ivy, otto) = (desk.page(), desk.page());
    ivy.click("#subject").press("End").write(", says Ivy").press("Enter");
    otto.until("document.getElementById('subject').value.endsWith(', says Ivy')");
    otto.until("document.title.startsWith('The barrier held. One pump did not, says Ivy')");
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn a_tab_nobody_sees_gives_its_line_back() {
    let desk = Desk::sample();
    let seen = |page: &Page, hidden: bool| {
        let change = format!(
            "Object.defineProperty(document, 'hidden', {{value: {hidden}, configurable: true}});
             document.dispatchEvent(new Event('visibilitychange'))"
        );
        page.tab.evaluate(&change, false).unwrap();
    };
    // A browser keeps six lines to one server; a seventh tab would wait for ever.
    let tabs: Vec<Page> =
        (0..6).map(|_| desk.at("/morning/2026-11-24", 1024, 768)).inspect(|tab| seen(tab, true)).collect();
    let page = desk.page();
    desk.save("The barrier held.", "The barrier broke.");
    let broke = "document.getElementById('subject').value.includes('broke')";
    page.until(broke);
    assert_eq!(tabs[0].see(broke), false);
    seen(&tabs[0], false);
    tabs[0].until(broke);
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn settings_and_new_issues_are_seen_too() {
    let desk = Desk::sample();
    let page = desk.page();
    let config = desk.world.read("config.toml");
    desk.world
        .write("config.toml", &config.replace("name = \"The Vennmouth Lantern\"", "name = \"The Other Lantern\""));
    page.until("document.querySelector('.house').textContent === 'The Other Lantern'");
    page.until("document.title.endsWith('The Other Lantern')");
    desk.world.write("config.toml", &config.replace("Europe/London", "Europe/Lundun"));
    page.until("document.querySelector('.band')?.textContent.includes('config.toml is wrong')");
    assert_eq!(page.see("document.body.innerText.includes('Nothing stands in the way')"), false);
    desk.world.write("config.toml", &config);
    page.until("!document.querySelector('.band')");
    assert_eq!(page.see("!!document.querySelector('a.step[rel=next]')"), false);
    desk.world.ok(&["new", "2026-11-25", "--no-edit"]);
    page.until("document.querySelector('a.step[rel=next]')");
}

#[test]
fn what_lies_behind_a_link_is_seen_too() {
    let world = newsroom();
    let elsewhere = tempfile::TempDir::new().unwrap();
    fs::rename(world.path("issues/stories/2026"), elsewhere.path().join("2026")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path().join("2026"), world.path("issues/stories/2026")).unwrap();
    let desk = Desk::open(world, &["2026-11-24"]);
    assert!(desk.get("/morning/2026-11-24/mail").body.contains("Barrier holds against the highest tide"));
    let story = elsewhere.path().join("2026/barrier-holds.md");
    let text = fs::read_to_string(&story).unwrap();
    fs::write(&story, text.replace("Barrier holds against", "Barrier stands against")).unwrap();
    assert!(soon(|| desk.get("/morning/2026-11-24/mail").body.contains("Barrier stands against the highest tide")));
}

/// Whether it comes true while one looks.
fn soon(holds: impl Fn() -> bool) -> bool {
    (0..80).any(|_| {
        sleep(Duration::from_millis(50));
        holds()
    })
}

#[test]
fn nothing_happens_where_nothing_is_saved() {
    for args in [&[][..], &["--poll"]] {
        let desk = Desk::open(newsroom(), args);
        let number = || super::between(&desk.get("/morning/2026-11-24").body, "data-seen=\"", "\"");
        let (before, begun) = (number(), ticks(desk.process.id()));
        sleep(Duration::from_millis(2_500));
        let spent = ticks(desk.process.id()) - begun;
        assert!(spent <= if args.is_empty() { 2 } else { 15 }, "{spent} hundredths of a second with {args:?}");
        assert_eq!(number(), before);
        desk.save("The barrier held.", "The barrier broke.");
        assert!(soon(|| desk.get("/morning/2026-11-24").body.contains("The barrier broke.")), "{args:?}");
    }
}

/// Hundredths of a second of processor time a process has had.
fn ticks(process: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn links_are_asked_beside_the_writing_and_each_answer_is_on_the_desk_as_it_comes() {
    let world = leading_to(&["http://quay.news/404", "http://quay.news/200"]);
    let desk = Desk::open_in(world, &[("http_proxy", &web())], &[]);
    let page = desk.page();
    page.until("document.getElementById('checks').innerText.includes('this link is dead')");
    page.click("#v-side-links");
    let state = |address: &str| {
        format!(
            "[...document.querySelectorAll('#third .links li')]\
             .find(link => link.innerText.includes({address:?}))?.querySelector('p').innerText"
        )
    };
    page.until(&format!("{} === 'dead'", state("quay.news/404")));
    page.until(&format!("{} === 'answers'", state("quay.news/200")));
    // One that is written now is asked now; the one that is taken out is told no more.
    desk.save("http://quay.news/404", "http://quay.news/403");
    page.until(&format!("{} === 'answers no programs'", state("quay.news/403")));
    page.until("!document.getElementById('checks').innerText.includes('this link is dead')");
}
