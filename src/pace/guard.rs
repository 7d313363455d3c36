//! Tells a wave of refusals from single readers who are gone.
//!
//! One great provider once answered 5.1.1 for accounts that were fine, for two days. So refusals that come in a
//! wave pause their lane, and what they did to the readers waits for a person.

use super::{Answer, Signal};

/// What a lane's receivers have answered to an edition.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guard {
    share: f64,
    tried: u32,
    refused: u32,
}

impl Guard {
    /// Nothing is said about a lane before so many were tried.
    const TRIED: u32 = 50;
    /// Fewer are single readers, whatever their share.
    const WAVE: u32 = 5;

    /// `share`: of hard refusals, above which it is a wave; such as 0.03. `before`: how many earlier runs of the
    /// edition tried, and how many of those were refused; a run that is started again sees the same wave.
    pub(crate) fn after(share: f64, before: Option<&(u32, u32)>) -> Self {
        let (tried, refused) = before.copied().unwrap_or_default();
        Self { share, tried, refused }
    }

    /// Notes one answer; how many were tried and how many of them refused, when that is a wave.
    pub(crate) fn tripped_by(&mut self, answer: Answer) -> Option<(u32, u32)> {
        if answer.signal() != Signal::Fine {
            return None;
        }
        self.tried += 1;
        self.refused += u32::from(answer == Answer::NoSuchReader);
        let wave = self.tried >= Self::TRIED
            && self.refused >= Self::WAVE
            && f64::from(self.refused) > f64::from(self.tried) * self.share;
        wave.then_some((self.tried, self.refused))
    }
}
