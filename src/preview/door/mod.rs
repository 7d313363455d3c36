//! The door: editors who come from elsewhere log in by a link that is mailed to them.
//!
//! An address is typed, and the answer is the same whoever's it is; a link comes by mail to those who are named in
//! config.toml. To open it spends nothing, for programs open what is mailed; its button does, once, and the browser
//! keeps a pass from then on. These pages need no script, and what they are sent comes from themselves alone.

mod letter;
mod links;
mod pages;
mod sessions;

use std::path::Path;
use std::sync::Arc;

use axum::extract::{Extension, Path as Named, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use serde::Deserialize;

use super::who::{Login, Visitor, Who};
use super::{Desk, page};
use crate::address::EmailAddress;
use crate::clock;
use crate::config;
use crate::press;
use crate::token::Pass;
use links::{Links, Worth};
use sessions::Sessions;

/// The prefix binds it to this host and to https; no script of any page reads it. Not stricter than Lax: an editor comes
/// by an address that a colleague sent them, too, nothing is changed by looking, and a write carries more than this.
const COOKIE: &str = "__Host-pressrun";

/// Keeps links and logins.
pub(super) struct Porter {
    links: Links,
    sessions: Sessions,
}

impl Porter {
    /// Who is logged in stands beside the store.
    pub(super) fn beside(store: &Path) -> Self {
        let mut file = store.as_os_str().to_owned();
        file.push(".editors");
        Self { links: Links::default(), sessions: Sessions::remembered(file.into()) }
    }
}

pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new()
        .route("/-/in", get(ask).post(mail))
        .route("/-/in/sent", get(sent))
        .route("/-/in/{link}", get(look).post(spend))
        .route("/-/out", post(out))
        .route("/-/me", get(me))
}

/// What one may see without being logged in.
pub(super) fn is_open(path: &str) -> bool {
    path == "/-/in" || path == "/-/out" || path.starts_with("/-/in/") || path.starts_with("/-/assets/")
}

/// The address of the door, for somebody who wanted to go to another.
pub(super) fn before(path: &str) -> String {
    let to = percent_encoding::utf8_percent_encode(path, percent_encoding::NON_ALPHANUMERIC);
    if path == "/" { "/-/in".to_owned() } else { format!("/-/in?to={to}") }
}

/// Who a browser's pass stands for, as long as config.toml names them.
pub(super) fn known(desk: &Desk, door: &config::Door, headers: &HeaderMap) -> Option<Who> {
    let pass = Pass::read(cookie(headers)?)?;
    let editor = door.editor(&desk.porter.sessions.editor(&pass, clock::now())?)?;
    let login = Login { editor: editor.id.clone(), address: editor.address.clone(), print: pass.print() };
    Some(Who::logged_in(&editor.name, login, pass.derived("write")))
}

/// Whether an editor who came in may stay.
pub(super) fn lets_in(desk: &Desk, login: &Login) -> bool {
    named(desk, &login.editor).is_some() && desk.porter.sessions.goes_on(&login.print, clock::now())
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = all.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}

/// An address of ours; whatever else it may be is the front page.
fn ours(to: &str) -> &str {
    let is_ours = to.starts_with('/') && !to[1..].starts_with(['/', '\\']) && !to.contains(char::is_control);
    if is_ours { to } else { "/" }
}

#[derive(Deserialize)]
struct Coming {
    #[serde(default)]
    to: String,
    /// They have just left.
    out: Option<String>,
}

async fn ask(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    Query(Coming { to, out }): Query<Coming>,
) -> Response {
    match visitor {
        Visitor::Known(_) => Redirect::to(ours(&to)).into_response(),
        Visitor::AtTheDoor => pages::ask(&desk, ours(&to), out.is_some()),
    }
}

#[derive(Deserialize)]
struct Asked {
    address: String,
    #[serde(default)]
    to: String,
}

/// Says the same at once, whoever's address it is: whether anything is mailed is decided and done behind its back.
async fn mail(State(desk): State<Arc<Desk>>, Form(Asked { address, to }): Form<Asked>) -> Redirect {
    tokio::task::spawn_blocking(move || mail_a_link(&desk, &address, ours(&to)));
    Redirect::to("/-/in/sent")
}

