//! Quoted-printable (RFC 2045, 6.7), written by ourselves because a reader's values are cut into it.
//!
//! A value stands between two soft breaks, so that it is folded by itself and the bytes around it are the
//! same for everyone. Characters are never split over a line, and a dot or `From ` at a line's start is
//! written as hex: no relay or mailbox on the way has a reason to touch what was signed.

use std::fmt::Write;

/// Characters on a line before its soft break; with the `=` that makes the 76 of RFC 2045.
const WIDTH: usize = 75;

/// Appends text in quoted-printable, line by line.
pub(super) struct Quoted<'a> {
    out: &'a mut Vec<u8>,
    column: usize,
}

impl<'a> Quoted<'a> {
    /// What is appended begins a line.
    pub(super) fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, column: 0 }
    }

    /// Appends text; LF and CRLF are line breaks, anything unusual is hex.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let run = self.run(rest.as_bytes());
            if run > 0 {
                self.out.extend_from_slice(&rest.as_bytes()[..run]);
                self.column += run;
                rest = &rest[run..];
                continue;
            }
            if let Some(after) = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n')) {
                self.out.extend_from_slice(b"\r\n");
                self.column = 0;
                rest = after;
                continue;
            }
            let after = &rest[first.len_utf8()..];
            self.character(first, after);
            rest = after;
        }
        self
    }

    /// Moves to the start of a line without writing one into the text.
    pub(super) fn fence(&mut self) -> &mut Self {
        if self.column > 0 {
            self.soft_break();
        }
        self
    }

    /// How many of these bytes can be copied as they are, up to a space that may stand at a line's end.
    fn run(&self, bytes: &[u8]) -> usize {
        // What a dot and an F mean depends on where the line starts.
        if self.column == 0 && bytes.first().is_some_and(|byte| matches!(byte, b'.' | b'F')) {
            return 0;
        }
        let room = &bytes[..bytes.len().min(WIDTH - self.column)];
        let run = room.iter().position(|byte| !matches!(byte, b' '..=b'~') || *byte == b'=').unwrap_or(room.len());
        room[..run].trim_ascii_end().len()
    }

    fn character(&mut self, c: char, after: &str) {
        let mut utf8 = [0; 4];
        let bytes = c.encode_utf8(&mut utf8).as_bytes();
        let width = if self.plain(c, after) { 1 } else { 3 * bytes.len() };
        if self.column + width > WIDTH {
            self.soft_break();
        }
        // Asked again: a dot that moved to a line's start is hex there.
        if self.plain(c, after) {
            self.out.push(bytes[0]);
            self.column += 1;
        } else {
            bytes.iter().for_each(|byte| self.out.extend_from_slice(&hex(*byte)));
            self.column += 3 * bytes.len();
        }
    }

    fn plain(&self, c: char, after: &str) -> bool {
        match c {
            ' ' | '\t' => !(after.is_empty() || after.starts_with('\n') || after.starts_with("\r\n")),
            '.' => self.column > 0,
            'F' => self.column > 0 || !after.starts_with("rom "),
            '=' => false,
            _ => c.is_ascii_graphic(),
        }
    }

    fn soft_break(&mut self) {
        self.out.extend_from_slice(b"=\r\n");
        self.column = 0;
    }
}

fn hex(byte: u8) -> [u8; 3] {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    [b'=', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]
}

/// One byte as an encoded word's Q encoding has it (RFC 2047, 4.2), which differs in little.
pub(super) fn q(byte: u8, out: &mut String) {
    match byte {
        b' ' => out.push('_'),
        // What may stand in a phrase, the strictest place (RFC 2047, 5 (3)).
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'!' | b'*' | b'+' | b'-' | b'/' => out.push(char::from(byte)),
        _ => write!(out, "={byte:02X}").expect("writing into a string does not fail"),
    }
}
