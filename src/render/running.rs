//! Running text as markup, dressed for a mail (everything inline) or bare for the web (a style sheet does it).

use maud::{Markup, PreEscaped, html};

use super::sides::kept;
use super::words::{bound, ends_a_sentence, together};
use super::{links, table};
use crate::prose::{Inline, Prose, Slot, plain};

/// How each element is set: the value of its `style` without the margin, or nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Dress {
    /// The space between things; where there is none, a style sheet has it.
    pub(super) apart: Option<Apart>,
    pub(super) heading: Option<String>,
    pub(super) list: Option<String>,
    pub(super) quote: Option<String>,
    pub(super) code: Option<String>,
    /// Code within a line.
    pub(super) inline_code: Option<String>,
    pub(super) table: Option<String>,
    pub(super) cell: Option<String>,
    /// A cell of figures, flush with the end of the line.
    pub(super) figure: Option<String>,
    /// With its margin.
    pub(super) rule: Option<String>,
    pub(super) link: Option<String>,
    /// The class that gives a link its colour in the dark.
    pub(super) link_class: Option<&'static str>,
    pub(super) rule_class: Option<&'static str>,
    /// The class that gives code its ground in the dark.
    pub(super) ground_class: Option<&'static str>,
}

/// Pixels between two blocks of running text, between two items of a list, above a heading and below it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Apart {
    pub(super) blocks: u32,
    pub(super) items: u32,
    pub(super) over_heading: u32,
    pub(super) under_heading: u32,
}

