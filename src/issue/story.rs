//! A story or snippet file as it was written: front matter between two lines of `+++`, then Markdown.

use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate};
use chrono_tz::Tz;

use crate::config::tree::{self, Text};
use crate::finding::{Finding, Findings, Source};
use crate::issue::fields::{Fields, Said, is_mistyped};
use crate::issue::file::{ButtonFile, ImageFile, button, image_of};

/// One story file.
pub(crate) struct StoryFile {
    pub(crate) source: Arc<Source>,
    pub(crate) headline: Option<Text>,
    pub(crate) standfirst: Option<Text>,
    pub(crate) form: Option<Text>,
    pub(crate) kicker: Option<Text>,
    pub(crate) byline: Vec<Text>,
    pub(crate) published: Option<Said<DateTime<FixedOffset>>>,
    pub(crate) updated: Option<Said<DateTime<FixedOffset>>>,
    pub(crate) expires: Option<Said<DateTime<FixedOffset>>>,
    pub(crate) embargo: Option<Said<DateTime<FixedOffset>>>,
    pub(crate) url: Option<Text>,
    pub(crate) topics: Vec<String>,
    pub(crate) teaser: Option<Text>,
    pub(crate) brief: Option<Text>,
    pub(crate) image: Option<ImageFile>,
    pub(crate) sensitive: bool,
    pub(crate) body: Text,
}

/// One snippet: a promo, standing copy of a sponsor.
pub(crate) struct SnippetFile {
    /// Standing copy somebody pays for.
    pub(crate) paid: bool,
    pub(crate) title: Option<Text>,
    pub(crate) button: Option<ButtonFile>,
    pub(crate) image: Option<ImageFile>,
    pub(crate) from: Option<Said<NaiveDate>>,
    pub(crate) until: Option<Said<NaiveDate>>,
    pub(crate) body: Text,
}

/// The keys of a story, in the order of the house.
pub(crate) const STORY_KEYS: &[&str] = &[
    "headline",
    "standfirst",
    "form",
    "kicker",
    "byline",
    "published",
    "updated",
    "expires",
    "embargo",
    "url",
    "source",
    "topics",
    "teaser",
    "brief",
    "image",
    "sensitive",
    "imported_from",
];

/// The keys of a snippet, in the order of the house.
pub(crate) const SNIPPET_KEYS: &[&str] = &["kind", "title", "button", "image", "from", "until"];

/// Reads a story; every mistake of form is put into `out`.
pub(crate) fn read(source: &Arc<Source>, zone: Tz, out: &mut Findings) -> StoryFile {
    let (front, body) = split(source, "a story", out);
    let document = tree::read(source, front, "syntax", out);
    let broken = document.broken || out_of_place(out, source);
    let mut fields = Fields::new(&document.table, out);
    fields.strangers("a story", STORY_KEYS);
    // Read for their shape: they belong to the desk, not to the mail.
    fields.words("source");
    fields.words("imported_from");
    let headline = fields.words("headline");
    if document.table.get("headline").is_none() && !broken && !is_mistyped(&document.table, "headline", STORY_KEYS) {
        let finding = Finding::error("bad-value", "a story has no `headline`");
        fields.out.push(finding.at(source, 0..first_line(source), "add headline = \"…\" below this line"));
    }
    StoryFile {
        source: source.clone(),
        headline,
        standfirst: fields.words("standfirst"),
        form: fields.words("form"),
        kicker: fields.words("kicker"),
        byline: fields.texts("byline"),
        published: fields.moment("published", zone),
        updated: fields.moment("updated", zone),
        expires: fields.moment("expires", zone),
        embargo: fields.moment("embargo", zone),
        url: fields.text("url"),
        topics: fields.texts("topics").into_iter().map(|topic| topic.value).collect(),
        teaser: fields.words("teaser"),
        brief: fields.words("brief"),
        image: image_of(&mut fields),
        sensitive: fields.flag("sensitive").unwrap_or(false),
        body: words(source, body, out),
    }
}

/// Reads a snippet; every mistake of form is put into `out`.
pub(crate) fn read_snippet(source: &Arc<Source>, out: &mut Findings) -> SnippetFile {
    let (front, body) = split(source, "a snippet", out);
    let document = tree::read(source, front, "syntax", out);
    let mut fields = Fields::new(&document.table, out);
    fields.strangers("a snippet", SNIPPET_KEYS);
    let paid = fields.choice("kind", &[("promo", false), ("sponsor", true), ("footer", false)]);
    SnippetFile {
        paid: paid.is_some_and(|paid| paid.value),
        title: fields.words("title"),
        button: button(&mut fields),
        image: image_of(&mut fields),
        from: fields.day("from"),
        until: fields.day("until"),
        body: words(source, body, out),
    }
}

/// The words below the front matter of a story or snippet.
pub(crate) fn words_of(source: &Arc<Source>) -> Text {
    let (_, body) = split(source, "a page", &mut Findings::default());
    words(source, body, &mut Findings::default())
}

/// Whether the front matter was said to be missing or unclosed, which explains what else is missing.
fn out_of_place(out: &Findings, source: &Arc<Source>) -> bool {
    let here = |finding: &Finding| finding.place.as_ref().is_some_and(|place| place.source.path == source.path);
    out.iter().any(|finding| finding.check == "syntax" && here(finding))
}

/// The bytes of the front matter and of the body.
fn split(source: &Arc<Source>, what: &str, out: &mut Findings) -> (Range<usize>, Range<usize>) {
    let text = &source.text;
    let mut lines = text.split_inclusive('\n');
    let mut at = 0;
    // Blank lines before the front matter are forgiven.
    let opening = lines.find(|line| {
        at += line.len();
        !line.trim().is_empty()
    });
    if opening.is_none_or(|line| line.trim_end() != "+++") {
        let finding = Finding::error("syntax", format!("{what} begins with a line `+++`"));
        let finding = finding.at(source, 0..first_line(source), "expected +++");
        out.push(finding.help("facts such as the headline stand between two lines of +++, above the words"));
        return (0..0, 0..text.len());
    }
    let front = at;
    for line in lines {
        if line.trim_end() == "+++" {
            return (front..at, at + line.len()..text.len());
        }
        at += line.len();
    }
    let finding = Finding::error("syntax", "the front matter is never closed");
    let opening = front - text[..front].trim_start().len();
    out.push(finding.at(source, opening..opening + 3, "opened here").help("end it with a second line of +++"));
    // It was meant to end before the first words that are none of it.
    let end = text[front..].find("\n## ").map_or(text.len(), |heading| front + heading + 1);
    (front..end, end..text.len())
}

fn first_line(source: &Source) -> usize {
    source.text.lines().next().map_or(0, str::len)
}

fn words(source: &Arc<Source>, span: Range<usize>, out: &mut Findings) -> Text {
    let text = Text::new(source.text[span.clone()].to_owned(), source, span);
    if let Some(at) = text.control(true) {
        let finding = Finding::error("bad-value", "there is a control character in the words");
        out.push(finding.at(source, text.part(at), "this one").help("delete it: no mail program shows it"));
    }
    text
}
