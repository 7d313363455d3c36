//! A correction carried into an issue or a template, and out of the template again.

use toml_edit::{Item, Table};

use super::{Page, Refusal};

/// The lines of a correction block.
pub(crate) fn correction(of: &str, text: &str) -> String {
    format!("[[block]]\ntype = \"correction\"\nof   = {of}\ntext = {}", long(text))
}

/// Puts a correction behind the letter, or first where there is none; `comment` stands above it. `None` where the
/// same stands there already.
///
/// # Errors
/// The file does not read.
pub(crate) fn carry_correction(
    text: &str,
    of: &str,
    words: &str,
    comment: Option<&str>,
) -> Result<Option<String>, Refusal> {
    let page = Page::read(text)?;
    let same = |table: &Table| {
        let said = table.get("text").and_then(Item::as_str).map(str::trim);
        day(table).as_deref() == Some(of) && said == Some(words.trim())
    };
    let corrections = (0..page.blocks.len()).filter(|block| page.blocks.kind(*block) == "correction");
    if corrections.filter_map(|block| page.table(block)).any(same) {
        return Ok(None);
    }
    let place = usize::from(page.blocks.kind(0) == "letter");
    let comment = comment.map(|comment| format!("# {comment}\n")).unwrap_or_default();
    Ok(Some(page.blocks.with(place, &format!("{comment}{}", correction(of, words)))))
}

/// A template without the corrections of a day: they were taken along. `None` where it has none.
///
/// # Errors
/// The file does not read.
pub(crate) fn without_corrections(text: &str) -> Result<Option<String>, Refusal> {
    let page = Page::read(text)?;
    let dated = |block: &usize| {
        page.blocks.kind(*block) == "correction" && page.table(*block).is_some_and(|table| day(table).is_some())
    };
    match (0..page.blocks.len()).rev().find(dated) {
        None => Ok(None),
        Some(block) => {
            let rest = page.blocks.without(block);
            Ok(Some(without_corrections(&rest)?.unwrap_or(rest)))
        }
    }
}

/// The day of `of`, where it is one.
fn day(table: &Table) -> Option<String> {
    let of = table.get("of")?.as_value()?;
    let day = of.as_datetime().map(ToString::to_string).or_else(|| of.as_str().map(str::to_owned))?;
    let digits =
        day.bytes().enumerate().all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
    (day.len() == 10 && digits).then_some(day)
}

/// A text as TOML writes it over several lines; what is no text becomes a space.
fn long(text: &str) -> String {
    let clean: String = text
        .replace("\r\n", "\n")
        .chars()
        .map(|character| if character.is_control() && character != '\n' { ' ' } else { character })
        .collect();
    format!("\"\"\"\n{}\n\"\"\"", clean.trim().replace('\\', "\\\\").replace("\"\"\"", "\"\"\\\""))
}
