//! The web edition's style sheet: the brand as custom properties, one sheet that uses them, and what a theme does
//! its own way.
//!
//! A web page is not a mail: it has room for stories side by side, type that follows the window, and a print
//! form. So its sizes are its own; colours and faces are those of the brand.

use crate::brand::Theme;
use crate::render::style::{Brand, Palette};

const SHEET: &str = include_str!("sheet.css");
const DIGEST: &str = include_str!("digest.css");

/// The class of a page whose theme is not the default.
pub(super) fn class(brand: &Brand) -> Option<&'static str> {
    match brand.theme {
        Theme::Default => None,
        Theme::Digest => Some("digest"),
    }
}

pub(super) fn css(brand: &Brand) -> String {
    let Brand { light, dark, news, labels, radius, .. } = brand;
    let fonts = format!("--news:{news};--labels:{labels};--code:Menlo,Consolas,monospace;--radius:{radius}px");
    let (day, night) = (colours(light), colours(dark));
    let own = if brand.theme == Theme::Digest { DIGEST } else { "" };
    format!(
        ":root{{{day};{fonts}}}@media (prefers-color-scheme:dark){{:root{{{night}}}}}\
         @media print{{:root{{color-scheme:light;{day};--page:#fff;--sheet:#fff}}}}{}",
        format!("{SHEET}{own}").replace('\n', "")
    )
}

/// A palette as custom properties.
fn colours(palette: &Palette) -> String {
    let Palette { page, sheet, tint, blank, ink, quiet, accent, on_accent, rule } = palette;
    format!(
        "--page:{page};--sheet:{sheet};--tint:{tint};--blank:{blank};--ink:{ink};--quiet:{quiet};--accent:{accent};--on-accent:{on_accent};--rule:{rule}"
    )
}
