//! The compiler against a small invented newsroom held in memory: what it makes, and what it says.

mod anything;
mod charts;
mod images;
mod links;

use crate::issue::archive::{Before, Past};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::compile::{Library, Missing, compile};
use super::*;
use crate::chart::{Sketch, Undrawn};
use crate::config::{self, Config};
use crate::finding::{Finding, Level, Source};
use crate::picture::{Negative, Picture, Unfit};
use crate::prose::{Slot, plain};

const CONFIG: &str = r#"
[publication]
name = "The Quay"
url = "https://quay.example"
timezone = "Europe/Lisbon"
language = "en-GB"
postal_address = "The Quay, 1 Pier Road, Saltmarket"
append = "utm_source=quay"

[authors.ada]
name = "Ada Prow"

[forms.speed-read]
kicker = "Speed Read"
sections = ["What happened", "What next?"]

[forms.pick]
body = "forbidden"

[kickers]
allowed = ["Speed Read", "In Depth"]

[newsletters.morning]
title = "First Tide"
from = "The Quay <tide@quay.example>"
send_at = "06:30"

[style]
"Saltmarkett" = "Saltmarket"
"#;

const ISSUE: &str = r#"
subject = "Gulls take the ferry"
preheader = "And what the harbour board will do about the noise"
editor = "ada"

[[block]]
type = "letter"
text = "Good morning, {first_name|reader}: it is \"calm\"."

[[block]]
type = "story"
story = "gulls"

[[block]]
type = "list"
stories = ["eels", { story = "mud", headline = "Mud, again" }]
"#;

