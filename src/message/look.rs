//! What has to be known of a message's bytes before they leave: whether they are whole lines, whether one begins with a
//! dot, whether they are ASCII, and whether the relaxed form that a signature is of is what they are.
//!
//! One look tells it, and the looks at two pieces tell it of both together: so what is the same in every copy is looked
//! at once, and in each copy what is its own.

/// What one look over a message, or a piece of one, tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Look {
    /// The first byte and the last; there is none where it is empty.
    ends: Option<(u8, u8)>,
    /// Half a line end stands inside: CR before no LF, or LF behind no CR.
    torn: bool,
    /// A line that begins inside begins with a dot.
    dots: bool,
    beyond_ascii: bool,
    /// Somewhere the relaxed form of a body differs from it.
    uneven: bool,
}

impl Look {
    /// Looks at every byte and the one behind it, so many at a time and without a branch: a whole message costs a few
    /// microseconds, where a search that stops at each line costs sixty.
    pub(crate) fn at(bytes: &[u8]) -> Self {
        const LANES: usize = 32;
        let ends = bytes.first().copied().zip(bytes.last().copied());
        let (mut torn, mut dots, mut all, mut uneven) = ([0_u8; LANES], [0_u8; LANES], [0_u8; LANES], [0_u8; LANES]);
        let behind = bytes.get(1..).unwrap_or_default();
        for (these, those) in bytes.chunks(LANES).zip(behind.chunks(LANES)) {
            let mut look = |lane: usize, this: u8, that: u8| {
                torn[lane] |= u8::from(this == b'\r') ^ u8::from(that == b'\n');
                dots[lane] |= u8::from(this == b'\n') & u8::from(that == b'.');
                all[lane] |= this;
                uneven[lane] |= u8::from(is_uneven(this, that));
            };
            // Of a known length, which the compiler turns into a handful of instructions.
            match (<&[u8; LANES]>::try_from(these), <&[u8; LANES]>::try_from(those)) {
                (Ok(these), Ok(those)) => (0..LANES).for_each(|lane| look(lane, these[lane], those[lane])),
                _ => these.iter().zip(those).enumerate().for_each(|(lane, (this, that))| look(lane, *this, *that)),
            }
        }
        let any = |lanes: [u8; LANES]| lanes.iter().fold(0, |any, lane| any | lane);
        // The last byte stands before none.
        let last = ends.map_or(0, |(_, last)| last);
        Self {
            ends,
            torn: any(torn) == 1,
            dots: any(dots) == 1,
            beyond_ascii: !(any(all) | last).is_ascii(),
            uneven: any(uneven) == 1 || is_uneven(last, 0),
        }
    }

    /// At this, and right behind it at that.
    pub(crate) fn then(self, next: Self) -> Self {
        let (Some((first, this)), Some((that, last))) = (self.ends, next.ends) else {
            return if self.ends.is_some() { self } else { next };
        };
        Self {
            ends: Some((first, last)),
            torn: self.torn || next.torn || (this == b'\r') != (that == b'\n'),
            dots: self.dots || next.dots || (this == b'\n' && that == b'.'),
            beyond_ascii: self.beyond_ascii || next.beyond_ascii,
            uneven: self.uneven || next.uneven || is_uneven(this, that),
        }
    }

    /// CRLF at the end of every line and nowhere half of one (RFC 5321, 2.3.8): a bare LF before a dot would let one
    /// message pose as two.
    pub(crate) fn is_whole(self) -> bool {
        !self.torn && self.ends.is_some_and(|(first, last)| first != b'\n' && last == b'\n')
    }

    /// Some line begins with a dot.
    pub(crate) fn has_dots(self) -> bool {
        self.dots || self.ends.is_some_and(|(first, _)| first == b'.')
    }

    pub(crate) fn is_ascii(self) -> bool {
        !self.beyond_ascii
    }

    /// The relaxed form of it is what it is, as long as words stand at both its ends.
    pub(crate) fn is_even(self) -> bool {
        !self.uneven
    }
}

/// Whether the relaxed form of a body changes this byte before that one: a tab, or a space before more white space or a
/// line end (RFC 6376, 3.4.4).
#[inline]
pub(crate) fn is_uneven(this: u8, that: u8) -> bool {
    (this == b'\t') | ((this == b' ') & ((that == b' ') | (that == b'\t') | (that == b'\r')))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn half_line_ends_are_seen() {
        let whole = |message: &str| Look::at(message.as_bytes()).is_whole();
        assert!(["a\r\n", "\r\n", "a\r\n\r\nb\r\n"].into_iter().all(whole));
        for torn in ["", "a", "\n", "a\n", "a\r\nb", "a\rb\r\n", "a\n.\r\nb\r\n", "a\r\r\n", "\na\r\n", "a\r\n\r"] {
            assert!(!whole(torn), "{torn:?}");
        }
    }

    fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
        let few = proptest::collection::vec(proptest::sample::select(b"\r\n.aa \t\xc3".to_vec()), 0..most);
        (0..5_usize, few).prop_map(|(lines, few)| [b"a line as it should be\r\n".repeat(lines), few].concat())
    }

    proptest! {
        #[test]
        fn one_look_sees_what_reading_line_by_line_does(message in bytes(120)) {
            let look = Look::at(&message);
            let text = String::from_utf8_lossy(&message).replace("\r\n", "\u{1}");
            let whole = message.ends_with(b"\r\n") && !text.contains(['\r', '\n']);
            prop_assert_eq!(look.is_whole(), whole);
            prop_assert_eq!(look.is_ascii(), message.is_ascii());
            if whole {
                prop_assert_eq!(look.has_dots(), text.starts_with('.') || text.contains("\u{1}."));
            }
            let changes = ["  ", "\t", " \r"].into_iter().any(|white| text.replace('\u{1}', "\r").contains(white));
            prop_assert_eq!(look.is_even(), !changes);
        }

        #[test]
        fn the_looks_at_pieces_are_the_look_at_the_whole(pieces in proptest::collection::vec(bytes(4), 0..6)) {
            let looks = pieces.iter().map(|piece| Look::at(piece));
            prop_assert_eq!(looks.fold(Look::default(), Look::then), Look::at(&pieces.concat()));
        }
    }
}
