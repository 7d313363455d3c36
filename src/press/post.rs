//! The post: the way a single mail takes to its relay, signed as the issues are and outside of any ledger.

use chrono::{DateTime, Utc};

use crate::address::{EmailAddress, Mailbox as Named};
use crate::config::{Config, Newsletter, Relay};
use crate::deliver::{self, Note, Unsent};
use crate::dkim::Dkim;
use crate::mailbox::Mailbox;
use crate::message::Message;
use crate::press::{mailbox_for, relay_at};

/// A newsletter's relay, ready to take mail.
pub(crate) struct Post {
    pub(crate) relay: Relay,
    dkim: Option<Dkim>,
    /// Lives as long as it is sent to.
    _hosted: Option<Mailbox>,
}

impl Post {
    /// # Errors
    /// No relay of that name, no key to sign with, or no mailbox to rehearse with.
    pub(crate) fn of(config: &Config, newsletter: &Newsletter) -> Result<Self, String> {
        let relay = config.relay(newsletter)?;
        let signing = config.signing.as_ref().filter(|_| !relay.kind.signs());
        let dkim = signing.map(Dkim::load).transpose()?;
        let hosted = mailbox_for(config, relay).transpose().map_err(|error| format!("no mailbox: {error}"))?;
        let relay = relay_at(relay, hosted.as_ref().map(Mailbox::address));
        Ok(Self { relay, dkim, _hosted: hosted })
    }

    /// Signs a message and hands it over; answers what the relay said.
    ///
    /// # Errors
    /// Why it was not taken.
    pub(crate) fn send(
        &self,
        sender: &EmailAddress,
        to: &EmailAddress,
        mut message: Message<'_>,
        now: DateTime<Utc>,
    ) -> Result<String, Unsent> {
        if let Some(dkim) = &self.dkim {
            dkim.sign(now, &mut message);
        }
        deliver::one(&self.relay, sender, to, &message)
    }
}

/// A letter of the house's own to one person. It may hold a secret, and so prints nothing.
pub(crate) struct HouseLetter {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

/// Mails a letter in the house's name, by the relay of its first newsletter.
///
/// # Errors
/// Why it did not leave, in the relay's words or ours; never in the letter's.
pub(crate) fn mail(
    config: &Config,
    to: &EmailAddress,
    letter: &HouseLetter,
    now: DateTime<Utc>,
) -> Result<String, String> {
    let newsletter = config.front().ok_or("no newsletter lends the house its address")?;
    let from = Named { name: Some(config.publication.name.clone()), address: newsletter.from.address.clone() };
    let HouseLetter { subject, text, html } = letter;
    let message = Note { from: &from, to, subject, text, html: Some(html), at: now }.message()?;
    let post = Post::of(config, newsletter)?;
    post.send(&from.address, to, Message::owning(message), now).map_err(|unsent| unsent.words().to_owned())
}
