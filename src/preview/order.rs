//! The mail as a screen reader reads it: headings, pictures, links, lists and text, one after another.
//!
//! Read off the HTML part, which our own renderer wrote: tables there are for layout and say nothing, and what is
//! hidden says so in its own style.

use maud::{Markup, html};

/// One thing that is said.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Spoken {
    kind: Kind,
    words: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Heading(u8),
    Picture,
    Link,
    /// An entry of a list.
    Entry,
}

impl Kind {
    fn said(self) -> String {
        match self {
            Self::Text => String::new(),
            Self::Heading(level) => format!("heading {level}"),
            Self::Picture => "picture".to_owned(),
            Self::Link => "link".to_owned(),
            Self::Entry => "list entry".to_owned(),
        }
    }
}

pub(super) fn drawn(html: &str) -> Markup {
    html! {
        ol.order {
            @for Spoken { kind, words } in spoken(html) {
                li { span.quiet { (kind.said()) } span { (words) } }
            }
        }
    }
}

/// Elements that have no end.
const VOID: [&str; 8] = ["img", "br", "hr", "meta", "link", "input", "col", "wbr"];
/// Elements whose words are no words of the mail.
const MUTE: [&str; 4] = ["style", "title", "head", "script"];
/// Elements that stay inside the sentence they stand in.
const INLINE: [&str; 13] = ["a", "b", "strong", "i", "em", "span", "s", "del", "sup", "sub", "code", "font", "small"];

#[derive(Default)]
struct Ear {
    said: Vec<Spoken>,
    open: Vec<Element>,
    /// What has been heard since the last thing was said.
    words: String,
}

struct Element {
    name: String,
    hidden: bool,
    kind: Option<Kind>,
}

fn spoken(html: &str) -> Vec<Spoken> {
    let mut ear = Ear::default();
    let mut rest = html;
    while let Some((text, tail)) = rest.split_once('<') {
        ear.text(text);
        // What only Outlook reads is a comment to everybody else.
        rest = match tail.strip_prefix("!--").and_then(|comment| comment.split_once("-->")) {
            Some((_, after)) => after,
            None => {
                let (tag, after) = tail.split_once('>').unwrap_or((tail, ""));
                ear.tag(tag);
                after
            }
        };
    }
    ear.say();
    ear.said
}

impl Ear {
    fn tag(&mut self, tag: &str) {
        if let Some(name) = tag.strip_prefix('/') {
            self.close(name.trim());
            return;
        }
        let name = tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default().to_lowercase();
        match name.as_str() {
            "br" => self.words.push(' '),
            "img" if !self.hides() => {
                self.say();
                self.put(Kind::Picture, &attribute(tag, "alt").unwrap_or_default());
            }
            _ if VOID.contains(&name.as_str()) || name.starts_with('!') => {}
            _ => self.open(tag, name),
        }
    }

    fn open(&mut self, tag: &str, name: String) {
        let kind = match name.as_str() {
            "a" if attribute(tag, "href").is_some() => Some(Kind::Link),
            "li" => Some(Kind::Entry),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => name[1..].parse().ok().map(Kind::Heading),
            _ => None,
        };
        // A link inside a heading or an entry is part of it, and heard as one.
        let kind = kind.filter(|kind| *kind != Kind::Link || self.kind() == Kind::Text);
        if kind.is_some() || !INLINE.contains(&name.as_str()) {
            self.say();
        }
        let style = attribute(tag, "style").unwrap_or_default().replace(' ', "");
        let hidden = self.hides()
            || MUTE.contains(&name.as_str())
            || style.contains("display:none")
            || attribute(tag, "aria-hidden").as_deref() == Some("true");
        self.open.push(Element { name, hidden, kind });
    }

    fn close(&mut self, name: &str) {
        let Some(at) = self.open.iter().rposition(|own| own.name.eq_ignore_ascii_case(name)) else { return };
        if self.open[at].kind.is_some() || !INLINE.contains(&name) {
            self.say();
        }
        self.open.truncate(at);
    }

    fn text(&mut self, text: &str) {
        if !self.hides() {
            self.words.push_str(text);
        }
    }

    fn hides(&self) -> bool {
        self.open.last().is_some_and(|own| own.hidden)
    }

    fn kind(&self) -> Kind {
        self.open.iter().rev().find_map(|own| own.kind).unwrap_or(Kind::Text)
    }

    /// Says what was heard, as what it stood in.
    fn say(&mut self) {
        let words = std::mem::take(&mut self.words);
        self.put(self.kind(), &words);
    }

    fn put(&mut self, kind: Kind, words: &str) {
        let words = plain(words);
        if !words.is_empty() {
            self.said.push(Spoken { kind, words });
        }
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let rest = tag.match_indices(name).find_map(|(at, _)| {
        let begins = tag[..at].ends_with(char::is_whitespace);
        tag[at + name.len()..].strip_prefix("=\"").filter(|_| begins)
    })?;
    rest.split_once('"').map(|(value, _)| value.to_owned())
}

/// Words without the marks of HTML and the spaces nobody hears.
fn plain(words: &str) -> String {
    let named = [("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&nbsp;", " "), ("&#39;", "'")];
    // The ampersand last: it may stand before what only looks like a mark.
    let text = named.iter().rev().fold(words.to_owned(), |text, (mark, plain)| text.replace(mark, plain));
    let silent = |c: char| matches!(c, '\u{34f}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}' | '\u{ad}');
    let text: String = decoded(&text).chars().filter(|c| !silent(*c)).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `&#847;` and `&#x34f;` as their characters.
fn decoded(text: &str) -> String {
    let mut stretches = text.split("&#");
    let mut out = stretches.next().unwrap_or_default().to_owned();
    for stretch in stretches {
        let character = stretch.split_once(';').and_then(|(number, rest)| {
            let number = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            Some((char::from_u32(number.ok()?)?, rest))
        });
        match character {
            Some((character, rest)) => {
                out.push(character);
                out.push_str(rest);
            }
            None => {
                out.push_str("&#");
                out.push_str(stretch);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(html: &str) -> Vec<String> {
        let line = |Spoken { kind, words }: Spoken| format!("{}: {words}", kind.said());
        spoken(html).into_iter().map(line).collect()
    }

    #[test]
    fn a_mail_is_heard_thing_by_thing() {
        let html = "<head><title>T</title><style>p{}</style></head><body><div style=\"display:none\">pre&#847;</div>\
                    <table role=\"presentation\"><tr><td id=\"b1\"><h2>The <a href=\"x\">lead</a></h2>\
                    <p>Maren Oduya<br>Editor &amp; more</p><img src=\"a\" alt=\"A tram\" width=\"2\"><img alt=\"\">\
                    <p>See <a href=\"y\">the page</a>, now.</p><ul><li>One</li><li>Two <a href=\"z\">three</a></li></ul>\
                    <!--[if mso]><p>Outlook</p><![endif]--></td></tr></table></body>";
        assert_eq!(
            heard(html),
            [
                "heading 2: The lead",
                ": Maren Oduya Editor & more",
                "picture: A tram",
                ": See",
                "link: the page",
                ": , now.",
                "list entry: One",
                "list entry: Two three",
            ]
        );
    }

    #[test]
    fn what_looks_like_a_mark_is_left_alone() {
        assert_eq!(plain("a &amp;lt; b &#x26;"), "a &lt; b &");
        assert_eq!(plain("&#nothing; &#99999999;"), "&#nothing; &#99999999;");
    }
}
