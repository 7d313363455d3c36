//! Pictures that travel inside the mail, each a part of its own that the HTML names by its id (RFC 2387, RFC 2392).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::template::Template;

/// Characters on a line of base64 (RFC 2045, 6.8).
const LINE: usize = 76;

/// A picture, and what the HTML part calls it: `cid:ID`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Enclosed<'a> {
    pub(crate) id: String,
    /// What it is saved as, by whoever saves it: letters, figures, hyphens and dots.
    pub(crate) name: String,
    /// Its media type.
    pub(crate) kind: &'a str,
    pub(crate) content: &'a [u8],
}

impl Template {
    pub(super) fn enclose(&mut self, own: &Enclosed<'_>) {
        let Enclosed { id, name, kind, content } = own;
        self.push(&format!("Content-Type: {kind}\r\nContent-ID: <{id}>\r\n"));
        self.push(&format!("Content-Disposition: inline;\r\n filename=\"{name}\"\r\n"));
        self.push("Content-Transfer-Encoding: base64\r\n\r\n");
        let text = STANDARD.encode(content);
        for line in text.as_bytes().chunks(LINE) {
            self.bytes.extend_from_slice(line);
            self.bytes.extend_from_slice(b"\r\n");
        }
    }
}
