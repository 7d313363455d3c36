//! Images of an issue: what is said of each, and at which level.

use super::*;
use crate::picture::tests::png;

/// The pictures of the shelf.
pub(super) fn picture(src: &str) -> Result<Negative, Unfit> {
    let format = |what: &str| Unfit::Format { what: what.to_owned(), mend: "export it as PNG".to_owned() };
    match src {
        "images/small.png" => Negative::read(src, png(500, 400)),
        "images/gull.png" | "images/heavy.png" | "images/huge.png" => Negative::read(src, png(1200, 800)),
        "images/loop.gif" => Negative::read(src, b"GIF89a\x40\0\x20\0\0\0\0;".to_vec()),
        "images/gull.svg" => Err(format("an SVG drawing")),
        "images/half.png" => Negative::read(src, png(1200, 800)[..60].to_vec()),
        _ => Err(Unfit::Missing(format!("no file issues/{src}"))),
    }
}

/// Developed in no time, to a weight that goes by the name.
pub(super) fn develop(negative: &Negative) -> Result<Picture, Unfit> {
    let weight = match negative.src.as_str() {
        "images/heavy.png" => 250_000,
        "images/huge.png" => 1_100_000,
        "images/half.png" => return Err(Unfit::Broken("the file ends in the middle".to_owned())),
        _ => 9_000,
    };
    let picture = Picture::of(&negative.src, negative.bytes.clone()).map_err(Unfit::Broken)?;
    Ok(Picture { bytes: vec![0; weight].into(), ..picture })
}

fn image(src: &str, more: &str) -> String {
    and(&format!("type = \"image\"\nsrc = \"{src}\"\nalt = \"Gulls on a ferry\"\n{more}"))
}

/// What is said of an issue with this image: check, level, title, what stands under it.
fn said(src: &str, more: &str) -> Vec<String> {
    let line = |finding: &Finding| {
        let label = finding.place.as_ref().map_or("", |place| place.label.as_str());
        format!("{:?} {}: {}; {label}", finding.level, finding.check, finding.title)
    };
    run(&image(src, more), &Shelf::new()).1.iter().map(line).collect()
}

#[test]
fn a_sharp_light_picture_has_nothing_said_of_it() {
    assert!(said("images/gull.png", "").is_empty());
    assert!(said("images/small.png", "width = 250").is_empty());
    assert!(said("images/loop.gif", "").is_empty(), "what moves is left alone");
}

#[test]
fn a_picture_with_too_few_pixels_is_said_with_what_is_wanted() {
    assert_eq!(
        said("images/small.png", ""),
        [
            "Warning image-not-2x: `images/small.png` will look soft: it is 500 pixels wide and shown at 500; 1000 pixels are wanted here"
        ]
    );
    assert_eq!(
        said("images/gull.png", "width = 700"),
        Vec::<String>::new(),
        "no picture is shown wider than the column"
    );
    assert_eq!(
        said("images/small.png", "width = 260"),
        [
            "Warning image-not-2x: `images/small.png` will look soft: it is 500 pixels wide and shown at 260; 520 pixels are wanted here"
        ]
    );
    let (_, findings) = run(&image("images/small.png", ""), &Shelf::new());
    assert_eq!(findings[0].help.as_deref(), Some("export it 1000 pixels wide, or show it smaller with `width = 250`"));
}

#[test]
fn a_heavy_picture_is_a_warning_and_a_huge_one_stops_the_issue() {
    assert_eq!(
        said("images/heavy.png", ""),
        ["Warning image-heavy: `images/heavy.png` weighs 250 KB in the mail; 200 KB are enough"]
    );
    let huge = "Error image-heavy: `images/huge.png` weighs 1100 KB in the mail; 1048 KB are the most";
    let all = "Warning image-size: the pictures weigh 1100 KB, more than 800 KB; ";
    assert_eq!(said("images/huge.png", ""), [huge, all]);
}

#[test]
fn pictures_heavier_than_the_newsletter_allows_are_said_once_for_each_picture() {
    let issue = image("images/gull.png", "");
    let twice = format!("{issue}\n[[block]]\ntype = \"image\"\nsrc = \"images/gull.png\"\nalt = \"Again\"\n");
    let limit = |bytes: &str| house(&format!("[newsletters.morning.limits]\nimages_bytes = {bytes}"));
    let said = |bytes: &str| told(&run_in(&limit(bytes), &twice, &Shelf::new()).1);
    assert_eq!(said("8_999"), ["image-size"]);
    assert!(said("9_000").is_empty() && said("0").is_empty());
}

#[test]
fn what_no_mail_shows_stops_the_issue_and_says_why() {
    let bad = "Error image-format: `images/gull.svg` cannot be shown; this is an SVG drawing";
    assert_eq!(said("images/gull.svg", ""), [bad]);
    let half = "Error image-broken: `images/half.png` cannot be shown; the file ends in the middle";
    assert_eq!(said("images/half.png", ""), [half]);
    let missing = "Error image-missing: `images/owl.png` cannot be shown; no file issues/images/owl.png";
    assert_eq!(said("images/owl.png", ""), [missing]);
    assert!(run(&image("images/owl.png", ""), &Shelf::new()).0.is_none());
}

#[test]
fn a_story_shows_its_picture_in_full_and_nowhere_else() {
    let front = "headline = \"Gulls\"\nimage = { src = \"images/small.png\", alt = \"Gulls\" }\nurl = \"https://far.example/gulls\"";
    let shelf = |depth: &str| {
        let shelf = Shelf::new().with("owls", format!("+++\n{front}\n+++\nThey went.\n"));
        run(&and(&format!("type = \"story\"\nstory = \"owls\"\nshow = \"{depth}\"")), &shelf)
    };
    let (full, findings) = shelf("full");
    assert_eq!(full.unwrap().images().count(), 1);
    assert_eq!(told(&findings), ["image-not-2x owls.md:3:17"]);
    let (headline, findings) = shelf("headline");
    assert_eq!(headline.unwrap().images().count(), 0);
    assert!(findings.is_empty(), "what nobody sees may be soft");
}
