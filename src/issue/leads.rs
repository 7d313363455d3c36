//! Where a reader may go from an issue: every web address in it, and where it stands in the files.

use std::ops::Range;
use std::sync::Arc;

use crate::config::tree::Text;
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

impl Lead {
    /// An address that stands there as itself.
    pub(crate) fn of(address: &str, text: &Text) -> Self {
        Self { address: address.to_owned(), source: text.source.clone(), span: text.span.clone(), words: None }
    }

    /// One that is heard as these words.
    pub(crate) fn heard_as(self, words: &str) -> Self {
        Self { words: Some(words.to_owned()), ..self }
    }
}

impl Compiler<'_> {
    /// Remembers an address that stands in the issue; those inside the mail, and those of mail, ask no web server.
    pub(crate) fn lead(&mut self, lead: Lead) {
        if lead.address.contains("://") {
            self.leads.push(lead);
        }
    }

    /// The same for the links of a running text.
    pub(crate) fn leads_of(&mut self, links: &[Lead]) {
        links.iter().for_each(|lead| self.lead(lead.clone()));
    }
}
