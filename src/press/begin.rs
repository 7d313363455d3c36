//! Beginning an issue: a copy of its newsletter's template, or the skeleton of an issue of the past.

use chrono::NaiveDate;

use crate::config::{Config, Newsletter};
use crate::edit;
use crate::files::{self, Draft};
use crate::finding::Finding;
use crate::issue::{self, IssueName};

/// Whose lines a new issue begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// The newsletter's `template.toml`; without one the least an issue has.
    Template,
    /// The blocks of the issue of this slot, without its news.
    Past(String),
}

/// Why no issue was begun; nothing was written.
#[derive(Debug)]
pub(crate) enum NotBegun {
    /// The pattern cannot be read.
    Unreadable(Box<Finding>),
    /// The pattern's lines make no skeleton.
    Shapeless(String),
    /// There is one already, or it cannot be written.
    InTheWay(String),
}

/// An issue on the desk.
#[derive(Debug)]
pub(crate) struct Begun {
    pub(crate) path: String,
    /// The newsletter has no template, so the issue is bare.
    pub(crate) bare: bool,
}

/// The path of a newsletter's template, from the newsroom's root.
pub(crate) fn template(newsletter: &Newsletter) -> String {
    path(newsletter, "template")
}

/// Writes the file of a new issue. What has to be written in it is marked TK; nothing is overwritten.
///
/// # Errors
/// There is one already, or the pattern does not read.
pub(crate) fn begin(
    config: &Config,
    newsletter: &Newsletter,
    slot: &str,
    pattern: &Pattern,
) -> Result<Begun, NotBegun> {
    let read = |path: &str| {
        let draft = Draft::open(&config.root, path);
        draft.map(|draft| draft.source.text.clone()).map_err(|finding| NotBegun::Unreadable(Box::new(finding)))
    };
    let bare = *pattern == Pattern::Template && !config.root.join(template(newsletter)).exists();
    let lines = match pattern {
        Pattern::Template if bare => BARE.to_owned(),
        Pattern::Template => read(&template(newsletter))?,
        Pattern::Past(past) => {
            edit::skeleton(&read(&path(newsletter, past))?).map_err(|refusal| NotBegun::Shapeless(refusal.message))?
        }
    };
    let day = issue::date_of(slot).map_or_else(|| slot.to_owned(), written);
    let path = path(newsletter, slot);
    let headed = edit::headed(&lines.replace(&format!("# {FOR_ONCE}\n"), ""), &format!("{}, {day}", newsletter.title));
    files::create(&config.root, &path, &headed).map_err(NotBegun::InTheWay)?;
    if *pattern == Pattern::Template && !bare {
        take_corrections_along(config, newsletter).map_err(NotBegun::InTheWay)?;
    }
    Ok(Begun { path, bare })
}

/// What stands above a correction in a template.
pub(crate) const FOR_ONCE: &str = "For the next issue only: `pressrun new` takes it along, and out of this template.";

/// A correction is printed once: the issue that was just begun has it now, and the template no more.
fn take_corrections_along(config: &Config, newsletter: &Newsletter) -> Result<(), String> {
    let draft = Draft::open(&config.root, &template(newsletter)).map_err(|finding| finding.title)?;
    match edit::without_corrections(&draft.source.text) {
        Ok(Some(rest)) => draft.save(&rest),
        Ok(None) => Ok(()),
        Err(refusal) => Err(refusal.message),
    }
}

fn path(newsletter: &Newsletter, slot: &str) -> String {
    IssueName { newsletter: newsletter.id.clone(), slot: slot.to_owned() }.path()
}

/// “Tuesday 24 November 2026”.
fn written(date: NaiveDate) -> String {
    date.format("%A %-d %B %Y").to_string()
}

pub(crate) const BARE: &str = "\
subject   = \"TK\"
preheader = \"TK\"

[[block]]
type = \"letter\"
text = \"\"\"
TK
\"\"\"

[[block]]
type  = \"story\"
label = \"The big story\"
story = \"TK\"
show  = \"full\"

[[block]]
type    = \"list\"
label   = \"Also today\"
show    = \"teaser\"
stories = []
";
