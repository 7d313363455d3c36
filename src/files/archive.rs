//! The whole archive at once: thousands of stories and a thousand issues, read on every core there is.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;

use chrono_tz::Tz;

use crate::files::{self, Newsroom};
use crate::finding::Source;
use crate::issue::IssueName;
use crate::issue::archive::{self, Entry, Past};
use crate::issue::compile::Library as _;

impl Newsroom {
    /// Every story that reads, by name. One that does not is `check`'s to tell of.
    pub(crate) fn entries(&self, zone: Tz) -> Vec<Entry> {
        let stories = self.stories();
        self.each(&stories, |(_, path)| path.clone(), |(name, _), source| archive::entry(name, source, zone))
    }

    /// Every issue of a newsletter as later ones remember it, oldest first.
    pub(crate) fn past(&self, newsletter: &str) -> Vec<Past> {
        self.past_of(newsletter, &files::slots(&self.root, newsletter))
    }

    /// The last issue of these newsletters each story ran in.
    pub(crate) fn last_ran<'a>(&self, newsletters: impl Iterator<Item = &'a String>) -> BTreeMap<String, IssueName> {
        let mut ran: BTreeMap<String, IssueName> = BTreeMap::new();
        let mut past: Vec<Past> = newsletters.flat_map(|id| self.past(id)).collect();
        past.sort_by(|one, other| one.name.slot.cmp(&other.name.slot));
        for Past { name, stories, .. } in past {
            ran.extend(stories.into_iter().map(|(story, _)| (story, name.clone())));
        }
        ran
    }

    /// The same of some slots.
    pub(super) fn past_of(&self, newsletter: &str, slots: &[String]) -> Vec<Past> {
        let name = |slot: &String| IssueName { newsletter: newsletter.to_owned(), slot: slot.clone() };
        self.each(slots, |slot| name(slot).path(), |slot, source| archive::past(name(slot), source))
    }

    /// Reads files side by side; the order stays.
    fn each<T: Sync, R: Send>(
        &self,
        items: &[T],
        path: impl Fn(&T) -> String + Sync,
        read: impl Fn(&T, &Arc<Source>) -> R + Sync,
    ) -> Vec<R> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let share = items.len().div_ceil(cores).max(64);
        let root = &self.root;
        let one = |item: &T| files::read(root, &path(item)).ok().map(|source| read(item, &source));
        thread::scope(|scope| {
            let readers: Vec<_> = items
                .chunks(share)
                .map(|items| scope.spawn(|| items.iter().filter_map(&one).collect::<Vec<R>>()))
                .collect();
            let done = readers.into_iter().map(|reader| reader.join().expect("reading a page does not panic"));
            done.flatten().collect()
        })
    }
}
