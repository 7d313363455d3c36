//! Return paths: an address of its own for every delivery, so that a mail that comes back says whose it was.
//!
//! `bounce+TOKEN@domain` (VERP). The token names edition and reader and is signed, so that nobody can get
//! a reader excluded by writing to it. It is base32 in small letters: mail servers on the way back may change
//! the case of a local part, and the same delivery is found. A local part holds 64 octets (RFC 5321,
//! 4.5.3.1.1), which is what decides the lengths here.

use hmac::Mac;

use super::{Purpose, ReaderKey, Signer, edition_mark};
use crate::address::EmailAddress;

/// Octets of the address before the `+`, at most.
pub(crate) const RETURN_LOCAL: usize = 64 - 1 - CHARACTERS;

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// The edition's mark, shortened: only there to find it quickly, for the tag is over the edition itself.
const MARK: usize = 4;
/// 80 bits of the HMAC: nobody tries addresses by the billion.
const TAG: usize = 10;
const BYTES: usize = 1 + MARK + size_of::<ReaderKey>() + TAG;
const CHARACTERS: usize = (8 * BYTES).div_ceil(5);

/// Whether return paths can be made of this address: ASCII, and short enough.
pub(crate) fn holds_return_path(address: &EmailAddress) -> bool {
    let local = address.local();
    local.len() <= RETURN_LOCAL && local.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

/// What stood in the return path of a mail that came back: not yet believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Returned([u8; BYTES]);

impl Returned {
    /// Finds the token in the address a mail was returned to, in whatever case it arrived.
    pub(crate) fn parse(address: &str) -> Option<Self> {
        let (local, _) = address.rsplit_once('@')?;
        let (_, token) = local.rsplit_once('+')?;
        decode(token).map(Self)
    }

    /// Whether it may be about this edition; `Signer::returned` proves it.
    pub(crate) fn may_be_of(&self, newsletter: &str, slot: &str) -> bool {
        self.0[1..=MARK] == edition_mark(newsletter, slot)[..MARK]
    }
}

impl Signer {
    /// The token of one delivery.
    pub(crate) fn return_token(&self, newsletter: &str, slot: &str, reader: &ReaderKey) -> String {
        let key = &self.keys[0];
        let mut bytes = [0; BYTES];
        let (head, tag) = bytes.split_at_mut(BYTES - TAG);
        head[0] = key.id;
        head[1..=MARK].copy_from_slice(&edition_mark(newsletter, slot)[..MARK]);
        head[1 + MARK..].copy_from_slice(reader);
        let signed = key.sign(Purpose::Return { newsletter, slot }, reader).finalize().into_bytes();
        tag.copy_from_slice(&signed[..TAG]);
        encode(&bytes)
    }

    /// The reader of this edition whose mail came back; `None` for a token that is not ours or of another one.
    pub(crate) fn returned(&self, newsletter: &str, slot: &str, returned: &Returned) -> Option<ReaderKey> {
        let (head, tag) = returned.0.split_at(BYTES - TAG);
        let reader: ReaderKey = head[1 + MARK..].try_into().ok()?;
        let key = self.keys.iter().find(|key| key.id == head[0])?;
        let known = returned.may_be_of(newsletter, slot);
        let signed = key.sign(Purpose::Return { newsletter, slot }, &reader).verify_truncated_left(tag);
        (known && signed.is_ok()).then_some(reader)
    }
}

/// RFC 4648 base32 in small letters, without padding.
fn encode(bytes: &[u8; BYTES]) -> String {
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
    let digit = |place: usize| (0..5).fold(0, |digit, own| digit << 1 | bit(5 * place + own));
    (0..CHARACTERS).map(|place| char::from(ALPHABET[usize::from(digit(place))])).collect()
}

/// One spelling a token but for case: bits beyond the last byte are zero.
fn decode(token: &str) -> Option<[u8; BYTES]> {
    if token.len() != CHARACTERS {
        return None;
    }
    let mut bytes = [0; BYTES];
    for (place, letter) in token.bytes().enumerate() {
        let digit = ALPHABET.iter().position(|own| *own == letter.to_ascii_lowercase())?;
        for own in (0..5).filter(|own| digit >> (4 - own) & 1 == 1) {
            let at = 5 * place + own;
            *bytes.get_mut(at / 8)? |= 1 << (7 - at % 8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn signer() -> Signer {
        Signer::parse(&format!("7 {}\n", "a7".repeat(32))).unwrap()
    }

    proptest! {
        #[test]
        fn any_folding_of_case_names_the_same_delivery(
            reader in any::<ReaderKey>(),
            slot in "[ -~é]{0,40}",
            shout in proptest::collection::vec(any::<bool>(), 64),
        ) {
            let signer = signer();
            let token = signer.return_token("morning", &slot, &reader);
            let folded: String = token.chars().zip(&shout)
                .map(|(c, up)| if *up { c.to_ascii_uppercase() } else { c }).collect();
            let returned = Returned::parse(&format!("Bounce+{folded}@News.Example")).unwrap();
            prop_assert!(returned.may_be_of("morning", &slot));
            prop_assert_eq!(signer.returned("morning", &slot, &returned), Some(reader));
            prop_assert_eq!(signer.returned("evening", &slot, &returned), None);
        }

        #[test]
        fn no_changed_token_is_believed(reader in any::<ReaderKey>(), place in 0..CHARACTERS, letter in 0..32_usize) {
            let signer = signer();
            let mut token = signer.return_token("morning", "2026-11-24", &reader).into_bytes();
            let other = ALPHABET[letter];
            prop_assume!(token[place] != other);
            token[place] = other;
            let forged = Returned::parse(&format!("b+{}@x.example", String::from_utf8(token).unwrap()));
            let believed = forged.and_then(|returned| signer.returned("morning", "2026-11-24", &returned));
            prop_assert_eq!(believed, None);
        }

        #[test]
        fn anything_may_come_back(address in any::<String>()) {
            let _nothing_panics = Returned::parse(&address);
        }
    }

    #[test]
    fn a_return_path_fits_its_64_octets_and_links_are_worth_nothing_in_it() {
        let signer = signer();
        let token = signer.return_token("morning", "2026-11-24", &[7; 16]);
        assert_eq!((token.len(), RETURN_LOCAL), (50, 13));
        let local = "abcdefghijklm";
        let address = EmailAddress::parse(&format!("{local}@news.example")).unwrap();
        assert!(holds_return_path(&address));
        assert!(EmailAddress::parse(&format!("{local}+{token}@news.example")).is_ok());
        for long in ["abcdefghijklmn@news.example", "rückläufer@news.example", "a+b@news.example"] {
            assert!(!holds_return_path(&EmailAddress::parse(long).unwrap()), "{long}");
        }
        for junk in ["bounce@news.example", "bounce+@news.example", "nobody", &format!("b+{token}a@x.example")] {
            assert_eq!(Returned::parse(junk), None, "{junk}");
        }
    }
}
