//! Type as a printer would set it: curly quotes from straight ones, real dashes and ellipses, words that
//! must not part kept on one line.
//!
//! A paragraph is set as a whole, across its emphases and links, because a quotation may open in one and
//! close in another. Setting is idempotent: what is already right is never touched, and no character that
//! was set is read again as a straight one.

use crate::prose::Inline;

const NBSP: char = '\u{a0}';
const NARROW: char = '\u{202f}';
/// Stands in a paragraph for what is no text of ours (code, a reader's name): a word, but nobody's letters.
const OBJECT: char = '\u{fffc}';

/// The marks of a language, as BCP 47 names it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Language {
    double: [&'static str; 2],
    single: [&'static str; 2],
    /// French sets a thin space before ; ! ? and a wide one before the colon.
    spaced: bool,
}

impl Language {
    pub(crate) fn of(tag: &str) -> Self {
        let tag = tag.to_ascii_lowercase();
        let english = Self { double: ["“", "”"], single: ["‘", "’"], spaced: false };
        match tag.split('-').next().unwrap_or_default() {
            "fr" => Self { double: ["«\u{a0}", "\u{a0}»"], single: ["“", "”"], spaced: true },
            "de" if tag.ends_with("-ch") => Self { double: ["«", "»"], single: ["‹", "›"], spaced: false },
            "de" => Self { double: ["„", "“"], single: ["‚", "‘"], spaced: false },
            "pt" if tag.ends_with("-pt") => Self { double: ["«", "»"], single: ["“", "”"], spaced: false },
            _ => english,
        }
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
    dashes(chars, &mut out);
    quotes(chars, language, &mut out);
    spaces(language, &mut out);
    out
}

/// `---` and `--` become dashes, three dots an ellipsis, ` - ` a dash between spaces.
fn dashes(chars: &[char], out: &mut [String]) {
    let mut at = 0;
    while at < chars.len() {
        let run = chars[at..].iter().take_while(|c| **c == chars[at]).count();
        let dash = match (chars[at], run) {
            ('-', 3) => Some("—"),
            ('-', 2) => Some("–"),
            ('-', 1) if is_typed_space(before(chars, at)) && is_typed_space(chars.get(at + 1).copied()) => Some("–"),
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
            '"' => {
                let opens = if double { false } else { opens(chars, at) || !closes(chars, at) };
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
            '\'' => out[at] = "’".to_owned(),
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
];

/// Spaces that must not break: before units, before a dash, and in French around its own marks. Looks at
/// what was set, not at what was typed, so that setting again finds the same.
fn spaces(language: Language, out: &mut [String]) {
    let pieces: Vec<(usize, char)> =
        out.iter().enumerate().flat_map(|(piece, text)| text.chars().map(move |c| (piece, c))).collect();
    let chars: Vec<char> = pieces.iter().map(|(_, c)| *c).collect();
    let chars = chars.as_slice();
    for (at, (piece, c)) in pieces.iter().enumerate() {
        if *c != ' ' {
            continue;
        }
        let next = chars.get(at + 1).copied();
        let word: String = chars[at + 1..].iter().take(12).take_while(|c| !c.is_whitespace()).collect();
        let unit = word.trim_end_matches([',', ';', ':', '!', '?', ')', '”', '’', '"', '\'', '»']);
        let unit = UNITS.iter().any(|known| *known == unit || format!("{known}.") == unit);
        let dash = matches!(next, Some('–' | '—'));
        let keeps = (is_digit(before(chars, at)) && unit) || (dash && at > 0);
        let french = language.spaced && (before(chars, at) == Some('«') || next == Some('»'));
        if language.spaced && matches!(next, Some(';' | '!' | '?')) && at > 0 {
            out[*piece] = NARROW.to_string();
        } else if keeps || french || (language.spaced && next == Some(':') && at > 0) {
            out[*piece] = NBSP.to_string();
        }
    }
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
        '“' | '”' | '„' | '«' | '»' | '″' => '"',
        '‘' | '’' | '‚' | '‹' | '›' | '′' => '\'',
        '–' | '—' => '-',
        c => c,
    });
    let straight: String = straight.collect::<String>().replace('…', "...");
    straight.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn en(text: &str) -> String {
        line(text, Language::of("en-GB"))
    }

    #[test]
    fn straight_quotes_become_curly_by_where_they_stand() {
        assert_eq!(en(r#"She said "no" and "never"."#), "She said “no” and “never”.");
        assert_eq!(en(r#"("Quite," he said)"#), "(“Quite,” he said)");
        assert_eq!(en(r#"She said "he called it 'fine' twice""#), "She said “he called it ‘fine’ twice”");
    }

    #[test]
    fn an_apostrophe_never_opens() {
        assert_eq!(en("It's the '90s, rock 'n' roll"), "It’s the ’90s, rock ’n’ roll");
        assert_eq!(en("the readers' voices and 'twas so"), "the readers’ voices and ’twas so");
        assert_eq!(en("'Fine,' said the mayor's aide"), "‘Fine,’ said the mayor’s aide");
    }

    #[test]
    fn dashes_ellipses_and_units_are_set() {
        assert_eq!(en("wait ... now -- or later---never"), "wait … now\u{a0}– or later—never");
        assert_eq!(en("12 km in 3 hours at 5 a.m."), "12\u{a0}km in 3 hours at 5\u{a0}a.m.");
        assert_eq!(en(r#"he is 6'2" tall"#), "he is 6′2″ tall");
    }

    #[test]
    fn each_language_has_its_marks() {
        assert_eq!(line(r#"Er sagte "nein"."#, Language::of("de")), "Er sagte „nein“.");
        assert_eq!(line(r#"Il dit "non" !"#, Language::of("fr")), "Il dit «\u{a0}non\u{a0}»\u{202f}!");
        assert_eq!(line(r#"Ele disse "não"."#, Language::of("pt-BR")), "Ele disse “não”.");
        assert_eq!(line(r#"Ele disse "não"."#, Language::of("pt-PT")), "Ele disse «não».");
    }

    #[test]
    fn a_quotation_may_open_in_one_run_and_close_in_another() {
        let mut words = vec![
            Inline::Text("He said \"".to_owned()),
            Inline::Strong(vec![Inline::Text("never".to_owned())]),
            Inline::Text("\" again".to_owned()),
        ];
        inlines(&mut words, Language::of("en"));
        assert_eq!(crate::prose::plain(&words), "He said “never” again");
    }

    proptest! {
        #[test]
        fn setting_twice_changes_nothing(text in r#"[a-z0-9 "'.,;:!?()%€–—-]{0,40}"#, tag in "(en|fr|de|pt-PT)") {
            let once = line(&text, Language::of(&tag));
            prop_assert_eq!(line(&once, Language::of(&tag)), once);
        }

        #[test]
        fn no_text_can_break_it(text in ".{0,80}", tag in ".{0,8}") {
            let set = line(&text, Language::of(&tag));
            prop_assert!(!set.contains('"') && !set.contains('\''));
        }
    }
}
