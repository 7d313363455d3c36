//! Where the mail leads: every address once, with what is known of it.

use maud::{Markup, html};

use super::mail::Opened;
use super::page::said;
use super::pull::Galley;
use crate::config::host;
use crate::finding::Finding;

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
    /// A name that never resolves, kept free for examples.
    Reserved,
    /// The network has not been asked.
    NotAsked,
}

/// Names that lead nowhere by their nature (RFC 2606).
const RESERVED: [&str; 4] = ["example", "test", "invalid", "localhost"];

/// What is known of an address without asking anybody. Who asks the network answers here.
fn state(galley: &Galley, address: &str) -> State {
    let own = galley.config.serve.url.as_str();
    let web = format!("{own}/{}/{}", galley.name.newsletter, galley.name.slot);
    let last = |address: &str| host(address).and_then(|host| host.rsplit('.').next().map(str::to_owned));
    match address {
        address if address.starts_with("mailto:") => State::Mail,
        address if address == web || address.starts_with(&format!("{web}#")) => State::WebEdition,
        address if address.starts_with(&format!("{own}/")) => State::Readers,
        address if last(address).is_some_and(|last| RESERVED.contains(&last.as_str())) => State::Reserved,
        _ => State::NotAsked,
    }
}

/// Its sentence, and how it looks.
fn told(state: &State) -> (&'static str, &'static str) {
    match state {
        State::Readers => ("the reader’s own, signed for nobody here", "quiet"),
        State::WebEdition => ("the web edition, which is there once this is sent", "quiet"),
        State::Mail => ("writes a mail", "quiet"),
        State::Reserved => ("an invented name: leads nowhere", "quiet"),
        State::NotAsked => ("not asked yet", "quiet"),
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
                @let (words, class) = told(&state(galley, address));
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
