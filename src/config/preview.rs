//! `[preview]`: the text editor that opens a file, and the editors who come to the desk from elsewhere.

use std::collections::BTreeMap;

use crate::address::EmailAddress;
use crate::config::read::{Reading, host, texts};
use crate::config::tree::{Table, Text};
use crate::finding::{Finding, nearest};
use crate::story::Author;

/// The desk's address behind a proxy, and who may come in there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Door {
    /// `https://desk.lantern.example`, nothing behind the host and its port.
    pub(crate) url: String,
    /// Never empty.
    pub(crate) editors: Vec<Editor>,
}

/// Somebody who logs in: a name of `[authors]`, and where their link is mailed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Editor {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) address: EmailAddress,
}

impl Door {
    /// The host a browser calls the desk by, in lower case, without a port.
    pub(crate) fn host(&self) -> String {
        host(&self.url).unwrap_or_default().to_ascii_lowercase()
    }

    pub(crate) fn editor(&self, id: &str) -> Option<&Editor> {
        self.editors.iter().find(|editor| editor.id == id)
    }

    /// Whose address this is, however it is spelt.
    pub(crate) fn editor_at(&self, address: &EmailAddress) -> Option<&Editor> {
        self.editors.iter().find(|editor| editor.address.folded() == address.folded())
    }
}

/// A command is words, never a line for a shell: a file's name may hold anything.
pub(super) fn editor(table: &Table, out: &mut Reading) -> Vec<String> {
    let Some(list) = table.table("preview").and_then(|preview| preview.get("editor")) else { return Vec::new() };
    let words = texts(table.table("preview").unwrap_or(&Table::default()), "editor");
    if !words.is_empty() && !words.iter().any(|word| word.contains("{file}")) {
        let finding = Finding::error("config", "this editor is not told which file it is to open");
        let label = "add \"{file}\", and \"{line}\" where it takes one";
        out.findings.push(finding.at(&list.source, list.span.clone(), label));
    }
    words
}

/// Both or neither: an address nobody may come in at is shut, and editors without one have nowhere to go.
pub(super) fn door(table: &Table, authors: &BTreeMap<String, Author>, out: &mut Reading) -> Option<Door> {
    let preview = table.table("preview")?;
    let named = preview.list("editors");
    match preview.text("url") {
        Some(url) if named.is_empty() => {
            out.bad(&url, "nobody may log in at this address", "add a line `editors = […]`: names of [authors]");
            None
        }
        Some(url) => {
            let address = address(&url, out);
            let mut editors: Vec<Editor> = Vec::new();
            for name in named.iter().filter_map(|name| name.text()) {
                editors.extend(named_editor(&name, authors, &editors, out));
            }
            address.filter(|_| !editors.is_empty()).map(|url| Door { url, editors })
        }
        None => {
            if let Some(list) = preview.get("editors").filter(|_| !named.is_empty()) {
                let finding = Finding::error("config", "these editors have no address to log in at");
                let label = "add a line `url = \"https://…\"`";
                out.findings.push(finding.at(&list.source, list.span.clone(), label));
            }
            None
        }
    }
}

/// An address a browser keeps a login for: https, or this machine's own; and a host of the desk's own, for a login is
/// good for all of it.
fn address(url: &Text, out: &mut Reading) -> Option<String> {
    let text = url.value.trim_end_matches('/');
    let (scheme, rest) = text.split_once("://").unwrap_or_default();
    let name = host(text).unwrap_or_default().to_ascii_lowercase();
    let is_here = name == "localhost" || name.ends_with(".localhost") || name == "127.0.0.1";
    let is_bare = !rest.contains(|c: char| c.is_whitespace() || c.is_control() || "/?#@\"<>`\\".contains(c));
    if !(scheme == "https" || scheme == "http" && is_here) || name.is_empty() {
        out.bad(url, "no browser keeps a login for this address", "https:// and a host");
        return None;
    }
    if !is_bare {
        out.bad(url, "the desk has a host of its own", "https:// and a host, with nothing behind it");
        return None;
    }
    Some(text.to_owned())
}

/// A name of `[authors]` whose address nobody else logs in with.
fn named_editor(
    name: &Text,
    authors: &BTreeMap<String, Author>,
    before: &[Editor],
    out: &mut Reading,
) -> Option<Editor> {
    let Some(author) = authors.get(&name.value) else {
        let finding = Finding::error("config", format!("there is no author `{}` to log in", name.value));
        let near = nearest(&name.value, authors.keys().map(String::as_str));
        out.suggest(finding, name, near, "expected a name of [authors]");
        return None;
    };
    let Some(email) = &author.email else {
        let title = format!("`{}` has no address that a link could be mailed to", name.value);
        out.bad(name, title, &format!("a line `email = \"…\"` in [authors.{}]", name.value));
        return None;
    };
    // One that is none was told where it stands.
    let address = EmailAddress::parse(email).ok()?;
    if let Some(other) = before.iter().find(|other| other.address.folded() == address.folded()) {
        let title = match other.id == author.id {
            true => format!("`{}` is named twice", author.id),
            false => format!("`{}` has the address of `{}`: nobody could tell them apart", author.id, other.id),
        };
        out.bad(name, title, "each editor once, with an address of their own");
        return None;
    }
    Some(Editor { id: author.id.clone(), name: author.name.clone(), address })
}
