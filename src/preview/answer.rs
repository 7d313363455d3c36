//! What a write answers: a sentence for the line at the bottom of the page.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// What was done, in a sentence, or why not.
pub(super) type Said = Result<Done, Refused>;

/// It was done.
#[derive(Debug)]
pub(super) struct Done(pub(super) String);

/// It was not, and nothing was changed.
#[derive(Debug)]
pub(super) struct Refused(pub(super) String);

impl IntoResponse for Done {
    fn into_response(self) -> Response {
        object(StatusCode::OK, &json!({ "said": self.0 }))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        object(StatusCode::UNPROCESSABLE_ENTITY, &json!({ "error": self.0 }))
    }
}

fn object(status: StatusCode, object: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], object.to_string()).into_response()
}
