//! The newsroom's files: the only place that opens issues, stories, snippets and pictures.
//!
//! Files are read when they are referred to, and names are listed once: an archive of thousands of stories
//! costs a morning's check nothing but a directory walk. What cannot be read is a finding, never a panic.

mod archive;
mod darkroom;
mod draft;

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use walkdir::WalkDir;

use crate::chart::{Sketch, Undrawn};
use crate::finding::{Finding, Source};
use crate::issue::IssueName;
use crate::issue::archive::{Before, Past};
use crate::issue::compile::{Library, Missing};
use crate::picture::{Negative, Picture, Unfit};

use darkroom::Darkroom;
pub(crate) use draft::{Draft, create};

/// No text a person wrote is larger; beyond it a file is refused unread.
const LARGEST_TEXT: u64 = 1 << 20;

/// No picture for a mail is larger.
pub(crate) const LARGEST_PICTURE: u64 = 16 << 20;

/// One newsroom on disk.
pub(crate) struct Newsroom {
    root: PathBuf,
    /// Paths of all stories by name, listed on first need.
    stories: OnceCell<BTreeMap<String, Vec<String>>>,
    snippets: OnceCell<BTreeMap<String, Vec<String>>>,
}

impl Newsroom {
    /// The newsroom in this folder. Nothing is read yet.
    pub(crate) fn open(root: &Path) -> Self {
        Self { root: root.to_owned(), stories: OnceCell::new(), snippets: OnceCell::new() }
    }

    /// An issue's file.
    ///
    /// # Errors
    /// A finding: missing, or unreadable.
    pub(crate) fn issue(&self, name: &IssueName) -> Result<Arc<Source>, Finding> {
        read(&self.root, &name.path())
    }

    fn stories_by_name(&self) -> &BTreeMap<String, Vec<String>> {
        self.stories.get_or_init(|| self.named("issues/stories"))
    }

    fn snippets_by_name(&self) -> &BTreeMap<String, Vec<String>> {
        self.snippets.get_or_init(|| self.named("issues/snippets"))
    }

    /// Every Markdown file below a folder by its stem. A folder that cannot be listed has no names: whatever
    /// is asked of it is then said to be missing.
    fn named(&self, folder: &str) -> BTreeMap<String, Vec<String>> {
        let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let hidden = |entry: &walkdir::DirEntry| {
            entry.depth() > 0 && entry.file_name().to_str().is_some_and(|name| name.starts_with('.'))
        };
        let walk = WalkDir::new(self.root.join(folder)).follow_links(true).max_depth(16);
        for entry in walk.into_iter().filter_entry(|entry| !hidden(entry)).flatten() {
            let (path, file) = (entry.path(), entry.file_type().is_file());
            let stem = path.file_stem().and_then(|stem| stem.to_str());
            if let (true, Some("md"), Some(stem)) = (file, path.extension().and_then(|end| end.to_str()), stem)
                && let Some(relative) = slashed(path.strip_prefix(&self.root).unwrap_or(path))
            {
                names.entry(stem.to_owned()).or_default().push(relative);
            }
        }
        names.values_mut().for_each(|paths| paths.sort());
        names
    }

    fn page(&self, names: &BTreeMap<String, Vec<String>>, name: &str) -> Result<Arc<Source>, Missing> {
        match names.get(name).map(Vec::as_slice) {
            None | Some([]) => Err(Missing::Unknown),
            Some([path]) => read(&self.root, path).map_err(|finding| Missing::Unreadable(Box::new(finding))),
            Some(paths) => Err(Missing::Twice(paths.to_vec())),
        }
    }

