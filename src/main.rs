//! pressrun: a newsletter press for newsrooms.

mod address;
mod check;
mod cli;
mod clock;
mod config;
mod files;
mod finding;
mod issue;
mod ledger;
mod prose;
mod render;
mod story;

fn main() {}
