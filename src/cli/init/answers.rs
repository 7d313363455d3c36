//! Answers as people type them, and what config.toml wants of them: said at the question, while it can be mended.

use chrono::Weekday;
use chrono_tz::{TZ_VARIANTS, Tz};

use crate::config::{clock_time, host};
use crate::finding::nearest;

pub(super) fn words(text: &str) -> Result<String, String> {
    if text.is_empty() { Err("a few words are needed here".to_owned()) } else { Ok(text.to_owned()) }
}

pub(super) fn site(url: &str) -> Result<String, String> {
    let fine = url.starts_with("https://") && host(url).is_some();
    if fine { Ok(url.to_owned()) } else { Err("the whole address, such as https://news.example".to_owned()) }
}

/// `Europe/Lisbon`; a city alone is answered with the name it has there.
pub(super) fn zone(text: &str) -> Result<Tz, String> {
    text.parse().map_err(|_| {
        let city = text.replace(' ', "_").to_lowercase();
        let names = || TZ_VARIANTS.iter().map(|zone| zone.name());
        let there = names().find(|name| name.to_lowercase().rsplit('/').next() == Some(city.as_str()));
        match there.or_else(|| nearest(text, names())) {
            Some(name) => format!("`{text}` is no name of a time zone: {name} is one"),
            None => format!("`{text}` is no name of a time zone: Europe/Lisbon or America/Sao_Paulo is one"),
        }
    })
}

/// `en-GB`: letters for the language, and perhaps for the place.
pub(super) fn language(tag: &str) -> Result<String, String> {
    let letters = |part: &str, long: std::ops::RangeInclusive<usize>| {
        long.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let mut parts = tag.split('-');
    if parts.next().is_some_and(|main| letters(main, 2..=3)) && parts.all(|part| letters(part, 1..=8)) {
        return Ok(tag.to_owned());
    }
    Err("two letters, and perhaps a place: en, en-GB, pt-BR".to_owned())
}

/// `6:30` is `06:30`.
pub(super) fn hour(text: &str) -> Result<String, String> {
    let time = clock_time(text).ok_or("hours and minutes, such as 06:30")?;
    Ok(time.format("%H:%M").to_string())
}

/// `Mon Wed`, `monday, wednesday`, `Mon-Fri`, as config.toml has them.
pub(super) fn days(text: &str) -> Result<String, String> {
    let day = |word: &str| {
        word.parse::<Weekday>().map_err(|_| format!("`{word}` is no day: Mon Tue Wed Thu Fri Sat Sun, or Mon-Fri"))
    };
    let mut days: Vec<Weekday> = Vec::new();
    for word in text.split([' ', ',', ';']).filter(|word| !word.is_empty()) {
        let (first, last) = word.split_once(['-', '–']).unwrap_or((word, word));
        let (mut first, last) = (day(first)?, day(last)?);
        loop {
            if !days.contains(&first) {
                days.push(first);
            }
            if first == last {
                break;
            }
            first = first.succ();
        }
    }
    if days.is_empty() {
        return Err("a day at least: Mon Tue Wed Thu Fri Sat Sun".to_owned());
    }
    let named: Vec<String> = days.iter().map(|day| format!("\"{day}\"")).collect();
    Ok(format!("[{}]", named.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_taken_as_people_write_them() {
        for text in ["Mon Tue Wed", "monday, tuesday, wed", "Mon-Wed", "Mon–Wed Tue"] {
            assert_eq!(days(text).as_deref(), Ok("[\"Mon\", \"Tue\", \"Wed\"]"), "{text}");
        }
        assert_eq!(days("Sat-Mon").as_deref(), Ok("[\"Sat\", \"Sun\", \"Mon\"]"));
        assert!(days("Mon Tewsday").unwrap_err().starts_with("`Tewsday` is no day"));
        assert!(days(" ").is_err());
    }

    #[test]
    fn a_city_is_answered_with_its_time_zone() {
        assert_eq!(zone("Europe/Lisbon"), Ok(Tz::Europe__Lisbon));
        for (text, name) in
            [("Chicago", "America/Chicago"), ("sao paulo", "America/Sao_Paulo"), ("Europe/Lisbn", "Europe/Lisbon")]
        {
            assert!(zone(text).unwrap_err().ends_with(&format!(": {name} is one")), "{:?}", zone(text));
        }
    }

    #[test]
    fn a_language_is_a_tag_and_an_hour_has_two_figures() {
        assert!(language("en").is_ok() && language("pt-BR").is_ok() && language("zh-Hant-TW").is_ok());
        assert!(language("english").is_err() && language("en GB").is_err() && language("").is_err());
        assert_eq!(hour("6:30").as_deref(), Ok("06:30"));
        assert!(hour("6.30").is_err() && hour("25:00").is_err());
    }
}
