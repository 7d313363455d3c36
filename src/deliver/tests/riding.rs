//! The next envelope behind the dot: which message a failure belongs to, and that nothing but the time changes.

use std::cell::Cell;
use std::collections::VecDeque;

use super::*;
use crate::deliver::session::{Exchange, Next, Session};

const SENDER: &str = "desk";

async fn opened(door: &Door<'_>) -> Session {
    door.open().await.unwrap_or_else(|trouble| panic!("no session: {}", trouble.into_words()))
}

async fn exchanged(session: &mut Session, to: &str, next: Option<&str>) -> Exchange {
    let (sender, to, next) = (address(SENDER), address(to), next.map(address));
    let message = message();
    let letter = |to| Letter { sender: &sender, to, message: &message };
    session.exchange(letter(&to), next.as_ref().map(letter), |_| {}).await
}

/// One message with another one's envelope behind it, on a session of their own.
fn pair(sink: &Sink, first: &str, second: &str) -> Exchange {
    wait_for(async {
        let relay = relay(sink);
        let door = Door::new(&relay, "news.example", timeouts()).unwrap_or_else(|_| unreachable!());
        exchanged(&mut opened(&door).await, first, Some(second)).await
    })
}

/// What is expected of the second message.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Second {
    Untouched,
    Open,
    Settled(Answer),
}

#[test]
fn a_failure_belongs_to_the_message_on_whose_side_of_the_dot_it_fell() {
    use Second::{Open, Settled, Untouched};
    let cases = [
        ("anna", "bela", Answer::Accepted, Open, true),
        ("spam", "bela", Answer::Unwanted, Open, true),
        ("busy", "bela", Answer::TooFast { wait: None }, Open, true),
        // The first is refused at its envelope: the second never left.
        ("never", "bela", Answer::NoSuchReader, Untouched, true),
        ("full", "bela", Answer::NotNow, Untouched, true),
        ("drop-at-data", "bela", Answer::Unreached, Untouched, false),
        // The second is refused: the first has its answer.
        ("anna", "never", Answer::Accepted, Settled(Answer::NoSuchReader), true),
        ("anna", "greylist", Answer::Accepted, Settled(Answer::NotNow), true),
        ("spam", "never", Answer::Unwanted, Settled(Answer::NoSuchReader), true),
        ("anna", "421-at-rcpt", Answer::Accepted, Settled(Answer::Unreached), false),
        ("anna", "drop-at-rcpt", Answer::Accepted, Settled(Answer::Unreached), false),
        ("anna", "421-at-data", Answer::Accepted, Settled(Answer::Unreached), false),
        ("anna", "drop-at-data", Answer::Accepted, Settled(Answer::Unreached), false),
        // The session ends at the first one's dot: nothing was said about the second.
        ("accept-then-drop", "bela", Answer::Accepted, Untouched, false),
        ("421-at-dot", "bela", Answer::Unreached, Untouched, false),
        ("drop-after-dot", "bela", Answer::Silence, Untouched, false),
        ("lost-after-dot", "bela", Answer::Silence, Untouched, false),
        ("garbled", "bela", Answer::Silence, Untouched, false),
        ("slow-dot", "bela", Answer::Silence, Untouched, false),
    ];
    for (first, second, answer, expected, alive) in cases {
        let sink = Sink::start(Script::default());
        let exchange = pair(&sink, first, second);
        let found = match &exchange.next {
            Next::Untouched => Untouched,
            Next::Open => Open,
            Next::Settled(outcome) => Settled(outcome.answer),
        };
        let seen = (exchange.outcome.answer, found, exchange.alive());
        assert_eq!(seen, (answer, expected, alive), "{first}, {second}: {exchange:?}");
        assert_eq!(sink.copies(&format!("{second}@reader.example")), 0, "no byte of a second message has left");
    }
}

#[test]
fn a_connection_lost_before_the_dot_leaves_the_next_one_untouched() {
    let sink = Sink::start(Script { keywords: vec!["PIPELINING"], ..Script::default() });
    let message = Message::owning(("x".repeat(76) + "\r\n").repeat(300_000).into_bytes());
    let exchange = wait_for(async {
        let relay = relay(&sink);
        let door = Door::new(&relay, "news.example", Timeouts::default()).unwrap_or_else(|_| unreachable!());
        let (sender, first, second) = (address(SENDER), address("drop-before-dot"), address("bela"));
        let letter = |to| Letter { sender: &sender, to, message: &message };
        opened(&door).await.exchange(letter(&first), Some(letter(&second)), |_| {}).await
    });
    assert_eq!((exchange.outcome.answer, &exchange.next), (Answer::Unreached, &Next::Untouched), "{exchange:?}");
    assert_eq!(sink.attempts("bela@reader.example"), 0);
}

#[test]
fn an_answer_is_told_before_a_relay_has_made_up_its_mind_about_the_next_envelope() {
    let sink = Sink::start(Script::default());
    let heard = Cell::new(None);
    wait_for(async {
        let relay = relay(&sink);
        let patience = Timeouts::of(Duration::from_secs(20));
        let door = Door::new(&relay, "news.example", patience).unwrap_or_else(|_| unreachable!());
        let (sender, first, second) = (address(SENDER), address("anna"), address("hush-at-rcpt"));
        let message = message();
        let letter = |to| Letter { sender: &sender, to, message: &message };
        let mut session = opened(&door).await;
        let early = |outcome: &Outcome| heard.set(Some(outcome.answer));
        let exchange = session.exchange(letter(&first), Some(letter(&second)), early);
        // The second one is dropped in the middle of the relay's thoughts.
        assert!(tokio::time::timeout(Duration::from_millis(700), exchange).await.is_err());
    });
    assert_eq!(heard.into_inner(), Some(Answer::Accepted));
}

