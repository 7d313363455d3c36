//! A newsletter's look: its theme, its colours in the light and in the dark, its fonts, its masthead and feet.
//!
//! A theme is a whole design with colours of its own; a brand is a theme with what config.toml says over it.
//! Whoever gives one accent gets the colours that go with it, the dark ones too. `contrast` says whether all
//! of it can be read: a brand that cannot is refused before anything is rendered.

pub(crate) mod contrast;
mod oklch;

use std::fmt;

use crate::picture::Picture;

pub(crate) use contrast::{Clash, Stand};
use oklch::Oklch;

/// An sRGB colour, `0xrrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Colour(pub(crate) u32);

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:06x}", self.0)
    }
}

impl Colour {
    /// `#1f6b3a`, or `#163` for `#116633`; `None` for what is no such colour.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = u32::from_str_radix(digits, 16).ok().filter(|_| hex)?;
        match digits.len() {
            6 => Some(Self(number)),
            3 => Some(Self([8, 4, 0].iter().fold(0, |rgb, shift| (rgb << 8) | (((number >> shift) & 0xf) * 0x11)))),
            _ => None,
        }
    }
}

/// The colours of one mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Palette {
    /// Grounds: around the sheet, the sheet, what is apart (a sponsor, a poll's answers), a picture not loaded.
    pub(crate) page: Colour,
    pub(crate) sheet: Colour,
    pub(crate) tint: Colour,
    pub(crate) blank: Colour,
    /// Inks: text, what is secondary, the one accent, and the words on an accent button.
    pub(crate) ink: Colour,
    pub(crate) quiet: Colour,
    pub(crate) accent: Colour,
    pub(crate) on_accent: Colour,
    /// Thin rules; nothing depends on them.
    pub(crate) rule: Colour,
}

/// What a colour is for: the fields of a palette, and the keys of config.toml.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    Page,
    Sheet,
    Tint,
    Blank,
    Ink,
    Quiet,
    Accent,
    OnAccent,
    Rule,
}

impl Role {
    pub(crate) const ALL: [Self; 9] = [
        Self::Page,
        Self::Sheet,
        Self::Tint,
        Self::Blank,
        Self::Ink,
        Self::Quiet,
        Self::Accent,
        Self::OnAccent,
        Self::Rule,
    ];

    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Sheet => "sheet",
            Self::Tint => "tint",
            Self::Blank => "blank",
            Self::Ink => "ink",
            Self::Quiet => "quiet",
            Self::Accent => "accent",
            Self::OnAccent => "on_accent",
            Self::Rule => "rule",
        }
    }
}

impl Palette {
    pub(crate) fn get(&self, role: Role) -> Colour {
        match role {
            Role::Page => self.page,
            Role::Sheet => self.sheet,
            Role::Tint => self.tint,
            Role::Blank => self.blank,
            Role::Ink => self.ink,
            Role::Quiet => self.quiet,
            Role::Accent => self.accent,
            Role::OnAccent => self.on_accent,
            Role::Rule => self.rule,
        }
    }

    /// The same with another colour in one role.
    pub(crate) fn with(mut self, role: Role, colour: Colour) -> Self {
        *match role {
            Role::Page => &mut self.page,
            Role::Sheet => &mut self.sheet,
            Role::Tint => &mut self.tint,
            Role::Blank => &mut self.blank,
            Role::Ink => &mut self.ink,
            Role::Quiet => &mut self.quiet,
            Role::Accent => &mut self.accent,
            Role::OnAccent => &mut self.on_accent,
            Role::Rule => &mut self.rule,
        } = colour;
        self
    }
}

/// Which of the two palettes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mode {
    Light,
    Dark,
}

impl Mode {
    pub(crate) const BOTH: [Self; 2] = [Self::Light, Self::Dark];

    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// A design: how things are set and placed. What that means is the renderer's to know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Theme {
    /// A newspaper's front page: serifs, heavy rules, numbers beside the stories.
    #[default]
    Default,
    /// A list to run through: sans-serif, tight, no rules, a reading time with every story.
    Digest,
}

/// A link of words alone, at the foot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FootLink {
    pub(crate) label: String,
    pub(crate) url: String,
}

/// A masthead that is drawn. Without a dark picture the light one keeps its light ground in the dark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Nameplate {
    pub(crate) light: Picture,
    pub(crate) dark: Option<Picture>,
    /// As it is shown, in CSS pixels.
    pub(crate) width: u32,
}

/// A newsletter's look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Brand {
    pub(crate) theme: Theme,
    pub(crate) light: Palette,
    pub(crate) dark: Palette,
    /// Font stacks of fonts the reader already has; a mail loads none.
    pub(crate) news: String,
    pub(crate) labels: String,
    /// Corners of buttons, in CSS pixels.
    pub(crate) radius: u32,
    /// What the masthead says; the publication's name where nothing else is wanted.
    pub(crate) wordmark: Option<String>,
    /// The picture that says it, where there is one.
    pub(crate) nameplate: Option<Nameplate>,
    pub(crate) footer: Vec<FootLink>,
    pub(crate) social: Vec<FootLink>,
}

