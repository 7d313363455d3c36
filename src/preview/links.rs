//! Where the mail leads: every address once, with what is known of it.

use maud::{Markup, html};

use super::mail::Opened;
use super::page::said;
use super::pull::Galley;
use crate::check::answers::Outcome;
use crate::finding::Finding;
use crate::linkbook;

/// One address of the mail, and how often it stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) address: String,
    pub(super) times: usize,
}

/// The addresses of a mail's HTML, in its order.
pub(super) fn listed(html: &str) -> Vec<Link> {
    let hrefs = html.match_indices("<a ").filter_map(|(at, _)| {
        let tag = html[at..].split_once('>')?.0;
        Some(tag.split_once("href=\"")?.1.split_once('"')?.0)
    });
    let mut links: Vec<Link> = Vec::new();
    for address in hrefs {
        let address = address.replace("&amp;", "&");
        match links.iter_mut().find(|known| known.address == address) {
            Some(known) => known.times += 1,
            None => links.push(Link { address, times: 1 }),
        }
    }
    links
}

/// What is known of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    /// Made for one reader; here it is signed for nobody.
    Readers,
    /// The web edition of this issue, which is there once its sending began.
    WebEdition,
    /// It writes a mail.
    Mail,
    /// Somebody else's, and what the network said of it.
    World(linkbook::State),
}

/// What is known of an address without asking anybody.
fn state(opened: &Opened<'_>, address: &str) -> State {
    let Opened { desk, galley, .. } = opened;
    let own = galley.config.serve.url.as_str();
    let web = format!("{own}/{}/{}", galley.name.newsletter, galley.name.slot);
    match address {
        address if address.starts_with("mailto:") => State::Mail,
        address if address == web || address.starts_with(&format!("{web}#")) => State::WebEdition,
        address if address.starts_with(&format!("{own}/")) => State::Readers,
        _ => State::World(desk.book.state(address)),
    }
}

/// Its sentence, and how it looks.
fn told(state: &State) -> (&'static str, &'static str) {
    match state {
        State::Readers => ("the reader’s own, signed for nobody here", "quiet"),
        State::WebEdition => ("the web edition, which is there once this is sent", "quiet"),
        State::Mail => ("writes a mail", "quiet"),
        State::World(linkbook::State::Nobody) => ("an invented name, or a machine at home: nobody to ask", "quiet"),
        State::World(linkbook::State::NotAsked) => ("not asked", "quiet"),
        State::World(linkbook::State::Asking) => ("being asked", "quiet"),
        State::World(linkbook::State::Known(known)) => match known.outcome {
            Outcome::Fine => ("answers", "good"),
            Outcome::Moved { .. } => ("answers at another address", "warn"),
            Outcome::Gone { .. } => ("dead", "bad"),
            Outcome::Guarded { .. } => ("answers no programs", "quiet"),
            Outcome::Odd { .. } => ("may be dead", "warn"),
        },
    }
}

pub(super) fn pane(opened: &Opened<'_>) -> Markup {
    let Opened { galley, .. } = opened;
    let Some(html) = opened.html() else { return html! { p.quiet { "There is no mail yet." } } };
    let links = listed(html);
    let times: usize = links.iter().map(|link| link.times).sum();
    html! {
        p.quiet { (times) " links to " (links.len()) " addresses" }
        ol.links {
            @for Link { address, times } in &links {
                @let (words, class) = told(&state(opened, address));
                li {
                    code { (address) }
                    p class=(class) { (words) @if *times > 1 { ", " (times) " times" } }
                    @for finding in about(galley, address) { p class="warn" { (said(&finding.title)) } }
                }
            }
        }
    }
}

/// What the checks say of an address: the findings whose place it stands in.
fn about<'g>(galley: &'g Galley, address: &str) -> impl Iterator<Item = &'g Finding> {
    galley.findings.iter().filter(move |finding| {
        let place = finding.place.as_ref();
        place
            .is_some_and(|place| place.source.text.get(place.span.clone()).is_some_and(|words| words.contains(address)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_stands_once_in_the_order_of_the_mail() {
        let html = "<a class=\"x\" href=\"https://a.example/?b=1&amp;c=2\">A</a><a name=\"x\">no</a><a href=\"b\"></a>\
                    <a href=\"https://a.example/?b=1&amp;c=2\">again</a>";
        let own = |address: &str, times| Link { address: address.to_owned(), times };
        assert_eq!(listed(html), [own("https://a.example/?b=1&c=2", 2), own("b", 1)]);
    }
}
