//! Sessions against servers that misbehave, over real sockets.

mod riding;
mod runs;
#[path = "../../tests/it/sink.rs"]
mod sink;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::door::Door;
use super::letter::Letter;
use super::session::{Outcome, Timeouts};
use super::{hand_over, wait_for};
use crate::address::EmailAddress;
use crate::config::{Auth, Password, Relay, RelayKind, RelayUrl};
use crate::floor::Trouble;
use crate::message::{Look, Message};
use crate::pace::{Answer, Quota};
use sink::{At, SILENCE, Script, Sink, Tls};

const MESSAGE: &[u8] = b"Subject: Hello\r\n\r\nDear reader,\r\n.\r\n..\r\nThe end.\r\n";

fn message() -> Message<'static> {
    Message::owning(MESSAGE.to_vec())
}

fn address(local: &str) -> EmailAddress {
    EmailAddress::parse(&format!("{local}@reader.example")).unwrap()
}

fn relay_at(host: &str, sink: &Sink) -> Relay {
    Relay {
        name: "main".into(),
        url: RelayUrl::Smtp { user: None, host: host.into(), port: sink.port(), implicit_tls: false },
        kind: RelayKind::Plain,
        auth: Auth::Password,
        password: None,
        connections: 4,
        rate: None,
        quota: Quota::default(),
        spare: None,
        ca_file: None,
        insecure: false,
        headers: BTreeMap::new(),
    }
}

fn relay(sink: &Sink) -> Relay {
    relay_at("127.0.0.1", sink)
}

fn with_login(sink: &Sink, password: &str) -> Relay {
    let mut relay = relay(sink);
    if let RelayUrl::Smtp { user, .. } = &mut relay.url {
        *user = Some("ada".into());
    }
    relay.password = Some(Password::Command(format!("echo '{password}'")));
    relay
}

fn timeouts() -> Timeouts {
    let short = Duration::from_millis(400);
    Timeouts { connect: short * 5, banner: short, command: short, data: short, block: short, dot: short }
}

/// Opens one session and hands these readers a message each, until the session ends.
fn outcomes(relay: &Relay, readers: &[&str]) -> Result<Vec<Outcome>, Trouble> {
    outcomes_within(timeouts(), relay, readers)
}

fn outcomes_within(timeouts: Timeouts, relay: &Relay, readers: &[&str]) -> Result<Vec<Outcome>, Trouble> {
    wait_for(async {
        let door = Door::new(relay, "news.example", timeouts)?;
        let mut session = door.open().await?;
        let mut outcomes = Vec::new();
        for reader in readers {
            let outcome =
                session.send(Letter { sender: &address("desk"), to: &address(reader), message: &message() }).await;
            let alive = outcome.alive;
            outcomes.push(outcome);
            if !alive {
                return Ok(outcomes);
            }
        }
        session.quit().await;
        Ok(outcomes)
    })
}

/// From relays that answer, on a machine that may be busy.
fn answers(relay: &Relay, readers: &[&str]) -> Vec<Answer> {
    outcomes_within(Timeouts::of(Duration::from_secs(20)), relay, readers)
        .unwrap()
        .into_iter()
        .map(|outcome| outcome.answer)
        .collect()
}

fn trouble(relay: &Relay) -> Trouble {
    outcomes(relay, &["anna"]).expect_err("no session should have come of this")
}

#[test]
fn messages_arrive_whole_over_every_kind_of_server() {
    let plain = Script::default();
    let scripts = [
        plain.clone(),
        Script { keywords: Vec::new(), ..plain.clone() },
        Script { lower: true, ..plain.clone() },
        Script { helo_only: true, ..plain.clone() },
        Script { split: Some(Duration::from_micros(200)), ..plain.clone() },
        Script { keywords: vec!["PIPELINING"], ..plain },
    ];
    for script in scripts {
        let sink = Sink::start(script.clone());
        let readers = ["anna", "never", "bela", "many-lines", "bare-code", "bare-lf", "latin", "cora"];
        let answers = answers(&relay(&sink), &readers);
        let mut expected = vec![Answer::Accepted; readers.len()];
        expected[1] = Answer::NoSuchReader;
        assert_eq!(answers, expected, "{script:?}");
        assert_eq!(sink.kept().len(), 7, "{script:?}");
        assert!(sink.kept().iter().all(|kept| kept.bytes == MESSAGE), "{script:?}");
        assert!(sink.kept().iter().all(|kept| kept.sender == "desk@reader.example"));
    }
}

