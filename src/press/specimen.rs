//! The specimen: every block there is in a newsletter's look, on one page, for whoever designs it.
//!
//! It is an issue like any other. Its words and the drawings for it are laid out as a small newsroom in a folder
//! of their own, which is then walked down the same street as every other.

mod drawing;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use include_dir::{Dir, include_dir};
use tempfile::TempDir;

use crate::check::CHECKS;
use crate::config::{Config, Limits, Newsletter, Severity, Threshold};
use crate::press::{Pulled, pull};
use crate::story::Author;

static NEWSROOM: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/src/press/specimen/newsroom");

/// A Tuesday, the same one in every specimen: the same look builds the same bytes.
const SLOT: &str = "2026-11-24";

/// A specimen's newsroom; its files last as long as this value.
pub(crate) struct SpecimenNewsroom {
    _folder: TempDir,
    pub(crate) config: Config,
    pub(crate) newsletter: Newsletter,
}

impl SpecimenNewsroom {
    /// Lays it out for a newsletter, with the house's name, language and look.
    ///
    /// # Errors
    /// A sentence: the folder cannot be written.
    pub(crate) fn lay_out(config: &Config, newsletter: &Newsletter) -> Result<Self, String> {
        let folder = TempDir::new().map_err(|error| format!("no folder for the specimen: {error}"))?;
        let issues = folder.path().join("issues");
        let unwritten = |error: std::io::Error| format!("the specimen cannot be laid out: {error}");
        fs::create_dir(&issues).and_then(|()| NEWSROOM.extract(&issues)).map_err(unwritten)?;
        let own = issues.join(&newsletter.id);
        fs::create_dir_all(&own)
            .and_then(|()| fs::rename(issues.join("issue.toml"), own.join(format!("{SLOT}.toml"))))
            .and_then(|()| fs::create_dir_all(issues.join("images")))
            .map_err(unwritten)?;
        for (name, width, height) in [("wide", 1072, 603), ("narrow", 1072, 360)] {
            let drawn = drawing::hills(&newsletter.look.brand.light, width, height)?;
            fs::write(issues.join(format!("images/{name}.png")), drawn).map_err(unwritten)?;
        }
        bring_masthead(&config.root.join("issues"), &issues, newsletter);
        let root = folder.path().to_owned();
        let config = Config {
            root,
            authors: authors(),
            forms: BTreeMap::new(),
            kickers: Vec::new(),
            // A specimen is looked at, not sent: what the house forbids in its issues is nothing to it.
            checks: CHECKS.iter().map(|check| (check.name.to_owned(), Severity::Off)).collect(),
            style: BTreeMap::new(),
            ..config.clone()
        };
        let newsletter = Newsletter {
            checks: BTreeMap::new(),
            subject: Threshold::default(),
            preheader: Threshold::default(),
            html_bytes: Threshold::default(),
            words: Limits::default(),
            images_bytes: u64::MAX,
            ..newsletter.clone()
        };
        Ok(Self { _folder: folder, config, newsletter })
    }

    /// Compiles and renders it.
    pub(crate) fn pull(&self) -> Pulled {
        pull(&self.config, &self.newsletter, SLOT)
    }
}

/// The pictures of the masthead; one that is not there is told where it is used.
fn bring_masthead(from: &Path, to: &Path, newsletter: &Newsletter) {
    for file in newsletter.look.nameplate.iter().flat_map(|plate| std::iter::once(&plate.light).chain(&plate.dark)) {
        let name = Path::new(file.value.trim());
        let below = name.components().all(|part| matches!(part, std::path::Component::Normal(_)));
        if let Some(parent) = to.join(name).parent().filter(|_| below) {
            drop(fs::create_dir_all(parent).and_then(|()| fs::copy(from.join(name), to.join(name))));
        }
    }
}

fn authors() -> BTreeMap<String, Author> {
    let author = |id: &str, name: &str, title: &str| {
        let author =
            Author { id: id.to_owned(), name: name.to_owned(), title: Some(title.to_owned()), ..Author::default() };
        (id.to_owned(), author)
    };
    [
        author("specimen-editor", "The Editor", "Who signs the letter, and what they do"),
        author("specimen-author", "A Reporter", "Reporter"),
    ]
    .into()
}
