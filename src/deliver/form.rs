//! Which form of the session is faster on this relay: the plain one, or the next envelope behind the dot.
//!
//! Riding saves a round trip a message, and was once three times slower where the other end delayed its
//! acknowledgements. So neither is believed: the first messages of a run try both, turn by turn, the medians of
//! their service times decide, and now and then both are tried again. The plain form has the next message in hand
//! where grants come later than messages go. Pure: times come in as arguments.

use std::time::Duration;

/// How a message is handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// The envelope, then the message: two round trips.
    Plain,
    /// The next message's envelope behind this one's dot: one round trip.
    Riding,
}

/// Messages of one form before it is the other's turn: a while of good or bad luck meets both.
const COHORT: usize = 16;
/// Messages of each form that decide at the start of a run, and when it is looked at again.
const FIRST: usize = 2 * COHORT;
const AGAIN: usize = COHORT;
/// Messages between two trials.
const LOOK_AGAIN: usize = 5_000;
/// Riding has to be so much faster, or it saves no round trip: plain does not wait for company.
const WORTH: f64 = 0.8;
/// The share of a message's time that waiting for its grant may take, before the next one is kept in hand.
const IDLE: f64 = 0.05;

/// Tries both forms and remembers the better one.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    best: Form,
    /// In the plain form grants come later than messages go.
    behind: bool,
    /// What a message takes in the plain form; none was served yet where it is zero.
    plain: Duration,
    stage: Stage,
}

#[derive(Clone, Debug)]
enum Stage {
    Trial(Trial),
    /// Messages until the next trial.
    Settled(usize),
}

#[derive(Clone, Debug, Default)]
struct Trial {
    /// Messages of each form that are wanted.
    want: usize,
    plain: Vec<Duration>,
    riding: Vec<Duration>,
    /// How long those of the plain form waited for their grants.
    waits: Vec<Duration>,
    /// Messages that were to ride and found nothing to ride with.
    missed: usize,
}

impl Choice {
    pub(super) fn new() -> Self {
        let stage = Stage::Trial(Trial { want: FIRST, ..Trial::default() });
        Self { best: Form::Plain, behind: false, plain: Duration::ZERO, stage }
    }

    /// How the next message is to be handed over.
    pub(super) fn form(&self) -> Form {
        match &self.stage {
            Stage::Trial(trial) => trial.turn(),
            Stage::Settled(_) => self.best,
        }
    }

    /// How many grants a connection holds: the one in hand, and the next one where that helps.
    pub(super) fn depth(&self) -> usize {
        match (self.form(), &self.stage) {
            (Form::Plain, Stage::Trial(_)) => 1,
            (Form::Plain, Stage::Settled(_)) => 1 + usize::from(self.behind),
            (Form::Riding, _) => 2,
        }
    }

    /// How long a message waits for another one's envelope: about the round trip that it saves.
    pub(super) fn patience(&self) -> Duration {
        match &self.stage {
            Stage::Trial(Trial { plain, .. }) if self.plain.is_zero() => median(&mut plain.clone()) / 2,
            _ => self.plain / 2,
        }
    }

    /// A message of this form was handed over, wholly in that form, and took so long; its grant was so long awaited,
    /// unless it was in hand already.
    pub(super) fn served(&mut self, form: Form, took: Duration, wait: Option<Duration>) {
        match &mut self.stage {
            Stage::Trial(trial) => {
                match (form, wait) {
                    (Form::Plain, Some(wait)) => {
                        trial.plain.push(took);
                        trial.waits.push(wait);
                    }
                    // Left over from when connections held two: it says nothing of how it is with one.
                    (Form::Plain, None) => {}
                    (Form::Riding, _) => trial.riding.push(took),
                }
                if trial.plain.len() >= trial.want && trial.riding.len() >= trial.want {
                    let (plain, riding) = (median(&mut trial.plain), median(&mut trial.riding));
                    self.settle(if riding < plain.mul_f64(WORTH) { Form::Riding } else { Form::Plain });
                }
            }
            Stage::Settled(left) => {
                *left = left.saturating_sub(1);
                if *left == 0 {
                    self.stage = Stage::Trial(Trial { want: AGAIN, ..Trial::default() });
                }
            }
        }
    }

    /// There was no next message to ride behind this one. A run that is kept slow never has one.
    pub(super) fn missed(&mut self) {
        if let Stage::Trial(trial) = &mut self.stage {
            trial.missed += 1;
            if trial.missed >= 4 * COHORT {
                self.settle(Form::Plain);
            }
        }
    }

    fn settle(&mut self, best: Form) {
        if let Stage::Trial(trial) = &mut self.stage {
            self.plain = median(&mut trial.plain);
            self.behind = median(&mut trial.waits) > self.plain.mul_f64(IDLE);
        }
        (self.best, self.stage) = (best, Stage::Settled(LOOK_AGAIN));
    }
}

impl Trial {
    /// Turn by turn, plain first; whoever has all its messages leaves the rest to the other.
    fn turn(&self) -> Form {
        let (plain, riding) = (self.plain.len(), self.riding.len());
        if plain >= self.want {
            Form::Riding
        } else if riding >= self.want || plain / COHORT <= riding / COHORT {
            Form::Plain
        } else {
            Form::Riding
        }
    }
}