#[test]
fn a_refused_reader_does_not_cost_the_session_or_the_next_reader() {
    for keywords in [vec!["PIPELINING"], vec![]] {
        let sink = Sink::start(Script { keywords, ..Script::default() });
        let readers = ["never", "later", "anna", "full", "greylist", "blocked", "bela", "spam", "big", "busy", "cora"];
        let expected = [
            Answer::NoSuchReader,
            Answer::NotNow,
            Answer::Accepted,
            Answer::NotNow,
            Answer::NotNow,
            Answer::Unwanted,
            Answer::Accepted,
            Answer::Unwanted,
            Answer::Unwanted,
            Answer::TooFast { wait: None },
            Answer::Accepted,
        ];
        assert_eq!(answers(&relay(&sink), &readers), expected);
        assert_eq!(sink.connections(), 1);
    }
}

#[test]
fn which_side_of_the_dot_a_connection_ended_on_is_known() {
    let cases = [
        ("421-at-rcpt", Answer::Unreached, 0),
        ("421-at-data", Answer::Unreached, 0),
        ("421-at-dot", Answer::Unreached, 0),
        ("drop-at-rcpt", Answer::Unreached, 0),
        ("drop-at-data", Answer::Unreached, 0),
        ("drop-after-dot", Answer::Silence, 1),
        ("rst-after-dot", Answer::Silence, 1),
        ("lost-after-dot", Answer::Silence, 0),
        ("garbled", Answer::Silence, 1),
        ("accept-then-drop", Answer::Accepted, 1),
    ];
    for (reader, answer, copies) in cases {
        for keywords in [vec!["PIPELINING"], vec![]] {
            let sink = Sink::start(Script { keywords, ..Script::default() });
            let outcomes = outcomes(&relay(&sink), &[reader]).unwrap();
            assert_eq!(outcomes[0].answer, answer, "{reader}: {outcomes:?}");
            assert_eq!(sink.copies(&format!("{reader}@reader.example")), copies, "{reader}");
        }
    }
}

#[test]
fn a_connection_lost_in_the_middle_of_the_body_is_before_the_dot() {
    let sink = Sink::start(Script::default());
    // More than the network can hold on its own.
    let line = "x".repeat(76) + "\r\n";
    let message = line.repeat(300_000);
    let outcome = wait_for(async {
        let relay = relay(&sink);
        let door = Door::new(&relay, "news.example", Timeouts::default()).unwrap_or_else(|_| unreachable!());
        let mut session = door.open().await.unwrap_or_else(|_| panic!("a session"));
        // The sink announces a size; this relay is one that does not keep to it.
        session.forget_size();
        let (sender, to) = (address("desk"), address("drop-before-dot"));
        let message = Message::owning(message.into_bytes());
        session.send(Letter { sender: &sender, to: &to, message: &message }).await
    });
    assert_eq!(outcome.answer, Answer::Unreached, "{outcome:?}");
    assert!(outcome.reply.contains("before the final dot"), "{outcome:?}");
    assert!(!outcome.alive && sink.kept().is_empty());
}

#[test]
fn a_reply_to_the_dot_that_comes_too_late_is_a_silence() {
    let sink = Sink::start(Script::default());
    let outcomes = outcomes(&relay(&sink), &["slow-dot"]).unwrap();
    assert_eq!(outcomes[0].answer, Answer::Silence);
    assert!(!outcomes[0].alive);
}

#[test]
fn the_reply_to_the_dot_has_its_own_time_and_no_more() {
    let sink = Sink::start(Script::default());
    let begun = Instant::now();
    let outcome = wait_for(async {
        let relay = relay(&sink);
        let timeouts = Timeouts { block: Duration::from_secs(2), ..timeouts() };
        let door = Door::new(&relay, "news.example", timeouts).unwrap_or_else(|_| unreachable!());
        let mut session = door.open().await.unwrap_or_else(|_| panic!("a session"));
        session.send(Letter { sender: &address("desk"), to: &address("slow-dot"), message: &message() }).await
    });
    assert_eq!(outcome.answer, Answer::Silence);
    assert!(begun.elapsed() < Duration::from_millis(1_500), "{:?}", begun.elapsed());
}

#[test]
fn a_relay_that_falls_silent_is_given_up_in_time_on_the_right_side_of_the_dot() {
    for at in [At::Banner, At::Hello] {
        let sink = Sink::start(Script { always: vec![(at, SILENCE)], ..Script::default() });
        assert!(matches!(trouble(&relay(&sink)), Trouble::Away(_)), "{at:?}");
    }
    let phases = [At::Mail, At::Rcpt, At::Data, At::Dot];
    for (at, keywords) in phases.into_iter().flat_map(|at| [(at, vec!["PIPELINING"]), (at, vec![])]) {
        let sink = Sink::start(Script { always: vec![(at, SILENCE)], keywords, ..Script::default() });
        let outcome = outcomes(&relay(&sink), &["anna"]).unwrap().remove(0);
        let expected = if at == At::Dot { Answer::Silence } else { Answer::Unreached };
        assert_eq!(
            (outcome.answer, outcome.alive, outcome.begun),
            (expected, false, at != At::Mail),
            "{at:?}: {outcome:?}"
        );
    }
}

