//! Every word in every language, each with the same places to fill; dates and counts as each language writes them.

use std::collections::BTreeMap;

use super::plural::Category;
use super::*;

fn date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 5, 20).unwrap()
}

/// Every text of a file under its dotted key; plural forms but the last are left to a test of their own.
fn texts(language: &str) -> BTreeMap<String, String> {
    let shipped = SHIPPED.iter().find(|shipped| shipped.language == language).unwrap();
    let mut table: toml::Table = shipped.file.parse().unwrap();
    table.remove("regions");
    table.remove("region");
    let mut out = BTreeMap::new();
    flatten("", &toml::Value::Table(table), &mut out);
    out.retain(|key, _| !["zero", "one", "two", "few", "many"].iter().any(|form| key.ends_with(&format!(".{form}"))));
    out
}

fn flatten(prefix: &str, value: &toml::Value, out: &mut BTreeMap<String, String>) {
    match value {
        toml::Value::String(text) => drop(out.insert(prefix.to_owned(), text.clone())),
        toml::Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                flatten(&format!("{prefix}.{index}"), item, out);
            }
        }
        toml::Value::Table(table) => {
            for (key, value) in table {
                flatten(format!("{prefix}.{key}").trim_start_matches('.'), value, out);
            }
        }
        other => panic!("{prefix}: {other}"),
    }
}

/// The places of a text, in the order of their names, and how many links it has.
fn places(text: &str) -> (Vec<&str>, usize) {
    let mut names: Vec<&str> = text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect();
    names.sort_unstable();
    (names, text.matches(['[', '［']).count())
}

#[test]
fn every_language_has_every_word_and_no_other_with_the_same_places() {
    let english = texts("en");
    for language in languages() {
        let own = texts(language);
        let keys = |texts: &BTreeMap<String, String>| texts.keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&own), keys(&english), "{language}");
        for (key, text) in &own {
            assert_eq!(places(text), places(&english[key]), "{language}: {key}");
            assert!(!text.is_empty() && !text.contains("  "), "{language}: {key}");
            let curly = !text.contains('\'') && !text.contains('"') && !text.contains("...");
            assert!(curly, "{language}: {key} is typeset: {text}");
        }
    }
}

#[test]
fn every_region_only_says_otherwise_what_its_language_says() {
    let mut regions = 0;
    for shipped in &SHIPPED {
        let table: toml::Table = shipped.file.parse().unwrap();
        let common = texts(shipped.language);
        for (region, differs) in table.get("regions").and_then(toml::Value::as_table).into_iter().flatten() {
            regions += 1;
            let mut own = BTreeMap::new();
            flatten("", differs, &mut own);
            for (key, text) in own {
                assert_eq!(places(&text), places(&common[&key]), "{}-{region}: {key}", shipped.language);
            }
        }
        // Reads all of them, or panics.
        shipped.words(None);
    }
    assert!(regions >= 2);
}

#[test]
fn a_count_has_the_forms_its_language_asks_for_and_no_other() {
    for language in languages() {
        let words = Words::of(language);
        let mut asked: Vec<Category> = (0..=1000).map(|n| Category::of(language, n)).collect();
        asked.sort_unstable();
        asked.dedup();
        use Category::{Few, Many, One, Other, Two, Zero};
        for plural in [&words.stories, &words.minutes, &words.editions_so_far, &words.pages.answered] {
            let given: Vec<Category> =
                [Zero, One, Two, Few, Many, Other].into_iter().filter(|form| plural.given(*form).is_some()).collect();
            assert_eq!(given, asked, "{language}");
            assert!(words.count(plural, 100).contains("100"), "{language}");
        }
    }
}

