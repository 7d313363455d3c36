//! pressrun: a newsletter press for newsrooms.
//!
//! # Bird's eye view
//!
//! Editors write stories and issues as plain files. An issue is compiled, rendered twice (HTML and plain
//! text), frozen into one message with openings, stamped for each reader, and handed to a relay over SMTP.
//! What happened to each reader is a row in a ledger. One package, one binary, no library: the compiler sees
//! dead code, and the tests see the program as its users do.
//!
//! # The one-way street
//!
//! ```text
//!  file        issue           parts            edition          message           answer
//!  text ─parse→ IssueFile ─compile→ Issue ─render→ Parts ─freeze→ Edition ─stamp→ Message ─deliver→ Answer ─record→ ledger row
//!  files        issue::file    issue::compile   render           edition          deliver           store
//! ```
//!
//! 1. [`files`] reads text and pictures; nobody else opens them.
//! 2. [`issue`] turns text into values that keep their place, and those into an `Issue` that cannot be wrong,
//!    with findings beside it: one mistake never hides the next.
//! 3. [`render`] makes the parts. It knows no reader; what differs per reader is a typed `Slot`.
//! 4. [`edition`] encodes the parts once and hashes them. Stamping a reader in is writing what is theirs.
//! 5. [`deliver`] takes grants from the ledger, stamps, sends, and hands back what came of it.
//! 6. [`store`] writes down what happened. Nothing walks back up the street.
//!
//! `check` leaves the street after 2, `build` and `--dry-run` after 4; only `send` goes to the end of it with
//! the list. [`press`] is the walk itself, for the commands in [`cli`].
//!
//! # The core: no file, no socket, no clock, no database
//!
//! [`finding`] what a check has to say · [`address`] an address, parsed once · [`prose`] running text and its
//! slots · [`typography`] quotes and dashes as printed · [`words`] what the press itself says, in each
//! language · [`picture`] what readers get of a picture file · [`chart`] figures drawn · [`story`] the nouns of a
//! story page · [`brand`] a look, and whether it can be read · [`issue`] · [`check`] the named rules · [`render`] ·
//! [`edition`] · [`message`] one reader's, in pieces · [`dkim`] signatures over what leaves · [`token`] signed links
//! and return paths · [`ledger`] the eight states · [`pace`] which state follows which answer, when to try again, how
//! fast to go · [`floor`] every decision of a press run · [`alarm`] what somebody must know of, told once ·
//! [`schedule`] slots, days, zones · [`relaylog`] what a relay's log proves
//!
//! # The edge: everything that can fail
//!
//! [`config`] settings and where secrets are · [`crash`] where tests kill a run · [`clock`] the only source of now
//! and of chance · [`files`] · [`secret`] the keys of links and signatures · [`store`] SQLite: readers, editions, the
//! ledger · [`deliver`] the SMTP session and the press run · [`books`] what came of it, as people read it ·
//! [`mailbox`] the built-in SMTP server · [`dns`] TXT records, for `doctor` · [`http`] questions to other machines ·
//! [`linkbook`] what was asked of links within the hour · [`errand`] the newsroom's own commands · [`web`] the
//! readers' pages · [`preview`] the issue in the editor's browser · [`cli`] one file a command, the only place that
//! prints
//!
//! # What is deliberately absent
//!
//! - No byte of a message's DATA leaves before its intent is committed, and no delivery whose end nobody saw
//!   is sent again by guesswork. So `unknown` is a state, not an error.
//! - No renderer and no check knows a reader, a relay or the store.
//! - No GET changes anything; no tracking pixel exists.
//! - No clock is trusted for safety: a lock held by an open descriptor proves that a run is dead.
//! - No configuration but `config.toml`; no secret in it.
//! - No async outside `deliver`, `web`, `preview` and the ledger's mouth; the core is plain functions.
//!
//! `tests/it/tidy.rs` holds the house to this page.

mod address;
mod alarm;
mod books;
mod brand;
mod chart;
mod check;
mod cli;
mod clock;
mod config;
mod crash;
mod deliver;
mod dkim;
mod dns;
mod edit;
mod edition;
mod errand;
mod files;
mod finding;
mod floor;
mod http;
mod issue;
mod ledger;
mod linkbook;
mod mailbox;
mod message;
mod pace;
mod picture;
mod press;
mod preview;
mod prose;
mod relaylog;
mod render;
mod schedule;
mod secret;
mod store;
mod story;
mod token;
mod typography;
mod web;
mod words;

fn main() -> std::process::ExitCode {
    cli::main(std::env::args_os())
}
