//! Vouching: a person says that this, byte for byte, is what the readers are to get.
//!
//! What is asked first, what is bound, and where it stands afterwards; a terminal and a browser ask the same.

use chrono::{DateTime, Utc};

use crate::address::Mailbox;
use crate::books::{plural, thousands};
use crate::config::{Approval as Rule, Config, Newsletter};
use crate::press::{Proof, swings, whom};
use crate::store::{Approval, Event, Store, StoreError, Whom};

/// An issue in the hands of somebody who is to vouch for it.
pub(crate) struct Vouching<'a> {
    config: &'a Config,
    newsletter: &'a Newsletter,
    pub(crate) proof: Proof,
    /// Readers it would go to now.
    pub(crate) audience: u64,
    /// How many of these get the text edition alone.
    pub(crate) text_only: u64,
    /// Readers the last edition went to.
    pub(crate) last: Option<u64>,
}

/// Why nobody can vouch for it.
#[derive(Debug)]
pub(crate) enum Unfit {
    /// Another person has to, or another store.
    NotReady(String),
    /// The settings are wrong.
    Settings(String),
    /// What it is made of is not what it was a moment ago.
    Changed(String),
    Store(StoreError),
}

impl From<StoreError> for Unfit {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl std::fmt::Display for Unfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotReady(why) | Self::Settings(why) | Self::Changed(why) => f.write_str(why),
            Self::Store(error) => write!(f, "{error}"),
        }
    }
}

impl<'a> Vouching<'a> {
    /// # Errors
    /// The store cannot be read, or nobody has the issue that this one goes to the readers of.
    pub(crate) fn begin(
        config: &'a Config,
        newsletter: &'a Newsletter,
        store: &Store,
        proof: Proof,
        now: DateTime<Utc>,
    ) -> Result<Self, Unfit> {
        let whom = whom(store, newsletter, &proof.audience)?;
        let audience = store.audience_of(&newsletter.id, whom, now)?;
        let text_only = store.audience_of_text(&newsletter.id, whom, now)?;
        // Those who got one issue are no list that could swing.
        let last = if whom == Whom::Everybody { store.last_audience(&newsletter.id)? } else { None };
        Ok(Self { config, newsletter, proof, audience, text_only, last })
    }

    /// What no program can check.
    pub(crate) fn questions(&self) -> &[String] {
        self.config.checklist.get(&self.newsletter.id).map_or(&[], Vec::as_slice)
    }

    /// Where the list is not what it was: the sentence that says so. The number of readers is typed then, because a
    /// list that halves overnight was broken, not abandoned.
    pub(crate) fn swing(&self) -> Option<String> {
        let last = self.last.filter(|last| swings(*last, self.audience, self.newsletter.audience_swing))?;
        Some(format!("the list went from {} to {}", thousands(last), plural(self.audience, "reader")))
    }

    /// Whether this person may vouch for it, and here: to be asked before any question is.
    ///
    /// # Errors
    /// The store is a copy; or a second person is wanted, and this is the first, or nobody knows who is who.
    pub(crate) fn must_be_fit(&self, store: &Store, by: &str) -> Result<(), Unfit> {
        if let Some(why) = store.foreign()? {
            let path = store.path().display();
            return Err(Unfit::NotReady(format!("nothing is approved in the store `{path}`: {why}")));
        }
        match self.newsletter.approval {
            Rule::SecondPerson => self.must_be_another(by),
            Rule::Required | Rule::Optional => Ok(()),
        }
    }

    fn must_be_another(&self, by: &str) -> Result<(), Unfit> {
        let title = &self.newsletter.title;
        let Some(editor) = &self.proof.editor else {
            let missing = "this issue does not say who edits it: name them in its key `editor`";
            return Err(Unfit::NotReady(format!("{title} wants a second person, and {missing}")));
        };
        if by == NOBODY {
            return Err(Unfit::NotReady(format!(
                "{title} wants a second person, and nobody knows who you are: `--by NAME`"
            )));
        }
        let authors = self.config.authors.values().filter(|author| author.name == *editor);
        let known_as = authors.flat_map(|author| [Some(&author.id), author.email.as_ref()]).flatten();
        let editors: Vec<String> = known_as.chain([editor]).flat_map(|name| spellings(name)).collect();
        if spellings(by).iter().any(|name| editors.contains(name)) {
            let who = if by == editor { editor.clone() } else { format!("`{by}` is {editor}, who") };
            return Err(Unfit::NotReady(format!("{who} edits this issue: {title} wants a second person")));
        }
        Ok(())
    }

