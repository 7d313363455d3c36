//! Typed text as it is printed, language by language.

use proptest::prelude::*;

use super::*;

fn en(text: &str) -> String {
    line(text, Language::of("en-GB"))
}

#[test]
fn straight_quotes_become_curly_by_where_they_stand() {
    assert_eq!(en(r#"She said "no" and "never"."#), "She said “no” and “never”.");
    assert_eq!(en(r#"("Quite," he said)"#), "(“Quite,” he said)");
    assert_eq!(en(r#"She said "he called it 'fine' twice""#), "She said “he called it ‘fine’ twice”");
}

#[test]
fn an_apostrophe_never_opens() {
    assert_eq!(en("It's the '90s, rock 'n' roll"), "It’s the ’90s, rock ’n’ roll");
    assert_eq!(en("the readers' voices and 'twas so"), "the readers’ voices and ’twas so");
    assert_eq!(en("'Fine,' said the mayor's aide"), "‘Fine,’ said the mayor’s aide");
}

#[test]
fn dashes_ellipses_and_units_are_set() {
    assert_eq!(en("wait ... now -- or later---never"), "wait … now\u{a0}– or later—never");
    assert_eq!(en("12 km in 3 hours at 5 a.m."), "12\u{a0}km in 3 hours at 5\u{a0}a.m.");
    assert_eq!(en("4.05 metres on 19 November, 3 more"), "4.05\u{a0}metres on 19\u{a0}November, 3 more");
    assert_eq!(line("October 3 in May", Language::of("en-US")), "October\u{a0}3 in May");
    assert_eq!(line("am 19. November", Language::of("de")), "am 19.\u{a0}November");
    assert_eq!(en(r#"he is 6'2" tall"#), "he is 6′2″ tall");
}

#[test]
fn each_language_has_its_marks() {
    let set = |text: &str, tag: &str| line(text, Language::of(tag));
    assert_eq!(set(r#"Er sagte "nein"."#, "de"), "Er sagte „nein“.");
    assert_eq!(set(r#"Er sagte "nein"."#, "de-CH"), "Er sagte «nein».");
    assert_eq!(set(r#"Ele disse "não"."#, "pt-BR"), "Ele disse “não”.");
    assert_eq!(set(r#"Ele disse "não"."#, "pt-PT"), "Ele disse «não».");
    assert_eq!(set(r#"قال "لا" ثم مضى"#, "ar"), "قال «لا» ثم مضى");
    assert_eq!(set(r#"彼は"いいえ"と言った"#, "ja"), "彼は「いいえ」と言った");
    assert_eq!(set("彼は「いいえ」と言った", "ja"), "彼は「いいえ」と言った");
    assert_eq!(set(r#"הוא אמר "לא" לצה"ל ולג'ורג'"#, "he"), "הוא אמר ”לא” לצה״ל ולג׳ורג׳");
}

#[test]
fn french_has_its_thin_spaces_whether_they_were_typed_or_not() {
    let fr = |text: &str| line(text, Language::of("fr"));
    let set = "Il dit\u{a0}: «\u{202f}non\u{202f}»\u{202f}!";
    assert_eq!(fr(r#"Il dit : "non" !"#), set);
    assert_eq!(fr(r#"Il dit: "non"!"#), set);
    assert_eq!(fr("Il dit: «non»!"), set);
    assert_eq!(fr("À 10:30 ? Quoi ?!"), "À 10:30\u{202f}? Quoi\u{202f}?!");
}

#[test]
fn a_double_hyphen_is_the_dash_of_the_language() {
    let set = |tag: &str| line("now--or 5 - 3", Language::of(tag));
    assert_eq!(
        [set("en-US"), set("en-GB"), set("pt")],
        ["now—or 5\u{a0}– 3", "now–or 5\u{a0}– 3", "now—or 5\u{a0}– 3"]
    );
}

#[test]
fn what_is_one_thing_stays_on_one_line() {
    assert_eq!(en("J. K. Rowling met Dr. Who"), "J.\u{a0}K.\u{a0}Rowling met Dr.\u{a0}Who");
    let de = |text: &str| line(text, Language::of("de"));
    assert_eq!(de("z. B. Nr. 5 (§ 7) um 8 Uhr"), "z.\u{a0}B.\u{a0}Nr.\u{a0}5 (§\u{a0}7) um 8\u{a0}Uhr");
    assert_eq!(line("por R$ 5 milhões", Language::of("pt")), "por R$\u{a0}5\u{a0}milhões");
}

#[test]
fn a_line_end_is_a_space_only_where_the_script_has_spaces() {
    assert_eq!(en("one\ntwo"), "one two");
    assert_eq!(line("港の夜\n明け、\nABC\n号", Language::of("ja")), "港の夜明け、 ABC 号");
}

#[test]
fn addresses_are_left_as_they_are() {
    let text = r#"see "https://a.example/b--c?d=e", or o'neill--x@a.example..."#;
    assert_eq!(en(text), "see “https://a.example/b--c?d=e”, or o'neill--x@a.example…");
    assert_eq!(line("Voir http://a.example/?q!", Language::of("fr")), "Voir http://a.example/?q\u{202f}!");
}

#[test]
fn a_quotation_may_open_in_one_run_and_close_in_another() {
    let mut words = vec![
        Inline::Text("He said \"".to_owned()),
        Inline::Strong(vec![Inline::Text("never".to_owned())]),
        Inline::Text("\" again".to_owned()),
    ];
    inlines(&mut words, Language::of("en"));
    assert_eq!(crate::prose::plain(&words), "He said “never” again");
}

proptest! {
    #[test]
    fn setting_twice_changes_nothing(text in r#"[a-zA-D0-9אבل港 "'.,;:!?()%€§«»–—/@-]{0,40}"#, tag in "(en|en-GB|fr|de|pt-PT|ar|he|ja|zh)") {
        let once = line(&text, Language::of(&tag));
        prop_assert_eq!(line(&once, Language::of(&tag)), once);
    }

    #[test]
    fn no_text_can_break_it(text in ".{0,80}", tag in ".{0,8}") {
        let set = line(&text, Language::of(&tag));
        let address = text.contains("://") || text.contains('@') || text.contains("www.");
        prop_assert!(address || (!set.contains('"') && !set.contains('\'')));
    }
}