/// Where a block stands among others, which decides the space around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Between,
    /// It leaves the space below to whatever holds it.
    Last,
    /// A list inside an item, under the item's words.
    Nested,
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
                @match block {
                    Prose::Heading(_, words) => (self.heading(words, index == 0)),
                    block => (self.block(block, if index + 1 == blocks.len() { Place::Last } else { Place::Between })),
                }
            }
        }
    }

    /// Levels inside running text are flattened: a heading may be any `#`, an outline may skip none.
    fn heading(&self, words: &[Inline], first: bool) -> Markup {
        let style = self.dress.apart.map(|Apart { over_heading, under_heading, .. }| {
            let above = if first { "0".to_owned() } else { format!("{over_heading}px") };
            format!("margin:{above} 0 {under_heading}px;{}", self.dress.heading.as_deref().unwrap_or_default())
        });
        heading(self.level, None, style.as_deref(), &self.words(words))
    }

    fn block(&self, block: &Prose, place: Place) -> Markup {
        let dress = &self.dress;
        match block {
            Prose::Paragraph(words) => html! { p style=[self.placed(place, None)] { (self.ending(words)) } },
            Prose::Heading(_, words) => self.heading(words, false),
            Prose::List { start, items } => self.list(*start, items, place),
            Prose::Quote(inner) => {
                let style = self.placed(place, dress.quote.as_deref());
                html! { blockquote class=[dress.rule_class] style=[style] { (self.blocks(inner)) } }
            }
            Prose::Code(code) => {
                html! { pre class=[dress.ground_class] style=[self.placed(place, dress.code.as_deref())] { (code) } }
            }
            Prose::Table { head, rows } => self.table(head, rows, place),
            Prose::Rule => html! { hr class=[dress.rule_class] style=[dress.rule.as_deref()]; },
        }
    }

    /// A style with the margin of a place.
    fn placed(&self, place: Place, style: Option<&str>) -> Option<String> {
        let Apart { blocks, items, .. } = self.dress.apart?;
        let margin = match place {
            Place::Between => format!("margin:0 0 {blocks}px"),
            Place::Last => "margin:0".to_owned(),
            Place::Nested => format!("margin:{items}px 0 0"),
        };
        Some(style.map_or_else(|| margin.clone(), |style| format!("{margin};{style}")))
    }

    fn list(&self, start: Option<u64>, items: &[Vec<Prose>], place: Place) -> Markup {
        let style = self.placed(place, self.dress.list.as_deref());
        // Items of several paragraphs stand as far apart as paragraphs do.
        let loose = items.iter().any(|item| item.iter().skip(1).any(|block| !matches!(block, Prose::List { .. })));
        let below = |index: usize| {
            let Apart { blocks, items: lines, .. } = self.dress.apart?;
            let last = index + 1 == items.len();
            Some(if last {
                "margin:0".to_owned()
            } else {
                format!("margin:0 0 {}px", if loose { blocks } else { lines })
            })
        };
        let items = html! {
            @for (index, item) in items.iter().enumerate() { li style=[below(index)] { (self.item(item, loose)) } }
        };
        match start {
            None => html! { ul style=[style] { (items) } },
            Some(1) => html! { ol style=[style] { (items) } },
            Some(start) => html! { ol start=(start) style=[style] { (items) } },
        }
    }

    /// A tight item is words, and lists under them; its paragraph would only add space.
    fn item(&self, item: &[Prose], loose: bool) -> Markup {
        match item.split_first() {
            Some((Prose::Paragraph(words), lists)) if !loose => html! {
                (self.ending(words))
                @for list in lists { (self.block(list, Place::Nested)) }
            },
            _ => self.blocks(item),
        }
    }

    /// A table of data; one that no phone holds is told row by row.
    fn table(&self, head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>], place: Place) -> Markup {
        let told: Vec<Vec<String>> = std::iter::once(head)
            .chain(rows.iter().map(Vec::as_slice))
            .map(|row| row.iter().map(|cell| plain(cell)).collect())
            .collect();
        let told = table::Words(&told);
        if told.widths(table::PHONE).is_none() {
            return self.records(head, rows, place);
        }
        let figures: Vec<bool> = (0..head.len()).map(|column| told.is_figures(column)).collect();
        // The mail breaks words anywhere, and a column as narrow as a letter is enough for that.
        let whole = if told.keeps_words_whole() { ";word-break:normal" } else { "" };
        let style = self.dress.table.as_ref().map(|table| format!("{table}{whole}"));
        self.columns(head, rows, &figures, self.placed(place, style.as_deref()))
    }

    /// The only kind of table with a head and without `role=presentation`.
    fn columns(
        &self,
        head: &[Vec<Inline>],
        rows: &[Vec<Vec<Inline>>],
        figures: &[bool],
        table_style: Option<String>,
    ) -> Markup {
        let Dress { cell, figure, rule_class: class, .. } = &self.dress;
        let style =
            |column: usize| if figures.get(column) == Some(&true) { figure.as_deref() } else { cell.as_deref() };
        // The font of a cell would take the weight from a head.
        let weight = if cell.is_some() { ";font-weight:700" } else { "" };
        let head_style = |column: usize| style(column).map(|style| format!("{style}{weight}"));
        html! {
            table style=[table_style] {
                thead { tr {
                    @for (column, words) in head.iter().enumerate() { th scope="col" class=[*class] style=[head_style(column)] { (self.words(words)) } }
                } }
                tbody {
                    @for row in rows { tr {
                        @for (column, words) in row.iter().enumerate() { td class=[*class] style=[style(column)] { (self.words(words)) } }
                    } }
                }
            }
        }
    }

    /// One paragraph a row: the name of each column, and what stands in it.
    fn records(&self, head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>], place: Place) -> Markup {
        let names: Vec<String> = head.iter().map(|name| plain(name)).collect();
        html! {
            @for (index, row) in rows.iter().enumerate() {
                p style=[self.placed(if index + 1 == rows.len() { place } else { Place::Between }, None)] {
                    @for (column, (name, words)) in names.iter().zip(row).enumerate() {
                        @if column > 0 { br; }
                        @if !name.is_empty() { strong { (name) ":" } " " }
                        (self.words(words))
                    }
                }
            }
        }
    }

    /// The words of a paragraph, whose last line is no scrap.
    pub(super) fn ending(&self, words: &[Inline]) -> Markup {
        match words.split_last() {
            Some((Inline::Text(last), before)) => html! { (self.words(before)) (bound(last)) },
            _ => self.words(words),
        }
    }

    pub(super) fn words(&self, words: &[Inline]) -> Markup {
        html! { @for inline in words { (self.inline(inline)) } }
    }

    fn inline(&self, inline: &Inline) -> Markup {
        match inline {
            Inline::Text(text) => html! { (kept(text)) },
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

/// What a picture shows and who took it: on one line where the caption is a sentence, else each on its own.
pub(super) fn credited(caption: Option<&str>, caption_markup: &Markup, credit: Option<&str>) -> Markup {
    html! {
        (caption_markup)
        @if let Some(credit) = credit {
            @if let Some(caption) = caption {
                @if ends_a_sentence(caption) { " " } @else { br; }
            }
            (together(credit))
        }
    }
}
