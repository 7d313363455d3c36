//! The readers' pages: leaving, choosing newsletters, polls, the web edition, the archive, pictures.
//!
//! Plain HTML without scripts, in the look of the mail. Two rules stand above all: GET never changes
//! anything, because scanners follow every link of every mail; and leaving takes one POST, without cookie,
//! login or redirect (RFC 8058), today and in ten years, also for those who left long ago.

mod archive;
mod door;
mod feeds;
mod fresh;
mod leave;
mod page;
mod polls;
mod preferences;
mod shelf;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{from_fn, map_response_with_state};
use axum::response::Response;
use axum::routing::get;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Semaphore, oneshot};

use self::door::Door;
use self::page::{House, Page};
use crate::config::{Config, Newsletter, Publication};
use crate::render::feed::Kind;
use crate::store::{Store, StoreError};
use crate::token::{Links, ReaderKey, Signer};
use crate::words::Words;

/// The longest form a reader sends is one line.
const LONGEST_BODY: usize = 16 * 1024;
/// Stores open at once: more would only wait for each other.
const STORES: usize = 8;
/// How long pages being written may take once we were told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// What every page needs to know.
pub(crate) struct Site {
    publication: Publication,
    /// What the pages say, in the publication's language.
    words: &'static Words,
    /// Titles by id.
    newsletters: BTreeMap<String, String>,
    /// The public address, without a trailing slash.
    url: String,
    /// Its path, empty or `/letters`: links between pages name no host, so that they work on any road here.
    base: String,
    /// What pages may show: where pictures come from beside this server.
    images_url: Option<String>,
    signer: Signer,
    store: PathBuf,
    idle: Mutex<Vec<Store>>,
    turns: Semaphore,
    /// Where failures are told: readers see none of their words.
    tell: Box<dyn Fn(&str) + Send + Sync>,
}

impl Site {
    /// `tell` is given a sentence for each failure of the store.
    pub(crate) fn new(config: &Config, signer: Signer, tell: impl Fn(&str) + Send + Sync + 'static) -> Self {
        let title = |newsletter: &Newsletter| (newsletter.id.clone(), newsletter.title.clone());
        Self {
            publication: config.publication.clone(),
            words: Words::of(&config.publication.language),
            newsletters: config.newsletters.values().map(title).collect(),
            url: config.serve.url.clone(),
            base: path(&config.serve.url).to_owned(),
            images_url: config.images.url.clone(),
            signer,
            store: config.store.path.clone(),
            idle: Mutex::new(Vec::new()),
            turns: Semaphore::new(STORES),
            tell: Box::new(tell),
        }
    }

    /// A newsletter's name; links outlive newsletters, so one that is gone goes by its id.
    fn title<'a>(&'a self, newsletter: &'a str) -> &'a str {
        self.newsletters.get(newsletter).map_or(newsletter, String::as_str)
    }

    fn preferences_url(&self, reader: &ReaderKey) -> String {
        Links::new(&self.base, "", "", &self.signer, reader).preferences()
    }

    /// Does something with the store, off the async threads; its failure becomes a page that says try again.
    async fn ask<T: Send + 'static>(
        self: &Arc<Self>,
        question: impl FnOnce(&mut Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Page> {
        let _turn = self.turns.acquire().await.expect("the semaphore is never closed");
        let site = Arc::clone(self);
        let answer = tokio::task::spawn_blocking(move || {
            let mut store = site.take_store()?;
            let answer = question(&mut store);
            site.idle().push(store);
            answer
        });
        let failure = match answer.await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => error.to_string(),
            Err(panic) => format!("a page's question to the store broke off: {panic}"),
        };
        (self.tell)(&failure);
        Err(Page::try_again(self))
    }

