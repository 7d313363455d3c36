//! `preview`: the issue in a browser, live, until it is told to stop.

use std::net::IpAddr;
use std::process::{Command, Stdio};

use clap::Args;

use crate::cli::{Exit, Failure, Outcome, World, control, pick};
use crate::issue::IssueName;
use crate::press;
use crate::preview::{Order, Server};

/// Show the issue in a browser while it is written: phone and desktop, checks and measures, a blink after each save
///
/// It is a desk to write at as well: subject, preheader, blocks and stories are edited there, in the same files and
/// by the same edits as here; an issue is approved there, and a test goes to oneself. Nothing there mails the list.
/// Its press room follows a run from the first message to closed books; its days say where every issue stands, begin
/// the next one, and find any past one by a word.
///
/// `?` lists the keys; `[preview] editor` in config.toml names the text editor that `o` opens. The links of an issue
/// that is still to come are asked over the network beside it; with `--no-network` nobody is asked.
///
/// Listens on this machine only. The first line on stdout is the address. Runs until Ctrl-C or SIGTERM.
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun preview --open
    pressrun preview tomorrow --port 9000
    pressrun preview --poll                   for files on a network drive
    ssh -L 8024:127.0.0.1:8024 newsroom       from another machine, then http://127.0.0.1:8024/")]
pub(crate) struct Preview {
    /// A date, `today`, `mon`, or a path; left out, the earliest unsent issue from today on
    date: Option<String>,
    /// Open it in the browser
    #[arg(long)]
    open: bool,
    /// The port; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = 8024)]
    port: u16,
    /// Which of this machine's own addresses it listens on: 127.0.0.1 or ::1
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    listen: String,
    /// A name the browser may call it by beside localhost, behind a proxy that lets only editors in; repeatable
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
    /// Look for changes every half second: network drives tell nobody of theirs
    #[arg(long)]
    poll: bool,
}

impl Preview {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let config = world.config()?;
        let newsletter = pick::newsletter(world, &config, self.date.as_deref())?;
        // A clone without a store is previewed too, and gets none by it.
        let slot = match &self.date {
            Some(date) => pick::typed(world, newsletter, date)?,
            None if config.store.path.is_file() => {
                pick::slot(world, &config, newsletter, &world.store(&config)?, None)?
            }
            None => press::written(&config, newsletter, world.now()).ok_or_else(|| {
                Failure::not_ready(format!("{} has no issue yet", newsletter.title)).hint("`pressrun new` begins one")
            })?,
        };
        if !is_own(&self.listen) {
            return Err(Failure::usage(format!(
                "the preview does not listen on `{}`, which others can reach",
                self.listen
            ))
            .hint("whoever reaches it can write the newsroom's files, and it asks nobody who they are")
            .hint("from another machine: `ssh -L 8024:127.0.0.1:8024 THIS-MACHINE`, then http://127.0.0.1:8024/"));
        }
        let first = IssueName { newsletter: newsletter.id.clone(), slot };
        let listen = match self.listen.contains(':') {
            true => format!("[{}]:{}", self.listen.trim_matches(['[', ']']), self.port),
            false => format!("{}:{}", self.listen, self.port),
        };
        let (set, hosts, poll) = (world.set.clone(), self.host, self.poll);
        let order = Order { set, first, listen, hosts, poll, who: control::login(), network: world.may_ask() };
        let server = Server::bind(config, &order)
            .map_err(|problem| Failure::usage(problem).hint("`--port 0` takes a free port"))?;
        let address = format!("http://{}", server.address().map_err(Failure::unexpected)?);
        world
            .tell(format_args!("the preview is at {address}/"), serde_json::json!({ "url": format!("{address}/") }))?;
        if self.open {
            // No browser is no failure: the address is printed.
            let opened = Command::new("xdg-open").arg(&address).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
            if opened.is_err() {
                world.say(format_args!("no browser opened by itself: go to {address}/"));
            }
        }
        server.run().map_err(Failure::unexpected)?;
        Ok(Exit::Done)
    }
}

/// An address only this machine reaches.
fn is_own(listen: &str) -> bool {
    let address = listen.trim_matches(['[', ']']).parse::<IpAddr>();
    listen == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_others_reach_is_not_this_machines_own() {
        for own in ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost"] {
            assert!(is_own(own), "{own}");
        }
        for open in ["0.0.0.0", "::", "192.168.1.4", "newsroom.example", ""] {
            assert!(!is_own(open), "{open}");
        }
    }
}
