//! `preview`: the issue in a browser, live, until it is told to stop.

use std::io::Write as _;
use std::net::IpAddr;
use std::process::{Command, Stdio};

use clap::Args;

use crate::cli::{Exit, Failure, Outcome, World, control, pick};
use crate::config::Config;
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
/// Listens on this machine only, for its own browser. Behind a proxy, at the address `[preview] url` in config.toml
/// names, its editors log in by a mailed link. The first line on stdout is the address. Runs until Ctrl-C or SIGTERM.
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
    /// The address it listens on; one that others reach only where `[preview] editors` log in
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    listen: String,
    /// A name the browser may call it by beside localhost, behind a proxy that lets only editors in; repeatable
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
    /// No login for this machine's own browser, though `[preview] url` wants one of whoever comes there
    #[arg(long)]
    local: bool,
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
        let exposed = !is_own(&self.listen);
        self.must_be_safe(&config, exposed)?;
        let first = IssueName { newsletter: newsletter.id.clone(), slot };
        let listen = match self.listen.contains(':') {
            true => format!("[{}]:{}", self.listen.trim_matches(['[', ']']), self.port),
            false => format!("{}:{}", self.listen, self.port),
        };
        let (set, hosts, poll) = (world.set.clone(), self.host, self.poll);
        let desk = config.door.as_ref().map(|door| door.url.clone());
        let (who, network, local) = (control::login(), world.may_ask(), self.local);
        let say = if world.quiet { |_: &str| {} } else { on_stderr };
        let order = Order { set, first, listen, hosts, local, exposed, say, poll, who, network };
        let server = Server::bind(config, &order)
            .map_err(|problem| Failure::usage(problem).hint("`--port 0` takes a free port"))?;
        let address = format!("http://{}", server.address().map_err(Failure::unexpected)?);
        world
            .tell(format_args!("the preview is at {address}/"), serde_json::json!({ "url": format!("{address}/") }))?;
        if let Some(desk) = desk.as_ref().filter(|_| !local) {
            world.say(format_args!("editors log in at {desk}/"));
        }
        let address = desk.filter(|_| !server.is_its_own()).unwrap_or(address);
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

    /// Whoever reaches the desk can write the newsroom's files: others than this machine's own browser log in.
    fn must_be_safe(&self, config: &Config, exposed: bool) -> Result<(), Failure> {
        let listen = &self.listen;
        let refused = if exposed && (config.door.is_none() || self.local) {
            format!("the preview does not listen on `{listen}`, which others can reach")
        } else if config.door.is_some() && !self.local && !self.host.is_empty() {
            "`--host` lets whoever comes by that name in without a login, and `[preview] url` wants one".to_owned()
        } else {
            return Ok(());
        };
        let failure = Failure::usage(refused);
        if exposed && config.door.is_none() {
            return Err(failure
                .hint("whoever reaches it can write the newsroom's files, and it asks nobody who they are")
                .hint("`[preview] url` and `editors` in config.toml name who may come in there, by a mailed link")
                .hint("from another machine: `ssh -L 8024:127.0.0.1:8024 THIS-MACHINE`, then http://127.0.0.1:8024/"));
        }
        Err(failure.hint("`--local` is for this machine's own browser, `[preview] url` for everybody else"))
    }
}

/// What happens at the door, for the journal.
fn on_stderr(line: &str) {
    // Where even stderr is gone there is nobody left to tell.
    let _nobody_listens = writeln!(std::io::stderr(), "{line}");
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