/// Zero of none.
fn median(times: &mut [Duration]) -> Duration {
    let middle = times.len() / 2;
    if times.is_empty() { Duration::ZERO } else { *times.select_nth_unstable(middle).1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Serves so many messages, each in the form asked for; the forms used.
    fn serve(choice: &mut Choice, count: usize, mut took: impl FnMut(Form, usize) -> u64) -> Vec<Form> {
        (0..count)
            .map(|number| {
                let form = choice.form();
                choice.served(form, Duration::from_micros(took(form, number)), Some(Duration::ZERO));
                form
            })
            .collect()
    }

    fn share(forms: &[Form], form: Form) -> usize {
        forms.iter().filter(|used| **used == form).count()
    }

    #[test]
    fn the_faster_form_is_found_after_both_had_their_turns() {
        for (plain, riding, best) in [(20, 10, Form::Riding), (10, 30, Form::Plain), (10, 10, Form::Plain)] {
            let mut choice = Choice::new();
            let time = |form, _| if form == Form::Plain { plain } else { riding };
            let trial = serve(&mut choice, 2 * FIRST, time);
            assert_eq!(trial[..COHORT], [Form::Plain; COHORT]);
            assert_eq!(trial[COHORT..2 * COHORT], [Form::Riding; COHORT]);
            assert_eq!((share(&trial, Form::Plain), share(&trial, Form::Riding)), (FIRST, FIRST));
            assert_eq!(serve(&mut choice, 1_000, time), [best; 1_000], "{plain} against {riding}");
        }
    }

    #[test]
    fn a_few_slow_messages_decide_nothing() {
        let mut choice = Choice::new();
        serve(&mut choice, 2 * FIRST, |form, number| match form {
            Form::Riding if number % 3 == 0 => 40_000,
            Form::Riding => 10,
            Form::Plain => 20,
        });
        assert_eq!(choice.form(), Form::Riding);
    }

    #[test]
    fn a_relay_that_changes_is_found_out_and_looking_costs_next_to_nothing() {
        let mut choice = Choice::new();
        serve(&mut choice, 2 * FIRST, |form, _| if form == Form::Plain { 20 } else { 10 });
        let later = serve(&mut choice, 3 * LOOK_AGAIN, |form, _| if form == Form::Plain { 10 } else { 30 });
        assert_eq!(later.last(), Some(&Form::Plain));
        // It rode until the first look, and then only to look again.
        assert!(share(&later, Form::Riding) <= LOOK_AGAIN + 3 * AGAIN, "{}", share(&later, Form::Riding));
    }

    #[test]
    fn a_run_with_nothing_to_ride_behind_goes_back_to_plain() {
        let mut choice = Choice::new();
        for _ in 0..1_000 {
            match choice.form() {
                Form::Plain => choice.served(Form::Plain, Duration::from_micros(10), Some(Duration::ZERO)),
                Form::Riding => choice.missed(),
            }
        }
        assert_eq!(choice.form(), Form::Plain);
        assert!(matches!(choice.stage, Stage::Settled(_)));
    }

    #[test]
    fn messages_that_end_out_of_turn_count_for_their_own_form() {
        let mut choice = Choice::new();
        // Ten connections: those under way end in the form they began in.
        for _ in 0..10 {
            choice.served(Form::Riding, Duration::from_micros(10), None);
        }
        let forms = serve(&mut choice, 2 * FIRST, |form, _| if form == Form::Plain { 20 } else { 10 });
        assert!(share(&forms, Form::Plain) >= FIRST);
        assert_eq!(choice.form(), Form::Riding);
    }

    #[test]
    fn the_plain_form_keeps_the_next_one_in_hand_where_grants_come_late_and_a_trial_finds_that_again() {
        let mut choice = Choice::new();
        let (took, mut wait) = (Duration::from_micros(1_000), Duration::from_micros(400));
        // Ten connections, and as many more grants in hand where each holds two.
        let serve = |choice: &mut Choice, wait| {
            let mut in_hand = 0_usize;
            for _ in 0..LOOK_AGAIN {
                in_hand = if choice.depth() == 2 { 10 } else { in_hand.saturating_sub(1) };
                choice.served(choice.form(), took, (in_hand == 0).then_some(wait));
            }
        };
        assert_eq!(choice.depth(), 1);
        serve(&mut choice, wait);
        assert_eq!((choice.form(), choice.depth()), (Form::Plain, 2));
        serve(&mut choice, wait);
        assert_eq!((choice.form(), choice.depth()), (Form::Plain, 2));
        wait = Duration::from_micros(10);
        serve(&mut choice, wait);
        assert_eq!((choice.form(), choice.depth()), (Form::Plain, 1));
    }

    #[test]
    fn a_message_waits_for_company_as_long_as_it_saves() {
        let mut choice = Choice::new();
        assert_eq!(choice.patience(), Duration::ZERO);
        serve(&mut choice, COHORT, |_, _| 20_000);
        assert_eq!(choice.patience(), Duration::from_micros(10_000), "known before the first one waits");
        serve(&mut choice, 2 * FIRST, |form, _| if form == Form::Plain { 20_000 } else { 10_000 });
        assert_eq!((choice.form(), choice.patience()), (Form::Riding, Duration::from_micros(10_000)));
    }
}
