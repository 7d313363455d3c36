//! Short naps before the press looks what has come in, so that answers close together are looked at together.
//!
//! To fall asleep and be woken costs the system as much as an answer does: network cards moderate their interrupts for
//! the same reason. How long nobody would miss anything is the floor's to say; most of the time it is no time at all.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

/// How long the next nap is, for whoever says so and whoever takes it.
#[derive(Clone, Debug, Default)]
pub(super) struct Nap {
    micros: Arc<AtomicU64>,
}

impl Nap {
    pub(super) fn set(&self, length: Duration) {
        self.micros.store(u64::try_from(length.as_micros()).unwrap_or_default(), Ordering::Relaxed);
    }

    pub(super) fn take(&self) {
        let micros = self.micros.load(Ordering::Relaxed);
        if micros > 0 {
            thread::sleep(Duration::from_micros(micros));
        }
    }
}
