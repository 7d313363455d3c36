//! Opening a place in the text editor config.toml names: on this machine's own screen, and never through a shell.

use std::process::{Command, Stdio};
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::post;
use axum::{Form, Router};
use serde::Deserialize;

use super::Desk;
use super::answer::{Done, Refused, Said};
use super::pull::Galley;
use super::who::Who;
use crate::files::Newsroom;
use crate::issue::compile::Library as _;

pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new().route("/{newsletter}/{slot}/open", post(open))
}

/// What is meant: a finding's place, a story, a block; or else the issue's file.
#[derive(Deserialize)]
struct Meant {
    #[serde(default)]
    finding: Option<usize>,
    #[serde(default)]
    story: Option<String>,
    #[serde(default)]
    block: Option<String>,
}

impl Meant {
    /// A path from the newsroom's root and a line. A page names things; the paths are ours.
    fn place(&self, galley: &Galley) -> Option<(String, usize)> {
        if let Some(finding) = self.finding {
            let place = galley.findings.get(finding)?.place.as_ref()?;
            return Some((place.source.path.clone(), place.source.line_col(place.span.start).0));
        }
        if let Some(story) = &self.story {
            let stories = Newsroom::open(&galley.config.root).stories();
            return stories.into_iter().find(|(name, _)| name == story).map(|(_, path)| (path, 1));
        }
        let source = galley.source.as_ref()?;
        let line = match &self.block {
            Some(id) => {
                let block = galley.outline.blocks.iter().find(|block| block.id == *id)?;
                source.line_col(block.span.start).0
            }
            None => 1,
        };
        Some((source.path.clone(), line))
    }
}

async fn open(
    State(desk): State<Arc<Desk>>,
    Path((newsletter, slot)): Path<(String, String)>,
    who: Who,
    Form(meant): Form<Meant>,
) -> Said {
    desk.work(move |desk| {
        let galley = desk.issue(&newsletter, &slot).and_then(|name| desk.galley(&name)).ok_or_else(Refused::gone)?;
        let (path, line) = meant.place(&galley).ok_or_else(Refused::gone)?;
        let words = &galley.config.editor;
        let Some((program, words)) = words.split_first() else {
            return Err(Refused::because(format!("{path}:{line} (`[preview] editor` in config.toml would open it)")));
        };
        if !who.is_here {
            return Err(Refused::because(format!("{path}:{line} is opened on the preview's own machine only")));
        }
        let full = galley.config.root.join(&path);
        let word =
            |word: &String| word.replace("{file}", &full.display().to_string()).replace("{line}", &line.to_string());
        let mut command = Command::new(program);
        command.args(words.iter().map(word)).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let started =
            command.spawn().map_err(|error| Refused::because(format!("`{program}` does not start: {error}")))?;
        reap(started);
        Ok(Done::new(format!("opened {path}:{line}")))
    })
    .await
}

/// Waits for it in the background: an ended program nobody waited for stays in the system's table.
fn reap(mut started: std::process::Child) {
    std::thread::spawn(move || {
        // How it ended is the editor's own affair.
        let _ended = started.wait();
    });
}
