//! The row an inbox shows before anything is opened, client by client, with a mark where each cuts.

use maud::{Markup, html};

use super::pull::Galley;

/// A client's row, in characters it shows on a common screen.
struct Client {
    name: &'static str,
    subject: usize,
    preheader: usize,
}

/// The subject's cuts are those `subject-long` shows; Gmail on the web puts both on one line.
const CLIENTS: [Client; 4] = [
    Client { name: "Gmail, phone", subject: 37, preheader: 40 },
    Client { name: "iPhone", subject: 48, preheader: 90 },
    Client { name: "Outlook", subject: 60, preheader: 60 },
    Client { name: "Gmail, web", subject: 70, preheader: 50 },
];

pub(super) fn rows(galley: &Galley) -> Markup {
    let Some(proof) = &galley.proof else { return html! {} };
    let from = &galley.newsletter().from;
    let sender = from.name.clone().unwrap_or_else(|| from.address.to_string());
    html! {
        section.inbox aria-label="In the inbox" {
            @for client in &CLIENTS {
                div.row {
                    h2 { (client.name) }
                    p.sender { (sender) }
                    p.subject { (cut(&proof.subject, client.subject)) }
                    p.pre { (cut(&proof.preheader, client.preheader)) }
                }
            }
        }
    }
}

/// What is shown, and behind the mark what is not.
fn cut(line: &str, at: usize) -> Markup {
    let end = line.char_indices().nth(at).map_or(line.len(), |(end, _)| end);
    let (kept, lost) = line.split_at(end);
    html! {
        (kept)
        @if !lost.is_empty() { span.cut title=(format!("cut after {at} characters")) { (lost) } }
    }
}
