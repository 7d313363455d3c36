//! What a reader's link proves: signed tokens that work for years, and the addresses they stand in.
//!
//! A token says "the person this mail went to", and nothing more: no login, no expiry (a mail from three
//! years ago must still unsubscribe), no address and no sequence number. It carries the subscriber's random
//! id, so that no table is needed to read it, and 128 bits of HMAC-SHA256 over what it may be used for, so
//! that a poll's link cannot unsubscribe anybody. The key's number rides along: keys can be rotated while
//! the old mails' links go on working.

use std::cell::{OnceCell, RefCell};
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

mod erased;
mod pass;
mod returns;

pub(crate) use erased::Mark;
pub(crate) use pass::Pass;
pub(crate) use returns::{RETURN_LOCAL, Returned, holds_return_path};

/// The subscriber's random id: 128 bits from the system, made when the reader was added.
pub(crate) type ReaderKey = [u8; 16];

const SECRET: usize = 32;
const TAG: usize = 16;
const TOKEN: usize = 1 + size_of::<ReaderKey>() + TAG;

/// Letters of a token in an address.
pub(crate) const TOKEN_LETTERS: usize = TOKEN.div_ceil(3) * 4;

/// What a path segment keeps as it is (RFC 3986, unreserved).
const SEGMENT: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What a token may be used for; it is worth nothing for anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose<'a> {
    Unsubscribe {
        newsletter: &'a str,
    },
    Preferences,
    Poll {
        newsletter: &'a str,
        slot: &'a str,
        block: &'a str,
    },
    /// The return path of one delivery.
    Return {
        newsletter: &'a str,
        slot: &'a str,
    },
}

impl<'a> Purpose<'a> {
    fn words(self) -> [&'a str; 4] {
        match self {
            Self::Unsubscribe { newsletter } => ["unsubscribe", newsletter, "", ""],
            Self::Preferences => ["preferences", "", "", ""],
            Self::Poll { newsletter, slot, block } => ["poll", newsletter, slot, block],
            Self::Return { newsletter, slot } => ["return", newsletter, slot, ""],
        }
    }
}

/// Signs readers' tokens with the newsroom's newest key and reads those of all its keys.
#[derive(Clone)]
pub(crate) struct Signer {
    /// Newest first, never empty.
    keys: Vec<Key>,
}

#[derive(Clone)]
struct Key {
    id: u8,
    /// Keyed once; a clone of this state signs.
    mac: Hmac<Sha256>,
}

impl Signer {
    /// The fixed key of `build` and `show`: the same input makes the same bytes, and its links open nothing.
    pub(crate) fn specimen() -> Self {
        Self { keys: vec![Key::new(0, b"the specimen key opens no door..")] }
    }

    /// Reads the secret file's text: a line a key, `NUMBER HEX`, the newest first; `#` starts a comment.
    ///
    /// # Errors
    /// A sentence that names the line, never what it holds.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut keys: Vec<Key> = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let key = Key::parse(line)
                .ok_or_else(|| format!("line {number} is not a key: a number from 1 to 255, a space, 64 hex digits"))?;
            if keys.iter().any(|other| other.id == key.id) {
                return Err(format!("line {number} repeats the key number {}", key.id));
            }
            keys.push(key);
        }
        if keys.is_empty() { Err("it holds no key".to_owned()) } else { Ok(Self { keys }) }
    }

    /// The text of a new secret file with this one key.
    pub(crate) fn text_of(secret: &[u8; SECRET]) -> String {
        format!("# signs the readers' links; keep it, and keep it secret\n1 {}\n", hex(secret))
    }

    /// The token that lets the reader with this key do this.
    pub(crate) fn token(&self, purpose: Purpose<'_>, reader: &ReaderKey) -> String {
        let key = &self.keys[0];
        let mut bytes = [0; TOKEN];
        bytes[0] = key.id;
        bytes[1..=reader.len()].copy_from_slice(reader);
        bytes[1 + reader.len()..].copy_from_slice(&key.sign(purpose, reader).finalize().into_bytes()[..TAG]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Whose token this is, if it is one of ours and for this purpose; the comparison takes constant time.
    pub(crate) fn verify(&self, purpose: Purpose<'_>, token: &str) -> Option<ReaderKey> {
        let bytes: [u8; TOKEN] = URL_SAFE_NO_PAD.decode(token).ok()?.try_into().ok()?;
        let (id, rest) = bytes.split_first()?;
        let (reader, tag) = rest.split_first_chunk()?;
        let key = self.keys.iter().find(|key| key.id == *id)?;
        key.sign(purpose, reader).verify_truncated_left(tag).ok()?;
        Some(*reader)
    }
}

impl Key {
    fn new(id: u8, secret: &[u8; SECRET]) -> Self {
        Self { id, mac: Hmac::new_from_slice(secret).expect("HMAC takes a key of any length") }
    }

    fn parse(line: &str) -> Option<Self> {
        let (id, secret) = line.split_once(' ')?;
        let id = id.parse().ok().filter(|id| *id > 0)?;
        Some(Self::new(id, &unhex(secret.trim())?))
    }

    fn sign(&self, purpose: Purpose<'_>, reader: &ReaderKey) -> Hmac<Sha256> {
        self.keyed(&purpose.words(), reader)
    }

    /// Every word is preceded by its length, so that no two purposes can read alike.
    fn keyed(&self, purpose: &[&str], about: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.mac.clone();
        mac.update(&[self.id]);
        for word in purpose {
            mac.update(&(word.len() as u64).to_be_bytes());
            mac.update(word.as_bytes());
        }
        mac.update(about);
        mac
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<u8> = self.keys.iter().map(|key| key.id).collect();
        write!(f, "Signer(keys {ids:?})")
    }
}

/// One reader's addresses on the readers' pages, for one edition. Each token is signed once: a mail has the same one in
/// its head, in both parts and behind every answer of a poll.
pub(crate) struct Links<'a> {
    /// The public address of `serve`, without a trailing slash.
    serve_url: &'a str,
    newsletter: &'a str,
    slot: &'a str,
    hand: Hand<'a>,
    leave: OnceCell<String>,
    choose: OnceCell<String>,
    /// By the block of the poll.
    polls: RefCell<Vec<(String, String)>>,
}

