//! `serve`: the readers' pages, until it is told to stop.

use std::io::{self, Write};

use clap::Args;

use crate::cli::{Exit, Failure, Outcome, World};
use crate::web::{Server, Site};

/// Serve the readers' pages: unsubscribe, preferences, web editions, pictures, polls, the archive
///
/// Runs until SIGTERM or Ctrl-C, then finishes the pages being written. The first line on stdout says where it
/// listens. Put a web server with TLS before it, and its public address into `[serve] url`.
///
/// Examples:
///   pressrun serve
///   pressrun serve --listen 127.0.0.1:0
#[derive(Args)]
#[command(
    verbatim_doc_comment,
    after_help = "Examples:
    pressrun serve                              at [serve] listen, until it is stopped
    pressrun -C /srv/newsroom serve --listen 127.0.0.1:8030"
)]
pub(crate) struct Serve {
    /// Address and port, instead of `[serve] listen`; port 0 takes a free one
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
}

impl Serve {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let config = world.config()?;
        let signer = world.signer(&config, &world.store(&config)?)?;
        let listen = self.listen.as_deref().unwrap_or(&config.serve.listen);
        let server = Server::bind(listen, Site::new(&config, signer, tell)).map_err(Failure::usage)?;
        let address = server.address().map_err(Failure::unexpected)?;
        world.print(format_args!("listening on http://{address}"))?;
        server.run().map_err(Failure::unexpected)?;
        Ok(Exit::Done)
    }
}

/// Failures behind a page, one line each.
fn tell(failure: &str) {
    // Where even stderr is gone there is nobody left to tell.
    let _nobody_listens = writeln!(io::stderr(), "error: {failure}");
}
