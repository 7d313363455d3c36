//! The mail with the link: short, the same in text and as a page, and clear about what to do where nobody asked for it.

use chrono::{DateTime, Utc};
use maud::{DOCTYPE, PreEscaped, html};

use super::links::GOOD;
use crate::config::{Config, Editor};
use crate::press::HouseLetter;

/// Enough for dark and for light; a client that drops it shows black on white.
const STYLE: &str = "body{margin:0;padding:32px 20px;background:#fffffe;color:#1a1a1a;\
                     font:17px/26px Georgia,'Times New Roman',serif}\
                     .sheet{max-width:520px;margin:0 auto}\
                     h1{margin:0 0 20px;font-size:24px;line-height:30px}\
                     p{margin:0 0 20px}\
                     .go{display:inline-block;padding:12px 22px;border-radius:4px;background:#a6141c;color:#fffffe;\
                     font-weight:bold;text-decoration:none}\
                     .small{color:#57534c;font-size:14px;line-height:21px;overflow-wrap:anywhere}\
                     .small a{color:inherit}\
                     @media (prefers-color-scheme:dark){body{background:#1d1d1b;color:#f0ede6}\
                     .go{background:#ff8f86;color:#1b1b1a}.small{color:#bdb8ae}}";

pub(super) fn letter(config: &Config, editor: &Editor, link: &str, now: DateTime<Utc>) -> HouseLetter {
    let house = &config.publication.name;
    let until = (now + GOOD).with_timezone(&config.publication.timezone).format("%H:%M");
    let minutes = GOOD.num_minutes();
    let hello = format!("Hello {},", editor.name);
    let what = format!("This link lets you in at the desk of {house}. It works once, until {until}:");
    let nobody = "You did not ask for it? Then somebody typed your address at the desk's door. Nobody comes in without \
                  this link: let it lie, and it is worth nothing in ";
    let nobody = format!("{nobody}{minutes} minutes.");
    let text = format!("{hello}\n\n{what}\n\n{link}\n\n{nobody}\n");
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width,initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="supported-color-schemes" content="light dark";
                title { "Log in at the desk of " (house) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                div.sheet {
                    h1 { (house) }
                    p { (hello) }
                    p { (what) }
                    p { a.go href=(link) { "Go to the desk" } }
                    p.small { "Or copy this address into your browser:" br; a href=(link) { (link) } }
                    p.small { (nobody) }
                }
            }
        }
    };
    HouseLetter { subject: format!("Your link to the desk of {house}"), text, html: page.into_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::EmailAddress;

    #[test]
    fn the_link_stands_whole_in_both_and_a_name_is_only_a_name() {
        let config = crate::config::load(std::path::Path::new(env!("CARGO_MANIFEST_DIR")), &[]).unwrap();
        let editor = Editor {
            id: "zoe".to_owned(),
            name: "Zoë <script>".to_owned(),
            address: EmailAddress::parse("zoe@lantern.example").unwrap(),
        };
        let link = "https://desk.lantern.example/-/in/abc_-123";
        let HouseLetter { subject, text, html } =
            letter(&config, &editor, link, "2026-11-24T05:41:00Z".parse().unwrap());
        assert_eq!(subject, "Your link to the desk of The Vennmouth Lantern");
        assert!(text.lines().any(|line| line == link) && text.contains("until 05:51"), "{text}");
        assert!(html.matches(&format!("href=\"{link}\"")).count() == 2 && !html.contains("<script>"), "{html}");
    }
}
