//! pressrun: a newsletter press for newsrooms.

mod address;
mod check;
mod cli;
mod clock;
mod config;
mod edition;
mod files;
mod finding;
mod issue;
mod ledger;
mod prose;
mod render;
mod schedule;
mod secret;
mod store;
mod story;
mod token;

fn main() -> std::process::ExitCode {
    cli::main(std::env::args_os())
}