fn mail_a_link(desk: &Desk, address: &str, to: &str) {
    let (config, now) = (desk.config(), clock::now());
    let Some(door) = &config.door else { return };
    let Some(editor) = EmailAddress::parse(address).ok().and_then(|address| door.editor_at(&address)) else { return };
    let Some(pass) = desk.porter.links.make(&editor.id, to, now) else {
        (desk.say)(&format!("`{}` asked for more links than are mailed in ten minutes", editor.id));
        return;
    };
    let link = format!("{}/-/in/{}", door.url, pass.reveal());
    let letter = letter::letter(&config, editor, &link, now);
    match press::mail(&config, &editor.address, &letter, now) {
        Ok(_) => (desk.say)(&format!("mailed a link to `{}`", editor.id)),
        Err(why) => (desk.say)(&format!("the link for `{}` did not leave: {why}", editor.id)),
    }
}

async fn sent(State(desk): State<Arc<Desk>>) -> Response {
    pages::sent(&desk)
}

async fn look(State(desk): State<Arc<Desk>>, Named(link): Named<String>) -> Response {
    match desk.porter.links.look(&link, clock::now()) {
        Worth::Good { editor, .. } => match named(&desk, &editor) {
            Some(name) => pages::come_in(&desk, &link, &name),
            None => pages::no_good(&desk, &Worth::Nothing),
        },
        worth => pages::no_good(&desk, &worth),
    }
}

async fn spend(State(desk): State<Arc<Desk>>, Named(link): Named<String>) -> Response {
    let now = clock::now();
    let (editor, to) = match desk.porter.links.spend(&link, now) {
        Worth::Good { editor, to } if named(&desk, &editor).is_some() => (editor, to),
        Worth::Good { .. } => return pages::no_good(&desk, &Worth::Nothing),
        worth => return pages::no_good(&desk, &worth),
    };
    (desk.say)(&format!("`{editor}` logged in"));
    let (pass, written) = desk.work(move |desk| desk.porter.sessions.begin(&editor, now)).await;
    if let Err(why) = written {
        (desk.say)(&format!("logins hold only until the preview ends: {why}"));
    }
    let seconds = sessions::LONGEST.num_seconds();
    ([(header::SET_COOKIE, set(&pass.reveal(), seconds))], Redirect::to(&to)).into_response()
}

/// What an editor is called, as long as config.toml names them.
fn named(desk: &Desk, editor: &str) -> Option<String> {
    Some(desk.config().door.as_ref()?.editor(editor)?.name.clone())
}

fn set(value: &str, seconds: i64) -> String {
    format!("{COOKIE}={value}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax")
}

async fn out(State(desk): State<Arc<Desk>>, Extension(visitor): Extension<Visitor>) -> Response {
    if let Visitor::Known(Who { login: Some(login), .. }) = visitor {
        (desk.say)(&format!("`{}` logged out", login.editor));
        if let Err(why) = desk.work(move |desk| desk.porter.sessions.end(&login.print)).await {
            (desk.say)(&format!("after a restart that login would be good again: {why}"));
        }
        // Their other pages look again, and find the door shut.
        desk.live.tell("late", "", serde_json::json!({}));
    }
    ([(header::SET_COOKIE, set("", 0))], Redirect::to("/-/in?out=1")).into_response()
}

async fn me(State(desk): State<Arc<Desk>>, who: Who) -> Response {
    match &who.login {
        Some(login) => page::fragment(pages::me(&desk, &who.name, login)),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_the_door_one_goes_nowhere_but_to_a_page_of_ours() {
        assert_eq!(ours("/morning/2026-11-24?side=text"), "/morning/2026-11-24?side=text");
        for elsewhere in ["", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nSet-Cookie: x", "x"] {
            assert_eq!(ours(elsewhere), "/", "{elsewhere}");
        }
        assert_eq!(before("/morning/2026-11-24?a=b"), "/-/in?to=%2Fmorning%2F2026%2D11%2D24%3Fa%3Db");
    }

    #[test]
    fn a_pass_is_found_among_other_cookies_and_by_its_whole_name() {
        let with = |line: &str| HeaderMap::from_iter([(header::COOKIE, line.parse().unwrap())]);
        assert_eq!(cookie(&with("a=b; __Host-pressrun=xyz; c=d")), Some("xyz"));
        for none in ["", "pressrun=xyz", "__Host-pressrun2=xyz", "a=__Host-pressrun"] {
            assert_eq!(cookie(&with(none)), None, "{none}");
        }
    }

    #[test]
    fn doors_are_open_and_rooms_are_not() {
        for open in ["/-/in", "/-/in/abc", "/-/in/sent", "/-/out", "/-/assets/x.css"] {
            assert!(is_open(open), "{open}");
        }
        for shut in ["/", "/-/live", "/-/inside", "/-/me", "/-/", "/morning/2026-11-24", "//-/in"] {
            assert!(!is_open(shut), "{shut}");
        }
    }
}
