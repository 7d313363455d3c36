//! Links that let an editor in: made for one of them, good once and for ten minutes, known here by their prints.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock;
use crate::token::Pass;

/// How long a link is good.
pub(super) const GOOD: TimeDelta = TimeDelta::minutes(10);

/// Links one editor is mailed while the first is still good: whoever asks in their name fills no mailbox, and what they
/// were mailed lets them in all the same.
const MOST: usize = 3;

/// Links in all within that time.
const MOST_IN_ALL: usize = 40;

/// How long it is remembered why one lets nobody in any more.
const REMEMBERED: TimeDelta = TimeDelta::hours(24);

#[derive(Default)]
pub(super) struct Links(Mutex<Vec<Link>>);

struct Link {
    print: String,
    editor: String,
    /// Where its editor wanted to go.
    to: String,
    made: DateTime<Utc>,
    spent: bool,
}

/// What a link is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Worth {
    Good {
        editor: String,
        to: String,
    },
    Spent,
    Late,
    /// Nobody made it, or it is long forgotten.
    Nothing,
}

impl Links {
    /// A new link for an editor; none where they were mailed enough.
    pub(super) fn make(&self, editor: &str, to: &str, now: DateTime<Utc>) -> Option<Pass> {
        let mut all = self.all();
        all.retain(|link| now - link.made < REMEMBERED);
        let fresh = |link: &&Link| now - link.made < GOOD;
        let own = all.iter().filter(fresh).filter(|link| link.editor == editor).count();
        if own >= MOST || all.iter().filter(fresh).count() >= MOST_IN_ALL {
            return None;
        }
        let pass = Pass::new(clock::random());
        let (editor, to) = (editor.to_owned(), to.to_owned());
        all.push(Link { print: pass.print(), editor, to, made: now, spent: false });
        Some(pass)
    }

    /// Looking spends nothing: programs that read mail look at every link.
    pub(super) fn look(&self, shown: &str, now: DateTime<Utc>) -> Worth {
        self.all().iter().find(|link| link.is(shown)).map_or(Worth::Nothing, |link| link.worth(now))
    }

    pub(super) fn spend(&self, shown: &str, now: DateTime<Utc>) -> Worth {
        let mut all = self.all();
        let Some(link) = all.iter_mut().find(|link| link.is(shown)) else { return Worth::Nothing };
        let worth = link.worth(now);
        link.spent = true;
        worth
    }

    fn all(&self) -> MutexGuard<'_, Vec<Link>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Link {
    fn is(&self, shown: &str) -> bool {
        Pass::read(shown).is_some_and(|pass| pass.print() == self.print)
    }

    fn worth(&self, now: DateTime<Utc>) -> Worth {
        match self.spent {
            true => Worth::Spent,
            false if now - self.made >= GOOD => Worth::Late,
            false => Worth::Good { editor: self.editor.clone(), to: self.to.clone() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        clock::now() + TimeDelta::minutes(minute)
    }

    #[test]
    fn a_link_is_good_once_and_for_ten_minutes() {
        let links = Links::default();
        let good = Worth::Good { editor: "maren".to_owned(), to: "/".to_owned() };
        let one = links.make("maren", "/", at(0)).unwrap().reveal();
        let other = links.make("maren", "/", at(1)).unwrap().reveal();
        // Looked at as often as one likes.
        assert_eq!((links.look(&one, at(9)), links.look(&one, at(9))), (good.clone(), good.clone()));
        assert_eq!((links.spend(&one, at(9)), links.spend(&one, at(9))), (good, Worth::Spent));
        assert_eq!((links.look(&other, at(11)), links.spend(&other, at(11))), (Worth::Late, Worth::Late));
        for nothing in ["", "x", &Pass::new([0; 32]).reveal()] {
            assert_eq!(links.spend(nothing, at(0)), Worth::Nothing);
        }
    }

    #[test]
    fn nobody_s_mailbox_is_filled_and_nobody_else_waits_for_it() {
        let links = Links::default();
        let made = |editor: &str, minute| links.make(editor, "/", at(minute)).is_some();
        assert!((0..3).all(|_| made("maren", 0)));
        assert!(!made("maren", 9) && made("ivy", 9) && made("maren", 10));
        // In all there is an end too.
        let many = (0..60).filter(|number| made(&format!("editor-{number}"), 30)).count();
        assert_eq!(many, MOST_IN_ALL);
    }

    #[test]
    fn what_is_long_past_is_forgotten() {
        let links = Links::default();
        let old = links.make("maren", "/", at(0)).unwrap().reveal();
        links.make("maren", "/", at(24 * 60)).unwrap();
        assert_eq!(links.look(&old, at(24 * 60)), Worth::Nothing);
        assert_eq!(links.all().len(), 1);
    }
}
