//! News: what changed, told to every open page as it happens (server-sent events).
//!
//! A page looks at one thing or several, and hears of those. One that missed some news, or that a server before
//! this one made, is told so and helps itself; nothing is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Query, State};
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use axum::routing::get;
use futures_util::{Stream, stream};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::broadcast::{self, error::RecvError};

use super::who::{Login, Who};
use super::{Desk, door, presence};

/// News a page may be behind before it is simply told to look again.
const BACKLOG: usize = 64;

/// Things one page may look at.
const MOST: usize = 16;

/// One piece of news.
#[derive(Clone, Debug)]
pub(super) struct News {
    kind: &'static str,
    /// Whom it reaches: all, or who looks at this.
    about: String,
    /// The page that made it, which knows already.
    but: Option<u64>,
    data: Value,
}

/// The pages that listen, and the way to reach them.
pub(super) struct Live {
    sender: broadcast::Sender<News>,
    /// By page.
    lookers: Mutex<BTreeMap<u64, Looker>>,
    next: AtomicU64,
}

/// An open page: what it looks at, the page's own place first, and who sits before it.
pub(super) struct Looker {
    pub(super) page: u64,
    pub(super) abouts: Vec<String>,
    pub(super) who: Who,
}

impl Default for Live {
    fn default() -> Self {
        Self { sender: broadcast::channel(BACKLOG).0, lookers: Mutex::default(), next: AtomicU64::new(1) }
    }
}

impl Live {
    /// Tells pages that look at `about`, or all where it is empty.
    pub(super) fn tell(&self, kind: &'static str, about: &str, data: Value) {
        self.tell_others(None, kind, about, data);
    }

    /// The same, but for the page that made the news.
    pub(super) fn tell_others(&self, but: Option<u64>, kind: &'static str, about: &str, data: Value) {
        // Nobody listening is no failure.
        let _reached = self.sender.send(News { kind, about: about.to_owned(), but, data });
    }

    pub(super) fn is_looked_at(&self, about: &str) -> bool {
        self.lookers().values().any(|looker| looker.abouts.iter().any(|own| own == about))
    }

    /// Who else is where a page is, in words.
    fn company(&self, page: u64) -> String {
        let lookers = self.lookers();
        let Some(own) = lookers.get(&page) else { return String::new() };
        let there: Vec<&Looker> = lookers.values().filter(|other| other.abouts.first() == own.abouts.first()).collect();
        presence::words(own, &there)
    }

    /// Everything somebody looks at.
    pub(super) fn looked_at(&self) -> BTreeSet<String> {
        self.lookers().values().flat_map(|looker| looker.abouts.iter().cloned()).collect()
    }

    fn lookers(&self) -> MutexGuard<'_, BTreeMap<u64, Looker>> {
        self.lookers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A page that looks, until its connection ends.
struct Look {
    desk: Arc<Desk>,
    page: u64,
    abouts: Vec<String>,
    /// By which it looks, where editors log in.
    login: Option<Login>,
}

impl Look {
    fn new(desk: Arc<Desk>, about: &str, who: Who) -> Self {
        let abouts: Vec<String> =
            about.split(' ').filter(|own| !own.is_empty()).take(MOST).map(str::to_owned).collect();
        let page = desk.live.next.fetch_add(1, Ordering::Relaxed);
        let login = who.login.clone();
        desk.live.lookers().insert(page, Looker { page, abouts: abouts.clone(), who });
        let look = Self { desk, page, abouts, login };
        look.tell_company();
        look
    }

    fn hears(&self, news: &News) -> bool {
        let about = &news.about;
        news.but != Some(self.page) && (about.is_empty() || self.abouts.iter().any(|own| own == about))
    }

    /// Whether whoever looks may look still.
    fn goes_on(&self) -> bool {
        self.login.as_ref().is_none_or(|login| door::lets_in(&self.desk, login))
    }

    /// Tells who is on this page now, once comings and goings have settled.
    fn tell_company(&self) {
        let Some(place) = self.abouts.first().cloned() else { return };
        let desk = Arc::downgrade(&self.desk);
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            tokio::time::sleep(presence::SETTLED).await;
            if let Some(desk) = desk.upgrade() {
                desk.live.tell(HERE, &place, json!({}));
            }
        });
    }
}

/// News that each page is told in words of its own.
const HERE: &str = "here";

impl Drop for Look {
    fn drop(&mut self) {
        self.desk.live.lookers().remove(&self.page);
        self.tell_company();
    }
}

pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new().route("/-/live", get(listen))
}

#[derive(Deserialize)]
struct Listener {
    /// With spaces between.
    #[serde(default)]
    about: String,
}

async fn listen(
    State(desk): State<Arc<Desk>>,
    Query(Listener { about }): Query<Listener>,
    who: Who,
) -> ([(&'static str, &'static str); 1], Sse<impl Stream<Item = Result<Event, Infallible>>>) {
    let news = desk.live.sender.subscribe();
    let look = Look::new(desk, &about, who);
    let hello = event("hello", &json!({ "start": look.desk.start, "page": look.page }));
    let told = stream::unfold((news, look), |(mut news, look)| async move {
        let event = loop {
            let told = news.recv().await;
            if !look.goes_on() {
                return None;
            }
            match told {
                Ok(news) if !look.hears(&news) => {}
                Ok(News { kind: HERE, .. }) => {
                    break event(HERE, &json!({ "words": look.desk.live.company(look.page) }));
                }
                Ok(News { kind, data, .. }) => break event(kind, &data),
                Err(RecvError::Lagged(_)) => break event("late", &json!({})),
                Err(RecvError::Closed) => return None,
            }
        };
        Some((event, (news, look)))
    });
    let first = stream::once(async move { hello });
    let told = Sse::new(stream::StreamExt::chain(first, told));
    // A proxy that gathers an answer before it passes it on would keep the news (nginx takes this for a wish).
    ([("x-accel-buffering", "no")], told.keep_alive(KeepAlive::new().interval(Duration::from_secs(20))))
}

fn event(kind: &'static str, data: &Value) -> Result<Event, Infallible> {
    // A page that lost its line asks again soon: on this machine that costs nothing.
    Ok(Event::default().event(kind).data(data.to_string()).retry(Duration::from_millis(400)))
}
