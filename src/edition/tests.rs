//! The message, read back by a parser that is not ours, and held against golden bytes.

mod enclosed;

use chrono::DateTime;
use mail_parser::{HeaderValue, MessageParser, MimeHeaders};
use proptest::prelude::*;

use super::*;
use crate::address::{EmailAddress, Mailbox};
use crate::message::Look;
use crate::prose::Slot;
use crate::render::{Context, Piece};

fn letterhead() -> Letterhead {
    Letterhead {
        newsletter: "morning".to_owned(),
        title: "The Morning Sheet".to_owned(),
        slot: "2026-11-24".to_owned(),
        from: Mailbox::parse("The Morning Sheet <morning@news.example>").unwrap(),
        reply_to: Some(Mailbox::parse("Newsroom, The Morning Sheet <desk@news.example>").unwrap()),
        subject: "The council’s vote, and what it costs you".to_owned(),
        date: DateTime::parse_from_rfc3339("2026-11-24T06:30:00+01:00").unwrap(),
        list_id: "morning.news.example".to_owned(),
        serve_url: "https://news.example".to_owned(),
        extra: vec![Extra::parse("X-SES-CONFIGURATION-SET", "morning").unwrap()],
        polls: vec![Poll {
            block: "b7".to_owned(),
            question: "Will you bring a coat?".to_owned(),
            answers: vec!["Yes".to_owned(), "No".to_owned()],
        }],
        test: false,
    }
}

fn fixed(text: &str) -> Piece {
    Piece::Fixed(text.to_owned())
}

fn name() -> Slot {
    Slot::FirstName { fallback: "reader".to_owned() }
}

fn parts() -> Parts {
    let poll = Slot::Poll { block: "b7".to_owned(), answer: 1 };
    Parts {
        html: vec![
            fixed("<!doctype html>\n<html lang=\"en\"><title>Morning</title>\n<p>Good morning, "),
            Piece::Slot(name(), Context::HtmlText),
            fixed(". The council’s vote is at noon — bring a coat.</p>\n<p><a href=\""),
            Piece::Slot(poll.clone(), Context::HtmlAttribute),
            fixed("\">Yes</a> <a href=\""),
            Piece::Slot(Slot::Unsubscribe, Context::HtmlAttribute),
            fixed("\">Unsubscribe</a> <a href=\""),
            Piece::Slot(Slot::Preferences, Context::HtmlAttribute),
            fixed("\">Preferences</a> Sent to "),
            Piece::Slot(Slot::Address, Context::HtmlText),
            fixed("</p>\n</html>\n"),
        ],
        text: vec![
            fixed("THE MORNING SHEET\n\n"),
            Piece::Paragraph {
                first: "* ".to_owned(),
                rest: "  ".to_owned(),
                words: vec![
                    fixed("Good morning, "),
                    Piece::Slot(name(), Context::PlainText),
                    fixed(". The council’s vote is at noon, and whatever comes of it, bring a coat."),
                ],
            },
            fixed("\n\nYes:\n"),
            Piece::Slot(poll, Context::PlainText),
            fixed("\nUnsubscribe:\n"),
            Piece::Slot(Slot::Unsubscribe, Context::PlainText),
            fixed("\n\nFrom the desk \n.\n"),
        ],
    }
}

fn stamped(edition: &Edition, reader: &Reader) -> Vec<u8> {
    let message = edition.stamp(reader, &Signer::specimen());
    assert_eq!(message.look(), Look::at(&message.to_vec()));
    message.to_vec()
}

fn crlf(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\n', "\r\n")
}

/// The rules of the wire that hold whatever is in a message.
fn lawful(message: &[u8]) {
    let text = str::from_utf8(message).expect("7-bit, or UTF-8 in an address");
    assert!(text.ends_with("\r\n"));
    assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "a bare CR or LF");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
    assert!(head.split("\r\n").all(|line| line.len() <= 998 && !line.trim().is_empty()), "{head}");
    assert!(body.split("\r\n").all(|line| line.len() <= 76), "{body}");
    assert!(body.is_ascii(), "the body is 7-bit");
}