    /// A picture's bytes; `src` stays below `issues/`.
    fn picture_file(&self, src: &str) -> Result<Vec<u8>, Unfit> {
        let path = Path::new(src);
        let elsewhere = |what: &str, mend: &str| Unfit::Format { what: what.to_owned(), mend: mend.to_owned() };
        if src.starts_with("data:") {
            let what = "a picture written into the text";
            return Err(elsewhere(
                what,
                "save it as a file below issues/images/: few mail programs show a data: address",
            ));
        }
        if src.contains("://") {
            let what = "an address on the web";
            let mend =
                "what stands elsewhere may change: `pressrun check --network --fix` fetches it into issues/images/";
            return Err(elsewhere(what, mend));
        }
        if src.contains('\\') || !path.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(Unfit::Missing("expected a path below issues/, such as images/harbour.jpg".to_owned()));
        }
        let unreadable = |problem: std::io::Error| {
            Unfit::Missing(match problem.kind() {
                std::io::ErrorKind::NotFound => format!("no file issues/{src}"),
                _ => format!("cannot read issues/{src}: {problem}"),
            })
        };
        let file = File::open(self.root.join("issues").join(path)).map_err(unreadable)?;
        let mut bytes = Vec::new();
        file.take(LARGEST_PICTURE + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > LARGEST_PICTURE {
            return Err(elsewhere("larger than 16 MB", "export it 1072 pixels wide, which fills a mail"));
        }
        Ok(bytes)
    }
}

impl Library for Newsroom {
    fn story(&self, name: &str) -> Result<Arc<Source>, Missing> {
        self.page(self.stories_by_name(), name)
    }

    fn stories(&self) -> Vec<(String, String)> {
        let named = |(name, paths): (&String, &Vec<String>)| Some((name.clone(), paths.first()?.clone()));
        self.stories_by_name().iter().filter_map(named).collect()
    }

    fn snippet(&self, name: &str) -> Result<Arc<Source>, Missing> {
        self.page(self.snippets_by_name(), name)
    }

    fn snippets(&self) -> Vec<String> {
        self.snippets_by_name().keys().cloned().collect()
    }

    fn recent(&self, newsletter: &str, before: Before<'_>, count: usize) -> Vec<Past> {
        let mut slots = slots(&self.root, newsletter);
        slots.retain(|slot| before.takes(slot));
        let old = slots.len().saturating_sub(count);
        self.past_of(newsletter, &slots[old..])
    }

    fn appeared(&self, newsletter: &str, date: NaiveDate) -> bool {
        let (day, slots) = (date.to_string(), slots(&self.root, newsletter));
        slots.iter().any(|slot| slot.starts_with(&day))
            || slots.first().is_some_and(|first| first.as_str() > day.as_str())
    }

    fn picture(&self, src: &str) -> Result<Negative, Unfit> {
        Negative::read(src, self.picture_file(src)?)
    }

    fn develop(&self, negative: &Negative, width: u32) -> Result<Picture, Unfit> {
        let make = || negative.develop(width);
        Darkroom::of(&self.root).picture(&negative.src, &negative.key(width), make)
    }

    fn draw(&self, sketch: &Sketch<'_>) -> Result<Picture, Undrawn> {
        Darkroom::of(&self.root).picture("chart", &sketch.key(), || sketch.draw())
    }
}

/// Folders elsewhere that a link below `issues/` leads to: their files are the newsroom's too.
pub(crate) fn linked(root: &Path) -> Vec<PathBuf> {
    let walk = WalkDir::new(root.join("issues")).max_depth(16).into_iter().flatten();
    let leads = |entry: walkdir::DirEntry| {
        let link = entry.path_is_symlink() && entry.path().is_dir();
        link.then(|| fs::canonicalize(entry.path()).ok()).flatten()
    };
    walk.filter_map(leads).collect()
}

/// The slots of a newsletter's issues, oldest first: `2026-11-24`, `2026-11-24-2`, …
pub(crate) fn slots(root: &Path, newsletter: &str) -> Vec<String> {
    let Ok(folder) = fs::read_dir(root.join("issues").join(newsletter)) else { return Vec::new() };
    let slot = |entry: fs::DirEntry| {
        let slot = entry.file_name().to_str()?.strip_suffix(".toml")?.to_owned();
        let name = IssueName { newsletter: newsletter.to_owned(), slot };
        name.date().map(|_| name.slot)
    };
    let mut slots: Vec<String> = folder.flatten().filter_map(slot).collect();
    slots.sort();
    slots
}

