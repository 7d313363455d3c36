//! The mail in its frame: the bytes of the HTML part for one reader, seen through a lens.
//!
//! A lens changes what a client would change: it answers the dark question, blocks pictures, drops the style
//! sheet, enlarges the type. Pictures come from the newsroom's own files; no request leaves the machine.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
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
use crate::store::SubscriptionState;

pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new()
        .route("/{newsletter}/{slot}/mail", get(mail))
        .route("/{newsletter}/{slot}/picture/{file}", get(picture))
}

async fn mail(State(desk): State<Arc<Desk>>, Path((newsletter, slot)): Path<(String, String)>, view: View) -> Response {
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

/// A picture of the issue by the name it has in the mail; only those of the shown proof are there.
async fn picture(
    State(desk): State<Arc<Desk>>,
    Path((newsletter, slot, file)): Path<(String, String, String)>,
) -> Response {
    let found = desk
        .work(move |desk| {
            let galley = desk.galley(&desk.issue(&newsletter, &slot)?)?;
            let picture = galley.proof()?.pictures.iter().find(|own| own.file_name == file)?;
            Some((picture.mime.clone(), picture.content.to_vec()))
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

/// An issue opened by one reader, through a lens: what every panel of its page is drawn from.
pub(super) struct Opened<'a> {
    pub(super) desk: &'a Arc<Desk>,
    pub(super) galley: &'a Galley,
    pub(super) view: &'a View,
    pub(super) addressee: Addressee,
    /// The reader's copy; none where there is no proof.
    pub(super) copy: Option<Result<Specimen, String>>,
}

impl<'a> Opened<'a> {
    pub(super) fn new(desk: &'a Arc<Desk>, galley: &'a Galley, view: &'a View) -> Self {
        let addressee = Addressee::find(desk, galley, &view.reader);
        let copy = copy(galley, &addressee.reader);
        Self { desk, galley, view, addressee, copy }
    }

    pub(super) fn html(&self) -> Option<&str> {
        self.copy.as_ref()?.as_ref().ok().map(|copy| copy.html.as_str())
    }

    pub(super) fn text(&self) -> Option<&str> {
        self.copy.as_ref()?.as_ref().ok().map(|copy| copy.text.as_str())
    }
}

/// Invented readers: their word in an address, what they are called, their first name.
pub(super) const INVENTED: [(&str, &str, Option<&str>); 2] = [
    ("no-name", "a reader without a name", None),
    ("long-name", "a reader with a long name", Some("Maximiliana-Theodora Featherstonehaugh-Cholmondeley")),
];

/// Whom the mail is stamped for, and what there is to say about them.
pub(super) struct Addressee {
    pub(super) reader: Reader,
    /// They are somebody: a subscriber of the store, or invented.
    pub(super) known: bool,
    /// Such as: paused since 3 May.
    pub(super) note: Option<String>,
}

impl Addressee {
    fn find(desk: &Desk, galley: &Galley, wanted: &str) -> Self {
        let wanted = wanted.trim();
        if let Some((.., name)) = INVENTED.iter().find(|(word, ..)| *word == wanted) {
            let reader = Reader { first_name: name.map(str::to_owned), ..Reader::specimen() };
            return Self { reader, known: true, note: None };
        }
        if wanted.is_empty() || wanted == Reader::specimen().address.to_string() {
            return Self { reader: Reader::specimen(), known: true, note: None };
        }
        Self::subscribed(desk, galley, wanted).unwrap_or_else(|why| Self {
            reader: Reader::specimen(),
            known: false,
            note: Some(format!("{why}: this is the specimen’s copy")),
        })
    }

    /// Somebody on the list, whatever they are to this newsletter; else why there is nobody.
    fn subscribed(desk: &Desk, galley: &Galley, wanted: &str) -> Result<Self, String> {
        let address = EmailAddress::parse(wanted)?;
        let store =
            desk.store().ok_or("there is no list here to know readers by")?.map_err(|error| error.to_string())?;
        let found = store.reader_by_address(&address).map_err(|error| error.to_string())?;
        let found = found.ok_or_else(|| format!("no reader has the address {address}"))?;
        let newsletter = galley.newsletter();
        let all = store.subscriptions(found.id).map_err(|error| error.to_string())?;
        let note = match all.into_iter().find(|own| own.newsletter == newsletter.id) {
            None => Some(format!("not subscribed to {}", newsletter.title)),
            Some(own) if own.state == SubscriptionState::Active => None,
            Some(own) => {
                let since = own.since.with_timezone(&newsletter.timezone).format("%-d %B %Y");
                Some(format!("{} since {since}", own.state.as_str()))
            }
        };
        let alone = found.text_only.then(|| "gets the text edition alone".to_owned());
        let note = [note, alone].into_iter().flatten().reduce(|note, alone| format!("{note}; {alone}"));
        let reader = Reader { address, first_name: found.first_name, key: found.key, text_only: found.text_only };
        Ok(Self { reader, known: true, note })
    }
}

/// One reader's copy; its links are signed with the specimen's key, so that trying one unsubscribes nobody.
pub(super) fn copy(galley: &Galley, reader: &Reader) -> Option<Result<Specimen, String>> {
    let proof = galley.proof()?;
    Some(proof.specimen(&galley.config, galley.newsletter(), reader))
}

fn framed(desk: &Arc<Desk>, galley: &Galley, view: &View) -> String {
    match galley.proof().zip(Opened::new(desk, galley, view).copy) {
        Some((proof, Ok(Specimen { html, .. }))) => {
            let pictures = format!("/{}/picture/", galley.about());
            through(&proof.with_pictures_at(&pictures, &html, &galley.config), view)
        }
        Some((_, Err(why))) => note(&why),
        None => note("There is no mail yet: mend what is said beside this."),
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
    head.push_str(BARLESS);
    if view.look == Look::Forced {
        head.push_str(FORCED);
    }
    if view.images == Kept::Off {
        body = without_pictures(&body);
    }
    let html = format!("{head}</head>{body}");
    if view.font == Font::Large { enlarged(&html) } else { html }
}

/// A mail in a frame is as wide as its frame: bars beside it would make it another mail.
const BARLESS: &str = "<style>html{scrollbar-width:none}</style>";

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
        assert!(bare.contains("src=\"data:,\" alt=\"Tram\"") && bare.matches("<style").count() == 1, "{bare}");
    }

    #[test]
    fn large_type_is_a_fifth_larger_and_margins_stay() {
        let large = through(MAIL, &View { font: Font::Large, ..View::default() });
        assert!(large.contains("margin:16px;font:700 43.2px/50.4px Georgia"), "{large}");
    }
}
