//! The relaxed forms of head and body (RFC 6376, 3.4.2 and 3.4.4): what is hashed instead of what was written.

use aws_lc_rs::digest::{Context, Digest, SHA256};

/// The header fields of a message, unfolded by whoever reads them.
pub(super) struct Fields<'a>(Vec<(&'a [u8], &'a [u8])>);

impl<'a> Fields<'a> {
    /// The fields and the body; `None` where no empty line divides them.
    pub(super) fn read(message: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let mut fields = Vec::new();
        let mut from = 0;
        while !message[from..].starts_with(b"\r\n") {
            let mut end = from + line_end(&message[from..])?;
            while matches!(message.get(end), Some(b' ' | b'\t')) {
                end += line_end(&message[end..])?;
            }
            let field = &message[from..end];
            let colon = field.iter().position(|byte| *byte == b':')?;
            fields.push((field[..colon].trim_ascii_end(), field));
            from = end;
        }
        (!fields.is_empty()).then(|| (Self(fields), &message[from + 2..]))
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

/// SHA-256 of the body in relaxed form.
pub(super) fn body_hash(body: &[u8]) -> Digest {
    let mut hash = Context::new(&SHA256);
    let body = &body[..content_end(body)];
    if body.is_empty() {
        return hash.finish();
    }
    let mut done = 0;
    while let Some(space) = next_irregular(body, done) {
        hash.update(&body[done..space]);
        done = body[space..].iter().position(|byte| !is_space(*byte)).map_or(body.len(), |run| space + run);
        if !body[done..].starts_with(b"\r\n") {
            hash.update(b" ");
        }
    }
    hash.update(&body[done..]);
    hash.update(b"\r\n");
    hash.finish()
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Where the last line with anything on it ends, its white space left out.
fn content_end(body: &[u8]) -> usize {
    let mut rest = body;
    while let Some(shorter) =
        rest.strip_suffix(b"\r\n").or_else(|| rest.strip_suffix(b" ")).or_else(|| rest.strip_suffix(b"\t"))
    {
        rest = shorter;
    }
    rest.len()
}

/// Bytes looked at together; the compiler makes vector instructions of the inner loop.
const BLOCK: usize = 64;

/// The next white space that the relaxed form changes: a tab, or a space before more of it or a line end.
fn next_irregular(body: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(block) = body.get(at..=at + BLOCK) {
        let mut found = false;
        for (this, next) in block[..BLOCK].iter().zip(&block[1..]) {
            found |= irregular(*this, *next);
        }
        if found {
            break;
        }
        at += BLOCK;
    }
    let pairs = body.get(at..).unwrap_or_default().windows(2);
    pairs.enumerate().find(|(_, pair)| irregular(pair[0], pair[1])).map(|(ahead, _)| at + ahead)
}

#[inline]
fn irregular(this: u8, next: u8) -> bool {
    (this == b'\t') | ((this == b' ') & ((next == b' ') | (next == b'\t') | (next == b'\r')))
}
