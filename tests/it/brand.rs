//! The look of a newsletter is configuration: colours, fonts, masthead, feet, theme; and the specimen of it.

use std::fs;

use scraper::{Html, Selector};

use crate::world::World;

/// The small newsroom with these lines at the end of its config.toml.
fn branded(lines: &str) -> World {
    let world = World::with_relay("mailbox:");
    let config = world.read("config.toml");
    world.write("config.toml", &format!("{config}\n{lines}\n"));
    world
}

fn page(world: &World) -> String {
    world.ok(&["show", "2026-11-24", "--html"])
}

/// What is said about a config.toml that ends in these lines.
fn refused(lines: &str) -> String {
    branded(lines).ends(2, &["show", "2026-11-24", "--html"]).stderr
}

fn texts(html: &str, selector: &str) -> Vec<String> {
    let words = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let document = Html::parse_document(html);
    document.select(&Selector::parse(selector).unwrap()).map(|element| words(element.text().collect())).collect()
}

#[test]
fn one_accent_makes_a_brand_of_light_and_dark() {
    let html = page(&branded("[brand.light]\naccent = \"#1f6b3a\""));
    assert!(html.contains("#1f6b3a") && !html.contains("#a6141c"), "the house's green, not the theme's red");
    assert!(!html.contains("#ff8f86"), "and a green of its own in the dark");
}

#[test]
fn a_newsletter_counts_over_the_house_and_the_house_over_the_theme() {
    let world = branded(
        "[brand.light]\naccent = \"#1f6b3a\"\nquiet = \"#404040\"\n\
         [newsletters.morning.brand.light]\naccent = \"#5a2a82\"",
    );
    let html = page(&world);
    assert!(html.contains("#5a2a82") && !html.contains("#1f6b3a"), "the newsletter's own accent");
    assert!(html.contains("#404040") && html.contains("#1a1a1a"), "the house's grey, the theme's black");
}

#[test]
fn a_brand_nobody_can_read_is_refused_with_the_pair_and_the_nearest_colour() {
    let said = refused("[brand.light]\naccent = \"#2aa198\"");
    assert!(said.contains("`accent` on `sheet` cannot be read in the light: its contrast is 3.15:1"), "{said}");
    assert!(said.contains("config.toml:") && said.contains("error[contrast]"), "{said}");
    let nearest = said.split("is #").nth(1).unwrap().get(..6).unwrap().to_owned();
    let html = page(&branded(&format!("[brand.light]\naccent = \"#{nearest}\"")));
    assert!(html.contains(&nearest), "what it proposes is taken");
}

#[test]
fn an_ink_that_fails_on_several_grounds_is_one_finding_that_names_them() {
    let said = refused("[newsletters.morning.brand.dark]\nquiet = \"#666666\"");
    assert_eq!(said.matches("error[contrast]").count(), 1, "{said}");
    for pair in ["`quiet` on `page`", "`quiet` on `sheet`", "`quiet` on `tint`"] {
        assert!(said.contains(pair), "{pair}: {said}");
    }
    assert!(said.contains("in the dark"), "{said}");
}

#[test]
fn a_ground_that_is_changed_under_the_themes_inks_is_the_one_to_mend() {
    let said = refused("[brand.light]\npage = \"#8c8c8c\"");
    assert!(said.contains("page = \"#8c8c8c\"") && said.contains("nearest colour"), "{said}");
}

#[test]
fn words_on_a_given_accent_are_held_to_it_too() {
    let said = refused("[brand.light]\naccent = \"#1f6b3a\"\non_accent = \"#204020\"");
    assert!(said.contains("`on_accent` on `accent`"), "{said}");
}

#[test]
fn whatever_could_break_out_of_a_style_is_no_font() {
    for wrong in [
        "url(https://fonts.example/a.woff), serif",
        "@import, serif",
        "Georgia; color:red, serif",
        "Georgia\\\" onload=x, serif",
        "'Unclosed, serif",
        "Geo<b>rgia, serif",
        "expression(1), serif",
        ", serif",
    ] {
        let said = refused(&format!("[brand]\nnews = \"{wrong}\""));
        assert!(said.contains("is not the name of a font"), "{wrong}: {said}");
    }
    assert!(refused("[brand]\nnews = \"Lato\"").contains("does not end in a kind of font everybody has"));
    assert!(refused(&format!("[brand]\nnews = \"{}serif\"", "Some Font, ".repeat(12))).contains("100 at most"));
    let html = page(&branded("[brand]\nnews = 'Charter, \"Bitstream Charter\", serif'"));
    assert!(html.contains("Charter,'Bitstream Charter',serif"));
}

