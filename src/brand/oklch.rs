//! Colour as the eye orders it: lightness, chroma, hue (OKLCH, Björn Ottosson 2020).
//!
//! Steps of equal size look equally large here, so “the nearest colour that can be read” means something.

use super::Colour;

/// A colour by lightness (0 to 1), chroma (0 to about 0.37) and hue (radians).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Oklch {
    pub(super) lightness: f64,
    pub(super) chroma: f64,
    pub(super) hue: f64,
}

impl From<Colour> for Oklch {
    fn from(colour: Colour) -> Self {
        let [r, g, b] = linear(colour);
        let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        let a = 1.977_998_495_1 * l - 2.428_592_205 * m + 0.450_593_709_9 * s;
        let c = 0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766 * s;
        Self {
            lightness: 0.210_454_255_3 * l + 0.793_617_785 * m - 0.004_072_046_8 * s,
            chroma: a.hypot(c),
            hue: c.atan2(a),
        }
    }
}

impl Oklch {
    /// The sRGB colour; where sRGB has none so vivid, the most vivid one it has at this lightness and hue.
    pub(super) fn colour(self) -> Colour {
        let (mut dull, mut vivid) = (0.0, self.chroma);
        if let Some(colour) = self.exact() {
            return colour;
        }
        for _ in 0..20 {
            let middle = f64::midpoint(dull, vivid);
            match (Self { chroma: middle, ..self }).exact() {
                Some(_) => dull = middle,
                None => vivid = middle,
            }
        }
        let grey = Self { lightness: self.lightness.clamp(0.0, 1.0), chroma: 0.0, hue: 0.0 };
        Self { chroma: dull, ..self }.exact().unwrap_or_else(|| packed(grey.rgb().map(|part| part.clamp(0.0, 1.0))))
    }

    fn exact(self) -> Option<Colour> {
        let rgb = self.rgb();
        let within = rgb.iter().all(|part| (-0.0005..=1.0005).contains(part));
        within.then(|| packed(rgb.map(|part| part.clamp(0.0, 1.0))))
    }

    /// Linear light.
    fn rgb(self) -> [f64; 3] {
        let (a, b) = (self.chroma * self.hue.cos(), self.chroma * self.hue.sin());
        let l = (self.lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let m = (self.lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let s = (self.lightness - 0.089_484_177_5 * a - 1.291_485_548 * b).powi(3);
        [
            4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
            -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
            -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701 * s,
        ]
    }
}

/// Red, green and blue as amounts of light, 0 to 1 (IEC 61966-2-1).
pub(super) fn linear(Colour(rgb): Colour) -> [f64; 3] {
    [16, 8, 0].map(|shift| {
        let value = f64::from((rgb >> shift) & 0xff) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    })
}

fn packed(linear: [f64; 3]) -> Colour {
    Colour(linear.iter().fold(0, |rgb, light| {
        let value = if *light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255 by the clamp before")]
        let byte = (value.clamp(0.0, 1.0) * 255.0).round() as u32;
        (rgb << 8) | byte
    }))
}
