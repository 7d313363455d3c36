//! The alarm: what somebody must know of now, told once when it begins and once when it is over.
//!
//! Pure but for `carriers`. A look at the newsroom gives sights: what is wrong, and what is right again. Beside the
//! cases that are open they say which cases begin and which end, and what each carrier has still to be told. A
//! trouble that no look has seen for a while is closed in silence: its day is over.

mod carriers;
mod words;

use chrono::{DateTime, TimeDelta, Utc};

pub(crate) use carriers::Carriers;

/// What can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Trouble {
    /// Its hour is near, and there is no approved issue.
    Unready,
    /// The files are not what was approved any more.
    Changed,
    /// Its hour has come, and it cannot be begun.
    Unsent,
    /// Stopped in the middle by the press itself.
    Held,
    /// A lane stands still because so many of its readers were refused.
    Paused,
    /// Long after its hour readers are still waiting for their turn.
    Unfinished,
    /// Nobody knows whether some readers have it.
    Unsure,
    /// A run ended with an error: the relay, the settings, the machine.
    Failed,
    /// The command that brings the files failed.
    Source,
    /// The store cannot be used.
    Store,
}

impl Trouble {
    const ALL: [Self; 10] = [
        Self::Unready,
        Self::Changed,
        Self::Unsent,
        Self::Held,
        Self::Paused,
        Self::Unfinished,
        Self::Unsure,
        Self::Failed,
        Self::Source,
        Self::Store,
    ];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Unready => "unready",
            Self::Changed => "changed",
            Self::Unsent => "unsent",
            Self::Held => "held",
            Self::Paused => "paused",
            Self::Unfinished => "unfinished",
            Self::Unsure => "unsure",
            Self::Failed => "failed",
            Self::Source => "source",
            Self::Store => "store",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|trouble| trouble.as_str() == text)
    }
}

/// A trouble, and the issue it is about; of the whole house where both names are empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct About {
    pub(crate) trouble: Trouble,
    pub(crate) newsletter: String,
    pub(crate) slot: String,
}

impl About {
    pub(crate) fn issue(trouble: Trouble, newsletter: &str, slot: &str) -> Self {
        Self { trouble, newsletter: newsletter.to_owned(), slot: slot.to_owned() }
    }

    pub(crate) fn house(trouble: Trouble) -> Self {
        Self::issue(trouble, "", "")
    }
}

/// What a look found about one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sight {
    pub(crate) about: About,
    pub(crate) state: State,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Wrong(Words),
    /// It is in order, in a sentence for those who were told that it was not.
    Right(String),
}

/// How a trouble is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Words {
    /// One sentence, without a full stop.
    pub(crate) what: String,
    /// What to do about it; perhaps empty, perhaps several lines.
    pub(crate) mend: String,
}

impl Sight {
    pub(crate) fn wrong(about: About, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { about, state: State::Wrong(Words { what: what.into(), mend: mend.into() }) }
    }

    pub(crate) fn right(about: About, words: impl Into<String>) -> Self {
        Self { about, state: State::Right(words.into()) }
    }
}

/// The ways to whoever must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Carrier {
    Mail,
    Webhook,
    Command,
}

impl Carrier {
    pub(crate) const ALL: [Self; 3] = [Self::Mail, Self::Webhook, Self::Command];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Webhook => "webhook",
            Self::Command => "command",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|carrier| carrier.as_str() == text)
    }
}

/// The two messages about a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    Begun,
    Over,
}

impl Stage {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Over => "over",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Begun, Self::Over].into_iter().find(|stage| stage.as_str() == text)
    }
}

/// A trouble that was seen, and who was told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    /// The store's number for it.
    pub(crate) id: i64,
    pub(crate) about: About,
    pub(crate) words: Words,
    pub(crate) since: DateTime<Utc>,
    /// When a look last found it.
    pub(crate) seen: DateTime<Utc>,
    /// How it ended, for those who are told so.
    pub(crate) over: Option<String>,
    /// What was told, and by whom.
    pub(crate) told: Vec<(Carrier, Stage)>,
}

/// What a look changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Begins(About, Words),
    /// It was found again.
    Goes(i64),
    /// It is over, in these words.
    Ends(i64, String),
    /// Nobody has seen it for a while.
    Lapses(i64),
}

/// A message that did not arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Untold {
    pub(crate) case: i64,
    pub(crate) carrier: Carrier,
    pub(crate) stage: Stage,
    pub(crate) why: String,
}

/// How long a case stays open that no look finds any more.
const LAPSES_AFTER: TimeDelta = TimeDelta::hours(24);

/// What a look means beside the open cases. The first sight of a thing counts.
pub(crate) fn changes(open: &[Case], sights: &[Sight], now: DateTime<Utc>) -> Vec<Change> {
    let case_of = |about: &About| open.iter().find(|case| case.about == *about);
    let first = |at: usize| sights[..at].iter().all(|before| before.about != sights[at].about);
    let seen = sights.iter().enumerate().filter(|(at, _)| first(*at)).filter_map(|(_, sight)| {
        match (&sight.state, case_of(&sight.about)) {
            (State::Wrong(words), None) => Some(Change::Begins(sight.about.clone(), words.clone())),
            (State::Wrong(_), Some(case)) => Some(Change::Goes(case.id)),
            (State::Right(words), Some(case)) => Some(Change::Ends(case.id, words.clone())),
            (State::Right(_), None) => None,
        }
    });
    let unseen = open.iter().filter(|case| sights.iter().all(|sight| sight.about != case.about));
    let lapsed = unseen.filter(|case| now - case.seen > LAPSES_AFTER).map(|case| Change::Lapses(case.id));
    seen.chain(lapsed).collect()
}

/// What these carriers have still to be told of a case. The end is for those who heard of the beginning.
pub(crate) fn untold(case: &Case, carriers: &[Carrier]) -> Vec<(Carrier, Stage)> {
    let told = |carrier: Carrier, stage: Stage| case.told.contains(&(carrier, stage));
    let stage = |carrier: Carrier| match &case.over {
        None => (!told(carrier, Stage::Begun)).then_some(Stage::Begun),
        Some(_) => (told(carrier, Stage::Begun) && !told(carrier, Stage::Over)).then_some(Stage::Over),
    };
    carriers.iter().filter_map(|carrier| Some((*carrier, stage(*carrier)?))).collect()
}

#[cfg(test)]
mod tests;
