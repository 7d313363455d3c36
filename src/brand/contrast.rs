//! Whether a palette can be read: every ink on every ground it really stands on (WCAG 2.2, 1.4.3).

use super::oklch::{Oklch, linear};
use super::{Brand, Colour, Mode, Palette, Role};

/// What text of any size needs.
pub(crate) const READABLE: f64 = 4.5;

/// An ink on a ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stand {
    pub(crate) ink: Role,
    pub(crate) ground: Role,
}

/// Where each ink stands, in every theme: the footer on the page, a sponsor and a label on the tint, a picture's
/// description on its empty place, the words of both buttons.
pub(crate) const STANDS: [Stand; 9] = [
    Stand { ink: Role::Ink, ground: Role::Sheet },
    Stand { ink: Role::Ink, ground: Role::Tint },
    Stand { ink: Role::Ink, ground: Role::Blank },
    Stand { ink: Role::Quiet, ground: Role::Page },
    Stand { ink: Role::Quiet, ground: Role::Sheet },
    Stand { ink: Role::Quiet, ground: Role::Tint },
    Stand { ink: Role::Accent, ground: Role::Sheet },
    Stand { ink: Role::OnAccent, ground: Role::Accent },
    Stand { ink: Role::Sheet, ground: Role::Ink },
];

/// An ink that cannot be read on its ground.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Clash {
    pub(crate) mode: Mode,
    pub(crate) stand: Stand,
    pub(crate) ratio: f64,
}

/// Contrast of two colours, 1 to 21 (WCAG 2.2, contrast ratio).
pub(crate) fn ratio(one: Colour, other: Colour) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Relative luminance (WCAG 2.2).
fn luminance(colour: Colour) -> f64 {
    let [r, g, b] = linear(colour);
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

impl Brand {
    /// Every ink that cannot be read somewhere, in either mode.
    pub(crate) fn clashes(&self) -> Vec<Clash> {
        let in_mode = |mode: Mode| {
            let palette = self.palette(mode);
            STANDS.into_iter().map(move |stand| Clash { mode, stand, ratio: palette.ratio(stand) })
        };
        Mode::BOTH.into_iter().flat_map(in_mode).filter(|clash| clash.ratio < READABLE).collect()
    }
}

impl Palette {
    fn ratio(&self, stand: Stand) -> f64 {
        ratio(self.get(stand.ink), self.get(stand.ground))
    }

    /// The colour nearest to the one in this role that can be read wherever the role stands: the same hue, as
    /// little lighter or darker as does it. Roles in `free` follow and bind nothing. `None` where no lightness
    /// does it, because the others are too far apart.
    pub(crate) fn nearest(&self, role: Role, free: &[Role]) -> Option<Colour> {
        /// Finer than eight bits a channel can tell apart.
        const STEPS: u32 = 1024;
        let readable = |colour: Colour| {
            let palette = self.with(role, colour);
            let bound = |stand: &Stand| {
                (stand.ink == role || stand.ground == role)
                    && !free.contains(&stand.ink)
                    && !free.contains(&stand.ground)
            };
            STANDS.iter().filter(|stand| bound(stand)).all(|stand| palette.ratio(*stand) >= READABLE)
        };
        let own = self.get(role);
        if readable(own) {
            return Some(own);
        }
        let from = Oklch::from(own);
        let at = |lightness: f64| {
            (0.0..=1.0).contains(&lightness).then(|| Oklch { lightness, ..from }.colour()).filter(|own| readable(*own))
        };
        (1..=STEPS).find_map(|step| {
            let distance = f64::from(step) / f64::from(STEPS);
            at(from.lightness - distance).or_else(|| at(from.lightness + distance))
        })
    }
}
