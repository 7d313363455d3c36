//! What the answers of a server mean for a link: pure rules, given a way to ask.

use crate::check::answers::Outcome;
use crate::http::{Answer, Ask, Silence};

/// Either an outcome, or a name that no machine here knows: what that proves depends on whether it knows any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Settled(Outcome),
    NameUnknown(String),
}

/// Steps from one address to the next, at most.
const STEPS: usize = 5;

/// Asks one address, and the addresses it leads on to.
pub(super) fn inquire(
    address: &str,
    ask: &dyn Fn(Ask, &str) -> Result<Answer, Silence>,
    may_be_asked: &dyn Fn(&str) -> bool,
) -> Found {
    let (mut at, mut lasting) = (address.to_owned(), true);
    for _ in 0..=STEPS {
        let answer = match head_then_get(&at, ask) {
            Ok(answer) => answer,
            Err(Silence::Name) => return Found::NameUnknown(crate::config::host(&at).unwrap_or(&at).to_owned()),
            Err(silence) => return Found::Settled(Outcome::Odd { why: silence.to_string() }),
        };
        let Some(next) = answer.leads_on(&at) else {
            return Found::Settled(settled(answer.status, address, at, lasting));
        };
        if !may_be_asked(&next) {
            return Found::Settled(Outcome::Odd { why: format!("it leads on to {next}") });
        }
        lasting &= matches!(answer.status, 301 | 308);
        at = next;
    }
    Found::Settled(Outcome::Odd { why: format!("it leads on more than {STEPS} times") })
}

/// A head is all that is wanted. Servers that have none to give, or say that a page is not there, are asked for the
/// page itself before anybody is blamed.
fn head_then_get(address: &str, ask: &dyn Fn(Ask, &str) -> Result<Answer, Silence>) -> Result<Answer, Silence> {
    let head = ask(Ask::Head, address)?;
    if matches!(head.status, 403 | 404 | 405 | 410 | 501) { ask(Ask::Get { most: 1 }, address) } else { Ok(head) }
}

fn settled(status: u16, address: &str, at: String, lasting: bool) -> Outcome {
    let there = if at == address { String::new() } else { format!(", at {at}") };
    match status {
        200..=299 if at == address => Outcome::Fine,
        200..=299 => Outcome::Moved { to: at, lasting },
        404 => Outcome::Gone { why: format!("the server knows no such page (404){there}") },
        410 => Outcome::Gone { why: format!("the server says that the page is gone (410){there}") },
        401 | 403 | 429 => Outcome::Guarded { status },
        _ => Outcome::Odd { why: format!("the server answers {status}{there}") },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, location: Option<&str>) -> Result<Answer, Silence> {
        Ok(Answer { status, kind: None, location: location.map(str::to_owned), body: Vec::new() })
    }

    /// What comes of an address whose server answers so, by path; `GET ` before a path is for the second question.
    fn found(pages: &[(&str, u16, &str)]) -> Found {
        let ask = |ask: Ask, url: &str| {
            let path = url.strip_prefix("https://news.quay").unwrap();
            let get = format!("GET {path}");
            let page = |name: &str| pages.iter().find(|(path, ..)| *path == name);
            let own = if ask == Ask::Head { page(path) } else { page(&get).or_else(|| page(path)) };
            let (_, status, location) = own.unwrap();
            answer(*status, Some(*location).filter(|to| !to.is_empty()))
        };
        inquire("https://news.quay/a", &ask, &|url| url.starts_with("https://news.quay"))
    }

    fn odd(why: &str) -> Found {
        Found::Settled(Outcome::Odd { why: why.to_owned() })
    }

    #[test]
    fn an_answer_says_whether_the_page_is_there() {
        assert_eq!(found(&[("/a", 204, "")]), Found::Settled(Outcome::Fine));
        let gone = |why: &str| Found::Settled(Outcome::Gone { why: why.to_owned() });
        assert_eq!(found(&[("/a", 404, "")]), gone("the server knows no such page (404)"));
        assert_eq!(found(&[("/a", 410, "")]), gone("the server says that the page is gone (410)"));
        for status in [401, 403, 429] {
            assert_eq!(found(&[("/a", status, "")]), Found::Settled(Outcome::Guarded { status }));
        }
        assert_eq!(found(&[("/a", 500, "")]), odd("the server answers 500"));
        assert_eq!(found(&[("/a", 302, "")]), odd("the server answers 302"));
    }

    #[test]
    fn a_server_without_heads_is_asked_for_the_page() {
        for status in [403, 404, 405, 410, 501] {
            assert_eq!(found(&[("/a", status, ""), ("GET /a", 200, "")]), Found::Settled(Outcome::Fine));
        }
        assert_eq!(found(&[("/a", 405, ""), ("GET /a", 500, "")]), odd("the server answers 500"));
    }

    #[test]
    fn the_way_is_followed_to_its_end_and_no_further_than_five_steps() {
        let moved =
            |to: &str, lasting| Found::Settled(Outcome::Moved { to: format!("https://news.quay{to}"), lasting });
        assert_eq!(found(&[("/a", 301, "/b#x"), ("/b", 308, "/c"), ("/c", 200, "")]), moved("/c", true));
        assert_eq!(found(&[("/a", 301, "/b"), ("/b", 307, "c?d"), ("/c?d", 200, "")]), moved("/c?d", false));
        let gone = Outcome::Gone { why: "the server knows no such page (404), at https://news.quay/b".to_owned() };
        assert_eq!(found(&[("/a", 301, "/b"), ("/b", 404, "")]), Found::Settled(gone));
        assert_eq!(found(&[("/a", 302, "/a")]), odd("it leads on more than 5 times"));
        assert_eq!(found(&[("/a", 302, "http://localhost/b")]), odd("it leads on to http://localhost/b"));
    }

    #[test]
    fn whoever_does_not_answer_may_answer_later_and_a_name_is_not_judged_here() {
        let silent = |silence: Silence| {
            let ask = move |_: Ask, _: &str| Err(silence.clone());
            inquire("https://news.quay/a", &ask, &|_| true)
        };
        assert_eq!(silent(Silence::Slow), odd("no answer in time"));
        assert_eq!(silent(Silence::Name), Found::NameUnknown("news.quay".to_owned()));
    }
}
