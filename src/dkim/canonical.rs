//! The relaxed forms of head and body (RFC 6376, 3.4.2 and 3.4.4): what is hashed instead of what was written.

use aws_lc_rs::digest::{Context, Digest, SHA256};

use crate::message::is_uneven;

/// The header fields of a message, unfolded by whoever reads them.
pub(super) struct Fields<'a>(Vec<(&'a [u8], &'a [u8])>);

impl<'a> Fields<'a> {
    /// The fields of a head, the empty line at its end with it; `None` where it is no head.
    pub(super) fn read(head: &'a [u8]) -> Option<Self> {
        let mut fields = Vec::new();
        let mut from = 0;
        while !head[from..].starts_with(b"\r\n") {
            let mut end = from + line_end(&head[from..])?;
            while matches!(head.get(end), Some(b' ' | b'\t')) {
                end += line_end(&head[end..])?;
            }
            let field = &head[from..end];
            let colon = field.iter().position(|byte| *byte == b':')?;
            fields.push((field[..colon].trim_ascii_end(), field));
            from = end;
        }
        (!fields.is_empty()).then_some(Self(fields))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(own, _)| own.eq_ignore_ascii_case(name.as_bytes()))
    }

    /// The named fields in relaxed form. Of several with one name each mention takes the next one up; a mention
    /// that finds none adds nothing (RFC 6376, 5.4.2), and so forbids one more.
    pub(super) fn canonical(&self, names: &[&str]) -> Vec<u8> {
        let mut out = Vec::with_capacity(2048);
        for (place, name) in names.iter().enumerate() {
            let before = names[..place].iter().filter(|other| other.eq_ignore_ascii_case(name)).count();
            let mut own = self.0.iter().rev().filter(|(own, _)| own.eq_ignore_ascii_case(name.as_bytes()));
            if let Some((_, field)) = own.nth(before) {
                relaxed(field, &mut out);
                out.extend_from_slice(b"\r\n");
            }
        }
        out
    }
}

fn line_end(text: &[u8]) -> Option<usize> {
    text.windows(2).position(|pair| pair == b"\r\n").map(|at| at + 2)
}

/// One field in relaxed form, without its line end: the name in small letters, white space as single spaces.
pub(super) fn relaxed(field: &[u8], out: &mut Vec<u8>) {
    let colon = field.iter().position(|byte| *byte == b':').unwrap_or(field.len());
    out.extend(field[..colon].trim_ascii_end().iter().map(u8::to_ascii_lowercase));
    out.push(b':');
    let value = field.get(colon + 1..).unwrap_or_default();
    let words = value.split(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).filter(|word| !word.is_empty());
    for (place, word) in words.enumerate() {
        if place > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(word);
    }
}

/// A piece of a body.
pub(super) struct Piece<'a> {
    pub(super) text: &'a [u8],
    /// It is known to be in relaxed form inside; nothing is known of its ends.
    pub(super) even: bool,
}

/// SHA-256 of a body of CRLF lines in relaxed form; where it is cut into pieces makes no difference.
pub(super) fn body_hash<'a>(pieces: impl Iterator<Item = Piece<'a>>) -> Digest {
    let mut hash = Context::new(&SHA256);
    let mut gap = Gap::default();
    let mut empty = true;
    for Piece { text, even } in pieces {
        let Some(begin) = text.iter().position(|byte| !is_white(*byte)) else {
            gap.widen(text);
            continue;
        };
        let end = text.iter().rposition(|byte| !is_white(*byte)).map_or(begin, |last| last + 1);
        gap.widen(&text[..begin]);
        gap.close(&mut hash);
        let words = &text[begin..end];
        if even {
            hash.update(words);
        } else {
            hash_words(words, &mut hash);
        }
        gap.widen(&text[end..]);
        empty = false;
    }
    // What the last gap held counts for nothing: one line end is all that is behind the last words.
    if !empty {
        hash.update(b"\r\n");
    }
    hash.finish()
}

/// White space and line ends that stand between words, as long as nobody knows whether more words come.
#[derive(Default)]
struct Gap {
    lines: usize,
    /// White space behind the last line end.
    space: bool,
}

impl Gap {
    fn widen(&mut self, white: &[u8]) {
        for byte in white {
            match byte {
                b'\n' => *self = Self { lines: self.lines + 1, space: false },
                b'\r' => {}
                _ => self.space = true,
            }
        }
    }

    fn close(&mut self, hash: &mut Context) {
        (0..self.lines).for_each(|_| hash.update(b"\r\n"));
        if self.space {
            hash.update(b" ");
        }
        *self = Self::default();
    }
}

/// What begins and ends with a word.
fn hash_words(text: &[u8], hash: &mut Context) {
    let mut done = 0;
    while let Some(space) = next_uneven(text, done) {
        hash.update(&text[done..space]);
        done = text[space..].iter().position(|byte| !is_space(*byte)).map_or(text.len(), |run| space + run);
        if !text[done..].starts_with(b"\r\n") {
            hash.update(b" ");
        }
    }
    hash.update(&text[done..]);
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn is_white(byte: u8) -> bool {
    is_space(byte) || matches!(byte, b'\r' | b'\n')
}

/// Bytes looked at together; the compiler makes vector instructions of the inner loop.
const BLOCK: usize = 64;

/// The next byte that the relaxed form changes.
fn next_uneven(text: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(block) = text.get(at..=at + BLOCK) {
        let mut found = false;
        for (this, next) in block[..BLOCK].iter().zip(&block[1..]) {
            found |= is_uneven(*this, *next);
        }
        if found {
            break;
        }
        at += BLOCK;
    }
    let pairs = text.get(at..).unwrap_or_default().windows(2);
    pairs.enumerate().find(|(_, pair)| is_uneven(pair[0], pair[1])).map(|(ahead, _)| at + ahead)
}