#[test]
fn counts_are_said_as_the_language_says_them() {
    let extent = |language: &str, stories| Words::of(language).extent(stories, 5);
    assert_eq!([0, 1, 8].map(|n| extent("en", n)), ["5 minutes", "1 story, 5 minutes", "8 stories, 5 minutes"]);
    assert_eq!([1, 8].map(|n| extent("de", n)), ["1 Beitrag, 5 Minuten", "8 Beiträge, 5 Minuten"]);
    assert_eq!([1, 8].map(|n| extent("pt", n)), ["1 notícia, 5 minutos", "8 notícias, 5 minutos"]);
    assert_eq!([1, 2].map(|n| extent("he", n)), ["ידיעה אחת, 5 דקות", "שתי ידיעות, 5 דקות"]);
    assert_eq!([1, 8].map(|n| extent("ja", n)), ["記事1本・5分", "記事8本・5分"]);
    assert_eq!(
        [0, 1, 2, 8, 12, 100].map(|n| extent("ar", n)),
        ["5 دقائق", "خبر واحد، 5 دقائق", "خبران، 5 دقائق", "8 أخبار، 5 دقائق", "12 خبرًا، 5 دقائق", "100 خبر، 5 دقائق"]
    );
}

#[test]
fn the_date_is_written_as_the_language_writes_it() {
    let dates = [
        ("en", "Tuesday, May 20, 2025"),
        ("en-US", "Tuesday, May 20, 2025"),
        ("en-GB", "Tuesday 20 May 2025"),
        ("de", "Dienstag, 20. Mai 2025"),
        ("de-CH", "Dienstag, 20. Mai 2025"),
        ("pt-BR", "terça-feira, 20 de maio de 2025"),
        ("pt-PT", "terça-feira, 20 de maio de 2025"),
        ("ja", "2025年5月20日火曜日"),
        ("ar", "الثلاثاء، 20 مايو 2025"),
        ("fi", "Tuesday 20 May 2025"),
    ];
    for (tag, written) in dates {
        assert_eq!(Words::of(tag).long_date(date()), written, "{tag}");
    }
    let january = NaiveDate::from_ymd_opt(2026, 1, 4).unwrap();
    assert_eq!(Words::of("de-AT").long_date(january), "Sonntag, 4. Jänner 2026");
}

#[test]
fn a_region_goes_by_its_language_and_a_stranger_by_english() {
    assert_eq!(Words::of("pt-PT").unsubscribe, "Cancelar subscrição (Unsubscribe)");
    assert_eq!(Words::of("pt-AO").unsubscribe, "Cancelar inscrição (Unsubscribe)");
    assert_eq!(Words::of("PT_br").contents, "Nesta edição");
    assert_eq!((Words::of("fi").contents.as_str(), Words::of("fi").language), ("In this issue", "en"));
    assert!(speaks("de-LI") && speaks("AR") && !speaks("fi"));
}

#[test]
fn names_are_joined_as_the_language_joins_them() {
    let names = ["A", "B", "C"];
    let signed = |tag: &str, count: usize| Words::of(tag).signed(&names[..count]);
    assert_eq!([1, 2, 3].map(|n| signed("en", n)), ["By A", "By A and B", "By A, B and C"]);
    assert_eq!([signed("de", 3), signed("ja", 3)], ["Von A, B und C", "文・A、B、C"]);
    assert_eq!(signed("ar", 2), "بقلم A وB");
}

#[test]
fn a_credit_is_named_once() {
    let english = Words::of("en");
    assert_eq!(english.credited("Jo Bell"), "Picture: Jo Bell");
    assert_eq!(english.credited("Illustration: Jo Bell"), "Illustration: Jo Bell");
}

#[test]
fn what_is_filled_in_is_not_looked_through() {
    let (before, after) = Words::of("en").because("The {address} {newsletter}");
    assert_eq!(before, "Sent to ");
    assert!(after.starts_with(", because you signed up for The {address} {newsletter}. "), "{after}");
    let (before, after) = Words::of("ja").because("朝刊");
    assert!(before.is_empty() && after.starts_with("宛てのこのメールは、「朝刊」に"), "{before}|{after}");
}

#[test]
fn a_language_written_from_the_right_is_known_by_its_subtags() {
    let right = ["ar-EG", "he", "fa-IR", "ur", "az-Arab-IR"];
    let left = ["en-GB", "de", "ar-Latn", "ja"];
    assert!(right.iter().all(|tag| direction(tag) == "rtl") && left.iter().all(|tag| direction(tag) == "ltr"));
}