/// The names of the headers, in order, unfolded.
fn header_names(message: &[u8]) -> Vec<String> {
    let text = str::from_utf8(message).unwrap();
    let head = text.split("\r\n\r\n").next().unwrap();
    let starts = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
    starts.map(|line| line.split(':').next().unwrap().to_owned()).collect()
}

const NAMES: [&str; 15] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Reply-To",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Help",
    "List-Archive",
    "Feedback-ID",
    "X-SES-CONFIGURATION-SET",
    "MIME-Version",
    "Content-Type",
];

#[test]
fn the_whole_message_is_the_golden_one() {
    let message = stamped(&Edition::freeze(&parts(), &letterhead(), &[]), &Reader::specimen());
    lawful(&message);
    insta::assert_snapshot!(String::from_utf8(message).unwrap().replace("\r\n", "\n"));
}

#[test]
fn whoever_wants_text_alone_gets_one_part_of_the_same_bytes() {
    let (parts, reader) = (parts(), Reader { text_only: true, ..Reader::specimen() });
    let edition = Edition::freeze(&parts, &letterhead(), &[]);
    let message = stamped(&edition, &reader);
    lawful(&message);
    assert_eq!(header_names(&message), [&NAMES[..], &["Content-Transfer-Encoding"]].concat());
    let mail = MessageParser::new().parse(&message).unwrap();
    assert_eq!((mail.parts.len(), mail.content_type().unwrap().subtype()), (1, Some("plain")));
    let signer = Signer::specimen();
    let links = edition.links(&reader.key, &signer);
    assert_eq!(mail.body_text(0).unwrap(), crlf(&read(&parts.text, &reader, &links)));

    // Everything above it is what everybody has, and an edition out of the store gives the same.
    let whole = stamped(&edition, &Reader::specimen());
    let head = find_kind(&message);
    assert_eq!(message[..head], whole[..find_kind(&whole)]);
    let thawed = Edition::thaw(edition.bytes().to_vec(), &edition.cuts(), edition.hash()).unwrap();
    assert_eq!(stamped(&thawed, &reader), message);
}

/// Where a message begins to say what it is made of.
fn find_kind(message: &[u8]) -> usize {
    str::from_utf8(message).unwrap().find("\r\nContent-Type:").unwrap()
}

#[test]
fn an_independent_parser_reads_back_what_was_written() {
    let (parts, letterhead, reader) = (parts(), letterhead(), Reader::specimen());
    let edition = Edition::freeze(&parts, &letterhead, &[]);
    let message = stamped(&edition, &reader);
    assert_eq!(header_names(&message), NAMES);

    let mail = MessageParser::new().parse(&message).unwrap();
    assert_eq!(mail.subject(), Some(letterhead.subject.as_str()));
    let from = mail.from().unwrap().first().unwrap();
    assert_eq!((from.name(), from.address()), (Some("The Morning Sheet"), Some("morning@news.example")));
    let reply = mail.reply_to().unwrap().first().unwrap();
    assert_eq!(reply.name(), Some("Newsroom, The Morning Sheet"));
    assert_eq!(mail.to().unwrap().first().unwrap().address(), Some("robin@reader.example"));
    assert_eq!(mail.date().unwrap().to_rfc3339(), "2026-11-24T06:30:00+01:00");

    let signer = Signer::specimen();
    let links = edition.links(&reader.key, &signer);
    let unsubscribe = mail.header_raw("List-Unsubscribe").unwrap();
    assert!(unsubscribe.contains(&format!("<{}>", links.unsubscribe())), "{unsubscribe}");
    assert!(unsubscribe.contains("<mailto:morning@news.example?subject=unsubscribe%20"), "{unsubscribe}");
    let post = mail.header_raw("List-Unsubscribe-Post").unwrap();
    assert_eq!(post.trim(), "List-Unsubscribe=One-Click");

    assert_eq!((mail.text_body_count(), mail.html_body_count()), (1, 1));
    let kinds: Vec<_> = mail.parts.iter().filter_map(|part| part.content_type()?.subtype()).collect();
    assert_eq!(kinds, ["alternative", "plain", "html"]);
    assert_eq!(mail.body_text(0).unwrap(), crlf(&read(&parts.text, &reader, &links)));
    assert_eq!(mail.body_html(0).unwrap(), crlf(&read(&parts.html, &reader, &links)));
}