    /// The hash an approval would bind.
    ///
    /// # Errors
    /// The settings make no mail of it.
    pub(crate) fn content(&self) -> Result<String, Unfit> {
        self.proof.content(self.config, self.newsletter).map_err(Unfit::Settings)
    }

    /// Binds the content to a name, with the pictures, and writes the log.
    ///
    /// # Errors
    /// The store is a copy, the same person wrote the issue, or a picture changed meanwhile.
    pub(crate) fn vouch(self, store: &mut Store, by: &str, now: DateTime<Utc>) -> Result<(Proof, Approval), Unfit> {
        self.must_be_fit(store, by)?;
        let (newsletter, swing) = (self.newsletter, self.swing());
        let hash = self.content()?;
        let proof = self.proof;
        let parts = Some(proof.write().map_err(Unfit::Changed)?);
        let approval = Approval { hash, audience: self.audience, by: by.to_owned(), at: now, parts };
        store.approve(&newsletter.id, &proof.slot, &approval)?;
        let swing = swing.map(|swing| format!("; {swing}")).unwrap_or_default();
        let for_whom = plural(self.audience, "reader");
        let detail = format!("{} for {for_whom} ({}){swing}", proof.subject, &approval.hash[..12]);
        let event = Event { at: now, who: by.to_owned(), what: "approved".to_owned(), detail };
        store.note(&newsletter.id, &proof.slot, &event)?;
        Ok((proof, approval))
    }
}

/// Takes an approval back, and writes the log; false where there was none.
///
/// # Errors
/// The store cannot be written.
pub(crate) fn withdraw(
    store: &mut Store,
    newsletter: &Newsletter,
    slot: &str,
    by: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let taken = store.unapprove(&newsletter.id, slot)?;
    if taken {
        let event = Event { at: now, who: by.to_owned(), what: "unapproved".to_owned(), detail: String::new() };
        store.note(&newsletter.id, slot, &event)?;
    }
    Ok(taken)
}

/// Who decides where neither a name was given nor the system knows one.
pub(crate) const NOBODY: &str = "somebody";

/// What a person's name, id or address shares with all its spellings: letters and digits in lower case, for the
/// whole of it and for each of its parts that names them by itself.
fn spellings(name: &str) -> Vec<String> {
    let folded = |name: &str| -> String {
        name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let parts = Mailbox::parse(name).map_or_else(
        |_| vec![name.to_owned()],
        |Mailbox { name, address }| {
            name.into_iter().chain([address.as_str().to_owned(), address.local().to_owned()]).collect()
        },
    );
    parts.iter().map(|part| folded(part)).filter(|part| !part.is_empty()).collect()
}

/// Where the approval of an issue stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    NotNeeded,
    Missing,
    Given {
        by: String,
        at: DateTime<Utc>,
    },
    /// The issue is not what was approved any more.
    Outdated {
        by: String,
    },
}

impl Standing {
    /// # Errors
    /// The store cannot be read, or the settings make no mail of the proof.
    pub(crate) fn of(
        config: &Config,
        newsletter: &Newsletter,
        store: &Store,
        slot: &str,
        proof: Option<&Proof>,
    ) -> Result<Self, Unfit> {
        if newsletter.approval == Rule::Optional {
            return Ok(Self::NotNeeded);
        }
        let Some(approval) = store.approval(&newsletter.id, slot)? else { return Ok(Self::Missing) };
        let content = proof.map(|proof| proof.content(config, newsletter)).transpose().map_err(Unfit::Settings)?;
        Ok(if content.is_some_and(|content| content == approval.hash) {
            Self::Given { by: approval.by, at: approval.at }
        } else {
            Self::Outdated { by: approval.by }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_has_many_spellings_and_two_persons_share_none() {
        let same = |one: &str, other: &str| spellings(one).iter().any(|name| spellings(other).contains(name));
        for other in ["maren oduya", "Maren-Oduya", "MAREN_ODUYA", "Maren Oduya <desk@quay.test>", " Maren  Oduya"] {
            assert!(same("Maren Oduya", other), "{other}");
        }
        for other in ["moduya", "MOduya@Quay.test", "Somebody Else <moduya@quay.test>"] {
            assert!(same("moduya@quay.test", other), "{other}");
        }
        assert!(same("ZOË NÚÑEZ", "zoë-núñez") && same("山田", "山田"));
        assert!(!same("Maren Oduya", "Maren") && !same("Ada", "Ben") && !same("!!", "??"));
    }
}
