//! Polls: the page behind an answer's link, with one button, and the result after it.
//!
//! The link in the mail only asks. Scanners follow all of a mail's links, and would otherwise vote for every
//! answer at once.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use maud::html;

use super::Site;
use super::page::{Answer, House, Kept, Page, button};
use crate::clock;
use crate::edition::{Edition, Poll};
use crate::store;
use crate::token::{Purpose, ReaderKey};

/// Newsletter, slot, block, answer, token.
type Named = Path<(String, String, String, u32, String)>;

/// GET: the question, the answer, one button. Changes nothing.
pub(super) async fn ask(State(site): House, named: Named) -> Answer {
    let vote = Vote::read(&site, named).await?;
    let words = &site.words.pages;
    let (before, after) = words.your_answer.around("answer");
    let content = html! {
        p class="kicker" { (words.poll) }
        h1 { (vote.poll.question) }
        p { (before) b { (vote.words()) } (after) }
        (button(&words.send_answer))
        p class="aside" { (words.answer_again) }
    };
    Ok(Page::new(&site, Kept::Private, &vote.poll.question, &content))
}

/// POST: keeps the answer and shows how all have answered.
pub(super) async fn answer(State(site): House, named: Named, _body: Bytes) -> Answer {
    let vote = Vote::read(&site, named).await?;
    let Vote { newsletter, slot, key, answer, poll } = vote;
    let block = poll.block.clone();
    let (kept, counts) = site
        .ask(move |store| {
            let kept = store.answer_poll(&newsletter, &slot, &block, &key, answer, clock::now())?;
            Ok((kept, store.poll(&newsletter, &slot, &block)?))
        })
        .await?;
    let count = |answer: usize| counts.iter().find(|(of, _)| *of as usize == answer).map_or(0, |(_, count)| *count);
    let all: u64 = (0..poll.answers.len()).map(count).sum();
    let said = &site.words.pages;
    let content = html! {
        p class="kicker" { (if kept { &said.thank_you } else { &said.poll }) }
        h1 { (poll.question) }
        @if !kept { p { (said.not_counted) } }
        ol class="poll" {
            @for (number, words) in poll.answers.iter().enumerate() {
                @let share = percent(count(number), all);
                li class=[(kept && number == answer as usize).then_some("mine")] {
                    div class="bar" { span { (words) } b { (said.share.fill(&[("n", &share.to_string())])) } }
                    svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true" { rect width=(share) height="1" {} }
                }
            }
        }
        p class="meta" { (site.words.count(&said.answered, all)) }
    };
    Ok(Page::new(&site, Kept::Private, &poll.question, &content))
}

/// An answer somebody is about to give.
struct Vote {
    newsletter: String,
    slot: String,
    key: ReaderKey,
    answer: u32,
    poll: Poll,
}

impl Vote {
    /// What the link says, if it is one of ours and the edition had that poll.
    async fn read(site: &Arc<Site>, named: Named) -> Result<Self, Page> {
        let Path((newsletter, slot, block, answer, token)) = named;
        let purpose = Purpose::Poll { newsletter: &newsletter, slot: &slot, block: &block };
        let key = site.signer.verify(purpose, &token).ok_or_else(|| Page::broken_link(site))?;
        let (id, day) = (newsletter.clone(), slot.clone());
        let cuts = site
            .ask(move |store| {
                for purpose in [store::Purpose::Issue, store::Purpose::Rehearsal] {
                    if let Some(edition) = store.edition(&id, &day, purpose)?.filter(|edition| edition.version > 0) {
                        return Ok(Some(store.version(edition.id, edition.version)?.cuts));
                    }
                }
                Ok(None)
            })
            .await?;
        let polls = match cuts.as_deref().map(Edition::polls) {
            Some(Ok(polls)) => polls,
            Some(Err(error)) => {
                (site.tell)(&error);
                return Err(Page::try_again(site));
            }
            None => Vec::new(),
        };
        let poll = polls.into_iter().find(|poll| poll.block == block && (answer as usize) < poll.answers.len());
        let poll = poll.ok_or_else(|| Page::missing(site))?;
        Ok(Self { newsletter, slot, key, answer, poll })
    }

    fn words(&self) -> &str {
        &self.poll.answers[self.answer as usize]
    }
}

/// A share in whole percent, rounded; nothing of nothing is nothing.
fn percent(count: u64, all: u64) -> u64 {
    (200 * count + all).checked_div(2 * all).unwrap_or(0)
}
