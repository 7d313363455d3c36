//! Who sits at the browser: a name for the log, and whether it is this machine's own screen.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use super::{Desk, guard};

/// Who asks. On this machine there is no login: it is whoever started the preview, unless they say another name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Who {
    pub(super) name: String,
    /// The browser called us by a name of this machine's own: a program may be started on its screen.
    pub(super) is_here: bool,
}

impl Who {
    /// The name they sign with: the one they typed, or their own.
    pub(super) fn signed(&self, typed: &str) -> String {
        let clean: String = typed.chars().filter(|character| !character.is_control()).take(80).collect();
        if clean.trim().is_empty() { self.name.clone() } else { clean.trim().to_owned() }
    }
}

impl FromRequestParts<Arc<Desk>> for Who {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, desk: &Arc<Desk>) -> Result<Self, Infallible> {
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        Ok(Self { name: desk.who.clone(), is_here: guard::is_loopback(host) })
    }
}
