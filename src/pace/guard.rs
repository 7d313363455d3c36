//! Tells a wave of refusals from single readers who are gone.
//!
//! One great provider once answered 5.1.1 for accounts that were fine, for two days. So refusals that come in a
//! wave pause their lane, and what they did to the readers waits for a person.

use super::{Answer, Signal};

/// What a lane's receivers have answered in this run.
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

    /// `share`: of hard refusals, above which it is a wave; such as 0.03.
    pub(crate) fn new(share: f64) -> Self {
        Self { share, tried: 0, refused: 0 }
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
