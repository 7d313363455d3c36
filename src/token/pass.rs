//! A pass: who somebody is, proved by words nobody else knows. Whoever lets them in keeps only its print.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::hex;

/// 256 bits from the system, in letters that may stand in an address and in a cookie. It prints as `****`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Pass([u8; 32]);

impl Pass {
    pub(crate) fn new(random: [u8; 32]) -> Self {
        Self(random)
    }

    /// Reads what somebody shows; none where it cannot be one.
    pub(crate) fn read(text: &str) -> Option<Self> {
        Some(Self(URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?))
    }

    /// What its bearer is given.
    pub(crate) fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What is kept of it, and looked up: it proves nothing to whoever reads it.
    pub(crate) fn print(&self) -> String {
        self.derived("print")
    }

    /// Another secret of its bearer's, for one purpose; it does not lead back here.
    pub(crate) fn derived(&self, purpose: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(format!("pressrun pass {purpose}\0"));
        hash.update(self.0);
        hex(&hash.finalize())
    }
}

impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("****")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_is_read_as_it_was_given_and_nothing_that_is_kept_of_it_opens_a_door() {
        let pass = Pass::new([7; 32]);
        assert_eq!(Pass::read(&pass.reveal()), Some(pass.clone()));
        assert_ne!(pass.print(), Pass::new([8; 32]).print());
        assert_ne!(pass.print(), pass.derived("write"));
        assert_eq!(Pass::read(&pass.print()), None);
        assert_eq!(format!("{pass:?}"), "****");
        for wrong in ["", "AAAA", &pass.reveal()[1..], "../../../etc/passwd"] {
            assert_eq!(Pass::read(wrong), None, "{wrong}");
        }
    }
}
