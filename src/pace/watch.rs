//! What the answers say about the edition as a whole.

use crate::ledger::Heard;

use super::{Answer, Signal};

/// Sees early that receivers refuse this edition rather than single readers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watch {
    answered: u32,
    unwanted: u32,
}

impl Watch {
    pub(crate) const FIRST: u32 = 200;
    /// More of the first ones than this: five in a hundred.
    pub(crate) const BEARABLE: u32 = Self::FIRST / 20;

    /// Goes on from what earlier runs heard; at rest where an editor has looked at it.
    pub(crate) fn after(heard: &Heard) -> Self {
        let answered = if heard.cleared { Self::FIRST } else { heard.answered };
        Self { answered, unwanted: heard.unwanted }
    }

    /// Notes one answer; true when more than 5 % of the first 200 were refused for what we send.
    pub(crate) fn alarmed_by(&mut self, answer: Answer) -> bool {
        if self.answered >= Self::FIRST || answer.signal() != Signal::Fine {
            return false;
        }
        self.answered += 1;
        self.unwanted += u32::from(answer == Answer::Unwanted);
        self.unwanted > Self::BEARABLE
    }
}