#[test]
fn a_reply_of_endless_lines_is_a_silence_and_holds_nobody_up() {
    let endless = "250-x\r\n".repeat(16_000).leak();
    let begun = Instant::now();
    let sink = Sink::start(Script { once: vec![(At::Dot, endless)], ..Script::default() });
    let outcomes = outcomes(&relay(&sink), &["anna"]).unwrap();
    assert_eq!((outcomes.len(), outcomes[0].answer), (1, Answer::Silence));
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
}

#[test]
fn what_cannot_be_sent_is_refused_before_a_byte_leaves() {
    let sink = Sink::start(Script { keywords: vec!["PIPELINING", "SIZE 40"], ..Script::default() });
    let refused = |message: &[u8], reader: &str| {
        wait_for(async {
            let relay = relay(&sink);
            let door = Door::new(&relay, "news.example", timeouts()).unwrap_or_else(|_| unreachable!());
            let mut session = door.open().await.unwrap_or_else(|_| panic!("a session"));
            let to = EmailAddress::parse(reader).unwrap();
            let message = Message::owning(message.to_vec());
            session.send(Letter { sender: &address("desk"), to: &to, message: &message }).await
        })
    };
    for message in
        [&b""[..], b"bare\nfeed\r\n", b"bare\rreturn\r\n", b"no end", b"\xff\r\n", "é\r\n".as_bytes(), &[b'x'; 99]]
    {
        let outcome = refused(message, "anna@reader.example");
        assert_eq!((outcome.answer, outcome.alive), (Answer::Unwanted, true), "{outcome:?}");
    }
    let by_name = refused(b"ok\r\n", "jörg@reader.example");
    assert_eq!(by_name.answer, Answer::NotByThisRelay, "about that reader, and nobody else: {by_name:?}");
    assert!(!sink.commands().iter().any(|command| command.starts_with("MAIL")), "{:?}", sink.commands());
}

#[test]
fn a_relay_that_takes_utf8_gets_it_said() {
    let sink =
        Sink::start(Script { keywords: vec!["PIPELINING", "8bitmime", "SmtpUtf8", "size 1000"], ..Script::default() });
    let outcome = wait_for(async {
        let relay = relay(&sink);
        let door = Door::new(&relay, "news.example", timeouts()).unwrap_or_else(|_| unreachable!());
        let mut session = door.open().await.unwrap_or_else(|_| panic!("a session"));
        let (sender, to) = (address("desk"), address("jörg"));
        let message = Message::owning("é\r\n".into());
        session.send(Letter { sender: &sender, to: &to, message: &message }).await
    });
    assert_eq!(outcome.answer, Answer::Accepted, "{outcome:?}");
    let said = "MAIL FROM:<desk@reader.example> SIZE=4 BODY=8BITMIME SMTPUTF8".to_owned();
    assert!(sink.commands().contains(&said), "{:?}", sink.commands());
}

#[test]
fn an_amazon_relay_that_throttles_costs_no_try_and_its_id_is_kept() {
    let id = "250 Ok 0100018c1f2a-7e6e8fd9-1c6c-4bd7-8d43-8e9a1e5a6d0e-000000";
    let once = vec![
        (At::Mail, "454 Throttling failure: Maximum sending rate exceeded."),
        (At::Dot, "454 Throttling failure: Daily message quota exceeded."),
        (At::Dot, id),
    ];
    let sink = Sink::start(Script { once, ..Script::default() });
    let ses = Relay { kind: RelayKind::Ses, ..relay(&sink) };
    let outcomes = outcomes(&ses, &["anna", "anna", "anna"]).unwrap();
    let slow = Answer::TooFast { wait: None };
    assert_eq!(outcomes.iter().map(|outcome| outcome.answer).collect::<Vec<_>>(), [slow, slow, Answer::Accepted]);
    assert_eq!(outcomes[2].reply, id);
}

#[test]
fn a_reply_nobody_asked_for_ends_the_session_before_the_next_message() {
    let sink =
        Sink::start(Script { once: vec![(At::Dot, "250 2.0.0 fine\r\n250 2.0.0 and more")], ..Script::default() });
    let answers = answers(&relay(&sink), &["anna", "bela", "cora"]);
    assert_eq!(answers, [Answer::Accepted, Answer::Unreached]);
    assert_eq!(sink.kept().len(), 1);
}

