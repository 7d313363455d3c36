//! Links of an issue: where they lead, what they say, and that no two say the same of two places.

use super::{Shelf, and, run, says, told};

#[test]
fn links_lead_to_the_web_or_to_mail() {
    let link = |url: &str| says(&and(&format!("type = \"text\"\ntext = \"see [the plan]({url})\"")), &Shelf::new());
    assert!(link("https://far.example/x").is_empty());
    assert!(link("mailto:desk@quay.example").is_empty());
    assert_eq!(link(""), ["link-empty 2026-11-24.toml:20:13"]);
    assert_eq!(link("#"), ["link-placeholder 2026-11-24.toml:20:13"]);
    assert_eq!(link("http://localhost:8000/"), ["link-placeholder 2026-11-24.toml:20:13"]);
    assert_eq!(link("https://10.1.2.3/x"), ["link-placeholder 2026-11-24.toml:20:13"]);
    assert_eq!(link("https://staging.quay.example/x"), ["link-placeholder 2026-11-24.toml:20:13"]);
    assert_eq!(link("http://far.example/x"), ["link-http 2026-11-24.toml:20:13"]);
    assert_eq!(link("https://bit.ly/x"), ["link-shortener 2026-11-24.toml:20:13"]);
    assert_eq!(link("https://far.example/x?id=3&utm_source=y#z"), ["tracking-params 2026-11-24.toml:20:13"]);
    assert_eq!(link("mailto:desk"), ["mailto-bad 2026-11-24.toml:20:13"]);
    assert_eq!(link("#b9"), ["anchor-dead 2026-11-24.toml:20:13"]);
    assert!(link("#b1").is_empty());
    assert_eq!(link("/board"), ["bad-value 2026-11-24.toml:20:13"]);
    assert_eq!(link("javascript:alert"), ["bad-value 2026-11-24.toml:20:13"]);
}

#[test]
fn the_words_of_a_link_say_where_it_leads() {
    let link = |words: &str| {
        let text = format!("type = \"text\"\ntext = \"see [{words}](https://far.example/x)\"");
        says(&and(&text), &Shelf::new())
    };
    assert!(link("the plan for the quay").is_empty() && link("far.example").is_empty());
    assert!(link("www.far.example/x").is_empty() && link("3.5 metres").is_empty());
    assert_eq!(link("here"), ["link-vague 2026-11-24.toml:20:13"]);
    assert_eq!(link("Read more…"), ["link-vague 2026-11-24.toml:20:13"]);
    assert_eq!(link(""), ["link-empty 2026-11-24.toml:20:13"]);
    assert_eq!(link("bank.example"), ["link-text-url-differs 2026-11-24.toml:20:13"]);
    assert_eq!(link("https://bank.example/login"), ["link-text-url-differs 2026-11-24.toml:20:13"]);
}

#[test]
fn links_of_the_same_words_lead_to_the_same_place() {
    let links = |first: &str, second: &str| {
        let text = format!(
            "type = \"text\"\ntext = \"[Buy a ticket]({first}) today.\"\n\n[[block]]\ntype = \"text\"\n\
             text = \"Or [buy a ticket]({second}).\""
        );
        run(&and(&text), &Shelf::new()).1
    };
    assert!(links("https://far.example/x", "https://far.example/x").is_empty());
    let findings = links("https://far.example/x", "https://far.example/y");
    assert_eq!(told(&findings), ["link-same-words 2026-11-24.toml:24:12"]);
    assert_eq!(findings[0].title, "\"buy a ticket\" leads to two places");
    assert!(findings[0].also.is_some(), "both places are shown");
    let button = "type = \"sponsor\"\nname = \"Rope\"\ntext = \"Rope.\"\nbutton = { label = \"Join us\", url = \"https://rope.example/join\" }\n\n\
                  [[block]]\ntype = \"promo\"\nsnippet = \"join\"";
    let mut shelf = Shelf::new();
    let snippet = "+++\nbutton = { label = \"Join us\", url = \"https://quay.example/join\" }\n+++\nDo.\n";
    shelf.snippets.insert("join", snippet.to_owned());
    assert_eq!(says(&and(button), &shelf), ["link-same-words join.md:2:20"]);
}

#[test]
fn tracking_is_cut_off_where_it_stands() {
    let text = and("type = \"text\"\ntext = \"see [the plan](https://far.example/x?id=3&utm_source=y#z)\"");
    let finding = run(&text, &Shelf::new()).1.remove(0);
    let fix = finding.fix.unwrap();
    let place = finding.place.unwrap();
    assert_eq!(&place.source.text[fix.span.clone()], "https://far.example/x?id=3&utm_source=y#z");
    assert_eq!(fix.with, "https://far.example/x?id=3#z");
}
