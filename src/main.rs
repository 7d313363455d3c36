//! pressrun: a newsletter press for newsrooms.

mod address;
mod cli;
mod clock;
mod config;
mod finding;
mod issue;
mod ledger;
mod prose;
mod render;
mod schedule;
mod store;
mod story;

fn main() -> std::process::ExitCode {
    cli::main(std::env::args_os())
}