#[test]
fn stamping_twice_makes_the_same_bytes_and_two_readers_share_only_the_template() {
    let edition = Edition::freeze(&parts(), &letterhead(), &[]);
    let robin = Reader::specimen();
    assert_eq!(stamped(&edition, &robin), stamped(&edition, &robin));
    assert_eq!(edition, Edition::freeze(&parts(), &letterhead(), &[]));
    let anna = Reader { key: [7; 16], ..robin.clone() };
    let id = |message: &[u8]| MessageParser::new().parse(message).unwrap().message_id().unwrap().to_owned();
    assert_ne!(id(&stamped(&edition, &robin)), id(&stamped(&edition, &anna)));
}

/// A copy with its openings filled one after the other: what the plate has to come to.
fn filled(edition: &Edition, reader: &Reader) -> Vec<u8> {
    let signer = Signer::specimen();
    let links = edition.links(&reader.key, &signer);
    let (mut out, mut done) = (Vec::new(), 0);
    for Cut { at, fill } in &edition.plan.cuts {
        out.extend_from_slice(&edition.bytes[done..*at]);
        fill.write(reader, &links, &mut out);
        done = *at;
    }
    out.extend_from_slice(&edition.bytes[done..]);
    out
}

#[test]
fn links_are_set_once_and_names_stay_open() {
    let edition = Edition::freeze(&parts(), &letterhead(), &[]);
    assert!(edition.whole.cuts.iter().all(|cut| cut.fill.is_personal()), "{:?}", edition.whole.cuts);
    assert_eq!(edition.whole.cuts.len(), 5, "To, Message-ID, a name and an address in one part, a name in the other");
    // Where a line might break at a hyphen of somebody's token, it stays open.
    let odd = Edition::freeze(&parts(), &Letterhead { serve_url: "news".to_owned(), ..letterhead() }, &[]);
    let reader = Reader { key: [0xfb; 16], ..Reader::specimen() };
    assert_eq!(stamped(&odd, &reader), filled(&odd, &reader));
}

#[test]
fn how_the_renderer_cut_its_fixed_text_never_shows() {
    let mut split = parts();
    let Piece::Fixed(text) = split.html.remove(0) else { panic!("the first piece is fixed") };
    split.html.splice(0..0, text.split_inclusive(' ').map(fixed));
    let (whole, split) = (Edition::freeze(&parts(), &letterhead(), &[]), Edition::freeze(&split, &letterhead(), &[]));
    assert_eq!(whole, split);
}

#[test]
fn approval_binds_words_and_sender_and_nothing_else() {
    let content = |change: fn(&mut Letterhead)| {
        let mut letterhead = letterhead();
        change(&mut letterhead);
        let edition = Edition::freeze(&parts(), &letterhead, &[]);
        (edition.content().to_owned(), edition.hash().to_owned())
    };
    let (approved, frozen) = content(|_| {});
    let free: [fn(&mut Letterhead); 4] = [
        |l| l.date += chrono::Duration::minutes(5),
        |l| l.extra.clear(),
        |l| l.serve_url = "https://other.example".to_owned(),
        |l| l.test = true,
    ];
    for change in free {
        let (content, hash) = content(change);
        assert_eq!(content, approved);
        assert_ne!(hash, frozen);
    }
    let bound: [fn(&mut Letterhead); 4] = [
        |l| l.subject.push('!'),
        |l| l.from = Mailbox::parse("Other <other@news.example>").unwrap(),
        |l| l.reply_to = None,
        |l| l.slot.push_str("-2"),
    ];
    for change in bound {
        assert_ne!(content(change).0, approved);
    }
}

#[test]
fn a_test_copy_says_so_and_is_never_taken_for_the_real_one() {
    let test = Letterhead { test: true, ..letterhead() };
    let (copy, real) = (Edition::freeze(&parts(), &test, &[]), Edition::freeze(&parts(), &letterhead(), &[]));
    let (copy, real) = (stamped(&copy, &Reader::specimen()), stamped(&real, &Reader::specimen()));
    let parse = |bytes| MessageParser::new().parse(bytes).unwrap();
    assert_eq!(parse(&copy).subject(), Some("[TEST] The council’s vote, and what it costs you"));
    assert_ne!(parse(&copy).message_id(), parse(&real).message_id());
}

