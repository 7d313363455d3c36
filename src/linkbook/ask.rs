//! A round of questions: side by side, and never more than two at once to one host.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::verdict::{Found, inquire};
use crate::check::answers::Outcome;
use crate::config::host;
use crate::http::{Answer, Ask, Silence};

/// Questions under way at once, in all and to one host.
const AT_ONCE: usize = 8;
const AT_ONCE_A_HOST: usize = 2;

/// Asks each address; `told` hears of each once, and of no outcome where nothing was proved.
///
/// A name that nobody knows is a dead link only if this machine knows some name of another in the same round: else
/// its own network is at fault.
pub(super) fn all(
    addresses: Vec<String>,
    ask: &(dyn Fn(Ask, &str) -> Result<Answer, Silence> + Sync),
    may_be_asked: &(dyn Fn(&str) -> bool + Sync),
    told: &(dyn Fn(&str, Option<Outcome>) + Sync),
) {
    let round = Round::new(addresses);
    thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(round.lock().waiting.len()) {
            scope.spawn(|| {
                while let Some(address) = round.next() {
                    let found = inquire(&address, ask, may_be_asked);
                    round.free(&address);
                    match found {
                        Found::Settled(outcome) => {
                            round.lock().resolves |= is_named(&address);
                            told(&address, Some(outcome));
                        }
                        Found::NameUnknown(name) => round.lock().unknown.push((address, name)),
                    }
                }
            });
        }
    });
    let Questions { resolves, unknown, .. } = round.questions.into_inner().unwrap_or_else(PoisonError::into_inner);
    for (address, name) in unknown {
        let gone = Outcome::Gone { why: format!("no machine has the name `{name}`") };
        told(&address, resolves.then_some(gone));
    }
}

/// Whether a name stands in the address, rather than a machine's number.
fn is_named(address: &str) -> bool {
    let host = host(address).unwrap_or_default();
    !host.starts_with('[') && host.parse::<std::net::Ipv4Addr>().is_err()
}

struct Round {
    questions: Mutex<Questions>,
    freed: Condvar,
}

struct Questions {
    waiting: VecDeque<String>,
    /// Questions under way, by host.
    busy: BTreeMap<String, usize>,
    /// Some name was found.
    resolves: bool,
    /// Addresses whose name was not, with the name.
    unknown: Vec<(String, String)>,
}

impl Round {
    fn new(addresses: Vec<String>) -> Self {
        let (busy, unknown) = (BTreeMap::new(), Vec::new());
        let questions = Questions { waiting: addresses.into(), busy, resolves: false, unknown };
        Self { questions: Mutex::new(questions), freed: Condvar::new() }
    }

    /// The next address whose host is not too busy; waits for one where all are, and ends where none is left.
    fn next(&self) -> Option<String> {
        let mut questions = self.lock();
        loop {
            if questions.waiting.is_empty() {
                return None;
            }
            let Questions { waiting, busy, .. } = &mut *questions;
            let free = |address: &String| busy.get(&host_of(address)).is_none_or(|count| *count < AT_ONCE_A_HOST);
            if let Some(address) = waiting.iter().position(free).and_then(|at| waiting.remove(at)) {
                *busy.entry(host_of(&address)).or_default() += 1;
                return Some(address);
            }
            questions = self.freed.wait(questions).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn free(&self, address: &str) {
        if let Some(count) = self.lock().busy.get_mut(&host_of(address)) {
            *count -= 1;
        }
        self.freed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Questions> {
        self.questions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn host_of(address: &str) -> String {
    host(address).unwrap_or_default().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn fine() -> Result<Answer, Silence> {
        Ok(Answer { status: 200, kind: None, location: None, body: Vec::new() })
    }

    fn asked(
        addresses: &[&str],
        ask: &(dyn Fn(Ask, &str) -> Result<Answer, Silence> + Sync),
    ) -> BTreeMap<String, Option<Outcome>> {
        let told = Mutex::new(BTreeMap::new());
        let addresses = addresses.iter().map(|address| (*address).to_owned()).collect();
        all(addresses, ask, &|_| true, &|address, outcome| {
            told.lock().unwrap().insert(address.to_owned(), outcome);
        });
        told.into_inner().unwrap()
    }

    #[test]
    fn no_host_hears_more_than_two_questions_at_once_and_hosts_are_asked_side_by_side() {
        let now: Mutex<BTreeMap<String, usize>> = Mutex::default();
        let (most_a_host, most) = (Mutex::new(0), Mutex::new(0));
        let ask = |_: Ask, url: &str| {
            let own = host_of(url);
            {
                let mut now = now.lock().unwrap();
                *now.entry(own.clone()).or_default() += 1;
                let mut most_a_host = most_a_host.lock().unwrap();
                *most_a_host = now[&own].max(*most_a_host);
                let mut most = most.lock().unwrap();
                *most = now.values().sum::<usize>().max(*most);
            }
            thread::sleep(Duration::from_millis(10));
            *now.lock().unwrap().get_mut(&own).unwrap() -= 1;
            fine()
        };
        let addresses: Vec<String> =
            (0..24).map(|nth| format!("https://{}.quay/{nth}", ["a", "A", "b", "c"][nth % 4])).collect();
        let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
        assert_eq!(asked(&addresses, &ask).len(), 24);
        assert_eq!((*most_a_host.lock().unwrap(), *most.lock().unwrap()), (2, 6));
    }

    #[test]
    fn a_name_nobody_knows_is_dead_only_where_another_is_known() {
        let ask = |_: Ask, url: &str| if url.contains("nowhere") { Err(Silence::Name) } else { fine() };
        let gone = Some(Outcome::Gone { why: "no machine has the name `nowhere.quay`".to_owned() });
        let told = asked(&["https://nowhere.quay/a", "https://here.quay/"], &ask);
        assert_eq!(told["https://nowhere.quay/a"], gone);
        // A number proves nothing about names.
        for others in [&["https://nowhere.quay/a"][..], &["https://nowhere.quay/a", "https://192.0.2.1/"]] {
            assert_eq!(asked(others, &ask)["https://nowhere.quay/a"], None);
        }
    }
}
