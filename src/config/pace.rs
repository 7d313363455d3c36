//! How fast mail leaves: quotas and spares of relays, and the lanes of receivers.

use std::collections::{BTreeMap, BTreeSet};

use crate::address::EmailAddress;
use crate::config::read::Reading;
use crate::config::tree::{Entry, Table};
use crate::config::{Relay, RelayUrl};
use crate::finding::{Finding, nearest};
use crate::pace::{Lanes, OTHERS, Quota, WarmUp};

/// A relay's day: `per_day`, and `warm_up = { start, grow }`.
pub(crate) fn quota(table: &Table, out: &mut Reading) -> Quota {
    let per_day = out.count(table, "per_day").filter(|most| *most > 0).map(|most| most as u64);
    let warm_up = table.table("warm_up").and_then(|plan| {
        let start = out.count(plan, "start").unwrap_or(500) as u64;
        let grow = plan.get("grow").and_then(|grow| grow.number()).unwrap_or(2.0);
        if start == 0 || grow < 1.0 {
            let problem = "a warm-up starts with at least one message and does not shrink";
            if let Some(value) = plan.get(if start == 0 { "start" } else { "grow" }) {
                let finding = Finding::error("config", problem);
                let label = if start == 0 { "expected 1 or more" } else { "expected 1.0 or more" };
                out.findings.push(finding.at(&value.source, value.span.clone(), label));
            }
            return None;
        }
        Some(WarmUp { start, grow })
    });
    Quota { per_day, warm_up }
}

/// A spare is another relay, and real where the first one is: a rehearsal never stands in for the press.
pub(crate) fn check_spares(entries: &[Entry], relays: &BTreeMap<String, Relay>, out: &mut Reading) {
    for entry in entries {
        let Some(spare) = entry.value.table().and_then(|table| table.text("spare")) else { continue };
        let mailbox = |relay: &Relay| matches!(relay.url, RelayUrl::Mailbox { .. });
        match relays.get(&spare.value) {
            None => {
                let finding = Finding::error("config", format!("there is no relay `{}`", spare.value));
                let names: Vec<&str> = relays.keys().map(String::as_str).collect();
                let near = nearest(&spare.value, names.iter().copied());
                out.suggest(finding, &spare, near, &format!("relays: {}", names.join(", ")));
            }
            Some(_) if spare.value == entry.key => {
                out.bad(&spare, format!("relay `{}` is its own spare", entry.key), "another relay");
            }
            Some(relay) if relays.get(&entry.key).is_some_and(|own| mailbox(own) != mailbox(relay)) => {
                out.bad(&spare, "the built-in mailbox and a real relay cannot stand in for each other", "one like it");
            }
            Some(_) => {}
        }
    }
}

/// `[lanes.NAME]`: domains and messages a second.
pub(crate) fn lanes(table: &Table, out: &mut Reading) -> Lanes {
    let mut seen = BTreeSet::new();
    let mut lanes = Vec::new();
    for entry in table.inner("lanes") {
        let Some(lane) = entry.value.table() else { continue };
        let rate = out.count(lane, "rate").and_then(|rate| u32::try_from(rate).ok()).filter(|rate| *rate > 0);
        let mut domains = Vec::new();
        for text in lane.list("domains").iter().filter_map(|item| item.text()) {
            if entry.key == OTHERS {
                out.bad(&text, "the lane `others` is for every domain no lane names", "no `domains` here");
                continue;
            }
            match EmailAddress::parse(&format!("anyone@{}", text.value.trim_start_matches('@'))) {
                Err(_) => out.bad(&text, format!("`{}` is no domain", text.value), "a domain such as mail.example"),
                Ok(anyone) if !seen.insert(anyone.domain().to_owned()) => {
                    out.bad(&text, format!("two lanes name `{}`", text.value), "each domain in one lane");
                }
                Ok(anyone) => domains.push(anyone.domain().to_owned()),
            }
        }
        lanes.push((entry.key.clone(), domains, rate));
    }
    Lanes::new(lanes)
}
