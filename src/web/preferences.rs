//! A reader's newsletters: what they get, what they left, in which form it comes, and a button for each.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use maud::{Markup, html};
use serde::Deserialize;

use super::Site;
use super::leave::{is_on, masked};
use super::page::{Answer, House, Kept, Page};
use crate::address::EmailAddress;
use crate::clock;
use crate::store::{Joined, NewReader, Reader, Store, StoreError, Subscription, SubscriptionState};
use crate::token::{Purpose, ReaderKey};

/// GET: changes nothing.
pub(super) async fn show(State(site): House, Path(token): Path<String>) -> Answer {
    let key = whose(&site, &token)?;
    let person = site.ask(move |store| Person::find(store, &key)).await?;
    Ok(view(&site, person.as_ref(), None))
}

/// One button of the page: the newsletter's id under what to do with it, or the form in which all of them come.
#[derive(Deserialize)]
pub(super) struct Choice {
    leave: Option<String>,
    #[serde(rename = "return")]
    again: Option<String>,
    form: Option<Form>,
}

/// In which form a reader gets their mail.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Form {
    /// The text edition alone.
    Text,
    /// Laid out, with the text edition beside it.
    Designed,
}

/// POST: leaves or returns to one newsletter, or takes another form, and shows how things stand then.
pub(super) async fn choose(
    State(site): House,
    Path(token): Path<String>,
    axum::Form(choice): axum::Form<Choice>,
) -> Answer {
    let key = whose(&site, &token)?;
    let (person, news) = site
        .ask(move |store| {
            let Some(person) = Person::find(store, &key)? else { return Ok((None, None)) };
            let news = person.act(store, &key, choice)?;
            Ok((Person::find(store, &key)?, news))
        })
        .await?;
    let sentence = news.map(|news| news.sentence(&site));
    Ok(view(&site, person.as_ref(), sentence.as_deref()))
}

fn whose(site: &Site, token: &str) -> Result<ReaderKey, Page> {
    site.signer.verify(Purpose::Preferences, token).ok_or_else(|| Page::broken_link(site))
}

struct Person {
    reader: Reader,
    subscriptions: Vec<Subscription>,
}

/// What a button came to.
enum News {
    Left(String),
    Back(String),
    Comes(Form),
    /// The address must not be mailed.
    Barred,
}

impl Person {
    fn find(store: &Store, key: &ReaderKey) -> Result<Option<Self>, StoreError> {
        let Some(reader) = store.reader_by_key(key)? else { return Ok(None) };
        let subscriptions = store.subscriptions(reader.id)?;
        Ok(Some(Self { reader, subscriptions }))
    }

    /// Only newsletters this person has or had: a link from a mail opens nothing else.
    fn act(&self, store: &mut Store, key: &ReaderKey, choice: Choice) -> Result<Option<News>, StoreError> {
        let known = |id: &String| self.subscriptions.iter().find(|own| own.newsletter == *id);
        match choice {
            Choice { leave: Some(id), .. } if known(&id).is_some() => {
                store.leave(&id, key, "preferences", clock::now())?;
                Ok(Some(News::Left(id)))
            }
            Choice { again: Some(id), .. } if known(&id).is_some_and(|own| may_return(own.state)) => {
                let Ok(address) = EmailAddress::parse(&self.reader.address) else { return Ok(Some(News::Barred)) };
                let Reader { first_name, text_only, .. } = self.reader.clone();
                let reader = NewReader { address, first_name, text_only };
                match store.subscribe(&id, &reader, "preferences", true, clock::now())? {
                    Joined::New | Joined::Already(_) => Ok(Some(News::Back(id))),
                    Joined::Gone(_) | Joined::Suppressed | Joined::Erased => Ok(Some(News::Barred)),
                }
            }
            Choice { form: Some(form), .. } => {
                store.want_text_only(self.reader.id, form == Form::Text)?;
                Ok(Some(News::Comes(form)))
            }
            _ => Ok(None),
        }
    }
}

impl News {
    fn sentence(&self, site: &Site) -> String {
        let words = &site.words.pages;
        match self {
            Self::Left(id) => words.left.fill(&[("newsletter", site.title(id))]),
            Self::Back(id) => words.welcome_back.fill(&[("newsletter", site.title(id))]),
            Self::Comes(Form::Text) => words.now_text.clone(),
            Self::Comes(Form::Designed) => words.now_designed.clone(),
            Self::Barred => words.barred.clone(),
        }
    }
}

/// Whoever complained asked not to be written to; they come back by writing to us.
fn may_return(state: SubscriptionState) -> bool {
    matches!(state, SubscriptionState::Left | SubscriptionState::Bounced)
}

fn view(site: &Site, person: Option<&Person>, news: Option<&str>) -> Page {
    let words = &site.words.pages;
    let (before, after) = words.choose_words.around("address");
    let content = html! {
        p class="kicker" { (words.newsletters) }
        @match person {
            Some(person) => {
                h1 { (news.unwrap_or(&words.choose)) }
                p { (before) (masked(site, &person.reader.address)) (after) }
                ul {
                    @for own in &person.subscriptions { (row(site, own)) }
                    @if person.subscriptions.iter().any(|own| is_on(own.state)) { (how(site, person.reader.text_only)) }
                }
            }
            None => {
                h1 { (words.nobody) }
                p { (words.nobody_words) }
            }
        }
    };
    let page = Page::new(site, Kept::Private, &words.newsletters, &content);
    // Erased readers are told so, with the status of a page that is gone.
    if person.is_some() { page } else { page.with_status(StatusCode::GONE) }
}

fn row(site: &Site, own: &Subscription) -> Markup {
    let words = &site.words.pages;
    let state = match own.state {
        SubscriptionState::Active => &words.active,
        SubscriptionState::Pending => &words.pending,
        SubscriptionState::Paused => &words.paused,
        SubscriptionState::Left => &words.unsubscribed,
        SubscriptionState::Bounced => &words.bounced,
        SubscriptionState::Complained => &words.complained,
    };
    let title = site.title(&own.newsletter);
    let named = [("newsletter", title)];
    html! {
        li class="row" {
            div { h2 { (title) } span { (state) } }
            @if is_on(own.state) {
                form method="post" { button class="quiet" name="leave" value=(own.newsletter) aria-label=(words.leave_this.fill(&named)) { (words.leave) } }
            } @else if may_return(own.state) {
                form method="post" { button class="quiet" name="return" value=(own.newsletter) aria-label=(words.again_this.fill(&named)) { (words.again) } }
            }
        }
    }
}

/// In which form all of them come: a reader has one mail program.
fn how(site: &Site, text_only: bool) -> Markup {
    let words = &site.words.pages;
    let (state, other, wish) = match text_only {
        true => (&words.how_text, "designed", &words.want_designed),
        false => (&words.how_designed, "text", &words.want_text),
    };
    html! {
        li class="row" {
            div { h2 { (words.how) } span { (state) } }
            form method="post" { button class="quiet" name="form" value=(other) { (wish) } }
        }
    }
}
