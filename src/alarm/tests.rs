//! What a look changes, and what is still to be told.

use super::*;

fn now() -> DateTime<Utc> {
    "2026-11-24T06:31:00Z".parse().unwrap()
}

fn unsure() -> About {
    About::issue(Trouble::Unsure, "morning", "2026-11-24")
}

fn case(about: About, told: &[(Carrier, Stage)]) -> Case {
    let words = Words { what: "3 readers may have it or not".to_owned(), mend: "look".to_owned() };
    Case { id: 7, about, words, since: now(), seen: now(), over: None, told: told.to_vec() }
}

#[test]
fn a_trouble_begins_once_goes_on_and_ends_when_a_look_finds_it_right() {
    let wrong = [Sight::wrong(unsure(), "3 readers may have it or not", "look")];
    let words = Words { what: "3 readers may have it or not".to_owned(), mend: "look".to_owned() };
    assert_eq!(changes(&[], &wrong, now()), [Change::Begins(unsure(), words)]);
    let open = [case(unsure(), &[])];
    assert_eq!(changes(&open, &wrong, now()), [Change::Goes(7)]);
    let right = [Sight::right(unsure(), "every reader is accounted for")];
    assert_eq!(changes(&open, &right, now()), [Change::Ends(7, "every reader is accounted for".to_owned())]);
    assert_eq!(changes(&[], &right, now()), [], "what was never wrong is no news");
}

#[test]
fn the_same_trouble_of_another_issue_is_another_case() {
    let other = About::issue(Trouble::Unsure, "morning", "2026-11-25");
    let seen = changes(&[case(unsure(), &[])], &[Sight::wrong(other.clone(), "1 reader", "")], now());
    assert!(matches!(&seen[..], [Change::Begins(about, _)] if *about == other), "{seen:?}");
}

#[test]
fn what_no_look_finds_any_more_lapses_in_silence_after_a_day() {
    let open = [case(unsure(), &[(Carrier::Mail, Stage::Begun)])];
    assert_eq!(changes(&open, &[], now() + TimeDelta::hours(24)), []);
    assert_eq!(changes(&open, &[], now() + TimeDelta::hours(25)), [Change::Lapses(7)]);
}

#[test]
fn of_two_sights_of_one_thing_the_first_counts() {
    let sights = [Sight::wrong(unsure(), "wrong", ""), Sight::right(unsure(), "right")];
    assert!(matches!(&changes(&[], &sights, now())[..], [Change::Begins(..)]));
    assert_eq!(changes(&[case(unsure(), &[])], &sights, now()), [Change::Goes(7)]);
}

#[test]
fn every_carrier_is_told_each_stage_once_and_the_end_only_if_it_heard_of_the_beginning() {
    let both = [Carrier::Mail, Carrier::Webhook];
    let mut open = case(unsure(), &[(Carrier::Mail, Stage::Begun)]);
    assert_eq!(untold(&open, &both), [(Carrier::Webhook, Stage::Begun)], "the one that failed is tried again");
    open.over = Some("all accounted for".to_owned());
    assert_eq!(untold(&open, &both), [(Carrier::Mail, Stage::Over)]);
    open.told.push((Carrier::Mail, Stage::Over));
    assert_eq!(untold(&open, &both), []);
}

#[test]
fn every_word_is_read_as_it_is_written() {
    for trouble in Trouble::ALL {
        assert_eq!(Trouble::parse(trouble.as_str()), Some(trouble));
    }
    for carrier in Carrier::ALL {
        assert_eq!(Carrier::parse(carrier.as_str()), Some(carrier));
    }
}

#[test]
fn a_case_is_told_in_a_few_lines_and_as_an_object() {
    let mut case = case(unsure(), &[]);
    insta::assert_snapshot!("begun", case.text(Stage::Begun, "The Quay", chrono_tz::Europe::Lisbon));
    let object = case.json(Stage::Begun);
    assert_eq!((object["event"].as_str(), object["stage"].as_str()), (Some("unsure"), Some("begun")));
    assert_eq!(object["help"], "look");
    case.over = Some("every reader is accounted for".to_owned());
    insta::assert_snapshot!("over", case.text(Stage::Over, "The Quay", chrono_tz::Europe::Lisbon));
    assert_eq!(case.json(Stage::Over)["text"], "all well again: every reader is accounted for");
    case.about = About::house(Trouble::Store);
    assert_eq!(case.json(Stage::Over)["newsletter"], serde_json::Value::Null);
}
