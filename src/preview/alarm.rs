//! An approved issue that changes under somebody's hands is told at once, as cron would tell it minutes later.

use std::sync::Arc;

use super::pull::Galley;
use super::{Desk, is_there};
use crate::clock;
use crate::press;
use crate::store::Store;

impl Desk {
    /// Tells whoever must know, beside whoever looks: a relay that thinks for a while keeps no page waiting.
    pub(super) fn ring_if_changed(&self, galley: Arc<Galley>) {
        let (network, path) = (self.network, galley.config.store.path.clone());
        if !galley.config.alarm.rings() || !is_there(&path) {
            return;
        }
        std::thread::spawn(move || {
            // A proof that is older than the files is not what the files say.
            let proof = galley.proof().filter(|_| !galley.mail.is_stale());
            let (config, newsletter, slot) = (&galley.config, galley.newsletter(), &galley.name.slot);
            // What cannot be told here is tried again by the next round of cron, which has somebody to say it to.
            let _untold = Store::open(&path).map(|mut store| {
                press::issue_changed(config, newsletter, &mut store, slot, proof, network, clock::now())
            });
        });
    }
}
