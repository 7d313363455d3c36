//! Signatures over anything a message may be, believed by three verifiers that are not ours.

use std::path::Path;
use std::process::Command;

use super::*;

const HEADS: [&str; 8] = [
    "Subject: Short\r\n",
    "Subject: A subject that goes on for longer than a line may, with commas, and more of them,\r\n \
     and a second line, and a\r\n\tthird one behind a tab\r\n",
    "Subject:  =?utf-8?q?Der_Z=C3=BCricher_Fr=C3=BChling?=\r\n =?utf-8?q?_kommt=2C_und_er_bleibt?=  \r\n",
    "Subject:\r\n",
    "Subject: \tSpaces   and\t tabs  \r\nReply-To: \"Desk, The\" <desk@football.example.com>\r\n",
    "SUBJECT: Odd case\r\nList-Id: The Morning <morning.football.example.com>\r\n",
    "Subject: Both ways to leave\r\nList-Unsubscribe: <https://news.example/u/morning/AbC_-d>,\r\n \
     <mailto:morning@football.example.com?subject=unsubscribe%20AbC_-d>\r\n\
     List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
    "Subject: All of it\r\nFeedback-ID: 2026-11-24:morning:newsletter:0123456789ab\r\nMIME-Version: 1.0\r\n\
     Content-Type: multipart/alternative;\r\n boundary=\"=_0123\"\r\nX-Pool: not ours  to cover\r\n",
];

const PEOPLE: [&str; 5] = [
    "anna@reader.example",
    "=?utf-8?b?5p2R5LiK5pil5qi5?= <haruki@reader.example>",
    "\"O'Neill, Zo\\\"e\" <zoe+news@reader.example>",
    "=?utf-8?q?J=C3=BCrgen_M=C3=BCller?= <juergen@xn--bcher-kva.example>",
    "a-local-part-as-long-as-they-get-which-is-sixty-four-octets-long@reader.example",
];

/// Bodies whose relaxed form differs from what was written in every way it can.
fn bodies() -> Vec<String> {
    let mut bodies: Vec<String> = [
        "",
        "\r\n",
        "\r\n\r\n\r\n",
        " \r\n\t\r\n",
        "Hello\r\n",
        "Hello\r\n\r\n\r\n\r\n",
        "Hello \r\n \r\n",
        ".\r\n..\r\n.a\r\n",
        "a  b\tc \t d\r\n\te\r\n",
        " leading\r\n\r\n\r\n  and  inside \r\n",
        "=\r\n=20\r\n=3D=C3=A9=\r\n",
        "From the start\r\n>From quoted\r\n",
    ]
    .map(str::to_owned)
    .to_vec();
    // Irregular places on every side of the blocks the body is read in.
    for length in [62, 63, 64, 65, 127, 128, 129] {
        bodies.push(format!("{}  x\r\n{} \r\n", "a".repeat(length), "b".repeat(length)));
        bodies.push(format!("{}\ty\r\n\r\n", "a".repeat(length)));
    }
    bodies.push("<p>A line of a mail, as long as most are =E2=80=94 about.</p>=\r\n".repeat(1_000));
    bodies
}

#[test]
#[ignore = "needs dkimpy, opendkim and mailauth: ./tests/run"]
fn three_other_verifiers_believe_both_signatures_of_every_message() {
    let folder = tempfile::tempdir().unwrap();
    let dkim = both();
    let records: Vec<String> = dkim
        .keys
        .iter()
        .map(|(selector, key)| Record::of(&dkim.domain, selector, key))
        .map(|record| format!("{}\t{}\n", record.name, record.text))
        .collect();
    std::fs::write(folder.path().join("records.tsv"), records.concat()).unwrap();
    let mut number = 0;
    for body in bodies() {
        for head in HEADS {
            let (to, date) = (PEOPLE[number % PEOPLE.len()], "Tue, 24 Nov 2026 06:30:00 +0000");
            let from = "The Game <joe@football.example.com>";
            let id = format!("{number:04}.key@football.example.com");
            let head = format!("From: {from}\r\nTo: {to}\r\nDate: {date}\r\nMessage-ID: <{id}>\r\n{head}");
            let mut message = Message::owning(format!("{head}\r\n{body}").into_bytes());
            dkim.sign(at(), &mut message);
            std::fs::write(folder.path().join(format!("{number:04}.eml")), message.to_vec()).unwrap();
            number += 1;
        }
    }
    assert!(number >= 200, "{number} messages");
    let check = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dkim/check");
    let said = Command::new(check).arg(folder.path()).output().unwrap();
    let words = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(said.status.success(), "{}{}", words(&said.stdout), words(&said.stderr));
}
