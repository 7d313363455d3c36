//! The server: one address, every route there is, until it is told to stop.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use tokio::signal::unix::{SignalKind, signal};

use super::watch::Watch;
use super::{
    Desk, Order, assets, blocks, days, door, editor, envelope, findings, guard, issue, live, mail, missing, pen,
    presence, pull, room, runs, stories, test, vouch,
};
use crate::config::Config;

/// The longest form is a letter written in place.
const LONGEST_BODY: usize = 256 * 1024;

/// A desk with an address, not yet answering.
pub(crate) struct Server {
    listener: TcpListener,
    desk: Arc<Desk>,
    _watch: Watch,
}

impl Server {
    /// Takes the address and begins to watch the files; port 0 lets the system choose one.
    ///
    /// # Errors
    /// The address is taken or not this machine's own, or the files cannot be watched.
    pub(crate) fn bind(config: Config, order: &Order) -> Result<Self, String> {
        let listener = TcpListener::bind(&order.listen).and_then(|listener| {
            listener.set_nonblocking(true)?;
            Ok(listener)
        });
        let listener = listener.map_err(|error| format!("cannot listen on `{}`: {error}", order.listen))?;
        let desk = Arc::new(Desk::new(config, order));
        let watch = Watch::begin(&desk, order.poll)?;
        runs::listen(&desk);
        Ok(Self { listener, desk, _watch: watch })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The system does not say.
    pub(crate) fn address(&self) -> Result<SocketAddr, String> {
        self.listener.local_addr().map_err(|error| format!("the address is not known: {error}"))
    }

    /// Whether this machine's own browser comes in without a login.
    pub(crate) fn is_its_own(&self) -> bool {
        self.desk.is_its_own()
    }

    /// Answers until SIGTERM or SIGINT. Open pages only listen for news, so nobody is waited for.
    ///
    /// # Errors
    /// The system gives no threads, signals or sockets.
    pub(crate) fn run(self) -> Result<(), String> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let outcome = runtime.map_err(|error| format!("the preview did not start: {error}"))?.block_on(async {
            let mut terminate = signal(SignalKind::terminate())?;
            let mut interrupt = signal(SignalKind::interrupt())?;
            let listener = tokio::net::TcpListener::from_std(self.listener)?;
            let serving = axum::serve(listener, routes(&self.desk)).into_future();
            tokio::select! { served = serving => served, _ = terminate.recv() => Ok(()), _ = interrupt.recv() => Ok(()) }
        });
        outcome.map_err(|error: std::io::Error| format!("the preview stopped: {error}"))
    }
}

/// Every address there is. Each room brings its own.
fn routes(desk: &Arc<Desk>) -> Router {
    Router::new()
        .route("/", get(front))
        .merge(assets::routes())
        .merge(live::routes())
        .merge(door::routes())
        .merge(issue::routes())
        .merge(mail::routes())
        .merge(envelope::routes())
        .merge(findings::routes())
        .merge(blocks::routes())
        .merge(stories::routes())
        .merge(pen::routes())
        .merge(vouch::routes())
        .merge(test::routes())
        .merge(editor::routes())
        .merge(missing::routes())
        .merge(room::routes())
        .merge(days::routes())
        .fallback(missing)
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(from_fn_with_state(Arc::clone(desk), presence::tell_others))
        .layer(from_fn_with_state(Arc::clone(desk), guard::guard))
        .with_state(Arc::clone(desk))
}

async fn front(State(desk): State<Arc<Desk>>) -> Redirect {
    Redirect::to(&format!("/{}", pull::about(&desk.first)))
}

/// What is not there, in a line.
pub(super) async fn missing() -> impl IntoResponse {
    (StatusCode::NOT_FOUND, "there is no such page: the desk is at /\n")
}
