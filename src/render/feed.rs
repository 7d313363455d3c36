//! A newsletter's feeds: RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1, the same editions in three forms.
//!
//! An entry is read from the edition's own page: its linked data says what it is about and who edited it, its
//! main part is the text. So a feed cannot say anything that the page does not, and an edition taken off the
//! page is off the feeds. XML is written by quick-xml, as escaped text: no content can end an element.

use chrono::{DateTime, SecondsFormat, Utc};
use maud::{Markup, html};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use serde_json::{Value, json};

/// The forms a feed has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Rss,
    Atom,
    Json,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Rss, Self::Atom, Self::Json];

    /// Its address under the newsletter's.
    pub(crate) fn file(self) -> &'static str {
        match self {
            Self::Rss => "rss.xml",
            Self::Atom => "atom.xml",
            Self::Json => "feed.json",
        }
    }

    pub(crate) fn mime(self) -> &'static str {
        match self {
            Self::Rss => "application/rss+xml",
            Self::Atom => "application/atom+xml",
            Self::Json => "application/feed+json",
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rss => "RSS",
            Self::Atom => "Atom",
            Self::Json => "JSON Feed",
        }
    }
}

/// What a page's head says so that programs find the feeds by themselves.
pub(crate) fn links(newsletter: &str, archive: &str) -> Markup {
    html! {
        @for kind in Kind::ALL {
            link rel="alternate" type=(kind.mime()) title={ (newsletter) " (" (kind.name()) ")" } href={ (archive) "/" (kind.file()) };
        }
    }
}

/// One newsletter's newest editions.
#[derive(Clone, Debug)]
pub(crate) struct Feed<'a> {
    pub(crate) newsletter: &'a str,
    pub(crate) publication: &'a str,
    /// BCP 47.
    pub(crate) language: &'a str,
    /// The archive's public address; the feeds stand under it.
    pub(crate) home: &'a str,
    /// When the newest entry, or an amended one, was published.
    pub(crate) changed: DateTime<Utc>,
    /// Newest first.
    pub(crate) entries: Vec<Entry>,
}

/// One edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its page, which is also its name for ever.
    pub(crate) url: String,
    pub(crate) title: String,
    pub(crate) published: DateTime<Utc>,
    pub(crate) changed: DateTime<Utc>,
    pub(crate) told: Told,
}

/// What a page tells of its edition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) summary: Option<String>,
    pub(crate) editor: Option<String>,
    pub(crate) image: Option<String>,
    /// HTML; every address in it is whole.
    pub(crate) content: String,
}

impl Told {
    /// Reads a page that `web` made. Its content is escaped, so that none of these marks can be forged; a page
    /// without them tells nothing.
    pub(crate) fn by(page: &str) -> Self {
        let data = between(page, "<script type=\"application/ld+json\">", "</script>").unwrap_or_default();
        let data: Value = serde_json::from_str(data).unwrap_or_default();
        let graph = data["@graph"].as_array().map(Vec::as_slice).unwrap_or_default();
        let article = graph.iter().find(|node| node["@type"] == "NewsArticle").unwrap_or(&Value::Null);
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let main = between(page, "<main id=\"stories\" tabindex=\"-1\">", "</main>").unwrap_or_default();
        Self {
            summary: text(&article["description"]),
            editor: text(&article["author"]["name"]),
            image: text(&article["image"]["url"]),
            content: without_contents(main),
        }
    }
}

/// Contents lead to places on the page, which a feed has not.
fn without_contents(main: &str) -> String {
    let mut kept = String::with_capacity(main.len());
    let mut rest = main;
    while let Some((before, nav)) = rest.split_once("<nav ") {
        kept.push_str(before);
        rest = nav.split_once("</nav>").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    Some(text.split_once(start)?.1.split_once(end)?.0)
}

impl Feed<'_> {
    pub(crate) fn write(&self, kind: Kind) -> String {
        match kind {
            Kind::Rss => self.rss(),
            Kind::Atom => self.atom(),
            Kind::Json => self.json(),
        }
    }

    fn own_url(&self, kind: Kind) -> String {
        format!("{}/{}", self.home, kind.file())
    }

    /// <https://www.rssboard.org/rss-specification>, with the profile's advice.
    fn rss(&self) -> String {
        let mut xml = Xml::new();
        let spaces = [
            ("version", "2.0"),
            ("xmlns:atom", "http://www.w3.org/2005/Atom"),
            ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
            ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
        ];
        xml.within("rss", &spaces, |xml| {
            xml.within("channel", &[], |xml| {
                xml.text("title", &[], self.newsletter);
                xml.text("link", &[], self.home);
                xml.text("description", &[], self.publication);
                xml.text("language", &[], &self.language.to_ascii_lowercase());
                xml.text("lastBuildDate", &[], &self.changed.to_rfc2822());
                let own = self.own_url(Kind::Rss);
                xml.empty("atom:link", &[("rel", "self"), ("type", Kind::Rss.mime()), ("href", &own)]);
                for entry in &self.entries {
                    xml.within("item", &[], |xml| entry.rss(xml));
                }
            });
        });
        xml.finish()
    }

    fn atom(&self) -> String {
        let mut xml = Xml::new();
        let attributes = [("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", self.language)];
        xml.within("feed", &attributes, |xml| {
            let own = self.own_url(Kind::Atom);
            xml.text("id", &[], &own);
            xml.text("title", &[], self.newsletter);
            xml.text("subtitle", &[], self.publication);
            xml.text("updated", &[], &timestamp(self.changed));
            xml.within("author", &[], |xml| xml.text("name", &[], self.publication));
            xml.empty("link", &[("rel", "self"), ("type", Kind::Atom.mime()), ("href", &own)]);
            xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", self.home)]);
            for entry in &self.entries {
                xml.within("entry", &[], |xml| entry.atom(xml));
            }
        });
        xml.finish()
    }

    /// <https://www.jsonfeed.org/version/1.1/>
    fn json(&self) -> String {
        let items: Vec<Value> = self.entries.iter().map(|entry| entry.json(self.language)).collect();
        let feed = json!({
            "version": "https://jsonfeed.org/version/1.1",
            "title": clean(self.newsletter),
            "description": clean(self.publication),
            "home_page_url": self.home,
            "feed_url": self.own_url(Kind::Json),
            "language": self.language,
            "authors": [{"name": clean(self.publication)}],
            "items": items,
        });
        format!("{feed}\n")
    }
}

