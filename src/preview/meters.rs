//! The meters: how much of a mail this is, for readers and for Gmail.

use maud::{Markup, html};

use super::pull::Galley;
use super::view::View;
use super::{Desk, mail};
use crate::clock;
use crate::press::Specimen;
use crate::render::CLIP;

pub(super) fn panel(desk: &Desk, galley: &Galley, view: &View) -> Markup {
    let Some(proof) = &galley.proof else { return html! {} };
    let (total, bill) = (proof.bill.total(), &proof.bill);
    let pictures: u64 = proof.pictures.iter().map(|picture| picture.bytes).sum();
    let copy = mail::copy(desk, galley, view).and_then(Result::ok);
    let links = copy.as_ref().map_or(0, |copy| copy.html.matches("<a ").count());
    let text = copy.as_ref().map_or(0, |Specimen { text, .. }| text.len());
    let share = text * 100 / total.max(1);
    let readers =
        desk.store().map(|store| store.and_then(|store| store.audience(&galley.name.newsletter, clock::now())));
    let pace = galley.config.relays.get(&galley.newsletter().relay).and_then(|relay| relay.rate);
    let heaviest = bill.dearest().first().map_or(1, |cost| cost.bytes).max(1);
    html! {
        section.panel id="meters" aria-labelledby="meters-title" {
            h2 id="meters-title" { "Measures" }
            div.clip {
                p { span.num { (kilobytes(total)) } " of " span.num { "102.4 KB" } " until Gmail cuts" }
                meter min="0" max=(CLIP) low=(CLIP * 8 / 10) high=(CLIP * 95 / 100) optimum="0" value=(total) aria-label="HTML against Gmail's limit" { (kilobytes(total)) }
            }
            dl.measures {
                (measure("Words", &proof.words.to_string()))
                (measure("Minutes", &proof.minutes.to_string()))
                (measure("Stories", &proof.stories.to_string()))
                (measure("Links", &links.to_string()))
                (measure("Pictures", &format!("{}, {}", proof.pictures.len(), kilobytes(usize::try_from(pictures).unwrap_or(usize::MAX)))))
                (measure("Text part", &format!("{}, {share} % of the HTML", kilobytes(text))))
                @match readers {
                    None => (measure("Readers", "no store here")),
                    Some(Err(error)) => (measure("Readers", &error.to_string())),
                    Some(Ok(readers)) => {
                        (measure("Readers", &readers.to_string()))
                        @if let Some(pace) = pace { (measure("Delivered in", &lasts(readers, pace))) }
                    },
                }
            }
            details id="bill" {
                summary { "What each block costs" }
                ol.bill {
                    (line("frame", "Head and masthead", bill.head, heaviest, None))
                    @for cost in &bill.blocks { (line("block", &cost.name, cost.bytes, heaviest, Some(&cost.id))) }
                    (line("frame", "Footer", bill.foot, heaviest, None))
                }
            }
        }
    }
}

fn measure(name: &str, value: &str) -> Markup {
    html! { div { dt { (name) } dd.num { (value) } } }
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

/// How long a run takes at the relay's own rate a second.
fn lasts(readers: u64, pace: u32) -> String {
    match readers / u64::from(pace.max(1)) {
        0..=59 => "less than a minute".to_owned(),
        seconds => format!("about {} min", seconds.div_ceil(60)),
    }
}
