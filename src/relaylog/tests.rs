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
    let taken = seen.filter(|heard| heard.fate == Fate::Taken);
    taken.map(|heard| (heard.message_id.split('.').next().unwrap().to_owned(), heard.queue)).collect()
}

/// What came back, by Message-ID and name, in which words.
fn returned(text: &str) -> Vec<(String, String, String)> {
    let mut log = log();
    let returned = |heard: Heard| match heard.fate {
        Fate::Returned(words) => Some((heard.message_id, heard.queue, words)),
        Fate::Taken => None,
    };
    text.lines().filter_map(|line| log.read(line)).filter_map(returned).collect()
}

fn came_back(id: &str, queue: &str, words: &str) -> Vec<(String, String, String)> {
    vec![(id.to_owned(), queue.to_owned(), words.to_owned())]
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

#[test]
fn what_a_relay_gives_up_later_is_told_in_the_words_it_was_told() {
    let stamp = "2026-11-24T06:31:00+00:00 mx";
    let postfix = format!(
        "{stamp} postfix/cleanup[1]: 4F2A: message-id=<a.1@x>\n\
         {stamp} postfix/qmgr[3]: 4F2A: from=<>, size=1, nrcpt=1 (queue active)\n\
         {stamp} postfix/smtp[4]: 4F2A: to=<r@x>, relay=mx, dsn=4.2.2, status=deferred (host mx said: 452 full)\n\
         {stamp} postfix/smtp[4]: 4F2A: to=<r@x>, relay=mx, dsn=5.1.1, status=bounced (host mx said: 550 5.1.1 gone)\n\
         {stamp} postfix/qmgr[3]: 4F2A: removed\n\
         {stamp} postfix/smtp[4]: 4F2A: to=<r@x>, relay=mx, dsn=5.1.1, status=bounced (another mail of that name)\n"
    );
    assert_eq!(returned(&postfix), came_back("a.1@x", "4F2A", "host mx said: 550 5.1.1 gone"));
    let exim = "2026-11-24 06:31:02 1tF0Ab-0000aB-2x <= m@x H=press P=esmtps S=900 id=a.1@x\n\
        2026-11-24 06:32:02 1tF0Ab-0000aB-2x ** r@y R=dns T=smtp H=mx [192.0.2.1]: SMTP error: 550 5.1.1 gone\n\
        2026-11-24 06:32:02 1tF0Ab-0000aB-2x Completed\n";
    assert_eq!(returned(exim), came_back("a.1@x", "1tF0Ab-0000aB-2x", "SMTP error: 550 5.1.1 gone"));
    assert_eq!(taken(exim).len(), 1);
    let json = "{\"event\":\"bounce\",\"messageId\":\"<a.1@x>\",\"id\":\"Q1\",\"reason\":\"550 gone\"}";
    assert_eq!(returned(json), came_back("a.1@x", "Q1", "550 gone"));
}

#[test]
fn amazon_s_events_name_its_id_and_ours_where_it_was_asked_to_keep_it() {
    let event = |kind: &str, more: &str| {
        format!(
            "{{\"eventType\":\"{kind}\",\"mail\":{{\"timestamp\":\"2026-11-24T06:31:02.000Z\",\"messageId\":\"0100-a\"\
             ,\"headers\":[{{\"name\":\"Message-ID\",\"value\":\"<a.1@x>\"}}]}}{more}}}"
        )
    };
    assert_eq!(taken(&event("Delivery", "")), [("a".to_owned(), "0100-a".to_owned())]);
    let bounce = ",\"bounce\":{\"bouncedRecipients\":[{\"diagnosticCode\":\"smtp; 550 5.1.1 gone\"}]}";
    assert_eq!(returned(&event("Bounce", bounce)), came_back("a.1@x", "0100-a", "smtp; 550 5.1.1 gone"));
    let told = serde_json::json!({ "Type": "Notification", "Message": event("Bounce", bounce) }).to_string();
    assert_eq!(returned(&told).len(), 1, "in its envelope");
    let short = "{\"notificationType\":\"Bounce\",\"mail\":{\"messageId\":\"0100-a\"},\"bounce\":{}}";
    assert_eq!(returned(short), came_back("", "0100-a", "returned"));
}

#[test]
fn a_log_with_a_file_missing_in_between_covers_neither_side_of_it() {
    let mut log = log();
    let covers = |log: &RelayLog, from: &str, until: &str| {
        log.covers(at(&format!("2026-11-24T{from}:00Z")), at(&format!("2026-11-24T{until}:00Z")))
    };
    for (file, minutes) in [(1, ["06:00", "06:20"]), (2, ["06:24", "06:40"]), (4, ["07:10", "07:30"])] {
        log.begin_file();
        for minute in minutes {
            log.read(&format!("2026-11-24T{minute}:00+00:00 mx postfix/qmgr[{file}]: x"));
        }
    }
    assert!(covers(&log, "06:00", "06:40"), "rotated in the middle");
    assert!(covers(&log, "07:15", "07:20"));
    for (from, until) in
        [("05:59", "06:10"), ("06:30", "06:50"), ("06:30", "07:20"), ("06:50", "07:20"), ("07:20", "07:31")]
    {
        assert!(!covers(&log, from, until), "{from} to {until}");
    }
}
