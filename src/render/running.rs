//! Running text as markup, dressed for a mail (everything inline) or bare for the web (a style sheet does it).

use maud::{Markup, PreEscaped, html};

use super::links;
use crate::prose::{Inline, Prose, Slot, plain};

/// How each element is set: the value of its `style`, or nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Dress {
    pub(super) paragraph: Option<String>,
    /// A block's last paragraph, which leaves the space below to the block.
    pub(super) last: Option<String>,
    pub(super) heading: Option<String>,
    pub(super) list: Option<String>,
    pub(super) item: Option<String>,
    pub(super) quote: Option<String>,
    pub(super) code: Option<String>,
    /// Code within a line.
    pub(super) inline_code: Option<String>,
    pub(super) cell: Option<String>,
    pub(super) rule: Option<String>,
    pub(super) link: Option<String>,
    /// The class that gives a link its colour in the dark.
    pub(super) link_class: Option<&'static str>,
    pub(super) rule_class: Option<&'static str>,
    /// The class that gives code its ground in the dark.
    pub(super) ground_class: Option<&'static str>,
}

/// Running text in a dress; `level` is that of a heading inside it, `name` writes a slot.
pub(super) struct Running<'a> {
    pub(super) dress: Dress,
    pub(super) level: u8,
    pub(super) slot: &'a dyn Fn(&Slot) -> Markup,
}

impl Running<'_> {
    pub(super) fn blocks(&self, blocks: &[Prose]) -> Markup {
        html! {
            @for (index, block) in blocks.iter().enumerate() {
                (self.block(block, index + 1 == blocks.len()))
            }
        }
    }

    fn block(&self, block: &Prose, last: bool) -> Markup {
        let dress = &self.dress;
        match block {
            Prose::Paragraph(words) => {
                let style = if last { &dress.last } else { &dress.paragraph };
                html! { p style=[style.as_deref()] { (self.words(words)) } }
            }
            // Levels inside running text are flattened: a heading may be any `#`, an outline may skip none.
            Prose::Heading(_, words) => heading(self.level, None, dress.heading.as_deref(), &self.words(words)),
            Prose::List { start, items } => self.list(*start, items),
            Prose::Quote(inner) => {
                html! { blockquote class=[dress.rule_class] style=[dress.quote.as_deref()] { (self.blocks(inner)) } }
            }
            Prose::Code(code) => html! { pre class=[dress.ground_class] style=[dress.code.as_deref()] { (code) } },
            Prose::Table { head, rows } => self.table(head, rows),
            Prose::Rule => html! { hr class=[dress.rule_class] style=[dress.rule.as_deref()]; },
        }
    }

    fn list(&self, start: Option<u64>, items: &[Vec<Prose>]) -> Markup {
        let style = self.dress.list.as_deref();
        let items = html! {
            @for item in items {
                li style=[self.dress.item.as_deref()] {
                    // A tight item is words; its paragraph would only add space.
                    @match item.split_first() {
                        Some((Prose::Paragraph(words), rest)) => { (self.words(words)) (self.blocks(rest)) }
                        _ => (self.blocks(item)),
                    }
                }
            }
        };
        match start {
            None => html! { ul style=[style] { (items) } },
            Some(1) => html! { ol style=[style] { (items) } },
            Some(start) => html! { ol start=(start) style=[style] { (items) } },
        }
    }

    /// A table of data, the only kind with a head and without `role=presentation`.
    fn table(&self, head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>]) -> Markup {
        let cell = self.dress.cell.as_deref();
        // The style of a voice would take the weight from a head.
        let head_cell = cell.map(|cell| format!("{cell};font-weight:700"));
        html! {
            table style=[self.dress.list.as_ref().map(|_| "border-collapse:collapse;margin:0 0 16px")] {
                thead { tr { @for words in head { th scope="col" class=[self.dress.rule_class] style=[head_cell.as_deref()] { (self.words(words)) } } } }
                tbody {
                    @for row in rows {
                        tr { @for words in row { td class=[self.dress.rule_class] style=[cell] { (self.words(words)) } } }
                    }
                }
            }
        }
    }

    pub(super) fn words(&self, words: &[Inline]) -> Markup {
        html! { @for inline in words { (self.inline(inline)) } }
    }

    fn inline(&self, inline: &Inline) -> Markup {
        match inline {
            Inline::Text(text) => html! { (text) },
            Inline::Emphasis(inner) => html! { em { (self.words(inner)) } },
            Inline::Strong(inner) => html! { strong { (self.words(inner)) } },
            Inline::Strikethrough(inner) => html! { del { (self.words(inner)) } },
            Inline::Code(code) => html! {
                code class=[self.dress.ground_class] style=[self.dress.inline_code.as_deref()] { (code) }
            },
            Inline::Link { url, text } => match links::target(url) {
                Some(target) => html! {
                    a href=(target) class=[self.dress.link_class] style=[self.dress.link.as_deref()] {
                        @if plain(text).trim().is_empty() { (links::host(&target)) } @else { (self.words(text)) }
                    }
                },
                None => self.words(text),
            },
            Inline::Break => html! { br; },
            Inline::Slot(slot) => (self.slot)(slot),
        }
    }
}

/// A heading of a level that is only known now.
pub(super) fn heading(level: u8, class: Option<&str>, style: Option<&str>, words: &Markup) -> Markup {
    let attribute =
        |name: &str, value: Option<&str>| value.map_or_else(String::new, |value| format!(" {name}=\"{value}\""));
    let (class, style) = (attribute("class", class), attribute("style", style));
    html! { (PreEscaped(format!("<h{level}{class}{style}>"))) (words) (PreEscaped(format!("</h{level}>"))) }
}
