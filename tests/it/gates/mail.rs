//! A built mail, taken apart by parsers that are not ours.

use mail_parser::{MessageParser, MimeHeaders as _, PartType};
use scraper::{ElementRef, Html, Selector};

use super::css::{self, Sheet};

/// What the press was told, which the mail must hold.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) language: String,
    pub(super) postal_address: String,
}

/// One reader's mail.
pub(super) struct Mail {
    pub(super) raw: Vec<u8>,
    pub(super) subject: String,
    pub(super) source: String,
    pub(super) html: Html,
    pub(super) text: String,
    pub(super) sheet: Sheet,
    pub(super) told: Told,
    /// Content types of the message and its parts, in order.
    pub(super) types: Vec<String>,
}

impl Mail {
    pub(super) fn read(raw: &[u8], told: &Told) -> Self {
        let message = MessageParser::default().parse(raw).expect("a mail parses");
        let types = message
            .parts
            .iter()
            .filter_map(|part| part.content_type())
            .map(|kind| {
                let charset = kind.attribute("charset").unwrap_or_default();
                format!("{}/{} {charset}", kind.ctype(), kind.subtype().unwrap_or_default()).trim_end().to_owned()
            })
            .collect();
        let part = |wanted: fn(&PartType<'_>) -> Option<String>| {
            message.parts.iter().find_map(|part| wanted(&part.body)).unwrap_or_default().replace("\r\n", "\n")
        };
        let html = part(|body| if let PartType::Html(html) = body { Some(html.to_string()) } else { None });
        let text = part(|body| if let PartType::Text(text) = body { Some(text.to_string()) } else { None });
        let subject = message.subject().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        Self { raw: raw.to_vec(), subject, types, ..Self::of(html, text, told.clone()) }
    }

    /// The same mail with other parts.
    pub(super) fn with(&self, source: String, text: String, raw: Vec<u8>) -> Self {
        let (subject, types) = (self.subject.clone(), self.types.clone());
        Self { raw, subject, types, ..Self::of(source, text, self.told.clone()) }
    }

    fn of(source: String, text: String, told: Told) -> Self {
        let html = Html::parse_document(&source);
        let styles = Selector::parse("style").expect("a selector");
        let sheet = css::sheet(&html.select(&styles).flat_map(|style| style.text()).collect::<String>());
        Self { raw: Vec::new(), subject: String::new(), source, html, text, sheet, told, types: Vec::new() }
    }

    pub(super) fn all(&self, selector: &str) -> Vec<ElementRef<'_>> {
        let selector = Selector::parse(selector).expect("a selector");
        self.html.select(&selector).collect::<Vec<_>>()
    }

    /// The first value of a header, unfolded.
    pub(super) fn headers(&self, name: &str) -> Vec<String> {
        let raw = String::from_utf8_lossy(&self.raw);
        let head = raw.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ").replace("\r\n\t", " ");
        let own = |line: &str| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        };
        head.split("\r\n").filter_map(own).collect()
    }

    /// The document as the Word engine sees it: what stands in its comments stands open.
    pub(super) fn for_word(&self) -> Html {
        Html::parse_document(&self.source.replace("<!--[if mso]>", "").replace("<![endif]-->", ""))
    }

    /// Every word a reader sees of the HTML, and the words of its pictures left out.
    pub(super) fn visible(&self) -> String {
        super::look::runs(&self.html, &self.sheet, super::look::Mode::Bare)
            .iter()
            .filter(|run| run.holder.value().name() != "img")
            .map(|run| run.words.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// The words of an element, spaces collapsed.
pub(super) fn words(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a link is called (Accessible Name and Description Computation 1.2): its label, its words, or those of
/// its picture.
pub(super) fn name(link: ElementRef<'_>) -> String {
    if let Some(label) = link.attr("aria-label").filter(|label| !label.is_empty()) {
        return label.to_owned();
    }
    let own = words(link);
    if !own.is_empty() {
        return own;
    }
    let pictures = Selector::parse("img").expect("a selector");
    link.select(&pictures).filter_map(|image| image.attr("alt")).collect::<Vec<_>>().join(" ")
}

/// A value of an element's inline style.
pub(super) fn styled(element: ElementRef<'_>, property: &str) -> Option<String> {
    let (declarations, _) = css::inline(element.attr("style")?);
    declarations.into_iter().rev().find(|own| own.name == property).map(|own| own.value)
}
