//! Openings in the HTML: where a reader's own value will stand.
//!
//! The whole part is rendered as one string and cut into pieces afterwards. An opening is marked by a bare `<`
//! before a noncharacter; content cannot forge one, because every `<` of content is escaped to `&lt;`.

use std::cell::RefCell;

use maud::PreEscaped;

use super::{Context, Piece};
use crate::prose::Slot;

/// Unicode keeps it for a program's inner use (Unicode 16, section 23.7).
const MARK: &str = "<\u{fdd0}";

/// The openings of one part, in the order they were rendered.
#[derive(Default)]
pub(super) struct Openings(RefCell<Vec<(Slot, Context)>>);

impl Openings {
    pub(super) fn text(&self, slot: Slot) -> PreEscaped<String> {
        self.open(slot, Context::HtmlText)
    }

    pub(super) fn attribute(&self, slot: Slot) -> PreEscaped<String> {
        self.open(slot, Context::HtmlAttribute)
    }

    fn open(&self, slot: Slot, context: Context) -> PreEscaped<String> {
        let mut openings = self.0.borrow_mut();
        openings.push((slot, context));
        PreEscaped(format!("{MARK}{}>", openings.len() - 1))
    }

    /// The rendered part in pieces.
    pub(super) fn cut(self, html: &str) -> Vec<Piece> {
        let openings = self.0.into_inner();
        let mut stretches = html.split(MARK);
        let mut pieces: Vec<Piece> = stretches.next().map(fixed).into_iter().collect();
        for stretch in stretches {
            let (number, rest) = stretch.split_once('>').expect("an opening is closed where it is made");
            let number: usize = number.parse().expect("an opening is numbered where it is made");
            let (slot, context) = openings[number].clone();
            pieces.push(Piece::Slot(slot, context));
            pieces.push(fixed(rest));
        }
        pieces
    }
}

fn fixed(text: &str) -> Piece {
    Piece::Fixed(text.chars().filter(|c| is_printable(*c)).collect())
}

/// Whether a character may stand in a mail: one C1 control made Gmail clip a tiny one; noncharacters are no text.
pub(super) fn is_printable(c: char) -> bool {
    let noncharacter = matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe;
    c == '\n' || !(c.is_control() || noncharacter)
}
