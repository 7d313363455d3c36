//! Named places where a run may die, for the tests that kill it there.
//!
//! `PRESSRUN_CRASH="intent committed:3"` aborts the process the third time it comes to the place of that name.
//! Only a debug build looks: in a release these are nothing at all.

/// Dies here, where a test asked for it.
#[cfg(debug_assertions)]
pub(crate) fn point(name: &str) {
    if reached(name) {
        std::process::abort();
    }
}

/// Whether this is the passage a test asked for; for places that have something to do before they die.
#[cfg(debug_assertions)]
pub(crate) fn reached(name: &str) -> bool {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static WANTED: OnceLock<Option<(String, AtomicU64)>> = OnceLock::new();
    let wanted = WANTED.get_or_init(|| {
        let asked = std::env::var("PRESSRUN_CRASH").ok()?;
        let (name, passage) = asked.rsplit_once(':')?;
        Some((name.to_owned(), AtomicU64::new(passage.parse().ok()?)))
    });
    match wanted {
        Some((wanted, left)) if wanted == name => left.fetch_sub(1, Ordering::Relaxed) == 1,
        _ => false,
    }
}

#[cfg(not(debug_assertions))]
pub(crate) const fn point(_name: &str) {}

#[cfg(not(debug_assertions))]
pub(crate) const fn reached(_name: &str) -> bool {
    false
}
