//! Days that come every week, and days that are such only in name: nobody asks which one is meant.

use super::calendar::Calendar;

/// Words before a weekday that make it one of many, or none at all: `every Friday`, `Black Friday`.
#[rustfmt::skip]
const BEFORE: &[&str] = &[
    "Black", "Good", "Easter", "Cyber", "Giving", "Ash", "Shrove", "Bloody", "Palm", "Holy", "Maundy", "Pancake",
    "Mothering", "Super", "Whit", "Fat", "Blue", "Sheffield", "every", "Every", "each", "Each", "any", "most",
    "alternate", "other", "a", "one", "jeden", "Jeden", "cada", "toda",
];

/// The same behind it: `Friday nights`, `Sunday Times`.
#[rustfmt::skip]
const BEHIND: &[&str] = &[
    "nights", "mornings", "evenings", "afternoons", "lunchtimes", "Times", "Telegraph", "Mirror", "Mail", "Post",
    "Herald", "Express", "Review", "Magazine", "Club", "Night", "roast", "Roast", "papers", "opening", "closing",
];

const RANGE: [&str; 9] = ["to", "till", "until", "through", "bis", "até", "a", "–", "-"];
const CHAIN: [&str; 5] = ["and", "or", "und", "oder", "e"];

/// Whether the weekday between these words is no particular day.
pub(super) fn is(before: &str, behind: &str, calendar: &Calendar) -> bool {
    BEFORE.contains(&last_word(before))
        || BEHIND.contains(&first_word(behind_chain(behind, calendar)))
        || begins_a_range(behind, calendar)
        || ends_a_range(before, calendar)
}

/// `USA Today`, `the Today programme`, and what holds to this day.
pub(super) fn is_name(before: &str, behind: &str) -> bool {
    ["USA", "of", "until", "to", "even"].contains(&last_word(before))
        || ["programme", "program", "show"].contains(&first_word(behind.trim_start()))
}

/// What stands behind ` and Saturday`, ` or Sunday`.
fn behind_chain<'t>(behind: &'t str, calendar: &Calendar) -> &'t str {
    let mut rest = behind.trim_start_matches(',').trim_start();
    while CHAIN.contains(&first_word(rest)) {
        let next = rest[first_word(rest).len()..].trim_start();
        if !calendar.is_weekday(next) {
            break;
        }
        rest = next[first_word(next).len()..].trim_start();
    }
    rest
}

/// ` to Friday`, `–Friday`
fn begins_a_range(behind: &str, calendar: &Calendar) -> bool {
    let rest = behind.trim_start();
    RANGE.iter().filter_map(|word| rest.strip_prefix(word)).any(|rest| calendar.is_weekday(rest.trim_start()))
}

fn ends_a_range(before: &str, calendar: &Calendar) -> bool {
    let words = before.trim_end();
    let earlier = RANGE.iter().filter_map(|word| words.strip_suffix(word));
    earlier.map(last_word).any(|word| !word.is_empty() && calendar.is_weekday(word))
}

fn first_word(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default()
}

fn last_word(text: &str) -> &str {
    text.trim_end().rsplit(|c: char| c.is_whitespace() || c == '"' || c == '“').next().unwrap_or_default()
}
