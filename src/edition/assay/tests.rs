//! The assay held to the whole copy, read line by line as it would be sent.

use proptest::prelude::*;

use super::super::template::Template;
use super::super::{Extra, Letterhead, Plan};
use super::*;
use crate::address::Mailbox;
use crate::message::Look;
use crate::render::{Context, Parts, Piece};

fn letterhead(serve_url: &str) -> Letterhead {
    Letterhead {
        newsletter: "morning".to_owned(),
        title: "The Morning Sheet".to_owned(),
        slot: "2026-11-24".to_owned(),
        from: Mailbox::parse("The Morning Sheet <morning@news.example>").unwrap(),
        reply_to: None,
        subject: "Bring a coat".to_owned(),
        date: chrono::DateTime::parse_from_rfc3339("2026-11-24T06:30:00+01:00").unwrap(),
        list_id: "morning.news.example".to_owned(),
        serve_url: serve_url.to_owned(),
        extra: Vec::<Extra>::new(),
        polls: Vec::new(),
        test: false,
    }
}

fn fixed(text: &str) -> Piece {
    Piece::Fixed(text.to_owned())
}

fn leave(context: Context) -> Piece {
    Piece::Slot(Slot::Unsubscribe, context)
}

/// A mail with a name in both parts and so many bytes of HTML besides.
fn parts(html: usize) -> Parts {
    let name = |context| Piece::Slot(Slot::FirstName { fallback: "reader".to_owned() }, context);
    Parts {
        html: vec![
            fixed(&"ä=".repeat(html / 3)),
            name(Context::HtmlText),
            fixed(" "),
            leave(Context::HtmlAttribute),
            fixed("\n"),
        ],
        text: vec![
            Piece::Paragraph {
                first: String::new(),
                rest: String::new(),
                words: vec![fixed("Hello "), name(Context::PlainText)],
            },
            fixed("\n"),
            leave(Context::PlainText),
            fixed("\n"),
        ],
    }
}

fn reader(address: &str, name: &str) -> Reader {
    Reader { address: EmailAddress::parse(address).unwrap(), first_name: Some(name.to_owned()), ..Reader::specimen() }
}

fn judged(edition: &Edition, reader: &Reader, bounces: Option<&EmailAddress>) -> Result<(), Fault> {
    edition.assay()?.check(reader, &Signer::specimen(), bounces, &mut Vec::new())
}

/// What reading the whole copy says of its lines and its HTML.
fn read_whole(edition: &Edition, reader: &Reader) -> Result<(), Fault> {
    let message = edition.stamp(reader, &Signer::specimen());
    assert_eq!(message.look(), Look::at(&message.to_vec()));
    let text = String::from_utf8(message.to_vec()).unwrap();
    if text.replace("\r\n", "").contains(['\r', '\n']) {
        return Err(Fault::TornLine);
    }
    if text.split("\r\n").any(|line| line.len() > LINE) {
        return Err(Fault::LongLine);
    }
    let Some(html) = text.split("Content-Type: text/html").nth(1) else { return Ok(()) };
    let html = html.split_once("\r\n\r\n").unwrap().1;
    let html = html.rsplit_once("\r\n--").unwrap().0;
    let bytes = decoded(html.as_bytes());
    if bytes > CLIP { Err(Fault::Clipped(bytes)) } else { Ok(()) }
}

#[test]
fn a_name_that_makes_the_mail_too_long_is_found_with_that_reader_and_with_no_other() {
    let edition = Edition::freeze(&parts(102_150), &letterhead("https://news.example"), &[]);
    let (short, long) = (reader("anna@reader.example", "Anna"), reader("q@reader.example", &"\"".repeat(64)));
    assert_eq!(judged(&edition, &short, None), Ok(()));
    assert_eq!(judged(&edition, &long, None), read_whole(&edition, &long));
    assert!(matches!(judged(&edition, &long, None), Err(Fault::Clipped(102_401..))));
}

#[test]
fn a_mail_too_long_in_its_html_is_whole_for_whoever_wants_text_alone() {
    let edition = Edition::freeze(&parts(103_000), &letterhead("https://news.example"), &[]);
    let anna = reader("anna@reader.example", "Anna");
    assert!(matches!(judged(&edition, &anna, None), Err(Fault::Clipped(_))));
    let alone = Reader { text_only: true, ..anna };
    assert_eq!((judged(&edition, &alone, None), read_whole(&edition, &alone)), (Ok(()), Ok(())));
}

#[test]
fn an_address_of_our_own_that_no_line_holds_breaks_every_copy() {
    let edition = Edition::freeze(&parts(90), &letterhead(&format!("https://news.example/{}", "x".repeat(930))), &[]);
    let anna = reader("anna@reader.example", "Anna");
    assert_eq!(judged(&edition, &anna, None), read_whole(&edition, &anna));
    assert_eq!(judged(&edition, &anna, None), Err(Fault::LongLine));
}

