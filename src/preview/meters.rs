//! The meters: how much of a mail this is, for readers and for Gmail, and how long it takes to all of them.

use maud::{Markup, html};

use super::blocks;
use super::links;
use super::mail::Opened;
use super::pull::Galley;
use crate::books::thousands;
use crate::render::{Bill, CLIP};

pub(super) fn panel(opened: &Opened<'_>) -> Markup {
    let Opened { galley, view, .. } = opened;
    html! {
        section.panel id="measures" aria-labelledby="measures-title" {
            (blocks::head("measures", "Measures", view))
            div.scroll { @match galley.proof() {
                Some(_) => (figures(opened)),
                None => p.quiet { "There is no mail yet to measure." },
            } }
        }
    }
}

/// The whole in one figure, for the tab.
pub(super) fn sum(galley: &Galley) -> Markup {
    let Some(proof) = galley.proof() else { return html! {} };
    let total = proof.bill.total();
    html! { span class=(format!("sum {}", level(total))) { (kilobytes(total)) } }
}

/// How near Gmail's limit it is.
fn level(bytes: usize) -> &'static str {
    match bytes {
        bytes if bytes > CLIP => "bad",
        bytes if bytes > CLIP / 10 * 8 => "warn",
        _ => "",
    }
}

fn figures(opened: &Opened<'_>) -> Markup {
    let Opened { desk, galley, .. } = opened;
    let Some(proof) = galley.proof() else { return html! {} };
    let total = proof.bill.total();
    let pictures: u64 = proof.pictures.iter().map(|picture| picture.bytes).sum();
    let text = opened.text().map_or(0, str::len);
    let links = opened.html().map(links::listed).unwrap_or_default();
    let clicks: usize = links.iter().map(|link| link.times).sum();
    html! {
        div.clip {
            p { b.num { (kilobytes(total)) } " of " span.num { (kilobytes(CLIP)) } " until Gmail cuts" }
            (gauge(total))
        }
        dl.measures {
            (measure("Words", &thousands(proof.words as u64), &format!("{} min", proof.minutes)))
            (measure("Stories", &proof.stories.to_string(), ""))
            (measure("Links", &clicks.to_string(), &format!("{} addresses", links.len())))
            (measure("Pictures", &proof.pictures.len().to_string(), &if pictures == 0 { String::new() } else { kilobytes(usize::try_from(pictures).unwrap_or(usize::MAX)) }))
            (measure("Text part", &kilobytes(text), &format!("{} % of the HTML", text * 100 / total.max(1))))
            @match desk.readers(&galley.config, &galley.name.newsletter) {
                None => (measure("Readers", "–", "no store here")),
                Some(Err(error)) => (measure("Readers", "–", &error.to_string())),
                Some(Ok(counted)) => {
                    (measure("Readers", &thousands(counted.readers), ""))
                    @if counted.readers > 0 {
                        @for line in counted.forecast(&galley.config, galley.newsletter()) {
                            div.forecast { dt.sr { "Forecast" } dd { (line) } }
                        }
                    }
                },
            }
        }
        (bill(&proof.bill))
    }
}

/// A bar to Gmail's limit, which stands at its end or, where the mail is longer, inside it.
fn gauge(total: usize) -> Markup {
    let whole = total.max(CLIP);
    let percent = |bytes: usize| format!("{:.1}%", bytes as f64 * 100.0 / whole as f64);
    html! {
        svg.gauge.(level(total)) role="img" aria-label={ (kilobytes(total)) " of " (kilobytes(CLIP)) } width="100%" height="8" {
            rect.used width=(percent(total)) height="8" {}
            rect.limit x=(percent(CLIP)) width="2" height="8" transform="translate(-2 0)" {}
        }
    }
}

fn measure(name: &str, value: &str, more: &str) -> Markup {
    html! { div { dt { (name) } dd.num { (value) @if !more.is_empty() { span.quiet { (more) } } } } }
}

/// What each block costs, in the mail's order, with the line behind which Gmail hides.
fn bill(bill: &Bill) -> Markup {
    let heaviest = bill.dearest().first().map_or(1, |cost| cost.bytes).max(1);
    let first_cut = bill.cut().first().map(|(place, _)| *place);
    html! {
        details id="bill" {
            summary { "What each block costs" }
            ol.bill {
                (line("frame", "Head and masthead", bill.head, heaviest, None))
                @for (place, cost) in bill.blocks.iter().enumerate() {
                    @if first_cut == Some(place + 1) { li.cutline { "Gmail cuts in the next block, and hides the rest" } }
                    @let hidden = first_cut.is_some_and(|first| place + 1 >= first);
                    (line(if hidden { "cost hidden" } else { "cost" }, &cost.name, cost.bytes, heaviest, Some(&cost.id)))
                }
                @if bill.total() > CLIP && first_cut.is_none() { li.cutline { "Gmail cuts in the footer" } }
                (line("frame", "Footer", bill.foot, heaviest, None))
            }
        }
    }
}

fn line(kind: &str, name: &str, bytes: usize, heaviest: usize, block: Option<&str>) -> Markup {
    let width = format!("{}%", (bytes * 100 / heaviest).clamp(1, 100));
    html! {
        li class=(kind) {
            @match block {
                Some(id) => button.plain type="button" data-block=(id) { (name) },
                None => span { (name) },
            }
            span.num { (kilobytes(bytes)) }
            svg aria-hidden="true" height="3" width="100%" { rect width=(width) height="3" {} }
        }
    }
}

/// Thousands of bytes, as mail programs count.
pub(super) fn kilobytes(bytes: usize) -> String {
    format!("{:.1} KB", bytes as f64 / 1000.0)
}