/// `ferries-to-run-until-one`: the first words of a headline, as file names like them.
pub(crate) fn stem(headline: &str) -> String {
    const LONGEST: usize = 48;
    let plain: String = headline.to_lowercase().chars().filter(|letter| !"'\u{2019}".contains(*letter)).collect();
    let mut stem = String::new();
    for word in plain.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if !stem.is_empty() && stem.len() + 1 + word.len() > LONGEST {
            break;
        }
        if !stem.is_empty() {
            stem.push('-');
        }
        stem.push_str(word);
    }
    stem
}

/// Keeps a picture below issues/images under this name, or the next that is free; its `src`. One that is there
/// already is not kept twice.
///
/// # Errors
/// The system's own.
pub(crate) fn keep_picture(root: &Path, stem: &str, extension: &str, bytes: &[u8]) -> std::io::Result<String> {
    let mut name = format!("{stem}.{extension}");
    let mut count = 1;
    loop {
        let path = root.join("issues/images").join(&name);
        match fs::read(&path) {
            Ok(there) if there != bytes => {
                count += 1;
                name = format!("{stem}-{count}.{extension}");
            }
            Ok(_) => return Ok(format!("images/{name}")),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => write_whole(&path, bytes)?,
            Err(error) => return Err(error),
        }
    }
}

/// A path as findings write it, with `/` on every system; `None` where a name is not UTF-8.
fn slashed(path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.components().map(|part| part.as_os_str().to_str()).collect();
    Some(parts?.join("/"))
}

/// Writes a file whole, its folder too, or leaves the one that was there.
///
/// # Errors
/// The system's own.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let readable_by_all = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    let mut aside = tempfile::Builder::new().prefix(".pressrun-").permissions(readable_by_all).tempfile_in(folder)?;
    aside.write_all(bytes)?;
    aside.persist(path)?;
    Ok(())
}

/// Reads one text file, `path` being relative to `root` with `/` on every system.
///
/// # Errors
/// A finding named `syntax`: missing, too large, no text, or in another encoding.
pub(crate) fn read(root: &Path, path: &str) -> Result<Arc<Source>, Finding> {
    let full = root.join(path);
    let unreadable = |problem: std::io::Error| match problem.kind() {
        std::io::ErrorKind::NotFound => {
            Finding::error("syntax", format!("there is no file {path}")).help(format!("looked for {}", full.display()))
        }
        _ => Finding::error("syntax", format!("cannot read {path}: {problem}")),
    };
    let file = File::open(&full).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(LARGEST_TEXT + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST_TEXT {
        return Err(Finding::error("syntax", format!("{path} is larger than the 1 MB a text may have"))
            .help("pictures belong into issues/images/; a story is a page of words"));
    }
    decode(path, bytes)
}

/// UTF-8 with or without a byte order mark; anything else is said at its first wrong byte.
fn decode(path: &str, bytes: Vec<u8>) -> Result<Arc<Source>, Finding> {
    let source = |text: &str| Arc::new(Source { path: path.to_owned(), text: text.to_owned() });
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
        let what = if utf16 { "is UTF-16, not UTF-8".to_owned() } else { format!("is not a text: byte {at} is zero") };
        return Err(Finding::error("syntax", format!("{path} {what}")).help("save the file as UTF-8 text"));
    }
    let error = match String::from_utf8(bytes) {
        Ok(text) => return Ok(source(text.strip_prefix('\u{feff}').unwrap_or(&text))),
        Err(error) => error,
    };
    // Every byte is a character in Latin-1, so the line can be shown as it was meant.
    let at = error.utf8_error().valid_up_to();
    let bytes = error.into_bytes();
    let meant: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    let start: usize = bytes[..at].iter().map(|byte| char::from(*byte).len_utf8()).sum();
    let character = char::from(bytes[at]);
    let label = format!("byte 0x{:02x}: in Latin-1 this is `{character}`", bytes[at]);
    let finding = Finding::error("syntax", format!("{path} is not UTF-8"));
    Err(finding.at(&source(&meant), start..start + character.len_utf8(), label).help("save the file as UTF-8"))
}

#[cfg(test)]
mod tests;
