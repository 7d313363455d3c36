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
use crate::message::{Look, Message};
use crate::token::{Link, Links, TOKEN_LETTERS};

/// A message ready to be printed for anybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Plate {
    pub(super) bytes: Vec<u8>,
    /// What is still open, in order.
    pub(super) cuts: Vec<Cut>,
    /// Where something leads its reader out, open or set.
    pub(super) exits: Vec<usize>,
    /// All of it in order, as it is printed.
    runs: Vec<Run>,
    /// Where letters of tokens go, in order.
    spots: Vec<Spot>,
    /// Whose letters.
    tokens: Vec<Token>,
}

/// What a copy is made of, a stretch of the plate or what fills a cut.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Run {
    /// The same for every reader, and long: pointed at.
    Shared { stretch: Range<usize>, look: Look },
    /// Short, or with these spots in it: copied. Whose letters the tokens have does not show in the look.
    Copied { stretch: Range<usize>, look: Look, spots: Range<usize> },
    /// The cut of this number.
    Open(usize),
}

/// Letters in a row of one token: a line may break inside one.
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

/// A stretch this long is pointed at; to copy a shorter one costs less than one more piece of a message.
const SHARED_FROM: usize = 1024;
/// Room for what fills a cut; few values are longer.
const FILLED: usize = 256;

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
        plate.runs = plate.laid_out();
        plate
    }

    fn laid_out(&self) -> Vec<Run> {
        let mut runs = Vec::new();
        let look = |run: &Range<usize>| Look::at(&self.bytes[run.clone()]);
        let spot = |at: usize| self.spots.partition_point(|spot| spot.at < at);
        let copied = |stretch: Range<usize>| Run::Copied {
            look: look(&stretch),
            spots: spot(stretch.start)..spot(stretch.end),
            stretch,
        };
        for (index, Range { start, end }) in self.stretches().enumerate() {
            if index > 0 {
                runs.push(Run::Open(index - 1));
            }
            let spots = &self.spots[spot(start)..spot(end)];
            // Before each spot, and before the end, something may be long enough to be shared.
            let spots = spots.iter().map(|spot| (spot.at, spot.at + spot.len)).chain([(end, end)]);
            // Where what is in no run yet begins, and where its last spot ends.
            let (mut begin, mut free) = (start, start);
            for (at, behind) in spots {
                if at - free >= SHARED_FROM {
                    runs.push(copied(begin..free));
                    runs.push(Run::Shared { look: look(&(free..at)), stretch: free..at });
                    begin = at;
                }
                free = behind;
            }
            runs.push(copied(begin..end));
        }
        runs.retain(|run| !matches!(run, Run::Copied { stretch, .. } if stretch.is_empty()));
        runs
    }

    /// What stands between the cuts: one more than there are cuts.
    pub(super) fn stretches(&self) -> impl Iterator<Item = Range<usize>> {
        let begins = [0].into_iter().chain(self.cuts.iter().map(|cut| cut.at));
        let ends = self.cuts.iter().map(|cut| cut.at).chain([self.bytes.len()]);
        begins.zip(ends).map(|(begin, end)| begin..end)
    }

    fn take(&mut self, set: &Set) {
        let mut rows: Vec<Spot> = Vec::new();
        let mut seen = vec![0; set.tokens.len()];
        for (index, token) in set.letters.iter().enumerate() {
            let Some(token) = *token else { continue };
            let from = seen[token] % TOKEN_LETTERS;
            seen[token] += 1;
            match rows.last_mut() {
                Some(row) if (row.token, row.at + row.len, row.from + row.len) == (token, index, from) => row.len += 1,
                _ => rows.push(Spot { at: index, len: 1, token, from }),
            }
        }
        for row in rows {
            let token = self.number(&set.tokens[row.token]);
            self.spots.push(Spot { at: self.bytes.len() + row.at, token, ..row });
        }
        self.bytes.extend_from_slice(&set.bytes);
    }

    fn number(&mut self, token: &Token) -> usize {
        self.tokens.iter().position(|own| own == token).unwrap_or_else(|| {
            self.tokens.push(token.clone());
            self.tokens.len() - 1
        })
    }

    /// One reader's copy.
    pub(super) fn print(&self, reader: &Reader, links: &Links<'_>) -> Message<'_> {
        let tokens: Vec<String> = self.tokens.iter().map(|token| token.of(links)).collect();
        let mut copy = Message::with_room(self.runs.iter().map(Run::room).sum(), self.runs.len());
        for run in &self.runs {
            match run {
                Run::Shared { stretch, look } => copy.share(&self.bytes[stretch.clone()], *look),
                Run::Copied { stretch, look, spots } => copy.copy(&self.bytes[stretch.clone()], *look, |copied| {
                    for spot in &self.spots[spots.clone()] {
                        let letters = &tokens[spot.token].as_bytes()[spot.from..spot.from + spot.len];
                        copied[spot.at - stretch.start..][..spot.len].copy_from_slice(letters);
                    }
                }),
                Run::Open(cut) => copy.write(|out| self.cuts[*cut].fill.write(reader, links, out)),
            }
        }
        copy
    }
}

impl Run {
    /// The room that it takes among a message's own bytes.
    fn room(&self) -> usize {
        match self {
            Self::Shared { .. } => 0,
            Self::Copied { stretch, .. } => stretch.len(),
            Self::Open(_) => FILLED,
        }
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
