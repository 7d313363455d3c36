//! What both parts are held to: the judge's gates that need no browser, on issues built by hand.

pub(crate) mod specimen;

use super::*;

fn stamped(pieces: &[Piece]) -> String {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Fixed(text) => text.clone(),
            Piece::Slot(Slot::FirstName { fallback }, _) => fallback.clone(),
            Piece::Slot(Slot::Address, _) => "reader@example.org".to_owned(),
            Piece::Slot(Slot::Unsubscribe, _) => "https://list.example/u/8f3ac21b".to_owned(),
            Piece::Slot(Slot::Preferences, _) => "https://list.example/p/8f3ac21b".to_owned(),
            Piece::Slot(Slot::Poll { block, answer }, _) => format!("https://list.example/poll/{block}/{answer}"),
            Piece::Paragraph { first, rest, words } => {
                let options = textwrap::Options::new(72).initial_indent(first).subsequent_indent(rest);
                textwrap::wrap(&stamped(words), options).join("\n")
            }
        })
        .collect()
}
