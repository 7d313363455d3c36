//! What the checks have to say, beside the issue: each with its place, its block and its mend.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::post;
use axum::{Form, Router};
use maud::{Markup, html};
use serde::Deserialize;

use super::Desk;
use super::answer::{Done, Refused, Said};
use super::pull::Galley;
use crate::edit;
use crate::files::{Draft, Newsroom};
use crate::finding::{Finding, Level};

pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new().route("/{newsletter}/{slot}/mend", post(mend))
}

const GROUPS: [(Level, &str, &str, &str); 3] = [
    (Level::Error, "bad", "error", "errors"),
    (Level::Warning, "warn", "warning", "warnings"),
    (Level::Note, "note", "note", "notes"),
];

pub(super) fn panel(desk: &Desk, galley: &Galley) -> Markup {
    let wrong = desk.wrong();
    let all: Vec<(usize, &Finding)> = galley.findings.iter().enumerate().collect();
    html! {
        section.panel id="findings" aria-labelledby="findings-title" {
            h2 id="findings-title" { "Checks" }
            @if !wrong.is_empty() {
                p.bad { "config.toml is wrong; its last good state is used." }
                ol.found { @for finding in wrong.iter() { (item(galley, None, finding)) } }
            }
            @if all.is_empty() { p.good { "Nothing stands in the way." } }
            @for (level, class, one, many) in GROUPS {
                @let own: Vec<&(usize, &Finding)> = all.iter().filter(|(_, finding)| finding.level == level).collect();
                @if !own.is_empty() {
                    h3 class=(class) { (own.len()) " " (if own.len() == 1 { one } else { many }) }
                    ol.found { @for (number, finding) in own { (item(galley, Some(*number), finding)) } }
                }
            }
        }
    }
}

fn item(galley: &Galley, number: Option<usize>, finding: &Finding) -> Markup {
    let at = finding.place.as_ref().map(|place| (place, place.source.line_col(place.span.start).0));
    let block = block(galley, finding);
    html! {
        li data-finding data-block=[block] tabindex="-1" {
            p.title { (finding.title) " " code.check { (finding.check) } }
            @if let Some((place, line)) = at {
                p.at {
                    button.plain type="button" data-copy={ (place.source.path) ":" (line) } title="Copy" { (place.source.path) ":" (line) }
                    @if !place.label.is_empty() { " " span.quiet { (place.label) } }
                }
            }
            @for note in &finding.notes { p.quiet { (note) } }
            @if let Some(help) = &finding.help { p.help { (help) } }
            @if let (Some(fix), Some(_), Some(number)) = (&finding.fix, at, number) {
                form data-post action={ "/" (galley.about()) "/mend" } {
                    input type="hidden" name="finding" value=(number);
                    input type="hidden" name="check" value=(finding.check);
                    input type="hidden" name="number" value=(galley.number);
                    button.button type="submit" {
                        @if fix.with.is_empty() { "Take it out" } @else { "Make it " code { (short(&fix.with)) } }
                    }
                }
            }
        }
    }
}

fn short(text: &str) -> String {
    let line = text.trim();
    if line.chars().count() > 48 {
        format!("{}…", line.chars().take(47).collect::<String>())
    } else {
        line.to_owned()
    }
}

/// The block a finding is about: the one its place stands in, or the first that names its story.
fn block(galley: &Galley, finding: &Finding) -> Option<String> {
    let place = finding.place.as_ref()?;
    let path = galley.name.path();
    let (text, at) = if place.source.path == path {
        (place.source.text.clone(), place.span.start)
    } else {
        let stem = std::path::Path::new(&place.source.path).file_stem()?.to_str()?;
        let source = Newsroom::open(&galley.config.root).issue(&galley.name).ok()?;
        let at = source.text.find(&format!("\"{stem}\""))?;
        (source.text.clone(), at)
    };
    block_at(&text, at)
}

/// The id of the block that holds a byte of an issue file: its own, or `b` and its number.
pub(super) fn block_at(text: &str, at: usize) -> Option<String> {
    let mut start = 0;
    let mut own: Option<(usize, String)> = None;
    let mut number = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with("[[block]]") {
            if start > at {
                break;
            }
            number += 1;
            own = Some((number, format!("b{number}")));
        } else if let (Some((_, id)), Some(value)) = (&mut own, line.trim_start().strip_prefix("id")) {
            let value = value.trim_start().strip_prefix('=').map(|value| value.trim().trim_matches('"'));
            if let Some(value) = value {
                *id = value.to_owned()
            }
        }
        start += line.len();
    }
    own.map(|(_, id)| id)
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
        let gone = || Refused("the issue changed meanwhile: look again".to_owned());
        let galley = desk.issue(&newsletter, &slot).and_then(|name| desk.galley(&name)).ok_or_else(gone)?;
        let finding = galley
            .findings
            .get(finding)
            .filter(|own| own.check == check && galley.number == number)
            .ok_or_else(gone)?;
        let (place, fix) = finding.place.as_ref().zip(finding.fix.clone()).ok_or_else(gone)?;
        let draft = Draft::open(&galley.config.root, &place.source.path).map_err(|finding| Refused(finding.title))?;
        if draft.source.text != place.source.text {
            return Err(gone());
        }
        draft.save(&edit::mended(&draft.source.text, &mut [fix])).map_err(Refused)?;
        Ok(Done(format!("mended {}", place.source.path)))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::block_at;

    #[test]
    fn a_place_of_the_issue_file_belongs_to_the_block_above_it() {
        let text = "subject = \"x\"\n\n[[block]]\ntype = \"letter\"\n\n[[block]]\ntype = \"story\"\nid = \"lead\"\nstory = \"tram\"\n";
        assert_eq!(block_at(text, 3), None);
        assert_eq!(block_at(text, text.find("letter").unwrap()).as_deref(), Some("b1"));
        assert_eq!(block_at(text, text.find("tram").unwrap()).as_deref(), Some("lead"));
    }
}
