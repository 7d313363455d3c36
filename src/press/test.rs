//! `[TEST]` copies: the real path for named people, outside the ledger.

use chrono::{DateTime, Utc};

use crate::address::EmailAddress;
use crate::config::{Config, Newsletter};
use crate::deliver::Unsent;
use crate::edition::Reader;
use crate::press::Proof;
use crate::press::post::Post;
use crate::token::Signer;

/// More copies at once would be a mailing.
pub(crate) const MOST_TESTS: usize = 10;

/// What the relay said of a copy: taken, or why not.
pub(crate) type Said = Result<String, Unsent>;

/// Sends a copy to each address, whole or the text edition alone, and says what the relay answered: taken, or why not.
///
/// # Errors
/// No relay of that name, no key to sign with, no mailbox to rehearse with, or a relay that cannot be spoken to at all.
pub(crate) fn test(
    config: &Config,
    newsletter: &Newsletter,
    proof: &Proof,
    to: &[EmailAddress],
    text_only: bool,
    now: DateTime<Utc>,
) -> Result<Vec<(EmailAddress, Said)>, String> {
    let post = Post::of(config, newsletter)?;
    let date = now.with_timezone(&newsletter.timezone).fixed_offset();
    let edition = proof.edition(config, newsletter, Some(&post.relay), date, true)?;
    // The specimen's key: a test copy's links open nothing, so nobody is unsubscribed by trying them.
    let signer = Signer::specimen();
    let mut answers = Vec::new();
    for address in to {
        let reader = Reader { address: address.clone(), text_only, ..Reader::specimen() };
        let message = edition.stamp(&reader, &signer);
        let sender = match &config.bounces {
            Some(bounces) => edition.return_path(bounces, &reader.key, &signer),
            None => newsletter.from.address.clone(),
        };
        answers.push((address.clone(), post.send(&sender, address, message, now)));
    }
    Ok(answers)
}