#[test]
fn a_part_without_the_way_to_leave_breaks_every_copy() {
    let whole = parts(90);
    for torn in [
        Parts { html: whole.html[..2].to_vec(), text: whole.text.clone() },
        Parts { html: whole.html.clone(), text: whole.text[..2].to_vec() },
    ] {
        let edition = Edition::freeze(&torn, &letterhead("https://news.example"), &[]);
        assert_eq!(edition.assay().err(), Some(Fault::NoWayOut));
    }
}

#[test]
fn a_return_path_without_room_for_its_token_is_found() {
    let edition = Edition::freeze(&parts(90), &letterhead("https://news.example"), &[]);
    let bounces = |local: &str| EmailAddress::parse(&format!("{local}@news.example")).unwrap();
    let anna = reader("anna@reader.example", "Anna");
    assert_eq!(judged(&edition, &anna, Some(&bounces("bounce"))), Ok(()));
    let long = bounces(&"b".repeat(40));
    assert!(matches!(judged(&edition, &anna, Some(&long)), Err(Fault::ReturnPath(path)) if path.starts_with("bbb")));
}

#[test]
fn what_no_renderer_makes_is_found_all_the_same() {
    // As a template gone wrong would have it: a value where a header's should be, and torn bytes.
    let good = Edition::freeze(&parts(90), &letterhead("https://news.example"), &[]);
    let with = |from: &str, to: &str| {
        let text = String::from_utf8(good.bytes.clone()).unwrap();
        assert!(text.contains(from) && from.len() == to.len(), "{from}");
        Edition::of(text.replacen(from, to, 1).into_bytes(), good.plan.clone(), String::new())
    };
    assert_eq!(with("\r\nDate: ", "\r\nDati: ").assay().err(), Some(Fault::NotOnce("Date")));
    assert_eq!(with("\r\nReply-To", "\r\nSubject:").assay().err(), Some(Fault::NotOnce("Subject")));
    for (value, header, fault) in [
        ("a\r\nBcc: x", true, Fault::Header),
        ("a\r\n", true, Fault::Header),
        ("a\nb", false, Fault::TornLine),
        ("a\rb", false, Fault::TornLine),
        (&"x".repeat(999), false, Fault::LongLine),
    ] {
        assert_eq!(continues(value.as_bytes(), 0, header), Err(fault), "{value:?}");
    }
    assert_eq!(continues(b"a\r\n b", 0, true), Ok(2));
    assert_eq!(continues(b"xy\r\n", 5, false), Ok(0));
}

#[test]
fn quoted_printable_is_counted_as_it_reads() {
    assert_eq!(decoded(b""), 0);
    assert_eq!(decoded(b"a=C3=A4=\r\nb\r\n="), 6);
}

proptest! {
    /// Whatever a reader is called and however long a stretch is: the same verdict as of the bytes that are sent.
    #[test]
    fn the_verdict_is_that_of_the_whole_copy(
        name in "\\PC{0,80}", local in "[a-z0-9]{1,12}([.+][a-z0-9]{1,6}){0,3}", html in 102_000_usize..102_500, long in 0_usize..60,
        text_only: bool,
    ) {
        let serve_url = format!("https://news.example/{}", "x".repeat(870 + long));
        let edition = Edition::freeze(&parts(html), &letterhead(&serve_url), &[]);
        let reader = Reader { text_only, ..reader(&format!("{local}@reader.example"), &name) };
        prop_assert_eq!(judged(&edition, &reader, None), read_whole(&edition, &reader));
    }

    /// Stretches cut anywhere: lines are as long as they are, wherever the cuts are.
    #[test]
    fn lines_are_counted_across_every_cut(lines in proptest::collection::vec(0_usize..1_100, 1..6), at in 0.0..1.0_f64) {
        let text: String = lines.iter().map(|octets| format!("{}\r\n", "x".repeat(*octets))).collect();
        let whole = if lines.iter().any(|octets| *octets > LINE) { Err(Fault::LongLine) } else { Ok(0) };
        let mut cut = ((text.len() as f64) * at) as usize;
        // A renderer cuts no line end in two.
        if text.as_bytes().get(cut) == Some(&b'\n') { cut += 1 }
        let counted = Stretch::of(&text.as_bytes()[..cut]).and_then(|stretch| stretch.continues(0)).and_then(|line| {
            let line = continues(b"", line, false)?;
            Stretch::of(&text.as_bytes()[cut..])?.continues(line)
        });
        prop_assert_eq!(counted, whole);
    }
}

/// A plan without cuts has nobody's way out in it.
#[test]
fn an_edition_without_openings_is_nobodys() {
    let mut template = Template::default();
    template.push("From: a\r\n\r\nContent-Type: text/html\r\n\r\n\r\n--\r\n");
    let plan = Plan {
        newsletter: String::new(),
        slot: String::new(),
        serve_url: String::new(),
        content: String::new(),
        polls: Vec::new(),
        cuts: template.cuts,
    };
    let edition = Edition::of(template.bytes, plan, String::new());
    assert!(edition.assay().is_err());
}