#[test]
fn starttls_is_used_when_offered_and_the_certificate_proved() {
    let sink = Sink::start(Script { tls: Tls::Offered, ..Script::default() });
    let trusted = Relay { ca_file: Some(sink::AUTHORITY.into()), ..relay(&sink) };
    assert_eq!(answers(&trusted, &["anna", "bela"]), [Answer::Accepted, Answer::Accepted]);
    let by_name = Relay { ca_file: Some(sink::AUTHORITY.into()), ..relay_at("localhost", &sink) };
    assert_eq!(answers(&by_name, &["anna"]), [Answer::Accepted]);
    assert!(matches!(trouble(&relay(&sink)), Trouble::Refuses(words) if words.contains("ca_file")));
    let careless = Relay { insecure: true, ..relay(&sink) };
    assert_eq!(answers(&careless, &["anna"]), [Answer::Accepted]);
    let commands = sink.commands();
    let mail = commands.iter().position(|command| command.starts_with("MAIL")).unwrap();
    assert!(commands[..mail].contains(&"STARTTLS".to_owned()));
}

/// A message of its own bytes and stretches it shares, by turns; lines go on from one piece to the next.
fn in_pieces(pieces: usize, stretch: &'static str) -> Message<'static> {
    let mut message = Message::default();
    message.write(|out| out.extend_from_slice(b"Subject: Hello\r\n\r\n"));
    for piece in 0..pieces {
        message.share(stretch.as_bytes(), Look::at(stretch.as_bytes()));
        message.write(|out| out.extend_from_slice(format!(" {piece}.\r\n").as_bytes()));
    }
    message
}

#[test]
fn a_message_in_pieces_arrives_whole_in_clear_and_by_tls() {
    // More pieces than the system takes at once, and more bytes than the network holds.
    let long: &'static str = "A line of some length,\r\nand half of one".repeat(50).leak();
    for tls in [Tls::None, Tls::Offered] {
        let sink = Sink::start(Script { keywords: vec!["PIPELINING"], tls, ..Script::default() });
        let relay = Relay { ca_file: Some(sink::AUTHORITY.into()), ..relay(&sink) };
        for message in [in_pieces(1, "one piece"), in_pieces(3, "one of a few"), in_pieces(3_000, long)] {
            let before = sink.kept().len();
            let said = hand_over(
                &relay,
                Letter { sender: &address("desk"), to: &address("anna"), message: &message },
                Timeouts::default(),
            );
            assert!(said.is_ok(), "{said:?}");
            assert!(sink.kept()[before].bytes == message.to_vec(), "{} bytes", message.len());
        }
    }
}

#[test]
fn implicit_tls_is_tls_from_the_first_byte() {
    let sink = Sink::start(Script { tls: Tls::Implicit, ..Script::default() });
    let mut implicit = Relay { ca_file: Some(sink::AUTHORITY.into()), ..relay(&sink) };
    if let RelayUrl::Smtp { implicit_tls, .. } = &mut implicit.url {
        *implicit_tls = true;
    }
    assert_eq!(answers(&implicit, &["anna"]), [Answer::Accepted]);
    let clear = Sink::start(Script::default());
    if let RelayUrl::Smtp { port, .. } = &mut implicit.url {
        *port = clear.port();
    }
    assert!(matches!(trouble(&implicit), Trouble::Refuses(words) if words.contains("does not speak TLS")));
}

#[test]
fn starttls_is_never_stripped_smuggled_past_or_given_up() {
    let injected = Sink::start(Script { tls: Tls::Injected, ..Script::default() });
    let careful = Relay { ca_file: Some(sink::AUTHORITY.into()), ..relay(&injected) };
    assert!(matches!(trouble(&careful), Trouble::Refuses(words) if words.contains("somebody may be in between")));

    let script =
        Script { tls: Tls::Offered, always: vec![(At::StartTls, "502 5.5.1 no TLS today")], ..Script::default() };
    let refused = Sink::start(script.clone());
    assert!(matches!(trouble(&relay(&refused)), Trouble::Refuses(_)));
    let busy = Sink::start(Script { always: vec![(At::StartTls, "454 4.7.0 no TLS now")], ..script.clone() });
    assert!(matches!(trouble(&relay(&busy)), Trouble::Away(_)));
    let going = Sink::start(Script { always: vec![(At::StartTls, "421 4.3.2 going down")], ..script });
    assert!(matches!(trouble(&relay(&going)), Trouble::Away(_)));
    for sink in [injected, refused, busy, going] {
        assert!(!sink.commands().iter().any(|command| command.starts_with("MAIL")), "{:?}", sink.commands());
    }
}

#[test]
fn logins_by_plain_and_login_and_a_wrong_one_is_told_without_the_password() {
    for (keywords, mechanisms) in [(vec!["PIPELINING"], "PLAIN LOGIN"), (vec![], "LOGIN"), (vec![], "plain")] {
        let script = Script { keywords, mechanisms, login: Some(("ada", "open sesame")), ..Script::default() };
        let sink = Sink::start(script);
        assert_eq!(answers(&with_login(&sink, "open sesame"), &["anna"]), [Answer::Accepted], "{mechanisms}");
        let words = match trouble(&with_login(&sink, "hunter2")) {
            Trouble::Refuses(words) => words,
            other => panic!("{other:?}"),
        };
        assert!(words.contains("ada") && words.contains("535") && !words.contains("hunter2"), "{words}");
        assert_eq!(answers(&relay(&sink), &["anna"]), [Answer::RefusesUs], "MAIL without a login");
    }
    let none = Sink::start(Script::default());
    assert!(matches!(trouble(&with_login(&none, "x")), Trouble::Refuses(words) if words.contains("no login")));
    let temporary =
        Script { login: Some(("ada", "x")), always: vec![(At::Auth, "454 4.7.0 try again")], ..Script::default() };
    assert!(matches!(trouble(&with_login(&Sink::start(temporary), "x")), Trouble::Away(_)));
}

fn with_token(sink: &Sink, command: &str) -> Relay {
    Relay { auth: Auth::Xoauth2, password: Some(Password::Command(command.into())), ..with_login(sink, "") }
}

#[test]
fn a_token_logs_in_by_xoauth2_and_one_that_is_refused_is_asked_for_again() {
    let script = Script { mechanisms: "PLAIN xoauth2", login: Some(("ada", "fresh-token")), ..Script::default() };
    let sink = Sink::start(script);
    assert_eq!(answers(&with_token(&sink, "echo fresh-token"), &["anna"]), [Answer::Accepted]);
    // A command that gives the old token once, and then the new one.
    let folder = tempfile::tempdir().unwrap();
    let seen = folder.path().join("seen").display().to_string();
    let command = format!("if [ -e {seen} ]; then echo fresh-token; else touch {seen}; echo old-token; fi");
    assert_eq!(answers(&with_token(&sink, &command), &["bela"]), [Answer::Accepted]);
    assert_eq!(sink.commands().iter().filter(|command| command.starts_with("AUTH XOAUTH2")).count(), 3);
}

#[test]
fn a_token_that_stays_refused_is_told_without_it_and_never_offered_as_a_password() {
    let script = Script { mechanisms: "PLAIN XOAUTH2", login: Some(("ada", "right")), ..Script::default() };
    let sink = Sink::start(script.clone());
    let words = match trouble(&with_token(&sink, "echo wr0ng-t0ken")) {
        Trouble::Refuses(words) => words,
        other => panic!("{other:?}"),
    };
    assert!(words.contains("ada") && words.contains("535") && !words.contains("wr0ng"), "{words}");
    assert_eq!(sink.commands().iter().filter(|command| command.starts_with("AUTH")).count(), 1);
    let without = Sink::start(Script { mechanisms: "PLAIN LOGIN", ..script });
    assert!(
        matches!(trouble(&with_token(&without, "echo right")), Trouble::Refuses(words) if words.contains("XOAUTH2"))
    );
    assert!(!without.commands().iter().any(|command| command.starts_with("AUTH")), "{:?}", without.commands());
}

#[test]
fn a_greeting_that_refuses_is_told_apart_from_nobody_there() {
    let full = Sink::start(Script { connections: Some(0), ..Script::default() });
    assert!(matches!(trouble(&relay(&full)), Trouble::NoRoom(words) if words.contains("too many connections")));
    let closed = Sink::start(Script { always: vec![(At::Banner, "554 5.3.2 closed")], ..Script::default() });
    assert!(matches!(trouble(&relay(&closed)), Trouble::Away(words) if words.contains("5.3.2 closed")));
    let mute = Sink::start(Script { always: vec![(At::Banner, "")], ..Script::default() });
    assert!(matches!(trouble(&relay(&mute)), Trouble::Away(_)));
    let mut gone = relay(&mute);
    // Reserved for a service nobody runs on loopback.
    gone.url = RelayUrl::Smtp { user: None, host: "127.0.0.1".into(), port: 1, implicit_tls: false };
    assert!(matches!(trouble(&gone), Trouble::Away(_)));
}
