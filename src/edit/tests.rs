//! Edits as an editor sees them: what changed, and what did not.

use proptest::prelude::*;

use super::*;

pub(super) const ISSUE: &str = r#"# First Light, Tuesday.

subject   = "The barrier held"
editor    = "maren-oduya"   # on duty

[[block]]
type = "contents"

# The lead, agreed at the evening conference.
[[block]]
type  = "story"
label = "The big story"
story = "barrier-holds"     # Tobias
show  = "full"

[[block]]
type  = "list"
label = "Three things to know"
stories = [
    "rent-register",  # lead of the three
    { story = "fish-market-lease", headline = "A lease" },
    "line-5-vote"
]

[[block]]
type  = "picks"
id    = "rail"
stories = ["five-soups", "ferry-cat"]

[[block]]
type = "divider"
"#;

fn to<'a>(to: &'a str) -> Spot<'a> {
    Spot { to: Some(to), at: None }
}

fn at(at: usize) -> Spot<'static> {
    Spot { to: None, at: Some(at) }
}

/// What an edit took and what it put, line by line.
pub(super) fn changed(after: &str) -> String {
    let mut out = String::new();
    for change in similar::TextDiff::from_lines(ISSUE, after).iter_all_changes() {
        if change.tag() != similar::ChangeTag::Equal {
            out += &format!("{}{change}", change.tag());
        }
    }
    out
}

#[test]
fn a_story_goes_to_the_end_of_the_list_with_that_label() {
    let after = add(ISSUE, "water-bills", to("three things to know"), None).unwrap();
    assert_eq!(changed(&after), "-    \"line-5-vote\"\n+    \"line-5-vote\",\n+    \"water-bills\"\n");
}

#[test]
fn a_story_goes_where_it_is_wanted_and_the_comment_stays_with_its_own() {
    let after = add(ISSUE, "water-bills", Spot { to: Some("3"), at: Some(2) }, None).unwrap();
    assert_eq!(changed(&after), "+    \"water-bills\",\n");
    assert!(after.contains("\"rent-register\",  # lead of the three\n    \"water-bills\",\n    { story"));
}

#[test]
fn a_list_on_one_line_stays_on_one_line() {
    let after = add(ISSUE, "odile-farrant", to("rail"), None).unwrap();
    assert!(after.contains("stories = [\"five-soups\", \"ferry-cat\", \"odile-farrant\"]\n"));
    let after = add(ISSUE, "odile-farrant", Spot { to: Some("picks"), at: Some(1) }, None).unwrap();
    assert!(after.contains("stories = [\"odile-farrant\", \"five-soups\", \"ferry-cat\"]\n"));
}

#[test]
fn without_a_block_a_story_stands_alone_after_the_last_that_does() {
    let after = add(ISSUE, "water-bills", Spot::default(), Some("brief")).unwrap();
    assert_eq!(changed(&after).lines().count(), 5, "{}", changed(&after));
    assert!(after.contains(
        "show  = \"full\"\n\n[[block]]\ntype  = \"story\"\nstory = \"water-bills\"\nshow  = \"brief\"\n\n[[block]]\n"
    ));
}

#[test]
fn a_story_takes_the_place_that_the_template_kept_for_one() {
    let kept = ISSUE.replace("barrier-holds", "TK");
    assert_eq!(add(&kept, "barrier-holds", to("The big story"), None).unwrap(), ISSUE);
}

#[test]
fn an_empty_list_takes_its_first() {
    let empty = ISSUE.replace("[\"five-soups\", \"ferry-cat\"]", "[]");
    assert!(add(&empty, "five-soups", to("rail"), None).unwrap().contains("stories = [\"five-soups\"]"));
}

#[test]
fn a_story_leaves_with_its_line_and_a_block_with_its_comment() {
    assert_eq!(changed(&drop(ISSUE, "rent-register").unwrap()), "-    \"rent-register\",  # lead of the three\n");
    let after = drop(ISSUE, "barrier-holds").unwrap();
    assert!(!after.contains("evening conference"));
    assert!(after.contains("type = \"contents\"\n\n[[block]]\ntype  = \"list\""));
}