#[test]
fn the_envelope_leaves_in_the_flight_of_the_dot_and_only_where_that_is_allowed() {
    for (keywords, expected) in [(vec!["PIPELINING"], Next::Open), (vec![], Next::Untouched)] {
        let sink = Sink::start(Script { keywords, ..Script::default() });
        assert_eq!(pair(&sink, "anna", "bela").next, expected);
        assert_eq!(sink.attempts("bela@reader.example"), usize::from(expected == Next::Open));
    }
}

#[test]
fn what_cannot_be_sent_does_not_ride_and_costs_the_one_before_it_nothing() {
    let sink = Sink::start(Script::default());
    let exchange = pair(&sink, "anna", "jörg");
    assert_eq!(exchange.outcome.answer, Answer::Accepted);
    assert!(matches!(&exchange.next, Next::Settled(outcome) if outcome.reply.contains("SMTPUTF8")), "{exchange:?}");
    assert!(exchange.alive());
}

#[test]
fn an_open_envelope_takes_no_other_message_than_its_own() {
    let sink = Sink::start(Script::default());
    let exchange = wait_for(async {
        let relay = relay(&sink);
        let door = Door::new(&relay, "news.example", timeouts()).unwrap_or_else(|_| unreachable!());
        let mut session = opened(&door).await;
        assert_eq!(exchanged(&mut session, "anna", Some("bela")).await.next, Next::Open);
        exchanged(&mut session, "cora", None).await
    });
    assert_eq!(exchange.outcome.answer, Answer::Unreached);
    assert!(!exchange.alive());
    assert_eq!(sink.kept().len(), 1, "Bela's envelope did not carry Cora's message");
}

#[test]
fn a_reply_too_many_at_the_dot_never_passes_for_a_354() {
    let extra = vec![(At::Dot, "250 2.0.0 fine\r\n250 2.0.0 and more")];
    let sink = Sink::start(Script { once: extra, ..Script::default() });
    let exchange = pair(&sink, "anna", "bela");
    assert!(matches!(&exchange.next, Next::Settled(next) if next.answer == Answer::Unreached), "{exchange:?}");
    assert!(!exchange.alive());
}

/// Hands all of them over, the next one's envelope behind each dot; the answers in order.
fn ridden(relay: &Relay, readers: &[&str]) -> Vec<Answer> {
    wait_for(async {
        let door = Door::new(relay, "news.example", timeouts()).unwrap_or_else(|_| unreachable!());
        let mut waiting: VecDeque<&str> = readers.iter().copied().collect();
        let mut answers = Vec::new();
        let mut session = opened(&door).await;
        while let Some(reader) = waiting.pop_front() {
            let exchange = exchanged(&mut session, reader, waiting.front().copied()).await;
            let alive = exchange.alive();
            answers.push(exchange.outcome.answer);
            if let Next::Settled(next) = exchange.next {
                answers.push(next.answer);
                waiting.pop_front();
            }
            if !alive {
                session = opened(&door).await;
            }
        }
        answers
    })
}

#[test]
fn riding_changes_no_answer_and_no_message() {
    let readers = [
        "anna",
        "never",
        "bela",
        "cora",
        "spam",
        "later",
        "dora",
        "garbled",
        "emil",
        "421-at-data",
        "fina",
        "many-lines",
        "accept-then-drop",
        "gerd",
        "big",
        "full",
        "blocked",
        "hans",
        "drop-after-dot",
        "ida",
        "latin",
        "bare-lf",
        "jan",
    ];
    for script in [Script::default(), Script { split: Some(Duration::from_micros(200)), ..Script::default() }] {
        let sink = Sink::start(script);
        let expected: Vec<Answer> = readers
            .iter()
            .map(|reader| match *reader {
                "never" => Answer::NoSuchReader,
                "spam" | "big" | "blocked" => Answer::Unwanted,
                "later" | "full" => Answer::NotNow,
                "garbled" | "drop-after-dot" => Answer::Silence,
                // The one behind `accept-then-drop` met the end of its connection, and has an answer from the next.
                "421-at-data" => Answer::Unreached,
                _ => Answer::Accepted,
            })
            .collect();
        assert_eq!(ridden(&relay(&sink), &readers), expected);
        assert_eq!(sink.most_copies(), 1);
        assert!(sink.kept().iter().all(|kept| kept.bytes == MESSAGE));
    }
    let secure = Sink::start(Script { tls: Tls::Offered, ..Script::default() });
    let trusted = Relay { ca_file: Some(sink::AUTHORITY.into()), ..relay(&secure) };
    assert_eq!(
        ridden(&trusted, &["anna", "never", "bela"]),
        [Answer::Accepted, Answer::NoSuchReader, Answer::Accepted]
    );
    assert!(secure.kept().iter().all(|kept| kept.bytes == MESSAGE));
}