/// The system's own sans-serif, which every theme sets its small print in. Word takes the first name it is given,
/// so that is one Windows has.
const SANS: &str = "Segoe UI,-apple-system,sans-serif";

impl Brand {
    /// A theme as it comes.
    pub(crate) fn of(theme: Theme) -> Self {
        let (light, dark, news, radius) = match theme {
            Theme::Default => (PAPER, LAMPLIGHT, "Georgia,serif", 3),
            Theme::Digest => (SCREEN, NIGHT, SANS, 6),
        };
        Self {
            theme,
            light,
            dark,
            news: news.to_owned(),
            labels: SANS.to_owned(),
            radius,
            wordmark: None,
            nameplate: None,
            footer: Vec::new(),
            social: Vec::new(),
        }
    }

    pub(crate) fn palette(&self, mode: Mode) -> &Palette {
        match mode {
            Mode::Light => &self.light,
            Mode::Dark => &self.dark,
        }
    }

    /// The theme with colours of the house's own; `given` are all of them. What goes with an accent and was
    /// not given is derived: the accent of the dark from that of the light, the words on both.
    pub(crate) fn coloured(mut self, given: &[(Mode, Role, Colour)]) -> Self {
        let was_given = |mode, role| given.iter().any(|(own, what, _)| (*own, *what) == (mode, role));
        for (mode, role, colour) in given {
            let palette = if *mode == Mode::Light { &mut self.light } else { &mut self.dark };
            *palette = palette.with(*role, *colour);
        }
        if was_given(Mode::Light, Role::Accent) && !was_given(Mode::Dark, Role::Accent) {
            self.dark.accent = at_night(self.light.accent, &self.dark);
        }
        for mode in Mode::BOTH.into_iter().filter(|mode| !was_given(*mode, Role::OnAccent)) {
            let palette = if mode == Mode::Light { &mut self.light } else { &mut self.dark };
            palette.on_accent = words_on(palette.accent, palette);
        }
        self
    }

    /// Every picture of the brand's own.
    pub(crate) fn pictures(&self) -> impl Iterator<Item = &Picture> {
        self.nameplate.iter().flat_map(|plate| std::iter::once(&plate.light).chain(&plate.dark))
    }
}

impl Default for Brand {
    fn default() -> Self {
        Self::of(Theme::Default)
    }
}

/// An accent for the dark: the hue of the light one, bright enough to be read, calm enough not to glow.
fn at_night(accent: Colour, dark: &Palette) -> Colour {
    let Oklch { chroma, hue, .. } = Oklch::from(accent);
    let wished = Oklch { lightness: 0.78, chroma: chroma.min(0.13), hue }.colour();
    dark.with(Role::Accent, wished).nearest(Role::Accent, &[Role::OnAccent]).unwrap_or(wished)
}

/// What can be read on an accent: the theme's own choice, else the sheet, the ink, white or black.
fn words_on(accent: Colour, palette: &Palette) -> Colour {
    let candidates = [palette.on_accent, palette.sheet, palette.ink, Colour(0xff_fffe), Colour(0)];
    let readable = |colour: &Colour| contrast::ratio(*colour, accent) >= contrast::READABLE;
    // Black or white can be read on any colour: one of the two is always 4.58:1 or more.
    candidates.into_iter().find(readable).unwrap_or(Colour(0))
}

/// The default theme by day. The paper is not pure white, so that a client that inverts white leaves a paper
/// and not a hole (R15).
const PAPER: Palette = Palette {
    page: Colour(0xf2efe8),
    sheet: Colour(0xfffffe),
    tint: Colour(0xf7f2e6),
    blank: Colour(0xece7dc),
    ink: Colour(0x1a1a1a),
    quiet: Colour(0x57534c),
    accent: Colour(0xa6141c),
    on_accent: Colour(0xfffffe),
    rule: Colour(0xd8d3c8),
};

const LAMPLIGHT: Palette = Palette {
    page: Colour(0x111110),
    sheet: Colour(0x1b1b1a),
    tint: Colour(0x2a271f),
    blank: Colour(0x33302a),
    ink: Colour(0xf0ede6),
    quiet: Colour(0xbdb8ae),
    accent: Colour(0xff8f86),
    on_accent: Colour(0x1b1b1a),
    rule: Colour(0x46433d),
};

/// The digest by day: cool greys and one blue.
const SCREEN: Palette = Palette {
    page: Colour(0xe9edf3),
    sheet: Colour(0xfffffe),
    tint: Colour(0xedf2f9),
    blank: Colour(0xe1e7ef),
    ink: Colour(0x141a24),
    quiet: Colour(0x4d5868),
    accent: Colour(0x1b4fd0),
    on_accent: Colour(0xfffffe),
    rule: Colour(0xd6dde7),
};

const NIGHT: Palette = Palette {
    page: Colour(0x0b0e13),
    sheet: Colour(0x141920),
    tint: Colour(0x1f2732),
    blank: Colour(0x29323e),
    ink: Colour(0xe8edf4),
    quiet: Colour(0xabb6c5),
    accent: Colour(0x93b4ff),
    on_accent: Colour(0x0f1420),
    rule: Colour(0x364150),
};

#[cfg(test)]
mod tests;
