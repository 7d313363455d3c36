//! What a visitor has already is not sent again (RFC 9110, section 13): feeds are asked for every few minutes by
//! programs that mostly have the newest one.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use chrono::{DateTime, NaiveDateTime, Utc};
use sha2::{Digest, Sha256};

use crate::token::hex;

/// An HTTP date (RFC 9110, 5.6.7).
const HTTP_DATE: &str = "%a, %d %b %Y %H:%M:%S GMT";

/// Names a body by what it holds, and says when that last changed.
pub(super) fn mark(headers: &mut HeaderMap, body: &[u8], changed: Option<DateTime<Utc>>) {
    let tag = format!("\"{}\"", hex(&Sha256::digest(body)[..12]));
    let changed = changed.map(|time| time.format(HTTP_DATE).to_string());
    for (name, value) in [(header::ETAG, Some(tag)), (header::LAST_MODIFIED, changed)] {
        if let Some(value) = value {
            headers.insert(name, HeaderValue::from_str(&value).expect("hex digits and dates are visible ASCII"));
        }
    }
}

/// Answers 304 without a body where the visitor's copy is the one we would send.
pub(super) async fn unchanged(request: Request, next: Next) -> Response {
    let asked = matches!(*request.method(), Method::GET | Method::HEAD);
    let wanted = request.headers().clone();
    let mut response = next.run(request).await;
    if asked && response.status() == StatusCode::OK && has(&wanted, response.headers()) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH] {
            response.headers_mut().remove(name);
        }
    }
    response
}

/// A date counts only where no tag was sent (RFC 9110, 13.1.3).
fn has(wanted: &HeaderMap, ours: &HeaderMap) -> bool {
    let text = |headers: &HeaderMap, name| {
        headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok().map(str::to_owned))
    };
    if let Some(tags) = text(wanted, header::IF_NONE_MATCH) {
        let own = text(ours, header::ETAG);
        // Weakly compared: a proxy that compresses on the way marks the tag with `W/`.
        return own.is_some_and(|own| {
            tags.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == own)
        });
    }
    let date = |text: String| NaiveDateTime::parse_from_str(&text, HTTP_DATE).ok();
    let since = text(wanted, header::IF_MODIFIED_SINCE).and_then(date);
    let changed = text(ours, header::LAST_MODIFIED).and_then(date);
    since.zip(changed).is_some_and(|(since, changed)| changed <= since)
}
