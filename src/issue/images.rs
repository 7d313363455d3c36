//! An image of a file: its words read and its picture found; and, where it is shown, developed.

use crate::check;
use crate::config::tree::Text;
use crate::finding::Finding;
use crate::issue::compile::Compiler;
use crate::issue::file::ImageFile;
use crate::picture::{Negative, Unfit, shown_width};
use crate::story::Image;

/// An image whose picture is there. A story has one at every depth, and shows it at few.
pub(crate) struct Found {
    negative: Negative,
    /// Where it is named.
    src: Text,
    alt: String,
    credit: Option<String>,
    caption: Option<String>,
    width: Option<u32>,
    url: Option<String>,
}

impl Compiler<'_> {
    /// An image that is shown where it is named.
    pub(crate) fn image(&mut self, file: &ImageFile) -> Option<Image> {
        let found = self.find_image(file)?;
        self.show_image(&found)
    }

    /// Reads what is said of an image, and finds its picture.
    pub(crate) fn find_image(&mut self, file: &ImageFile) -> Option<Found> {
        let src = file.src.as_ref()?;
        let negative = self.library.picture(&src.value).map_err(|unfit| self.unfit(src, unfit)).ok();
        let alt = match &file.alt {
            Some(alt) if !alt.is_blank() => self.read_line(alt),
            other => {
                self.without_alt(other.as_ref().unwrap_or(src), "a picture");
                String::new()
            }
        };
        self.findings.extend(file.alt.as_ref().and_then(|alt| check::images::filename(alt, &src.value)));
        Some(Found {
            alt,
            credit: file.credit.as_ref().map(|credit| self.read_line(credit)),
            caption: file.caption.as_ref().map(|caption| self.read_line(caption)),
            width: file.width,
            url: file.url.as_ref().and_then(|url| self.lead_to(url)),
            src: src.clone(),
            negative: negative?,
        })
    }

    /// Develops it for the width it is shown at.
    pub(crate) fn show_image(&mut self, found: &Found) -> Option<Image> {
        let Found { negative, src, alt, credit, caption, width, url } = found;
        let shown = shown_width(*width, negative.width);
        let picture = self.library.develop(negative, shown).map_err(|unfit| self.unfit(src, unfit)).ok()?;
        self.findings.extend(check::images::shown(negative, shown, &picture, src));
        Some(Image {
            picture,
            alt: alt.clone(),
            credit: credit.clone(),
            caption: caption.clone(),
            width: *width,
            url: url.clone(),
        })
    }

    pub(crate) fn without_alt(&mut self, place: &Text, what: &str) {
        let finding = Finding::error("alt-missing", format!("{what} needs `alt`: what it shows, in words"));
        let finding = finding.at(&place.source, place.span.clone(), "");
        self.findings.push(finding.help("half of all readers meet the words first, some only them"));
    }

    fn unfit(&mut self, src: &Text, unfit: Unfit) {
        self.findings.push(check::images::unfit(&format!("`{}`", src.value), src, unfit));
    }
}
