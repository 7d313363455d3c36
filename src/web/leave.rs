//! Leaving: the page with the one button, and the POST that acts, from the button or from the mail program.

use axum::body::Bytes;
use axum::extract::{Path, State};
use maud::{Markup, html};

use super::Site;
use super::page::{Answer, House, Kept, Page, button, linked};
use crate::clock;
use crate::store::SubscriptionState;
use crate::token::{Purpose, ReaderKey};

/// GET: who leaves what, and one button. Changes nothing.
pub(super) async fn ask(State(site): House, Path((newsletter, token)): Path<(String, String)>) -> Answer {
    let key = whose(&site, &newsletter, &token)?;
    let id = newsletter.clone();
    let subscribed = site
        .ask(move |store| {
            let Some(reader) = store.reader_by_key(&key)? else { return Ok(None) };
            let state = store.subscriptions(reader.id)?.into_iter().find(|own| own.newsletter == id);
            Ok(state.filter(|own| is_on(own.state)).map(|_| reader.address))
        })
        .await?;
    let title = site.title(&newsletter);
    let Some(address) = subscribed else { return Ok(gone(&site, title, &key)) };
    let words = &site.words.pages;
    let question = words.leave_question.fill(&[("newsletter", title)]);
    let (before, after) = words.leave_words.around("address");
    let content = html! {
        p class="kicker" { (words.unsubscribe) }
        h1 { (question) }
        p { (before) (masked(&site, &address)) (after) }
        (button(&words.unsubscribe))
        p class="aside" { (linked(&words.leave_instead, &site.preferences_url(&key))) }
    };
    Ok(Page::new(&site, Kept::Private, &question, &content))
}

/// POST: leaves. RFC 8058 sends `List-Unsubscribe=One-Click`, the button an empty form; the token in the
/// address is all the proof there is and all that is needed, so the body is read and not asked for.
pub(super) async fn leave(
    State(site): House,
    Path((newsletter, token)): Path<(String, String)>,
    _body: Bytes,
) -> Answer {
    let key = whose(&site, &newsletter, &token)?;
    let id = newsletter.clone();
    // False where the reader was erased: whoever is not on the list has left it.
    site.ask(move |store| store.leave(&id, &key, "link", clock::now())).await?;
    let title = site.title(&newsletter);
    Ok(gone(&site, title, &key))
}

/// The page for everyone who is not on the list: those who left just now, and those who did long ago.
fn gone(site: &Site, title: &str, key: &ReaderKey) -> Page {
    let words = &site.words.pages;
    let left = words.left.fill(&[("newsletter", title)]);
    let content = html! {
        p class="kicker" { (words.done) }
        h1 { (left) }
        p { (words.left_words) }
        p class="aside" { (linked(&words.left_return, &site.preferences_url(key))) }
    };
    Page::new(site, Kept::Private, &left, &content)
}

fn whose(site: &Site, newsletter: &str, token: &str) -> Result<ReaderKey, Page> {
    site.signer.verify(Purpose::Unsubscribe { newsletter }, token).ok_or_else(|| Page::broken_link(site))
}

/// Whether mail goes there, now or after a pause.
pub(super) fn is_on(state: SubscriptionState) -> bool {
    matches!(state, SubscriptionState::Active | SubscriptionState::Pending | SubscriptionState::Paused)
}

/// Enough of an address for its owner to know it by: mails are forwarded, and their links with them.
pub(super) fn masked(site: &Site, address: &str) -> Markup {
    let Some((local, domain)) = address.rsplit_once('@') else { return html! { (site.words.pages.you) } };
    let first: String = local.chars().take(1).collect();
    // An address runs from left to right whatever the words around it do.
    html! { bdi dir="ltr" { (first) "…@" (domain) } }
}
