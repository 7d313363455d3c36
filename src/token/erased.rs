//! What stays of somebody who was erased: a keyed hash of their address.
//!
//! It keeps lists of before from bringing them back, and tells nobody who they were: without the newsroom's secret no
//! guess at an address can be tried.

use hmac::Mac;

use super::{Key, Signer};
use crate::address::EmailAddress;

/// HMAC-SHA256 over the folded address.
pub(crate) type Mark = [u8; 32];

impl Signer {
    /// The mark that is kept of an address, by the newest key.
    pub(crate) fn mark(&self, address: &EmailAddress) -> Mark {
        self.keys[0].mark(address)
    }

    /// Every mark that may have been kept of it: keys are rotated, and marks stay.
    pub(crate) fn marks(&self, address: &EmailAddress) -> impl Iterator<Item = Mark> {
        self.keys.iter().map(|key| key.mark(address))
    }
}

impl Key {
    fn mark(&self, address: &EmailAddress) -> Mark {
        self.keyed(&["erased"], address.folded().as_bytes()).finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(text: &str) -> Signer {
        Signer::parse(text).unwrap()
    }

    fn address(text: &str) -> EmailAddress {
        EmailAddress::parse(text).unwrap()
    }

    #[test]
    fn a_mark_is_the_same_in_every_spelling_and_outlives_its_key() {
        let (old, new) = (format!("1 {}\n", "0a".repeat(32)), format!("2 {}\n", "0b".repeat(32)));
        let before = signer(&old).mark(&address("Anna@Example.org"));
        let rotated = signer(&(new + &old));
        assert!(rotated.marks(&address("anna@example.ORG")).any(|mark| mark == before));
        assert_ne!(rotated.mark(&address("anna@example.org")), before, "the newest key marks");
        assert!(rotated.marks(&address("hanna@example.org")).all(|mark| mark != before));
    }
}
