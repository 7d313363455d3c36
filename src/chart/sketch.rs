//! A chart in the colours of one mode, about to be drawn.

use resvg::tiny_skia::{Pixmap, Transform};
use sha2::{Digest, Sha256};

use super::canvas::Canvas;
use super::fonts::Fonts;
use super::{Chart, Kind, bars, lines};
use crate::brand::Palette;
use crate::picture::{COLUMN, FINE, Unfit, drawn};
use crate::token::hex;
use crate::words::direction;

/// Raised whenever the same chart comes out as other bytes: what was kept is then drawn anew.
const RECIPE: u32 = 2;

/// Everything a drawing depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sketch<'a> {
    pub(crate) chart: &'a Chart,
    pub(crate) palette: &'a Palette,
    /// BCP 47: it decides the direction, and the shape of letters that several languages share.
    pub(crate) language: &'a str,
}

/// Why there is no drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Undrawn {
    /// These letters are in no font here.
    Letters(String),
    /// A sentence.
    Broken(String),
}

impl From<Unfit> for Undrawn {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::Missing(why) | Unfit::Broken(why) => Self::Broken(why),
            Unfit::Format { what, .. } => Self::Broken(what),
        }
    }
}

impl Sketch<'_> {
    /// Names what `draw` makes.
    pub(crate) fn key(&self) -> String {
        let Chart { kind, rows, scale, .. } = self.chart;
        let key = format!("chart {RECIPE} {kind:?} {rows:?} {scale:?} {:?} {}", self.palette, self.language);
        hex(&Sha256::digest(key))
    }

    /// The drawing as a PNG for fine screens, as wide as the column.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn draw(&self) -> Result<Vec<u8>, Undrawn> {
        let (svg, fonts) = self.svg()?;
        let tree = fonts.read(&svg).map_err(Undrawn::Broken)?;
        let size = tree.size().to_int_size();
        let (width, height) = (size.width() * FINE, size.height() * FINE);
        let mut pixels =
            Pixmap::new(width, height).ok_or_else(|| Undrawn::Broken("the chart has no size".to_owned()))?;
        #[expect(clippy::cast_precision_loss, reason = "two is two")]
        resvg::render(&tree, Transform::from_scale(FINE as f32, FINE as f32), &mut pixels.as_mut());
        let opaque = pixels.pixels().iter().flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()]).collect();
        Ok(drawn(width, height, opaque)?)
    }

    /// The drawing as SVG, and the fonts it is set in.
    pub(super) fn svg(&self) -> Result<(String, Fonts), Undrawn> {
        let Chart { rows, scale, .. } = self.chart;
        let words = rows.iter().flat_map(|row| [row.label.as_str(), row.figure.as_str()]);
        let words = words.chain(scale.ticks.iter().map(|(_, figure)| figure.as_str()));
        let fonts = Fonts::find(words, self.language).map_err(Undrawn::Letters)?;
        let mut canvas = Canvas::new(&fonts, f64::from(COLUMN), direction(self.language) == "rtl");
        let height = match self.chart.kind {
            Kind::Bars => bars::draw(self, &mut canvas),
            Kind::Lines => lines::draw(self, &mut canvas),
        };
        let svg = canvas.svg(height, self.palette.sheet);
        Ok((svg, fonts))
    }
}
