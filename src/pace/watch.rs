//! What a run's answers say about the edition as a whole.

use super::{Answer, Signal};

/// Sees early that receivers refuse this edition rather than single readers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Watch {
    answered: u32,
    unwanted: u32,
}

impl Watch {
    const FIRST: u32 = 200;
    const SHARE: f64 = 0.05;

    /// Notes one answer; true when more than 5 % of the first 200 were refused for what we send.
    pub(crate) fn alarmed_by(&mut self, answer: Answer) -> bool {
        if self.answered >= Self::FIRST || answer.signal() != Signal::Fine {
            return false;
        }
        self.answered += 1;
        self.unwanted += u32::from(answer == Answer::Unwanted);
        f64::from(self.unwanted) > f64::from(Self::FIRST) * Self::SHARE
    }
}
