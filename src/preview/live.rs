//! News: what changed, told to every open page as it happens (server-sent events).
//!
//! A page looks at one thing or several, and hears of those. One that missed some news, or that a server before
//! this one made, is told so and helps itself; nothing is kept.

use std::collections::BTreeMap;
use std::convert::Infallible;
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

use super::Desk;

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
    data: Value,
}

/// The pages that listen, and the way to reach them.
pub(super) struct Live {
    sender: broadcast::Sender<News>,
    /// How many pages look at what.
    looks: Mutex<BTreeMap<String, usize>>,
}

impl Default for Live {
    fn default() -> Self {
        Self { sender: broadcast::channel(BACKLOG).0, looks: Mutex::default() }
    }
}

impl Live {
    /// Tells pages that look at `about`, or all where it is empty.
    pub(super) fn tell(&self, kind: &'static str, about: &str, data: Value) {
        // Nobody listening is no failure.
        let _reached = self.sender.send(News { kind, about: about.to_owned(), data });
    }

    pub(super) fn is_looked_at(&self, about: &str) -> bool {
        self.looks().contains_key(about)
    }

    /// Everything somebody looks at.
    pub(super) fn looked_at(&self) -> Vec<String> {
        self.looks().keys().cloned().collect()
    }

    fn looks(&self) -> MutexGuard<'_, BTreeMap<String, usize>> {
        self.looks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a page looks at, until its connection ends.
struct Look {
    desk: Arc<Desk>,
    abouts: Vec<String>,
}

impl Look {
    fn new(desk: Arc<Desk>, about: &str) -> Self {
        let abouts: Vec<String> =
            about.split(' ').filter(|own| !own.is_empty()).take(MOST).map(str::to_owned).collect();
        for about in &abouts {
            *desk.live.looks().entry(about.clone()).or_default() += 1;
        }
        Self { desk, abouts }
    }

    fn hears(&self, about: &str) -> bool {
        about.is_empty() || self.abouts.iter().any(|own| own == about)
    }
}

impl Drop for Look {
    fn drop(&mut self) {
        let mut looks = self.desk.live.looks();
        for about in &self.abouts {
            if let Some(count) = looks.get_mut(about) {
                *count -= 1;
                if *count == 0 {
                    looks.remove(about);
                }
            }
        }
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
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let news = desk.live.sender.subscribe();
    let start = json!({ "start": desk.start });
    let hello = event("hello", &start);
    let look = Look::new(desk, &about);
    let told = stream::unfold((news, look), |(mut news, look)| async move {
        let event = loop {
            match news.recv().await {
                Ok(News { kind, about, data }) if look.hears(&about) => break event(kind, &data),
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => break event("late", &json!({})),
                Err(RecvError::Closed) => return None,
            }
        };
        Some((event, (news, look)))
    });
    let first = stream::once(async move { hello });
    Sse::new(stream::StreamExt::chain(first, told)).keep_alive(KeepAlive::new().interval(Duration::from_secs(20)))
}

fn event(kind: &'static str, data: &Value) -> Result<Event, Infallible> {
    // A page that lost its line asks again soon: on this machine that costs nothing.
    Ok(Event::default().event(kind).data(data.to_string()).retry(Duration::from_millis(400)))
}
