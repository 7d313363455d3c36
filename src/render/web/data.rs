//! What the page says of itself to machines: the card other sites show (Open Graph, Twitter), and linked data
//! (schema.org) for search engines and for our own feeds.

use chrono::{DateTime, FixedOffset};
use maud::{Markup, html};
use serde_json::{Value, json};

use super::Page;
use crate::issue::Item;
use crate::render::links;
use crate::story::Author;

impl Page<'_> {
    /// <https://ogp.me>, and the few names Twitter does not take from it.
    pub(super) fn card(&self) -> Markup {
        let issue = self.issue;
        let picture = self.picture();
        html! {
            meta property="og:type" content="article";
            meta property="og:site_name" content=(issue.publication.name);
            @if let Some(locale) = locale(&issue.publication.language) { meta property="og:locale" content=(locale); }
            meta property="og:title" content=(issue.subject);
            meta property="og:description" content=(issue.preheader);
            meta property="og:url" content=(issue.web_url);
            meta property="article:published_time" content=(issue.due.to_rfc3339());
            meta property="article:modified_time" content=(self.modified().to_rfc3339());
            meta property="article:section" content=(issue.newsletter.title);
            @if let Some(image) = picture {
                meta property="og:image" content=(self.source(&image.picture));
                meta property="og:image:type" content=(image.picture.kind.mime());
                meta property="og:image:width" content=(image.picture.width);
                meta property="og:image:height" content=(image.picture.height);
                meta property="og:image:alt" content=(image.alt);
            }
            meta name="twitter:card" content=(if picture.is_some() { "summary_large_image" } else { "summary" });
            meta name="twitter:title" content=(issue.subject);
            meta name="twitter:description" content=(issue.preheader);
            @if let Some(image) = picture {
                meta name="twitter:image" content=(self.source(&image.picture));
                meta name="twitter:image:alt" content=(image.alt);
            }
        }
    }

    /// One graph: the publisher, the edition as an article, its stories as a list. `<` is escaped: content must
    /// not end the script.
    pub(super) fn linked_data(&self) -> String {
        let issue = self.issue;
        let (publisher, list) = (format!("{}#publisher", self.archive()), format!("{}#list", issue.web_url));
        let picture = self.picture().map(|image| {
            let (width, height) = (image.picture.width, image.picture.height);
            json!({"@type": "ImageObject", "url": self.source(&image.picture), "width": width, "height": height, "caption": image.alt})
        });
        let stories: Vec<Value> = issue
            .items()
            .enumerate()
            .map(|(index, item)| json!({"@type": "ListItem", "position": index + 1, "item": story(item)}))
            .collect();
        let data = json!({
            "@context": "https://schema.org",
            "@graph": [
                {
                    "@type": "NewsMediaOrganization",
                    "@id": publisher,
                    "name": issue.publication.name,
                    "url": links::target(&issue.publication.url),
                },
                {
                    "@type": "NewsArticle",
                    "@id": issue.web_url,
                    "url": issue.web_url,
                    "mainEntityOfPage": issue.web_url,
                    "headline": issue.subject,
                    "description": issue.preheader,
                    "datePublished": issue.due.to_rfc3339(),
                    "dateModified": self.modified().to_rfc3339(),
                    "inLanguage": issue.publication.language,
                    "wordCount": issue.words,
                    "isAccessibleForFree": true,
                    "isPartOf": {"@type": "PublicationIssue", "name": issue.newsletter.title, "url": self.archive()},
                    "image": picture,
                    "author": issue.editor.as_ref().map_or_else(|| json!({"@id": publisher}), person),
                    "publisher": {"@id": publisher},
                    "hasPart": {"@id": list},
                },
                {"@type": "ItemList", "@id": list, "numberOfItems": stories.len(), "itemListElement": stories},
            ],
        });
        without_nulls(data).to_string().replace('<', "\\u003c")
    }

    /// When the newest of what it says was written; not before it was due.
    fn modified(&self) -> DateTime<FixedOffset> {
        let due = self.issue.due.fixed_offset();
        let updates = self.issue.items().filter_map(|item| item.story.updated);
        updates.fold(due, |newest, updated| newest.max(updated.with_timezone(due.offset())))
    }
}

fn story(item: &Item) -> Value {
    let story = &item.story;
    let authors: Vec<Value> = story.byline.iter().map(person).collect();
    json!({
        "@type": "NewsArticle",
        "headline": story.headline,
        "description": story.teaser,
        "url": story.url.as_deref().and_then(links::target),
        "datePublished": story.published.map(|time| time.to_rfc3339()),
        "dateModified": story.updated.map(|time| time.to_rfc3339()),
        "author": (!authors.is_empty()).then_some(authors),
    })
}

fn person(author: &Author) -> Value {
    json!({"@type": "Person", "name": author.name, "jobTitle": author.title})
}

/// `en_GB` of `en-GB`: Open Graph knows no language without a country.
fn locale(language: &str) -> Option<String> {
    let (language, country) = language.split_once('-')?;
    (language.len() == 2 && country.len() == 2).then(|| format!("{language}_{}", country.to_ascii_uppercase()))
}

/// What is not known is not said.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => map
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key, without_nulls(value)))
            .collect(),
        Value::Array(values) => values.into_iter().map(without_nulls).collect(),
        value => value,
    }
}
