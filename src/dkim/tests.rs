//! The forms by the book and by chance, RFC 8463's own example, keys as other tools write them.

use aws_lc_rs::digest::digest;
use aws_lc_rs::signature::{ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm};
use proptest::prelude::*;

use super::*;

mod verifiers;

/// RFC 8463, appendix A: the message and the key of its Ed25519 signature.
const GAME: &str = "From: Joe SixPack <joe@football.example.com>\r\n\
    To: Suzie Q <suzie@shopping.example.net>\r\n\
    Subject: Is dinner ready?\r\n\
    Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n\
    Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n\
    \r\n\
    Hi.\r\n\
    \r\n\
    We lost the game.  Are you hungry yet?\r\n\
    \r\n\
    Joe.\r\n";
const BRISBANE: &str = "-----BEGIN PRIVATE KEY-----\n\
    MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
    -----END PRIVATE KEY-----\n";
const BRISBANE_PUBLIC: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

#[test]
fn the_example_of_rfc_8463_has_the_signature_it_is_printed_with() {
    let game = game();
    let (head, body) = divided(&game).unwrap();
    let fields = Fields::read(&head).unwrap();
    assert_eq!(BASE64_STANDARD.encode(body_hash(body)), "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=");
    let names = ["from", "to", "subject", "date", "message-id", "from", "subject", "date"];
    let header = "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n \
        d=football.example.com; i=@football.example.com;\r\n \
        q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n \
        subject : date : message-id : from : subject : date;\r\n \
        bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n b=";
    let key = Key::parse(BRISBANE).unwrap();
    assert_eq!(key.public(), BRISBANE_PUBLIC);
    let signature = key.sign(&digested(&fields.canonical(&names), header));
    assert_eq!(
        BASE64_STANDARD.encode(signature),
        "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw=="
    );
}

/// The relaxed body by the letter of RFC 6376, 3.4.4: line by line, with copies.
fn by_the_letter(body: &str) -> String {
    let body = if body.is_empty() || body.ends_with("\r\n") { body.to_owned() } else { format!("{body}\r\n") };
    let mut lines: Vec<String> = Vec::new();
    for line in body.split("\r\n") {
        let mut out = String::new();
        for c in line.chars() {
            match c {
                ' ' | '\t' if out.ends_with(' ') => {}
                '\t' => out.push(' '),
                c => out.push(c),
            }
        }
        lines.push(out.trim_end_matches(' ').to_owned());
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    if lines.is_empty() { String::new() } else { lines.join("\r\n") + "\r\n" }
}

fn hash_of(body: &str) -> Vec<u8> {
    body_hash([Piece { text: body.as_bytes(), even: false }].into_iter()).as_ref().to_vec()
}

#[test]
fn the_relaxed_body_is_that_of_the_rfc() {
    // RFC 6376, 3.4.5.
    assert_eq!(hash_of(" C \r\nD \t E\r\n\r\n\r\n"), digest(&SHA256, b" C\r\nD E\r\n").as_ref());
    assert_eq!(hash_of(""), digest(&SHA256, b"").as_ref());
    assert_eq!(hash_of("\r\n \r\n\t\r\n"), digest(&SHA256, b"").as_ref());
    assert_eq!(hash_of("no line end"), digest(&SHA256, b"no line end\r\n").as_ref());
    let mut fields = Vec::new();
    relaxed(b"SUBJect : AbC\t\r\n\t  d  e \r\n", &mut fields);
    assert_eq!(fields, b"subject:AbC d e");
}

fn any_body() -> impl Strategy<Value = String> {
    let bit = prop_oneof![
        5 => "[a-z=.]{0,80}",
        2 => Just(" ".to_owned()),
        1 => Just("\t".to_owned()),
        2 => Just("\r\n".to_owned()),
        1 => Just("  \t ".to_owned()),
        1 => Just(" \r\n".to_owned()),
    ];
    proptest::collection::vec(bit, 0..60).prop_map(|bits| bits.concat())
}

proptest! {
    #[test]
    fn where_a_body_is_cut_into_pieces_makes_no_difference(bits in proptest::collection::vec(any_body(), 0..6)) {
        let pieces = bits.iter().map(|bit| Piece { text: bit.as_bytes(), even: Look::at(bit.as_bytes()).is_even() });
        prop_assert_eq!(body_hash(pieces).as_ref().to_vec(), hash_of(&bits.concat()));
    }

    #[test]
    fn reading_a_body_in_runs_hashes_what_the_letter_says(body in any_body()) {
        prop_assert_eq!(hash_of(&body), digest(&SHA256, by_the_letter(&body).as_bytes()).as_ref().to_vec());
    }
}

fn game() -> Message<'static> {
    Message::owning(GAME.into())
}

