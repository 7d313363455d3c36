//! What a write answers: a sentence for the line at the bottom of the page.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::edit::Refusal;

/// What was done, in a sentence that begins with its verb, or why not.
pub(super) type Said = Result<Done, Refused>;

/// It was done.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) said: String,
    /// It can be taken back.
    pub(super) undo: bool,
}

/// What was done, for those who look on.
#[derive(Clone)]
pub(super) struct Told(pub(super) String);

/// It was not, and nothing was changed.
#[derive(Debug)]
pub(super) enum Refused {
    /// Why it cannot be.
    Because(String),
    /// The file on disk is no longer the one the page was made of. What was to be changed stands there so, where it
    /// is a text.
    Changed { said: String, theirs: Option<String> },
}

impl Done {
    pub(super) fn new(said: impl Into<String>) -> Self {
        Self { said: said.into(), undo: false }
    }
}

impl Refused {
    pub(super) fn because(why: impl Into<String>) -> Self {
        Self::Because(why.into())
    }

    /// What an address named is gone.
    pub(super) fn gone() -> Self {
        Self::Changed { said: "the issue changed meanwhile: look again".to_owned(), theirs: None }
    }
}

impl From<Refusal> for Refused {
    fn from(Refusal { message, hint }: Refusal) -> Self {
        Self::Because(match hint {
            // Hints are for the command line where they name a command.
            Some(hint) if !hint.contains("pressrun") && !hint.contains("--") => format!("{message}: {hint}"),
            _ => message,
        })
    }
}

impl IntoResponse for Done {
    fn into_response(self) -> Response {
        let mut answer = object(StatusCode::OK, &json!({ "said": self.said, "undo": self.undo }));
        answer.extensions_mut().insert(Told(self.said));
        answer
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::Because(why) => object(StatusCode::UNPROCESSABLE_ENTITY, &json!({ "error": why })),
            Self::Changed { said, theirs } => {
                object(StatusCode::CONFLICT, &json!({ "error": said, "changed": true, "theirs": theirs }))
            }
        }
    }
}

fn object(status: StatusCode, object: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], object.to_string()).into_response()
}
