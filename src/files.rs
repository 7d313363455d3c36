//! The newsroom's files: the only place that opens issues, stories, snippets and pictures.
//!
//! Files are read when they are referred to, and names are listed once: an archive of thousands of stories
//! costs a morning's check nothing but a directory walk. What cannot be read is a finding, never a panic.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use crate::finding::{Finding, Source};

/// No text a person wrote is larger; beyond it a file is refused unread.
const LARGEST: u64 = 4 << 20;

/// Reads one text file, `path` being relative to `root` with `/` on every system.
///
/// # Errors
/// A finding named `syntax`: missing, too large, no text, or in another encoding.
pub(crate) fn read(root: &Path, path: &str) -> Result<Arc<Source>, Finding> {
    let full = root.join(path);
    let unreadable = |problem: std::io::Error| {
        let finding = Finding::error("syntax", format!("cannot read {path}: {problem}"));
        if problem.kind() == std::io::ErrorKind::NotFound {
            finding.help(format!("looked for {}", full.display()))
        } else {
            finding
        }
    };
    let file = File::open(&full).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST {
        return Err(Finding::error("syntax", format!("{path} is larger than the 4 MB a text may have"))
            .help("pictures belong into issues/images/; a story is a page of words"));
    }
    decode(path, bytes)
}

/// UTF-8 with or without a byte order mark; anything else is said at its first wrong byte.
fn decode(path: &str, bytes: Vec<u8>) -> Result<Arc<Source>, Finding> {
    let source =
        |text: &str| Arc::new(Source { path: path.to_owned(), text: text.trim_start_matches('\u{feff}').to_owned() });
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
        let what = if utf16 { "is UTF-16" } else { "is not a text" };
        return Err(Finding::error("syntax", format!("{path} {what}: there is a zero byte at {at}"))
            .help("save it as UTF-8 text"));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(source(&text)),
        Err(error) => {
            // Every byte is a character in Latin-1, so the line can be shown as it was meant.
            let at = error.utf8_error().valid_up_to();
            let bytes = error.into_bytes();
            let meant: String = bytes.iter().map(|byte| char::from(*byte)).collect();
            let start: usize = bytes[..at].iter().map(|byte| char::from(*byte).len_utf8()).sum();
            let character = char::from(bytes[at]);
            let source = Arc::new(Source { path: path.to_owned(), text: meant });
            Err(Finding::error("syntax", format!("{path} is not UTF-8"))
                .at(
                    &source,
                    start..start + character.len_utf8(),
                    format!("byte 0x{:02x}: in Latin-1 this is `{character}`", bytes[at]),
                )
                .help("save the file as UTF-8"))
        }
    }
}