fn at() -> DateTime<Utc> {
    "2024-11-24T06:30:00Z".parse().unwrap()
}

fn both() -> Dkim {
    let rsa = Key::generate(Algorithm::Rsa).unwrap().0;
    Dkim::new("football.example.com", vec![("press1".into(), rsa), ("press1e".into(), Key::parse(BRISBANE).unwrap())])
}

/// A tag of a signature, white space out.
fn tag(header: &str, name: &str) -> String {
    let tags = header.split_once(':').unwrap().1.split(';');
    let mut own = tags.filter_map(|part| part.split_once('=')).filter(|(own, _)| own.trim() == name);
    own.next().unwrap_or_else(|| panic!("{name} in {header}")).1.split_ascii_whitespace().collect()
}

/// The signed headers above a message, each unfolded, and what stands below them.
fn apart(message: &[u8]) -> (Vec<String>, String) {
    let text = String::from_utf8(message.to_vec()).unwrap().replace("\r\n ", " ");
    let (signatures, rest): (Vec<&str>, Vec<&str>) =
        text.split_inclusive("\r\n").partition(|line| line.starts_with("DKIM-Signature:"));
    (signatures.iter().map(|line| line.trim_end().to_owned()).collect(), rest.concat())
}

#[test]
fn two_keys_make_two_signatures_that_their_public_halves_prove() {
    let dkim = both();
    let mut message = game();
    dkim.sign(at(), &mut message);
    let (signatures, rest) = apart(&message.to_vec());
    assert_eq!((signatures.len(), rest.as_str()), (2, GAME), "the message itself is untouched");
    let algorithms: [&dyn VerificationAlgorithm; 2] = [&RSA_PKCS1_2048_8192_SHA256, &ED25519];
    for ((header, (selector, key)), algorithm) in signatures.iter().zip(&dkim.keys).zip(algorithms) {
        assert_eq!((tag(header, "s"), tag(header, "d")), (selector.clone(), "football.example.com".to_owned()));
        assert_eq!(tag(header, "h"), "From:From:To:Subject:Date:Message-ID");
        assert_eq!(tag(header, "t"), at().timestamp().to_string());
        let (unsigned, signature) = header.rsplit_once(" b=").unwrap();
        let signature = BASE64_STANDARD.decode(signature.replace(' ', "")).unwrap();
        let fields = Fields::read(GAME.as_bytes()).unwrap();
        let mut signed = fields.canonical(&["From", "To", "Subject", "Date", "Message-ID"]);
        relaxed(format!("{unsigned} b=").as_bytes(), &mut signed);
        let digest = digest(&SHA256, &signed);
        let public = BASE64_STANDARD.decode(key.public()).unwrap();
        let proved = match key.algorithm() {
            Algorithm::Rsa => UnparsedPublicKey::new(algorithm, public).verify(&signed, &signature),
            Algorithm::Ed25519 => UnparsedPublicKey::new(algorithm, public).verify(digest.as_ref(), &signature),
        };
        assert!(proved.is_ok(), "{header}");
    }
}

#[test]
fn no_line_of_a_signature_is_long_and_both_ways_to_leave_are_covered() {
    let domain = format!("{}.example", ["long-label-of-a-domain"; 9].join("."));
    let key = Key::generate(Algorithm::Rsa).unwrap().0;
    let dkim = Dkim::new(&domain, vec![("a-selector-of-some-length".into(), key)]);
    let head = COVERED.map(|name| format!("{name}: x\r\n")).concat();
    let message = format!("{head}X-Pool: a\r\n\r\nHello\r\n").into_bytes();
    let mut message = Message::owning(message);
    dkim.sign(at(), &mut message);
    let message = message.to_vec();
    let text = String::from_utf8(message.clone()).unwrap();
    let own = text.split("\r\nFrom:").next().unwrap();
    for line in own.split("\r\n").filter(|line| !line.contains(&domain)) {
        assert!(line.len() <= WIDTH, "{line}");
    }
    let (signatures, _) = apart(&message);
    let listed = tag(&signatures[0], "h");
    let covered: Vec<&str> = listed.split(':').collect();
    assert_eq!(covered[..2], ["From", "From"]);
    assert_eq!(covered[1..], COVERED, "each header of ours, and no other's");
}

