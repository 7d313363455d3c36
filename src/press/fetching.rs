//! Pictures that stand on the web, fetched into the newsroom: what readers get tomorrow must not depend on what
//! somebody else shows there then.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use percent_encoding::percent_decode_str;

use crate::files::{self, LARGEST_PICTURE};
use crate::finding::{Finding, Fix, Source};
use crate::http::{Answer, Ask, Http};
use crate::picture::{Negative, Unfit};

/// How long one may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Steps from one address to the next, at most.
const STEPS: usize = 5;

/// A picture that stands on the web, and every place of the files that shows it.
pub(crate) struct Elsewhere {
    pub(crate) address: String,
    places: Vec<(Arc<Source>, std::ops::Range<usize>)>,
}

/// One that was fetched.
pub(crate) struct Fetched {
    /// Relative to `issues/`.
    pub(crate) src: String,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) bytes: usize,
}

/// The pictures that these findings found on the web.
pub(crate) fn elsewhere(found: &[Finding]) -> Vec<Elsewhere> {
    let mut all: BTreeMap<String, Elsewhere> = BTreeMap::new();
    for place in found.iter().filter(|finding| finding.check == "image-format").filter_map(|one| one.place.as_ref()) {
        let address = place.source.text[place.span.clone()].trim_matches(['"', '\'']);
        if address.starts_with("https://") || address.starts_with("http://") {
            let own = Elsewhere { address: address.to_owned(), places: Vec::new() };
            let own = all.entry(address.to_owned()).or_insert(own);
            let here = (place.source.clone(), place.span.clone());
            if !own.places.contains(&here) {
                own.places.push(here);
            }
        }
    }
    all.into_values().collect()
}

impl Elsewhere {
    /// Fetches it, and keeps it below issues/images.
    ///
    /// # Errors
    /// Why not, in words.
    pub(crate) fn fetch(&self, root: &Path) -> Result<Fetched, String> {
        let bytes = self.get()?;
        let negative = Negative::read(&self.address, bytes).map_err(|unfit| match unfit {
            Unfit::Format { what, .. } => format!("this is {what}"),
            Unfit::Missing(why) | Unfit::Broken(why) => why,
        })?;
        let page = self.address.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
        let name = percent_decode_str(page.rsplit('/').next().unwrap_or_default()).decode_utf8_lossy();
        let name = files::stem(name.rsplit_once('.').map_or(&*name, |(stem, _)| stem));
        let name = if name.is_empty() { "picture" } else { &name };
        let src = files::keep_picture(root, name, negative.extension(), &negative.bytes)
            .map_err(|error| format!("it cannot be kept below issues/images: {error}"))?;
        Ok(Fetched { src, width: negative.width, height: negative.height, bytes: negative.bytes.len() })
    }

    /// The edits that show the fetched one instead, each with the path of its file.
    pub(crate) fn mends(&self, src: &str) -> impl Iterator<Item = (&str, Fix)> {
        let fix =
            move |span: &std::ops::Range<usize>| Fix { span: span.clone(), with: format!("\"{src}\""), safe: true };
        self.places.iter().map(move |(source, span)| (source.path.as_str(), fix(span)))
    }

    fn get(&self) -> Result<Vec<u8>, String> {
        let http = Http::new(PATIENCE);
        let mut at = self.address.clone();
        for _ in 0..=STEPS {
            let answer =
                http.ask(Ask::Get { most: LARGEST_PICTURE + 1 }, &at).map_err(|silence| silence.to_string())?;
            match (answer.leads_on(&at), answer) {
                (Some(next), _) => at = next,
                (None, Answer { status: 200, body, .. }) if body.len() as u64 > LARGEST_PICTURE => {
                    return Err("it is larger than 16 MB".to_owned());
                }
                (None, Answer { status: 200, body, .. }) => return Ok(body),
                (None, Answer { status, .. }) => return Err(format!("the server answers {status}")),
            }
        }
        Err(format!("it leads on more than {STEPS} times"))
    }
}