#[test]
fn a_slip_in_a_brand_is_told_with_what_was_meant() {
    let said = refused("[brand.light]\nacent = \"#1f6b3a\"");
    assert!(said.contains("there is no key `brand.light.acent`") && said.contains("did you mean `accent`"), "{said}");
    let said = refused("[newsletters.morning.brand.dark]\nshet = \"#111111\"");
    assert!(said.contains("did you mean `sheet`"), "{said}");
    let said = refused("[brand.light]\naccent = \"green\"");
    assert!(said.contains("\"green\" is not a colour"), "{said}");
    let said = refused("[brand]\nradius = 99");
    assert!(said.contains("`radius` cannot be 99"), "{said}");
    let said = refused("[brand]\nfooter = [\"About us\"]");
    assert!(said.contains("`brand.footer` cannot be a list"), "{said}");
    let said = refused("[brand]\nfooter = [[\"About us\", \"javascript:alert(1)\"]]");
    assert!(said.contains("is not a web address"), "{said}");
    let said =
        refused("[brand]\nfooter = [[\"About\", \"https://a.test\"]]\nsocial = [[\"About\", \"https://b.test\"]]");
    assert!(said.contains("two links say \"About\""), "{said}");
    let world = World::with_relay("mailbox:");
    let said = world.ends(2, &["--set", "newsletters.morning.theme=digset", "show", "2026-11-24"]).stderr;
    assert!(said.contains("did you mean \"digest\""), "{said}");
}

#[test]
fn a_key_of_a_brand_can_be_set_for_one_run() {
    let world = World::with_relay("mailbox:");
    let html = world.ok(&["--set", "newsletters.morning.brand.light.accent=#1f6b3a", "show", "2026-11-24", "--html"]);
    assert!(html.contains("#1f6b3a"));
    let said = world.ends(2, &["--set", "newsletters.morning.brand.lihgt.accent=#1f6b3a", "show", "2026-11-24"]).stderr;
    assert!(said.contains("did you mean `brand.light`"), "{said}");
}

#[test]
fn links_at_the_foot_stand_in_both_parts_once() {
    let world = branded(
        "[brand]\nfooter = [[\"About us\", \"https://quay.test/about\"], [\"The market\", \"https://quay.test/market-opens\"]]\n\
         social = [[\"Mastodon\", \"https://social.test/@quay\"]]",
    );
    let (html, text) = (page(&world), world.ok(&["show", "2026-11-24"]));
    for (words, url) in [("About us", "https://quay.test/about"), ("Mastodon", "https://social.test/@quay")] {
        assert!(texts(&html, &format!("a[href='{url}']")).contains(&words.to_owned()), "{words}");
        assert_eq!(text.matches(url).count(), 1, "{url} in\n{text}");
        assert!(text.contains(&format!("{words} [")), "{words} in\n{text}");
    }
    assert_eq!(text.matches("https://quay.test/market-opens").count(), 1, "a story's address is not listed again");
}

#[test]
fn the_masthead_says_other_words_in_both_parts() {
    let world = branded("[brand.masthead]\nwords = \"Quayside\"");
    assert_eq!(texts(&page(&world), "h1"), ["Quayside"]);
    assert!(world.ok(&["show", "2026-11-24"]).starts_with("QUAYSIDE\n"));
}