#[test]
fn wherever_a_message_is_cut_it_has_the_signature_of_the_whole() {
    let dkim = Dkim::new("football.example.com", vec![("press1e".into(), Key::parse(BRISBANE).unwrap())]);
    let mut whole = game();
    dkim.sign(at(), &mut whole);
    let whole = whole.to_vec();
    for cut in 0..=GAME.len() {
        for end in [cut, GAME.len().min(cut + 3), GAME.len()] {
            let (before, shared, behind) = (&GAME[..cut], &GAME[cut..end], &GAME[end..]);
            let mut message = Message::default();
            message.write(|out| out.extend_from_slice(before.as_bytes()));
            message.share(shared.as_bytes(), Look::at(shared.as_bytes()));
            message.write(|out| out.extend_from_slice(behind.as_bytes()));
            dkim.sign(at(), &mut message);
            assert!(message.to_vec() == whole, "{before:?} {shared:?} {behind:?}");
        }
    }
}

#[test]
fn what_is_no_message_is_left_as_it_is() {
    for text in ["", "\r\n\r\n", "no colon\r\n\r\n", "From: a\r\nno end"] {
        let mut message = Message::owning(text.into());
        both().sign(at(), &mut message);
        assert_eq!(message.to_vec(), text.as_bytes());
    }
}

#[test]
fn keys_come_back_from_their_pem_and_a_key_that_cannot_sign_is_explained() {
    for algorithm in [Algorithm::Rsa, Algorithm::Ed25519] {
        let (key, pem) = Key::generate(algorithm).unwrap();
        let again = Key::parse(&pem).unwrap();
        assert_eq!((again.algorithm(), again.public()), (algorithm, key.public()));
        assert_eq!(format!("{again:?}"), format!("Key({})", algorithm.as_str()));
        assert!(pem.lines().all(|line| line.len() <= 64));
    }
    let broken = |pem: &str| Key::parse(pem).unwrap_err();
    assert!(broken("-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----").contains("it holds a `PUBLIC KEY`"));
    assert!(broken("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMCow\n-----END X").contains("passphrase"));
    assert!(broken("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----").contains("2048 bits"));
    for junk in ["", "hunter2", "-----BEGIN PRIVATE KEY-----\nhunter2"] {
        let error = broken(junk);
        assert!(error.starts_with("it is no private key") && !error.contains("hunter2"), "{error}");
    }
}

#[test]
fn a_record_is_split_for_the_dns_and_known_again_when_it_is_published() {
    let key = Key::generate(Algorithm::Rsa).unwrap().0;
    let record = Record::of("news.example", "press1", &key);
    assert_eq!(record.name, "press1._domainkey.news.example");
    let line = record.zone_line();
    let strings: Vec<&str> = line.split('"').skip(1).step_by(2).collect();
    assert!(strings.len() == 2 && strings.iter().all(|part| part.len() <= 255), "{line}");
    assert_eq!(strings.concat(), record.text);

    assert_eq!(record.agrees_with(&record.text), Ok(()));
    let spaced = record.text.replace("; ", " ;\t").replace("v=DKIM1 ;", "").replace("p=MII", "p= MI I");
    assert_eq!(record.agrees_with(&spaced), Ok(()), "{spaced}");
    let other = Record::of("news.example", "press1", &Key::parse(BRISBANE).unwrap());
    let wrong = |published: &str| record.agrees_with(published).unwrap_err();
    assert_eq!(wrong(&other.text), "names another key");
    assert_eq!(wrong("v=DKIM1; p="), "withdraws its key: `p=` is empty");
    assert_eq!(wrong("v=spf1 -all"), "is no record of DKIM");
    assert_eq!(wrong("v=DKIM1"), "holds no key: no `p=`");
    assert!(wrong(&record.text.replace("k=rsa", "k=ed25519")).contains("k=ed25519"));
    assert!(wrong(&format!("{}; h=sha1", record.text)).contains("SHA-256"));
}
