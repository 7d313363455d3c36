//! How each stretch of text looks: the cascade walked down the tree, in the light, in the dark, without `<style>`.

use scraper::{ElementRef, Html, Selector};

use super::css::{self, Colour, Declaration, Sheet};

/// Which rules hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Everything in `<style>` dropped.
    Bare,
    Light,
    /// `prefers-color-scheme: dark`.
    Dark,
    /// Outlook's own dark mode.
    Outlook,
}

impl Mode {
    pub(super) const ALL: [Self; 4] = [Self::Bare, Self::Light, Self::Dark, Self::Outlook];

    fn takes(self, rule: &css::Rule) -> bool {
        match (&rule.media, self) {
            (_, Self::Bare) => false,
            (Some(media), _) => self == Self::Dark && media.contains("prefers-color-scheme:dark"),
            (None, _) => self == Self::Outlook || !rule.is_for_outlook(),
        }
    }
}

/// What an element looks like; what is inherited is the parent's.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Look {
    pub(super) colour: Colour,
    pub(super) ground: Colour,
    /// Font size and line height in CSS pixels; `sized` once somebody has said so inline or in a rule.
    pub(super) size: f64,
    pub(super) line: f64,
    pub(super) sized: bool,
    pub(super) family: String,
    pub(super) underlined: bool,
    pub(super) justified: bool,
    pub(super) shown: bool,
}

impl Look {
    const ROOT: Self = Self {
        colour: Colour::BLACK,
        ground: Colour::WHITE,
        size: 16.0,
        line: 19.0,
        sized: false,
        family: String::new(),
        underlined: false,
        justified: false,
        shown: true,
    };

    fn take(&mut self, declaration: &Declaration) {
        let value = declaration.value.as_str();
        match declaration.name.as_str() {
            "color" => self.colour = Colour::parse(value).unwrap_or(self.colour),
            "background-color" | "background" => {
                self.ground = value.split(' ').find_map(Colour::parse).unwrap_or(self.ground);
            }
            "font" => self.font(value),
            "font-size" => self.size = pixels(value).unwrap_or(self.size),
            "line-height" => self.line = pixels(value).unwrap_or(self.line),
            "font-family" => self.family = value.to_owned(),
            "text-decoration" => self.underlined = value.contains("underline"),
            "text-align" => self.justified = value == "justify",
            "display" => self.shown &= value != "none",
            _ => {}
        }
    }

    /// `700 42px/46px Georgia,serif`
    fn font(&mut self, value: &str) {
        let Some((sizes, family)) =
            value.split_once("px ").map(|(sizes, family)| (sizes.rsplit(' ').next().unwrap_or_default(), family))
        else {
            return;
        };
        let mut sizes = sizes.split('/').filter_map(|size| size.trim_end_matches("px").parse::<f64>().ok());
        self.size = sizes.next().unwrap_or(self.size);
        self.line = sizes.next().unwrap_or(self.size * 1.2);
        self.family = family.to_owned();
        self.sized = true;
    }
}

fn pixels(value: &str) -> Option<f64> {
    value.strip_suffix("px")?.parse().ok()
}

/// A stretch of text, or the words of a picture, with its look.
pub(super) struct Run<'a> {
    pub(super) words: String,
    /// The element it stands in.
    pub(super) holder: ElementRef<'a>,
    pub(super) look: Look,
}

/// Every run of a document that is shown.
pub(super) fn runs<'a>(document: &'a Html, sheet: &Sheet, mode: Mode) -> Vec<Run<'a>> {
    let rules = sheet
        .rules
        .iter()
        .filter(|rule| mode.takes(rule))
        .filter_map(|rule| Some((rule.matcher()?, rule.declarations.as_slice())))
        .collect();
    let mut walker = Walker { rules, runs: Vec::new() };
    walker.element(document.root_element(), &Look::ROOT);
    walker.runs
}

struct Walker<'s, 'a> {
    rules: Vec<(Selector, &'s [Declaration])>,
    runs: Vec<Run<'a>>,
}

impl<'a> Walker<'_, 'a> {
    fn element(&mut self, element: ElementRef<'a>, parent: &Look) {
        if matches!(element.value().name(), "head" | "style" | "title") {
            return;
        }
        let look = self.look(element, parent);
        if !look.shown {
            return;
        }
        if element.value().name() == "img" {
            let words = element.attr("alt").unwrap_or_default().to_owned();
            self.runs.push(Run { words, holder: element, look: look.clone() });
        }
        for child in element.children() {
            if let Some(text) = child.value().as_text() {
                let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
                if words.chars().any(|c| !c.is_whitespace() && c != '\u{a0}') {
                    self.runs.push(Run { words, holder: element, look: look.clone() });
                }
            } else if let Some(child) = ElementRef::wrap(child) {
                self.element(child, &look);
            }
        }
    }

    /// Hints of attributes, then rules, then what is inline, then rules that are important.
    fn look(&self, element: ElementRef<'a>, parent: &Look) -> Look {
        let mut look = parent.clone();
        match element.value().name() {
            "a" if element.attr("href").is_some() => (look.colour, look.underlined) = (Colour::LINK, true),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => look.sized = false,
            _ => {}
        }
        look.ground = element.attr("bgcolor").and_then(Colour::parse).unwrap_or(look.ground);
        let matching = || self.rules.iter().filter(|(selector, _)| selector.matches(&element));
        let ruled = |important: bool| {
            matching().flat_map(|(_, declarations)| *declarations).filter(move |own| own.important == important)
        };
        let (inline, _) = css::inline(element.attr("style").unwrap_or_default());
        ruled(false).chain(&inline).chain(ruled(true)).for_each(|own| look.take(own));
        look
    }
}
