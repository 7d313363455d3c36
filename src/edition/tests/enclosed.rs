//! Pictures inside the mail, taken out again by a parser that is not ours.

use super::*;
use mail_parser::PartType;

fn with(pictures: &[Vec<u8>]) -> (Vec<u8>, Vec<String>) {
    let ids: Vec<String> = (0..pictures.len()).map(|number| format!("{number:032x}@pressrun")).collect();
    let mut parts = parts();
    let shown: String = ids.iter().map(|id| format!("<img src=\"cid:{id}\" alt=\"A tram\">")).collect();
    parts.html.push(fixed(&shown));
    let enclosed: Vec<Enclosed<'_>> = pictures
        .iter()
        .zip(&ids)
        .map(|(content, id)| Enclosed { id: id.clone(), name: "night-tram.png".to_owned(), kind: "image/png", content })
        .collect();
    (stamped(&Edition::freeze(&parts, &letterhead(), &enclosed), &Reader::specimen()), ids)
}

#[test]
fn the_text_comes_first_and_the_pictures_stand_beside_the_html() {
    let (message, ids) = with(&[b"one".to_vec(), vec![0xff; 4000]]);
    lawful(&message);
    let mail = MessageParser::new().parse(&message).unwrap();
    let kinds: Vec<_> = mail.parts.iter().filter_map(|part| part.content_type()?.subtype()).collect();
    assert_eq!(kinds, ["alternative", "plain", "related", "html", "png", "png"]);
    let PartType::Multipart(children) = &mail.parts[0].body else { panic!("alternatives") };
    assert_eq!(children.len(), 2, "one text, and one page with its pictures");
    let related = mail.part(children[1]).unwrap();
    assert_eq!(related.content_type().unwrap().attribute("type"), Some("text/html"));
    let PartType::Multipart(children) = &related.body else { panic!("a page with its pictures") };
    let html = mail.body_html(0).unwrap();
    for (id, child) in ids.iter().zip(&children[1..]) {
        let own = mail.part(*child).unwrap();
        assert_eq!(own.content_id(), Some(id.as_str()));
        assert_eq!(own.content_disposition().map(|how| how.ctype()), Some("inline"));
        assert_eq!(own.attachment_name(), Some("night-tram.png"));
        assert!(html.contains(&format!("src=\"cid:{id}\"")));
    }
    assert_eq!((mail.text_body_count(), mail.html_body_count()), (1, 1));
}

#[test]
fn the_whole_message_with_a_picture_inside_is_the_golden_one() {
    let (message, _) = with(&[(0..=255).collect()]);
    insta::assert_snapshot!(String::from_utf8(message).unwrap().replace("\r\n", "\n"));
}

proptest! {
    #[test]
    fn any_picture_arrives_byte_for_byte(pictures in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..600), 1..4)) {
        let (message, _) = with(&pictures);
        lawful(&message);
        let mail = MessageParser::new().parse(&message).unwrap();
        let arrived: Vec<Vec<u8>> = mail.attachments().map(|own| own.contents().to_vec()).collect();
        prop_assert_eq!(arrived, pictures);
    }
}
