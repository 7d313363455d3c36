//! Who sits at the browser: a name for the log, whether it is this machine's own screen, and what their writes carry.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;

use super::Desk;
use crate::address::EmailAddress;

/// Whoever the guard let pass.
#[derive(Clone)]
pub(super) enum Visitor {
    Known(Who),
    /// They see the door, and no room behind it.
    AtTheDoor,
}

/// Who asks. On this machine without a login it is whoever started the preview, unless they say another name.
#[derive(Clone)]
pub(super) struct Who {
    pub(super) name: String,
    /// The browser called us by a name of this machine's own: a program may be started on its screen.
    pub(super) is_here: bool,
    pub(super) login: Option<Login>,
    /// Every write of theirs carries it: another site can send a browser here, but cannot read a page.
    pub(super) token: String,
    /// The open page that asks, where a script does.
    pub(super) page: Option<u64>,
}

/// An editor who came in by the door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Login {
    /// Their name in `[authors]`.
    pub(super) editor: String,
    pub(super) address: EmailAddress,
    /// Of the pass their browser keeps.
    pub(super) print: String,
}

impl Who {
    /// Whoever started the preview.
    pub(super) fn here(desk: &Desk, is_here: bool) -> Self {
        Self { name: desk.who.clone(), is_here, login: None, token: desk.token.clone(), page: None }
    }

    pub(super) fn logged_in(name: &str, login: Login, token: String) -> Self {
        Self { name: name.to_owned(), is_here: false, login: Some(login), token, page: None }
    }

    /// The name they sign with: their own where they logged in, else the one they typed.
    pub(super) fn signed(&self, typed: &str) -> String {
        let clean: String = typed.chars().filter(|character| !character.is_control()).take(80).collect();
        if self.login.is_some() || clean.trim().is_empty() { self.name.clone() } else { clean.trim().to_owned() }
    }

    /// Which of the editors it is; nobody in particular without a login.
    pub(super) fn editor(&self) -> Option<&str> {
        self.login.as_ref().map(|login| login.editor.as_str())
    }

    /// The first letters of their names.
    pub(super) fn initials(&self) -> String {
        let words: Vec<&str> = self.name.split_whitespace().collect();
        let ends = [words.first(), words.last().filter(|_| words.len() > 1)];
        ends.into_iter().flatten().filter_map(|word| word.chars().next()).flat_map(char::to_uppercase).collect()
    }
}

impl FromRequestParts<Arc<Desk>> for Who {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _desk: &Arc<Desk>) -> Result<Self, StatusCode> {
        match parts.extensions.get() {
            Some(Visitor::Known(who)) => Ok(who.clone()),
            Some(Visitor::AtTheDoor) | None => Err(StatusCode::UNAUTHORIZED),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_logged_in_signs_with_no_other_name() {
        let address = EmailAddress::parse("ivy@lantern.example").unwrap();
        let login = Login { editor: "ivy-chen".to_owned(), address, print: String::new() };
        let ivy = Who::logged_in("Ivy Chen", login, String::new());
        let nobody = Who { login: None, ..ivy.clone() };
        assert_eq!(
            (ivy.signed("Maren"), nobody.signed(" Ma\nren "), nobody.signed("  ")),
            ("Ivy Chen".to_owned(), "Maren".to_owned(), "Ivy Chen".to_owned())
        );
        assert_eq!((ivy.initials(), ivy.editor(), nobody.editor()), ("IC".to_owned(), Some("ivy-chen"), None));
    }
}
