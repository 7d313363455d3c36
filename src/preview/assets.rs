//! The script and the style sheet: written by hand, sent as they are, kept for ever under a name made of what
//! they hold.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

use super::Desk;
use crate::token::hex;

/// Each room's, in the order in which they may override.
const STYLES: &str = concat!(
    include_str!("assets/page.css"),
    include_str!("assets/issue.css"),
    include_str!("assets/door.css"),
    include_str!("../books/room.css"),
    include_str!("assets/room.css"),
    include_str!("assets/days.css"),
);
const SCRIPTS: &str = concat!(
    include_str!("assets/page.js"),
    include_str!("assets/mail.js"),
    include_str!("assets/pen.js"),
    include_str!("assets/sort.js"),
    include_str!("assets/shelf.js"),
    include_str!("assets/rooms.js"),
    include_str!("assets/days.js"),
    include_str!("assets/here.js"),
);

static STYLE_NAME: LazyLock<String> = LazyLock::new(|| name(STYLES, "css"));
static SCRIPT_NAME: LazyLock<String> = LazyLock::new(|| name(SCRIPTS, "js"));

pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new().route("/-/assets/{name}", get(asset))
}

pub(super) fn style() -> String {
    format!("/-/assets/{}", *STYLE_NAME)
}

pub(super) fn script() -> String {
    format!("/-/assets/{}", *SCRIPT_NAME)
}

fn name(text: &str, ending: &str) -> String {
    format!("{}.{ending}", &hex(&Sha256::digest(text))[..16])
}

async fn asset(Path(name): Path<String>) -> Response {
    let (kind, text) = match name {
        name if name == *STYLE_NAME => ("text/css; charset=utf-8", STYLES),
        name if name == *SCRIPT_NAME => ("text/javascript; charset=utf-8", SCRIPTS),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")], text)
        .into_response()
}