/// Who writes the tokens.
enum Hand<'a> {
    Signs(&'a Signer, &'a ReaderKey),
    /// Nobody's tokens: each is one letter over and over, by what it would be for.
    Shows(&'a dyn Fn(Link<'_>) -> u8),
}

/// What a link in a mail lets its reader do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link<'a> {
    Leave,
    Choose,
    /// Answer the poll in this block.
    Answer(&'a str),
}

impl<'a> Links<'a> {
    pub(crate) fn new(
        serve_url: &'a str,
        newsletter: &'a str,
        slot: &'a str,
        signer: &'a Signer,
        reader: &'a ReaderKey,
    ) -> Self {
        Self::by(serve_url, newsletter, slot, Hand::Signs(signer, reader))
    }

    /// Addresses that open nothing and show where their tokens stand: each token is this letter, over and over.
    pub(crate) fn showing(
        serve_url: &'a str,
        newsletter: &'a str,
        slot: &'a str,
        letter: &'a dyn Fn(Link<'_>) -> u8,
    ) -> Self {
        Self::by(serve_url, newsletter, slot, Hand::Shows(letter))
    }

    fn by(serve_url: &'a str, newsletter: &'a str, slot: &'a str, hand: Hand<'a>) -> Self {
        let (leave, choose, polls) = (OnceCell::new(), OnceCell::new(), RefCell::default());
        Self { serve_url, newsletter, slot, hand, leave, choose, polls }
    }

    pub(crate) fn unsubscribe(&self) -> String {
        format!("{}/u/{}/{}", self.serve_url, segment(self.newsletter), self.unsubscribe_token())
    }

    pub(crate) fn unsubscribe_token(&self) -> &str {
        self.leave.get_or_init(|| self.sign(Link::Leave))
    }

    pub(crate) fn preferences(&self) -> String {
        format!("{}/p/{}", self.serve_url, self.preferences_token())
    }

    pub(crate) fn preferences_token(&self) -> &str {
        self.choose.get_or_init(|| self.sign(Link::Choose))
    }

    /// The page for one answer (0-based).
    pub(crate) fn poll(&self, block: &str, answer: usize) -> String {
        let token = self.poll_token(block);
        let (newsletter, slot, block) = (segment(self.newsletter), segment(self.slot), segment(block));
        format!("{}/poll/{newsletter}/{slot}/{block}/{answer}/{token}", self.serve_url)
    }

    /// One token a poll: the answer is the reader's to choose.
    pub(crate) fn poll_token(&self, block: &str) -> String {
        let mut polls = self.polls.borrow_mut();
        if let Some((_, token)) = polls.iter().find(|(own, _)| own == block) {
            return token.clone();
        }
        let token = self.sign(Link::Answer(block));
        polls.push((block.to_owned(), token.clone()));
        token
    }

    fn sign(&self, link: Link<'_>) -> String {
        let Self { newsletter, slot, .. } = *self;
        match self.hand {
            Hand::Shows(letter) => char::from(letter(link)).to_string().repeat(TOKEN_LETTERS),
            Hand::Signs(signer, reader) => {
                let purpose = match link {
                    Link::Leave => Purpose::Unsubscribe { newsletter },
                    Link::Choose => Purpose::Preferences,
                    Link::Answer(block) => Purpose::Poll { newsletter, slot, block },
                };
                signer.token(purpose, reader)
            }
        }
    }
}

/// A word as one path segment.
fn segment(word: &str) -> impl fmt::Display + '_ {
    utf8_percent_encode(word, &SEGMENT)
}

