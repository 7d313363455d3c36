//! `[images]`: where readers load pictures from, and how they get there.

use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::config::read::Reading;
use crate::config::tree::Table;

/// Pictures as readers load them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Images {
    /// Where they are served from, if not by `serve`.
    pub(crate) url: Option<String>,
    /// What takes them there.
    pub(crate) publish: Option<Publish>,
    /// They travel inside each mail.
    pub(crate) embed: bool,
}

/// What takes the pictures of an edition to where they are served from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Publish {
    /// A folder of this machine's.
    Folder(PathBuf),
    /// A command of the shell; `{}` is the folder they lie in.
    Command(String),
}

/// What stands for the folder in a command.
pub(crate) const HOLE: &str = "{}";

impl Config {
    /// Where pictures are served, without a trailing slash.
    pub(crate) fn images_url(&self) -> String {
        self.images.url.clone().unwrap_or_else(|| format!("{}/i", self.serve.url))
    }
}

pub(super) fn images(table: &Table, root: &Path, out: &mut Reading) -> Images {
    let Some(table) = table.table("images") else { return Images::default() };
    let url = out.url(table, "url");
    let given = table.text("publish");
    if let Some(publish) = given.as_ref().filter(|_| table.get("url").is_none()) {
        let title = "`publish` takes pictures to a place, and no `url` says where readers find it";
        out.bad(publish, title, "a line `url = \"https://…\"` beside it");
    }
    if let Some(publish) = given.as_ref().filter(|publish| publish.is_blank()) {
        out.bad(publish, "`publish` is empty", "a folder, or a command such as \"rsync -a {} web:/srv/letters\"");
    }
    let publish = given.map(|text| match text.value.contains(HOLE) {
        true => Publish::Command(text.value),
        false => Publish::Folder(root.join(text.value.trim())),
    });
    Images { url, publish, embed: table.get("embed").and_then(|embed| embed.flag()).unwrap_or(false) }
}
