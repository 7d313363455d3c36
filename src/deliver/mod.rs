//! The press run: grants in, messages out, outcomes back to the ledger.
//!
//! One thread, one future a connection: what costs time here is waiting. The rest of the program is
//! synchronous and calls `press` for a list and `one` for a single copy.

mod door;
mod form;
mod hand;
mod letter;
mod login;
mod nap;
mod note;
mod offers;
mod reply;
mod run;
mod secret;
mod session;
mod stint;
#[cfg(test)]
mod tests;
mod tls;
mod wire;

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use crate::address::EmailAddress;
use crate::config::Relay;
use crate::floor::{End, Stop, Trouble};
use crate::ledger::{Grant, Heard, Settled, Want, Wave};
use crate::message::Message;
use crate::pace::{Answer, Lanes, Rules};
use crate::store::{Ledger, Paused, RelayStanding, Store, StoreError};

use door::Door;
pub(crate) use door::label;
use letter::Letter;
use nap::Nap;
pub(crate) use note::Note;
use session::Timeouts;

/// What is to be pressed, and how.
pub(crate) struct Job<'a> {
    /// The relay it goes by, and then its spare.
    pub(crate) relays: Vec<Relay>,
    pub(crate) lanes: Lanes,
    /// Lanes that a wave of refusals paused before.
    pub(crate) paused: Vec<Paused>,
    /// The share of hard refusals that pauses a lane.
    pub(crate) refusals: f64,
    /// What receivers answered in earlier runs of this edition.
    pub(crate) heard: Heard,
    /// How long all but those who come first still wait.
    pub(crate) others_wait: Duration,
    /// Who sends: our name in greetings and in words about us.
    pub(crate) sender: EmailAddress,
    pub(crate) rules: Rules,
    /// Stop after so many hand-overs.
    pub(crate) limit: Option<u64>,
    /// Makes what each grant is for.
    pub(crate) stamp: &'a dyn Stamp,
    /// Told how many deliveries this run has finished, after each.
    pub(crate) progress: &'a dyn Fn(u64),
    /// Told how a relay does, when that changed.
    pub(crate) relay: &'a dyn Fn(RelayStanding),
    /// Told what somebody should know while the run is on.
    pub(crate) say: &'a dyn Fn(&str),
}

/// Stamps readers in.
pub(crate) trait Stamp {
    /// The message for one grant, as this relay is to get it.
    fn message(&self, grant: &Grant, relay: &Relay) -> Message<'_>;

    /// The envelope's sender of one delivery: where it is returned to.
    fn return_path(&self, grant: &Grant) -> EmailAddress;
}

/// Where grants come from and outcomes go: the ledger, or a table in a test.
trait Desk {
    /// Outcomes in, grants out, both committed when it returns. An error keeps the outcomes.
    async fn exchange(&self, settled: Vec<Settled>, want: Want) -> Result<Wave, StoreError>;
}

impl Desk for Ledger {
    async fn exchange(&self, settled: Vec<Settled>, want: Want) -> Result<Wave, StoreError> {
        Self::exchange(self, settled, want).await
    }
}

/// Presses until nobody is queued, or something says stop; closes the ledger and gives the store back.
///
/// The first SIGINT or SIGTERM ends granting and finishes what is in flight; a second one abandons that too,
/// and commits what is known.
pub(crate) fn press(job: &Job<'_>, ledger: Ledger) -> (Result<End, StoreError>, Result<Store, StoreError>) {
    let nap = Nap::default();
    wait_napping(nap.clone(), async {
        let door = |relay| Door::new(relay, job.sender.domain(), Timeouts::default());
        let end = match job.relays.iter().map(door).collect::<Result<Vec<_>, _>>() {
            Ok(doors) => run::run(job, &ledger, &doors, signals(), run::PATIENCE, &nap).await,
            Err(trouble) => Ok(End::Refused(trouble.into_words())),
        };
        (end, ledger.close().await)
    })
}

/// Why one message was not taken, in the relay's words or ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unsent {
    /// The relay took the session and not this message.
    Answered(String),
    /// It cannot be reached now.
    Away(String),
    /// It will not have us, or we must not trust it: somebody has to mend the settings.
    Refused(String),
}

