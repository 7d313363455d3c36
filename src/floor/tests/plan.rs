//! What is played: relays, lanes and rules of a run, on one morning, to readers with addresses.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::address::EmailAddress;
use crate::config::Policy;
use crate::floor::{Plan, RelayPlan};
use crate::ledger::Heard;
use crate::pace::{Lanes, Moment, Quota, Rules};

pub(super) fn address(reader: i64) -> EmailAddress {
    let domain = if reader % 3 == 0 { "big.example" } else { "small.example" };
    EmailAddress::parse(&format!("reader{reader}@{domain}")).unwrap()
}

pub(super) fn plan(policy: Policy, relays: usize, connections: usize) -> Plan {
    let names = ["main", "second"];
    let relay = |name: &&str| RelayPlan {
        name: (*name).into(),
        label: format!("relay `{name}`"),
        connections,
        rate: None,
        quota: Quota::default(),
    };
    let utc = morning();
    Plan {
        relays: names.iter().take(relays).map(relay).collect(),
        lanes: Lanes::new([("big".to_owned(), vec!["big.example".to_owned()], None)]),
        paused: Vec::new(),
        released: Vec::new(),
        refusals: 0.03,
        heard: Heard::default(),
        rules: Rules {
            policy,
            retry: vec![Duration::from_secs(60), Duration::from_secs(300)],
            not_after: utc + TimeDelta::hours(24),
        },
        sender: "desk@news.example".to_owned(),
        limit: None,
        others_from: Moment::START,
        patience: Duration::from_secs(60),
    }
}

pub(super) fn morning() -> DateTime<Utc> {
    "2026-11-24T05:30:00Z".parse().unwrap()
}
