//! The page the demo ends with, and the files beside it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use mail_parser::{Message, MessageParser};

use crate::cli::{Failure, World};
use crate::config;
use crate::ledger::State;
use crate::press;
use crate::render::{Inbox, InboxRow, inbox};
use crate::store::{Purpose, Store};

/// What was written.
pub(super) struct Page {
    pub(super) path: PathBuf,
    pub(super) messages: usize,
    pub(super) inboxes: usize,
}

/// Reads every mail as a stranger would, and writes the page with one of them open.
pub(super) fn write(_world: &World, folder: &Path, slot: &str, mails: &[PathBuf]) -> Result<Page, Failure> {
    let failed = |error: std::io::Error| Failure::unexpected(format_args!("could not write the page: {error}"));
    let config = config::load(folder, &[]).map_err(|_| Failure::unexpected("the demo's config does not read"))?;
    let newsletter =
        config.newsletters.get("morning").ok_or_else(|| Failure::unexpected("the sample has no morning"))?;
    let store = Store::open(&config.store.path)?;
    let edition = store
        .edition(&newsletter.id, slot, Purpose::Rehearsal)?
        .ok_or_else(|| Failure::unexpected("the demo's edition is gone"))?;

    let mut copies: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut shown = None;
    for path in mails {
        let bytes = fs::read(path).map_err(failed)?;
        let Some((message, to)) = read(&bytes) else {
            return Err(Failure::unexpected(format_args!("{} is no mail", path.display())));
        };
        let link = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().into_owned();
        copies.entry(to).or_default().push(link);
        if shown.is_none() {
            shown = Some(Shown::of(&message, &bytes));
        }
    }
    let shown = shown.ok_or_else(|| Failure::unexpected("no mail arrived"))?;

    let mut html = shown.html;
    if let Some(proof) = press::pull(&config, newsletter, slot).proof {
        fs::create_dir_all(folder.join("images")).map_err(failed)?;
        for picture in &proof.pictures {
            fs::write(folder.join("images").join(&picture.file_name), &picture.content).map_err(failed)?;
        }
        html = proof.with_pictures_at("images/", &html, &config);
    }
    fs::write(folder.join("received-issue.html"), html).map_err(failed)?;

    let mut rows = Vec::new();
    for state in State::ALL {
        store.each_delivery(edition.id, state, |trace| {
            rows.push(InboxRow {
                copies: copies.get(&trace.address).cloned().unwrap_or_default(),
                address: trace.address,
                state,
                reply: trace.reply.unwrap_or_default(),
            });
        })?;
    }
    let page = inbox(&Inbox {
        publication: &config.publication.name,
        newsletter: &newsletter.title,
        subject: &edition.subject,
        counts: store.counts(edition.id)?,
        html_file: "received-issue.html",
        text: &shown.text,
        headers: &shown.headers,
        readers: &rows,
    });
    let path = folder.join("received.html");
    fs::write(&path, page).map_err(failed)?;
    Ok(Page { path, messages: mails.len(), inboxes: copies.len() })
}

/// The mail that lies open on the page.
struct Shown {
    html: String,
    text: String,
    headers: String,
}

impl Shown {
    fn of(message: &Message<'_>, bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(bytes.len());
        Self {
            html: message.body_html(0).unwrap_or_default().into_owned(),
            text: message.body_text(0).unwrap_or_default().into_owned(),
            headers: String::from_utf8_lossy(&bytes[..end]).into_owned(),
        }
    }
}

fn read(bytes: &[u8]) -> Option<(Message<'_>, String)> {
    let message = MessageParser::default().parse(bytes)?;
    let to = message.to()?.first()?.address()?.to_owned();
    Some((message, to))
}