#[test]
fn an_edition_comes_back_from_its_two_columns_or_is_refused() {
    let edition = Edition::freeze(&parts(), &letterhead(), &[]);
    let thawed = Edition::thaw(edition.bytes().to_vec(), &edition.cuts(), edition.hash()).unwrap();
    assert_eq!(thawed, edition);
    assert_eq!(Edition::polls(&edition.cuts()).unwrap(), letterhead().polls);
    let mut changed = edition.bytes().to_vec();
    changed[700] ^= 1;
    assert!(Edition::thaw(changed, &edition.cuts(), edition.hash()).is_err());
    let moved = edition.cuts().replacen("\"at\":", "\"at\":9", 1);
    assert!(Edition::thaw(edition.bytes().to_vec(), &moved, edition.hash()).is_err());
    let hash = hash(edition.bytes(), &moved);
    assert!(Edition::thaw(edition.bytes().to_vec(), &moved, &hash).is_err(), "cuts out of order never reach stamping");
}

#[test]
fn a_readers_name_is_text_and_only_text() {
    let read_name = |name: &str, context| {
        let reader = Reader { first_name: Some(name.to_owned()), ..Reader::specimen() };
        let signer = Signer::specimen();
        let edition = Edition::freeze(&parts(), &letterhead(), &[]);
        reader::value(&self::name(), context, &reader, &edition.links(&reader.key, &signer))
    };
    assert_eq!(read_name("<b>Bo\"b</b>", Context::HtmlText), "&lt;b&gt;Bo&quot;b&lt;/b&gt;");
    assert_eq!(read_name("<b>Bob</b>", Context::PlainText), "<b>Bob</b>");
    assert_eq!(read_name(" Anna\r\nBcc: x@y.example ", Context::PlainText), "Anna Bcc: x@y.example");
    assert_eq!(read_name("\u{202e}annA\u{2066}\u{200b}", Context::PlainText), "annA");
    assert_eq!(read_name("\u{0}\u{feff} \t", Context::PlainText), "reader");
    assert_eq!(read_name(&"é".repeat(90), Context::PlainText), "é".repeat(64));
    assert_eq!(read_name("Zoë 👩‍🚀", Context::PlainText), "Zoë 👩‍🚀");
}

#[test]
fn the_text_part_is_wrapped_after_the_name_is_known() {
    let long = "Wolfeschlegelsteinhausenbergerdorff 村上".to_owned();
    let reader = Reader { first_name: Some(long.clone()), ..Reader::specimen() };
    let signer = Signer::specimen();
    let edition = Edition::freeze(&parts(), &letterhead(), &[]);
    let text = read(&parts().text, &reader, &edition.links(&reader.key, &signer));
    let paragraph: Vec<&str> = text.lines().filter(|line| line.starts_with(['*', ' '])).collect();
    assert!(paragraph.len() > 1 && paragraph[0].contains(&long), "{text}");
    assert!(paragraph.iter().all(|line| unicode_width::UnicodeWidthStr::width(*line) <= 72), "{text}");
    assert!(paragraph[1].starts_with("  "), "{text}");
}

#[test]
fn a_relay_may_ask_for_headers_of_its_own_and_for_none_of_ours() {
    for name in ["Subject", "dkim-signature", "Content-Transfer-Encoding", "", "X Y", "X:Y", "X\r\nY", "Ü"] {
        assert!(Extra::parse(name, "x").is_err(), "{name}");
    }
    assert!(Extra::parse("X-PM-Message-Stream", "broadcast").is_ok());
}

