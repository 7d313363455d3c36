//! What the checks have to say, beside the issue: each as the command line draws it, with its block and its mend.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::post;
use axum::{Form, Router};
use maud::{Markup, html};
use serde::Deserialize;

use super::answer::{Done, Refused, Said};
use super::mail::Opened;
use super::page::said;
use super::pull::Galley;
use super::{Desk, pen, snippet};
use crate::check::{self, explain};
use crate::edit;
use crate::finding::{Finding, Level};

pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new().route("/{newsletter}/{slot}/mend", post(mend)).route("/{newsletter}/{slot}/waive", post(waive))
}

const GROUPS: [(Level, &str, &str); 3] =
    [(Level::Error, "error", "errors"), (Level::Warning, "warning", "warnings"), (Level::Note, "note", "notes")];

/// So many of one kind are shown; the others are folded.
const SHOWN: usize = 3;

/// How many there are of a level.
pub(super) fn count(galley: &Galley, level: Level) -> usize {
    galley.findings.iter().filter(|finding| finding.level == level).count()
}

/// Whether there is anything to mend.
pub(super) fn speaks(galley: &Galley) -> bool {
    galley.findings.iter().any(|finding| finding.level != Level::Note)
}

pub(super) fn panel(opened: &Opened<'_>) -> Markup {
    let Opened { desk, galley, view, .. } = opened;
    let wrong = desk.wrong();
    html! {
        section.panel id="checks" aria-labelledby="checks-title" {
            (super::blocks::head("checks", "Checks", view))
            div.scroll {
                @if !wrong.is_empty() {
                    h3.bad { "config.toml" }
                    ol.found { @for finding in wrong.iter() { (item(galley, None, finding, "config")) } }
                }
                @if galley.findings.is_empty() && wrong.is_empty() { p.good { "Nothing stands in the way." } }
                @for (level, one, many) in GROUPS { (group(galley, level, one, many)) }
            }
        }
    }
}

fn group(galley: &Galley, level: Level, one: &str, many: &str) -> Markup {
    let own: Vec<(usize, &Finding)> =
        galley.findings.iter().enumerate().filter(|(_, finding)| finding.level == level).collect();
    let mut kinds: Vec<&str> = Vec::new();
    own.iter().for_each(|(_, finding)| {
        if !kinds.contains(&finding.check) {
            kinds.push(finding.check)
        }
    });
    html! {
        @if !own.is_empty() {
            h3 class=(class(level)) { (own.len()) " " (if own.len() == 1 { one } else { many }) }
            @for kind in kinds {
                @let alike: Vec<&(usize, &Finding)> = own.iter().filter(|(_, finding)| finding.check == kind).collect();
                @let (shown, folded) = alike.split_at(if alike.len() > SHOWN + 1 { SHOWN } else { alike.len() });
                ol.found { @for (number, finding) in shown { (item(galley, Some(*number), finding, "f")) } }
                @if !folded.is_empty() {
                    details.more id={ "more-" (level.word()) "-" (kind) } {
                        summary { (folded.len()) " more like this, " code { (kind) } }
                        ol.found { @for (number, finding) in folded { (item(galley, Some(*number), finding, "f")) } }
                    }
                }
            }
        }
    }
}

fn class(level: Level) -> &'static str {
    match level {
        Level::Error => "bad",
        Level::Warning => "warn",
        Level::Note => "note",
    }
}

/// One finding; `number` is its place among the galley's, by which its edits are asked for.
pub(super) fn item(galley: &Galley, number: Option<usize>, finding: &Finding, prefix: &str) -> Markup {
    let id = number.map(|number| format!("{prefix}-{number}"));
    html! {
        li.finding.(class(finding.level)) id=[id] data-finding=[number] data-block=[block(galley, finding)] tabindex="-1" {
            p.title { (said(&finding.title)) }
            @if let Some(place) = &finding.place { (snippet::place(place, number)) }
            @if let Some(also) = &finding.also { (snippet::also(also)) }
            @if !finding.notes.is_empty() { ul.notes { @for note in &finding.notes { li { (said(note)) } } } }
            @if let Some(help) = &finding.help { p.help { (said(help)) } }
            @if let Some(mend) = finding.mended() {
                (snippet::mend(&mend))
                @if let Some(number) = number { (mend_form(galley, number, finding)) }
            }
            (about(galley, number, finding, prefix))
        }
    }
}

