//! Logging in: AUTH PLAIN, LOGIN (RFC 4954), or XOAUTH2 with a token instead of a password.
//!
//! Nothing of it is ever logged. By the time it runs the session is under TLS, on this machine, or the relay
//! is `insecure`: `door` sees to that. A token lives an hour and a press run may be longer, so a token that is
//! refused is asked for once more where it came from.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::config::Auth;
use crate::floor::Trouble;
use crate::pace::Answer;

use super::door::Door;
use super::reply::{Phase, Reply, classify};
use super::secret::Secret;
use super::session::{Broken, Session};

/// Logs in, where the relay's URL names a user.
///
/// # Errors
/// `Refuses` when the relay will not have this login; `Away` when it did not say.
pub(super) async fn log_in(session: &mut Session, door: &Door<'_>) -> Result<(), Trouble> {
    let Some(login) = door.login() else { return Ok(()) };
    let secret = login.secret();
    let reply = match (login.auth, session.offers()) {
        (Auth::Xoauth2, offers) if offers.xoauth2 => {
            let reply = talk(session, door, &bearer(&login.user, &secret)).await?;
            match refused(&reply) {
                true => match login.renewed(&secret).await.map_err(|why| door.refuses(&why))? {
                    Some(fresh) => talk(session, door, &bearer(&login.user, &fresh)).await?,
                    None => reply,
                },
                false => reply,
            }
        }
        (Auth::Password, offers) if offers.plain => talk(session, door, &plain(&login.user, &secret)).await?,
        (Auth::Password, offers) if offers.login => talk(session, door, &word_by_word(&login.user, &secret)).await?,
        (Auth::Password, _) => {
            return Err(door.refuses("offers no login by PLAIN or LOGIN, and its URL names a user"));
        }
        (Auth::Xoauth2, _) => return Err(door.refuses("offers no login by XOAUTH2, which `auth` asks for")),
    };
    match reply.code() {
        235 => Ok(()),
        _ if refused(&reply) => {
            let (user, source) = (&login.user, login.source());
            Err(door.refuses(&format!("refuses the login of `{user}` with what {source} gives: {reply}")))
        }
        _ => Err(door.away(format!("the login got no verdict: {reply}"))),
    }
}

/// Says one step after the other while the relay asks for more; its last reply.
async fn talk(session: &mut Session, door: &Door<'_>, steps: &[String]) -> Result<Reply, Trouble> {
    let mut last = Reply::new(0, "");
    for step in steps {
        last = session.ask(step).await.map_err(|Broken(why)| door.away(why))?;
        if last.code() != 334 {
            break;
        }
    }
    Ok(last)
}

fn refused(reply: &Reply) -> bool {
    classify(Phase::Auth, reply) == Answer::RefusesUs
}

fn plain(user: &str, secret: &Secret) -> Vec<String> {
    vec![format!("AUTH PLAIN {}\r\n", encode(&format!("\0{user}\0{}", secret.reveal())))]
}

fn word_by_word(user: &str, secret: &Secret) -> Vec<String> {
    vec!["AUTH LOGIN\r\n".to_owned(), format!("{}\r\n", encode(user)), format!("{}\r\n", encode(secret.reveal()))]
}

/// A refusal comes as a 334 with the reason in it, and the verdict only after an empty line.
fn bearer(user: &str, token: &Secret) -> Vec<String> {
    let answer = encode(&format!("user={user}\x01auth=Bearer {}\x01\x01", token.reveal()));
    vec![format!("AUTH XOAUTH2 {answer}\r\n"), "\r\n".to_owned()]
}

fn encode(text: &str) -> String {
    BASE64_STANDARD.encode(text)
}
