//! The guard: who may speak to this server, and what its pages may do.
//!
//! The desk can change files, and any site an editor visits can send the browser here. So a request must call
//! this server by a name of its own (no rebinding of DNS), nothing of ours is read from another site, and a
//! write carries a token that only our own pages know. Whoever calls it by the name that proxies give it is an editor
//! who logged in, or stands at the door. Pages run our one script and no other.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use super::who::{Visitor, Who};
use super::{Desk, door};
use crate::config::Door;

/// The header of the token.
const TOKEN: &str = "x-pressrun-token";
/// The header that names the open page which asks.
const OPEN_PAGE: &str = "x-pressrun-page";
/// What proxies add: no browser writes them.
const BY_PROXY: [&str; 5] = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];

/// What our own pages may do: our script, our styles, our pictures, frames of our own.
const PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                    frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// What a mail in its frame may do: look. Our page reads it, so it keeps our origin; it runs nothing.
pub(super) const FRAME: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; \
                                form-action 'none'; frame-ancestors 'self'; sandbox allow-same-origin";

/// Stands before every route.
pub(super) async fn guard(State(desk): State<Arc<Desk>>, mut request: Request, next: Next) -> Response {
    let admitted = admit(&desk, request.method(), request.uri(), request.headers());
    let mut response = match admitted {
        Ok(visitor) => {
            request.extensions_mut().insert(visitor);
            next.run(request).await
        }
        Err(Turned::Away(status, why)) => (status, format!("{why}\n")).into_response(),
        Err(Turned::ToTheDoor(address)) => Redirect::to(&address).into_response(),
    };
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, PAGE);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // To other sites nothing; without it our own forms would not say where they come from.
    set(header::REFERRER_POLICY, "same-origin");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::CACHE_CONTROL, "no-store");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    response
}

/// Who is not let pass.
enum Turned {
    Away(StatusCode, String),
    ToTheDoor(String),
}

impl Turned {
    fn forbidden(why: &str) -> Self {
        Self::Away(StatusCode::FORBIDDEN, why.to_owned())
    }
}

/// By which name the desk was called, and so what its visitor has to show.
enum Entry {
    /// One of this machine's own, or one behind a proxy that lets only editors in.
    Own { is_here: bool },
    /// The one that config.toml gives it.
    Door(Door),
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn admit(desk: &Desk, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<Visitor, Turned> {
    let entry = entry(desk, headers)?;
    let (path, reads) = (uri.path(), matches!(*method, Method::GET | Method::HEAD));
    let is_open = door::is_open(path);
    match reads {
        true => must_not_be_read_elsewhere(headers)?,
        false => must_come_from_us(&entry, headers, is_open)?,
    }
    let page = text(headers, OPEN_PAGE).and_then(|page| page.parse().ok());
    let who = match &entry {
        Entry::Own { is_here } => Some(Who::here(desk, *is_here)),
        Entry::Door(door) => door::known(desk, door, headers),
    };
    match who {
        Some(who) => {
            let carried = || text(headers, TOKEN).is_some_and(|token| same(token, &who.token));
            if reads || is_open || carried() {
                return Ok(Visitor::Known(Who { page, ..who }));
            }
            Err(Turned::forbidden("a write carries the token of a page of this start: load the page again"))
        }
        None if is_open => Ok(Visitor::AtTheDoor),
        None if reads && is_navigation(headers) => {
            let wanted = uri.path_and_query().map_or("/", |wanted| wanted.as_str());
            Err(Turned::ToTheDoor(door::before(wanted)))
        }
        None => Err(Turned::Away(StatusCode::UNAUTHORIZED, "your login has ended: log in again".to_owned())),
    }
}

fn entry(desk: &Desk, headers: &HeaderMap) -> Result<Entry, Turned> {
    let host = text(headers, "host").unwrap_or_default();
    let strange = |why: &str| Err(Turned::Away(StatusCode::MISDIRECTED_REQUEST, why.to_owned()));
    let config = desk.config();
    if headers.get_all(header::HOST).iter().count() != 1 {
        return strange("this server does not go by that name");
    }
    if let Some(door) = config.door.as_ref().filter(|door| door.host() == name(host)) {
        return Ok(Entry::Door(door.clone()));
    }
    if !is_ours(host, &desk.hosts) {
        return strange("this server does not go by that name");
    }
    if !desk.is_its_own() {
        let there = config.door.as_ref().map_or("nowhere, for config.toml names no editors", |door| &door.url);
        return strange(&format!(
            "editors log in to this desk, and it is at {there}: a proxy has to pass the Host on as it came. \
             Without a login, for this machine's own browser: `pressrun preview --local`"
        ));
    }
    if desk.hosts.is_empty() && BY_PROXY.iter().any(|name| headers.contains_key(*name)) {
        return strange(
            "a proxy brings you, and this desk asks nobody who they are: \
             name its address and its editors in config.toml, `[preview] url` and `editors`",
        );
    }
    Ok(Entry::Own { is_here: is_loopback(host) })
}

/// Another site may send a browser to a page of ours; it may not look at one.
fn must_not_be_read_elsewhere(headers: &HeaderMap) -> Result<(), Turned> {
    let is_ours = matches!(text(headers, "sec-fetch-site").unwrap_or("none"), "none" | "same-origin");
    let navigates =
        text(headers, "sec-fetch-mode") == Some("navigate") && text(headers, "sec-fetch-dest") == Some("document");
    if is_ours || navigates { Ok(()) } else { Err(Turned::forbidden("another site may not read this")) }
}

/// At the door there is no token yet: there a browser has to say where the write comes from.
fn must_come_from_us(entry: &Entry, headers: &HeaderMap, at_the_door: bool) -> Result<(), Turned> {
    let host = text(headers, "host").unwrap_or_default();
    let is_own = |origin: &str| match entry {
        Entry::Door(door) => origin.eq_ignore_ascii_case(&door.url),
        Entry::Own { .. } => origin.split_once("://").is_some_and(|(_, from)| from.eq_ignore_ascii_case(host)),
    };
    let origin = match headers.get(header::ORIGIN) {
        Some(origin) => origin.to_str().is_ok_and(is_own),
        None => !at_the_door,
    };
    let site = matches!(text(headers, "sec-fetch-site").unwrap_or("none"), "none" | "same-origin");
    if origin && site { Ok(()) } else { Err(Turned::forbidden("another site may not write here")) }
}

/// A person goes to a page, as far as one can tell.
fn is_navigation(headers: &HeaderMap) -> bool {
    text(headers, "sec-fetch-dest").is_none_or(|dest| dest == "document")
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