/// An edition's mark in Message-IDs and return paths: of its name alone, so that every version and every
/// attempt of a delivery carries the same one, and a mailbox that gets two copies shows one.
pub(crate) fn edition_mark(newsletter: &str, slot: &str) -> [u8; 8] {
    let mut hash = Sha256::new();
    for word in ["pressrun edition 1", newsletter, slot] {
        hash.update((word.len() as u64).to_be_bytes());
        hash.update(word);
    }
    let mut mark = [0; 8];
    mark.copy_from_slice(&hash.finalize()[..8]);
    mark
}

/// The edition's mark and the reader in a Message-ID of ours, `EDITION.READER@…`, both hex.
pub(crate) fn named_in(message_id: &str) -> Option<([u8; 8], ReaderKey)> {
    let (mark, rest) = message_id.split_once('.')?;
    Some((unhex(mark)?, unhex(rest.split('@').next()?)?))
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = |byte: &u8| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]].map(char::from);
    bytes.iter().flat_map(digits).collect()
}

fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANNA: ReaderKey = *b"anna's random id";
    const LEAVE: Purpose<'_> = Purpose::Unsubscribe { newsletter: "morning" };

    fn key(id: u8, fill: &str) -> String {
        format!("{id} {}\n", fill.repeat(32))
    }

    #[test]
    fn a_token_names_the_reader_it_was_made_for() {
        let signer = Signer::parse(&key(1, "a7")).unwrap();
        let token = signer.token(LEAVE, &ANNA);
        assert_eq!(token.len(), 44);
        assert_eq!(signer.verify(LEAVE, &token), Some(ANNA));
    }

    #[test]
    fn a_token_is_worth_nothing_for_another_purpose_newsletter_or_key() {
        let signer = Signer::parse(&key(1, "a7")).unwrap();
        let token = signer.token(LEAVE, &ANNA);
        assert_eq!(signer.verify(Purpose::Preferences, &token), None);
        assert_eq!(signer.verify(Purpose::Unsubscribe { newsletter: "good-news" }, &token), None);
        assert_eq!(Signer::parse(&key(1, "a8")).unwrap().verify(LEAVE, &token), None);
        assert_eq!(Signer::specimen().verify(LEAVE, &token), None);
    }

    #[test]
    fn words_cannot_slide_from_one_field_into_the_next() {
        let signer = Signer::specimen();
        let poll = |newsletter, slot, block| signer.token(Purpose::Poll { newsletter, slot, block }, &ANNA);
        assert_ne!(poll("ab", "c", "d"), poll("a", "bc", "d"));
        assert_ne!(poll("a", "b", "c"), poll("a", "bc", ""));
    }

    #[test]
    fn no_token_with_one_bit_changed_is_believed() {
        let signer = Signer::specimen();
        let good = URL_SAFE_NO_PAD.decode(signer.token(LEAVE, &ANNA)).unwrap();
        for bit in 0..good.len() * 8 {
            let mut forged = good.clone();
            forged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(signer.verify(LEAVE, &URL_SAFE_NO_PAD.encode(forged)), None, "bit {bit}");
        }
        for junk in ["", "x", "é", &"A".repeat(44), &"A".repeat(4000), "../../etc/passwd"] {
            assert_eq!(signer.verify(LEAVE, junk), None, "{junk}");
        }
    }

    #[test]
    fn links_of_old_mails_work_after_a_new_key_came() {
        let old = Signer::parse(&key(1, "a7")).unwrap();
        let both = Signer::parse(&format!("{}{}", key(2, "b8"), key(1, "a7"))).unwrap();
        assert_eq!(both.verify(LEAVE, &old.token(LEAVE, &ANNA)), Some(ANNA));
        assert_eq!(old.verify(LEAVE, &both.token(LEAVE, &ANNA)), None, "the newest key signs");
    }

    #[test]
    fn a_broken_secret_file_is_told_by_line_and_never_printed() {
        assert_eq!(Signer::parse("# nothing\n").unwrap_err(), "it holds no key");
        let error = Signer::parse(&format!("{}1 zz\n", key(2, "b8"))).unwrap_err();
        assert!(error.starts_with("line 2 is not a key"), "{error}");
        assert!(Signer::parse(&key(0, "b8")).is_err(), "0 is the specimen's number");
        assert!(Signer::parse(&key(1, "b8").repeat(2)).unwrap_err().contains("repeats"));
        let signer = Signer::parse(&key(9, "b8")).unwrap();
        assert_eq!(format!("{signer:?}"), "Signer(keys [9])");
        assert!(Signer::parse(&Signer::text_of(&[0xb8; 32])).is_ok());
    }

    #[test]
    fn links_are_addresses_whatever_the_names_hold() {
        let signer = Signer::specimen();
        let links = Links::new("https://news.example", "a/b c", "2026-11-24", &signer, &ANNA);
        assert!(links.unsubscribe().starts_with("https://news.example/u/a%2Fb%20c/"));
        assert!(links.preferences().starts_with("https://news.example/p/"));
        assert!(links.poll("b7", 2).starts_with("https://news.example/poll/a%2Fb%20c/2026-11-24/b7/2/"));
    }
}
