//! Header fields: words of any kind made into lines that cannot become another header.
//!
//! Plain ASCII stays readable; everything else, and whatever only looks like an encoded word, goes into
//! encoded words (RFC 2047) of at most 75 characters. Lines fold at 76 (RFC 5322 asks for 78).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

use super::quoted;
use crate::address::{EmailAddress, Mailbox};

const WIDTH: usize = 76;
const ENCODED: usize = 75;
const Q: &str = "=?utf-8?q?";
const B: &str = "=?utf-8?b?";

/// `Name: words`, with its line end.
pub(super) fn text(name: &str, words: &str) -> String {
    let words = one_line(words);
    if fits_plain(name, &words) { fold(name, words.split(' ')) } else { fold(name, encoded_words(name, &words)) }
}

/// `Name: Person <address>`, or the address alone.
pub(super) fn mailbox(name: &str, mailbox: &Mailbox) -> String {
    match &mailbox.name {
        Some(person) => phrase(name, person, &format!("<{}>", mailbox.address)),
        None => fold(name, [mailbox.address.as_str()]),
    }
}

/// `Name: words tail`, where the words are a phrase (a display name) and the tail stands in angle brackets.
pub(super) fn phrase(name: &str, words: &str, tail: &str) -> String {
    let words = one_line(words);
    let atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    let mut units: Vec<String> = if words.is_empty() {
        Vec::new()
    } else if !fits_plain(name, &words) {
        encoded_words(name, &words)
    } else if words.split(' ').all(|word| word.chars().all(atom)) {
        words.split(' ').map(str::to_owned).collect()
    } else {
        let quoted = format!("\"{}\"", words.replace('\\', "\\\\").replace('"', "\\\""));
        // A quoted string cannot be folded everywhere, so a long one is not worth its readability.
        if quoted.len() <= 60 { vec![quoted] } else { encoded_words(name, &words) }
    };
    units.push(tail.to_owned());
    fold(name, units)
}

/// Line breaks and other controls become spaces: the only way a value could start a header of its own.
pub(super) fn one_line(text: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.replace(breaks, " ").trim_matches(' ').to_owned()
}

/// Whether words can stand as they are: ASCII, foldable at single spaces, nothing that reads as encoded.
fn fits_plain(name: &str, words: &str) -> bool {
    let longest = WIDTH - name.len() - ": ".len();
    let fits = |word: &str| !word.is_empty() && word.len() <= longest && word.chars().all(|c| c.is_ascii_graphic());
    !words.contains("=?") && (words.is_empty() || words.split(' ').all(fits))
}

/// The words as encoded words, in the shorter of the two encodings; the first leaves room for the name.
fn encoded_words(name: &str, words: &str) -> Vec<String> {
    let mut q = String::new();
    words.bytes().for_each(|byte| quoted::q(byte, &mut q));
    let as_q = q.len() <= words.len().div_ceil(3) * 4;
    let mut done = Vec::new();
    let mut chunk = String::new();
    let mut room = WIDTH - name.len() - ": ".len();
    for c in words.chars() {
        let mut longer = chunk.clone();
        longer.push(c);
        if encoded(&longer, as_q).len() > room.min(ENCODED) {
            done.push(encoded(&chunk, as_q));
            longer = c.to_string();
            room = ENCODED;
        }
        chunk = longer;
    }
    done.push(encoded(&chunk, as_q));
    done
}

fn encoded(chunk: &str, as_q: bool) -> String {
    if as_q {
        let mut word = Q.to_owned();
        chunk.bytes().for_each(|byte| quoted::q(byte, &mut word));
        word + "?="
    } else {
        format!("{B}{}?=", STANDARD.encode(chunk))
    }
}

/// Puts units behind the name, a space or a fold between them.
fn fold<S: AsRef<str>>(name: &str, units: impl IntoIterator<Item = S>) -> String {
    let mut line = format!("{name}:");
    let mut column = line.len();
    let mut first = true;
    for unit in units {
        let unit = unit.as_ref();
        if !first && column + 1 + unit.len() > WIDTH {
            line.push_str("\r\n");
            column = 0;
        }
        line.push(' ');
        line.push_str(unit);
        column += 1 + unit.len();
        first = false;
    }
    line.push_str("\r\n");
    line
}

/// An address inside a `mailto:` (RFC 6068): everything that could end it is hex.
pub(super) fn mailto(address: &EmailAddress) -> String {
    const LOCAL: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'+');
    format!("{}@{}", utf8_percent_encode(address.local(), &LOCAL), address.domain())
}

/// A web address that can stand between angle brackets: spaces, controls, brackets and beyond ASCII are hex.
pub(super) fn url(address: &str) -> String {
    const OUTSIDE: AsciiSet = CONTROLS.add(b' ').add(b'<').add(b'>').add(b'"').add(b',');
    utf8_percent_encode(address, &OUTSIDE).to_string()
}