#[test]
fn an_override_leaves_with_its_story_and_moves_with_it() {
    let after = shift(ISSUE, "fish-market-lease", Spot { to: Some("rail"), at: Some(2) }).unwrap();
    assert!(after.contains(
        "stories = [\"five-soups\", { story = \"fish-market-lease\", headline = \"A lease\" }, \"ferry-cat\"]"
    ));
    assert!(!after.contains("of the three\n    { story"));
}

#[test]
fn the_last_story_of_a_list_takes_the_block_with_it() {
    let after = drop(&drop(ISSUE, "five-soups").unwrap(), "ferry-cat").unwrap();
    assert!(!after.contains("picks"));
    assert!(after.ends_with("\"line-5-vote\"\n]\n\n[[block]]\ntype = \"divider\"\n"));
}

#[test]
fn a_block_moves_with_the_comment_above_it() {
    let after = shift(ISSUE, "barrier-holds", at(1)).unwrap();
    let lead = after.find("# The lead").unwrap();
    assert!(after.find("# on duty").unwrap() < lead && lead < after.find("contents").unwrap());
    assert_eq!(shift(&after, "barrier-holds", at(2)).unwrap(), ISSUE);
}

#[test]
fn stories_change_seats_and_comments_keep_theirs() {
    let after = shift(ISSUE, "line-5-vote", at(1)).unwrap();
    assert!(after.contains("    \"line-5-vote\",  # lead of the three\n    \"rent-register\",\n"));
    assert_eq!(shift(&after, "line-5-vote", at(3)).unwrap(), ISSUE);
}

#[test]
fn a_waiver_goes_below_the_last_key_and_a_second_beside_it() {
    let once = waive(ISSUE, "subject-long", "the name is the news").unwrap();
    let line = "waive = [{ check = \"subject-long\", reason = \"the name is the news\" }]\n";
    assert_eq!(changed(&once), format!("+{line}"));
    let twice = waive(&once, "words", "he said \"no\"").unwrap();
    assert!(twice.contains("news\" }, { check = \"words\", reason = \"he said \\\"no\\\"\" }]\n"));
    assert_eq!(waive(&twice, "words", "x").unwrap_err().message, "`words` is waived in this issue already");
}

#[test]
fn windows_line_ends_stay() {
    let windows = ISSUE.replace('\n', "\r\n");
    for after in [
        add(&windows, "water-bills", Spot::default(), None).unwrap(),
        add(&windows, "water-bills", to("3"), None).unwrap(),
        waive(&windows, "words", "long read").unwrap(),
        shift(&windows, "barrier-holds", at(4)).unwrap(),
    ] {
        assert_eq!(after.matches('\n').count(), after.matches("\r\n").count(), "{after:?}");
    }
}

#[test]
fn a_refusal_says_what_to_do_instead() {
    let said = |refused: Result<String, Refusal>| {
        let refusal = refused.unwrap_err();
        format!("{}; {}", refusal.message, refusal.hint.unwrap_or_default())
    };
    assert_eq!(
        said(add(ISSUE, "ferry-cat", Spot::default(), None)),
        "`ferry-cat` is in this issue already, in block 4 (picks); `pressrun move ferry-cat --to LABEL` takes it elsewhere"
    );
    assert_eq!(
        said(add(ISSUE, "x", to("Three things to knwo"), None)),
        "this issue has no block `Three things to knwo`; did you mean \"Three things to know\"?"
    );
    assert_eq!(said(drop(ISSUE, "fery-cat")), "`fery-cat` is not in this issue; did you mean `ferry-cat`?");
    assert_eq!(
        said(add(ISSUE, "x", Spot { to: Some("rail"), at: Some(9) }, None)),
        "there is no place 9 in block 4 (picks); its stories are counted from 1; the last place is 3"
    );
    assert_eq!(
        said(add(ISSUE, "x", to("The big story"), None)),
        "block 2 (The big story) shows `barrier-holds`, and one story only; drop that first, or name a list or picks"
    );
    assert_eq!(
        said(add("subject = \"x\"\nblock", "x", Spot::default(), None)),
        "line 2 of the issue cannot be read: key with no value, expected `=`; `pressrun check` shows the place; the file was left as it is"
    );
}

