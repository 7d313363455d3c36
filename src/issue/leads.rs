//! Where a reader may go from an issue: every web address in it, and where it stands in the files.

use std::ops::Range;
use std::sync::Arc;

use crate::finding::Source;
use crate::issue::compile::Compiler;

/// A web address as readers get it, and its place.
#[derive(Clone, Debug)]
pub(crate) struct Lead {
    pub(crate) address: String,
    pub(crate) source: Arc<Source>,
    pub(crate) span: Range<usize>,
    /// What a reader hears of the link, where it is one of words.
    pub(crate) words: Option<String>,
}

impl Compiler<'_> {
    /// Remembers an address that stands in the issue; those inside the mail, and those of mail, ask no web server.
    pub(crate) fn lead(&mut self, address: &str, words: Option<&str>, source: &Arc<Source>, span: Range<usize>) {
        if address.contains("://") {
            self.leads.push(Lead {
                address: address.to_owned(),
                source: source.clone(),
                span,
                words: words.map(str::to_owned),
            });
        }
    }

    /// The same for the links of a running text.
    pub(crate) fn leads_of(&mut self, links: &[Lead]) {
        self.leads.extend(links.iter().filter(|lead| lead.address.contains("://")).cloned());
    }
}
