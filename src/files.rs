//! The newsroom's files: the only place that opens issues, stories, snippets and pictures.
//!
//! Files are read when they are referred to, and names are listed once: an archive of thousands of stories
//! costs a morning's check nothing but a directory walk. What cannot be read is a finding, never a panic.

mod archive;
mod draft;

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Cursor, Read as _};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use crate::finding::{Finding, Source};
use crate::issue::IssueName;
use crate::issue::archive::Past;
use crate::issue::compile::{Library, Missing};
use crate::story::{Picture, PictureKind};

pub(crate) use draft::{Draft, create};

/// No text a person wrote is larger; beyond it a file is refused unread.
const LARGEST_TEXT: u64 = 4 << 20;

/// No picture for a mail is larger.
const LARGEST_PICTURE: u64 = 16 << 20;

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

    /// The bytes of a picture, proved to be those of this hash.
    ///
    /// # Errors
    /// It is gone, or another picture now.
    pub(crate) fn picture_bytes(&self, src: &str, hash: &str) -> Result<Vec<u8>, String> {
        let bytes = self.picture_file(src)?;
        if hex(&Sha256::digest(&bytes)) == hash {
            Ok(bytes)
        } else {
            Err(format!("the picture issues/{src} is another one now"))
        }
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
    fn picture_file(&self, src: &str) -> Result<Vec<u8>, String> {
        let path = Path::new(src);
        if src.contains('\\') || !path.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err("expected a path below issues/, such as images/harbour.jpg".to_owned());
        }
        let unreadable = |problem: std::io::Error| match problem.kind() {
            std::io::ErrorKind::NotFound => format!("no file issues/{src}"),
            _ => format!("cannot read issues/{src}: {problem}"),
        };
        let file = File::open(self.root.join("issues").join(path)).map_err(unreadable)?;
        let mut bytes = Vec::new();
        file.take(LARGEST_PICTURE + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > LARGEST_PICTURE {
            return Err("larger than 16 MB: no mail program would load it".to_owned());
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

    fn recent(&self, newsletter: &str, before: &str, count: usize) -> Vec<Past> {
        let mut slots = slots(&self.root, newsletter);
        slots.retain(|slot| slot.as_str() < before);
        let old = slots.len().saturating_sub(count);
        self.past_of(newsletter, &slots[old..])
    }

    fn picture(&self, src: &str) -> Result<Picture, String> {
        let bytes = self.picture_file(src)?;
        let (kind, width, height) = measure(&bytes)?;
        let hash = hex(&Sha256::digest(&bytes));
        Ok(Picture { src: src.to_owned(), hash, kind, width, height, bytes: bytes.len() as u64 })
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

/// What the bytes say of themselves: only their head is decoded.
fn measure(bytes: &[u8]) -> Result<(PictureKind, u32, u32), String> {
    let not_shown = "mail programs show PNG, JPEG and GIF";
    if let Some(size) = gif(bytes) {
        return Ok((PictureKind::Gif, size.0, size.1));
    }
    let format = image::guess_format(bytes).map_err(|_| format!("not a picture: {not_shown}"))?;
    let kind = match format {
        image::ImageFormat::Png => PictureKind::Png,
        image::ImageFormat::Jpeg => PictureKind::Jpeg,
        other => {
            return Err(format!(
                "{} pictures are not shown everywhere: {not_shown}",
                other.extensions_str().first().unwrap_or(&"such")
            ));
        }
    };
    let reader = image::ImageReader::with_format(Cursor::new(bytes), format);
    match reader.into_dimensions() {
        Ok((width, height)) if width > 0 && height > 0 => Ok((kind, width, height)),
        Ok(_) => Err("an empty picture".to_owned()),
        Err(problem) => Err(format!("a broken picture: {problem}")),
    }
}

/// The size in a GIF's head (GIF89a, 18).
fn gif(bytes: &[u8]) -> Option<(u32, u32)> {
    let rest = bytes.strip_prefix(b"GIF87a").or_else(|| bytes.strip_prefix(b"GIF89a"))?;
    let [w0, w1, h0, h1, ..] = rest else { return None };
    let size = (u32::from(u16::from_le_bytes([*w0, *w1])), u32::from(u16::from_le_bytes([*h0, *h1])));
    (size.0 > 0 && size.1 > 0).then_some(size)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
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

/// A path as findings write it, with `/` on every system; `None` where a name is not UTF-8.
fn slashed(path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.components().map(|part| part.as_os_str().to_str()).collect();
    Some(parts?.join("/"))
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
        return Err(Finding::error("syntax", format!("{path} is larger than the 4 MB a text may have"))
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
