//! Every reader's copy, rendered before the first one leaves: on all cores, by what is theirs.
//!
//! A mail that breaks at the forty-thousandth reader breaks while forty thousand have it. So each copy of the
//! audience is judged first, and where one would break nobody is mailed and that reader is named.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;

use crate::address::EmailAddress;
use crate::books::thousands;
use crate::edition::{Edition, Fault, Reader};
use crate::store::{EditionId, Store, StoreError};
use crate::token::Signer;

/// What came of looking at all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Copies {
    /// So many, all whole.
    Whole(u64),
    /// Whoever it goes to.
    AllBroken(Fault),
    /// So many are broken; the first of them by name, in the order of the list.
    Broken { count: u64, first: Vec<(EmailAddress, Fault)> },
}

impl Copies {
    /// It lies with some readers' own data.
    pub(crate) fn lies_with_readers(&self) -> bool {
        matches!(self, Self::Broken { .. })
    }

    /// What is wrong, and with whose copies; `None` where all are whole.
    pub(crate) fn broken(&self) -> Option<String> {
        match self {
            Self::Whole(_) => None,
            Self::AllBroken(fault) => Some(format!("every copy would have {fault}")),
            Self::Broken { count, first } => {
                let named: Vec<String> =
                    first.iter().map(|(address, fault)| format!("that of {address} would have {fault}")).collect();
                let others = match count.saturating_sub(first.len() as u64) {
                    0 => String::new(),
                    others => format!("; and {} more", thousands(others)),
                };
                let copies = if *count == 1 { "1 copy".to_owned() } else { format!("{} copies", thousands(*count)) };
                Some(format!("{copies} would break: {}{others}", named.join("; ")))
            }
        }
    }
}

/// Rows a core takes at once.
const CHUNK: i64 = 8_192;
/// Broken copies that are named.
const NAMED: usize = 3;

/// Looks at the copies of all who wait for this edition, as this version renders them.
///
/// # Errors
/// The store cannot be read.
pub(crate) fn look_at_copies(
    store: &Path,
    edition: EditionId,
    version: &Edition,
    signer: &Signer,
    bounces: Option<&EmailAddress>,
) -> Result<Copies, StoreError> {
    let assay = match version.assay() {
        Ok(assay) => assay,
        Err(fault) => return Ok(Copies::AllBroken(fault)),
    };
    let Some((first, last)) = Store::look(store)?.waiting_span(edition)? else { return Ok(Copies::Whole(0)) };
    let next = AtomicI64::new(first);
    let found: Mutex<Vec<(i64, EmailAddress, Fault)>> = Mutex::default();
    let one_core = || -> Result<(u64, u64), StoreError> {
        let store = Store::look(store)?;
        let (mut seen, mut broken, mut scratch) = (0, 0, Vec::new());
        loop {
            let from = next.fetch_add(CHUNK, Ordering::Relaxed);
            if from > last {
                return Ok((seen, broken));
            }
            store.each_waiting(edition, from, (from + CHUNK - 1).min(last), |grant| {
                seen += 1;
                if let Err(fault) = assay.check(&Reader::from(&grant), signer, bounces, &mut scratch) {
                    broken += 1;
                    keep_first(&found, (grant.reader, grant.address, fault));
                }
            })?;
        }
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let counts = thread::scope(|scope| {
        let cores: Vec<_> = (0..cores).map(|_| scope.spawn(one_core)).collect();
        let joined = cores.into_iter().map(|core| core.join().expect("judging a copy does not panic"));
        joined.collect::<Result<Vec<_>, _>>()
    })?;
    let (seen, count) = counts.into_iter().fold((0, 0), |all, core| (all.0 + core.0, all.1 + core.1));
    let first = found.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    Ok(match count {
        0 => Copies::Whole(seen),
        _ => Copies::Broken { count, first: first.into_iter().map(|(_, address, fault)| (address, fault)).collect() },
    })
}

/// Keeps the first few in the order of the list, whichever core comes first.
fn keep_first(found: &Mutex<Vec<(i64, EmailAddress, Fault)>>, one: (i64, EmailAddress, Fault)) {
    let mut found = found.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let place = found.partition_point(|(id, ..)| *id < one.0);
    found.insert(place, one);
    found.truncate(NAMED);
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, Utc};

    use crate::config::Policy;
    use crate::prose::Slot;
    use crate::render::{Context, Parts, Piece};
    use crate::store::{Begun, Frozen, NewReader, Order, Purpose, Whom};

    fn now() -> DateTime<Utc> {
        "2026-11-24T06:31:00Z".parse().unwrap()
    }

    fn version(html: usize) -> Edition {
        let leave = |context| Piece::Slot(Slot::Unsubscribe, context);
        let name = Piece::Slot(Slot::FirstName { fallback: String::new() }, Context::HtmlText);
        let parts = Parts {
            html: vec![Piece::Fixed("x".repeat(html)), name, leave(Context::HtmlAttribute)],
            text: vec![leave(Context::PlainText)],
        };
        let letterhead = crate::edition::Letterhead {
            newsletter: "morning".to_owned(),
            title: "Morning".to_owned(),
            slot: "2026-11-24".to_owned(),
            from: crate::address::Mailbox::parse("morning@quay.test").unwrap(),
            reply_to: None,
            subject: "News".to_owned(),
            date: now().fixed_offset(),
            list_id: "morning.quay.test".to_owned(),
            serve_url: "https://quay.test".to_owned(),
            extra: Vec::new(),
            polls: Vec::new(),
            test: false,
        };
        Edition::freeze(&parts, &letterhead, &[])
    }

    #[test]
    fn the_readers_whose_copies_would_break_are_named_in_the_order_of_the_list() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pressrun.db");
        let mut store = Store::open(&path).unwrap();
        let reader = |number: usize| NewReader {
            address: EmailAddress::parse(&format!("r{number}@reader.test")).unwrap(),
            first_name: (number % 7_000 == 5_000).then(|| "\"".repeat(60)),
            text_only: number == 12_001,
        };
        store.import("morning", &(0..20_000).map(reader).collect::<Vec<_>>(), now()).unwrap();
        let Begun::Created(edition) = store.begin_edition("morning", "2026-11-24", Purpose::Issue, now()).unwrap()
        else {
            panic!("it is the first")
        };
        let frozen = |version: &Edition| Frozen {
            version: crate::press::store_version(version, "News"),
            pictures: Vec::new(),
            web_html: String::new(),
            policy: Policy::AtMostOnce,
            not_after: now(),
            whom: Whom::Everybody,
            order: Order::default(),
        };
        let tight = version(102_400 - 300);
        store.freeze(edition.id, &frozen(&tight), now()).unwrap();
        let look = |version: &Edition| look_at_copies(&path, edition.id, version, &Signer::specimen(), None).unwrap();
        assert_eq!(look(&version(1_000)), Copies::Whole(20_000));
        let Copies::Broken { count, first } = look(&tight) else { panic!("three are too long") };
        let names: Vec<&str> = first.iter().map(|(address, _)| address.local()).collect();
        assert_eq!((count, &names[..]), (3, &["r5000", "r12000", "r19000"][..]));
        // Whoever has left since gets no copy that could break.
        let gone = store.reader_by_address(&first[0].0).unwrap().unwrap();
        store.leave("morning", &gone.key, "command", now()).unwrap();
        assert!(matches!(look(&tight), Copies::Broken { count: 2, .. }));
    }
}
