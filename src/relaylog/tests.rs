//! Lines as Debian's Postfix and Exim wrote them, and lines that prove nothing.

use super::*;

const POSTFIX: &str = include_str!("../../tests/fixtures/relaylogs/postfix.log");
const EXIM: &str = include_str!("../../tests/fixtures/relaylogs/exim.log");

fn log() -> RelayLog {
    RelayLog::new(chrono_tz::Europe::Lisbon, at("2026-11-24T12:00:00Z"))
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn taken(text: &str) -> Vec<(String, String)> {
    let mut log = log();
    let seen = text.lines().filter_map(|line| log.read(line));
    seen.map(|taken| (taken.message_id.split('.').next().unwrap().to_owned(), taken.queue)).collect()
}

#[test]
fn a_real_postfix_names_what_it_took_and_nothing_it_lost() {
    let found = taken(POSTFIX);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.iter().all(|(mark, queue)| mark.len() == 16 && queue.len() >= 6), "{found:?}");
    // The same without the queue's own lines: a message that came in and was never made active.
    let lost: String = POSTFIX
        .lines()
        .filter(|line| !line.contains("queue active") && !line.contains("status="))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(taken(&lost), []);
}

#[test]
fn a_real_exim_names_what_it_took() {
    let found = taken(EXIM);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.iter().all(|(mark, queue)| mark.len() == 16 && queue.split('-').count() == 3), "{found:?}");
}

#[test]
fn a_name_that_postfix_uses_again_is_the_last_messages() {
    let stamp = "2026-11-24T06:31:00+00:00 mx";
    let text = format!(
        "{stamp} postfix/cleanup[1]: 4F2A: message-id=<a.1@x>\n\
         {stamp} postfix/smtpd[2]: lost connection after DATA from press[192.0.2.1]\n\
         {stamp} postfix/cleanup[1]: 4F2A: message-id=<b.2@x>\n\
         {stamp} postfix/qmgr[3]: 4F2A: from=<>, size=1, nrcpt=1 (queue active)\n\
         {stamp} postfix/smtp[4]: 4F2A: to=<r@x>, relay=mx, status=sent (250 ok)\n"
    );
    assert_eq!(taken(&text), [("b".to_owned(), "4F2A".to_owned())]);
}

#[test]
fn times_are_read_in_every_form_and_the_year_is_the_last_that_can_be() {
    let span = |line: &str| {
        let mut log = log();
        log.read(line);
        log.span().map(|(first, _)| first)
    };
    assert_eq!(span("2026-11-24T06:31:02.123456+01:00 mx x[1]: y"), Some(at("2026-11-24T05:31:02.123456Z")));
    assert_eq!(span("2026-07-24 06:31:02 1tF0Ab-0000aB-2x Completed"), Some(at("2026-07-24T05:31:02Z")), "its zone");
    assert_eq!(span("2026-11-24 06:31:02.5 +0200 1tF0Ab-0000aB-2x Completed"), Some(at("2026-11-24T04:31:02.5Z")));
    assert_eq!(span("Nov 24 06:31:02 mx postfix/qmgr[1]: x"), Some(at("2026-11-24T06:31:02Z")));
    assert_eq!(span("Dec  3 06:31:02 mx postfix/qmgr[1]: x"), Some(at("2025-12-03T06:31:02Z")));
    assert_eq!(span("{\"ts\":1795501862,\"event\":\"x\",\"message_id\":\"a\"}"), Some(at("2026-11-24T06:31:02Z")));
    for junk in
        ["", "{", "{}", "é", "hello there", "2026-11-24", "2026-11-24 25:00:00 x", "Nov 31 00:00:00 x", "éééééééééééé"]
    {
        assert_eq!(span(junk), None, "{junk}");
    }
}

#[test]
fn json_counts_only_where_the_relay_says_that_it_took_it() {
    let line = |event: &str| format!("{{\"event\":\"{event}\",\"messageId\":\"<a.1@x>\",\"id\":\"Q1\"}}");
    assert_eq!(taken(&line("Accepted")), [("a".to_owned(), "Q1".to_owned())]);
    for event in ["rejected", "failed", "received", "open"] {
        assert_eq!(taken(&line(event)), [], "{event}");
    }
}
