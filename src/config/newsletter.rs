//! A newsletter's table: who it is from, when it is due, what its limits are.

use std::time::Duration;

use chrono::{NaiveDate, NaiveTime, Weekday};

use crate::address::Mailbox;
use crate::check::links::hosts;
use crate::config::brand;
use crate::config::read::{Reading, checks, texts};
use crate::config::tree::{Entry, Table};
use crate::config::{Approval, Newsletter, OnChange, Policy, Publication, Stale, Threshold};
use crate::finding::{Finding, nearest};

/// Reads one newsletter; `None` where what it cannot do without is missing, which was said.
pub(crate) fn newsletter(
    entry: &Entry,
    publication: Option<&Publication>,
    relays: &[&str],
    house: Option<&Table>,
    out: &mut Reading,
) -> Option<Newsletter> {
    let table = entry.value.table()?;
    check_id(entry, out);
    let title = out.required(entry, "title");
    let from = out.required(entry, "from").and_then(|_| mailbox(table, "from", out));
    let send_at = out.required(entry, "send_at").and_then(|text| {
        let time = clock_time(&text.value);
        if time.is_none() {
            out.bad(&text, format!("\"{}\" is not a time of day", text.value), "hours and minutes, such as 06:30");
        }
        time
    });
    let empty = Table::default();
    let limits = table.table("limits").unwrap_or(&empty);
    let reply_to = mailbox(table, "reply_to", out);
    let days = days(table, out);
    let retry: Vec<Duration> =
        table.list("retry").iter().filter_map(|item| item.text()).filter_map(|text| out.duration(&text)).collect();
    let minutes = |minutes: &[u64]| minutes.iter().map(|minutes| Duration::from_secs(minutes * 60)).collect();
    let mut duration = |key: &str, default: u64| {
        let given = table.text(key).and_then(|text| out.duration(&text));
        given.unwrap_or(Duration::from_secs(default * 3600))
    };
    let (late_limit, expire_after) = (duration("late_limit", 3), duration("expire_after", 24));
    let first = table.table("first");
    let first_wait = first.and_then(|first| first.text("wait")).and_then(|wait| out.duration(&wait));
    let share = |key: &str, default: f64| limits.get(key).and_then(|value| value.number()).unwrap_or(default);
    let relay = relay(table, relays, out);
    let look = brand::look(table, house, out);
    let from = from?;
    let hosts = publication.map(|publication| publication.hosts.as_slice()).unwrap_or_default();
    for (key, mailbox) in std::iter::once(("from", &from)).chain(reply_to.as_ref().map(|reply| ("reply_to", reply))) {
        mistyped(table, key, mailbox, hosts, out);
    }
    let list_id = match table.text("list_id") {
        Some(text) => {
            if !is_list_id(&text.value) {
                out.bad(&text, format!("\"{}\" is not a List-Id", text.value), "letters, digits, dots and hyphens");
            }
            text.value
        }
        None => format!("{}.{}", entry.key, from.address.domain()),
    };
    Some(Newsletter {
        id: entry.key.clone(),
        title: title?.value,
        reply_to,
        send_at: send_at?,
        days,
        skip: skip(table),
        timezone: publication?.timezone,
        list_id,
        approval: pick(table, "approval", &APPROVALS, out),
        on_change: pick(
            table,
            "on_change",
            &[("hold", OnChange::Hold), ("send-approved", OnChange::SendApproved)],
            out,
        ),
        policy: pick(table, "policy", &POLICIES, out),
        stale: pick(table, "stale", &[("refuse", Stale::Refuse), ("send", Stale::Send)], out),
        late_limit,
        expire_after,
        retry: if retry.is_empty() { minutes(&[5, 15, 45, 120]) } else { retry },
        audience_swing: share("audience_swing", 0.20),
        refusals: share("refusals", 0.03),
        subject: threshold(limits, "subject", Threshold { min: None, warn: Some(50), error: Some(78) }, out),
        preheader: threshold(limits, "preheader", Threshold { min: Some(35), warn: Some(140), error: None }, out),
        html_bytes: threshold(limits, "html_bytes", weight(limits), out),
        words: out.limits(limits, "words"),
        repeat_issues: out.count(limits, "repeat_issues").unwrap_or(14),
        images_bytes: out.count(limits, "images_bytes").unwrap_or(800_000) as u64,
        checks: checks(table.inner("checks"), out),
        relay,
        first_tags: first.map(|first| texts(first, "tags")).unwrap_or_default(),
        first_wait: first_wait.unwrap_or_default(),
        look,
        from,
    })
}

/// A sender one slip of the fingers away from the house: who owns that domain gets its answers.
fn mistyped(table: &Table, key: &str, mailbox: &Mailbox, hosts: &[String], out: &mut Reading) {
    let domain = mailbox.address.domain();
    let Some((text, meant)) = table.text(key).zip(hosts::meant(domain, hosts)) else { return };
    let finding = Finding::error("from-mismatch", format!("{domain} is none of this newsroom's hosts"));
    let finding = finding.at(&text.source, text.span.clone(), format!("{meant} is meant?"));
    out.findings.push(finding.help("correct it, or name the domain in [publication] hosts if it is yours"));
}

