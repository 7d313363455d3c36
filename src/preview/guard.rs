//! The guard: who may speak to this server, and what its pages may do.
//!
//! The desk can change files, and any site an editor visits can send the browser here. So a request must call
//! this server by a name of its own (no rebinding of DNS), nothing of ours is read from another site, and a
//! write carries a token that only our own pages know. Pages run our one script and no other.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Desk;

/// The header of the token.
pub(super) const TOKEN: &str = "x-pressrun-token";

/// What our own pages may do: our script, our styles, our pictures, frames of our own.
const PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                    frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// What a mail in its frame may do: look. Our page reads it, so it keeps our origin; it runs nothing.
pub(super) const FRAME: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; \
                                form-action 'none'; frame-ancestors 'self'; sandbox allow-same-origin";

/// Stands before every route.
pub(super) async fn guard(State(desk): State<Arc<Desk>>, request: Request, next: Next) -> Response {
    let mut response = match refusal(&desk, request.method(), request.headers()) {
        Some((status, why)) => (status, format!("{why}\n")).into_response(),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, PAGE);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::CACHE_CONTROL, "no-store");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    response
}

fn refusal(desk: &Desk, method: &Method, headers: &HeaderMap) -> Option<(StatusCode, &'static str)> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text("host").unwrap_or_default();
    if headers.get_all(header::HOST).iter().count() != 1 || !is_ours(host, &desk.hosts) {
        return Some((StatusCode::MISDIRECTED_REQUEST, "this server does not go by that name"));
    }
    let from = text("sec-fetch-site").unwrap_or("none");
    let navigates = text("sec-fetch-mode") == Some("navigate") && text("sec-fetch-dest") == Some("document");
    if matches!(*method, Method::GET | Method::HEAD) {
        let stranger = !matches!(from, "none" | "same-origin") && !navigates;
        return stranger.then_some((StatusCode::FORBIDDEN, "another site may not read this"));
    }
    let own = |origin: &str| origin.split_once("://").is_some_and(|(_, from)| from.eq_ignore_ascii_case(host));
    if headers.contains_key(header::ORIGIN) && !text("origin").is_some_and(own) {
        return Some((StatusCode::FORBIDDEN, "another site may not write here"));
    }
    if !matches!(from, "none" | "same-origin") || !text(TOKEN).is_some_and(|token| same(token, &desk.token)) {
        return Some((StatusCode::FORBIDDEN, "a write carries the token of a page of this start: load the page again"));
    }
    None
}

/// A name of this machine's own, or one that was told us.
fn is_ours(host: &str, told: &[String]) -> bool {
    is_loopback(host) || told.iter().any(|own| own.eq_ignore_ascii_case(&name(host)))
}

/// A name this machine has for itself.
pub(super) fn is_loopback(host: &str) -> bool {
    matches!(name(host).as_str(), "localhost" | "127.0.0.1" | "::1")
}

/// The host without its port, which is not looked at: a proxy has its own.
fn name(host: &str) -> String {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or("", |(name, _)| name),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.to_ascii_lowercase()
}

/// Compares without telling by its time how far two texts agree.
fn same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, |unlike, (a, b)| unlike | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_this_machine_is_ours_and_a_name_that_merely_leads_here_is_not() {
        for own in ["localhost:8024", "127.0.0.1:1", "[::1]:8024", "LOCALHOST"] {
            assert!(is_ours(own, &[]), "{own}");
        }
        for strange in ["evil.example:8024", "localhost.evil.example", "127.0.0.1.evil.example", "", "[::1", "0.0.0.0"]
        {
            assert!(!is_ours(strange, &[]), "{strange}");
        }
        assert!(is_ours("desk.quay.example", &["desk.quay.example".to_owned()]));
    }

    #[test]
    fn tokens_are_compared_whole() {
        assert!(same("abc", "abc"));
        assert!(!same("abc", "abd") && !same("abc", "ab") && !same("", "a"));
    }
}
