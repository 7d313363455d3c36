//! A message and the addresses on its envelope, made ready for one relay.
//!
//! Everything that can be known to be wrong is found here, before a byte leaves. The message itself is not
//! copied: its pieces leave from where they lie, unless a line of it begins with a dot.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::address::EmailAddress;
use crate::message::Message;
use crate::pace::Answer;

use super::offers::Offers;

/// One message to one reader.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letter<'a> {
    /// Where returned mail goes.
    pub(super) sender: &'a EmailAddress,
    pub(super) to: &'a EmailAddress,
    /// Not dot-stuffed.
    pub(super) message: &'a Message<'a>,
}

/// A letter as it goes over the wire.
#[derive(Debug)]
pub(super) struct Packed<'a> {
    /// MAIL, RCPT and DATA, a line each.
    pub(super) envelope: String,
    /// Dot-stuffed, without the final dot.
    pub(super) body: Cow<'a, Message<'a>>,
}

/// Why a letter cannot be handed to this relay; nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unfit {
    pub(super) answer: Answer,
    pub(super) words: String,
}

impl<'a> Letter<'a> {
    /// Makes a letter ready for a relay with these offers.
    ///
    /// # Errors
    /// The message is none SMTP can carry, too large, or the relay cannot take such a text or address.
    pub(super) fn pack(&self, offers: &Offers) -> Result<Packed<'a>, Unfit> {
        let Self { sender, to, message } = *self;
        let look = message.look();
        let unwanted = |words: String| Unfit { answer: Answer::Unwanted, words };
        if !look.is_whole() {
            return Err(unwanted("the message has a line that does not end in CRLF; nothing was sent".to_owned()));
        }
        let mut envelope = String::with_capacity(2 * 300);
        let _infallible = write!(envelope, "MAIL FROM:<{sender}>");
        if let Some(limit) = offers.size {
            if limit > 0 && message.len() > limit {
                let size = message.len();
                return Err(unwanted(format!(
                    "the message has {size} bytes and the relay takes {limit}; nothing was sent"
                )));
            }
            let _infallible = write!(envelope, " SIZE={}", message.len());
        }
        if !look.is_ascii() {
            if !offers.eight_bit {
                return Err(unwanted(
                    "the message has 8-bit text and the relay takes none; nothing was sent".to_owned(),
                ));
            }
            envelope.push_str(" BODY=8BITMIME");
        }
        if !sender.as_str().is_ascii() || !to.as_str().is_ascii() {
            if !offers.utf8 {
                return Err(beyond_ascii(sender));
            }
            envelope.push_str(" SMTPUTF8");
        }
        let _infallible = write!(envelope, "\r\nRCPT TO:<{to}>\r\nDATA\r\n");
        let body = if look.has_dots() { Cow::Owned(stuffed(message)) } else { Cow::Borrowed(message) };
        Ok(Packed { envelope, body })
    }
}

/// Whose address it is decides whom it is about: one reader, or the newsletter and so everybody.
fn beyond_ascii(sender: &EmailAddress) -> Unfit {
    let answer = if sender.as_str().is_ascii() { Answer::NotByThisRelay } else { Answer::RefusesSender };
    Unfit { answer, words: "the relay takes no addresses beyond ASCII (SMTPUTF8); nothing was sent".to_owned() }
}

