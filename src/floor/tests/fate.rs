//! What a relay does with one message.

use crate::floor::Said;
use crate::pace::Answer;

/// What a relay does with a message, decided before it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Accept,
    /// It took the message, and the connection ends behind its answer.
    AcceptAndClose,
    RefuseReader,
    RefuseMessage,
    Defer,
    TooFast,
    /// 421, or gone, before the dot.
    DropBefore,
    /// Gone after the dot, with the message.
    DropAfterTaking,
    /// Gone after the dot, the message lost.
    DropAfterLosing,
}

/// How far a message had come when its connection was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// Its final dot had surely not left.
    Before,
    /// It may have; and the relay has the message.
    Taken,
    /// It may have; and the relay has not.
    Lost,
}

impl Cut {
    pub(super) const ALL: [Self; 3] = [Self::Before, Self::Taken, Self::Lost];
}

impl Fate {
    pub(super) const ALL: [Self; 9] = [
        Self::Accept,
        Self::AcceptAndClose,
        Self::RefuseReader,
        Self::RefuseMessage,
        Self::Defer,
        Self::TooFast,
        Self::DropBefore,
        Self::DropAfterTaking,
        Self::DropAfterLosing,
    ];

    pub(super) fn takes(self) -> bool {
        matches!(self, Self::Accept | Self::AcceptAndClose | Self::DropAfterTaking)
    }

    pub(super) fn said(self) -> Said {
        let answer = match self {
            Self::Accept | Self::AcceptAndClose => Answer::Accepted,
            Self::RefuseReader => Answer::NoSuchReader,
            Self::RefuseMessage => Answer::Unwanted,
            Self::Defer => Answer::NotNow,
            Self::TooFast => Answer::TooFast { wait: None },
            Self::DropBefore => Answer::Unreached,
            Self::DropAfterTaking | Self::DropAfterLosing => Answer::Silence,
        };
        let alive =
            matches!(self, Self::Accept | Self::RefuseReader | Self::RefuseMessage | Self::Defer | Self::TooFast);
        Said { answer, reply: format!("{self:?}"), alive }
    }
}
