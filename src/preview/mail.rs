//! The mail in its frame: the bytes of the HTML part for one reader, seen through a lens.
//!
//! A lens changes what a client would change: it answers the dark question, blocks pictures, drops the style
//! sheet, enlarges the type. Pictures come from the newsroom's own files; no request leaves the machine.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::guard::FRAME;
use super::pull::Galley;
use super::view::{Font, Kept, Look, View};
use super::{Desk, server};
use crate::address::EmailAddress;
use crate::edition::Reader;
use crate::press::Specimen;

pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new()
        .route("/{newsletter}/{slot}/mail", get(mail))
        .route("/{newsletter}/{slot}/picture/{file}", get(picture))
}

async fn mail(
    State(desk): State<Arc<Desk>>,
    Path((newsletter, slot)): Path<(String, String)>,
    Query(view): Query<View>,
) -> Response {
    let html = desk
        .work(move |desk| {
            let galley = desk.galley(&desk.issue(&newsletter, &slot)?)?;
            Some(framed(desk, &galley, &view))
        })
        .await;
    match html {
        Some(html) => {
            let headers = [
                (header::CONTENT_TYPE, "text/html; charset=utf-8"),
                (header::CONTENT_SECURITY_POLICY, FRAME),
                (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
            ];
            (headers, html).into_response()
        }
        None => server::missing().await.into_response(),
    }
}

/// A picture of the issue by the name it has in the mail; only those of the last proof are there.
async fn picture(
    State(desk): State<Arc<Desk>>,
    Path((newsletter, slot, file)): Path<(String, String, String)>,
) -> Response {
    let found = desk
        .work(move |desk| {
            let galley = desk.galley(&desk.issue(&newsletter, &slot)?)?;
            let picture = galley.proof.as_ref()?.pictures.iter().find(|own| own.file_name == file)?.clone();
            Some((picture.mime, picture.content.to_vec()))
        })
        .await;
    match found {
        Some((mime, bytes)) => {
            ([(header::CONTENT_TYPE, mime), (header::CACHE_CONTROL, "private, max-age=3600".to_owned())], bytes)
                .into_response()
        }
        None => (StatusCode::NOT_FOUND, "there is no such picture in this issue\n").into_response(),
    }
}

/// Whom it is stamped for: a subscriber of the store, or the specimen.
pub(super) fn reader(desk: &Desk, view: &View) -> Reader {
    let known = EmailAddress::parse(&view.reader).ok().and_then(|address| {
        let found = desk.store()?.ok()?.reader_by_address(&address).ok()??;
        Some(Reader { address, first_name: found.first_name, key: found.key })
    });
    known.unwrap_or_else(Reader::specimen)
}

/// One reader's copy; its links are signed with the specimen's key, so that trying one unsubscribes nobody.
pub(super) fn copy(desk: &Desk, galley: &Galley, view: &View) -> Option<Result<Specimen, String>> {
    let proof = galley.proof.as_ref()?;
    Some(proof.specimen(&galley.config, galley.newsletter(), &reader(desk, view)))
}

fn framed(desk: &Desk, galley: &Galley, view: &View) -> String {
    match galley.proof.as_ref().zip(copy(desk, galley, view)) {
        Some((proof, Ok(Specimen { html, .. }))) => {
            let pictures = format!("/{}/picture/", galley.about());
            through(&proof.with_pictures_at(&pictures, &html, &galley.config), view)
        }
        Some((_, Err(why))) => note(&why),
        None => note("There is no proof yet: mend what is said beside this."),
    }
}

fn note(words: &str) -> String {
    maud::html! { (maud::DOCTYPE) html lang="en" { head { title { "No proof" } } body style="font:16px/24px sans-serif;color:#57534c;background:#fffffe;padding:32px" { p { (words) } } } }.into_string()
}

const DARK: &str = "(prefers-color-scheme:dark)";
/// Inversion keeps hues and pictures, as the clients do that invert.
const FORCED: &str =
    "<style>html{background:#fff;filter:invert(1) hue-rotate(180deg)}img{filter:invert(1) hue-rotate(180deg)}</style>";

fn through(html: &str, view: &View) -> String {
    let (head, body) = html.split_once("</head>").unwrap_or(("", html));
    let (answer, scheme) = if view.look == Look::Dark { ("all", "dark") } else { ("not all", "light") };
    let mut head = head
        .replace(&format!("@media {DARK}"), &format!("@media {answer}"))
        .replace("color-scheme:light dark", &format!("color-scheme:{scheme}"));
    let mut body = body.replace(&format!("media=\"{DARK}\""), &format!("media=\"{answer}\""));
    if view.styles == Kept::Off {
        head = without_styles(&head);
    }
    if view.look == Look::Forced {
        head.push_str(FORCED);
    }
    if view.images == Kept::Off {
        body = without_pictures(&body);
    }
    let html = format!("{head}</head>{body}");
    if view.font == Font::Large { enlarged(&html) } else { html }
}

/// As a client shows it that drops the style sheet.
fn without_styles(head: &str) -> String {
    let mut out = String::new();
    let mut rest = head;
    while let Some((before, after)) = rest.split_once("<style>") {
        out.push_str(before);
        rest = after.split_once("</style>").map_or("", |(_, after)| after);
    }
    out + rest
}

/// Every picture blocked: its words stand where it would.
fn without_pictures(body: &str) -> String {
    let mut stretches = body.split("<img ");
    let mut out = stretches.next().unwrap_or_default().to_owned();
    for stretch in stretches {
        let (tag, after) = stretch.split_once('>').unwrap_or((stretch, ""));
        let blocked = match tag.split_once("src=\"").and_then(|(before, rest)| Some((before, rest.split_once('"')?.1)))
        {
            Some((before, rest)) => format!("{before}src=\"data:,\"{rest}"),
            None => tag.to_owned(),
        };
        out += &format!("<img {blocked}>{after}");
    }
    out
}

/// Type at 120 %: every size and line of a `font`, as a client's large type does it.
fn enlarged(html: &str) -> String {
    let mut stretches = html.split("font");
    let mut out = stretches.next().unwrap_or_default().to_owned();
    for stretch in stretches {
        out.push_str("font");
        let declared = stretch.starts_with(':') || stretch.starts_with("-size:");
        let end = stretch.find([';', '"', '}', '<']).unwrap_or(stretch.len());
        let sized = if declared { lengths(&stretch[..end]) } else { stretch[..end].to_owned() };
        out.push_str(&sized);
        let rest = &stretch[end..];
        match rest.strip_prefix(";line-height:").filter(|_| declared) {
            Some(line) => {
                let end = line.find([';', '"', '}']).unwrap_or(line.len());
                out += &format!(";line-height:{}{}", lengths(&line[..end]), &line[end..]);
            }
            None => out.push_str(rest),
        }
    }
    out
}

/// Every `16px` of a declaration as `19.2px`.
fn lengths(value: &str) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some(at) = rest.find("px") {
        let begins = rest[..at]
            .rfind(|c: char| !(c.is_ascii_digit() || c == '.'))
            .map_or(0, |before| before + rest[before..].chars().next().map_or(1, char::len_utf8));
        out.push_str(&rest[..begins]);
        match rest[begins..at].parse::<f64>() {
            Ok(size) => out += &format!("{}px", (size * 12.0).round() / 10.0),
            Err(_) => out.push_str(&rest[begins..at + 2]),
        }
        rest = &rest[at + 2..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &str = "<html><head><style>:root{color-scheme:light dark}@media (prefers-color-scheme:dark){.i{color:#fff}}</style></head><body><p style=\"margin:16px;font:700 36px/42px Georgia\">A (prefers-color-scheme:dark) story</p><img src=\"/a.png\" alt=\"Tram\"></body></html>";

    #[test]
    fn the_dark_question_is_answered_for_the_mail_whatever_the_machine_is_set_to() {
        let light = through(MAIL, &View::default());
        assert!(light.contains("@media not all{") && light.contains("color-scheme:light}"), "{light}");
        let dark = through(MAIL, &View { look: Look::Dark, ..View::default() });
        assert!(dark.contains("@media all{") && dark.contains("color-scheme:dark}"), "{dark}");
        assert!(dark.contains("A (prefers-color-scheme:dark) story"), "words are left alone");
    }

    #[test]
    fn blocked_pictures_leave_their_words_and_dropped_styles_leave_the_page() {
        let bare = through(MAIL, &View { images: Kept::Off, styles: Kept::Off, ..View::default() });
        assert!(bare.contains("src=\"data:,\" alt=\"Tram\"") && !bare.contains("<style"), "{bare}");
    }

    #[test]
    fn large_type_is_a_fifth_larger_and_margins_stay() {
        let large = through(MAIL, &View { font: Font::Large, ..View::default() });
        assert!(large.contains("margin:16px;font:700 43.2px/50.4px Georgia"), "{large}");
    }
}
