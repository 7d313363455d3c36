//! Type as a printer would set it: curly quotes from straight ones, real dashes and ellipses, words that
//! must not part kept on one line.
//!
//! A paragraph is set as a whole, across its emphases and links, because a quotation may open in one and
//! close in another. Setting is idempotent: what is already right is never touched, and no character that
//! was set is read again as a straight one.

use crate::prose::Inline;
use crate::words::Words;

const NBSP: char = '\u{a0}';
const NARROW: char = '\u{202f}';
/// Stands in a paragraph for what is no text of ours (code, a reader's name): a word, but nobody's letters.
const OBJECT: char = '\u{fffc}';

/// The marks of a language, as BCP 47 names it (Unicode CLDR, delimiters; the habits of its newspapers).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Language {
    double: [&'static str; 2],
    single: [&'static str; 2],
    /// What `--` becomes.
    dash: &'static str,
    /// Sets a thin space inside guillemets and before ; ! ? and a wide one before the colon.
    french: bool,
    /// Words stand without spaces between them, so that a quotation opens anywhere.
    unspaced: bool,
    /// They stay with the number of the day.
    months: &'static [String; 12],
}

impl Language {
    pub(crate) fn of(tag: &str) -> Self {
        let tag = tag.to_ascii_lowercase();
        let mut subtags = tag.split(['-', '_']);
        let (primary, rest) = (subtags.next().unwrap_or_default(), subtags.collect::<Vec<_>>());
        let months = Words::of(&tag).months();
        let marks = |double, single| Self { double, single, dash: "–", french: false, unspaced: false, months };
        let english = marks(["“", "”"], ["‘", "’"]);
        let corners = marks(["「", "」"], ["『", "』"]);
        match primary {
            "en" if rest.is_empty() || rest.contains(&"us") => Self { dash: "—", ..english },
            "fr" if rest.contains(&"ch") => marks(["«", "»"], ["‹", "›"]),
            "fr" => Self { french: true, ..marks(["«\u{202f}", "\u{202f}»"], ["“", "”"]) },
            "de" if rest.contains(&"ch") || rest.contains(&"li") => marks(["«", "»"], ["‹", "›"]),
            "de" | "cs" | "sk" | "sl" | "hr" | "bg" | "is" | "lt" => marks(["„", "“"], ["‚", "‘"]),
            "pt" if rest.contains(&"pt") => Self { dash: "—", ..marks(["«", "»"], ["“", "”"]) },
            "pt" => Self { dash: "—", ..english },
            "es" | "ca" => Self { dash: "—", ..marks(["«", "»"], ["“", "”"]) },
            "it" | "el" => marks(["«", "»"], ["“", "”"]),
            "ru" | "uk" | "be" => Self { dash: "—", ..marks(["«", "»"], ["„", "“"]) },
            "nb" | "nn" | "no" => marks(["«", "»"], ["‘", "’"]),
            "ar" | "fa" | "ps" | "ckb" => marks(["«", "»"], ["‹", "›"]),
            "he" | "iw" | "sv" | "fi" => marks(["”", "”"], ["’", "’"]),
            "pl" | "ro" => marks(["„", "”"], ["«", "»"]),
            "hu" => marks(["„", "”"], ["»", "«"]),
            "ja" => Self { dash: "—", unspaced: true, ..corners },
            "zh" if ["hant", "tw", "hk", "mo"].iter().any(|subtag| rest.contains(subtag)) => {
                Self { dash: "——", unspaced: true, ..corners }
            }
            "zh" | "yue" => Self { dash: "——", unspaced: true, ..english },
            _ => english,
        }
    }

    /// What opens and closes a quotation.
    pub(crate) fn quotation(self) -> [&'static str; 2] {
        self.double
    }
}

/// Sets one line of text.
pub(crate) fn line(text: &str, language: Language) -> String {
    set(&text.chars().collect::<Vec<_>>(), language).concat()
}

/// The same for a subject or preheader: without the spaces an inbox row may show as boxes.
pub(crate) fn plain_line(text: &str, language: Language) -> String {
    line(text, language).replace([NBSP, NARROW], " ")
}

/// Sets the words of one paragraph, wherever in it they stand.
pub(crate) fn inlines(inlines: &mut [Inline], language: Language) {
    let mut chars = Vec::new();
    gather(inlines, &mut chars);
    let mut set = set(&chars, language).into_iter();
    scatter(inlines, &mut set);
}

fn gather(inlines: &[Inline], chars: &mut Vec<char>) {
    for inline in inlines {
        match inline {
            Inline::Text(text) => chars.extend(text.chars()),
            Inline::Emphasis(inner)
            | Inline::Strong(inner)
            | Inline::Strikethrough(inner)
            | Inline::Link { text: inner, .. } => gather(inner, chars),
            Inline::Break => chars.push('\n'),
            Inline::Code(_) | Inline::Slot(_) => chars.push(OBJECT),
        }
    }
}

/// Gives every text its characters back, set: one piece for each character it had.
fn scatter(inlines: &mut [Inline], set: &mut std::vec::IntoIter<String>) {
    for inline in inlines {
        match inline {
            Inline::Text(text) => *text = set.by_ref().take(text.chars().count()).collect(),
            Inline::Emphasis(inner)
            | Inline::Strong(inner)
            | Inline::Strikethrough(inner)
            | Inline::Link { text: inner, .. } => scatter(inner, set),
            Inline::Break | Inline::Code(_) | Inline::Slot(_) => drop(set.next()),
        }
    }
}

/// One piece of set text for each character; a character merged into its neighbour leaves an empty piece.
fn set(chars: &[char], language: Language) -> Vec<String> {
    let mut out: Vec<String> = chars.iter().map(char::to_string).collect();
    line_ends(chars, &mut out);
    let chars = without_addresses(chars);
    dashes(&chars, language, &mut out);
    quotes(&chars, language, &mut out);
    if language.french {
        french_marks(&chars, &mut out);
    }
    spaces(&chars, language, &mut out);
    out
}

/// The end of a line in the file is a space, but for scripts that have none (CSS Text 4, segment breaks).
fn line_ends(chars: &[char], out: &mut [String]) {
    let ideographic = |c: Option<char>| {
        c.is_some_and(|c| matches!(c, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}'))
    };
    for at in (0..chars.len()).filter(|at| chars[*at] == '\n') {
        let joined = ideographic(before(chars, at)) && ideographic(chars.get(at + 1).copied());
        out[at] = if joined { String::new() } else { " ".to_owned() };
    }
}

/// Web and mail addresses are nobody's prose: each of their characters counts as an object.
fn without_addresses(chars: &[char]) -> Vec<char> {
    let mut out = chars.to_vec();
    let around = |c: &char| "\"'()[]<>“”„‘’«».,;:!?".contains(*c);
    let mut begin = 0;
    while begin < chars.len() {
        let length = chars[begin..].iter().take_while(|c| !c.is_whitespace()).count();
        let word = &chars[begin..begin + length];
        let inner = word.len() - word.iter().take_while(|c| around(c)).count();
        let end = length - word.iter().rev().take(inner).take_while(|c| around(c)).count();
        let core: String = chars[begin + length - inner..begin + end].iter().collect();
        if core.contains("://") || core.starts_with("www.") || (core.contains('@') && core.contains('.')) {
            out[begin + length - inner..begin + end].fill(OBJECT);
        }
        begin += length.max(1);
    }
    out
}

/// `---` and `--` become dashes, three dots an ellipsis, ` - ` a dash between spaces.
fn dashes(chars: &[char], language: Language, out: &mut [String]) {
    let mut at = 0;
    while at < chars.len() {
        let run = chars[at..].iter().take_while(|c| **c == chars[at]).count();
        let dash = match (chars[at], run) {
            ('-', 3) => Some("—"),
            ('-', 2) => Some(language.dash),
            ('-', 1) if is_typed_space(before(chars, at)) && is_typed_space(chars.get(at + 1).copied()) => {
                let figures = at >= 2 && chars[at - 2].is_ascii_digit() && is_digit(chars.get(at + 2).copied());
                Some(if figures { "–" } else { language.dash })
            }
            ('.', 3) => Some("…"),
            _ => None,
        };
        if let Some(dash) = dash {
            out[at] = dash.to_owned();
            out[at + 1..at + run].fill(String::new());
        }
        at += run;
    }
}

fn quotes(chars: &[char], language: Language, out: &mut [String]) {
    let (mut double, mut single) = (false, false);
    for (at, c) in chars.iter().enumerate() {
        match c {
            '"' if !double && is_inch(chars, at) => out[at] = "″".to_owned(),
            '"' if is_gershayim(chars, at) => out[at] = "״".to_owned(),
            '"' => {
                let opens = !double && (language.unspaced || opens(chars, at) || !closes(chars, at));
                double = opens;
                out[at] = language.double[usize::from(!opens)].to_owned();
            }
            '\'' if is_foot(chars, at) => out[at] = "′".to_owned(),
            '\'' if !single && opens(chars, at) && !is_elision(chars, at) && has_closing(chars, at) => {
                single = true;
                out[at] = language.single[0].to_owned();
            }
            '\'' if single && closes(chars, at) && !is_letter(chars.get(at + 1).copied()) => {
                single = false;
                out[at] = language.single[1].to_owned();
            }
            '\'' if before(chars, at).is_some_and(is_hebrew) => out[at] = "׳".to_owned(),
            '\'' => out[at] = "’".to_owned(),
            _ => {}
        }
    }
}

fn is_hebrew(c: char) -> bool {
    matches!(c, 'א'..='ת')
}

/// צה״ל: Hebrew marks an abbreviation before its last letter.
fn is_gershayim(chars: &[char], at: usize) -> bool {
    let hebrew = |at: usize| chars.get(at).is_some_and(|c| is_hebrew(*c));
    at > 0 && hebrew(at - 1) && hebrew(at + 1) && !is_letter(chars.get(at + 2).copied())
}

/// The thin spaces of French where none was typed: inside guillemets, before ; ! ? and the colon.
fn french_marks(typed: &[char], out: &mut [String]) {
    let (pieces, chars) = as_set(typed, out);
    let ends = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || "»”)".contains(c));
    for (at, piece) in pieces.into_iter().enumerate() {
        let next = chars.get(at + 1).copied();
        let last = before(&chars, at);
        let after_word = last.is_some_and(|c| c.is_alphanumeric() || matches!(c, '»' | '”' | ')' | '%' | OBJECT));
        match chars[at] {
            ';' if after_word && ends(next) => out[piece].insert(0, NARROW),
            '!' | '?' if after_word && (ends(next) || matches!(next, Some('!' | '?'))) => out[piece].insert(0, NARROW),
            ':' if after_word && ends(next) => out[piece].insert(0, NBSP),
            '«' if next.is_some_and(|c| !c.is_whitespace()) => out[piece].push(NARROW),
            '»' if last.is_some_and(|c| !c.is_whitespace()) => out[piece].insert(0, NARROW),
            _ => {}
        }
    }
}

/// A mark that a word begins right behind.
fn opens(chars: &[char], at: usize) -> bool {
    let left = before(chars, at).is_none_or(|c| c.is_whitespace() || "([{<—–-/“‘„‚«‹¡¿\"'".contains(c));
    left && chars.get(at + 1).is_some_and(|c| !c.is_whitespace())
}

/// A mark that a word ends right before.
fn closes(chars: &[char], at: usize) -> bool {
    before(chars, at).is_some_and(|c| !c.is_whitespace())
}

/// ’90s, ’n’, ’tis: a letter or century was left out, nothing is opened.
fn is_elision(chars: &[char], at: usize) -> bool {
    let rest: String = chars[at + 1..].iter().take(6).collect::<String>().to_lowercase();
    let word: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
    let digits = word.chars().take_while(char::is_ascii_digit).count();
    (digits == 2 && matches!(&word[2..], "" | "s"))
        || matches!(word.as_str(), "n" | "tis" | "twas" | "em" | "til" | "cause" | "bout" | "round" | "twixt" | "cos")
}

/// Whether a single quotation opened here is ever closed: else it is an apostrophe.
fn has_closing(chars: &[char], at: usize) -> bool {
    (at + 2..chars.len()).any(|end| {
        chars[end] == '\'' && closes(chars, end) && !is_letter(chars.get(end + 1).copied()) && !opens(chars, end)
    })
}

/// 6'2": feet before more figures.
fn is_foot(chars: &[char], at: usize) -> bool {
    is_digit(before(chars, at))
        && chars[at + 1..].iter().take_while(|c| c.is_ascii_digit()).count() > 0
        && chars[at + 1..].iter().find(|c| !c.is_ascii_digit()) == Some(&'"')
}

/// 6'2": inches behind feet.
fn is_inch(chars: &[char], at: usize) -> bool {
    let figures = chars[..at].iter().rev().take_while(|c| c.is_ascii_digit()).count();
    figures > 0 && at > figures && matches!(chars[at - figures - 1], '\'' | '′')
}

/// Units that stay with their number.
const UNITS: &[&str] = &[
    "%",
    "‰",
    "€",
    "£",
    "$",
    "°C",
    "°F",
    "mm",
    "cm",
    "m",
    "km",
    "mi",
    "ft",
    "kg",
    "g",
    "t",
    "l",
    "ml",
    "kW",
    "MW",
    "GW",
    "kWh",
    "MWh",
    "GWh",
    "Hz",
    "km²",
    "m²",
    "km/h",
    "mph",
    "metres",
    "centimetres",
    "kilometres",
    "miles",
    "feet",
    "tonnes",
    "litres",
    "degrees",
    "percent",
    "am",
    "pm",
    "a.m.",
    "p.m.",
    "bn",
    "million",
    "billion",
    "Millionen",
    "Milliarden",
    "millions",
    "milliards",
    "milhões",
    "bilhões",
    "mil",
    "Mio.",
    "Mrd.",
    "Prozent",
    "Euro",
    "euros",
    "reais",
    "Uhr",
];

/// Marks that stay with the number behind them.
const BEFORE_NUMBERS: &[&str] = &[
    "Nr.", "No.", "no.", "nº", "n.º", "Nº", "N°", "n°", "§", "§§", "Art.", "art.", "Abs.", "Kap.", "S.", "p.", "pp.",
    "Abb.", "Fig.", "fig.", "Vol.", "vol.", "Bd.", "R$", "US$", "$", "€", "£", "CHF", "EUR", "USD", "GBP",
];

/// Titles that stay with the name behind them.
const BEFORE_NAMES: &[&str] = &[
    "Dr.", "Prof.", "Mr", "Mrs", "Ms", "Mr.", "Mrs.", "Ms.", "Dr", "Sr.", "Sra.", "Dra.", "Mme", "Mlle", "Hr.", "Fr.",
];

/// The characters as they are set by now, and the piece each belongs to; addresses stay objects.
fn as_set(typed: &[char], out: &[String]) -> (Vec<usize>, Vec<char>) {
    let seen = |piece: usize, c: char| (piece, if typed[piece] == OBJECT { OBJECT } else { c });
    out.iter().enumerate().flat_map(|(piece, text)| text.chars().map(move |c| seen(piece, c))).unzip()
}

/// Spaces that must not break: before units, after titles and initials, before a dash, and in French around
/// its own marks. Looks at what was set, not at what was typed, so that setting again finds the same.
fn spaces(typed: &[char], language: Language, out: &mut [String]) {
    let (pieces, chars) = as_set(typed, out);
    let chars = chars.as_slice();
    for (at, piece) in pieces.into_iter().enumerate() {
        if chars[at] != ' ' || at == 0 {
            continue;
        }
        let next = chars.get(at + 1).copied();
        if language.french && (before(chars, at) == Some('«') || matches!(next, Some('»' | ';' | '!' | '?'))) {
            out[piece] = NARROW.to_string();
        } else if keeps_together(chars, at, language) || (language.french && next == Some(':')) {
            out[piece] = NBSP.to_string();
        }
    }
}

/// Whether what stands before and after this space is one thing.
fn keeps_together(chars: &[char], at: usize, language: Language) -> bool {
    let opening = ['(', '[', '“', '„', '«', '‘', '"', '\'', '‹'];
    let closing = [',', ';', ':', '!', '?', ')', '”', '’', '"', '\'', '»', '“', NARROW, NBSP];
    let next = chars.get(at + 1).copied();
    let before_it = before(chars, at);
    if matches!(next, Some('–' | '—')) {
        return true;
    }
    let word: String = chars[at + 1..].iter().take(12).take_while(|c| !c.is_whitespace()).collect();
    let unit = word.trim_end_matches(closing);
    if is_digit(before_it) && UNITS.iter().any(|known| *known == unit || format!("{known}.") == unit) {
        return true;
    }
    let is_month = |word: &str| language.months.iter().any(|month| month == word);
    let ordinal = before_it == Some('.') && is_digit(before(chars, at - 1));
    if (is_digit(before_it) || ordinal) && is_month(unit.trim_end_matches('.')) {
        return true;
    }
    let begin = at - chars[..at].iter().rev().take(10).take_while(|c| !c.is_whitespace()).count();
    let word: String = chars[begin..at].iter().collect();
    let word = word.trim_start_matches(opening);
    (is_digit(next) && (BEFORE_NUMBERS.contains(&word) || is_month(word)))
        || (next.is_some_and(char::is_uppercase) && BEFORE_NAMES.contains(&word))
        || is_initial(word, &chars[at + 1..])
}

/// J. K. Rowling, z. B.: single letters with their full stops.
fn is_initial(word: &str, rest: &[char]) -> bool {
    let mut letters = word.chars();
    let (Some(letter), Some('.'), None) = (letters.next(), letters.next(), letters.next()) else { return false };
    let Some(next) = rest.first().filter(|next| next.is_alphabetic()) else { return false };
    letter.is_alphabetic() && ((letter.is_uppercase() && next.is_uppercase()) || rest.get(1) == Some(&'.'))
}

fn before(chars: &[char], at: usize) -> Option<char> {
    at.checked_sub(1).map(|at| chars[at])
}

/// A space as keys make it, not one that was set.
fn is_typed_space(c: Option<char>) -> bool {
    matches!(c, Some(' ' | '\n'))
}

fn is_letter(c: Option<char>) -> bool {
    c.is_some_and(char::is_alphanumeric)
}

fn is_digit(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_ascii_digit())
}

/// Quotation marks folded to straight ones, spaces to one, dashes to hyphens: what two spellings of the same
/// words share.
pub(crate) fn folded(text: &str) -> String {
    let straight = text.chars().map(|c| match c {
        '“' | '”' | '„' | '«' | '»' | '″' | '״' | '「' | '」' => '"',
        '‘' | '’' | '‚' | '‹' | '›' | '′' | '׳' | '『' | '』' => '\'',
        '–' | '—' => '-',
        c => c,
    });
    let straight: String = straight.collect::<String>().replace('…', "...");
    straight.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