const APPROVALS: [(&str, Approval); 3] =
    [("required", Approval::Required), ("second-person", Approval::SecondPerson), ("optional", Approval::Optional)];

const POLICIES: [(&str, Policy); 2] = [("at-most-once", Policy::AtMostOnce), ("at-least-once", Policy::AtLeastOnce)];

/// The id is a folder, a part of URLs and of the List-Id.
fn check_id(entry: &Entry, out: &mut Reading) {
    let fine = entry.key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    // Folders beside the newsletters' own.
    let taken = ["stories", "snippets", "images"].contains(&entry.key.as_str());
    if !fine || entry.key.is_empty() || taken {
        let finding = Finding::error("config", format!("`{}` cannot be a newsletter's name", entry.key));
        let label =
            if taken { "issues/ has a folder of this name already" } else { "expected small letters, digits, hyphens" };
        out.findings.push(finding.at(&entry.value.source, entry.span.clone(), label));
    }
}

fn pick<T: Copy + Default>(table: &Table, key: &str, known: &[(&str, T)], out: &mut Reading) -> T {
    table.text(key).and_then(|text| out.choice(&text, key, known)).unwrap_or_default()
}

fn mailbox(table: &Table, key: &str, out: &mut Reading) -> Option<Mailbox> {
    let text = table.text(key)?;
    match Mailbox::parse(&text.value) {
        Ok(mailbox) => Some(mailbox),
        Err(problem) => {
            out.bad(&text, problem, "`Name <address>` or an address");
            None
        }
    }
}

/// `06:30`, or `06:30:00`.
pub(crate) fn clock_time(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text, "%H:%M").or_else(|_| NaiveTime::parse_from_str(text, "%H:%M:%S")).ok()
}

const EVERY_DAY: [(&str, Weekday); 7] = [
    ("Mon", Weekday::Mon),
    ("Tue", Weekday::Tue),
    ("Wed", Weekday::Wed),
    ("Thu", Weekday::Thu),
    ("Fri", Weekday::Fri),
    ("Sat", Weekday::Sat),
    ("Sun", Weekday::Sun),
];

fn days(table: &Table, out: &mut Reading) -> Vec<Weekday> {
    if table.get("days").is_none() {
        return EVERY_DAY.map(|(_, day)| day).to_vec();
    }
    let mut days = Vec::new();
    for text in table.list("days").iter().filter_map(|item| item.text()) {
        days.extend(out.choice(&text, "days", &EVERY_DAY).filter(|day| !days.contains(day)));
    }
    days
}

fn skip(table: &Table) -> Vec<NaiveDate> {
    table.list("skip").iter().filter_map(|item| item.time()?.date).filter_map(date).collect()
}

/// toml's own date as chrono's.
pub(crate) fn date(date: crate::config::tree::Date) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
}

/// RFC 2919: dot-atoms, at least two labels.
fn is_list_id(id: &str) -> bool {
    let label =
        |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    id.contains('.') && id.len() <= 255 && id.split('.').all(label)
}

fn threshold(limits: &Table, key: &str, default: Threshold, out: &mut Reading) -> Threshold {
    let empty = Table::default();
    let table = limits.table(key).unwrap_or(&empty);
    // 0 switches a limit off.
    let mut bound = |key: &str, default: Option<u64>| match out.count(table, key) {
        Some(0) => None,
        Some(bound) => Some(bound as u64),
        None => default,
    };
    Threshold {
        min: bound("min", default.min),
        warn: bound("warn", default.warn),
        error: bound("error", default.error),
    }
}

/// Whoever names one threshold of the HTML part means that one alone; where Gmail cuts, nothing else counts anyway.
fn weight(limits: &Table) -> Threshold {
    let error = limits.get("html_bytes").is_none().then_some(81_920);
    Threshold { min: None, warn: None, error }
}

/// The relay named, or the one meant: `main`, or the only one.
fn relay(table: &Table, relays: &[&str], out: &mut Reading) -> String {
    let meant = if relays.len() == 1 { relays[0] } else { "main" };
    let Some(text) = table.text("relay") else {
        if !relays.contains(&meant) {
            let finding = Finding::error("config", "several relays, and none is named `main`");
            out.absent(finding.help(format!("say which one a newsletter goes by: relay = \"{}\"", relays[0])));
        }
        return meant.to_owned();
    };
    if !relays.contains(&text.value.as_str()) {
        let finding = Finding::error("config", format!("there is no relay `{}`", text.value));
        let near = nearest(&text.value, relays.iter().copied());
        out.suggest(finding, &text, near, &format!("relays: {}", relays.join(", ")));
    }
    text.value
}
