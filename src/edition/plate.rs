//! The plate copies are printed from: the message with all set into it that has the same shape for every reader.
//!
//! A reader's addresses on the readers' pages differ in their tokens alone, and a token is so many letters that no
//! rule of the text, the mark-up or the wire tells apart. So they are set once, line breaks and all, and a copy costs
//! writing its own letters over them. Open stays what may be long or short: a name, an address, and the paragraph a
//! name stands in.

use std::cell::RefCell;
use std::ops::Range;

use super::Plan;
use super::reader::Reader;
use super::template::{Cut, Fill};
use crate::look::Look;
use crate::token::{Link, Links, TOKEN_LETTERS};

/// A message ready to be printed for anybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Plate {
    pub(super) bytes: Vec<u8>,
    /// What is still open, in order.
    pub(super) cuts: Vec<Cut>,
    /// At what stands between the cuts: one more than there are cuts. Whose letters the tokens have does not show.
    looks: Vec<Look>,
    /// Where something leads its reader out, open or set.
    pub(super) exits: Vec<usize>,
    /// Where letters of tokens go, in order.
    spots: Vec<Spot>,
    /// Whose letters.
    tokens: Vec<Token>,
}

/// A run of letters of one token: a line may break inside one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Spot {
    at: usize,
    len: usize,
    /// Which token, and its letters from here on.
    token: usize,
    from: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Leave,
    Choose,
    /// By the block of the poll.
    Answer(String),
}

/// Letters of tokens to tell them apart by; each fill has fewer.
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";

impl Plate {
    /// Sets what can be set.
    pub(super) fn of(bytes: &[u8], cuts: &[Cut], plan: &Plan) -> Self {
        let mut plate = Self::default();
        let mut done = 0;
        for Cut { at, fill } in cuts {
            plate.bytes.extend_from_slice(&bytes[done..*at]);
            done = *at;
            if fill.leads_out() {
                plate.exits.push(plate.bytes.len());
            }
            match set(fill, plan) {
                Some(set) => plate.take(&set),
                None => plate.cuts.push(Cut { at: plate.bytes.len(), fill: fill.clone() }),
            }
        }
        plate.bytes.extend_from_slice(&bytes[done..]);
        plate.looks = plate.stretches().map(|(stretch, _)| Look::at(&plate.bytes[stretch])).collect();
        plate
    }

    /// What stands between the cuts, and what fills the cut behind it; nothing the last one.
    pub(super) fn stretches(&self) -> impl Iterator<Item = (Range<usize>, Option<&Fill>)> {
        let begins = [0].into_iter().chain(self.cuts.iter().map(|cut| cut.at));
        let ends = self.cuts.iter().map(|cut| (cut.at, Some(&cut.fill))).chain([(self.bytes.len(), None)]);
        begins.zip(ends).map(|(begin, (end, fill))| (begin..end, fill))
    }

    fn take(&mut self, set: &Set) {
        let mut runs: Vec<Spot> = Vec::new();
        let mut seen = vec![0; set.tokens.len()];
        for (index, token) in set.letters.iter().enumerate() {
            let Some(token) = *token else { continue };
            let from = seen[token] % TOKEN_LETTERS;
            seen[token] += 1;
            match runs.last_mut() {
                Some(run) if (run.token, run.at + run.len, run.from + run.len) == (token, index, from) => run.len += 1,
                _ => runs.push(Spot { at: index, len: 1, token, from }),
            }
        }
        for run in runs {
            let token = self.number(&set.tokens[run.token]);
            self.spots.push(Spot { at: self.bytes.len() + run.at, token, ..run });
        }
        self.bytes.extend_from_slice(&set.bytes);
    }

    fn number(&mut self, token: &Token) -> usize {
        self.tokens.iter().position(|own| own == token).unwrap_or_else(|| {
            self.tokens.push(token.clone());
            self.tokens.len() - 1
        })
    }

    /// Appends one reader's copy; the look at it.
    pub(super) fn print(&self, reader: &Reader, links: &Links<'_>, out: &mut Vec<u8>) -> Look {
        // Room for what is open; a reader's are a few hundred bytes.
        out.reserve(self.bytes.len() + 256 * self.cuts.len());
        let tokens: Vec<String> = self.tokens.iter().map(|token| token.of(links)).collect();
        let mut spots = self.spots.iter().peekable();
        let mut look = Look::default();
        for ((stretch, fill), at_it) in self.stretches().zip(&self.looks) {
            let printed = out.len();
            let Range { start, end } = stretch;
            out.extend_from_slice(&self.bytes[start..end]);
            while let Some(spot) = spots.next_if(|spot| spot.at < end) {
                let letters = &tokens[spot.token].as_bytes()[spot.from..spot.from + spot.len];
                out[printed + spot.at - start..][..spot.len].copy_from_slice(letters);
            }
            look = look.then(*at_it);
            if let Some(fill) = fill {
                let filled = out.len();
                fill.write(reader, links, out);
                look = look.then(Look::at(&out[filled..]));
            }
        }
        look
    }
}

/// A fill as everybody gets it but for the tokens' letters.
struct Set {
    bytes: Vec<u8>,
    /// Of each byte, whose letter it is.
    letters: Vec<Option<usize>>,
    tokens: Vec<Token>,
}

/// Sets a fill, unless it may be longer for one reader than for another, or break elsewhere.
fn set(fill: &Fill, plan: &Plan) -> Option<Set> {
    if fill.is_personal() {
        return None;
    }
    let tokens = RefCell::new(Vec::new());
    let written = |letter: &dyn Fn(usize) -> u8| {
        let letter = |link: Link<'_>| {
            let mut tokens = tokens.borrow_mut();
            let token = Token::from(link);
            let number = tokens.iter().position(|own| *own == token).unwrap_or(tokens.len());
            if number == tokens.len() {
                tokens.push(token);
            }
            letter(number)
        };
        let links = Links::showing(&plan.serve_url, &plan.newsletter, &plan.slot, &letter);
        let mut out = Vec::new();
        fill.write(&Reader::specimen(), &links, &mut out);
        out
    };
    // The letters tell the tokens from one another, others tell them from the words around them, and at the hyphen a
    // line might break.
    let letter = |number: usize| LETTERS[number % LETTERS.len()];
    let (bytes, others, hyphens) = (written(&letter), written(&|number| letter(number + 1)), written(&|_| b'-'));
    let tokens = tokens.into_inner();
    let whose = |one: u8| (0..tokens.len()).find(|number| letter(*number) == one);
    let token = |(one, other): (&u8, &u8)| if one == other { None } else { whose(*one) };
    let letters: Vec<Option<usize>> = bytes.iter().zip(&others).map(token).collect();
    let alike = bytes.len() == others.len()
        && bytes.len() == hyphens.len()
        && letters
            .iter()
            .zip(bytes.iter().zip(&hyphens))
            .all(|(letter, (one, hyphen))| letter.is_some() || one == hyphen);
    (alike && tokens.len() < LETTERS.len()).then_some(Set { bytes, letters, tokens })
}

impl From<Link<'_>> for Token {
    fn from(link: Link<'_>) -> Self {
        match link {
            Link::Leave => Self::Leave,
            Link::Choose => Self::Choose,
            Link::Answer(block) => Self::Answer(block.to_owned()),
        }
    }
}

impl Token {
    fn of(&self, links: &Links<'_>) -> String {
        match self {
            Self::Leave => links.unsubscribe_token().to_owned(),
            Self::Choose => links.preferences_token().to_owned(),
            Self::Answer(block) => links.poll_token(block),
        }
    }
}