    fn take_store(&self) -> Result<Store, StoreError> {
        let idle = self.idle().pop();
        idle.map_or_else(|| Ok(Store::open(&self.store)?.by(self.signer.clone())), Ok)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Store>> {
        self.idle.lock().expect("nobody panics while holding the idle stores")
    }
}

/// The path of an address: what stands after its host.
fn path(url: &str) -> &str {
    let after_scheme = url.find("://").map_or(0, |at| at + "://".len());
    url[after_scheme..].find('/').map_or("", |at| &url[after_scheme + at..])
}

/// A site with an address, not yet answering.
pub(crate) struct Server {
    listener: TcpListener,
    site: Site,
}

impl Server {
    /// Takes the address; port 0 lets the system choose one.
    ///
    /// # Errors
    /// The address is no address, or taken.
    pub(crate) fn bind(listen: &str, site: Site) -> Result<Self, String> {
        let listener = TcpListener::bind(listen).and_then(|listener| {
            listener.set_nonblocking(true)?;
            Ok(listener)
        });
        let listener = listener.map_err(|error| format!("cannot listen on `{listen}`: {error}"))?;
        Ok(Self { listener, site })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The system does not say.
    pub(crate) fn address(&self) -> Result<SocketAddr, String> {
        self.listener.local_addr().map_err(|error| format!("the address is not known: {error}"))
    }

    /// Answers until SIGTERM or SIGINT, then finishes the pages being written.
    ///
    /// # Errors
    /// The system gives no threads, signals or sockets.
    pub(crate) fn run(self) -> Result<(), String> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let outcome = runtime.map_err(|error| format!("the server did not start: {error}"))?.block_on(async {
            let mut terminate = signal(SignalKind::terminate())?;
            let mut interrupt = signal(SignalKind::interrupt())?;
            let stop = async move {
                tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
            };
            self.run_until(stop).await
        });
        outcome.map_err(|error: std::io::Error| format!("the server stopped: {error}"))
    }

    async fn run_until(self, stop: impl Future<Output = ()>) -> std::io::Result<()> {
        let door = Door::new(tokio::net::TcpListener::from_std(self.listener)?);
        let (close, closed) = oneshot::channel::<()>();
        // An error here is the sender gone, which is the same news: stop.
        let closing = async { closed.await.unwrap_or_default() };
        let serving = axum::serve(door, routes(Arc::new(self.site))).with_graceful_shutdown(closing);
        let last_call = async {
            stop.await;
            drop(close);
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            served = serving.into_future() => served,
            () = last_call => Ok(()),
        }
    }
}

/// Every address there is.
fn routes(site: Arc<Site>) -> Router {
    let feed = |kind: Kind| get(move |house: House, newsletter: Path<String>| feeds::feed(house, newsletter, kind));
    let feeds = Kind::ALL
        .into_iter()
        .fold(Router::new(), |router, kind| router.route(&format!("/{{newsletter}}/{}", kind.file()), feed(kind)));
    feeds
        .route("/", get(archive::front))
        .route("/health", get(shelf::health))
        .route("/i/{file}", get(shelf::picture))
        .route("/u/{newsletter}/{token}", get(leave::ask).post(leave::leave))
        .route("/p/{token}", get(preferences::show).post(preferences::choose))
        .route("/poll/{newsletter}/{slot}/{block}/{answer}/{token}", get(polls::ask).post(polls::answer))
        .route("/{newsletter}", get(archive::newsletter))
        .route("/{newsletter}/", get(archive::newsletter))
        .route("/{newsletter}/{slot}", get(shelf::edition))
        .route("/{newsletter}/{slot}/previous", get(archive::previous))
        .route("/{newsletter}/{slot}/next", get(archive::next))
        .fallback(shelf::missing)
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(from_fn(fresh::unchanged))
        .layer(map_response_with_state(Arc::clone(&site), guard))
        .with_state(site)
}

/// Headers every answer has; a page's own content policy stays.
async fn guard(State(site): State<Arc<Site>>, mut response: Response) -> Response {
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::CACHE_CONTROL, "no-store");
    if site.url.starts_with("https:") {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}
