//! Single mails that are no edition: what the press itself has to say to one person.

use chrono::{DateTime, Utc};
use lettre::Message;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox as Named, MessageBuilder, MultiPart};

use crate::address::{EmailAddress, Mailbox};
use crate::clock;
use crate::token::hex;

/// A few lines, in plain text, and set as a page too where that helps. What it says may be secret: it never prints.
#[derive(Clone, Copy)]
pub(crate) struct Note<'a> {
    pub(crate) from: &'a Mailbox,
    pub(crate) to: &'a EmailAddress,
    /// One line.
    pub(crate) subject: &'a str,
    pub(crate) text: &'a str,
    pub(crate) html: Option<&'a str>,
    pub(crate) at: DateTime<Utc>,
}

impl Note<'_> {
    /// The message as it goes over the wire.
    ///
    /// # Errors
    /// An address that mail can go to and this builder cannot write.
    pub(crate) fn message(&self) -> Result<Vec<u8>, String> {
        let unwritten = |error: lettre::error::Error| format!("the mail cannot be written: {error}");
        let from = Named::new(self.from.name.as_deref().map(one_line), address(&self.from.address)?);
        let id = format!("<{}@{}>", hex(&clock::random::<16>()), self.from.address.domain());
        let message: MessageBuilder = Message::builder()
            .from(from)
            .to(Named::new(None, address(self.to)?))
            .subject(one_line(self.subject))
            .date(self.at.into())
            .message_id(Some(id))
            // RFC 3834: no absence notice answers it.
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        let text = self.text.to_owned();
        let message = match self.html {
            Some(html) => message.multipart(MultiPart::alternative_plain_html(text, html.to_owned())),
            None => message.header(ContentType::TEXT_PLAIN).body(text),
        };
        Ok(message.map_err(unwritten)?.formatted())
    }
}

fn address(address: &EmailAddress) -> Result<lettre::Address, String> {
    address.as_str().parse().map_err(|error| format!("`{address}` cannot be written into a mail: {error}"))
}

/// A line end in a name or a subject would begin a header of its own.
fn one_line(words: &str) -> String {
    words.split(char::is_control).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_a_whole_mail_of_its_own_whatever_its_words_try() {
        let from = Mailbox { name: Some("press\r\nBcc: x@y.test".to_owned()), address: address("desk@quay.test") };
        let to = address("ada@quay.test");
        let at = "2026-11-24T06:31:00Z".parse().unwrap();
        let subject = "Zoë: not approved\r\nBcc: everybody@quay.test";
        let note = Note { from: &from, to: &to, subject, text: "Gute Nacht, Zoë.\n.\nFrom here on\n", html: None, at };
        let message = String::from_utf8(note.message().unwrap()).unwrap();
        let parsed = mail_parser::MessageParser::default().parse(message.as_bytes()).unwrap();
        assert_eq!(parsed.subject(), Some("Zoë: not approved  Bcc: everybody@quay.test"));
        assert_eq!(parsed.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
        assert!(parsed.bcc().is_none() && parsed.message_id().is_some() && parsed.date().is_some());
        assert_eq!(parsed.body_text(0).unwrap().replace("\r\n", "\n"), "Gute Nacht, Zoë.\n.\nFrom here on\n");
        assert!(message.split("\r\n").all(|line| line.len() <= 998 && !line.contains('\n')), "{message}");
    }

    #[test]
    fn a_note_set_as_a_page_has_its_plain_text_beside_it() {
        let from = Mailbox { name: None, address: address("desk@quay.test") };
        let (to, at) = (address("ada@quay.test"), "2026-11-24T06:31:00Z".parse().unwrap());
        let html = format!("<p>Zoë</p><!-- {} -->", "a long line ".repeat(200));
        let note = Note { from: &from, to: &to, subject: "Hello", text: "Zoë\n", html: Some(&html), at };
        let message = String::from_utf8(note.message().unwrap()).unwrap();
        let parsed = mail_parser::MessageParser::default().parse(message.as_bytes()).unwrap();
        assert_eq!(parsed.body_html(0).unwrap(), html);
        assert_eq!(parsed.body_text(0).unwrap().trim_end(), "Zoë");
        assert!(message.contains("multipart/alternative") && message.split("\r\n").all(|line| line.len() <= 998));
    }

    fn address(text: &str) -> EmailAddress {
        EmailAddress::parse(text).unwrap()
    }
}
