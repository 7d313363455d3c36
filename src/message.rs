//! One reader's message, in pieces: their own bytes are written here, and what is long and the same in all copies is
//! pointed at.
//!
//! Of sixty kilobytes a few hundred bytes are a reader's own. Nearly all the rest stays on the plate until the system
//! takes it from there, or TLS does. So a message costs little more than its reader's bytes, and the plate is what the
//! processor has at hand.

mod look;

pub(crate) use look::{Look, is_uneven};

/// A message. Whether it is one that can be sent, its look tells.
#[derive(Clone, Debug, Default)]
pub(crate) struct Message<'a> {
    /// Signatures, above all else.
    above: Vec<u8>,
    /// Also what is the same in all copies, but too short to be pointed at.
    own: Vec<u8>,
    /// What others share, in order.
    shared: Vec<Shared<'a>>,
    look: Look,
}

#[derive(Clone, Copy, Debug)]
struct Shared<'a> {
    /// How many of the message's own bytes stand before it.
    behind: usize,
    stretch: &'a [u8],
    look: Look,
}

impl<'a> Message<'a> {
    /// Nothing yet, with room for so many bytes of its own and stretches that it shares.
    pub(crate) fn with_room(own: usize, shared: usize) -> Self {
        Self { own: Vec::with_capacity(own), shared: Vec::with_capacity(shared), ..Self::default() }
    }

    /// All of it its own.
    pub(crate) fn owning(bytes: Vec<u8>) -> Self {
        Self { look: Look::at(&bytes), own: bytes, ..Self::default() }
    }

    /// Goes on with what others share, and the look at it.
    pub(crate) fn share(&mut self, stretch: &'a [u8], look: Look) {
        debug_assert_eq!(look, Look::at(stretch), "of what is shared");
        self.shared.push(Shared { behind: self.own.len(), stretch, look });
        self.look = self.look.then(look);
    }

    /// Goes on with bytes of its own; `write` only appends.
    pub(crate) fn write(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let before = self.own.len();
        write(&mut self.own);
        self.look = self.look.then(Look::at(&self.own[before..]));
    }

    /// Goes on with a copy of bytes that have been looked at; `alter` changes letters for letters.
    pub(crate) fn copy(&mut self, bytes: &[u8], look: Look, alter: impl FnOnce(&mut [u8])) {
        let before = self.own.len();
        self.own.extend_from_slice(bytes);
        alter(&mut self.own[before..]);
        self.look = self.look.then(look);
    }

    /// Puts whole lines above all of it; once.
    pub(crate) fn put_above(&mut self, lines: Vec<u8>) {
        debug_assert!(self.above.is_empty(), "a message is signed once, by all keys");
        self.look = Look::at(&lines).then(self.look);
        self.above = lines;
    }

    /// Its bytes, a piece at a time; some pieces may be empty.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        self.looked_at().map(|(piece, _)| piece)
    }

    /// The same, with the look at those that were looked at.
    pub(crate) fn looked_at(&self) -> impl Iterator<Item = (&[u8], Option<Look>)> {
        let mut own = 0;
        let shared = self.shared.iter().flat_map(move |shared| {
            let before = &self.own[std::mem::replace(&mut own, shared.behind)..shared.behind];
            [(before, None), (shared.stretch, Some(shared.look))]
        });
        let rest = self.shared.last().map_or(0, |last| last.behind);
        [(&self.above[..], None)].into_iter().chain(shared).chain([(&self.own[rest..], None)])
    }

    /// At the whole of it.
    pub(crate) fn look(&self) -> Look {
        self.look
    }

    /// In bytes.
    pub(crate) fn len(&self) -> usize {
        self.pieces().map(<[u8]>::len).sum()
    }

    /// All of it in one.
    pub(crate) fn to_vec(&self) -> Vec<u8> {
        let mut all = Vec::with_capacity(self.len());
        self.pieces().for_each(|piece| all.extend_from_slice(piece));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_in_the_order_they_were_put_and_the_look_is_at_all_of_them() {
        let mut message = Message::with_room(32, 2);
        message.write(|out| out.extend_from_slice(b"To: anna"));
        message.write(|out| out.extend_from_slice(b"\r\n\r\n"));
        message.share(b"Good morning\r", Look::at(b"Good morning\r"));
        message.share(b"\n.", Look::at(b"\n."));
        message.copy(b"##", Look::at(b"##"), |letters| letters.copy_from_slice(b"Ok"));
        message.write(|out| out.extend_from_slice(b"\xc3\xa9\r\n"));
        message.put_above(b"DKIM-Signature: x\r\n".to_vec());
        let all = b"DKIM-Signature: x\r\nTo: anna\r\n\r\nGood morning\r\n.Ok\xc3\xa9\r\n";
        assert_eq!((message.to_vec().as_slice(), message.len()), (&all[..], all.len()));
        assert_eq!(message.look(), Look::at(all));
        assert_eq!(message.pieces().filter(|piece| !piece.is_empty()).count(), 5, "what is shared was not copied");
    }

    #[test]
    fn a_message_of_one_piece_is_that_piece_and_one_of_none_is_no_message() {
        let message = Message::owning(b"a\r\n".to_vec());
        assert_eq!((message.to_vec(), message.look()), (b"a\r\n".to_vec(), Look::at(b"a\r\n")));
        assert!(Message::default().to_vec().is_empty() && !Message::default().look().is_whole());
    }
}
