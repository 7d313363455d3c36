//! Stamps each reader of an edition in: their copy of the version they were granted, signed where the relay does not
//! sign, and where it is returned to.

use std::collections::BTreeMap;

use crate::address::EmailAddress;
use crate::cli::Failure;
use crate::clock;
use crate::config::{Config, Newsletter, Relay};
use crate::deliver::Stamp;
use crate::dkim::Dkim;
use crate::edition::{Edition as Frozen, Reader};
use crate::ledger::Grant;
use crate::message::Message;
use crate::store::{Edition, Store};
use crate::token::Signer;

/// Every version of an edition, by number.
pub(super) type Versions = BTreeMap<u32, Frozen>;

/// Every version of the edition, its bytes proved to be those that were frozen (I6).
pub(super) fn versions(store: &Store, edition: &Edition) -> Result<Versions, Failure> {
    (1..=edition.version)
        .map(|number| {
            let version = store.version(edition.id, number)?;
            let frozen = Frozen::thaw(version.bytes, &version.cuts, &version.hash).map_err(Failure::unexpected)?;
            Ok((number, frozen))
        })
        .collect()
}

pub(super) struct Stamper<'a> {
    pub(super) versions: &'a Versions,
    pub(super) signer: &'a Signer,
    pub(super) dkim: Option<&'a Dkim>,
    pub(super) config: &'a Config,
    pub(super) newsletter: &'a Newsletter,
}

impl Stamp for Stamper<'_> {
    fn message(&self, grant: &Grant, relay: &Relay) -> Message<'_> {
        // The ledger only names versions the store has; an empty message is refused before it leaves.
        let Some(version) = self.versions.get(&grant.version) else { return Message::default() };
        let mut message = version.stamp(&Reader::from(grant), self.signer);
        if let Some(dkim) = self.dkim.filter(|_| !relay.kind.signs()) {
            dkim.sign(clock::now(), &mut message);
        }
        message
    }

    fn return_path(&self, grant: &Grant) -> EmailAddress {
        match (&self.config.bounces, self.versions.get(&grant.version)) {
            (Some(bounces), Some(version)) => version.return_path(bounces, &grant.key, self.signer),
            _ => self.newsletter.from.address.clone(),
        }
    }
}
