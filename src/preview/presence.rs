//! Presence: a page says who else has it open, and what they do there, in sentences made here.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use serde_json::json;

use super::Desk;
use super::answer::Told;
use super::live::Looker;
use super::who::{Visitor, Who};

/// A page that is loaded again leaves and comes back within this: that is nobody's business.
pub(super) const SETTLED: Duration = Duration::from_millis(1_200);

/// What concerns only whoever does it.
const PRIVATE: [&str; 2] = ["test", "open"];

/// Who has the same page open beside one's own; empty where nobody has.
pub(super) fn words(own: &Looker, all: &[&Looker]) -> String {
    let others = || all.iter().filter(|other| other.page != own.page);
    let mut names: Vec<&str> = Vec::new();
    for other in others().filter(|other| other.who.editor() != own.who.editor()) {
        if !names.contains(&other.who.name.as_str()) {
            names.push(&other.who.name);
        }
    }
    match names.as_slice() {
        [] if others().next().is_some() => "open in another window too".to_owned(),
        [] => String::new(),
        [one] => format!("{one} is here too"),
        [one, other] => format!("{one} and {other} are here too"),
        [one, other, rest @ ..] => {
            format!("{one}, {other} and {} are here too", if rest.len() == 1 { rest[0] } else { "others" })
        }
    }
}

/// Tells everybody else who looks at an issue what was done to it, and by whom.
pub(super) async fn tell_others(State(desk): State<Arc<Desk>>, request: Request, next: Next) -> Response {
    let about = (request.method() == Method::POST).then(|| about(request.uri().path())).flatten();
    let who = match request.extensions().get() {
        Some(Visitor::Known(who)) => Some(who.clone()),
        Some(Visitor::AtTheDoor) | None => None,
    };
    let response = next.run(request).await;
    if let (Some(about), Some(who), Some(Told(said))) = (about, who, response.extensions().get()) {
        desk.undo.was_made_by(&about, &who);
        desk.live.tell_others(who.page, "deed", &about, json!({ "words": format!("{} {said}", doer(&who)) }));
    }
    response
}

/// The issue a deed is done to: `/morning/2026-11-24/move`.
fn about(path: &str) -> Option<String> {
    let (about, deed) = path.strip_prefix('/')?.rsplit_once('/')?;
    let is_issue = about.split('/').filter(|part| !part.is_empty()).count() == 2 && !about.starts_with('-');
    (is_issue && !PRIVATE.contains(&deed)).then(|| about.to_owned())
}

fn doer(who: &Who) -> &str {
    if who.login.is_some() { &who.name } else { "Another window" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::EmailAddress;
    use crate::preview::who::Login;

    fn looker(page: u64, editor: Option<&str>) -> Looker {
        let address = EmailAddress::parse("x@y.example").unwrap();
        let login = editor.map(|id| Login { editor: id.to_owned(), address, print: String::new() });
        let name = editor.unwrap_or("root").to_owned();
        let who = Who { name, is_here: login.is_none(), login, token: String::new(), page: None };
        Looker { page, abouts: Vec::new(), who }
    }

    #[test]
    fn one_hears_of_others_by_name_and_of_one_s_own_as_a_window() {
        let said = |all: &[Option<&str>]| {
            let all: Vec<Looker> = (0..).zip(all).map(|(page, editor)| looker(page, *editor)).collect();
            words(&all[0], &all.iter().collect::<Vec<_>>())
        };
        let (ivy, maren, otto, rafe) = (Some("Ivy"), Some("Maren"), Some("Otto"), Some("Rafe"));
        assert_eq!(said(&[ivy]), "");
        assert_eq!(said(&[None, None]), "open in another window too");
        assert_eq!(said(&[ivy, ivy]), "open in another window too");
        assert_eq!(said(&[ivy, maren, maren, ivy]), "Maren is here too");
        assert_eq!(said(&[ivy, maren, otto]), "Maren and Otto are here too");
        assert_eq!(said(&[ivy, maren, otto, rafe]), "Maren, Otto and Rafe are here too");
        assert_eq!(said(&[ivy, maren, otto, rafe, None]), "Maren, Otto and others are here too");
    }

    #[test]
    fn a_deed_is_about_its_issue_and_a_test_is_nobody_s_business() {
        assert_eq!(about("/morning/2026-11-24/move").as_deref(), Some("morning/2026-11-24"));
        for none in ["/morning/2026-11-24/test", "/morning/2026-11-24/open", "/-/in/abc", "/-/out", "/", "/days"] {
            assert_eq!(about(none), None, "{none}");
        }
    }
}
