//! Counted things in the form a number asks for (Unicode CLDR, plural rules for cardinals).

use serde::Deserialize;

use super::Template;

/// The forms of one counted thing; a language has those its rules can ask for, and always the last.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plural {
    zero: Option<Template>,
    one: Option<Template>,
    two: Option<Template>,
    few: Option<Template>,
    many: Option<Template>,
    other: Template,
}

/// CLDR's categories.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Category {
    Zero,
    One,
    Two,
    Few,
    Many,
    Other,
}

impl Category {
    /// The category of a whole number. Portuguese has a form of its own for millions ("milhões de"), which
    /// no issue counts to.
    pub(super) fn of(language: &str, n: u64) -> Self {
        match (language, n, n % 100) {
            ("ar", 0, _) => Self::Zero,
            ("ar", 1, _) => Self::One,
            ("ar", 2, _) => Self::Two,
            ("ar", _, 3..=10) => Self::Few,
            ("ar", _, 11..=99) => Self::Many,
            ("he", 2, _) => Self::Two,
            ("pt", 0 | 1, _) | ("en" | "de" | "he", 1, _) => Self::One,
            _ => Self::Other,
        }
    }
}

impl Plural {
    pub(super) fn form(&self, language: &str, n: u64) -> &Template {
        self.given(Category::of(language, n)).unwrap_or(&self.other)
    }

    /// The form of a category, where the file has one.
    pub(super) fn given(&self, category: Category) -> Option<&Template> {
        match category {
            Category::Zero => self.zero.as_ref(),
            Category::One => self.one.as_ref(),
            Category::Two => self.two.as_ref(),
            Category::Few => self.few.as_ref(),
            Category::Many => self.many.as_ref(),
            Category::Other => Some(&self.other),
        }
    }
}
