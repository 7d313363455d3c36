//! `completions` and `man`: what a package of pressrun installs beside the program.

use std::path::PathBuf;

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::cli::{Cli, Exit, Failure, Outcome, World};

/// Print the completions of a shell
#[derive(Args)]
#[command(after_help = "Example:
    pressrun completions bash > /etc/bash_completion.d/pressrun")]
pub(crate) struct Completions {
    shell: Shell,
}

/// Print the manual page, or write one page for each command into a folder
#[derive(Args)]
#[command(after_help = "Examples:
    pressrun man | man -l -
    pressrun man -o /usr/local/share/man/man1")]
pub(crate) struct Man {
    /// The folder for the pages
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Completions {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "pressrun", &mut script);
        world.print_raw(&script)?;
        Ok(Exit::Done)
    }
}

impl Man {
    pub(crate) fn run(self, world: &mut World) -> Outcome {
        let wrong = |error: std::io::Error| Failure::unexpected(format_args!("the pages cannot be written: {error}"));
        match self.out {
            None => {
                let mut page = Vec::new();
                clap_mangen::Man::new(Cli::command()).render(&mut page).map_err(wrong)?;
                world.print_raw(&page)?;
            }
            Some(folder) => {
                std::fs::create_dir_all(&folder).map_err(wrong)?;
                clap_mangen::generate_to(Cli::command(), &folder).map_err(wrong)?;
                world.say(format_args!("wrote the pages to {}", folder.display()));
            }
        }
        Ok(Exit::Done)
    }
}
