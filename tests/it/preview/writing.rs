//! Writing: what is edited in place goes into the file the editor has open, by the edits of the command line; who
//! saved first wins, and nothing that was typed is lost.

use headless_chrome::browser::tab::ModifierKey;
use similar::{ChangeTag, TextDiff};

use super::{Desk, ISSUE, between, fixed, newsroom};

/// The lines that went and came since the sample was copied.
fn changed(desk: &Desk) -> String {
    let (before, now) = (fixed("2026-11-24"), desk.world.read(ISSUE));
    let diff = TextDiff::from_lines(&before, &now);
    let changes = diff.iter_all_changes().filter(|change| change.tag() != ChangeTag::Equal);
    changes.map(|change| format!("{}{change}", change.tag())).collect()
}

/// The blocks by their labels or types, in the page's order.
const BLOCKS: &str = "[...document.querySelectorAll('#sort > li')].map(row => row.dataset.name)";

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn subject_and_preheader_are_written_where_they_stand() {
    let desk = Desk::sample();
    let page = desk.page();
    page.click("#subject").press("End").write(" \"yet\"").press("Enter");
    page.until("document.getElementById('said').textContent.includes('wrote the subject')");
    let line = "subject   = \"The barrier held. One pump did not";
    assert_eq!(changed(&desk), format!("-{line}\"\n+{line} \\\"yet\\\"\"\n"));
    page.until("document.getElementById('phone').contentDocument.title.includes('yet')");
    // Esc puts back what is on disk.
    page.click("#preheader").press("End").write(" and more").until("document.querySelector('.field.typed')");
    page.press("Escape").until("!document.querySelector('.field.typed')");
    assert_eq!(page.see("document.getElementById('preheader').value.endsWith('supper after ten')"), true);
    // And the last change is taken back.
    page.press("u").until("document.getElementById('subject').value === 'The barrier held. One pump did not'");
    assert_eq!(changed(&desk), "");
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn who_saved_first_wins_and_what_was_typed_is_kept() {
    let desk = Desk::sample();
    let page = desk.page();
    page.click("#subject").press("End").write(", ours").until("document.querySelector('.field.typed')");
    desk.save("One pump did not", "Two pumps did not");
    page.until("document.querySelector('.theirs')?.textContent.includes('On disk it says “The barrier held. Two pumps did not” now')");
    assert_eq!(page.see("document.getElementById('subject').value"), "The barrier held. One pump did not, ours");
    // The page knows of their save, so Enter is a decision.
    page.press("Enter").until("!document.querySelector('.field.typed')");
    assert!(desk.world.read(ISSUE).contains("\"The barrier held. One pump did not, ours\""));
    // Taking theirs is Esc.
    page.click("#subject").press("End").write(" again").until("document.querySelector('.field.typed')");
    desk.save("One pump did not, ours", "Theirs");
    page.until("!document.querySelector('.theirs').hidden").press("Escape");
    page.until("document.getElementById('subject').value === 'The barrier held. Theirs' && document.querySelector('.theirs').hidden");
}

#[test]
fn a_write_made_of_an_older_text_is_refused_with_what_stands_there_now() {
    let desk = Desk::sample();
    let seen = desk.seen();
    desk.save("One pump did not", "Two pumps did not");
    let answer = desk.post("/morning/2026-11-24/line", &format!("line=subject&words=Ours&seen={seen}"));
    assert_eq!(answer.status, 409);
    let said: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(said["theirs"], "The barrier held. Two pumps did not");
    let moved = desk.post("/morning/2026-11-24/move", &format!("number=1&at=2&seen={seen}"));
    assert_eq!(moved.status, 409);
    assert!(desk.world.read(ISSUE).contains("Two pumps did not"));
    // What the page says itself is held to the same rule.
    assert_eq!(desk.post("/morning/2026-11-24/line", "line=subject&words=Ours&seen=").status, 409);
    let seen = desk.seen();
    assert_eq!(desk.post("/morning/2026-11-24/line", &format!("line=bcc&words=Ours&seen={seen}")).status, 422);
    assert_eq!(desk.post("/morning/2026-11-24/show", &format!("block=3&show=loud&seen={seen}")).status, 422);
    assert_eq!(desk.post("/morning/2026-11-24/move", &format!("number=99&at=1&seen={seen}")).status, 422);
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn blocks_change_places_by_hand_and_by_keys() {
    let desk = Desk::sample();
    let page = desk.page();
    // By the handle, above the block that is two rows higher.
    let up = page.see("document.getElementById('row-b2').getBoundingClientRect().top - document.getElementById('row-b4').getBoundingClientRect().top");
    page.drag("#row-b4 > .handle", 0.0, up.as_f64().unwrap() - 8.0);
    page.until(&format!("{BLOCKS}.slice(0, 4).join() === 'letter,The number,contents,The big story'"));
    assert!(changed(&desk).contains("type   = \"number\""));
    // The mail follows.
    page.until("document.getElementById('phone').contentDocument.getElementById('b2').innerText.includes('4.31')");
    // By keys on the row, which keeps the focus.
    page.tab.evaluate("document.getElementById('row-b2').focus()", false).unwrap();
    page.press("J").until(&format!("{BLOCKS}.slice(1, 3).join() === 'contents,The number'"));
    page.until("document.activeElement.dataset?.name === 'The number'");
    page.press_with(ModifierKey::Alt, "ArrowDown");
    page.until(&format!("{BLOCKS}.slice(1, 4).join() === 'contents,The big story,The number'"));
    assert_eq!(changed(&desk), "", "it is where it was");
    // A story within its list.
    let stories = "[...document.querySelectorAll('#stories-b5 > li')].map(row => row.dataset.story)";
    page.tab.evaluate("document.getElementById('story-pilots-ballot').focus()", false).unwrap();
    page.press("K")
        .until(&format!("{stories}.join() === 'pilots-ballot,line-5-vote,millrace-chemist,saltmarket-owners'"));
    assert!(desk.world.read(ISSUE).contains("# An override touches this issue only"));
    page.press("ArrowDown").until("document.activeElement.dataset?.story === 'line-5-vote'");
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn a_block_is_named_shown_shorter_and_taken_out() {
    let desk = Desk::sample();
    let page = desk.page();
    page.tab.evaluate("document.getElementById('row-b8').focus()", false).unwrap();
    page.press("Enter").until("document.activeElement.id === 'label-b8'").write("Heard").press("Enter");
    page.until(&format!("{BLOCKS}[7] === 'Heard'"));
    assert_eq!(changed(&desk), "+label = \"Heard\"\n");
    page.tab.evaluate("{ const show = document.getElementById('show-b3'); show.value = 'brief'; show.dispatchEvent(new Event('change', {bubbles: true})) }", false).unwrap();
    page.until("document.getElementById('said').textContent.includes('made block 3 show brief')");
    assert!(
        changed(&desk).contains("+show  = \"brief\"                  # full | brief | teaser | headline\n"),
        "{}",
        changed(&desk)
    );
    page.tab.evaluate("document.getElementById('row-b13').focus()", false).unwrap();
    page.press("Delete").until("document.querySelectorAll('#sort > li').length === 14");
    page.click("#said button").until("document.querySelectorAll('#sort > li').length === 15");
    page.tab.evaluate("document.querySelector('#story-five-soups button').click()", false).unwrap();
    page.until("!document.getElementById('story-five-soups')");
    assert!(!desk.world.read(ISSUE).contains("five-soups"));
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn a_story_is_found_by_its_words_and_added_or_gone_to() {
    let desk = Desk::sample();
    let page = desk.page();
    page.press("/").until("document.activeElement.id === 'word'").write("cat");
    page.until("[...document.querySelectorAll('#shelf li')].map(row => row.dataset.story).join() === 'ferry-cat'");
    assert_eq!(page.see("document.querySelector('#shelf .used').textContent"), "The Bright Side, 28 Nov 2026");
    page.tab.evaluate("document.getElementById('into').value = '10'", false).unwrap();
    page.press("Enter").until("document.getElementById('story-ferry-cat') && !document.getElementById('dialog').open");
    assert!(desk.world.read(ISSUE).contains("\"boat-letterer\", \"five-soups\", \"ferry-cat\"]"));
    page.until("document.getElementById('phone').contentDocument.body.innerText.includes('The ferry cat has retired')");
    // In the issue already: one goes there.
    page.press("/").until("document.activeElement?.id === 'word'").write("pilots");
    page.until("document.querySelector('#shelf .here')?.textContent === 'in block 5'").press("Enter");
    page.until("!document.getElementById('dialog').open && document.querySelector('li.block[data-here]').dataset.block === 'b5'");
    // A block of its own stands behind the one where one is.
    page.press("+").until("document.activeElement?.id === 'word'").write("oysters");
    page.until("document.querySelectorAll('#shelf li').length === 1");
    page.tab.evaluate("document.getElementById('into').value = ''", false).unwrap();
    page.press("Enter").until("document.querySelectorAll('#sort > li').length === 16");
    assert_eq!(
        page.see("document.querySelectorAll('#sort > li')[5].querySelector('.gist').textContent"),
        "oysters-return"
    );
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn a_finding_is_mended_by_a_click_and_waived_with_a_reason() {
    let desk = Desk::sample();
    desk.save("story = \"barrier-holds\"", "story = \"barrier-hold\"");
    let page = desk.at("/morning/2026-11-24", 1440, 900);
    page.until("document.querySelector('#checks .mend')");
    assert_eq!(page.see("document.querySelector('#checks .mend del').textContent"), "−story = \"barrier-hold\"");
    page.click("#checks form[data-post$=mend] button");
    page.until("document.getElementById('checks').innerText.includes('Nothing stands in the way')");
    assert_eq!(changed(&desk), "");
    desk.save("supper after ten\"", "supper after ten, and a good deal more than anybody could see in one row\"");
    page.until("document.querySelector('#checks details.check')");
    page.tab.evaluate("document.querySelector('#checks details.check').open = true", false).unwrap();
    page.click("#checks .waive [name=reason]").write("the row is the joke").press("Enter");
    page.until("document.getElementById('checks').innerText.includes('waived: the row is the joke')");
    assert!(
        desk.world.read(ISSUE).contains("waive = [{ check = \"preheader-length\", reason = \"the row is the joke\" }]")
    );
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn an_issue_nobody_began_is_begun_here() {
    let desk = Desk::sample();
    let page = desk.at("/morning/2026-11-26", 1440, 900);
    page.until("document.querySelector('.unwritten')?.innerText.includes('issues/morning/2026-11-26.toml')");
    page.click(".unwritten form button").until("document.getElementById('sort')");
    assert!(desk.world.read("issues/morning/2026-11-26.toml").starts_with("# First Light, Thursday 26 November 2026"));
    page.until("document.getElementById('subject').value === 'TK'");
    // It makes no mail yet, and can be written all the same.
    page.click("#subject").press("End").write(" no more").press("Enter");
    page.until("document.getElementById('said').textContent.includes('wrote the subject')");
    assert!(desk.world.read("issues/morning/2026-11-26.toml").contains("\"TK no more\""));
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn blocks_are_moved_where_the_files_make_no_mail() {
    let desk = Desk::sample();
    desk.save("story = \"barrier-holds\"", "story = \"gone\"");
    let page = desk.at("/morning/2026-11-24?rail=blocks", 1440, 900);
    page.until("document.getElementById('blank')");
    page.tab.evaluate("document.getElementById('row-b3').focus()", false).unwrap();
    page.press("K").until(&format!("{BLOCKS}[1] === 'The big story'"));
}

#[test]
#[ignore = "needs chromium: ./tests/run"]
fn o_opens_the_place_in_the_editor_that_config_names() {
    let world = newsroom();
    let config = world.read("config.toml");
    let note = world.path("opened.txt").display().to_string();
    // Words of a command, each as it is: no shell reads them.
    let editor = format!("editor = [\"/usr/bin/tee\", \"{note}\", \"{{file}};touch {note}.hurt\"]");
    world.write("config.toml", &config.replace("[preview]", &format!("[preview]\n{editor}")));
    let desk = Desk::open(world, &[]);
    let page = desk.page();
    page.press("o")
        .until("document.getElementById('said').textContent.includes('opened issues/morning/2026-11-24.toml:1')");
    page.tab.evaluate("document.getElementById('row-b3').focus()", false).unwrap();
    page.press("o").until("document.getElementById('said').textContent.includes('2026-11-24.toml:23')");
    page.tab.evaluate("document.getElementById('story-pilots-ballot').focus()", false).unwrap();
    page.press("o")
        .until("document.getElementById('said').textContent.includes('issues/stories/2026/pilots-ballot.md:1')");
    assert!(desk.world.path("opened.txt").exists() && !desk.world.path("opened.txt.hurt").exists());
    // Without one the place is said, to be copied.
    let plain = Desk::sample();
    let answer = plain.post("/morning/2026-11-24/open", "");
    assert!(answer.status == 422 && answer.body.contains("issues/morning/2026-11-24.toml:1 "), "{answer:?}");
    // A browser that is elsewhere opens nothing here.
    let far = Desk::open(newsroom(), &["--host", "desk.quay.example"]);
    let far_config = far.world.read("config.toml");
    far.world
        .write("config.toml", &far_config.replace("[preview]", "[preview]\neditor = [\"/usr/bin/true\", \"{file}\"]"));
    let token = between(&far.get("/morning/2026-11-24").body, "name=\"token\" content=\"", "\"");
    let head = [("Host", "desk.quay.example"), ("x-pressrun-token", token.as_str())];
    let refused = (0..40).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        far.ask("POST", "/morning/2026-11-24/open", &head, "").body.contains("on the preview’s own machine only")
            || far.ask("POST", "/morning/2026-11-24/open", &head, "").body.contains("on the preview's own machine only")
    });
    assert!(refused);
}