/// The message with its dots doubled (RFC 5321, 4.5.2).
fn stuffed(message: &Message<'_>) -> Message<'static> {
    let mut out = Vec::with_capacity(message.len() + 16);
    let lines = message.pieces().flat_map(|piece| piece.split_inclusive(|byte| *byte == b'\n'));
    for line in lines {
        // A piece may begin in the middle of a line.
        if line.starts_with(b".") && out.last().is_none_or(|before| *before == b'\n') {
            out.push(b'.');
        }
        out.extend_from_slice(line);
    }
    Message::owning(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Look;

    fn packed(message: &[u8], offers: Offers) -> Result<(String, Vec<u8>), Unfit> {
        let (sender, to) = (address("desk@news.example"), address("anna@reader.example"));
        let message = Message::owning(message.to_vec());
        let letter = Letter { sender: &sender, to: &to, message: &message };
        letter.pack(&offers).map(|packed| (packed.envelope, packed.body.to_vec()))
    }

    fn address(text: &str) -> EmailAddress {
        EmailAddress::parse(text).unwrap()
    }

    #[test]
    fn dots_are_doubled_and_a_message_without_any_is_not_copied() {
        let body = |message: &[u8]| packed(message, Offers::default()).unwrap().1;
        assert_eq!(body(b"a\r\n.\r\n..b\r\nc.\r\n"), b"a\r\n..\r\n...b\r\nc.\r\n");
        assert_eq!(body(b".\r\n"), b"..\r\n");
        let pieces: [&[u8]; 4] = [b"a", b".b\r", b"\n", b".\r\n"];
        let mut message = Message::default();
        pieces.into_iter().for_each(|piece| message.share(piece, Look::at(piece)));
        assert_eq!(stuffed(&message).to_vec(), b"a.b\r\n..\r\n", "where a line begins, not where a piece does");
        let (sender, to) = (address("desk@news.example"), address("anna@reader.example"));
        let message = Message::owning(b"a.\r\nb\r\n".to_vec());
        let plain = Letter { sender: &sender, to: &to, message: &message };
        assert!(matches!(plain.pack(&Offers::default()).unwrap().body, Cow::Borrowed(_)));
    }

    #[test]
    fn a_message_of_torn_lines_is_not_handed_over() {
        assert_eq!(packed(b"a\n.\r\nb\r\n", Offers::default()).unwrap_err().answer, Answer::Unwanted);
    }

    #[test]
    fn the_envelope_says_what_the_relay_needs_to_know_and_nothing_it_did_not_offer() {
        let envelope = |message: &str, offers| packed(message.as_bytes(), offers).map(|(envelope, _)| envelope);
        let bare = "MAIL FROM:<desk@news.example>\r\nRCPT TO:<anna@reader.example>\r\nDATA\r\n";
        assert_eq!(envelope("a\r\n", Offers::default()).unwrap(), bare);
        let all = Offers { size: Some(5), eight_bit: true, utf8: true, ..Offers::default() };
        assert!(envelope("a\r\n", all).unwrap().starts_with("MAIL FROM:<desk@news.example> SIZE=3\r\n"));
        assert!(envelope("é\r\n", all).unwrap().starts_with("MAIL FROM:<desk@news.example> SIZE=4 BODY=8BITMIME\r\n"));
        assert_eq!(envelope("too long\r\n", all).unwrap_err().answer, Answer::Unwanted);
        assert!(envelope("too long\r\n", Offers { size: Some(0), ..all }).is_ok(), "0 is no limit");
        assert_eq!(envelope("é\r\n", Offers::default()).unwrap_err().answer, Answer::Unwanted);
    }

    #[test]
    fn an_address_beyond_ascii_asks_for_smtputf8_and_is_about_its_owner() {
        let (desk, jorg) = (address("desk@news.example"), address("jörg@reader.example"));
        let message = &Message::owning(b"a\r\n".to_vec());
        let to_jorg = Letter { sender: &desk, to: &jorg, message };
        let able = Offers { utf8: true, ..Offers::default() };
        assert!(to_jorg.pack(&able).unwrap().envelope.starts_with("MAIL FROM:<desk@news.example> SMTPUTF8\r\n"));
        let from_jorg = Letter { sender: &jorg, to: &desk, message };
        assert_eq!(from_jorg.pack(&Offers::default()).unwrap_err().answer, Answer::RefusesSender);
        let unfit = to_jorg.pack(&Offers::default()).unwrap_err();
        assert!(unfit.answer == Answer::NotByThisRelay && unfit.words.contains("SMTPUTF8"), "{unfit:?}");
    }
}