#[test]
fn addresses_of_any_length_and_script_stay_addresses() {
    let long = format!("{}@{}.example", "a".repeat(64), ["b".repeat(60).as_str(); 2].join("."));
    for address in [long.as_str(), "müller@bücher.example", "\"a b>\"@reader.example", "o'neill+x@reader.example"] {
        let reader = Reader { address: EmailAddress::parse(address).unwrap(), ..Reader::specimen() };
        let letterhead = Letterhead { from: Mailbox { name: None, address: reader.address.clone() }, ..letterhead() };
        let message = stamped(&Edition::freeze(&parts(), &letterhead, &[]), &reader);
        lawful(&message);
        assert_eq!(header_names(&message), NAMES);
        let mail = MessageParser::new().parse(&message).unwrap();
        assert!(matches!(mail.header("List-Unsubscribe"), Some(HeaderValue::Address(_))), "{address}");
    }
}

/// Text as hostile as an editor's clipboard.
fn any_text() -> impl Strategy<Value = String> {
    let bits = prop_oneof![
        Just("\r\n"),
        Just("\n"),
        Just("\r"),
        Just("Bcc: x@evil.example"),
        Just("=?utf-8?q?=0D=0A?="),
        Just("=?"),
        Just("?="),
        Just("  "),
        Just(" "),
        Just("é"),
        Just("村上春樹"),
        Just("👩‍🚀"),
        Just("\""),
        Just("\\"),
        Just(","),
        Just("<x@y.example>"),
        Just("."),
        Just("\r\n.\r\n"),
        Just("From the start"),
        Just("\u{2028}"),
        Just("\u{0}"),
        Just("="),
        Just("word"),
        Just("a-word-that-is-too-long-for-any-line-and-goes-on-and-on-and-on-and-on-without-end"),
    ];
    prop_oneof![proptest::collection::vec(bits, 0..40).prop_map(|bits| bits.concat()), any::<String>()]
}

fn any_piece() -> impl Strategy<Value = Piece> {
    let slot = prop_oneof![
        any_text().prop_map(|fallback| Slot::FirstName { fallback }),
        Just(Slot::Address),
        Just(Slot::Unsubscribe),
        Just(Slot::Preferences),
        (any_text(), 0_usize..9).prop_map(|(block, answer)| Slot::Poll { block, answer }),
    ];
    let context = prop_oneof![Just(Context::HtmlText), Just(Context::HtmlAttribute), Just(Context::PlainText)];
    prop_oneof![
        // Renderers keep controls out; a lone CR before a piece that begins with LF would read as one line end.
        any_text().prop_map(|text| Piece::Fixed(text.trim_end_matches('\r').to_owned())),
        (slot, context).prop_map(|(slot, context)| Piece::Slot(slot, context)),
        (any_text(), any_text()).prop_map(|(words, fallback)| Piece::Paragraph {
            first: "> ".to_owned(),
            rest: "> ".to_owned(),
            words: vec![Piece::Fixed(words), Piece::Slot(Slot::FirstName { fallback }, Context::PlainText)],
        }),
        (any_text(), any_text(), any_text()).prop_map(|(before, block, behind)| Piece::Paragraph {
            first: "* ".to_owned(),
            rest: "  ".to_owned(),
            words: vec![
                Piece::Fixed(before),
                Piece::Slot(Slot::Unsubscribe, Context::PlainText),
                Piece::Fixed(behind),
                Piece::Slot(Slot::Poll { block, answer: 0 }, Context::PlainText),
            ],
        }),
    ]
}

/// Quoted-printable read by the book (RFC 2045, 6.7), strictly.
fn unquote(body: &str) -> String {
    let mut out = Vec::new();
    let joined = body.replace("=\r\n", "");
    let mut bytes = joined.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'=' {
            let pair = [bytes.next().unwrap(), bytes.next().unwrap()];
            out.push(u8::from_str_radix(str::from_utf8(&pair).unwrap(), 16).unwrap());
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).unwrap()
}