const GULLS: &str = "+++
headline = \"Gulls take the ferry\"
form = \"speed-read\"
byline = [\"ada\"]
published = 2026-11-24
teaser = \"Forty of them, without a ticket\"
+++
## What happened

Forty gulls rode to the far side. \"They know the timetable,\" the captain said.
See [the board](https://quay.example/board).

## What next?

A meeting.
";

/// A newsroom of texts.
struct Shelf {
    stories: BTreeMap<&'static str, String>,
    snippets: BTreeMap<&'static str, String>,
}

impl Shelf {
    fn new() -> Self {
        let pick = |headline: &str| {
            let url = format!("https://quay.example/{}", headline.to_lowercase().replace(' ', "-"));
            format!("+++\nheadline = \"{headline}\"\nform = \"pick\"\nurl = \"{url}\"\nteaser = \"Read on\"\n+++\n")
        };
        Self {
            stories: BTreeMap::from([("gulls", GULLS.to_owned()), ("eels", pick("Eels return")), ("mud", pick("Mud"))]),
            snippets: BTreeMap::from([(
                "join",
                "+++\nkind = \"promo\"\ntitle = \"Join\"\n+++\nEvery tide.\n".to_owned(),
            )]),
        }
    }

    fn with(mut self, name: &'static str, text: impl Into<String>) -> Self {
        self.stories.insert(name, text.into());
        self
    }
}

fn source(path: String, text: &str) -> Arc<Source> {
    Arc::new(Source { path, text: text.to_owned() })
}

impl Library for Shelf {
    fn story(&self, name: &str) -> Result<Arc<Source>, Missing> {
        let text = self.stories.get(name).ok_or(Missing::Unknown)?;
        Ok(source(format!("issues/stories/{name}.md"), text))
    }

    fn stories(&self) -> Vec<(String, String)> {
        self.stories.keys().map(|name| ((*name).to_owned(), format!("issues/stories/{name}.md"))).collect()
    }

    fn snippet(&self, name: &str) -> Result<Arc<Source>, Missing> {
        let text = self.snippets.get(name).ok_or(Missing::Unknown)?;
        Ok(source(format!("issues/snippets/{name}.md"), text))
    }

    fn snippets(&self) -> Vec<String> {
        self.snippets.keys().map(|name| (*name).to_owned()).collect()
    }

    fn recent(&self, _: &str, _: Before<'_>, _: usize) -> Vec<Past> {
        Vec::new()
    }

    fn appeared(&self, _: &str, _: NaiveDate) -> bool {
        true
    }

    fn picture(&self, src: &str) -> Result<Negative, Unfit> {
        images::picture(src)
    }

    fn develop(&self, negative: &Negative, _: u32) -> Result<Picture, Unfit> {
        images::develop(negative)
    }

    fn draw(&self, sketch: &Sketch<'_>) -> Result<Picture, Undrawn> {
        charts::draw(sketch)
    }
}

fn house(extra: &str) -> Config {
    let text = source("config.toml".to_owned(), &format!("{CONFIG}{extra}"));
    config::parse(&text, Path::new("/newsroom"), &[]).expect("the house's settings are valid")
}

fn run_in(config: &Config, issue: &str, shelf: &Shelf) -> (Option<Issue>, Vec<Finding>) {
    let name = IssueName { newsletter: "morning".to_owned(), slot: "2026-11-24".to_owned() };
    let compiled = compile(&name, &source(name.path(), issue), config, shelf);
    (compiled.issue, compiled.findings)
}

fn run(issue: &str, shelf: &Shelf) -> (Option<Issue>, Vec<Finding>) {
    run_in(&house(""), issue, shelf)
}

/// Each finding as `check file:line:column`.
fn told(findings: &[Finding]) -> Vec<String> {
    let place = |finding: &Finding| match &finding.place {
        Some(place) => {
            let (line, col) = place.source.line_col(place.span.start);
            let file = place.source.path.rsplit('/').next().unwrap_or_default();
            format!("{} {file}:{line}:{col}", finding.check)
        }
        None => finding.check.to_owned(),
    };
    findings.iter().map(place).collect()
}

fn says(issue: &str, shelf: &Shelf) -> Vec<String> {
    told(&run(issue, shelf).1)
}

/// The issue with one more block.
fn and(block: &str) -> String {
    format!("{ISSUE}\n[[block]]\n{block}\n")
}

#[test]
fn an_issue_without_mistakes_compiles_without_a_word() {
    let (issue, findings) = run(ISSUE, &Shelf::new());
    assert_eq!(told(&findings), Vec::<String>::new());
    let issue = issue.unwrap();
    assert_eq!(issue.stories, 3);
    assert_eq!(issue.blocks[1].id, "b2");
    assert_eq!(issue.due.to_rfc3339(), "2026-11-24T06:30:00+00:00");
    assert_eq!(issue.web_url, "http://127.0.0.1:8025/morning/2026-11-24");
    assert_eq!(issue.editor.unwrap().name, "Ada Prow");
}

#[test]
fn a_letter_has_its_slot_and_its_quotes_set() {
    let issue = run(ISSUE, &Shelf::new()).0.unwrap();
    let Body::Letter(prose) = &issue.blocks[0].body else { panic!("the first block is the letter") };
    let [Prose::Paragraph(words)] = prose.as_slice() else { panic!("one paragraph") };
    assert!(words.contains(&Inline::Slot(Slot::FirstName { fallback: "reader".to_owned() })));
    assert_eq!(plain(words), "Good morning, reader: it is “calm”.");
}

#[test]
fn a_story_has_its_sections_its_form_s_kicker_and_our_query_on_our_links() {
    let issue = run(ISSUE, &Shelf::new()).0.unwrap();
    let Body::Story(item) = &issue.blocks[1].body else { panic!("the second block is the story") };
    assert_eq!(item.depth, Depth::Full);
    assert_eq!(item.story.kicker.as_deref(), Some("Speed Read"));
    assert_eq!(item.story.sections.len(), 2);
    let Prose::Paragraph(words) = &item.story.sections[0].body[0] else { panic!("a paragraph") };
    let url = words.iter().find_map(|inline| match inline {
        Inline::Link { url, .. } => Some(url.as_str()),
        _ => None,
    });
    assert_eq!(url, Some("https://quay.example/board?utm_source=quay"));
}

#[test]
fn an_override_touches_this_issue_only() {
    let issue = run(ISSUE, &Shelf::new()).0.unwrap();
    let Body::List(items) = &issue.blocks[2].body else { panic!("the third block is the list") };
    assert_eq!(items[1].story.headline, "Mud, again");
    assert_eq!(items[1].story.teaser.as_deref(), Some("Read on"));
}

#[test]
fn an_unknown_story_is_named_with_the_one_that_was_meant() {
    let (issue, findings) = run(&and("type = \"story\"\nstory = \"gull\""), &Shelf::new());
    assert!(issue.is_none());
    assert_eq!(told(&findings), ["unknown-story 2026-11-24.toml:20:9"]);
    assert_eq!(findings[0].fix.as_ref().unwrap().with, "\"gulls\"");
}

#[test]
fn every_mistake_is_told_in_one_run_and_in_order() {
    let text = "subject = \"\"\nsubjekt = 1\n[[block]]\ntype = \"stroy\"\n[[block]]\ntype = \"quote\"\ntext = 3\n[[block]]\nlabel = \"x\"\n";
    let expected = [
        "subject-missing 2026-11-24.toml:1:11",
        "preheader-missing 2026-11-24.toml:1:1",
        "unknown-key 2026-11-24.toml:2:1",
        "bad-value 2026-11-24.toml:4:8",
        "bad-value 2026-11-24.toml:6:8",
        "bad-value 2026-11-24.toml:7:8",
        "bad-value 2026-11-24.toml:8:1",
    ];
    let mut told = says(text, &Shelf::new());
    told[..2].sort_by_key(|line| !line.starts_with("subject"));
    assert_eq!(told, expected);
}

#[test]
fn a_key_of_another_block_is_told_from_a_key_of_none() {
    let (_, findings) = run(&and("type = \"divider\"\nstory = \"gulls\"\nlable = \"x\""), &Shelf::new());
    assert_eq!(findings[0].title, "a `divider` block has no key `story`");
    assert_eq!(findings[1].title, "a block has no key `lable`");
    assert_eq!(findings[1].fix.as_ref().unwrap().with, "label");
}

#[test]
fn a_quotation_must_stand_inside_quotation_marks() {
    let quote =
        |text: &str| and(&format!("type = \"quote\"\ntext = \"{text}\"\nwho = \"the captain\"\nfrom = \"gulls\""));
    assert!(says(&quote("They know the timetable."), &Shelf::new()).is_empty());
    assert!(says(&quote("know the timetable"), &Shelf::new()).is_empty());
    // Words of the story, but nobody said them.
    assert_eq!(says(&quote("Forty gulls rode"), &Shelf::new()), ["quote-not-in-story 2026-11-24.toml:20:8"]);
    // Over the closing mark.
    assert_eq!(says(&quote("They know the timetable, the captain said"), &Shelf::new()).len(), 1);
}

#[test]
fn a_story_missing_a_section_points_at_the_heading_that_slipped() {
    let shelf = Shelf::new().with("gulls", GULLS.replace("## What next?", "## What's next"));
    let (issue, findings) = run(ISSUE, &shelf);
    assert!(issue.is_some(), "a warning stops nothing");
    assert_eq!(told(&findings), ["section-missing gulls.md:13:4"]);
    assert_eq!(findings[0].fix.as_ref().unwrap().with, "What next?");
}

#[test]
fn sections_in_the_wrong_order_are_told() {
    let swapped =
        GULLS.replace("What happened", "X").replace("What next?", "What happened").replace("## X", "## What next?");
    assert_eq!(says(ISSUE, &Shelf::new().with("gulls", swapped)), ["section-order gulls.md:13:4"]);
}

#[test]
fn a_story_runs_once_in_an_issue() {
    let (_, findings) = run(&and("type = \"picks\"\nstories = [\"eels\"]"), &Shelf::new());
    assert_eq!(told(&findings), ["repeated-story 2026-11-24.toml:20:12"]);
    let first = findings[0].also.as_ref().unwrap();
    assert_eq!(first.source.line_col(first.span.start), (16, 12));
}

#[test]
fn asking_for_a_brief_that_is_not_there_is_no_guess() {
    let asked = ISSUE.replace("story = \"gulls\"", "story = \"gulls\"\nshow = \"brief\"");
    assert_eq!(
        says(&asked, &Shelf::new()),
        ["link-missing 2026-11-24.toml:12:9", "brief-missing 2026-11-24.toml:13:8"]
    );
}

#[test]
fn an_embargo_holds_until_the_issue_is_due() {
    let with = |time: &str| GULLS.replace("published", &format!("embargo = 2026-11-24T{time}\npublished"));
    assert!(says(ISSUE, &Shelf::new().with("gulls", with("06:30:00"))).is_empty());
    assert_eq!(says(ISSUE, &Shelf::new().with("gulls", with("06:31:00"))), ["embargo gulls.md:5:11"]);
}

#[test]
fn what_was_left_to_be_filled_in_stops_the_issue() {
    for left in ["TK", "TODO", "Lorem ipsum", "{{name}}"] {
        let text = ISSUE.replace("Gulls take the ferry", &format!("Gulls {left} ferry"));
        assert_eq!(says(&text, &Shelf::new()), ["placeholder 2026-11-24.toml:2:18"], "{left}");
    }
    assert!(says(&ISSUE.replace("Gulls take", "TK Maxx takes"), &Shelf::new()).is_empty());
}

#[test]
fn house_spellings_and_wrong_weekdays_are_found_inside_the_words() {
    let text = ISSUE.replace("it is", "in Saltmarkett on Monday 24 November 2026 it is");
    let (_, findings) = run(&text, &Shelf::new());
    assert_eq!(told(&findings), ["names-style 2026-11-24.toml:8:47", "weekday-wrong 2026-11-24.toml:8:62"]);
    assert_eq!(findings[1].title, "24 November 2026 is a Tuesday, not a Monday");
}

#[test]
fn an_old_story_s_yesterday_is_questioned() {
    let old =
        GULLS.replace("2026-11-24", "2026-11-14").replace("A meeting.", "A meeting on Friday, as said yesterday.");
    assert_eq!(
        says(ISSUE, &Shelf::new().with("gulls", old)),
        ["relative-day gulls.md:15:14", "relative-day gulls.md:15:30"]
    );
}

#[test]
fn a_sponsor_is_always_named_as_one() {
    let sponsor = |label: &str| and(&format!("type = \"sponsor\"\n{label}name = \"Rope & Sons\"\ntext = \"Rope.\""));
    let issue = run(&sponsor(""), &Shelf::new()).0.unwrap();
    assert_eq!(issue.blocks[3].label.as_deref(), Some("Advertisement"));
    assert_eq!(says(&sponsor("label = \"\"\n"), &Shelf::new()), ["sponsor-unlabelled 2026-11-24.toml:20:9"]);
}

#[test]
fn pictures_are_found_and_described() {
    let picture = |rest: &str| and(&format!("type = \"image\"\n{rest}"));
    assert!(says(&picture("src = \"images/gull.png\"\nalt = \"A gull\""), &Shelf::new()).is_empty());
    assert_eq!(says(&picture("src = \"images/gull.png\""), &Shelf::new()), ["alt-missing 2026-11-24.toml:20:7"]);
    assert_eq!(
        says(&picture("src = \"images/owl.png\"\nalt = \"x\""), &Shelf::new()),
        ["image-missing 2026-11-24.toml:20:7"]
    );
}

#[test]
fn standing_copy_that_is_paid_for_is_labelled_and_its_clicks_are_its_own() {
    let mut shelf = Shelf::new();
    let offer = "button = { label = \"To the rope shop\", url = \"https://rope.example/?utm_source=quay\" }";
    shelf.snippets.insert("rope", format!("+++\nkind = \"sponsor\"\n{offer}\n+++\nGood rope.\n"));
    let (issue, findings) = run(&and("type = \"promo\"\nsnippet = \"rope\""), &shelf);
    assert!(findings.is_empty(), "{:?}", told(&findings));
    assert_eq!(issue.unwrap().blocks.last().unwrap().label.as_deref(), Some("Advertisement"));
}

#[test]
fn a_promo_outside_its_days_is_said() {
    let mut shelf = Shelf::new();
    shelf.snippets.insert("late", "+++\nuntil = 2026-11-23\n+++\nGone.\n".to_owned());
    assert_eq!(says(&and("type = \"promo\"\nsnippet = \"late\""), &shelf), ["promo-window 2026-11-24.toml:20:11"]);
    assert!(says(&and("type = \"promo\"\nsnippet = \"join\""), &shelf).is_empty());
}

#[test]
fn markup_that_no_mail_can_hold_is_found_where_it_stands() {
    let text = and("type = \"text\"\ntext = '''\n<b>bold</b>\n\n![gull](images/gull.png)\n\n{first_name}\n'''");
    let places = ["bad-value 2026-11-24.toml:21:1", "bad-value 2026-11-24.toml:23:1", "bad-value 2026-11-24.toml:25:1"];
    assert_eq!(says(&text, &Shelf::new()), places);
}

#[test]
fn a_story_speaks_to_everyone() {
    let named = GULLS.replace("A meeting.", "A meeting, {first_name|reader}.");
    assert_eq!(says(ISSUE, &Shelf::new().with("gulls", named)), ["bad-value gulls.md:15:12"]);
}

#[test]
fn places_inside_escaped_text_are_those_of_the_file() {
    let text = and("type = \"text\"\ntext = \"\"\"\nA \\\"quiet\\\" \\\n   town \\u00e9 [x](/y)\"\"\"");
    assert_eq!(says(&text, &Shelf::new()), ["bad-value 2026-11-24.toml:22:16"]);
}

#[test]
fn a_waiver_turns_a_check_into_a_note_that_keeps_the_reason() {
    let issue = format!(
        "waive = [{{ check = \"byline-unknown\", reason = \"a guest\" }}]\n{}",
        ISSUE.replace("\"ada\"", "\"bob\"")
    );
    let (compiled, findings) = run(&issue, &Shelf::new());
    assert!(compiled.is_some());
    assert_eq!((findings[0].check, findings[0].level), ("byline-unknown", Level::Note));
    assert_eq!(findings[0].notes, ["waived: a guest"]);
    let binding =
        format!("waive = [{{ check = \"placeholder\", reason = \"x\" }}, {{ check = \"byline-unknown\" }}]\n{ISSUE}");
    assert_eq!(says(&binding, &Shelf::new()), ["bad-value 2026-11-24.toml:1:20", "bad-value 2026-11-24.toml:1:51"]);
}

#[test]
fn the_house_decides_how_much_a_check_matters() {
    let shelf = Shelf::new().with("gulls", GULLS.replace("byline", "kicker = \"IN DEPTH\"\nbyline"));
    let level = |extra: &str| run_in(&house(extra), ISSUE, &shelf).1.first().map(|finding| finding.level);
    assert_eq!(level(""), Some(Level::Warning));
    assert_eq!(level("[checks]\nkicker-off-list = \"error\""), Some(Level::Error));
    assert_eq!(
        level("[checks]\nkicker-off-list = \"error\"\n[newsletters.morning.checks]\nkicker-off-list = \"off\""),
        None
    );
}

#[test]
fn a_broken_file_is_not_also_blamed_for_what_cannot_be_read() {
    let told = says("subject = \"unclosed\npreheader = 3 4\n", &Shelf::new());
    assert!(told.iter().all(|line| line.starts_with("syntax") || line.starts_with("bad-value")), "{told:?}");
    assert!(told.len() >= 2, "{told:?}");
    let unclosed = Shelf::new().with("gulls", "+++\nheadline = \"x\"\n");
    assert_eq!(says(ISSUE, &unclosed)[1..], ["syntax gulls.md:1:1".to_owned()]);
}

#[test]
fn line_ends_of_another_system_change_no_word() {
    let windows = Shelf::new().with("gulls", GULLS.replace('\n', "\r\n"));
    let (unix, dos) = (run(ISSUE, &Shelf::new()).0, run(&ISSUE.replace('\n', "\r\n"), &windows).0);
    assert!(unix.is_some());
    assert_eq!(unix, dos);
}

#[test]
fn nesting_is_flattened_before_it_can_do_harm() {
    let deep = format!("{}end", "> ".repeat(5_000));
    let (_, findings) = run(&and(&format!("type = \"text\"\ntext = \"{deep}\"")), &Shelf::new());
    assert!(findings.iter().any(|finding| finding.title == "this is nested too deep"));
    let dots = format!("{} = 1\n{ISSUE}", vec!["a"; 20_000].join("."));
    assert!(!run(&dots, &Shelf::new()).1.is_empty());
    let arrays = format!("x = {}{}\n{ISSUE}", "[".repeat(50_000), "]".repeat(50_000));
    assert!(!run(&arrays, &Shelf::new()).1.is_empty());
}
