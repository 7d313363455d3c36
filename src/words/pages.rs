//! The words of the readers' pages: leaving, choosing, polls, the archive, and what went wrong.

use serde::Deserialize;

use super::{Plural, Template};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pages {
    pub(crate) unsubscribe: String,
    pub(crate) leave_question: Template,
    pub(crate) leave_words: Template,
    pub(crate) leave_instead: Template,
    pub(crate) done: String,
    pub(crate) left: Template,
    pub(crate) left_words: String,
    pub(crate) left_return: Template,
    pub(crate) newsletters: String,
    pub(crate) choose: String,
    pub(crate) choose_words: Template,
    pub(crate) nobody: String,
    pub(crate) nobody_words: String,
    pub(crate) welcome_back: Template,
    pub(crate) barred: String,
    pub(crate) active: String,
    pub(crate) pending: String,
    pub(crate) paused: String,
    pub(crate) unsubscribed: String,
    pub(crate) bounced: String,
    pub(crate) complained: String,
    pub(crate) leave: String,
    pub(crate) leave_this: Template,
    pub(crate) again: String,
    pub(crate) again_this: Template,
    pub(crate) you: String,
    pub(crate) poll: String,
    pub(crate) your_answer: Template,
    pub(crate) send_answer: String,
    pub(crate) answer_again: String,
    pub(crate) thank_you: String,
    pub(crate) not_counted: String,
    pub(crate) share: Template,
    pub(crate) broken: String,
    pub(crate) broken_words: String,
    pub(crate) broken_help: String,
    pub(crate) missing: String,
    pub(crate) missing_words: Template,
    pub(crate) taken_down: String,
    pub(crate) taken_down_words: Template,
    pub(crate) not_now: String,
    pub(crate) not_now_words: String,
    pub(crate) answered: Plural,
}
