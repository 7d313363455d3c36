//! Quotation marks as they are typed: straight, one kind for all, so that a search finds them. The press sets
//! them as the language wants.
//!
//! Only where no reader would notice: each paragraph is read again with straight marks, and must come out the
//! same, or it stays as it is.

use std::ops::Range;
use std::sync::Arc;

use crate::config::Publication;
use crate::config::tree::Text;
use crate::finding::{Findings, Fix, Source};
use crate::issue::markdown::{self, Manner};
use crate::issue::story;
use crate::prose::Prose;

/// The edits that make the marks in a story's or snippet's words straight.
pub(crate) fn straight(source: &Arc<Source>, publication: &Publication) -> Vec<Fix> {
    let body = story::words_of(source);
    let manner = Manner { publication, anchors: &[], slots: true, paid: true };
    let mut fixes = Vec::new();
    for (_, range) in markdown::read(&body, manner, &mut Findings::default()).blocks {
        let part = Text::new(body.value[range.clone()].to_owned(), &body.source, body.part(range));
        let reading = markdown::read(&part, manner, &mut Findings::default());
        let marks = marks(&part.value, &reading.runs);
        let mut value = part.value.clone();
        for (at, with) in marks.iter().rev() {
            value.replace_range(at.clone(), with);
        }
        let set = Text::new(value, &part.source, part.span.clone());
        let straight: Vec<Prose> = markdown::read(&set, manner, &mut Findings::default()).prose();
        if straight == reading.prose() {
            let fix = |(at, with): (Range<usize>, &str)| Fix { span: part.part(at), with: with.to_owned(), safe: true };
            fixes.extend(marks.into_iter().map(fix));
        }
    }
    fixes
}

/// Where a curly mark stands among words, and its straight twin.
fn marks(text: &str, runs: &[Range<usize>]) -> Vec<(Range<usize>, &'static str)> {
    let twin = |mark: char| match mark {
        '“' | '”' => Some("\""),
        '‘' | '’' => Some("'"),
        _ => None,
    };
    let among = |at: usize| runs.iter().any(|run| run.contains(&at));
    let found = text.char_indices().filter(|(at, _)| among(*at));
    found.filter_map(|(at, mark)| Some((at..at + mark.len_utf8(), twin(mark)?))).collect()
}
