//! The copy of whoever wants the text edition alone: one part and no other, cut out of the frozen message.
//!
//! Not a second encoding. The headers and the text part are the same bytes that everyone gets, so what was
//! approved covers them, the hash of the edition does, and editions frozen long ago have such copies too.

use super::template::{Cut, Template};

/// What stands in the headers of a message of several parts, and would be wrong above a single one.
const SEVERAL: &[u8] = b"\r\nContent-Type: multipart/alternative;";

/// The headers without what says that there are several parts, and the text part with its own.
///
/// Bytes that are no message of ours give themselves: `assay` says what is wrong with them.
pub(super) fn text_alone(bytes: &[u8], cuts: &[Cut], boundary: &str) -> Template {
    let between = format!("\r\n--{boundary}\r\n");
    let find = |what: &[u8], from: usize| {
        bytes.get(from..)?.windows(what.len()).position(|window| window == what).map(|at| from + at)
    };
    let found = || {
        let head = find(SEVERAL, 0)? + "\r\n".len();
        let part = find(between.as_bytes(), head)? + between.len();
        Some((head, part, find(between.as_bytes(), part)?))
    };
    let Some((head, part, end)) = found() else { return Template { bytes: bytes.to_vec(), cuts: cuts.to_vec() } };
    let moved = |cut: &Cut| match cut.at {
        at if at <= head => Some(cut.clone()),
        at if (part..=end).contains(&at) => Some(Cut { at: head + at - part, fill: cut.fill.clone() }),
        _ => None,
    };
    let mut alone = [&bytes[..head], &bytes[part..end]].concat();
    // A part ends where its boundary begins, a message with a line.
    if !alone.ends_with(b"\r\n") {
        alone.extend_from_slice(b"\r\n");
    }
    Template { bytes: alone, cuts: cuts.iter().filter_map(moved).collect() }
}