proptest! {
    #[test]
    fn any_parts_come_back_as_they_were(pieces in proptest::collection::vec(any_piece(), 0..8), name in any_text()) {
        let reader = Reader { first_name: Some(name), ..Reader::specimen() };
        let parts = Parts { html: vec![fixed("x")], text: pieces };
        let edition = Edition::freeze(&parts, &letterhead(), &[]);
        let message = stamped(&edition, &reader);
        lawful(&message);
        let signer = Signer::specimen();
        let want = read(&parts.text, &reader, &edition.links(&reader.key, &signer));
        let text = String::from_utf8(message).unwrap();
        let body = text.split("quoted-printable\r\n\r\n").nth(1).unwrap();
        let body = body.split("\r\n--=_").next().unwrap();
        prop_assert_eq!(unquote(body), crlf(&want));
        for line in body.split("\r\n") {
            prop_assert!(!line.starts_with('.') && !line.starts_with("From ") && !line.ends_with([' ', '\t']), "{}", line);
        }
        let thawed = Edition::thaw(edition.bytes().to_vec(), &edition.cuts(), edition.hash()).unwrap();
        prop_assert_eq!(thawed, edition);
    }

    #[test]
    fn a_copy_is_what_its_openings_filled_one_by_one_make_of_it(
        pieces in proptest::collection::vec(any_piece(), 0..6), key in any::<[u8; 16]>(), serve in "[a-z]{1,40}(/[a-z-]{0,40})?",
        secure in any::<bool>(), (before, behind) in (0..200_usize, 0..200_usize),
    ) {
        let serve_url = if secure { format!("https://{serve}") } else { serve };
        let story = |length| fixed(&"What everybody reads.".repeat(length));
        let pieces = [vec![story(before)], pieces, vec![story(behind)]].concat();
        let parts = Parts { html: pieces.clone(), text: pieces };
        let edition = Edition::freeze(&parts, &Letterhead { serve_url, ..letterhead() }, &[]);
        let reader = Reader { key, ..Reader::specimen() };
        prop_assert_eq!(stamped(&edition, &reader), filled(&edition, &reader));
        let alone = text_alone(&edition.bytes, &edition.plan.cuts, &boundary(&edition.plan.content));
        let same = Edition { bytes: alone.bytes, plan: Plan { cuts: alone.cuts, ..edition.plan.clone() }, ..edition.clone() };
        prop_assert_eq!(stamped(&edition, &Reader { text_only: true, ..reader.clone() }), filled(&same, &reader));
    }

    #[test]
    fn no_value_can_become_a_header(
        subject in any_text(), person in any_text(), title in any_text(), id in any_text(), slot in any_text(),
        list_id in any_text(), serve in any_text(), extra in any_text(), test in any::<bool>(),
    ) {
        let address = EmailAddress::parse("morning@news.example").unwrap();
        let letterhead = Letterhead {
            subject: subject.clone(), title, newsletter: id, slot, list_id, serve_url: format!("https://{serve}"), test,
            from: Mailbox { name: Some(person.clone()), address },
            extra: vec![Extra::parse("X-SES-CONFIGURATION-SET", &extra).unwrap()],
            ..letterhead()
        };
        let message = stamped(&Edition::freeze(&parts(), &letterhead, &[]), &Reader::specimen());
        let text = String::from_utf8(message.clone()).unwrap();
        let head = text.split("\r\n\r\n").next().unwrap();
        prop_assert!(head.is_ascii() && !head.replace("\r\n", "").contains(char::is_control));
        prop_assert_eq!(header_names(&message), &NAMES);
        for line in head.split("\r\n").filter(|line| !line.contains("://") && !line.contains("mailto:")) {
            let foldable = line.split_once(": ").map_or(line.trim(), |(_, value)| value).contains(' ');
            prop_assert!(line.len() <= 78 || !foldable, "{}", line);
            for word in line.split(' ').filter(|word| word.contains("=?")) {
                prop_assert!(word.len() <= 75 && word.starts_with("=?utf-8?") && word.ends_with("?="), "{}", word);
            }
        }
        let mail = MessageParser::new().parse(&message).unwrap();
        let (want_person, marked) = (header::one_line(&person), if test { format!("[TEST] {subject}") } else { subject });
        let want_subject = header::one_line(&marked);
        prop_assert_eq!(mail.subject().unwrap_or_default().trim(), want_subject.trim());
        let from = mail.from().unwrap().first().unwrap();
        prop_assert_eq!(from.address(), Some("morning@news.example"));
        prop_assert_eq!(from.name().unwrap_or_default().trim(), want_person.trim());
    }
}