impl Entry {
    fn rss(&self, xml: &mut Xml) {
        xml.text("title", &[], &self.title);
        xml.text("link", &[], &self.url);
        xml.text("guid", &[("isPermaLink", "true")], &self.url);
        xml.text("pubDate", &[], &self.published.to_rfc2822());
        if let Some(editor) = &self.told.editor {
            xml.text("dc:creator", &[], editor);
        }
        if let Some(summary) = &self.told.summary {
            // The element holds HTML, by custom and by the profile; words become that.
            xml.text("description", &[], &html! { (summary) }.into_string());
        }
        if !self.told.content.is_empty() {
            xml.text("content:encoded", &[], &self.told.content);
        }
    }

    fn atom(&self, xml: &mut Xml) {
        xml.text("id", &[], &self.url);
        xml.text("title", &[], &self.title);
        xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &self.url)]);
        xml.text("published", &[], &timestamp(self.published));
        xml.text("updated", &[], &timestamp(self.changed));
        if let Some(editor) = &self.told.editor {
            xml.within("author", &[], |xml| xml.text("name", &[], editor));
        }
        if let Some(summary) = &self.told.summary {
            xml.text("summary", &[], summary);
        }
        if !self.told.content.is_empty() {
            xml.text("content", &[("type", "html")], &self.told.content);
        }
    }

    fn json(&self, language: &str) -> Value {
        let mut item = json!({
            "id": self.url,
            "url": self.url,
            "title": clean(&self.title),
            "date_published": timestamp(self.published),
            "date_modified": timestamp(self.changed),
            "language": language,
        });
        if self.told.content.is_empty() {
            // One of the two must stand there.
            item["content_text"] = json!(clean(&self.title));
        } else {
            item["content_html"] = json!(clean(&self.told.content));
        }
        if let Some(summary) = &self.told.summary {
            item["summary"] = json!(clean(summary));
        }
        if let Some(image) = &self.told.image {
            item["image"] = json!(image);
        }
        if let Some(editor) = &self.told.editor {
            item["authors"] = json!([{"name": clean(editor)}]);
        }
        item
    }
}

fn timestamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Without what XML 1.0 (fifth edition, production 2) and no reader of feeds takes.
fn clean(text: &str) -> String {
    text.chars().filter(|c| *c == '\n' || (!c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}'))).collect()
}

const MEMORY: &str = "memory takes every byte";

/// A document being written; every text goes through `clean` and is escaped.
struct Xml(Writer<Vec<u8>>);

impl Xml {
    fn new() -> Self {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None))).expect(MEMORY);
        Self(writer)
    }

    fn within(&mut self, name: &str, attributes: &[(&str, &str)], fill: impl FnOnce(&mut Self)) {
        self.0.write_event(Event::Start(start(name, attributes))).expect(MEMORY);
        fill(self);
        self.0.write_event(Event::End(BytesEnd::new(name))).expect(MEMORY);
    }

    fn text(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.0.write_event(Event::Start(start(name, attributes))).expect(MEMORY);
        self.0.write_event(Event::Text(BytesText::new(&clean(text)))).expect(MEMORY);
        self.0.write_event(Event::End(BytesEnd::new(name))).expect(MEMORY);
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.0.write_event(Event::Empty(start(name, attributes))).expect(MEMORY);
    }

    fn finish(self) -> String {
        let mut text = String::from_utf8(self.0.into_inner()).expect("only text was written");
        text.push('\n');
        text
    }
}

fn start<'a>(name: &'a str, attributes: &[(&str, &str)]) -> BytesStart<'a> {
    let mut start = BytesStart::new(name);
    for (name, value) in attributes {
        start.push_attribute((*name, clean(value).as_str()));
    }
    start
}

#[cfg(test)]
mod tests;
