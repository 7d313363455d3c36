//! A newsletter's look with its masthead developed: pictures are opened here, and nowhere in the settings.

use crate::brand::{Brand, Nameplate};
use crate::check::images;
use crate::config::Look;
use crate::config::tree::Text;
use crate::finding::Finding;
use crate::issue::compile::Library;
use crate::picture::{FINE, Negative, Picture, shown_width};

/// `None` where the masthead cannot be shown, which is said in `out`.
pub(super) fn brand(look: &Look, library: &dyn Library, out: &mut Vec<Finding>) -> Option<Brand> {
    let Some(files) = &look.nameplate else { return Some(look.brand.clone()) };
    let light = Plate::find(&files.light, library, out)?;
    // Drawn at twice the size it is shown at, for fine screens.
    let width = shown_width(files.width, light.negative.width.div_ceil(FINE));
    let light = light.develop(width, library, out)?;
    let dark = match &files.dark {
        Some(file) => Some(Plate::find(file, library, out)?.develop(width, library, out)?),
        None => None,
    };
    Some(Brand { nameplate: Some(Nameplate { light, dark, width }), ..look.brand.clone() })
}

/// One picture of a masthead, and where it is named.
struct Plate<'a> {
    file: &'a Text,
    negative: Negative,
}

impl<'a> Plate<'a> {
    fn find(file: &'a Text, library: &dyn Library, out: &mut Vec<Finding>) -> Option<Self> {
        let found = library.picture(file.value.trim());
        found
            .map(|negative| Self { file, negative })
            .map_err(|unfit| out.push(images::unfit(&name(file), file, unfit)))
            .ok()
    }

    fn develop(&self, width: u32, library: &dyn Library, out: &mut Vec<Finding>) -> Option<Picture> {
        match library.develop(&self.negative, width) {
            Ok(picture) => {
                out.extend(images::shown(&self.negative, width, &picture, self.file));
                Some(picture)
            }
            Err(unfit) => {
                out.push(images::unfit(&name(self.file), self.file, unfit));
                None
            }
        }
    }
}

fn name(file: &Text) -> String {
    format!("the masthead `{}`", file.value)
}
