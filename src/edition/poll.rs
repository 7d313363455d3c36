//! The polls of an edition, frozen with it: what the page behind a reader's answer asks.

use serde::{Deserialize, Serialize};

use crate::issue::{Block, Body, Issue};

/// A question and its answers, as the mail showed them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Poll {
    /// The block's id: the poll's name in its links.
    pub(crate) block: String,
    pub(crate) question: String,
    pub(crate) answers: Vec<String>,
}

/// Every poll of an issue, in order.
pub(crate) fn polls(issue: &Issue) -> Vec<Poll> {
    let poll = |block: &Block| match &block.body {
        Body::Poll { question, answers } => {
            Some(Poll { block: block.id.clone(), question: question.clone(), answers: answers.clone() })
        }
        _ => None,
    };
    issue.blocks.iter().filter_map(poll).collect()
}