fn mend_form(galley: &Galley, number: usize, finding: &Finding) -> Markup {
    html! {
        form data-post={ "/" (galley.about()) "/mend" } {
            input type="hidden" name="finding" value=(number);
            input type="hidden" name="check" value=(finding.check);
            input type="hidden" name="number" value=(galley.number);
            button.button type="submit" { "Make this edit" }
        }
    }
}

/// The check's name; opened, its rule and reason, and the way to do without it once.
fn about(galley: &Galley, number: Option<usize>, finding: &Finding, prefix: &str) -> Markup {
    let (rule, why, source) = explain::page(finding.check);
    let waivable = check::find(finding.check).is_some_and(|check| !check.binding) && finding.level != Level::Note;
    let id = number.map(|number| format!("{prefix}-about-{number}"));
    html! {
        @if rule.is_empty() { p.check { code { (finding.check) } } }
        @else {
            details.check id=[id] {
                summary { code { (finding.check) } }
                p { (said(rule)) }
                p { (said(why)) }
                p.quiet { (said(source)) }
                @if waivable && number.is_some() && galley.source.is_some() {
                    form.waive data-post={ "/" (galley.about()) "/waive" } {
                        input type="hidden" name="check" value=(finding.check);
                        label { "It does not hold here, because "
                            input name="reason" required autocomplete="off" data-own; }
                        button.button type="submit" { "Waive it for this issue" }
                    }
                }
            }
        }
    }
}

/// The block a finding is about: the one its place stands in, or the first that shows its story.
fn block(galley: &Galley, finding: &Finding) -> Option<String> {
    let place = finding.place.as_ref()?;
    let block = if place.source.path == galley.name.path() {
        galley.outline.at(place.span.start)
    } else {
        galley.outline.of(std::path::Path::new(&place.source.path).file_stem()?.to_str()?)
    };
    block.map(|block| block.id.clone())
}

/// The finding a page speaks of, where it is still the same one.
pub(super) fn same<'g>(galley: &'g Galley, finding: usize, check: &str, number: u64) -> Result<&'g Finding, Refused> {
    let own = galley.findings.get(finding).filter(|own| own.check == check && galley.number == number);
    own.ok_or_else(Refused::gone)
}

#[derive(Deserialize)]
struct Mend {
    finding: usize,
    check: String,
    number: u64,
}

/// Makes one finding's edit, by the code `check --fix` makes it with; a file saved meanwhile wins.
async fn mend(
    State(desk): State<Arc<Desk>>,
    Path((newsletter, slot)): Path<(String, String)>,
    Form(Mend { finding, check, number }): Form<Mend>,
) -> Said {
    desk.work(move |desk| {
        let name = desk.issue(&newsletter, &slot).ok_or_else(Refused::gone)?;
        let galley = desk.galley(&name).ok_or_else(Refused::gone)?;
        let finding = same(&galley, finding, &check, number)?;
        let (place, fix) = finding.place.as_ref().zip(finding.fix.clone()).ok_or_else(Refused::gone)?;
        pen::write(desk, &name, &place.source.path, &pen::seen(&place.source.text), |text| {
            Ok(edit::mended(text, &mut [fix]))
        })?;
        Ok(Done { said: format!("mended {}", place.source.path), undo: true })
    })
    .await
}

#[derive(Deserialize)]
struct Waive {
    check: String,
    reason: String,
    seen: String,
}

async fn waive(
    State(desk): State<Arc<Desk>>,
    Path((newsletter, slot)): Path<(String, String)>,
    Form(Waive { check, reason, seen }): Form<Waive>,
) -> Said {
    desk.work(move |desk| {
        let known = check::find(&check).filter(|check| !check.binding);
        let known = known.ok_or_else(|| Refused::because(format!("`{check}` cannot be waived")))?;
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(Refused::because("a waiver needs a reason: who looks at this issue later will ask for it"));
        }
        pen::issue(desk, (&newsletter, &slot), &seen, |text| Ok(edit::waive(text, known.name, reason)?))?;
        Ok(Done { said: format!("waived {}; the issue says why", known.name), undo: true })
    })
    .await
}