impl Unsent {
    pub(crate) fn words(&self) -> &str {
        match self {
            Self::Answered(words) | Self::Away(words) | Self::Refused(words) => words,
        }
    }
}

impl From<Trouble> for Unsent {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Away(words) | Trouble::NoRoom(words) => Self::Away(words),
            Trouble::Refuses(words) => Self::Refused(words),
        }
    }
}

/// Hands one message to one address, outside any ledger: test copies.
///
/// # Errors
/// Why it was not taken.
pub(crate) fn one(
    relay: &Relay,
    sender: &EmailAddress,
    to: &EmailAddress,
    message: &Message<'_>,
) -> Result<String, Unsent> {
    hand_over(relay, Letter { sender, to, message }, Timeouts::default())
}

fn hand_over(relay: &Relay, letter: Letter<'_>, timeouts: Timeouts) -> Result<String, Unsent> {
    wait_for(async {
        let door = Door::new(relay, letter.sender.domain(), timeouts)?;
        let mut session = door.open().await?;
        let outcome = session.send(letter).await;
        if outcome.alive {
            session.quit().await;
        }
        match outcome.answer {
            Answer::Accepted => Ok(outcome.reply),
            _ => Err(Unsent::Answered(outcome.reply)),
        }
    })
}

/// Hands a note to its one reader, soon or not at all: whoever has to say something is in the middle of something.
///
/// # Errors
/// Why it was not taken, in the relay's words or ours.
pub(crate) fn note(relay: &Relay, note: &Note<'_>) -> Result<(), String> {
    let message = Message::owning(note.message()?);
    let letter = Letter { sender: &note.from.address, to: note.to, message: &message };
    let sent = hand_over(relay, letter, Timeouts::of(SOON));
    sent.map(drop).map_err(|unsent| unsent.words().to_owned())
}

/// How long a relay may take for each step where somebody waits for it.
const SOON: Duration = Duration::from_secs(20);

/// Opens a session and says goodbye: certificate, login and all, and no mail. Says how we got in.
///
/// # Errors
/// Why we did not, in the relay's words or ours.
pub(crate) fn knock(relay: &Relay, sender: &EmailAddress) -> Result<String, String> {
    // A relay that takes minutes to greet is no relay for a morning.
    let opened = wait_for(async {
        let door = Door::new(relay, sender.domain(), Timeouts::of(SOON))?;
        door.open().await?.quit().await;
        let login = door.login().map(|login| format!(" and takes the login of `{}`", login.user));
        Ok::<_, Trouble>(door.words(format_args!("lets us in{}", login.unwrap_or_default())))
    });
    opened.map_err(Trouble::into_words)
}

/// Sits a while between two runs; unless somebody says stop meanwhile.
pub(crate) fn rest(while_: Duration) -> Option<Stop> {
    wait_for(async {
        let mut stop = signals();
        tokio::select! {
            () = tokio::time::sleep(while_) => None,
            stop = stop.recv() => stop,
        }
    })
}

fn wait_for<T>(work: impl Future<Output = T>) -> T {
    wait_napping(Nap::default(), work)
}

fn wait_napping<T>(nap: Nap, work: impl Future<Output = T>) -> T {
    let runtime = runtime(nap);
    let done = runtime.block_on(work);
    // A name server that never answers has a thread of its own, which nobody waits for.
    runtime.shutdown_background();
    done
}

fn runtime(nap: Nap) -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .on_thread_park(move || nap.take())
        .build()
        .expect("the system gives a process its event queue, or it can open no connection either")
}

/// The signals that ask a run to end, in order.
fn signals() -> mpsc::UnboundedReceiver<Stop> {
    let (sender, receiver) = mpsc::unbounded_channel();
    for (kind, stop) in [(SignalKind::interrupt(), Stop::Interrupt), (SignalKind::terminate(), Stop::Terminate)] {
        let mut stream = signal(kind).expect("SIGINT and SIGTERM may be handled by every process");
        let sender = sender.clone();
        tokio::spawn(async move { while stream.recv().await.is_some() && sender.send(stop).is_ok() {} });
    }
    receiver
}
