//! Messages by the names that Amazon gave them: it writes its own id over ours and says it in its 250, so that is
//! matched first. An event that names neither proves nothing, and is nobody's silence either.

use std::collections::{HashMap, HashSet};

use crate::config::{Config, RelayKind};
use crate::relaylog::{Fate, Heard};
use crate::store::{EditionId, Store, StoreError};
use crate::token::ReaderKey;

/// Shorter names are a queue's, which uses them again and again.
const SHORTEST_ID: usize = 32;

/// What was said of messages under the relay's own names, and is nobody's yet.
pub(super) struct Named {
    /// Relays that name messages so; there may be none, and then nothing is kept.
    relays: HashSet<String>,
    events: HashMap<String, Event>,
}

struct Event {
    fate: Fate,
    recipient: Option<String>,
    /// It has no Message-ID but the relay's: it may be anybody's.
    anonymous: bool,
}

/// A message that is known by its relay's name for it.
pub(super) struct Known {
    pub(super) key: ReaderKey,
    pub(super) fate: Fate,
}

impl Named {
    pub(super) fn new(config: &Config) -> Self {
        let ses = config.relays.values().filter(|relay| relay.kind == RelayKind::Ses);
        Self { relays: ses.map(|relay| relay.name.clone()).collect(), events: HashMap::new() }
    }

    /// Keeps an event whose Message-ID is none of ours. What came back stays so, whatever was said before or is after.
    pub(super) fn hear(&mut self, heard: Heard) {
        if self.relays.is_empty() {
            return;
        }
        let left = heard.message_id.split('@').next().unwrap_or_default();
        let id = if heard.queue.is_empty() { left } else { &heard.queue };
        if id.len() < SHORTEST_ID {
            return;
        }
        let anonymous = heard.message_id.is_empty() || left == id;
        let known = self.events.get(id).is_some_and(|event| matches!(event.fate, Fate::Returned(_)));
        if !known {
            let recipient = heard.recipient.map(|address| address.to_lowercase());
            self.events.insert(id.to_owned(), Event { fate: heard.fate, recipient, anonymous });
        }
    }

    /// Takes out what the words of an edition's sent deliveries name: the relay's yes, or what was found out later.
    pub(super) fn known(&mut self, store: &Store, edition: EditionId) -> Result<Vec<Known>, StoreError> {
        let mut known = Vec::new();
        if !self.events.is_empty() {
            store.each_yes(edition, |key, relay, words| {
                if relay.is_none_or(|relay| self.relays.contains(relay))
                    && let Some(event) = words.split_ascii_whitespace().find_map(|word| self.events.remove(word))
                {
                    known.push(Known { key, fate: event.fate });
                }
            })?;
        }
        Ok(known)
    }

    /// Whether one of those that are left may be this reader's message, by this relay.
    pub(super) fn may_be(&self, address: &str, relay: &str) -> bool {
        let address = address.to_lowercase();
        let theirs = |event: &Event| event.recipient.as_deref().is_none_or(|recipient| recipient == address);
        self.relays.contains(relay) && self.events.values().any(|event| event.anonymous && theirs(event))
    }
}