#[test]
fn a_masthead_may_be_a_picture_and_travels_with_the_issue() {
    let world = branded("[brand.masthead]\nimage = \"images/name.png\"\ndark = \"images/night.png\"\nwidth = 300");
    let picture = |name: &str| fs::read(format!("{}/issues/images/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    fs::create_dir_all(world.path("issues/images")).unwrap();
    fs::write(world.path("issues/images/name.png"), picture("bells.png")).unwrap();
    fs::write(world.path("issues/images/night.png"), picture("tide-table.png")).unwrap();
    world.ok(&["build", "2026-11-24", "-o", "out"]);
    let html = Html::parse_document(&world.read("out/issue.html"));
    let select = |selector: &str| html.select(&Selector::parse(selector).unwrap()).next().unwrap();
    let light = select("h1 picture img");
    assert_eq!((light.attr("alt"), light.attr("width")), (Some("The Quay"), Some("300")));
    let dark = select("h1 picture source");
    assert_eq!(dark.attr("media"), Some("(prefers-color-scheme:dark)"));
    for file in [light.attr("src").unwrap(), dark.attr("srcset").unwrap()] {
        assert!(world.path("out").join(file).is_file(), "{file}");
    }
    world.ok(&["build", "--specimen", "-o", "look"]);
    assert!(world.read("look/specimen.html").contains("<picture>"), "it stands over the specimen, too");
}

#[test]
fn a_masthead_that_is_not_there_is_found_where_it_is_named() {
    let world = branded("[brand.masthead]\nimage = \"images/gone.png\"");
    let ran = world.ends(3, &["check", "2026-11-24"]);
    let said = ran.stdout + &ran.stderr;
    assert!(said.contains("images/gone.png") && said.contains("config.toml:"), "{said}");
}

#[test]
fn the_digest_is_another_design_of_the_same_issue() {
    let world = World::sample();
    for (newsletter, date) in [("morning", "2026-11-23"), ("morning", "2026-11-24"), ("good-news", "2026-11-28")] {
        let show = |theme: &str, form: &str| {
            world.ok(&[
                "-n",
                newsletter,
                "--set",
                &format!("newsletters.{newsletter}.theme={theme}"),
                "show",
                date,
                form,
            ])
        };
        let (default, digest) = (show("default", "--html"), show("digest", "--html"));
        assert_eq!(texts(&default, "h1,h2,h3,h4"), texts(&digest, "h1,h2,h3,h4"), "{newsletter} {date}");
        assert!(default.contains("Georgia") && !digest.contains("Georgia"), "{newsletter} {date}");
        assert!(digest.len() <= default.len(), "{newsletter} {date}: {} over {} bytes", digest.len(), default.len());
        assert_eq!(show("default", "--text"), show("digest", "--text"), "a look changes no word of the text");
    }
}

#[test]
fn an_approval_is_of_the_look_too() {
    let world = World::with_relay("mailbox:");
    world.subscribe(&crate::world::readers(2));
    world.ok(&["approve", "2026-11-24", "--by", "Ada", "--yes"]);
    let set = "newsletters.morning.brand.light.accent=#1f6b3a";
    let ran = world.ends(5, &["--set", set, "send", "2026-11-24", "--yes"]);
    assert!(ran.stderr.contains("changed"), "{}", ran.stderr);
}

#[test]
fn the_specimen_shows_every_block_in_the_newsletters_look() {
    let world = World::sample();
    for theme in ["default", "digest"] {
        let theme = format!("newsletters.good-news.theme={theme}");
        world.ok(&["-n", "good-news", "--set", &theme, "build", "--specimen", "-o", "look"]);
        let html = world.read("look/specimen.html");
        assert!(html.contains("#1f6b3a"), "in the newsletter's green");
        for element in ["h1", "h2", "h3", "blockquote", "img", "ul", "ol", "pre", "code", "th", "del", "em"] {
            assert!(!texts(&html, element).is_empty(), "{element}");
        }
        for words in ["Advertisement", "A number", "Picks", "Headlines alone", "In brief", "It depends on the question"]
        {
            assert!(html.contains(words), "{words}");
        }
        for image in Html::parse_document(&html).select(&Selector::parse("img").unwrap()) {
            assert!(world.path("look").join(image.attr("src").unwrap()).is_file());
        }
        let first = fs::read(world.path("look/specimen.eml")).unwrap();
        world.ok(&["-n", "good-news", "--set", &theme, "build", "--specimen", "-o", "again"]);
        assert_eq!(first, fs::read(world.path("again/specimen.eml")).unwrap(), "the same bytes");
        assert!(world.read("look/specimen.txt").contains("THE VENNMOUTH LANTERN"));
    }
}

/// Whatever a house forbids in its issues is no reason not to look at its colours.
#[test]
fn a_strict_house_gets_its_specimen_too() {
    let world = branded(
        "[kickers]\nallowed = [\"Speed Read\"]\n[style]\n\"headline\" = \"head\"\n[checks]\nlink-vague = \"error\"\n\
         [newsletters.morning.limits]\nwords = { max = 10 }\nsubject = { error = 5 }\nhtml_bytes = { error = 100 }",
    );
    world.ok(&["build", "--specimen", "-o", "look"]);
    assert!(world.path("look/specimen.html").is_file());
}

#[test]
fn a_specimen_is_of_no_date_and_for_no_reader() {
    let world = World::with_relay("mailbox:");
    world.ends(2, &["build", "2026-11-24", "--specimen", "-o", "look"]);
    world.ends(2, &["build", "--specimen", "--reader", "ada@quay.test", "-o", "look"]);
}
