//! The view: lens, panes, rail and reader, all in the address, so that a view can be kept, sent and gone back to.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};

/// What is looked at, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct View {
    #[serde(skip_serializing_if = "is_default")]
    pub(super) look: Look,
    /// Pictures as they come, or blocked.
    #[serde(skip_serializing_if = "is_default")]
    pub(super) images: Kept,
    /// The style sheet, or what a client shows that drops it.
    #[serde(skip_serializing_if = "is_default")]
    pub(super) styles: Kept,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) font: Font,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) panes: Panes,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) side: Side,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) rail: Rail,
    /// A subscriber's address, or one of the invented readers; empty is the specimen.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) reader: String,
}

/// How colours are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Look {
    #[default]
    Light,
    /// The dark the brand wrote.
    Dark,
    /// The light inverted, as clients do that ask nobody.
    Forced,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kept {
    #[default]
    On,
    Off,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Font {
    #[default]
    #[serde(rename = "100")]
    Normal,
    #[serde(rename = "120")]
    Large,
}

/// Which of the two mails stand side by side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Panes {
    #[default]
    Both,
    Phone,
    Desktop,
}

/// The third pane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Side {
    /// The text part where the screen has room for it, else nothing.
    #[default]
    Auto,
    None,
    Text,
    Source,
    /// The issue before this one.
    Before,
    /// What differs from it.
    Changes,
    /// As a screen reader reads it.
    Order,
    Links,
}

/// What stands beside the mails: one of the three, or on wide screens all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Rail {
    /// The checks where they have something to say, else the blocks; on small screens nothing.
    #[default]
    Auto,
    Blocks,
    Checks,
    Measures,
}

/// An address somebody mistyped shows the issue as usual.
impl<S: Sync> FromRequestParts<S> for View {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Query::try_from_uri(&parts.uri).map_or_else(|_| Self::default(), |Query(view)| view))
    }
}

impl View {
    /// `?look=dark&side=text`: only what is not as usual.
    pub(super) fn query(&self) -> String {
        let written: Vec<String> = match serde_json::to_value(self) {
            Ok(serde_json::Value::Object(keys)) => keys.iter().map(|(key, value)| pair(key, value)).collect(),
            _ => Vec::new(),
        };
        format!("?{}", written.join("&"))
    }

    /// The part of a view that changes the mail itself.
    pub(super) fn of_mail(&self) -> Self {
        Self { panes: Panes::default(), side: Side::default(), rail: Rail::default(), ..self.clone() }
    }
}

fn pair(key: &str, value: &serde_json::Value) -> String {
    let value = value.as_str().unwrap_or_default();
    format!("{key}={}", percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC))
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
