//! The one test binary: the program as its users meet it.

mod sink;

use std::io::{Read, Write};

#[test]
fn the_scripted_server_speaks_and_keeps_what_it_accepts() {
    let sink = sink::Sink::start(sink::Script::default());
    let mut stream = std::net::TcpStream::connect(sink.address()).unwrap();
    stream
        .write_all(
            b"EHLO me\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<never@b.example>\r\nRCPT TO:<anna@b.example>\r\nDATA\r\nHi\r\n..dot\r\n.\r\nQUIT\r\n",
        )
        .unwrap();
    let mut replies = String::new();
    stream.read_to_string(&mut replies).unwrap();
    let codes: Vec<&str> = replies.lines().map(|line| &line[..3]).collect();
    assert_eq!(codes, ["220", "250", "250", "250", "250", "250", "250", "550", "250", "354", "250", "221"]);
    assert_eq!(sink.copies("anna@b.example"), 1);
    assert_eq!(sink.kept()[0].bytes, b"Hi\r\n.dot\r\n");
    assert_eq!(sink.attempts("never@b.example"), 1);
}