/// Issue files as people write them: lists on a line or on many, comments anywhere, trailing commas or none.
pub(super) fn issues() -> impl Strategy<Value = String> {
    let comment = prop_oneof![3 => Just(""), 1 => Just("  # why not"), 1 => Just(" #, \"x\"")];
    let block = (0..4_usize, 1..5_usize, any::<bool>(), any::<bool>(), comment, 0..3_usize);
    (prop::collection::vec(block, 1..6), any::<bool>()).prop_map(|(blocks, windows)| {
        let mut text = String::from("# An issue\nsubject = \"x\"\n");
        for (number, (kind, stories, lines, comma, comment, blank)) in blocks.into_iter().enumerate() {
            text += &"\n".repeat(blank);
            text += if kind == 0 { "# about it\n[[block]]\n" } else { "[[block]]\n" };
            let names: Vec<String> = (0..stories).map(|story| format!("\"s{number}-{story}\"")).collect();
            text += &match (kind, lines) {
                (0, _) => "type = \"divider\"\n".to_owned(),
                (1, _) => format!("type=\"story\" # x\nstory = \"s{number}-0\"{comment}\n"),
                (_, false) => {
                    format!(
                        "type = \"list\"\nstories = [{}{}]{comment}\n",
                        names.join(", "),
                        if comma { "," } else { "" }
                    )
                }
                (_, true) => {
                    let end = if comma { "," } else { "" };
                    format!(
                        "type = 'list'\nstories = [\n  {}{end}{comment}\n]\n",
                        names.join(&format!(",{comment}\n  "))
                    )
                }
            };
        }
        if windows { text.replace('\n', "\r\n") } else { text }
    })
}

fn names(text: &str) -> Vec<String> {
    let page = Page::read(text).unwrap();
    (0..page.blocks.len()).filter_map(|block| page.table(block)).flat_map(stories).map(str::to_owned).collect()
}

proptest! {
    #[test]
    fn what_was_added_and_dropped_leaves_the_stories_and_comments_that_were_there(text in issues(), block in 0..5_usize, place in 1..6_usize) {
        let number = (block + 1).to_string();
        let spot = Spot { to: Some(&number), at: Some(place) };
        if let Ok(after) = add(&text, "new", spot, None) {
            prop_assert_eq!(after.matches('#').count(), text.matches('#').count());
            prop_assert!(names(&after).contains(&"new".to_owned()));
            let back = drop(&after, "new").unwrap();
            prop_assert_eq!(names(&back), names(&text));
        }
        let alone = add(&text, "new", Spot { to: None, at: Some(block + 1) }, None);
        if let Ok(after) = alone {
            let back = drop(&after, "new").unwrap();
            prop_assert_eq!(back.trim_end(), text.trim_end());
        }
    }

    #[test]
    fn a_move_loses_no_story_and_no_comment(text in issues(), story in 0..20_usize, block in 0..5_usize, place in 1..6_usize) {
        let stories = names(&text);
        if let Some(story) = stories.get(story) {
            let number = (block + 1).to_string();
            for spot in [Spot { to: Some(&number), at: Some(place) }, Spot { to: None, at: Some(place) }] {
                if let Ok(after) = shift(&text, story, spot) {
                    let (mut before, mut now) = (stories.clone(), names(&after));
                    before.sort();
                    now.sort();
                    prop_assert_eq!(before, now);
                }
            }
        }
    }

    #[test]
    fn the_house_s_order_loses_no_story_and_no_comment_and_is_kept_once_it_is_there(text in issues()) {
        let styled = order::issue(&text);
        prop_assert_eq!(names(&styled), names(&text));
        prop_assert_eq!(styled.matches('#').count(), text.matches('#').count());
        prop_assert_eq!(order::issue(&styled), styled);
    }

    #[test]
    fn a_waiver_changes_one_line(text in issues(), reason in "\\PC{1,40}") {
        let after = waive(&text, "words", &reason).unwrap();
        let (added, kept): (Vec<&str>, Vec<&str>) = after.lines().partition(|line| line.starts_with("waive"));
        prop_assert_eq!(added.len(), 1);
        prop_assert_eq!(kept, text.lines().collect::<Vec<_>>());
    }
}
